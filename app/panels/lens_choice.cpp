#include "app/panels/lens_choice.h"

#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <cmath>
#include <string>

namespace tricolour {
namespace {

float arrow_width(const View& view) { return std::round(14 * view.scale); }

}  // namespace

void lens_items(const View& view, const UiState& state, Commands& commands) {
    const auto first = static_cast<std::size_t>(CommandId::lens_type_and_colour);
    for (const LensRow& row : lens_rows) {
        const auto command = static_cast<CommandId>(first + static_cast<std::size_t>(row.id));
        if (ImGui::MenuItem(std::string(row.name).c_str(), std::string(row.key).c_str(), state.lens == row.id,
                            view.session != nullptr))
            commands.push(command);
        if (ImGui::IsItemHovered()) text_tooltip(row.help);
    }
}

float lens_button_width(const View& view, std::string_view text) {
    return text_width(text) + arrow_width(view);
}

float lens_button(const View& view, const UiState& state, Commands& commands, const char* id, ImVec2 at,
                  std::string_view text) {
    const ImVec2 size = {lens_button_width(view, text), ImGui::GetFontSize()};
    ImGui::SetCursorScreenPos(at);
    if (ImGui::InvisibleButton(id, size)) ImGui::OpenPopup(id);
    const bool is_lit = ImGui::IsItemHovered() || ImGui::IsPopupOpen(id);
    if (ImGui::IsItemHovered()) text_tooltip(row_of(state.lens).help);
    const ImU32 colour = u32(is_lit ? view.palette->text : view.palette->text_dim);
    draw_text(at, colour, text);
    draw_arrow(ImGui::GetWindowDrawList(), Arrow::down,
               {at.x + size.x - arrow_width(view) / 2, std::round(at.y + size.y / 2)}, 8 * view.scale,
               colour);
    ImGui::SetNextWindowPos(at, ImGuiCond_Appearing,
                            {0, at.y > ImGui::GetMainViewport()->Size.y / 2 ? 1.0f : 0.0f});
    if (ImGui::BeginPopup(id)) {
        const FontScope font(fonts().text);
        lens_items(view, state, commands);
        if (is_pressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
        ImGui::EndPopup();
    }
    return size.x;
}

}  // namespace tricolour
