// The part of a trace that the timeline shows: zooming, panning, fitting, and which position a pixel means.
#include "app/model/time_axis.h"

#include "session_of.h"

#include <cmath>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::Position;

const StepsOf unknown = [](std::size_t) { return std::optional<std::uint64_t>(); };
StepsOf all_have(std::uint64_t steps) {
    return [steps](std::size_t) { return std::optional(steps); };
}

TEST(TimeAxis, zooming_keeps_what_is_under_the_pointer_under_it) {
    constexpr std::size_t operations = 5'000'000;
    TimeWindow window = whole_trace(operations);
    const double time = 1'234'567.25;
    for (int i = 0; i < 60; ++i) {
        const double place = window.place_of(time);
        const TimeWindow closer = zoomed_at(window, operations, 1.4, time, 1e-6);
        EXPECT_NEAR(closer.place_of(time), place, 1e-6) << i;
        EXPECT_NEAR(closer.span(), window.span() / 1.4, window.span() * 1e-6) << i;
        window = closer;
    }
    EXPECT_LT(window.span(), .01);
    for (int i = 0; i < 80; ++i)
        window = zoomed_at(window, operations, 1 / 1.4, time, 1e-6);
    EXPECT_EQ(window, whole_trace(operations));
}

TEST(TimeAxis, zooming_in_ends_where_steps_are_wide_and_never_moves_back) {
    const double least = least_span(1200, 100);
    TimeWindow window = whole_trace(10);
    for (int i = 0; i < 60; ++i)
        window = zoomed_at(window, 10, 1.4, 3.5, least);
    EXPECT_NEAR(window.span(), least, 1e-12);
    EXPECT_NEAR(1200 / window.span() / 100, 48, 1e-9) << "pixels a step";
    EXPECT_EQ(zoomed_at(window, 10, 1.4, 3.5, 2 * least).span(), window.span())
        << "a smaller operation beside it does not push it away";
}

TEST(TimeAxis, a_window_stays_within_the_trace) {
    EXPECT_EQ(panned({2, 4}, 10, -5), (TimeWindow{0, 2}));
    EXPECT_EQ(panned({2, 4}, 10, 50), (TimeWindow{8, 10}));
    EXPECT_EQ(panned({2, 4}, 10, 1), (TimeWindow{3, 5}));
    EXPECT_EQ(clamped({-5, 50}, 10), whole_trace(10));
    EXPECT_EQ(whole_trace(0), (TimeWindow{0, 1})) << "never empty";
    const TimeWindow fit = fitted(3, 4, 10);
    EXPECT_LT(fit.first, 3);
    EXPECT_GT(fit.last, 4);
    EXPECT_LT(fit.span(), 1.2);
    EXPECT_EQ(fitted(0, 10, 10), whole_trace(10));
}

TEST(TimeAxis, the_position_is_followed_only_when_it_leaves) {
    const TimeWindow window{100, 200};
    EXPECT_EQ(followed(window, 1000, 100), window);
    EXPECT_EQ(followed(window, 1000, 200), window);
    const TimeWindow next = followed(window, 1000, 201);
    EXPECT_NEAR(next.place_of(201), .12, 1e-9) << "a page is turned";
    EXPECT_NEAR(followed(window, 1000, 99).place_of(99), .88, 1e-9);
    EXPECT_NEAR(followed(window, 1000, 700).place_of(700), .5, 1e-9) << "far away it is in the middle";
    EXPECT_EQ(followed(whole_trace(1000), 1000, 1000), whole_trace(1000));
}

TEST(TimeAxis, gliding_keeps_what_stays_in_place_and_arrives) {
    const TimeWindow from{0, 1000}, to = zoomed_at(from, 1000, 8, 250, 1e-6);
    for (const double part : {.1, .5, .9})
        EXPECT_NEAR(between(from, to, part).place_of(250), .25, 1e-9) << part;
    EXPECT_NEAR(between({0, 10}, {5, 15}, .5).first, 5 * .5, 1e-9);
    TimeView view;
    view.glide_to(to);
    double now = 1;
    for (int i = 0; i < 100 && view.target; ++i)
        view.move(now += .016, true, 1000);
    EXPECT_FALSE(view.target);
    EXPECT_EQ(view.window(1000), to);
    view.glide_to(whole_trace(1000));
    view.move(now += .016, false, 1000);
    EXPECT_FALSE(view.zoomed) << "at once without animation, and all of the trace is no zoom";
}

TEST(TimeAxis, a_time_means_the_nearest_step_where_steps_are_known) {
    EXPECT_EQ(position_near(3.4, .001, 10, unknown), (Position{3, 0}));
    EXPECT_EQ(position_near(3.6, .001, 10, unknown), (Position{4, 0}));
    EXPECT_EQ(position_near(3.42, .001, 10, all_have(10)), (Position{3, 4}));
    EXPECT_EQ(position_near(3.02, .05, 10, all_have(1000)), (Position{3, 0})) << "within reach of the end";
    EXPECT_EQ(position_near(3.999, .0001, 10, all_have(10)), (Position{4, 0}))
        << "all steps are the operation";
    EXPECT_EQ(position_near(-3, .1, 10, all_have(10)), (Position{0, 0}));
    EXPECT_EQ(position_near(30, .1, 10, all_have(10)), (Position{10, 0}));
    EXPECT_EQ(position_near(.5, .1, 0, all_have(10)), (Position{0, 0}));
}

TEST(TimeAxis, times_and_positions_agree) {
    for (const std::uint64_t steps : {1u, 2u, 7u, 1000u, 1'000'000u})
        for (const std::size_t operation : {std::size_t{0}, std::size_t{17}, std::size_t{4'999'999}})
            for (const std::uint64_t step : {std::uint64_t{0}, steps / 3, steps - 1}) {
                const Position position{operation, step};
                EXPECT_EQ(position_near(time_of(position, all_have(steps)), 1e-9, 5'000'000, all_have(steps)),
                          position)
                    << operation << " " << step << " of " << steps;
            }
    EXPECT_EQ(time_of(Position{3, 5}, unknown), 3.5);
}

TEST(TimeAxis, ticks_are_round_numbers_apart_from_each_other) {
    for (const double last : {1.0, 7.0, 33.0, 1000.0, 123'456.0, 5'000'000.0})
        for (const double width : {300.0, 1200.0, 2500.0}) {
            const TimeWindow window{last / 3, last};
            const auto operations = static_cast<std::size_t>(last);
            const auto ticks = ticks_of(window, operations, width, 80, unknown);
            for (std::size_t i = 0; i < ticks.size(); ++i) {
                EXPECT_TRUE(window.contains(ticks[i].time));
                EXPECT_EQ(ticks[i].time, std::round(ticks[i].time));
                const double before = i > 0 ? ticks[i - 1].time : -1e9;
                EXPECT_GE((ticks[i].time - before) * width / window.span(), 80 - 1e-6);
            }
            EXPECT_LE(static_cast<double>(ticks.size()), width / 80 + 1);
            EXPECT_TRUE(window.span() < 3 || !ticks.empty());
        }
    EXPECT_EQ(ticks_of(whole_trace(5'000'000), 5'000'000, 1200, 100, unknown).at(1).text, "500,000");
    EXPECT_TRUE(ticks_of(whole_trace(0), 0, 1200, 80, unknown).empty());
}

TEST(TimeAxis, ticks_name_steps_within_a_wide_operation) {
    const auto ticks = ticks_of({12, 13}, 20, 1000, 100, all_have(2000));
    ASSERT_GE(ticks.size(), 4u);
    EXPECT_EQ(ticks.front(), (Tick{12, "12"}));
    EXPECT_EQ(ticks[1], (Tick{12.1, "+200"}));
    EXPECT_EQ(ticks.back(), (Tick{13, "13"}));
    const auto inside = ticks_of({12.3, 12.6}, 20, 1000, 100, all_have(2000));
    ASSERT_FALSE(inside.empty());
    EXPECT_EQ(inside.front().text, "12 +600") << "the operation is named where its begin is out of sight";
}

TEST(TimeAxis, the_collection_of_a_position_is_its_own_or_the_next_or_the_last) {
    heapcore::SessionIndex index;
    EXPECT_FALSE(collection_near(index, {3, 0}));
    index.collections = {4, 9};
    EXPECT_EQ(collection_near(index, {0, 0}), 4u);
    EXPECT_EQ(collection_near(index, {4, 20}), 4u);
    EXPECT_EQ(collection_near(index, {5, 0}), 9u);
    EXPECT_EQ(collection_near(index, {15, 0}), 9u);
}

}  // namespace
}  // namespace tricolour
