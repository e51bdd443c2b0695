// Signs that panels and the map mark things with, drawn with lines so that they need no font.
#pragma once

#include <cstdint>

#include <imgui.h>

namespace tricolour {

enum class Sign : std::uint8_t {
    bookmark,
    collection,
    failed_allocation,
    failed,
    held,
    error,
    typed_in,
    // Of breakpoints, told apart by shape and colour:
    diamond,
    disc,
    square,
    wedge
};
/// A sign in a square of that size around the centre.
void draw_sign(ImDrawList* draw, Sign sign, ImVec2 centre, float size, ImU32 colour);

}  // namespace tricolour
