#include "app/model/map_window.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::Header;

// Chunks of 4 to 60 granules, and a large one in their middle.
heapcore::Heap heap_of_chunks(unsigned seed) {
    heapcore::HeapSettings settings;
    settings.size_bytes = heapcore::smallest_heap_bytes;
    EXPECT_FALSE(heapcore::normalise(settings));
    heapcore::Heap heap(settings);
    std::mt19937 random(seed);
    for (heapcore::Offset at = 0; at < heap.size_bytes();) {
        auto bytes = static_cast<std::uint32_t>(32 + 8 * (random() % 57));
        if (at > 100000 && at < 100500) bytes = 50000;
        if (heap.size_bytes() - at < bytes + 32) bytes = heap.size_bytes() - at;
        heap.memory.store_header(at, Header::of_size(bytes).with_in_use(random() % 3 != 0));
        at += bytes;
    }
    return heap;
}

void expect_right(const MapWindow& window, const MapModel& map, const MapLayout& layout,
                  const PlaneArea& sight) {
    const auto chunk_at = [&](Place place) {
        const auto granule = layout.granule_at(place);
        return granule ? map.start_before(*granule) : ~0u;
    };
    for (std::uint32_t y = sight.top; y < sight.bottom; ++y)
        for (std::uint32_t x = sight.left; x < sight.right; ++x) {
            const std::size_t at =
                (std::size_t{y - window.corner().y} << window.row_bits()) + x - window.corner().x;
            const auto granule = layout.granule_at({x, y});
            unsigned expected = granule ? map.texels()[*granule] : 0u;
            if (x > 0 && chunk_at({x, y}) != chunk_at({x - 1, y})) expected |= window_cell::left_border;
            if (y > 0 && chunk_at({x, y}) != chunk_at({x, y - 1})) expected |= window_cell::top_border;
            ASSERT_EQ(window.cells()[at], expected) << x << ", " << y;
        }
}

TEST(MapWindow, borders_are_where_neighbours_on_the_plane_belong_to_different_chunks) {
    MapModel map;
    map.rebuild(heap_of_chunks(1));
    const MapLayout layout = MapLayout::along_curve(map.granules());
    MapWindow window;
    for (const PlaneArea& sight : {PlaneArea{0, 0, 70, 40},
                                   {33, 57, 101, 90},
                                   {128, 96, 129, 97},
                                   {0, 0, layout.width(), layout.height()}}) {
        EXPECT_TRUE(window.update(map, layout, sight));
        expect_right(window, map, layout, sight);
    }
}

TEST(MapWindow, is_made_anew_only_when_something_changed) {
    MapModel map;
    map.rebuild(heap_of_chunks(1));
    const MapLayout layout = MapLayout::along_curve(map.granules());
    MapWindow window;
    EXPECT_TRUE(window.update(map, layout, {10, 10, 50, 50}));
    EXPECT_FALSE(window.update(map, layout, {11, 12, 50, 50})) << "the same squares";
    EXPECT_TRUE(window.update(map, layout, {30, 10, 70, 50})) << "others";
    map.rebuild(heap_of_chunks(2));
    EXPECT_TRUE(window.update(map, layout, {30, 10, 70, 50})) << "another heap";
    expect_right(window, map, layout, {30, 10, 70, 50});
}

}  // namespace
}  // namespace tricolour
