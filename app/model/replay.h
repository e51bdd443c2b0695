// Replay: carries a whole trace out without a window. `tricolour replay`, as the trace format's
// page promises it to other tools.
#pragma once

#include "heapcore/trace.h"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace tricolour {

struct ReplayOptions {
    std::filesystem::path trace;        ///< `-`: standard input
    std::optional<std::string> dump;    ///< file for the state at the end; `-`: standard output
    std::optional<std::string> events;  ///< file for the steps as JSON lines; `-`: standard output
    bool wants_stats = false;
    bool wants_tables = false;                    ///< the heap and its free list at the end, as text
    bool wants_leaks = false;                     ///< what is left once every root is forgotten
    heapcore::ParseProgress* progress = nullptr;  ///< its `cancel` stops the run
    std::ostream* terminal = nullptr;             ///< shows how far a long run is
};

/// 0: all carried out, every expectation held. 1: an expectation failed. 2: the trace or an output
/// could not be used. 130: stopped before the end. Messages go to `errors`.
int replay(const ReplayOptions& options, std::ostream& output, std::ostream& errors);

}  // namespace tricolour
