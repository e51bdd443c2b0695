// A session made of a text, carried out up to its end; and what tests look for in it.
#pragma once

#include "heapcore/session.h"

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace tricolour {

inline std::unique_ptr<heapcore::Session> session_at_start(const std::string& text) {
    auto trace = heapcore::parse_trace(text, "test.trace");
    if (!trace) {
        ADD_FAILURE() << trace.error().text();
        return nullptr;
    }
    return std::make_unique<heapcore::Session>(std::move(*trace));
}

inline std::unique_ptr<heapcore::Session> session_of(const std::string& text) {
    auto session = session_at_start(text);
    session->seek_end();
    EXPECT_TRUE(session->is_at_end());
    EXPECT_EQ(session->position().operation, session->trace().operations.size());
    return session;
}

inline heapcore::Offset chunk_named(const heapcore::Session& session, std::string_view name) {
    const auto id = session.trace().names.find(name);
    const auto chunk = id ? session.machine().chunk_named(*id) : std::nullopt;
    EXPECT_TRUE(chunk.has_value()) << name;
    return chunk.value_or(0);
}

/// Goes forward until a phase begins; false if none does.
inline bool step_into(heapcore::Session& session, heapcore::Phase phase) {
    while (session.next(heapcore::Rung::step)) {
        if (session.heap().get(heapcore::Register::phase) == static_cast<std::uint64_t>(phase)) return true;
    }
    return false;
}

}  // namespace tricolour
