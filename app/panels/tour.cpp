// The tour's card: what to do, beside what it is done with, which is outlined.
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

namespace tricolour {
namespace {

constexpr float card_width = 320;  // at scale 1, inside
constexpr ImGuiWindowFlags card_flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                        ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                                        ImGuiWindowFlags_NoFocusOnAppearing;

enum class Side : std::uint8_t { below, above, left, right, inside };

/// Where the card lies, and on which side of what it points at.
struct CardPlace {
    ImVec2 corner;
    Side side;
};

bool is_covered(const UiState& state) {
    return state.is_file_dialog_open || state.is_save_dialog_open || state.is_help_open ||
           state.is_about_open || state.command_palette.is_open;
}

class Card {
public:
    Card(const View& view, UiState& state, Commands& commands, TourStep step)
        : view_(view),
          state_(state),
          commands_(commands),
          row_(row_of(step)),
          target_(state.tour.place(step)),
          width_(std::round(card_width * view.scale)) {
        lines_ = wrapped(row_.text, width_, 8);
    }

    void draw() {
        const ImVec2 size = {width_ + 2 * scaled(18), height()};
        const CardPlace place = place_for(size);
        if (target_.width > 0) outline_target();
        ImGui::SetNextWindowPos(place.corner);
        ImGui::SetNextWindowSize(size);
        const CardStyle style(view_, view_.palette->selection);
        if (ImGui::Begin("##tour", nullptr, card_flags)) {
            draw_head();
            for (const std::string& line : lines_)
                ImGui::TextUnformatted(line.c_str());
            draw_buttons();
            if (target_.width > 0) draw_notch(place, size);
        }
        ImGui::End();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    bool is_farewell() const { return row_.step == TourStep::farewell; }

    float height() const {
        const ImGuiStyle& style = ImGui::GetStyle();
        return 2 * scaled(14) + fonts().large->FontSize + 2 * scaled(8) + style.ItemSpacing.y +
               static_cast<float>(lines_.size()) * ImGui::GetTextLineHeightWithSpacing() +
               ImGui::GetFrameHeight();
    }

    // What it points at is not covered, unless that is large.
    CardPlace place_for(ImVec2 size) const {
        const ImGuiViewport& screen = *ImGui::GetMainViewport();
        const float gap = scaled(14), edge = scaled(8);
        const ImVec2 end = {screen.Pos.x + screen.Size.x, screen.Pos.y + screen.Size.y};
        const auto clamped = [&](float x, float y, Side side) {
            return CardPlace{{std::clamp(x, screen.Pos.x + edge, std::max(edge, end.x - size.x - edge)),
                              std::clamp(y, screen.Pos.y + edge, std::max(edge, end.y - size.y - edge))},
                             side};
        };
        if (target_.width <= 0) {
            const ScreenArea& map = state_.map_area;
            return clamped(map.x + map.width - size.x - gap, map.y + map.height - size.y - gap, Side::inside);
        }
        const float right = target_.x + target_.width, bottom = target_.y + target_.height;
        if (target_.width > 2 * size.x && target_.height > 2 * size.y)
            return clamped(right - size.x - 2 * gap, bottom - size.y - gap, Side::inside);
        const float x = target_.x + target_.width / 2 - size.x / 2;
        if (target_.x > end.x * 0.66f)
            return clamped(target_.x - gap - size.x, target_.y + target_.height / 2 - size.y / 2, Side::left);
        if (bottom + gap + size.y < end.y - edge) return clamped(x, bottom + gap, Side::below);
        if (target_.y - gap - size.y > edge) return clamped(x, target_.y - gap - size.y, Side::above);
        return clamped(right + gap, target_.y + target_.height / 2 - size.y / 2, Side::right);
    }

    void outline_target() const {
        const float room = target_.width > 2 * width_ ? -scaled(2) : scaled(3);
        ImGui::GetForegroundDrawList()->AddRect(
            {target_.x - room, target_.y - room},
            {target_.x + target_.width + room, target_.y + target_.height + room},
            u32(view_.palette->selection), scaled(5), 0, scaled(2));
    }

    void draw_notch(const CardPlace& place, ImVec2 size) const {
        if (place.side == Side::inside) return;
        const float reach = scaled(8), keep = scaled(14);
        const ImVec2 centre = {
            std::clamp(target_.x + target_.width / 2, place.corner.x + keep, place.corner.x + size.x - keep),
            std::clamp(target_.y + target_.height / 2, place.corner.y + keep,
                       place.corner.y + size.y - keep)};
        const float left = place.corner.x, right = left + size.x, top = place.corner.y, bottom = top + size.y;
        ImDrawList& list = *ImGui::GetForegroundDrawList();
        const ImU32 colour = u32(view_.palette->selection);
        switch (place.side) {
            case Side::below:
                list.AddTriangleFilled({centre.x - reach, top}, {centre.x + reach, top},
                                       {centre.x, top - reach}, colour);
                break;
            case Side::above:
                list.AddTriangleFilled({centre.x - reach, bottom}, {centre.x + reach, bottom},
                                       {centre.x, bottom + reach}, colour);
                break;
            case Side::left:
                list.AddTriangleFilled({right, centre.y - reach}, {right, centre.y + reach},
                                       {right + reach, centre.y}, colour);
                break;
            case Side::right:
                list.AddTriangleFilled({left, centre.y - reach}, {left, centre.y + reach},
                                       {left - reach, centre.y}, colour);
                break;
            case Side::inside: break;
        }
    }

    void draw_head() const {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        {
            const FontScope font(fonts().large);
            elided_text(row_.title, width_, view_.palette->text);
        }
        if (row_.command) {
            const FontScope font(fonts().small);
            const std::string_view keys = tricolour::row_of(*row_.command).key;
            draw_key_caps(*view_.palette, {at.x + width_ - key_caps_width(keys, view_.scale), at.y}, keys,
                          view_.scale);
        }
        ImGui::Dummy({1, scaled(8) - ImGui::GetStyle().ItemSpacing.y});
    }

    void draw_buttons() const {
        ImGui::Dummy({1, scaled(8) - ImGui::GetStyle().ItemSpacing.y});
        const ImVec2 at = ImGui::GetCursorScreenPos();
        draw_dots({at.x, at.y + ImGui::GetFrameHeight() / 2});
        const float gap = scaled(8);
        float x = at.x + width_;
        const auto button = [&](const char* label, CommandId id) {
            x -= text_width(label) + 2 * ImGui::GetStyle().FramePadding.x;
            ImGui::SetCursorScreenPos({x, at.y});
            if (ImGui::Button(label)) commands_.push(id);
            if (ImGui::IsItemHovered()) command_tooltip(id);
            x -= gap;
        };
        if (is_farewell()) return button("Done", CommandId::tour);
        button("Skip", CommandId::skip_tour_step);
        button("End the tour", CommandId::tour);
    }

    // One for each step, filled as far as it got.
    void draw_dots(ImVec2 at) const {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const float radius = std::max(2.0f, 2.5f * view_.scale);
        for (std::size_t i = 0; i < Tour::length; ++i) {
            const ImVec2 centre = {at.x + radius + static_cast<float>(i) * 3.4f * radius, at.y};
            const auto here = static_cast<std::size_t>(row_.step);
            if (i < here)
                list.AddCircleFilled(centre, radius, u32(view_.palette->text_dim));
            else if (i == here)
                list.AddCircleFilled(centre, radius * 1.3f, u32(view_.palette->selection));
            else
                list.AddCircle(centre, radius, u32(view_.palette->text_dim));
        }
    }

    const View& view_;
    UiState& state_;
    Commands& commands_;
    const TourRow& row_;
    ScreenArea target_;
    float width_;
    std::vector<std::string> lines_;
};

}  // namespace

void draw_tour(const View& view, UiState& state, Commands& commands) {
    const auto step = state.tour.tour.step();
    if (!step || is_covered(state)) return;
    Card(view, state, commands, *step).draw();
}

}  // namespace tricolour
