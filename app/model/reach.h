// Reach: which chunks the roots lead to, and from which kind of root each is reached first, in the order
// in which a collection marks. A little at a time, so that a large heap need not hold up a frame.
#pragma once

#include "heapcore/object.h"
#include "heapcore/roots.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tricolour {

class Reach {
public:
    /// Starts anew. A chunk `without` is passed over as if it were not there.
    void begin(const heapcore::Heap& heap, heapcore::Offset without = heapcore::no_chunk);
    /// Looks at about so many references more; true when all is known. The heap and its roots are
    /// as they were at begin().
    bool advance(const heapcore::Heap& heap, std::uint32_t most_references);

    /// The kind of root that reaches a chunk first; none: unreachable.
    std::optional<heapcore::RootKind> root_of(heapcore::Offset chunk) const;
    bool is_reached(heapcore::Offset chunk) const { return root_of(chunk).has_value(); }

private:
    void reach(heapcore::Offset chunk, heapcore::RootKind kind, bool is_scanned);
    void reach_thread_structures(const heapcore::Heap& heap, heapcore::Offset thread);
    bool scan(const heapcore::Heap& heap, std::uint32_t& left);

    std::uint32_t smallest_chunk_bytes_ = 16;
    heapcore::Offset without_ = heapcore::no_chunk;
    std::vector<std::uint8_t> kinds_;  ///< RootKind + 1, one for each smallest chunk's worth of heap
    std::vector<heapcore::Root> roots_;
    std::size_t next_root_ = 0;
    heapcore::RootKind kind_ = heapcore::RootKind::interned;
    std::vector<heapcore::Offset> found_;  ///< to be scanned
    heapcore::Offset scanned_ = heapcore::no_chunk;
    heapcore::ScanState scan_;
};

/// What a chunk keeps alive: what is reachable, and is not once the chunk is gone.
///
/// Marks once with it and once without it. What is reachable with it is marked once for all chunks of an
/// instant, and of a chunk that is dead nothing more is asked.
class Retention {
public:
    void begin(const heapcore::Heap& heap, heapcore::Offset chunk);
    /// The same, where it is known of another chunk at this instant.
    void begin_beside(const heapcore::Heap& heap, const Retention& known, heapcore::Offset chunk);
    bool advance(const heapcore::Heap& heap, std::uint32_t most_references);

    bool is_reached(heapcore::Offset chunk) const { return with_.is_reached(chunk); }
    /// The chunk itself too, if it is reachable.
    bool is_retained(heapcore::Offset chunk) const {
        return with_.is_reached(chunk) && !without_.is_reached(chunk);
    }

private:
    Reach with_, without_;
    heapcore::Offset chunk_ = heapcore::no_chunk;
    bool is_with_known_ = false;
};

}  // namespace tricolour
