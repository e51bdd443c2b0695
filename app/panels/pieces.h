// Pieces that several panels are made of: text that is never cut off unseen, arrows drawn with
// lines so that they need no font, caps of keys.
#pragma once

#include "app/model/palette.h"
#include "app/model/view.h"
#include "app/style/signs.h"
#include "app/ui_state.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

namespace tricolour {

/// A font for as long as this lives.
class FontScope {
public:
    explicit FontScope(ImFont* font) { ImGui::PushFont(font); }
    ~FontScope() { ImGui::PopFont(); }
    FontScope(const FontScope&) = delete;
    FontScope& operator=(const FontScope&) = delete;
};

/// The look of a card that floats over the rest, for as long as this lives.
class CardStyle {
public:
    CardStyle(const View& view, const Rgba& border);
    ~CardStyle();
    CardStyle(const CardStyle&) = delete;
    CardStyle& operator=(const CardStyle&) = delete;
};

/// A window over the whole screen that dims what lies under it, and a card in it that what follows is drawn
/// into, for as long as this lives.
class OverlayCard {
public:
    /// `top`: of the card, pixels.
    OverlayCard(const View& view, const char* name, float top, ImVec2 size, float padding);
    ~OverlayCard();
    OverlayCard(const OverlayCard&) = delete;
    OverlayCard& operator=(const OverlayCard&) = delete;
    /// Whether a click beside the card, or Escape, asks for its end.
    bool is_dismissed() const;

private:
    ImVec2 corner_, end_;
    bool is_appearing_;
};

/// Where a key leads in a list of that many from the row chosen; none if it is no such key. One row beyond an
/// end is the other end.
std::optional<std::size_t> row_after(std::string_view key, std::optional<std::size_t> chosen,
                                     std::size_t rows);

bool is_pressed(ImGuiKey key, bool repeats = true);
bool is_enter_pressed();

float text_width(std::string_view text);
/// Bytes of the text that fit the width, all or with an ellipsis after them.
std::size_t fitting_bytes(std::string_view text, float width);
/// The text, its end replaced by an ellipsis where it is wider.
std::string elided(std::string_view text, float width);
/// The text on at most so many lines, broken at blanks, the last one elided.
std::vector<std::string> wrapped(std::string_view text, float width, std::size_t most_lines);
void draw_text(ImVec2 at, ImU32 colour, std::string_view text);
/// An item of one line, at most that wide; the whole text in a tooltip where it was elided.
void elided_text(std::string_view text, float width, const Rgba& colour);
/// A tooltip with a text that wraps.
void text_tooltip(std::string_view text);
/// A field for one line; its text may grow.
bool text_field(const char* id, const char* hint, std::string& text, ImGuiInputTextFlags flags = 0);
/// The empty state of a panel: what to do, dim, wrapped.
void empty_state(const Palette& palette, std::string_view text);

enum class Arrow : std::uint8_t { back, forward, to_start, to_end, play, play_back, pause, down };
void draw_arrow(ImDrawList* draw, Arrow arrow, ImVec2 centre, float size, ImU32 colour);

/// The keys of a command as caps: "Ctrl+Page Down".
float key_caps_width(std::string_view keys, float scale);
void draw_key_caps(const Palette& palette, ImVec2 at, std::string_view keys, float scale, float alpha = 1);

/// Says that this step of the tour points at the item drawn last.
void point_out(UiState& state, TourStep step);

/// What a breakpoint is marked with wherever it shows.
struct BreakpointMark {
    Sign sign;
    Rgba colour;
};
BreakpointMark mark_of(const Palette& palette, BreakpointId id);

/// A file's name or path as valid UTF-8 with nothing unprintable in it.
std::string printable(std::string_view text);

}  // namespace tricolour
