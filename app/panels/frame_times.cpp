// How long frames take, over a corner of the map: bars of the last ones, their parts, mean and worst.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>

namespace tricolour {
namespace {

constexpr double wanted_seconds = 1.0 / 60;
constexpr double shown_seconds = 2 * wanted_seconds;  ///< height of the bars; longer ones are cut

std::string milliseconds(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f ms", seconds * 1000);
    return text;
}

std::string headline(const FrameTimes& times, const FrameTimes::Summary& summary) {
    if (summary.per_second == 0) return "At rest after frame " + count_text(times.drawn());
    char text[64];
    std::snprintf(text, sizeof text, "%.0f frames a second", summary.per_second);
    return text;
}

const Rgba& colour_of(const Palette& palette, FramePart part) {
    return palette.category[static_cast<std::size_t>(part)];
}

void draw_bars(const View& view, const FrameTimes& times, ImVec2 size) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(at, {at.x + size.x, at.y + size.y}, u32(view.palette->panel_raised));
    const float width = size.x / static_cast<float>(FrameTimes::most_frames);
    for (std::size_t age = 0; age < times.kept(); ++age) {
        const float right = at.x + size.x - width * static_cast<float>(age);
        double below = 0;
        for (const FramePartRow& row : frame_part_rows()) {
            const double above = below + times.parts(age)[static_cast<std::size_t>(row.part)];
            const auto height = [&](double seconds) {
                return at.y + size.y * static_cast<float>(1 - std::min(seconds / shown_seconds, 1.0));
            };
            draw->AddRectFilled({right - width, height(above)}, {right, height(below)},
                                u32(colour_of(*view.palette, row.part)));
            below = above;
        }
    }
    const float middle = std::round(at.y + size.y * static_cast<float>(1 - wanted_seconds / shown_seconds));
    draw->AddLine({at.x, middle}, {at.x + size.x, middle}, u32(view.palette->text, 0.6f));
    ImGui::Dummy(size);
}

void draw_part(const View& view, std::string_view name, const std::string& value, const Rgba* swatch,
               float width) {
    const FontScope font(fonts().small);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    const float size = ImGui::GetFontSize();
    if (swatch)
        draw->AddRectFilled({at.x, at.y + size * .2f}, {at.x + size * .6f, at.y + size * .8f}, u32(*swatch));
    draw_text({at.x + size, at.y}, u32(view.palette->text_dim), name);
    const FontScope digits(fonts().mono_small);
    draw_text({at.x + width - text_width(value), at.y}, u32(view.palette->text), value);
    ImGui::Dummy({width, size * 1.15f});
}

}  // namespace

void draw_frame_times(const View& view, UiState& state, Commands&) {
    if (!state.shows_frame_times || !view.frame_times) return;
    const FrameTimes& times = *view.frame_times;
    const FrameTimes::Summary summary = times.summary();
    const float margin = 12 * view.scale;
    const ScreenArea& area = state.map_area;
    ImGui::SetNextWindowPos({area.x + margin, area.y + margin});
    const CardStyle style(view, view.palette->border);
    constexpr ImGuiWindowFlags flags =
        ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoSavedSettings |
        ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_AlwaysAutoResize;
    if (ImGui::Begin("##frame times", nullptr, flags)) {
        const float width = std::round(static_cast<float>(FrameTimes::most_frames) * 2 * view.scale);
        elided_text(headline(times, summary), width, view.palette->text);
        draw_bars(view, times, {width, std::round(48 * view.scale)});
        for (const FramePartRow& row : frame_part_rows()) {
            draw_part(view, row.name, milliseconds(summary.mean[static_cast<std::size_t>(row.part)]),
                      &colour_of(*view.palette, row.part), width);
        }
        draw_part(view, "a frame on average", milliseconds(summary.mean_seconds), nullptr, width);
        draw_part(view, "the slowest", milliseconds(summary.worst_seconds), nullptr, width);
    }
    ImGui::End();
}

}  // namespace tricolour
