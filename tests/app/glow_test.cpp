// What the last steps touched, and how it fades.
#include "app/model/glow.h"

#include "session_of.h"

#include <algorithm>

namespace tricolour {
namespace {

using namespace heapcore;

const std::string program = R"(tricolour 1
heap size=256K word=8
alloc a object 40
alloc b object 40
free a
gc
alloc c object 40
)";

bool is_lit(const Glow& glow, Offset chunk) {
    return std::ranges::any_of(glow.lit(), [&](const Glow::Lit& lit) { return lit.chunk == chunk; });
}

TEST(Glow, lights_what_a_step_touches_and_what_a_step_back_does) {
    const auto session = session_at_start(program);
    Glow glow;
    glow.follow(*session, 0);
    EXPECT_TRUE(glow.is_dark()) << "what was there from the start does not glow";
    session->next(Rung::step);
    glow.follow(*session, 1);
    ASSERT_EQ(glow.lit().size(), 1u);
    EXPECT_EQ(glow.lit()[0].chunk, session->current_step()->chunk);
    EXPECT_EQ(glow.lit()[0].since, 1);
    session->seek({2, 0});
    glow.follow(*session, 2);
    const Offset b = chunk_named(*session, "b");
    EXPECT_TRUE(is_lit(glow, b));
    Glow back;
    back.follow(*session, 3);
    session->back(Rung::object);
    back.follow(*session, 4);
    EXPECT_TRUE(is_lit(back, b)) << "the steps undone touched it";
}

TEST(Glow, takes_all_steps_of_an_operation_carried_out_at_once) {
    const auto session = session_at_start(program);
    session->seek({3, 0});
    const Offset b = chunk_named(*session, "b");
    Glow glow;
    glow.follow(*session, 0);
    session->next(Rung::operation);
    glow.follow(*session, 1);
    EXPECT_TRUE(is_lit(glow, b)) << "the collection swept it";
}

TEST(Glow, fades_and_goes_out) {
    EXPECT_EQ(Glow::strength(0, 1), 1);
    EXPECT_NEAR(Glow::strength(1, 1), 0.368, 0.001);
    EXPECT_NEAR(Glow::strength(1, 2), 0.607, 0.001);
    EXPECT_EQ(Glow::strength(4, 1), 0);
    const auto session = session_at_start(program);
    Glow glow;
    glow.follow(*session, 0);
    session->next(Rung::step);
    glow.follow(*session, 10);
    glow.fade(12, 1);
    EXPECT_FALSE(glow.is_dark());
    glow.fade(14, 1);
    EXPECT_TRUE(glow.is_dark());
}

TEST(Glow, is_dark_where_nothing_is_to_move) {
    const auto session = session_at_start(program);
    Glow glow;
    glow.follow(*session, 0);
    session->next(Rung::step);
    glow.follow(*session, 1);
    glow.fade(1, 0);
    EXPECT_TRUE(glow.is_dark());
}

TEST(Glow, keeps_what_was_touched_last_of_very_many_steps) {
    std::string text = "tricolour 1\nheap size=1M word=8\n";
    for (int i = 0; i < 2000; ++i)
        text += "alloc a" + std::to_string(i) + " object 40\n";
    const auto session = session_at_start(text + "gc\n");
    session->seek({2000, 0});
    Glow glow;
    glow.follow(*session, 0);
    session->next(Rung::operation);
    glow.follow(*session, 1);
    EXPECT_LE(glow.lit().size(), Glow::most);
    EXPECT_FALSE(glow.is_dark());
}

TEST(Glow, of_another_session_begins_dark) {
    const auto first = session_at_start(program);
    Glow glow;
    glow.follow(*first, 0);
    first->next(Rung::step);
    glow.follow(*first, 1);
    const auto second = session_of(program);
    glow.follow(*second, 2);
    EXPECT_TRUE(glow.is_dark());
}

}  // namespace
}  // namespace tricolour
