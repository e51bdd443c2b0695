// Kept breakpoints: those of the traces opened last, so that a trace finds its own again when it is opened.
#pragma once

#include "app/model/breakpoints.h"
#include "app/model/hits.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tricolour {

class KeptBreakpoints {
public:
    static constexpr std::size_t most_traces = 20;
    static constexpr std::size_t most_of_a_trace = 200;

    struct Entry {
        Breakpoint breakpoint;
        bool is_enabled = true;
        bool operator==(const Entry&) const = default;
    };

    /// What a trace has now; of too many traces the one changed longest ago is forgotten.
    /// `trace`: what it is found by, its path for instance.
    void keep(const std::string& trace, std::span<const KnownHits> breakpoints);
    /// In the order they were set.
    std::vector<Entry> of(const std::string& trace) const;

    nlohmann::json as_json() const;
    /// What is broken or unknown in it is left out.
    static KeptBreakpoints from_json(const nlohmann::json& json);

private:
    std::vector<std::pair<std::string, std::vector<Entry>>> traces_;  ///< changed last first
};

}  // namespace tricolour
