// The heap: a fixed linear memory cut into chunks; allocate, free, split, coalesce, walk.
//
// Invariants: chunks cover the heap exactly; no two neighbours are free; a chunk after a free one
// has P set; every free chunk is on the free list and ends in a pointer to its own start.
// Source: the memory model (allocate, free, quirks).
#pragma once

#include "heapcore/free_list.h"
#include "heapcore/layout.h"
#include "heapcore/memory.h"
#include "heapcore/settings.h"

#include <optional>
#include <string_view>

namespace heapcore {

/// Why a chunk cannot be trusted; the sanity checks before a free or a clone.
enum class ChunkFault : std::uint8_t {
    none,
    outside_heap,
    misaligned,
    type,
    too_small,
    too_large,
    beyond_end,
    colour,
    not_in_use
};
std::string_view word_of(ChunkFault fault);

class Heap {
public:
    /// Precondition: normalise(settings) found nothing wrong.
    explicit Heap(const HeapSettings& settings);

    Memory memory;

    const HeapSettings& settings() const { return settings_; }
    const MemoryLayout& layout() const { return layout_; }
    const ChunkGeometry& geometry() const { return *geometry_; }
    const ObjectLayout& objects() const { return *objects_; }
    const FreeList& free_list() const { return free_list_; }
    std::uint32_t size_bytes() const { return layout_.heap_bytes; }

    std::uint64_t get(Register which) const { return memory.load64(layout_.at(which)); }
    void set(Register which, std::uint64_t value) { memory.store64(layout_.at(which), value); }

    /// A chunk for so many user bytes, white, its contents whatever lay there; none if no free
    /// chunk is large enough. `birth` and the rest are noted beside the heap.
    std::optional<Offset> allocate(AllocationType type, std::uint64_t user_bytes, const Origin& origin = {}) {
        const Offset chunk = place(type, user_bytes, origin);
        if (chunk == no_chunk) return std::nullopt;
        return chunk;
    }

    /// More chunks than this the heap cannot hold: it ends a walk along a list that a program broke.
    std::uint32_t most_chunks() const { return layout_.heap_bytes / geometry_->smallest_chunk_bytes; }

    /// Gives a chunk back; joins it with free neighbours. Precondition: fault_of(chunk) is none.
    /// Returns the free chunk that it became a part of.
    Offset free(Offset chunk);
    /// The same for the collector: reported as swept.
    Offset sweep_free(Offset chunk, bool is_part_of_class);
    /// sweep_free() on this chunk and on each that follows, free ones between them left aside, as
    /// long as they are dead: the same bytes, where nothing listens. `before(chunk)` is called for
    /// each. Returns the chunk behind. Precondition: is_dead(chunk).
    template <typename IsDead, typename Before>
    Offset sweep_run(Offset chunk, IsDead is_dead, Before before);

    Header header(Offset chunk) const { return memory.header(chunk); }
    /// The chunk after this one; size_bytes() after the last.
    Offset next_chunk(Offset chunk) const { return chunk + header(chunk).size_bytes(); }
    bool is_end(Offset chunk) const { return chunk >= layout_.heap_bytes; }

    /// Whether the chunk at that offset may be trusted: in use and sane.
    ChunkFault fault_of(Offset chunk) const;
    bool is_sane(Offset chunk) const { return fault_of(chunk) == ChunkFault::none; }
    /// The chunk whose user data a pointer refers to, if that is a sane chunk in use.
    std::optional<Offset> chunk_at(Address user) const;
    bool is_in_heap(Address address) const {
        return address >= memory.base() && address - memory.base() < layout_.heap_bytes;
    }

    Origin origin_of(Offset chunk) const;
    /// Notes where a chunk comes from, with the next birth, which is returned.
    std::uint32_t give_birth(Offset chunk, Origin origin);
    void set_origin_name(Offset chunk, std::uint32_t name_plus_one);

    std::uint32_t largest_free_bytes() const {
        const Offset last = free_list_.last(memory);
        return last == free_list_.start() ? 0 : header(last).size_bytes();
    }

    void set_colour(Offset chunk, Colour colour) {
        memory.store_header(chunk, header(chunk).with_colour(colour));
    }

private:
    Offset place(AllocationType type, std::uint64_t user_bytes, const Origin& origin);
    [[gnu::noinline]] Offset place_aloud(AllocationType type, std::uint64_t user_bytes, const Origin& origin);
    template <typename Word>
    Offset place_unheard(AllocationType type, std::uint64_t user_bytes, const Origin& origin);
    Offset search_aloud(std::uint32_t needed);
    [[gnu::noinline]] Offset free_aloud(Offset chunk);
    template <typename Word>
    Offset free_unheard(Offset chunk);
    void split(Offset chunk, std::uint32_t size, std::uint32_t kept);
    Offset give_back(Offset chunk, std::uint32_t size_bytes, bool may_join_previous);
    Offset origin_place(Offset chunk) const {
        return layout_.origins + geometry_->slot_of(chunk) * static_cast<std::uint32_t>(sizeof(Origin));
    }
    void zero_user_data(Offset chunk, Header header) {
        memory.zero(user_of(chunk), header.size_bytes() - header_bytes);
    }
    template <typename Cells>
    std::uint32_t give_birth_in(Cells& cells, Offset chunk, const Origin& origin);
    template <typename Cells>
    void count_in(Cells& cells, Register which, std::int64_t by) const {
        cells.store64(layout_.at(which), cells.load64(layout_.at(which)) + static_cast<std::uint64_t>(by));
    }
    void count(Register which, std::int64_t by) { count_in(memory, which, by); }
    [[gnu::always_inline]] void report(StepKind kind, Offset chunk, std::uint64_t a = 0, std::uint32_t b = 0,
                                       std::uint8_t detail = 0, std::uint16_t extra = 0) {
        if (memory.journal()) [[unlikely]]
            memory.report({kind, detail, extra, chunk, a, b});
    }

    friend class Scribe;  // frees as sweep_free() does

    HeapSettings settings_;
    MemoryLayout layout_;
    const ChunkGeometry* geometry_;
    const ObjectLayout* objects_;
    FreeList free_list_;
};

inline ChunkFault Heap::fault_of(Offset chunk) const {
    if (chunk >= layout_.heap_bytes || layout_.heap_bytes - chunk < geometry_->smallest_chunk_bytes)
        return ChunkFault::outside_heap;
    if (chunk & (geometry_->alignment_bytes - 1)) return ChunkFault::misaligned;
    const Header header = this->header(chunk);
    const std::uint32_t size = header.size_bytes();
    if (static_cast<std::uint32_t>(header.type()) >= allocation_type_count) return ChunkFault::type;
    if (size < geometry_->smallest_chunk_bytes) return ChunkFault::too_small;
    if (size > layout_.heap_bytes) return ChunkFault::too_large;
    if (size & (geometry_->alignment_bytes - 1)) return ChunkFault::misaligned;
    if (size > layout_.heap_bytes - chunk) return ChunkFault::beyond_end;
    if (static_cast<std::uint32_t>(header.colour()) >= colour_count) return ChunkFault::colour;
    if (!header.is_in_use()) return ChunkFault::not_in_use;
    return ChunkFault::none;
}

inline std::optional<Offset> Heap::chunk_at(Address user) const {
    if (!is_in_heap(user) || user - memory.base() < header_bytes) return std::nullopt;
    const Offset chunk = chunk_of(static_cast<Offset>(user - memory.base()));
    if (!is_sane(chunk)) return std::nullopt;
    return chunk;
}

// A free chunk that grows at once again is not listed in between, since that leaves no trace.
template <typename IsDead, typename Before>
Offset Heap::sweep_run(Offset chunk, IsDead is_dead, Before before) {
    HEAPCORE_ASSERT(!memory.journal(), "a run is swept where nothing listens");
    Offset start = chunk;
    std::uint32_t size = 0;
    std::uint64_t freed_bytes = 0;
    std::int64_t dead_chunks = 0;
    std::int64_t free_chunks = 0;
    const auto join = [&](Offset free) {
        free_list_.remove(memory, free);
        size += header(free).size_bytes();
        ++free_chunks;
    };
    if (chunk != 0 && header(chunk).is_previous_free()) {
        const auto back = memory.load_word(chunk - geometry_->word_bytes) - memory.base();
        start = static_cast<Offset>(back);
        join(start);
    }
    for (;;) {
        before(chunk);
        const Header dead = header(chunk);
        memory.store_header(chunk, dead.with_in_use(false));
        if (settings_.freed == FreedMode::zeroed) zero_user_data(chunk, dead);
        freed_bytes += dead.size_bytes();
        size += dead.size_bytes();
        ++dead_chunks;
        if (const Offset next = start + size; !is_end(next) && !header(next).is_in_use()) join(next);
        memory.store_word(start + size - geometry_->word_bytes, memory.address_of(start));
        chunk = start + size;
        if (is_end(chunk)) break;
        memory.store_header(chunk, header(chunk).with_previous_free(true));
        if (!is_dead(chunk)) break;
    }
    if (dead_chunks + free_chunks > 1) memory.store_header(start, Header::of_size(size));
    set(Register::heap_free, get(Register::heap_free) + freed_bytes);
    count(Register::chunks, 1 - dead_chunks - free_chunks);
    count(Register::free_chunks, 1 - free_chunks);
    free_list_.insert(memory, start, size);
    return chunk;
}

}  // namespace heapcore
