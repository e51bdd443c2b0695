// The words of a trace that stand in no table, and lists of those that do.
#pragma once

#include "heapcore/operation.h"
#include "heapcore/settings.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace heapcore {

inline constexpr std::string_view version_word = "tricolour";
inline constexpr std::string_view known_version = "1";
inline constexpr std::string_view version_usage = "tricolour 1";
inline constexpr std::string_view heap_word = "heap";
inline constexpr std::string_view null_word = "null";
inline constexpr std::string_view extends_option = "extends=";
inline constexpr std::string_view loader_option = "loader=";
inline constexpr std::string_view locals_option = "locals=";
inline constexpr std::string_view object_option = "object=";
inline constexpr std::string_view static_prefix = "static.";
inline constexpr std::string_view reference_suffix = ":ref";
inline constexpr std::string_view integer_suffix = ":int";
inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

template <typename Rows>
std::vector<std::string_view> words_of(const Rows& rows) {
    std::vector<std::string_view> words;
    for (const auto& row : rows) {
        if (words.empty() || words.back() != row.word) {
            words.push_back(row.word);
        }
    }
    return words;
}

inline const std::vector<std::string_view>& operation_words() {
    static const std::vector<std::string_view> words = words_of(operation_rows());
    return words;
}

inline const std::vector<std::string_view>& expectation_words() {
    static const std::vector<std::string_view> words = words_of(expectation_rows());
    return words;
}

inline const std::vector<std::string_view>& setting_words() {
    static const std::vector<std::string_view> words = words_of(setting_rows());
    return words;
}

template <typename Words>
std::optional<std::uint8_t> index_of(std::string_view word, const Words& words) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(found - words.begin());
}

inline std::optional<ElementType> primitive_of(std::string_view word) {
    for (auto i = static_cast<std::uint8_t>(ElementType::boolean);
         i < static_cast<std::uint8_t>(ElementType::count_); ++i) {
        if (word == word_of(static_cast<ElementType>(i))) {
            return static_cast<ElementType>(i);
        }
    }
    return std::nullopt;
}

}  // namespace heapcore
