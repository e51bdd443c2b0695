// Draws the map with OpenGL: one integer texel a granule, folded into a texture of which only the rows
// that changed are uploaded; zoomed out, a level of cells made from it. Palette, hatch, borders and
// header bytes are the shaders' (shaders/map_*.frag).
//
// A current context is needed for every call and for the end of its life.
#pragma once

#include "app/model/camera.h"
#include "app/model/map.h"
#include "app/model/map_level.h"
#include "app/model/palette.h"
#include "app/render/gl_objects.h"

#include <cstdint>
#include <span>
#include <string>

namespace tricolour {

/// A linear array in a texture: element i lies at (i % width, i / width).
class FoldedTexture {
public:
    static constexpr unsigned fold_bits = 12;

    /// `internal_format` is R8UI or R16UI; everything is to be uploaded after a change of size.
    void shape(GLenum internal_format, std::uint32_t elements);
    void upload(const void* elements, std::span<const MapModel::Range> ranges);
    void bind(unsigned unit) const;
    std::uint64_t uploaded_bytes() const { return uploaded_bytes_; }

private:
    void upload_rows(const std::uint8_t* elements, std::uint32_t first_row, std::uint32_t last_row);
    void upload_part(const std::uint8_t* elements, std::uint32_t first, std::uint32_t last);

    GlTexture texture_;
    GLenum internal_format_ = 0;
    std::uint32_t elements_ = 0;
    std::uint64_t uploaded_bytes_ = 0;  ///< since the start
};

/// A rectangle of the framebuffer in its pixels, from the lower left.
struct FrameArea {
    int x = 0, y = 0, width = 0, height = 0;
};

class MapRenderer {
public:
    MapRenderer();

    /// Whether the shaders compiled; if not, problem() says why.
    bool is_usable() const { return problem_.empty(); }
    const std::string& problem() const { return problem_; }
    /// Reads the shaders anew (while they are edited).
    void load_shaders();

    void set_palette(const Palette& palette);
    /// Uploads what changed, and brings the level that this camera needs up to date as far as a
    /// frame's budget allows. The camera's scale counts the framebuffer's pixels, here and in draw().
    void update(const MapModel& map, const Camera& camera);
    /// Whether update() left something for the next frame.
    bool is_behind() const { return is_behind_; }

    /// Draws into the framebuffer at hand; leaves program, textures, viewport and scissor changed.
    /// `map_area` is the map's rectangle, `clip` the part of it that may be drawn to; `interface_scale`
    /// what lines and hatches are multiplied by.
    void draw(const Camera& camera, FrameArea map_area, FrameArea clip, float interface_scale);

    std::uint64_t uploaded_bytes() const { return texels_.uploaded_bytes() + cells_.uploaded_bytes(); }

    /// The level of cells that a scale asks for; 0: granules.
    static unsigned level_for(const Camera& camera);

private:
    struct Origin {
        int cell_x, cell_y;
        float part_x, part_y;
    };
    static Origin origin_of(const Camera& camera, FrameArea area, double cell_pixels, double cell_granules);
    void update_levels(const MapModel& map, const Camera& camera, std::span<const MapModel::Range> changed);
    void upload_level();
    void draw_near(const Camera& camera, FrameArea area, double interface_scale);
    void draw_far(const Camera& camera, FrameArea area);

    std::string problem_;
    GlProgram near_, far_;
    GlVertexArray vertices_;
    FoldedTexture texels_, cells_;
    GlTexture texel_colours_, cell_colours_;
    MapLevel level_;  ///< in cells_
    MapLevel next_;   ///< being made, to take its place
    bool has_level_ = false;
    bool is_making_next_ = false;
    Palette palette_;
    bool has_palette_ = false;
    bool is_behind_ = false;
    const MapModel* map_ = nullptr;  ///< what is uploaded
    std::uint32_t granules_ = 0, granule_bytes_ = 8;
    std::uint64_t uploaded_version_ = 0;
};

}  // namespace tricolour
