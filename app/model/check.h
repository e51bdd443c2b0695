// Check: carries a whole trace out and audits the heap on the way. `tricolour check`.
#pragma once

#include "heapcore/trace.h"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>

namespace tricolour {

struct CheckOptions {
    std::filesystem::path trace;  ///< `-`: standard input
    std::optional<std::uint64_t>
        every;  ///< operations from one audit to the next; none: as few as fit a budget
    heapcore::ParseProgress* progress = nullptr;  ///< its `cancel` stops the run
    std::ostream* terminal = nullptr;             ///< shows how far a long run is
};

/// Each violation stands in `output` once, when it is first seen: `FILE:LINE: violation: sentence`.
/// 0: none. 1: there are violations. 2: the trace could not be used, which `errors` says. 130: stopped before
/// the end.
int check(const CheckOptions& options, std::ostream& output, std::ostream& errors);

}  // namespace tricolour
