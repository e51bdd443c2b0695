#include "app/model/map_window.h"

#include <algorithm>
#include <bit>

namespace tricolour {
namespace {

constexpr std::uint32_t side = 1u << MapLayout::square_bits;
constexpr std::uint32_t no_chunk = ~0u;  // beyond the heap

// Whole squares, and the cells to the left and above that borders are with.
PlaneArea widened(const PlaneArea& area) {
    const auto down = [](std::uint32_t at) { return at > 0 ? (at - 1) / side * side : 0; };
    const auto up = [](std::uint32_t at) { return (at + side - 1) / side * side; };
    return {down(area.left), down(area.top), up(area.right), up(area.bottom)};
}

// First of the chunk that holds the granule, if it does not begin before `from`.
std::uint32_t start_before(std::span<const Texel> texels, std::uint32_t granule, std::uint32_t from,
                           std::uint32_t otherwise) {
    while (granule > from && !(texels[granule] & texel::start))
        --granule;
    return texels[granule] & texel::start ? granule : otherwise;
}

}  // namespace

bool MapWindow::update(const TexelPlane& plane, const MapLayout& layout, const PlaneArea& sight) {
    const PlaneArea wanted = widened(sight);
    if (is_held_ && version_ == plane.version() && layout_ == layout && held_ == wanted) return false;
    is_held_ = true;
    version_ = plane.version();
    layout_ = layout;
    held_ = wanted;
    row_bits_ = static_cast<unsigned>(std::countr_zero(std::bit_ceil(std::max(side, held_.width()))));
    cells_.assign(std::size_t{held_.height()} << row_bits_, 0);
    chunks_.assign(cells_.size(), no_chunk);
    chunk_ = 0;
    std::uint32_t known = 0;  // chunks are known up to here
    for (const GranuleRange& range : layout.ranges_in(held_)) {
        chunk_ = start_before(plane.texels(), range.first, known, chunk_);
        for (std::uint32_t first = range.first; first < range.last; first += MapLayout::square_cells)
            take_square(plane.texels(), layout.square_at(first), first);
        known = range.last;
    }
    draw_borders();
    return true;
}

void MapWindow::take_square(std::span<const Texel> texels, const MapLayout::Square& square,
                            std::uint32_t first) {
    const auto count = std::min<std::size_t>(MapLayout::square_cells, texels.size() - first);
    const std::size_t corner =
        (std::size_t{square.corner.y - held_.top} << row_bits_) + square.corner.x - held_.left;
    for (std::uint32_t i = 0; i < count; ++i) {
        const Texel texel = texels[first + i];
        if (texel & texel::start) chunk_ = first + i;
        const std::uint32_t inside = (*square.cells)[i];
        const std::size_t at =
            corner + (std::size_t{inside >> MapLayout::square_bits} << row_bits_) + (inside & (side - 1));
        cells_[at] = texel;
        chunks_[at] = chunk_;
    }
}

void MapWindow::draw_borders() {
    const std::size_t row = std::size_t{1} << row_bits_;
    for (std::uint32_t y = 0; y < held_.height(); ++y)
        for (std::uint32_t x = 0; x < held_.width(); ++x) {
            const std::size_t at = (std::size_t{y} << row_bits_) + x;
            if (x > 0 && chunks_[at] != chunks_[at - 1]) cells_[at] |= window_cell::left_border;
            if (y > 0 && chunks_[at] != chunks_[at - row]) cells_[at] |= window_cell::top_border;
        }
}

}  // namespace tricolour
