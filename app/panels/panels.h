// The panels. Each draws into the ImGui window that is open when it is called, and fills its
// content region. None calls the engine or changes it: a panel reads the view, keeps its own small
// state in UiState and pushes commands.
#pragma once

#include "app/commands.h"
#include "app/model/view.h"
#include "app/ui_state.h"

namespace tricolour {

void draw_menu_bar(const View& view, UiState& state, Commands& commands);   ///< inside a menu bar
void draw_transport(const View& view, UiState& state, Commands& commands);  ///< one row
void draw_trace(const View& view, UiState& state, Commands& commands);
void draw_search(const View& view, UiState& state, Commands& commands);
void draw_console(const View& view, UiState& state, Commands& commands);  ///< one or two rows
void draw_inspector(const View& view, UiState& state, Commands& commands);
void draw_lower_tabs(const View& view, UiState& state, Commands& commands);  ///< one row
void draw_roots(const View& view, UiState& state, Commands& commands);
void draw_why(const View& view, UiState& state, Commands& commands);
void draw_violations(const View& view, UiState& state, Commands& commands);
void draw_differences(const View& view, UiState& state, Commands& commands);
void draw_breakpoints(const View& view, UiState& state, Commands& commands);
void draw_tables(const View& view, UiState& state, Commands& commands);
void draw_legend(const View& view, UiState& state, Commands& commands);
/// Above each of the two maps, one row. `view` is the session's.
void draw_moment_title(const View& view, UiState& state, Commands& commands, bool is_pinned);
void draw_narration(const View& view, UiState& state, Commands& commands);  ///< one or two lines
void draw_timeline(const View& view, UiState& state, Commands& commands);
void draw_status(const View& view, UiState& state, Commands& commands);  ///< one row
void draw_log(const View& view, UiState& state, Commands& commands);
/// Floats over everything while open.
void draw_chunk_menu(const View& view, UiState& state, Commands& commands);
void draw_help(const View& view, UiState& state, Commands& commands);
void draw_command_palette(const View& view, UiState& state, Commands& commands);
void draw_file_dialog(const View& view, UiState& state, Commands& commands);
void draw_loading(const View& view, UiState& state, Commands& commands);
void draw_tour(const View& view, UiState& state, Commands& commands);         ///< after what it points at
void draw_frame_times(const View& view, UiState& state, Commands& commands);  ///< takes no clicks
void draw_open_error(const View& view, UiState& state, Commands& commands);

}  // namespace tricolour
