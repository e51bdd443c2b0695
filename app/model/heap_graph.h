// Heap graph: the graph of the instant that is shown. Made at once where the heap is small, beside the window
// from a copy of the machine where it is not, and kept until the session moves.
#pragma once

#include "app/model/instant.h"
#include "heapcore/graph.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace tricolour {

class HeapGraph {
public:
    HeapGraph();
    ~HeapGraph();
    HeapGraph(const HeapGraph&) = delete;
    HeapGraph& operator=(const HeapGraph&) = delete;

    /// The graph of the session as it is now; null if there is none yet. To be asked once a frame: it takes
    /// over what was made, and stops what is not wanted any more.
    const heapcore::Graph* look(const heapcore::Session& session, std::uint64_t most_chunks_at_once = 30'000);
    /// Makes it beside the window. The copy of the machine is made here: as many bytes as its memory has.
    void start(const heapcore::Session& session);
    /// What was made of it elsewhere; none: none can be made.
    void take(const heapcore::Session& session, std::optional<heapcore::Graph> graph);
    bool is_being_made() const { return job_ != nullptr; }
    /// None can be made of this instant: more links than a graph holds.
    bool is_impossible() const { return is_impossible_; }

private:
    struct Job;
    void move_to(const heapcore::Session& session);

    Instant instant_;
    std::optional<heapcore::Graph> graph_;
    std::unique_ptr<Job> job_;
    bool is_impossible_ = false;
};

}  // namespace tricolour
