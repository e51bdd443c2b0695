// Search walk: the search of the free list that the current step belongs to, candidate by candidate, as the
// map shows it while an allocation is stepped through.
//
// It goes back over the steps of the current operation as long as they belong to one search and what
// follows it: looking, taking, splitting, giving the rest back. Any other step ends it.
#pragma once

#include "heapcore/session.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tricolour {

struct SearchWalk {
    /// A free chunk that was looked at.
    struct Candidate {
        heapcore::Offset chunk = heapcore::no_chunk;
        std::uint32_t bytes = 0;
        std::uint64_t number = 0;  ///< in the free list as it was, from 1
        bool is_accepted = false;
        bool operator==(const Candidate&) const = default;
    };

    std::uint32_t needed_bytes = 0;  ///< of the chunk: header and rounding included
    std::uint64_t passed_over = 0;   ///< smaller chunks before the candidates, told as one step
    heapcore::Offset last_passed = heapcore::no_chunk;
    std::vector<Candidate> candidates;  ///< as looked at; the accepted one last
    bool has_failed = false;
    bool is_done = false;  ///< it is over: something was found, or nothing
    std::uint32_t smallest_chunk_bytes = 0;

    bool is_under_way() const { return needed_bytes > 0; }
    const Candidate* accepted() const {
        return !candidates.empty() && candidates.back().is_accepted ? &candidates.back() : nullptr;
    }
    /// Where it stands: what was looked at last; no_chunk before the first.
    heapcore::Offset position() const { return candidates.empty() ? last_passed : candidates.back().chunk; }
    /// Why a candidate is passed over or taken: "too small for 64", "fits: splits, leaving 48".
    std::string reason(const Candidate& candidate) const;
    /// All of it: "search for 64 bytes: 12 smaller passed over, 3 too small".
    std::string text() const;
};

/// None under way if the current step belongs to none.
SearchWalk search_walk_of(const heapcore::Session& session);

}  // namespace tricolour
