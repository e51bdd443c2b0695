// Trace place: a position of a trace as a person writes it on the command line.
//
//   37           after operation 37, counted from 1 as events and the window count
//   37.12        after step 12 of it; 37.0 right before it
//   37.sweep     where its collection enters a phase
//   line:57      the operation of that line, also with a step or phase: line:57.12; a blank serves as well
//   start, end
//   Cut off      the title of a bookmark, or how only one title begins
#pragma once

#include "heapcore/result.h"
#include "heapcore/session.h"

#include <optional>
#include <string>
#include <string_view>

namespace tricolour {

struct TracePlace {
    heapcore::Position position;
    std::optional<heapcore::Phase> phase;  ///< of the operation that the position stands before
    bool operator==(const TracePlace&) const = default;
};

/// The place that the text names; otherwise a sentence about what is wrong with it.
heapcore::Result<TracePlace, std::string> read_place(const heapcore::Trace& trace, std::string_view text);

/// Whether it begins as a line's place does.
bool is_of_a_line(std::string_view text);

/// The same without the bookmarks.
heapcore::Result<TracePlace, std::string> read_counted_place(const heapcore::Trace& trace,
                                                             std::string_view text);

/// The operations to carry out before the place is looked for in its own operation.
inline heapcore::Position approach_to(const TracePlace& place) { return {place.position.operation, 0}; }

/// Takes a session that has got to the approach on to the place; what is wrong if it is not there.
std::optional<std::string> go_to(heapcore::Session& session, const TracePlace& place);

}  // namespace tricolour
