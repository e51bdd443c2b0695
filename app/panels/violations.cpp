// Violations: what an audit found at the position, a row for each; and the tabs of the place that they share
// with the roots and the breakpoints.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace tricolour {
namespace {

constexpr float row_padding = 5;       // at scale 1, above and below
constexpr std::size_t most_lines = 3;  // of a sentence

class ViolationList {
public:
    ViolationList(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          own_(state.violations),
          commands_(commands),
          palette_(*view.palette),
          violations_(*view.violations) {}

    void draw() {
        if (violations_.rows().empty()) return draw_empty();
        if (const std::string text = violations_.state_text(); !text.empty()) {
            small_text(view_, text);
            ImGui::Dummy({1, scaled(4)});
        }
        const auto count = static_cast<int>(violations_.count());
        sentence_lines_ = lines_of_longest();
        bring_into_sight();
        ImGuiListClipper clipper;
        clipper.Begin(count, row_height());
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_row(static_cast<std::size_t>(i));
        if (violations_.is_cut()) small_text(view_, "There may be more: no further ones are looked for.");
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    float line_height() const { return size_of(fonts().small) + scaled(3); }
    float row_height() const {
        return std::round(static_cast<float>(1 + sentence_lines_) * line_height() + 2 * scaled(row_padding));
    }

    float text_left() const { return scaled(8) + sign_size() + scaled(7); }
    float sign_size() const { return scaled(12); }

    // All rows are as high as the one with most to say.
    std::size_t lines_of_longest() const {
        const FontScope scope(fonts().small);
        const auto longest = std::ranges::max_element(violations_.rows(), {},
                                                      [](const auto& row) { return row.sentence.size(); });
        return wrapped(longest->sentence, ImGui::GetContentRegionAvail().x - text_left(), most_lines).size();
    }

    void draw_empty() const {
        small_text(view_, violations_.state_text(), Tone::plain);
        if (violations_.state() != Violations::State::current) return;
        ImGui::Dummy({1, scaled(4)});
        small_text(view_,
                   "Looked at: chunks and their bits, the free list, counts, root stacks, the collector's "
                   "state and colours, references, classes: " +
                       std::to_string(heapcore::violation_rows().size()) + " kinds of violation.");
    }

    void bring_into_sight() {
        if (!own_.wants_scroll || !own_.chosen) return;
        own_.wants_scroll = false;
        const float top = ImGui::GetCursorPosY() + static_cast<float>(*own_.chosen) * row_height();
        const float sight = ImGui::GetScrollY(), room = ImGui::GetWindowHeight();
        if (top < sight || top + row_height() > sight + room)
            ImGui::SetScrollY(std::max(0.0f, top - (room - row_height()) / 2));
    }

    bool is_chosen(std::size_t index) const {
        const ViolationText& row = violations_.rows()[index];
        return row.chunk ? view_.selected == row.chunk : own_.chosen == index;
    }

    void draw_row(std::size_t index) {
        const ViolationText& row = violations_.rows()[index];
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x;
        RowCanvas canvas(view_, state_, commands_, static_cast<int>(index), row_height(), row.chunk, true);
        if (canvas.is_clicked()) own_.chosen = index;
        if (canvas.is_hovered() && row.chunk && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
            commands_.push(CommandId::fit_selection);

        ImDrawList& list = *ImGui::GetWindowDrawList();
        if (is_chosen(index))
            list.AddRectFilled({at.x, at.y + scaled(3)}, {at.x + scaled(2), at.y + row_height() - scaled(3)},
                               u32(palette_.selection));
        const float sign = sign_size(), left = at.x + scaled(8), text = at.x + text_left();
        float y = at.y + scaled(row_padding);
        draw_sign(&list, Sign::error, {left + sign / 2, std::round(y + size_of(fonts().small) / 2)}, sign,
                  u32(palette_.alarm));
        const FontScope scope(fonts().small);
        const std::string subject = elided(row.subject, at.x + width - text);
        draw_text({text, y}, u32(palette_.text), subject);
        const auto lines = wrapped(row.sentence, at.x + width - text, sentence_lines_);
        for (const std::string& line : lines) {
            y += line_height();
            draw_text({text, y}, u32(palette_.text_dim), line);
        }
        list.AddLine({text, at.y + row_height() - 0.5f}, {at.x + width, at.y + row_height() - 0.5f},
                     u32(palette_.border));
        if (canvas.is_hovered()) text_tooltip(row.sentence + "\n" + row.meaning);
    }

    const View& view_;
    UiState& state_;
    ViolationsState& own_;
    Commands& commands_;
    const Palette& palette_;
    const Violations& violations_;
    std::size_t sentence_lines_ = most_lines;
};

}  // namespace

void draw_lower_tabs(const View& view, UiState& state, Commands&) {
    struct Tab {
        LowerTab tab;
        const char* title;
        const char* short_title;  ///< where the titles do not fit beside each other
    };
    constexpr std::array tabs = {Tab{LowerTab::roots, "Roots", "Roots"}, Tab{LowerTab::why, "Why", "Why"},
                                 Tab{LowerTab::violations, "Violations", "Faults"},
                                 Tab{LowerTab::breakpoints, "Breakpoints", "Stops"},
                                 Tab{LowerTab::differences, "Changes", "Diff"}};
    static_assert(tabs.size() == static_cast<std::size_t>(LowerTab::count_));
    const std::uint64_t count = view.violations->count();
    const std::string number = count_text(count) + (view.violations->is_cut() ? "+" : "");
    const float near = std::round(4 * view.scale), least = std::round(7 * view.scale);
    const auto room_between = [&](bool is_short) {
        float wanted = count == 0 ? 0 : width_of(number, fonts().small) + near;
        for (const Tab& tab : tabs)
            wanted += panel_tab_width(is_short ? tab.short_title : tab.title);
        return std::floor((ImGui::GetContentRegionAvail().x - wanted) / static_cast<float>(tabs.size() - 1));
    };
    const bool is_short = room_between(false) < least;
    const float between = std::clamp(room_between(is_short), least, std::round(12 * view.scale));
    for (const Tab& tab : tabs) {
        if (tab.tab != tabs.front().tab) ImGui::SameLine(0, between);
        if (panel_tab(is_short ? tab.short_title : tab.title, state.lower_tab == tab.tab))
            state.lower_tab = tab.tab;
        if (is_short && tab.title != tab.short_title && ImGui::IsItemHovered()) text_tooltip(tab.title);
        if (tab.tab == LowerTab::why) point_out(state, TourStep::why);
        if (tab.tab != LowerTab::violations || count == 0) continue;
        ImGui::SameLine(0, near);
        const FontScope scope(fonts().small);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({text_width(number), 1});
        draw_text(at, u32(view.palette->alarm), number);
    }
}

void draw_violations(const View& view, UiState& state, Commands& commands) {
    if (!view.session) return empty_state(*view.palette, view.violations->state_text());
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    ViolationList(view, state, commands).draw();
    ImGui::PopStyleVar();
}

}  // namespace tricolour
