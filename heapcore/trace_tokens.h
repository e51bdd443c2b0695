// Tokens of a trace's line: where they begin and end, and what a name, a number and a text are.
//
// Nouns: a token is a view into its line, a text with its quotes; the empty token ends the line.
// Source: the trace format. Errors are the part of a sentence that follows the token.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace heapcore {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The token that begins at or after `at`; `at` moves behind it. Empty at the line's end or a comment.
std::string_view next_token(std::string_view line, std::size_t& at);

bool is_name(std::string_view token);  ///< `null` is none
constexpr bool is_text(std::string_view token) { return token.starts_with('"'); }

enum class NumberForm : std::uint8_t {
    count,    ///< decimal or 0x
    size,     ///< also with K or M
    integer,  ///< also negative, as two's complement
};

/// What is wrong with the number, nullptr when nothing is.
const char* read_number(std::string_view token, NumberForm form, std::uint64_t& number);

/// What is wrong with the quoted text, nullptr when nothing is. `text` gets what it stands for.
const char* read_text(std::string_view token, std::string& text);

/// The text as read_text() reads it.
std::string quoted_text(std::string_view text);

bool is_utf8(std::string_view text);

/// A token in single quotes for a message: short, and fit to be printed whatever it holds.
std::string shown(std::string_view token);

/// The word that was probably meant, empty if none is near.
std::string_view nearest_word(std::string_view token, std::span<const std::string_view> words);

/// "a, b, c"
std::string joined(std::span<const std::string_view> words, std::string_view between = ", ");

}  // namespace heapcore
