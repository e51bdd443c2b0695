// Holding: why a chunk is alive, what it keeps alive, and what would die without it.
//
// A chain leads from a root to the chunk; there is one for each link that holds it, the shortest first, and
// all of those links have to go for it to die. A chain may be as long as the heap has chunks, so its rows are
// made when they are asked for. Holds for the instant that it was made at.
#pragma once

#include "app/model/referrers.h"
#include "heapcore/graph.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

/// One link of a chain.
struct HoldingRow {
    std::string by;    ///< "permanent root 3", "Thread `main`: frame `run`, local 0", "field `next`"
    std::string what;  ///< what it leads to: "Node `b`"
    std::string note;  ///< why it may not be what it looks like; mostly empty
    Tone tone = Tone::plain;
    heapcore::Offset chunk = heapcore::no_chunk;
};

/// What would die.
struct Loss {
    std::uint64_t chunks = 0;
    std::uint64_t bytes = 0;
    std::string text;  ///< "nothing", "3 chunks, 144 bytes"
};

class Holding {
public:
    /// Stopped, it holds nothing to be told.
    Holding(const heapcore::Session& session, const heapcore::Graph& graph, const ThreadNames& threads,
            heapcore::Offset chunk, const heapcore::ShouldStop& should_stop = {});

    bool is_alive = false;
    std::string summary;  ///< why it is alive or dead, in a sentence
    std::vector<heapcore::Chain> chains;
    std::uint64_t links = 0;  ///< that hold it: chains there are

    /// While a collection is under way: the way by which it comes to the chunk, and how far it is with that.
    heapcore::Chain discovery;
    std::string discovery_text;  ///< empty outside a collection

    std::string keeps;  ///< what would die with it, in a sentence
    Loss retained;      ///< itself included
    /// What would die with it, itself first; each comes after the one without which it would be dead.
    heapcore::Offset retained_chunk(std::uint64_t index) const;
    /// Without this chunk it would be dead.
    std::optional<heapcore::Offset> dominator;

    HoldingRow row(const heapcore::Chain& chain, std::size_t index) const;
    /// What would die if that link alone were cleared.
    Loss loss_without(const heapcore::Link& link) const;

private:
    std::string describe(heapcore::Offset chunk) const;
    void tell_alive();
    void tell_discovery(heapcore::Offset chunk, const heapcore::ShouldStop& should_stop);
    void tell_retained(heapcore::Offset chunk);

    const heapcore::Session* session_;
    const heapcore::Graph* graph_;
    const ThreadNames* threads_;
    heapcore::Graph::Node node_;
};

}  // namespace tricolour
