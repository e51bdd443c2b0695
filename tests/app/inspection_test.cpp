#include "app/model/inspection.h"

#include "app/model/root_rows.h"
#include "tests/app/session_of.h"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace tricolour {
namespace {

using namespace heapcore;

Inspection inspect(const Session& session, Offset chunk) {
    ThreadNames threads;
    threads.update(session);
    return Inspection(session, chunk, threads);
}

std::vector<BodyRow> body_of(const Inspection& inspection) {
    std::vector<BodyRow> rows;
    for (std::uint64_t i = 0; i < inspection.row_count(); ++i) {
        rows.push_back(inspection.row(i));
    }
    return rows;
}

BodyRow row_named(const Inspection& inspection, std::string_view label) {
    for (const BodyRow& row : body_of(inspection)) {
        if (row.label == label) return row;
    }
    ADD_FAILURE() << "no row " << label;
    return {};
}

/// Rows lie one after the other; what is left out is the rest of a table's entry.
void expect_rows_in_order(const Inspection& inspection, std::uint32_t inspected_word = 8) {
    std::uint32_t end = header_bytes;
    for (const BodyRow& row : body_of(inspection)) {
        EXPECT_GE(row.offset, end);
        end = row.offset + row.bytes;
        EXPECT_LE(end, inspection.header.size_bytes());
        EXPECT_EQ(row.digits.size(), 2 * std::min(row.bytes, inspected_word));
    }
}

constexpr const char* small_program = R"(tricolour 1
heap size=256K
class Base id:int parent:ref static.shared:ref
class Node extends=Base next:ref
new a Node
new b Node
set a.next b
set a.id -42
set Base.shared b
string s "Hällo"
array list Node 3
set list[1] a
array ints int 3
set ints[2] -7
weak w b
permanent list
alloc raw data 24
)";

TEST(Inspection, reads_an_object_field_by_field) {
    auto session = session_of(small_program);
    const Inspection a = inspect(*session, chunk_named(*session, "a"));
    ASSERT_TRUE(a.is_chunk);
    EXPECT_EQ(a.title, "Node `a`");
    EXPECT_EQ(a.names, std::vector<std::string>{"a"});
    EXPECT_EQ(a.operation_place, "line 5");
    EXPECT_EQ(a.operation_text, "new a Node");
    EXPECT_EQ(a.operation, 2u);
    EXPECT_EQ(row_named(a, "class").target, chunk_named(*session, "Node"));
    EXPECT_EQ(row_named(a, "next").target, chunk_named(*session, "b"));
    EXPECT_EQ(row_named(a, "id").meaning, "-42");
    EXPECT_EQ(row_named(a, "id").digits, "ffffffffffffffd6");
    EXPECT_EQ(row_named(a, "parent").meaning, "null");
    EXPECT_EQ(row_named(a, "parent").tone, Tone::dim);
    expect_rows_in_order(a);
}

TEST(Inspection, shows_the_five_fields_of_a_header) {
    auto session = session_of(small_program);
    const Inspection a = inspect(*session, chunk_named(*session, "a"));
    std::uint32_t bits = 0;
    std::uint32_t value = 0;
    for (const HeaderField& field : a.header_fields) {
        bits += field.bits;
        value |= field.value << (field.first_bit + 1 - field.bits);
    }
    EXPECT_EQ(bits, 32u);
    EXPECT_EQ(value, a.header.bits());
    EXPECT_EQ(a.header_fields[2].text, "white");
}

TEST(Inspection, reads_arrays_and_strings) {
    auto session = session_of(small_program);
    const Inspection list = inspect(*session, chunk_named(*session, "list"));
    EXPECT_EQ(row_named(list, "length").meaning, "3");
    EXPECT_EQ(row_named(list, "[1]").target, chunk_named(*session, "a"));
    EXPECT_EQ(row_named(list, "[2]").meaning, "null");
    const Inspection ints = inspect(*session, chunk_named(*session, "ints"));
    EXPECT_EQ(row_named(ints, "[2]").meaning, "-7");
    const Inspection s = inspect(*session, chunk_named(*session, "s"));
    EXPECT_EQ(s.text, "\"Hällo\"");
    EXPECT_EQ(s.what, "A string of 5 characters");
    const auto characters = row_named(s, "characters").target;
    ASSERT_TRUE(characters);
    EXPECT_EQ(row_named(inspect(*session, *characters), "[0]").meaning, "\"Häll\"");
}

TEST(Inspection, reads_a_class_and_its_field_table) {
    auto session = session_of(small_program);
    const Inspection base = inspect(*session, chunk_named(*session, "Base"));
    EXPECT_EQ(row_named(base, "magic").digits, "cafebabe");
    EXPECT_EQ(row_named(base, "name").meaning, "\"Base\"");
    EXPECT_EQ(row_named(base, "static fields").meaning, "1");
    EXPECT_EQ(row_named(base, "loader").meaning, "null, a bootstrap class");
    const Inspection node = inspect(*session, chunk_named(*session, "Node"));
    EXPECT_EQ(row_named(node, "superclass").target, chunk_named(*session, "Base"));
    const auto table = row_named(base, "field table").target;
    ASSERT_TRUE(table);
    const Inspection fields = inspect(*session, *table);
    EXPECT_EQ(fields.title, "The field table of class Base");
    EXPECT_EQ(row_named(fields, "[0] name").meaning, "\"shared\"");
    EXPECT_EQ(row_named(fields, "[0] value").target, chunk_named(*session, "b"));
    EXPECT_EQ(row_named(fields, "[1] value").meaning, "cell 0");
    expect_rows_in_order(fields);
    const auto name = row_named(base, "name").target;
    ASSERT_TRUE(name);
    EXPECT_EQ(inspect(*session, *name).text, "\"Base\"");
}

TEST(Inspection, reads_a_free_chunk) {
    auto session = session_of(R"(tricolour 1
heap size=256K word=4
alloc a data 40
alloc b data 40
alloc c data 60
alloc d data 40
free a
free c
)");
    const Heap& heap = session->heap();
    const Offset smallest = heap.free_list().first(heap.memory);
    const Inspection a = inspect(*session, smallest);
    EXPECT_EQ(a.title, "Free chunk");
    EXPECT_EQ(row_named(a, "previous").meaning, "start of the list");
    const auto next = row_named(a, "next").target;
    ASSERT_TRUE(next);
    EXPECT_EQ(heap.header(*next).size_bytes(), 64u);
    EXPECT_EQ(row_named(a, "back-pointer").meaning, "this chunk");
    expect_rows_in_order(a, 4);
}

TEST(Inspection, calls_no_free_chunk_damaged_between_two_steps) {
    auto session = session_at_start(R"(tricolour 1
heap size=256K
alloc a data 40
alloc b data 40
alloc c data 60
alloc d data 40
free a
free c
free b
alloc e data 24
)");
    while (session->advance(1) > 0) {
        const Heap& heap = session->heap();
        for (Offset chunk = 0; chunk < heap.size_bytes(); chunk = heap.next_chunk(chunk)) {
            if (heap.header(chunk).is_in_use()) continue;
            const Inspection free = inspect(*session, chunk);
            for (std::uint64_t i = 0; i < free.row_count(); ++i)
                EXPECT_NE(free.row(i).tone, Tone::alarm) << free.row(i).label << " of " << chunk;
        }
    }
}

TEST(Inspection, shows_many_zero_words_that_mean_nothing_as_one_row) {
    auto session = session_at_start("tricolour 1\nheap size=256K\n");
    const Inspection whole = inspect(*session, 0);
    ASSERT_EQ(whole.row_count(), 5u);
    EXPECT_EQ(whole.row(3).meaning, "262,112 bytes, all zero");
    expect_rows_in_order(whole);
}

TEST(Inspection, tells_that_a_class_is_gone) {
    auto session = session_of(R"(tricolour 1
heap size=256K
loader l
class Node loader=l next:ref
new a Node
permanent a
gc
)");
    const Inspection a = inspect(*session, chunk_named(*session, "a"));
    EXPECT_EQ(a.what, "An object whose class is gone");
    EXPECT_EQ(a.what_tone, Tone::alarm);
    EXPECT_EQ(row_named(a, "class").tone, Tone::alarm);
}

TEST(Inspection, guesses_at_raw_words_and_says_so) {
    auto session = session_of(R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
array longs long 2
set longs[1] 0x10000014
retype longs data
)");
    const Offset a = chunk_named(*session, "a");
    const auto address = session->heap().memory.address_of(user_of(a));
    ASSERT_TRUE(session->type_in("retype longs primitive-array"));
    ASSERT_TRUE(session->type_in("set longs[1] " + std::to_string(address)));
    ASSERT_TRUE(session->type_in("retype longs data"));
    const Inspection longs = inspect(*session, chunk_named(*session, "longs"));
    const auto rows = body_of(longs);
    const auto guess =
        std::find_if(rows.begin(), rows.end(), [&](const BodyRow& row) { return row.target == a; });
    ASSERT_NE(guess, rows.end());
    EXPECT_EQ(guess->tone, Tone::guess);
    EXPECT_TRUE(guess->meaning.ends_with("?"));
}

TEST(Inspection, reads_threads_and_stack_segments_in_the_heap) {
    auto session = session_of(R"(tricolour 1
heap size=256K vm=unified
class Node next:ref
new a Node
thread main
call main run locals=2
local main 1 a
push main 7
call main inner locals=1
return main
)");
    const Offset thread = threads_of(session->heap()).front();
    const Inspection structure = inspect(*session, chunk_of(thread));
    EXPECT_EQ(structure.title, "The VM's structure of thread `main`");
    EXPECT_EQ(row_named(structure, "method").meaning, "`run`");
    const auto segment = row_named(structure, "segments").target;
    ASSERT_TRUE(segment);
    const Inspection cells = inspect(*session, *segment);
    EXPECT_EQ(cells.title, "A stack segment of thread `main`");
    EXPECT_EQ(row_named(cells, "local 1").target, chunk_named(*session, "a"));
    EXPECT_EQ(row_named(cells, "operand 0").meaning, "7");
    EXPECT_EQ(row_named(cells, "residue").tone, Tone::dim);
    EXPECT_EQ(row_named(cells, "saved locals").meaning, "null");
    const Offset table = chunk_of(
        static_cast<Offset>(session->heap().get(Register::class_pool) - session->heap().memory.base()));
    EXPECT_EQ(inspect(*session, table).title, "The VM's class table");
    EXPECT_EQ(inspect(*session, table).operation_place, "made with the VM");
}

TEST(Inspection, makes_rows_of_a_large_array_on_demand) {
    auto session = session_of("tricolour 1\nheap size=15M\narray big byte 15000000\nset big[14999999] 77\n");
    const Inspection big = inspect(*session, chunk_named(*session, "big"));
    EXPECT_GT(big.row_count(), 1'800'000u);
    const BodyRow row = big.row(1'000'000);
    EXPECT_EQ(row.label, "[7,999,984]");
    const std::uint64_t last = 2 + (15'000'000 - 1) / 8;
    EXPECT_TRUE(big.row(last).meaning.ends_with(" 77"));
}

TEST(Inspection, counts_collections_survived) {
    auto session = session_of("tricolour 1\nheap size=256K\ngc\nalloc a object 16\npermanent a\ngc\ngc\n");
    EXPECT_EQ(inspect(*session, chunk_named(*session, "a")).collections_survived, 2u);
}

TEST(Inspection, tells_operations_typed_in) {
    auto session = session_of("tricolour 1\nheap size=256K\nalloc a data 16\n");
    ASSERT_TRUE(session->type_in("alloc b data 32"));
    const Inspection b = inspect(*session, chunk_named(*session, "b"));
    EXPECT_EQ(b.operation_place, "typed in");
    EXPECT_EQ(b.operation_text, "alloc b data 32");
}

std::vector<std::string> referrers_text(const Session& session, Offset chunk) {
    ThreadNames threads;
    threads.update(session);
    std::vector<std::string> all;
    for (const Referrer& referrer : referrers_of(session, chunk).rows) {
        const ReferrerText text = text_of(session, threads, referrer);
        all.push_back(text.holder.empty() ? text.place : text.holder + ": " + text.place);
    }
    return all;
}

TEST(Referrers, are_roots_then_chunks) {
    auto session = session_of(small_program);
    ASSERT_TRUE(session->type_in("thread main"));
    ASSERT_TRUE(session->type_in("call main run locals=2"));
    ASSERT_TRUE(session->type_in("local main 1 b"));
    ASSERT_TRUE(session->type_in("pin b"));
    const auto all = referrers_text(*session, chunk_named(*session, "b"));
    const std::vector<std::string> expected = {
        "Thread `main`: frame `run`, local 1", "pinned by a debugger", "class `Base`: static field `shared`",
        "Node `a`: field `next`", "WeakReference `w`: referent, not followed"};
    EXPECT_EQ(all, expected);
    EXPECT_EQ(referrers_text(*session, chunk_named(*session, "a")),
              std::vector<std::string>{"Node[] `list`: element [1]"});
    EXPECT_EQ(referrers_of(*session, chunk_named(*session, "Node")).instances, 2u);
}

TEST(Inspector, looks_for_referrers_in_a_large_heap_only_when_asked) {
    auto session = session_of(small_program);
    Inspector inspector;
    inspector.look(*session, chunk_named(*session, "b"));
    EXPECT_EQ(inspector.referrers(false, 1), nullptr);
    ASSERT_NE(inspector.referrers(true, 1), nullptr);
    EXPECT_EQ(inspector.referrers(false, 1)->total, 3u) << "kept once they are known";
    inspector.look(*session, chunk_named(*session, "a"));
    EXPECT_EQ(inspector.referrers(false, 1), nullptr);
}

// --- nothing may crash, whatever the heap holds ------------------------------------------------

class RandomMutator {
public:
    explicit RandomMutator(unsigned seed) : random_(seed) {}

    std::string head() {
        const char* const word = below(2) ? "4" : "8";
        const char* const vm = below(3) ? "none" : "unified";
        return std::string("tricolour 1\nheap size=256K word=") + word + " vm=" + vm +
               " transient=64 permanent=64\nclass K0 f0:ref f1:int static.s0:ref\nthread t0\ncall t0 m0 "
               "locals=3\n";
    }

    std::string line() {
        switch (below(24)) {
            case 0:
                return "alloc " + name() + " " + std::to_string(below(10)) + " " + std::to_string(below(300));
            case 1:
            case 2: return "new " + name() + " " + class_name();
            case 3: return "array " + name() + " long " + std::to_string(below(40));
            case 4: return "array " + name() + " " + class_name() + " " + std::to_string(below(12));
            case 5: return "string " + name() + " \"text " + std::to_string(below(9)) + "\"";
            case 6: return "intern " + pooled_name() + " \"text " + std::to_string(below(9)) + "\"";
            case 7: return "weak " + name() + " " + name();
            case 8: return "loader l" + std::to_string(below(2));
            case 9:
                return "class K" + std::to_string(below(4)) + " " +
                       (below(2) ? "extends=" + class_name() + " " : "") +
                       (below(2) ? "loader=l" + std::to_string(below(2)) + " " : "") +
                       "f2:ref static.s1:ref f3:int";
            case 10:
            case 11: return "retype " + (below(6) ? name() : pooled_name()) + " " + std::to_string(below(10));
            case 12: return "free " + name();
            case 13: return "gc";
            case 14: return "set " + name() + ".f" + std::to_string(below(4)) + " " + name();
            case 15:
            case 16:
            case 17: return "set " + name() + "[" + std::to_string(below(12)) + "] " + number();
            case 18: return "set " + name() + "[" + std::to_string(below(12)) + "] " + name();
            case 19: return "local t0 " + std::to_string(below(3)) + " " + (below(2) ? number() : name());
            case 20:
                return below(2) ? "push t0 " + number()
                                : "call t0 m" + std::to_string(below(3)) + " locals=2";
            case 21: return below(2) ? "permanent " + name() : "transient " + name();
            case 22: return below(2) ? "clone " + name() + " " + name() : "begin";
            default: return below(2) ? "throw t0 " + name() : "pin " + name();
        }
    }

private:
    unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
    std::string name() { return below(12) ? "n" + std::to_string(below(16)) : class_name(); }
    // Never freed by hand: that would leave the pool with a string that is gone.
    std::string pooled_name() { return "p" + std::to_string(below(4)); }
    std::string class_name() { return "K" + std::to_string(below(4)); }
    std::string number() {
        switch (below(4)) {
            case 0: return "0xCAFEBABE";
            case 1: return std::to_string(0x10000000 + 4 * below(2000));
            case 2: return std::to_string(0x10000000 + below(300'000));
            default: return std::to_string(below(2) ? random_() : below(100));
        }
    }
    std::mt19937 random_;
};

void read_everything(const Session& session, bool with_referrers) {
    const Heap& heap = session.heap();
    ThreadNames threads;
    threads.update(session);
    for (Offset at = 0; !heap.is_end(at); at = heap.next_chunk(at)) {
        const Inspection inspection(session, at, threads);
        ASSERT_TRUE(inspection.is_chunk);
        const std::uint64_t rows = inspection.row_count();
        for (std::uint64_t i = 0; i < rows; i += i < 40 || i + 40 > rows ? 1 : 97) {
            const BodyRow row = inspection.row(i);
            ASSERT_LE(row.offset + row.bytes, inspection.header.size_bytes());
            if (row.target) {
                ASSERT_LT(*row.target, heap.size_bytes());
            }
        }
        if (!with_referrers || !inspection.header.is_in_use()) continue;
        for (const Referrer& referrer : referrers_of(session, at).rows) {
            text_of(session, threads, referrer);
        }
    }
    for (const Offset odd : {3u, 4u, 12u, heap.size_bytes() - 4, heap.size_bytes() + 100, no_chunk}) {
        Inspection(session, odd, threads).row_count();
    }
    RootRows roots;
    roots.update(session);
    roots.phase_text();
    roots.cursor_text();
    for (std::size_t section = 0; section < root_section_count; ++section) {
        const auto which = static_cast<RootSection>(section);
        for (std::uint64_t i = 0; i < roots.row_count(which); ++i) {
            roots.row(which, i);
        }
    }
}

class AnyHeap : public testing::TestWithParam<unsigned> {};

TEST_P(AnyHeap, can_be_read_at_every_position) {
    RandomMutator mutator(GetParam());
    auto session = session_of(mutator.head());
    unsigned made = 0;
    for (unsigned i = 0; i < 400 && made < 90; ++i) {
        made += session->type_in(mutator.line()).has_value();
    }
    ASSERT_GT(made, 30u);
    ASSERT_TRUE(session->type_in("gc"));
    session->seek({});
    read_everything(*session, true);
    while (session->next(Rung::step)) {
        const bool is_whole = session->position().step == 0;
        if (is_whole || session->position().step % 8 == 1) read_everything(*session, is_whole);
    }
    EXPECT_TRUE(session->is_at_end());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyHeap, testing::Range(0u, 8u));

}  // namespace
}  // namespace tricolour
