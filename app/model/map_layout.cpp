#include "app/model/map_layout.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace tricolour {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(LayoutId::count_)> words = {"rows",
                                                                                            "Hilbert"};

// How a square's quarters are gone through: clockwise from the upper left one, or that mirrored at the
// diagonal, or turned by half a turn, or both.
class Turn {
public:
    Place place_of(unsigned quarter) const {
        Place place{(quarter ^ quarter >> 1) & 1, quarter >> 1};
        if (is_mirrored_) std::swap(place.x, place.y);
        return {place.x ^ half_turn_, place.y ^ half_turn_};
    }
    unsigned quarter_at(Place place) const {
        place = {place.x ^ half_turn_, place.y ^ half_turn_};
        if (is_mirrored_) std::swap(place.x, place.y);
        return place.x ^ (place.y ? 3 : 0);
    }
    Turn in(unsigned quarter) const {
        Turn turn = *this;
        turn.is_mirrored_ ^= quarter == 0 || quarter == 3;
        turn.half_turn_ ^= quarter == 3;
        return turn;
    }
    std::size_t number() const { return half_turn_ * 2u + is_mirrored_; }
    static constexpr std::size_t count = 4;

private:
    bool is_mirrored_ = false;
    unsigned half_turn_ = 0;
};

struct Walked {
    Place place;
    Turn turn;
};

// Down the curve's quarters, as many as `bits` says, the largest first.
Walked walk(Walked from, std::uint32_t index, unsigned bits) {
    while (bits-- > 0) {
        const unsigned quarter = index >> 2 * bits & 3;
        const Place step = from.turn.place_of(quarter);
        from.place = {from.place.x << 1 | step.x, from.place.y << 1 | step.y};
        from.turn = from.turn.in(quarter);
    }
    return from;
}

using SquareCells = std::array<std::uint8_t, MapLayout::square_cells>;
const std::array<SquareCells, Turn::count> squares = [] {
    std::array<SquareCells, Turn::count> all{};
    for (unsigned first = 0; first < Turn::count; ++first) {
        Turn turn;
        if (first & 1) turn = turn.in(0);
        if (first & 2) turn = turn.in(0).in(3);
        for (std::uint32_t i = 0; i < MapLayout::square_cells; ++i) {
            const Place place = walk({{}, turn}, i, MapLayout::square_bits).place;
            all[turn.number()][i] = static_cast<std::uint8_t>(place.y << MapLayout::square_bits | place.x);
        }
    }
    return all;
}();

PlaneArea square_of(Place corner, unsigned bits) {
    return {corner.x, corner.y, corner.x + (1u << bits), corner.y + (1u << bits)};
}

PlaneArea around(const PlaneArea& a, const PlaneArea& b) {
    return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
            std::max(a.bottom, b.bottom)};
}

void append(std::vector<GranuleRange>& ranges, std::uint32_t first, std::uint32_t last) {
    if (first >= last) return;
    if (!ranges.empty() && ranges.back().last == first)
        ranges.back().last = last;
    else
        ranges.push_back({first, last});
}

// The curve's squares in order: what lies wholly in the area is taken, what lies partly in it divided.
void collect(std::vector<GranuleRange>& ranges, const PlaneArea& area, std::uint32_t granules, Walked at,
             std::uint32_t first, unsigned bits) {
    const PlaneArea square = square_of({at.place.x << bits, at.place.y << bits}, bits);
    if (first >= granules || square.left >= area.right || square.right <= area.left ||
        square.top >= area.bottom || square.bottom <= area.top)
        return;
    if (around(square, area) == area)
        return append(ranges, first, std::min(granules, first + (1u << 2 * bits)));
    for (unsigned quarter = 0; quarter < 4; ++quarter)
        collect(ranges, area, granules, walk(at, quarter, 1), first + (quarter << 2 * (bits - 1)), bits - 1);
}

struct Edge {
    Place from, to;
    bool is_level() const { return from.y == to.y; }
};

// Joins edges to closed lines, each corner once.
std::vector<std::vector<Place>> joined(std::vector<Edge> edges) {
    const auto key = [](const Edge& edge) { return std::pair(edge.from.y, edge.from.x); };
    std::ranges::sort(edges, {}, key);
    std::vector<bool> is_used(edges.size());
    std::vector<std::vector<Place>> lines;
    for (std::size_t start = 0; start < edges.size(); ++start) {
        if (is_used[start]) continue;
        std::vector<Place> line;
        std::size_t at = start;
        bool was_level = !edges[start].is_level();
        do {
            is_used[at] = true;
            if (edges[at].is_level() != was_level) line.push_back(edges[at].from);
            was_level = edges[at].is_level();
            const Place to = edges[at].to;
            auto next = std::ranges::lower_bound(edges, std::pair(to.y, to.x), {}, key) - edges.begin();
            while (is_used[static_cast<std::size_t>(next)] && static_cast<std::size_t>(next) != start)
                ++next;
            at = static_cast<std::size_t>(next);
        } while (at != start);
        if (edges[start].is_level() == was_level) line.erase(line.begin());
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

std::string_view word_of(LayoutId layout) { return words[static_cast<std::size_t>(layout)]; }

std::optional<LayoutId> layout_named(std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<LayoutId>(found - words.begin());
}

MapLayout::MapLayout(LayoutId id, unsigned row_bits, std::uint32_t granules)
    : id_(id), row_bits_(row_bits), granules_(granules) {
    whole_ = bounds(0, std::max(1u, granules));
    if (!is_curve()) whole_.right = 1u << row_bits;
}

MapLayout MapLayout::in_rows(unsigned row_bits, std::uint32_t granules) {
    return {LayoutId::rows, row_bits, granules};
}

MapLayout MapLayout::along_curve(std::uint32_t granules) {
    const auto bits = static_cast<unsigned>(std::bit_width(std::max(1u, granules) - 1));
    return {LayoutId::hilbert, std::max(square_bits, (bits + 1) / 2), granules};
}

MapLayout MapLayout::coarser(unsigned level) const {
    const std::uint64_t cells = (std::uint64_t{granules_} + (std::uint64_t{1} << 2 * level) - 1) >> 2 * level;
    return {id_, row_bits_ - level, static_cast<std::uint32_t>(cells)};
}

Place MapLayout::place_of(std::uint32_t granule) const {
    if (!is_curve()) return {granule & ((1u << row_bits_) - 1), granule >> row_bits_};
    return walk({}, granule, row_bits_).place;
}

std::uint32_t MapLayout::index_at(Place place) const {
    if (!is_curve()) return (place.y << row_bits_) + place.x;
    std::uint32_t index = 0;
    Turn turn;
    for (unsigned bits = row_bits_; bits-- > 0;) {
        const unsigned quarter = turn.quarter_at({place.x >> bits & 1, place.y >> bits & 1});
        index = index << 2 | quarter;
        turn = turn.in(quarter);
    }
    return index;
}

std::optional<std::uint32_t> MapLayout::granule_at(Place place) const {
    if (place.x >= width() || place.y >= height()) return std::nullopt;
    const std::uint32_t granule = index_at(place);
    if (granule >= granules_) return std::nullopt;
    return granule;
}

std::vector<PlaneArea> MapLayout::pieces(std::uint32_t first, std::uint32_t last) const {
    std::vector<PlaneArea> all;
    while (first < last) {
        std::uint32_t next;
        const Place place = place_of(first);
        if (is_curve()) {
            const unsigned aligned =
                first == 0 ? row_bits_ : static_cast<unsigned>(std::countr_zero(first)) / 2;
            const unsigned bits =
                std::min(aligned, static_cast<unsigned>(std::bit_width(last - first) - 1) / 2);
            all.push_back(square_of({place.x >> bits << bits, place.y >> bits << bits}, bits));
            next = first + (1u << 2 * bits);
        } else {
            const std::uint32_t rows = place.x > 0 ? 0 : (last - first) >> row_bits_;
            next = rows > 0 ? first + (rows << row_bits_)
                            : std::min(last, ((first >> row_bits_) + 1) << row_bits_);
            all.push_back({place.x, place.y, rows > 0 ? 1u << row_bits_ : place.x + (next - first),
                           place.y + std::max(1u, rows)});
        }
        first = next;
    }
    return all;
}

PlaneArea MapLayout::bounds(std::uint32_t first, std::uint32_t last) const {
    const std::vector<PlaneArea> all = pieces(first, last);
    if (all.empty()) return {};
    PlaneArea bounds = all.front();
    for (const PlaneArea& piece : all)
        bounds = around(bounds, piece);
    if (!is_curve() && bounds.height() > 1) {
        bounds.left = 0;
        bounds.right = 1u << row_bits_;
    }
    return bounds;
}

std::vector<GranuleRange> MapLayout::ranges_in(const PlaneArea& area) const {
    std::vector<GranuleRange> ranges;
    if (is_curve()) {
        collect(ranges, area, granules_, {}, 0, row_bits_);
        return ranges;
    }
    const std::uint32_t bottom = std::min(area.bottom, height()), right = std::min(area.right, width());
    for (std::uint32_t y = area.top; y < bottom; ++y)
        append(ranges, std::min(granules_, (y << row_bits_) + area.left),
               std::min(granules_, (y << row_bits_) + right));
    return ranges;
}

// Every side of every piece, without the parts behind which the granules go on.
std::vector<std::vector<Place>> MapLayout::outlines(std::uint32_t first, std::uint32_t last) const {
    std::vector<Edge> edges;
    const auto add = [&](std::uint32_t left, std::uint32_t top, std::uint32_t size, unsigned side) {
        const Place corners[] = {
            {left, top}, {left + size, top}, {left + size, top + size}, {left, top + size}, {left, top}};
        edges.push_back({corners[side], corners[side + 1]});
    };
    const auto trace = [&](const auto& self, Place place, unsigned bits, unsigned side) -> void {
        const std::uint32_t size = 1u << bits, end = 1u << row_bits_;
        constexpr std::uint32_t step_x[] = {0, 1, 0, ~0u}, step_y[] = {~0u, 0, 1, 0};
        const Place beside{place.x + size * step_x[side], place.y + size * step_y[side]};
        const bool is_on_plane = beside.x < end && beside.y < end;
        const std::uint32_t low = is_on_plane ? index_at(beside) >> 2 * bits << 2 * bits : 0;
        const std::uint32_t high = low + (1u << 2 * bits);
        if (!is_on_plane || low >= last || high <= first) return add(place.x, place.y, size, side);
        if (low >= first && high <= last) return;
        const std::uint32_t half = size / 2;
        const Place quarters[] = {place,
                                  {place.x + half, place.y},
                                  {place.x + half, place.y + half},
                                  {place.x, place.y + half},
                                  place};
        self(self, quarters[side], bits - 1, side);
        self(self, quarters[side + 1], bits - 1, side);
    };
    if (!is_curve()) return {};
    for (const PlaneArea& piece : pieces(first, last))
        for (unsigned side = 0; side < 4; ++side)
            trace(trace, {piece.left, piece.top}, static_cast<unsigned>(std::countr_zero(piece.width())),
                  side);
    return joined(std::move(edges));
}

MapLayout::Square MapLayout::square_at(std::uint32_t first) const {
    const Walked at = walk({}, first >> 2 * square_bits, row_bits_ - square_bits);
    return {{at.place.x << square_bits, at.place.y << square_bits}, &squares[at.turn.number()]};
}

}  // namespace tricolour
