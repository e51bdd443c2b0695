// Collector cursor: where on the heap the collector is at work, as the map marks it: the address that the
// sweep has come to, or the chunk that is being scanned.
#pragma once

#include "heapcore/heap.h"

#include <optional>
#include <string>

namespace tricolour {

struct CollectorCursor {
    bool is_sweep = false;        ///< otherwise it marks
    heapcore::Offset offset = 0;  ///< what lies before it is swept; or the chunk being scanned
    std::string text;             ///< "sweep 43%", "marking, 3 deep"
};

/// None outside a collection, or while it is at the roots.
std::optional<CollectorCursor> collector_cursor_of(const heapcore::Heap& heap);

}  // namespace tricolour
