// What the shaders draw, looked at pixel by pixel, in a context without a display.
// TRICOLOUR_PICTURES=FOLDER keeps the pictures as PPM.
#include "app/model/lens_map.h"
#include "app/render/map_renderer.h"
#include "tests/gui/offscreen.h"

#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::AllocationType;
using heapcore::Colour;
using heapcore::Header;
using test::Offscreen;
using test::Pixel;

constexpr int width = 400, height = 300;
constexpr FrameArea whole{0, 0, width, height};

heapcore::Heap empty_heap(std::uint32_t word_bytes = 8) {
    heapcore::HeapSettings settings;
    settings.size_bytes = heapcore::smallest_heap_bytes;
    settings.word_bytes = word_bytes;
    EXPECT_FALSE(heapcore::normalise(settings));
    return heapcore::Heap(settings);
}

// Chunks of every type and colour, every fifth free, of 4 to 20 granules.
heapcore::Heap mixed_heap(unsigned seed = 1) {
    heapcore::Heap heap = empty_heap();
    std::mt19937 random(seed);
    for (heapcore::Offset at = 0; at < heap.size_bytes();) {
        auto bytes = static_cast<std::uint32_t>(32 + 8 * (random() % 17));
        if (heap.size_bytes() - at < bytes + 32) bytes = heap.size_bytes() - at;
        heap.memory.store_header(at, Header::of_size(bytes)
                                         .with_type(static_cast<AllocationType>(random() % 10))
                                         .with_colour(static_cast<Colour>(random() % 3))
                                         .with_in_use(random() % 5 != 0));
        at += bytes;
    }
    return heap;
}

Pixel pixel_of(const Rgba& colour) {
    const auto part = [](float value) { return static_cast<int>(std::lround(value * 255)); };
    return {part(colour.red), part(colour.green), part(colour.blue)};
}
void expect_near(Pixel seen, Pixel expected, int tolerance, const std::string& where) {
    EXPECT_NEAR(seen.red, expected.red, tolerance) << where;
    EXPECT_NEAR(seen.green, expected.green, tolerance) << where;
    EXPECT_NEAR(seen.blue, expected.blue, tolerance) << where;
}

class MapRender : public testing::Test {
protected:
    void SetUp() override {
        if (!screen_.is_usable()) GTEST_SKIP() << "no OpenGL 3.3 here";
        renderer_ = std::make_unique<MapRenderer>();
        ASSERT_TRUE(renderer_->is_usable()) << renderer_->problem();
        palette_ = load_palette("dark");
        colours_ = map_colours(palette_, LensId::type_and_colour);
        renderer_->set_colours(palette_, colours_);
    }
    Camera camera_at(double scale, double x, double y, std::uint32_t row_length = 64) const {
        Camera camera;
        camera.scale = scale;
        camera.row_length = row_length;
        camera.centre_x = x;
        camera.centre_y = y;
        return camera;
    }
    void bring_up_to_date(const TexelPlane& map, const Camera& camera) {
        do
            renderer_->update(map, camera, seconds_ += 1);
        while (renderer_->is_behind());
    }
    void draw(const TexelPlane& map, const Camera& camera, FrameArea area = whole, FrameArea clip = whole) {
        bring_up_to_date(map, camera);
        granules_ = map.granules();
        renderer_->draw(camera, area, clip, 1);
        screen_.read();
        EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR));
        const char* const folder = std::getenv("TRICOLOUR_PICTURES");
        if (!folder) return;
        const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
        screen_.write_ppm(std::string(folder) + "/" + test + "-" + std::to_string(pictures_++) + ".ppm");
    }
    // The pixel at a place within a granule, 0 to 1.
    Pixel at(const Camera& camera, std::uint32_t granule, double x, double y) const {
        const MapArea area{width, height, granules_};
        const Place place = layout_of(camera, granules_).place_of(granule);
        return screen_.at(static_cast<int>(pixel_x(camera, area, place.x + x)),
                          static_cast<int>(pixel_y(camera, area, place.y + y)));
    }

    Offscreen screen_{width, height};
    std::unique_ptr<MapRenderer> renderer_;
    Palette palette_;
    MapColours colours_;
    double seconds_ = 0;
    std::uint32_t granules_ = 1;
    int pictures_ = 0;
};

TEST_F(MapRender, a_granule_has_its_type_and_colour) {
    const heapcore::Heap heap = mixed_heap();
    MapModel map;
    map.rebuild(heap);
    const Camera camera = camera_at(12, 16, 12);
    draw(map, camera);
    int looked = 0;
    for (std::uint32_t row = 2; row < 22; ++row)
        for (std::uint32_t column = 2; column < 30; ++column) {
            const std::uint32_t granule = row * 64 + column;
            const Texel texel = map.texels()[granule];
            if (texel & texel::start || (texel & texel::in_use && (texel & texel::colour_mask) == 0x10))
                continue;
            expect_near(at(camera, granule, 0.5, 0.4), pixel_of(colours_.of(texel)), 1,
                        std::to_string(granule));
            ++looked;
        }
    EXPECT_GT(looked, 200);
}

TEST_F(MapRender, grey_is_hatched_around_its_colour) {
    heapcore::Heap heap = empty_heap();
    heap.memory.store_header(0, Header::of_size(heap.size_bytes())
                                    .with_type(AllocationType::object)
                                    .with_colour(Colour::grey)
                                    .with_in_use(true));
    MapModel map;
    map.rebuild(heap);
    draw(map, camera_at(20, 20, 10));
    const Pixel plain = pixel_of(palette_.of(AllocationType::object, Colour::grey));
    int hatched = 0, is_plain = 0;
    for (int x = 100; x < 300; ++x) {
        const Pixel seen = screen_.at(x, 154);
        if (seen == plain) ++is_plain;
        if (seen.green < plain.green - 20) ++hatched;
    }
    EXPECT_GT(hatched, 25);
    EXPECT_GT(is_plain, 110);
}

TEST_F(MapRender, a_chunk_shows_its_header_bytes_as_they_are) {
    heapcore::Heap heap = empty_heap();
    for (std::uint32_t i = 0; i < 3; ++i)
        heap.memory.store_header(i * 32,
                                 Header::of_size(32).with_colour(static_cast<Colour>(i)).with_in_use(true));
    heap.memory.store_header(96, Header::of_size(heap.size_bytes() - 96));
    MapModel map;
    map.rebuild(heap);
    const Camera camera = camera_at(24, 8, 4);
    draw(map, camera);
    expect_near(at(camera, 0, 0.3, 0.5), pixel_of(palette_.header_white), 1, "white");
    expect_near(at(camera, 4, 0.3, 0.5), pixel_of(palette_.header_grey), 1, "grey");
    expect_near(at(camera, 8, 0.3, 0.5), pixel_of(palette_.header_black), 1, "black");
    expect_near(at(camera, 0, 0.7, 0.5), pixel_of(palette_.of(AllocationType::object, Colour::white)), 1,
                "half a granule of 8 bytes is header");
    expect_near(at(camera, 12, 0.3, 0.5), pixel_of(palette_.free), 1, "a free chunk shows none");
}

TEST_F(MapRender, chunks_are_parted_and_a_chunk_that_wraps_is_not) {
    heapcore::Heap heap = empty_heap();
    heap.memory.store_header(0, Header::of_size(60 * 8).with_in_use(true));
    heap.memory.store_header(480, Header::of_size(60 * 8).with_in_use(true));
    heap.memory.store_header(960, Header::of_size(heap.size_bytes() - 960));
    MapModel map;
    map.rebuild(heap);
    const Camera camera = camera_at(10, 44, 2);
    draw(map, camera);
    const Pixel fill = pixel_of(palette_.of(AllocationType::object, Colour::white));
    expect_near(at(camera, 60, 0.02, 0.5), pixel_of(palette_.gap), 1, "a gap where the second begins");
    expect_near(at(camera, 63, 0.95, 0.5), fill, 1, "none where its row ends");
    const Camera begin = camera_at(10, 20, 2);
    draw(map, begin);
    expect_near(at(begin, 64, 0.05, 0.5), fill, 1, "none where it goes on");
    expect_near(at(begin, 10, 0.5, 0.97), pixel_of(palette_.gap), 1, "rows are parted");
}

TEST_F(MapRender, nothing_is_drawn_beside_the_heap_or_outside_the_clip) {
    const heapcore::Heap heap = mixed_heap();
    MapModel map;
    map.rebuild(heap);
    glClearColor(1, 0, 1, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    for (const double scale : {0.4, 2.0, 5.0}) {
        glDisable(GL_SCISSOR_TEST);
        glClearColor(1, 0, 1, 1);
        glClear(GL_COLOR_BUFFER_BIT);
        const Camera camera = camera_at(scale, 0, 0);
        draw(map, camera, {20, 30, 300, 200}, {100, 60, 100, 100});
        const Pixel untouched{255, 0, 255};
        EXPECT_EQ(screen_.at(99, 180), untouched);
        EXPECT_EQ(screen_.at(200, 180), untouched);
        EXPECT_EQ(screen_.at(150, height - 160 - 1), untouched);
        EXPECT_EQ(screen_.at(150, height - 60), untouched);
        expect_near(screen_.at(120, height - 100), pixel_of(palette_.map_background), 1, "left of the rows");
        EXPECT_NE(screen_.at(171, height - 129), pixel_of(palette_.map_background))
            << "the heap's first granule";
    }
}

TEST_F(MapRender, zoomed_out_a_pixel_is_the_mixture_of_what_is_under_it) {
    const heapcore::Heap heap = mixed_heap(5);
    MapModel map;
    map.rebuild(heap);
    constexpr std::uint32_t row_length = 512;
    for (const unsigned level : {1u, 2u}) {
        const Camera camera = camera_at(1.0 / (1u << level), 256, 32, row_length);
        draw(map, camera);
        int looked = 0;
        const std::uint32_t side = 1u << level;
        for (std::uint32_t y = 0; y < 64 / side; ++y)
            for (std::uint32_t x = 0; x < row_length / side; ++x) {
                const double px = (x - 256.0 / side) + width / 2.0, py = (y - 32.0 / side) + height / 2.0;
                if (px < 0 || px >= width) continue;
                CellCounts counts;
                for (std::uint32_t row = 0; row < side; ++row)
                    for (std::uint32_t column = 0; column < side; ++column)
                        counts.add(map.texels()[(y * side + row) * row_length + x * side + column]);
                expect_near(screen_.at(static_cast<int>(px), static_cast<int>(py)),
                            pixel_of(colour_of(colours_, counts.cell())), 1,
                            std::to_string(x) + ", " + std::to_string(y));
                ++looked;
                if (HasFailure()) return;
            }
        EXPECT_GT(looked, 2000);
    }
}

// At scales between, each pixel is the average of the cells under it: so is the whole picture.
TEST_F(MapRender, scales_between_neither_lose_nor_gain_anything) {
    const heapcore::Heap heap = mixed_heap(9);
    MapModel map;
    map.rebuild(heap);
    const auto mean_at = [&](double scale) {
        const Camera camera = camera_at(scale, 128, 64, 256);
        draw(map, camera);
        // Inside the heap only.
        const int half_width = static_cast<int>(100 * scale), half_height = static_cast<int>(50 * scale);
        double sum = 0;
        for (int y = -half_height; y < half_height; ++y)
            for (int x = -half_width; x < half_width; ++x)
                sum += screen_.at(width / 2 + x, height / 2 + y).green;
        return sum / (4.0 * half_width * half_height);
    };
    const double exact = mean_at(1);
    for (const double scale : {1.1, 1.37, 1.5, 1.93})
        EXPECT_NEAR(mean_at(scale), exact, 1.5) << scale;
    for (const double scale : {0.71, 0.5})
        EXPECT_NEAR(mean_at(scale), exact, 4) << scale << ": types are joined";
}

TEST_F(MapRender, only_what_changed_is_uploaded) {
    auto trace = heapcore::parse_trace(
        "tricolour 1\nheap size=16777208\nalloc a data 100\nalloc b data 100\nalloc c data 100\n", "t");
    ASSERT_TRUE(trace);
    heapcore::Session session(std::move(*trace));
    session.seek({2, 0});
    MapModel map;
    map.sync(session);
    session.clear_changes();
    const Camera camera = camera_at(8, 16, 8);
    bring_up_to_date(map, camera);
    map.clear_dirty();
    EXPECT_GE(renderer_->uploaded_bytes(), map.granules());

    std::uint64_t before = renderer_->uploaded_bytes();
    renderer_->update(map, camera, seconds_);
    EXPECT_EQ(renderer_->uploaded_bytes(), before) << "nothing changed";

    session.seek_end();
    map.sync(session);
    session.clear_changes();
    renderer_->update(map, camera, seconds_);
    EXPECT_GT(renderer_->uploaded_bytes(), before);
    EXPECT_LT(renderer_->uploaded_bytes() - before, 256u) << "one small chunk";
    before = renderer_->uploaded_bytes();
    renderer_->update(map, camera, seconds_);
    EXPECT_EQ(renderer_->uploaded_bytes(), before) << "not twice";

    // Changes that were cleared unseen make it read everything.
    map.clear_dirty();
    session.back(heapcore::Rung::operation);
    map.sync(session);
    session.clear_changes();
    map.clear_dirty();
    renderer_->update(map, camera, seconds_);
    EXPECT_GE(renderer_->uploaded_bytes() - before, map.granules());
}

TEST_F(MapRender, a_level_follows_what_changes) {
    heapcore::Heap heap = mixed_heap(3);
    MapModel map;
    map.rebuild(heap);
    const Camera camera = camera_at(0.5, 128, 64, 256);
    draw(map, camera);
    map.clear_dirty();
    heap.memory.store_header(0, Header::of_size(heap.size_bytes())
                                    .with_type(AllocationType::string)
                                    .with_colour(Colour::black)
                                    .with_in_use(true));
    map.rebuild(heap);
    draw(map, camera);
    expect_near(screen_.at(width / 2, height / 2),
                pixel_of(palette_.of(AllocationType::string, Colour::black)), 1, "now");
}

TEST_F(MapRender, another_palette_shows_at_every_scale) {
    const heapcore::Heap heap = empty_heap();
    MapModel map;
    map.rebuild(heap);
    for (const double scale : {0.5, 2.0, 5.0}) {
        renderer_->set_colours(palette_, colours_);
        draw(map, camera_at(scale, 128, 64, 256));
        const Palette light = load_palette("light");
        renderer_->set_colours(light, map_colours(light, LensId::type_and_colour));
        draw(map, camera_at(scale, 128, 64, 256));
        expect_near(screen_.at(width / 2, height / 2), pixel_of(light.free), 1, std::to_string(scale));
    }
}

TEST_F(MapRender, each_lens_shows_its_colours_at_every_scale) {
    auto trace = heapcore::parse_trace(
        "tricolour 1\nheap size=256K\nclass Node next:ref\nnew a Node\npermanent a\nnew b Node\n"
        "array large byte 60000\nset a.next b\ngc\nalloc c data 20000\nfree c\nalloc d data 30000\n",
        "t");
    ASSERT_TRUE(trace);
    heapcore::Session session(std::move(*trace));
    session.seek_end();
    MapModel map;
    map.sync(session);
    for (const LensRow& row : lens_rows) {
        LensMap lens;
        lens.sync(session, map, row.id, {});
        const MapColours shown = map_colours(palette_, row.id);
        renderer_->set_colours(palette_, shown);
        // In the middle of the largest chunks, away from borders and headers.
        for (const double scale : {12.0, 2.0, 0.5}) {
            for (std::uint32_t first = 0; first < map.granules(); first = map.start_after(first)) {
                const std::uint32_t middle = (first + map.start_after(first)) / 2;
                if (map.start_after(first) - first < 1500) continue;
                const Camera camera = camera_at(scale, middle % 64 + 0.5, middle / 64 + 0.5);
                draw(lens.plane(), camera);
                const Texel texel = lens.plane().texels()[middle];
                if (shown.pattern_of(texel) != Pattern::plain && scale > 3) continue;
                expect_near(at(camera, middle, 0.5, 0.4), pixel_of(shown.of(texel)), 1,
                            std::string(row.name) + ", granule " + std::to_string(middle));
            }
        }
    }
}

TEST_F(MapRender, what_is_crossed_has_lines_both_ways_and_is_not_what_is_hatched) {
    heapcore::Heap heap = empty_heap();
    MapModel map;
    const auto lines = [&](Colour colour) {
        heap.memory.store_header(0, Header::of_size(heap.size_bytes()).with_colour(colour).with_in_use(true));
        map.rebuild(heap);
        draw(map, camera_at(40, 20, 10));
        const Pixel plain = pixel_of(palette_.of(AllocationType::object, colour));
        int count = 0;
        for (int y = 120; y < 180; ++y)
            for (int x = 100; x < 300; ++x)
                count += std::abs(screen_.at(x, y).green - plain.green) > 12;
        return count / (60.0 * 200);
    };
    EXPECT_LT(lines(Colour::white), 0.15) << "the borders of rows";
    EXPECT_GT(lines(Colour::grey), 0.18);
    EXPECT_GT(lines(Colour::black), 0.18);
}

TEST_F(MapRender, one_level_fades_into_the_next) {
    const heapcore::Heap heap = mixed_heap(4);
    MapModel map;
    map.rebuild(heap);
    const Camera far = camera_at(0.5, 256, 32, 512);
    const auto picture = [&](const Camera& camera, double seconds) {
        renderer_->update(map, camera, seconds);
        renderer_->draw(camera, whole, whole, 1);
        screen_.read();
        std::vector<Pixel> pixels;
        for (int x = 150; x < 250; ++x)
            pixels.push_back(screen_.at(x, height / 2));
        return pixels;
    };
    const auto apart = [](const std::vector<Pixel>& a, const std::vector<Pixel>& b) {
        int sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            sum += std::abs(a[i].green - b[i].green);
        return sum;
    };
    draw(map, far);
    const Camera coarser = camera_at(0.49, 256, 32, 512);
    const double now = seconds_ + 10;
    const auto first = picture(coarser, now);
    EXPECT_TRUE(renderer_->is_behind()) << "it goes on";
    const auto between = picture(coarser, now + 0.07);
    const auto last = picture(coarser, now + 1);
    EXPECT_FALSE(renderer_->is_behind());
    EXPECT_GT(apart(first, last), 100) << "the levels differ";
    EXPECT_LT(apart(first, between), apart(first, last));
    EXPECT_LT(apart(between, last), apart(first, last));
}

// Shaders count in 32-bit floats: a pixel on an edge may fall to the other side, a mixture be one level off.
TEST_F(MapRender, the_processor_paints_what_the_shaders_draw) {
    const heapcore::Heap heap = mixed_heap(7);
    MapModel map;
    map.rebuild(heap);
    for (const LayoutId layout : {LayoutId::rows, LayoutId::hilbert})
        for (const LensId lens : {LensId::type_and_colour, LensId::colour})
            for (const double scale : {0.3, 0.71, 1.0, 1.9, 2.7, 3.3, 5.0, 7.5, 16.0, 43.7, 120.0}) {
                colours_ = map_colours(palette_, lens);
                renderer_->set_colours(palette_, colours_);
                Camera camera = camera_at(scale, 40.3, 70.7, 128);
                camera.layout = layout;
                const std::string where = std::string(word_of(layout)) + " at " + std::to_string(scale);
                renderer_->set_painting(false);
                draw(map, camera);
                std::vector<Pixel> drawn;
                for (int y = 0; y < height; ++y)
                    for (int x = 0; x < width; ++x)
                        drawn.push_back(screen_.at(x, y));
                renderer_->set_painting(true);
                glClear(GL_COLOR_BUFFER_BIT);
                draw(map, camera);
                int others = 0;
                for (int y = 0; y < height; ++y)
                    for (int x = 0; x < width; ++x) {
                        const Pixel a = drawn[static_cast<std::size_t>(y * width + x)], b = screen_.at(x, y);
                        others += std::abs(a.red - b.red) > 2 || std::abs(a.green - b.green) > 2 ||
                                  std::abs(a.blue - b.blue) > 2;
                    }
                EXPECT_LE(others, width * height / 250) << where;
            }
}

TEST_F(MapRender, a_painted_map_is_shown_again_until_something_changes) {
    heapcore::Heap heap = mixed_heap();
    MapModel map;
    map.rebuild(heap);
    renderer_->set_painting(true);
    const Camera camera = camera_at(16, 8, 8);
    draw(map, camera);
    const Pixel before = at(camera, 0, 0.7, 0.5);
    const Header header = heap.header(0);
    const bool was_used = header.is_in_use();
    heap.memory.store_header(0, header.with_in_use(!was_used));
    map.clear_dirty();
    map.rebuild(heap);
    draw(map, camera);
    EXPECT_NE(at(camera, 0, 0.7, 0.5), before) << "a chunk was freed";
    const Palette light = load_palette("light");
    renderer_->set_colours(light, map_colours(light, LensId::type_and_colour));
    draw(map, camera);
    const Texel texel = map.texels()[0];
    expect_near(at(camera, 0, 0.7, 0.5), pixel_of(map_colours(light, LensId::type_and_colour).of(texel)), 90,
                "another palette");
}

TEST_F(MapRender, the_last_granules_of_an_odd_heap_are_there) {
    heapcore::HeapSettings settings;
    settings.size_bytes = heapcore::smallest_heap_bytes + 3 * 4;
    settings.word_bytes = 4;
    ASSERT_FALSE(heapcore::normalise(settings));
    heapcore::Heap heap(settings);
    heap.memory.store_header(
        0, Header::of_size(heap.size_bytes()).with_type(AllocationType::string).with_in_use(true));
    MapModel map;
    map.rebuild(heap);
    ASSERT_EQ(map.granules() % 4, 3u);
    const std::uint32_t last = map.granules() - 1;
    const Camera camera = camera_at(10, last % 64, last / 64);
    draw(map, camera);
    expect_near(at(camera, last, 0.5, 0.5), pixel_of(palette_.of(AllocationType::string, Colour::white)), 1,
                "last");
    expect_near(at(camera, last + 1, 0.5, 0.5), pixel_of(palette_.map_background), 1, "beyond");
}

// --- along a curve ----------------------------------------------------------------------------------

Camera along_curve(Camera camera) {
    camera.layout = LayoutId::hilbert;
    return camera;
}

TEST_F(MapRender, along_a_curve_a_granule_has_its_colour_where_it_is_picked) {
    const heapcore::Heap heap = mixed_heap();
    MapModel map;
    map.rebuild(heap);
    for (const double x : {16.0, 77.3}) {
        const Camera camera = along_curve(camera_at(12, x, 12));
        draw(map, camera);
        const MapArea area{width, height, map.granules()};
        int looked = 0;
        for (int py = 6; py < height; py += 7)
            for (int px = 6; px < width; px += 7) {
                const auto granule = granule_at(camera, area, px + 0.5, py + 0.5);
                if (!granule) continue;
                const Texel texel = map.texels()[*granule];
                if (texel & texel::start || colours_.pattern_of(texel) != Pattern::plain) continue;
                expect_near(at(camera, *granule, 0.6, 0.4), pixel_of(colours_.of(texel)), 1,
                            std::to_string(*granule));
                ++looked;
            }
        EXPECT_GT(looked, 300);
    }
}

TEST_F(MapRender, along_a_curve_chunks_have_borders_on_every_side_and_none_inside) {
    heapcore::Heap heap = empty_heap();
    heap.memory.store_header(0, Header::of_size(30 * 8).with_in_use(true));
    heap.memory.store_header(240, Header::of_size(98 * 8).with_in_use(true));
    heap.memory.store_header(1024, Header::of_size(heap.size_bytes() - 1024));
    MapModel map;
    map.rebuild(heap);
    const Camera camera = along_curve(camera_at(16, 8, 8));
    draw(map, camera);
    const MapLayout layout = layout_of(camera, map.granules());
    const Pixel gap = pixel_of(palette_.gap);
    int borders = 0, inside = 0;
    for (std::uint32_t y = 1; y < 16; ++y)
        for (std::uint32_t x = 1; x < 16; ++x) {
            const auto granule = layout.granule_at({x, y});
            const auto chunk_at = [&](std::uint32_t cx, std::uint32_t cy) {
                return map.start_before(*layout.granule_at({cx, cy}));
            };
            if (!(map.texels()[*granule] & texel::in_use)) continue;
            const bool is_left = chunk_at(x, y) != chunk_at(x - 1, y);
            const bool is_above = chunk_at(x, y) != chunk_at(x, y - 1);
            EXPECT_EQ(at(camera, *granule, 0.02, 0.6) == gap, is_left) << x << ", " << y;
            EXPECT_EQ(at(camera, *granule, 0.6, 0.02) == gap, is_above) << x << ", " << y;
            borders += is_left + is_above;
            inside += !is_left + !is_above;
        }
    EXPECT_GT(borders, 8);
    EXPECT_GT(inside, 100);
}

TEST_F(MapRender, along_a_curve_a_pixel_zoomed_out_is_the_mixture_of_what_is_under_it) {
    const heapcore::Heap heap = mixed_heap(5);
    MapModel map;
    map.rebuild(heap);
    for (const unsigned level : {0u, 1u, 2u, 3u}) {
        const std::uint32_t side = 1u << level;
        const Camera camera = along_curve(camera_at(1.0 / side, 128, 64));
        draw(map, camera);
        const MapLayout cells = layout_of(camera, map.granules()).coarser(level);
        int looked = 0;
        for (std::uint32_t cell = 0; cell < cells.granules(); ++cell) {
            const Place place = cells.place_of(cell);
            const double px = place.x - 128.0 / side + width / 2.0, py = place.y - 64.0 / side + height / 2.0;
            if (px < 0 || px >= width || py < 0 || py >= height) continue;
            CellCounts counts;
            for (const Texel texel : map.texels().subspan(std::size_t{cell} << 2 * level, 1u << 2 * level))
                counts.add(texel);
            expect_near(screen_.at(static_cast<int>(px), static_cast<int>(py)),
                        pixel_of(colour_of(colours_, counts.cell())), 1, std::to_string(cell));
            ++looked;
            if (HasFailure()) return;
        }
        EXPECT_GT(looked, 500);
    }
}

TEST_F(MapRender, along_a_curve_changes_are_shown_at_every_scale) {
    for (const double scale : {8.0, 0.5}) {
        heapcore::Heap heap = mixed_heap(3);
        MapModel map;
        map.rebuild(heap);
        const Camera camera = along_curve(camera_at(scale, 64, 64));
        draw(map, camera);
        map.clear_dirty();
        heap.memory.store_header(0, Header::of_size(heap.size_bytes())
                                        .with_type(AllocationType::string)
                                        .with_colour(Colour::white)
                                        .with_in_use(true));
        map.rebuild(heap);
        draw(map, camera);
        expect_near(screen_.at(width / 2 + 3, height / 2 + 3),
                    pixel_of(palette_.of(AllocationType::string, Colour::white)), 1, "now");
    }
}

TEST_F(MapRender, one_layout_fades_into_the_other) {
    const heapcore::Heap heap = mixed_heap(4);
    MapModel map;
    map.rebuild(heap);
    for (const double scale : {12.0, 0.5}) {
        const Camera rows = camera_at(scale, 64, 32, 256), curve = along_curve(rows);
        const auto picture = [&](const Camera& camera, double seconds) {
            renderer_->update(map, camera, seconds);
            renderer_->draw(camera, whole, whole, 1);
            screen_.read();
            std::vector<Pixel> pixels;
            for (int y = 100; y < 200; ++y)
                pixels.push_back(screen_.at(width / 2, y));
            return pixels;
        };
        const auto apart = [](const std::vector<Pixel>& a, const std::vector<Pixel>& b) {
            int sum = 0;
            for (std::size_t i = 0; i < a.size(); ++i)
                sum += std::abs(a[i].green - b[i].green);
            return sum;
        };
        draw(map, rows);
        const double now = seconds_ + 10;
        const auto before = picture(rows, now);
        renderer_->fade_from_here(now);
        EXPECT_FALSE(glIsEnabled(GL_SCISSOR_TEST));
        const auto first = picture(curve, now);
        EXPECT_TRUE(renderer_->is_behind()) << "it goes on";
        const auto between = picture(curve, now + 0.12);
        const auto last = picture(curve, now + 1);
        seconds_ = now + 2;
        EXPECT_FALSE(renderer_->is_behind());
        EXPECT_LT(apart(before, first), 100) << "it begins where it was";
        EXPECT_GT(apart(first, last), 500) << "the layouts differ";
        EXPECT_LT(apart(first, between), apart(first, last));
        EXPECT_LT(apart(between, last), apart(first, last));
    }
}

}  // namespace
}  // namespace tricolour
