#include "app/model/legend.h"

#include "tests/app/session_of.h"

namespace tricolour {
namespace {

using namespace heapcore;

TEST(Legend, counts_what_a_walk_of_the_heap_counts) {
    auto session = session_of(R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
array bytes byte 100
string s "text"
permanent a
gc
alloc d data 40
)");
    MapModel map;
    map.sync(*session);
    const Heap& heap = session->heap();
    const Legend legend = legend_of(map, heap);
    std::array<std::uint32_t, allocation_type_count> chunks{};
    std::uint64_t used = 0, free = 0, free_chunks = 0;
    for (Offset at = 0; !heap.is_end(at); at = heap.next_chunk(at)) {
        const Header header = heap.header(at);
        if (!header.is_in_use()) {
            free += header.size_bytes();
            ++free_chunks;
            continue;
        }
        ++chunks[static_cast<std::size_t>(header.type())];
        used += header.size_bytes();
    }
    for (const LegendRow& row : legend.rows) {
        EXPECT_EQ(row.total.chunks, chunks[static_cast<std::size_t>(row.type)]) << word_of(row.type);
        EXPECT_EQ(row.colours[0].chunks, row.total.chunks) << "all are white outside a collection";
    }
    EXPECT_EQ(legend.in_use.bytes, used);
    EXPECT_EQ(legend.free.bytes, free);
    EXPECT_EQ(legend.free.chunks, free_chunks);
    EXPECT_EQ(legend.all.bytes, heap.size_bytes());
    EXPECT_EQ(legend.odd.chunks, 0u);
    EXPECT_EQ(legend.most_chunks, 256u * 1024 / 32);
}

TEST(Legend, follows_the_colours_while_a_collection_marks) {
    auto session = session_at_start(R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
permanent a
gc
)");
    ASSERT_TRUE(step_into(*session, Phase::threads));
    MapModel map;
    map.sync(*session);
    const Legend legend = legend_of(map, session->heap());
    EXPECT_GT(legend.colours[2].chunks, 0u);
    EXPECT_EQ(legend.colours[0].chunks + legend.colours[1].chunks + legend.colours[2].chunks,
              legend.in_use.chunks);
}

TEST(Legend, says_what_each_colour_means) {
    EXPECT_EQ(meaning_of(Colour::white), "not reached");
    EXPECT_EQ(meaning_of(Colour::grey), "being scanned");
    EXPECT_EQ(meaning_of(Colour::black), "done");
    EXPECT_EQ(meaning_of(static_cast<Colour>(3)), "not a colour");
}

}  // namespace
}  // namespace tricolour
