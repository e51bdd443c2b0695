// Instant: which state of which session something was computed from. The key of what panels keep
// from one frame to the next.
#pragma once

#include "heapcore/session.h"

#include <cstddef>
#include <memory>
#include <string>

namespace tricolour {

struct Instant {
    const heapcore::Session* session = nullptr;
    /// Held, so that a session made later at the same address is told apart.
    std::shared_ptr<const std::string> source;
    std::size_t operations = 0;
    std::size_t branch = 0;
    std::size_t edits = 0;
    heapcore::Position position;
    bool operator==(const Instant&) const = default;
};

inline Instant instant_of(const heapcore::Session& session) {
    return {&session,
            session.trace().source,
            session.trace().operations.size(),
            session.branch(),
            session.branches()[session.branch()].edits.size(),
            session.position()};
}

}  // namespace tricolour
