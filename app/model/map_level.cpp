#include "app/model/map_level.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace tricolour {
namespace {

constexpr unsigned used_steps = 15, mixture_steps = 8;
constexpr unsigned odd_type = heapcore::allocation_type_count;  // none that exists
constexpr unsigned kinds = odd_type + 1;
constexpr unsigned longest_strip_bits = 6;
constexpr std::uint32_t band_rows = 1u << MapLayout::square_bits;

struct Mixture {
    std::uint8_t grey, black;
};
// grey + black <= 8: 45 mixtures.
constexpr std::array<std::array<std::uint8_t, 9>, 9> mixture_numbers = [] {
    std::array<std::array<std::uint8_t, 9>, 9> numbers{};
    std::uint8_t next = 0;
    for (unsigned grey = 0; grey <= mixture_steps; ++grey)
        for (unsigned black = 0; black + grey <= mixture_steps; ++black)
            numbers[grey][black] = next++;
    return numbers;
}();
constexpr std::array<Mixture, 64> mixtures = [] {
    std::array<Mixture, 64> rows{};
    for (std::uint8_t grey = 0; grey <= mixture_steps; ++grey)
        for (std::uint8_t black = 0; black + grey <= mixture_steps; ++black)
            rows[mixture_numbers[grey][black]] = {grey, black};
    return rows;
}();

constexpr unsigned type_of(Texel texel) { return std::min<unsigned>(texel & texel::type_mask, odd_type); }
constexpr unsigned colour_bits_of(Texel texel) {
    return static_cast<unsigned>(texel & texel::colour_mask) >> texel::colour_shift;
}

constexpr unsigned part(std::uint32_t of, std::uint32_t whole, unsigned steps) {
    return whole == 0 ? 0 : (of * steps + whole / 2) / whole;
}

constexpr Cell encode(unsigned type, std::uint32_t granules, std::uint32_t used, std::uint32_t grey,
                      std::uint32_t black) {
    if (used == 0) return 0;
    unsigned used_part = std::max(1u, part(used, granules, used_steps));
    if (used < granules) used_part = std::min(used_part, used_steps - 1);
    const unsigned dark = part(grey + black, used, mixture_steps);
    const unsigned black_part = std::min(dark, part(black, used, mixture_steps));
    return static_cast<Cell>(type << 10 | used_part << 6 | mixture_numbers[dark - black_part][black_part]);
}

// Counts of up to 255 granules, a byte each: types 0..7; types 8, 9, odd, used, grey, black.
struct Packed {
    std::uint64_t low = 0, high = 0;
};
constexpr unsigned used_lane = 3, grey_lane = 4, black_lane = 5;
constexpr std::array<Packed, 256> packed_rows = [] {
    std::array<Packed, 256> rows{};
    for (unsigned value = 0; value < 256; ++value) {
        const auto texel = static_cast<Texel>(value);
        if (!(texel & texel::in_use)) continue;
        const unsigned type = type_of(texel), colour = colour_bits_of(texel);
        Packed& row = rows[value];
        (type < 8 ? row.low : row.high) = std::uint64_t{1} << type % 8 * 8;
        row.high |= std::uint64_t{1} << used_lane * 8;
        if (colour == 1) row.high |= std::uint64_t{1} << grey_lane * 8;
        if (colour >= 2) row.high |= std::uint64_t{1} << black_lane * 8;
    }
    return rows;
}();
constexpr std::uint32_t lane(std::uint64_t lanes, unsigned number) {
    return static_cast<std::uint32_t>(lanes >> number * 8 & 255);
}

unsigned commonest(const Packed& packed, std::uint32_t used) {
    if (packed.low != 0) {
        const auto only = static_cast<unsigned>(std::countr_zero(packed.low)) / 8;
        if (lane(packed.low, only) == used) return only;
    }
    unsigned best = 0;
    std::uint32_t most = 0;
    for (unsigned type = 0; type < kinds; ++type) {
        const std::uint32_t count = type < 8 ? lane(packed.low, type) : lane(packed.high, type - 8);
        if (count > most) {
            most = count;
            best = type;
        }
    }
    return best;
}

Cell encode(const Packed& packed, std::uint32_t granules) {
    const std::uint32_t used = lane(packed.high, used_lane);
    if (used == 0) return 0;
    return encode(commonest(packed, used), granules, used, lane(packed.high, grey_lane),
                  lane(packed.high, black_lane));
}

constexpr std::array<Cell, 256> granule_cells = [] {
    std::array<Cell, 256> cells{};
    for (unsigned value = 0; value < 256; ++value) {
        const auto texel = static_cast<Texel>(value);
        const unsigned colour = colour_bits_of(texel);
        if (texel & texel::in_use) cells[value] = encode(type_of(texel), 1, 1, colour == 1, colour >= 2);
    }
    return cells;
}();

// Three channels' sums beside each other: a row of a square adds up to 2^12 texels at most.
constexpr unsigned channel_bits = 21;
constexpr std::uint64_t channel_mask = (std::uint64_t{1} << channel_bits) - 1;

struct Channels {
    std::uint64_t red = 0, green = 0, blue = 0;
    void add(std::uint64_t sums) {
        red += sums & channel_mask;
        green += sums >> channel_bits & channel_mask;
        blue += sums >> 2 * channel_bits;
    }
    PackedColour average(std::uint64_t texels) const {
        if (texels == 0) return 0;
        const auto part = [texels](std::uint64_t sum) {
            return static_cast<PackedColour>((sum + texels / 2) / texels);
        };
        return part(red) | part(green) << 8 | part(blue) << 16 | 0xff000000u;
    }
};

}  // namespace

Cell cell_of(const CellShares& shares) {
    return shares.used == 0 ? Cell{0}
                            : static_cast<Cell>(shares.type << 10 | shares.used << 6 |
                                                mixture_numbers[shares.grey][shares.black]);
}

CellShares shares_of(Cell cell) {
    const Mixture& mixture = mixtures[cell & 63];
    return {cell >> 10 & 15u, cell >> 6 & 15u, mixture.grey, mixture.black};
}

Rgba colour_of(const MapColours& colours, Cell cell) {
    const CellShares shares = shares_of(cell);
    const Rgba& free = colours.of(0);
    if (shares.used == 0) return free;
    const auto shown = [&](unsigned colour) -> const Rgba& {
        return colours.of(static_cast<Texel>(shares.type | colour << texel::colour_shift | texel::in_use));
    };
    const Rgba &white = shown(0), &grey = shown(1), &black = shown(2);
    const float grey_part = static_cast<float>(shares.grey) / mixture_steps;
    const float black_part = static_cast<float>(shares.black) / mixture_steps;
    const float white_part = 1 - grey_part - black_part;
    const Rgba used{white.red * white_part + grey.red * grey_part + black.red * black_part,
                    white.green * white_part + grey.green * grey_part + black.green * black_part,
                    white.blue * white_part + grey.blue * grey_part + black.blue * black_part, 1};
    return mixed(free, used, static_cast<float>(shares.used) / used_steps);
}

PackedColour packed(const Rgba& colour) {
    const auto part = [](float value) {
        return static_cast<PackedColour>(std::lround(std::clamp(value, 0.0f, 1.0f) * 255));
    };
    return part(colour.red) | part(colour.green) << 8 | part(colour.blue) << 16 | 0xff000000u;
}

ColourSums::ColourSums(const MapColours& colours) {
    for (unsigned value = 0; value < of.size(); ++value) {
        const std::uint64_t colour = packed(colours.of(static_cast<Texel>(value)));
        of[value] =
            (colour & 255) | (colour >> 8 & 255) << channel_bits | (colour >> 16 & 255) << 2 * channel_bits;
    }
}

PackedColour average(const ColourSums& sums, std::span<const Texel> texels) {
    constexpr std::size_t most_added = 4096;
    Channels channels;
    for (std::size_t first = 0; first < texels.size(); first += most_added) {
        std::uint64_t sum = 0;
        for (const Texel texel : texels.subspan(first, std::min(most_added, texels.size() - first)))
            sum += sums.of[texel];
        channels.add(sum);
    }
    return channels.average(texels.size());
}

void CellCounts::add(Texel texel) {
    ++granules;
    if (!(texel & texel::in_use)) return;
    ++used;
    ++types[type_of(texel)];
    const unsigned colour = colour_bits_of(texel);
    grey += colour == 1;
    black += colour >= 2;
}

Cell CellCounts::cell() const {
    const auto best = std::max_element(std::begin(types), std::end(types)) - std::begin(types);
    return encode(static_cast<unsigned>(best), granules, used, grey, black);
}

void MapLevel::shape(unsigned level, const MapLayout& layout) {
    if (level == level_ && is_of(layout)) return;
    level_ = level;
    layout_ = layout;
    std::uint32_t rows = ((layout.height() - 1) >> level) + 1;
    if (layout.is_curve()) {
        cell_layout_ = layout.coarser(level);
        strip_bits_ = 2 * MapLayout::square_bits;
        const std::uint32_t bands = (rows + band_rows - 1) / band_rows;
        dirty_bands_.assign(bands, false);
        rows = bands * band_rows;
    } else {
        strip_bits_ = std::min(row_bits(), longest_strip_bits);
    }
    cells_.assign(std::size_t{rows} << row_bits(), 0);
    colours_.assign(sums_ ? cells_.size() : 0, 0);
    mark_all();
}

void MapLevel::mix(const ColourSums* sums) {
    sums_ = sums;
    colours_.assign(sums_ ? cells_.size() : 0, 0);
    mark_all();
}

void MapLevel::mark_all() {
    const std::size_t cells = layout_.is_curve() ? cell_layout_.granules() : cells_.size();
    const std::size_t strips = (cells + (std::size_t{1} << strip_bits_) - 1) >> strip_bits_;
    stale_.assign(strips / 64 + 1, ~std::uint64_t{0});
    stale_.back() = (std::uint64_t{1} << strips % 64) - 1;
    stale_strips_ = static_cast<std::uint32_t>(strips);
    cursor_ = 0;
}

std::uint32_t MapLevel::strip_of(std::uint32_t granule) const {
    if (layout_.is_curve()) return granule >> 2 * level_ >> strip_bits_;
    const Place place = layout_.place_of(granule);
    return ((place.y >> level_ << row_bits()) + (place.x >> level_)) >> strip_bits_;
}

void MapLevel::mark(TexelPlane::Range granules) {
    const std::uint32_t last = std::min(granules.last, layout_.granules());
    for (std::uint32_t first = granules.first; first < last;) {
        const std::uint32_t row_end = ((first >> layout_.row_bits()) + 1) << layout_.row_bits();
        const std::uint32_t until = layout_.is_curve() ? last : std::min(last, row_end);
        for (std::uint32_t strip = strip_of(first); strip <= strip_of(until - 1); ++strip) {
            std::uint64_t& word = stale_[strip / 64];
            const std::uint64_t bit = std::uint64_t{1} << strip % 64;
            stale_strips_ += (word & bit) == 0;
            word |= bit;
        }
        first = until;
    }
}

bool MapLevel::update(std::span<const Texel> texels, std::uint32_t most_granules) {
    const std::uint32_t each = 1u << (strip_bits_ + 2 * level_);
    std::uint32_t left = std::max(1u, most_granules / each);
    for (std::size_t words = stale_.size() + 1; words > 0 && stale_strips_ > 0 && left > 0; --words) {
        if (cursor_ >= stale_.size()) cursor_ = 0;
        std::uint64_t& word = stale_[cursor_];
        while (word != 0 && left > 0) {
            const auto strip = cursor_ * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
            word &= word - 1;
            --stale_strips_;
            --left;
            build_strip(texels, strip);
        }
        if (word == 0) ++cursor_;
    }
    if (layout_.is_curve()) tell_dirty_bands();
    const auto by_first = [](const TexelPlane::Range& a, const TexelPlane::Range& b) {
        return a.first < b.first;
    };
    if (!std::is_sorted(dirty_.begin(), dirty_.end(), by_first))
        std::sort(dirty_.begin(), dirty_.end(), by_first);
    return stale_strips_ == 0;
}

void MapLevel::build_strip(std::span<const Texel> texels, std::uint32_t strip) {
    if (layout_.is_curve()) return build_square(texels, strip);
    if (sums_)
        mix_strip(texels, strip);
    else
        count_strip(texels, strip);
    const std::uint32_t first = strip << strip_bits_, cells = 1u << strip_bits_;
    if (!dirty_.empty() && dirty_.back().last == first)
        dirty_.back().last += cells;
    else
        dirty_.push_back({first, first + cells});
}

// Each cell of a curve is a run of granules.
void MapLevel::build_square(std::span<const Texel> texels, std::uint32_t strip) {
    const std::uint32_t first = strip << strip_bits_;
    const std::uint32_t last = std::min(first + MapLayout::square_cells, cell_layout_.granules());
    const MapLayout::Square square = cell_layout_.square_at(first);
    const std::size_t corner = (std::size_t{square.corner.y} << row_bits()) + square.corner.x;
    for (std::uint32_t cell = first; cell < last; ++cell) {
        const std::size_t begin = std::size_t{cell} << 2 * level_;
        const std::size_t end = std::min(texels.size(), begin + (std::size_t{1} << 2 * level_));
        const std::span<const Texel> run = texels.subspan(begin, end - begin);
        const std::uint32_t inside = (*square.cells)[cell - first];
        const std::size_t at =
            corner + ((inside >> MapLayout::square_bits) << row_bits()) + (inside & (band_rows - 1));
        if (sums_)
            colours_[at] = average(*sums_, run);
        else
            cells_[at] = count_run(run);
    }
    dirty_bands_[square.corner.y / band_rows] = true;
}

Cell MapLevel::count_run(std::span<const Texel> texels) const {
    if (level_ == 0) return granule_cells[texels.front()];
    if (level_ <= 3) {
        Packed count;
        for (const Texel texel : texels) {
            count.low += packed_rows[texel].low;
            count.high += packed_rows[texel].high;
        }
        return encode(count, static_cast<std::uint32_t>(texels.size()));
    }
    CellCounts counts;
    for (const Texel texel : texels)
        counts.add(texel);
    return counts.cell();
}

void MapLevel::tell_dirty_bands() {
    dirty_.clear();
    const std::uint32_t each = band_rows << row_bits();
    for (std::uint32_t band = 0; band < dirty_bands_.size(); ++band)
        if (dirty_bands_[band]) dirty_.push_back({band * each, (band + 1) * each});
}

void MapLevel::clear_dirty() {
    dirty_.clear();
    dirty_bands_.assign(dirty_bands_.size(), false);
}

void MapLevel::mix_strip(std::span<const Texel> texels, std::uint32_t strip) {
    const std::uint32_t first = strip << strip_bits_;
    const std::uint32_t side = 1u << level_;
    const std::uint32_t top = first >> row_bits() << level_;
    std::size_t left = (first & ((1u << row_bits()) - 1)) << level_;
    for (std::uint32_t i = 0; i < 1u << strip_bits_; ++i, left += side) {
        Channels channels;
        std::uint64_t count = 0;
        for (std::uint32_t row = 0; row < side; ++row) {
            const std::size_t begin = (std::size_t{top + row} << layout_.row_bits()) + left;
            const std::size_t end = std::min<std::size_t>(begin + side, layout_.granules());
            std::uint64_t sum = 0;
            for (std::size_t at = begin; at < end; ++at)
                sum += sums_->of[texels[at]];
            channels.add(sum);
            count += end > begin ? end - begin : 0;
        }
        colours_[first + i] = channels.average(count);
    }
}

void MapLevel::count_strip(std::span<const Texel> texels, std::uint32_t strip) {
    const std::uint32_t first = strip << strip_bits_;
    const std::uint32_t cells = 1u << strip_bits_;
    const std::uint32_t side = 1u << level_;
    const std::uint32_t left = (first & ((1u << row_bits()) - 1)) << level_;
    const std::uint32_t top = first >> row_bits() << level_;
    const std::uint64_t end = (std::uint64_t{top + side} << layout_.row_bits());
    if (level_ == 0) {
        const std::uint32_t last = std::min(first + cells, layout_.granules());
        for (std::uint32_t i = first; i < last; ++i)
            cells_[i] = granule_cells[texels[i]];
    } else if (level_ <= 3 && end <= layout_.granules()) {
        std::array<Packed, 1u << longest_strip_bits> counts{};
        for (std::uint32_t row = 0; row < side; ++row) {
            const Texel* texel = texels.data() + (std::size_t{top + row} << layout_.row_bits()) + left;
            for (std::uint32_t i = 0; i < cells; ++i) {
                Packed& count = counts[i];
                for (std::uint32_t k = 0; k < side; ++k) {
                    const Packed& row_of = packed_rows[*texel++];
                    count.low += row_of.low;
                    count.high += row_of.high;
                }
            }
        }
        for (std::uint32_t i = 0; i < cells; ++i)
            cells_[first + i] = encode(counts[i], side * side);
    } else {
        for (std::uint32_t i = 0; i < cells; ++i) {
            CellCounts counts;
            for (std::uint32_t row = 0; row < side; ++row) {
                const std::size_t begin =
                    (std::size_t{top + row} << layout_.row_bits()) + left + (std::size_t{i} << level_);
                for (std::size_t at = begin; at < begin + side && at < layout_.granules(); ++at)
                    counts.add(texels[at]);
            }
            cells_[first + i] = counts.cell();
        }
    }
}

}  // namespace tricolour
