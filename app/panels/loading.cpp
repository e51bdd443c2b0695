// What floats over the map while a trace is read, and when one could not be.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace tricolour {
namespace {

ScreenArea area_of_map(const UiState& state) {
    if (state.map_area.width > 0) return state.map_area;
    const ImGuiViewport& screen = *ImGui::GetMainViewport();
    return {screen.WorkPos.x, screen.WorkPos.y, screen.WorkSize.x, screen.WorkSize.y};
}

constexpr ImGuiWindowFlags card_flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                        ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_AlwaysAutoResize |
                                        ImGuiWindowFlags_NoFocusOnAppearing;

constexpr std::size_t most_error_lines = 4;

void draw_progress(const View& view, float width, float progress) {
    const float height = std::round(6 * view.scale);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(at, {at.x + width, at.y + height}, u32(view.palette->panel_raised), height / 2);
    const float done = std::max(height, width * std::clamp(progress, 0.0f, 1.0f));
    draw->AddRectFilled(at, {at.x + done, at.y + height}, u32(view.palette->curve[0]), height / 2);
    ImGui::Dummy({width, height});
}

}  // namespace

void draw_loading(const View& view, UiState& state, Commands& commands) {
    if (!view.loading) return;
    const ScreenArea area = area_of_map(state);
    const float width = std::floor(std::min(380 * view.scale, area.width - 60 * view.scale));
    ImGui::SetNextWindowPos({area.x + area.width / 2, area.y + area.height / 2}, ImGuiCond_Always,
                            {.5f, .5f});
    const CardStyle style(view, view.palette->border);
    if (ImGui::Begin("##loading", nullptr, card_flags)) {
        elided_text(printable(view.loading->name), width, view.palette->text);
        draw_progress(view, width, view.loading->progress);
        const float row = ImGui::GetCursorPosY();
        ImGui::AlignTextToFramePadding();
        const std::string percent =
            percent_text(static_cast<double>(std::clamp(view.loading->progress, 0.0f, 1.0f)));
        elided_text(view.loading->activity + " \xc2\xb7 " + percent, width * .65f, view.palette->text_dim);
        const CommandRow& cancel = row_of(CommandId::cancel_loading);
        const std::string label(cancel.name);
        const float button = text_width(label) + 2 * ImGui::GetStyle().FramePadding.x;
        ImGui::SetCursorPos({ImGui::GetStyle().WindowPadding.x + width - button, row});
        if (ImGui::Button(label.c_str())) commands.push(CommandId::cancel_loading);
        if (ImGui::IsItemHovered()) command_tooltip(CommandId::cancel_loading);
    }
    ImGui::End();
}

void draw_open_error(const View& view, UiState& state, Commands&) {
    if (view.open_error.empty()) return;
    const ScreenArea area = area_of_map(state);
    const Palette& palette = *view.palette;
    ImGui::SetNextWindowPos({area.x + area.width / 2, area.y + 12 * view.scale}, ImGuiCond_Always, {.5f, 0});
    const CardStyle style(view, palette.alarm);
    if (ImGui::Begin("##open error", nullptr, card_flags)) {
        const float size = ImGui::GetFontSize();
        const float button = text_width("Dismiss") + 2 * ImGui::GetStyle().FramePadding.x;
        const float most = std::max(area.width - button - size * 1.6f - 90 * view.scale, 60 * view.scale);
        const auto lines = wrapped(view.open_error, most, most_error_lines);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float height = ImGui::GetFrameHeight();
        draw_sign(ImGui::GetWindowDrawList(), Sign::error, {at.x + size / 2, std::floor(at.y + height / 2)},
                  size, u32(palette.alarm));
        ImGui::Dummy({size, height});
        ImGui::SameLine(0, size * .6f);
        ImGui::AlignTextToFramePadding();
        ImGui::BeginGroup();
        for (const std::string& line : lines)
            ImGui::TextUnformatted(line.c_str());
        ImGui::EndGroup();
        if (ImGui::IsItemHovered() && lines.size() == most_error_lines) text_tooltip(view.open_error);
        ImGui::SameLine(0, 14 * view.scale);
        if (ImGui::Button("Dismiss")) state.dismiss_open_error = true;
    }
    ImGui::End();
}

}  // namespace tricolour
