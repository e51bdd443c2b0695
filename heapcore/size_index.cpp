#include "heapcore/size_index.h"

#include <new>

namespace heapcore {

void SizeIndex::clear(std::uint32_t most_bytes, std::uint32_t alignment_bytes, std::uint64_t generation) {
    const std::uint32_t shift = alignment_bytes == 4 ? 2 : 3;
    if (words_ && most_bytes == most_bytes_ && shift == shift_) {
        for (Offset chunk = at_least(0); chunk != no_chunk; chunk = at_least(0)) {
            std::uint32_t at = 0;
            for (std::size_t level = levels; level-- > 0;)
                at = (at << 6) + static_cast<std::uint32_t>(std::countr_zero(bits_[level][at]));
            take(at << shift_);
        }
        generation_ = generation;
        return;
    }
    drop();
    // A word more on each level: a search may go on right behind the last size.
    std::array<std::size_t, levels> words;
    std::size_t count = most_bytes >> shift;
    std::size_t all = 0;
    for (std::size_t& level : words) {
        count = (count >> 6) + 1;
        level = count + 1;
        all += level;
    }
    const std::size_t sizes = (most_bytes >> shift) + 1;
    // calloc leaves pages that are never touched unmapped.
    auto* block = static_cast<std::uint64_t*>(std::calloc(all + (sizes + 1) / 2, sizeof(std::uint64_t)));
    if (!block) throw std::bad_alloc();
    words_.reset(block);
    // The small levels first, so that they share their pages.
    for (std::size_t level = levels; level-- > 0;) {
        bits_[level] = block;
        block += words[level];
    }
    first_ = reinterpret_cast<Offset*>(block);
    most_bytes_ = most_bytes;
    shift_ = shift;
    generation_ = generation;
}

}  // namespace heapcore
