#include "app/keys.h"

#include <array>

#include <GLFW/glfw3.h>

namespace tricolour {
namespace {

struct NamedKey {
    int key;
    const char* name;
};

constexpr std::array named_keys = {
    NamedKey{GLFW_KEY_RIGHT, "Right"},     NamedKey{GLFW_KEY_LEFT, "Left"},
    NamedKey{GLFW_KEY_UP, "Up"},           NamedKey{GLFW_KEY_DOWN, "Down"},
    NamedKey{GLFW_KEY_PAGE_UP, "Page Up"}, NamedKey{GLFW_KEY_PAGE_DOWN, "Page Down"},
    NamedKey{GLFW_KEY_HOME, "Home"},       NamedKey{GLFW_KEY_END, "End"},
    NamedKey{GLFW_KEY_SPACE, "Space"},     NamedKey{GLFW_KEY_BACKSPACE, "Backspace"},
    NamedKey{GLFW_KEY_TAB, "Tab"},         NamedKey{GLFW_KEY_ESCAPE, "Escape"},
    NamedKey{GLFW_KEY_ENTER, "Enter"},     NamedKey{GLFW_KEY_KP_ENTER, "Enter"},
};

}  // namespace

std::string name_of_key(int key, int scancode, int modifiers) {
    std::string name;
    for (const NamedKey& named : named_keys)
        if (named.key == key) name = named.name;
    const bool is_control = modifiers & GLFW_MOD_CONTROL;
    if (key >= GLFW_KEY_F1 && key <= GLFW_KEY_F12) name = "F" + std::to_string(key - GLFW_KEY_F1 + 1);
    if (name.empty() && is_control && (key == GLFW_KEY_EQUAL || key == GLFW_KEY_KP_ADD)) name = "+";
    if (name.empty() && is_control && (key == GLFW_KEY_MINUS || key == GLFW_KEY_KP_SUBTRACT)) name = "-";
    if (name.empty()) {
        // Letters and digits by what the keyboard's layout makes of them.
        const char* printed = glfwGetKeyName(key, scancode);
        const char first = printed && printed[1] == '\0' ? printed[0] : '\0';
        if (first >= 'a' && first <= 'z') name = std::string(1, static_cast<char>(first - 32));
        if (first >= '0' && first <= '9' && is_control) name = std::string(1, first);
    }
    if (name.empty()) return {};
    std::string prefix;
    if (is_control) prefix += "Ctrl+";
    if (modifiers & GLFW_MOD_ALT) prefix += "Alt+";
    // Where + stands above =, Shift is part of the character.
    const bool is_shifted_plus = name == "+" && key == GLFW_KEY_EQUAL;
    if ((modifiers & GLFW_MOD_SHIFT) && !is_shifted_plus) prefix += "Shift+";
    return prefix + name;
}

std::string name_of_character(unsigned int character) {
    constexpr std::string_view used = "?+-[]\\.,0123456789";
    if (character >= 128 || used.find(static_cast<char>(character)) == std::string_view::npos) return {};
    return std::string(1, static_cast<char>(character));
}

}  // namespace tricolour
