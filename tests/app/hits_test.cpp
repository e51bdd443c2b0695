// The hits of a trace are those of a straight walk over its steps, however they are looked for.
#include "app/model/hits.h"

#include "tests/app/session_of.h"
#include "tests/heapcore/random_program.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tricolour {
namespace {

using namespace heapcore;
using Kind = BreakpointKind;

bool never() { return false; }
bool at_once() { return true; }

Breakpoint of_kind(Kind kind) {
    Breakpoint breakpoint;
    breakpoint.kind = kind;
    return breakpoint;
}

WatchedChunk watched(const Session& session, Offset chunk) {
    return {chunk, session.heap().origin_of(chunk).birth, "the chunk"};
}

/// Every kind, with parameters that fit what lies in the heap at the session's position.
std::vector<Breakpoint> breakpoints_for(const Session& session, std::mt19937& random) {
    const Heap& heap = session.heap();
    std::vector<Offset> chunks;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk))
        if (heap.header(chunk).is_in_use() && heap.origin_of(chunk).birth != 0) chunks.push_back(chunk);
    std::vector<Breakpoint> all;
    for (std::size_t i = 0; i < breakpoint_kind_count; ++i)
        all.push_back(of_kind(static_cast<Kind>(i)));
    for (const Colour colour : {Colour::white, Colour::grey}) {
        all.push_back(of_kind(Kind::colour));
        all.back().colour = colour;
    }
    all[static_cast<std::size_t>(Kind::allocated)].type = AllocationType::object;
    all[static_cast<std::size_t>(Kind::split)].bytes = 4096;
    all[static_cast<std::size_t>(Kind::stored)].first = 64;
    all[static_cast<std::size_t>(Kind::stored)].end = 200;
    if (chunks.empty()) return all;
    for (int i = 0; i < 3; ++i) {
        const Offset chunk = chunks[random() % chunks.size()];
        for (const Kind kind : {Kind::colour, Kind::freed, Kind::weak_cleared, Kind::changed, Kind::cell}) {
            all.push_back(of_kind(kind));
            all.back().chunk = watched(session, chunk);
            all.back().first = chunk + 12;
            all.back().end = chunk + 20;
        }
    }
    return all;
}

using Positions = std::vector<Position>;

/// One step after another; each is judged in the state that it leaves.
std::vector<Positions> straight_hits(Session& session, const std::vector<Breakpoint>& breakpoints) {
    std::vector<Positions> hits(breakpoints.size());
    session.seek({});
    std::vector<Violation> before = audit(session.heap());
    while (session.next(Rung::step)) {
        const Position position = session.position();
        const std::uint64_t number = session.current_step_number() - 1;
        const Journal& journal = *session.current_journal();
        const Step step = *session.current_step();
        Moment moment{session.heap(), step, &journal, number};
        if (position.step == 0) {
            const std::vector<Violation> now = audit(session.heap());
            moment.has_new_violation = std::ranges::any_of(
                now, [&](const Violation& one) { return std::ranges::find(before, one) == before.end(); });
            before = now;
        }
        for (std::size_t i = 0; i < breakpoints.size(); ++i)
            if (is_hit(breakpoints[i], moment)) hits[i].push_back(position);
    }
    return hits;
}

Hits hits_of(const Session& session, const std::vector<Breakpoint>& breakpoints) {
    Hits hits;
    for (const Breakpoint& breakpoint : breakpoints)
        hits.add(breakpoint);
    hits.follow(session);
    return hits;
}

void expect_same(const Hits& hits, const std::vector<Positions>& straight, const Session& session) {
    ASSERT_EQ(hits.breakpoints().size(), straight.size());
    for (std::size_t i = 0; i < straight.size(); ++i)
        EXPECT_EQ(hits.breakpoints()[i].positions, straight[i])
            << sentence_of(hits.breakpoints()[i].breakpoint, session.heap());
}

std::vector<std::string> texts() {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(TRICOLOUR_SCENARIOS)) {
        auto trace = read_trace(entry.path());
        texts.push_back(*trace->source);
    }
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        RandomProgram program({.seed = seed,
                               .operations = 90,
                               .word_bytes = seed % 2 ? 8u : 4u,
                               .vm = seed % 3 == 0 ? VmMode::unified : VmMode::none,
                               .has_loaders = seed % 2 == 0});
        EXPECT_EQ(program.run(), "");
        texts.push_back(program.text());
    }
    return texts;
}

TEST(Hits, of_a_run_ahead_in_slices_are_those_of_a_straight_walk) {
    std::mt19937 random(7);
    std::map<Kind, std::size_t> counts;
    for (const std::string& text : texts()) {
        const auto session = session_at_start(text);
        session->extend_index(random() % 2 ? never : at_once);
        session->seek({session->trace().operations.size() / 2, 0});
        const std::vector<Breakpoint> breakpoints = breakpoints_for(*session, random);
        Hits hits = hits_of(*session, breakpoints);
        while (!hits.is_complete())
            hits.extend(*session, at_once);
        EXPECT_EQ(hits.progress(), 1);
        expect_same(hits, straight_hits(*session, breakpoints), *session);
        for (const KnownHits& known : hits.breakpoints())
            counts[known.breakpoint.kind] += known.positions.size();
    }
    for (const BreakpointRow& row : breakpoint_rows())
        EXPECT_GT(counts[row.kind], 0u) << row.word << " is hit nowhere";
}

/// The stops that a list of hits makes, ascending.
Positions stops_of(const Hits& hits) {
    Positions stops;
    for (const KnownHits& known : hits.breakpoints())
        stops.insert(stops.end(), known.positions.begin(), known.positions.end());
    std::ranges::sort(stops);
    stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
    return stops;
}

TEST(Hits, before_and_after_any_position_are_found_however_much_is_known) {
    std::mt19937 random(11);
    for (const std::string& text : texts()) {
        const auto session = session_at_start(text);
        session->extend_index(never);
        const std::size_t operations = session->trace().operations.size();
        session->seek({operations / 2, 0});
        std::vector<Breakpoint> breakpoints = breakpoints_for(*session, random);
        std::ranges::shuffle(breakpoints, random);
        breakpoints.resize(5);
        Hits complete = hits_of(*session, breakpoints);
        complete.extend(*session, never);
        const Positions stops = stops_of(complete);
        for (int i = 0; i < 12; ++i) {
            // Anywhere, and often at a stop itself.
            if (i % 3 == 0 && !stops.empty())
                session->seek(stops[random() % stops.size()]);
            else
                session->seek({random() % (operations + 1), random() % 8});
            const Position from = session->position();
            Hits partial = hits_of(*session, breakpoints);
            for (std::size_t known = random() % (operations + 1); known > 0; --known)
                partial.extend(*session, at_once);
            for (const bool is_back : {false, true}) {
                const auto known = is_back ? complete.previous(from) : complete.next(from);
                const auto at =
                    is_back ? std::ranges::lower_bound(stops, from) : std::ranges::upper_bound(stops, from);
                ASSERT_EQ(known.has_value(), at != (is_back ? stops.begin() : stops.end()));
                if (known) {
                    EXPECT_EQ(known->position, is_back ? *std::prev(at) : *at);
                }
                for (const Hits* hits : {&complete, &partial}) {
                    HitSearch search(*session, *hits, from, is_back);
                    while (!search.extend(at_once)) {
                        EXPECT_GE(search.progress(), 0);
                    }
                    ASSERT_EQ(search.stop().has_value(), known.has_value());
                    if (!known) continue;
                    EXPECT_EQ(search.stop()->position, known->position);
                    EXPECT_EQ(search.stop()->breakpoints, known->breakpoints);
                    EXPECT_EQ(complete.at(known->position), known->breakpoints);
                }
            }
        }
    }
}

constexpr const char* program = R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
permanent a
set a.next b
gc
set a.next null
gc
alloc big data 200K
permanent big
alloc more data 200K
)";

TEST(Hits, are_found_again_from_an_edit_on_and_where_it_is_taken_back) {
    const auto session = session_of(program);
    session->extend_index(never);
    const std::vector<Breakpoint> breakpoints = {of_kind(Kind::freed), of_kind(Kind::allocated),
                                                 of_kind(Kind::phase)};
    Hits hits = hits_of(*session, breakpoints);
    hits.extend(*session, never);
    const std::vector<Positions> before = straight_hits(*session, breakpoints);
    expect_same(hits, before, *session);

    session->seek({6, 0});
    ASSERT_TRUE(session->type_in("alloc typed data 64"));
    ASSERT_TRUE(session->type_in("free typed"));
    hits.follow(*session);
    EXPECT_FALSE(hits.is_complete());
    EXPECT_EQ(hits.operations(), 6u) << "what lies before the edit is still known";
    hits.extend(*session, never);
    expect_same(hits, straight_hits(*session, breakpoints), *session);

    ASSERT_TRUE(session->undo_edit());
    hits.follow(*session);
    hits.extend(*session, never);
    expect_same(hits, straight_hits(*session, breakpoints), *session);
    session->select_branch(0);
    hits.follow(*session);
    hits.extend(*session, never);
    expect_same(hits, before, *session);
}

TEST(Hits, are_looked_for_only_of_breakpoints_that_are_enabled) {
    const auto session = session_of(program);
    Hits hits;
    hits.follow(*session);
    EXPECT_TRUE(hits.is_complete());
    EXPECT_FALSE(hits.has_enabled());
    EXPECT_EQ(hits.next({}), std::nullopt);
    const BreakpointId freed = hits.add(of_kind(Kind::freed));
    const BreakpointId failed = hits.add(of_kind(Kind::allocation_failed));
    EXPECT_TRUE(hits.has_enabled());
    hits.enable(failed, false);
    hits.extend(*session, never);
    EXPECT_TRUE(hits.is_complete());
    EXPECT_EQ(hits.find(freed)->positions.size(), 1u);
    EXPECT_EQ(hits.find(failed)->positions.size(), 0u);
    hits.enable(failed, true);
    hits.extend(*session, never);
    ASSERT_EQ(hits.find(failed)->positions.size(), 1u);
    EXPECT_EQ(hits.find(freed)->positions.size(), 1u) << "nothing is found twice";
    const auto last = hits.previous({session->trace().operations.size(), 0});
    ASSERT_TRUE(last);
    EXPECT_EQ(last->breakpoints, std::vector{failed});
    hits.remove(failed);
    EXPECT_EQ(hits.find(failed), nullptr);
    EXPECT_NE(hits.find(of_kind(Kind::freed)), nullptr);
    hits.enable(freed, false);
    EXPECT_EQ(hits.next({}), std::nullopt);
    EXPECT_TRUE(hits.at(last->position).empty());
}

TEST(Hits, end_at_the_operation_that_cannot_be_carried_out) {
    const auto session = session_at_start(std::string(program) + "free a\nfree a\nalloc z data 8\n");
    session->seek_end();
    Hits hits = hits_of(*session, {of_kind(Kind::allocated)});
    hits.extend(*session, never);
    EXPECT_TRUE(hits.is_complete());
    const Position end = session->position();
    EXPECT_EQ(end.operation, 12u);
    EXPECT_EQ(hits.next(end), std::nullopt);
    EXPECT_LE(hits.breakpoints()[0].positions.back(), end);
    HitSearch search(*session, hits_of(*session, {of_kind(Kind::allocated)}), end, false);
    EXPECT_TRUE(search.extend(never));
    EXPECT_FALSE(search.stop());
}

TEST(Hits, limit_playing_to_the_next_stop_and_to_what_is_known) {
    const auto session = session_of(program);
    Hits hits = hits_of(*session, {of_kind(Kind::allocation_failed)});
    EXPECT_TRUE(play_limit(hits, {}, true).is_waiting) << "nothing is known yet";
    EXPECT_TRUE(play_limit(hits, {5, 0}, false).is_waiting);
    EXPECT_FALSE(play_limit(hits, {}, false).is_waiting) << "there is nothing before the start";
    hits.extend(*session, at_once);
    const PlayLimit partial = play_limit(hits, {}, true);
    EXPECT_FALSE(partial.is_waiting);
    EXPECT_FALSE(partial.stop);
    EXPECT_EQ(partial.position, (Position{1, 0}));
    hits.extend(*session, never);
    const Position stop = hits.breakpoints()[0].positions.at(0);
    const PlayLimit forward = play_limit(hits, {}, true);
    ASSERT_TRUE(forward.stop);
    EXPECT_EQ(forward.position, stop);
    EXPECT_FALSE(forward.is_passed({stop.operation - 1, 0}));
    EXPECT_TRUE(forward.is_passed(stop));
    EXPECT_FALSE(play_limit(hits, stop, true).position) << "nothing stops beyond";
    const PlayLimit back = play_limit(hits, {12, 0}, false);
    EXPECT_EQ(back.position, stop);
    EXPECT_TRUE(back.is_passed({0, 0}));
    EXPECT_FALSE(back.is_passed({12, 0}));
    EXPECT_EQ(stop_text(hits, back.stop->breakpoints, session->heap()), "An allocation fails");
    hits.add(of_kind(Kind::allocation_failed));
    EXPECT_EQ(stop_text(hits, std::vector<BreakpointId>{1, 2}, session->heap()),
              "An allocation fails, and 1 more breakpoint");
}

// --- what each kind stops after ---------------------------------------------------------------

/// "LINE word-of-step" of each hit.
std::vector<std::string> places(Session& session, const Breakpoint& breakpoint) {
    Hits hits = hits_of(session, {breakpoint});
    hits.extend(session, never);
    std::vector<std::string> places;
    for (const Position position : hits.breakpoints()[0].positions) {
        EXPECT_TRUE(session.seek(position));
        const std::uint32_t line = session.trace().operations[operation_before(position)].line;
        places.push_back(std::to_string(line) + " " + std::string(row_of(session.current_step()->kind).word));
    }
    return places;
}
using Places = std::vector<std::string>;

TEST(Breakpoint, stops_where_a_phase_begins) {
    const auto session = session_of(program);
    Breakpoint breakpoint = of_kind(Kind::phase);
    EXPECT_EQ(places(*session, breakpoint), (Places{"8 phase", "10 phase", "13 phase"}));
    EXPECT_EQ(sentence_of(breakpoint, session->heap()), "Phase sweep begins");
}

TEST(Breakpoint, stops_where_the_chunk_turns_the_colour_and_not_where_it_has_it) {
    const auto session = session_of(program);
    session->seek({6, 0});
    Breakpoint breakpoint = of_kind(Kind::colour);
    breakpoint.chunk = watched(*session, chunk_named(*session, "b"));
    breakpoint.chunk.name = "Node `b`";
    EXPECT_EQ(places(*session, breakpoint), (Places{"8 black"}));
    EXPECT_EQ(sentence_of(breakpoint, session->heap()), "Node `b` turns black");
    breakpoint.colour = Colour::grey;
    EXPECT_EQ(places(*session, breakpoint), (Places{"8 grey"}));
    breakpoint.colour = Colour::white;
    EXPECT_EQ(places(*session, breakpoint), (Places{"8 whitened"}));
}

TEST(Breakpoint, stops_where_the_chunk_is_freed_or_swept) {
    const auto session = session_of("tricolour 1\nalloc a data 8\nalloc b data 8\nfree a\ngc\n");
    Breakpoint breakpoint = of_kind(Kind::freed);
    EXPECT_EQ(places(*session, breakpoint), (Places{"4 free", "5 swept"}));
    session->seek({2, 0});
    breakpoint.chunk = watched(*session, chunk_named(*session, "b"));
    EXPECT_EQ(places(*session, breakpoint), (Places{"5 swept"}));
}

TEST(Breakpoint, stops_where_a_chunk_of_the_type_and_size_is_allocated_or_fails) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K gc=manual\nalloc a data 8\nalloc b static 500\nalloc c data 500\n"
        "alloc d data 300K\n");
    Breakpoint breakpoint = of_kind(Kind::allocated);
    EXPECT_EQ(places(*session, breakpoint), (Places{"3 alloc", "4 alloc", "5 alloc"}));
    EXPECT_EQ(sentence_of(breakpoint, session->heap()), "A chunk of any size is allocated");
    breakpoint.type = AllocationType::data;
    breakpoint.bytes = 504;
    EXPECT_EQ(places(*session, breakpoint), (Places{"5 alloc"}));
    EXPECT_EQ(sentence_of(breakpoint, session->heap()), "A data chunk of 504 bytes or more is allocated");
    EXPECT_EQ(places(*session, of_kind(Kind::allocation_failed)), (Places{"6 out-of-memory"}));
}

TEST(Breakpoint, stops_where_chunks_are_split_and_joined) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K\nalloc a data 1000\nalloc b data 8\nfree a\nalloc c data 8\nfree c\n");
    Breakpoint breakpoint = of_kind(Kind::split);
    EXPECT_EQ(places(*session, breakpoint), (Places{"3 split", "4 split", "6 split"}));
    breakpoint.bytes = 1009;
    EXPECT_EQ(places(*session, breakpoint), (Places{"3 split", "4 split"}))
        << "1008 bytes are split at line 6";
    breakpoint.bytes = 1008;
    EXPECT_EQ(places(*session, breakpoint).size(), 3u);
    EXPECT_EQ(places(*session, of_kind(Kind::joined)), (Places{"7 merged-next"}));
}

TEST(Breakpoint, stops_where_a_weak_reference_is_cleared_and_a_class_unloaded) {
    const auto session = session_of(
        "tricolour 1\nloader l\nclass N loader=l\nnew x N\nweak w x\nweak v x\npermanent w\npermanent "
        "v\ngc\n");
    EXPECT_EQ(places(*session, of_kind(Kind::class_unloaded)), (Places{"9 class-unloaded"}));
    Breakpoint breakpoint = of_kind(Kind::weak_cleared);
    EXPECT_EQ(places(*session, breakpoint), (Places{"9 weak-cleared", "9 weak-cleared"}));
    EXPECT_EQ(sentence_of(breakpoint, session->heap()), "A weak reference loses its referent");
    breakpoint.chunk = watched(*session, chunk_named(*session, "w"));
    EXPECT_EQ(places(*session, breakpoint), (Places{"9 weak-cleared"}));
}

TEST(Breakpoint, stops_where_a_field_changes_and_not_where_the_same_is_stored) {
    const auto session = session_of(std::string(program));
    session->seek({6, 0});
    const Offset chunk = chunk_named(*session, "a");
    Breakpoint breakpoint = of_kind(Kind::cell);
    breakpoint.chunk = watched(*session, chunk);
    breakpoint.first = chunk + 12;
    breakpoint.end = chunk + 20;
    breakpoint.cell = "`next`";
    breakpoint.chunk.name = "Node `a`";
    EXPECT_EQ(places(*session, breakpoint), (Places{"4 filled", "7 stored", "9 stored"}));
    EXPECT_EQ(sentence_of(breakpoint, session->heap()), "`next` of Node `a` changes");
    breakpoint.kind = Kind::stored;
    EXPECT_EQ(places(*session, breakpoint), (Places{"3 inserted", "4 filled", "7 stored", "9 stored"}))
        << "a free chunk's list pointer lay there before";
    EXPECT_TRUE(sentence_of(breakpoint, session->heap()).starts_with("Memory from 0x"));
}

TEST(Breakpoint, stops_where_the_chunk_changes_until_it_is_freed) {
    // What is stored into `c` looks like the header of `b`, which lay there before.
    const auto session = session_of(
        "tricolour 1\nheap size=256K\narray z int 1\nalloc a data 24\nalloc b data 56\nretype b string\n"
        "free b\nfree a\narray c int 40\nset c[3] 16465\nset c[4] 7\n");
    session->seek({3, 0});
    Breakpoint breakpoint = of_kind(Kind::changed);
    const Offset chunk = chunk_named(*session, "b");
    breakpoint.chunk = watched(*session, chunk);
    EXPECT_EQ(places(*session, breakpoint), (Places{"5 alloc", "5 named", "6 retyped", "7 free"}));
    session->seek_end();
    EXPECT_EQ(session->heap().header(chunk).bits(), 16465u);
    Breakpoint range = of_kind(Kind::stored);
    range.first = chunk;
    range.end = chunk + 64;
    const Places stored = places(*session, range);
    ASSERT_GE(stored.size(), 2u);
    EXPECT_EQ(stored.back(), "11 stored") << "the range is watched on";
}

TEST(Breakpoint, stops_where_an_operation_ends_with_a_violation_that_was_not_there) {
    const auto session = session_of(
        "tricolour 1\nalloc a data 8\npermanent a\nfree a\nsay \"x\"\nalloc b data 500\npermanent b\nfree "
        "b\n");
    EXPECT_EQ(places(*session, of_kind(Kind::violation)), (Places{"4 inserted", "8 inserted"}));
}

TEST(Breakpoint, sentences_leave_no_parameter_out) {
    const auto session = session_of(program);
    for (const BreakpointRow& row : breakpoint_rows()) {
        const std::string sentence = sentence_of(of_kind(row.kind), session->heap());
        EXPECT_EQ(sentence.find_first_of("{}"), std::string::npos) << sentence;
        EXPECT_TRUE(row.help.starts_with("Stops ") && row.help.ends_with(".")) << row.help;
    }
}

TEST(Breakpoint, on_a_chunk_watches_the_place_of_a_free_one) {
    const auto session = session_of(program);
    const Heap& heap = session->heap();
    const Offset used = chunk_named(*session, "a");
    const auto on_used = breakpoint_on(Kind::freed, heap, used, "Node `a`");
    ASSERT_TRUE(on_used);
    EXPECT_EQ(on_used->chunk, watched(*session, used));
    EXPECT_EQ(clause_of(*on_used, heap), "Node `a` is freed");
    const Offset free = heap.free_list().first(heap.memory);
    EXPECT_FALSE(breakpoint_on(Kind::freed, heap, free, "free"));
    const auto on_free = breakpoint_on(Kind::changed, heap, free, "free");
    ASSERT_TRUE(on_free);
    EXPECT_EQ(on_free->kind, Kind::stored);
    EXPECT_EQ(on_free->first, free);
    EXPECT_EQ(on_free->end, heap.next_chunk(free));
    EXPECT_EQ(breakpoint_on_cell(heap, free, "free", 8, 8, "next").kind, Kind::stored);
    const Breakpoint cell = breakpoint_on_cell(heap, used, "Node `a`", 12, 8, "");
    EXPECT_EQ(cell.first, used + 12);
    EXPECT_EQ(sentence_of(cell, heap), "The word at +12 of Node `a` changes");
}

TEST(Breakpoint, is_the_same_as_another_that_differs_in_nothing_its_kind_asks_for) {
    Breakpoint phase = of_kind(Kind::phase);
    phase.bytes = 7;
    phase.colour = Colour::grey;
    EXPECT_NE(phase, of_kind(Kind::phase));
    EXPECT_EQ(reduced(phase), of_kind(Kind::phase));
    phase.phase = Phase::weak;
    EXPECT_NE(reduced(phase), of_kind(Kind::phase));
}

TEST(Breakpoint, says_what_it_lacks) {
    const auto session = session_of(program);
    const Heap& heap = session->heap();
    EXPECT_EQ(fault_of(of_kind(Kind::freed), heap), "");
    EXPECT_EQ(fault_of(of_kind(Kind::changed), heap), "Select a chunk in use first.");
    Breakpoint range = of_kind(Kind::stored);
    EXPECT_EQ(fault_of(range, heap), "At least one byte is needed.");
    range.end = heap.size_bytes() + 1;
    EXPECT_EQ(fault_of(range, heap), "The last address lies outside the heap.");
    range.end = range.first = heap.size_bytes();
    EXPECT_EQ(fault_of(range, heap), "The first address lies outside the heap.");
    range.first = 0;
    EXPECT_EQ(fault_of(range, heap), "");
}

}  // namespace
}  // namespace tricolour
