// No trace takes more memory than stated, or more time than its length allows.
#include "heapcore/session.h"
#include "long_trace.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

Trace trace_of(std::string text) {
    auto trace = parse_trace(std::move(text), "bounds.trace");
    if (!trace) throw std::runtime_error(trace.error().text());
    return std::move(*trace);
}

void index_all(Session& session) {
    session.extend_index([] { return false; });
}

// What a step within a collection needs was dropped long ago when one gets there.
TEST(Bounds, hold_for_keyframes_and_journals_of_a_long_trace_wherever_one_seeks) {
    constexpr std::uint64_t mib = 1 << 20;
    constexpr std::uint32_t objects = 60'000;
    const SessionOptions options{.keyframe_budget_bytes = 16 * mib, .journal_budget_bytes = 8 * mib};
    Session session(trace_of(long_trace(400'000, objects) + "gc\n"), options);
    index_all(session);
    ASSERT_FALSE(session.index().error) << session.index().error->error.text();
    EXPECT_LE(session.keyframes().bytes(), options.keyframe_budget_bytes);
    EXPECT_GE(session.keyframes().count(), 3u);
    EXPECT_LE(session.trace().operations.capacity(), 400'100u);

    const std::size_t last = session.trace().operations.size() - 1;
    Machine straight(session.trace().settings);
    for (std::size_t i = 0; i < last; ++i)
        (void)straight.apply(session.trace(), i);
    ASSERT_TRUE(session.seek({last + 1, 0}));
    const std::uint64_t steps = session.current_step_count();
    ASSERT_GT(steps, 4 * std::uint64_t{objects});
    for (const std::uint64_t step : {steps - 1, steps / 2, std::uint64_t{1}, steps / 3}) {
        ASSERT_TRUE(session.seek({last, step}));
        EXPECT_LE(session.journal_bytes(), options.journal_budget_bytes);
        Machine machine(straight);
        Journal journal(1u, step);
        machine.memory().attach(&journal);
        EXPECT_THROW((void)machine.apply(session.trace(), last), Journal::LimitReached);
        machine.memory().attach(nullptr);
        EXPECT_TRUE(session.machine().is_same_as(machine)) << step;
        ASSERT_TRUE(session.back(Rung::step));
        ASSERT_TRUE(session.next(Rung::step));
        EXPECT_EQ(session.position(), (Position{last, step}));
    }
    ASSERT_TRUE(session.seek({last / 2, 0}));
    EXPECT_LE(session.journal_bytes(), options.journal_budget_bytes);
}

TEST(Bounds, hold_for_the_failed_expectations_noted) {
    std::string text = "tricolour 1\n";
    for (std::size_t i = 0; i < most_failures_noted + 500; ++i)
        text += "expect chunks 7\n";
    Session session(trace_of(text));
    index_all(session);
    EXPECT_TRUE(session.index().is_complete);
    EXPECT_EQ(session.index().operations, most_failures_noted + 500);
    EXPECT_EQ(session.index().failed_expectations.size(), most_failures_noted);
}

// A name that moves on leaves its chunk's list of names at once, wherever it stands in it.
TEST(Bounds, hold_for_the_time_that_many_names_of_one_chunk_take) {
    constexpr std::size_t names = 100'000;
    std::string text = "tricolour 1\n";
    for (int round = 0; round < 2; ++round)
        for (std::size_t i = 0; i < names; ++i)
            text += "intern n" + std::to_string(i) + " \"one\"\n";
    text += "intern n7 \"two\"\nfree n0\nexpect dead n1\nexpect live n7\n";
    const Trace trace = trace_of(text);
    Machine machine(trace.settings);
    for (std::size_t i = 0; i < trace.operations.size(); ++i)
        ASSERT_EQ(machine.apply(trace, i).kind, Outcome::done) << i;
    for (NameId name = 0; name < names; ++name) {
        const bool has_moved_on = name == 7;
        ASSERT_EQ(machine.binding(name).kind, has_moved_on ? Binding::chunk : Binding::dead_freed) << name;
    }
}

}  // namespace
}  // namespace heapcore
