#include "heapcore/marker.h"

namespace heapcore {
namespace {

// What stands in an entry's flags unless the entry is a ScanState.
constexpr std::uint32_t object_entry = 0xffffffff;  // class_user: its first cell; cursor: cells left
constexpr std::uint32_t array_entry = 0xfffffffe;   // cursor: elements left

}  // namespace

void Marker::mark_from(Offset chunk) {
    if (heap_.geometry().word_bytes == 8)
        mark<std::uint64_t>(chunk);
    else
        mark<std::uint32_t>(chunk);
    heap_.set_colour(chunk, Colour::black);
}

template <typename Word>
void Marker::mark(Offset root) {
    constexpr std::uint32_t word_bytes = sizeof(Word);
    constexpr const ChunkGeometry& geometry = geometry_of(word_bytes);
    constexpr const ObjectLayout& objects = object_layout_of(word_bytes);
    std::byte* const bytes = heap_.memory.unheard_bytes();
    std::byte* const stack = bytes + heap_.layout().mark_stack;
    const Address base = heap_.memory.base();
    const std::uint32_t heap_bytes = heap_.size_bytes();
    std::uint32_t top = 0;

    const auto word_at = [&](Offset place) {
        Word word;
        std::memcpy(&word, bytes + place, sizeof word);
        return Address{word};
    };
    const auto header_at = [&](Offset chunk) {
        std::uint32_t bits;
        std::memcpy(&bits, bytes + chunk, sizeof bits);
        return Header(bits);
    };
    const auto blacken = [&](Offset chunk, Header header) {
        const std::uint32_t bits = header.with_colour(Colour::black).bits();
        std::memcpy(bytes + chunk, &bits, sizeof bits);
    };
    const auto push = [&](const MarkEntry& entry) {
        HEAPCORE_ASSERT(top < heap_.layout().mark_capacity, "the mark stack holds every chunk");
        std::memcpy(stack + top++ * mark_entry_bytes, &entry, sizeof entry);
    };
    // The white chunk that a pointer refers to, if that may be trusted: Heap::fault_of in short.
    const auto white_chunk = [&](Address target, Header& header) {
        const Address offset = target - base;
        if (offset >= heap_bytes || offset < header_bytes) return no_chunk;
        const Offset chunk = chunk_of(static_cast<Offset>(offset));
        if (chunk & (geometry.alignment_bytes - 1)) return no_chunk;
        header = header_at(chunk);
        if (header.colour() != Colour::white || !header.is_in_use()) return no_chunk;
        const std::uint32_t size = header.size_bytes();
        const bool is_sane = static_cast<std::uint32_t>(header.type()) < allocation_type_count &&
                             size >= geometry.smallest_chunk_bytes &&
                             (size & (geometry.alignment_bytes - 1)) == 0 && size <= heap_bytes - chunk;
        return is_sane ? chunk : no_chunk;
    };
    // Pushes what is to be scanned. What holds no references, or only some that are not followed, is
    // dealt with here.
    const auto open = [&](Offset chunk, Header header) {
        const Offset user = user_of(chunk);
        switch (header.type()) {
            case AllocationType::object: {
                const ReferenceMaps::Map& map = maps_.of(word_at(user));
                if (header.size_bytes() >= map.reach) {
                    if (map.count != 0) push({chunk, map.first, map.count, object_entry});
                    return;
                }
                break;
            }
            case AllocationType::object_array:
                if (const std::uint32_t length = array_length(heap_, chunk))
                    push({chunk, 0, length, array_entry});
                return;
            case AllocationType::string:
                if (const auto chars = heap_.chunk_at(word_at(user + objects.string_chars)))
                    blacken(*chars, header_at(*chars));
                return;
            case AllocationType::primitive_array:
            case AllocationType::weak_reference:
            case AllocationType::data:
            case AllocationType::static_data: return;
            default: break;
        }
        const ScanState state = begin_scan(heap_, chunk);
        push({chunk, state.class_user, state.cursor, state.flags});
    };
    const auto visit = [&](Address target) {
        Header header;
        const Offset chunk = white_chunk(target, header);
        if (chunk == no_chunk) return;
        blacken(chunk, header);
        if (header.type() == AllocationType::weak_reference &&
            header.size_bytes() >= header_bytes + objects.weak_bytes) {
            const auto before = static_cast<Word>(heap_.get(Register::weak_head));
            std::memcpy(bytes + user_of(chunk) + objects.weak_next, &before, sizeof before);
            heap_.set(Register::weak_head, base + user_of(chunk));
        }
        open(chunk, header);
    };

    open(root, header_at(root));
    while (top > 0) {
        const std::uint32_t depth = top;
        std::byte* const place = stack + (top - 1) * mark_entry_bytes;
        MarkEntry entry;
        std::memcpy(&entry, place, sizeof entry);
        if (entry.flags == object_entry || entry.flags == array_entry) {
            // The last reference takes the place of its holder.
            const bool is_object = entry.flags == object_entry;
            const Offset elements = user_of(entry.chunk) + objects.array_elements;
            while (top == depth) {
                if (--entry.cursor == 0) --top;
                const Address target = word_at(is_object ? entry.chunk + maps_.cell(entry.class_user++)
                                                         : elements + entry.cursor * word_bytes);
                if (target == 0) continue;
                const bool is_last = entry.cursor == 0;
                visit(target);
                if (is_last) break;
            }
            if (entry.cursor > 0) std::memcpy(place, &entry, sizeof entry);
            continue;
        }
        ScanState state{entry.class_user, entry.cursor, entry.flags};
        const ScanStep next = next_scan(heap_, entry.chunk, state);
        entry = {entry.chunk, state.class_user, state.cursor, state.flags};
        std::memcpy(place, &entry, sizeof entry);
        if (next.kind == ScanStep::reference)
            visit(next.target);
        else if (next.kind == ScanStep::blacken)
            blacken(next.chunk, header_at(next.chunk));
        else
            --top;
    }
}

}  // namespace heapcore
