// What the real allocator did, operation by operation, must come out bit for bit.
#include "recorded.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

Trace trace_of(const std::filesystem::path& path) {
    auto trace = read_trace(path);
    if (!trace) throw std::runtime_error(trace.error().text());
    return std::move(*trace);
}

/// Carries a whole trace out, listening to each operation's steps.
template <typename AfterOperation>
void replay(Machine& machine, const Trace& trace, AfterOperation after) {
    for (std::size_t i = 0; i < trace.operations.size(); ++i) {
        Journal journal;
        machine.memory().attach(&journal);
        const Outcome outcome = machine.apply(trace, i);
        machine.memory().attach(nullptr);
        ASSERT_EQ(outcome.kind, Outcome::done)
            << "line " << trace.operations[i].line << ": " << outcome.message;
        after(trace.operations[i], outcome, journal);
    }
}

Json allocation_of(const Operation& operation, const Outcome& outcome) {
    return {operation.line, outcome.allocated ? Json(*outcome.allocated) : Json()};
}

class RecordedAllocator : public testing::TestWithParam<std::string> {};

TEST_P(RecordedAllocator, leaves_every_chunk_list_and_placement_as_the_real_one) {
    const auto path = [](const char* ending) { return test_data() / "alloc" / (GetParam() + ending); };
    const Trace trace = trace_of(path(".trace.gz"));
    const Json dump = json_of(path(".dump.json.gz"));
    Machine machine(trace.settings);
    Json allocations = Json::array();
    replay(machine, trace, [&](const Operation& operation, const Outcome& outcome, const Journal&) {
        if (outcome.asked_for_chunk) allocations.push_back(allocation_of(operation, outcome));
    });
    EXPECT_EQ(machine.heap().size_bytes(), dump["heap"]["size"]);
    EXPECT_EQ(machine.heap().get(Register::heap_free), dump["heap"]["free"]);
    EXPECT_EQ(Json(chunk_rows(machine.heap())), dump["chunks"]);
    EXPECT_EQ(Json(free_list_of(machine.heap())), dump["free_list"]);
    EXPECT_EQ(allocations, dump["allocations"]);
}

INSTANTIATE_TEST_SUITE_P(Case, RecordedAllocator,
                         testing::ValuesIn(names_in(test_data() / "alloc", ".trace.gz")),
                         [](const auto& param) { return test_name_of(param.param); });

TEST(RecordedAllocatorCases, are_all_here) {
    EXPECT_GE(names_in(test_data() / "alloc", ".dump.json.gz").size(), 41u);
}

/// [line, offset, size after coalescing] of the chunk that an operation freed.
std::optional<Json> free_of(const Operation& operation, const Journal& journal) {
    std::optional<Json> row;
    for (std::uint64_t i = 0; i < journal.end(); ++i) {
        const Step& step = journal.step(i);
        if (step.kind == StepKind::inserted) row = Json{operation.line, step.chunk, step.b};
    }
    return operation.kind == OperationKind::free ? row : std::nullopt;
}

class RecordedProgram : public testing::TestWithParam<std::string> {};

TEST_P(RecordedProgram, gets_every_chunk_where_the_real_one_put_it) {
    std::filesystem::path folder = test_data() / "vm";
    if (!exists(folder / (GetParam() + ".trace.gz"))) folder = shared_data() / "vm";
    if (!exists(folder / (GetParam() + ".trace.gz")))
        GTEST_SKIP() << "needs the shared data: set TRICOLOUR_SHARED_DATA to its folder";
    const Trace trace = trace_of(folder / (GetParam() + ".trace.gz"));
    const Json want = json_of(folder / (GetParam() + ".want.json.gz"));
    Machine machine(trace.settings);
    std::size_t allocations = 0;
    std::size_t frees = 0;
    replay(machine, trace, [&](const Operation& operation, const Outcome& outcome, const Journal& journal) {
        if (testing::Test::HasFailure()) return;
        if (outcome.asked_for_chunk) {
            ASSERT_LT(allocations, want["allocations"].size());
            ASSERT_EQ(allocation_of(operation, outcome), want["allocations"][allocations++]);
        }
        if (const auto row = free_of(operation, journal)) {
            ASSERT_LT(frees, want["frees"].size());
            ASSERT_EQ(*row, want["frees"][frees++]);
        }
    });
    EXPECT_EQ(allocations, want["allocations"].size());
    EXPECT_EQ(frees, want["frees"].size());
}

INSTANTIATE_TEST_SUITE_P(Program, RecordedProgram,
                         testing::Values("hello", "listchurn", "oom", "strings", "threads", "trees",
                                         "w4_listchurn", "w4_weakrefs", "weakrefs"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace heapcore
