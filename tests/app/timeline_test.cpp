#include "app/model/timeline.h"

#include "app/model/trace_view.h"
#include "session_of.h"
#include "tests/heapcore/random_program.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using heapcore::HeapSample;
using heapcore::SessionIndex;

constexpr std::uint64_t heap_bytes = 1000;
constexpr std::size_t used = static_cast<std::size_t>(Curve::used);
constexpr std::size_t largest = static_cast<std::size_t>(Curve::largest_free);
constexpr std::size_t fragmentation = static_cast<std::size_t>(Curve::fragmentation);

HeapSample sample_of(std::uint32_t free_bytes, std::uint32_t largest_free_bytes) {
    HeapSample sample;
    sample.free_bytes = sample.least_free_bytes = free_bytes;
    sample.largest_free_bytes = largest_free_bytes;
    return sample;
}

SessionIndex index_of(std::size_t operations, std::uint32_t free_bytes, std::size_t samples_each = 1) {
    SessionIndex index;
    index.operations = operations;
    index.is_complete = true;
    index.samples_each = samples_each;
    index.samples.assign((operations + samples_each - 1) / samples_each, sample_of(free_bytes, free_bytes));
    return index;
}

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }
    double part() { return below(1000) / 1000.0; }

private:
    std::mt19937 engine_;
};

/// All of a trace of so many operations.
std::vector<TimelineColumn> all_columns(const SessionIndex& index, std::size_t operations,
                                        std::uint64_t bytes, std::size_t columns) {
    CurvePyramid pyramid;
    pyramid.update(index, bytes);
    return timeline_columns({index, pyramid, bytes}, whole_trace(operations), columns);
}

heapcore::Trace trace_of(const std::string& operations) {
    auto trace =
        heapcore::parse_trace("tricolour 1\nheap size=256K word=8 gc=manual\n" + operations, "test.trace");
    EXPECT_TRUE(trace) << trace.error().text();
    return std::move(*trace);
}

TEST(Timeline, OneOperationFillsEveryColumn) {
    const auto columns = all_columns(index_of(1, 600), 1, heap_bytes, 100);
    ASSERT_EQ(columns.size(), 100u);
    for (const TimelineColumn& column : columns) {
        EXPECT_TRUE(column.is_known);
        EXPECT_FLOAT_EQ(column.curves[used].least, .4f);
        EXPECT_FLOAT_EQ(column.curves[used].most, .4f);
        EXPECT_FLOAT_EQ(column.curves[largest].most, .6f);
        EXPECT_FLOAT_EQ(column.curves[fragmentation].most, 0);
    }
}

TEST(Timeline, FewOperationsMakeSteps) {
    SessionIndex index = index_of(2, 1000);
    index.samples[1] = sample_of(500, 250);
    const auto columns = all_columns(index, 2, heap_bytes, 10);
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_FLOAT_EQ(columns[i].curves[used].most, i < 5 ? 0 : .5f) << i;
        EXPECT_FLOAT_EQ(columns[i].curves[fragmentation].most, i < 5 ? 0 : .5f) << i;
    }
}

TEST(Timeline, FiveMillionOperationsLoseNoPeak) {
    constexpr std::size_t operations = 5'000'000, samples_each = 64;
    for (const std::size_t peak : {std::size_t{0}, std::size_t{2'345'678}, operations - 1}) {
        SessionIndex index = index_of(operations, 900, samples_each);
        index.samples[peak / samples_each].least_free_bytes = 10;
        const auto columns = all_columns(index, operations, heap_bytes, 1900);
        const auto highest = std::ranges::max_element(
            columns, {}, [](const TimelineColumn& column) { return column.curves[used].most; });
        EXPECT_FLOAT_EQ(highest->curves[used].most, .99f);
        EXPECT_FLOAT_EQ(highest->curves[used].least, .1f);
        const auto at = static_cast<std::size_t>(highest - columns.begin());
        EXPECT_NEAR(static_cast<double>(at), static_cast<double>(peak) / operations * 1900, 1.01) << peak;
        EXPECT_TRUE(std::ranges::all_of(columns, &TimelineColumn::is_known));
    }
}

TEST(Timeline, EveryMarkStandsInExactlyOneColumn) {
    for (const std::size_t operations : {1u, 3u, 10u, 99u, 1000u, 12345u})
        for (const std::size_t width : {1u, 7u, 10u, 100u, 1234u})
            for (const std::size_t mark : {std::size_t{0}, operations / 2, operations - 1}) {
                SessionIndex index = index_of(operations, 900);
                index.bookmarks = {mark};
                index.failed_allocations = {mark};
                index.failed_expectations = {{mark, {}}};
                const auto columns = all_columns(index, operations, heap_bytes, width);
                EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_bookmark), 1);
                EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_failed_allocation), 1);
                EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_failed_expectation), 1);
            }
}

TEST(Timeline, ACollectionIsAsWideAsItsOperation) {
    SessionIndex index = index_of(4, 900);
    index.collections = {2};
    const auto columns = all_columns(index, 4, heap_bytes, 40);
    for (std::size_t i = 0; i < 40; ++i)
        EXPECT_EQ(columns[i].has_collection, i >= 20 && i < 30) << i;
}

TEST(Timeline, WhatIsNotIndexedIsNotKnown) {
    SessionIndex index = index_of(50, 900);
    index.is_complete = false;
    const auto columns = all_columns(index, 100, heap_bytes, 10);
    for (std::size_t i = 0; i < 10; ++i)
        EXPECT_EQ(columns[i].is_known, i < 5) << i;
}

TEST(Timeline, AnEmptyIndexKnowsNothing) {
    const auto columns = all_columns(SessionIndex{}, 100, heap_bytes, 10);
    EXPECT_TRUE(std::ranges::none_of(columns, &TimelineColumn::is_known));
}

TEST(Timeline, AFullHeapIsNotFragmented) {
    EXPECT_EQ((HeapFigures{1000, 0, 0}.fragmentation()), 0);
    EXPECT_EQ((HeapFigures{1000, 400, 100}.fragmentation()), .75);
}

TEST(Timeline, FiguresAreThoseAfterSoManyOperations) {
    SessionIndex index = index_of(3, 900);
    index.samples[1] = sample_of(700, 300);
    EXPECT_FALSE(figures_at(index, heap_bytes, 0));
    EXPECT_EQ(figures_at(index, heap_bytes, 2)->used_bytes(), 300u);
    EXPECT_EQ(figures_at(index, heap_bytes, 2)->largest_free_bytes, 300u);
    EXPECT_FALSE(figures_at(index, heap_bytes, 4));
}

TEST(Timeline, FollowsASession) {
    heapcore::Session session(trace_of("alloc a data 64\nbookmark \"here\"\nexpect dead a\nfree a\n"));
    Timeline timeline;
    timeline.update(session, 40);
    EXPECT_TRUE(std::ranges::none_of(timeline.columns(), &TimelineColumn::is_known));
    session.extend_index([] { return false; });
    timeline.update(session, 40);
    EXPECT_TRUE(std::ranges::all_of(timeline.columns(), &TimelineColumn::is_known));
    EXPECT_TRUE(timeline.columns()[10].has_bookmark);
    EXPECT_TRUE(timeline.columns()[20].has_failed_expectation);
    EXPECT_GT(timeline.columns()[0].curves[used].most, 0);
    EXPECT_EQ(timeline.columns()[39].curves[used].most, 0);
    timeline.update(session, 0);
    EXPECT_TRUE(timeline.columns().empty());
    EXPECT_EQ(place_of(session), 0);
    session.seek({2, 0});
    EXPECT_EQ(place_of(session), .5);
}

/// Every sample that lies in part in the column, looked at one by one.
CurveSpan naive_span(const SessionIndex& index, Curve curve, double from, double to) {
    CurveSpan span{2, -1};
    const auto widen = [&](double value) {
        span.least = std::min(span.least, static_cast<float>(value));
        span.most = std::max(span.most, static_cast<float>(value));
    };
    for (std::size_t i = 0; i < index.samples.size(); ++i) {
        const auto first = static_cast<double>(i * index.samples_each);
        const auto last = static_cast<double>(std::min((i + 1) * index.samples_each, index.operations));
        // The operations of the column, whole, and whether they and the sample's have one in common.
        const double first_operation = std::floor(from);
        const double last_operation = std::max(std::ceil(to), first_operation + 1);
        if (last <= first_operation || first >= last_operation) continue;
        const HeapSample& sample = index.samples[i];
        const HeapFigures figures{heap_bytes, sample.free_bytes, sample.largest_free_bytes};
        const double free = sample.free_bytes / 1000.0, least = sample.least_free_bytes / 1000.0;
        if (curve == Curve::used) widen(1 - free), widen(1 - least);
        if (curve == Curve::free) widen(free), widen(least);
        if (curve == Curve::largest_free) widen(sample.largest_free_bytes / 1000.0);
        if (curve == Curve::fragmentation) widen(figures.fragmentation());
    }
    return span;
}

TEST(Timeline, ColumnsAreWhatLookingAtEachSampleGives) {
    Random random(1);
    for (const std::size_t samples : {1u, 7u, 8u, 9u, 63u, 64u, 65u, 700u, 5000u})
        for (const std::size_t each : {1u, 4u}) {
            SessionIndex index = index_of(samples * each - (each > 1), 0, each);
            for (HeapSample& sample : index.samples) {
                sample.free_bytes = random.below(1000);
                sample.least_free_bytes = random.below(sample.free_bytes + 1);
                sample.largest_free_bytes = random.below(sample.free_bytes + 1);
            }
            CurvePyramid pyramid;
            pyramid.update(index, heap_bytes);
            const auto operations = static_cast<double>(index.operations);
            for (int i = 0; i < 12; ++i) {
                double first = operations * random.part(), last = operations;
                if (i % 2) last = first + (operations - first) * (random.part() + .001);
                if (i == 0) first = 0;
                const std::size_t columns = 1 + random.below(40);
                const TimeWindow window{first, last};
                const auto made = timeline_columns({index, pyramid, heap_bytes}, window, columns);
                for (std::size_t column = 0; column < columns; ++column)
                    for (std::size_t curve = 0; curve < curve_count; ++curve) {
                        const double step = window.span() / static_cast<double>(columns);
                        const double from = first + static_cast<double>(column) * window.span() /
                                                        static_cast<double>(columns);
                        const double to = first + static_cast<double>(column + 1) * window.span() /
                                                      static_cast<double>(columns);
                        ASSERT_GT(step, 0);
                        const CurveSpan naive = naive_span(index, static_cast<Curve>(curve), from, to);
                        ASSERT_TRUE(made[column].is_known);
                        ASSERT_NEAR(made[column].curves[curve].least, naive.least, 1e-6)
                            << samples << " " << each << " " << column << " " << curve;
                        ASSERT_NEAR(made[column].curves[curve].most, naive.most, 1e-6)
                            << samples << " " << each << " " << column << " " << curve;
                    }
            }
        }
}

TEST(Timeline, APyramidThatGrewIsTheSameAsOneMadeAtOnce) {
    Random random(2);
    SessionIndex index;
    CurvePyramid grown;
    for (int round = 0; round < 60; ++round) {
        for (std::uint32_t more = random.below(40); more > 0; --more) {
            HeapSample sample = sample_of(500 + random.below(500), random.below(500));
            sample.highest_used = random.below(1000);
            index.samples.push_back(sample);
        }
        if (!index.samples.empty()) index.samples.back().least_free_bytes /= 2;
        if (round == 40) {
            index.samples.resize(index.samples.size() / 2);
            index.samples_each = 2;
        }
        grown.update(index, heap_bytes);
        CurvePyramid whole;
        whole.update(index, heap_bytes);
        EXPECT_EQ(grown.most_used(), whole.most_used());
        EXPECT_EQ(grown.highest_used(), whole.highest_used());
        for (int i = 0; i < 20 && index.samples.size() > 1; ++i) {
            const auto size = static_cast<std::uint32_t>(index.samples.size());
            const std::uint32_t first = random.below(size), last = first + 1 + random.below(size - first);
            ASSERT_EQ(grown.of(index, first, last), whole.of(index, first, last)) << first << " " << last;
        }
    }
}

TEST(Timeline, ZoomedInAMarkStandsInOneColumnOrOutOfSight) {
    SessionIndex index = index_of(1000, 900);
    index.bookmarks = {500};
    CurvePyramid pyramid;
    pyramid.update(index, heap_bytes);
    Random random(4);
    for (int i = 0; i < 300; ++i) {
        const double first = 400 + 110 * random.part(), last = first + 1 + 110 * random.part();
        const auto columns =
            timeline_columns({index, pyramid, heap_bytes}, {first, last}, 1 + random.below(300));
        EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_bookmark), first <= 500 && 500 < last);
    }
}

TEST(Timeline, AnUnfoldedCollectionShowsTheHeapEmptyingWithinIt) {
    std::string text = "tricolour 1\nheap size=256K\n";
    for (int i = 0; i < 200; ++i)
        text += "alloc n" + std::to_string(i) + " data 600\n";
    const auto session = session_of(text + "gc\nalloc z data 8\n");
    session->extend_index([] { return false; });
    Unfoldings unfoldings;
    Rerun rerun(*session);
    for (std::size_t operation = 198; operation < 202; ++operation) {
        ASSERT_TRUE(rerun.go_to(operation));
        unfoldings.add(operation, *unfold(rerun));
    }
    Timeline timeline;
    timeline.update(*session, {200, 201}, 100, &unfoldings);
    const auto columns = timeline.columns();
    EXPECT_GT(columns[0].curves[used].least, .4f) << "nothing is freed yet";
    EXPECT_LT(columns[99].curves[used].most, .1f);
    for (std::size_t i = 1; i < 100; ++i)
        EXPECT_LE(columns[i].curves[used].most, columns[i - 1].curves[used].most) << i;
    timeline.update(*session, {200, 201}, 100, nullptr);
    EXPECT_LT(timeline.columns()[0].curves[used].least, .1f) << "folded it is as it ends";
}

TEST(Timeline, BandsAreTheOperationsInSightAndTheirPhases) {
    heapcore::RandomProgram program({.seed = 5, .operations = 120});
    ASSERT_EQ(program.run(), "");
    const auto session = session_of(program.text());
    session->extend_index([] { return false; });
    const SessionIndex& index = session->index();
    Unfoldings unfoldings;
    Rerun rerun(*session);
    for (std::size_t operation = 0; operation < index.operations; ++operation) {
        ASSERT_TRUE(rerun.go_to(operation));
        unfoldings.add(operation, *unfold(rerun));
    }
    const std::size_t collection = index.collections.front();
    const TimeWindow window{static_cast<double>(collection) - 1.5, static_cast<double>(collection) + 2.5};
    const auto bands = bands_of(index, unfoldings, window);
    double time = std::floor(window.first), phase_time = 0;
    std::size_t operations = 0, phases = 0;
    for (const Band& band : bands) {
        EXPECT_LT(band.first, band.last);
        if (band.kind == Band::phase) {
            EXPECT_GE(band.first, std::max(phase_time, time - 1));
            EXPECT_LE(band.last, time);
            phase_time = band.last;
            ++phases;
            continue;
        }
        EXPECT_EQ(band.first, time);
        time = band.last;
        ++operations;
        EXPECT_EQ(band.kind == Band::collection,
                  std::ranges::binary_search(index.collections, band.operation));
    }
    EXPECT_EQ(time, std::min(std::ceil(window.last), static_cast<double>(index.operations)));
    EXPECT_GE(phases, 7u);
    EXPECT_TRUE(bands_of(index, Unfoldings(), {0, 3}).size() == 3);
}

TEST(Timeline, OnlyOperationsThatAreWideEnoughAreUnfolded) {
    EXPECT_TRUE(wide_operations(whole_trace(5'000'000), 5'000'000, 1900).is_empty());
    EXPECT_EQ(wide_operations({10.5, 20.5}, 100, 1900), (OperationRange{10, 21}));
    EXPECT_EQ(wide_operations(whole_trace(10), 10, 1900), (OperationRange{0, 10}));
}

TEST(Timeline, AnEmptyTraceHasNothingKnown) {
    heapcore::Session session(trace_of(""));
    Timeline timeline;
    timeline.update(session, 10);
    EXPECT_EQ(timeline.columns().size(), 10u);
    EXPECT_TRUE(std::ranges::none_of(timeline.columns(), &TimelineColumn::is_known));
    EXPECT_EQ(place_of(session), 0);
}

TEST(TraceView, WordsOfALineHaveTheirKinds) {
    const std::string line = "  call t run locals=4 \"a # b\" -12  # why";
    const std::vector<WordSpan> expected = {
        {2, 6, Word::operation}, {7, 8, Word::name},     {9, 12, Word::name},    {13, 21, Word::option},
        {22, 29, Word::text},    {30, 33, Word::number}, {35, 40, Word::comment}};
    EXPECT_EQ(words_of_line(line), expected);
    EXPECT_TRUE(words_of_line("").empty());
    EXPECT_EQ(words_of_line("# only").front().kind, Word::comment);
}

TEST(TraceView, ARowIsOneLineCutBetweenCharacters) {
    EXPECT_EQ(row_text("  a\tb\r\n"), "a b");
    EXPECT_EQ(row_text("abcdef", 4), "abcd\xe2\x80\xa6");
    EXPECT_EQ(row_text("ab\xc3\xa9"
                       "cd",
                       3),
              "ab\xe2\x80\xa6");
    EXPECT_EQ(row_text(""), "");
}

TEST(TraceView, MarksSayWhatBecameOfAnOperation) {
    heapcore::Session session(trace_of(
        "alloc a data 64\nalloc big data 900000\nbookmark \"b\"\ngc\nexpect dead a\ngc\nfree nothing\n"));
    session.extend_index([] { return false; });
    EXPECT_TRUE(marks_of(session, 1).is_failed_allocation);
    EXPECT_TRUE(marks_of(session, 2).is_bookmark);
    EXPECT_EQ(marks_of(session, 3).collection, 1u);
    EXPECT_EQ(marks_of(session, 5).collection, 2u);
    EXPECT_EQ(marks_of(session, 0).collection, 0u);
    EXPECT_FALSE(marks_of(session, 0).failure);
    EXPECT_TRUE(marks_of(session, 6).error);
}

TEST(TraceView, AnOperationIsAboutTheChunkThatItMadeOrNamedAsLongAsThatIsThere) {
    heapcore::Session session(trace_of(
        "class N x:ref\nnew a N\nset a.x null\nnew a N\nset a.x null\nalloc b data 8\nfree b\ngc\n"));
    const auto here = [&](std::size_t operation) { return chunk_of_operation(session, operation); };
    session.seek({1, 0});
    EXPECT_FALSE(here(1)) << "not made yet";
    session.seek({3, 0});
    const auto first = here(1);
    ASSERT_TRUE(first);
    EXPECT_EQ(here(2), first);
    EXPECT_EQ(operation_that_made(session, *first), 1u);
    session.seek({6, 0});
    EXPECT_FALSE(here(1)) << "the name stands for another one";
    EXPECT_FALSE(here(2));
    EXPECT_NE(here(3), first);
    EXPECT_EQ(here(4), here(3));
    EXPECT_TRUE(here(5));
    EXPECT_EQ(operation_that_made(session, *here(5)), 5u);
    EXPECT_FALSE(operation_that_made(session, session.heap().size_bytes() + 8));
    session.seek({7, 0});
    EXPECT_FALSE(here(5)) << "it was given back";
    EXPECT_FALSE(here(7)) << "about no chunk";
}

TEST(Timeline, StretchesTheUsedCurveOfAHeapThatIsHardlyFilled) {
    EXPECT_EQ(used_stretch_of(0), 1u);
    EXPECT_EQ(used_stretch_of(.5f), 1u);
    EXPECT_EQ(used_stretch_of(.005f), 128u);
}

TEST(TraceView, AnOperationTypedInIsMarkedAndNamesItsBranch) {
    heapcore::Session session(trace_of("alloc a data 64\nfree a\n"));
    session.seek({1, 0});
    ASSERT_TRUE(session.type_in("alloc b data 32"));
    EXPECT_TRUE(marks_of(session, 1).is_typed_in);
    EXPECT_FALSE(marks_of(session, 0).is_typed_in);
    EXPECT_EQ(line_text(session.trace(), session.trace().operations[1]), "alloc b data 32");
    EXPECT_EQ(branch_name(session, 0), "recorded");
    EXPECT_EQ(branch_name(session, 1), "typed 1: 1 operation");
}

TEST(TraceView, ScrollingMovesAsLittleAsItCan) {
    constexpr std::size_t rows = 1000;
    EXPECT_EQ(scrolled_to(100, 20, 110, rows), 100);
    EXPECT_EQ(scrolled_to(100, 20, 118, rows), 101);
    EXPECT_EQ(scrolled_to(100, 20, 101, rows), 99);
    EXPECT_EQ(scrolled_to(100, 20, 500, rows), 490.5);
    EXPECT_EQ(scrolled_to(100, 20, 0, rows), 0);
    EXPECT_EQ(scrolled_to(0, 20, rows - 1, rows), rows - 20);
    EXPECT_EQ(scrolled_to(7, 20, 3, 10), 0);
    EXPECT_EQ(scrolled_to(0, 1, 5, 10), 5);
}

}  // namespace
}  // namespace tricolour
