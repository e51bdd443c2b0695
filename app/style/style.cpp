#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace tricolour {
namespace {

constexpr const char* text_files[] = {
    "/usr/share/fonts/opentype/inter/Inter-Medium.otf",
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
};
constexpr const char* large_files[] = {
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
    "/usr/share/fonts/opentype/inter/Inter-Medium.otf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
};
constexpr const char* mono_files[] = {
    "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf",
    "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Medium.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
};
constexpr const char* icon_files[] = {
    "/usr/share/fonts/truetype/fork-awesome/forkawesome-webfont.ttf",
    "/usr/share/fonts-fork-awesome/fonts/forkawesome-webfont.ttf",
};

constexpr const char* wide_files[] = {
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallback.ttf",
};

constexpr float text_size = 16, large_size = 20, small_size = 13, mono_size = 14.5f, mono_small_size = 12;

// Latin, Greek, Cyrillic, punctuation, arrows, mathematics, shapes.
constexpr ImWchar text_ranges[] = {0x20,   0x17f,  0x370,  0x3ff,  0x400,  0x45f,  0x2010,
                                   0x2027, 0x2030, 0x203a, 0x2190, 0x21b5, 0x2212, 0x2212,
                                   0x2248, 0x2265, 0x25a0, 0x25cf, 0x2713, 0x2717, 0};
constexpr ImWchar icon_ranges[] = {0xe000, 0xf8ff, 0};

const char* first_that_exists(std::span<const char* const> files) {
    std::error_code ignored;
    for (const char* file : files)
        if (std::filesystem::is_regular_file(file, ignored)) return file;
    return nullptr;
}

ImFont* add_font(std::span<const char* const> files, float size) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    ImFontConfig config;
    config.OversampleH = 2;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    if (const char* file = first_that_exists(files))
        if (ImFont* font = atlas.AddFontFromFileTTF(file, size, &config, text_ranges)) return font;
    config.SizePixels = size;
    return atlas.AddFontDefault(&config);
}

void merge_icons(float size) {
    const char* file = first_that_exists(icon_files);
    if (!file) return;
    ImFontConfig config;
    config.MergeMode = true;
    config.OversampleH = 1;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    config.GlyphMinAdvanceX = size * 1.1f;
    config.GlyphOffset.y = std::round(size * 0.04f);
    ImGui::GetIO().Fonts->AddFontFromFileTTF(file, std::round(size * 0.95f), &config, icon_ranges);
}

/// A font of tens of thousands of characters, read once; of it those that are wanted, for the atlas.
struct WideFont {
    std::string bytes;
    std::vector<ImWchar> ranges;
};

WideFont& wide_font() {
    static WideFont font;
    return font;
}

void choose_wide(std::span<const char16_t> characters) {
    WideFont& font = wide_font();
    font.ranges.clear();
    if (characters.empty()) return;
    const char* const file = first_that_exists(wide_files);
    if (!file) return;
    if (font.bytes.empty()) {
        std::ifstream stream(file, std::ios::binary);
        font.bytes.assign(std::istreambuf_iterator<char>(stream), {});
    }
    if (font.bytes.empty()) return;
    for (const char16_t character : characters) {
        const auto code_point = static_cast<ImWchar>(character);
        if (!font.ranges.empty() && font.ranges.back() + 1 == code_point)
            font.ranges.back() = code_point;
        else
            font.ranges.insert(font.ranges.end(), {code_point, code_point});
    }
    font.ranges.push_back(0);
}

void merge_wide(float size) {
    WideFont& font = wide_font();
    if (font.ranges.empty()) return;
    ImFontConfig config;
    config.MergeMode = true;
    config.OversampleH = 1;
    config.OversampleV = 1;
    config.PixelSnapH = true;
    config.FontDataOwnedByAtlas = false;
    ImGui::GetIO().Fonts->AddFontFromMemoryTTF(font.bytes.data(), static_cast<int>(font.bytes.size()), size,
                                               &config, font.ranges.data());
}

// The code point that a UTF-8 text begins with; 0 if it is empty or damaged.
unsigned first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    if (byte(0) < 0x80) return byte(0);
    if ((byte(0) & 0xe0) == 0xc0) return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    if ((byte(0) & 0xf0) == 0xe0) return (byte(0) & 0xf) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    return 0;
}

bool has_glyph(const ImFont* font, unsigned code_point) {
    if (!font || code_point == 0 || code_point > 0xffff) return false;
#if IMGUI_VERSION_NUM < 19200
    return font->FindGlyphNoFallback(static_cast<ImWchar>(code_point)) != nullptr;
#else
    return const_cast<ImFont*>(font)->IsGlyphInFont(static_cast<ImWchar>(code_point));
#endif
}

ImVec4 mix(const Rgba& a, const Rgba& b, float t, float alpha = 1) {
    return {a.red + (b.red - a.red) * t, a.green + (b.green - a.green) * t, a.blue + (b.blue - a.blue) * t,
            alpha};
}

}  // namespace

Fonts& fonts() {
    static Fonts all;
    return all;
}

bool make_fonts(float scale, std::span<const char16_t> wide) {
    ImGui::GetIO().Fonts->Clear();
    choose_wide(wide);
    const auto size = [scale](float at_one) { return std::max(8.0f, std::round(at_one * scale)); };
    Fonts& all = fonts();
    all.text = add_font(text_files, size(text_size));
    merge_icons(size(text_size));
    merge_wide(size(text_size));
    all.large = add_font(large_files, size(large_size));
    merge_icons(size(large_size));
    merge_wide(size(large_size));
    all.small = add_font(text_files, size(small_size));
    merge_icons(size(small_size));
    merge_wide(size(small_size));
    all.mono = add_font(mono_files, size(mono_size));
    merge_wide(size(mono_size));
    all.mono_small = add_font(mono_files, size(mono_small_size));
    merge_wide(size(mono_small_size));
    ImGui::GetIO().FontDefault = all.text;
    return wide.empty() || !wide_font().ranges.empty();
}

void apply_style(const Palette& palette, float scale) {
    ImGuiStyle style;
    style.WindowPadding = {10, 8};
    style.FramePadding = {8, 4};
    style.CellPadding = {6, 3};
    style.ItemSpacing = {8, 6};
    style.ItemInnerSpacing = {6, 4};
    style.IndentSpacing = 16;
    style.ScrollbarSize = 11;
    style.GrabMinSize = 12;
    style.WindowBorderSize = 0;
    style.ChildBorderSize = 0;
    style.PopupBorderSize = 1;
    style.FrameBorderSize = 0;
    style.TabBorderSize = 0;
    style.WindowRounding = 0;
    style.ChildRounding = 4;
    style.FrameRounding = 4;
    style.PopupRounding = 6;
    style.ScrollbarRounding = 6;
    style.GrabRounding = 4;
    style.TabRounding = 4;
    style.WindowTitleAlign = {0, 0.5f};
    style.WindowMenuButtonPosition = ImGuiDir_None;
    style.AntiAliasedLinesUseTex = false;
    style.ScaleAllSizes(scale);

    const Rgba& raised = palette.panel_raised;
    const Rgba& text = palette.text;
    const Rgba& accent = palette.chunk[0][palette.is_dark ? 0 : 2];
    ImVec4* const colours = style.Colors;
    for (int i = 0; i < ImGuiCol_COUNT; ++i)
        colours[i] = vec4(raised);
    colours[ImGuiCol_Text] = vec4(text);
    colours[ImGuiCol_TextDisabled] = vec4(palette.text_dim);
    colours[ImGuiCol_WindowBg] = vec4(palette.panel);
    colours[ImGuiCol_ChildBg] = {0, 0, 0, 0};
    colours[ImGuiCol_PopupBg] = mix(palette.panel, raised, 0.6f);
    colours[ImGuiCol_Border] = vec4(palette.border);
    colours[ImGuiCol_BorderShadow] = {0, 0, 0, 0};
    colours[ImGuiCol_FrameBg] = vec4(raised);
    colours[ImGuiCol_FrameBgHovered] = mix(raised, text, 0.08f);
    colours[ImGuiCol_FrameBgActive] = mix(raised, text, 0.14f);
    colours[ImGuiCol_TitleBg] = colours[ImGuiCol_TitleBgActive] = colours[ImGuiCol_TitleBgCollapsed] =
        vec4(palette.panel);
    colours[ImGuiCol_MenuBarBg] = vec4(palette.panel);
    colours[ImGuiCol_ScrollbarBg] = {0, 0, 0, 0};
    colours[ImGuiCol_ScrollbarGrab] = mix(raised, text, 0.12f);
    colours[ImGuiCol_ScrollbarGrabHovered] = mix(raised, text, 0.25f);
    colours[ImGuiCol_ScrollbarGrabActive] = mix(raised, text, 0.35f);
    colours[ImGuiCol_CheckMark] = vec4(accent);
    colours[ImGuiCol_SliderGrab] = mix(raised, text, 0.45f);
    colours[ImGuiCol_SliderGrabActive] = mix(raised, text, 0.7f);
    colours[ImGuiCol_Button] = vec4(raised);
    colours[ImGuiCol_ButtonHovered] = mix(raised, text, 0.12f);
    colours[ImGuiCol_ButtonActive] = mix(raised, text, 0.2f);
    colours[ImGuiCol_Header] = mix(palette.panel, accent, 0.22f);
    colours[ImGuiCol_HeaderHovered] = mix(raised, text, 0.08f);
    colours[ImGuiCol_HeaderActive] = mix(palette.panel, accent, 0.3f);
    colours[ImGuiCol_Separator] = vec4(palette.border);
    colours[ImGuiCol_SeparatorHovered] = mix(palette.border, text, 0.3f);
    colours[ImGuiCol_SeparatorActive] = mix(palette.border, text, 0.5f);
    colours[ImGuiCol_ResizeGrip] = {0, 0, 0, 0};
    colours[ImGuiCol_ResizeGripHovered] = mix(raised, text, 0.2f);
    colours[ImGuiCol_ResizeGripActive] = mix(raised, text, 0.3f);
    colours[ImGuiCol_Tab] = vec4(palette.panel);
    colours[ImGuiCol_TabHovered] = mix(raised, text, 0.08f);
    colours[ImGuiCol_TabActive] = vec4(raised);
    colours[ImGuiCol_TabUnfocused] = vec4(palette.panel);
    colours[ImGuiCol_TabUnfocusedActive] = vec4(raised);
    colours[ImGuiCol_PlotLines] = colours[ImGuiCol_PlotHistogram] = vec4(palette.curve[0]);
    colours[ImGuiCol_PlotLinesHovered] = colours[ImGuiCol_PlotHistogramHovered] = vec4(text);
    colours[ImGuiCol_TableHeaderBg] = vec4(palette.panel);
    colours[ImGuiCol_TableBorderStrong] = vec4(palette.border);
    colours[ImGuiCol_TableBorderLight] = mix(palette.panel, palette.border, 0.5f);
    colours[ImGuiCol_TableRowBg] = {0, 0, 0, 0};
    colours[ImGuiCol_TableRowBgAlt] = mix(palette.panel, raised, 0.35f);
    colours[ImGuiCol_TextSelectedBg] = mix(palette.panel, accent, 0.4f);
    colours[ImGuiCol_DragDropTarget] = vec4(palette.selection);
    colours[ImGuiCol_NavHighlight] = mix(palette.panel, accent, 0.8f);
    colours[ImGuiCol_NavWindowingHighlight] = vec4(palette.selection);
    colours[ImGuiCol_NavWindowingDimBg] = colours[ImGuiCol_ModalWindowDimBg] = {
        palette.window.red * 0.4f, palette.window.green * 0.4f, palette.window.blue * 0.4f, 0.55f};
    ImGui::GetStyle() = style;
}

void command_tooltip(CommandId id) {
    const CommandRow& row = row_of(id);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding,
                        ImVec2(ImGui::GetFontSize() * 0.6f, ImGui::GetFontSize() * 0.4f));
    ImGui::BeginTooltip();
    ImGui::TextUnformatted(row.name.data(), row.name.data() + row.name.size());
    if (!row.key.empty()) {
        ImGui::SameLine(0, ImGui::GetFontSize());
        ImGui::TextDisabled("%.*s", static_cast<int>(row.key.size()), row.key.data());
    }
    if (!row.help.empty()) {
        ImGui::PushTextWrapPos(ImGui::GetFontSize() * 24);
        ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
        ImGui::TextUnformatted(row.help.data(), row.help.data() + row.help.size());
        ImGui::PopStyleColor();
        ImGui::PopTextWrapPos();
    }
    ImGui::EndTooltip();
    ImGui::PopStyleVar();
}

bool command_button(Commands& commands, CommandId id, bool is_enabled, bool is_active, std::uint64_t number) {
    const CommandRow& row = row_of(id);
    const bool has_icon = has_glyph(ImGui::GetFont(), first_code_point(row.icon));
    std::string label(has_icon ? row.icon : row.name);
    label += "##" + std::to_string(static_cast<int>(id)) + "/" + std::to_string(number);
    const float height = ImGui::GetFrameHeight();
    if (is_active) {
        ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_Header));
        ImGui::PushStyleColor(ImGuiCol_ButtonHovered, ImGui::GetStyleColorVec4(ImGuiCol_HeaderActive));
    }
    ImGui::BeginDisabled(!is_enabled);
    const bool is_pressed = ImGui::Button(label.c_str(), {has_icon ? height * 1.15f : 0, height});
    ImGui::EndDisabled();
    if (is_active) ImGui::PopStyleColor(2);
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) command_tooltip(id);
    if (is_pressed) commands.push(id, number);
    return is_pressed;
}

namespace {

// In small capitals, spaced. Returns the width.
float draw_title(const char* title, ImVec2 at, ImU32 colour) {
    ImFont* const font = fonts().small ? fonts().small : ImGui::GetFont();
    const float size = size_of(font);
    const float spacing = std::max(1.0f, std::round(size * 0.07f));
    float x = at.x;
    for (const char* letter = title; *letter; ++letter) {
        const char upper =
            *letter >= 'a' && *letter <= 'z' ? static_cast<char>(*letter - 'a' + 'A') : *letter;
        ImGui::GetWindowDrawList()->AddText(font, size, {x, at.y}, colour, &upper, &upper + 1);
        x += font->CalcTextSizeA(size, FLT_MAX, 0, &upper, &upper + 1).x + spacing;
    }
    return x - at.x;
}

float title_height() {
    const ImFont* const font = fonts().small ? fonts().small : ImGui::GetFont();
    return std::round(size_of(font) * 1.35f);
}

}  // namespace

void panel_title(const char* title) {
    const float width =
        draw_title(title, ImGui::GetCursorScreenPos(), ImGui::GetColorU32(ImGuiCol_TextDisabled));
    ImGui::Dummy({width, title_height()});
}

bool panel_tab(const char* title, bool is_in_front) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = draw_title(title, at, 0);
    const float height = title_height();
    const bool is_clicked = ImGui::InvisibleButton(title, {width, height});
    const bool is_lit = is_in_front || ImGui::IsItemHovered();
    const ImU32 colour = ImGui::GetColorU32(is_lit ? ImGuiCol_Text : ImGuiCol_TextDisabled);
    draw_title(title, at, colour);
    if (is_in_front)
        ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + height - 2}, {at.x + width, at.y + height},
                                                  colour);
    return is_clicked;
}

float panel_tab_width(const char* title) { return draw_title(title, ImGui::GetCursorScreenPos(), 0); }

void swatch(const Palette& palette, heapcore::Header header) {
    const float line = ImGui::GetTextLineHeight();
    const float side = std::round(line * 0.7f);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 from{at.x, at.y + std::round((line - side) / 2)};
    const ImVec2 to{from.x + side, from.y + side};
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float rounding = std::round(side * 0.2f);
    const Rgba& colour = header.is_in_use() ? palette.of(header) : palette.free;
    list.AddRectFilled(from, to, u32(colour), rounding);
    if (header.is_in_use() && header.colour() == heapcore::Colour::grey) {
        // The map's hatch: the middle lightness never stands on lightness alone.
        const ImU32 hatch = u32(palette.of(header.type(), heapcore::Colour::black), 0.75f);
        list.PushClipRect(from, to, true);
        const float pitch = std::max(3.0f, std::round(side / 3));
        const int lines = static_cast<int>(2 * side / pitch) + 1;
        for (int i = 0; i < lines; ++i) {
            const float x = static_cast<float>(i) * pitch - side;
            list.AddLine({from.x + x, to.y}, {from.x + x + side, from.y}, hatch, std::max(1.0f, side / 12));
        }
        list.PopClipRect();
    }
    list.AddRect(from, to, u32(header.is_in_use() ? palette.border : palette.free_outline), rounding);
    ImGui::Dummy({side, line});
}

void chunk_link(const View& view, UiState& state, Commands& commands, heapcore::Offset chunk,
                std::string_view text) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const ImVec2 size = ImGui::CalcTextSize(begin, end);
    const ImVec2 place = ImGui::GetCursorPos();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (chunk == heapcore::no_chunk || size.x <= 0) {
        ImGui::TextUnformatted(begin, end);
        return;
    }
    ImGui::PushID(static_cast<int>(chunk));
    ImGui::PushID(static_cast<int>(place.x));
    ImGui::PushID(static_cast<int>(place.y));
    const bool is_clicked = ImGui::InvisibleButton("chunk", size);
    const bool is_hovered = ImGui::IsItemHovered();
    ImGui::PopID();
    ImGui::PopID();
    ImGui::PopID();
    const bool is_lit = is_hovered || state.hover == chunk;
    const bool is_now = view.now == chunk;
    const Palette* const palette = view.palette;
    ImU32 colour = ImGui::GetColorU32(ImGuiCol_Text);
    if (palette && is_now) colour = u32(palette->now);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText(at, colour, begin, end);
    const float line = at.y + size.y - 1;
    const float strength = is_lit || view.selected == chunk ? 0.9f : 0.28f;
    list.AddLine({at.x, line}, {at.x + size.x, line}, ImGui::GetColorU32(ImGuiCol_Text, strength));
    if (is_hovered) {
        state.hover_next = chunk;
        ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    }
    if (is_clicked) commands.push(CommandId::select_chunk, chunk);
}

}  // namespace tricolour
