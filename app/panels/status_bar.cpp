// The last row: the heap's figures, what was just done or could not be, and which trace this is.
#include "app/model/narration.h"
#include "app/model/timeline.h"
#include "app/panels/lens_choice.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tricolour {
namespace {

constexpr const char* separator = " \xc2\xb7 ";

std::vector<std::string> figures_text(const heapcore::Session& session) {
    const heapcore::Heap& heap = session.heap();
    const HeapFigures figures = figures_of(heap);
    const std::uint64_t chunks = heap.get(heapcore::Register::chunks);
    const auto percent = static_cast<std::uint64_t>(std::lround(figures.fragmentation() * 100));
    return {bytes_text(figures.heap_bytes),
            std::to_string(heap.settings().word_bytes) + "-byte words",
            count_text(chunks) + (chunks == 1 ? " chunk" : " chunks"),
            bytes_text(figures.used_bytes()) + " used",
            "largest free " + bytes_text(figures.largest_free_bytes),
            "fragmentation " + std::to_string(percent) + "%"};
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : separator) + part;
    return text;
}

bool has_message(const View& view, const UiState& state) {
    return !state.message.empty() && view.time < state.message_until;
}

struct RightSide {
    std::string text;
    bool is_alarm = false, is_dim = true;
};

std::vector<RightSide> right_side(const View& view, const UiState& state) {
    std::vector<RightSide> parts;
    if (has_message(view, state)) parts.push_back({state.message, state.is_message_alarm, false});
    if (view.session) parts.push_back({view.title, false, false});
    return parts;
}

/// An unsaved trace has a dot before its name. Returns the place where the right side begins.
float draw_right(const View& view, const UiState& state, ImVec2 at, float width) {
    const Palette& palette = *view.palette;
    const auto parts = right_side(view, state);
    float right = at.x + width;
    const float most = width * (parts.size() > 1 ? .32f : .6f);
    for (std::size_t i = parts.size(); i-- > 0;) {
        const std::string shown = elided(parts[i].text, most);
        right -= text_width(shown);
        const Rgba& colour = parts[i].is_alarm ? palette.alarm
                             : parts[i].is_dim ? palette.text_dim
                                               : palette.text;
        draw_text({right, at.y}, u32(colour), shown);
        const ImVec2 corner = {right, at.y}, end = {right + text_width(shown), at.y + ImGui::GetFontSize()};
        const bool is_hovered = ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(corner, end);
        const bool is_title = i + 1 == parts.size() && view.session;
        if (is_title && view.is_changed) {
            const float radius = 3.5f * view.scale;
            right -= 2 * radius + 5 * view.scale;
            ImGui::GetWindowDrawList()->AddCircleFilled(
                {right + radius, std::floor(at.y + ImGui::GetFontSize() / 2)}, radius, u32(palette.text));
        }
        if (is_hovered && is_title)
            text_tooltip((view.path.empty() ? view.title : printable(view.path)) +
                         (view.is_changed ? "\nHolds operations that were typed in and are not saved." : ""));
        else if (is_hovered && shown != parts[i].text)
            text_tooltip(parts[i].text);
        right -= 20 * view.scale;
    }
    return right;
}

/// How many violations there are; a click shows them. Returns the place where it begins.
float draw_violations(const View& view, UiState& state, Commands& commands, ImVec2 at, float right) {
    const std::string text = view.violations->count_text();
    if (text.empty()) return right;
    const float sign = std::round(ImGui::GetFontSize() * .9f), gap = std::round(5 * view.scale);
    const float left = right - text_width(text) - sign - gap;
    const ImU32 colour = u32(view.palette->alarm);
    draw_sign(ImGui::GetWindowDrawList(), Sign::error,
              {left + sign / 2, std::round(at.y + ImGui::GetFontSize() / 2)}, sign, colour);
    draw_text({left + sign + gap, at.y}, colour, text);
    ImGui::SetCursorScreenPos({left, at.y});
    const bool is_clicked = ImGui::InvisibleButton("violations", {right - left, ImGui::GetFontSize()});
    if (ImGui::IsItemHovered()) command_tooltip(CommandId::toggle_violations);
    if (is_clicked && !state.shows(LowerTab::violations)) commands.push(CommandId::toggle_violations);
    return left - 20 * view.scale;
}

}  // namespace

void draw_status(const View& view, UiState& state, Commands& commands) {
    const FontScope small(fonts().small);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    ImVec2 at = ImGui::GetCursorScreenPos();
    at.y += std::max(0.0f, std::floor((room.y - ImGui::GetFontSize()) / 2));
    float right = draw_right(view, state, at, room.x);
    if (view.session && !has_message(view, state)) {
        const std::string lens = "lens: " + word_of(state.lens);
        right -= lens_button_width(view, lens);
        const float width = lens_button(view, state, commands, "lens of the status bar", {right, at.y}, lens);
        if (ScreenArea& place = state.tour.place(TourStep::lens); place.width == 0)
            place = {right, at.y, width, ImGui::GetFontSize()};
        right -= 20 * view.scale;
    }
    right = draw_violations(view, state, commands, at, right);
    ImGui::SetCursorScreenPos(at);
    const std::string text = view.session ? joined(figures_text(*view.session)) : "no trace open";
    elided_text(text, std::max(right - at.x, 1.0f), view.palette->text_dim);
}

}  // namespace tricolour
