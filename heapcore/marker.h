// Marker: marks all that a chunk leads to in one go, where nothing listens.
//
// It visits what Collector's transitions visit, in their order, and leaves the same bytes; only
// what nobody sees in between differs: a chunk found turns black at once and the mark stack's
// entries look otherwise. What it learns of a class holds for one mark phase, in which nothing is
// stored to classes.
// Source: the memory model (collect; allocation types, and how each is scanned).
#pragma once

#include "heapcore/reference_maps.h"

namespace heapcore {

class Marker {
public:
    /// Precondition: as long as it lives no journal listens, and only collections store to memory.
    explicit Marker(Heap& heap) : heap_(heap), maps_(heap) {}

    /// Scans a chunk whatever its colour, then turns it black. Precondition: the mark stack is empty.
    void mark_from(Offset chunk);

private:
    template <typename Word>
    void mark(Offset root);

    Heap& heap_;
    ReferenceMaps maps_;
};

}  // namespace heapcore
