#include "app/model/map.h"

#include "app/model/map_level.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::AllocationType;
using heapcore::Colour;
using heapcore::Header;

heapcore::Trace parsed(const std::string& text) {
    auto trace = heapcore::parse_trace(text, "test");
    EXPECT_TRUE(trace) << (trace ? "" : trace.error().text());
    return std::move(*trace);
}

// Everything that changes a heap: allocation of all sizes, freeing, objects, roots, collections.
std::string random_trace(unsigned seed, int operations, int word_bytes) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t end) { return random() % std::max<std::size_t>(1, end); };
    std::string text = "tricolour 1\nheap size=256K word=" + std::to_string(word_bytes) +
                       "\nclass Node next:ref value:int\nthread main\ncall main run locals=4\n";
    std::vector<std::string> plain, objects;
    for (int i = 0; i < operations; ++i) {
        const std::string name = "n" + std::to_string(i);
        switch (below(10)) {
            case 0:
            case 1:
            case 2:
                text += "alloc " + name + " " + std::string(heapcore::allocation_type_words[below(10)]) +
                        " " + std::to_string(below(i % 17 == 0 ? 9000 : 300)) + "\n";
                plain.push_back(name);
                break;
            case 3:
            case 4:
                text += "new " + name + " Node\nlocal main " + std::to_string(below(4)) + " " + name + "\n";
                objects.push_back(name);
                break;
            case 5: text += "array " + name + " byte " + std::to_string(below(500)) + "\n"; break;
            case 6:
            case 7:
            case 8:
                if (plain.empty()) break;
                std::swap(plain[below(plain.size())], plain.back());
                text += "free " + plain.back() + "\n";
                plain.pop_back();
                break;
            default:
                if (i % 5 != 0) break;
                text += "gc\n";
                plain.clear();
        }
    }
    return text;
}

std::vector<std::uint32_t> starts_of(const MapModel& map) {
    std::vector<std::uint32_t> starts;
    for (std::uint32_t granule = 0; granule < map.granules(); ++granule)
        if (map.is_start(granule)) starts.push_back(granule);
    return starts;
}

void expect_same(const MapModel& kept, const MapModel& fresh) {
    ASSERT_EQ(kept.granules(), fresh.granules());
    EXPECT_TRUE(std::ranges::equal(kept.texels(), fresh.texels()));
    EXPECT_EQ(starts_of(kept), starts_of(fresh));
    for (std::uint32_t type = 0; type < 16; ++type)
        for (std::uint32_t colour = 0; colour < 4; ++colour)
            EXPECT_EQ(kept.tally(static_cast<AllocationType>(type), static_cast<Colour>(colour)),
                      fresh.tally(static_cast<AllocationType>(type), static_cast<Colour>(colour)));
    EXPECT_EQ(kept.free_tally(), fresh.free_tally());
    EXPECT_EQ(kept.used_end(), fresh.used_end());
}

// A heap with chunks as they are written down here, in granules; what is left over is one free chunk.
struct Written {
    std::uint32_t granules;
    Header header;
};
heapcore::Heap heap_of(const std::vector<Written>& chunks, std::uint32_t word_bytes = 8) {
    heapcore::HeapSettings settings;
    settings.size_bytes = heapcore::smallest_heap_bytes;
    settings.word_bytes = word_bytes;
    EXPECT_FALSE(heapcore::normalise(settings));
    heapcore::Heap heap(settings);
    const std::uint32_t granule = heap.geometry().alignment_bytes;
    heapcore::Offset at = 0;
    for (const Written& chunk : chunks) {
        heap.memory.store_header(at, chunk.header.with_size(chunk.granules * granule));
        at += chunk.granules * granule;
    }
    heap.memory.store_header(at, Header::of_size(heap.size_bytes() - at));
    return heap;
}
Header used(AllocationType type, Colour colour = Colour::white) {
    return Header().with_type(type).with_colour(colour).with_in_use(true);
}

class Walk : public testing::TestWithParam<std::tuple<unsigned, int>> {};

TEST_P(Walk, what_is_kept_is_what_a_walk_of_the_heap_gives) {
    const auto [seed, word_bytes] = GetParam();
    heapcore::Session session(parsed(random_trace(seed, 400, word_bytes)));
    MapModel kept;
    std::mt19937 random(seed * 77 + 1);
    for (int i = 0; i < 150; ++i) {
        const std::size_t end = session.trace().operations.size();
        switch (random() % 8) {
            case 0: session.seek({random() % end, 0}); break;
            case 1: session.seek({random() % end, random() % 5}); break;
            case 2: session.back(heapcore::Rung::operation); break;
            case 3: session.next(heapcore::Rung::object); break;
            case 4: session.retreat(random() % 40); break;
            default: session.advance(random() % 200);
        }
        const std::vector<Texel> before(kept.texels().begin(), kept.texels().end());
        kept.clear_dirty();
        kept.sync(session);
        session.clear_changes();
        MapModel fresh;
        fresh.rebuild(session.heap());
        expect_same(kept, fresh);
        // Every texel that differs lies in a dirty range; ranges ascend and are apart.
        std::vector<bool> is_dirty(kept.granules());
        std::uint32_t end_of_last = 0;
        for (const MapModel::Range& range : kept.dirty()) {
            ASSERT_LT(range.first, range.last);
            ASSERT_TRUE(end_of_last == 0 || range.first > end_of_last);
            ASSERT_LE(range.last, kept.granules());
            std::fill(is_dirty.begin() + range.first, is_dirty.begin() + range.last, true);
            end_of_last = range.last;
        }
        if (before.empty()) continue;
        for (std::uint32_t granule = 0; granule < kept.granules(); ++granule)
            ASSERT_TRUE(is_dirty[granule] || before[granule] == kept.texels()[granule]) << granule;
        if (HasFailure()) return;
    }
}
INSTANTIATE_TEST_SUITE_P(Map, Walk, testing::Combine(testing::Range(1u, 7u), testing::Values(4, 8)));

TEST(Map, several_syncs_between_two_looks_at_what_is_dirty_add_up) {
    heapcore::Session session(parsed(random_trace(3, 200, 8)));
    session.seek_end();
    MapModel map;
    map.sync(session);
    session.clear_changes();
    map.clear_dirty();
    const std::vector<Texel> before(map.texels().begin(), map.texels().end());
    for (int i = 0; i < 30; ++i) {
        session.retreat(7);
        map.sync(session);
        session.clear_changes();
    }
    std::vector<Texel> patched = before;
    for (const MapModel::Range& range : map.dirty())
        std::copy(map.texels().begin() + range.first, map.texels().begin() + range.last,
                  patched.begin() + range.first);
    EXPECT_TRUE(std::ranges::equal(patched, map.texels()));
}

TEST(Map, the_version_tells_what_dirty_ranges_are_good_for) {
    heapcore::Session session(parsed(random_trace(3, 50, 8)));
    MapModel map;
    map.sync(session);
    session.clear_changes();
    const std::uint64_t first = map.version();
    map.sync(session);
    EXPECT_EQ(map.version(), first) << "nothing changed";
    map.clear_dirty();
    EXPECT_EQ(map.cleared_version(), first);
    session.seek_end();
    map.sync(session);
    EXPECT_GT(map.version(), first);
    EXPECT_EQ(map.cleared_version(), first);
    MapModel other;
    other.sync(session);
    EXPECT_GT(other.version(), map.version()) << "no two states of two maps share one";
}

TEST(Map, only_a_new_chunk_and_the_free_one_behind_it_are_dirty_after_an_allocation) {
    heapcore::Session session(parsed("tricolour 1\nheap size=1M\nalloc a data 100\nalloc b data 100\n"));
    session.seek({1, 0});
    MapModel map;
    map.sync(session);
    session.clear_changes();
    map.clear_dirty();
    session.seek_end();
    map.sync(session);
    std::uint32_t dirty = 0;
    for (const MapModel::Range& range : map.dirty())
        dirty += range.last - range.first;
    EXPECT_GT(dirty, 0u);
    EXPECT_LT(dirty, 32u) << "the megabyte of free memory behind is as it was";
}

TEST(Map, finds_chunks_by_any_of_their_bytes) {
    const heapcore::Heap heap =
        heap_of({{4, used(AllocationType::object)}, {100, Header()}, {7, used(AllocationType::string)}});
    MapModel map;
    map.rebuild(heap);
    EXPECT_EQ(map.chunk_at(0), 0u);
    EXPECT_EQ(map.chunk_at(31), 0u);
    EXPECT_EQ(map.chunk_at(32), 32u);
    EXPECT_EQ(map.chunk_at(32 + 799), 32u);
    EXPECT_EQ(map.chunk_at(832), 832u);
    EXPECT_EQ(map.chunk_at(heap.size_bytes() - 1), 832u + 56);
    EXPECT_EQ(map.chunk_at(heap.size_bytes() + 1000), 832u + 56);
    EXPECT_EQ(map.used_end(), 832u + 56);
    EXPECT_EQ(map.start_after(0), 4u);
    EXPECT_EQ(map.start_after(map.granules() - 1), map.granules());
}

TEST(Map, a_damaged_header_neither_hangs_nor_crashes) {
    for (const std::uint32_t size : {0u, 4u, 12u, 0xffffffu, 0xfffff8u}) {
        heapcore::Heap heap = heap_of({{4, used(AllocationType::object)}, {4, used(AllocationType::string)}});
        heap.memory.store_header(32, heap.header(32).with_size(size));
        MapModel map;
        map.rebuild(heap);
        EXPECT_EQ(map.chunk_at(100), 32u) << size;
        EXPECT_EQ(map.start_after(4), map.granules()) << "the rest is one chunk";
        std::uint64_t bytes = map.free_tally().bytes;
        for (std::uint32_t type = 0; type < 16; ++type)
            for (std::uint32_t colour = 0; colour < 4; ++colour)
                bytes += map.tally(static_cast<AllocationType>(type), static_cast<Colour>(colour)).bytes;
        EXPECT_EQ(bytes, heap.size_bytes());
    }
}

TEST(Map, forgets_a_session_when_told_so) {
    heapcore::Session session(parsed(random_trace(1, 20, 8)));
    MapModel map;
    map.sync(session);
    map.reset();
    EXPECT_EQ(map.granules(), 0u);
    EXPECT_EQ(map.chunk_at(0), heapcore::no_chunk);
    map.sync(session);
    EXPECT_GT(map.granules(), 0u);
}

// --- levels -----------------------------------------------------------------------------------------

Cell counted(const MapModel& map, unsigned level, unsigned row_bits, std::uint32_t cell) {
    const std::uint32_t cell_row_bits = row_bits - level;
    const std::uint32_t x = (cell & ((1u << cell_row_bits) - 1)) << level, y = cell >> cell_row_bits << level;
    CellCounts counts;
    for (std::uint32_t row = y; row < y + (1u << level); ++row)
        for (std::uint32_t column = x; column < x + (1u << level); ++column) {
            const std::uint64_t granule = (std::uint64_t{row} << row_bits) + column;
            if (granule < map.granules()) counts.add(map.texels()[granule]);
        }
    return counts.cell();
}

TEST(MapLevel, every_cell_is_the_count_of_its_granules_however_it_got_there) {
    heapcore::Session session(parsed(random_trace(9, 300, 4)));
    session.seek_end();
    for (const unsigned level : {0u, 1u, 2u, 3u, 4u, 5u}) {
        MapModel map;
        map.sync(session);
        MapLevel cells;
        cells.shape(level, MapLayout::in_rows(7, map.granules()));
        EXPECT_TRUE(cells.update(map.texels(), ~0u));
        session.clear_changes();
        for (int i = 0; i < 6; ++i) {
            map.clear_dirty();
            if (!session.retreat(100)) session.seek_end();
            map.sync(session);
            session.clear_changes();
            cells.clear_dirty();
            const std::vector<Cell> before(cells.cells().begin(), cells.cells().end());
            for (const MapModel::Range& range : map.dirty())
                cells.mark(range);
            while (!cells.update(map.texels(), 1000))
                EXPECT_TRUE(cells.is_stale());
            std::vector<bool> is_dirty(before.size());
            for (const MapModel::Range& range : cells.dirty())
                std::fill(is_dirty.begin() + range.first, is_dirty.begin() + range.last, true);
            for (std::uint32_t cell = 0; cell < cells.cells().size(); ++cell) {
                ASSERT_EQ(cells.cells()[cell], counted(map, level, 7, cell)) << level << " " << cell;
                ASSERT_TRUE(is_dirty[cell] || before[cell] == cells.cells()[cell]);
            }
        }
    }
}

TEST(MapLevel, along_a_curve_a_cell_is_the_count_of_a_run_of_granules) {
    heapcore::Session session(parsed(random_trace(9, 300, 4)));
    session.seek_end();
    for (const unsigned level : {0u, 1u, 3u, 4u}) {
        MapModel map;
        map.sync(session);
        session.clear_changes();
        const MapLayout layout = MapLayout::along_curve(map.granules()), places = layout.coarser(level);
        MapLevel cells;
        cells.shape(level, layout);
        EXPECT_TRUE(cells.update(map.texels(), ~0u));
        for (int i = 0; i < 6; ++i) {
            map.clear_dirty();
            if (!session.retreat(100)) session.seek_end();
            map.sync(session);
            session.clear_changes();
            cells.clear_dirty();
            const std::vector<Cell> before(cells.cells().begin(), cells.cells().end());
            for (const MapModel::Range& range : map.dirty())
                cells.mark(range);
            while (!cells.update(map.texels(), 1000))
                EXPECT_TRUE(cells.is_stale());
            std::vector<bool> is_dirty(before.size());
            for (const MapModel::Range& range : cells.dirty())
                std::fill(is_dirty.begin() + range.first, is_dirty.begin() + range.last, true);
            for (std::uint32_t cell = 0; cell < places.granules(); ++cell) {
                CellCounts counts;
                for (std::uint32_t at = cell << 2 * level;
                     at < (cell + 1) << 2 * level && at < map.granules(); ++at)
                    counts.add(map.texels()[at]);
                const Place place = places.place_of(cell);
                const std::size_t shown = (std::size_t{place.y} << cells.row_bits()) + place.x;
                ASSERT_EQ(cells.cells()[shown], counts.cell()) << level << " " << cell;
                ASSERT_TRUE(is_dirty[shown] || before[shown] == cells.cells()[shown]);
            }
        }
    }
}

TEST(MapLevel, a_cell_says_the_commonest_type_and_the_true_mixture) {
    CellCounts counts;
    const auto add = [&](std::uint32_t granules, Header header) {
        for (std::uint32_t i = 0; i < granules; ++i)
            counts.add(header.is_in_use()
                           ? static_cast<Texel>(static_cast<unsigned>(header.type()) |
                                                static_cast<unsigned>(header.colour()) << 4 | texel::in_use)
                           : Texel{0});
    };
    add(6, used(AllocationType::string, Colour::white));
    add(4, used(AllocationType::object, Colour::black));
    add(2, used(AllocationType::string, Colour::grey));
    add(4, Header());
    EXPECT_EQ(shares_of(counts.cell()), (CellShares{3, 11, 1, 3}))
        << "12 of 16 in use; of 12, 2 grey, 4 black";
    EXPECT_EQ(cell_of(shares_of(counts.cell())), counts.cell());
}

TEST(MapLevel, nothing_in_use_is_free_and_a_little_is_not_nothing) {
    CellCounts counts;
    for (int i = 0; i < 1000; ++i)
        counts.add(0);
    EXPECT_EQ(counts.cell(), 0);
    counts.add(texel::in_use | 2);
    EXPECT_EQ(shares_of(counts.cell()), (CellShares{2, 1, 0, 0}));
}

TEST(MapLevel, colours_of_a_cell_lie_between_those_of_what_is_in_it) {
    const Palette palette = load_palette("dark");
    const MapColours colours = map_colours(palette, LensId::type_and_colour);
    EXPECT_EQ(colour_of(colours, cell_of({0, 15, 0, 0})).red, palette.chunk[0][0].red);
    EXPECT_EQ(colour_of(colours, cell_of({0, 15, 8, 0})).red, palette.chunk[0][1].red);
    EXPECT_EQ(colour_of(colours, cell_of({4, 15, 0, 8})).green, palette.chunk[4][2].green);
    EXPECT_EQ(colour_of(colours, Cell{0}).blue, palette.free.blue);
    const Rgba half = colour_of(colours, cell_of({0, 15, 0, 4}));
    EXPECT_NEAR(half.green, (palette.chunk[0][0].green + palette.chunk[0][2].green) / 2, 1e-5);
}

}  // namespace
}  // namespace tricolour
