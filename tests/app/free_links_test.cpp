// The free list as links from chunk to next chunk, and which of many are chosen.
#include "app/model/free_links.h"

#include "session_of.h"

#include <set>

namespace tricolour {
namespace {

using namespace heapcore;

// Free chunks of so many different sizes, and the rest of the heap.
std::unique_ptr<Session> with_free_chunks(int count) {
    std::string text = "tricolour 1\nheap size=4M word=8\n";
    for (int i = 0; i < count; ++i)
        text += "alloc f" + std::to_string(i) + " data " + std::to_string(36 + 8 * ((i * 37) % count)) +
                "\nalloc u" + std::to_string(i) + " data 4\n";
    for (int i = 0; i < count; ++i)
        text += "free f" + std::to_string(i) + "\n";
    return session_of(text);
}

std::vector<Offset> list_of(const Heap& heap) {
    std::vector<Offset> chunks;
    for (Offset at = heap.free_list().first(heap.memory); at != heap.free_list().end();
         at = heap.free_list().next(heap.memory, at))
        chunks.push_back(at);
    return chunks;
}

TEST(FreeLinks, are_all_of_a_short_list_in_its_order) {
    const auto session = with_free_chunks(20);
    const std::vector<Offset> list = list_of(session->heap());
    FreeLinks links;
    links.update(*session, {});
    ASSERT_EQ(links.links().size(), list.size() - 1);
    for (std::size_t i = 0; i + 1 < list.size(); ++i) {
        EXPECT_EQ(links.links()[i].from, list[i]);
        EXPECT_EQ(links.links()[i].to, list[i + 1]);
    }
    EXPECT_TRUE(links.is_whole());
    EXPECT_EQ(links.first(), list.front());
    EXPECT_EQ(links.last(), list.back());
    EXPECT_EQ(links.text(), "free list: 20 links");
}

TEST(FreeLinks, of_a_short_list_know_how_far_from_the_focus_they_are) {
    const auto session = with_free_chunks(20);
    const std::vector<Offset> list = list_of(session->heap());
    FreeLinks links;
    links.update(*session, list[5]);
    for (std::size_t i = 0; i < 20; ++i)
        EXPECT_EQ(links.links()[i].distance, i < 5 ? 4 - i : i - 5) << i;
    links.update(*session, list.front());
    EXPECT_EQ(links.links()[7].distance, 7u);
    links.update(*session, list.back());
    EXPECT_EQ(links.links()[19].distance, 0u);
    EXPECT_EQ(links.links()[0].distance, 19u);
}

TEST(FreeLinks, of_a_long_list_are_those_next_to_the_focus) {
    const auto session = with_free_chunks(500);
    const std::vector<Offset> list = list_of(session->heap());
    FreeLinks links;
    for (const std::size_t place : {std::size_t{0}, std::size_t{3}, std::size_t{250}, list.size() - 2}) {
        links.update(*session, list[place]);
        ASSERT_EQ(links.links().size(), FreeLinks::most) << place;
        std::set<Offset> met;
        for (std::size_t i = 0; i + 1 < links.links().size(); ++i)
            EXPECT_EQ(links.links()[i].to, links.links()[i + 1].from) << "they are one walk";
        for (const FreeLink& link : links.links()) {
            met.insert(link.from);
            met.insert(link.to);
        }
        EXPECT_TRUE(met.contains(list[place]));
        EXPECT_EQ(met.size(), FreeLinks::most + 1);
    }
    EXPECT_EQ(links.text(), "free list: 64 of 500 links shown");
}

TEST(FreeLinks, of_a_long_list_without_focus_are_those_at_both_ends) {
    const auto session = with_free_chunks(500);
    const std::vector<Offset> list = list_of(session->heap());
    FreeLinks links;
    links.update(*session, {});
    ASSERT_EQ(links.links().size(), FreeLinks::most);
    EXPECT_EQ(links.links().front().from, list.front());
    EXPECT_EQ(links.links().back().to, list.back());
    EXPECT_EQ(links.links().front().distance, 0u);
    EXPECT_EQ(links.links().back().distance, 0u);
    EXPECT_EQ(links.links()[31].distance, 31u);
}

TEST(FreeLinks, of_a_long_list_come_with_those_of_chunks_in_sight) {
    const auto session = with_free_chunks(500);
    const std::vector<Offset> list = list_of(session->heap());
    FreeLinks links;
    const std::vector<Offset> seen = {list[300], list[310]};
    links.update(*session, list[20], seen);
    EXPECT_EQ(links.links().size(), FreeLinks::most + 4);
    std::size_t beside = 0;
    for (const FreeLink& link : links.links())
        beside += !link.is_near;
    EXPECT_EQ(beside, 4u);
    links.update(*session, list[20], list);
    EXPECT_LE(links.links().size(), FreeLinks::most + FreeLinks::most_in_sight + 1) << "of many only some";
}

TEST(FreeLinks, follow_the_position) {
    const auto session = with_free_chunks(20);
    FreeLinks links;
    links.update(*session, {});
    const std::uint64_t before = links.count();
    session->back(Rung::operation);
    links.update(*session, {});
    EXPECT_EQ(links.count(), before - 1);
    EXPECT_EQ(links.links().size(), before - 1);
}

TEST(FreeLinks, do_not_take_a_chunk_for_listed_that_was_just_found) {
    auto session = with_free_chunks(20);
    const std::vector<Offset> list = list_of(session->heap());
    ASSERT_TRUE(session->type_in("alloc n data 36"));
    const std::size_t operation = session->trace().operations.size() - 1;
    session->seek({operation, 0});
    while (session->next(Rung::step) && session->current_step()->kind != StepKind::taken) {
        EXPECT_TRUE(FreeLinks::is_listed(session->heap(), list.front()));
    }
    EXPECT_FALSE(session->heap().header(list.front()).is_in_use());
    EXPECT_FALSE(FreeLinks::is_listed(session->heap(), list.front())) << "it has left the list";
    EXPECT_TRUE(FreeLinks::is_listed(session->heap(), list[1]));
}

TEST(FreeLinks, of_one_chunk_and_of_none_are_none) {
    const auto session = session_of("tricolour 1\nheap size=256K word=8\n");
    FreeLinks links;
    links.update(*session, {});
    EXPECT_TRUE(links.links().empty());
    EXPECT_EQ(links.text(), "free list: one chunk, no links");
    EXPECT_EQ(links.first(), links.last());
}

}  // namespace
}  // namespace tricolour
