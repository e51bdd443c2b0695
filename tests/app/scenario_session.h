// A session on a built-in scenario, at a place that is told by the operation's text.
#pragma once

#include "session_of.h"

#include <filesystem>

namespace tricolour {

/// A scenario up to before an operation that is written so.
inline std::unique_ptr<heapcore::Session> scenario_before(const std::string& name, std::string_view line) {
    auto trace = heapcore::read_trace(std::filesystem::path(TRICOLOUR_SCENARIOS) / (name + ".trace"));
    auto session = std::make_unique<heapcore::Session>(std::move(*trace));
    for (std::size_t i = 0; i < session->trace().operations.size(); ++i)
        if (heapcore::print_operation(session->trace(), session->trace().operations[i]) == line) {
            session->seek({i, 0});
            return session;
        }
    ADD_FAILURE() << "no operation " << line;
    return session;
}

}  // namespace tricolour
