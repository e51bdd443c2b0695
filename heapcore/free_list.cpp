#include "heapcore/free_list.h"

namespace heapcore {

void FreeList::make(Memory& memory, std::uint32_t heap_bytes) const {
    memory.store_header(start_, Header::of_size(0));
    memory.store_header(end_, Header::of_size(heap_bytes));
    link(memory, start_, end_);
}

Offset FreeList::insert(Memory& memory, Offset chunk, std::uint32_t size_bytes) const {
    const Offset after = find(memory, size_bytes);
    const Offset before = previous(memory, after);
    link(memory, before, chunk);
    link(memory, chunk, after);
    return after;
}

void FreeList::remove(Memory& memory, Offset chunk) const {
    link(memory, previous(memory, chunk), next(memory, chunk));
}

}  // namespace heapcore
