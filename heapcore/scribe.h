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

class SweepListener;

class Scribe {
public:
    /// Precondition: as long as it lives only collections store to memory.
    Scribe(Heap& heap, SweepListener* listener) : heap_(heap), listener_(listener), maps_(heap) {}

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
    // As one word, since it is read soon after it was written.
    static constexpr std::uint64_t packed(const Scan& scan) {
        return std::uint64_t{scan.end} << 34 | std::uint64_t{scan.next} << 4 |
               static_cast<std::uint32_t>(scan.shape);
    }
    static constexpr Scan unpacked(std::uint64_t word) {
        return {static_cast<Shape>(word & 15), static_cast<std::uint32_t>(word >> 4 & 0x3fffffff),
                static_cast<std::uint32_t>(word >> 34)};
    }

    template <typename Word>
    void mark(Journal& journal);
    template <typename Word>
    void sweep(Journal& journal);
    Scan scan_of(const MarkEntry& entry);

    Heap& heap_;
    SweepListener* listener_;
    ReferenceMaps maps_;
    std::vector<std::uint64_t> scans_;  ///< by entry, packed; valid for those that mark() scanned
};

}  // namespace heapcore
