#include "app/model/map_layout.h"

#include <cstdlib>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

const MapLayout layouts[] = {MapLayout::in_rows(5, 1000),  MapLayout::in_rows(3, 64),
                             MapLayout::along_curve(1000), MapLayout::along_curve(4096),
                             MapLayout::along_curve(2049), MapLayout::along_curve(5)};

TEST(MapLayout, every_granule_has_a_place_of_its_own_and_is_found_there) {
    for (const MapLayout& layout : layouts) {
        std::set<std::pair<std::uint32_t, std::uint32_t>> places;
        for (std::uint32_t granule = 0; granule < layout.granules(); ++granule) {
            const Place place = layout.place_of(granule);
            ASSERT_LT(place.x, layout.width());
            ASSERT_LT(place.y, layout.height());
            ASSERT_TRUE(places.emplace(place.x, place.y).second) << granule;
            ASSERT_EQ(layout.granule_at(place), granule);
        }
        std::size_t found = 0;
        for (std::uint32_t y = 0; y < layout.height() + 3; ++y)
            for (std::uint32_t x = 0; x < layout.width() + 3; ++x)
                found += layout.granule_at({x, y}).has_value();
        EXPECT_EQ(found, layout.granules()) << "nothing beside them";
    }
}

TEST(MapLayout, along_the_curve_the_next_granule_is_the_next_cell) {
    for (const std::uint32_t granules : {64u, 1000u, 1u << 14}) {
        const MapLayout layout = MapLayout::along_curve(granules);
        for (std::uint32_t granule = 1; granule < granules; ++granule) {
            const Place a = layout.place_of(granule - 1), b = layout.place_of(granule);
            ASSERT_EQ(std::abs(static_cast<int>(a.x - b.x)) + std::abs(static_cast<int>(a.y - b.y)), 1)
                << granule;
        }
    }
    EXPECT_EQ(MapLayout::along_curve(4096).place_of(0), (Place{0, 0}));
    const MapLayout half = MapLayout::along_curve(2048);
    EXPECT_EQ(half.width(), 64u) << "half a square is its upper half";
    EXPECT_EQ(half.height(), 32u);
}

TEST(MapLayout, a_level_of_squares_lies_along_the_same_curve) {
    const MapLayout layout = MapLayout::along_curve(10000);
    for (const unsigned level : {1u, 2u, 3u, 4u}) {
        const MapLayout squares = layout.coarser(level);
        for (std::uint32_t granule = 0; granule < layout.granules(); ++granule) {
            const Place place = layout.place_of(granule);
            ASSERT_EQ(squares.place_of(granule >> 2 * level), (Place{place.x >> level, place.y >> level}));
        }
    }
}

TEST(MapLayout, a_square_of_64_says_where_its_cells_lie) {
    const MapLayout layout = MapLayout::along_curve(5000);
    for (std::uint32_t first = 0; first < 4992; first += MapLayout::square_cells) {
        const MapLayout::Square square = layout.square_at(first);
        for (std::uint32_t i = 0; i < MapLayout::square_cells; ++i) {
            const std::uint32_t cell = (*square.cells)[i];
            ASSERT_EQ(layout.place_of(first + i),
                      (Place{square.corner.x + cell % 8, square.corner.y + cell / 8}));
        }
    }
}

TEST(MapLayout, pieces_are_the_granules_in_order_and_bounds_lie_around_them) {
    for (const MapLayout& layout : layouts) {
        for (const auto& [first, last] :
             {std::pair{0u, 5u}, {3u, 64u}, {17u, 18u}, {1u, 999u}, {0u, 1000u}}) {
            if (last > layout.granules()) continue;
            const PlaneArea bounds = layout.bounds(first, last);
            std::uint32_t next = first;
            for (const PlaneArea& piece : layout.pieces(first, last)) {
                std::set<std::uint32_t> inside;
                for (std::uint32_t y = piece.top; y < piece.bottom; ++y)
                    for (std::uint32_t x = piece.left; x < piece.right; ++x)
                        inside.insert(layout.granule_at({x, y}).value_or(~0u));
                ASSERT_EQ(*inside.begin(), next);
                ASSERT_EQ(*inside.rbegin(), next + inside.size() - 1);
                next += static_cast<std::uint32_t>(inside.size());
                EXPECT_TRUE(bounds.left <= piece.left && bounds.right >= piece.right);
                EXPECT_TRUE(bounds.top <= piece.top && bounds.bottom >= piece.bottom);
            }
            EXPECT_EQ(next, last);
        }
    }
}

TEST(MapLayout, what_lies_in_a_rectangle_is_told_in_ascending_ranges) {
    for (const MapLayout& layout : layouts)
        for (const PlaneArea& area : {PlaneArea{0, 0, 9, 5}, {3, 2, 4, 30}, {5, 7, 29, 31}, {0, 0, 90, 90}}) {
            std::set<std::uint32_t> expected, told;
            for (std::uint32_t y = area.top; y < area.bottom; ++y)
                for (std::uint32_t x = area.left; x < area.right; ++x)
                    if (const auto granule = layout.granule_at({x, y})) expected.insert(*granule);
            std::uint32_t before = 0;
            for (const GranuleRange& range : layout.ranges_in(area)) {
                EXPECT_TRUE(told.empty() || range.first > before) << "apart";
                before = range.last;
                for (std::uint32_t granule = range.first; granule < range.last; ++granule)
                    told.insert(granule);
            }
            EXPECT_EQ(told, expected);
        }
}

// A line once around each cell's free sides, and closed.
TEST(MapLayout, outlines_are_exactly_where_granules_end) {
    const MapLayout layout = MapLayout::along_curve(4000);
    for (const auto& [first, last] :
         {std::pair{0u, 1u}, {0u, 64u}, {5u, 59u}, {100u, 1700u}, {1023u, 1025u}, {0u, 4000u}, {3u, 3999u}}) {
        using Side = std::array<std::uint32_t, 4>;
        std::map<Side, int> expected, seen;
        for (std::uint32_t granule = first; granule < last; ++granule) {
            const auto [x, y] = layout.place_of(granule);
            const auto is_inside = [&, begin = first, end = last](Place place) {
                const auto beside = layout.granule_at(place);
                return beside && *beside >= begin && *beside < end;
            };
            if (!is_inside({x, y - 1})) ++expected[{x, y, x + 1, y}];
            if (!is_inside({x + 1, y})) ++expected[{x + 1, y, x + 1, y + 1}];
            if (!is_inside({x, y + 1})) ++expected[{x + 1, y + 1, x, y + 1}];
            if (!is_inside({x - 1, y})) ++expected[{x, y + 1, x, y}];
        }
        for (const auto& line : layout.outlines(first, last))
            for (std::size_t i = 0; i < line.size(); ++i) {
                Place at = line[i];
                const Place to = line[(i + 1) % line.size()];
                ASSERT_TRUE((at.x == to.x) != (at.y == to.y)) << "a corner is told once";
                while (at != to) {
                    const Place next{at.x + (to.x > at.x) - (to.x < at.x),
                                     at.y + (to.y > at.y) - (to.y < at.y)};
                    ++seen[{at.x, at.y, next.x, next.y}];
                    at = next;
                }
            }
        EXPECT_EQ(seen, expected) << first << " to " << last;
    }
}

TEST(MapLayout, layouts_are_found_by_their_words) {
    EXPECT_EQ(layout_named(word_of(LayoutId::hilbert)), LayoutId::hilbert);
    EXPECT_EQ(layout_named("rows"), LayoutId::rows);
    EXPECT_EQ(layout_named("spiral"), std::nullopt);
}

}  // namespace
}  // namespace tricolour
