#include "app/model/heap_place.h"

#include "app/model/cell_text.h"
#include "app/model/narration.h"
#include "app/model/text_match.h"
#include "heapcore/trace_tokens.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tricolour {

using namespace heapcore;

namespace {

struct Unit {
    std::string_view word;
    std::uint64_t bytes;
};
constexpr std::array units = {Unit{"bytes", 1}, Unit{"byte", 1},     Unit{"b", 1},         Unit{"kib", 1024},
                              Unit{"k", 1024},  Unit{"m", 1u << 20}, Unit{"mib", 1u << 20}};

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    if (read_number(text, NumberForm::count, number)) return std::nullopt;
    return number;
}

/// "2592 bytes", "4K".
std::optional<std::uint64_t> bytes_of(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = number_of(text.substr(0, digits));
    std::string_view word = text.substr(digits);
    while (word.starts_with(' '))
        word.remove_prefix(1);
    const auto unit = std::ranges::find_if(units, [&](const Unit& one) {
        return word.size() == one.word.size() && begins_with(word, one.word);
    });
    if (!number || unit == units.end() || *number > ~std::uint64_t{0} / unit->bytes) return std::nullopt;
    return *number * unit->bytes;
}

/// Digits of which one at least is a letter: a decimal number means something else.
std::optional<std::uint64_t> bare_hexadecimal(std::string_view text) {
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    const bool is_whole = error == std::errc{} && rest == text.data() + text.size();
    const bool has_letter = text.find_first_of("abcdefABCDEF") != std::string_view::npos;
    return is_whole && has_letter ? std::optional(number) : std::nullopt;
}

Result<Offset, std::string> within(const Heap& heap, std::uint64_t offset) {
    if (offset < heap.size_bytes()) return static_cast<Offset>(offset);
    return Failure{"the heap has " + bytes_text(heap.size_bytes()) + ": offsets end at +0x" +
                   hex_text(heap.size_bytes() - 1).substr(2)};
}

}  // namespace

std::optional<Offset> offset_of_address(const Heap& heap, std::string_view text) {
    const auto number = number_of(text);
    const Address base = heap.memory.base();
    if (!number || *number < base || *number - base > heap.size_bytes()) return std::nullopt;
    return static_cast<Offset>(*number - base);
}

std::string heap_range_text(const Heap& heap) {
    return address_text(heap, 0) + ".." + address_text(heap, heap.size_bytes());
}

std::optional<Result<Offset, std::string>> read_heap_place(const Heap& heap, std::string_view text) {
    if (text.starts_with('+')) {
        const std::string_view distance = text.substr(1);
        const auto offset = number_of(distance) ? number_of(distance) : bytes_of(distance);
        if (!offset) return std::nullopt;
        return within(heap, *offset);
    }
    if (const auto bytes = bytes_of(text)) return within(heap, *bytes);
    if (text.starts_with("0x")) {
        const auto number = number_of(text);
        if (!number) return std::nullopt;
        if (const auto offset = offset_of_address(heap, text); offset && !heap.is_end(*offset))
            return *offset;
        if (*number < heap.size_bytes()) return static_cast<Offset>(*number);
        return Failure<std::string>{std::string(text) + " lies outside the heap, which goes from " +
                                    address_text(heap, 0) + " to " +
                                    address_text(heap, heap.size_bytes() - 1)};
    }
    const auto number = bare_hexadecimal(text);
    if (!number || !heap.is_in_heap(*number)) return std::nullopt;
    return static_cast<Offset>(*number - heap.memory.base());
}

}  // namespace tricolour
