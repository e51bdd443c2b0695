// The granules along a curve that are in sight, each where it is shown: what it is, and on which sides
// another chunk lies beside it. Rows need none of this: there chunks begin and end in address order.
#pragma once

#include "app/model/map.h"
#include "app/model/map_layout.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tricolour {

/// Bits 0..7 the granule's texel, 8 and 9: another chunk's lies to the left, above.
using WindowCell = std::uint16_t;

namespace window_cell {
inline constexpr WindowCell left_border = 0x100, top_border = 0x200;
}  // namespace window_cell

class MapWindow {
public:
    /// Holds at least the cells of that area afterwards. True if anything may have changed.
    bool update(const TexelPlane& plane, const MapLayout& layout, const PlaneArea& sight);

    Place corner() const { return {held_.left, held_.top}; }  ///< on the plane
    unsigned row_bits() const { return row_bits_; }
    std::uint32_t rows() const { return held_.height(); }
    std::span<const WindowCell> cells() const { return cells_; }

private:
    void take_square(std::span<const Texel> texels, const MapLayout::Square& square, std::uint32_t first);
    void draw_borders();

    MapLayout layout_ = MapLayout::along_curve(0);
    PlaneArea held_;
    std::uint64_t version_ = 0;
    bool is_held_ = false;
    unsigned row_bits_ = 0;
    std::vector<WindowCell> cells_;
    std::vector<std::uint32_t> chunks_;  ///< the first granule of each cell's chunk
    std::uint32_t chunk_ = 0;            ///< of the granule taken last
};

}  // namespace tricolour
