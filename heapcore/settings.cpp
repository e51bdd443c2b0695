#include "heapcore/settings.h"

#include "heapcore/layout.h"

#include <algorithm>
#include <array>
#include <limits>

namespace heapcore {
namespace {

constexpr std::array<std::string_view, 3> gc_words = {"auto", "manual", "stress"};
constexpr std::array<std::string_view, 2> vm_words = {"none", "unified"};
constexpr std::array<std::string_view, 2> freed_words = {"kept", "zeroed"};

using enum SettingForm;
constexpr std::array<SettingRow, static_cast<std::size_t>(SettingKey::count_)> rows = {{
    {SettingKey::size, "size", bytes, "size=BYTES", {}, "Size of the heap, rounded up to a word."},
    {SettingKey::word, "word", count, "word=4|8", {}, "Bytes of a pointer."},
    {SettingKey::base, "base", address, "base=ADDRESS", {}, "Address of the heap's first byte."},
    {SettingKey::permanent, "permanent", count, "permanent=DEPTH", {}, "Cells of the permanent root stack."},
    {SettingKey::transient, "transient", count, "transient=DEPTH", {}, "Cells of the transient root stack."},
    {SettingKey::gc, "gc", words, "gc=auto|manual|stress", gc_words, "When an allocation collects."},
    {SettingKey::vm, "vm", words, "vm=none|unified", vm_words, "Where the VM's own structures lie."},
    {SettingKey::freed, "freed", words, "freed=kept|zeroed", freed_words, "What becomes of freed contents."},
}};

std::uint32_t saturated(std::uint64_t value) {
    return static_cast<std::uint32_t>(
        std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

std::optional<std::string> size_fault(HeapSettings& settings) {
    const std::uint64_t largest = largest_heap_bytes(settings.word_bytes);
    const std::uint64_t mask = settings.word_bytes - 1;
    if (settings.size_bytes <= largest) settings.size_bytes = (settings.size_bytes + mask) & ~mask;
    if (settings.size_bytes >= smallest_heap_bytes && settings.size_bytes <= largest) return {};
    return "the heap's size must be " + std::to_string(smallest_heap_bytes) + " to " +
           std::to_string(largest) + " bytes with " + std::to_string(settings.word_bytes) + "-byte words";
}

std::optional<std::string> base_fault(const HeapSettings& settings) {
    const std::uint64_t limit = settings.word_bytes == 4 ? 1ull << 32 : 1ull << 63;
    if (settings.base == 0 || settings.base % 8 != 0) {
        return "the heap's base must be a multiple of 8, not 0: address 0 is null";
    }
    if (settings.base <= limit - address_room_bytes) return {};
    return "the heap's base must leave room for 80 MiB below 2^" +
           std::string(settings.word_bytes == 4 ? "32" : "63") + ", where " +
           std::to_string(settings.word_bytes) + "-byte addresses end";
}

std::optional<std::string> depth_fault(std::uint32_t depth, std::string_view stack) {
    if (depth >= 1 && depth <= deepest_root_stack) return {};
    return "the depth of the " + std::string(stack) + " root stack must be 1 to " +
           std::to_string(deepest_root_stack) + " cells";
}

std::optional<std::string> table_fault(const HeapSettings& settings) {
    if (settings.vm == VmMode::none || table_bytes(settings) <= settings.size_bytes) return {};
    return "with vm=unified the VM's tables lie in the heap and take " +
           std::to_string(table_bytes(settings)) + " bytes: expected a larger heap or less deep root stacks";
}

}  // namespace

std::span<const SettingRow> setting_rows() { return rows; }

std::uint64_t value_of(const HeapSettings& settings, SettingKey key) {
    switch (key) {
        case SettingKey::size: return settings.size_bytes;
        case SettingKey::word: return settings.word_bytes;
        case SettingKey::base: return settings.base;
        case SettingKey::permanent: return settings.permanent_depth;
        case SettingKey::transient: return settings.transient_depth;
        case SettingKey::gc: return static_cast<std::uint64_t>(settings.gc);
        case SettingKey::vm: return static_cast<std::uint64_t>(settings.vm);
        case SettingKey::freed: return static_cast<std::uint64_t>(settings.freed);
        case SettingKey::count_: break;
    }
    return 0;
}

void set_value(HeapSettings& settings, SettingKey key, std::uint64_t value) {
    switch (key) {
        case SettingKey::size: settings.size_bytes = value; break;
        case SettingKey::word: settings.word_bytes = saturated(value); break;
        case SettingKey::base: settings.base = value; break;
        case SettingKey::permanent: settings.permanent_depth = saturated(value); break;
        case SettingKey::transient: settings.transient_depth = saturated(value); break;
        case SettingKey::gc: settings.gc = static_cast<GcMode>(std::min<std::uint64_t>(value, 2)); break;
        case SettingKey::vm: settings.vm = static_cast<VmMode>(std::min<std::uint64_t>(value, 1)); break;
        case SettingKey::freed:
            settings.freed = static_cast<FreedMode>(std::min<std::uint64_t>(value, 1));
            break;
        case SettingKey::count_: break;
    }
}

std::optional<SettingsFault> find_fault(HeapSettings& settings) {
    if (settings.word_bytes != 4 && settings.word_bytes != 8) {
        return SettingsFault{SettingKey::word, "the heap's word must be 4 or 8 bytes"};
    }
    if (auto fault = size_fault(settings)) return SettingsFault{SettingKey::size, *fault};
    if (auto fault = base_fault(settings)) return SettingsFault{SettingKey::base, *fault};
    if (auto fault = depth_fault(settings.permanent_depth, "permanent")) {
        return SettingsFault{SettingKey::permanent, *fault};
    }
    if (auto fault = depth_fault(settings.transient_depth, "transient")) {
        return SettingsFault{SettingKey::transient, *fault};
    }
    if (auto fault = table_fault(settings)) return SettingsFault{SettingKey::vm, *fault};
    return std::nullopt;
}

std::optional<std::string> normalise(HeapSettings& settings) {
    auto fault = find_fault(settings);
    if (!fault) return std::nullopt;
    return std::move(fault->message);
}

}  // namespace heapcore
