// Size index: which sizes the free list holds, and the first chunk of each.
//
// It lies outside the flat memory and is derived from it: it can be dropped at any time and filled
// again by a walk along the list. A set of 64-ary bitmaps finds the next size held in a bounded
// number of looks. Its memory is as large as the heap allows, but touched only where sizes are held.
#pragma once

#include "heapcore/chunk.h"

#include <array>
#include <bit>
#include <cstdlib>
#include <memory>

namespace heapcore {

class SizeIndex {
public:
    SizeIndex() = default;
    /// A copy is empty: its list is another one.
    SizeIndex(const SizeIndex& other) { (void)other; }
    SizeIndex& operator=(const SizeIndex& other) {
        if (this != &other) drop();
        return *this;
    }

    /// Empties it, with room for sizes up to `most_bytes`, multiples of the alignment (4 or 8).
    /// From now on it belongs to that generation of the memory.
    void clear(std::uint32_t most_bytes, std::uint32_t alignment_bytes, std::uint64_t generation);
    /// The generation of the memory that it was made from; 0: none.
    std::uint64_t generation() const { return generation_; }

    /// Whether it can hold that size.
    bool fits(std::uint32_t size_bytes) const {
        return size_bytes <= most_bytes_ && (size_bytes & ((1u << shift_) - 1)) == 0;
    }
    /// First chunk of exactly that size; no_chunk if the size is not held.
    [[gnu::always_inline]] Offset exactly(std::uint32_t size_bytes) const {
        if (!fits(size_bytes)) return no_chunk;
        const std::uint32_t at = size_bytes >> shift_;
        return bits_[0][at >> 6] >> (at & 63) & 1 ? first_[at] : no_chunk;
    }
    /// First chunk of the smallest size held that is not smaller; no_chunk if there is none.
    [[gnu::always_inline]] Offset at_least(std::uint32_t size_bytes) const {
        if (size_bytes > most_bytes_) return no_chunk;
        std::uint32_t at = (size_bytes + (1u << shift_) - 1) >> shift_;
        for (std::size_t level = 0; level < levels; ++level) {
            const std::uint64_t bits = bits_[level][at >> 6] & ~std::uint64_t{0} << (at & 63);
            if (bits != 0) {
                at = (at & ~63u) + static_cast<std::uint32_t>(std::countr_zero(bits));
                while (level-- > 0)
                    at = (at << 6) + static_cast<std::uint32_t>(std::countr_zero(bits_[level][at]));
                return first_[at];
            }
            at = (at >> 6) + 1;
        }
        return no_chunk;
    }
    /// First chunk of exactly that size; valid while the size is held. Precondition: fits().
    Offset first(std::uint32_t size_bytes) const { return first_[size_bytes >> shift_]; }

    /// Notes the first chunk of a size. Precondition: fits().
    [[gnu::always_inline]] void put(std::uint32_t size_bytes, Offset chunk) {
        std::uint32_t at = size_bytes >> shift_;
        first_[at] = chunk;
        for (std::uint64_t* const level : bits_) {
            std::uint64_t& word = level[at >> 6];
            const std::uint64_t before = word;
            word |= std::uint64_t{1} << (at & 63);
            if (before != 0) return;
            at >>= 6;
        }
    }
    /// No chunk of that size is left. Precondition: fits().
    void take(std::uint32_t size_bytes) {
        std::uint32_t at = size_bytes >> shift_;
        for (std::uint64_t* const level : bits_) {
            std::uint64_t& word = level[at >> 6];
            word &= ~(std::uint64_t{1} << (at & 63));
            if (word != 0) return;
            at >>= 6;
        }
    }

private:
    static constexpr std::size_t levels = 4;  // 64^4 sizes; 24 bits hold no more

    struct Free {
        void operator()(std::uint64_t* words) const { std::free(words); }
    };

    void drop() {
        words_.reset();
        most_bytes_ = 0;
        generation_ = 0;
    }

    std::unique_ptr<std::uint64_t[], Free> words_;  ///< the levels, then `first_`
    std::array<std::uint64_t*, levels> bits_{};     ///< a bit for each size, then for each word below
    Offset* first_ = nullptr;                       ///< by size; valid where the lowest level's bit is set
    std::uint64_t generation_ = 0;
    std::uint32_t most_bytes_ = 0;
    std::uint32_t shift_ = 3;
};

}  // namespace heapcore
