// The timeline: bands, curves and marks of the trace, or of the part that was zoomed in to; a click or a drag
// goes there, the wheel zooms, and what the pointer rests on is shown as the map was then.
#include "app/model/timeline.h"

#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/timeline_picture.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

namespace tricolour {
namespace {

using heapcore::Position;

constexpr double wheel_factor = 1.4;  // a notch: a trace has more to it than a heap
constexpr float reach = 4;            // pixels from an operation's end that mean the end
constexpr float picture_width = 264, picture_height = 165;
constexpr std::uint64_t unknown_steps = 64, unknown_steps_of_collection = 1'000'000;

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

std::string exact_text(Curve curve, const HeapFigures& figures) {
    const auto bytes = [](std::uint64_t count) {
        return count_text(count) + (count == 1 ? " byte" : " bytes");
    };
    switch (curve) {
        case Curve::used: return bytes(figures.used_bytes());
        case Curve::largest_free: return bytes(figures.largest_free_bytes);
        case Curve::free: return bytes(figures.free_bytes);
        default: return percent_text(figures.fragmentation());
    }
}

// --- legend ---------------------------------------------------------------------------------

struct Legend {
    const TimelinePicture& picture;
    float left, top, right, x;
    float gap() const { return 16 * picture.view.scale; }
    float sample() const { return std::round(22 * picture.view.scale); }
    float pad() const { return 5 * picture.view.scale; }
};

/// Returns whether there was room.
bool reserve(const Legend& legend, float width) { return legend.x + width <= legend.right; }

/// A line as the curve's, its name and its value; a click shows or hides the curve. Values keep the room of
/// the widest, so that nothing beside them moves.
void draw_curve_entry(Legend& legend, std::size_t curve, const HeapFigures& figures) {
    const TimelinePicture& picture = legend.picture;
    const Palette& palette = picture.palette();
    bool& is_shown = picture.state.timeline.shows_curve[curve];
    const auto id = static_cast<Curve>(curve);
    const bool is_stretched = id == Curve::used && picture.used_stretch() > 1;
    const std::string name =
        curve_names[curve] +
        (is_stretched ? " \xc3\x97" + std::to_string(picture.used_stretch()) : std::string());
    const std::string value = value_text(id, figures);
    const float room = text_width(id == Curve::fragmentation ? "100%" : "8,888.8 KiB");
    const float name_at = legend.sample() + legend.pad(), value_at = name_at + text_width(name + " ");
    const float width = value_at + std::max(room, text_width(value)), size = ImGui::GetFontSize();
    if (!reserve(legend, width)) return;
    ImGui::SetCursorScreenPos({legend.x, legend.top});
    ImGui::PushID(static_cast<int>(curve));
    if (ImGui::InvisibleButton("##curve", {width, size})) is_shown = !is_shown;
    ImGui::PopID();
    const bool is_hovered = ImGui::IsItemHovered();
    if (is_hovered)
        text_tooltip(std::string(is_shown ? "A click hides" : "A click shows") + " this curve." +
                     (is_stretched ? " It is drawn " + std::to_string(picture.used_stretch()) +
                                         " times as high as it is, since the heap is hardly filled."
                                   : ""));
    const float alpha = is_shown ? 1.0f : .35f;
    if (is_shown)
        draw_dashed(picture.draw, id, {legend.x, std::floor(legend.top + size / 2)},
                    legend.x + legend.sample(), picture.line() + 1, picture.view.scale,
                    u32(palette.curve[curve]));
    draw_text({legend.x + name_at, legend.top}, u32(is_hovered ? palette.text : palette.text_dim, alpha),
              name);
    draw_text({legend.x + value_at, legend.top}, u32(palette.text, alpha), value);
    legend.x += width + legend.gap();
}

void draw_band_entry(Legend& legend, const Rgba& colour, const char* name) {
    const float size = ImGui::GetFontSize(), width = size + text_width(name);
    if (!reserve(legend, width)) return;
    const float square = std::round(size * .7f), top = std::round(legend.top + (size - square) / 2);
    legend.picture.draw->AddRectFilled({legend.x, top}, {legend.x + square, top + square}, u32(colour));
    legend.picture.draw->AddRect({legend.x, top}, {legend.x + square, top + square},
                                 u32(legend.picture.palette().text_dim, .6f));
    draw_text({legend.x + size, legend.top}, u32(legend.picture.palette().text_dim), name);
    legend.x += width + legend.gap();
}

void draw_legend_row(const TimelinePicture& picture, const HeapFigures& figures, const std::string& when) {
    const FontScope small(fonts().small);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    Legend legend{picture, at.x, at.y, at.x + ImGui::GetContentRegionAvail().x, at.x};
    for (std::size_t i = 0; i < curve_count; ++i)
        draw_curve_entry(legend, i, figures);
    draw_band_entry(legend, picture.palette().band[0], "mutator");
    draw_band_entry(legend, picture.palette().band[1], "collector");
    const float width = text_width(when);
    if (reserve(legend, width))
        draw_text({legend.right - width, legend.top}, u32(picture.palette().text_dim), when);
}

// --- marks under the pointer ----------------------------------------------------------------

/// Something that stands on the axis and can be gone to.
struct Mark {
    Position position;
    std::string text;
};

/// The stop whose sign is under the mouse.
std::optional<Mark> hit_near(const TimelinePicture& picture, ImVec2 mouse) {
    if (mouse.y < picture.hits.top || mouse.y >= picture.hits.bottom) return std::nullopt;
    const float half = picture.hits.height() / 2;
    const double from = std::max(0.0, picture.time_at(mouse.x - half));
    const StepsOf steps_of = picture.steps_of();
    Position before{static_cast<std::size_t>(from), 0};
    if (before.operation > 0) --before.operation;
    for (auto stop = picture.view.hits->next(before); stop; stop = picture.view.hits->next(stop->position)) {
        const float x = picture.x_of(time_of(stop->position, steps_of));
        if (x > mouse.x + half + 1) break;
        if (x < mouse.x - half - 1) continue;
        return Mark{stop->position, stop_text(*picture.view.hits, stop->breakpoints, picture.session.heap())};
    }
    return std::nullopt;
}

/// The flag under the mouse: of a bookmark, or of an expectation that failed.
std::optional<Mark> flag_near(const TimelinePicture& picture, ImVec2 mouse) {
    if (mouse.y < picture.flags.top || mouse.y >= picture.flags.bottom) return std::nullopt;
    const heapcore::SessionIndex& index = picture.session.index();
    const double from = picture.time_at(mouse.x - picture.flags.height());
    const double to = picture.time_at(mouse.x + 3 * picture.view.scale);
    const auto first = static_cast<std::size_t>(std::max(0.0, std::ceil(from)));
    const auto is_near = [&](std::size_t operation) { return static_cast<double>(operation) <= to; };
    const heapcore::Trace& trace = picture.session.trace();
    const auto bookmark = std::ranges::lower_bound(index.bookmarks, first);
    if (bookmark != index.bookmarks.end() && is_near(*bookmark))
        return Mark{{*bookmark + 1, 0}, std::string(trace.texts[trace.operations[*bookmark].text])};
    using Note = heapcore::SessionIndex::Note;
    const auto failed = std::ranges::lower_bound(index.failed_expectations, first, {}, &Note::operation);
    if (failed != index.failed_expectations.end() && is_near(failed->operation))
        return Mark{{failed->operation + 1, 0}, "expect failed: " + failed->error.message};
    return std::nullopt;
}

// --- input ----------------------------------------------------------------------------------

struct Pointed {
    Position position;
    std::string mark;  ///< what stands there, or empty
};

Pointed pointed_at(const TimelinePicture& picture, ImVec2 mouse) {
    if (!picture.state.timeline.is_scrubbing) {
        if (auto mark = hit_near(picture, mouse)) return {mark->position, std::move(mark->text)};
        if (auto mark = flag_near(picture, mouse)) return {mark->position, std::move(mark->text)};
    }
    const float x = std::clamp(mouse.x, picture.plot.left, picture.plot.right);
    const double near = picture.time_of_pixels(reach * picture.view.scale);
    return {position_near(picture.time_at(x), near, picture.operations(), picture.steps_of()), {}};
}

/// The span that zooming in ends at: where the steps under the pointer can be told apart.
double least_span_at(const TimelinePicture& picture, double time) {
    const auto operation = static_cast<std::size_t>(std::max(0.0, time));
    const bool collects = std::ranges::binary_search(picture.session.index().collections, operation);
    const std::uint64_t unknown = collects ? unknown_steps_of_collection : unknown_steps;
    return least_span(static_cast<double>(picture.plot.width()),
                      picture.unfoldings().steps_of(operation).value_or(unknown));
}

void zoom_and_pan(const TimelinePicture& picture, bool is_hovered, bool is_held) {
    TimelineState& own = picture.state.timeline;
    const ImGuiIO& io = ImGui::GetIO();
    const std::size_t operations = picture.operations();
    if (is_held && own.is_panning) {
        ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
        if (io.MouseDelta.x != 0)
            own.view.jump_to(panned(picture.window, operations, -picture.time_of_pixels(io.MouseDelta.x)),
                             operations);
    }
    if (!is_hovered) return;
    const TimeWindow goal = own.view.goal(operations);
    const double place = static_cast<double>((io.MousePos.x - picture.plot.left) / picture.plot.width());
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) && !io.KeyShift) {
        const auto operation =
            std::min(static_cast<std::size_t>(std::max(0.0, picture.time_at(io.MousePos.x))), operations - 1);
        const auto begin = static_cast<double>(operation);
        own.view.glide_to(own.view.zoomed ? whole_trace(operations) : fitted(begin, begin + 1, operations));
    }
    const float sideways = io.KeyShift ? io.MouseWheel : -io.MouseWheelH;
    if (sideways != 0)
        own.view.glide_to(panned(goal, operations, -static_cast<double>(sideways) * goal.span() / 10));
    else if (io.MouseWheel != 0)
        own.view.glide_to(zoomed_at(goal, operations,
                                    std::pow(wheel_factor, static_cast<double>(io.MouseWheel)),
                                    goal.time_at(place), least_span_at(picture, goal.time_at(place))));
}

/// Scrubbing beyond an edge brings more into sight, the faster the farther.
void scroll_at_edges(const TimelinePicture& picture) {
    constexpr float part_of_overshoot = .25f;
    const TimelineState& own = picture.state.timeline;
    if (!own.is_scrubbing || !own.view.zoomed) return;
    const float most = 60 * picture.view.scale, x = ImGui::GetMousePos().x;
    const float over =
        std::clamp(x - picture.plot.right, 0.0f, most) - std::clamp(picture.plot.left - x, 0.0f, most);
    if (over == 0) return;
    const std::size_t operations = picture.operations();
    const TimeWindow next =
        panned(picture.window, operations, picture.time_of_pixels(over * part_of_overshoot));
    if (next != picture.window) picture.state.timeline.view.glide_to(next);
}

/// What is under the mouse, if it is over the picture; goes there while the button is held.
std::optional<Pointed> take_input(const TimelinePicture& picture) {
    TimelineState& own = picture.state.timeline;
    ImGui::SetCursorScreenPos({picture.plot.left, picture.top()});
    const float bottom = std::max(picture.bottom(), picture.ticks.bottom);
    ImGui::InvisibleButton("##plot", {picture.plot.width(), bottom - picture.top()},
                           ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle |
                               ImGuiButtonFlags_MouseButtonRight);
    const bool is_hovered = ImGui::IsItemHovered(), is_held = ImGui::IsItemActive();
    if (ImGui::IsItemActivated())
        own.is_panning = !ImGui::IsMouseDown(ImGuiMouseButton_Left) || ImGui::GetIO().KeyShift;
    zoom_and_pan(picture, is_hovered, is_held);
    const bool seeks = is_held && !own.is_panning;
    own.is_scrubbing = seeks && ImGui::IsMouseDragging(ImGuiMouseButton_Left);
    scroll_at_edges(picture);
    if (!seeks) own.sought.reset();
    if (!is_held) own.is_panning = false;
    if ((!is_hovered && !is_held) || own.is_panning) return std::nullopt;
    Pointed pointed = pointed_at(picture, ImGui::GetMousePos());
    if (seeks && own.sought != pointed.position) {
        own.sought = pointed.position;
        picture.commands.push(CommandId::seek, pointed.position.operation, pointed.position.step);
    }
    return pointed;
}

/// The part in sight goes where the overview is held.
void take_overview_input(const TimelinePicture& picture) {
    const Area& area = picture.overview;
    if (area.height() <= 0) return;
    ImGui::SetCursorScreenPos({area.left, area.top - 2 * picture.view.scale});
    ImGui::InvisibleButton("##overview", {area.width(), area.height() + 4 * picture.view.scale});
    if (ImGui::IsItemHovered() && !ImGui::IsItemActive()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (!ImGui::IsItemActive()) return;
    const std::size_t operations = picture.operations();
    const double place = static_cast<double>((ImGui::GetMousePos().x - area.left) / area.width());
    const double middle = whole_trace(operations).time_at(std::clamp(place, 0.0, 1.0));
    const TimeWindow window = picture.window;
    picture.state.timeline.view.jump_to(panned(window, operations, middle - (window.first + window.last) / 2),
                                        operations);
}

// --- tooltip --------------------------------------------------------------------------------

std::string when_text(const TimelinePicture& picture, Position position) {
    if (position == Position{}) return "before the first operation";
    if (position.step == 0)
        return "after operation " + count_text(position.operation) + " of " +
               count_text(picture.operations());
    const auto steps = picture.unfoldings().steps_of(position.operation);
    return "operation " + count_text(position.operation + 1) + ", step " + count_text(position.step) +
           (steps ? " of " + count_text(*steps) : "");
}

/// Figures, and whether they are the position's own or of a few operations around it.
struct Known {
    HeapFigures figures;
    bool is_exact = true;
};

std::optional<Known> known_at(const TimelinePicture& picture, Position position, const Glimpse* glimpse) {
    const std::uint64_t heap_bytes = picture.session.heap().size_bytes();
    if (glimpse && glimpse->is_reached) return Known{glimpse->figures, true};
    if (position == picture.session.position()) return Known{figures_of(picture.session.heap()), true};
    if (position.step > 0) {
        const Unfolding* const unfolding = picture.unfoldings().find(position.operation);
        if (!unfolding || unfolding->samples.empty()) return std::nullopt;
        const std::uint64_t each = unfolding->steps_each;
        const auto slot = std::min<std::size_t>((position.step - 1) / each, unfolding->samples.size() - 1);
        const heapcore::HeapSample& sample = unfolding->samples[slot];
        return Known{{heap_bytes, sample.free_bytes, sample.largest_free_bytes}, false};
    }
    const auto figures = figures_at(picture.session.index(), heap_bytes, position.operation);
    if (!figures) return std::nullopt;
    return Known{*figures, picture.session.index().samples_each == 1};
}

/// The map as it was, or what the room for it is waiting for. Free memory recedes into the ground.
void draw_map_picture(const TimelinePicture& picture, ImVec2 corner, const Glimpse* glimpse, bool is_coming) {
    const Palette& palette = picture.palette();
    const float scale = picture.view.scale, width = picture_width * scale, height = picture_height * scale;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(corner, {corner.x + width, corner.y + height}, u32(palette.map_background));
    if (!glimpse || !glimpse->is_reached) {
        const FontScope small(fonts().small);
        const std::string text = glimpse     ? "This position is not reached."
                                 : is_coming ? "The map of this moment\xe2\x80\xa6"
                                             : "The map is shown where the pointer rests.";
        draw_text({corner.x + std::floor((width - text_width(text)) / 2),
                   corner.y + std::floor((height - ImGui::GetFontSize()) / 2)},
                  u32(palette.text_dim), text);
        return;
    }
    const MapPicture& map = glimpse->picture;
    const float cell =
        std::min(width / static_cast<float>(map.width), height / static_cast<float>(map.height));
    const MapColours colours = map_colours(palette, LensId::type_and_colour);
    const float left = corner.x + std::floor((width - cell * static_cast<float>(map.width)) / 2);
    const auto x_of = [&](std::uint32_t x) { return std::round(left + cell * static_cast<float>(x)); };
    const auto y_of = [&](std::uint32_t y) { return std::round(corner.y + cell * static_cast<float>(y)); };
    for (std::uint32_t y = 0; y < map.height; ++y)
        for (std::uint32_t x = 0; x < map.width;) {
            const Cell here = map.at(x, y);
            std::uint32_t end = x + 1;
            while (end < map.width && map.at(end, y) == here)
                ++end;
            list.AddRectFilled({x_of(x), y_of(y)}, {x_of(end), y_of(y + 1)}, u32(colour_of(colours, here)));
            x = end;
        }
    if (!map.now) return;
    const ImVec2 from{x_of(map.now->x), y_of(map.now->y)}, to{x_of(map.now->x + 1), y_of(map.now->y + 1)};
    const float around = std::round(2 * scale);
    list.AddRect({from.x - around, from.y - around}, {to.x + around, to.y + around}, u32(palette.now), 0, 0,
                 std::max(1.0f, 1.5f * scale));
}

void draw_lines(const std::vector<std::string>& lines, const Rgba& colour) {
    for (const std::string& line : lines)
        ImGui::TextColored(vec4(colour), "%s", line.c_str());
}

void draw_moment(const TimelinePicture& picture, const Pointed& pointed, const std::optional<Known>& known,
                 const Glimpse* glimpse, float width) {
    const Palette& palette = picture.palette();
    const Position position = pointed.position;
    const heapcore::Trace& trace = picture.session.trace();
    elided_text(when_text(picture, position), width, palette.text);
    if (!pointed.mark.empty()) draw_lines(wrapped(pointed.mark, width, 2), palette.text);
    if (position != Position{}) {
        const std::size_t operation = position.step > 0 ? position.operation : position.operation - 1;
        const FontScope mono(fonts().mono_small);
        elided_text(row_text(line_text(trace, trace.operations[operation])), width, palette.text_dim);
    }
    if (!known && position.operation > picture.session.index().operations)
        draw_lines(wrapped(picture.session.index().error ? "not carried out: an error stands before it"
                                                         : "not worked out yet",
                           width, 2),
                   palette.text_dim);
    const FontScope small(fonts().small);
    for (std::size_t i = 0; known && i < curve_count; ++i) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        draw_dashed(ImGui::GetWindowDrawList(), static_cast<Curve>(i),
                    {at.x, std::floor(at.y + ImGui::GetFontSize() / 2)}, at.x + 22 * picture.view.scale,
                    picture.line() + 1, picture.view.scale, u32(palette.curve[i]));
        ImGui::Dummy({22 * picture.view.scale, ImGui::GetFontSize()});
        ImGui::SameLine();
        ImGui::TextDisabled("%s", curve_names[i]);
        ImGui::SameLine(128 * picture.view.scale + ImGui::GetStyle().WindowPadding.x);
        ImGui::TextUnformatted(
            ((known->is_exact ? "" : "about ") + exact_text(static_cast<Curve>(i), known->figures)).c_str());
    }
    if (!glimpse || !glimpse->is_reached) return;
    draw_lines({"map of the first " + bytes_text(glimpse->picture.end) + " of " +
                bytes_text(picture.session.heap().size_bytes())},
               palette.text_dim);
    if (glimpse->phase != "Mutator") draw_lines({glimpse->phase + "."}, palette.text_dim);
    std::string sentence = glimpse->sentence;
    std::erase(sentence, '`');
    draw_lines(wrapped(sentence, width, 3), palette.text);
}

/// Above the timeline, so that it never covers what it tells of; of one size, so that nothing jumps.
void draw_tooltip(const TimelinePicture& picture, const Pointed& pointed) {
    const float scale = picture.view.scale;
    const float x = std::floor(picture.x_of(time_of(pointed.position, picture.steps_of())));
    if (x >= picture.plot.left && x <= picture.plot.right)
        picture.draw->AddRectFilled({x, picture.top()}, {x + 1, picture.bottom()},
                                    u32(picture.palette().hover, .6f));
    const bool shows_map = !picture.state.timeline.is_scrubbing;
    const Glimpse* const glimpse = shows_map ? picture.view.glimpses->at(pointed.position) : nullptr;
    const float pad = 10 * scale, text = 280 * scale;
    const float width = text + 2 * pad + (shows_map ? picture_width * scale + 12 * scale : 0);
    const float screen = ImGui::GetIO().DisplaySize.x;
    const float left = std::clamp(ImGui::GetMousePos().x - width / 2, 4 * scale,
                                  std::max(4 * scale, screen - width - 4 * scale));
    ImGui::SetNextWindowPos({std::floor(left), std::floor(ImGui::GetWindowPos().y - 4 * scale)},
                            ImGuiCond_Always, {0, 1});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(pad, 8 * scale));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(7 * scale, 3 * scale));
    ImGui::BeginTooltip();
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    ImGui::BeginGroup();
    draw_moment(picture, pointed, known_at(picture, pointed.position, glimpse), glimpse, text);
    ImGui::EndGroup();
    const float least = 10.6f * (fonts().small->FontSize + 3 * scale) + 8 * scale;
    if (const float more = least - ImGui::GetItemRectSize().y; more > 0) ImGui::Dummy({1, more});
    if (shows_map) {
        const ImVec2 at{corner.x + text + 12 * scale, corner.y};
        draw_map_picture(picture, at, glimpse, picture.view.glimpses->is_pending());
        ImGui::SetCursorScreenPos(at);
        ImGui::Dummy({picture_width * scale, picture_height * scale});
    }
    ImGui::EndTooltip();
    ImGui::PopStyleVar(2);
}

// --- the whole ------------------------------------------------------------------------------

/// From the bottom up; in a low panel the curves keep what room they can.
TimelinePicture make_picture(const View& view, UiState& state, Commands& commands) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const std::size_t operations = view.session->trace().operations.size();
    const auto rounded = [&](float pixels) { return std::floor(pixels * view.scale); };
    float axis = 0, legend = 0, number = 0;
    {
        const FontScope small(fonts().mono_small);
        axis = text_width("100%") + 8 * view.scale;
        number = ImGui::GetFontSize();
    }
    {
        const FontScope small(fonts().small);
        legend = ImGui::GetFontSize() + 5 * view.scale;
    }
    const float left = std::floor(at.x + axis), right = std::floor(at.x + std::max(room.x, axis + 2));
    const float bottom = std::floor(at.y + std::max(room.y, legend + 40 * view.scale)) - 1;
    const bool is_low = bottom - at.y < 84 * view.scale;
    const float overview = std::floor(at.y + legend);
    const float flags = overview + (state.timeline.view.zoomed ? rounded(8) : 0);
    const float plot = flags + rounded(12);
    const float ticks = bottom - (is_low ? 0 : std::floor(number + 3 * view.scale));
    const float bands = ticks - (is_low ? rounded(10) : std::floor(number + 3 * view.scale));
    const float hits = bands - (view.hits->breakpoints().empty() ? 0 : rounded(11));
    return {view,
            state,
            commands,
            *view.session,
            state.timeline.view.window(operations),
            {left, overview, right, std::max(overview, flags - rounded(3))},
            {left, flags, right, plot},
            {left, plot, right, hits - 2 * view.scale},
            {left, hits, right, bands},
            {left, bands, right, ticks},
            {left, ticks, right, bottom},
            ImGui::GetWindowDrawList()};
}

/// While nobody moves it, the position stays in sight wherever it goes.
void follow_position(const heapcore::Session& session, TimelineState& own) {
    const Position position = session.position();
    const bool is_held = own.is_scrubbing || own.is_panning || own.sought;
    if (own.seen == position || is_held) {
        if (is_held) own.seen = position;
        return;
    }
    own.seen = position;
    const std::size_t operations = session.trace().operations.size();
    const TimeWindow goal = own.view.goal(operations);
    const TimeWindow wanted = followed(goal, operations, time_of(session));
    if (wanted != goal) own.view.glide_to(wanted);
}

/// So that pictures stay comparable, and are kept, while it grows.
heapcore::Offset rounded_up(heapcore::Offset end) {
    const heapcore::Offset each = std::bit_ceil(end) / 32;
    return (end + each - 1) / each * each;
}

void wish(const TimelinePicture& picture, const std::optional<Pointed>& pointed) {
    TimelineState& own = picture.state.timeline;
    own.wish.picture.layout = picture.state.camera.layout;
    own.wish.picture.end = rounded_up(std::max<heapcore::Offset>(own.overview.highest_used(), 2048));
    const OperationRange wide =
        wide_operations(picture.window, picture.operations(), static_cast<double>(picture.plot.width()));
    own.wish.first = wide.first;
    own.wish.last = wide.last;
    own.hovered = pointed ? std::optional(pointed->position) : std::nullopt;
    const bool is_known = pointed && pointed->position.operation <= picture.session.index().operations;
    if (is_known && !own.is_scrubbing) own.wish.position = pointed->position;
}

}  // namespace

void draw_timeline(const View& view, UiState& state, Commands& commands) {
    if (!view.session)
        return empty_state(*view.palette, "The heap's fill over the whole trace appears here.");
    if (view.session->trace().operations.empty())
        return empty_state(*view.palette, "The trace holds no operations.");
    TimelineState& own = state.timeline;
    follow_position(*view.session, own);
    own.view.move(view.time, state.is_animated, view.session->trace().operations.size());
    const TimelinePicture picture = make_picture(view, state, commands);
    own.plot = {picture.plot.left, picture.top(), picture.plot.width(), picture.bottom() - picture.top()};
    const auto columns = static_cast<std::size_t>(picture.plot.width());
    own.overview.update(*view.session, columns);
    own.timeline.update(*view.session, picture.window, columns, &view.glimpses->unfoldings());
    const ImVec2 at = ImGui::GetCursorScreenPos();
    take_overview_input(picture);
    const auto pointed = take_input(picture);
    wish(picture, pointed);
    ImGui::SetCursorScreenPos(at);
    const auto known = pointed ? known_at(picture, pointed->position, view.glimpses->at(pointed->position))
                               : std::optional<Known>();
    draw_legend_row(picture, known ? known->figures : figures_of(view.session->heap()),
                    pointed && known ? when_text(picture, pointed->position) : "now");
    draw_timeline_picture(picture);
    if (pointed) draw_tooltip(picture, *pointed);
    draw_position(picture);
}

}  // namespace tricolour
