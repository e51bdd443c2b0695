// The menus, made from the table of commands.
#include "app/model/command_choice.h"
#include "app/panels/lens_choice.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <cmath>
#include <string>

namespace tricolour {
namespace {

struct Menu {
    const View& view;
    UiState& state;
    Commands& commands;
};

bool item(const Menu& menu, CommandId id, bool is_ticked = false) {
    const CommandRow& row = row_of(id);
    const bool is_enabled = obstacle_to(id, menu.view, menu.state).empty();
    const bool is_chosen =
        ImGui::MenuItem(std::string(row.name).c_str(), std::string(row.key).c_str(), is_ticked, is_enabled);
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled) && ImGui::GetIO().KeyAlt)
        command_tooltip(id);
    if (is_chosen) menu.commands.push(id);
    return is_chosen;
}

void group_items(const Menu& menu, CommandGroup group) {
    for (const CommandRow& row : command_rows())
        if (row.group == group && !takes_argument(row.id)) item(menu, row.id);
}

void path_items(const Menu& menu, CommandId id, const std::vector<std::string>& paths) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const bool is_scenario = id == CommandId::open_scenario;
        const std::string name = is_scenario ? scenario_name(paths[i]) : printable(file_name(paths[i]));
        ImGui::PushID(static_cast<int>(i));
        if (ImGui::MenuItem(elided(name, 360 * menu.view.scale).c_str())) menu.commands.push(id, paths[i]);
        if (!is_scenario && ImGui::IsItemHovered()) text_tooltip(printable(paths[i]));
        ImGui::PopID();
    }
}

void file_menu(const Menu& menu) {
    item(menu, CommandId::open_dialog);
    if (ImGui::BeginMenu("Open a built-in scenario", !menu.view.scenarios.empty())) {
        path_items(menu, CommandId::open_scenario, menu.view.scenarios);
        ImGui::EndMenu();
    }
    if (ImGui::BeginMenu("Recent", !menu.state.recent_files.empty())) {
        path_items(menu, CommandId::open_path, menu.state.recent_files);
        ImGui::EndMenu();
    }
    ImGui::Separator();
    item(menu, CommandId::save);
    item(menu, CommandId::save_dialog);
    item(menu, CommandId::reload);
    if (menu.view.loading) item(menu, CommandId::cancel_loading);
    ImGui::Separator();
    item(menu, CommandId::quit);
}

void play_menu(const Menu& menu) {
    group_items(menu, CommandGroup::play);
    ImGui::Separator();
    for (std::size_t i = 0; i < static_cast<std::size_t>(heapcore::Rung::count_); ++i) {
        const auto rung = static_cast<heapcore::Rung>(i);
        const std::string label = "By " + std::string(heapcore::word_of(rung)) + "s";
        if (ImGui::MenuItem(label.c_str(), nullptr, menu.state.rung == rung, menu.view.session != nullptr))
            menu.commands.push(CommandId::set_rung, i);
    }
}

void panel_items(const Menu& menu) {
    for (const PanelRow& row : panel_rows()) {
        const std::string key(row_of(row.key_of).key);
        if (ImGui::MenuItem(std::string(row.name).c_str(), key.c_str(), menu.state.is_open_panel(row.panel)))
            menu.commands.push(CommandId::toggle_panel, static_cast<std::uint64_t>(row.panel));
    }
    if (ImGui::BeginMenu("Table", menu.view.session != nullptr)) {
        for (const TableRow& row : table_rows()) {
            const bool is_shown =
                menu.state.is_open_panel(Panel::tables) && menu.state.tables.shown == row.table;
            if (ImGui::MenuItem(std::string(row.title).c_str(), nullptr, is_shown))
                menu.commands.push(CommandId::show_table, static_cast<std::uint64_t>(row.table));
        }
        ImGui::Separator();
        for (const CommandId id : {CommandId::next_table, CommandId::filter_table,
                                   CommandId::sort_by_next_column, CommandId::reverse_order})
            item(menu, id);
        ImGui::EndMenu();
    }
    item(menu, CommandId::why, menu.state.shows(LowerTab::why));
    item(menu, CommandId::toggle_violations, menu.state.shows(LowerTab::violations));
    item(menu, CommandId::toggle_breakpoints, menu.state.shows(LowerTab::breakpoints));
}

void lens_menu(const Menu& menu) {
    lens_items(menu.view, menu.state, menu.commands);
    ImGui::Separator();
    for (const CommandId id :
         {CommandId::next_lens, CommandId::previous_lens, CommandId::mark_position, CommandId::isolate_next,
          CommandId::isolate_previous, CommandId::end_isolation})
        item(menu, id);
}

void glow_items(const Menu& menu) {
    if (!ImGui::BeginMenu(std::string(row_of(CommandId::set_glow).name).c_str())) return;
    for (const GlowChoice& choice : glow_choices) {
        const bool is_chosen = std::lround(menu.state.glow_seconds * 1000) == choice.milliseconds;
        if (ImGui::MenuItem(std::string(choice.text).c_str(), nullptr, is_chosen))
            menu.commands.push(CommandId::set_glow, choice.milliseconds);
    }
    ImGui::EndMenu();
}

void view_menu(const Menu& menu) {
    if (ImGui::BeginMenu("Lens")) {
        lens_menu(menu);
        ImGui::EndMenu();
    }
    ImGui::Separator();
    panel_items(menu);
    ImGui::Separator();
    glow_items(menu);
    for (const CommandId id :
         {CommandId::toggle_theme, CommandId::toggle_animations, CommandId::toggle_frame_times,
          CommandId::scale_up, CommandId::scale_down, CommandId::scale_reset, CommandId::full_screen})
        item(menu, id);
}

void help_menu(const Menu& menu) {
    item(menu, CommandId::tour, menu.state.tour.tour.step().has_value());
    item(menu, CommandId::show_help);
    item(menu, CommandId::command_palette);
    if (ImGui::MenuItem("About Tricolour")) menu.state.is_about_open = true;
}

void selection_and_map_menu(const Menu& menu) {
    group_items(menu, CommandGroup::map);
    ImGui::Separator();
    group_items(menu, CommandGroup::selection);
}

struct MenuRow {
    const char* name;
    void (*draw)(const Menu&);
};
constexpr MenuRow menu_rows[] = {
    {"File", file_menu},
    {"Edit", [](const Menu& menu) { group_items(menu, CommandGroup::edit); }},
    {"Move", [](const Menu& menu) { group_items(menu, CommandGroup::move); }},
    {"Play", play_menu},
    {"Map", selection_and_map_menu},
    {"Breakpoints", [](const Menu& menu) { group_items(menu, CommandGroup::breakpoints); }},
    {"View", view_menu},
    {"Help", help_menu},
};

void draw_title(const Menu& menu) {
    if (!menu.view.session) return;
    const Palette& palette = *menu.view.palette;
    const float left = ImGui::GetCursorScreenPos().x + 24 * menu.view.scale;
    const float right = ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - 12 * menu.view.scale;
    if (right - left < 80 * menu.view.scale) return;
    const std::string shown =
        elided(menu.view.title + (menu.view.is_changed ? " \xe2\x80\xa2" : ""), right - left);
    const float y = ImGui::GetWindowPos().y + (ImGui::GetFrameHeight() - ImGui::GetFontSize()) / 2;
    draw_text({right - text_width(shown), y}, u32(palette.text_dim), shown);
}

}  // namespace

void draw_menu_bar(const View& view, UiState& state, Commands& commands) {
    const Menu menu{view, state, commands};
    for (const MenuRow& row : menu_rows)
        if (ImGui::BeginMenu(row.name)) {
            row.draw(menu);
            if (is_pressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
            ImGui::EndMenu();
        }
    draw_title(menu);
}

}  // namespace tricolour
