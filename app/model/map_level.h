// A level of the map for when it is zoomed out: one cell for a square of 2^n x 2^n granules of the
// map's plane, in rows as it is shown, with the commonest type and the true mixture of colours and of used
// and free memory; or, through a lens that mixes, with the average of the colours that its granules are shown
// in.
//
// Kept up to date from what changed, under a budget a call: what is stale stays as it was until its turn.
#pragma once

#include "app/model/map.h"
#include "app/model/map_colours.h"
#include "app/model/map_layout.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tricolour {

/// Bits 10..13 commonest type by bytes in use, 6..9 share in use in 15ths, 0..5 mixture of colours.
using Cell = std::uint16_t;
inline constexpr std::uint32_t cell_values = 1u << 14;

struct CellShares {
    unsigned type = 0;  ///< as in a texel; 10: none that exists
    unsigned used = 0;  ///< 15ths of the cell
    unsigned grey = 0;  ///< 8ths of what is in use
    unsigned black = 0;
    bool operator==(const CellShares&) const = default;
};
Cell cell_of(const CellShares& shares);
CellShares shares_of(Cell cell);
/// The commonest type's hue, lightness from the mixture, dimmed by the free share.
Rgba colour_of(const MapColours& colours, Cell cell);

/// A colour as eight bits a channel, red lowest.
using PackedColour = std::uint32_t;
PackedColour packed(const Rgba& colour);

/// The colours of all texels as numbers that can be added up.
struct ColourSums {
    std::array<std::uint64_t, 256> of{};  ///< by texel; 21 bits a channel
    explicit ColourSums(const MapColours& colours);
};
/// The average of the colours of some texels.
PackedColour average(const ColourSums& sums, std::span<const Texel> texels);

/// Counts of granules by what they are.
struct CellCounts {
    std::uint32_t granules = 0, used = 0, grey = 0, black = 0;
    std::uint32_t types[11] = {};
    void add(Texel texel);
    Cell cell() const;
};

class MapLevel {
public:
    /// Cells of 2^level x 2^level granules. All is stale if anything differs.
    void shape(unsigned level, const MapLayout& layout);
    /// What update() makes: the average of colours, or with none the cells. All is stale after it;
    /// the colours have to stay where they are.
    void mix(const ColourSums* sums);
    void mark(TexelPlane::Range granules);
    void mark_all();
    bool is_stale() const { return stale_strips_ != 0; }

    /// Brings at most about so many granules up to date. True when nothing is stale any more.
    bool update(std::span<const Texel> texels, std::uint32_t most_granules);

    bool is_of(const MapLayout& layout) const { return layout_ == layout; }
    unsigned level() const { return level_; }
    unsigned row_bits() const { return layout_.row_bits() - level_; }   ///< of cells
    std::span<const Cell> cells() const { return cells_; }              ///< where it does not mix
    std::span<const PackedColour> colours() const { return colours_; }  ///< where it does
    std::size_t size() const { return cells_.size(); }
    /// Cells recomputed since clear_dirty(), ascending.
    std::span<const TexelPlane::Range> dirty() const { return dirty_; }
    void clear_dirty();
    void mark_all_dirty() { dirty_.assign(1, {0, static_cast<std::uint32_t>(cells_.size())}); }

private:
    std::uint32_t strip_of(std::uint32_t granule) const;
    void build_strip(std::span<const Texel> texels, std::uint32_t strip);
    void build_square(std::span<const Texel> texels, std::uint32_t strip);
    Cell count_run(std::span<const Texel> texels) const;
    void tell_dirty_bands();
    void count_strip(std::span<const Texel> texels, std::uint32_t strip);
    void mix_strip(std::span<const Texel> texels, std::uint32_t strip);

    unsigned level_ = 0;
    MapLayout layout_ = MapLayout::in_rows(0, 0);
    MapLayout cell_layout_ = layout_;  ///< of the cells along a curve
    std::uint32_t strip_bits_ = 0;     ///< log2 of cells a strip: of a row, or a square of a curve
    const ColourSums* sums_ = nullptr;
    std::vector<Cell> cells_;
    std::vector<PackedColour> colours_;
    std::vector<std::uint64_t> stale_;  ///< a bit a strip
    std::uint32_t stale_strips_ = 0;
    std::uint32_t cursor_ = 0;  ///< word of stale_ to go on from
    std::vector<TexelPlane::Range> dirty_;
    std::vector<bool> dirty_bands_;  ///< of 8 rows of cells, where they lie along a curve
};

}  // namespace tricolour
