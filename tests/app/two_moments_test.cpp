// A pinned moment beside a session that goes on: it stays what it was, its map and lenses too, and what
// differs is found while the session rests.
#include "app/model/two_moments.h"

#include "scenario_session.h"

#include <chrono>
#include <thread>

namespace tricolour {
namespace {

using namespace heapcore;

constexpr const char* program =
    "tricolour 1\nheap size=256K\nclass Node next:ref value:int\nnew a Node\npin a\nnew lost Node\ngc\n"
    "new b Node\nset a.next b\n";

/// A session's map kept in step, and two moments of it.
struct Follower {
    std::unique_ptr<Session> session;
    MapModel map;
    TwoMoments moments;
    double now = 0;

    explicit Follower(std::unique_ptr<Session> of) : session(std::move(of)) { update({}); }
    void update(const TwoMoments::Wanted& wanted) {
        map.clear_dirty();
        map.sync(*session);
        moments.update(*session, map, wanted, now);
        session->clear_changes();
        now += 1;
    }
    const Differences* find() {
        for (int i = 0; i < 500 && !moments.differences(); ++i) {
            update({.differences = true});
            if (moments.is_reading()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return moments.differences();
    }
};

std::string_view entry_name(const TwoMoments& moments, Offset chunk) {
    const LensEntry* const entry = moments.lens().entry_at(chunk);
    return entry ? entry->name : "";
}

TEST(TwoMoments, the_pinned_one_stays_what_it_was) {
    Follower follower(session_of(program));
    follower.session->seek({4, 3});
    const std::uint64_t hash = follower.session->machine().hash();
    const auto step = follower.session->current_step();
    follower.moments.pin(*follower.session);
    follower.session->seek_end();
    follower.update({.map = true});
    const Session& pinned = *follower.moments.pinned();
    EXPECT_NE(follower.session->machine().hash(), hash);
    EXPECT_EQ(pinned.machine().hash(), hash);
    EXPECT_EQ(pinned.position(), (Position{4, 3}));
    ASSERT_TRUE(step && pinned.current_step());
    EXPECT_EQ(pinned.current_step()->kind, step->kind);

    MapModel wanted;
    wanted.rebuild(pinned.heap());
    ASSERT_EQ(follower.moments.map().granules(), wanted.granules());
    EXPECT_TRUE(std::ranges::equal(follower.moments.map().texels(), wanted.texels()));
    EXPECT_EQ(place_text(pinned), "operation 5, step 3");
    EXPECT_TRUE(doing_text(pinned).starts_with("gc, ")) << doing_text(pinned);
    EXPECT_EQ(place_text(*follower.session), "operation 7");
    EXPECT_EQ(doing_text(*follower.session), "set a.next b");
}

TEST(TwoMoments, every_lens_looks_at_the_pinned_machine) {
    Follower follower(session_of(program));
    follower.session->seek({4, 0});
    const Offset lost = chunk_named(*follower.session, "lost");
    follower.moments.pin(*follower.session);
    follower.session->seek_end();
    for (const LensRow& row : lens_rows) {
        follower.update({.map = true, .lens = row.id, .selected = lost});
        EXPECT_NE(entry_name(follower.moments, lost), "") << row.name;
    }
    follower.update({.map = true, .lens = LensId::age});
    EXPECT_EQ(entry_name(follower.moments, lost), "this operation");
    follower.update({.map = true, .lens = LensId::survivals});
    EXPECT_EQ(entry_name(follower.moments, lost), "none");
    follower.update({.map = true, .lens = LensId::roots});
    EXPECT_EQ(entry_name(follower.moments, lost), "unreachable");
}

TEST(TwoMoments, the_lens_of_changes_shows_there_what_died_and_where_something_was_born) {
    Follower follower(session_of(program));
    const Offset born = chunk_named(*follower.session, "b");
    follower.session->seek({4, 0});
    const Offset lost = chunk_named(*follower.session, "lost"), kept = chunk_named(*follower.session, "a");
    follower.moments.pin(*follower.session);
    const TwoMoments::Wanted changes{.map = true, .lens = LensId::changes};
    follower.update(changes);
    EXPECT_EQ(entry_name(follower.moments, lost), "unchanged, in use");
    follower.session->seek({5, 0});
    follower.update(changes);
    EXPECT_EQ(entry_name(follower.moments, lost), "died");
    EXPECT_EQ(entry_name(follower.moments, kept), "unchanged, in use");
    follower.session->seek_end();
    follower.update(changes);
    // The new one has the dead one's place.
    EXPECT_EQ(entry_name(follower.moments, lost), "died");
    EXPECT_EQ(born, lost);

    follower.session->seek({4, 0});
    follower.update(changes);
    EXPECT_EQ(entry_name(follower.moments, lost), "unchanged, in use") << "and back";

    follower.session->seek({3, 0});
    follower.moments.pin(*follower.session);
    follower.session->seek({4, 0});
    follower.update(changes);
    EXPECT_EQ(entry_name(follower.moments, lost), "born") << "it was free there";
}

TEST(TwoMoments, what_differs_is_found_at_rest_in_both_directions) {
    Follower follower(session_of(program));
    follower.moments.pin(*follower.session);
    follower.session->seek({4, 0});
    const Differences* found = follower.find();
    ASSERT_TRUE(found);
    EXPECT_EQ(follower.moments.waiting_text(), "");
    EXPECT_EQ(found->earlier, (Position{4, 0}));
    EXPECT_EQ(found->tally(DifferenceKind::swept).count, 1u);
    EXPECT_EQ(found->tally(DifferenceKind::born).count, 1u);

    const Session& later = *follower.moments.pinned();
    for (const Difference& it : found->rows) {
        const DifferenceText text = text_of(it, *follower.session, later);
        if (it.kind == DifferenceKind::swept) {
            EXPECT_EQ(text.subject, "Node `lost`");
        }
        if (it.kind == DifferenceKind::stored) {
            EXPECT_EQ(text.subject, "Node `a`");
            EXPECT_EQ(text.what, "next: null → Node `b`");
        }
    }
    const std::uint64_t number = follower.moments.number();
    follower.session->seek({7, 0});
    follower.update({.differences = true});
    EXPECT_NE(follower.moments.number(), number) << "another position has others";
}

TEST(TwoMoments, of_a_large_heap_they_are_found_beside_the_window_and_a_stop_ends_that) {
    std::string text = "tricolour 1\nheap size=4M\n";
    for (int i = 0; i < 40'000; ++i)
        text += "alloc a" + std::to_string(i) + " data 24\n";
    Follower follower(session_of(text));
    follower.moments.pin(*follower.session);
    follower.session->seek({100, 0});
    follower.update({.differences = true});
    EXPECT_FALSE(follower.moments.differences());
    follower.update({.differences = true});
    EXPECT_TRUE(follower.moments.is_reading());
    EXPECT_TRUE(follower.moments.waiting_text().starts_with("Attributing: "))
        << follower.moments.waiting_text();
    follower.moments.stop();
    EXPECT_FALSE(follower.moments.is_reading());
    const Differences* const found = follower.find();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->tally(DifferenceKind::born).count, 39'900u);
    EXPECT_EQ(found->causes.size(), 39'900u);
}

TEST(TwoMoments, an_operation_typed_in_before_the_pinned_one_leads_elsewhere_and_one_after_it_does_not) {
    Follower follower(session_of(program));
    follower.session->seek({5, 0});
    follower.moments.pin(*follower.session);
    follower.session->seek({6, 0});
    ASSERT_TRUE(follower.session->type_in("alloc later data 16"));
    follower.update({});
    EXPECT_TRUE(follower.moments.is_on_way());
    ASSERT_TRUE(follower.find());
    EXPECT_EQ(follower.moments.differences()->causes.back().operation, 6u) << "the one typed in";

    follower.session->seek({2, 0});
    ASSERT_TRUE(follower.session->type_in("alloc before data 16"));
    follower.update({.differences = true});
    EXPECT_FALSE(follower.moments.is_on_way());
    EXPECT_FALSE(follower.moments.differences());
    EXPECT_TRUE(follower.moments.waiting_text().starts_with("The pinned moment is on another branch"));
    follower.session->select_branch(0);
    follower.update({});
    EXPECT_TRUE(follower.moments.is_on_way());
    follower.moments.drop();
    EXPECT_FALSE(follower.moments.pinned());
}

}  // namespace
}  // namespace tricolour
