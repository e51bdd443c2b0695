#include "app/model/map_painter.h"

#include <algorithm>
#include <cmath>

namespace tricolour {
namespace {

// As in map.vert: a pixel's middle on a border belongs to the later cell.
constexpr double nudge = 1e-3;

double fraction(double value) { return value - std::floor(value); }

// Two channels at a time; `part` of 256 of the second colour.
PackedColour mix(PackedColour first, PackedColour second, std::uint32_t part) {
    if (part == 0 || first == second) return first;
    constexpr std::uint32_t even = 0x00ff00ff;
    const std::uint32_t rest = 256 - part, half = 0x00800080;
    const std::uint32_t low = ((first & even) * rest + (second & even) * part + half) >> 8 & even;
    const std::uint32_t high = ((first >> 8 & even) * rest + (second >> 8 & even) * part + half) & ~even;
    return low | high;
}

/// How far a pixel reaches beyond the cell that it begins in, as the shader has it; the cell's number too.
struct Overlap {
    std::int64_t cell = 0;
    std::uint32_t part = 0;  ///< of 256
};
Overlap overlap_of(double pixel, double part, double scale) {
    const double low = (pixel + 0.5 + part) / scale + nudge - 0.5 / scale;
    const double cell = std::floor(low);
    const double beyond = std::clamp((low - cell - 1) * scale + 1, 0.0, 1.0);
    return {static_cast<std::int64_t>(cell), static_cast<std::uint32_t>(std::lround(beyond * 256))};
}

/// The pixels whose middles a rectangle holds.
struct Box {
    int left, top, right, bottom;
};
Box box_of(const PaintedQuad& quad, int width, int height) {
    const auto edge = [](float at, int end) {
        return static_cast<int>(std::clamp(std::ceil(at - 0.5f), 0.0f, static_cast<float>(end)));
    };
    return {edge(quad.left, width), edge(quad.top, height), edge(quad.right, width),
            edge(quad.bottom, height)};
}

}  // namespace

void MapPainter::begin(int width, int height, PackedColour background, Keeping keeping) {
    width_ = width;
    height_ = height;
    keeping_ = keeping;
    pixels_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), kept(background));
}

// What all rows of pixels have in common: the cells and places across, and the stripes.
void MapPainter::measure(const CellOrigin& origin, const NearLook& look) {
    const auto width = static_cast<std::size_t>(width_), pitch = static_cast<std::size_t>(look.pitch);
    columns_.resize(width);
    for (std::size_t x = 0; x < width; ++x) {
        const double at = (static_cast<double>(x) + 0.5 + origin.part_x) / origin.scale + nudge;
        const double cell = std::floor(at), place = at - cell;
        columns_[x] = {static_cast<std::uint32_t>(cell), place < look.edge,
                       look.has_headers && std::abs(place - look.header_x) < look.header_half_width};
    }
    stripes_.resize(pitch);
    for (std::size_t y = 0; y < pitch; ++y) {
        stripes_[y].resize(width);
        for (std::size_t x = 0; x < width; ++x) {
            const double across = static_cast<double>(x) + 0.5 + origin.part_x;
            const double down = static_cast<double>(y) + 0.5 + origin.part_y;
            const double falling = fraction((across + down) / look.pitch + look.phase_left);
            const double rising = fraction((across - down) / look.pitch + look.phase_right);
            const std::uint32_t places =
                (falling < look.hatch_width ? look.hatch_place : 0) +
                (std::min(falling, rising) < look.cross_width ? look.cross_place : 0);
            stripes_[y][x] = static_cast<std::uint16_t>(places << 8);
        }
    }
}

// For each row of pixels: which places its granules have but for the stripes, as one row of granules after
// the other; `place_row(row, is_top_edge, is_header, area)` fills them in.
template <typename PlaceRow>
void MapPainter::paint_near(const CellOrigin& origin, const NearLook& look, std::span<const PixelArea> areas,
                            const PlaceRow& place_row) {
    measure(origin, look);
    colours_.assign(look.colours.begin(), look.colours.end());
    for (PackedColour& colour : colours_)
        colour = kept(colour);
    places_.resize(static_cast<std::size_t>(width_));
    const auto pitch = static_cast<std::size_t>(look.pitch);
    for (const PixelArea& area : areas) {
        struct Kind {
            std::int64_t row = -1;
            bool is_edge = false, is_header = false, is_gap = false;
            bool operator==(const Kind&) const = default;
        } placed;
        for (int y = area.top; y < area.bottom; ++y) {
            const double at = (y + 0.5 + origin.part_y) / origin.scale + nudge;
            const double cell = std::floor(at), place = at - cell;
            const Kind kind{static_cast<std::int64_t>(cell), place < look.edge,
                            look.has_headers && std::abs(place - look.header_y) < look.header_half_height,
                            place >= look.height};
            if (kind != placed) place_row(kind.row, kind.is_edge, kind.is_header, kind.is_gap, area);
            placed = kind;
            const std::uint16_t* const stripes = stripes_[static_cast<std::size_t>(y) % pitch].data();
            const std::uint16_t* const places = places_.data();
            const PackedColour* const colours = colours_.data();
            PackedColour* const to = row(y);
            for (int x = area.left; x < area.right; ++x)
                to[x] = colours[places[x] + stripes[x]];
        }
    }
}

void MapPainter::paint(const CellOrigin& origin, const NearLook& look, std::span<const Texel> texels,
                       std::span<const PixelArea> areas) {
    const auto last = static_cast<std::int64_t>(texels.size()) - 1;
    paint_near(origin, look, areas,
               [&](std::int64_t row, bool, bool is_header, bool is_gap, const PixelArea& area) {
                   const std::int64_t first = origin.first + (row << origin.row_bits);
                   for (auto x = static_cast<std::size_t>(area.left);
                        x < static_cast<std::size_t>(area.right); ++x) {
                       const Column& column = columns_[x];
                       const std::int64_t granule = std::clamp<std::int64_t>(first + column.cell, 0, last);
                       const std::uint32_t place = (column.is_edge ? look.edge_place : 0) +
                                                   (is_header && column.is_header ? look.header_place : 0);
                       places_[x] = static_cast<std::uint16_t>((is_gap ? look.gap_place : place) << 8 |
                                                               texels[static_cast<std::size_t>(granule)]);
                   }
               });
}

void MapPainter::paint(const CellOrigin& origin, const NearLook& look, std::span<const WindowCell> cells,
                       std::span<const PixelArea> areas) {
    const auto last = static_cast<std::int64_t>(cells.size()) - 1;
    paint_near(
        origin, look, areas,
        [&](std::int64_t row, bool is_edge, bool is_header, bool, const PixelArea& area) {
            const std::int64_t first = origin.first + (row << origin.row_bits);
            for (auto x = static_cast<std::size_t>(area.left); x < static_cast<std::size_t>(area.right);
                 ++x) {
                const Column& column = columns_[x];
                const std::int64_t granule = std::clamp<std::int64_t>(first + column.cell, 0, last);
                const WindowCell cell = cells[static_cast<std::size_t>(granule)];
                const bool is_start = (cell & texel::start) != 0;
                const bool is_bordered = (column.is_edge && (cell & window_cell::left_border)) ||
                                         (is_edge && (cell & window_cell::top_border));
                const std::uint32_t place = ((column.is_edge || is_edge) && !is_start ? look.edge_place : 0) +
                                            (is_header && column.is_header ? look.header_place : 0);
                places_[x] =
                    static_cast<std::uint16_t>((is_bordered ? look.gap_place : place) << 8 | (cell & 0xffu));
            }
        });
}

// The cells of a row, mixed from left to right.
void MapPainter::mix_line(const CellOrigin& origin, std::span<const PackedColour> cells, std::int64_t row,
                          const PixelArea& area, std::vector<PackedColour>& line) const {
    const auto last = static_cast<std::int64_t>(cells.size()) - 1;
    const std::int64_t first = origin.first + (row << origin.row_bits);
    const auto cell_at = [&](std::int64_t at) {
        return kept(cells[static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, last))]);
    };
    line.resize(static_cast<std::size_t>(width_));
    for (auto x = static_cast<std::size_t>(area.left); x < static_cast<std::size_t>(area.right); ++x) {
        const std::int64_t at = first + columns_[x].cell;
        line[x] = weights_[x] == 0 ? cell_at(at) : mix(cell_at(at), cell_at(at + 1), weights_[x]);
    }
}

void MapPainter::paint(const CellOrigin& origin, std::span<const PackedColour> cells,
                       std::span<const PixelArea> areas) {
    if (cells.empty()) return;
    const auto width = static_cast<std::size_t>(width_);
    columns_.resize(width);
    weights_.resize(width);
    for (std::size_t x = 0; x < width; ++x) {
        const Overlap overlap = overlap_of(static_cast<double>(x), origin.part_x, origin.scale);
        columns_[x].cell = static_cast<std::uint32_t>(std::max<std::int64_t>(overlap.cell, 0));
        weights_[x] = overlap.part;
    }
    for (const PixelArea& area : areas) {
        std::int64_t upper_row = -2, lower_row = -2;
        for (int y = area.top; y < area.bottom; ++y) {
            const Overlap overlap = overlap_of(y, origin.part_y, origin.scale);
            if (upper_row != overlap.cell) {
                if (lower_row == overlap.cell)
                    std::swap(upper_, lower_);
                else
                    mix_line(origin, cells, overlap.cell, area, upper_);
                upper_row = overlap.cell;
                lower_row = -2;
            }
            PackedColour* const to = row(y);
            if (overlap.part == 0) {
                std::copy(upper_.begin() + area.left, upper_.begin() + area.right, to + area.left);
                continue;
            }
            if (lower_row != overlap.cell + 1) {
                mix_line(origin, cells, overlap.cell + 1, area, lower_);
                lower_row = overlap.cell + 1;
            }
            for (auto x = static_cast<std::size_t>(area.left); x < static_cast<std::size_t>(area.right); ++x)
                to[x] = mix(upper_[x], lower_[x], overlap.part);
        }
    }
}

void MapPainter::paint_over(std::span<const PaintedQuad> quads, const Atlas& atlas,
                            std::vector<PackedColour>& to) const {
    to = pixels_;
    for (const PaintedQuad& quad : quads) {
        if (quad.is_letter()) {
            paint_letter(quad, atlas, to);
            continue;
        }
        const std::uint32_t part = std::min(256u, (quad.colour >> 24) + 1);
        const Box box = box_of(quad, width_, height_);
        for (int y = box.top; y < box.bottom; ++y) {
            PackedColour* const row = to.data() + row_begin(y);
            for (int x = box.left; x < box.right; ++x)
                row[x] = mix(row[x], kept(quad.colour) | 0xff000000, part);
        }
    }
}

// As a texture between its pixels: an atlas may hold letters wider than they are shown.
void MapPainter::paint_letter(const PaintedQuad& quad, const Atlas& atlas,
                              std::vector<PackedColour>& to) const {
    constexpr int most_columns = 64;
    const Box box = box_of(quad, width_, height_);
    const int columns = std::min(box.right - box.left, most_columns);
    if (columns <= 0 || !atlas.alphas) return;
    struct Sample {
        int first = 0, second = 0;
        std::uint32_t part = 0;  ///< of 256, of the second
    };
    const auto sample_at = [](float pixel, float low, float from, float each, int end) {
        const float at = from + (pixel + 0.5f - low) * each - 0.5f;
        const auto whole = static_cast<int>(std::floor(at));
        return Sample{std::clamp(whole, 0, end - 1), std::clamp(whole + 1, 0, end - 1),
                      static_cast<std::uint32_t>(std::lround((at - std::floor(at)) * 256))};
    };
    std::array<Sample, most_columns> across;
    const float each_x = (quad.u1 - quad.u0) / (quad.right - quad.left);
    const float each_y = (quad.v1 - quad.v0) / (quad.bottom - quad.top);
    for (int i = 0; i < columns; ++i)
        across[static_cast<std::size_t>(i)] =
            sample_at(static_cast<float>(box.left + i), quad.left, quad.u0, each_x, atlas.width);
    const std::uint32_t strength = (quad.colour >> 24) + 1;
    for (int y = box.top; y < box.bottom; ++y) {
        const Sample down = sample_at(static_cast<float>(y), quad.top, quad.v0, each_y, atlas.height);
        const std::uint8_t* const upper = atlas.alphas + std::ptrdiff_t{down.first} * atlas.width;
        const std::uint8_t* const lower = atlas.alphas + std::ptrdiff_t{down.second} * atlas.width;
        PackedColour* const row = to.data() + row_begin(y) + box.left;
        for (int i = 0; i < columns; ++i) {
            const Sample& at = across[static_cast<std::size_t>(i)];
            const auto between = [&](const std::uint8_t* alphas) {
                return alphas[at.first] * (256 - at.part) + alphas[at.second] * at.part;
            };
            std::uint32_t alpha = between(upper);
            if (down.part > 0) alpha = (alpha * (256 - down.part) + between(lower) * down.part) >> 8;
            const std::uint32_t part = (alpha * strength + 0x8000) >> 16;
            if (part > 0)
                row[i] = mix(row[i], kept(quad.colour) | 0xff000000, std::min(256u, part + (part >> 7)));
        }
    }
}

}  // namespace tricolour
