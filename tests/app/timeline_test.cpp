#include "app/model/timeline.h"

#include "app/model/trace_view.h"

#include <algorithm>
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

heapcore::Trace trace_of(const std::string& operations) {
    auto trace =
        heapcore::parse_trace("tricolour 1\nheap size=256K word=8 gc=manual\n" + operations, "test.trace");
    EXPECT_TRUE(trace) << trace.error().text();
    return std::move(*trace);
}

TEST(Timeline, OneOperationFillsEveryColumn) {
    const auto columns = timeline_columns(index_of(1, 600), 1, heap_bytes, 100);
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
    const auto columns = timeline_columns(index, 2, heap_bytes, 10);
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
        const auto columns = timeline_columns(index, operations, heap_bytes, 1900);
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
                const auto columns = timeline_columns(index, operations, heap_bytes, width);
                EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_bookmark), 1);
                EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_failed_allocation), 1);
                EXPECT_EQ(std::ranges::count_if(columns, &TimelineColumn::has_failed_expectation), 1);
            }
}

TEST(Timeline, ACollectionIsAsWideAsItsOperation) {
    SessionIndex index = index_of(4, 900);
    index.collections = {2};
    const auto columns = timeline_columns(index, 4, heap_bytes, 40);
    for (std::size_t i = 0; i < 40; ++i)
        EXPECT_EQ(columns[i].has_collection, i >= 20 && i < 30) << i;
}

TEST(Timeline, WhatIsNotIndexedIsNotKnown) {
    SessionIndex index = index_of(50, 900);
    index.is_complete = false;
    const auto columns = timeline_columns(index, 100, heap_bytes, 10);
    for (std::size_t i = 0; i < 10; ++i)
        EXPECT_EQ(columns[i].is_known, i < 5) << i;
}

TEST(Timeline, AnEmptyIndexKnowsNothing) {
    const auto columns = timeline_columns(SessionIndex{}, 100, heap_bytes, 10);
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

TEST(Timeline, PlacesAndPositionsAgree) {
    for (const std::size_t operations : {1u, 2u, 7u, 5'000'000u})
        for (const std::size_t position : {std::size_t{0}, operations / 3, operations / 2, operations})
            EXPECT_EQ(position_at(place_of(position, operations), operations), position);
    EXPECT_EQ(position_at(-5, 7), 0u);
    EXPECT_EQ(position_at(5, 7), 7u);
    EXPECT_EQ(position_at(.5, 0), 0u);
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

TEST(Timeline, StretchesTheUsedCurveOfAHeapThatIsHardlyFilled) {
    std::vector<TimelineColumn> columns(2);
    EXPECT_EQ(used_stretch_of(columns), 1u);
    columns[0].is_known = true;
    columns[0].curves[0].most = .5f;
    EXPECT_EQ(used_stretch_of(columns), 1u);
    columns[0].curves[0].most = .005f;
    EXPECT_EQ(used_stretch_of(columns), 128u);
    columns[1].curves[0].most = 1;
    EXPECT_EQ(used_stretch_of(columns), 128u) << "what is not known does not count";
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
