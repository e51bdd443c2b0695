// Both colours of a chunk can be read at once: its type by hue, its collector's colour by lightness; with
// normal sight, the three colour blindnesses, and in greyscale.
#include "app/model/palette.h"

#include "app/assets.h"
#include "app/model/lens.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::AllocationType;
using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

// Machado, Oliveira, Fernandes 2009, severity 1, on linear light.
constexpr Matrix normal_sight{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix protanopia{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix deuteranopia{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix tritanopia{
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}};
constexpr std::array<const Matrix*, 3> blindnesses = {&protanopia, &deuteranopia, &tritanopia};

Vector times(const Matrix& matrix, const Vector& vector) {
    Vector result{};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            result[i] += matrix[i][j] * vector[j];
    return result;
}

// CIE L*a*b*, as seen by such an eye.
Vector lab(const Rgba& colour, const Matrix& sight = normal_sight) {
    const auto linear = [](float part) {
        const double value = static_cast<double>(part);
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    Vector seen = times(sight, {linear(colour.red), linear(colour.green), linear(colour.blue)});
    for (double& part : seen)
        part = std::clamp(part, 0.0, 1.0);
    constexpr Matrix to_xyz{{{0.4124564, 0.3575761, 0.1804375},
                             {0.2126729, 0.7151522, 0.0721750},
                             {0.0193339, 0.1191920, 0.9503041}}};
    const Vector xyz = times(to_xyz, seen);
    const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
    const double x = f(xyz[0] / 0.95047), y = f(xyz[1]), z = f(xyz[2] / 1.08883);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}
double lightness(const Rgba& colour) { return lab(colour)[0]; }
double distance(const Rgba& a, const Rgba& b, const Matrix& sight = normal_sight) {
    const Vector first = lab(a, sight), second = lab(b, sight);
    return std::hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

// Oklab, Ottosson 2020, times 100: nearer to how far colours look apart than L*a*b* is, in blue above all.
// Its first number alone is what greyscale shows.
Vector oklab(const Rgba& colour, const Matrix& sight = normal_sight) {
    const auto linear = [](float part) {
        const double value = static_cast<double>(part);
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    Vector seen = times(sight, {linear(colour.red), linear(colour.green), linear(colour.blue)});
    for (double& part : seen)
        part = std::clamp(part, 0.0, 1.0);
    constexpr Matrix to_cones{{{0.4122214708, 0.5363325363, 0.0514459929},
                               {0.2119034982, 0.6806995451, 0.1073969566},
                               {0.0883024619, 0.2817188376, 0.6299787005}}};
    constexpr Matrix to_lab{{{21.04542553, 79.36177850, -0.40720468},
                             {197.79984951, -242.85922050, 45.05937099},
                             {2.59040371, 78.27717662, -80.86757660}}};
    Vector cones = times(to_cones, seen);
    for (double& part : cones)
        part = std::cbrt(part);
    return times(to_lab, cones);
}
double apart(const Rgba& a, const Rgba& b, const Matrix& sight = normal_sight) {
    const Vector first = oklab(a, sight), second = oklab(b, sight);
    return std::hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}
constexpr std::array<const Matrix*, 4> sights = {&normal_sight, &protanopia, &deuteranopia, &tritanopia};

constexpr std::array used_most = {AllocationType::object,          AllocationType::object_array,
                                  AllocationType::primitive_array, AllocationType::string,
                                  AllocationType::static_data,     AllocationType::instance_class,
                                  AllocationType::weak_reference};

class Theme : public testing::TestWithParam<const char*> {
protected:
    Palette palette_ = load_palette(GetParam());
};

TEST_P(Theme, can_be_read) {
    std::string problem;
    EXPECT_EQ(load_palette(GetParam(), &problem).name, GetParam());
    EXPECT_EQ(problem, "");
    EXPECT_EQ(palette_.is_dark, std::string(GetParam()) == "dark");
}

TEST_P(Theme, white_grey_and_black_of_a_type_are_far_apart_in_greyscale) {
    for (std::size_t type = 0; type < heapcore::allocation_type_count; ++type) {
        const auto& row = palette_.chunk[type];
        EXPECT_GT(lightness(row[0]) - lightness(row[1]), 22) << heapcore::allocation_type_words[type];
        EXPECT_GT(lightness(row[1]) - lightness(row[2]), 20) << heapcore::allocation_type_words[type];
    }
}

TEST_P(Theme, white_grey_and_black_do_not_overlap_whatever_the_types) {
    for (std::size_t colour = 0; colour < 2; ++colour) {
        double darkest = 100, lightest = 0;
        for (const auto& row : palette_.chunk) {
            darkest = std::min(darkest, lightness(row[colour]));
            lightest = std::max(lightest, lightness(row[colour + 1]));
        }
        EXPECT_GT(darkest - lightest, 9) << colour;
    }
}

TEST_P(Theme, types_differ_in_each_colour) {
    for (std::size_t colour = 0; colour < heapcore::colour_count; ++colour)
        for (std::size_t a = 0; a < heapcore::allocation_type_count; ++a)
            for (std::size_t b = 0; b < a; ++b)
                EXPECT_GT(distance(palette_.chunk[a][colour], palette_.chunk[b][colour]), 10)
                    << heapcore::allocation_type_words[a] << " and " << heapcore::allocation_type_words[b]
                    << ", " << heapcore::colour_words[colour];
}

TEST_P(Theme, the_types_used_most_differ_for_colour_blind_eyes) {
    for (std::size_t colour = 0; colour < heapcore::colour_count; ++colour)
        for (const AllocationType a : used_most)
            for (const AllocationType b : used_most)
                for (const Matrix* sight : blindnesses) {
                    if (a >= b) continue;
                    const auto column = static_cast<heapcore::Colour>(colour);
                    EXPECT_GT(distance(palette_.of(a, column), palette_.of(b, column), *sight), 7.5)
                        << heapcore::word_of(a) << " and " << heapcore::word_of(b) << ", "
                        << heapcore::word_of(column) << ", sight "
                        << (sight == &protanopia ? "protanopia" : "other");
                }
}

// Through the lens of types lightness is free to tell them apart as well. Greyscale cannot show ten of them:
// there letters do, close up.
TEST_P(Theme, the_lens_of_types_tells_all_ten_apart_for_every_eye) {
    for (const Matrix* sight : sights)
        for (std::size_t a = 0; a < palette_.types.size(); ++a)
            for (std::size_t b = 0; b < a; ++b)
                EXPECT_GT(apart(palette_.types[a], palette_.types[b], *sight), 8)
                    << heapcore::allocation_type_words[a] << " and " << heapcore::allocation_type_words[b];
}

TEST_P(Theme, categories_are_apart_for_every_eye) {
    for (const Matrix* sight : sights)
        for (std::size_t a = 0; a < palette_.category.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b)
                EXPECT_GT(apart(palette_.category[a], palette_.category[b], *sight), 10) << a << " and " << b;
            for (const Rgba* other : {&palette_.quiet, &palette_.free, &palette_.now, &palette_.alarm})
                EXPECT_GT(apart(palette_.category[a], *other, *sight), 9.5) << a;
        }
}

TEST_P(Theme, a_ramp_rises_evenly_for_every_eye_and_in_greyscale) {
    const double rise = palette_.is_dark ? 1 : -1;
    for (const Matrix* sight : sights)
        for (std::size_t i = 1; i < palette_.ramp.size(); ++i) {
            const double step =
                rise * (oklab(palette_.ramp[i], *sight)[0] - oklab(palette_.ramp[i - 1], *sight)[0]);
            EXPECT_GT(step, 4.5) << i;
            EXPECT_LT(step, 13) << i;
        }
    for (const Rgba& colour : palette_.ramp)
        EXPECT_GT(apart(colour, palette_.free), 8) << "free memory is no part of it";
}

TEST_P(Theme, what_a_lens_shows_is_told_apart_by_lightness_or_pattern_in_greyscale) {
    // Not the ten types and the eight kinds of roots: there are not as many greys and patterns.
    for (const LensRow& row : lens_rows) {
        if (row.takes_commonest || row.id == LensId::roots) continue;
        for (const LensEntry& a : row.entries)
            for (const LensEntry& b : row.entries) {
                if (&a >= &b || a.pattern != b.pattern) continue;
                const double lighter =
                    oklab(colour_of(palette_, a.ink))[0] - oklab(colour_of(palette_, b.ink))[0];
                EXPECT_GT(std::abs(lighter), 4.5) << row.name << ": " << a.name << " and " << b.name;
            }
    }
}

TEST_P(Theme, nothing_else_looks_like_the_current_step_or_an_alarm) {
    for (const Rgba* accent : {&palette_.now, &palette_.alarm})
        for (const auto& row : palette_.chunk)
            for (const Rgba& colour : row)
                EXPECT_GT(distance(*accent, colour), 25);
    EXPECT_GT(distance(palette_.now, palette_.alarm), 25);
    for (const Rgba& breakpoint : palette_.breakpoint) {
        EXPECT_GT(distance(breakpoint, palette_.now), 25);
        EXPECT_GT(distance(breakpoint, palette_.alarm), 25);
        EXPECT_GT(distance(breakpoint, palette_.panel), 40);
        for (const Rgba& other : palette_.breakpoint)
            EXPECT_TRUE(&breakpoint == &other || distance(breakpoint, other) > 25);
    }
    for (const Rgba* ground : {&palette_.map_background, &palette_.free}) {
        EXPECT_GT(distance(palette_.now, *ground), 40);
        EXPECT_GT(distance(palette_.selection, *ground), 60);
    }
}

// They always come in the same order, so that those beside each other differ in greyscale too.
TEST_P(Theme, phases_of_a_collection_are_told_apart_by_every_eye) {
    for (const Matrix* sight : sights) {
        for (std::size_t a = 0; a < palette_.phase.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b)
                EXPECT_GT(apart(palette_.phase[a], palette_.phase[b], *sight), 8.5) << a << " and " << b;
            for (const Rgba* other : {&palette_.now, &palette_.alarm, &palette_.band[0], &palette_.panel})
                EXPECT_GT(apart(palette_.phase[a], *other, *sight), 7.5) << a;
        }
    }
    for (std::size_t i = 1; i < palette_.phase.size(); ++i)
        EXPECT_GT(std::abs(oklab(palette_.phase[i])[0] - oklab(palette_.phase[i - 1])[0]), 12) << i;
}

TEST_P(Theme, free_memory_recedes_and_chunks_do_not) {
    EXPECT_LT(distance(palette_.free, palette_.map_background), 8);
    for (const auto& row : palette_.chunk)
        for (const Rgba& colour : row)
            EXPECT_GT(distance(colour, palette_.free), 10);
}

TEST_P(Theme, text_can_be_read) {
    const auto luminance = [](const Rgba& colour) {
        const double l = (lightness(colour) + 16) / 116;
        return l * l * l;
    };
    const auto contrast = [&](const Rgba& a, const Rgba& b) {
        const double first = luminance(a), second = luminance(b);
        return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
    };
    for (const Rgba* ground : {&palette_.panel, &palette_.panel_raised, &palette_.window, &palette_.free}) {
        EXPECT_GT(contrast(palette_.text, *ground), 7);
        EXPECT_GT(contrast(palette_.text_dim, *ground), 4.5);
    }
    EXPECT_GT(contrast(palette_.alarm, palette_.panel), 4);
    EXPECT_GT(contrast(palette_.good, palette_.panel), 4);
}

INSTANTIATE_TEST_SUITE_P(Palette, Theme, testing::Values("dark", "light"));

TEST(Palette, a_damaged_file_falls_back_and_says_why) {
    const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "tricolour-palettes";
    std::filesystem::create_directories(folder / "assets/palettes");
    const auto problem_with = [&](const std::string& text) {
        std::ofstream(folder / "assets/palettes/dark.json") << text;
        read_assets_from(folder);
        std::string problem;
        const Palette palette = load_palette("dark", &problem);
        EXPECT_TRUE(palette.is_dark);
        EXPECT_GT(distance(palette.text, palette.panel), 30) << "what is built in can be read";
        return problem;
    };
    EXPECT_EQ(problem_with("{"), "assets/palettes/dark.json: this is not JSON");
    EXPECT_EQ(problem_with("[1]"), "assets/palettes/dark.json: this is not JSON");
    EXPECT_EQ(problem_with("{}"), "assets/palettes/dark.json: the colour \"free\" is missing");
    EXPECT_NE(problem_with("{\"free\": 7}").find("\"free\" is no colour"), std::string::npos);
    EXPECT_NE(problem_with("{\"free\": \"#12345g\"}").find("\"free\" is no colour"), std::string::npos);
    read_assets_from({});
    std::string problem;
    (void)load_palette("sepia", &problem);
    EXPECT_EQ(problem, "assets/palettes/sepia.json: there is no such file");
    std::filesystem::remove_all(folder);
}

TEST(Palette, a_type_that_does_not_exist_is_an_alarm) {
    const Palette palette = load_palette("dark");
    EXPECT_EQ(&palette.of(static_cast<AllocationType>(12), heapcore::Colour::white), &palette.alarm);
    EXPECT_EQ(&palette.of(AllocationType::object, static_cast<heapcore::Colour>(3)), &palette.alarm);
}

}  // namespace
}  // namespace tricolour
