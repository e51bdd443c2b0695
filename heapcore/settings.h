// What a heap is made with: the keys of a trace's `heap` line.
//
// Source: the trace format (head) and the memory model (the heap).
#pragma once

#include "heapcore/limits.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace heapcore {

/// When an allocation that cannot be met collects.
enum class GcMode : std::uint8_t {
    automatic,  ///< collects once and tries again
    manual,     ///< just fails
    stress,     ///< a collection before every allocation
};

/// Where the VM's own structures lie.
enum class VmMode : std::uint8_t {
    none,     ///< beside the heap: the heap starts as one free chunk
    unified,  ///< allocated from the heap, as the real VM does
};

/// What becomes of a freed chunk's contents.
enum class FreedMode : std::uint8_t {
    kept,    ///< they stay as garbage, as in the real VM
    zeroed,  ///< its user data is zeroed: what is used after it was freed shows
};

struct HeapSettings {
    std::uint64_t size_bytes = 1024 * 1024;  ///< rounded up to the word by normalise()
    std::uint32_t word_bytes = 8;            ///< 4 or 8
    std::uint64_t base = 0x10000000;         ///< address of the heap's first byte, a multiple of 8
    std::uint32_t permanent_depth = 1024;    ///< cells of the permanent root stack
    std::uint32_t transient_depth = 1024;    ///< cells of the transient root stack
    GcMode gc = GcMode::automatic;
    VmMode vm = VmMode::none;
    FreedMode freed = FreedMode::kept;

    bool operator==(const HeapSettings&) const = default;
};

/// The keys of the `heap` line.
enum class SettingKey : std::uint8_t { size, word, base, permanent, transient, gc, vm, freed, count_ };

/// How a key's value is written.
enum class SettingForm : std::uint8_t { bytes, address, count, words };

struct SettingRow {
    SettingKey key;
    std::string_view word;  ///< "size"
    SettingForm form;
    std::string_view usage;                   ///< "size=BYTES"
    std::span<const std::string_view> words;  ///< for SettingForm::words: in the order of the values
    std::string_view help;                    ///< one sentence
};

/// Rows in the order of SettingKey.
std::span<const SettingRow> setting_rows();

/// A setting as a number; one of words counts from 0. Setting saturates at what the field can hold.
std::uint64_t value_of(const HeapSettings& settings, SettingKey key);
void set_value(HeapSettings& settings, SettingKey key, std::uint64_t value);

/// A key whose value cannot make a heap, and a sentence that says what was expected.
struct SettingsFault {
    SettingKey key;
    std::string message;
};

/// Addresses beyond a heap's base that belong to it: the largest heap, and what lies behind it.
inline constexpr std::uint64_t address_room_bytes = (16ull + 64ull) << 20;

/// As normalise(), and names the key at fault.
std::optional<SettingsFault> find_fault(HeapSettings& settings);

/// Rounds the size up to the word. Returns a sentence that says what is wrong and what was
/// expected when the settings cannot make a heap.
std::optional<std::string> normalise(HeapSettings& settings);

}  // namespace heapcore
