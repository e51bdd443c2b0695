#include "app/model/trace_place.h"

#include "tests/app/session_of.h"

namespace tricolour {
namespace {

constexpr const char* text =
    "tricolour 1\n"
    "# a comment\n"
    "class Node next:ref\n"
    "new a Node\n"
    "permanent a\n"
    "bookmark \"First collection\"\n"
    "gc\n"
    "bookmark \"First use\"\n"
    "bookmark \"Second\"\n"
    "new b Node\n";

/// Where a session is taken, as "operation.step"; otherwise what is wrong.
std::string gone_to(const std::string& where) {
    const auto session = session_at_start(text);
    const auto place = read_place(session->trace(), where);
    if (!place) return place.error();
    session->seek(approach_to(*place));
    if (const auto problem = go_to(*session, *place)) return *problem;
    const heapcore::Position position = session->position();
    return std::to_string(position.operation) + "." + std::to_string(position.step);
}

TEST(TracePlace, is_an_operation_carried_out) {
    EXPECT_EQ(gone_to("start"), "0.0");
    EXPECT_EQ(gone_to("0"), "0.0");
    EXPECT_EQ(gone_to("1"), "1.0");
    EXPECT_EQ(gone_to("8"), "8.0");
    EXPECT_EQ(gone_to("end"), "8.0");
}

TEST(TracePlace, is_a_step_of_an_operation) {
    EXPECT_EQ(gone_to("5.0"), "4.0");
    EXPECT_EQ(gone_to("5.3"), "4.3");
}

TEST(TracePlace, is_a_line) {
    EXPECT_EQ(gone_to("line:4"), "2.0");
    EXPECT_EQ(gone_to("line 4"), "2.0");
    EXPECT_EQ(gone_to("line:7.3"), "4.3");
}

TEST(TracePlace, is_where_a_collection_enters_a_phase) {
    for (const auto& [word, phase] :
         {std::pair("threads", heapcore::Phase::threads), std::pair("sweep", heapcore::Phase::sweep)}) {
        const auto session = session_at_start(text);
        const auto place = read_place(session->trace(), std::string("line:7.") + word);
        ASSERT_TRUE(place);
        session->seek(approach_to(*place));
        EXPECT_EQ(go_to(*session, *place), std::nullopt);
        EXPECT_EQ(session->heap().get(heapcore::Register::phase), static_cast<std::uint64_t>(phase));
        EXPECT_EQ(session->current_step()->kind, heapcore::StepKind::phase);
    }
}

TEST(TracePlace, is_a_bookmark_by_its_title_or_by_how_it_begins) {
    EXPECT_EQ(gone_to("First use"), "6.0");
    EXPECT_EQ(gone_to("first c"), "4.0");
    EXPECT_EQ(gone_to("SECOND"), "7.0");
}

TEST(TracePlace, that_does_not_exist_is_told_in_a_sentence) {
    EXPECT_EQ(gone_to("9"), "the trace has 8 operations");
    EXPECT_EQ(gone_to("9.1"), "the trace has 8 operations");
    EXPECT_EQ(gone_to("line:2"), "line 2 holds no operation");
    EXPECT_EQ(gone_to("0.1"), "operations count from 1");
    EXPECT_EQ(gone_to("3.9"), "operation 3 has 1 step");
    EXPECT_EQ(gone_to("3.sweep"), "operation 3 enters no phase 'sweep'");
    const std::string expected =
        "expected OPERATION, OPERATION.STEP, OPERATION.PHASE, line:N, start, end or a bookmark: "
        "'First collection', 'First use', 'Second'";
    for (const char* nonsense : {"", "First", "nowhere", "5.", "5.swept", "-1", "line:", ".5", "5.idle"})
        EXPECT_EQ(gone_to(nonsense), expected) << nonsense;
}

}  // namespace
}  // namespace tricolour
