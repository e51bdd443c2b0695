// Why allocations lie where they lie, on the built-in scenarios.
#include "app/model/placement.h"

#include "scenario_session.h"

namespace tricolour {
namespace {

using namespace heapcore;
using Texts = std::vector<std::string>;

/// Of the chunk that a name stands for right after the operation that makes it.
Placement placement(const std::string& scenario, std::string_view line, std::string_view name) {
    auto session = scenario_before(scenario, line);
    EXPECT_TRUE(session->next(Rung::operation));
    const Origin origin = session->heap().origin_of(chunk_named(*session, name));
    const Position position = session->position();
    const auto found = placement_of(*session, origin.operation, origin.birth);
    EXPECT_TRUE(found);
    EXPECT_EQ(session->position(), position) << "the session does not move";
    EXPECT_EQ(found->chunk, chunk_named(*session, name));
    return found.value_or(Placement{});
}

TEST(Placement, tells_an_exact_fit_and_those_of_the_same_size) {
    const Placement snug = placement("02-allocation-and-splitting", "alloc snug data 60", "snug");
    EXPECT_EQ(
        snug.sentences,
        (Texts{"It needs a chunk of 64 bytes, header included.",
               "1 free chunk is too small; the next one has 64 bytes, and is the best fit.",
               "1 other has the same size: among equals the one that entered the list last comes first.",
               "It fits exactly."}));
    ASSERT_EQ(snug.candidates.size(), 2u);
    EXPECT_EQ(snug.candidates[0].bytes, 40u);
    EXPECT_TRUE(snug.candidates[1].is_chosen);
    EXPECT_EQ(snug.candidates[1].chunk, snug.chunk);
}

TEST(Placement, tells_what_is_wasted_where_the_rest_is_too_small) {
    const Placement roomy = placement("02-allocation-and-splitting", "alloc roomy data 44", "roomy");
    EXPECT_EQ(roomy.wasted_bytes(), 16u);
    EXPECT_EQ(
        roomy.sentences.back(),
        "The 16 bytes left over are too few for a chunk, which takes 32, so they go along and are wasted "
        "until it is freed.");
}

TEST(Placement, tells_what_is_split_off) {
    const Placement half = placement("02-allocation-and-splitting", "alloc half data 44", "half");
    EXPECT_EQ(half.chunk_bytes, 48u);
    EXPECT_EQ(half.rest_bytes, 48u);
    EXPECT_EQ(half.wasted_bytes(), 0u);
    EXPECT_EQ(half.sentences.back(),
              "It keeps 48 bytes of it; the rest, 48 bytes, is split off and given back.");
}

TEST(Placement, tells_of_the_collection_that_made_room) {
    const Placement met = placement("08-fragmentation-until-out-of-memory", "array met byte 24576", "met");
    EXPECT_TRUE(met.collected_first);
    EXPECT_LT(met.largest_before_bytes, met.needed_bytes);
    EXPECT_GT(met.rest_bytes, 0u);
    EXPECT_TRUE(met.sentences[1].starts_with("Nothing held that at first: the largest free chunk had "));
}

TEST(Placement, is_none_for_a_birth_that_the_operation_did_not_give) {
    auto session = scenario_before("02-allocation-and-splitting", "alloc snug data 60");
    EXPECT_FALSE(placement_of(*session, 3, 9999));
    EXPECT_FALSE(placement_of(*session, 7, 1, [] { return true; }));
}

}  // namespace
}  // namespace tricolour
