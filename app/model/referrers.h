// Referrers: which roots and chunks refer to a chunk. The first half of "why is it still alive?".
#pragma once

#include "app/model/cell_text.h"
#include "heapcore/graph.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

/// What refers to a chunk.
struct Referrer {
    heapcore::Link link;
    bool is_weak = false;  ///< a weak reference, which keeps nothing alive
};

struct Referrers {
    std::vector<Referrer> rows;   ///< roots first, then chunks in address order
    std::uint64_t total = 0;      ///< may be more than are listed
    std::uint64_t instances = 0;  ///< of a class: objects that are of it
};

/// One pass over the heap and its roots.
Referrers referrers_of(const heapcore::Session& session, heapcore::Offset chunk);

/// "permanent root 3", "field `next`", "element [7]".
struct ReferrerText {
    std::string holder;  ///< "Node `b`", "Thread `main`"; empty: `place` says it all
    std::string place;
    std::optional<heapcore::Offset> chunk;
};
ReferrerText text_of(const heapcore::Machine& machine, const heapcore::Trace& trace,
                     const ThreadNames& threads, const heapcore::Link& link);
/// Both in one: "Thread `main`: frame `run`, local 0", "Node `a`: field `next`".
std::string joined(const ReferrerText& text);
ReferrerText text_of(const heapcore::Session& session, const ThreadNames& threads, const Referrer& referrer);

}  // namespace tricolour
