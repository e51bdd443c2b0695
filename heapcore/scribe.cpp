#include "heapcore/scribe.h"

#include <algorithm>

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
    if (heap_.get(Register::mark_top) > 0) {
        if (heap_.geometry().word_bytes == 8)
            mark<std::uint64_t>(*journal);
        else
            mark<std::uint32_t>(*journal);
    } else if (static_cast<Phase>(heap_.get(Register::phase)) == Phase::sweep) {
        whiten(*journal);
    }
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
    MarkEntry now = memory.template load<MarkEntry>(entry_place(top - 1));
    Scan scan = scan_of(now);
    if (scan.shape == Shape::other) return;
    const Journal::Room room = journal.room();
    if (room.steps < most_steps) return;

    std::uint32_t* at = room.at;
    std::uint32_t* const full = room.end - most_words;
    const std::uint64_t enough_steps = room.steps - most_steps;
    std::uint64_t steps = 0, stores = 0;
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
        at = std::copy_n(reinterpret_cast<const std::uint32_t*>(&now), 4, at);
        *at++ = memory.header(now.chunk).bits();
        known_begin = top - 1;
        if (scans_.size() < top) scans_.resize(std::size_t{top} * 2);
    };
    const auto write_entry = [&]() ALWAYS_INLINE { memory.store(entry_place(top - 1), now); };
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
                    stores += header.colour() == Colour::black ? 1 : 2;
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
                stores += header.colour() == Colour::black ? 1 : 2;
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
            stores += header.colour() == Colour::black ? 5 : 6;
            if (--top == 0) break;
            now = memory.template load<MarkEntry>(entry_place(top - 1));
            if (top > known_begin) [[likely]] {
                scan = scans_[top - 1];
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
        if (!is_white) continue;
        *at++ = header.bits();
        ++stores;
        if (!is_pushed) {
            memory.store_header(chunk, header.with_colour(Colour::black));
            ++steps;
            ++stores;
            continue;
        }
        memory.store_header(chunk, header.with_colour(Colour::grey));
        write_entry();
        scans_[top - 1] = scan;
        if (pushed_scan.shape == Shape::fields) {
            *at++ = pushed.class_user;
            *at++ = pushed.cursor;
        } else if (pushed_scan.shape == Shape::elements) {
            *at++ = pushed.cursor;
        }
        HEAPCORE_ASSERT(top < heap_.layout().mark_capacity, "the mark stack holds every chunk");
        if (top == known_end) {
            const auto lay_there = memory.template load<MarkEntry>(entry_place(top));
            at = std::copy_n(reinterpret_cast<const std::uint32_t*>(&lay_there), 4, at);
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
    journal.wrote(at, steps, stores);
}

// Up to the next chunk that is freed, or the heap's end.
void Scribe::whiten(Journal& journal) {
    auto chunk = static_cast<Offset>(heap_.get(Register::cursor));
    const auto is_dead = [](Header header) {
        return header.is_white_in_use() && header.type() != AllocationType::static_data;
    };
    if (heap_.is_end(chunk) || is_dead(heap_.header(chunk))) return;
    const Journal::Room room = journal.room();
    if (room.steps == 0) return;
    std::uint32_t* const begin = room.at;
    std::uint32_t* at = begin;
    *at++ = 0;
    *at++ = chunk;
    *at++ = heap_.layout().at(Register::cursor);
    const auto words = static_cast<std::uint64_t>(room.end - at);
    std::uint32_t* const end = at + std::min(words, room.steps);
    std::uint64_t stores = 0;
    std::byte* const bytes = heap_.memory.bytes_written_down();
    for (; at != end && !heap_.is_end(chunk); ++at) {
        std::uint32_t bits;
        std::memcpy(&bits, bytes + chunk, sizeof bits);
        const Header header(bits);
        if (is_dead(header)) break;
        *at = bits;
        const Header white = header.with_colour(Colour::white);
        if (header != white) {
            bits = white.bits();
            std::memcpy(bytes + chunk, &bits, sizeof bits);
            ++stores;
        }
        chunk += header.size_bytes();
    }
    const auto steps = static_cast<std::uint32_t>(at - begin) - 3;
    *begin = tape::first_word(tape::whitened, steps);
    heap_.memory.put_written_down(heap_.layout().at(Register::cursor), chunk);
    journal.wrote(at, steps, stores + steps);
}

}  // namespace heapcore
