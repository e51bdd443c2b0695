// Wide text: the characters of a trace's texts that the packaged fonts lack. Fonts for them have tens of
// thousands of characters; only those that a trace has are taken from them.
#pragma once

#include <string_view>
#include <vector>

namespace tricolour {

/// More than this many different ones no program's text has; the first in order of code point count.
inline constexpr std::size_t most_wide_characters = 1500;

/// From U+2E80 to U+FFFD, ascending, each once: what no alphabet's font has, above all Chinese, Japanese and
/// Korean. Damaged UTF-8 is passed over.
std::vector<char16_t> wide_characters(std::string_view text);

}  // namespace tricolour
