// Draws the map with OpenGL: one integer texel a granule, folded into a texture of which only what
// changed is uploaded. Palette, hatch, borders and header bytes are the shaders' (shaders/map_*.frag).
// Where a granule is less than three pixels wide, a level of cells made from the texels is drawn. Along a
// curve, what is in sight is laid out anew as it is shown; a change of layout fades.
//
// A current context is needed for every call and for the end of its life.
#pragma once

#include "app/model/camera.h"
#include "app/model/map.h"
#include "app/model/map_colours.h"
#include "app/model/map_level.h"
#include "app/model/map_painter.h"
#include "app/model/map_window.h"
#include "app/model/palette.h"
#include "app/render/gl_objects.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tricolour {

/// A linear array of 32-bit elements in a texture: element i lies at (i % width, i / width).
class FoldedTexture {
public:
    static constexpr unsigned fold_bits = 12;

    /// `internal_format` is R32UI or RGBA8. Everything is to be uploaded after a change of size.
    void shape(GLenum internal_format, std::uint32_t elements);
    /// The elements of these ranges, and some between them; ranges are ascending.
    void upload(const void* elements, std::span<const TexelPlane::Range> ranges);
    void bind(unsigned unit) const;
    std::uint64_t uploaded_bytes() const { return uploaded_bytes_; }  ///< since the start

private:
    void upload_joined(const std::uint32_t* elements, std::uint32_t first, std::uint32_t last);
    void upload_block(const std::uint32_t* elements, std::uint32_t first, std::uint32_t width,
                      std::uint32_t rows);

    GlTexture texture_;
    GLenum internal_format_ = 0, format_ = 0, type_ = 0;
    std::uint32_t elements_ = 0;
    std::uint64_t uploaded_bytes_ = 0;
};

/// A rectangle of the framebuffer in its pixels, from the lower left.
struct FrameArea {
    int x = 0, y = 0, width = 0, height = 0;
    bool operator==(const FrameArea&) const = default;
};

class MapRenderer {
public:
    MapRenderer();

    /// Whether the shaders compiled; if not, problem() says why.
    bool is_usable() const { return problem_.empty(); }
    const std::string& problem() const { return problem_; }
    /// Reads the shaders anew (while they are edited).
    void load_shaders();

    void set_colours(const Palette& palette, const MapColours& colours);
    /// Uploads what changed, and brings the level that this camera needs up to date as far as a
    /// frame's budget allows. The camera's scale counts the framebuffer's pixels, here and in draw().
    /// A level that takes the place of another is faded in as the `seconds` pass. The map has to stay as
    /// it is until draw().
    void update(const TexelPlane& map, const Camera& camera, double seconds = 0);
    /// Whether update() left something for the next frame.
    bool is_behind() const { return is_behind_; }

    /// What is drawn now fades into what is drawn from the next update() on.
    void fade_from_here(double seconds);

    /// What the processor paints over the map in the draw() to come; stays until it is given anew.
    void set_quads(std::span<const PaintedQuad> quads, const Atlas& atlas) {
        quads_ = quads;
        atlas_ = atlas;
    }
    /// Whether draw() will paint, once update() was called.
    bool will_paint() const { return paints_ && faded_.size == 0; }

    /// Draws into the framebuffer at hand; leaves program, textures, viewport and scissor changed.
    /// `map_area` is the map's rectangle, `clip` the part of it that may be drawn to; `interface_scale`
    /// what lines and hatches are multiplied by.
    void draw(const Camera& camera, FrameArea map_area, FrameArea clip, float interface_scale);

    /// Whether one level fades into the next.
    void set_fading(bool fades) { fades_ = fades; }

    /// Whether the processor makes the pixels, instead of shaders; from the start where shaders would run on
    /// it too.
    bool paints() const { return paints_; }
    void set_painting(bool paints) {
        paints_ = paints;
        painted_.is_valid = false;
    }

    std::uint64_t uploaded_bytes() const {
        return texels_.uploaded_bytes() + window_cells_.uploaded_bytes() + shown_.texture.uploaded_bytes() +
               faded_.texture.uploaded_bytes();
    }

    /// The level of cells that a scale asks for; none: granules have details.
    static std::optional<unsigned> level_for(const Camera& camera, const MapLayout& layout);

private:
    MapLayout layout_in(const Camera& camera) const { return layout_of(camera, granules_); }
    /// Where the upper left pixel lies: in a cell of a level, and pixels of it before that pixel.
    struct Origin {
        double cell_pixels;
        std::int64_t cell_x, cell_y;
        double part_x, part_y;
        /// Of that cell, in rows that begin at a corner of the plane.
        std::int64_t index(unsigned row_bits, Place corner = {}) const {
            return (cell_y - corner.y) * (std::int64_t{1} << row_bits) + cell_x - corner.x;
        }
    };
    static Origin origin_of(const Camera& camera, FrameArea area, double cell_granules);
    std::vector<PixelArea> pieces(const Origin& origin, const MapLayout& layout, unsigned level,
                                  FrameArea area, FrameArea clip) const;
    void draw_pieces(const Origin& origin, const MapLayout& layout, unsigned level, FrameArea area,
                     FrameArea clip) const;
    void upload_texels(const TexelPlane& map, std::span<const TexelPlane::Range> changed);
    void update_levels(const TexelPlane& map, const Camera& camera,
                       std::span<const TexelPlane::Range> changed);
    void forget_level();
    void show_next();
    void upload_level();
    /// How strongly each kind of place is coloured, 0 to 1: details fade in while the camera nears.
    struct PlaceStrengths {
        double pattern = 0, header = 0, edge = 0, ruling = 0, gap = 0;
        bool operator==(const PlaceStrengths&) const = default;
    };
    void make_place_colours(const PlaceStrengths& strengths);
    void draw_picture(const Camera& camera, FrameArea area, FrameArea clip, float interface_scale);
    NearLook near_look(const Camera& camera, double interface_scale, const Origin& origin);
    void draw_near(const Camera& camera, FrameArea area, FrameArea clip, double interface_scale);
    void draw_painted(const Camera& camera, FrameArea area, FrameArea clip, float interface_scale);
    void paint(const Camera& camera, FrameArea area, float interface_scale, MapPainter::Keeping keeping);
    void upload_painted(std::span<const PackedColour> pixels, MapPainter::Keeping keeping);
    void show_painted(FrameArea area, FrameArea clip) const;
    void take_window(const MapLayout& layout, const Camera& camera, FrameArea area);
    /// A level as it is drawn: the colours of its cells.
    struct Drawn {
        FoldedTexture texture;
        unsigned level = 0, row_bits = 0;
        std::uint32_t size = 0;  ///< cells; 0: none
    };
    void draw_levels(const Camera& camera, FrameArea area, FrameArea clip);
    void draw_far(const Drawn& drawn, const Camera& camera, FrameArea area, FrameArea clip);
    void draw_before(FrameArea clip) const;

    std::string problem_;
    GlProgram near_, close_, far_;        ///< close: with header bytes
    GlProgram curve_near_, curve_close_;  ///< the same along a curve
    GlProgram picture_;
    GlVertexArray vertices_;
    MapWindow window_;  ///< along a curve: what is in sight, in window_cells_
    FoldedTexture window_cells_;
    struct Picture {
        Camera camera;
        FrameArea area;
        float interface_scale = 1;
    };
    Picture last_;  ///< drawn
    /// The picture before, while another layout is faded in.
    struct Before {
        FrameArea area;
        GlTexture texture;
        double began = 0;
        bool is_shown = false;
    };
    Before before_;
    FoldedTexture texels_;  ///< four granules an element
    Drawn shown_;           ///< level_
    Drawn faded_;           ///< the one before, while level_ is faded in
    double fade_began_ = 0, seconds_ = 0;
    GlTexture place_colours_;                         ///< see map_near.frag
    std::vector<PackedColour> packed_place_colours_;  ///< the same for the painter
    bool fades_ = true;
    bool paints_ = false;
    MapPainter painter_;
    /// What the painter made last, and of what.
    struct Painted {
        GlTexture texture;
        GlFramebuffer frame;
        Camera camera;
        int width = 0, height = 0;
        float interface_scale = 1;
        std::uint64_t version = 0, level_number = 0;
        MapPainter::Keeping keeping = MapPainter::Keeping::as_texture;  ///< in the texture
        bool is_valid = false;
    };
    Painted painted_;
    std::span<const PaintedQuad> quads_;
    Atlas atlas_;
    std::vector<PaintedQuad> painted_quads_;
    std::vector<PackedColour> painted_over_;
    std::uint64_t level_number_ = 0;  ///< another one whenever what levels are drawn from changed
    PlaceStrengths place_strengths_;
    bool has_place_colours_ = false;
    std::vector<PackedColour> cell_colours_;   ///< by Cell
    std::vector<PackedColour> level_colours_;  ///< what shown_ holds where levels do not mix
    std::vector<TexelPlane::Range> elements_;  ///< scratch
    MapLevel level_;                           ///< in shown_
    MapLevel next_;                            ///< being made, to take its place
    bool has_level_ = false;
    bool is_making_next_ = false;
    Palette palette_;
    MapColours colours_;
    std::optional<ColourSums> sums_;  ///< where levels mix
    bool has_colours_ = false;
    bool is_repainted_ = false;  ///< the level is to be made anew at once
    bool is_behind_ = false;
    const TexelPlane* map_ = nullptr;  ///< what is uploaded
    std::uint32_t granules_ = 0, granule_bytes_ = 8;
    std::uint64_t uploaded_version_ = 0;
};

}  // namespace tricolour
