// The free list: doubly linked, ordered by size, smallest first, kept inside the free chunks.
//
// It runs from a start marker (size 0) to an end marker (size = the heap's); both lie outside the
// heap. Invariant: sizes never fall along the list; among equals the newest comes first.
// An index over the sizes beside the memory finds a place in the list without a walk. What it says
// is checked against the list before it is believed; a list that a program broke is walked.
// Cells: Memory, or UnheardMemory where nothing listens.
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

    template <typename Cells>
    Offset first(const Cells& cells) const {
        return next(cells, start_);
    }
    template <typename Cells>
    Offset last(const Cells& cells) const {
        return previous(cells, end_);
    }
    /// Where a walk along the list stops: the end marker going forward, the start marker going back.
    Offset end() const { return end_; }
    Offset start() const { return start_; }

    template <typename Cells>
    Offset next(const Cells& cells, Offset chunk) const {
        return static_cast<Offset>(cells.load_word(chunk + geometry(cells).next_offset) - cells.base());
    }
    template <typename Cells>
    Offset previous(const Cells& cells, Offset chunk) const {
        return static_cast<Offset>(cells.load_word(chunk + geometry(cells).previous_offset) - cells.base());
    }

    /// First chunk of at least that size, from the small end; end() if there is none.
    template <typename Cells>
    Offset find(const Cells& cells, std::uint32_t size_bytes);
    /// The same by a walk along the list.
    Offset scan(const Memory& memory, std::uint32_t size_bytes) const;

    /// How many stand before that one or end(); none if a walk does not lead there.
    std::optional<std::uint32_t> chunks_before(const Memory& memory, Offset chunk) const;

    /// Inserts before the first chunk whose size is not smaller; returns that chunk or end().
    template <typename Cells>
    Offset insert(Cells& cells, Offset chunk, std::uint32_t size_bytes);
    /// Precondition: the chunk's header still says the size that it was inserted with.
    template <typename Cells>
    void remove(Cells& cells, Offset chunk);
    /// remove(); where the chunk is the largest and `by` would be so after it, that one is listed in its
    /// place at once: true then.
    template <typename Cells>
    bool hand_over(Cells& cells, Offset chunk, Offset by, std::uint32_t by_size_bytes);

    /// Whether the list was in order when it was last looked at; a walk along one that is not may
    /// lead anywhere.
    bool is_broken() const { return is_broken_; }

private:
    static const Memory& memory_of(const Memory& memory) { return memory; }
    template <typename Word>
    static const Memory& memory_of(const UnheardMemory<Word>& cells) {
        return cells.memory();
    }
    const ChunkGeometry& geometry(const Memory& memory) const {
        (void)memory;
        return *geometry_;
    }
    template <typename Word>
    static constexpr const ChunkGeometry& geometry(const UnheardMemory<Word>& cells) {
        (void)cells;
        return UnheardMemory<Word>::geometry;
    }

    template <typename Cells>
    void link(Cells& cells, Offset before, Offset after) const {
        cells.store_word(before + geometry(cells).next_offset, cells.address_of(after));
        cells.store_word(after + geometry(cells).previous_offset, cells.address_of(before));
    }

    /// Whether a marker or a free chunk could lie there at all.
    bool is_place(Offset chunk) const { return chunk <= end_ && chunk % 4 == 0; }
    template <typename Cells>
    Offset find_indexed(const Cells& cells, std::uint32_t size_bytes) const;
    Offset find_anew(const Memory& memory, std::uint32_t size_bytes);
    void index_anew(const Memory& memory);
    bool fill_index(const Memory& memory);

    /// The index says from now on that this chunk is listed, right before `after`.
    void note(Offset chunk, std::uint32_t size_bytes, Offset after);
    /// It says so no more, of a chunk that stood right before `after`.
    template <typename Cells>
    void drop(const Cells& cells, Offset chunk, std::uint32_t size_bytes, Offset after);

    Offset start_;
    Offset end_;
    std::uint32_t heap_bytes_;
    bool is_broken_ = false;
    Offset apart_ = no_chunk;  ///< a chunk larger than those of the index, which leaves it out; or no_chunk
    std::uint32_t apart_size_bytes_ = 0;
    SizeIndex index_;
    const ChunkGeometry* geometry_;
};

template <typename Cells>
[[gnu::always_inline]] inline Offset FreeList::find(const Cells& cells, std::uint32_t size_bytes) {
    if (index_.generation() != memory_of(cells).generation()) [[unlikely]]
        index_anew(memory_of(cells));
    Offset found = find_indexed(cells, size_bytes);
    if (found == no_chunk) [[unlikely]]
        found = find_anew(memory_of(cells), size_bytes);
#if HEAPCORE_CHECK >= 2
    HEAPCORE_ASSERT(found == scan(memory_of(cells), size_bytes), "the index finds what a walk finds");
#endif
    return found;
}

// What the index says, if the sizes around that place are such that a walk would end there; no_chunk if
// not. A size that is held comes first, then the large end: there a heap that is not fragmented has its only
// chunk.
template <typename Cells>
[[gnu::always_inline]] inline Offset FreeList::find_indexed(const Cells& cells,
                                                            std::uint32_t size_bytes) const {
    const auto is_place_for = [&](Offset found) {
        const Offset before = previous(cells, found);
        return is_place(before) && cells.header(before).size_bytes() < size_bytes &&
               next(cells, before) == found;
    };
    if (const Offset exact = index_.exactly(size_bytes); exact != no_chunk) {
        const bool is_sound =
            !is_broken_ && cells.header(exact).size_bytes() == size_bytes && is_place_for(exact);
        return is_sound ? exact : no_chunk;
    }
    const Offset last = this->last(cells);
    if (is_broken_ || !is_place(last) || next(cells, last) != end_) [[unlikely]]
        return no_chunk;
    if (cells.header(last).size_bytes() < size_bytes) return end_;
    if (is_place_for(last)) return last;
    const Offset indexed = index_.at_least(size_bytes);
    const Offset found = indexed == no_chunk ? apart_ : indexed;
    const bool is_sound =
        found != no_chunk && cells.header(found).size_bytes() >= size_bytes && is_place_for(found);
    return is_sound ? found : no_chunk;
}

template <typename Cells>
[[gnu::always_inline]] inline Offset FreeList::insert(Cells& cells, Offset chunk, std::uint32_t size_bytes) {
    const Offset after = find(cells, size_bytes);
    const Offset before = previous(cells, after);
    if (is_broken_ && !is_place(before)) return after;
    link(cells, before, chunk);
    link(cells, chunk, after);
    note(chunk, size_bytes, after);
    return after;
}

template <typename Cells>
[[gnu::always_inline]] inline void FreeList::remove(Cells& cells, Offset chunk) {
    const Offset before = previous(cells, chunk);
    const Offset after = next(cells, chunk);
    if (!is_place(before) || !is_place(after)) [[unlikely]] {
        is_broken_ = true;
        return;
    }
    link(cells, before, after);
    if (index_.generation() == memory_of(cells).generation())
        drop(cells, chunk, cells.header(chunk).size_bytes(), after);
}

template <typename Cells>
[[gnu::always_inline]] inline bool FreeList::hand_over(Cells& cells, Offset chunk, Offset by,
                                                       std::uint32_t by_size_bytes) {
    const Offset before = previous(cells, chunk);
    const bool stays_largest =
        chunk == apart_ && next(cells, chunk) == end_ && is_place(before) && next(cells, before) == chunk &&
        cells.header(before).size_bytes() < by_size_bytes && index_.fits(by_size_bytes) && !is_broken_ &&
        index_.generation() == memory_of(cells).generation();
    if (!stays_largest) {
        remove(cells, chunk);
        return false;
    }
    link(cells, before, by);
    link(cells, by, end_);
    apart_ = by;
    apart_size_bytes_ = by_size_bytes;
    return true;
}

[[gnu::always_inline]] inline void FreeList::note(Offset chunk, std::uint32_t size_bytes, Offset after) {
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
}

template <typename Cells>
[[gnu::always_inline]] inline void FreeList::drop(const Cells& cells, Offset chunk, std::uint32_t size_bytes,
                                                  Offset after) {
    if (chunk == apart_) {
        apart_ = no_chunk;
        return;
    }
    if (!index_.fits(size_bytes) || index_.first(size_bytes) != chunk) return;
    if (after != end_ && after != apart_ && cells.header(after).size_bytes() == size_bytes)
        index_.put(size_bytes, after);
    else
        index_.take(size_bytes);
}

}  // namespace heapcore
