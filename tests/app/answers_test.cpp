// Answers about a selection: found at once or beside the window, forgotten when they do not hold any more.
#include "app/model/answers.h"

#include "../heapcore/long_trace.h"
#include "scenario_session.h"

#include <chrono>
#include <thread>

namespace tricolour {
namespace {

using namespace heapcore;

/// Frames until all is known.
void settle(Answers& answers, const Session& session, const Question& question) {
    static double now = 0;
    for (int i = 0; i < 4000; ++i) {
        answers.update(session, question, now += 0.1);
        if (!answers.is_pending()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "still pending: " << answers.waiting_text();
}

Question about(const Session& session, std::string_view name) {
    const Offset chunk = chunk_named(session, name);
    return {chunk, session.heap().origin_of(chunk).birth, false};
}

TEST(Answers, tell_at_once_what_holds_a_chunk_of_a_small_heap) {
    const auto session = scenario_before("01-first-collection", "local main 1 null");
    Answers answers;
    answers.update(*session, about(*session, "third"), 0);
    ASSERT_NE(answers.holding(), nullptr);
    EXPECT_EQ(answers.holding()->chains.size(), 1u);
    EXPECT_EQ(answers.demise(), nullptr);
    settle(answers, *session, about(*session, "third"));
    ASSERT_NE(answers.placement(), nullptr);
    EXPECT_EQ(answers.placement()->birth, about(*session, "third").birth);
    EXPECT_EQ(answers.history(), nullptr) << "only if asked for";
}

TEST(Answers, tell_of_what_is_gone_what_cut_it_off_and_how_it_came_to_its_place) {
    auto session = scenario_before("01-first-collection", "local main 1 null");
    const Question ring = about(*session, "orphan_a");
    Answers answers;
    settle(answers, *session, ring);
    EXPECT_EQ(answers.demise(), nullptr);
    session->seek_end();
    settle(answers, *session, ring);
    EXPECT_FALSE(answers.is_there()) << "another chunk has its place";
    EXPECT_EQ(answers.holding(), nullptr);
    ASSERT_NE(answers.demise(), nullptr);
    EXPECT_EQ(answers.demise()->kind, Demise::cut_off);
    EXPECT_NE(answers.placement(), nullptr);
    session->seek({*answers.demise()->operation, 0});
    answers.update(*session, ring, 0);
    EXPECT_EQ(answers.demise(), nullptr) << "it is of another position";
    ASSERT_NE(answers.holding(), nullptr);
    EXPECT_TRUE(answers.holding()->is_alive);
}

TEST(Answers, about_free_memory_are_about_what_had_the_place_last) {
    auto session = scenario_before("01-first-collection", "new newcomer Node");
    const auto before = scenario_before("01-first-collection", "local main 1 null");
    const Question place{chunk_named(*before, "orphan_a"), 0, false};
    Answers answers;
    settle(answers, *session, place);
    ASSERT_NE(answers.last_tenancy(), nullptr);
    EXPECT_EQ(answers.last_tenancy()->title, "Node `orphan_a`");
    ASSERT_NE(answers.demise(), nullptr);
    EXPECT_EQ(answers.demise()->kind, Demise::cut_off);
}

TEST(Answers, keep_a_history_on_the_way_back_and_for_each_that_had_the_place) {
    auto session = scenario_before("01-first-collection", "gc");
    session->seek_end();
    Question question = about(*session, "newcomer");
    question.wants_history = true;
    Answers answers;
    settle(answers, *session, question);
    ASSERT_NE(answers.history(), nullptr);
    ASSERT_EQ(answers.history()->tenancies.size(), 2u);
    const Tenancy first = answers.history()->tenancies.front();
    session->seek(first.events.front().position);
    answers.update(*session, {first.chunk, first.birth, true}, 0);
    ASSERT_NE(answers.history(), nullptr);
    EXPECT_EQ(answers.last_tenancy()->birth, first.birth);
    answers.update(*session, {0, session->heap().origin_of(0).birth, true}, 0);
    EXPECT_EQ(answers.history(), nullptr) << "of another place";
}

TEST(Answers, about_a_large_heap_are_found_beside_the_window_while_the_session_moves_now_and_then) {
    auto session = session_of(heapcore::crowded_trace(40'000, 3));
    const std::size_t end = session->position().operation;
    Answers answers;
    double now = 0;
    for (int move = 0; move < 12; ++move) {
        answers.stop();
        session->seek({end - static_cast<std::size_t>(move % 4), 0});
        const Question question = about(*session, move % 2 ? "n39999" : "n20");
        for (int frame = 0; frame < 2 + 3 * move; ++frame) {
            answers.update(*session, question, now += 0.1);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    settle(answers, *session, about(*session, "n39999"));
    EXPECT_FALSE(answers.is_small());
    ASSERT_NE(answers.holding(), nullptr);
    EXPECT_EQ(answers.holding()->is_alive, is_reachable(session->heap(), chunk_named(*session, "n39999")));
    EXPECT_NE(answers.placement(), nullptr);
}

TEST(Answers, that_were_stopped_are_looked_for_again) {
    auto session = scenario_before("01-first-collection", "set third.next newcomer");
    const Question third = about(*session, "third");
    Answers answers;
    answers.update(*session, third, 0);
    answers.update(*session, third, 1);
    EXPECT_TRUE(answers.is_reading());
    answers.stop();
    EXPECT_FALSE(answers.is_reading());
    settle(answers, *session, third);
    EXPECT_NE(answers.placement(), nullptr);
    answers.clear();
    EXPECT_EQ(answers.placement(), nullptr);
    EXPECT_EQ(answers.holding(), nullptr);
}

}  // namespace
}  // namespace tricolour
