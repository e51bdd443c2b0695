#include "app/model/camera.h"

#include <bit>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

constexpr MapArea area{1400, 900, 1u << 21};

Camera camera_at(double x, double y, double scale, std::uint32_t row_length = 2048) {
    Camera camera;
    camera.centre_x = x;
    camera.centre_y = y;
    camera.scale = scale;
    camera.row_length = row_length;
    camera.is_set = true;
    return camera;
}

TEST(Camera, pixels_and_places_on_the_plane_are_each_others_inverse) {
    const Camera camera = camera_at(300.25, 77.5, 3.7);
    EXPECT_NEAR(plane_x(camera, area, pixel_x(camera, area, 123.4)), 123.4, 1e-9);
    EXPECT_NEAR(plane_y(camera, area, pixel_y(camera, area, 5.6)), 5.6, 1e-9);
    EXPECT_EQ(pixel_x(camera, area, camera.centre_x), 700);
}

TEST(Camera, a_granule_is_found_under_its_own_pixels_and_nothing_beside_the_rows) {
    const Camera camera = camera_at(1024, 512, 10);
    const double x = pixel_x(camera, area, 1000.5), y = pixel_y(camera, area, 500.5);
    EXPECT_EQ(granule_at(camera, area, x, y), 500u * 2048 + 1000);
    EXPECT_EQ(granule_at(camera_at(0, 0, 10), area, 699, 460), std::nullopt);
    EXPECT_EQ(granule_at(camera_at(2048, 10, 10), area, 701, 450), std::nullopt);
    EXPECT_EQ(granule_at(camera_at(1000, 1024, 10), area, 700, 451), std::nullopt) << "beyond the heap";
}

TEST(Camera, zooming_keeps_what_is_under_the_pointer) {
    const Camera before = camera_at(1024, 512, 4);
    for (const double factor : {1.2, 5.0, 0.8}) {
        const Camera after = zoom_at(before, area, factor, 333, 777);
        EXPECT_NEAR(plane_x(after, area, 333), plane_x(before, area, 333), 1e-6);
        EXPECT_NEAR(plane_y(after, area, 777), plane_y(before, area, 777), 1e-6);
        EXPECT_NEAR(after.scale, 4 * factor, 1e-9);
    }
}

TEST(Camera, zooming_stops_at_bounds) {
    EXPECT_EQ(zoom_at(camera_at(1000, 500, 100), area, 1e6, 700, 450).scale, largest_scale);
    const Camera out = zoom_at(camera_at(1000, 500, 1), area, 1e-6, 700, 450);
    EXPECT_GT(out.scale, 0.1);
    EXPECT_LE(2048 * out.scale, area.width);
}

TEST(Camera, panning_moves_by_pixels_and_never_loses_the_heap) {
    const Camera before = camera_at(1024, 512, 8);
    const Camera after = pan(before, area, 40, -16);
    EXPECT_DOUBLE_EQ(after.centre_x, 1024 - 5);
    EXPECT_DOUBLE_EQ(after.centre_y, 512 + 2);
    const Camera lost = pan(before, area, 1e9, 1e9);
    EXPECT_TRUE(granule_at(lost, area, area.width / 2, area.height / 2));
}

TEST(Camera, what_is_smaller_than_the_area_lies_in_its_middle) {
    const MapArea small{1400, 900, 64};
    const Camera camera = clamp(camera_at(-100, 500, 16, 8), small);
    EXPECT_EQ(camera.centre_x, 4);
    EXPECT_EQ(camera.centre_y, 4);
}

TEST(Camera, rows_are_a_power_of_two_that_makes_granules_large) {
    EXPECT_EQ(choose_row_length(1024, 8, 1.5), 16u) << "128 granules: 16 x 8";
    for (const std::uint64_t bytes : {0ull, 8ull, 1000ull, 262144ull, 16777208ull}) {
        const std::uint32_t length = choose_row_length(bytes, 8, 1.55);
        EXPECT_TRUE(std::has_single_bit(length));
        EXPECT_GE(length, shortest_row);
        EXPECT_LE(length, longest_row);
    }
    EXPECT_LT(choose_row_length(262144, 8, 0.2), choose_row_length(262144, 8, 5));
}

TEST(Camera, a_fit_shows_all_of_a_range) {
    for (const auto& [first, last] :
         {std::pair{0u, 1u << 21}, {5000u, 5010u}, {5000u, 500000u}, {2047u, 2049u}, {0u, 1u}}) {
        const Camera camera = fit_range(camera_at(0, 0, 1), area, first, last);
        EXPECT_TRUE(camera.is_set);
        for (const std::uint32_t granule : {first, last - 1}) {
            const double x = pixel_x(camera, area, granule % 2048 + 0.5),
                         y = pixel_y(camera, area, granule / 2048 + 0.5);
            EXPECT_GE(x, 0) << first;
            EXPECT_LE(x, area.width) << first;
            EXPECT_GE(y, 0) << first;
            EXPECT_LE(y, area.height) << first;
        }
    }
    EXPECT_EQ(fit_range(camera_at(0, 0, 1), area, 5000, 5002).scale, largest_fit_scale)
        << "not closer than can be read";
}

TEST(Camera, stays_where_it_is_if_what_it_is_to_show_is_in_sight) {
    const Camera camera = camera_at(1024, 512, 4);
    EXPECT_EQ(reveal(camera, area, 512 * 2048 + 1000, 512 * 2048 + 1004), camera);
}

TEST(Camera, moves_but_does_not_zoom_to_what_is_out_of_sight) {
    const Camera before = camera_at(1024, 512, 4);
    const Camera after = reveal(before, area, 900 * 2048 + 3, 900 * 2048 + 8);
    EXPECT_EQ(after.scale, before.scale);
    const double y = pixel_y(after, area, 900), x = pixel_x(after, area, 3);
    EXPECT_GE(x, 0);
    EXPECT_LE(x, area.width);
    EXPECT_NEAR(y, area.height / 2, 4);
}

TEST(Camera, zooms_out_to_what_has_no_room) {
    const Camera before = camera_at(1024, 512, 40);
    const Camera after = reveal(before, area, 100 * 2048, 400 * 2048);
    EXPECT_LT(after.scale, before.scale);
    EXPECT_GE(pixel_y(after, area, 100), 0);
    EXPECT_LE(pixel_y(after, area, 400), area.height);
}

TEST(Camera, a_small_used_part_fills_the_view_with_readable_granules) {
    const Camera camera = fit_first(Camera{}, area, 400, 8);
    EXPECT_GE(camera.scale, 32);
    EXPECT_EQ(granule_at(camera, area, pixel_x(camera, area, 0.5), pixel_y(camera, area, 0.5)), 0u);
}

TEST(Camera, other_row_lengths_keep_the_granule_in_the_middle) {
    const Camera before = camera_at(1024.5, 512.5, 40);
    const auto middle = granule_at(before, area, area.width / 2, area.height / 2);
    for (const int doublings : {1, -1, -3}) {
        const Camera after = change_row_length(before, area, doublings);
        ASSERT_TRUE(middle);
        const double x = pixel_x(after, area, *middle % after.row_length + 0.5);
        const double y = pixel_y(after, area, *middle / after.row_length + 0.5);
        EXPECT_GE(x, 0);
        EXPECT_LE(x, area.width);
        EXPECT_GE(y, 0);
        EXPECT_LE(y, area.height);
    }
    EXPECT_EQ(change_row_length(camera_at(1, 1, 40, shortest_row), area, -1).row_length, shortest_row);
    EXPECT_EQ(change_row_length(camera_at(1, 1, 1, longest_row), area, 1).row_length, longest_row);
}

TEST(Camera, on_the_way_between_two_cameras_a_fixed_point_stays_fixed) {
    const Camera from = camera_at(1024, 512, 4);
    const Camera to = zoom_at(from, area, 6, 200, 100);
    const Camera half = between(from, to, 0.4);
    EXPECT_NEAR(plane_x(half, area, 200), plane_x(from, area, 200), 1e-6);
    EXPECT_NEAR(plane_y(half, area, 100), plane_y(from, area, 100), 1e-6);
    EXPECT_TRUE(is_near(between(from, to, 1), to, area));
    EXPECT_FALSE(is_near(from, to, area));
}

TEST(Camera, along_a_curve_what_is_drawn_at_a_pixel_is_picked_there) {
    Camera camera = camera_at(700.3, 333.8, 7.3);
    camera.layout = LayoutId::hilbert;
    const MapLayout layout = layout_of(camera, area.granules);
    int picked = 0;
    for (double py = 3; py < area.height; py += 41)
        for (double px = 3; px < area.width; px += 41) {
            const auto granule = granule_at(camera, area, px, py);
            ASSERT_TRUE(granule);
            const Place place = layout.place_of(*granule);
            EXPECT_LE(pixel_x(camera, area, place.x), px);
            EXPECT_GT(pixel_x(camera, area, place.x + 1.0), px);
            EXPECT_LE(pixel_y(camera, area, place.y), py);
            EXPECT_GT(pixel_y(camera, area, place.y + 1.0), py);
            ++picked;
        }
    EXPECT_GT(picked, 500);
    EXPECT_EQ(granule_at(camera_at(0, 0, 10), area, 699, 460), std::nullopt);
}

TEST(Camera, another_layout_keeps_the_granule_in_the_middle) {
    const Camera rows = camera_at(900.5, 100.5, 40);
    const auto middle = granule_at(rows, area, area.width / 2, area.height / 2);
    const Camera curve = change_layout(rows, area, LayoutId::hilbert);
    ASSERT_TRUE(middle);
    EXPECT_EQ(granule_at(curve, area, area.width / 2, area.height / 2), middle);
    const Camera back = change_layout(curve, area, LayoutId::rows);
    EXPECT_EQ(granule_at(back, area, area.width / 2, area.height / 2), middle);
    EXPECT_EQ(back.row_length, rows.row_length);
}

TEST(Camera, along_a_curve_a_fit_shows_all_of_a_range_and_of_the_heap) {
    Camera camera;
    camera.layout = LayoutId::hilbert;
    for (const auto& [first, last] : {std::pair{0u, 1u << 21}, {5000u, 500000u}, {4095u, 4097u}}) {
        const Camera fitted = fit_range(camera, area, first, last);
        EXPECT_TRUE(is_in_sight(fitted, area, first, last)) << first;
        EXPECT_FALSE(is_in_sight(zoom_at(fitted, area, 1.3, 700, 450), area, first, last) &&
                     fitted.scale < largest_fit_scale)
            << first;
    }
}

TEST(Camera, along_a_curve_what_is_out_of_sight_is_brought_into_it) {
    Camera camera = camera_at(300, 300, 20);
    camera.layout = LayoutId::hilbert;
    const auto there = granule_at(camera, area, 100, 100);
    ASSERT_TRUE(there);
    EXPECT_EQ(reveal(camera, area, *there, *there + 4), camera) << "it is in sight";
    const Camera revealed = reveal(camera, area, 1500000, 1500060);
    EXPECT_TRUE(is_in_sight(revealed, area, 1500000, 1500060));
    EXPECT_EQ(revealed.scale, camera.scale);
}

TEST(Camera, rows_chosen_by_hand_stay_through_a_fit_in_powers_of_two) {
    EXPECT_EQ(fit_first(Camera{}, area, 400, 8, 1024).row_length, 128u);
    EXPECT_EQ(fit_first(Camera{}, area, 400, 4, 1024).row_length, 256u) << "as many bytes";
    EXPECT_EQ(fit_first(Camera{}, area, 400, 8, 1000).row_length, 64u);
    EXPECT_EQ(fit_first(Camera{}, area, 400, 8, 1u << 30).row_length, longest_row);
}

}  // namespace
}  // namespace tricolour
