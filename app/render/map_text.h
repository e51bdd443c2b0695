// Text over the map: how wide it is, as much of it as fits, an ink that can be read on a colour.
#pragma once

#include "app/model/palette.h"

#include <string>

#include <imgui.h>

namespace tricolour {

/// 0 below, 1 above, smooth between.
float smooth(float from, float to, float value);
const Rgba& ink_on(const Rgba& colour);
float width_of(ImFont* font, const std::string& text);
/// The text as far as it fits with an ellipsis; empty if hardly any of it does.
std::string fitted(ImFont* font, const std::string& text, float width);

}  // namespace tricolour
