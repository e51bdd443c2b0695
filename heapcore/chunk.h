// Chunk: header + body, free or in use. The only place with masks and shifts.
//
// Header: one 32-bit word. Bits 31..8 size of the whole chunk in bytes, header included; 7..4
// allocation type; 3..2 colour; 1 P: the chunk before this one is free; 0 U: this chunk is in use.
// Source: the memory model (the chunk).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heapcore {

/// Bytes from the first byte of the flat memory. In the heap: from the heap's first byte.
using Offset = std::uint32_t;
/// What memory holds as a pointer: base + offset; 0 is null.
using Address = std::uint64_t;

inline constexpr Offset no_chunk = 0xffffffff;

/// Tells the collector how to scan a chunk.
enum class AllocationType : std::uint8_t {
    object,
    primitive_array,
    object_array,
    string,
    weak_reference,
    data,
    array_class,
    primitive_class,
    instance_class,
    static_data,
};
inline constexpr std::uint32_t allocation_type_count = 10;

enum class Colour : std::uint8_t { white, grey, black };
inline constexpr std::uint32_t colour_count = 3;

inline constexpr std::array<std::string_view, allocation_type_count> allocation_type_words = {
    "object", "primitive-array", "object-array",    "string",         "weak-reference",
    "data",   "array-class",     "primitive-class", "instance-class", "static"};
inline constexpr std::array<std::string_view, colour_count> colour_words = {"white", "grey", "black"};

constexpr std::string_view word_of(AllocationType type) {
    const auto index = static_cast<std::size_t>(type);
    return index < allocation_type_count ? allocation_type_words[index] : "unknown";
}
constexpr std::string_view word_of(Colour colour) {
    const auto index = static_cast<std::size_t>(colour);
    return index < colour_count ? colour_words[index] : "unknown";
}

/// Types 0..4 are objects: only they count as references when a thread's stack is scanned.
constexpr bool is_object_type(AllocationType type) { return type <= AllocationType::weak_reference; }
constexpr bool is_class_type(AllocationType type) {
    return type >= AllocationType::array_class && type <= AllocationType::instance_class;
}

/// The 32 bits of a chunk's header.
class Header {
public:
    constexpr Header() = default;
    constexpr explicit Header(std::uint32_t bits) : bits_(bits) {}

    /// Size only, every other bit zero.
    static constexpr Header of_size(std::uint32_t bytes) { return Header(bytes << 8); }

    constexpr std::uint32_t bits() const { return bits_; }
    constexpr std::uint32_t size_bytes() const { return bits_ >> 8; }
    constexpr AllocationType type() const { return static_cast<AllocationType>(bits_ >> 4 & 15); }
    constexpr Colour colour() const { return static_cast<Colour>(bits_ >> 2 & 3); }
    constexpr bool is_previous_free() const { return bits_ & 2; }
    constexpr bool is_in_use() const { return bits_ & 1; }
    /// Both at one look.
    constexpr bool is_white_in_use() const { return (bits_ & 0xd) == 1; }

    constexpr Header with_size(std::uint32_t bytes) const { return Header((bits_ & 0xff) | bytes << 8); }
    constexpr Header with_type(AllocationType type) const {
        return Header((bits_ & ~0xf0u) | static_cast<std::uint32_t>(type) << 4);
    }
    constexpr Header with_colour(Colour colour) const {
        return Header((bits_ & ~0xcu) | static_cast<std::uint32_t>(colour) << 2);
    }
    constexpr Header with_previous_free(bool is_free) const {
        return Header((bits_ & ~2u) | (is_free ? 2u : 0u));
    }
    constexpr Header with_in_use(bool is_used) const { return Header((bits_ & ~1u) | (is_used ? 1u : 0u)); }

    constexpr bool operator==(const Header&) const = default;

private:
    std::uint32_t bits_ = 0;
};

inline constexpr std::uint32_t header_bytes = 4;

/// User data begins one header after the chunk.
constexpr Offset user_of(Offset chunk) { return chunk + header_bytes; }
constexpr Offset chunk_of(Offset user) { return user - header_bytes; }

/// Where a free chunk keeps its list pointers, and how chunks are cut, by word size.
struct ChunkGeometry {
    std::uint32_t word_bytes;
    std::uint32_t alignment_bytes;  ///< chunks begin and end on multiples of it
    std::uint32_t smallest_chunk_bytes;
    std::uint32_t next_offset;      ///< from the chunk: next in the free list
    std::uint32_t previous_offset;  ///< from the chunk: previous in the free list

    /// Number of the slot in which a chunk begins: a slot is as large as the smallest chunk.
    constexpr std::uint32_t slot_of(Offset chunk) const {
        return chunk >> std::countr_zero(smallest_chunk_bytes);
    }

    /// Bytes of the chunk that serves a request for so many user bytes; none if no size field can
    /// hold it.
    constexpr std::optional<std::uint32_t> chunk_bytes_for(std::uint64_t user_bytes) const {
        if (user_bytes >= 1u << 24) return std::nullopt;
        const std::uint64_t mask = alignment_bytes - 1;
        const std::uint64_t bytes = (user_bytes + header_bytes + mask) & ~mask;
        if (bytes >= 1u << 24) return std::nullopt;
        return bytes < smallest_chunk_bytes ? smallest_chunk_bytes : static_cast<std::uint32_t>(bytes);
    }
};

inline constexpr ChunkGeometry geometry_of_word4{4, 4, 16, 4, 8};
inline constexpr ChunkGeometry geometry_of_word8{8, 8, 32, 8, 16};

constexpr const ChunkGeometry& geometry_of(std::uint32_t word_bytes) {
    return word_bytes == 4 ? geometry_of_word4 : geometry_of_word8;
}

}  // namespace heapcore
