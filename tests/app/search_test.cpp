#include "app/model/search.h"

#include "app/model/heap_place.h"
#include "app/model/narration.h"
#include "tests/app/session_of.h"

#include <algorithm>

namespace tricolour {
namespace {

using namespace heapcore;

constexpr const char* text =
    "tricolour 1\n"
    "heap size=256K\n"
    "class Node next:ref\n"
    "class Leaf value:int\n"
    "new first Node\n"
    "new second Node\n"
    "new nodding Leaf\n"
    "string greeting \"good morning\"\n"
    "bookmark \"Before the collection\"\n"
    "permanent first\n"
    "gc\n"
    "bookmark \"After it\"\n"
    "new last Leaf\n";

bool never() { return false; }

/// A search of a session, at the position where it stands.
struct Found {
    const Session& session;
    MapModel map;
    Search search;

    Found(const Session& of, std::string_view typed) : session(of) {
        map.rebuild(session.heap());
        search.update(session, map, typed, never);
    }
    std::vector<std::string> titles(HitKind kind) const {
        std::vector<std::string> titles;
        for (std::uint64_t i = 0; i < search.count(); ++i)
            if (search.hit(i).kind == kind)
                titles.push_back(text_of(session, search.hit(i), search.typed()).title);
        return titles;
    }
};

/// Before the collection, when all that is made lives.
std::unique_ptr<Session> session_before_collection() {
    auto session = session_at_start(text);
    session->extend_index(never);
    session->seek({8, 0});
    return session;
}

using Titles = std::vector<std::string>;

TEST(Search, finds_chunks_by_name_the_one_typed_in_full_first) {
    const auto session =
        session_of("tricolour 1\nalloc ab data 8\nalloc A data 8\nalloc a data 8\nalloc c data 8\n");
    EXPECT_EQ(Found(*session, "a").titles(HitKind::name),
              (Titles{"data chunk a", "data chunk ab", "data chunk A"}));
    EXPECT_EQ(Found(*session, " B ").titles(HitKind::name), Titles{"data chunk ab"})
        << "small letters or capitals";
    EXPECT_EQ(Found(*session, "a").search.count_text(), "3 hits");
}

TEST(Search, finds_a_class_and_its_instances) {
    const auto session = session_before_collection();
    const Found found(*session, "node");
    EXPECT_EQ(found.titles(HitKind::of_class), Titles{"class Node"});
    EXPECT_EQ(found.titles(HitKind::instance), (Titles{"Node first", "Node second"}));
    EXPECT_TRUE(found.titles(HitKind::name).empty()) << "the class is not listed twice";
}

TEST(Search, finds_text_in_strings_and_quotes_it) {
    const auto session = session_before_collection();
    EXPECT_EQ(Found(*session, "MORN").titles(HitKind::text), Titles{"\"good morning\""});
    EXPECT_TRUE(Found(*session, "evening").titles(HitKind::text).empty());
}

TEST(Search, finds_the_chunk_that_holds_a_byte_of_the_heap) {
    const auto session = session_before_collection();
    const Offset chunk = chunk_named(*session, "second");
    const std::string address = address_text(session->heap(), chunk + 8);
    const std::string offset = std::to_string(chunk + 8);
    for (const std::string& typed : {address, "+" + offset, offset + " bytes"}) {
        const Found found(*session, typed);
        ASSERT_EQ(found.search.count(HitKind::byte), 1u) << typed;
        EXPECT_EQ(found.search.hit(0).chunk, chunk) << typed;
        EXPECT_EQ(found.titles(HitKind::byte), Titles{"Node second"});
        EXPECT_TRUE(text_of(*session, found.search.hit(0), typed).detail.ends_with(" + 8")) << typed;
        EXPECT_EQ(found.search.chunks(), std::vector<Offset>{chunk});
    }
}

TEST(Search, finds_places_of_the_trace) {
    const auto session = session_before_collection();
    const Found operation(*session, "3");
    ASSERT_EQ(operation.search.count(HitKind::place), 1u);
    EXPECT_EQ(operation.search.hit(0).place.position, (Position{3, 0}));
    EXPECT_EQ(operation.titles(HitKind::place), Titles{"Operation 3 \xc2\xb7 line 5"});
    EXPECT_EQ(text_of(*session, operation.search.hit(0), "3").detail, "new first Node");
    EXPECT_EQ(Found(*session, "9.1").titles(HitKind::place), Titles{"Operation 9, step 1 \xc2\xb7 line 11"});
    EXPECT_EQ(Found(*session, "9.sweep").titles(HitKind::place),
              Titles{"Operation 9, sweep \xc2\xb7 line 11"});
    for (const char* line : {"line:6", "line 6"})
        EXPECT_EQ(Found(*session, line).titles(HitKind::place), Titles{"Operation 4 \xc2\xb7 line 6"});
    EXPECT_EQ(Found(*session, "start").titles(HitKind::place), Titles{"Start"});
}

TEST(Search, finds_bookmarks_by_any_part_of_their_titles) {
    const auto session = session_before_collection();
    const Found found(*session, "collection");
    EXPECT_EQ(found.titles(HitKind::bookmark), Titles{"Before the collection"});
    EXPECT_EQ(found.search.hit(0).place.position, (Position{7, 0}));
    EXPECT_EQ(Found(*session, "e").titles(HitKind::bookmark), (Titles{"Before the collection", "After it"}));
}

TEST(Search, is_of_the_position_where_it_is_made) {
    const auto session = session_before_collection();
    Found found(*session, "second");
    EXPECT_EQ(found.search.count(), 1u);
    session->seek_end();
    found.map.rebuild(session->heap());
    found.search.update(*session, found.map, "second", never);
    EXPECT_EQ(found.search.count(), 0u);
    EXPECT_EQ(found.search.state_text(), "'second' names no chunk at this position.");
}

TEST(Search, says_in_a_sentence_why_nothing_was_found) {
    const auto session = session_before_collection();
    const Heap& heap = session->heap();
    for (const auto& [typed, sentence] : std::vector<std::pair<std::string, std::string>>{
             {"", ""},
             {"Node", ""},
             {"xyzzy", "No name, class, text or bookmark here has 'xyzzy' in it."},
             {"99", "The trace has 11 operations."},
             {"line:2", "Line 2 holds no operation."},
             {"0.1", "Operations count from 1."},
             {"0x7fffffff", "0x7fffffff lies outside the heap, which goes from " + address_text(heap, 0) +
                                " to " + address_text(heap, 0x3ffff) + "."},
             {"+0x40000", "The heap has 256 KiB: offsets end at +0x3ffff."},
             {"4M", "The heap has 256 KiB: offsets end at +0x3ffff."}})
        EXPECT_EQ(Found(*session, typed).search.state_text(), sentence) << typed;
}

TEST(Search, numbers_its_hits_through_all_kinds) {
    const auto session = session_before_collection();
    const Found found(*session, "nod");
    ASSERT_EQ(found.search.count(), 4u) << "a name, a class, two instances";
    for (std::uint64_t i = 0; i < found.search.count(); ++i)
        EXPECT_EQ(found.search.index_of(found.search.hit(i)), i);
    EXPECT_EQ(found.search.count_text(2), "3 of 4 hits");
    Hit other = found.search.hit(0);
    other.chunk += 8;
    EXPECT_EQ(found.search.index_of(other), std::nullopt);
}

TEST(Search, marks_each_chunk_once_in_order_of_address) {
    const auto session = session_before_collection();
    const Found found(*session, "o");
    const auto& chunks = found.search.chunks();
    EXPECT_GT(chunks.size(), 3u);
    EXPECT_TRUE(std::ranges::is_sorted(chunks));
    EXPECT_EQ(std::ranges::adjacent_find(chunks), chunks.end());
    for (const char* name : {"second", "nodding", "greeting"})
        EXPECT_TRUE(std::ranges::binary_search(chunks, chunk_named(*session, name))) << name;
}

TEST(Search, goes_on_where_it_stopped) {
    std::string long_text = "tricolour 1\nheap size=1M\n";
    for (int i = 0; i < 2000; ++i)
        long_text += "alloc chunk" + std::to_string(i) + " data 8\n";
    const auto session = session_of(long_text);
    MapModel map;
    map.rebuild(session->heap());
    Search search;
    std::uint64_t before = 0;
    int calls = 0;
    do {
        search.update(*session, map, "chunk", [] { return true; });
        EXPECT_GE(search.count(), before);
        EXPECT_LE(search.count() - before, 200u) << "looks at the clock after some chunks";
        before = search.count();
        if (search.is_under_way()) {
            EXPECT_TRUE(search.count_text().ends_with(" so far")) << search.count_text();
        }
    } while (search.is_under_way() && ++calls < 100);
    EXPECT_GT(calls, 5);
    EXPECT_EQ(search.count_text(), "2,000 hits");
    search.update(*session, map, "chunk1999", never);
    EXPECT_EQ(search.count_text(), "1 hit");
}

TEST(SearchExample, leads_somewhere) {
    const auto session = session_before_collection();
    const Found nothing_typed(*session, "");
    const auto examples = examples_of(*session, nothing_typed.map);
    EXPECT_GE(examples.size(), 9u);
    for (const SearchExample& example : examples) {
        EXPECT_GT(Found(*session, example.typed).search.count(), 0u) << example.typed;
        EXPECT_FALSE(example.what.empty());
    }
    const auto at_start = session_at_start("tricolour 1\n");
    for (const SearchExample& example : examples_of(*at_start, Found(*at_start, "").map))
        EXPECT_GT(Found(*at_start, example.typed).search.count(), 0u) << example.typed;
}

TEST(HeapPlace, is_none_where_something_else_may_be_meant) {
    const auto session = session_before_collection();
    for (const char* typed : {"", "12", "face", "x", "+", "+x", "12 apples", "0x", "0xg", "bytes"})
        EXPECT_FALSE(read_heap_place(session->heap(), typed)) << typed;
}

TEST(HeapPlace, is_an_address_an_offset_or_a_number_of_bytes) {
    const auto session = session_before_collection();
    const Heap& heap = session->heap();
    const auto read = [&](const std::string& typed) {
        const auto place = read_heap_place(heap, typed);
        return place && *place ? std::optional(**place) : std::nullopt;
    };
    EXPECT_EQ(read(address_text(heap, 0xa20)), 0xa20u);
    EXPECT_EQ(read(address_text(heap, 0xa20).substr(2)), 0xa20u);
    EXPECT_EQ(read("0xa20"), 0xa20u) << "as the ruler beside the map counts";
    for (const char* typed : {"+0xa20", "+2592", "2592 bytes", "2592B", "2592 b"})
        EXPECT_EQ(read(typed), 2592u) << typed;
    for (const char* typed : {"4K", "4 KiB", "+4k", "4096 bytes"})
        EXPECT_EQ(read(typed), 4096u) << typed;
}

}  // namespace
}  // namespace tricolour
