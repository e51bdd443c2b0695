#include "heapcore/heap.h"

#include <array>
#include <cstdio>

namespace heapcore {

void assertion_failed(const char* condition, const char* sentence, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: broken invariant: %s (%s)\n", file, line, sentence, condition);
    std::abort();
}

std::string_view word_of(ChunkFault fault) {
    constexpr std::array<std::string_view, 9> words = {"sound",
                                                       "lies outside the heap",
                                                       "is not aligned",
                                                       "has an unknown allocation type",
                                                       "is smaller than the smallest chunk",
                                                       "is larger than the heap",
                                                       "reaches beyond the heap's end",
                                                       "has a colour beyond black",
                                                       "is not in use"};
    return words[static_cast<std::size_t>(fault)];
}

Heap::Heap(const HeapSettings& settings)
    : memory(MemoryLayout(settings).names, settings.word_bytes, settings.base),
      settings_(settings),
      layout_(settings),
      geometry_(&geometry_of(settings.word_bytes)),
      objects_(&object_layout_of(settings.word_bytes)),
      free_list_(layout_, *geometry_) {
    free_list_.make(memory);
    memory.store_header(0, Header::of_size(layout_.heap_bytes));
    set(Register::chunks, 1);
    set(Register::free_chunks, 0);
    give_back(0, layout_.heap_bytes, false);
}

Offset Heap::place(AllocationType type, std::uint64_t user_bytes, const Origin& origin) {
    if (memory.journal()) [[unlikely]]
        return place_aloud(type, user_bytes, origin);
    return geometry_->word_bytes == 8 ? place_unheard<std::uint64_t>(type, user_bytes, origin)
                                      : place_unheard<std::uint32_t>(type, user_bytes, origin);
}

Offset Heap::place_aloud(AllocationType type, std::uint64_t user_bytes, const Origin& origin) {
    const std::optional<std::uint32_t> fitting = geometry_->chunk_bytes_for(user_bytes);
    if (!fitting) {
        report(StepKind::search_failed, no_chunk, largest_free_bytes(), 0xffffffff);
        return no_chunk;
    }
    const std::uint32_t needed = *fitting;
    const Offset chunk = search_aloud(needed);
    if (chunk == free_list_.end()) return no_chunk;

    const std::uint32_t found = header(chunk).size_bytes();
    free_list_.remove(memory, chunk);
    count(Register::free_chunks, -1);
    set(Register::heap_free, get(Register::heap_free) - found);
    report(StepKind::taken, chunk, get(Register::heap_free), needed);
    if (found >= needed + geometry_->smallest_chunk_bytes) split(chunk, found, needed);

    Header taken = header(chunk);
    const Offset next = chunk + taken.size_bytes();
    if (!is_end(next)) memory.store_header(next, header(next).with_previous_free(false));
    taken = taken.with_in_use(true).with_colour(Colour::white).with_type(type);
    memory.store_header(chunk, taken);

    const std::uint32_t birth = give_birth(chunk, origin);
    report(StepKind::alloc, chunk, taken.size_bytes(), birth, static_cast<std::uint8_t>(type));
    return chunk;
}

// The same bytes where nothing listens.
template <typename Word>
[[gnu::always_inline]] inline Offset Heap::place_unheard(AllocationType type, std::uint64_t user_bytes,
                                                         const Origin& origin) {
    UnheardMemory<Word> cells(memory);
    const std::optional<std::uint32_t> fitting = cells.geometry.chunk_bytes_for(user_bytes);
    if (!fitting) return no_chunk;
    const std::uint32_t needed = *fitting;
    const Offset chunk = free_list_.find(cells, needed);
    if (chunk == free_list_.end()) return no_chunk;

    Header taken = cells.header(chunk);
    const std::uint32_t found = taken.size_bytes();
    const Offset next = chunk + found;
    const bool is_last = is_end(next);
    if (!is_last && !cells.header(next).is_in_use()) [[unlikely]]
        return place_aloud(type, user_bytes, origin);  // a program broke the heap: two neighbours are free
    const bool is_split = found >= needed + cells.geometry.smallest_chunk_bytes;
    if (is_split) {
        const Offset remainder = chunk + needed;
        const bool is_listed = free_list_.hand_over(cells, chunk, remainder, found - needed);
        cells.store_header(remainder, Header::of_size(found - needed));
        cells.store_header(chunk, Header::of_size(needed));
        if (!is_listed) free_list_.insert(cells, remainder, found - needed);
        if (!is_last) cells.store_header(next, cells.header(next).with_previous_free(true));
        cells.store_word(next - cells.geometry.word_bytes, cells.address_of(remainder));
        taken = Header::of_size(needed);
        count_in(cells, Register::chunks, 1);
    } else {
        free_list_.remove(cells, chunk);
        if (!is_last) cells.store_header(next, cells.header(next).with_previous_free(false));
        count_in(cells, Register::free_chunks, -1);
    }
    cells.store_header(chunk, taken.with_in_use(true).with_colour(Colour::white).with_type(type));
    count_in(cells, Register::heap_free, -std::int64_t{taken.size_bytes()});
    give_birth_in(cells, chunk, origin);
    return chunk;
}

// Tells the last candidates that it looks at: a long walk is told as one step and its end.
Offset Heap::search_aloud(std::uint32_t needed) {
    constexpr std::uint32_t told = 16;
    const Offset found = free_list_.find(memory, needed);
    const std::optional<std::uint32_t> smaller = free_list_.chunks_before(memory, found);
    Offset chunk = smaller ? free_list_.first(memory) : found;
    Offset last = no_chunk;
    const std::uint32_t skipped = smaller > told ? *smaller - told : 0;
    for (std::uint32_t i = 0; i < skipped; ++i) {
        last = chunk;
        chunk = free_list_.next(memory, chunk);
    }
    if (skipped) report(StepKind::search_skipped, last, skipped, needed);
    for (; chunk != found; chunk = free_list_.next(memory, chunk))
        report(StepKind::search_looked, chunk, header(chunk).size_bytes(), needed);
    if (found == free_list_.end())
        report(StepKind::search_failed, no_chunk, largest_free_bytes(), needed);
    else
        report(StepKind::search_found, found, header(found).size_bytes(), needed);
    return found;
}

void Heap::split(Offset chunk, std::uint32_t size, std::uint32_t kept) {
    const Offset remainder = chunk + kept;
    memory.store_header(remainder, Header::of_size(size - kept));
    memory.store_header(chunk, Header::of_size(kept));
    count(Register::chunks, 1);
    report(StepKind::split, chunk, remainder, kept);
    give_back(remainder, size - kept, false);
}

Offset Heap::free(Offset chunk) {
    HEAPCORE_ASSERT(is_sane(chunk), "only a sane chunk in use is freed");
    if (memory.journal()) [[unlikely]]
        return free_aloud(chunk);
    return geometry_->word_bytes == 8 ? free_unheard<std::uint64_t>(chunk)
                                      : free_unheard<std::uint32_t>(chunk);
}

Offset Heap::free_aloud(Offset chunk) {
    const Header header = this->header(chunk);
    memory.store_header(chunk, header.with_in_use(false));
    if (settings_.freed == FreedMode::zeroed) zero_user_data(chunk, header);
    report(StepKind::free, chunk, header.size_bytes(), 0, static_cast<std::uint8_t>(header.type()));
    return give_back(chunk, header.size_bytes(), true);
}

// The same where nothing listens.
template <typename Word>
[[gnu::always_inline]] inline Offset Heap::free_unheard(Offset chunk) {
    UnheardMemory<Word> cells(memory);
    const Header header = cells.header(chunk);
    cells.store_header(chunk, header.with_in_use(false));
    if (settings_.freed == FreedMode::zeroed) zero_user_data(chunk, header);
    count_in(cells, Register::heap_free, header.size_bytes());

    Offset joined = chunk;
    std::uint32_t size = header.size_bytes();
    const bool joins_previous = chunk != 0 && header.is_previous_free();
    if (joins_previous) {
        joined = static_cast<Offset>(cells.load_word(chunk - cells.geometry.word_bytes) - cells.base());
        size += cells.header(joined).size_bytes();
    }
    const Offset next = joined + size;
    const bool joins_next = !is_end(next) && !cells.header(next).is_in_use();
    bool is_listed = false;
    if (joins_next) {
        if (joins_previous) free_list_.remove(cells, joined);
        size += cells.header(next).size_bytes();
        is_listed = free_list_.hand_over(cells, next, joined, size);
    } else if (joins_previous) {
        is_listed = free_list_.hand_over(cells, joined, joined, size);
    }
    const int joins = joins_previous + joins_next;
    if (joins != 0) {
        cells.store_header(joined, Header::of_size(size));
        count_in(cells, Register::chunks, -joins);
    }
    if (!is_listed) free_list_.insert(cells, joined, size);
    if (joins != 1) count_in(cells, Register::free_chunks, 1 - joins);
    const Offset behind = joined + size;
    if (!is_end(behind)) cells.store_header(behind, cells.header(behind).with_previous_free(true));
    cells.store_word(behind - cells.geometry.word_bytes, cells.address_of(joined));
    return joined;
}

Offset Heap::sweep_free(Offset chunk, bool is_part_of_class) {
    const Header header = this->header(chunk);
    memory.store_header(chunk, header.with_in_use(false));
    if (settings_.freed == FreedMode::zeroed) zero_user_data(chunk, header);
    report(StepKind::swept, chunk, header.size_bytes(), 0, static_cast<std::uint8_t>(header.type()),
           is_part_of_class ? 1 : 0);
    return give_back(chunk, header.size_bytes(), true);
}

// The second half of a free, which a split's remainder goes through too: U is clear already.
Offset Heap::give_back(Offset chunk, std::uint32_t size_bytes, bool may_join_previous) {
    set(Register::heap_free, get(Register::heap_free) + size_bytes);
    std::uint32_t size = size_bytes;
    if (may_join_previous && chunk != 0 && header(chunk).is_previous_free()) {
        const Offset swallowed = chunk;
        const auto back = memory.load_word(chunk - geometry_->word_bytes) - memory.base();
        chunk = static_cast<Offset>(back);
        free_list_.remove(memory, chunk);
        size += header(chunk).size_bytes();
        memory.store_header(chunk, Header::of_size(size));
        count(Register::chunks, -1);
        count(Register::free_chunks, -1);
        report(StepKind::merged_previous, chunk, swallowed, size);
    }
    if (const Offset next = chunk + size; !is_end(next) && !header(next).is_in_use()) {
        free_list_.remove(memory, next);
        size += header(next).size_bytes();
        memory.store_header(chunk, Header::of_size(size));
        count(Register::chunks, -1);
        count(Register::free_chunks, -1);
        report(StepKind::merged_next, chunk, next, size);
    }
    const Offset after = free_list_.insert(memory, chunk, size);
    if (const Offset next = chunk + size; !is_end(next))
        memory.store_header(next, header(next).with_previous_free(true));
    memory.store_word(chunk + size - geometry_->word_bytes, memory.address_of(chunk));
    count(Register::free_chunks, 1);
    report(StepKind::inserted, chunk, after == free_list_.end() ? no_chunk : after, size);
    return chunk;
}

Origin Heap::origin_of(Offset chunk) const {
    const Offset place = origin_place(chunk);
    return {memory.load32(place), memory.load32(place + 4), memory.load32(place + 8),
            memory.load32(place + 12)};
}

std::uint32_t Heap::give_birth(Offset chunk, Origin origin) { return give_birth_in(memory, chunk, origin); }

template <typename Cells>
std::uint32_t Heap::give_birth_in(Cells& cells, Offset chunk, const Origin& origin) {
    const Offset births = layout_.at(Register::next_birth);
    const auto birth = static_cast<std::uint32_t>(cells.load64(births)) + 1;
    cells.store64(births, birth);
    const Offset place = origin_place(chunk);
    cells.store64(place, std::uint64_t{origin.operation} << 32 | birth);
    cells.store64(place + 8, std::uint64_t{origin.collection} << 32 | origin.name);
    return birth;
}

void Heap::set_origin_name(Offset chunk, std::uint32_t name_plus_one) {
    memory.store32(origin_place(chunk) + 8, name_plus_one);
}

}  // namespace heapcore
