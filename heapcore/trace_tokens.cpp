#include "heapcore/trace_tokens.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <system_error>
#include <vector>

namespace heapcore {
namespace {

enum CharacterClass : std::uint8_t { ends_token = 1, starts_name = 2, continues_name = 4 };

constexpr std::array<std::uint8_t, 256> character_classes = [] {
    std::array<std::uint8_t, 256> classes{};
    for (const char c : std::string_view(" \t#")) {
        classes[static_cast<unsigned char>(c)] = ends_token;
    }
    for (unsigned c = 'a'; c <= 'z'; ++c) {
        classes[c] = classes[c - 'a' + 'A'] = starts_name | continues_name;
    }
    for (const char c : std::string_view("_$@")) {
        classes[static_cast<unsigned char>(c)] = starts_name | continues_name;
    }
    for (const char c : std::string_view("0123456789-")) {
        classes[static_cast<unsigned char>(c)] = continues_name;
    }
    return classes;
}();

bool is_in(char c, CharacterClass character_class) {
    return (character_classes[static_cast<unsigned char>(c)] & character_class) != 0;
}

/// Position behind the closing quote of the text that begins at `at`; the line's end without one.
std::size_t end_of_text(std::string_view line, std::size_t at) {
    for (++at; at < line.size(); ++at) {
        if (line[at] == '"') {
            return at + 1;
        }
        if (line[at] == '\\') {
            ++at;
        }
    }
    return line.size();
}

char unescaped(char c) {
    switch (c) {
        case 'n': return '\n';
        case 't': return '\t';
        case '"':
        case '\\': return c;
        default: return 0;
    }
}

char escape_for(char c) {
    switch (c) {
        case '\n': return 'n';
        case '\t': return 't';
        case '"':
        case '\\': return c;
        default: return 0;
    }
}

/// Bytes of the UTF-8 character at the beginning, 0 if it is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool is_overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool is_surrogate = first == 0xed && byte(1) > 0x9f;
    const bool is_beyond = first == 0xf4 && byte(1) > 0x8f;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

/// Edits (of one letter, or two neighbours swapped) that turn one word into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    const std::size_t width = to.size() + 1;
    std::vector<std::size_t> cells((from.size() + 1) * width);
    std::iota(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(width), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        cells[i * width] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = cells[(i - 1) * width + j - 1] + (from[i - 1] != to[j - 1]);
            const std::size_t removed = cells[(i - 1) * width + j] + 1;
            const std::size_t added = cells[i * width + j - 1] + 1;
            std::size_t& best = cells[i * width + j] = std::min({replaced, removed, added});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
                best = std::min(best, cells[(i - 2) * width + j - 2] + 1);
            }
        }
    }
    return cells.back();
}

std::string lower_case(std::string_view word) {
    std::string lower(word);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return lower;
}

}  // namespace

std::string_view next_token(std::string_view line, std::size_t& at) {
    while (at < line.size() && is_blank(line[at])) {
        ++at;
    }
    const std::size_t begin = at;
    if (at < line.size() && line[at] == '"') {
        at = end_of_text(line, at);
    }
    while (at < line.size() && !is_in(line[at], ends_token)) {
        ++at;
    }
    return line.substr(begin, at - begin);
}

bool is_name(std::string_view token) {
    if (token.empty() || !is_in(token.front(), starts_name)) {
        return false;
    }
    for (const char c : token) {
        if (!is_in(c, continues_name)) {
            return false;
        }
    }
    return token != "null";
}

const char* read_number(std::string_view token, NumberForm form, std::uint64_t& number) {
    constexpr const char* too_large = "does not fit in 64 bits";
    const char* const malformed = form == NumberForm::size    ? "is not a size such as 40, 64K, 1M or 0x100"
                                  : form == NumberForm::count ? "is not a number such as 7 or 0x1f"
                                                              : "is not an integer such as 7, -7 or 0x1f";
    const bool is_negative = form == NumberForm::integer && token.starts_with('-');
    token.remove_prefix(is_negative ? 1 : 0);
    const bool is_hexadecimal = token.starts_with("0x");
    token.remove_prefix(is_hexadecimal ? 2 : 0);
    const char* const end = token.data() + token.size();
    const auto [rest, error] = std::from_chars(token.data(), end, number, is_hexadecimal ? 16 : 10);
    if (error == std::errc::invalid_argument) {
        return malformed;
    }
    unsigned shift = 0;
    if (form == NumberForm::size && !is_hexadecimal && rest + 1 == end) {
        shift = *rest == 'K' ? 10 : *rest == 'M' ? 20 : 0;
    }
    if (rest + (shift != 0) != end) {
        return malformed;
    }
    if (error == std::errc::result_out_of_range ||
        number > std::numeric_limits<std::uint64_t>::max() >> shift || (is_negative && number > 1ull << 63)) {
        return too_large;
    }
    number = is_negative ? 0 - number : number << shift;
    return nullptr;
}

const char* read_text(std::string_view token, std::string& text) {
    text.clear();
    std::size_t at = 1;
    for (; at < token.size() && token[at] != '"'; ++at) {
        if (token[at] != '\\') {
            text += token[at];
            continue;
        }
        if (++at == token.size()) {
            break;
        }
        const char c = unescaped(token[at]);
        if (c == 0) {
            return R"(has an escape other than \", \\, \n and \t)";
        }
        text += c;
    }
    if (at >= token.size()) {
        return "has no closing '\"'";
    }
    if (at + 1 != token.size()) {
        return "goes on behind its closing '\"'";
    }
    return is_utf8(text) ? nullptr : "is not valid UTF-8";
}

std::string quoted_text(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        const char escape = escape_for(c);
        if (escape != 0) {
            quoted += '\\';
        }
        quoted += escape != 0 ? escape : c;
    }
    return quoted + '"';
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string shown(std::string_view token) {
    constexpr std::size_t longest = 40;
    std::string result = "'";
    while (!token.empty() && result.size() <= longest) {
        const std::size_t length = utf8_length(token);
        const bool is_printable = length > 1 || (token[0] >= ' ' && token[0] != 0x7f);
        const std::size_t taken = length == 0 ? 1 : length;
        result += is_printable && length != 0 ? token.substr(0, taken) : "?";
        token.remove_prefix(taken);
    }
    return result + (token.empty() ? "'" : "...'");
}

std::string_view nearest_word(std::string_view token, std::span<const std::string_view> words) {
    constexpr std::size_t longest = 24;
    if (token.size() > longest) {
        return {};
    }
    const std::string lower = lower_case(token);
    std::string_view nearest;
    std::size_t nearest_distance = lower.size() <= 3 ? 2 : 3;  // beyond what counts as near
    for (const std::string_view word : words) {
        const std::size_t distance = edit_distance(lower, word);
        if (distance < nearest_distance && distance < word.size()) {
            nearest = word;
            nearest_distance = distance;
        }
    }
    return nearest;
}

std::string joined(std::span<const std::string_view> words, std::string_view between) {
    std::string result;
    for (const std::string_view word : words) {
        result += result.empty() ? "" : between;
        result += word;
    }
    return result;
}

}  // namespace heapcore
