// Other moments of a trace, looked at without going there: against a session that really went.
#include "app/model/glimpse.h"

#include "app/model/camera.h"
#include "app/model/narration.h"
#include "scenario_session.h"
#include "tests/heapcore/random_program.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::Phase;
using heapcore::Position;
using heapcore::Register;
using heapcore::Session;

std::unique_ptr<Session> random_session(std::uint32_t seed, heapcore::VmMode vm = heapcore::VmMode::none) {
    heapcore::RandomProgram program({.seed = seed, .operations = 150, .vm = vm});
    EXPECT_EQ(program.run(), "");
    auto session = session_at_start(program.text());
    session->extend_index([] { return false; });
    EXPECT_TRUE(session->index().is_complete && !session->index().error);
    return session;
}

/// As frames would, until nothing more is found out.
void wait_for(Glimpses& glimpses, const Session& session, const GlimpseWish& wish) {
    double now = 100;
    do {
        glimpses.update(session, wish, now);
        now += 1;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } while (glimpses.is_pending());
}

Phase phase_now(const Session& session) {
    const auto phase = static_cast<Phase>(session.heap().get(Register::phase));
    return phase == Phase::done ? Phase::idle : phase;
}

TEST(Unfolding, phases_and_steps_are_those_that_a_session_walks_through) {
    for (const std::uint32_t seed : {1u, 2u, 3u}) {
        const auto session = random_session(seed);
        ASSERT_FALSE(session->index().collections.empty());
        Rerun rerun(*session);
        for (std::size_t operation = 0; operation < session->trace().operations.size(); ++operation) {
            ASSERT_TRUE(rerun.go_to(operation));
            const auto unfolding = unfold(rerun);
            ASSERT_TRUE(unfolding);
            session->seek({operation, 0});
            std::uint64_t step = 0;
            do {
                ASSERT_TRUE(session->next(heapcore::Rung::step));
                ASSERT_EQ(unfolding->phase_of(step), phase_now(*session)) << operation << " +" << step;
                ++step;
            } while (session->position().step > 0);
            EXPECT_EQ(unfolding->steps, step) << operation;
            EXPECT_EQ(unfolding->samples.back().free_bytes, session->heap().get(Register::heap_free));
            EXPECT_EQ(unfolding->samples.back().largest_free_bytes, session->heap().largest_free_bytes());
        }
    }
}

TEST(Unfolding, a_collection_has_its_phases_in_order) {
    const auto session = scenario_before("05-weak-references", "gc");
    session->extend_index([] { return false; });
    Rerun rerun(*session);
    ASSERT_TRUE(rerun.go_to(session->index().collections.front()));
    const auto unfolding = unfold(rerun);
    ASSERT_TRUE(unfolding);
    ASSERT_EQ(unfolding->phases.size(), 7u);
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(static_cast<std::size_t>(unfolding->phases[i].phase), i + 1);
        EXPECT_LT(unfolding->phases[i].first, unfolding->phases[i].last);
        const std::uint64_t before = i > 0 ? unfolding->phases[i - 1].last : unfolding->phases[i].first;
        EXPECT_EQ(unfolding->phases[i].first, before);
    }
}

TEST(Unfolding, a_long_collection_keeps_a_bounded_number_of_samples_and_can_be_stopped) {
    std::string text = "tricolour 1\nheap size=4M\n";
    for (int i = 0; i < 3000; ++i)
        text += "alloc n" + std::to_string(i) + " data 40\n";
    const auto session = session_of(text + "gc\n");
    Rerun rerun(*session);
    ASSERT_TRUE(rerun.go_to(3000));
    bool is_asked = false;
    EXPECT_FALSE(unfold(rerun, [&] { return is_asked = true; }));
    EXPECT_TRUE(is_asked);
    ASSERT_TRUE(rerun.go_to(3000)) << "it begins again at a keyframe";
    const auto unfolding = unfold(rerun);
    ASSERT_TRUE(unfolding);
    EXPECT_GT(unfolding->steps, 4096u);
    EXPECT_LE(unfolding->samples.size(), most_inner_samples);
    EXPECT_EQ(unfolding->samples.size(), (unfolding->steps - 1) / unfolding->steps_each + 1);
    EXPECT_EQ(unfolding->samples.back().free_bytes, session->heap().get(Register::heap_free));
    EXPECT_LT(unfolding->samples.front().free_bytes, unfolding->samples.back().free_bytes);
}

TEST(Rerun, a_part_of_an_operation_is_what_a_session_has_at_that_step) {
    const auto session = random_session(7);
    std::mt19937 random(5);
    Rerun rerun(*session);
    for (int i = 0; i < 200; ++i) {
        const std::size_t operation = random() % session->trace().operations.size();
        session->seek({operation + 1, 0});
        const std::uint64_t step = 1 + random() % session->current_step_count();
        session->seek({operation, step});
        std::optional<heapcore::Step> last;
        ASSERT_TRUE(rerun.go_to(operation));
        ASSERT_TRUE(rerun.carry_out_part(step, last));
        ASSERT_TRUE(last);
        EXPECT_TRUE(rerun.machine().is_same_as(session->machine())) << operation << " +" << step;
        EXPECT_EQ(last->kind, session->current_step()->kind);
    }
}

TEST(Glimpse, is_what_a_session_shows_that_went_there) {
    for (const heapcore::VmMode vm : {heapcore::VmMode::none, heapcore::VmMode::unified}) {
        const auto session = random_session(11, vm);
        const auto other = random_session(11, vm);
        std::mt19937 random(3);
        Glimpses glimpses;
        GlimpseWish wish;
        wish.picture.end = session->heap().size_bytes();
        for (int i = 0; i < 40; ++i) {
            other->seek({random() % other->trace().operations.size(), 0});
            other->advance(1 + random() % 40);
            const Position position = i == 0 ? Position{} : other->position();
            if (i == 0) other->seek({});
            wish.position = position;
            wait_for(glimpses, *session, wish);
            const Glimpse* const glimpse = glimpses.at(position);
            ASSERT_TRUE(glimpse && glimpse->is_reached);
            EXPECT_EQ(glimpse->figures.free_bytes, other->heap().get(Register::heap_free));
            EXPECT_EQ(glimpse->figures.largest_free_bytes, other->heap().largest_free_bytes());
            EXPECT_EQ(glimpse->phase, phase_text(other->heap()));
            const auto step = other->current_step();
            EXPECT_EQ(glimpse->sentence, step ? narrate(other->machine(), other->trace(), *step) : "");
            MapModel map;
            map.rebuild(other->heap());
            EXPECT_EQ(glimpse->picture.cells,
                      picture_of(map, wish.picture, step ? step->chunk : heapcore::no_chunk).cells);
            EXPECT_EQ(session->position(), Position{}) << "the session stays where it is";
        }
    }
}

TEST(Glimpse, a_picture_shows_each_granule_where_the_layout_has_it) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K\nalloc a data 4000\nalloc b string 8000\nalloc c data 900\nfree b\n");
    MapModel map;
    map.rebuild(session->heap());
    for (const LayoutId id : {LayoutId::rows, LayoutId::hilbert})
        for (const heapcore::Offset end : {4096u, 16384u, 262144u}) {
            const PictureWish wish{id, 40, 25, end};
            const MapPicture picture = picture_of(map, wish, chunk_named(*session, "c"));
            ASSERT_LE(picture.width, 40u);
            ASSERT_LE(picture.height, 25u);
            ASSERT_GE(picture.width * 2 + 1, 10u);
            ASSERT_EQ(picture.cells.size(), std::size_t{picture.width} * picture.height);
            // Counted anew, granule by granule.
            const std::uint32_t granules = end / 8;
            const MapLayout layout =
                id == LayoutId::hilbert
                    ? MapLayout::along_curve(map.granules())
                    : MapLayout::in_rows(
                          static_cast<unsigned>(std::countr_zero(choose_row_length(end, 8, 40.0 / 25))),
                          map.granules());
            const PlaneArea area = layout.bounds(0, granules);
            unsigned level = 0;
            while (((area.right - 1) >> level) + 1 > picture.width)
                ++level;
            ASSERT_EQ(((area.bottom - 1) >> level) + 1, picture.height);
            std::vector<CellCounts> counts(picture.cells.size());
            for (std::uint32_t granule = 0; granule < map.granules(); ++granule) {
                const Place place = layout.place_of(granule);
                if (place.x >> level >= picture.width || place.y >> level >= picture.height) continue;
                counts[std::size_t{place.y >> level} * picture.width + (place.x >> level)].add(
                    map.texels()[granule]);
            }
            for (std::size_t i = 0; i < counts.size(); ++i)
                ASSERT_EQ(picture.cells[i], counts[i].granules > 0 ? counts[i].cell() : Cell{0}) << i;
            const Place now = layout.place_of(chunk_named(*session, "c") / 8);
            if (chunk_named(*session, "c") < picture.end)
                EXPECT_EQ(picture.now, (Place{now.x >> level, now.y >> level}));
            else
                EXPECT_FALSE(picture.now);
        }
}

TEST(Glimpses, rest_before_a_picture_is_made_and_forget_it_with_an_edit) {
    const auto session = session_at_start("tricolour 1\nalloc a data 64\nalloc b data 64\nfree a\n");
    session->extend_index([] { return false; });
    Glimpses glimpses;
    GlimpseWish wish;
    wish.picture.end = 4096;
    wish.position = Position{2, 0};
    glimpses.update(*session, wish, 10);
    EXPECT_TRUE(glimpses.is_pending());
    EXPECT_FALSE(glimpses.is_reading()) << "the pointer has not rested yet";
    glimpses.update(*session, wish, 10.05);
    EXPECT_FALSE(glimpses.is_reading());
    wait_for(glimpses, *session, wish);
    ASSERT_TRUE(glimpses.at({2, 0}));
    const std::uint64_t before = glimpses.at({2, 0})->figures.free_bytes;
    EXPECT_FALSE(glimpses.at({1, 0})) << "of another position nothing is shown";

    glimpses.clear();
    session->seek({1, 0});
    ASSERT_TRUE(session->type_in("alloc big data 4000"));
    session->extend_index([] { return false; });
    glimpses.update(*session, wish, 20);
    EXPECT_FALSE(glimpses.at({2, 0}));
    wait_for(glimpses, *session, wish);
    ASSERT_TRUE(glimpses.at({2, 0}));
    EXPECT_LT(glimpses.at({2, 0})->figures.free_bytes, before - 3000);
}

TEST(Glimpses, unfold_what_is_in_sight_and_a_position_that_cannot_be_reached_is_told) {
    const auto session = session_at_start("tricolour 1\nalloc a data 64\ngc\nfree nothing\nalloc b data 8\n");
    session->extend_index([] { return false; });
    Glimpses glimpses;
    GlimpseWish wish;
    wish.picture.end = 4096;
    wish.first = 0;
    wish.last = 4;
    wait_for(glimpses, *session, wish);
    EXPECT_EQ(glimpses.unfoldings().size(), 2u) << "not what stands at or behind the error";
    EXPECT_EQ(glimpses.unfoldings().find(1)->phases.size(), 7u);
    wish.position = Position{4, 0};
    wait_for(glimpses, *session, wish);
    ASSERT_TRUE(glimpses.at({4, 0}));
    EXPECT_FALSE(glimpses.at({4, 0})->is_reached);
}

TEST(Glimpses, a_session_may_move_while_they_are_found) {
    const auto session = random_session(21);
    Glimpses glimpses;
    GlimpseWish wish;
    wish.picture.end = session->heap().size_bytes();
    wish.last = session->trace().operations.size();
    std::mt19937 random(1);
    for (double now = 0; now < 30; now += 1) {
        wish.position = Position{random() % session->trace().operations.size(), 0};
        glimpses.update(*session, wish, now);
        glimpses.update(*session, wish, now + .5);
        session->seek({random() % session->trace().operations.size(), random() % 20});
    }
    wait_for(glimpses, *session, wish);
    EXPECT_EQ(glimpses.unfoldings().size(), session->trace().operations.size());
    const auto other = random_session(21);
    other->seek(*wish.position);
    EXPECT_EQ(glimpses.at(*wish.position)->figures.free_bytes, other->heap().get(Register::heap_free));
}

}  // namespace
}  // namespace tricolour
