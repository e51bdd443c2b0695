// What a trace is told when it is carried out: its error or its failed expectations. And long traces to ask
// of.
#pragma once

#include "heapcore/session.h"

#include <string>

namespace heapcore {

/// The line so many times, each # replaced by its number from 0.
inline std::string repeated(int count, const std::string& line) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        for (const char c : line)
            c == '#' ? text += std::to_string(i) : text += c;
        text += '\n';
    }
    return text;
}

/// The error that ends a trace, or else its failed expectations, a line each.
inline std::string complaints(const std::string& text, const TraceLimits& limits = {}) {
    auto trace = parse_trace("tricolour 1\n" + text, "t", nullptr, limits);
    if (!trace) return trace.error().text();
    Session session(std::move(*trace));
    session.extend_index([] { return false; });
    if (session.index().error) return session.index().error->error.text();
    std::string all;
    for (const auto& note : session.index().failed_expectations)
        all += note.error.message + "\n";
    return all;
}

}  // namespace heapcore
