// The list of lenses, wherever one is chosen: in a menu, in the legend's head, in the status bar.
#pragma once

#include "app/commands.h"
#include "app/model/view.h"
#include "app/ui_state.h"

#include <imgui.h>

namespace tricolour {

/// A menu item a lens, with its key; the one in use is ticked.
void lens_items(const View& view, const UiState& state, Commands& commands);
/// A text that opens the list when it is clicked, with an arrow behind it, at a place of the screen.
/// Returns its width.
float lens_button(const View& view, const UiState& state, Commands& commands, const char* id, ImVec2 at,
                  std::string_view text);
float lens_button_width(const View& view, std::string_view text);

}  // namespace tricolour
