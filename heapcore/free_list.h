// The free list: doubly linked, ordered by size, smallest first, kept inside the free chunks.
//
// It runs from a start marker (size 0) to an end marker (size = the heap's); both lie outside the
// heap. Invariant: sizes never fall along the list; among equals the newest comes first.
// Source: the memory model (free list).
#pragma once

#include "heapcore/layout.h"
#include "heapcore/memory.h"

namespace heapcore {

class FreeList {
public:
    FreeList(const MemoryLayout& layout, const ChunkGeometry& geometry)
        : start_(layout.list_start), end_(layout.list_end), geometry_(&geometry) {}

    /// Lays down the two markers, linked to each other.
    void make(Memory& memory, std::uint32_t heap_bytes) const;

    Offset first(const Memory& memory) const { return next(memory, start_); }
    Offset last(const Memory& memory) const { return previous(memory, end_); }
    /// Where a walk along the list stops: the end marker going forward, the start marker going back.
    Offset end() const { return end_; }
    Offset start() const { return start_; }

    Offset next(const Memory& memory, Offset chunk) const {
        return static_cast<Offset>(memory.load_word(chunk + geometry_->next_offset) -
                                   memory.base());
    }
    Offset previous(const Memory& memory, Offset chunk) const {
        return static_cast<Offset>(memory.load_word(chunk + geometry_->previous_offset) -
                                   memory.base());
    }

    /// First chunk of at least that size, from the small end; end() if there is none.
    /// The place for an index over sizes: this and insert() are all that search the list.
    Offset find(const Memory& memory, std::uint32_t size_bytes) const {
        Offset chunk = first(memory);
        while (chunk != end_ && memory.header(chunk).size_bytes() < size_bytes)
            chunk = next(memory, chunk);
        return chunk;
    }

    /// Inserts before the first chunk whose size is not smaller; returns that chunk or end().
    Offset insert(Memory& memory, Offset chunk, std::uint32_t size_bytes) const;
    void remove(Memory& memory, Offset chunk) const;

private:
    void link(Memory& memory, Offset before, Offset after) const {
        memory.store_word(before + geometry_->next_offset, memory.address_of(after));
        memory.store_word(after + geometry_->previous_offset, memory.address_of(before));
    }

    Offset start_;
    Offset end_;
    const ChunkGeometry* geometry_;
};

}  // namespace heapcore
