// A second allocator, written from the memory model alone, to compare the real one with: no lists in
// memory, no back-pointers, only headers in a byte array and scans from the heap's start.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace linear {

class LinearHeap {
public:
    LinearHeap(std::uint32_t size_bytes, std::uint32_t word_bytes);

    /// Offset of the chunk; none if no free chunk is large enough.
    std::optional<std::uint32_t> allocate(std::uint32_t type, std::uint64_t request);
    /// Size of the free chunk that the chunk became a part of.
    std::uint32_t free(std::uint32_t chunk);
    void retype(std::uint32_t chunk, std::uint32_t type);
    std::optional<std::uint32_t> clone(std::uint32_t chunk);

    std::uint32_t header(std::uint32_t chunk) const;
    std::uint32_t size_of(std::uint32_t chunk) const { return header(chunk) >> 8; }
    std::uint32_t free_bytes() const { return free_bytes_; }
    /// Free chunks, smallest first, the newest first among equals.
    const std::vector<std::uint32_t>& free_list() const { return free_list_; }

private:
    void put_header(std::uint32_t chunk, std::uint32_t bits);
    std::uint32_t end_of(std::uint32_t chunk) const { return chunk + size_of(chunk); }
    std::optional<std::uint32_t> chunk_before(std::uint32_t chunk) const;
    void unlist(std::uint32_t chunk);
    void give(std::uint32_t chunk);

    std::vector<std::uint8_t> bytes_;
    std::vector<std::uint32_t> free_list_;
    std::uint32_t alignment_;
    std::uint32_t smallest_;
    std::uint32_t free_bytes_ = 0;
};

}  // namespace linear
