// What a chunk refers to and what refers to it, as arrows; and where the collector is at work.
#include "app/model/references.h"

#include "app/model/collector_cursor.h"
#include "session_of.h"

#include <algorithm>

namespace tricolour {
namespace {

using namespace heapcore;

const std::string graph = R"(tricolour 1
heap size=256K word=8
class Node next:ref other:ref
new a Node
new b Node
new c Node
set a.next b
set a.other c
set c.next b
permanent a
)";

TEST(References, go_out_and_come_in) {
    const auto session = session_of(graph);
    const Offset a = chunk_named(*session, "a"), b = chunk_named(*session, "b");
    References references;
    references.update(*session, a, nullptr);
    EXPECT_EQ(references.incoming(), 0u) << "not known";
    std::vector<Offset> targets;
    for (const ReferenceArrow& arrow : references.arrows()) {
        EXPECT_EQ(arrow.holder, a);
        targets.push_back(arrow.target);
    }
    EXPECT_TRUE(std::ranges::count(targets, b) == 1 &&
                std::ranges::count(targets, chunk_named(*session, "c")) == 1);
    const Referrers referrers = referrers_of(*session, b);
    references.update(*session, b, &referrers);
    EXPECT_EQ(references.incoming(), 2u);
    const auto incoming = std::ranges::count_if(references.arrows(), &ReferenceArrow::is_incoming);
    EXPECT_EQ(incoming, 2);
    EXPECT_EQ(references.text(), "2 references in");
}

TEST(References, of_many_are_some_spread_evenly_and_the_count_is_said) {
    std::string text = "tricolour 1\nheap size=1M word=8\nclass Node value:int\narray all Node 1000\n";
    for (int i = 0; i < 1000; ++i)
        text += "new n" + std::to_string(i) + " Node\nset all[" + std::to_string(i) + "] n" +
                std::to_string(i) + "\n";
    const auto session = session_of(text);
    References references;
    references.update(*session, chunk_named(*session, "all"), nullptr);
    EXPECT_GE(references.outgoing(), 1000u);
    ASSERT_EQ(references.arrows().size(), References::most);
    const auto [least, largest] = std::ranges::minmax(references.arrows(), {}, &ReferenceArrow::target);
    EXPECT_LT(least.target, chunk_named(*session, "n50"));
    EXPECT_GT(largest.target, chunk_named(*session, "n950"));
    EXPECT_EQ(references.text(),
              "64 of " + std::string(references.outgoing() == 1000 ? "1,000" : "1,001") + " references out");
}

TEST(References, of_a_free_chunk_are_none) {
    const auto session = session_of("tricolour 1\nheap size=256K\nalloc a object 40\nfree a\n");
    References references;
    references.update(*session, 0, nullptr);
    EXPECT_TRUE(references.arrows().empty());
    EXPECT_EQ(references.text(), "");
}

TEST(CollectorCursor, is_the_chunk_scanned_while_marking_and_the_address_while_sweeping) {
    const auto session = session_at_start(graph + "gc\n");
    session->seek({session->trace().operations.size() - 1, 0});
    EXPECT_FALSE(collector_cursor_of(session->heap()));
    bool marked_a = false, has_swept = false;
    Offset before = 0;
    while (session->next(Rung::step)) {
        const auto cursor = collector_cursor_of(session->heap());
        if (!cursor) continue;
        if (cursor->is_sweep) {
            EXPECT_GE(cursor->offset, before) << "the sweep goes upwards";
            before = cursor->offset;
            has_swept = true;
            EXPECT_TRUE(cursor->text.starts_with("sweep "));
        } else if (cursor->offset == chunk_named(*session, "a")) {
            marked_a = true;
            EXPECT_EQ(session->heap().header(cursor->offset).colour(), Colour::grey);
            EXPECT_EQ(cursor->text, "marking, 1 deep");
        }
    }
    EXPECT_TRUE(marked_a);
    EXPECT_TRUE(has_swept);
    EXPECT_FALSE(collector_cursor_of(session->heap()));
}

}  // namespace
}  // namespace tricolour
