#include "app/model/narration.h"
#include "app/model/root_rows.h"
#include "app/model/table.h"
#include "heapcore/graph.h"
#include "tests/app/random_session.h"
#include "tests/app/scenario_session.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <set>
#include <thread>

namespace tricolour {
namespace {

using namespace heapcore;

bool never() { return false; }

/// A table of a session, all of it known.
Table table_of(const Session& session, const MapModel& map, const TableWish& wish) {
    Table table;
    for (double now = 0; now < 20; now += 1) {
        table.update(session, map, wish, now, never);
        if (!table.is_behind()) return table;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ADD_FAILURE() << "the table is never ready";
    return table;
}

MapModel map_of(const Session& session) {
    MapModel map;
    map.rebuild(session.heap());
    return map;
}

std::vector<std::string> column_of(const Table& table, std::size_t column) {
    std::vector<std::string> texts;
    for (std::uint64_t i = 0; i < table.count(); ++i)
        texts.push_back(table.cell(i, column).text);
    return texts;
}

std::vector<Offset> chunks_of(const Table& table) {
    std::vector<Offset> chunks;
    for (std::uint64_t i = 0; i < table.count(); ++i)
        chunks.push_back(table.chunk(i).value_or(no_chunk));
    return chunks;
}

// --- each table against a naive look --------------------------------------------------------------

TEST(Tables, list_the_free_chunks_of_random_heaps_as_a_look_at_every_chunk_finds_them) {
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
        const auto session = random_session(seed);
        const Heap& heap = session->heap();
        const MapModel map = map_of(*session);
        const Table table = table_of(*session, map, {TableId::free_list, {0, false}, ""});
        std::map<std::uint32_t, std::uint64_t> chunks_of_size;
        std::map<Offset, Offset> before;
        Offset last = no_chunk;
        for (Offset chunk = 0; !heap.is_end(chunk); last = chunk, chunk = heap.next_chunk(chunk)) {
            if (heap.header(chunk).is_in_use()) continue;
            ++chunks_of_size[heap.header(chunk).size_bytes()];
            before[chunk] = last;
        }
        ASSERT_EQ(table.count(), before.size());
        std::uint32_t size_before = 0;
        for (std::uint64_t i = 0; i < table.count(); ++i) {
            const Offset chunk = *table.chunk(i);
            const std::uint32_t size = heap.header(chunk).size_bytes();
            ASSERT_TRUE(before.contains(chunk));
            EXPECT_GE(size, size_before);
            EXPECT_EQ(table.cell(i, 0).text, count_text(i + 1));
            EXPECT_EQ(table.cell(i, 1).text, count_text(size));
            EXPECT_EQ(table.cell(i, 2).text, count_text(chunks_of_size[size]));
            EXPECT_EQ(table.cell(i, 3).text, address_text(heap, chunk));
            EXPECT_EQ(table.cell(i, 4).text, i == 0 ? "start" : address_text(heap, *table.chunk(i - 1)));
            EXPECT_EQ(table.cell(i, 5).text,
                      i + 1 == table.count() ? "end" : address_text(heap, *table.chunk(i + 1)));
            EXPECT_EQ(table.cell(i, 6).chunk.value_or(no_chunk), before[chunk]);
            const Offset end = heap.next_chunk(chunk);
            EXPECT_EQ(table.cell(i, 7).chunk, heap.is_end(end) ? std::nullopt : std::optional(end));
            size_before = size;
        }
    }
}

TEST(Tables, count_each_free_chunk_in_the_class_of_its_size) {
    const auto session = random_session(5);
    const Heap& heap = session->heap();
    const MapModel map = map_of(*session);
    const Table table = table_of(*session, map, {});
    std::uint64_t chunks = 0, bytes = 0;
    for (const SizeClass& sizes : table.size_classes()) {
        const Table same = table_of(
            *session, map,
            {TableId::free_list,
             {0, false},
             "size>=" + std::to_string(sizes.from_bytes) + " size<" + std::to_string(2 * sizes.from_bytes)});
        EXPECT_EQ(same.count(), sizes.chunks);
        chunks += sizes.chunks;
        bytes += sizes.bytes;
    }
    EXPECT_EQ(chunks, heap.get(Register::free_chunks));
    EXPECT_EQ(bytes, heap.get(Register::heap_free));
}

TEST(Tables, count_the_instances_of_each_class_as_a_look_at_every_object_does) {
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
        const auto session = random_session(seed);
        const Heap& heap = session->heap();
        const MapModel map = map_of(*session);
        const Table table = table_of(*session, map, {TableId::classes, {4, false}, ""});
        std::map<Offset, Tally> expected;
        Tally of_none;
        std::uint64_t classes = 0;
        for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
            const Header header = heap.header(chunk);
            if (!header.is_in_use()) continue;
            if (class_at(heap, heap.memory.address_of(user_of(chunk)))) ++classes;
            if (!is_object_type(header.type())) continue;
            const auto of = class_of(heap, chunk);
            Tally& tally = of ? expected[chunk_of(*of)] : of_none;
            ++tally.chunks;
            tally.bytes += header.size_bytes();
        }
        for (std::uint64_t i = 0; i < table.count(); ++i) {
            const auto chunk = table.chunk(i);
            if (!chunk) continue;
            --classes;
            EXPECT_EQ(table.cell(i, 1).text, count_text(expected[*chunk].chunks));
            EXPECT_EQ(table.cell(i, 2).text, count_text(expected[*chunk].bytes));
        }
        EXPECT_EQ(classes, 0u) << "each class has a row";
        const bool has_row_of_none = std::ranges::count(chunks_of(table), no_chunk) > 0;
        EXPECT_EQ(has_row_of_none, of_none.chunks > 0);
    }
}

TEST(Tables, show_static_fields_loaders_and_classes_that_are_gone) {
    auto session = session_of(R"(tricolour 1
heap size=256K
class Base static.count:int static.first:ref
set Base.count -7
new b Base
set Base.first b
loader app
permanent app
class Plugin loader=app next:ref
loader lost
class Gone loader=lost
new orphan Gone
permanent orphan
alloc bare object 8
permanent bare
gc
)");
    const MapModel map = map_of(*session);
    const Table table = table_of(*session, map, {TableId::classes, {0, false}, ""});
    const auto row_of = [&](std::string_view name) {
        const auto names = column_of(table, 0);
        return static_cast<std::uint64_t>(std::ranges::find(names, name) - names.begin());
    };
    EXPECT_EQ(table.cell(row_of("Base"), 5).text, "count = -7, first = Base `b`");
    EXPECT_EQ(table.cell(row_of("Base"), 3).text, "bootstrap");
    EXPECT_EQ(table.cell(row_of("Plugin"), 3).chunk, chunk_named(*session, "app"));
    EXPECT_EQ(table.cell(row_of("without a class"), 1).text, "2") << "the last object, and a loader's array";
    const auto names = column_of(table, 0);
    const auto gone = std::ranges::find_if(names, [](const auto& name) { return name.starts_with("gone,"); });
    ASSERT_NE(gone, names.end());
    const auto row = static_cast<std::uint64_t>(gone - names.begin());
    EXPECT_EQ(table.cell(row, 0).tone, Tone::alarm);
    EXPECT_EQ(table.cell(row, 1).text, "1");
}

// What is reached when the pool is left out, link by link.
std::set<Offset> reached_without_pool(const Heap& heap) {
    std::set<Offset> reached;
    std::vector<Link> links;
    for (const Link& link : root_links(heap))
        if (link.kind != Link::by_root || link.root.kind != RootKind::interned) links.push_back(link);
    while (!links.empty()) {
        const Offset chunk = links.back().target;
        links.pop_back();
        if (!reached.insert(chunk).second) continue;
        for (const Link& link : links_of(heap, chunk))
            links.push_back(link);
    }
    return reached;
}

TEST(Tables, tell_which_interned_strings_only_the_pool_holds) {
    std::size_t alone = 0, shared = 0;
    for (std::uint32_t seed = 0; seed < 24; ++seed) {
        const auto session = random_session(seed);
        const MapModel map = map_of(*session);
        const std::set<Offset> reached = reached_without_pool(session->heap());
        const Table table = table_of(*session, map, {TableId::interned, {0, false}, ""});
        for (std::uint64_t i = 0; i < table.count(); ++i) {
            const Offset chunk = *table.chunk(i);
            const bool is_shared = reached.contains(chunk);
            EXPECT_EQ(table.cell(i, 3).text, is_shared ? "others too" : "the pool alone");
            EXPECT_EQ(table.cell(i, 0).text, "\"" + string_text(session->heap(), chunk) + "\"");
            ++(is_shared ? shared : alone);
        }
    }
    EXPECT_GT(alone, 0u);
    EXPECT_GT(shared, 0u);
}

TEST(Tables, list_the_mark_stack_top_first_at_every_step_of_a_collection) {
    const auto session = scenario_before("01-first-collection", "gc");
    std::uint64_t deepest = 0;
    while (session->next(Rung::step) && session->position().step != 0) {
        const Heap& heap = session->heap();
        const MapModel map = map_of(*session);
        const Table table = table_of(*session, map, {TableId::mark_stack, {0, true}, ""});
        const bool is_marking = heap.get(Register::phase) != 0;
        ASSERT_EQ(table.count(), is_marking ? heap.get(Register::mark_top) : 0);
        for (std::uint64_t i = 0; i < table.count(); ++i) {
            EXPECT_EQ(table.cell(i, 0).text, count_text(table.count() - i));
            EXPECT_EQ(table.chunk(i), mark_entry(heap, table.count() - 1 - i).chunk);
        }
        deepest = std::max(deepest, table.count());
    }
    EXPECT_GT(deepest, 2u);
}

TEST(Tables, say_through_what_a_chunk_on_the_mark_stack_was_found) {
    auto session = session_at_start(R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
new c Node
new d Node
set a.next b
set b.next c
set c.next d
permanent a
gc
)");
    session->seek({session->trace().operations.size() - 1, 0});
    while (session->heap().get(Register::mark_top) < 3)
        ASSERT_TRUE(session->next(Rung::step));
    const MapModel map = map_of(*session);
    const Table table = table_of(*session, map, {TableId::mark_stack, {0, true}, ""});
    const std::vector<std::string> expected = {"Node `b`, field `next`", "Node `a`, field `next`"};
    const auto found = column_of(table, 3);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), found.begin()));
    EXPECT_TRUE(found[2].starts_with("permanent root ")) << found[2];
}

constexpr const char* roots_text = R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
permanent a
begin
transient b
thread main
call main run locals=2
local main 0 b
local main 1 42
push main a
call main inner locals=1
throw main b
pin a
intern hi "interned"
)";

TEST(Tables, list_every_root_with_its_kind_and_its_place) {
    const auto session = session_of(roots_text);
    const MapModel map = map_of(*session);
    const Table table = table_of(*session, map, {TableId::roots, {0, false}, ""});
    std::uint64_t expected = 0;
    for (const Root& root : roots_of(session->heap()))
        expected += root.kind != RootKind::frame_cell && root.kind != RootKind::thread;
    EXPECT_EQ(table.count(), expected);
    const auto kinds = column_of(table, 0);
    for (const char* kind : {"Permanent", "Transient", "Exception of `main`", "Pinned", "Interned strings"})
        EXPECT_TRUE(std::ranges::find(kinds, kind) != kinds.end()) << kind;
    const Table of_b = table_of(*session, map, {TableId::roots, {0, false}, "`b`"});
    EXPECT_EQ(chunks_of(of_b), std::vector<Offset>(2, chunk_named(*session, "b")));
}

TEST(Tables, list_the_cells_of_frames_with_what_the_collector_makes_of_them) {
    const auto session = session_of(roots_text);
    const MapModel map = map_of(*session);
    const Table table = table_of(*session, map, {TableId::frames, {1, false}, ""});
    EXPECT_EQ(column_of(table, 1), (std::vector<std::string>{"1", "2", "2", "2"}));
    EXPECT_EQ(column_of(table, 2), (std::vector<std::string>{"`inner`", "`run`", "`run`", "`run`"}));
    EXPECT_EQ(column_of(table, 3), (std::vector<std::string>{"local 0", "local 0", "local 1", "operand 0"}));
    EXPECT_EQ(table.cell(1, 4).chunk, chunk_named(*session, "b"));
    EXPECT_EQ(table.cell(1, 5).text, "a reference");
    EXPECT_EQ(table.cell(2, 4).text, "42");
    EXPECT_EQ(table.cell(2, 5).text, words_of(CellVerdict::outside_heap));
}

// --- order and choice -----------------------------------------------------------------------------

TEST(Tables, sort_by_any_column_either_way_and_leave_equals_in_the_order_of_the_list) {
    const auto session = random_session(8);
    const MapModel map = map_of(*session);
    for (const TableRow& row : table_rows()) {
        const auto rows = row.make(*session, map);
        ASSERT_TRUE(rows->extend(never));
        for (std::size_t column = 0; column < row.columns.size(); ++column) {
            if (row.columns[column].is_text()) continue;
            for (const bool is_descending : {false, true}) {
                const Table table = table_of(*session, map, {row.table, {column, is_descending}, ""});
                std::vector<std::uint64_t> expected(rows->count());
                std::iota(expected.begin(), expected.end(), 0);
                std::ranges::stable_sort(expected, [&](std::uint64_t first, std::uint64_t second) {
                    const auto one = rows->number(first, column), other = rows->number(second, column);
                    if (one == no_number || other == no_number) return one < other;
                    return is_descending ? other < one : one < other;
                });
                std::vector<Offset> chunks;
                for (const std::uint64_t i : expected)
                    chunks.push_back(rows->chunk(i).value_or(no_chunk));
                EXPECT_EQ(chunks_of(table), chunks) << row.title << ", " << row.columns[column].title;
            }
        }
    }
}

std::unique_ptr<Session> session_of_named_classes() {
    std::string text = "tricolour 1\nheap size=256K\n";
    for (const char* name : {"Zebra", "item10", "item2", "Item1", "apple"})
        text += "class " + std::string(name) + "\n";
    return session_of(text);
}

TEST(Tables, sort_text_as_people_do) {
    const auto session = session_of_named_classes();
    const MapModel map = map_of(*session);
    const Table table = table_of(*session, map, {TableId::classes, {0, false}, "0"});
    std::vector<std::string> names;
    for (const std::string& name : column_of(table, 0))
        if (name != "Class") names.push_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"apple", "Item1", "item2", "item10", "Zebra"}));
}

TEST(Tables, show_only_the_rows_that_a_filter_lets_through) {
    const auto session =
        scenario_before("08-fragmentation-until-out-of-memory", "bookmark \"One neighbour goes\"");
    const Heap& heap = session->heap();
    const MapModel map = map_of(*session);
    const auto all = chunks_of(table_of(*session, map, {}));
    const auto expect_same = [&](std::string typed, const auto& is_right) {
        const Table table = table_of(*session, map, {TableId::free_list, {0, false}, typed});
        std::vector<Offset> expected;
        for (const Offset chunk : all)
            if (is_right(heap.header(chunk).size_bytes(), chunk)) expected.push_back(chunk);
        EXPECT_EQ(chunks_of(table), expected) << typed;
        EXPECT_FALSE(expected.empty()) << typed;
        EXPECT_LT(expected.size(), all.size()) << typed;
    };
    ASSERT_GT(all.size(), 2u);
    const std::uint32_t size = heap.header(all.back()).size_bytes();
    const std::string text = std::to_string(size);
    expect_same(">" + std::to_string(heap.header(all.front()).size_bytes()),
                [&](std::uint32_t bytes, Offset) { return bytes > heap.header(all.front()).size_bytes(); });
    expect_same("size <16K", [](std::uint32_t bytes, Offset) { return bytes < 16384; });
    expect_same("<= 16K", [](std::uint32_t bytes, Offset) { return bytes <= 16384; });
    expect_same("alike=1", [&](std::uint32_t bytes, Offset) {
        return std::ranges::count(all, bytes,
                                  [&](Offset chunk) { return heap.header(chunk).size_bytes(); }) == 1;
    });
    expect_same("size>=16K #>1",
                [&](std::uint32_t bytes, Offset chunk) { return bytes >= 16384 && chunk != all.front(); });
    expect_same("BLOCK_11", [&](std::uint32_t, Offset chunk) {
        return chunk == all.front() || heap.next_chunk(chunk) == chunk_named(*session, "block_11");
    });
}

TEST(Tables, find_rows_by_a_part_of_their_address) {
    const auto session = session_of_named_classes();
    const MapModel map = map_of(*session);
    const Offset chunk = chunk_named(*session, "item10");
    const std::string address = address_text(session->heap(), chunk);
    const Table table = table_of(*session, map, {TableId::classes, {0, false}, address.substr(4)});
    EXPECT_EQ(chunks_of(table), std::vector<Offset>{chunk});
    EXPECT_EQ(table.count_text(), "1 of 6 classes");
}

TEST(Tables, say_what_is_wrong_with_a_filter) {
    const auto session = session_of_named_classes();
    const MapModel map = map_of(*session);
    const auto text_for = [&](std::string typed) {
        const Table table = table_of(*session, map, {TableId::classes, {0, false}, std::move(typed)});
        EXPECT_EQ(table.count(), 0u);
        return table.state_text();
    };
    EXPECT_EQ(text_for(">many"), "A number is expected after >, for instance >64 or >4K.");
    EXPECT_EQ(text_for("weight>3"),
              "No column of numbers is called weight: there are Instances, Bytes, Address.");
    EXPECT_EQ(text_for("pear"), "None of the 6 classes matches pear.");
}

TEST(Tables, say_why_they_are_empty) {
    const auto session = session_at_start("tricolour 1\nheap size=256K\n");
    const MapModel map = map_of(*session);
    for (const TableRow& row : table_rows()) {
        if (row.table == TableId::free_list) continue;
        const Table table = table_of(*session, map, {row.table, row.order, ""});
        EXPECT_EQ(table.count(), 0u);
        EXPECT_EQ(table.state_text(), row.empty(session->heap()));
        EXPECT_FALSE(table.state_text().empty());
    }
    EXPECT_EQ(table_of(*session, map, {TableId::mark_stack, {0, true}, ""}).state_text(),
              "Nothing on the mark stack: no collection is under way.");
}

// --- when -----------------------------------------------------------------------------------------

TEST(Tables, that_take_longer_than_a_call_wait_until_the_position_rests) {
    std::string text = "tricolour 1\nheap size=1M\nclass Node next:ref\n";
    for (int i = 0; i < 2000; ++i)
        text += "new n" + std::to_string(i) + " Node\n";
    const auto session = session_of(text);
    const MapModel map = map_of(*session);
    const auto always = [] { return true; };
    const TableWish wish{TableId::classes, {0, false}, ""};
    Table table;
    table.update(*session, map, wish, 1.0, always);
    EXPECT_TRUE(table.is_behind());
    EXPECT_EQ(table.state_text(), "Listing\xe2\x80\xa6");
    for (int i = 0; i < 10 && table.is_behind(); ++i)
        table.update(*session, map, wish, 1.0, always);
    EXPECT_FALSE(table.is_behind());
    EXPECT_EQ(table.count(), 2u);

    session->back(Rung::operation);
    table.update(*session, map, wish, 2.0, never);
    EXPECT_TRUE(table.is_behind());
    EXPECT_EQ(table.count(), 0u) << "rows of another position are not shown";
    EXPECT_EQ(table.state_text(), "Listed once the position rests.");
    table.update(*session, map, wish, 2.5, never);
    EXPECT_FALSE(table.is_behind());
    EXPECT_EQ(table.cell(*table.place_of(chunk_named(*session, "Node")), 1).text, "1,999");
    session->back(Rung::operation);
    table.update(*session, map, wish, 3.0, never);
    EXPECT_EQ(table.cell(*table.place_of(chunk_named(*session, "Node")), 1).text, "1,998")
        << "one that was ready within a call follows each step";
}

}  // namespace
}  // namespace tricolour
