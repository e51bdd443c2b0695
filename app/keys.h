// Keys: from GLFW's key and character events to the names in the table of commands.
#pragma once

#include <string>

namespace tricolour {

/// The name of a key with its modifiers, "Ctrl+Page Down"; empty for a key that has none, such as a
/// modifier itself or one that arrives as a character (see name_of_character).
std::string name_of_key(int key, int scancode, int modifiers);

/// The name of a character that commands use as a key: "?", "+", "-", "[", "]"; else empty.
std::string name_of_character(unsigned int character);

}  // namespace tricolour
