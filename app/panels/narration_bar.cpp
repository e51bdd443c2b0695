// The current step in a sentence, large enough to be read from the back of a room.
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace tricolour {
namespace {

/// Returns the width it took.
float draw_pill(const View& view, ImVec2 at, float line_height) {
    if (view.phase.empty()) return 0;
    const FontScope small(fonts().small);
    const Palette& palette = *view.palette;
    const bool is_collecting = view.phase != "Mutator";
    const float height = std::round(ImGui::GetFontSize() + 8 * view.scale);
    const float width = std::round(text_width(view.phase) + 20 * view.scale);
    const float top = std::round(at.y + (line_height - height) / 2);
    const Rgba ground = is_collecting ? mixed(palette.panel, palette.band[1], .45f) : palette.panel_raised;
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, top}, {at.x + width, top + height}, u32(ground),
                                              height / 2);
    draw_text({at.x + 10 * view.scale, top + 4 * view.scale}, u32(palette.text), view.phase);
    return width + 12 * view.scale;
}

std::string second_text(const View& view) {
    if (!view.error.empty()) return view.error;
    if (!view.stop.empty()) return "Breakpoint: " + view.stop + ".";
    return view.said.empty() ? "" : "\xe2\x80\x9c" + view.said + "\xe2\x80\x9d";
}

void draw_second(const View& view, ImVec2 at, float width) {
    const std::string text = second_text(view);
    if (text.empty()) return;
    const Palette& palette = *view.palette;
    const float size = ImGui::GetFontSize();
    const bool is_error = !view.error.empty();
    float x = at.x;
    if (is_error) {
        draw_sign(ImGui::GetWindowDrawList(), Sign::error, {x + size / 2, std::round(at.y + size / 2)},
                  size * .9f, u32(palette.alarm));
        x += size * 1.4f;
    } else if (!view.stops.empty()) {
        const BreakpointMark mark = mark_of(palette, view.stops.front());
        draw_sign(ImGui::GetWindowDrawList(), mark.sign, {x + size / 2, std::round(at.y + size / 2)},
                  size * .8f, u32(mark.colour));
        x += size * 1.4f;
    }
    const std::string shown = elided(text, at.x + width - x);
    draw_text({x, at.y}, u32(is_error ? palette.alarm : palette.text_dim), shown);
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy({width, size});
    if (shown != text && ImGui::IsItemHovered()) text_tooltip(text);
}

std::string sentence_of(const View& view) {
    if (!view.narration.empty()) return view.narration;
    return view.session ? "" : "Open a trace to watch its heap, one step at a time.";
}

}  // namespace

void draw_narration(const View& view, UiState&, Commands&) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float second_height = ImGui::GetFontSize() + 4 * view.scale;
    float line_height = 0;
    std::size_t count = 0;
    {
        const FontScope large(fonts().large);
        line_height = std::round(ImGui::GetFontSize() * 1.3f);
        const std::string sentence = sentence_of(view);
        const bool has_second = !second_text(view).empty();
        const float room_for_lines = room.y - (has_second ? second_height : 0);
        const auto most = static_cast<std::size_t>(std::clamp(room_for_lines / line_height, 1.0f, 2.0f));
        const float left = draw_pill(view, at, line_height);
        const auto lines = wrapped(sentence, std::max(room.x - left, 1.0f), most);
        count = std::max<std::size_t>(lines.size(), 1);
        const float inset = (line_height - ImGui::GetFontSize()) / 2;
        for (std::size_t i = 0; i < lines.size(); ++i)
            draw_text({at.x + left, at.y + inset + static_cast<float>(i) * line_height},
                      u32(view.palette->text), lines[i]);
        const bool is_cut =
            !lines.empty() && lines.back().ends_with("\xe2\x80\xa6") && !sentence.ends_with("\xe2\x80\xa6");
        ImGui::SetCursorScreenPos(at);
        ImGui::Dummy({room.x, static_cast<float>(count) * line_height});
        if (is_cut && ImGui::IsItemHovered()) text_tooltip(sentence);
    }
    draw_second(view, {at.x, at.y + static_cast<float>(count) * line_height + 2 * view.scale}, room.x);
}

}  // namespace tricolour
