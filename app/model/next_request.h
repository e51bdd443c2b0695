// The next request: what the trace will ask of the heap next, and how large a chunk that needs.
#pragma once

#include "heapcore/session.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tricolour {

struct Request {
    enum Source : std::uint8_t { none, under_way, next_operation, selection };
    Source source = none;
    std::uint32_t needed_bytes = 0;  ///< of the chunk, header included
    std::size_t operation = 0;       ///< under_way, next_operation
};

/// What is asked for next: by the operation under way, else by the next one that allocates (the first
/// chunk that it is named after); if there is none near, a chunk as large as the selected one.
Request next_request(const heapcore::Session& session, std::optional<heapcore::Offset> selected);

/// "operation 12 needs 64 bytes"; with nothing to go by, what to do.
std::string text_of(const Request& request);

}  // namespace tricolour
