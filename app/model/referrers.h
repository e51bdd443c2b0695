// Referrers: which roots and chunks refer to a chunk. The first half of "why is it still alive?".
#pragma once

#include "app/model/cell_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

/// What refers to a chunk.
struct Referrer {
    enum Kind : std::uint8_t { by_chunk, by_weak, by_root, by_thread };
    Kind kind = by_chunk;
    heapcore::Offset holder = heapcore::no_chunk;  ///< by_root: none; by_thread: the thread's structure
    heapcore::Offset place = 0;                    ///< of the word
    heapcore::MarkReason reason = heapcore::MarkReason::field;
    heapcore::Root root;
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
ReferrerText text_of(const heapcore::Session& session, const ThreadNames& threads, const Referrer& referrer);

}  // namespace tricolour
