// Settings: what is kept between runs, in $XDG_CONFIG_HOME/tricolour/settings.json.
#pragma once

#include "app/ui_state.h"

#include <string>

namespace tricolour {

struct WindowPlace {
    int width = 0, height = 0;  ///< 0: chosen from the monitor
};

/// Reads what is there; what is missing or broken keeps its default. Says what was wrong.
std::string load_settings(UiState& state, WindowPlace& window);
/// Says what went wrong; empty if nothing did.
std::string save_settings(const UiState& state, const WindowPlace& window);

}  // namespace tricolour
