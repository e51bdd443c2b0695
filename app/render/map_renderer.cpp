#include "app/render/map_renderer.h"

#include "app/render/map_screen.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace tricolour {
namespace {

constexpr double near_scale = 3;                     // from here on a granule has details
constexpr std::uint32_t granules_a_frame = 400'000;  // of a level made anew: about a millisecond
constexpr std::uint32_t colour_fold_bits = 7;        // of the table of cells' colours

void put(std::vector<std::uint8_t>& bytes, const Rgba& colour) {
    for (const float part : {colour.red, colour.green, colour.blue, 1.0f})
        bytes.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(part, 0.0f, 1.0f) * 255)));
}

void set_nearest() {
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
}

GlTexture new_texture() {
    GLuint name = 0;
    glGenTextures(1, &name);
    return GlTexture(name);
}

GlTexture colour_table(int width, int height, const std::vector<std::uint8_t>& bytes) {
    GlTexture texture = new_texture();
    glBindTexture(GL_TEXTURE_2D, texture.name());
    set_nearest();
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, bytes.data());
    return texture;
}

// Sets uniforms of the program in use by name.
class Uniforms {
public:
    explicit Uniforms(const GlProgram& program) : program_(program.name()) { glUseProgram(program_); }
    void set(const char* name, int value) const { glUniform1i(at(name), value); }
    void set(const char* name, unsigned value) const { glUniform1ui(at(name), value); }
    void set(const char* name, float value) const { glUniform1f(at(name), value); }
    void set(const char* name, double value) const { glUniform1f(at(name), static_cast<float>(value)); }
    void set(const char* name, float x, float y) const { glUniform2f(at(name), x, y); }
    void set(const char* name, int x, int y) const { glUniform2i(at(name), x, y); }
    void set(const char* name, const Rgba& colour) const {
        glUniform3f(at(name), colour.red, colour.green, colour.blue);
    }

private:
    GLint at(const char* name) const { return glGetUniformLocation(program_, name); }
    GLuint program_;
};

double smooth(double from, double to, double value) {
    const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

}  // namespace

// --- folded texture -------------------------------------------------------------------------------

void FoldedTexture::shape(GLenum internal_format, std::uint32_t elements) {
    if (texture_ && internal_format == internal_format_ && elements == elements_) return;
    internal_format_ = internal_format;
    elements_ = elements;
    if (!texture_) texture_ = new_texture();
    const GLsizei rows = static_cast<GLsizei>(std::max(1u, (elements + (1u << fold_bits) - 1) >> fold_bits));
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    set_nearest();
    glTexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(internal_format), 1 << fold_bits, rows, 0,
                 GL_RED_INTEGER, internal_format == GL_R8UI ? GL_UNSIGNED_BYTE : GL_UNSIGNED_SHORT, nullptr);
}

void FoldedTexture::upload(const void* elements, std::span<const MapModel::Range> ranges) {
    if (ranges.empty()) return;
    const auto* bytes = static_cast<const std::uint8_t*>(elements);
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    // Ranges of the same or the next row are one upload: a call costs more than a row's bytes.
    MapModel::Range joined = ranges.front();
    const auto flush = [&] {
        const std::uint32_t first_row = joined.first >> fold_bits;
        const std::uint32_t last_row = (joined.last - 1) >> fold_bits;
        if (first_row == last_row)
            upload_part(bytes, joined.first, joined.last);
        else
            upload_rows(bytes, first_row, last_row + 1);
    };
    for (const MapModel::Range& range : ranges.subspan(1)) {
        if (range.first >> fold_bits <= ((joined.last - 1) >> fold_bits) + 1) {
            joined.last = std::max(joined.last, range.last);
        } else {
            flush();
            joined = range;
        }
    }
    flush();
}

void FoldedTexture::upload_rows(const std::uint8_t* elements, std::uint32_t first_row,
                                std::uint32_t last_row) {
    const std::uint32_t whole_rows = std::min(last_row, elements_ >> fold_bits);
    const bool is_wide = internal_format_ == GL_R16UI;
    if (whole_rows > first_row) {
        const std::size_t begin = std::size_t{first_row} << fold_bits;
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, static_cast<GLint>(first_row), 1 << fold_bits,
                        static_cast<GLsizei>(whole_rows - first_row), GL_RED_INTEGER,
                        is_wide ? GL_UNSIGNED_SHORT : GL_UNSIGNED_BYTE, elements + (begin << is_wide));
        uploaded_bytes_ += std::size_t{whole_rows - first_row} << fold_bits << is_wide;
    }
    if (last_row > whole_rows) upload_part(elements, whole_rows << fold_bits, elements_);
}

void FoldedTexture::upload_part(const std::uint8_t* elements, std::uint32_t first, std::uint32_t last) {
    const bool is_wide = internal_format_ == GL_R16UI;
    constexpr std::uint32_t mask = (1u << fold_bits) - 1;
    glTexSubImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(first & mask),
                    static_cast<GLint>(first >> fold_bits), static_cast<GLsizei>(last - first), 1,
                    GL_RED_INTEGER, is_wide ? GL_UNSIGNED_SHORT : GL_UNSIGNED_BYTE,
                    elements + (std::size_t{first} << is_wide));
    uploaded_bytes_ += std::size_t{last - first} << is_wide;
}

void FoldedTexture::bind(unsigned unit) const {
    glActiveTexture(GL_TEXTURE0 + unit);
    glBindTexture(GL_TEXTURE_2D, texture_.name());
}

// --- renderer -------------------------------------------------------------------------------------

MapRenderer::MapRenderer() {
    GLuint name = 0;
    glGenVertexArrays(1, &name);
    vertices_ = GlVertexArray(name);
    load_shaders();
}

void MapRenderer::load_shaders() {
    problem_.clear();
    near_ = load_program("shaders/map.vert", "shaders/map_near.frag", problem_);
    if (near_) far_ = load_program("shaders/map.vert", "shaders/map_far.frag", problem_);
}

void MapRenderer::set_palette(const Palette& palette) {
    if (has_palette_ && std::memcmp(&palette.chunk, &palette_.chunk, sizeof palette.chunk) == 0 &&
        std::memcmp(&palette.free, &palette_.free, sizeof palette.free) == 0) {
        palette_ = palette;
        return;
    }
    palette_ = palette;
    has_palette_ = true;
    std::vector<std::uint8_t> bytes;
    for (unsigned value = 0; value < 256; ++value)
        put(bytes, colour_of(palette, static_cast<Texel>(value)));
    texel_colours_ = colour_table(256, 1, bytes);
    bytes.clear();
    for (unsigned value = 0; value < cell_values; ++value)
        put(bytes, colour_of(palette, static_cast<Cell>(value)));
    cell_colours_ =
        colour_table(1 << colour_fold_bits, static_cast<int>(cell_values >> colour_fold_bits), bytes);
}

unsigned MapRenderer::level_for(const Camera& camera) {
    unsigned level = 0;
    for (double scale = camera.scale; scale < 0.999 && (2u << level) <= camera.row_length; scale *= 2)
        ++level;
    return level;
}

void MapRenderer::update(const MapModel& map, const Camera& camera) {
    is_behind_ = false;
    if (map.granules() == 0) return;
    glActiveTexture(GL_TEXTURE0);
    const bool is_known = map_ == &map && uploaded_version_ >= map.cleared_version();
    const bool is_changed = !is_known || uploaded_version_ != map.version();
    const MapModel::Range all{0, map.granules()};
    const std::span<const MapModel::Range> changed = !is_known    ? std::span(&all, 1)
                                                     : is_changed ? map.dirty()
                                                                  : std::span<const MapModel::Range>{};
    texels_.shape(GL_R8UI, map.granules());
    texels_.upload(map.texels().data(), changed);
    if (!is_known) has_level_ = false;
    map_ = &map;
    granules_ = map.granules();
    granule_bytes_ = map.granule_bytes();
    uploaded_version_ = map.version();
    update_levels(map, camera, changed);
}

// The level in use goes on being drawn while another is made, a part a frame.
void MapRenderer::update_levels(const MapModel& map, const Camera& camera,
                                std::span<const MapModel::Range> changed) {
    const unsigned wanted = level_for(camera);
    const auto row_bits = static_cast<unsigned>(std::countr_zero(camera.row_length));
    if (has_level_ && !level_.is_of(row_bits, granules_)) has_level_ = false;
    if (has_level_) {
        for (const MapModel::Range& range : changed)
            level_.mark(range);
        if (wanted == 0) {
            is_making_next_ = false;
            return;
        }
        is_behind_ = !level_.update(map.texels(), granules_a_frame);
        upload_level();
        if (level_.level() == wanted) {
            is_making_next_ = false;
            return;
        }
    }
    if (wanted == 0) {
        is_making_next_ = false;
        return;
    }
    if (next_.level() == wanted && next_.is_of(row_bits, granules_) && is_making_next_) {
        for (const MapModel::Range& range : changed)
            next_.mark(range);
    } else {
        next_.shape(wanted, row_bits, granules_);
        next_.mark_all();
    }
    is_making_next_ = true;
    const bool can_wait = has_level_ || camera.scale >= 0.5;
    is_behind_ = !next_.update(map.texels(), can_wait ? granules_a_frame : ~0u);
    if (is_behind_) return;
    std::swap(level_, next_);
    is_making_next_ = false;
    has_level_ = true;
    cells_.shape(GL_R16UI, static_cast<std::uint32_t>(level_.cells().size()));
    upload_level();
}

void MapRenderer::upload_level() {
    cells_.upload(level_.cells().data(), level_.dirty());
    level_.clear_dirty();
}

MapRenderer::Origin MapRenderer::origin_of(const Camera& camera, FrameArea area, double cell_pixels,
                                           double cell_granules) {
    const auto along = [&](double centre, int pixels, int& cell, float& part) {
        // Whole pixels: what stands still on the plane keeps its pixels while the camera pans.
        const double corner = std::round(centre / cell_granules * cell_pixels - pixels / 2.0);
        const double first = std::floor(corner / cell_pixels);
        cell = static_cast<int>(first);
        part = static_cast<float>(corner - first * cell_pixels);
    };
    Origin origin{};
    along(camera.centre_x, area.width, origin.cell_x, origin.part_x);
    along(camera.centre_y, area.height, origin.cell_y, origin.part_y);
    return origin;
}

void MapRenderer::draw(const Camera& camera, FrameArea area, FrameArea clip, float interface_scale) {
    if (!is_usable() || !has_palette_ || !map_ || area.width <= 0 || area.height <= 0) return;
    glBindVertexArray(vertices_.name());
    glViewport(area.x, area.y, area.width, area.height);
    glEnable(GL_SCISSOR_TEST);
    glScissor(clip.x, clip.y, std::max(0, clip.width), std::max(0, clip.height));
    glDisable(GL_BLEND);
    glBindSampler(0, 0);
    glBindSampler(1, 0);
    if (camera.scale >= near_scale)
        draw_near(camera, area, static_cast<double>(interface_scale));
    else
        draw_far(camera, area);
    glActiveTexture(GL_TEXTURE0);
}

void MapRenderer::draw_near(const Camera& camera, FrameArea area, double ui) {
    const Origin origin = origin_of(camera, area, camera.scale, 1);
    texels_.bind(0);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, texel_colours_.name());

    const double scale = camera.scale / ui;
    const double header = camera.scale * 4 / granule_bytes_;
    const double row_gap = static_cast<double>(row_gap_pixels(camera.scale, ui));
    const double edge = static_cast<double>(edge_pixels(camera.scale, ui));
    const double pitch = 6 * ui;
    const double corner_x = origin.cell_x * camera.scale + static_cast<double>(origin.part_x);
    const double corner_y = origin.cell_y * camera.scale + static_cast<double>(origin.part_y);
    const double before =
        corner_x - static_cast<double>(origin.part_x) + corner_y - static_cast<double>(origin.part_y);

    const Uniforms to(near_);
    to.set("granules", 0);
    to.set("colours", 1);
    to.set("fold_bits", static_cast<int>(FoldedTexture::fold_bits));
    to.set("row_bits", std::countr_zero(camera.row_length));
    to.set("granule_count", static_cast<int>(granules_));
    to.set("corner", static_cast<float>(area.x), static_cast<float>(area.y + area.height));
    to.set("first_cell", origin.cell_x, origin.cell_y);
    to.set("first_part", origin.part_x, origin.part_y);
    to.set("scale", camera.scale);
    to.set("background", palette_.map_background);
    to.set("gap", palette_.gap);
    to.set("free_mark", palette_.free_outline);
    to.set("header_colours[0]", palette_.header_white);
    to.set("header_colours[1]", palette_.header_grey);
    to.set("header_colours[2]", palette_.header_black);
    to.set("header_colours[3]", palette_.alarm);
    to.set("edge_alpha", smooth(3, 6, scale));
    to.set("edge_pixels", edge);
    to.set("row_gap_pixels", row_gap);
    to.set("hatch_alpha", smooth(3, 7, scale));
    to.set("hatch_pitch", pitch);
    to.set("hatch_phase", std::fmod(before, pitch));
    to.set("dot_alpha", smooth(8, 20, scale) * 0.9);
    to.set("dot_radius", std::clamp(camera.scale * 0.035, 0.7, 2.2 * ui));
    to.set("header_alpha", smooth(5, 9, header / ui));
    to.set("header_pixels", header);
    to.set("header_inset", std::clamp(std::round(camera.scale * 0.06), 1.0, 4 * ui));
    glDrawArrays(GL_TRIANGLES, 0, 3);
}

void MapRenderer::draw_far(const Camera& camera, FrameArea area) {
    const bool is_granules = level_for(camera) == 0 || !has_level_;
    const double cell_granules = is_granules ? 1 : static_cast<double>(1u << level_.level());
    const Origin origin = origin_of(camera, area, camera.scale * cell_granules, cell_granules);
    (is_granules ? texels_ : cells_).bind(0);
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, (is_granules ? texel_colours_ : cell_colours_).name());

    const Uniforms to(far_);
    to.set("cells", 0);
    to.set("colours", 1);
    to.set("fold_bits", static_cast<int>(FoldedTexture::fold_bits));
    to.set("row_bits",
           is_granules ? std::countr_zero(camera.row_length) : static_cast<int>(level_.row_bits()));
    to.set("cell_count", static_cast<int>(is_granules ? granules_ : level_.cells().size()));
    to.set("value_mask", is_granules ? 127u : 0xffffu);
    to.set("colour_fold_bits", is_granules ? 8 : static_cast<int>(colour_fold_bits));
    to.set("corner", static_cast<float>(area.x), static_cast<float>(area.y + area.height));
    to.set("first_cell", origin.cell_x, origin.cell_y);
    to.set("first_part", origin.part_x, origin.part_y);
    to.set("scale", camera.scale * cell_granules);
    to.set("background", palette_.map_background);
    glDrawArrays(GL_TRIANGLES, 0, 3);
}

}  // namespace tricolour
