// Limits: what a trace may ask for at most. Beyond each stands an error that names the limit and the place in
// the trace; tests/heapcore/limits_test.cpp has a row for each constant here that tries both sides of it.
//
// Together they bound the memory and the time that a trace can take: a text of largest_trace_bytes becomes
// operations of a fixed size, names and texts kept once, and a heap that never grows.
#pragma once

#include <cstdint>
#include <string>

namespace heapcore {

// --- A trace's text -------------------------------------------------------------------------------

inline constexpr std::uint64_t largest_trace_bytes = 1ull << 30;  ///< after decompression
inline constexpr std::uint32_t longest_line_bytes = 1u << 16;
inline constexpr std::uint32_t longest_name_bytes = 256;
inline constexpr std::uint32_t most_operations = 50'000'000;
inline constexpr std::uint32_t most_lines = 100'000'000;
inline constexpr std::uint32_t most_names = 1u << 24;  ///< different ones
inline constexpr std::uint32_t most_texts = 1u << 24;  ///< different ones, fields' names among them
inline constexpr std::uint32_t most_fields = 1024;     ///< fields of one class
inline constexpr std::uint32_t most_locals = 1024;     ///< locals of one frame

/// The limits of a whole trace; a caller with less memory sets them lower.
struct TraceLimits {
    std::uint64_t bytes = largest_trace_bytes;
    std::uint32_t lines = most_lines;
    std::uint32_t operations = most_operations;
    std::uint32_t names = most_names;
    std::uint32_t texts = most_texts;
    std::string largest_text() const;  ///< "a trace has at most 1 GiB"
};

// --- A heap ---------------------------------------------------------------------------------------

/// Smallest heap, in bytes.
inline constexpr std::uint64_t smallest_heap_bytes = 256 * 1024;
/// Largest depth of a root stack, in cells.
inline constexpr std::uint32_t deepest_root_stack = 1u << 16;

/// The largest heap: what a 24-bit size field can hold, rounded down to the word.
/// 16,777,208 bytes with 8-byte words, 16,777,212 with 4-byte words.
constexpr std::uint64_t largest_heap_bytes(std::uint32_t word_bytes) {
    return ((1u << 24) - 1) / word_bytes * word_bytes;
}

// --- What lives in it -----------------------------------------------------------------------------

inline constexpr std::uint32_t most_blocks = 1024;  ///< open transient blocks
inline constexpr std::uint32_t most_pins = 256;
inline constexpr std::uint32_t most_superclasses = 256;       ///< above a class; a scan walks them
inline constexpr std::uint32_t most_instance_cells = 0xfffe;  ///< of an object; 16 bits count them
inline constexpr std::uint32_t most_threads = 64;             ///< with vm=none, at one time
inline constexpr std::uint32_t beside_segment_cells = 4096;   ///< vm=none: a thread's whole stack

}  // namespace heapcore
