// Text match: whether a text holds what a person typed, small letters or capitals.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace tricolour {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_alike(char a, char b) { return lower(a) == lower(b); }

constexpr bool begins_with(std::string_view text, std::string_view typed) {
    return typed.size() <= text.size() && std::equal(typed.begin(), typed.end(), text.begin(), is_alike);
}

/// Where it stands first; none if it does not.
constexpr std::optional<std::size_t> find_alike(std::string_view text, std::string_view typed) {
    const auto found = std::search(text.begin(), text.end(), typed.begin(), typed.end(), is_alike);
    if (found == text.end() && !typed.empty()) return std::nullopt;
    return static_cast<std::size_t>(found - text.begin());
}

}  // namespace tricolour
