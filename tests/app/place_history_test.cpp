// What lay at a place over time, on the built-in scenarios.
#include "app/model/place_history.h"

#include "scenario_session.h"

#include <algorithm>

namespace tricolour {
namespace {

using namespace heapcore;

std::vector<LifeEvent::Kind> kinds_of(const Tenancy& tenancy) {
    std::vector<LifeEvent::Kind> kinds;
    for (const LifeEvent& event : tenancy.events)
        kinds.push_back(event.kind);
    return kinds;
}

TEST(PlaceHistory, tells_who_had_the_place_before_and_what_each_lived_through) {
    auto session = scenario_before("01-first-collection", "new newcomer Node");
    ASSERT_TRUE(session->seek_end());
    const Offset place = chunk_named(*session, "newcomer");
    const PlaceHistory history = history_of(*session, place);
    EXPECT_TRUE(history.is_whole);
    ASSERT_EQ(history.tenancies.size(), 2u);

    const Tenancy& orphan = history.tenancies[0];
    EXPECT_EQ(orphan.title, "Node `orphan_a`");
    EXPECT_TRUE(orphan.is_over);
    EXPECT_EQ(kinds_of(orphan), (std::vector{LifeEvent::made, LifeEvent::swept}));
    EXPECT_EQ(orphan.collections_survived, 0u);

    const Tenancy& newcomer = history.tenancies[1];
    EXPECT_EQ(newcomer.title, "Node `newcomer`");
    EXPECT_FALSE(newcomer.is_over);
    EXPECT_EQ(kinds_of(newcomer),
              (std::vector{LifeEvent::made, LifeEvent::grey, LifeEvent::black, LifeEvent::survived}));
    EXPECT_EQ(newcomer.collections_survived, 1u);
    EXPECT_EQ(history.of_birth(newcomer.birth), &newcomer);
    EXPECT_EQ(history.of_birth(1), nullptr);
}

TEST(PlaceHistory, leads_back_to_each_event) {
    auto session = scenario_before("01-first-collection", "new newcomer Node");
    ASSERT_TRUE(session->seek_end());
    const Offset place = chunk_named(*session, "newcomer");
    const PlaceHistory history = history_of(*session, place + 8);
    ASSERT_EQ(history.tenancies.size(), 2u) << "any place within the chunk";
    for (const LifeEvent& event : history.tenancies[1].events) {
        ASSERT_TRUE(session->seek(event.position));
        if (event.kind == LifeEvent::grey) {
            EXPECT_EQ(session->heap().header(place).colour(), Colour::grey);
        }
        if (event.kind == LifeEvent::black) {
            EXPECT_EQ(session->heap().header(place).colour(), Colour::black);
        }
        EXPECT_EQ(session->current_step()->chunk, place);
    }
}

TEST(PlaceHistory, can_be_stopped_and_is_bounded) {
    std::string text = "tricolour 1\nheap size=256K gc=manual\n";
    for (int i = 0; i < 8; ++i)
        text += "alloc a data 16\npin a\ngc\ngc\nunpin a\nfree a\n";
    auto session = session_of(text);
    EXPECT_EQ(history_of(*session, 0).tenancies.size(), 8u);
    HistoryOptions options;
    options.most_tenancies = 3;
    options.most_events = 2;
    const PlaceHistory few = history_of(*session, 0, options);
    ASSERT_EQ(few.tenancies.size(), 3u);
    EXPECT_FALSE(few.is_whole);
    EXPECT_TRUE(few.tenancies[0].is_cut);
    EXPECT_EQ(few.tenancies[0].events.back().kind, LifeEvent::given_back) << "its end is told in any case";
    EXPECT_EQ(few.tenancies[0].collections_survived, 2u);
    options.goes_on = [](double part) { return part < 0.5; };
    EXPECT_FALSE(history_of(*session, 0, options).is_whole);
}

}  // namespace
}  // namespace tricolour
