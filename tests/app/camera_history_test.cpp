#include "app/model/camera_history.h"

#include <gtest/gtest.h>

namespace tricolour {
namespace {

Camera at(double x, double scale = 8) {
    Camera camera;
    camera.centre_x = x;
    camera.scale = scale;
    camera.is_set = true;
    return camera;
}

/// Looks at a place until it is over as a move.
void rest_at(CameraHistory& history, const Camera& camera, double now) {
    history.note(camera, false, now);
    history.note(camera, false, now + 1);
}

TEST(CameraHistory, is_empty_before_the_first_move) {
    CameraHistory history;
    EXPECT_FALSE(history.has_past());
    EXPECT_EQ(history.back(), std::nullopt);
    rest_at(history, at(1), 0);
    EXPECT_FALSE(history.has_past());
    EXPECT_EQ(history.back(), std::nullopt);
    EXPECT_EQ(history.forward(), std::nullopt);
}

TEST(CameraHistory, goes_back_and_forward_through_the_moves) {
    CameraHistory history;
    rest_at(history, at(1), 0);
    rest_at(history, at(2), 10);
    rest_at(history, at(3, 16), 20);
    EXPECT_FALSE(history.has_future());
    EXPECT_EQ(history.back(), at(2));
    EXPECT_EQ(history.back(), at(1));
    EXPECT_FALSE(history.has_past());
    EXPECT_EQ(history.back(), std::nullopt);
    EXPECT_EQ(history.forward(), at(2));
    EXPECT_EQ(history.forward(), at(3, 16));
    EXPECT_EQ(history.forward(), std::nullopt);
}

TEST(CameraHistory, counts_a_drag_with_its_pauses_as_one_move) {
    CameraHistory history;
    rest_at(history, at(1), 0);
    for (int i = 0; i < 20; ++i)
        history.note(at(2 + i), true, 10 + i);
    rest_at(history, at(21), 40);
    EXPECT_EQ(history.back(), at(1));
    EXPECT_FALSE(history.has_past());
}

TEST(CameraHistory, counts_turns_of_the_wheel_in_quick_succession_as_one_move) {
    CameraHistory history;
    rest_at(history, at(1), 0);
    for (int i = 0; i < 8; ++i)
        history.note(at(1, 9 + i), false, 10 + i * 0.2);
    rest_at(history, at(1, 16), 11.6);
    rest_at(history, at(1, 32), 20);
    EXPECT_EQ(history.back(), at(1, 16));
    EXPECT_EQ(history.back(), at(1));
}

TEST(CameraHistory, takes_back_a_move_that_is_under_way) {
    CameraHistory history;
    rest_at(history, at(1), 0);
    history.note(at(2), false, 10);
    EXPECT_TRUE(history.has_past());
    EXPECT_EQ(history.back(), at(1));
    EXPECT_EQ(history.forward(), at(2));
}

TEST(CameraHistory, forgets_what_lay_ahead_once_another_way_is_taken) {
    CameraHistory history;
    rest_at(history, at(1), 0);
    rest_at(history, at(2), 10);
    EXPECT_EQ(history.back(), at(1));
    rest_at(history, at(1), 20);
    EXPECT_TRUE(history.has_future()) << "going back is no move of its own";
    rest_at(history, at(7), 30);
    EXPECT_FALSE(history.has_future());
    EXPECT_EQ(history.back(), at(1));
}

TEST(CameraHistory, begins_anew_where_the_camera_moved_by_itself) {
    CameraHistory history;
    rest_at(history, at(1), 0);
    rest_at(history, at(2), 10);
    history.begin_at(at(5));
    EXPECT_FALSE(history.has_past());
    rest_at(history, at(6), 20);
    EXPECT_EQ(history.back(), at(5));
}

}  // namespace
}  // namespace tricolour
