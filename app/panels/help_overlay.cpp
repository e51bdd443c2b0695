// All that can be done and its keys, on one page over everything.
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace tricolour {
namespace {

struct Entry {
    std::string_view name, keys;
};
struct Section {
    std::string_view title;
    std::vector<Entry> entries;
};

constexpr std::array mouse_entries = {
    Entry{"Zoom at the pointer", "Wheel"},
    Entry{"Move the map", "Drag"},
    Entry{"Select a chunk", "Click"},
    Entry{"Stop where the chunk\xe2\x80\xa6", "Right click"},
    Entry{"Fit a chunk", "Double click"},
    Entry{"Go to an operation", "Click in the trace"},
    Entry{"Go anywhere", "Drag on the timeline"},
    Entry{"Zoom in on time", "Wheel on the timeline"},
    Entry{"Move in time", "Right drag on it"},
    Entry{"Fit all, or an operation", "Double click on it"},
};
constexpr std::array console_entries = {
    Entry{"Carry the line out", "Enter"},
    Entry{"Complete the word", "Tab"},
    Entry{"Earlier and later lines", "Up / Down"},
    Entry{"Leave the line", "Escape"},
};

std::vector<Section> all_sections() {
    std::vector<Section> sections;
    for (const CommandGroup group : {CommandGroup::move, CommandGroup::play, CommandGroup::map,
                                     CommandGroup::lens, CommandGroup::selection, CommandGroup::breakpoints,
                                     CommandGroup::file, CommandGroup::edit, CommandGroup::view}) {
        Section section{word_of(group), {}};
        for (const CommandRow& row : command_rows())
            if (row.group == group && !row.key.empty()) section.entries.push_back({row.name, row.key});
        if (!section.entries.empty()) sections.push_back(std::move(section));
    }
    sections.push_back({"Mouse", {mouse_entries.begin(), mouse_entries.end()}});
    sections.push_back({"Console", {console_entries.begin(), console_entries.end()}});
    return sections;
}

struct Sheet {
    const View& view;
    float column_width, row_height, title_height, section_gap;

    float height_of(const Section& section) const {
        return title_height + static_cast<float>(section.entries.size()) * row_height + section_gap;
    }
};

/// First section of each column, so that the columns are about as high as one another.
std::vector<std::size_t> column_starts(const Sheet& sheet, const std::vector<Section>& sections, float most) {
    std::vector<std::size_t> starts = {0};
    float height = 0;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const float own = sheet.height_of(sections[i]);
        if (height > 0 && height + own > most) {
            starts.push_back(i);
            height = 0;
        }
        height += own;
    }
    return starts;
}

/// The least height at which the sections fit so many columns.
float balanced_height(const Sheet& sheet, const std::vector<Section>& sections, std::size_t columns) {
    float least = 0;
    for (const Section& section : sections)
        least = std::max(least, sheet.height_of(section));
    float height = least;
    while (column_starts(sheet, sections, height).size() > columns)
        height += sheet.row_height;
    return height;
}

void draw_section(const Sheet& sheet, const Section& section, ImVec2 at) {
    const Palette& palette = *sheet.view.palette;
    const float scale = sheet.view.scale;
    draw_text(at, u32(palette.text_dim), section.title);
    const float line = std::floor(at.y + sheet.title_height - 8 * scale);
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, line}, {at.x + sheet.column_width, line + 1},
                                              u32(palette.border));
    at.y += sheet.title_height;
    for (const Entry& entry : section.entries) {
        const FontScope small(fonts().small);
        const float keys = key_caps_width(entry.keys, scale);
        draw_key_caps(palette, {std::floor(at.x + sheet.column_width - keys), std::floor(at.y)}, entry.keys,
                      scale);
        draw_text({at.x, at.y + 2 * scale}, u32(palette.text),
                  elided(entry.name, sheet.column_width - keys - 10 * scale));
        at.y += sheet.row_height;
    }
}

ImVec2 draw_sections(const Sheet& sheet, const std::vector<Section>& sections, std::size_t columns,
                     float gap) {
    const float height = balanced_height(sheet, sections, columns);
    const std::vector<std::size_t> starts = column_starts(sheet, sections, height);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    for (std::size_t column = 0; column < starts.size(); ++column) {
        const std::size_t last = column + 1 < starts.size() ? starts[column + 1] : sections.size();
        ImVec2 at = {origin.x + static_cast<float>(column) * (sheet.column_width + gap), origin.y};
        for (std::size_t i = starts[column]; i < last; ++i) {
            draw_section(sheet, sections[i], at);
            at.y += sheet.height_of(sections[i]);
        }
    }
    const auto count = static_cast<float>(starts.size());
    return {count * (sheet.column_width + gap) - gap, height};
}

void draw_keys(const View& view, UiState& state) {
    const ImVec2 screen = ImGui::GetMainViewport()->Size;
    const float scale = view.scale, gap = 32 * scale;
    const auto columns =
        static_cast<std::size_t>(std::clamp((screen.x - 48 * scale) / (305 * scale), 1.0f, 4.0f));
    const float room = std::min(screen.x - 32 * scale, static_cast<float>(columns) * 390 * scale);
    const float padding = 24 * scale;
    const auto count = static_cast<float>(columns);
    Sheet sheet{view, std::floor((room - 2 * padding - (count - 1) * gap) / count), 0, 0, 12 * scale};
    {
        const FontScope small(fonts().small);
        sheet.row_height = std::ceil(ImGui::GetFontSize() + 9 * scale);
    }
    sheet.title_height = std::ceil(ImGui::GetFontSize() + 14 * scale);
    const std::vector<Section> sections = all_sections();
    const float head = std::ceil(ImGui::GetFontSize() * 2.2f);
    const float wished = balanced_height(sheet, sections, columns) + head + 2 * padding;
    const float height = std::min(wished, screen.y - 32 * scale);
    const OverlayCard card(view, "##help", (screen.y - height) / 2, {room, height}, padding);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    {
        const FontScope large(fonts().large);
        draw_text(at, u32(view.palette->text), "Keys");
    }
    const std::string_view hint = "Esc or a click outside closes this";
    const float inner = ImGui::GetContentRegionAvail().x;
    draw_text({at.x + inner - text_width(hint), at.y}, u32(view.palette->text_dim), hint);
    ImGui::SetCursorScreenPos({at.x, at.y + head});
    const ImVec2 drawn = draw_sections(sheet, sections, columns, gap);
    ImGui::SetCursorScreenPos({at.x, at.y + head});
    ImGui::Dummy({drawn.x, drawn.y - sheet.section_gap});
    if (card.is_dismissed()) state.is_help_open = false;
}

void draw_about(const View& view, UiState& state) {
    constexpr const char* name = "About Tricolour";
    if (!ImGui::IsPopupOpen(name)) ImGui::OpenPopup(name);
    const ImGuiViewport& screen = *ImGui::GetMainViewport();
    ImGui::SetNextWindowPos(screen.GetCenter(), ImGuiCond_Always, {.5f, .5f});
    const CardStyle card(view, view.palette->border);
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoTitleBar |
                                       ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings;
    if (ImGui::BeginPopupModal(name, nullptr, flags)) {
        {
            const FontScope large(fonts().large);
            ImGui::TextUnformatted("Tricolour");
        }
        ImGui::PushTextWrapPos(420 * view.scale);
        ImGui::TextUnformatted(
            "Watch a heap being allocated, marked and swept, one step at a time, forwards and back.");
        ImGui::PushStyleColor(ImGuiCol_Text, vec4(view.palette->text_dim));
        ImGui::TextUnformatted(
            "Hue says what a chunk is; lightness says what the collector thinks of it: white was "
            "not reached, grey was reached, black is done.");
        ImGui::PopStyleColor();
        ImGui::PopTextWrapPos();
        ImGui::Dummy({0, 4 * view.scale});
        if (ImGui::Button("Close") || is_pressed(ImGuiKey_Escape, false) || is_enter_pressed()) {
            state.is_about_open = false;
            ImGui::CloseCurrentPopup();
        }
        ImGui::EndPopup();
    }
}

}  // namespace

void draw_help(const View& view, UiState& state, Commands&) {
    if (state.is_help_open) draw_keys(view, state);
    if (state.is_about_open) draw_about(view, state);
}

}  // namespace tricolour
