// The free list: doubly linked, ordered by size, smallest first, kept inside the free chunks.
//
// It runs from a start marker (size 0) to an end marker (size = the heap's); both lie outside the
// heap. Invariant: sizes never fall along the list; among equals the newest comes first.
// An index over the sizes beside the memory finds a place in the list without a walk. What it says
// is checked against the list before it is believed; a list that a program broke is walked.
// Source: the memory model (free list).
#pragma once

#include "heapcore/layout.h"
#include "heapcore/memory.h"
#include "heapcore/size_index.h"

namespace heapcore {

class FreeList {
public:
    FreeList(const MemoryLayout& layout, const ChunkGeometry& geometry)
        : start_(layout.list_start),
          end_(layout.list_end),
          heap_bytes_(layout.heap_bytes),
          geometry_(&geometry) {}

    /// Lays down the two markers, linked to each other.
    void make(Memory& memory);

    Offset first(const Memory& memory) const { return next(memory, start_); }
    Offset last(const Memory& memory) const { return previous(memory, end_); }
    /// Where a walk along the list stops: the end marker going forward, the start marker going back.
    Offset end() const { return end_; }
    Offset start() const { return start_; }

    Offset next(const Memory& memory, Offset chunk) const {
        return static_cast<Offset>(memory.load_word(chunk + geometry_->next_offset) - memory.base());
    }
    Offset previous(const Memory& memory, Offset chunk) const {
        return static_cast<Offset>(memory.load_word(chunk + geometry_->previous_offset) - memory.base());
    }

    /// First chunk of at least that size, from the small end; end() if there is none.
    Offset find(const Memory& memory, std::uint32_t size_bytes) {
        if (index_.generation() != memory.generation()) [[unlikely]]
            index_anew(memory);
        const Offset found = find_unchecked(memory, size_bytes);
#if HEAPCORE_CHECK >= 2
        HEAPCORE_ASSERT(found == scan(memory, size_bytes), "the index finds what a walk finds");
#endif
        return found;
    }
    /// The same by a walk along the list.
    Offset scan(const Memory& memory, std::uint32_t size_bytes) const;

    /// Inserts before the first chunk whose size is not smaller; returns that chunk or end().
    Offset insert(Memory& memory, Offset chunk, std::uint32_t size_bytes);
    /// Precondition: the chunk's header still says the size that it was inserted with.
    void remove(Memory& memory, Offset chunk);

    /// Whether the list was in order when it was last looked at; a walk along one that is not may
    /// lead anywhere.
    bool is_broken() const { return is_broken_; }

private:
    void link(Memory& memory, Offset before, Offset after) const {
        memory.store_word(before + geometry_->next_offset, memory.address_of(after));
        memory.store_word(after + geometry_->previous_offset, memory.address_of(before));
    }

    /// Whether a marker or a free chunk could lie there at all.
    static bool is_place(const Memory& memory, Offset chunk) {
        return chunk <= memory.size_bytes() - 32 && chunk % 4 == 0;
    }
    /// Whether the sizes around this place of the list are such that a walk would end there.
    bool is_place_for(const Memory& memory, std::uint32_t size_bytes, Offset found) const {
        if (memory.header(found).size_bytes() < size_bytes) return false;
        const Offset before = previous(memory, found);
        return is_place(memory, before) && next(memory, before) == found &&
               memory.header(before).size_bytes() < size_bytes;
    }
    // The large end is looked at first: there a heap that is not fragmented has its only chunk.
    Offset find_unchecked(const Memory& memory, std::uint32_t size_bytes) {
        const Offset last = this->last(memory);
        if (!is_broken_ && is_place(memory, last) && next(memory, last) == end_) [[likely]] {
            if (memory.header(last).size_bytes() < size_bytes) return end_;
            const Offset before = previous(memory, last);
            if (is_place(memory, before) && memory.header(before).size_bytes() < size_bytes &&
                next(memory, before) == last)
                return last;
            const Offset indexed = index_.at_least(size_bytes);
            const Offset found = indexed == no_chunk ? apart_ : indexed;
            if (found != no_chunk && is_place_for(memory, size_bytes, found)) [[likely]]
                return found;
        }
        return find_anew(memory, size_bytes);
    }
    void index_anew(const Memory& memory);
    bool fill_index(const Memory& memory);
    Offset find_anew(const Memory& memory, std::uint32_t size_bytes);

    Offset start_;
    Offset end_;
    std::uint32_t heap_bytes_;
    bool is_broken_ = false;
    Offset apart_ = no_chunk;  ///< a chunk larger than those of the index, which leaves it out; or no_chunk
    std::uint32_t apart_size_bytes_ = 0;
    SizeIndex index_;
    const ChunkGeometry* geometry_;
};

inline Offset FreeList::insert(Memory& memory, Offset chunk, std::uint32_t size_bytes) {
    const Offset after = find(memory, size_bytes);
    const Offset before = previous(memory, after);
    if (is_broken_ && !is_place(memory, before)) return after;
    link(memory, before, chunk);
    link(memory, chunk, after);
    if (!index_.fits(size_bytes)) {
        is_broken_ = true;
    } else if (after == end_) {
        // The largest chunk comes and goes with each operation on a heap that is not fragmented.
        if (apart_ != no_chunk) index_.put(apart_size_bytes_, apart_);
        apart_ = chunk;
        apart_size_bytes_ = size_bytes;
    } else {
        index_.put(size_bytes, chunk);
    }
    return after;
}

inline void FreeList::remove(Memory& memory, Offset chunk) {
    const Offset before = previous(memory, chunk);
    const Offset after = next(memory, chunk);
    if (!is_place(memory, before) || !is_place(memory, after)) [[unlikely]] {
        is_broken_ = true;
        return;
    }
    link(memory, before, after);
    if (index_.generation() != memory.generation()) return;
    if (chunk == apart_) {
        apart_ = no_chunk;
        return;
    }
    const std::uint32_t size_bytes = memory.header(chunk).size_bytes();
    if (!index_.fits(size_bytes) || index_.first(size_bytes) != chunk) return;
    if (after != end_ && after != apart_ && memory.header(after).size_bytes() == size_bytes)
        index_.put(size_bytes, after);
    else
        index_.take(size_bytes);
}

}  // namespace heapcore
