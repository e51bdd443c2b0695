// The tour goes on when what it asks for was done, and not before.
#include "app/model/tour.h"

#include <gtest/gtest.h>

namespace tricolour {
namespace {

Tour tour_at(TourStep step, const TourGlance& glance) {
    Tour tour;
    tour.begin(step);
    tour.look(glance);
    return tour;
}

/// Whether the step is over when this is seen after that.
bool is_over(TourStep step, const TourGlance& before, const TourGlance& now) {
    Tour tour = tour_at(step, before);
    tour.look(now);
    return tour.step() != step;
}

TourGlance at(std::size_t operation, std::uint64_t step = 0) {
    TourGlance glance;
    glance.position = {operation, step};
    return glance;
}

TEST(Tour, has_a_row_at_the_place_of_each_step) {
    ASSERT_EQ(tour_rows().size(), static_cast<std::size_t>(TourStep::count_));
    for (std::size_t i = 0; i < tour_rows().size(); ++i) {
        EXPECT_EQ(tour_rows()[i].step, static_cast<TourStep>(i));
        EXPECT_FALSE(tour_rows()[i].title.empty());
        EXPECT_TRUE(tour_rows()[i].text.ends_with(".")) << tour_rows()[i].text;
        if (tour_rows()[i].command) {
            EXPECT_FALSE(row_of(*tour_rows()[i].command).key.empty()) << tour_rows()[i].title;
        }
    }
}

TEST(Tour, waits_as_long_as_nothing_is_done) {
    for (const TourRow& row : tour_rows())
        EXPECT_FALSE(is_over(row.step, at(3, 1), at(3, 1))) << row.title;
}

TEST(Tour, goes_on_when_each_step_was_done) {
    TourGlance now = at(3, 1);
    EXPECT_TRUE(is_over(TourStep::forward, now, at(3, 2)));
    EXPECT_FALSE(is_over(TourStep::forward, now, at(3, 0))) << "back is not forward";
    EXPECT_TRUE(is_over(TourStep::back, now, at(2, 7)));
    now = at(5);
    EXPECT_FALSE(is_over(TourStep::collection, at(3), now)) << "not at a collection";
    now.is_at_collection = true;
    EXPECT_TRUE(is_over(TourStep::collection, at(3), now));
    now = at(3);
    now.is_playing = true;
    EXPECT_TRUE(is_over(TourStep::play, at(3), now));
    now = at(3);
    now.selected = 64;
    EXPECT_TRUE(is_over(TourStep::select, at(3), now));
    EXPECT_FALSE(is_over(TourStep::why, at(3), now));
    now.shows_why = true;
    EXPECT_TRUE(is_over(TourStep::why, at(3), now));
    now = at(3);
    now.lens = LensId::age;
    EXPECT_TRUE(is_over(TourStep::lens, at(3), now));
    now = at(3);
    now.is_scrubbing = true;
    EXPECT_TRUE(is_over(TourStep::time, at(3), now));
    now = at(3);
    now.is_palette_open = true;
    EXPECT_TRUE(is_over(TourStep::palette, at(3), now));
}

TEST(Tour, counts_a_zoom_that_a_person_made_when_it_has_arrived) {
    TourGlance before, now;
    before.is_zoom_chosen = now.is_zoom_chosen = true;
    now.zoom = 1.1;
    EXPECT_FALSE(is_over(TourStep::closer, before, now)) << "hardly any";
    now.zoom = 1.5;
    EXPECT_TRUE(is_over(TourStep::closer, before, now));
    now.is_zooming = true;
    EXPECT_FALSE(is_over(TourStep::closer, before, now)) << "under way";
    now.is_zooming = now.is_zoom_chosen = false;
    EXPECT_FALSE(is_over(TourStep::closer, before, now)) << "the map fits itself to a heap that grows";
}

TEST(Tour, wants_a_step_forward_from_where_one_is) {
    Tour tour = tour_at(TourStep::forward, at(5));
    tour.look(at(2));
    EXPECT_EQ(tour.step(), TourStep::forward);
    tour.look(at(2, 1));
    EXPECT_EQ(tour.step(), TourStep::back);
}

TEST(Tour, wants_what_plays_already_to_be_played_anew) {
    TourGlance playing;
    playing.is_playing = true;
    Tour tour = tour_at(TourStep::play, playing);
    tour.look(playing);
    EXPECT_EQ(tour.step(), TourStep::play);
    tour.look({});
    EXPECT_EQ(tour.step(), TourStep::play);
    tour.look(playing);
    EXPECT_EQ(tour.step(), TourStep::select);
}

TEST(Tour, can_be_gone_through_without_doing_anything_and_ends) {
    Tour tour;
    tour.skip();
    EXPECT_FALSE(tour.step()) << "there is none";
    tour.begin();
    for (std::size_t i = 0; i < Tour::length; ++i) {
        EXPECT_EQ(tour.step(), static_cast<TourStep>(i));
        tour.skip();
    }
    EXPECT_EQ(tour.step(), TourStep::farewell);
    tour.skip();
    EXPECT_FALSE(tour.step());
}

}  // namespace
}  // namespace tricolour
