#include "heapcore/free_list.h"

namespace heapcore {

void FreeList::make(Memory& memory) {
    memory.store_header(start_, Header::of_size(0));
    memory.store_header(end_, Header::of_size(heap_bytes_));
    link(memory, start_, end_);
    index_anew(memory);
}

Offset FreeList::scan(const Memory& memory, std::uint32_t size_bytes) const {
    // Bounded, since a broken list may lead in a circle or out of memory.
    std::uint32_t left = heap_bytes_ / geometry_->smallest_chunk_bytes;
    Offset chunk = first(memory);
    while (chunk != end_ && left-- > 0) {
        if (!is_place(chunk)) return end_;
        if (memory.header(chunk).size_bytes() >= size_bytes) return chunk;
        chunk = next(memory, chunk);
    }
    return end_;
}

std::optional<std::uint32_t> FreeList::chunks_before(const Memory& memory, Offset chunk) const {
    const std::uint32_t most = heap_bytes_ / geometry_->smallest_chunk_bytes;
    std::uint32_t count = 0;
    for (Offset at = first(memory); at != chunk; at = next(memory, at))
        if (count++ == most || !is_place(at)) return std::nullopt;
    return count;
}

void FreeList::index_anew(const Memory& memory) {
    index_.clear(heap_bytes_, geometry_->alignment_bytes, memory.generation());
    apart_ = no_chunk;
    is_broken_ = !fill_index(memory);
}

// Whether the list is in order; one that is not leaves the index of no use.
bool FreeList::fill_index(const Memory& memory) {
    std::uint32_t left = heap_bytes_ / geometry_->smallest_chunk_bytes;
    std::uint32_t size_before = 0;
    Offset before = start_;
    for (Offset chunk = first(memory); chunk != end_; chunk = next(memory, chunk)) {
        if (left-- == 0 || chunk > heap_bytes_ - geometry_->smallest_chunk_bytes || chunk % 4 != 0)
            return false;
        const Header header = memory.header(chunk);
        const std::uint32_t size = header.size_bytes();
        const bool is_in_order = size >= size_before && size >= geometry_->smallest_chunk_bytes &&
                                 index_.fits(size) && !header.is_in_use() &&
                                 previous(memory, chunk) == before;
        if (!is_in_order) return false;
        if (size != size_before) index_.put(size, chunk);
        size_before = size;
        before = chunk;
    }
    return previous(memory, end_) == before;
}

// The list was changed past the index, or a program broke it.
Offset FreeList::find_anew(const Memory& memory, std::uint32_t size_bytes) {
    if (!is_broken_) index_anew(memory);
    return scan(memory, size_bytes);
}

}  // namespace heapcore
