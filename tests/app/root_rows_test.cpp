#include "app/model/root_rows.h"

#include "tests/app/session_of.h"

#include <vector>

namespace tricolour {
namespace {

using namespace heapcore;

std::vector<RootRow> all_rows(const RootRows& rows, RootSection section) {
    std::vector<RootRow> all;
    for (std::uint64_t i = 0; i < rows.row_count(section); ++i) {
        all.push_back(rows.row(section, i));
    }
    return all;
}

TEST(RootRows, list_the_permanent_stack_top_first) {
    auto session = session_of(R"(tricolour 1
heap size=256K
alloc a object 16
alloc b object 16
permanent a
permanent b
)");
    RootRows rows;
    rows.update(*session);
    const auto permanent = all_rows(rows, RootSection::permanent);
    ASSERT_EQ(permanent.size(), 2u);
    EXPECT_EQ(rows.count(RootSection::permanent), 2u);
    EXPECT_EQ(permanent[0].label, "1");
    EXPECT_EQ(permanent[0].chunk, chunk_named(*session, "b"));
    EXPECT_EQ(permanent[1].chunk, chunk_named(*session, "a"));
}

TEST(RootRows, show_where_transient_blocks_begin) {
    auto session = session_of(R"(tricolour 1
heap size=256K
alloc a object 16
begin
transient a
begin
begin
transient a
transient a
)");
    RootRows rows;
    rows.update(*session);
    std::string shape;
    for (const RootRow& row : all_rows(rows, RootSection::transient)) {
        shape += row.kind == RootRow::boundary ? "|" : row.label;
    }
    EXPECT_EQ(shape, "21||0|");
    EXPECT_EQ(rows.count(RootSection::transient), 3u);
}

constexpr const char* threads_text = R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
alloc raw data 64
new last Node
thread main
call main run locals=5
local main 0 a
local main 1 42
local main 2 raw
local main 3 0x10000001
push main last
call main inner locals=1
throw main a
pin a
intern hi "interned"
)";

TEST(RootRows, show_frames_newest_first_with_locals_and_operands) {
    auto session = session_of(threads_text);
    RootRows rows;
    rows.update(*session);
    const auto threads = all_rows(rows, RootSection::threads);
    ASSERT_EQ(threads.size(), 10u);
    EXPECT_EQ(rows.count(RootSection::threads), 1u);
    EXPECT_EQ(threads[0].text, "Thread `main`");
    EXPECT_EQ(threads[1].text, "Frame `inner`");
    EXPECT_EQ(threads[2].label, "local 0");
    EXPECT_EQ(threads[2].text, "null");
    EXPECT_EQ(threads[3].text, "Frame `run`");
    EXPECT_EQ(threads[3].note, "5 locals, 1 operand");
    EXPECT_EQ(threads[4].chunk, chunk_named(*session, "a"));
    EXPECT_EQ(threads[5].text, "42");
    EXPECT_EQ(threads[5].note, words_of(CellVerdict::outside_heap));
    EXPECT_FALSE(threads[6].chunk);
    EXPECT_EQ(threads[8].label, "local 4");
    EXPECT_EQ(threads[9].label, "operand 0");
    EXPECT_EQ(threads[9].chunk, chunk_named(*session, "last"));
}

TEST(RootRows, show_exceptions_pins_and_the_pool) {
    auto session = session_of(threads_text);
    RootRows rows;
    rows.update(*session);
    const Offset a = chunk_named(*session, "a");
    ASSERT_EQ(rows.row_count(RootSection::exceptions), 1u);
    EXPECT_EQ(rows.row(RootSection::exceptions, 0).label, "`main`");
    EXPECT_EQ(rows.row(RootSection::exceptions, 0).chunk, a);
    ASSERT_EQ(rows.row_count(RootSection::pins), 1u);
    EXPECT_EQ(rows.row(RootSection::pins, 0).chunk, a);
    ASSERT_EQ(rows.row_count(RootSection::interned), 1u);
    EXPECT_EQ(rows.row(RootSection::interned, 0).chunk, chunk_named(*session, "hi"));
}

TEST(RootRows, follow_the_session) {
    auto session = session_at_start("tricolour 1\nheap size=256K\nalloc a object 16\npermanent a\n");
    RootRows rows;
    rows.update(*session);
    EXPECT_EQ(rows.count(RootSection::permanent), 0u);
    session->seek_end();
    rows.update(*session);
    EXPECT_EQ(rows.count(RootSection::permanent), 1u);
    session->seek({1, 0});
    rows.update(*session);
    EXPECT_EQ(rows.count(RootSection::permanent), 0u);
}

// Goes on until the mark stack holds the chunk on top, and says how far its scan is.
std::vector<std::string> progress_of(const std::string& text, std::string_view name) {
    auto session = session_of(text);
    const Offset chunk = chunk_named(*session, name);
    session->seek({session->trace().operations.size() - 1, 0});
    std::vector<std::string> all;
    RootRows rows;
    while (session->next(Rung::step)) {
        rows.update(*session);
        for (const RootRow& row : all_rows(rows, RootSection::mark_stack)) {
            if (row.chunk == chunk && (all.empty() || all.back() != row.note)) all.push_back(row.note);
        }
    }
    return all;
}

TEST(RootRows, say_how_far_the_scan_of_an_object_is) {
    const auto progress = progress_of(R"(tricolour 1
heap size=256K
class Base first:ref id:int
class Node extends=Base second:ref third:ref
new a Node
new b Node
new c Node
new d Node
set a.first b
set a.second c
set a.third d
permanent a
gc
)",
                                      "a");
    const std::vector<std::string> expected = {"field `second` · 1 of 3", "field `third` · 2 of 3",
                                               "field `first` · 3 of 3"};
    EXPECT_EQ(progress, expected);
}

TEST(RootRows, say_how_far_the_scan_of_an_array_is) {
    const auto progress = progress_of(R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
array list Node 10
set list[6] a
set list[2] list
permanent list
gc
)",
                                      "list");
    const std::vector<std::string> expected = {"element [6] · 4 of 10", "element [2] · 8 of 10"};
    EXPECT_EQ(progress, expected);
}

TEST(RootRows, say_how_far_the_scan_of_a_class_is) {
    const auto progress = progress_of(R"(tricolour 1
heap size=256K
class Base static.x:ref
class Node extends=Base static.y:ref static.z:ref
new a Base
new b Base
new c Base
set Node.y b
set Node.z c
set Base.x a
gc
)",
                                      "Node");
    ASSERT_GE(progress.size(), 3u);
    EXPECT_EQ(progress[0], "static field `z` · 1 of 2");
    EXPECT_EQ(progress[1], "static field `y` · 2 of 2");
    EXPECT_EQ(progress[2], "next: its superclass `Base`");
}

TEST(RootRows, list_the_weak_references_that_a_collection_met) {
    auto session = session_at_start(R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
weak w a
weak v b
permanent w
permanent v
permanent b
gc
)");
    ASSERT_TRUE(step_into(*session, Phase::weak));
    RootRows rows;
    rows.update(*session);
    EXPECT_EQ(rows.phase_text(), "Collection 1 · weak references");
    ASSERT_EQ(rows.count(RootSection::weak_met), 2u);
    EXPECT_EQ(rows.row(RootSection::weak_met, 0).chunk, chunk_named(*session, "w"));
    EXPECT_TRUE(rows.row(RootSection::weak_met, 0).note.ends_with("white so far"));
    EXPECT_TRUE(rows.row(RootSection::weak_met, 1).note.ends_with("black: kept"));
    EXPECT_EQ(rows.cursor_chunk(), chunk_named(*session, "w"));
}

TEST(RootRows, say_in_words_where_the_collector_stands) {
    auto session = session_at_start(threads_text + std::string("gc\n"));
    RootRows rows;
    std::vector<std::string> seen;
    session->seek({session->trace().operations.size() - 1, 0});
    rows.update(*session);
    EXPECT_FALSE(rows.is_collecting());
    while (session->next(Rung::step)) {
        rows.update(*session);
        const bool has_cursor = rows.is_collecting() && rows.phase() != Phase::done;
        EXPECT_EQ(rows.cursor_text().empty(), !has_cursor);
        seen.push_back(rows.cursor_text());
    }
    const auto saw = [&](const std::string& text) {
        return std::find(seen.begin(), seen.end(), text) != seen.end();
    };
    EXPECT_TRUE(saw("next: transient root 0, 1 left") || saw("all looked at"));
    EXPECT_TRUE(saw("thread `main`, frame `run`, next: local 2"));
    EXPECT_TRUE(saw("thread `main`, frame `run`, next: operand 0"));
    EXPECT_TRUE(saw("next: pin 0, 1 left"));
}

}  // namespace
}  // namespace tricolour
