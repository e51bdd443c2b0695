// A heap that zeroes what it frees.
#include "heap_check.h"
#include "heapcore/audit.h"
#include "told.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

constexpr char kept_head[] = "heap size=256K\n";
constexpr char zeroed_head[] = "heap size=256K freed=zeroed\n";

/// Words of a free chunk's body that are not zero, apart from the list's links and the back-pointer.
int residue_of(const Heap& heap, Offset chunk) {
    const ChunkGeometry& geometry = heap.geometry();
    const Offset last = chunk + heap.header(chunk).size_bytes() - geometry.word_bytes;
    int words = 0;
    for (Offset place = chunk + geometry.previous_offset + geometry.word_bytes; place < last; place += 4)
        words += heap.memory.load32(place) != 0;
    return words;
}

/// A row of longs, each of them -1, between two chunks that stay.
std::string full_array(const std::string& head, const std::string& then) {
    std::string text =
        head + "alloc before data 40\npin before\narray a long 30\nalloc after data 40\npin after\n";
    for (int i = 0; i < 30; ++i)
        text += "set a[" + std::to_string(i) + "] -1\n";
    return text + then;
}

/// Where the array lies before anything happens to it.
Offset array_chunk(const std::string& head) { return Told(full_array(head, "")).chunk("a"); }

TEST(Freed, contents_stay_as_garbage_by_default) {
    const Told told(full_array(kept_head, "free a\n"));
    EXPECT_GT(residue_of(told.heap(), array_chunk(kept_head)), 50);
}

TEST(Freed, contents_are_zeroed_by_a_free_where_the_heap_says_so) {
    for (const char* how : {"free a\n", "gc\n"}) {
        const Told told(full_array(zeroed_head, how));
        EXPECT_FALSE(told.is_live("a"));
        EXPECT_EQ(residue_of(told.heap(), array_chunk(zeroed_head)), 0) << how;
        EXPECT_EQ(broken_invariant(told.heap()), "") << how;
    }
}

TEST(Freed, contents_are_zeroed_by_a_collection_that_nobody_listens_to) {
    const Told told(full_array(zeroed_head, ""));
    Machine machine(told.machine());
    const Offset array = told.chunk("a");
    machine.vm().collect(CollectReason::requested);
    EXPECT_EQ(residue_of(machine.heap(), array), 0);
    EXPECT_EQ(broken_invariant(machine.heap()), "");
}

TEST(Freed, contents_come_back_when_the_step_is_undone) {
    const Told before(full_array(zeroed_head, ""));
    for (const char* how : {"free a\n", "gc\n"}) {
        const Told told(full_array(zeroed_head, how));
        Machine machine(told.machine());
        const Journal& journal = told.journal();
        for (std::uint64_t step = journal.end(); step-- > 0;)
            for (std::uint64_t number = journal.stores_end(step); number-- > journal.stores_begin(step);)
                machine.memory().restore(journal.store(number).offset, journal.store(number).before);
        EXPECT_TRUE(machine.is_same_as(before.machine())) << how;
    }
}

TEST(Freed, classes_take_their_parts_along_and_leave_nothing_broken) {
    const Told told(std::string(zeroed_head) +
                    "loader l\nclass A loader=l static.s:ref f:ref g:int\nclass B extends=A loader=l h:ref\n"
                    "new o B\narray arr B 3\nset arr[0] o\ngc\n");
    for (const char* name : {"l", "A", "B", "o", "arr"})
        EXPECT_FALSE(told.is_live(name)) << name;
    EXPECT_EQ(audit(told.heap()), std::vector<Violation>{});
}

}  // namespace
}  // namespace heapcore
