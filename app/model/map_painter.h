// Map painter: the map's pixels made by the processor, the same that the shaders make.
//
// Where shaders run on the processor anyway this is several times faster: a row of pixels is much like the
// one above it, which no shader knows. What a granule of several pixels or a cell of a level looks like is
// what map_near.frag, map_near_curve.frag and map_far.frag say.
#pragma once

#include "app/model/map_level.h"
#include "app/model/map_window.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tricolour {

/// Pixels [left, right) x [top, bottom) from the map's upper left corner.
struct PixelArea {
    int left = 0, top = 0, right = 0, bottom = 0;
};

/// Where the upper left pixel lies in cells that are laid out in rows.
struct CellOrigin {
    double scale = 1;               ///< pixels a cell
    double part_x = 0, part_y = 0;  ///< pixels of the first cell that lie before that pixel
    std::int64_t first = 0;         ///< number of that cell
    unsigned row_bits = 0;          ///< a row is 1 << row_bits cells long
};

/// How a granule of several pixels is drawn. In granules unless it says otherwise.
struct NearLook {
    double edge = 0, height = 1;
    bool has_headers = false;
    double header_x = 0, header_y = 0;  ///< middle of the box that shows the header's bytes
    double header_half_width = 0, header_half_height = 0;
    int pitch = 6;                                ///< pixels from stripe to stripe
    double phase_left = 0, phase_right = 0;       ///< of stripes that fall to the left, to the right
    double hatch_width = 0.3, cross_width = 0.2;  ///< of a stripe, parts of the pitch
    /// Colours by place and texel, 256 of each place; places add up.
    std::span<const PackedColour> colours;
    std::uint32_t hatch_place = 1, edge_place = 2, header_place = 4, cross_place = 8, gap_place = 16;
};

/// A rectangle over the picture: of one colour, or a letter from an atlas of alphas.
struct PaintedQuad {
    float left = 0, top = 0, right = 0, bottom = 0;  ///< pixels from the map's upper left corner
    float u0 = 0, v0 = 0, u1 = 0, v1 = 0;            ///< of a letter: pixels of the atlas; all 0: it is none
    PackedColour colour = 0;
    bool is_letter() const { return u1 > u0; }
    bool operator==(const PaintedQuad&) const = default;
};
struct Atlas {
    const std::uint8_t* alphas = nullptr;
    int width = 0, height = 0;
};

class MapPainter {
public:
    /// How a picture is kept: from the lowest row upwards and red first, as textures are, or from the upmost
    /// row downwards and blue first, as windows are.
    enum class Keeping : std::uint8_t { as_texture, as_window };

    /// A picture of that size in one colour.
    void begin(int width, int height, PackedColour background, Keeping keeping = Keeping::as_texture);
    /// Granules in rows, in their order of address.
    void paint(const CellOrigin& origin, const NearLook& look, std::span<const Texel> texels,
               std::span<const PixelArea> areas);
    /// Granules along a curve, as they lie in a window.
    void paint(const CellOrigin& origin, const NearLook& look, std::span<const WindowCell> cells,
               std::span<const PixelArea> areas);
    /// Cells of one to a few pixels: every pixel is the average of those under it.
    void paint(const CellOrigin& origin, std::span<const PackedColour> cells,
               std::span<const PixelArea> areas);

    /// A copy of the picture with these over it, in their order.
    void paint_over(std::span<const PaintedQuad> quads, const Atlas& atlas,
                    std::vector<PackedColour>& to) const;

    int width() const { return width_; }
    int height() const { return height_; }
    std::span<const PackedColour> pixels() const { return pixels_; }

private:
    struct Column {
        std::uint32_t cell = 0;  ///< from the first
        bool is_edge = false, is_header = false;
    };
    void paint_letter(const PaintedQuad& quad, const Atlas& atlas, std::vector<PackedColour>& to) const;
    void measure(const CellOrigin& origin, const NearLook& look);
    template <typename PlaceRow>
    void paint_near(const CellOrigin& origin, const NearLook& look, std::span<const PixelArea> areas,
                    const PlaceRow& place_row);
    void mix_line(const CellOrigin& origin, std::span<const PackedColour> cells, std::int64_t row,
                  const PixelArea& area, std::vector<PackedColour>& line) const;
    std::size_t row_begin(int y) const {
        const int row = keeping_ == Keeping::as_window ? y : height_ - 1 - y;
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_);
    }
    PackedColour* row(int y) { return pixels_.data() + row_begin(y); }
    PackedColour kept(PackedColour colour) const {
        if (keeping_ == Keeping::as_texture) return colour;
        return (colour & 0xff00ff00) | (colour & 0xff) << 16 | (colour >> 16 & 0xff);
    }

    int width_ = 0, height_ = 0;
    Keeping keeping_ = Keeping::as_texture;
    std::vector<PackedColour> pixels_;
    std::vector<PackedColour> colours_;  ///< of a look, as they are kept
    std::vector<Column> columns_;
    std::vector<std::uint32_t> weights_;  ///< of the cell to the right, 0 to 256, by column
    std::vector<std::vector<std::uint16_t>>
        stripes_;                              ///< places of stripes by pixel, for each row of a pitch
    std::vector<std::uint16_t> places_;        ///< of a row of granules: place and texel, by pixel
    std::vector<PackedColour> upper_, lower_;  ///< lines of cells
};

}  // namespace tricolour
