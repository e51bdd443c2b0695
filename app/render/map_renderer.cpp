#include "app/render/map_renderer.h"

#include "app/render/map_screen.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <vector>

namespace tricolour {
namespace {

constexpr double near_scale = 3;                     // from here on a granule has details
constexpr std::uint32_t granules_a_frame = 400'000;  // of a level made anew: about a millisecond
constexpr double fade_seconds = 0.15;                // from one level to the next
constexpr double layout_fade_seconds = 0.25;         // from one layout to another

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
    void set(const char* name, double value) const { glUniform1f(at(name), static_cast<float>(value)); }
    void set(const char* name, double x, double y) const {
        glUniform2f(at(name), static_cast<float>(x), static_cast<float>(y));
    }

private:
    GLint at(const char* name) const { return glGetUniformLocation(program_, name); }
    GLuint program_;
};

// Rows of the table of colours, as map_near.frag adds them up.
namespace place {
constexpr int hatch = 1, edge = 2, header = 4, cross = 8, gap = 16, rows = 17;
}  // namespace place

// A pattern's lines: darker, or lighter where there is not much below.
Rgba pattern_on(const Rgba& colour, float strength) {
    const float luminance = 0.299f * colour.red + 0.587f * colour.green + 0.114f * colour.blue;
    return luminance > 0.4f ? mixed(colour, {0, 0, 0, 1}, strength)
                            : mixed(colour, {1, 1, 1, 1}, strength * 0.55f);
}

// Mesa's renderers without a GPU.
bool is_software(const char* renderer) {
    const std::string_view name = renderer ? renderer : "";
    for (const std::string_view known : {"llvmpipe", "softpipe", "swrast", "SWR", "Software"})
        if (name.find(known) != std::string_view::npos) return true;
    return false;
}

double smooth(double from, double to, double value) {
    const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

}  // namespace

// --- folded texture -------------------------------------------------------------------------------

void FoldedTexture::shape(GLenum internal_format, std::uint32_t elements) {
    if (texture_ && internal_format == internal_format_ && elements == elements_) return;
    internal_format_ = internal_format;
    format_ = internal_format == GL_R32UI ? GL_RED_INTEGER : GL_RGBA;
    type_ = internal_format == GL_R32UI ? GL_UNSIGNED_INT : GL_UNSIGNED_BYTE;
    elements_ = elements;
    if (!texture_) texture_ = new_texture();
    const auto rows = static_cast<GLsizei>(std::max(1u, (elements + (1u << fold_bits) - 1) >> fold_bits));
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    set_nearest();
    glTexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(internal_format), 1 << fold_bits, rows, 0, format_,
                 type_, nullptr);
}

void FoldedTexture::upload(const void* elements, std::span<const TexelPlane::Range> ranges) {
    if (ranges.empty()) return;
    const auto* const from = static_cast<const std::uint32_t*>(elements);
    glBindTexture(GL_TEXTURE_2D, texture_.name());
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    // A call costs more than the bytes of a row: ranges in the same or the next row are one.
    TexelPlane::Range joined = ranges.front();
    for (const TexelPlane::Range& range : ranges.subspan(1)) {
        if (range.first >> fold_bits <= ((joined.last - 1) >> fold_bits) + 1) {
            joined.last = std::max(joined.last, range.last);
        } else {
            upload_joined(from, joined.first, joined.last);
            joined = range;
        }
    }
    upload_joined(from, joined.first, joined.last);
}

void FoldedTexture::upload_joined(const std::uint32_t* elements, std::uint32_t first, std::uint32_t last) {
    last = std::min(last, elements_);
    if (first >= last) return;
    const std::uint32_t first_row = first >> fold_bits, last_row = (last - 1) >> fold_bits;
    if (first_row == last_row) return upload_block(elements, first, last - first, 1);
    const std::uint32_t begin = first_row << fold_bits;
    const std::uint32_t whole_rows = (std::min(elements_, (last_row + 1) << fold_bits) - begin) >> fold_bits;
    upload_block(elements, begin, 1u << fold_bits, whole_rows);
    const std::uint32_t rest = begin + (whole_rows << fold_bits);
    if (rest < last) upload_block(elements, rest, last - rest, 1);
}

void FoldedTexture::upload_block(const std::uint32_t* elements, std::uint32_t first, std::uint32_t width,
                                 std::uint32_t rows) {
    if (rows == 0) return;
    glTexSubImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(first & ((1u << fold_bits) - 1)),
                    static_cast<GLint>(first >> fold_bits), static_cast<GLsizei>(width),
                    static_cast<GLsizei>(rows), format_, type_, elements + first);
    uploaded_bytes_ += std::uint64_t{width} * rows * sizeof *elements;
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
    paints_ = is_software(reinterpret_cast<const char*>(glGetString(GL_RENDERER)));
    load_shaders();
}

void MapRenderer::load_shaders() {
    problem_.clear();
    near_ = load_program("shaders/map.vert", "shaders/map_near.frag", {}, problem_);
    if (near_) close_ = load_program("shaders/map.vert", "shaders/map_near.frag", "HEADERS", problem_);
    if (close_) far_ = load_program("shaders/map.vert", "shaders/map_far.frag", {}, problem_);
    if (far_) curve_near_ = load_program("shaders/map.vert", "shaders/map_near_curve.frag", {}, problem_);
    if (curve_near_)
        curve_close_ = load_program("shaders/map.vert", "shaders/map_near_curve.frag", "HEADERS", problem_);
    if (curve_close_) picture_ = load_program("shaders/map.vert", "shaders/map_picture.frag", {}, problem_);
}

void MapRenderer::set_colours(const Palette& palette, const MapColours& colours) {
    if (has_colours_ && colours == colours_ && palette.free_outline == palette_.free_outline &&
        palette.gap == palette_.gap && palette.map_background == palette_.map_background)
        return;
    const bool did_mix = sums_.has_value();
    palette_ = palette;
    colours_ = colours;
    has_colours_ = true;
    has_place_colours_ = false;
    painted_.is_valid = false;
    faded_.size = 0;
    sums_.reset();
    if (!colours.takes_commonest) sums_.emplace(colours);
    if (did_mix || sums_) {
        level_.mix(sums_ ? &*sums_ : nullptr);
        next_.mix(sums_ ? &*sums_ : nullptr);
        is_repainted_ = true;
    }
    if (sums_) return;
    cell_colours_.resize(cell_values);
    for (unsigned value = 0; value < cell_values; ++value)
        cell_colours_[value] = packed(colour_of(colours, static_cast<Cell>(value)));
    if (!has_level_ || did_mix) return;
    level_.mark_all_dirty();
    upload_level();
}

std::optional<unsigned> MapRenderer::level_for(const Camera& camera, const MapLayout& layout) {
    if (camera.scale >= near_scale) return std::nullopt;
    const unsigned highest = layout.row_bits() - (layout.is_curve() ? MapLayout::square_bits : 0);
    unsigned level = 0;
    for (double scale = camera.scale; scale < 0.999 && level < highest; scale *= 2)
        ++level;
    return level;
}

void MapRenderer::update(const TexelPlane& map, const Camera& camera, double seconds) {
    is_behind_ = false;
    seconds_ = seconds;
    if (seconds < fade_began_ || seconds >= fade_began_ + fade_seconds) faded_.size = 0;
    if (map.granules() == 0) return;
    glActiveTexture(GL_TEXTURE0);
    const bool is_known = map_ == &map && uploaded_version_ >= map.cleared_version();
    const bool is_changed = !is_known || uploaded_version_ != map.version();
    const TexelPlane::Range all{0, map.granules()};
    const std::span<const TexelPlane::Range> changed = !is_known    ? std::span(&all, 1)
                                                       : is_changed ? map.dirty()
                                                                    : std::span<const TexelPlane::Range>{};
    upload_texels(map, changed);
    if (!is_known) forget_level();
    map_ = &map;
    granules_ = map.granules();
    granule_bytes_ = map.granule_bytes();
    uploaded_version_ = map.version();
    update_levels(map, camera, changed);
    if (before_.is_shown && (seconds < before_.began || seconds >= before_.began + layout_fade_seconds))
        before_.is_shown = false;
    if (faded_.size > 0 || before_.is_shown) is_behind_ = true;
}

void MapRenderer::forget_level() {
    has_level_ = false;
    faded_.size = 0;
}

void MapRenderer::upload_texels(const TexelPlane& map, std::span<const TexelPlane::Range> changed) {
    texels_.shape(GL_R32UI, (map.granules() + 3) / 4);
    elements_.clear();
    for (const TexelPlane::Range& range : changed) {
        const std::uint32_t first = range.first / 4, last = (range.last + 3) / 4;
        if (!elements_.empty() && first <= elements_.back().last)
            elements_.back().last = std::max(elements_.back().last, last);
        else
            elements_.push_back({first, last});
    }
    texels_.upload(map.padded_texels().data(), elements_);
}

// The level in use goes on being drawn while another is made, a part a frame.
void MapRenderer::update_levels(const TexelPlane& map, const Camera& camera,
                                std::span<const TexelPlane::Range> changed) {
    const MapLayout layout = layout_in(camera);
    const std::optional<unsigned> wanted = level_for(camera, layout);
    if (!level_.is_of(layout)) forget_level();
    if (has_level_)
        for (const TexelPlane::Range& range : changed)
            level_.mark(range);
    if (is_making_next_)
        for (const TexelPlane::Range& range : changed)
            next_.mark(range);
    if (!wanted) return;

    if (has_level_) {
        is_behind_ = !level_.update(map.texels(), is_repainted_ ? ~0u : granules_a_frame);
        is_repainted_ = false;
        upload_level();
        if (level_.level() == *wanted) {
            is_making_next_ = false;
            return;
        }
    }
    if (!is_making_next_ || next_.level() != *wanted || !next_.is_of(layout)) {
        next_.shape(*wanted, layout);
        next_.mark_all();
        is_making_next_ = true;
    }
    const bool can_wait = has_level_ || (camera.scale >= 0.5 && !layout.is_curve());
    is_behind_ = !next_.update(map.texels(), can_wait ? granules_a_frame : ~0u);
    if (!is_behind_) show_next();
}

// The level before stays for a moment, and fades.
void MapRenderer::show_next() {
    if (has_level_ && fades_) {
        std::swap(shown_, faded_);
        fade_began_ = seconds_;
    }
    std::swap(level_, next_);
    is_making_next_ = false;
    has_level_ = true;
    level_.mark_all_dirty();
    upload_level();
}

void MapRenderer::upload_level() {
    shown_.level = level_.level();
    shown_.row_bits = level_.row_bits();
    shown_.size = static_cast<std::uint32_t>(level_.size());
    shown_.texture.shape(GL_RGBA8, shown_.size);
    if (!sums_) {
        level_colours_.resize(shown_.size);
        for (const TexelPlane::Range& range : level_.dirty())
            for (std::uint32_t i = range.first; i < range.last; ++i)
                level_colours_[i] = cell_colours_[level_.cells()[i] & (cell_values - 1)];
    }
    if (!level_.dirty().empty()) ++level_number_;
    shown_.texture.upload(sums_ ? level_.colours().data() : level_colours_.data(), level_.dirty());
    level_.clear_dirty();
}

MapRenderer::Origin MapRenderer::origin_of(const Camera& camera, FrameArea area, double cell_granules) {
    Origin origin{};
    origin.cell_pixels = camera.scale * cell_granules;
    const auto along = [&](double centre, int pixels, std::int64_t& cell, double& part) {
        // Whole pixels: what stands still on the plane keeps its pixels while the camera pans.
        const double corner = std::round(centre * camera.scale - pixels / 2.0);
        const double first = std::floor(corner / origin.cell_pixels);
        cell = static_cast<std::int64_t>(first);
        part = corner - first * origin.cell_pixels;
    };
    along(camera.centre_x, area.width, origin.cell_x, origin.part_x);
    along(camera.centre_y, area.height, origin.cell_y, origin.part_y);
    return origin;
}

void MapRenderer::draw(const Camera& camera, FrameArea area, FrameArea clip, float interface_scale) {
    if (!is_usable() || !has_colours_ || !map_ || area.width <= 0 || area.height <= 0) return;
    if (clip.width <= 0 || clip.height <= 0) return;
    draw_picture(camera, area, clip, interface_scale);
    last_ = {camera, area, interface_scale};
    if (before_.is_shown) draw_before(clip);
}

void MapRenderer::draw_picture(const Camera& camera, FrameArea area, FrameArea clip, float interface_scale) {
    glBindVertexArray(vertices_.name());
    glViewport(area.x, area.y, area.width, area.height);
    glEnable(GL_SCISSOR_TEST);
    glDisable(GL_BLEND);
    glBindSampler(0, 0);
    glBindSampler(1, 0);
    glScissor(clip.x, clip.y, clip.width, clip.height);
    if (will_paint()) return draw_painted(camera, area, clip, interface_scale);
    const Rgba& back = palette_.map_background;
    glClearColor(back.red, back.green, back.blue, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    if (!level_for(camera, layout_in(camera)) || !has_level_)
        draw_near(camera, area, clip, static_cast<double>(interface_scale));
    else
        draw_levels(camera, area, clip);
    glScissor(clip.x, clip.y, clip.width, clip.height);
    glActiveTexture(GL_TEXTURE0);
}

// A picture of its own, so that whatever the layouts are, one fades into the other.
void MapRenderer::fade_from_here(double seconds) {
    if (!is_usable() || !has_colours_ || !map_ || last_.area.width <= 0) return;
    GLint framebuffer = 0;
    glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &framebuffer);
    GLuint name = 0;
    glGenFramebuffers(1, &name);
    const GlFramebuffer frame(name);
    before_.area = last_.area;
    before_.texture = new_texture();
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, before_.texture.name());
    set_nearest();
    const FrameArea whole{0, 0, before_.area.width, before_.area.height};
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, whole.width, whole.height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                 nullptr);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, frame.name());
    glFramebufferTexture2D(GL_DRAW_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, before_.texture.name(),
                           0);
    draw_picture(last_.camera, whole, whole, last_.interface_scale);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, static_cast<GLuint>(framebuffer));
    glDisable(GL_SCISSOR_TEST);  // or the next frame would be cleared in this rectangle only
    before_.began = seconds;
    before_.is_shown = true;
}

void MapRenderer::draw_before(FrameArea clip) const {
    const FrameArea area = before_.area;
    glViewport(area.x, area.y, area.width, area.height);
    glScissor(clip.x, clip.y, clip.width, clip.height);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, before_.texture.name());
    const Uniforms to(picture_);
    to.set("size", area.width, area.height);
    to.set("first_part", 0.0, 0.0);
    to.set("scale", 1.0);
    to.set("stripes", 0.0);
    to.set("stripe_phase", 0.0, 0.0);
    to.set("picture", 0);
    to.set("height", static_cast<double>(area.height));
    const double share = 1 - smooth(0, layout_fade_seconds, seconds_ - before_.began);
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFunc(GL_CONSTANT_ALPHA, GL_ONE_MINUS_CONSTANT_ALPHA);
    glBlendColor(0, 0, 0, static_cast<float>(share));
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDisable(GL_BLEND);
}

// Rectangles that hold granules, one after the other, as far as they lie in the clip.
std::vector<PixelArea> MapRenderer::pieces(const Origin& origin, const MapLayout& layout, unsigned level,
                                           FrameArea area, FrameArea clip) const {
    const double corner_x = static_cast<double>(origin.cell_x) * origin.cell_pixels + origin.part_x;
    const double corner_y = static_cast<double>(origin.cell_y) * origin.cell_pixels + origin.part_y;
    std::vector<PixelArea> areas;
    const auto rectangle = [&](double left, double top, double right, double bottom) {
        const auto pixel = [&](double cell, double corner, int low, int high) {
            return static_cast<int>(std::clamp(std::round(cell * origin.cell_pixels - corner),
                                               static_cast<double>(low), static_cast<double>(high)));
        };
        const int clip_left = clip.x - area.x, clip_top = area.y + area.height - clip.y - clip.height;
        const PixelArea seen{pixel(left, corner_x, clip_left, clip_left + clip.width),
                             pixel(top, corner_y, clip_top, clip_top + clip.height),
                             pixel(right, corner_x, clip_left, clip_left + clip.width),
                             pixel(bottom, corner_y, clip_top, clip_top + clip.height)};
        if (seen.right > seen.left && seen.bottom > seen.top) areas.push_back(seen);
    };
    if (layout.is_curve()) {
        const MapLayout cells = layout.coarser(level);
        for (const PlaneArea& piece : cells.pieces(0, cells.granules()))
            rectangle(piece.left, piece.top, piece.right, piece.bottom);
        return areas;
    }
    const std::uint32_t row_bits = layout.row_bits() - level;
    const std::uint32_t cells = ((layout.height() - 1) >> level) + 1;
    const std::uint32_t rest = level == 0 ? layout.granules() & ((1u << row_bits) - 1) : 0;
    rectangle(0, 0, 1u << row_bits, rest > 0 ? cells - 1.0 : cells);
    if (rest > 0) rectangle(0, cells - 1.0, rest, cells);
    return areas;
}

// The scissor keeps out what lies beside them.
void MapRenderer::draw_pieces(const Origin& origin, const MapLayout& layout, unsigned level, FrameArea area,
                              FrameArea clip) const {
    for (const PixelArea& piece : pieces(origin, layout, level, area, clip)) {
        glScissor(area.x + piece.left, area.y + area.height - piece.bottom, piece.right - piece.left,
                  piece.bottom - piece.top);
        glDrawArrays(GL_TRIANGLES, 0, 3);
    }
}

void MapRenderer::make_place_colours(const PlaceStrengths& strengths) {
    if (has_place_colours_ && strengths == place_strengths_) return;
    place_strengths_ = strengths;
    has_place_colours_ = true;
    const auto part = [](double strength) { return static_cast<float>(strength); };
    const std::array<const Rgba*, 4> headers = {&palette_.header_white, &palette_.header_grey,
                                                &palette_.header_black, &palette_.alarm};
    std::vector<std::uint8_t> bytes;
    bytes.reserve(place::rows * 256 * 4);
    for (int row = 0; row < place::gap; ++row) {
        for (unsigned value = 0; value < 256; ++value) {
            const auto texel = static_cast<Texel>(value);
            const bool is_used = texel & texel::in_use, is_start = texel & texel::start;
            const unsigned colour = (value & texel::colour_mask) >> texel::colour_shift;
            Rgba seen = colours_.of(texel);
            const Pattern pattern = colours_.pattern_of(texel);
            if ((row & place::hatch && pattern == Pattern::hatched) ||
                (row & place::cross && pattern == Pattern::crossed))
                seen = pattern_on(seen, part(strengths.pattern));
            if (row & place::header && is_used && is_start && !colours_.is_faded(texel))
                seen = mixed(seen, *headers[colour], part(strengths.header));
            if (row & place::edge && is_start) seen = mixed(seen, palette_.gap, part(strengths.edge));
            if (row & place::edge && !is_start && !is_used)
                seen = mixed(seen, palette_.free_outline, part(strengths.ruling));
            put(bytes, seen);
        }
    }
    for (unsigned value = 0; value < 256; ++value)
        put(bytes, mixed(colours_.of(static_cast<Texel>(value)), palette_.gap, part(strengths.gap)));
    place_colours_ = colour_table(256, place::rows, bytes);
    // Stripes fall on gaps too, and do not show.
    packed_place_colours_.resize(2 * place::gap * 256);
    for (std::size_t i = 0; i < packed_place_colours_.size(); ++i) {
        const std::size_t row = std::min<std::size_t>(i / 256, place::gap);
        std::memcpy(&packed_place_colours_[i], &bytes[(row * 256 + i % 256) * 4], 4);
    }
}

// How a granule is drawn at a scale: what shaders and painter go by. Binds the colours to unit 1.
NearLook MapRenderer::near_look(const Camera& camera, double ui, const Origin& origin) {
    const double scale = camera.scale, seen_scale = camera.scale / ui;
    const double header = scale * 4 / granule_bytes_;
    const bool has_rows = camera.layout == LayoutId::rows;
    const double row_gap = has_rows ? static_cast<double>(row_gap_pixels(scale, ui)) : 0;
    const double edge = static_cast<double>(edge_pixels(scale, ui));
    const double inset = std::clamp(std::round(scale * 0.06), 1.0, 4 * ui);
    PlaceStrengths strengths;
    strengths.pattern = smooth(3, 7, seen_scale) * 0.36;
    strengths.header = smooth(5, 9, header / ui);
    strengths.edge = smooth(3, 6, seen_scale);
    strengths.ruling = smooth(9, 20, seen_scale) * 0.5;
    strengths.gap = has_rows ? 1 : strengths.edge;
    glActiveTexture(GL_TEXTURE1);
    make_place_colours(strengths);

    NearLook look;
    look.edge = edge / scale;
    look.height = 1 - row_gap / scale;
    look.has_headers = strengths.header > 0;
    const double left = edge + inset, bottom = scale - row_gap - inset;
    look.header_x = (left + header) / 2 / scale;
    look.header_y = (inset + bottom) / 2 / scale;
    look.header_half_width = (header - left) / 2 / scale;
    look.header_half_height = (bottom - inset) / 2 / scale;
    const double pitch = std::round(6 * ui);
    look.pitch = static_cast<int>(pitch);
    // Stripes begin on whole pixels: a little beyond, so that no rounding decides.
    const auto phase = [&](std::int64_t cells) {
        return std::fmod(static_cast<double>(cells) * scale, pitch) / pitch + 1e-3;
    };
    look.phase_left = phase(origin.cell_x + origin.cell_y);
    look.phase_right = phase(origin.cell_x - origin.cell_y);
    look.hatch_width = 0.3;
    look.cross_width = std::max(1.0, std::round(ui)) / pitch;
    look.colours = packed_place_colours_;
    look.hatch_place = place::hatch;
    look.edge_place = place::edge;
    look.header_place = place::header;
    look.cross_place = place::cross;
    look.gap_place = place::gap;
    return look;
}

void MapRenderer::draw_near(const Camera& camera, FrameArea area, FrameArea clip, double ui) {
    const Origin origin = origin_of(camera, area, 1);
    const NearLook look = near_look(camera, ui, origin);
    const MapLayout layout = layout_in(camera);
    const bool is_curve = layout.is_curve();
    if (is_curve) take_window(layout, camera, area);
    (is_curve ? window_cells_ : texels_).bind(0);
    const unsigned row_bits = is_curve ? window_.row_bits() : layout.row_bits();
    const Place corner = is_curve ? window_.corner() : Place{};
    glActiveTexture(GL_TEXTURE1);
    glBindTexture(GL_TEXTURE_2D, place_colours_.name());

    const Uniforms to(is_curve ? (look.has_headers ? curve_close_ : curve_near_)
                               : (look.has_headers ? close_ : near_));
    to.set("size", area.width, area.height);
    to.set("first_part", origin.part_x, origin.part_y);
    to.set("scale", camera.scale);
    to.set("stripes", 1.0 / look.pitch);
    to.set("stripe_phase", look.phase_left, look.phase_right);
    to.set("granules", 0);
    to.set("colours", 1);
    to.set("fold_bits", static_cast<int>(FoldedTexture::fold_bits));
    to.set("row_bits", static_cast<int>(row_bits));
    to.set("first_granule", static_cast<int>(origin.index(row_bits, corner)));
    to.set("hatch_place", place::hatch);
    to.set("cross_place", place::cross);
    to.set("header_place", place::header);
    to.set("edge_place", place::edge);
    to.set("gap_place", place::gap);
    to.set("hatch_width", look.hatch_width);
    to.set("cross_width", look.cross_width);
    to.set("header_middle", look.header_x, look.header_y);
    to.set("header_half", look.header_half_width, look.header_half_height);
    to.set("edge", look.edge);
    to.set("height", look.height);
    draw_pieces(origin, layout, 0, area, clip);
}

// Painted anew only when something changed.
void MapRenderer::draw_painted(const Camera& camera, FrameArea area, FrameArea clip, float interface_scale) {
    // So that what is copied to the window needs no change on the way.
    GLint target = 0;
    glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &target);
    const auto keeping = target == 0 ? MapPainter::Keeping::as_window : MapPainter::Keeping::as_texture;
    const bool is_same = painted_.is_valid && painted_.camera == camera && painted_.keeping == keeping &&
                         painted_.width == area.width && painted_.height == area.height &&
                         painted_.interface_scale == interface_scale &&
                         painted_.version == uploaded_version_ && painted_.level_number == level_number_;
    if (!is_same) {
        paint(camera, area, interface_scale, keeping);
        painted_.camera = camera;
        painted_.interface_scale = interface_scale;
        painted_.version = uploaded_version_;
        painted_.level_number = level_number_;
        painted_.is_valid = true;
    }
    if (!is_same || !std::ranges::equal(quads_, painted_quads_)) {
        painted_quads_.assign(quads_.begin(), quads_.end());
        if (!quads_.empty()) painter_.paint_over(quads_, atlas_, painted_over_);
        upload_painted(quads_.empty() ? painter_.pixels() : painted_over_, keeping);
        painted_.width = area.width;
        painted_.height = area.height;
        painted_.keeping = keeping;
    }
    show_painted(area, clip);
}

void MapRenderer::paint(const Camera& camera, FrameArea area, float interface_scale,
                        MapPainter::Keeping keeping) {
    painter_.begin(area.width, area.height, packed(palette_.map_background), keeping);
    const MapLayout layout = layout_in(camera);
    const auto cells_from = [](const Origin& origin, unsigned row_bits, Place corner) {
        return CellOrigin{origin.cell_pixels, origin.part_x, origin.part_y, origin.index(row_bits, corner),
                          row_bits};
    };
    if (level_for(camera, layout) && has_level_) {
        const Origin origin = origin_of(camera, area, static_cast<double>(1u << shown_.level));
        painter_.paint(cells_from(origin, shown_.row_bits, {}),
                       sums_ ? level_.colours() : std::span<const PackedColour>(level_colours_),
                       pieces(origin, layout, shown_.level, area, area));
        return;
    }
    const Origin origin = origin_of(camera, area, 1);
    const NearLook look = near_look(camera, static_cast<double>(interface_scale), origin);
    const std::vector<PixelArea> areas = pieces(origin, layout, 0, area, area);
    if (layout.is_curve()) {
        take_window(layout, camera, area);
        painter_.paint(cells_from(origin, window_.row_bits(), window_.corner()), look, window_.cells(),
                       areas);
    } else {
        painter_.paint(cells_from(origin, layout.row_bits(), {}), look, map_->texels(), areas);
    }
}

void MapRenderer::upload_painted(std::span<const PackedColour> pixels, MapPainter::Keeping keeping) {
    glActiveTexture(GL_TEXTURE0);
    const bool is_new = !painted_.texture;
    if (is_new) {
        GLuint name = 0;
        glGenFramebuffers(1, &name);
        painted_.frame = GlFramebuffer(name);
        painted_.texture = new_texture();
    }
    glBindTexture(GL_TEXTURE_2D, painted_.texture.name());
    glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
    const bool is_window = keeping == MapPainter::Keeping::as_window;
    const GLenum format = is_window ? GL_BGRA : GL_RGBA;
    const GLenum type = is_window ? GL_UNSIGNED_INT_8_8_8_8_REV : GL_UNSIGNED_BYTE;
    const int width = painter_.width(), height = painter_.height();
    if (!is_new && keeping == painted_.keeping && width == painted_.width && height == painted_.height) {
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, format, type, pixels.data());
        return;
    }
    set_nearest();
    // Mesa takes a format without sizes as it is given, and a window has blue first.
    glTexImage2D(GL_TEXTURE_2D, 0, is_window ? GL_RGBA : GL_RGBA8, width, height, 0, format, type,
                 pixels.data());
    GLint before = 0;
    glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &before);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, painted_.frame.name());
    glFramebufferTexture2D(GL_READ_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, painted_.texture.name(),
                           0);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, static_cast<GLuint>(before));
}

// Copied as it is: no shader, no mixing, no scissor, which would take another way.
void MapRenderer::show_painted(FrameArea area, FrameArea clip) const {
    const int left = std::max(area.x, clip.x), right = std::min(area.x + area.width, clip.x + clip.width);
    const int low = std::max(area.y, clip.y), high = std::min(area.y + area.height, clip.y + clip.height);
    if (right <= left || high <= low) return;
    GLint before = 0;
    glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &before);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, painted_.frame.name());
    glDisable(GL_SCISSOR_TEST);
    const bool is_window = painted_.keeping == MapPainter::Keeping::as_window;
    const auto row_of = [&](int y) { return is_window ? area.y + area.height - y : y - area.y; };
    glBlitFramebuffer(left - area.x, row_of(low), right - area.x, row_of(high), left, low, right, high,
                      GL_COLOR_BUFFER_BIT, GL_NEAREST);
    glEnable(GL_SCISSOR_TEST);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, static_cast<GLuint>(before));
}

// What is in sight along a curve, two granules an element.
void MapRenderer::take_window(const MapLayout& layout, const Camera& camera, FrameArea area) {
    const MapArea seen{static_cast<double>(area.width), static_cast<double>(area.height), granules_};
    PlaneArea sight = sight_of(camera, seen);
    // The corner lies on a whole pixel, which may uncover a part of one more.
    sight = {sight.left > 0 ? sight.left - 1 : 0, sight.top > 0 ? sight.top - 1 : 0,
             std::min(sight.right + 1, layout.width()), std::min(sight.bottom + 1, layout.height())};
    if (!window_.update(*map_, layout, sight)) return;
    const auto elements = static_cast<std::uint32_t>(window_.cells().size() / 2);
    glActiveTexture(GL_TEXTURE0);
    window_cells_.shape(GL_R32UI, elements);
    const TexelPlane::Range all{0, elements};
    window_cells_.upload(window_.cells().data(), std::span(&all, 1));
}

// The level was chosen by update(), or is the one before until that one is made.
void MapRenderer::draw_levels(const Camera& camera, FrameArea area, FrameArea clip) {
    if (faded_.size == 0) return draw_far(shown_, camera, area, clip);
    draw_far(faded_, camera, area, clip);
    glEnable(GL_BLEND);
    glBlendEquation(GL_FUNC_ADD);
    glBlendFunc(GL_CONSTANT_ALPHA, GL_ONE_MINUS_CONSTANT_ALPHA);
    glBlendColor(0, 0, 0, static_cast<float>(smooth(0, fade_seconds, seconds_ - fade_began_)));
    draw_far(shown_, camera, area, clip);
    glDisable(GL_BLEND);
}

void MapRenderer::draw_far(const Drawn& drawn, const Camera& camera, FrameArea area, FrameArea clip) {
    const Origin origin = origin_of(camera, area, static_cast<double>(1u << drawn.level));
    drawn.texture.bind(0);
    const Uniforms to(far_);
    to.set("size", area.width, area.height);
    to.set("first_part", origin.part_x, origin.part_y);
    to.set("scale", origin.cell_pixels);
    to.set("cells", 0);
    to.set("fold_bits", static_cast<int>(FoldedTexture::fold_bits));
    to.set("row_bits", static_cast<int>(drawn.row_bits));
    to.set("first_cell", static_cast<int>(origin.index(drawn.row_bits)));
    draw_pieces(origin, layout_in(camera), drawn.level, area, clip);
}

}  // namespace tricolour
