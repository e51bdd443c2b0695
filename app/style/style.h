// How panels look: fonts, spacing, small widgets that several panels share.
#pragma once

#include "app/commands.h"
#include "app/model/palette.h"
#include "app/model/view.h"
#include "app/ui_state.h"

#include <span>
#include <string>
#include <string_view>

#include <imgui.h>

namespace tricolour {

/// Fonts, built at the interface scale; never null once make_fonts() ran.
struct Fonts {
    ImFont* text = nullptr;   ///< Inter, icons merged in
    ImFont* large = nullptr;  ///< narration
    ImFont* small = nullptr;
    ImFont* mono = nullptr;  ///< JetBrains Mono: numbers and addresses
    ImFont* mono_small = nullptr;
};
Fonts& fonts();
/// A font's size in pixels.
inline float size_of(const ImFont* font) {
#if IMGUI_VERSION_NUM < 19200
    return font->FontSize;
#else
    return font->LegacySize;
#endif
}

inline ImVec4 vec4(const Rgba& colour) { return {colour.red, colour.green, colour.blue, colour.alpha}; }
inline ImU32 u32(const Rgba& colour, float alpha = 1) {
    return ImGui::ColorConvertFloat4ToU32({colour.red, colour.green, colour.blue, colour.alpha * alpha});
}

/// Loads fonts at a scale (packaged fonts; falls back to DejaVu, then to ImGui's own). `wide`: characters
/// taken from a font of Chinese and Japanese. Whether there is one, if it takes one.
bool make_fonts(float scale, std::span<const char16_t> wide);
/// The package that has such a font.
inline constexpr const char* wide_font_package = "fonts-droid-fallback";
/// Sets ImGui's colours and spacing from the palette.
void apply_style(const Palette& palette, float scale);

/// A button for a command: its icon (or name), tooltip with name, unit and key from the table.
bool command_button(Commands& commands, CommandId id, bool is_enabled = true, bool is_active = false,
                    std::uint64_t number = 0);
/// "Step back: back by one step of the engine (Left)".
void command_tooltip(CommandId id);
/// A panel's title in small capitals with room below.
void panel_title(const char* title);
/// The same for one of several panels in one place: a tab, in front or not, on the line of the one before.
/// Returns whether it was clicked.
bool panel_tab(const char* title, bool is_in_front);
/// Pixels that its title takes.
float panel_tab_width(const char* title);
/// A little square in a chunk's colour, as legend, tables and inspector show it.
void swatch(const Palette& palette, heapcore::Header header);
/// A chunk as text that can be clicked (selects it) and hovered (shows it on the map).
void chunk_link(const View& view, UiState& state, Commands& commands, heapcore::Offset chunk,
                std::string_view text);

}  // namespace tricolour
