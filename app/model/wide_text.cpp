#include "app/model/wide_text.h"

#include <algorithm>
#include <cstdint>

namespace tricolour {
namespace {

constexpr unsigned first_wide = 0x2e80, first_surrogate = 0xd800, private_use = 0xe000, first_after = 0xf900;

bool is_wide(unsigned code_point) {
    const bool is_no_character = code_point >= first_surrogate && code_point < first_after;
    return code_point >= first_wide && code_point <= 0xfffd && !is_no_character;
}
static_assert(private_use < first_after, "icons lie among what is left out");

}  // namespace

// A long trace has hardly any: bytes below those that such a character begins with are passed over fast.
std::vector<char16_t> wide_characters(std::string_view text) {
    std::vector<bool> is_there(0x10000);
    bool is_any = false;
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0xe2 || first > 0xef) continue;
        const auto second = static_cast<unsigned char>(text[i + 1]);
        const auto third = static_cast<unsigned char>(text[i + 2]);
        if ((second & 0xc0) != 0x80 || (third & 0xc0) != 0x80) continue;
        const unsigned code_point = (first & 0xfu) << 12 | (second & 0x3fu) << 6 | (third & 0x3fu);
        if (is_wide(code_point)) is_any = is_there[code_point] = true;
        i += 2;
    }
    std::vector<char16_t> characters;
    for (std::size_t i = first_wide; is_any && i < is_there.size(); ++i)
        if (is_there[i] && characters.size() < most_wide_characters)
            characters.push_back(static_cast<char16_t>(i));
    return characters;
}

}  // namespace tricolour
