#include "heapcore/marker.h"

namespace heapcore {
namespace {

// What stands in an entry's flags unless the entry is a ScanState.
constexpr std::uint32_t object_entry = 0xffffffff;  // class_user: its first cell; cursor: cells left
constexpr std::uint32_t array_entry = 0xfffffffe;   // cursor: elements left

// An entry with nothing left to scan.
constexpr MarkEntry nothing{no_chunk, 0, 0, array_entry};

bool has_more(const MarkEntry& entry) { return entry.flags < array_entry || entry.cursor > 0; }

// For lambdas: what they share stays in registers only when all of them are inlined.
#define ALWAYS_INLINE __attribute__((always_inline))

}  // namespace

void Marker::mark_from(Offset chunk) {
    if (heap_.geometry().word_bytes == 8)
        mark<std::uint64_t>(chunk);
    else
        mark<std::uint32_t>(chunk);
    heap_.set_colour(chunk, Colour::black);
}

// The chunk being scanned is kept out of the stack, and goes there only if it has more to scan when one of
// its references is followed.
template <typename Word>
void Marker::mark(Offset root) {
    constexpr const ChunkGeometry& geometry = UnheardMemory<Word>::geometry;
    constexpr const ObjectLayout& objects = object_layout_of(geometry.word_bytes);
    const UnheardMemory<Word> memory(heap_.memory);
    const Address base = memory.base();
    const std::uint32_t heap_bytes = heap_.size_bytes();
    const Offset stack = heap_.layout().mark_stack;
    Offset top = stack;
    MarkEntry scanned = nothing;
    // The class met last is mostly the next one's: guessed, so that nothing waits for looking it up.
    Address last_class = 0;
    ReferenceMaps::Map last_map = maps_.of(last_class);

    const auto blacken = [&](Offset chunk, Header header)
                             ALWAYS_INLINE { memory.store_header(chunk, header.with_colour(Colour::black)); };
    // The white chunk that a pointer refers to, if that may be trusted: Heap::fault_of in short.
    const auto white_chunk = [&](Address target, Header& header) ALWAYS_INLINE {
        const Address offset = target - base;
        if (offset >= heap_bytes || offset < header_bytes) return no_chunk;
        const Offset chunk = chunk_of(static_cast<Offset>(offset));
        if (chunk & (geometry.alignment_bytes - 1)) return no_chunk;
        header = memory.header(chunk);
        if (!header.is_white_in_use()) return no_chunk;
        const std::uint32_t size = header.size_bytes();
        const bool is_sane = static_cast<std::uint32_t>(header.type()) < allocation_type_count &&
                             size >= geometry.smallest_chunk_bytes &&
                             (size & (geometry.alignment_bytes - 1)) == 0 && size <= heap_bytes - chunk;
        return is_sane ? chunk : no_chunk;
    };
    // What is to be scanned in a chunk. One that holds no references, or only some that are not followed,
    // is dealt with here.
    const auto open = [&](Offset chunk, Header header) ALWAYS_INLINE -> MarkEntry {
        const Offset user = user_of(chunk);
        switch (header.type()) {
            case AllocationType::object: {
                const Address of = memory.load_word(user);
                if (of != last_class) {
                    last_class = of;
                    last_map = maps_.of(of);
                }
                if (header.size_bytes() >= last_map.reach)
                    return {chunk, last_map.first, last_map.count, object_entry};
                break;
            }
            case AllocationType::object_array: return {chunk, 0, array_length(heap_, chunk), array_entry};
            case AllocationType::string:
                if (const auto chars = heap_.chunk_at(memory.load_word(user + objects.string_chars)))
                    blacken(*chars, memory.header(*chars));
                return nothing;
            case AllocationType::primitive_array:
            case AllocationType::weak_reference:
            case AllocationType::data:
            case AllocationType::static_data: return nothing;
            default: break;
        }
        const ScanState state = begin_scan(heap_, chunk);
        return {chunk, state.class_user, state.cursor, state.flags};
    };
    // The next reference that a structure like a class leads to; 0: one that turned black at once, or the
    // end.
    const auto next_of_structure = [&](MarkEntry& entry) -> Address {
        ScanState state{entry.class_user, entry.cursor, entry.flags};
        const ScanStep step = next_scan(heap_, entry.chunk, state);
        entry = {entry.chunk, state.class_user, state.cursor, state.flags};
        if (step.kind == ScanStep::blacken) blacken(step.chunk, memory.header(step.chunk));
        if (step.kind == ScanStep::end) entry = nothing;
        return step.kind == ScanStep::reference ? step.target : 0;
    };
    // The next reference of `scanned`; 0: it is null.
    const auto next_target = [&]() ALWAYS_INLINE -> Address {
        if (scanned.flags == object_entry) {
            --scanned.cursor;
            return memory.load_word(scanned.chunk + maps_.cell(scanned.class_user++));
        }
        if (scanned.flags == array_entry)
            return memory.load_word(user_of(scanned.chunk) + objects.array_elements +
                                    --scanned.cursor * geometry.word_bytes);
        MarkEntry entry = scanned;
        const Address target = next_of_structure(entry);
        scanned = entry;
        return target;
    };
    // So that an object whose other references are null is left for good; the next one is fetched ahead.
    const auto skip_nulls = [&]() ALWAYS_INLINE {
        if (scanned.flags != object_entry) return;
        for (; scanned.cursor > 0; --scanned.cursor, ++scanned.class_user)
            if (const Address next = memory.load_word(scanned.chunk + maps_.cell(scanned.class_user))) {
                if (next - base < heap_bytes)
                    memory.prefetch(static_cast<Offset>(next - base) - header_bytes);
                return;
            }
    };
    // An entry goes to and fro as two words, as it is read soon after it was written.
    const auto push = [&](const MarkEntry& entry) ALWAYS_INLINE {
        HEAPCORE_ASSERT((top - stack) / mark_entry_bytes < heap_.layout().mark_capacity,
                        "the mark stack holds every chunk");
        memory.store64(top, std::uint64_t{entry.class_user} << 32 | entry.chunk);
        memory.store64(top + 8, std::uint64_t{entry.flags} << 32 | entry.cursor);
        top += mark_entry_bytes;
    };
    const auto pop = [&]() ALWAYS_INLINE -> MarkEntry {
        top -= mark_entry_bytes;
        const std::uint64_t low = memory.load64(top), high = memory.load64(top + 8);
        return {static_cast<Offset>(low), static_cast<Offset>(low >> 32), static_cast<std::uint32_t>(high),
                static_cast<std::uint32_t>(high >> 32)};
    };

    Offset chunk = root;
    Header header = memory.header(root);
    for (;;) {
        const MarkEntry opened = open(chunk, header);
        if (has_more(opened)) {
            skip_nulls();
            if (has_more(scanned)) push(scanned);
            scanned = opened;
        }
        do {
            while (!has_more(scanned)) {
                if (top == stack) return;
                scanned = pop();
            }
            const Address target = next_target();
            chunk = target == 0 ? no_chunk : white_chunk(target, header);
        } while (chunk == no_chunk);
        blacken(chunk, header);
        if (header.type() == AllocationType::weak_reference &&
            header.size_bytes() >= header_bytes + objects.weak_bytes) {
            memory.store_word(user_of(chunk) + objects.weak_next, heap_.get(Register::weak_head));
            heap_.set(Register::weak_head, base + user_of(chunk));
        }
    }
}

}  // namespace heapcore
