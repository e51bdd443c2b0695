// Place history: what lay at an address over time, from the trace's start to the session's position. Who had
// the place before, and of each: made, coloured, survived, freed.
//
// The whole way is carried out again, told step by step: it costs what a replay costs, and can be stopped.
// What it has found until then stays.
#pragma once

#include "app/model/rerun.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

struct LifeEvent {
    enum Kind : std::uint8_t { made, retyped, grey, black, survived, cleared, given_back, swept };
    Kind kind = made;
    heapcore::Position position;  ///< right after the step
    std::string text;             ///< the step as a sentence
};

/// A chunk that had the place, from its making on.
struct Tenancy {
    std::uint32_t birth = 0;
    heapcore::Offset chunk = heapcore::no_chunk;
    std::uint32_t bytes = 0;
    std::string title;  ///< "Node `a`": as it was called at its end, or is now
    std::uint32_t collections_survived = 0;
    bool is_over = false;
    std::vector<LifeEvent> events;  ///< in their order
    bool is_cut = false;            ///< there were more events than are kept: colours are left out
};

struct PlaceHistory {
    std::vector<Tenancy> tenancies;  ///< oldest first
    bool is_whole = false;           ///< false: stopped before the position, or cut

    /// The tenancy with that birth; null if it did not lie there.
    const Tenancy* of_birth(std::uint32_t birth) const;
};

struct HistoryOptions {
    std::size_t most_tenancies = 4096;
    std::size_t most_events = 1024;  ///< of one tenancy; its end is told in any case
    /// Told how far it is, 0 to 1, between operations; false: stop.
    std::function<bool(double)> goes_on;
};

/// What lay at that offset of the heap (in the middle of an operation: up to its start). The session stands
/// still meanwhile.
PlaceHistory history_of(const heapcore::Session& session, heapcore::Offset place,
                        const HistoryOptions& options = {});

}  // namespace tricolour
