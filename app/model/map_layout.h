// Where granules lie on the map's plane, each a cell of 1 x 1: in rows, or along a Hilbert curve, which
// keeps what is near in memory near on the map. Picking, drawing, outlines and labels all ask this.
//
// The curve begins in the plane's upper left corner and goes through its quarters clockwise, so that half
// a square is as wide as two of its quarters. Every 4^n granules from a multiple of 4^n on fill a square of
// 2^n x 2^n cells; so a level of such squares lies along the same curve (coarser()).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tricolour {

enum class LayoutId : std::uint8_t { rows, hilbert, count_ };
std::string_view word_of(LayoutId layout);
std::optional<LayoutId> layout_named(std::string_view word);

/// A cell of the plane, or a corner between cells.
struct Place {
    std::uint32_t x = 0, y = 0;
    bool operator==(const Place&) const = default;
};
/// Cells [left, right) x [top, bottom).
struct PlaneArea {
    std::uint32_t left = 0, top = 0, right = 0, bottom = 0;
    std::uint32_t width() const { return right - left; }
    std::uint32_t height() const { return bottom - top; }
    bool operator==(const PlaneArea&) const = default;
};
/// Granules [first, last).
struct GranuleRange {
    std::uint32_t first = 0, last = 0;
    bool operator==(const GranuleRange&) const = default;
};

class MapLayout {
public:
    static constexpr unsigned square_bits = 3;  ///< a curve has at least a square of 8 x 8
    static constexpr std::uint32_t square_cells = 1u << 2 * square_bits;

    static MapLayout in_rows(unsigned row_bits, std::uint32_t granules);
    static MapLayout along_curve(std::uint32_t granules);

    LayoutId id() const { return id_; }
    bool is_curve() const { return id_ == LayoutId::hilbert; }
    std::uint32_t granules() const { return granules_; }
    /// The plane is 1 << row_bits cells wide, though not all of them need hold a granule.
    unsigned row_bits() const { return row_bits_; }
    /// Of what holds granules; a row counts as whole.
    std::uint32_t width() const { return whole_.right; }
    std::uint32_t height() const { return whole_.bottom; }

    Place place_of(std::uint32_t granule) const;
    /// None beside the plane or beyond the heap.
    std::optional<std::uint32_t> granule_at(Place place) const;

    /// The smallest rectangle around granules; whole rows where there are several.
    PlaneArea bounds(std::uint32_t first, std::uint32_t last) const;
    /// Rectangles that granules fill without overlap, in their order: rows, or the curve's squares.
    std::vector<PlaneArea> pieces(std::uint32_t first, std::uint32_t last) const;
    /// The granules in a rectangle, ascending and apart.
    std::vector<GranuleRange> ranges_in(const PlaneArea& area) const;
    /// Corners of the closed lines around granules, clockwise around what is inside.
    std::vector<std::vector<Place>> outlines(std::uint32_t first, std::uint32_t last) const;

    /// Of a curve: the layout of the squares of 2^level x 2^level cells.
    MapLayout coarser(unsigned level) const;
    /// Of a curve: the square of 8 x 8 that begins with a multiple of 64, and where its cells lie in it,
    /// as y << 3 | x.
    struct Square {
        Place corner;
        const std::array<std::uint8_t, square_cells>* cells;
    };
    Square square_at(std::uint32_t first) const;

    bool operator==(const MapLayout&) const = default;

private:
    MapLayout(LayoutId id, unsigned row_bits, std::uint32_t granules);
    std::uint32_t index_at(Place place) const;

    LayoutId id_;
    unsigned row_bits_;
    std::uint32_t granules_;
    PlaneArea whole_;
};

}  // namespace tricolour
