// Places marked on the map: marked and unmarked, gone through, kept.
#include "app/model/places.h"

#include "session_of.h"

#include <nlohmann/json.hpp>

namespace tricolour {
namespace {

using namespace heapcore;

TEST(Places, are_turned_over_and_lie_in_the_order_of_their_addresses) {
    Places places;
    EXPECT_EQ(places.turn_over({400, 3, "c"}), true);
    EXPECT_EQ(places.turn_over({100, 1, "a"}), true);
    EXPECT_EQ(places.turn_over({200, 2, "b"}), true);
    ASSERT_EQ(places.rows().size(), 3u);
    EXPECT_EQ(places.rows()[0].text, "a");
    EXPECT_EQ(places.rows()[2].text, "c");
    EXPECT_TRUE(places.find(200, 2));
    EXPECT_FALSE(places.find(200, 9)) << "another chunk at the same place";
    EXPECT_EQ(places.turn_over({200, 2, "b"}), false);
    EXPECT_FALSE(places.find(200, 2));
}

TEST(Places, are_gone_through_round_and_round) {
    Places places({{300, 0, "free"}, {100, 1, "a"}, {100, 1, "again"}});
    ASSERT_EQ(places.rows().size(), 2u);
    EXPECT_EQ(places.beside({}, 0, false)->chunk, 100u);
    EXPECT_EQ(places.beside({}, 0, true)->chunk, 300u);
    EXPECT_EQ(places.beside(Offset{100}, 1, false)->chunk, 300u);
    EXPECT_EQ(places.beside(Offset{300}, 0, false)->chunk, 100u);
    EXPECT_EQ(places.beside(Offset{100}, 1, true)->chunk, 300u);
    EXPECT_EQ(places.beside(Offset{200}, 7, true)->chunk, 100u) << "from a chunk that is not marked";
    EXPECT_EQ(Places().beside({}, 0, false), nullptr);
}

TEST(Places, are_bounded) {
    Places places;
    for (Offset i = 0; i < Places::most; ++i)
        EXPECT_TRUE(places.turn_over({i * 8, 1, ""}).has_value());
    EXPECT_FALSE(places.turn_over({1u << 20, 1, ""}).has_value());
    EXPECT_EQ(places.turn_over({0, 1, ""}), false) << "one can still be taken away";
}

TEST(Places, know_whether_their_chunk_is_there) {
    const auto session =
        session_of("tricolour 1\nheap size=256K\nalloc a object 40\nfree a\nalloc b object 40\n");
    session->seek({1, 0});
    const Offset chunk = chunk_named(*session, "a");
    const MarkedPlace place{chunk, session->heap().origin_of(chunk).birth, "a"};
    EXPECT_TRUE(is_there(session->heap(), place));
    session->seek({2, 0});
    EXPECT_FALSE(is_there(session->heap(), place)) << "it was freed";
    EXPECT_TRUE(is_there(session->heap(), {chunk, 0, "free"}));
    session->seek({3, 0});
    EXPECT_EQ(chunk_named(*session, "b"), chunk);
    EXPECT_FALSE(is_there(session->heap(), place)) << "another chunk lies there";
}

TEST(KeptPlaces, are_found_again_by_their_trace) {
    KeptPlaces kept;
    const std::vector<MarkedPlace> places = {{100, 1, "Node `a`"}, {300, 0, "the free chunk at 0x12c"}};
    kept.keep("one.trace", places);
    kept.keep("two.trace", std::vector<MarkedPlace>{{8, 2, "b"}});
    const KeptPlaces again = KeptPlaces::from_json(kept.as_json());
    EXPECT_EQ(again.of("one.trace"), places);
    EXPECT_EQ(again.of("two.trace").size(), 1u);
    EXPECT_TRUE(again.of("three.trace").empty());
    kept.keep("one.trace", {});
    EXPECT_TRUE(kept.of("one.trace").empty());
}

TEST(KeptPlaces, leave_out_what_is_broken) {
    const auto json = nlohmann::json::parse(R"([
        7, {"trace": 3, "places": []}, {"trace": "a", "places": 4},
        {"trace": "b", "places": [{"chunk": -1, "birth": 0, "text": ""}, {"chunk": 8, "birth": 5000000000, "text": ""},
                                  {"chunk": 16, "birth": 1, "text": 9}, {"chunk": 24, "birth": 1, "text": "good"}]}])");
    const KeptPlaces kept = KeptPlaces::from_json(json);
    EXPECT_EQ(kept.of("b"), (std::vector<MarkedPlace>{{24, 1, "good"}}));
    EXPECT_TRUE(kept.of("a").empty());
    EXPECT_TRUE(KeptPlaces::from_json(nlohmann::json("x")).as_json().empty());
}

TEST(KeptPlaces, forget_the_trace_changed_longest_ago) {
    KeptPlaces kept;
    for (std::size_t i = 0; i <= KeptPlaces::most_traces; ++i)
        kept.keep(std::to_string(i), std::vector<MarkedPlace>{{8, 1, "a"}});
    EXPECT_TRUE(kept.of("0").empty());
    EXPECT_EQ(kept.of("1").size(), 1u);
}

}  // namespace
}  // namespace tricolour
