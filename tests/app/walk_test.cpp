#include "app/model/walk.h"

#include "tests/app/random_session.h"

#include <algorithm>
#include <set>

namespace tricolour {
namespace {

using heapcore::Offset;

TEST(Walk, goes_along_the_references_in_the_order_of_the_scan) {
    const auto session = session_of(R"(tricolour 1
class Node left:ref right:ref value:int
new a Node
new b Node
new c Node
set a.left b
set a.right c
set a.value 7
)");
    const Offset b = chunk_named(*session, "b"), c = chunk_named(*session, "c");
    EXPECT_EQ(targets_of(session->heap(), chunk_named(*session, "a")), (std::vector<Offset>{b, c}));
    EXPECT_TRUE(targets_of(session->heap(), b).empty());
}

TEST(Walk, comes_to_each_chunk_once_and_to_the_referent_of_a_weak_reference) {
    const auto session = session_of(R"(tricolour 1
class Node next:ref
new a Node
array many Node 5
set many[0] a
set many[2] many
set many[4] a
weak w many
)");
    const Offset a = chunk_named(*session, "a"), many = chunk_named(*session, "many");
    EXPECT_EQ(targets_of(session->heap(), many), (std::vector<Offset>{a, many}));
    EXPECT_EQ(targets_of(session->heap(), chunk_named(*session, "w")), std::vector<Offset>{many});
}

TEST(Walk, takes_one_reference_after_the_other_and_begins_again) {
    const auto session = session_of(R"(tricolour 1
class Node left:ref middle:ref right:ref
new a Node
new b Node
new c Node
new d Node
set a.left b
set a.middle c
set a.right d
)");
    const Offset a = chunk_named(*session, "a");
    Fork fork{a, chunk_named(*session, "b")};
    for (const char* next : {"c", "d", "b", "c"}) {
        const auto turn = turn_at(session->heap(), fork);
        ASSERT_TRUE(turn) << next;
        EXPECT_EQ(turn->chunk, chunk_named(*session, next));
        EXPECT_EQ(turn->count, 3u);
        fork.taken = turn->chunk;
    }
    EXPECT_EQ(turn_at(session->heap(), {a, a})->number, 1u) << "what was taken is no target: the first";
}

TEST(Walk, has_no_other_way_where_one_reference_is_all) {
    const auto session =
        session_of("tricolour 1\nclass Node next:ref\nnew a Node\nnew b Node\nset a.next b\n");
    const Offset a = chunk_named(*session, "a"), b = chunk_named(*session, "b");
    EXPECT_FALSE(turn_at(session->heap(), {a, b}));
    EXPECT_FALSE(turn_at(session->heap(), {b, a}));
}

TEST(Walk, ends_at_free_chunks_and_never_leaves_the_heap) {
    const auto session = session_of("tricolour 1\nalloc a data 64\nalloc b object 64\nfree a\n");
    EXPECT_TRUE(targets_of(session->heap(), 0).empty()) << "a free chunk";
    EXPECT_TRUE(targets_of(session->heap(), chunk_named(*session, "b")).empty()) << "an object with no class";
    EXPECT_TRUE(targets_of(session->heap(), session->heap().size_bytes()).empty());
}

TEST(Walk, leads_only_to_chunks_in_use_whatever_a_program_did) {
    std::size_t followed = 0;
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        const auto session = random_session(seed);
        const heapcore::Heap& heap = session->heap();
        for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
            const auto targets = targets_of(heap, chunk);
            EXPECT_EQ(std::set<Offset>(targets.begin(), targets.end()).size(), targets.size());
            for (const Offset target : targets)
                EXPECT_TRUE(heap.is_sane(target));
            followed += targets.size();
        }
    }
    EXPECT_GT(followed, 1000u);
}

}  // namespace
}  // namespace tricolour
