// Walk: from the selected chunk to another one by keys alone. To its neighbours in memory, along its first
// reference, and from there to where the next reference of the same chunk leads.
#pragma once

#include "heapcore/heap.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace tricolour {

/// The chunks that the references of a chunk lead to, in the order of its scan, each once; after them what a
/// weak reference refers to. Nothing of a free chunk, and nothing that is no chunk in use.
std::vector<heapcore::Offset> targets_of(const heapcore::Heap& heap, heapcore::Offset chunk);

/// A place where a walk went along a reference and could have taken another.
struct Fork {
    heapcore::Offset from = heapcore::no_chunk;
    heapcore::Offset taken = heapcore::no_chunk;  ///< one of its targets
};

/// Another way at a fork.
struct Turn {
    heapcore::Offset chunk = heapcore::no_chunk;
    std::size_t number = 0;  ///< of the targets, from 1
    std::size_t count = 0;
};

/// Where the reference after the taken one leads, the first after the last; none if the fork has no other.
/// What was taken need not be a target any more: then the first is meant.
std::optional<Turn> turn_at(const heapcore::Heap& heap, const Fork& fork);

}  // namespace tricolour
