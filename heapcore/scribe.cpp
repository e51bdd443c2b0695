#include "heapcore/scribe.h"

#include "heapcore/collector.h"

#include <algorithm>
#include <array>

namespace heapcore {
namespace {

// For lambdas: what they share stays in registers only when all of them are inlined.
#define ALWAYS_INLINE __attribute__((always_inline))

// What one turn of a loop writes at most.
constexpr std::ptrdiff_t most_words = 32;
constexpr std::uint64_t most_steps = 4;

}  // namespace

void Scribe::go_on() {
    Journal* const journal = heap_.memory.journal();
    if (!journal) return;
    const bool is_wide = heap_.geometry().word_bytes == 8;
    if (heap_.get(Register::mark_top) > 0)
        is_wide ? mark<std::uint64_t>(*journal) : mark<std::uint32_t>(*journal);
    else if (static_cast<Phase>(heap_.get(Register::phase)) == Phase::sweep)
        is_wide ? sweep<std::uint64_t>(*journal) : sweep<std::uint32_t>(*journal);
}

// Where an entry that a transition left stands.
Scribe::Scan Scribe::scan_of(const MarkEntry& entry) {
    switch (heap_.header(entry.chunk).type()) {
        case AllocationType::object: break;
        case AllocationType::object_array: return {Shape::elements};
        case AllocationType::string: return {Shape::chars};
        default: return {};
    }
    const Address of = heap_.memory.load_word(user_of(entry.chunk));
    const ReferenceMaps::Map map = maps_.of(of);
    if (of == 0 || heap_.header(entry.chunk).size_bytes() < map.reach) return {};
    const std::uint32_t end = map.first + map.count;
    if (entry.flags == 0 && heap_.memory.address_of(entry.class_user) != of) return {};
    for (std::uint32_t i = map.first; i < end; ++i) {
        const ScanState& after = maps_.state_after(i);
        if (after.flags > entry.flags || (after.flags == entry.flags && after.cursor > entry.cursor))
            return {Shape::fields, i, end};
    }
    return {Shape::fields, end, end};
}

// The entry on top is kept out of memory, and written there when another comes on top of it or it goes.
template <typename Word>
void Scribe::mark(Journal& journal) {
    constexpr const ChunkGeometry& geometry = UnheardMemory<Word>::geometry;
    constexpr const ObjectLayout& objects = object_layout_of(geometry.word_bytes);
    const UnheardMemory<Word> memory(heap_.memory, heap_.memory.bytes_written_down());
    const Address base = memory.base();
    const std::uint32_t heap_bytes = heap_.size_bytes();
    const Offset stack = heap_.layout().mark_stack;

    auto top = static_cast<std::uint32_t>(heap_.get(Register::mark_top));
    const auto entry_place = [&](std::uint32_t index)
                                 ALWAYS_INLINE { return stack + index * mark_entry_bytes; };
    // An entry goes to and fro as two words, as it is read soon after it was written.
    const auto read_entry = [&](std::uint32_t index) ALWAYS_INLINE -> MarkEntry {
        const std::uint64_t low = memory.load64(entry_place(index)),
                            high = memory.load64(entry_place(index) + 8);
        return {static_cast<Offset>(low), static_cast<Offset>(low >> 32), static_cast<std::uint32_t>(high),
                static_cast<std::uint32_t>(high >> 32)};
    };
    MarkEntry now = read_entry(top - 1);
    Scan scan = scan_of(now);
    if (scan.shape == Shape::other) return;
    const Journal::Room room = journal.room();
    if (room.steps < most_steps) return;

    std::uint32_t* at = room.at;
    std::uint32_t* const full = room.end - most_words;
    const std::uint64_t enough_steps = room.steps - most_steps;
    std::uint64_t steps = 0, stores = 0, told_stores = 0;
    *at++ = tape::first_word(tape::marking, geometry.word_bytes);
    *at++ = top;
    *at++ = stack;
    *at++ = heap_.layout().at(Register::mark_top);
    // Entries that the tape's reader knows; such as were popped lie there still.
    std::uint32_t known_begin = top, known_end = top;
    // The class met last is mostly the next one's: guessed, so that nothing waits for looking it up.
    Address last_class = 0;
    ReferenceMaps::Map last_map{0, 0, ReferenceMaps::no_map};
    std::uint32_t first_field = 0;

    const auto tell_entry = [&] {
        *at++ = tape::first_word(tape::entry);
        for (const std::uint32_t word : {now.chunk, now.class_user, now.cursor, now.flags})
            *at++ = word;
        *at++ = memory.header(now.chunk).bits();
        known_begin = top - 1;
        if (scans_.size() < top) scans_.resize(std::size_t{top} * 2);
    };
    const auto write_entry = [&]() ALWAYS_INLINE {
        memory.store64(entry_place(top - 1), std::uint64_t{now.class_user} << 32 | now.chunk);
        memory.store64(entry_place(top - 1) + 8, std::uint64_t{now.flags} << 32 | now.cursor);
    };
    // The header of the chunk that an address refers to; one without U if it is no sane chunk in use.
    const auto header_at = [&](Address target) ALWAYS_INLINE -> Header {
        const Address offset = target - base;
        if (offset >= heap_bytes || offset < header_bytes) return {};
        const Offset chunk = chunk_of(static_cast<Offset>(offset));
        if (chunk & (geometry.alignment_bytes - 1)) return {};
        const Header header = memory.header(chunk);
        const std::uint32_t size = header.size_bytes();
        const bool is_sane = header.is_in_use() &&
                             static_cast<std::uint32_t>(header.type()) < allocation_type_count &&
                             static_cast<std::uint32_t>(header.colour()) < colour_count &&
                             size >= geometry.smallest_chunk_bytes &&
                             (size & (geometry.alignment_bytes - 1)) == 0 && size <= heap_bytes - chunk;
        return is_sane ? header : Header();
    };
    const auto chunk_at = [&](Address target)
                              ALWAYS_INLINE { return chunk_of(static_cast<Offset>(target - base)); };

    tell_entry();
    while (at <= full && steps <= enough_steps) {
        Address target = 0;
        std::uint32_t slot = 0;
        ScanState after{};
        if (scan.shape == Shape::fields) [[likely]] {
            for (; scan.next < scan.end; ++scan.next) {
                slot = maps_.cell(scan.next);
                target = memory.load_word(now.chunk + slot);
                if (target != 0) break;
            }
            if (target != 0) after = maps_.state_after(scan.next++);
        } else if (scan.shape == Shape::elements) {
            const auto element = [&] {
                slot = header_bytes + objects.array_elements + after.cursor * geometry.word_bytes;
                return memory.load_word(now.chunk + slot);
            };
            after = {0, now.cursor, 1};
            if (now.flags != 0) {
                const Address scanned = element();
                if (const Header header = header_at(scanned); header.is_in_use()) {
                    const Offset chunk = chunk_at(scanned);
                    memory.store_header(chunk, header.with_colour(Colour::black));
                    now.flags = 0;
                    *at++ = tape::first_word(tape::black_element);
                    *at++ = chunk;
                    *at++ = header.bits();
                    ++steps;
                    told_stores = stores += header.colour() == Colour::black ? 1 : 2;
                    continue;
                }
            }
            while (after.cursor > 0 && target == 0) {
                --after.cursor;
                target = element();
            }
        } else if (now.flags == 0) {
            const Offset place = user_of(now.chunk) + objects.string_chars;
            const bool has_chars = place + geometry.word_bytes <= body_end(heap_, now.chunk);
            const Address chars = has_chars ? memory.load_word(place) : 0;
            if (const Header header = header_at(chars); header.is_in_use()) {
                const Offset chunk = chunk_at(chars);
                memory.store_header(chunk, header.with_colour(Colour::black));
                now.flags = 1;
                *at++ = tape::first_word(tape::black_chars);
                *at++ = chunk;
                *at++ = header.bits();
                ++steps;
                told_stores = stores += header.colour() == Colour::black ? 1 : 2;
                continue;
            }
        }

        if (target == 0) {
            // The scan is done: the entry goes, its chunk turns black.
            const Header header = memory.header(now.chunk);
            memory.store_header(now.chunk, header.with_colour(Colour::black));
            write_entry();
            *at++ = tape::first_word(tape::popped, static_cast<std::uint32_t>(header.colour()));
            ++steps;
            told_stores = stores += header.colour() == Colour::black ? 5 : 6;
            if (--top == 0) break;
            now = read_entry(top - 1);
            if (top > known_begin) [[likely]] {
                scan = unpacked(scans_[top - 1]);
            } else {
                scan = scan_of(now);
                if (scan.shape == Shape::other) break;
                tell_entry();
            }
            continue;
        }

        const Header header = header_at(target);
        if (!header.is_in_use()) [[unlikely]]
            break;
        const Offset chunk = chunk_at(target);
        const bool is_white = header.is_white_in_use();
        MarkEntry pushed{chunk, 0, 0, 0};
        Scan pushed_scan;
        bool is_pushed = false;
        if (is_white) {
            switch (header.type()) {
                case AllocationType::object: {
                    const Address of = memory.load_word(user_of(chunk));
                    if (of != last_class) {
                        last_class = of;
                        last_map = maps_.of(of);
                        if (of == 0) last_map.reach = ReferenceMaps::no_map;
                        if (last_map.reach != ReferenceMaps::no_map)
                            first_field = first_instance_field(heap_, static_cast<Offset>(of - base));
                    }
                    if (header.size_bytes() < last_map.reach) break;
                    pushed.class_user = static_cast<Offset>(of - base);
                    pushed.cursor = first_field;
                    pushed_scan = {Shape::fields, last_map.first, last_map.first + last_map.count};
                    is_pushed = true;
                    break;
                }
                case AllocationType::object_array:
                    pushed.cursor = array_length(heap_, chunk);
                    pushed_scan.shape = Shape::elements;
                    is_pushed = true;
                    break;
                case AllocationType::string:
                    pushed_scan.shape = Shape::chars;
                    is_pushed = true;
                    break;
                default: break;
            }
            const bool is_leaf = header.type() == AllocationType::primitive_array ||
                                 header.type() == AllocationType::data ||
                                 header.type() == AllocationType::static_data;
            if (!is_pushed && !is_leaf) [[unlikely]]
                break;
        }

        // From here on the transition is made.
        if (scan.shape == Shape::elements) {
            *at++ = tape::first_word(is_white ? tape::grey_element : tape::passed_element, slot);
            *at++ = chunk;
            stores += now.flags == 1 ? 1 : 2;
        } else {
            const bool is_up = after.class_user != now.class_user || after.flags != now.flags;
            const auto kind = is_white ? is_up ? tape::grey_up : tape::grey
                              : is_up  ? tape::passed_up
                                       : tape::passed;
            *at++ = tape::first_word(kind, slot);
            *at++ = chunk;
            *at++ = after.cursor;
            stores += now.cursor != after.cursor;
            if (is_up) {
                *at++ = after.class_user;
                *at++ = after.flags;
                stores += (now.class_user != after.class_user) + (now.flags != after.flags);
            }
        }
        now.class_user = after.class_user;
        now.cursor = after.cursor;
        now.flags = after.flags;
        ++steps;
        told_stores = stores;
        if (!is_white) continue;
        *at++ = header.bits();
        told_stores = ++stores;
        if (!is_pushed) {
            memory.store_header(chunk, header.with_colour(Colour::black));
            ++steps;
            told_stores = ++stores;
            continue;
        }
        memory.store_header(chunk, header.with_colour(Colour::grey));
        write_entry();
        scans_[top - 1] = packed(scan);
        if (pushed_scan.shape == Shape::fields) {
            *at++ = pushed.class_user;
            *at++ = pushed.cursor;
        } else if (pushed_scan.shape == Shape::elements) {
            *at++ = pushed.cursor;
        }
        HEAPCORE_ASSERT(top < heap_.layout().mark_capacity, "the mark stack holds every chunk");
        if (top == known_end) {
            const std::array<std::uint64_t, 2> lay_there = {memory.load64(entry_place(top)),
                                                            memory.load64(entry_place(top) + 8)};
            std::memcpy(at, lay_there.data(), sizeof lay_there);
            at += 4;
            ++known_end;
            if (scans_.size() <= top) scans_.resize(std::size_t{top} * 2);
        }
        stores += 5;
        ++top;
        now = pushed;
        scan = pushed_scan;
        write_entry();
    }
    if (top > 0) write_entry();
    heap_.memory.put_written_down(heap_.layout().at(Register::mark_top), top);
    journal.wrote(at, steps, stores, told_stores);
}

namespace {

std::uint64_t changed_words(std::uint64_t before, std::uint64_t after) {
    const std::uint64_t bits = before ^ after;
    return (static_cast<std::uint32_t>(bits) != 0) + (bits >> 32 != 0);
}

/// Writes down what lay where a word is stored.
template <typename Word>
class WrittenCells : public UnheardMemory<Word> {
public:
    WrittenCells(Memory& memory, std::uint32_t*& at, std::uint64_t& stores)
        : UnheardMemory<Word>(memory, memory.bytes_written_down()), at_(at), stores_(stores) {}

    void store_word(Offset offset, std::uint64_t value) {
        const std::uint64_t before = this->load_word(offset);
        *at_++ = static_cast<std::uint32_t>(before);
        if (sizeof(Word) == 8) *at_++ = static_cast<std::uint32_t>(before >> 32);
        stores_ += changed_words(before, static_cast<Word>(value));
        UnheardMemory<Word>::store_word(offset, value);
    }

private:
    std::uint32_t*& at_;
    std::uint64_t& stores_;
};

}  // namespace

// Up to a class that is freed, or the heap's end.
template <typename Word>
void Scribe::sweep(Journal& journal) {
    constexpr const ChunkGeometry& geometry = UnheardMemory<Word>::geometry;
    constexpr std::array counted = {Register::heap_free, Register::chunks, Register::free_chunks};
    FreeList& list = heap_.free_list_;
    const bool is_freed_aloud = heap_.settings().freed == FreedMode::zeroed;
    auto chunk = static_cast<Offset>(heap_.get(Register::cursor));
    const auto is_left = [&](Header header) ALWAYS_INLINE {
        return tape::is_dead(header) && (is_freed_aloud || is_class_type(header.type()));
    };
    if (heap_.is_end(chunk) || is_left(heap_.header(chunk))) return;
    Journal::Room room = journal.room();
    if (room.steps < most_steps) return;

    std::uint32_t* begin = room.at;
    std::uint32_t* at = begin;
    std::uint32_t count = 0;
    std::uint64_t steps = 0, stores = 0, told_stores = 0;
    std::array<std::uint64_t, 3> counts{};
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] = heap_.get(counted[i]);
    WrittenCells<Word> cells(heap_.memory, at, stores);
    const auto put_double = [&](std::uint64_t value) {
        *at++ = static_cast<std::uint32_t>(value);
        *at++ = static_cast<std::uint32_t>(value >> 32);
    };
    const auto begin_run = [&] {
        begin = at++;
        *at++ = geometry.word_bytes;
        *at++ = chunk;
        *at++ = heap_.layout().registers;
        *at++ = heap_.size_bytes();
        *at++ = list.end();
        put_double(cells.base());
        for (const std::uint64_t value : counts)
            put_double(value);
        count = 0;
    };
    const auto end_run = [&] {
        if (count > 0) *begin = tape::first_word(tape::sweeping, count);
        for (std::size_t i = 0; i < counts.size(); ++i)
            heap_.memory.put_written_down(heap_.layout().at(counted[i]), counts[i]);
        heap_.memory.put_written_down(heap_.layout().at(Register::cursor), chunk);
        journal.wrote(at, steps, stores, told_stores);
        steps = stores = told_stores = 0;
    };
    const auto add = [&](std::size_t which, std::uint64_t by) ALWAYS_INLINE {
        stores += changed_words(counts[which], counts[which] + by);
        counts[which] += by;
    };
    const auto unlist = [&](Offset free) {
        std::uint32_t* const neighbours = at;
        *at++ = list.previous(cells, free);
        *at++ = list.next(cells, free);
        list.remove(cells, free);
        if (at == neighbours + 2) *neighbours = no_chunk;
    };
    const auto join = [&](Offset joined, std::uint32_t size) {
        const Header header = Header::of_size(size);
        stores += cells.header(joined) != header;
        cells.store_header(joined, header);
        add(1, ~std::uint64_t{0});
        add(2, ~std::uint64_t{0});
        ++steps;
    };
    // As Heap::sweep_free() does.
    const auto free = [&](Header header) -> Offset {
        Offset joined = chunk;
        std::uint32_t size = header.size_bytes();
        cells.store_header(chunk, header.with_in_use(false));
        ++stores;
        ++steps;
        add(0, size);
        if (chunk != 0 && header.is_previous_free()) {
            joined = static_cast<Offset>(cells.load_word(chunk - geometry.word_bytes) - cells.base());
            *at++ = joined;
            *at++ = cells.header(joined).bits();
            unlist(joined);
            size += cells.header(joined).size_bytes();
            join(joined, size);
        }
        if (const Offset next = joined + size; !heap_.is_end(next)) {
            const Header follower = cells.header(next);
            *at++ = follower.bits();
            if (!follower.is_in_use()) {
                unlist(next);
                size += follower.size_bytes();
                join(joined, size);
            }
        }
        std::uint32_t* const neighbours = at;
        at += 2;
        neighbours[1] = list.insert(cells, joined, size);
        neighbours[0] = at == neighbours + 2 ? no_chunk : list.previous(cells, joined);
        const Offset behind = joined + size;
        if (!heap_.is_end(behind)) {
            const Header follower = cells.header(behind);
            *at++ = follower.bits();
            stores += !follower.is_previous_free();
            cells.store_header(behind, follower.with_previous_free(true));
        }
        cells.store_word(behind - geometry.word_bytes, cells.address_of(joined));
        add(2, 1);
        ++steps;
        return behind;
    };

    begin_run();
    while (!heap_.is_end(chunk) && at <= room.end - most_words && steps <= room.steps - most_steps) {
        const Header header = cells.header(chunk);
        if (!tape::is_dead(header)) {
            *at++ = header.bits();
            ++count;
            ++steps;
            ++stores;
            const Header white = header.with_colour(Colour::white);
            if (white != header) {
                cells.store_header(chunk, white);
                ++stores;
            }
            told_stores = stores;
            chunk += header.size_bytes();
            continue;
        }
        if (is_left(header)) break;
        if (listener_) {
            // It may store something, which comes first.
            const bool is_empty = count == 0;
            if (is_empty) at = begin;
            const std::uint32_t* const written = at;
            end_run();
            listener_->before_swept(chunk);
            room = journal.room();
            if (room.steps < most_steps) {
                const Offset joined = heap_.sweep_free(chunk, false);
                return heap_.set(Register::cursor, heap_.next_chunk(joined));
            }
            if (is_empty || room.at != written) {
                at = room.at;
                begin_run();
            }
        }
        *at++ = header.bits();
        ++count;
        const Offset behind = free(header);
        told_stores = stores;
        stores += behind != chunk;
        chunk = behind;
    }
    if (count == 0) at = begin;
    end_run();
}

}  // namespace heapcore
