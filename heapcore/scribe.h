// Scribe: marks and sweeps where a journal listens, and writes that down short.
//
// It makes Collector's transitions, in their order: the same bytes, steps and stores. What is seldom it
// leaves to the collector, and whatever could end in the middle of a transition: it writes only into the
// room that the journal grants. What it learns of a class holds for one mark phase, in which nothing is
// stored to classes.
// Source: the memory model (collect; allocation types, and how each is scanned).
#pragma once

#include "heapcore/reference_maps.h"

namespace heapcore {

class Scribe {
public:
    /// Precondition: as long as it lives only collections store to memory.
    explicit Scribe(Heap& heap) : heap_(heap), maps_(heap) {}

    /// Makes as many of the transitions that come next as it can, perhaps none. Precondition: a journal
    /// listens.
    void go_on();

private:
    /// How an entry of the mark stack goes on.
    enum class Shape : std::uint32_t { fields, elements, chars, other };
    struct Scan {
        Shape shape = Shape::other;
        std::uint32_t next = 0;  ///< fields: index of the reference map's next cell
        std::uint32_t end = 0;   ///< fields: behind its last one
    };

    template <typename Word>
    void mark(Journal& journal);
    void whiten(Journal& journal);
    Scan scan_of(const MarkEntry& entry);

    Heap& heap_;
    ReferenceMaps maps_;
    std::vector<Scan> scans_;  ///< by entry; valid for those that mark() scanned
};

}  // namespace heapcore
