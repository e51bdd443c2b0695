#include "app/panels/timeline_picture.h"

#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/panels/pieces.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace tricolour {
namespace {

using heapcore::Phase;

float snapped(float pixels) { return std::floor(pixels); }

/// What can be read on a colour.
ImU32 ink_on(const Palette& palette, const Rgba& ground, float alpha = 1) {
    const auto light = [](const Rgba& colour) {
        return .3f * colour.red + .59f * colour.green + .11f * colour.blue;
    };
    const bool text_is_light = light(palette.text) > .5f;
    const bool wants_light = light(ground) < .52f;
    return u32(text_is_light == wants_light ? palette.text : palette.map_background, alpha);
}

const Rgba& colour_of(const Palette& palette, Phase phase) {
    return palette.phase[static_cast<std::size_t>(phase) - static_cast<std::size_t>(Phase::interned)];
}

void draw_grid(const TimelinePicture& picture) {
    const Palette& palette = picture.palette();
    picture.draw->AddRectFilled({picture.plot.left, picture.top()}, {picture.plot.right, picture.bottom()},
                                u32(mixed(palette.panel, palette.map_background, .7f)));
    for (const float part : {0.0f, .5f, 1.0f}) {
        const float y = std::floor(picture.y_of(part));
        picture.draw->AddRectFilled({picture.plot.left, y}, {picture.plot.right, y + 1},
                                    u32(palette.border, part == 0 ? 1.0f : .5f));
    }
}

void draw_axis(const TimelinePicture& picture) {
    const FontScope small(fonts().mono_small);
    const float size = ImGui::GetFontSize();
    if (picture.plot.height() < 2.2f * size) return;
    for (const float part : {0.0f, .5f, 1.0f}) {
        if (part == .5f && picture.plot.height() < 3.5f * size) continue;
        const std::string text = percent_text(static_cast<double>(part));
        const float y = std::clamp(picture.y_of(part) - size / 2, picture.plot.top - size / 2,
                                   picture.plot.bottom - size * .8f);
        draw_text({picture.plot.left - 5 * picture.view.scale - text_width(text), y},
                  u32(picture.palette().text_dim), text);
    }
}

/// Calls draw(first, last, value) for every run of columns with the same value.
template <typename Value, typename Draw>
void for_each_run(std::span<const TimelineColumn> columns, Value value, Draw draw) {
    std::size_t first = 0;
    for (std::size_t i = 1; i <= columns.size(); ++i) {
        const bool is_end = i == columns.size() || columns[i].is_known != columns[first].is_known ||
                            !(value(columns[i]) == value(columns[first]));
        if (!is_end) continue;
        if (columns[first].is_known) draw(first, i, value(columns[first]));
        first = i;
    }
}

void draw_used_area(const TimelinePicture& picture) {
    const auto stretch = static_cast<float>(picture.used_stretch());
    if (!picture.state.timeline.shows_curve[0]) return;
    const auto used = [stretch](const TimelineColumn& column) { return column.curves[0].most * stretch; };
    for_each_run(picture.columns(), used, [&](std::size_t first, std::size_t last, float most) {
        picture.draw->AddRectFilled({picture.x_of_column(first), picture.y_of(most)},
                                    {picture.x_of_column(last), picture.plot.bottom},
                                    u32(picture.palette().curve[0], .16f));
    });
}

/// Whether the pixel so far from the left edge is drawn.
bool is_drawn(const Dashes& dashes, float at, float scale) {
    if (dashes.is_whole()) return true;
    float period = 0;
    for (const float length : dashes.lengths)
        period += length * scale;
    float left = std::fmod(at, period);
    for (std::size_t i = 0; i < dashes.lengths.size(); ++i) {
        left -= dashes.lengths[i] * scale;
        if (left < 0) return i % 2 == 0;
    }
    return false;
}

/// Calls draw(first, last) for the pieces of [first, last) that are drawn.
template <typename Draw>
void for_each_dash(const Dashes& dashes, std::size_t first, std::size_t last, float scale, Draw draw) {
    if (dashes.is_whole()) return draw(first, last);
    for (std::size_t at = first; at < last;) {
        if (!is_drawn(dashes, static_cast<float>(at), scale)) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        while (end < last && is_drawn(dashes, static_cast<float>(end), scale))
            ++end;
        draw(at, end);
        at = end;
    }
}

/// A run is a rectangle from the least to the most; neighbours that do not touch are joined by a rise.
void draw_curve(const TimelinePicture& picture, std::size_t curve) {
    if (!picture.state.timeline.shows_curve[curve]) return;
    const auto stretch =
        static_cast<Curve>(curve) == Curve::used ? static_cast<float>(picture.used_stretch()) : 1.0f;
    const auto span_of = [curve, stretch](const TimelineColumn& column) {
        const CurveSpan& span = column.curves[curve];
        return CurveSpan{span.least * stretch, span.most * stretch};
    };
    const ImU32 colour = u32(picture.palette().curve[curve]);
    const Dashes& dashes = dashes_of(static_cast<Curve>(curve));
    const float half = picture.line() / 2, scale = picture.view.scale;
    std::optional<CurveSpan> before;
    for_each_run(picture.columns(), span_of, [&](std::size_t first, std::size_t last, const CurveSpan& span) {
        const float high_y = picture.y_of(span.most) - half, low_y = picture.y_of(span.least) + half;
        for_each_dash(dashes, first, last, scale, [&](std::size_t from, std::size_t to) {
            const float left = picture.x_of_column(from);
            picture.draw->AddRectFilled(
                {left, high_y}, {std::max(picture.x_of_column(to), left + picture.line()), low_y}, colour);
        });
        if (before && (before->most < span.least || before->least > span.most)) {
            const float left = picture.x_of_column(first);
            const float high = std::max(span.least, before->least), low = std::min(span.most, before->most);
            picture.draw->AddRectFilled({left - half, picture.y_of(high) - half},
                                        {left - half + picture.line(), picture.y_of(low) + half}, colour);
        }
        before = span;
    });
}

// --- bands ----------------------------------------------------------------------------------

/// Many operations a pixel, or nearly: where any collects.
void draw_dense_bands(const TimelinePicture& picture) {
    const auto collects = [](const TimelineColumn& column) { return column.has_collection; };
    const float least = std::max(1.0f, std::floor(1.5f * picture.view.scale));
    const Palette& palette = picture.palette();
    for_each_run(picture.columns(), collects, [&](std::size_t first, std::size_t last, bool is_collection) {
        if (is_collection) return;
        picture.draw->AddRectFilled({picture.x_of_column(first), picture.bands.top},
                                    {picture.x_of_column(last), picture.bands.bottom}, u32(palette.band[0]));
    });
    for_each_run(picture.columns(), collects, [&](std::size_t first, std::size_t last, bool is_collection) {
        if (!is_collection) return;
        const float left = picture.x_of_column(first);
        const float right = std::max(picture.x_of_column(last), left + least);
        picture.draw->AddRectFilled({left, picture.bands.top}, {right, picture.bands.bottom},
                                    u32(palette.band[1]));
        picture.draw->AddRectFilled({left, picture.plot.top}, {right, picture.plot.bottom},
                                    u32(palette.band[1], .1f));
    });
}

void draw_slanted_lines(const TimelinePicture& picture, const Area& area, float pitch, ImU32 colour) {
    picture.draw->PushClipRect({area.left, area.top}, {area.right, area.bottom}, true);
    const float height = area.height();
    for (float x = std::floor((area.left - height) / pitch) * pitch; x < area.right; x += pitch)
        picture.draw->AddLine({x, area.bottom}, {x + height, area.top}, colour, picture.view.scale);
    picture.draw->PopClipRect();
}

/// In the part that is in sight, elided; nothing where its first word does not fit.
void draw_band_text(const TimelinePicture& picture, float left, float right, const std::string& text,
                    ImU32 colour) {
    const float pad = 4 * picture.view.scale, room = right - left - 2 * pad;
    const std::string_view word = std::string_view(text).substr(0, text.find(' '));
    if (room < text_width(word)) return;
    const std::string shown = elided(text, room);
    const float y = picture.bands.top + std::floor((picture.bands.height() - ImGui::GetFontSize()) / 2);
    draw_text({left + pad, y}, colour, shown.starts_with(word) ? shown : word);
}

void draw_phase(const TimelinePicture& picture, const Band& band, float left, float right) {
    const Palette& palette = picture.palette();
    const Rgba& colour = colour_of(palette, band.of_phase);
    picture.draw->AddRectFilled({left, picture.bands.top}, {right, picture.bands.bottom}, u32(colour));
    picture.draw->AddRectFilled({left, picture.plot.top}, {right, picture.plot.bottom}, u32(colour, .12f));
    const float scale = picture.view.scale;
    if (band.of_phase == Phase::sweep)
        draw_slanted_lines(picture,
                           {left, picture.bands.bottom - std::floor(4 * scale), right, picture.bands.bottom},
                           6 * scale, ink_on(palette, colour, .6f));
    if (right - left > 3 * scale)
        picture.draw->AddRectFilled({left, picture.bands.top}, {left + 1, picture.bands.bottom},
                                    u32(palette.panel));
    draw_band_text(picture, left, right, std::string(word_of(band.of_phase)), ink_on(palette, colour));
}

/// A line at each step where they are so far apart that one can be pointed at.
void draw_steps(const TimelinePicture& picture, const Band& band, float left, float right) {
    const auto steps = picture.unfoldings().steps_of(band.operation);
    if (!steps) return;
    constexpr double most_per_pixel = .2;
    const auto begin = static_cast<double>(band.operation), count = static_cast<double>(*steps);
    if (picture.time_of_pixels(1) * count > most_per_pixel) return;
    const auto step_at = [&](float x) { return std::max(0.0, (picture.time_at(x) - begin) * count); };
    const float height = std::floor(3 * picture.view.scale);
    for (auto step = static_cast<std::uint64_t>(step_at(left)) + 1; step < *steps; ++step) {
        const float x = snapped(picture.x_of(begin + static_cast<double>(step) / count));
        if (x >= right) break;
        picture.draw->AddRectFilled({x, picture.bands.top}, {x + 1, picture.bands.top + height},
                                    u32(picture.palette().text_dim));
    }
}

/// What a collection is called stands above it, since its phases take the band.
void draw_collection_text(const TimelinePicture& picture, const Band& band, float left, float right) {
    const heapcore::Trace& trace = picture.session.trace();
    const std::string text = row_text(line_text(trace, trace.operations[band.operation]));
    const float pad = 4 * picture.view.scale, room = right - left - 2 * pad;
    if (room < text_width("mmmm")) return;
    draw_text({left + pad, picture.flags.top}, u32(picture.palette().text_dim), elided(text, room));
}

void draw_wide_bands(const TimelinePicture& picture) {
    const Palette& palette = picture.palette();
    const heapcore::Trace& trace = picture.session.trace();
    const FontScope small(fonts().mono_small);
    const std::vector<Band> bands = bands_of(picture.session.index(), picture.unfoldings(), picture.window);
    for (const Band& band : bands) {
        const float left = std::max(snapped(picture.x_of(band.first)), picture.plot.left);
        const float right = std::min(snapped(picture.x_of(band.last)), picture.plot.right);
        if (band.kind == Band::phase) {
            if (right > left) draw_phase(picture, band, left, right);
            continue;
        }
        const bool collects = band.kind == Band::collection;
        const Rgba& colour = palette.band[collects ? 1 : 0];
        picture.draw->AddRectFilled({left, picture.bands.top},
                                    {std::max(left + 1, right - 1), picture.bands.bottom}, u32(colour));
        const bool is_unfolded = collects && picture.unfoldings().find(band.operation);
        if (collects) {
            picture.draw->AddRectFilled({left, picture.plot.top}, {right, picture.plot.bottom},
                                        u32(colour, .06f));
            draw_collection_text(picture, band, left, right);
        }
        if (!is_unfolded && right - left > text_width("mmm"))
            draw_band_text(picture, left, right, row_text(line_text(trace, trace.operations[band.operation])),
                           collects ? ink_on(palette, colour) : u32(palette.text));
    }
    for (const Band& band : bands)
        if (band.kind != Band::phase)
            draw_steps(picture, band, std::max(picture.x_of(band.first), picture.plot.left),
                       std::min(picture.x_of(band.last), picture.plot.right));
}

void draw_bands(const TimelinePicture& picture) {
    const auto width = static_cast<double>(picture.plot.width());
    if (wide_operations(picture.window, picture.operations(), width).is_empty())
        draw_dense_bands(picture);
    else
        draw_wide_bands(picture);
}

void draw_ticks(const TimelinePicture& picture) {
    if (picture.ticks.height() <= 0) return;
    const FontScope small(fonts().mono_small);
    const float scale = picture.view.scale;
    const float apart =
        text_width(count_text(picture.operations())) + text_width("+000,000") / 2 + 24 * scale;
    float free_from = 0;
    for (const Tick& tick :
         ticks_of(picture.window, picture.operations(), static_cast<double>(picture.plot.width()),
                  static_cast<double>(apart), picture.steps_of())) {
        const float x = std::min(snapped(picture.x_of(tick.time)), picture.plot.right - 1);
        picture.draw->AddRectFilled({x, picture.ticks.top}, {x + 1, picture.ticks.top + 3 * scale},
                                    u32(picture.palette().text_dim));
        const float width = text_width(tick.text);
        const float left =
            std::clamp(x - std::floor(width / 2), picture.plot.left, picture.plot.right - width);
        if (left < free_from) continue;
        draw_text({left, picture.ticks.top + 3 * scale}, u32(picture.palette().text_dim), tick.text);
        free_from = left + width + 8 * scale;
    }
}

// --- marks ----------------------------------------------------------------------------------

/// Signs that would overlap are left out; their lines stay.
template <typename Has>
void draw_marks(const TimelinePicture& picture, const Area& strip, Sign sign, const Rgba& colour, float reach,
                Has has) {
    const float size = strip.height();
    float free_from = picture.plot.left - size;
    const auto columns = picture.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i].is_known || !has(columns[i])) continue;
        const float x = picture.x_of_column(i);
        if (reach > 0)
            picture.draw->AddRectFilled({x, strip.bottom}, {x + 1, strip.bottom + reach}, u32(colour, .35f));
        if (x < free_from) continue;
        const float centre = std::min(x + size * .3f, picture.plot.right - size * .45f);
        draw_sign(picture.draw, sign, {std::floor(centre), strip.top + size / 2}, size * .85f, u32(colour));
        free_from = x + size;
    }
}

void draw_failures(const TimelinePicture& picture) {
    const auto columns = picture.columns();
    const float height = std::floor(5 * picture.view.scale);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i].has_failed_allocation) continue;
        const float x = picture.x_of_column(i);
        picture.draw->AddRectFilled({x, picture.bands.top - height}, {x + picture.line(), picture.bands.top},
                                    u32(picture.palette().alarm));
    }
    draw_marks(picture, picture.flags, Sign::failed, picture.palette().alarm, picture.plot.height(),
               [](const TimelineColumn& column) { return column.has_failed_expectation; });
}

/// The first hit of an enabled breakpoint in each column that has one. Signs that would overlap are left out.
void draw_hits(const TimelinePicture& picture) {
    const float size = picture.hits.height();
    const StepsOf steps_of = picture.steps_of();
    const auto column_of = [&](heapcore::Position position) {
        return snapped(picture.x_of(time_of(position, steps_of)));
    };
    std::vector<const KnownHits*> enabled;
    for (const KnownHits& known : picture.view.hits->breakpoints())
        if (known.is_enabled) enabled.push_back(&known);
    // The few are laid over the many.
    std::ranges::stable_sort(enabled, std::ranges::greater(),
                             [](const KnownHits* known) { return known->positions.size(); });
    const heapcore::Position first{static_cast<std::size_t>(std::max(0.0, picture.window.first)), 0};
    for (const KnownHits* const known : enabled) {
        const BreakpointMark mark = mark_of(picture.palette(), known->id);
        float free_from = picture.plot.left - size;
        for (auto hit = std::ranges::lower_bound(known->positions, first); hit != known->positions.end();) {
            const float x = column_of(*hit);
            if (x > picture.plot.right) break;
            if (x >= picture.plot.left)
                picture.draw->AddRectFilled({x, picture.hits.top}, {x + 1, picture.hits.bottom},
                                            u32(mark.colour, .5f));
            if (x >= picture.plot.left && x >= free_from) {
                const ImVec2 centre{x + .5f, picture.hits.top + size / 2};
                draw_sign(picture.draw, mark.sign, centre, size * .9f, u32(mark.colour));
                free_from = x + size;
            }
            hit = std::ranges::upper_bound(hit, known->positions.end(), x, {}, column_of);
        }
    }
}

void draw_hatch(const TimelinePicture& picture, float left, const Rgba& colour) {
    const Area area{std::max(left, picture.plot.left), picture.top(), picture.plot.right, picture.bottom()};
    if (area.width() < 1) return;
    const float pitch = 8 * picture.view.scale, height = area.height();
    picture.draw->PushClipRect({area.left, area.top}, {area.right, area.bottom}, true);
    const float start = std::floor((area.left - height) / pitch) * pitch;
    for (float x = start; x < area.right; x += pitch)
        picture.draw->AddLine({x, area.bottom}, {x + height, area.top}, u32(colour, .5f), picture.view.scale);
    picture.draw->PopClipRect();
}

/// What was not carried out, or not yet.
void draw_beyond(const TimelinePicture& picture) {
    const heapcore::SessionIndex& index = picture.session.index();
    const float left = picture.x_of(static_cast<double>(index.operations));
    if (left >= picture.plot.right) return;
    if (!index.error) {
        if (!index.is_complete) draw_hatch(picture, left, picture.palette().border);
        return;
    }
    draw_hatch(picture, left, mixed(picture.palette().border, picture.palette().alarm, .5f));
    if (left < picture.plot.left) return;
    const float size = picture.flags.height();
    picture.draw->AddRectFilled({left, picture.flags.bottom}, {left + picture.line(), picture.bottom()},
                                u32(picture.palette().alarm));
    draw_sign(picture.draw, Sign::error,
              {std::min(left + size / 2, picture.plot.right - size / 2), picture.flags.top + size / 2}, size,
              u32(picture.palette().alarm));
}

/// The whole trace: its collections, the part in sight, the position.
void draw_overview(const TimelinePicture& picture) {
    const Area& area = picture.overview;
    if (area.height() <= 0) return;
    const Palette& palette = picture.palette();
    picture.draw->AddRectFilled({area.left, area.top}, {area.right, area.bottom}, u32(palette.band[0]));
    const auto collects = [](const TimelineColumn& column) { return column.has_collection; };
    for_each_run(picture.state.timeline.overview.columns(), collects,
                 [&](std::size_t first, std::size_t last, bool is_collection) {
                     if (is_collection)
                         picture.draw->AddRectFilled({picture.x_of_column(first), area.top},
                                                     {picture.x_of_column(last), area.bottom},
                                                     u32(palette.band[1]));
                 });
    const TimeWindow whole = whole_trace(picture.operations());
    const auto x_of = [&](double time) {
        return snapped(area.left + static_cast<float>(whole.place_of(time)) * area.width());
    };
    const float least = 4 * picture.view.scale;
    float left = x_of(picture.window.first), right = std::max(x_of(picture.window.last), left + least);
    if (right > area.right) left -= right - area.right, right = area.right;
    picture.draw->AddRectFilled({area.left, area.top}, {left, area.bottom}, u32(palette.panel, .55f));
    picture.draw->AddRectFilled({right, area.top}, {area.right, area.bottom}, u32(palette.panel, .55f));
    picture.draw->AddRect({left, area.top - 1}, {right, area.bottom + 1}, u32(palette.hover), 0, 0,
                          std::max(1.0f, picture.view.scale));
    const float at = std::min(x_of(time_of(picture.session)), area.right - picture.line());
    picture.draw->AddRectFilled({at, area.top}, {at + picture.line(), area.bottom}, u32(palette.now));
}

}  // namespace

float TimelinePicture::line() const { return std::max(1.0f, std::round(1.5f * view.scale)); }

// Far beyond the edges it stays near them, where pixels can be told apart.
float TimelinePicture::x_of(double time) const {
    constexpr double beyond = 8;
    const double place = std::clamp(window.place_of(time), -beyond, beyond);
    return plot.left + static_cast<float>(place * static_cast<double>(plot.width()));
}

const Dashes& dashes_of(Curve curve) {
    static constexpr std::array<Dashes, curve_count> dashes = {Dashes{}, Dashes{{2, 3, 2, 3}},
                                                               Dashes{{10, 3, 2, 3}}, Dashes{{7, 4, 7, 4}}};
    return dashes[static_cast<std::size_t>(curve)];
}

void draw_dashed(ImDrawList* draw, Curve curve, ImVec2 from, float right, float thickness, float scale,
                 ImU32 colour) {
    const float top = std::floor(from.y - thickness / 2);
    for_each_dash(dashes_of(curve), 0, static_cast<std::size_t>(std::max(0.0f, right - from.x)), scale,
                  [&](std::size_t first, std::size_t last) {
                      draw->AddRectFilled({from.x + static_cast<float>(first), top},
                                          {from.x + static_cast<float>(last), top + thickness}, colour);
                  });
}

void draw_timeline_picture(const TimelinePicture& picture) {
    draw_grid(picture);
    picture.draw->PushClipRect({picture.plot.left - 1, picture.top()},
                               {picture.plot.right + 1, picture.bottom()}, true);
    draw_bands(picture);
    draw_used_area(picture);
    for (std::size_t curve = curve_count; curve-- > 0;)
        draw_curve(picture, curve);
    draw_marks(picture, picture.flags, Sign::bookmark, picture.palette().text, picture.plot.height(),
               [](const TimelineColumn& column) { return column.has_bookmark; });
    draw_hits(picture);
    draw_failures(picture);
    draw_beyond(picture);
    picture.draw->PopClipRect();
    draw_ticks(picture);
    draw_overview(picture);
    draw_axis(picture);
}

void draw_position(const TimelinePicture& picture) {
    const double time = time_of(picture.session);
    if (!picture.window.contains(time)) return;
    const float x = std::round(std::min(picture.x_of(time), picture.plot.right - picture.line()));
    const float half = std::round(5 * picture.view.scale);
    const ImU32 colour = u32(picture.palette().now);
    const float top = picture.flags.top;
    picture.draw->AddRectFilled({x, top}, {x + picture.line(), picture.bottom()}, colour);
    const float middle = x + picture.line() / 2;
    picture.draw->AddRectFilled({middle - half, top}, {middle + half, top + half * 1.2f}, colour,
                                picture.view.scale);
    picture.draw->AddTriangleFilled({middle - half, top + half * 1.2f}, {middle + half, top + half * 1.2f},
                                    {middle, top + half * 2.2f}, colour);
}

}  // namespace tricolour
