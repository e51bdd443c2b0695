// Placement: why an allocation lies where it lies. What the search of the free list looked at, what it chose,
// what was split off and what is wasted, from the steps of the operation that asked for it.
#pragma once

#include "app/model/rerun.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

struct Placement {
    /// A free chunk that the search looked at.
    struct Candidate {
        heapcore::Offset chunk = heapcore::no_chunk;
        std::uint32_t bytes = 0;
        bool is_chosen = false;
    };

    std::uint32_t birth = 0;
    std::size_t operation = 0;  ///< that asked for it
    heapcore::Offset chunk = heapcore::no_chunk;
    std::uint32_t needed_bytes = 0;          ///< of the chunk: header and rounding included
    std::uint64_t passed_over = 0;           ///< smaller chunks before the candidates
    std::vector<Candidate> candidates;       ///< smallest first, the chosen one last
    std::uint32_t as_large = 0;              ///< other free chunks of the chosen one's size
    std::uint32_t chunk_bytes = 0;           ///< what it got
    std::uint32_t rest_bytes = 0;            ///< split off and given back
    bool collected_first = false;            ///< nothing held it before a collection
    std::uint32_t largest_before_bytes = 0;  ///< then: the largest free chunk
    std::vector<std::string> sentences;

    /// Bytes that it was given beyond its need, since no chunk could be made of them.
    std::uint32_t wasted_bytes() const { return chunk_bytes - needed_bytes; }
};

/// How the allocation with that birth, which the operation asked for, came to its place. None if the
/// operation made no such chunk, or it was stopped.
std::optional<Placement> placement_of(const heapcore::Session& session, std::size_t operation,
                                      std::uint32_t birth, const Rerun::ShouldStop& should_stop = {});

}  // namespace tricolour
