// Demise: why a chunk is dead. Which operation cut it off for good, what held it until then, and what became
// of it.
//
// A chunk is named by its birth, since its place may be another's by now. Looked for is the last operation at
// whose end it was reachable: the one after it is the cut, from which it never came back until now. (It may
// have been cut off and held again before.) Bisection finds one such change; the operations after it that
// could make something reachable again are then looked at one by one.
#pragma once

#include "app/model/rerun.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

struct Demise {
    enum Kind : std::uint8_t {
        unknown,     ///< no such birth up to the position, or the search was stopped
        alive,       ///< reachable at the position
        never_held,  ///< at no operation's end was it reachable
        cut_off,     ///< by `operation`
        given_back   ///< by `operation`, while something still held it
    };
    Kind kind = unknown;
    heapcore::Offset chunk = heapcore::no_chunk;  ///< where it lay or lies
    std::size_t born = 0;                         ///< operation that made it
    std::optional<std::size_t> operation;         ///< that cut it off or gave it back
    std::optional<std::size_t> freed;  ///< operation during which it was freed; none: it lies there still
    bool was_swept = false;            ///< freed by a collection
    /// All operations in between were looked at. False: it may have been held again after `operation`.
    bool is_certain = true;
    /// From the root to the chunk, as it was held last: "Thread `main`: frame `run`, local 1", "Node `a`:
    /// field `next`"; the first that is gone after the cut.
    std::vector<std::string> chain;
    std::size_t broken_link = 0;
    std::string text;  ///< one or two sentences

    bool is_found() const { return kind != unknown; }
};

struct DemiseOptions {
    std::uint32_t most_looks = 20'000;  ///< at what is reachable; beyond them it is not certain
    /// Told how far it is, 0 to 1, again and again; false: stop.
    std::function<bool(double)> goes_on;
};

/// Why the chunk of that birth is dead at the session's position (in the middle of an operation: at its
/// start). The session stands still meanwhile.
Demise demise_of(const heapcore::Session& session, std::uint32_t birth, const DemiseOptions& options = {});

}  // namespace tricolour
