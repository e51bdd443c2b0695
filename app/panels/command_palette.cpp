// The command palette: one field over every command, the likeliest first, each with what it does and its
// key; what cannot be done now says why.
#include "app/model/command_choice.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tricolour {
namespace {

constexpr std::size_t most_recent = 12;
constexpr float padding = 14;  // at scale 1

class CommandPalette {
public:
    CommandPalette(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          own_(state.command_palette),
          commands_(commands),
          palette_(*view.palette),
          choices_(command_choices(view, state)) {}

    void draw() {
        find_matches();
        const ImVec2 screen = ImGui::GetMainViewport()->Size;
        const float most = std::round(std::min(560 * view_.scale, screen.y - scaled(64)));
        const ImVec2 size = {std::round(std::min(780 * view_.scale, screen.x - scaled(32))),
                             std::min(wished_height(), most)};
        const OverlayCard card(view_, "##commands", std::min(screen.y * 0.12f, screen.y - most - scaled(16)),
                               size, scaled(padding));
        draw_field();
        find_matches();
        take_keys();
        ImGui::Dummy({1, scaled(4)});
        if (matches_.empty())
            small_text(view_, "No command has '" + own_.typed + "' in its name or in what it does.");
        else
            draw_matches();
        if (card.is_dismissed()) close();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    float row_height() const { return std::round(size_of(fonts().text) + scaled(13)); }
    const CommandChoice& choice_of(const CommandMatch& match) const { return choices_[match.choice]; }

    void find_matches() {
        matches_ = matches_of(choices_, own_.typed, own_.recent);
        own_.chosen = matches_.empty() ? 0 : std::min(own_.chosen, matches_.size() - 1);
    }

    /// Of the card, so that the last match ends it.
    float wished_height() const {
        const ImGuiStyle& style = ImGui::GetStyle();
        const float field = size_of(fonts().large) + 2 * style.FramePadding.y;
        const auto rows = static_cast<float>(std::max<std::size_t>(matches_.size(), 1));
        return std::round(2 * scaled(padding) + field + 2 * style.ItemSpacing.y + scaled(4) +
                          rows * row_height());
    }

    void draw_field() {
        const FontScope large(fonts().large);
        ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
        if (std::exchange(own_.wants_focus, false)) ImGui::SetKeyboardFocusHere();
        const std::string before = own_.typed;
        text_field("##typed", "what to do: step, zoom, bookmark, save\xe2\x80\xa6", own_.typed);
        if (own_.typed == before) return;
        own_.chosen = 0;
        own_.wants_scroll = true;
    }

    void take_keys() {
        for (const std::string& key : std::exchange(state_.list_keys, {})) {
            if (key == "Enter" && !matches_.empty()) choose(own_.chosen);
            if (const auto row = row_after(key, own_.chosen, matches_.size())) {
                own_.chosen = *row;
                own_.wants_scroll = true;
            }
        }
    }

    void choose(std::size_t index) {
        const CommandChoice& choice = choice_of(matches_[index]);
        if (!choice.obstacle.empty()) return;
        std::erase(own_.recent, choice.name);
        own_.recent.insert(own_.recent.begin(), choice.name);
        if (own_.recent.size() > most_recent) own_.recent.resize(most_recent);
        commands_.push(choice.command);
        close();
    }

    void close() { own_.is_open = false; }

    void draw_matches() {
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
        if (ImGui::BeginChild("##matches")) {
            name_width_ = widest_name();
            bring_into_sight();
            ImGuiListClipper clipper;
            clipper.Begin(static_cast<int>(matches_.size()), row_height());
            while (clipper.Step())
                for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                    draw_match(static_cast<std::size_t>(i));
        }
        ImGui::EndChild();
        ImGui::PopStyleVar();
    }

    // The same whatever was typed, so that nothing jumps.
    float widest_name() const {
        const float most = ImGui::GetContentRegionAvail().x * 0.4f;
        float widest = 0;
        for (const CommandChoice& choice : choices_)
            widest = std::max(widest, width_of(choice.name, fonts().text));
        return std::min(widest, most);
    }

    void bring_into_sight() {
        if (!std::exchange(own_.wants_scroll, false)) return;
        const float top = static_cast<float>(own_.chosen) * row_height();
        const float sight = ImGui::GetScrollY(), room = ImGui::GetWindowHeight();
        if (top < sight) ImGui::SetScrollY(top);
        if (top + row_height() > sight + room) ImGui::SetScrollY(top + row_height() - room);
    }

    void draw_match(std::size_t index) {
        const CommandMatch& match = matches_[index];
        const CommandChoice& choice = choice_of(match);
        const bool is_possible = choice.obstacle.empty();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x;
        if (own_.chosen == index)
            ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + row_height()},
                                                      u32(palette_.panel_raised), scaled(4));
        ImGui::PushID(static_cast<int>(index));
        const bool is_clicked = ImGui::InvisibleButton("match", {width, row_height()});
        ImGui::PopID();
        const ImVec2 moved = ImGui::GetIO().MouseDelta;
        if (ImGui::IsItemHovered() && (moved.x != 0 || moved.y != 0)) own_.chosen = index;
        if (is_clicked) choose(index);

        const float left = at.x + scaled(10), right = at.x + width - scaled(10);
        const float alpha = is_possible ? 1 : 0.5f;
        draw_name(choice, match, {left, at.y + scaled(6)}, alpha);
        const FontScope small(fonts().small);
        const float small_y = std::round(at.y + (row_height() - ImGui::GetFontSize()) / 2);
        const float caps = draw_keys(choice, right, at.y, alpha);
        const float help_left = left + name_width_ + scaled(18);
        const float room = right - caps - scaled(12) - help_left;
        const std::string_view help = is_possible ? std::string_view(choice.help) : choice.obstacle;
        const std::string shown = elided(help, room);
        draw_text({help_left, small_y}, u32(palette_.text_dim, is_possible ? 1 : 0.85f), shown);
        if (ImGui::IsItemHovered() && shown.size() != help.size()) text_tooltip(help);
    }

    /// Returns the width of the caps.
    float draw_keys(const CommandChoice& choice, float right, float top, float alpha) const {
        if (choice.key.empty()) return 0;
        const float width = key_caps_width(choice.key, view_.scale);
        draw_key_caps(palette_,
                      {std::floor(right - width),
                       std::floor(top + (row_height() - ImGui::GetFontSize() - scaled(6)) / 2)},
                      choice.key, view_.scale, alpha);
        return width;
    }

    /// The letters that were typed stand out.
    void draw_name(const CommandChoice& choice, const CommandMatch& match, ImVec2 at, float alpha) const {
        const std::string shown = elided(choice.name, name_width_);
        draw_text(at, u32(palette_.text, alpha), shown);
        const std::size_t fitting = fitting_bytes(choice.name, name_width_);
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const float y = std::floor(at.y + ImGui::GetFontSize()) + 0.5f;
        for (const std::size_t letter : match.letters) {
            if (letter >= fitting) break;
            const float from = at.x + text_width(std::string_view(shown).substr(0, letter));
            const float to = at.x + text_width(std::string_view(shown).substr(0, letter + 1));
            list.AddLine({from, y}, {to, y}, u32(palette_.text, alpha), std::max(1.0f, 1.5f * view_.scale));
        }
        if (!match.is_recent || !own_.typed.empty()) return;
        list.AddCircleFilled({at.x - scaled(5), std::round(at.y + ImGui::GetFontSize() / 2)},
                             1.5f * view_.scale, u32(palette_.text_dim));
    }

    const View& view_;
    UiState& state_;
    CommandPaletteState& own_;
    Commands& commands_;
    const Palette& palette_;
    std::vector<CommandChoice> choices_;
    std::vector<CommandMatch> matches_;
    float name_width_ = 0;
};

}  // namespace

void draw_command_palette(const View& view, UiState& state, Commands& commands) {
    if (state.command_palette.is_open) CommandPalette(view, state, commands).draw();
}

}  // namespace tricolour
