// The row that moves through the trace: play, speed, every rung back and forward, the position.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace tricolour {
namespace {

using heapcore::Rung;

struct RungRow {
    Rung rung;
    CommandId back, forward;
    const char* plural;
};
constexpr std::array rung_rows = {
    RungRow{Rung::step, CommandId::step_back, CommandId::step_forward, "steps"},
    RungRow{Rung::object, CommandId::object_back, CommandId::object_forward, "objects"},
    RungRow{Rung::phase, CommandId::phase_back, CommandId::phase_forward, "phases"},
    RungRow{Rung::operation, CommandId::operation_back, CommandId::operation_forward, "operations"},
    RungRow{Rung::collection, CommandId::collection_back, CommandId::collection_forward, "collections"},
    RungRow{Rung::bookmark, CommandId::bookmark_back, CommandId::bookmark_forward, "bookmarks"},
};
static_assert(rung_rows.size() == static_cast<std::size_t>(Rung::count_));

constexpr float fastest_exponent = 6;

/// How much of the row there is room for, most first.
enum class Detail : std::uint8_t { full, short_position, icons, no_slider, few, tiny };

struct Bar {
    const View& view;
    UiState& state;
    Commands& commands;
    float scale, height, gap;
    bool can_go_back, can_go_on;

    const Palette& palette() const { return *view.palette; }
    float button() const { return std::floor(height * 1.1f); }
    float chevron() const { return std::floor(height * .8f); }
};

std::string padded(const std::string& text, std::size_t length) {
    return text.size() >= length ? text : std::string(length - text.size(), ' ') + text;
}

/// The position in two parts. The first is as wide as it ever gets in this trace, the second has room
/// behind it, so that nothing jumps.
struct PositionText {
    std::string operation, step;
    std::size_t step_room;  ///< characters
};

PositionText position_text(const heapcore::Session& session) {
    const auto current = session.current_operation();
    const std::string total = count_text(session.trace().operations.size());
    const std::string number = count_text(current ? *current + 1 : 0);
    const std::string steps = count_text(session.current_step_count());
    const std::string step = padded(count_text(session.current_step_number()), steps.size());
    return {padded(number, total.size()) + "/" + total, step + "/" + steps,
            std::max<std::size_t>(2 * steps.size() + 1, 7)};
}

float position_width(const Bar& bar, Detail detail) {
    if (!bar.view.session || detail == Detail::tiny) return 0;
    const FontScope mono(fonts().mono);
    const PositionText text = position_text(*bar.view.session);
    const float words = detail == Detail::full ? text_width("operation  step ") : 0;
    return words + text_width(text.operation + " \xc2\xb7 " + std::string(text.step_room, '0'));
}

void draw_position(const Bar& bar, Detail detail, float right, float top) {
    if (!bar.view.session || detail == Detail::tiny) return;
    const float width = position_width(bar, detail);
    const FontScope mono(fonts().mono);
    const PositionText text = position_text(*bar.view.session);
    ImVec2 at = {right - width, top + (bar.height - ImGui::GetFontSize()) / 2};
    const auto add = [&](const std::string& part, const Rgba& colour) {
        draw_text(at, u32(colour), part);
        at.x += text_width(part);
    };
    if (detail == Detail::full) add("operation ", bar.palette().text_dim);
    add(text.operation, bar.palette().text);
    add(" \xc2\xb7 ", bar.palette().text_dim);
    if (detail == Detail::full) add("step ", bar.palette().text_dim);
    add(text.step, bar.palette().text);
    if (ImGui::IsMouseHoveringRect({right - width, top}, {right, top + bar.height}) &&
        ImGui::IsWindowHovered())
        text_tooltip(
            "operations carried out, of all in the trace \xc2\xb7 "
            "steps of the current operation carried out, of all it has");
}

/// A button that is an arrow. Draws no frame until it is hovered.
bool arrow_button(const Bar& bar, CommandId id, Arrow arrow, float width, bool is_enabled,
                  bool is_raised = false) {
    ImGui::PushID(static_cast<int>(id));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::BeginDisabled(!is_enabled);
    ImGui::PushButtonRepeat(true);
    const bool is_clicked = ImGui::InvisibleButton("##arrow", {width, bar.height});
    ImGui::PopButtonRepeat();
    ImGui::EndDisabled();
    ImGui::PopID();
    const bool is_hovered = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled);
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    const float rounding = ImGui::GetStyle().FrameRounding;
    const ImVec2 end = {at.x + width, at.y + bar.height};
    if (is_raised) draw->AddRectFilled(at, end, ImGui::GetColorU32(ImGuiCol_Button), rounding);
    if (is_hovered && is_enabled)
        draw->AddRectFilled(at, end, u32(bar.palette().text, ImGui::IsItemActive() ? .2f : .1f), rounding);
    const ImVec2 centre = {std::floor(at.x + width / 2), std::floor(at.y + bar.height / 2)};
    draw_arrow(draw, arrow, centre, bar.height * .44f, u32(bar.palette().text, is_enabled ? 1 : .3f));
    if (const auto step = tour_step_of(id)) point_out(bar.state, *step);
    if (is_hovered) command_tooltip(id);
    if (is_clicked) bar.commands.push(id);
    return is_clicked;
}

void play_button(const Bar& bar, PlayDirection direction) {
    const bool is_forward = direction == PlayDirection::forward;
    const bool is_playing = bar.state.playing == direction;
    const bool is_enabled = is_playing || (is_forward ? bar.can_go_on : bar.can_go_back);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (is_playing)
        ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + bar.button(), at.y + bar.height},
                                                  ImGui::GetColorU32(ImGuiCol_HeaderActive),
                                                  ImGui::GetStyle().FrameRounding);
    const Arrow arrow = is_playing ? Arrow::pause : is_forward ? Arrow::play : Arrow::play_back;
    arrow_button(bar, is_forward ? CommandId::play : CommandId::play_back, arrow, bar.button(), is_enabled,
                 !is_playing);
}

const char* plural_of(Rung rung) { return rung_rows[static_cast<std::size_t>(rung)].plural; }

std::string speed_text(double speed, Rung rung) {
    if (speed >= 1e6) return "as fast as it goes";
    const auto count = static_cast<std::uint64_t>(std::max(1.0, speed));
    const std::string unit = count == 1 ? std::string(heapcore::word_of(rung)) : plural_of(rung);
    return count_text(count) + " " + unit + "/s";
}

/// Two digits of a speed are enough for a hand on a slider.
std::uint64_t rounded_speed(double exponent) {
    if (exponent >= fastest_exponent) return 1'000'000;
    const double speed = std::pow(10, exponent);
    const double unit = std::pow(10, std::max(0.0, std::floor(exponent) - 1));
    return static_cast<std::uint64_t>(std::round(speed / unit) * unit);
}

float slider_width(const Bar& bar) { return text_width("99,999 collections/s") + 16 * bar.scale; }

void speed_slider(const Bar& bar, float width) {
    auto exponent = static_cast<float>(std::log10(std::clamp(bar.state.speed, 1.0, 1e6)));
    const std::string text = speed_text(bar.state.speed, bar.state.rung);
    ImGui::SetNextItemWidth(width);
    if (ImGui::SliderFloat("##speed", &exponent, 0, fastest_exponent, text.c_str(), ImGuiSliderFlags_NoInput))
        bar.commands.push(CommandId::set_speed, rounded_speed(static_cast<double>(exponent)));
    if (ImGui::IsItemHovered() && !ImGui::IsItemActive())
        text_tooltip("How fast it plays: from 1 a second to as fast as it goes.\nTwice as fast: +   half: -");
}

bool has_icon(std::string_view icon) {
    if (icon.size() != 3) return false;
    const auto byte = [icon](std::size_t i) { return static_cast<unsigned char>(icon[i]); };
    const unsigned code = (byte(0) & 0xfu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    return ImGui::GetFont()->FindGlyphNoFallback(static_cast<ImWchar>(code)) != nullptr;
}

std::string_view label_of(const RungRow& row, bool is_short) {
    const std::string_view icon = row_of(row.forward).icon;
    const std::string_view word = heapcore::word_of(row.rung);
    if (!is_short) return word;
    return has_icon(icon) ? icon : word.substr(0, 2);
}

float label_width(const Bar& bar, const RungRow& row, bool is_short) {
    return std::ceil(text_width(label_of(row, is_short)) + 8 * bar.scale);
}

float rung_width(const Bar& bar, const RungRow& row, bool is_short) {
    return 2 * bar.chevron() + label_width(bar, row, is_short);
}

/// "< step >": back, the unit that playing advances by, forward.
void rung_group(const Bar& bar, const RungRow& row, bool is_short) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = label_width(bar, row, is_short);
    const bool is_chosen = bar.state.rung == row.rung;
    const float rounding = ImGui::GetStyle().FrameRounding;
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(at, {at.x + rung_width(bar, row, is_short), at.y + bar.height},
                        ImGui::GetColorU32(ImGuiCol_Button), rounding);
    arrow_button(bar, row.back, Arrow::back, bar.chevron(), bar.can_go_back);
    ImGui::SameLine(0, 0);
    ImGui::PushID(static_cast<int>(row.rung));
    const ImVec2 label_at = ImGui::GetCursorScreenPos();
    const ImVec2 label_end = {label_at.x + width, label_at.y + bar.height};
    if (ImGui::InvisibleButton("##rung", {width, bar.height}))
        bar.commands.push(CommandId::set_rung, static_cast<std::uint64_t>(row.rung));
    const bool is_hovered = ImGui::IsItemHovered();
    ImGui::PopID();
    if (is_chosen) draw->AddRectFilled(label_at, label_end, ImGui::GetColorU32(ImGuiCol_HeaderActive));
    if (is_hovered) draw->AddRectFilled(label_at, label_end, u32(bar.palette().text, .1f));
    const std::string_view label = label_of(row, is_short);
    draw_text({label_at.x + (width - text_width(label)) / 2, at.y + (bar.height - ImGui::GetFontSize()) / 2},
              u32(is_chosen ? bar.palette().text : bar.palette().text_dim), label);
    if (is_hovered)
        text_tooltip(std::string("Play by ") + plural_of(row.rung) +
                     (is_chosen ? ": this is what playing advances by" : ""));
    ImGui::SameLine(0, 0);
    arrow_button(bar, row.forward, Arrow::forward, bar.chevron(), bar.can_go_on);
}

bool has_rungs(Detail detail) { return detail <= Detail::no_slider; }
bool has_slider(Detail detail) { return detail <= Detail::icons; }
bool has_menu(Detail detail) { return detail >= Detail::no_slider; }

float width_of(const Bar& bar, Detail detail) {
    float width = 4 * (bar.button() + 2 * bar.scale) + bar.gap;
    if (has_slider(detail)) width += slider_width(bar) + bar.gap;
    if (has_rungs(detail))
        for (const RungRow& row : rung_rows)
            width += rung_width(bar, row, detail >= Detail::icons) + 4 * bar.scale;
    else
        width += 2 * (bar.chevron() + 4 * bar.scale);
    if (has_menu(detail)) width += bar.button() + bar.gap;
    return width + bar.gap + position_width(bar, detail);
}

Detail detail_for(const Bar& bar, float width) {
    constexpr Detail most_first[] = {Detail::full, Detail::short_position, Detail::icons, Detail::no_slider,
                                     Detail::few};
    for (const Detail detail : most_first)
        if (width_of(bar, detail) <= width) return detail;
    return Detail::tiny;
}

void draw_menu(const Bar& bar) {
    if (ImGui::Button("\xe2\x80\xa6##more", {bar.button(), bar.height}))
        ImGui::OpenPopup("more of the transport");
    if (ImGui::IsItemHovered()) text_tooltip("Everything else: units, speed");
    if (!ImGui::BeginPopup("more of the transport")) return;
    speed_slider(bar, slider_width(bar));
    for (const RungRow& row : rung_rows) {
        const std::string label = std::string("Play by ") + row.plural;
        if (ImGui::MenuItem(label.c_str(), nullptr, bar.state.rung == row.rung))
            bar.commands.push(CommandId::set_rung, static_cast<std::uint64_t>(row.rung));
    }
    ImGui::Separator();
    for (const RungRow& row : rung_rows)
        for (const CommandId id : {row.back, row.forward}) {
            const CommandRow& command = row_of(id);
            if (ImGui::MenuItem(std::string(command.name).c_str(), std::string(command.key).c_str()))
                bar.commands.push(id);
        }
    if (is_pressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
}

void draw_play(const Bar& bar) {
    const float tight = 2 * bar.scale;
    arrow_button(bar, CommandId::to_start, Arrow::to_start, bar.button(), bar.can_go_back, true);
    ImGui::SameLine(0, tight);
    play_button(bar, PlayDirection::back);
    ImGui::SameLine(0, tight);
    play_button(bar, PlayDirection::forward);
    ImGui::SameLine(0, tight);
    arrow_button(bar, CommandId::to_end, Arrow::to_end, bar.button(), bar.can_go_on, true);
}

void draw_rungs(const Bar& bar, Detail detail) {
    if (has_rungs(detail)) {
        for (const RungRow& row : rung_rows) {
            ImGui::SameLine(0, row.rung == Rung::step ? bar.gap : 4 * bar.scale);
            rung_group(bar, row, detail >= Detail::icons);
        }
        return;
    }
    ImGui::SameLine(0, bar.gap);
    arrow_button(bar, CommandId::step_back, Arrow::back, bar.chevron(), bar.can_go_back, true);
    ImGui::SameLine(0, 4 * bar.scale);
    arrow_button(bar, CommandId::step_forward, Arrow::forward, bar.chevron(), bar.can_go_on, true);
}

}  // namespace

void draw_transport(const View& view, UiState& state, Commands& commands) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const Bar bar{view,
                  state,
                  commands,
                  view.scale,
                  ImGui::GetFrameHeight(),
                  12 * view.scale,
                  view.session && !view.session->is_at_start(),
                  view.session && !view.session->is_at_end()};
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + std::max(0.0f, std::floor((room.y - bar.height) / 2)));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Detail detail = detail_for(bar, room.x);
    draw_play(bar);
    if (has_slider(detail)) {
        ImGui::SameLine(0, bar.gap);
        speed_slider(bar, slider_width(bar));
    }
    draw_rungs(bar, detail);
    if (has_menu(detail)) {
        ImGui::SameLine(0, bar.gap);
        draw_menu(bar);
    }
    draw_position(bar, detail, at.x + room.x, at.y);
}

}  // namespace tricolour
