// Places: chunks that a person marked on the map, to come back to. By birth and offset, as a selection is,
// so that a place is not taken over by a chunk that later lies there. Each trace finds its own again.
#pragma once

#include "heapcore/heap.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tricolour {

struct MarkedPlace {
    heapcore::Offset chunk = heapcore::no_chunk;
    std::uint32_t birth = 0;  ///< 0: whatever chunk is there, a free one for instance
    std::string text;         ///< what it was when it was marked: "Node `b`"
    bool operator==(const MarkedPlace&) const = default;
};

/// Whether it is there now.
bool is_there(const heapcore::Heap& heap, const MarkedPlace& place);

/// Those of one trace, in the order of their addresses.
class Places {
public:
    static constexpr std::size_t most = 200;

    Places() = default;
    /// Several of one chunk count once.
    explicit Places(std::vector<MarkedPlace> places);

    std::span<const MarkedPlace> rows() const { return rows_; }
    /// Marks it, or no longer if it is marked. True: it is marked now; none: there are too many.
    std::optional<bool> turn_over(MarkedPlace place);
    const MarkedPlace* find(heapcore::Offset chunk, std::uint32_t birth) const;
    /// The one behind or before a chunk, round and round; null: there is none.
    const MarkedPlace* beside(std::optional<heapcore::Offset> chunk, std::uint32_t birth, bool is_back) const;

private:
    std::vector<MarkedPlace> rows_;
};

/// Of the traces marked in last.
class KeptPlaces {
public:
    static constexpr std::size_t most_traces = 20;

    /// Of too many traces the one changed longest ago is forgotten.
    void keep(const std::string& trace, std::span<const MarkedPlace> places);
    std::vector<MarkedPlace> of(const std::string& trace) const;

    nlohmann::json as_json() const;
    /// What is broken or unknown in it is left out.
    static KeptPlaces from_json(const nlohmann::json& json);

private:
    std::vector<std::pair<std::string, std::vector<MarkedPlace>>> traces_;  ///< changed last first
};

}  // namespace tricolour
