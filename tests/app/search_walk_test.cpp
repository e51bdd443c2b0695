// The search of the free list as it is stepped through, candidate by candidate.
#include "app/model/search_walk.h"

#include "scenario_session.h"

namespace tricolour {
namespace {

using namespace heapcore;

// Free chunks of 40, 56 and 104 bytes and the rest of the heap, kept apart by what is in use.
const std::string fragmented = R"(tricolour 1
heap size=256K word=8
alloc a data 36
alloc x data 4
alloc b data 52
alloc y data 4
alloc c data 100
alloc z data 4
free a
free b
free c
)";

std::unique_ptr<Session> before_last(const std::string& text) {
    auto session = session_of(text);
    session->seek({session->trace().operations.size() - 1, 0});
    return session;
}

TEST(SearchWalk, follows_the_search_step_by_step_and_says_why_each_is_passed_over) {
    const auto session = before_last(fragmented + "alloc n data 60\n");
    EXPECT_FALSE(search_walk_of(*session).is_under_way()) << "nothing is searched before the operation";
    session->next(Rung::step);
    SearchWalk walk = search_walk_of(*session);
    ASSERT_EQ(walk.candidates.size(), 1u);
    EXPECT_EQ(walk.needed_bytes, 64u);
    EXPECT_EQ(walk.candidates[0].bytes, 40u);
    EXPECT_EQ(walk.candidates[0].number, 1u);
    EXPECT_EQ(walk.reason(walk.candidates[0]), "too small for 64");
    EXPECT_EQ(walk.position(), walk.candidates[0].chunk);
    EXPECT_FALSE(walk.accepted());
    EXPECT_EQ(walk.text(), "search for 64 bytes: 1 too small");
    session->next(Rung::step);
    session->next(Rung::step);
    walk = search_walk_of(*session);
    ASSERT_TRUE(walk.accepted());
    EXPECT_EQ(walk.accepted()->bytes, 104u);
    EXPECT_EQ(walk.reason(*walk.accepted()), "fits, splits leaving 40");
    EXPECT_EQ(walk.text(), "search for 64 bytes: 2 too small, number 3 taken");
}

TEST(SearchWalk, stays_until_the_chunk_is_in_use_and_is_gone_with_the_next_step) {
    const auto session = before_last(fragmented + "alloc n data 60\n");
    bool was_allocated = false;
    while (session->next(Rung::step)) {
        const bool is_allocation = session->current_step()->kind == StepKind::alloc;
        EXPECT_EQ(search_walk_of(*session).is_under_way(), !was_allocated)
            << row_of(session->current_step()->kind).word;
        was_allocated |= is_allocation;
    }
    EXPECT_TRUE(was_allocated);
}

TEST(SearchWalk, tells_a_chunk_that_is_taken_whole) {
    const auto exact = before_last(fragmented + "alloc n data 52\n");
    exact->next(Rung::object);
    const SearchWalk fits = search_walk_of(*exact);
    ASSERT_TRUE(fits.accepted());
    EXPECT_EQ(fits.reason(*fits.accepted()), "fits exactly, taken whole");
    const auto roomy = before_last(fragmented + "alloc n data 84\n");
    roomy->next(Rung::object);
    const SearchWalk over = search_walk_of(*roomy);
    ASSERT_TRUE(over.accepted());
    EXPECT_EQ(over.reason(*over.accepted()), "fits, taken whole: 16 over are too few to split off");
}

TEST(SearchWalk, numbers_candidates_behind_those_passed_over_together) {
    std::string text = "tricolour 1\nheap size=256K word=8\n";
    for (int i = 0; i < 40; ++i)
        text += "alloc f" + std::to_string(i) + " data 36\nalloc u" + std::to_string(i) + " data 4\n";
    for (int i = 0; i < 40; ++i)
        text += "free f" + std::to_string(i) + "\n";
    const auto session = before_last(text + "alloc n data 60\n");
    session->next(Rung::step);
    SearchWalk walk = search_walk_of(*session);
    EXPECT_EQ(walk.passed_over, 24u);
    EXPECT_EQ(walk.position(), walk.last_passed);
    EXPECT_EQ(walk.text(), "search for 64 bytes: 24 smaller passed over");
    session->next(Rung::object);
    walk = search_walk_of(*session);
    EXPECT_EQ(walk.candidates.size(), 17u);
    EXPECT_EQ(walk.candidates.front().number, 25u);
    EXPECT_EQ(walk.candidates.back().number, 41u);
}

TEST(SearchWalk, tells_a_search_that_finds_nothing_and_begins_anew_after_the_collection) {
    const auto session = scenario_before("08-fragmentation-until-out-of-memory", "array met byte 24576");
    bool has_failed = false, was_found = false;
    const std::size_t operation = session->position().operation;
    while (session->next(Rung::step) && session->current_operation() == operation) {
        const SearchWalk walk = search_walk_of(*session);
        const bool is_collecting = session->heap().get(Register::phase) != 0;
        EXPECT_FALSE(is_collecting && walk.is_under_way());
        if (walk.has_failed) {
            has_failed = true;
            EXPECT_TRUE(walk.text().ends_with("nothing fits")) << walk.text();
            EXPECT_FALSE(walk.accepted());
        }
        if (walk.accepted()) {
            EXPECT_TRUE(has_failed);
            was_found = true;
        }
    }
    EXPECT_TRUE(was_found);
}

TEST(SearchWalk, is_none_where_a_chunk_is_given_back) {
    const auto session = before_last(fragmented);
    while (session->next(Rung::step))
        EXPECT_FALSE(search_walk_of(*session).is_under_way());
}

}  // namespace
}  // namespace tricolour
