// Every lens against a plain computation over the built-in scenarios, wherever in them one stands.
#include "app/commands.h"
#include "app/model/lens_map.h"
#include "app/model/map_colours.h"
#include "app/model/map_level.h"
#include "app/model/reach.h"
#include "heapcore/graph.h"
#include "heapcore/object.h"
#include "tests/app/session_of.h"
#include "tests/heapcore/random_program.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tricolour {
namespace {

using namespace heapcore;

// --- the plain computations -----------------------------------------------------------------------

struct Walked {
    Offset offset;
    Header header;
};
std::vector<Walked> chunks_of(const Heap& heap) {
    std::vector<Walked> chunks;
    for (Offset at = 0; !heap.is_end(at); at = heap.next_chunk(at))
        chunks.push_back({at, heap.header(at)});
    return chunks;
}

// All that roots of some kinds lead to, by going round until nothing is added.
std::set<Offset> reachable(const Heap& heap, const std::function<bool(RootKind)>& is_kind,
                           Offset without = no_chunk) {
    std::set<Offset> found;
    std::vector<Offset> open;
    const auto add = [&](std::optional<Offset> chunk) {
        if (chunk && *chunk != without && found.insert(*chunk).second) open.push_back(*chunk);
    };
    for (const Root& root : roots_of(heap)) {
        const bool is_reference = root.kind != RootKind::frame_cell ||
                                  root.verdict == CellVerdict::reference ||
                                  root.verdict == CellVerdict::not_white;
        if (is_kind(root.kind) && is_reference) add(heap.chunk_at(root.target));
    }
    if (is_kind(RootKind::thread)) {
        for (const Offset thread : threads_of(heap)) {
            if (heap.memory.load32(thread) & ended_status) continue;
            add(heap.chunk_at(heap.memory.address_of(thread)));
            for (Address segment = thread_word(heap, thread, heap.objects().thread_segments); segment != 0;) {
                add(heap.chunk_at(segment));
                if (segment == thread_word(heap, thread, heap.objects().thread_segment)) break;
                segment = heap.memory.load_word(*place_of(heap, segment) + heap.objects().segment_next);
            }
        }
    }
    while (!open.empty()) {
        const Offset chunk = open.back();
        open.pop_back();
        ScanState scan = begin_scan(heap, chunk);
        for (ScanStep step = next_scan(heap, chunk, scan); step.kind != ScanStep::end;
             step = next_scan(heap, chunk, scan))
            add(step.kind == ScanStep::blacken ? std::optional(step.chunk) : heap.chunk_at(step.target));
    }
    return found;
}

std::string number_range(std::uint64_t number,
                         std::initializer_list<std::pair<std::uint64_t, const char*>> ends,
                         const char* above) {
    for (const auto& [end, name] : ends)
        if (number <= end) return name;
    return above;
}

std::string age_name(const Session& session, const Walked& chunk) {
    const std::uint64_t now = session.current_operation().value_or(0);
    const std::uint64_t then = session.heap().origin_of(chunk.offset).operation;
    return number_range(now > then ? now - then : 0,
                        {{0, "this operation"},
                         {3, "1 to 3"},
                         {15, "4 to 15"},
                         {63, "16 to 63"},
                         {255, "64 to 255"},
                         {1023, "256 to 1,023"},
                         {4095, "1,024 to 4,095"}},
                        "4,096 and more");
}

std::string survival_name(const Session& session, const Walked& chunk) {
    const Heap& heap = session.heap();
    const auto phase = static_cast<Phase>(heap.get(Register::phase));
    std::uint64_t ended = heap.get(Register::gc_count);
    if (phase != Phase::idle && phase != Phase::done) --ended;
    const std::uint64_t born = heap.origin_of(chunk.offset).collection;
    return number_range(
        ended > born ? ended - born : 0,
        {{0, "none"}, {1, "1"}, {2, "2"}, {3, "3"}, {7, "4 to 7"}, {15, "8 to 15"}, {31, "16 to 31"}},
        "32 and more");
}

std::string size_name(const Walked& chunk) {
    return number_range(chunk.header.size_bytes(),
                        {{32, "up to 32"},
                         {64, "33 to 64"},
                         {128, "65 to 128"},
                         {256, "129 to 256"},
                         {1024, "257 to 1,024"},
                         {4096, "1,025 to 4,096"},
                         {16384, "4,097 to 16,384"}},
                        "16,385 and more");
}

using Names = std::map<Offset, std::string>;  // entry by chunk

Names fit_names(const Heap& heap, std::uint32_t needed) {
    Names names;
    bool is_first = true;
    for (Offset at = heap.free_list().first(heap.memory); at != heap.free_list().end();
         at = heap.free_list().next(heap.memory, at)) {
        const bool fits = needed > 0 && heap.header(at).size_bytes() >= needed;
        names[at] = needed == 0 ? "not asked for"
                    : !fits     ? "too small"
                    : is_first  ? "would be taken"
                                : "fits";
        if (fits) is_first = false;
    }
    for (const Walked& chunk : chunks_of(heap))
        if (chunk.header.is_in_use()) names[chunk.offset] = "in use";
    return names;
}

Names root_names(const Heap& heap) {
    constexpr std::pair<RootKind, const char*> order[] = {{RootKind::interned, "interned strings"},
                                                          {RootKind::operation, "the operation"},
                                                          {RootKind::transient, "transient roots"},
                                                          {RootKind::permanent, "permanent roots"}};
    Names names;
    const auto take = [&](const std::set<Offset>& found, const char* name) {
        for (const Offset chunk : found)
            names.emplace(chunk, name);
    };
    // Structures of threads are reached by nothing else.
    for (const auto& [kind, name] : order)
        take(reachable(heap, [kind = kind](RootKind other) { return other == kind; }), name);
    return names;
}

// --- following a session --------------------------------------------------------------------------

std::vector<std::string> scenarios() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(TRICOLOUR_SCENARIOS))
        paths.push_back(entry.path().stem().string());
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::unique_ptr<Session> scenario(const std::string& name) {
    auto trace = read_trace(std::filesystem::path(TRICOLOUR_SCENARIOS) / (name + ".trace"));
    EXPECT_TRUE(trace);
    return std::make_unique<Session>(std::move(*trace));
}

/// One lens that follows a session.
struct Follower {
    explicit Follower(LensId of) : lens(of) {}
    LensId lens;
    LensMap shown;
    void follow(Session& session, const MapModel& map, std::optional<Offset> selected = {}) {
        shown.clear_dirty();
        shown.sync(session, map, lens, selected);
    }
    std::string name_at(Offset chunk) const {
        const LensEntry* const entry = shown.entry_at(chunk);
        return entry ? std::string(entry->name) : "none";
    }
};

void go_somewhere(Session& session, std::mt19937& random) {
    const std::size_t end = session.trace().operations.size();
    switch (random() % 6) {
        case 0: session.seek({random() % end, random() % 9}); break;
        case 1: session.back(Rung::operation); break;
        case 2: session.retreat(random() % 60); break;
        case 3: session.next(Rung::phase); break;
        default: session.advance(random() % 60);
    }
}

class LensOver : public testing::TestWithParam<std::string> {
protected:
    std::unique_ptr<Session> session_ = scenario(GetParam());
    std::mt19937 random_{static_cast<unsigned>(GetParam().size()) * 31};
    MapModel map_;
    std::optional<Offset> selected_;

    using Check = std::function<void(const std::vector<Walked>&)>;
    // Stands at many places; what followed there is to be what `check` says, and what one that comes anew
    // sees.
    void at_many_places(Follower& follower, const Check& check, int places = 40) {
        for (int i = 0; i < places && !HasFailure(); ++i) {
            go_somewhere(*session_, random_);
            map_.clear_dirty();
            map_.sync(*session_);
            const auto chunks = chunks_of(session_->heap());
            if (i % 3 == 0) selected_ = chunks[random_() % chunks.size()].offset;
            if (selected_ && map_.chunk_at(*selected_) != *selected_) selected_.reset();
            follower.follow(*session_, map_, selected_);
            session_->clear_changes();
            ASSERT_FALSE(follower.shown.is_behind()) << "a small heap is seen to at once";
            SCOPED_TRACE("operation " + std::to_string(session_->position().operation) + ", step " +
                         std::to_string(session_->position().step));
            check(chunks);
            expect_tallies(follower);
        }
    }
    void expect_tallies(const Follower& follower) {
        Tally sum;
        for (const LensEntry& entry : row_of(follower.lens).entries) {
            std::uint64_t bytes = 0;
            for (const Texel texel : follower.shown.plane().texels())
                if (entry.is_of(texel & 0x7f)) bytes += map_.granule_bytes();
            const Tally tally = follower.shown.tally_of(entry);
            ASSERT_EQ(tally.bytes, bytes) << entry.name;
            sum.chunks += tally.chunks;
            sum.bytes += tally.bytes;
        }
        ASSERT_EQ(sum.bytes, session_->heap().size_bytes()) << "the entries are all there is";
        if (follower.lens != LensId::changes) {
            ASSERT_EQ(sum.chunks, chunks_of(session_->heap()).size());
        }
    }
    void expect_names(const Follower& follower, const std::vector<Walked>& chunks,
                      const std::function<std::string(const Walked&)>& name_of) {
        for (const Walked& chunk : chunks)
            ASSERT_EQ(follower.name_at(chunk.offset), chunk.header.is_in_use() ? name_of(chunk) : "free")
                << chunk.offset;
    }
};

TEST_P(LensOver, type_and_colour_are_those_of_the_header) {
    Follower types(LensId::type), colours(LensId::colour);
    at_many_places(types, [&](const auto& chunks) {
        colours.follow(*session_, map_);
        expect_names(types, chunks,
                     [](const Walked& chunk) { return std::string(word_of(chunk.header.type())); });
        expect_names(colours, chunks,
                     [](const Walked& chunk) { return std::string(word_of(chunk.header.colour())); });
    });
}

TEST_P(LensOver, age_counts_the_operations_since_the_allocation) {
    Follower ages(LensId::age);
    at_many_places(ages, [&](const auto& chunks) {
        expect_names(ages, chunks, [&](const Walked& chunk) { return age_name(*session_, chunk); });
    });
}

TEST_P(LensOver, survivals_count_the_collections_that_ended) {
    Follower survivals(LensId::survivals);
    at_many_places(survivals, [&](const auto& chunks) {
        expect_names(survivals, chunks, [&](const Walked& chunk) { return survival_name(*session_, chunk); });
    });
}

TEST_P(LensOver, size_is_that_of_the_chunk) {
    Follower sizes(LensId::size);
    at_many_places(sizes, [&](const auto& chunks) { expect_names(sizes, chunks, size_name); });
}

TEST_P(LensOver, fit_is_what_a_walk_along_the_free_list_finds) {
    Follower fits(LensId::fit);
    at_many_places(fits, [&](const auto& chunks) {
        const Names names = fit_names(session_->heap(), fits.shown.request().needed_bytes);
        for (const Walked& chunk : chunks) {
            const auto named = names.find(chunk.offset);
            // In the middle of a step's work a free chunk may stand in no list yet.
            if (named != names.end()) {
                ASSERT_EQ(fits.name_at(chunk.offset), named->second) << chunk.offset;
            }
        }
    });
}

TEST_P(LensOver, the_request_is_what_the_next_allocation_takes) {
    for (std::size_t i = 0; i < session_->trace().operations.size(); ++i) {
        session_->seek({i, 0});
        const Request request = next_request(*session_, {});
        if (request.source != Request::next_operation || request.operation != i) continue;
        session_->seek({i + 1, 0});
        const Journal* const journal = session_->current_journal();
        ASSERT_NE(journal, nullptr);
        bool is_taken = false;
        for (std::uint64_t step = journal->first(); step < journal->end(); ++step) {
            const StepKind kind = journal->step(step).kind;
            const bool is_asked = kind == StepKind::taken || kind == StepKind::search_failed;
            is_taken |= is_asked && journal->step(step).b == request.needed_bytes;
        }
        EXPECT_TRUE(is_taken) << "operation " << i << " was said to need " << request.needed_bytes;
    }
}

TEST_P(LensOver, each_chunk_is_reached_by_the_first_kind_of_root) {
    Follower roots(LensId::roots);
    at_many_places(roots, [&](const auto& chunks) {
        const Heap& heap = session_->heap();
        const std::set<Offset> all = reachable(heap, [](RootKind) { return true; });
        const Names first = root_names(heap);
        expect_names(roots, chunks, [&](const Walked& chunk) -> std::string {
            const std::string shown = roots.name_at(chunk.offset);
            if (!all.contains(chunk.offset))
                return chunk.header.type() == AllocationType::static_data ? "permanent data" : "unreachable";
            if (const auto known = first.find(chunk.offset); known != first.end()) return known->second;
            const bool is_later =
                shown == "threads" || shown == "stack frames" || shown == "exceptions" || shown == "pins";
            return is_later ? shown : "a thread's or a pin's";
        });
    });
}

TEST_P(LensOver, what_no_root_reaches_is_what_a_collection_frees) {
    Follower roots(LensId::roots);
    for (std::size_t i = 0; i <= session_->trace().operations.size(); i += 3) {
        session_->seek({i, 0});
        map_.sync(*session_);
        roots.follow(*session_, map_);
        session_->clear_changes();
        Machine collected(session_->machine());
        collected.vm().collect(CollectReason{});
        std::set<Offset> left;
        for (const Walked& chunk : chunks_of(collected.heap()))
            if (chunk.header.is_in_use()) left.insert(chunk.offset);
        for (const Walked& chunk : chunks_of(session_->heap()))
            if (chunk.header.is_in_use() && chunk.header.type() != AllocationType::static_data) {
                ASSERT_EQ(roots.name_at(chunk.offset) != "unreachable", left.contains(chunk.offset))
                    << "operation " << i << ", chunk " << chunk.offset;
            }
    }
}

TEST(Retention, of_one_chunk_after_the_other_is_that_of_each_marked_anew) {
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
        heapcore::ProgramOptions options{.seed = 900 + seed, .operations = 120};
        options.vm = seed % 2 ? heapcore::VmMode::unified : heapcore::VmMode::none;
        heapcore::RandomProgram program(options);
        ASSERT_EQ(program.run(), "");
        const heapcore::Heap& heap = program.machine().heap();
        const auto graph = heapcore::Graph::of(heap);
        ASSERT_TRUE(graph);
        Retention known;
        known.begin(heap, heapcore::no_chunk);
        while (!known.advance(heap, 7)) {
        }
        std::size_t retained = 0;
        for (heapcore::Graph::Node node = 0; node < graph->size(); node += 3) {
            Retention anew, beside;
            anew.begin(heap, graph->chunk(node));
            while (!anew.advance(heap, 1000)) {
            }
            beside.begin_beside(heap, known, graph->chunk(node));
            while (!beside.advance(heap, 7)) {
            }
            for (heapcore::Graph::Node other = 0; other < graph->size(); ++other) {
                const heapcore::Offset chunk = graph->chunk(other);
                ASSERT_EQ(beside.is_retained(chunk), anew.is_retained(chunk)) << program.text();
                ASSERT_EQ(beside.is_reached(chunk), anew.is_reached(chunk));
                retained += beside.is_retained(chunk);
            }
            known = beside;
        }
        EXPECT_GT(retained, 0u);
    }
}

TEST_P(LensOver, what_the_selection_retains_is_unreachable_without_it) {
    Follower retained(LensId::retained);
    const auto any = [](RootKind) { return true; };
    at_many_places(retained, [&](const auto& chunks) {
        const Heap& heap = session_->heap();
        const std::set<Offset> with = reachable(heap, any);
        const std::set<Offset> without = reachable(heap, any, selected_.value_or(no_chunk));
        expect_names(retained, chunks, [&](const Walked& chunk) -> std::string {
            if (chunk.offset == selected_) return "the selection";
            if (without.contains(chunk.offset)) return "otherwise reachable";
            if (with.contains(chunk.offset)) return "only through it";
            return chunk.header.type() == AllocationType::static_data ? "permanent data" : "unreachable";
        });
    });
}

TEST_P(LensOver, changes_are_what_two_walks_differ_in) {
    Follower changes(LensId::changes);
    go_somewhere(*session_, random_);
    map_.sync(*session_);
    changes.shown.mark(*session_, map_);
    const Machine then(session_->machine());
    std::map<Offset, Walked> before;
    for (const Walked& chunk : chunks_of(then.heap()))
        before[chunk.offset] = chunk;
    at_many_places(changes, [&](const auto& chunks) {
        const Heap& heap = session_->heap();
        for (const Walked& chunk : chunks) {
            const auto known = before.find(chunk.offset);
            const bool was_there = known != before.end();
            const Header header = was_there ? known->second.header : Header{};
            std::string expected;
            if (chunk.header.is_in_use()) {
                const bool is_same =
                    was_there && header.is_in_use() &&
                    then.heap().origin_of(chunk.offset).birth == heap.origin_of(chunk.offset).birth;
                expected =
                    !is_same                                   ? "born"
                    : header.colour() != chunk.header.colour() ? "changed colour"
                    : header.type() != chunk.header.type() || header.size_bytes() != chunk.header.size_bytes()
                        ? "changed type or size"
                        : "unchanged, in use";
            } else if (was_there && header.is_in_use()) {
                expected = "died";
            } else if (was_there) {
                const auto links = [&](const Heap& of) {
                    return std::pair(of.free_list().previous(of.memory, chunk.offset),
                                     of.free_list().next(of.memory, chunk.offset));
                };
                expected = links(heap) == links(then.heap()) ? "unchanged, free" : "moved in the list";
            }
            if (!expected.empty()) {
                ASSERT_EQ(changes.name_at(chunk.offset), expected) << chunk.offset;
            }
        }
        // Within free memory each byte that was in use is shown as such.
        for (const auto& [offset, chunk] : before) {
            if (!chunk.header.is_in_use()) continue;
            for (std::uint32_t byte = offset; byte < offset + chunk.header.size_bytes(); byte += 8) {
                const Texel now = map_.texels()[byte / map_.granule_bytes()];
                if (!(now & texel::in_use)) {
                    ASSERT_EQ(changes.name_at(byte), "died") << byte;
                }
            }
        }
    });
}

INSTANTIATE_TEST_SUITE_P(Scenarios, LensOver, testing::ValuesIn(scenarios()), [](const auto& tested) {
    std::string name = tested.param;
    std::ranges::replace(name, '-', '_');
    return "scenario_" + name;
});

// --- a heap too large for one frame ---------------------------------------------------------------

TEST(Lens, a_large_heap_is_seen_to_a_part_at_a_time_and_ends_the_same) {
    std::string text = "tricolour 1\nheap size=4M word=4\nclass Node next:ref\n";
    constexpr int nodes = 70'000;
    for (int i = 0; i < nodes; ++i) {
        text += "new n" + std::to_string(i) + " Node\n";
        if (i % 3 == 1) text += "set n" + std::to_string(i) + ".next n" + std::to_string(i - 1) + "\n";
        if (i % 3 == 1) text += "permanent n" + std::to_string(i) + "\n";
        if (i == 900) text += "begin\n";
    }
    text.replace(text.find("heap size=4M"), 12, "heap size=4M permanent=24000");
    auto session = session_of(text);
    for (const LensId lens : {LensId::age, LensId::roots, LensId::retained}) {
        MapModel map;
        Follower follower(lens);
        session->seek({1, 0});
        session->seek_end();
        map.sync(*session);
        const Offset selected = chunk_named(*session, "n1");
        follower.follow(*session, map, selected);
        session->clear_changes();
        session->back(Rung::operation);
        int calls = 0;
        do {
            map.clear_dirty();
            map.sync(*session);
            follower.follow(*session, map, selected);
            session->clear_changes();
        } while (follower.shown.is_behind() && ++calls < 1000);
        EXPECT_GT(calls, 0) << word_of(lens) << ": not all of it in one frame";
        EXPECT_LT(calls, 200);
        Follower fresh(lens);
        do
            fresh.follow(*session, map, selected);
        while (fresh.shown.is_behind());
        EXPECT_TRUE(std::ranges::equal(follower.shown.texels(), fresh.shown.texels())) << word_of(lens);
    }
}

TEST(Lens, a_large_heap_that_changes_from_frame_to_frame_is_not_searched) {
    std::string text = "tricolour 1\nheap size=4M word=4\n";
    for (int i = 0; i < 30'000; ++i)
        text += "alloc n" + std::to_string(i) + " object 12\n";
    auto session = session_at_start(text);
    session->seek({29'000, 0});
    MapModel map;
    Follower roots(LensId::roots);
    for (int frame = 0; frame < 5; ++frame) {
        session->next(Rung::operation);
        map.sync(*session);
        roots.follow(*session, map);
        session->clear_changes();
        EXPECT_EQ(roots.name_at(0), "not known yet");
        EXPECT_TRUE(roots.shown.is_behind());
    }
    while (roots.shown.is_behind())
        roots.follow(*session, map);
    EXPECT_EQ(roots.name_at(0), "unreachable");
}

// --- the table ------------------------------------------------------------------------------------

TEST(Lens, each_has_a_command_with_its_key_and_no_key_is_taken_twice) {
    std::set<std::string_view> keys;
    for (const CommandRow& row : command_rows()) {
        if (row.key.empty() || row.key == "Escape") continue;
        EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    }
    for (const LensRow& row : lens_rows) {
        const auto first = static_cast<std::size_t>(CommandId::lens_type_and_colour);
        const CommandRow& command = row_of(static_cast<CommandId>(first + static_cast<std::size_t>(row.id)));
        EXPECT_EQ(command.name, row.name);
        EXPECT_EQ(command.key, row.key);
        EXPECT_EQ(lens_named(word_of(row.id)), row.id);
    }
    EXPECT_FALSE(lens_named("sepia"));
}

TEST(Lens, no_two_entries_of_one_stand_for_the_same) {
    for (const LensRow& row : lens_rows) {
        if (row.id == LensId::type_and_colour) continue;
        for (unsigned texel = 0; texel < 128; ++texel) {
            const auto count = std::ranges::count_if(
                row.entries, [&](const LensEntry& entry) { return entry.is_of(static_cast<Texel>(texel)); });
            EXPECT_LE(count, 1) << row.name << ", " << texel;
        }
        std::set<std::string_view> names;
        for (const LensEntry& entry : row.entries)
            EXPECT_TRUE(names.insert(entry.name).second) << row.name << ": " << entry.name;
    }
}

TEST(Lens, one_entry_isolated_keeps_its_colour_and_the_others_fade) {
    const Palette palette = load_palette("dark");
    const auto distance = [](const Rgba& a, const Rgba& b) {
        return std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue);
    };
    for (const LensRow& row : lens_rows) {
        const MapColours all = map_colours(palette, row.id);
        for (std::uint32_t entry = 0; entry < row.entries.size(); ++entry) {
            const MapColours one = map_colours(palette, row.id, entry);
            EXPECT_FALSE(one.takes_commonest) << "what is shown alone is not hidden by what is more common";
            for (Texel texel = 0; texel < 128; ++texel) {
                if (row.entries[entry].is_of(texel)) {
                    EXPECT_EQ(one.of(texel), all.of(texel)) << row.name;
                    continue;
                }
                EXPECT_LT(distance(one.of(texel), palette.map_background),
                          0.2f * distance(all.of(texel), palette.map_background) + 0.01f)
                    << row.name;
            }
        }
    }
}

TEST(Lens, far_out_a_cell_is_the_average_of_the_colours_in_it) {
    auto session = scenario("03-three-ways-to-coalesce");
    session->seek_end();
    MapModel map;
    map.sync(*session);
    Follower sizes(LensId::size);
    sizes.follow(*session, map);
    const MapColours colours = map_colours(load_palette("dark"), LensId::size);
    const ColourSums sums(colours);
    constexpr unsigned row_bits = 6;
    for (const unsigned level : {0u, 1u, 2u, 4u}) {
        MapLevel cells;
        cells.shape(level, MapLayout::in_rows(row_bits, map.granules()));
        cells.mix(&sums);
        EXPECT_TRUE(cells.update(sizes.shown.texels(), ~0u));
        const std::uint32_t side = 1u << level;
        for (std::uint32_t cell = 0; cell < cells.size(); ++cell) {
            const std::uint32_t left = (cell & ((1u << cells.row_bits()) - 1)) * side;
            const std::uint32_t top = (cell >> cells.row_bits()) * side;
            double red = 0, count = 0;
            for (std::uint32_t y = top; y < top + side; ++y)
                for (std::uint32_t x = left; x < left + side; ++x) {
                    const std::uint32_t granule = (y << row_bits) + x;
                    if (granule >= map.granules()) continue;
                    red += packed(colours.of(sizes.shown.texels()[granule])) & 255;
                    ++count;
                }
            ASSERT_NEAR(cells.colours()[cell] & 255, count > 0 ? red / count : 0, 0.51)
                << level << ", " << cell;
        }
    }
}

}  // namespace
}  // namespace tricolour
