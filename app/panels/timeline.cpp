// The timeline: bands, curves and marks over the whole trace; a click or a drag goes there.
#include "app/model/timeline.h"

#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace tricolour {
namespace {

constexpr std::array<const char*, curve_count> curve_names = {"used", "largest free", "fragmentation",
                                                              "free"};

std::string value_text(Curve curve, const HeapFigures& figures) {
    switch (curve) {
        case Curve::used: return bytes_text(figures.used_bytes());
        case Curve::largest_free: return bytes_text(figures.largest_free_bytes);
        case Curve::free: return bytes_text(figures.free_bytes);
        default: return percent_text(figures.fragmentation());
    }
}

struct Area {
    float left, top, right, bottom;
    float width() const { return right - left; }
    float height() const { return bottom - top; }
};

struct Picture {
    const View& view;
    UiState& state;
    Commands& commands;
    const heapcore::Session& session;
    Area flags, plot, hits, failures, bands;
    ImDrawList* draw;

    const Palette& palette() const { return *view.palette; }
    std::size_t operations() const { return session.trace().operations.size(); }
    std::span<const TimelineColumn> columns() const { return state.timeline.timeline.columns(); }
    unsigned used_stretch() const { return state.timeline.timeline.used_stretch(); }
    float line() const { return std::max(1.0f, std::round(1.5f * view.scale)); }
    float x_of(double place) const { return plot.left + static_cast<float>(place) * plot.width(); }
    float x_of_column(std::size_t column) const { return plot.left + static_cast<float>(column); }
    float y_of(float part) const { return plot.bottom - part * plot.height(); }
};

void legend_entry(const Picture& picture, const Rgba& colour, const std::string& name,
                  const std::string& value) {
    const float size = ImGui::GetFontSize();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = size * .9f;
    const float y = std::floor(at.y + size / 2);
    picture.draw->AddRectFilled({at.x, y - picture.line()}, {at.x + width, y + picture.line()}, u32(colour),
                                picture.line());
    draw_text({at.x + width + 6 * picture.view.scale, at.y}, u32(picture.palette().text_dim), name);
    const float value_at = width + 6 * picture.view.scale + text_width(name + " ");
    draw_text({at.x + value_at, at.y}, u32(picture.palette().text), value);
    ImGui::Dummy({value_at + text_width(value), size});
}

float legend_entry_width(const Picture& picture, const std::string& name, const std::string& value) {
    return ImGui::GetFontSize() * .9f + 6 * picture.view.scale + text_width(name + " " + value);
}

/// Values keep the room of the widest, so that nothing beside them moves.
void draw_legend_row(const Picture& picture, const HeapFigures& figures, const std::string& when) {
    const FontScope small(fonts().small);
    const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    const float gap = 18 * picture.view.scale;
    const float room_for_value = text_width("8,888.8 KiB");
    const float left = ImGui::GetCursorScreenPos().x;
    float x = left;
    const float top = ImGui::GetCursorScreenPos().y;
    const auto entry = [&](const Rgba& colour, const std::string& name, const std::string& value,
                           float reserve) {
        const float width = std::max(legend_entry_width(picture, name, value),
                                     legend_entry_width(picture, name, "") + reserve);
        if (x + width > right) return;
        ImGui::SetCursorScreenPos({x, top});
        legend_entry(picture, colour, name, value);
        x += width + gap;
    };
    const auto name_of = [&](std::size_t i) {
        const bool is_stretched = static_cast<Curve>(i) == Curve::used && picture.used_stretch() > 1;
        return curve_names[i] +
               (is_stretched ? " \xc3\x97" + std::to_string(picture.used_stretch()) : std::string());
    };
    for (std::size_t i = 0; i < curve_count; ++i)
        entry(picture.palette().curve[i], name_of(i), value_text(static_cast<Curve>(i), figures),
              static_cast<Curve>(i) == Curve::fragmentation ? text_width("100%") : room_for_value);
    entry(picture.palette().band[0], "mutator", "", 0);
    entry(picture.palette().band[1], "collector", "", 0);
    const float width = text_width(when);
    if (x + width <= right) draw_text({right - width, top}, u32(picture.palette().text_dim), when);
    ImGui::SetCursorScreenPos({left, top});
    ImGui::Dummy({1, ImGui::GetFontSize()});
}

void draw_grid(const Picture& picture) {
    const Palette& palette = picture.palette();
    picture.draw->AddRectFilled({picture.plot.left, picture.flags.top},
                                {picture.plot.right, picture.bands.bottom},
                                u32(mixed(palette.panel, palette.map_background, .7f)));
    for (const float part : {0.0f, .5f, 1.0f}) {
        const float y = std::floor(picture.y_of(part));
        picture.draw->AddRectFilled({picture.plot.left, y}, {picture.plot.right, y + 1},
                                    u32(palette.border, part == 0 ? 1.0f : .5f));
    }
}

void draw_axis(const Picture& picture) {
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

void draw_used_area(const Picture& picture) {
    const auto stretch = static_cast<float>(picture.used_stretch());
    const auto used = [stretch](const TimelineColumn& column) { return column.curves[0].most * stretch; };
    for_each_run(picture.columns(), used, [&](std::size_t first, std::size_t last, float most) {
        picture.draw->AddRectFilled({picture.x_of_column(first), picture.y_of(most)},
                                    {picture.x_of_column(last), picture.plot.bottom},
                                    u32(picture.palette().curve[0], .16f));
    });
}

/// A run is a rectangle from the least to the most; neighbours that do not touch are joined by a rise.
void draw_curve(const Picture& picture, std::size_t curve) {
    const auto stretch =
        static_cast<Curve>(curve) == Curve::used ? static_cast<float>(picture.used_stretch()) : 1.0f;
    const auto span_of = [curve, stretch](const TimelineColumn& column) {
        const CurveSpan& span = column.curves[curve];
        return CurveSpan{span.least * stretch, span.most * stretch};
    };
    const ImU32 colour = u32(picture.palette().curve[curve]);
    const float half = picture.line() / 2;
    std::optional<CurveSpan> before;
    for_each_run(picture.columns(), span_of, [&](std::size_t first, std::size_t last, const CurveSpan& span) {
        const float left = picture.x_of_column(first);
        picture.draw->AddRectFilled(
            {left, picture.y_of(span.most) - half},
            {std::max(picture.x_of_column(last), left + picture.line()), picture.y_of(span.least) + half},
            colour);
        if (before && (before->most < span.least || before->least > span.most)) {
            const float high = std::max(span.least, before->least), low = std::min(span.most, before->most);
            picture.draw->AddRectFilled({left - half, picture.y_of(high) - half},
                                        {left - half + picture.line(), picture.y_of(low) + half}, colour);
        }
        before = span;
    });
}

void draw_bands(const Picture& picture) {
    const auto collects = [](const TimelineColumn& column) { return column.has_collection; };
    const float least = std::max(1.0f, std::floor(1.5f * picture.view.scale));
    for_each_run(picture.columns(), collects, [&](std::size_t first, std::size_t last, bool is_collection) {
        if (is_collection) return;
        picture.draw->AddRectFilled({picture.x_of_column(first), picture.bands.top},
                                    {picture.x_of_column(last), picture.bands.bottom},
                                    u32(picture.palette().band[0]));
    });
    for_each_run(picture.columns(), collects, [&](std::size_t first, std::size_t last, bool is_collection) {
        if (!is_collection) return;
        const float left = picture.x_of_column(first);
        const float right = std::max(picture.x_of_column(last), left + least);
        picture.draw->AddRectFilled({left, picture.bands.top}, {right, picture.bands.bottom},
                                    u32(picture.palette().band[1]));
        picture.draw->AddRectFilled({left, picture.plot.top}, {right, picture.plot.bottom},
                                    u32(picture.palette().band[1], .1f));
    });
}

/// Signs that would overlap are left out; their lines stay.
template <typename Has>
void draw_marks(const Picture& picture, const Area& strip, Sign sign, const Rgba& colour, float reach,
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
        draw_sign(picture.draw, sign, {std::floor(x + size * .3f), strip.top + size / 2}, size * .85f,
                  u32(colour));
        free_from = x + size;
    }
}

void draw_failures(const Picture& picture) {
    const auto columns = picture.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i].has_failed_allocation) continue;
        const float x = picture.x_of_column(i);
        picture.draw->AddRectFilled({x, picture.failures.top}, {x + picture.line(), picture.failures.bottom},
                                    u32(picture.palette().alarm));
    }
    draw_marks(picture, picture.flags, Sign::failed, picture.palette().alarm, picture.plot.height(),
               [](const TimelineColumn& column) { return column.has_failed_expectation; });
}

/// The first hit of an enabled breakpoint in each column that has one. Signs that would overlap are left out.
void draw_hits(const Picture& picture) {
    const float size = picture.hits.height();
    const auto column_of = [&](heapcore::Position position) {
        return std::floor(picture.x_of(place_of(position, picture.operations())));
    };
    std::vector<const KnownHits*> enabled;
    for (const KnownHits& known : picture.view.hits->breakpoints())
        if (known.is_enabled) enabled.push_back(&known);
    // The few are laid over the many.
    std::ranges::stable_sort(enabled, std::ranges::greater(),
                             [](const KnownHits* known) { return known->positions.size(); });
    for (const KnownHits* const known : enabled) {
        const BreakpointMark mark = mark_of(picture.palette(), known->id);
        float free_from = picture.plot.left - size;
        for (auto hit = known->positions.begin(); hit != known->positions.end();) {
            const float x = column_of(*hit);
            picture.draw->AddRectFilled({x, picture.hits.top}, {x + 1, picture.hits.bottom},
                                        u32(mark.colour, .5f));
            if (x >= free_from) {
                const ImVec2 centre{x + .5f, picture.hits.top + size / 2};
                draw_sign(picture.draw, mark.sign, centre, size * .9f, u32(mark.colour));
                free_from = x + size;
            }
            hit = std::ranges::upper_bound(hit, known->positions.end(), x, {}, column_of);
        }
    }
}

/// The stop whose mark is under the mouse.
std::optional<Stop> hit_near(const Picture& picture, ImVec2 mouse) {
    if (mouse.y < picture.hits.top || mouse.y >= picture.hits.bottom) return std::nullopt;
    const float reach = picture.hits.height() / 2;
    const double place = static_cast<double>((mouse.x - reach - picture.plot.left) / picture.plot.width());
    const std::size_t before =
        static_cast<std::size_t>(std::max(0.0, place) * static_cast<double>(picture.operations()));
    const auto stop = before == 0 ? picture.view.hits->next({}) : picture.view.hits->next({before - 1, 0});
    if (!stop) return std::nullopt;
    const float x = picture.x_of(place_of(stop->position, picture.operations()));
    return std::abs(x - mouse.x) <= reach + 1 ? stop : std::nullopt;
}

void draw_hatch(const Picture& picture, float left, const Rgba& colour) {
    const Area area{left, picture.flags.top, picture.plot.right, picture.bands.bottom};
    if (area.width() < 1) return;
    const float pitch = 8 * picture.view.scale, height = area.height();
    picture.draw->PushClipRect({area.left, area.top}, {area.right, area.bottom}, true);
    const float start = std::floor((area.left - height) / pitch) * pitch;
    for (float x = start; x < area.right; x += pitch)
        picture.draw->AddLine({x, area.bottom}, {x + height, area.top}, u32(colour, .5f), picture.view.scale);
    picture.draw->PopClipRect();
}

/// What was not carried out, or not yet.
void draw_beyond(const Picture& picture) {
    const heapcore::SessionIndex& index = picture.session.index();
    const float left = picture.x_of(place_of(index.operations, picture.operations()));
    if (!index.error) {
        if (!index.is_complete) draw_hatch(picture, left, picture.palette().border);
        return;
    }
    draw_hatch(picture, left, mixed(picture.palette().border, picture.palette().alarm, .5f));
    const float size = picture.flags.height();
    picture.draw->AddRectFilled({left, picture.flags.bottom}, {left + picture.line(), picture.bands.bottom},
                                u32(picture.palette().alarm));
    draw_sign(picture.draw, Sign::error,
              {std::min(left + size / 2, picture.plot.right - size / 2), picture.flags.top + size / 2}, size,
              u32(picture.palette().alarm));
}

void draw_handle(const Picture& picture) {
    const float x =
        std::round(std::min(picture.x_of(place_of(picture.session)), picture.plot.right - picture.line()));
    const float half = std::round(5 * picture.view.scale);
    const ImU32 colour = u32(picture.palette().now);
    const float top = picture.flags.top;
    picture.draw->AddRectFilled({x, top}, {x + picture.line(), picture.bands.bottom}, colour);
    const float middle = x + picture.line() / 2;
    picture.draw->AddRectFilled({middle - half, top}, {middle + half, top + half * 1.2f}, colour,
                                picture.view.scale);
    picture.draw->AddTriangleFilled({middle - half, top + half * 1.2f}, {middle + half, top + half * 1.2f},
                                    {middle, top + half * 2.2f}, colour);
}

/// The bookmark whose flag is under the mouse.
std::optional<std::size_t> bookmark_near(const Picture& picture, float x) {
    const std::vector<std::size_t>& bookmarks = picture.session.index().bookmarks;
    const float reach = picture.flags.height();
    const double place = static_cast<double>((x - reach - picture.plot.left) / picture.plot.width());
    const double operation = std::max(0.0, place) * static_cast<double>(picture.operations());
    const auto found = std::ranges::lower_bound(bookmarks, static_cast<std::size_t>(operation));
    if (found == bookmarks.end()) return std::nullopt;
    return picture.x_of(place_of(*found, picture.operations())) <= x + 2 * picture.view.scale
               ? std::optional(*found)
               : std::nullopt;
}

std::size_t position_under(const Picture& picture, ImVec2 mouse) {
    if (mouse.y < picture.flags.bottom && !picture.state.timeline.is_scrubbing)
        if (const auto bookmark = bookmark_near(picture, mouse.x)) return *bookmark + 1;
    return position_at(static_cast<double>((mouse.x - picture.plot.left) / picture.plot.width()),
                       picture.operations());
}

/// Returns the position under the mouse, if it is over the picture.
std::optional<std::size_t> scrub(const Picture& picture) {
    TimelineState& own = picture.state.timeline;
    ImGui::SetCursorScreenPos({picture.plot.left, picture.flags.top});
    ImGui::InvisibleButton("##plot", {picture.plot.width(), picture.bands.bottom - picture.flags.top});
    const bool is_hovered = ImGui::IsItemHovered();
    const bool is_held = ImGui::IsItemActive();
    if (!is_held) own.sought.reset();
    if (!is_hovered && !is_held) {
        own.is_scrubbing = false;
        return std::nullopt;
    }
    own.is_scrubbing = is_held && ImGui::IsMouseDragging(ImGuiMouseButton_Left);
    if (const auto stop = hit_near(picture, ImGui::GetMousePos()); stop && !own.is_scrubbing) {
        if (ImGui::IsItemActivated())
            picture.commands.push(CommandId::seek, stop->position.operation, stop->position.step);
        text_tooltip(stop_text(*picture.view.hits, stop->breakpoints, picture.session.heap()));
        return std::nullopt;
    }
    const std::size_t under = position_under(picture, ImGui::GetMousePos());
    if (is_held && own.sought != under) {
        own.sought = under;
        picture.commands.push(CommandId::seek, under);
    }
    return under;
}

std::string when_text(const Picture& picture, std::size_t position) {
    if (position == 0) return "before the first operation";
    return "after operation " + count_text(position) + " of " + count_text(picture.operations());
}

void draw_hover(const Picture& picture, std::size_t position, const std::optional<HeapFigures>& figures) {
    const float x = std::floor(picture.x_of(place_of(position, picture.operations())));
    picture.draw->AddRectFilled({x, picture.flags.top}, {x + 1, picture.bands.bottom},
                                u32(picture.palette().hover, .6f));
    ImGui::BeginTooltip();
    ImGui::TextUnformatted(when_text(picture, position).c_str());
    if (position > 0) {
        const FontScope mono(fonts().mono);
        const heapcore::Trace& trace = picture.session.trace();
        elided_text(row_text(line_text(trace, trace.operations[position - 1])), 420 * picture.view.scale,
                    picture.palette().text);
    }
    if (!figures && position > picture.session.index().operations)
        ImGui::TextDisabled("%s", picture.session.index().error ? "not carried out: an error stands before it"
                                                                : "not worked out yet");
    for (std::size_t i = 0; figures && i < curve_count; ++i) {
        ImGui::TextColored(vec4(mixed(picture.palette().curve[i], picture.palette().text, .25f)), "%s",
                           curve_names[i]);
        ImGui::SameLine(110 * picture.view.scale);
        ImGui::TextUnformatted(value_text(static_cast<Curve>(i), *figures).c_str());
    }
    ImGui::EndTooltip();
}

Picture make_picture(const View& view, UiState& state, Commands& commands) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    float axis = 0, legend = 0;
    {
        const FontScope small(fonts().mono_small);
        axis = text_width("100%") + 8 * view.scale;
    }
    {
        const FontScope small(fonts().small);
        legend = ImGui::GetFontSize() + 5 * view.scale;
    }
    const float left = std::floor(at.x + axis), right = std::floor(at.x + std::max(room.x, axis + 2));
    const float top = std::floor(at.y + legend);
    const float bottom = std::floor(at.y + std::max(room.y, legend + 40 * view.scale)) - 1;
    const float bands = bottom - std::floor(8 * view.scale);
    const float failures = bands - std::floor(5 * view.scale);
    const float flags = top + std::floor(14 * view.scale);
    const float hits = failures - (view.hits->breakpoints().empty() ? 0 : std::floor(11 * view.scale));
    return {view,
            state,
            commands,
            *view.session,
            {left, top, right, flags},
            {left, flags, right, hits - 2 * view.scale},
            {left, hits, right, failures},
            {left, failures, right, bands - 1},
            {left, bands, right, bottom},
            ImGui::GetWindowDrawList()};
}

void draw_picture(const Picture& picture) {
    draw_grid(picture);
    draw_bands(picture);
    draw_used_area(picture);
    for (std::size_t curve = curve_count; curve-- > 0;)
        draw_curve(picture, curve);
    draw_marks(picture, picture.flags, Sign::bookmark, picture.palette().text, picture.plot.height(),
               [](const TimelineColumn& column) { return column.has_bookmark; });
    draw_hits(picture);
    draw_failures(picture);
    draw_beyond(picture);
}

}  // namespace

void draw_timeline(const View& view, UiState& state, Commands& commands) {
    if (!view.session)
        return empty_state(*view.palette, "The heap's fill over the whole trace appears here.");
    if (view.session->trace().operations.empty())
        return empty_state(*view.palette, "The trace holds no operations.");
    const Picture picture = make_picture(view, state, commands);
    state.timeline.timeline.update(*view.session, static_cast<std::size_t>(picture.plot.width()));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const auto hovered = scrub(picture);
    const std::uint64_t heap_bytes = view.session->heap().size_bytes();
    const auto figures =
        hovered ? figures_at(view.session->index(), heap_bytes, *hovered) : std::optional<HeapFigures>();
    ImGui::SetCursorScreenPos(at);
    draw_legend_row(picture, figures.value_or(figures_of(view.session->heap())),
                    hovered && figures ? when_text(picture, *hovered) : "now");
    draw_picture(picture);
    draw_axis(picture);
    if (hovered) draw_hover(picture, *hovered, figures);
    draw_handle(picture);
}

}  // namespace tricolour
