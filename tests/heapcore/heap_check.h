// Every invariant of a heap, looked at anew.
#pragma once

#include "heapcore/heap.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace heapcore {

/// The first invariant that does not hold, or nothing.
inline std::string broken_invariant(const Heap& heap) {
    const auto at = [](Offset chunk) { return " at " + std::to_string(chunk); };
    std::map<Offset, std::uint32_t> free_chunks;
    std::uint64_t chunks = 0;
    std::uint64_t free_bytes = 0;
    bool was_free = false;
    Offset chunk = 0;
    for (; !heap.is_end(chunk); chunk = heap.next_chunk(chunk), ++chunks) {
        const ChunkFault fault = heap.fault_of(chunk);
        if (fault != ChunkFault::none && fault != ChunkFault::not_in_use)
            return "the chunk" + at(chunk) + " " + std::string(word_of(fault));
        const Header header = heap.header(chunk);
        if (header.is_previous_free() != was_free) return "a wrong P bit" + at(chunk);
        if (was_free && !header.is_in_use()) return "two free neighbours" + at(chunk);
        was_free = !header.is_in_use();
        if (!was_free) continue;
        free_chunks[chunk] = header.size_bytes();
        free_bytes += header.size_bytes();
        const Offset last = chunk + header.size_bytes() - heap.geometry().word_bytes;
        if (heap.memory.load_word(last) != heap.memory.address_of(chunk))
            return "a wrong back-pointer" + at(chunk);
    }
    if (chunk != heap.size_bytes()) return "the last chunk ends" + at(chunk);
    if (heap.get(Register::chunks) != chunks) return "the count of chunks";
    if (heap.get(Register::free_chunks) != free_chunks.size()) return "the count of free chunks";
    if (heap.get(Register::heap_free) != free_bytes) return "the count of free bytes";
    const FreeList& list = heap.free_list();
    Offset before = list.start();
    std::uint32_t size = 0;
    for (Offset free = list.first(heap.memory); free != list.end(); free = list.next(heap.memory, free)) {
        const auto known = free_chunks.find(free);
        if (known == free_chunks.end()) return "the list leads to no free chunk" + at(free);
        if (known->second < size) return "the list is out of order" + at(free);
        if (list.previous(heap.memory, free) != before) return "the list cannot be walked back" + at(free);
        size = known->second;
        before = free;
        free_chunks.erase(known);
    }
    return free_chunks.empty() ? "" : "not in the list" + at(free_chunks.begin()->first);
}

inline std::set<Offset> chunks_in_use(const Heap& heap) {
    std::set<Offset> chunks;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk))
        if (heap.header(chunk).is_in_use()) chunks.insert(chunk);
    return chunks;
}

/// How the chunks in use are others than expected, or nothing.
inline std::string unexpected_survivor(const Heap& heap, const std::set<Offset>& expected) {
    std::vector<Offset> differing;
    const std::set<Offset> in_use = chunks_in_use(heap);
    std::set_symmetric_difference(in_use.begin(), in_use.end(), expected.begin(), expected.end(),
                                  std::back_inserter(differing));
    if (differing.empty()) return {};
    return "the chunk at " + std::to_string(differing.front()) +
           (in_use.contains(differing.front()) ? " survived" : " was collected");
}

}  // namespace heapcore
