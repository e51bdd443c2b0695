#include "app/model/cell_text.h"

#include "app/model/narration.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tricolour {
namespace {

using heapcore::CellVerdict;
using heapcore::Offset;

constexpr std::int64_t largest_decimal = 1'000'000'000;

struct VerdictRow {
    std::string_view words;
    std::string_view short_words;
};
constexpr std::array<VerdictRow, static_cast<std::size_t>(CellVerdict::count_)> verdict_rows = {{
    {"a reference", "a reference"},
    {"null", "null"},
    {"a number: it points outside the heap", "a number"},
    {"points into the heap, but is not aligned", "not aligned"},
    {"points into the heap, but what lies there has no class", "no class there"},
    {"looks like a reference, but what should be its class has no magic number", "no magic number"},
    {"looks like a reference, but its chunk is free", "its chunk is free"},
    {"points to a chunk, but not to an object", "not an object"},
    {"a reference to a chunk that is marked already", "marked already"},
    {"looks like a reference, but no sane chunk begins there", "no chunk there"},
}};

const VerdictRow& row_of(CellVerdict verdict) {
    return verdict_rows[std::min(static_cast<std::size_t>(verdict), verdict_rows.size() - 1)];
}

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

}  // namespace

std::string hex_digits(std::uint64_t value, std::uint32_t bytes) {
    std::string digits(std::size_t{2} * bytes, '0');
    for (std::size_t i = digits.size(); i-- > 0; value >>= 4) {
        digits[i] = "0123456789abcdef"[value & 15];
    }
    return digits;
}

std::string hex_text(std::uint64_t value) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

std::int64_t signed_of(std::uint64_t value, std::uint32_t bytes) {
    if (bytes == 0 || bytes >= 8) return static_cast<std::int64_t>(value);
    const std::uint64_t sign = std::uint64_t{1} << (8 * bytes - 1);
    value &= (sign << 1) - 1;
    return static_cast<std::int64_t>((value ^ sign) - sign);
}

std::string_view words_of(CellVerdict verdict) { return row_of(verdict).words; }
std::string_view short_words_of(CellVerdict verdict) { return row_of(verdict).short_words; }

CellText cell_text(const heapcore::Session& session, std::uint64_t value) {
    const heapcore::Heap& heap = session.heap();
    const heapcore::CellLook look = heapcore::look_at_cell(heap, value);
    switch (look.verdict) {
        case CellVerdict::zero: return {"null", {}, {}, Tone::dim, {}};
        case CellVerdict::reference:
        case CellVerdict::not_white: {
            const bool is_marked = look.verdict == CellVerdict::not_white;
            return {describe_chunk(session.machine(), session.trace(), look.chunk),
                    is_marked ? "marked already" : "", "", Tone::plain, look.chunk};
        }
        default: break;
    }
    const std::int64_t number = signed_of(value, heap.geometry().word_bytes);
    const bool is_small = number > -largest_decimal && number < largest_decimal;
    const bool is_outside = look.verdict == CellVerdict::outside_heap;
    return {is_small && is_outside ? std::to_string(number) : hex_text(value),
            std::string(words_of(look.verdict)),
            std::string(short_words_of(look.verdict)),
            is_outside ? Tone::plain : Tone::guess,
            {}};
}

std::string method_text(const heapcore::Trace& trace, std::uint32_t method) {
    return method < trace.names.size() ? quoted(trace.names[method]) : "without a name";
}

void ThreadNames::update(const heapcore::Session& session) {
    Instant now = instant_of(session);
    now.position = {};
    if (now == instant_) return;
    instant_ = std::move(now);
    candidates_.clear();
    for (const heapcore::Operation& operation : session.trace().operations) {
        if (operation.kind == heapcore::OperationKind::thread) candidates_.push_back(operation.target);
    }
    std::sort(candidates_.begin(), candidates_.end());
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
}

std::string ThreadNames::of(Offset thread) const {
    return instant_.session ? of(instant_.session->machine(), thread) : std::string();
}

std::string ThreadNames::of(const heapcore::Machine& machine, Offset thread) const {
    if (!instant_.session) return {};
    for (const heapcore::NameId name : candidates_) {
        const heapcore::Binding binding = machine.binding(name);
        if (binding.kind == heapcore::Binding::thread && binding.offset == thread)
            return quoted(instant_.session->trace().names[name]);
    }
    return "at " + hex_text(machine.heap().memory.address_of(thread));
}

}  // namespace tricolour
