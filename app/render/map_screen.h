// Where granules lie on the screen: the map's rectangle and camera of one frame, and the outline of a
// chunk that wraps from row to row or lies along a curve.
#pragma once

#include "app/model/camera.h"
#include "app/model/map.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <imgui.h>

namespace tricolour {

/// Pixels between two rows of the map, part of the upper one's cells. Sizes in framebuffer pixels.
float row_gap_pixels(double scale, double interface_scale);
/// Pixels before each chunk.
float edge_pixels(double scale, double interface_scale);

class MapScreen {
public:
    MapScreen(const MapModel& map, const Camera& camera, ImVec2 corner, ImVec2 size, float framebuffer_scale,
              float interface_scale);

    float scale() const { return scale_; }
    float cell_height() const { return scale_ - row_gap_; }
    float row_gap() const { return row_gap_; }
    ImVec2 corner() const { return corner_; }
    ImVec2 size() const { return size_; }
    ImVec2 end() const { return {corner_.x + size_.x, corner_.y + size_.y}; }
    const MapLayout& layout() const { return layout_; }

    /// Screen pixel of a column and row, fractions of a granule included.
    float x(double column) const { return static_cast<float>(column * exact_scale_ - left_) + corner_.x; }
    float y(double row) const { return static_cast<float>(row * exact_scale_ - top_) + corner_.y; }

    /// Rows and columns in sight: [first, last).
    std::uint32_t first_row() const { return first_row_; }
    std::uint32_t last_row() const { return last_row_; }
    /// Granules in sight, ascending and apart.
    std::span<const GranuleRange> ranges() const { return ranges_; }
    bool is_in_sight(std::uint32_t first, std::uint32_t last) const;

    /// A rectangle of cells of a chunk, mostly in one row, cut to what is in sight (and a little beyond).
    struct Run {
        float left = 0, top = 0, right = 0, bottom = 0;
        std::uint32_t row = 0;
        bool is_visible = false;
        float width() const { return right - left; }
        float height() const { return bottom - top; }
    };
    /// Of the granules [first, last) in that row.
    Run run(std::uint32_t first, std::uint32_t last, std::uint32_t row) const;
    /// The chunk's first row, whether in sight or not.
    std::uint32_t row_of(std::uint32_t granule) const { return granule / row_length_; }
    /// The cell of one granule.
    Run cell(std::uint32_t granule) const;
    /// The run in sight with most room.
    Run widest_run(std::uint32_t first, std::uint32_t last) const;
    /// Where a chunk's marks stand, at its right end: its first row, or along a curve its widest run.
    Run marked_run(std::uint32_t first, std::uint32_t last) const;
    /// Without the header's bytes, where the first granule lies in it.
    Run beside_header(Run run, std::uint32_t first, float header) const;
    /// The rectangle around all of it that is in sight; not visible if none is.
    Run bounds(std::uint32_t first, std::uint32_t last) const;

    /// A rectangle in sight that is all of it, of several rows: whole rows, or along a curve the roomiest
    /// that squares in a row fill; not visible if there is none.
    Run rectangle(std::uint32_t first, std::uint32_t last) const;

    /// Draws the outline of the granules [first, last), grown by some pixels.
    void outline(ImDrawList& list, std::uint32_t first, std::uint32_t last, ImU32 colour, float thickness,
                 float grow = 0) const;

private:
    Run seen(const PlaneArea& cells) const;
    void outline_curve(ImDrawList& list, std::uint32_t first, std::uint32_t last, ImU32 colour,
                       float thickness, float grow) const;
    float clip_x(double column) const;
    float clip_y(double row) const;

    ImVec2 corner_, size_;
    double exact_scale_, left_, top_;
    float scale_, row_gap_;
    MapLayout layout_;
    std::uint32_t row_length_, granules_;
    std::uint32_t first_row_ = 0, last_row_ = 0;
    std::vector<GranuleRange> ranges_;
};

}  // namespace tricolour
