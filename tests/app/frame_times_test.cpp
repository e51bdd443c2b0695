// What is said of the last frames is what they took.
#include "app/model/frame_times.h"

#include <gtest/gtest.h>

namespace tricolour {
namespace {

FrameParts parts(double map, double screen) {
    FrameParts parts{};
    parts[static_cast<std::size_t>(FramePart::map)] = map;
    parts[static_cast<std::size_t>(FramePart::screen)] = screen;
    return parts;
}

TEST(FrameTimes, have_a_row_at_the_place_of_each_part) {
    ASSERT_EQ(frame_part_rows().size(), frame_part_count);
    for (std::size_t i = 0; i < frame_part_count; ++i) {
        EXPECT_EQ(frame_part_rows()[i].part, static_cast<FramePart>(i));
        EXPECT_FALSE(frame_part_rows()[i].name.empty());
    }
}

TEST(FrameTimes, keep_the_newest_frames_and_count_all) {
    FrameTimes times;
    EXPECT_EQ(times.summary().frames, 0u);
    for (std::size_t i = 0; i < FrameTimes::most_frames + 7; ++i)
        times.add(static_cast<double>(i) * 0.01, parts(static_cast<double>(i), 0));
    EXPECT_EQ(times.drawn(), FrameTimes::most_frames + 7);
    EXPECT_EQ(times.kept(), FrameTimes::most_frames);
    EXPECT_EQ(sum_of(times.parts(0)), static_cast<double>(FrameTimes::most_frames + 6));
    EXPECT_EQ(sum_of(times.parts(FrameTimes::most_frames - 1)), 7);
}

TEST(FrameTimes, tell_mean_worst_and_rate_of_one_movement) {
    FrameTimes times;
    times.add(0, parts(1, 1));  // before a rest: no part of the movement
    times.add(10, parts(0.002, 0.004));
    times.add(10.02, parts(0.004, 0.006));
    times.add(10.04, parts(0.003, 0.011));
    const FrameTimes::Summary summary = times.summary();
    EXPECT_EQ(summary.frames, 3u);
    EXPECT_NEAR(summary.mean_seconds, 0.010, 1e-9);
    EXPECT_NEAR(summary.worst_seconds, 0.014, 1e-9);
    EXPECT_NEAR(summary.mean[static_cast<std::size_t>(FramePart::map)], 0.003, 1e-9);
    EXPECT_NEAR(summary.per_second, 50, 1e-6);
}

TEST(FrameTimes, of_slow_frames_right_after_each_other_are_one_movement) {
    FrameTimes times;
    times.add(0, parts(0.3, 0));
    times.add(0.31, parts(0.3, 0));
    EXPECT_EQ(times.summary().frames, 2u);
}

TEST(FrameTimes, of_a_single_frame_have_no_rate) {
    FrameTimes times;
    times.add(3, parts(0.001, 0));
    EXPECT_EQ(times.summary().per_second, 0);
}

}  // namespace
}  // namespace tricolour
