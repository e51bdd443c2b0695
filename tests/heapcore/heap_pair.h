// The engine's allocator and the linear one side by side: each operation is carried out on both, and what
// comes out differently is said in words. The operations are noted, so that a trace can replay them.
#pragma once

#include "heapcore/heap.h"
#include "heapcore/operation.h"
#include "linear_heap.h"

#include <string>
#include <vector>

namespace heapcore {

class HeapPair {
public:
    HeapPair(std::uint32_t size_bytes, std::uint32_t word_bytes);

    // What came out differently; nothing if all is the same. `which` counts the chunks in use.
    std::string allocate(std::uint32_t type, std::uint64_t bytes);
    std::string free(std::size_t which);
    std::string retype(std::size_t which, std::uint32_t type);
    std::string clone(std::size_t which);

    /// Chunks in use.
    std::size_t size() const { return live_.size(); }

    /// Every header, the whole free list in both directions, every back-pointer, every count.
    std::string difference() const;
    /// The headers that the last operation may have changed, the whole free list, and every count but that of
    /// the chunks: for heaps of so many chunks that all of them are too many after each operation.
    std::string difference_near() const;

    /// The operations so far.
    std::string trace() const;

    const Heap& heap() const { return heap_; }
    const linear::LinearHeap& linear() const { return linear_; }
    /// Lets a journal listen to the engine, which then tells its searches aloud.
    void attach(Journal* journal) { heap_.memory.attach(journal); }

private:
    struct Live {
        Offset chunk;
        std::uint32_t name;
    };
    struct Noted {
        OperationKind kind;
        std::uint8_t type;
        std::uint32_t name;
        std::uint64_t number;  ///< alloc: bytes; clone: name of the original
    };

    std::string made(std::optional<Offset> ours, std::optional<std::uint32_t> theirs);
    std::string header_difference(Offset chunk) const;
    std::string list_difference() const;

    Heap heap_;
    linear::LinearHeap linear_;
    std::vector<Live> live_;
    std::vector<Noted> noted_;
    std::uint32_t names_ = 0;
    Offset touched_ = 0;  ///< the last operation changed nothing in front of it
};

}  // namespace heapcore
