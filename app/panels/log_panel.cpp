// The log, newest line last; it follows while it is scrolled to its end.
#include "app/model/trace_view.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace tricolour {
namespace {

constexpr std::array<const char*, 4> level_words = {"debug", "info", "warning", "error"};

Rgba colour_of(const Palette& palette, LogLine::Level level) {
    switch (level) {
        case LogLine::Level::debug: return palette.text_dim;
        case LogLine::Level::info: return palette.text;
        case LogLine::Level::warning: return mixed(palette.text, palette.alarm, .45f);
        case LogLine::Level::error: return palette.alarm;
    }
    return palette.text;
}

std::vector<const LogLine*> shown_lines(const std::deque<LogLine>& log, int least_level) {
    std::vector<const LogLine*> lines;
    for (const LogLine& line : log)
        if (static_cast<int>(line.level) >= least_level) lines.push_back(&line);
    return lines;
}

std::string text_of(const LogLine& line) {
    return line.time + "  " + level_words[static_cast<std::size_t>(line.level)] + "  " + line.text;
}

void copy(const std::vector<const LogLine*>& lines) {
    std::string text;
    for (const LogLine* line : lines)
        text += text_of(*line) + "\n";
    ImGui::SetClipboardText(text.c_str());
}

void draw_tools(const View& view, LogPanelState& own, const std::vector<const LogLine*>& lines) {
    ImGui::SetNextItemWidth(text_width("warning and worse") + 40 * view.scale);
    const std::array<const char*, 4> choices = {"everything", "info and worse", "warning and worse",
                                                "errors"};
    ImGui::Combo("##level", &own.least_level, choices.data(), static_cast<int>(choices.size()));
    ImGui::SameLine();
    if (ImGui::Button("Copy")) copy(lines);
    if (ImGui::IsItemHovered()) text_tooltip("Copies the lines shown");
    if (own.follows) return;
    ImGui::SameLine();
    if (ImGui::Button("To the newest")) own.follows = true;
}

void draw_line(const View& view, const LogLine& line) {
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleColor(ImGuiCol_Text, vec4(view.palette->text_dim));
    ImGui::TextUnformatted(line.time.c_str());
    ImGui::PopStyleColor();
    const float time_width = text_width("00:00:00.000  ");
    ImGui::SameLine(time_width);
    elided_text(row_text(line.text), width - time_width, colour_of(*view.palette, line.level));
}

}  // namespace

void draw_log(const View& view, UiState& state, Commands&) {
    panel_title("Log");
    if (!view.log || view.log->empty()) return empty_state(*view.palette, "Nothing has been logged yet.");
    LogPanelState& own = state.log_panel;
    const auto lines = shown_lines(*view.log, own.least_level);
    draw_tools(view, own, lines);
    const FontScope mono(fonts().mono_small);
    if (ImGui::BeginChild("##lines")) {
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(lines.size()));
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_line(view, *lines[static_cast<std::size_t>(i)]);
        const bool is_scrolled_up = ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel > 0;
        if (is_scrolled_up) own.follows = false;
        if (ImGui::GetScrollY() >= ImGui::GetScrollMaxY() && ImGui::GetIO().MouseWheel < 0)
            own.follows = true;
        if (own.follows) ImGui::SetScrollHereY(1);
    }
    ImGui::EndChild();
}

}  // namespace tricolour
