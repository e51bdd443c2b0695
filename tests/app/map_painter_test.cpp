// The map's pixels made by the processor, against what they are said to be, pixel by pixel.
#include "app/model/map_painter.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

constexpr int width = 90, height = 70;
constexpr PackedColour background = 0xff112233;
constexpr PixelArea whole{0, 0, width, height};

/// From the upper left.
PackedColour at(std::span<const PackedColour> pixels, int x, int y) {
    return pixels[static_cast<std::size_t>((height - 1 - y) * width + x)];
}

// A colour for each place and texel that says which.
std::vector<PackedColour> telling_colours() {
    std::vector<PackedColour> colours(32 * 256);
    for (std::uint32_t i = 0; i < colours.size(); ++i)
        colours[i] = 0xff000000 | i;
    return colours;
}

TEST(MapPainter, paints_each_granule_in_its_place_with_edge_header_and_gap) {
    std::mt19937 random(3);
    std::vector<Texel> texels(64 * 64);
    for (Texel& texel : texels)
        texel = static_cast<Texel>(random());
    const std::vector<PackedColour> colours = telling_colours();
    for (const double scale : {3.7, 9.0, 21.4}) {
        CellOrigin origin{scale, 2, 1, 5 * 64 + 7, 6};
        NearLook look;
        look.edge = 1 / scale;
        look.height = 1 - 1 / scale;
        look.has_headers = true;
        look.header_x = 0.4;
        look.header_y = 0.5;
        look.header_half_width = 0.2;
        look.header_half_height = 0.3;
        look.hatch_width = look.cross_width = 0;
        look.colours = colours;
        MapPainter painter;
        painter.begin(width, height, background);
        painter.paint(origin, look, std::span<const Texel>(texels), std::span(&whole, 1));
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x) {
                const double across = (x + 0.5 + 2) / scale + 1e-3, down = (y + 0.5 + 1) / scale + 1e-3;
                const double in_x = across - std::floor(across), in_y = down - std::floor(down);
                const auto granule =
                    static_cast<std::size_t>(5 * 64 + 7 + std::floor(down) * 64 + std::floor(across));
                std::uint32_t place = in_x < look.edge ? 2 : 0;
                if (std::abs(in_x - 0.4) < 0.2 && std::abs(in_y - 0.5) < 0.3) place += 4;
                if (in_y >= look.height) place = 16;
                ASSERT_EQ(at(painter.pixels(), x, y), 0xff000000 | (place << 8) | texels[granule])
                    << x << ", " << y << " at " << scale;
            }
    }
}

TEST(MapPainter, stripes_are_one_pixel_of_six_and_lie_at_a_slant) {
    const std::vector<Texel> texels(4096, 0);
    const std::vector<PackedColour> colours = telling_colours();
    NearLook look;
    look.edge = 0;
    look.hatch_width = 1.0 / 6;
    look.cross_width = 0;
    look.phase_left = 1e-3;
    look.colours = colours;
    MapPainter painter;
    painter.begin(width, height, background);
    painter.paint({16, 0, 0, 0, 6}, look, std::span<const Texel>(texels), std::span(&whole, 1));
    int striped = 0;
    for (int y = 1; y < 15; ++y)
        for (int x = 0; x < 60; ++x) {
            striped += at(painter.pixels(), x, y) != 0xff000000;
            EXPECT_EQ(at(painter.pixels(), x, y), at(painter.pixels(), x + 1, y - 1)) << x << ", " << y;
        }
    EXPECT_EQ(striped, 14 * 10);
}

TEST(MapPainter, leaves_what_lies_beside_the_areas) {
    const std::vector<Texel> texels(4096, 1);
    const std::vector<PackedColour> colours = telling_colours();
    NearLook look;
    look.colours = colours;
    MapPainter painter;
    painter.begin(width, height, background);
    const PixelArea part{10, 20, 30, 40};
    painter.paint({16, 0, 0, 0, 6}, look, std::span<const Texel>(texels), std::span(&part, 1));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const bool is_inside = x >= 10 && x < 30 && y >= 20 && y < 40;
            EXPECT_EQ(at(painter.pixels(), x, y) != background, is_inside) << x << ", " << y;
        }
}

TEST(MapPainter, a_pixel_over_several_cells_is_their_average) {
    std::vector<PackedColour> cells(64 * 64);
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i] = 0xff000000 | (i % 2 ? 0xc8u : 0u);
    MapPainter painter;
    painter.begin(width, height, background);
    painter.paint(CellOrigin{1.5, 0, 0, 0, 6}, cells, std::span(&whole, 1));
    double sum = 0;
    for (int x = 0; x < 90; ++x) {
        const PackedColour colour = at(painter.pixels(), x, 10);
        EXPECT_TRUE(x % 3 == 1 || colour == 0xff000000 || colour == 0xff0000c8) << x;
        sum += colour & 0xff;
    }
    EXPECT_NEAR(sum / 90, 100, 2) << "nothing is lost between";
    EXPECT_NEAR(at(painter.pixels(), 1, 10) & 0xff, 100, 2);
}

TEST(MapPainter, letters_and_rectangles_lie_over_a_copy) {
    MapPainter painter;
    painter.begin(width, height, 0xff000000);
    std::vector<std::uint8_t> alphas(16 * 16, 0);
    for (int y = 4; y < 8; ++y)
        for (int x = 2; x < 10; ++x)
            alphas[static_cast<std::size_t>(y * 16 + x)] = 255;
    const std::vector<PaintedQuad> quads = {{10, 10, 20, 15, 0, 0, 0, 0, 0xff0000ff},
                                            {40, 30, 44, 34, 2, 4, 10, 8, 0xff00ff00},
                                            {50, 30, 58, 34, 2, 4, 10, 8, 0x8000ff00},
                                            {-5, -5, 3, 3, 0, 0, 0, 0, 0xffff0000},
                                            {85, 66, 120, 90, 2, 4, 10, 8, 0xff00ff00}};
    std::vector<PackedColour> over;
    painter.paint_over(quads, {alphas.data(), 16, 16}, over);
    EXPECT_EQ(at(over, 10, 10), 0xff0000ff);
    EXPECT_EQ(at(over, 19, 14), 0xff0000ff);
    EXPECT_EQ(at(over, 20, 14), 0xff000000);
    EXPECT_EQ(at(over, 42, 32), 0xff00ff00) << "shown at half its width in the atlas";
    EXPECT_NEAR(at(over, 54, 32) >> 8 & 0xff, 128, 2) << "half seen through";
    EXPECT_EQ(at(over, 2, 2), 0xffff0000) << "what reaches beyond is cut";
    EXPECT_EQ(at(painter.pixels(), 10, 10), 0xff000000) << "the picture itself stays";
}

}  // namespace
}  // namespace tricolour
