#include "app/panels/pieces.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tricolour {
namespace {

constexpr std::string_view ellipsis = "\xe2\x80\xa6";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t character_start(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && is_continuation(text[at]))
        --at;
    return at;
}

/// Most bytes, up to whole characters, that are no wider.
std::size_t most_bytes(std::string_view text, float width) {
    std::size_t fits = 0, beyond = text.size();
    while (beyond - fits > 1) {
        const std::size_t middle = fits + (beyond - fits) / 2;
        if (text_width(text.substr(0, character_start(text, middle))) <= width)
            fits = middle;
        else
            beyond = middle;
    }
    return character_start(text, fits);
}

std::vector<std::string_view> keys_of(std::string_view keys) {
    std::vector<std::string_view> parts;
    std::size_t first = 0;
    for (std::size_t i = 0; i <= keys.size(); ++i) {
        const bool is_end = i == keys.size() || (keys[i] == '+' && i > first);
        if (!is_end) continue;
        if (i > first) parts.push_back(keys.substr(first, i - first));
        first = i + 1;
    }
    return parts;
}

float cap_width(std::string_view key, float scale) {
    return std::max(text_width(key) + 10 * scale, ImGui::GetFontSize() + 6 * scale);
}

int resize(ImGuiInputTextCallbackData* data) {
    auto& text = *static_cast<std::string*>(data->UserData);
    if (data->EventFlag == ImGuiInputTextFlags_CallbackResize) {
        text.resize(static_cast<std::size_t>(data->BufTextLen));
        data->Buf = text.data();
    }
    return 0;
}

/// Length of the UTF-8 character that begins at `at`, 0 if it is none or a control character.
std::size_t character_length(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) return lead < 0x20 || lead == 0x7f ? 0 : 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_continuation(text[at + i])) return 0;
    return length;
}

}  // namespace

CardStyle::CardStyle(const View& view, const Rgba& border) {
    const auto colour = [](const Rgba& c) { return ImVec4{c.red, c.green, c.blue, c.alpha}; };
    ImGui::PushStyleColor(ImGuiCol_WindowBg, colour(view.palette->panel));
    ImGui::PushStyleColor(ImGuiCol_PopupBg, colour(view.palette->panel));
    ImGui::PushStyleColor(ImGuiCol_Border, colour(border));
    for (const ImGuiStyleVar rounding : {ImGuiStyleVar_WindowRounding, ImGuiStyleVar_PopupRounding})
        ImGui::PushStyleVar(rounding, 8 * view.scale);
    for (const ImGuiStyleVar width : {ImGuiStyleVar_WindowBorderSize, ImGuiStyleVar_PopupBorderSize})
        ImGui::PushStyleVar(width, std::max(1.0f, view.scale));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {18 * view.scale, 14 * view.scale});
}

CardStyle::~CardStyle() {
    ImGui::PopStyleVar(5);
    ImGui::PopStyleColor(3);
}

OverlayCard::OverlayCard(const View& view, const char* name, float top, ImVec2 size, float padding) {
    const auto colour = [](const Rgba& c, float alpha) { return ImVec4{c.red, c.green, c.blue, alpha}; };
    const ImGuiViewport& screen = *ImGui::GetMainViewport();
    ImGui::SetNextWindowPos(screen.Pos);
    ImGui::SetNextWindowSize(screen.Size);
    ImGui::PushStyleColor(ImGuiCol_WindowBg,
                          colour(mixed(view.palette->window, view.palette->header_black, .6f), .72f));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                       ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse;
    ImGui::SetNextWindowFocus();
    ImGui::Begin(name, nullptr, flags);
    is_appearing_ = ImGui::IsWindowAppearing();
    ImGui::SetCursorPos({std::floor((screen.Size.x - size.x) / 2), std::floor(top)});
    corner_ = ImGui::GetCursorScreenPos();
    end_ = {corner_.x + size.x, corner_.y + size.y};
    ImGui::PushStyleColor(ImGuiCol_ChildBg, colour(view.palette->panel, view.palette->panel.alpha));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {padding, padding});
    ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, 8 * view.scale);
    ImGui::BeginChild("##card", size, true, ImGuiWindowFlags_AlwaysUseWindowPadding);
}

OverlayCard::~OverlayCard() {
    ImGui::EndChild();
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor();
    ImGui::End();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
}

bool OverlayCard::is_dismissed() const {
    const bool is_clicked = ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !is_appearing_;
    return is_pressed(ImGuiKey_Escape, false) ||
           (is_clicked && !ImGui::IsMouseHoveringRect(corner_, end_, false));
}

std::optional<std::size_t> row_after(std::string_view key, std::optional<std::size_t> chosen,
                                     std::size_t rows) {
    constexpr std::size_t page = 10;
    if (rows == 0) return std::nullopt;
    const std::size_t last = rows - 1;
    if (key == "Down") return chosen && *chosen < last ? *chosen + 1 : 0;
    if (key == "Up") return chosen && *chosen > 0 ? *chosen - 1 : last;
    if (key == "Page Down") return std::min(chosen.value_or(0) + page, last);
    if (key == "Page Up") return chosen.value_or(0) - std::min(chosen.value_or(0), page);
    return std::nullopt;
}

bool is_pressed(ImGuiKey key, bool repeats) {
#if IMGUI_VERSION_NUM < 18700
    return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), repeats);
#else
    return ImGui::IsKeyPressed(key, repeats);
#endif
}

bool is_enter_pressed() {
#if IMGUI_VERSION_NUM < 18700
    return is_pressed(ImGuiKey_Enter, false) || is_pressed(ImGuiKey_KeyPadEnter, false);
#else
    return is_pressed(ImGuiKey_Enter, false) || is_pressed(ImGuiKey_KeypadEnter, false);
#endif
}

float text_width(std::string_view text) {
    return text.empty() ? 0 : ImGui::CalcTextSize(text.data(), text.data() + text.size()).x;
}

std::size_t fitting_bytes(std::string_view text, float width) {
    if (text_width(text) <= width) return text.size();
    return most_bytes(text, std::max(0.0f, width - text_width(ellipsis)));
}

std::string elided(std::string_view text, float width) {
    const std::size_t bytes = fitting_bytes(text, width);
    if (bytes == text.size()) return std::string(text);
    std::string_view kept = text.substr(0, bytes);
    while (kept.ends_with(ellipsis))
        kept.remove_suffix(ellipsis.size());  // elided before
    return std::string(kept) + std::string(ellipsis);
}

std::vector<std::string> wrapped(std::string_view text, float width, std::size_t most_lines) {
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < most_lines) {
        const bool is_last = lines.size() + 1 == most_lines;
        if (is_last || text_width(text) <= width) {
            lines.push_back(elided(text, width));
            break;
        }
        const std::size_t most = std::max<std::size_t>(most_bytes(text, width), 1);
        std::size_t end = text.rfind(' ', most);
        if (end == std::string_view::npos || end == 0) end = most;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
        while (!text.empty() && text.front() == ' ')
            text.remove_prefix(1);
    }
    return lines;
}

void draw_text(ImVec2 at, ImU32 colour, std::string_view text) {
    const ImVec2 whole = {std::floor(at.x), std::floor(at.y)};
    if (!text.empty())
        ImGui::GetWindowDrawList()->AddText(whole, colour, text.data(), text.data() + text.size());
}

void elided_text(std::string_view text, float width, const Rgba& colour) {
    const std::string shown = elided(text, width);
    ImGui::PushStyleColor(ImGuiCol_Text, ImVec4{colour.red, colour.green, colour.blue, colour.alpha});
    ImGui::TextUnformatted(shown.data(), shown.data() + shown.size());
    ImGui::PopStyleColor();
    if (shown.size() != text.size() && ImGui::IsItemHovered()) text_tooltip(text);
}

bool text_field(const char* id, const char* hint, std::string& text, ImGuiInputTextFlags flags) {
    return ImGui::InputTextWithHint(id, hint, text.data(), text.capacity() + 1,
                                    flags | ImGuiInputTextFlags_CallbackResize, resize, &text);
}

void text_tooltip(std::string_view text) {
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(ImGui::GetFontSize() * 36);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
}

void empty_state(const Palette& palette, std::string_view text) {
    ImGui::PushStyleColor(ImGuiCol_Text, ImVec4{palette.text_dim.red, palette.text_dim.green,
                                                palette.text_dim.blue, palette.text_dim.alpha});
    ImGui::PushTextWrapPos(0);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
}

void draw_arrow(ImDrawList* draw, Arrow arrow, ImVec2 centre, float size, ImU32 colour) {
    const float x = centre.x, y = centre.y, r = size / 2;
    const float line = std::max(1.0f, size / 7);
    const auto chevron = [&](float tip, float direction) {
        const ImVec2 points[] = {
            {tip - direction * r * .8f, y - r * .8f}, {tip, y}, {tip - direction * r * .8f, y + r * .8f}};
        draw->AddPolyline(points, 3, colour, 0, line);
    };
    const auto bar = [&](float at, float width) {
        draw->AddRectFilled({at - width / 2, y - r * .85f}, {at + width / 2, y + r * .85f}, colour);
    };
    const auto triangle = [&](float direction) {  // clockwise, or its edge is not smoothed
        const float tip = x + direction * r * .95f, back = x - direction * r * .7f;
        draw->AddTriangleFilled({tip, y}, {back, y + direction * r}, {back, y - direction * r}, colour);
    };
    switch (arrow) {
        case Arrow::back: chevron(x - r * .4f, -1); break;
        case Arrow::forward: chevron(x + r * .4f, 1); break;
        case Arrow::to_start:
            bar(x - r * .75f, line * 1.2f);
            chevron(x - r * .25f, -1);
            break;
        case Arrow::to_end:
            bar(x + r * .75f, line * 1.2f);
            chevron(x + r * .25f, 1);
            break;
        case Arrow::play: triangle(1); break;
        case Arrow::play_back: triangle(-1); break;
        case Arrow::pause:
            bar(x - r * .45f, r * .55f);
            bar(x + r * .45f, r * .55f);
            break;
        case Arrow::down: {
            const ImVec2 points[] = {
                {x - r * .6f, y - r * .3f}, {x, y + r * .3f}, {x + r * .6f, y - r * .3f}};
            draw->AddPolyline(points, 3, colour, 0, line);
            break;
        }
    }
}

float key_caps_width(std::string_view keys, float scale) {
    float width = 0;
    for (const std::string_view key : keys_of(keys))
        width += cap_width(key, scale) + 3 * scale;
    return std::max(0.0f, width - 3 * scale);
}

void draw_key_caps(const Palette& palette, ImVec2 at, std::string_view keys, float scale, float alpha) {
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    const auto colour = [alpha](const Rgba& c) {
        return ImGui::ColorConvertFloat4ToU32({c.red, c.green, c.blue, c.alpha * alpha});
    };
    const float height = ImGui::GetFontSize() + 5 * scale;
    for (const std::string_view key : keys_of(keys)) {
        const float width = cap_width(key, scale);
        const float rounding = 3 * scale;
        draw->AddRectFilled({at.x, at.y + 1.5f * scale}, {at.x + width, at.y + height + 1.5f * scale},
                            colour(mixed(palette.border, palette.window, .3f)), rounding);
        draw->AddRectFilled(at, {at.x + width, at.y + height}, colour(palette.panel_raised), rounding);
        draw->AddRect(at, {at.x + width, at.y + height}, colour(palette.border), rounding, 0,
                      std::max(1.0f, scale));
        draw_text({at.x + (width - text_width(key)) / 2, at.y + 2 * scale}, colour(palette.text), key);
        at.x += width + 3 * scale;
    }
}

void point_out(UiState& state, TourStep step) {
    const ImVec2 low = ImGui::GetItemRectMin(), size = ImGui::GetItemRectSize();
    state.tour.place(step) = {low.x, low.y, size.x, size.y};
}

BreakpointMark mark_of(const Palette& palette, BreakpointId id) {
    constexpr std::array signs = {Sign::diamond, Sign::disc, Sign::square, Sign::wedge};
    const std::size_t turn = (id - 1) / signs.size();
    return {signs[(id - 1) % signs.size()], palette.breakpoint[(id - 1 + turn) % palette.breakpoint.size()]};
}

std::string printable(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text, at);
        if (length == 0) {
            result += "\xc2\xb7";
            ++at;
        } else {
            result += text.substr(at, length);
            at += length;
        }
    }
    return result;
}

}  // namespace tricolour
