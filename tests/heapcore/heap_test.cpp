// The allocator against a second one written from the memory model alone, on random operations.
#include "heapcore/heap.h"

#include "heap_pair.h"
#include "heapcore/machine.h"
#include "nightly.h"
#include "recorded.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

constexpr std::uint32_t any_size = 0;

struct Mix {
    const char* name;
    std::uint32_t word_bytes;
    std::uint32_t size_bytes;  ///< any_size: another one for each stream
    std::uint32_t operations;
    std::uint32_t compared_each;  ///< operations between two comparisons of all chunks
    std::uint32_t largest_request;
    std::uint32_t often_free;  ///< of 100 operations while the heap fills; as often not while it empties
};

std::ostream& operator<<(std::ostream& out, const Mix& mix) { return out << mix.name; }

/// A stream of random operations on a pair of heaps.
class Stream {
public:
    Stream(const Mix& mix, std::uint32_t seed)
        : mix_(mix), random_(seed), pair_(size_bytes(), mix.word_bytes) {
        // What a journal hears is searched in another way.
        if (seed % 2) pair_.attach(&journal_);
    }

    /// What differed first, and the trace that leads there; nothing if nothing did.
    std::string run() {
        for (std::uint32_t i = 0; i < mix_.operations; ++i) {
            std::string wrong = change();
            if (wrong.empty()) wrong = i % mix_.compared_each ? pair_.difference_near() : pair_.difference();
            if (!wrong.empty()) return wrong + " after\n" + pair_.trace();
        }
        return pair_.difference();
    }

    /// The same for giving all of it back, which leaves one free chunk.
    std::string empty() {
        while (pair_.size() > 0)
            if (std::string wrong = pair_.free(pair_.size() - 1); !wrong.empty()) return wrong;
        if (pair_.heap().get(Register::chunks) != 1) return "more than one chunk is left";
        return pair_.difference();
    }

    const HeapPair& pair() const { return pair_; }

private:
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

    // As many small heaps as large ones.
    std::uint32_t size_bytes() {
        if (mix_.size_bytes != any_size) return mix_.size_bytes;
        const auto smallest = static_cast<std::uint32_t>(smallest_heap_bytes);
        const std::uint32_t least = smallest << below(6);
        return (least + below(least)) / mix_.word_bytes * mix_.word_bytes;
    }

    std::uint32_t request() {
        switch (below(9)) {
            case 0: return below(4 * mix_.word_bytes + 2);
            case 1: return below(mix_.largest_request * 16);
            case 2: return 60;  // equal sizes show the order among equals
            case 3: return nearly_a_free_chunk();
            default: return below(mix_.largest_request);
        }
    }

    /// What takes a free chunk whole, or leaves the smallest one of it, or just does not. Rarely a large one:
    /// there would be little room for anything else.
    std::uint32_t nearly_a_free_chunk() {
        const auto& list = pair_.linear().free_list();
        const std::uint32_t most = below(2000) ? mix_.largest_request : pair_.heap().size_bytes();
        const auto end =
            std::ranges::find_if(list, [&](Offset chunk) { return pair_.linear().size_of(chunk) > most; });
        if (end == list.begin()) return 0;
        const auto which = below(static_cast<std::uint32_t>(end - list.begin()));
        const std::uint32_t size = pair_.linear().size_of(list[which]);
        const std::uint32_t remainder = below(3) * mix_.word_bytes * 2;
        const std::uint32_t bytes = size - header_bytes + 2 - below(5);
        return bytes > remainder ? bytes - remainder : bytes;
    }

    // Filled up and then emptied by half, so that long and short free lists both come up.
    void turn() {
        const std::uint64_t free_bytes = pair_.heap().get(Register::heap_free);
        if (free_bytes > pair_.heap().size_bytes() / 2) is_filling_ = true;
        if (free_bytes < pair_.heap().size_bytes() / 32) is_filling_ = false;
    }

    std::string change() {
        turn();
        const std::uint32_t choice = below(100);
        const std::uint32_t often_free = is_filling_ ? mix_.often_free : 100 - mix_.often_free;
        if (pair_.size() == 0 || choice >= often_free + 4) {
            const std::uint32_t type = below(10);
            return pair_.allocate(type, request());
        }
        const std::size_t which = below(static_cast<std::uint32_t>(pair_.size()));
        if (choice < 2) return pair_.retype(which, below(10));
        return choice < 4 ? pair_.clone(which) : pair_.free(which);
    }

    const Mix& mix_;
    std::mt19937 random_;
    Journal journal_{1};
    HeapPair pair_;
    bool is_filling_ = true;
};

/// Whether the trace that a failure would print leads a machine to where the pair stands.
testing::AssertionResult replays(const HeapPair& pair) {
    const auto trace = parse_trace(pair.trace(), "pair.trace");
    if (!trace) return testing::AssertionFailure() << trace.error().text();
    Machine machine(trace->settings);
    for (std::size_t i = 0; i < trace->operations.size(); ++i) {
        const Outcome outcome = machine.apply(*trace, i);
        if (outcome.kind != Outcome::done) return testing::AssertionFailure() << outcome.message;
    }
    if (chunk_rows(machine.heap()) != chunk_rows(pair.heap()))
        return testing::AssertionFailure() << "other chunks";
    if (free_list_of(machine.heap()) != free_list_of(pair.heap()))
        return testing::AssertionFailure() << "another free list";
    return testing::AssertionSuccess();
}

class RandomMix : public testing::TestWithParam<Mix> {};

// On heaps of up to a mebibyte everything is compared after each operation. A larger one has too many chunks
// for that: there each operation is followed by a comparison of the free list, the counts and the headers
// that it may have changed, and every so many of them by one of all chunks.
TEST_P(RandomMix, leaves_the_same_chunks_list_and_placement_as_a_linear_allocator) {
    for (const std::uint32_t number : seeds(1, 25)) {
        // Odd for one word size, even for the other, and the other way round in the next turn.
        Stream stream(GetParam(), number + GetParam().size_bytes + GetParam().word_bytes / 4);
        ASSERT_EQ(stream.run(), "");
        ASSERT_TRUE(replays(stream.pair()));
        ASSERT_EQ(stream.empty(), "");
    }
}

INSTANTIATE_TEST_SUITE_P(Heap, RandomMix,
                         testing::Values(Mix{"word8_smallest_heap", 8, 256 << 10, 20000, 1, 200, 25},
                                         Mix{"word4_smallest_heap", 4, 256 << 10, 20000, 1, 200, 25},
                                         Mix{"word8_tiny_chunks", 8, 256 << 10, 7000, 1, 48, 20},
                                         Mix{"word4_tiny_chunks", 4, 256 << 10, 7000, 1, 24, 20},
                                         Mix{"word8_odd_size", 8, 300'008, 20000, 1, 900, 25},
                                         Mix{"word4_odd_size", 4, 300'004, 20000, 1, 900, 25},
                                         Mix{"word8_megabyte", 8, 1 << 20, 15000, 1, 2000, 25},
                                         Mix{"word4_megabyte", 4, 1 << 20, 15000, 1, 2000, 25},
                                         Mix{"word8_largest_heap", 8, 16'777'208, 25000, 50, 30000, 30},
                                         Mix{"word4_largest_heap", 4, 16'777'212, 25000, 50, 30000, 30},
                                         Mix{"word8_any_size", 8, any_size, 15000, 20, 3000, 27},
                                         Mix{"word4_any_size", 4, any_size, 15000, 20, 3000, 27}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Heap, refuses_what_no_size_field_can_hold_and_changes_nothing) {
    Heap heap(HeapSettings{});
    const std::vector<std::byte> before(heap.memory.bytes().begin(), heap.memory.bytes().end());
    for (const std::uint64_t bytes :
         {std::uint64_t{1} << 20, std::uint64_t{1} << 24, std::uint64_t{0xfffffff8}, std::uint64_t{1} << 32,
          ~std::uint64_t{0} - 3, ~std::uint64_t{0}})
        EXPECT_EQ(heap.allocate(AllocationType::data, bytes), std::nullopt) << bytes;
    EXPECT_TRUE(std::equal(before.begin(), before.end(), heap.memory.bytes().begin()));
}

TEST(Heap, hands_out_the_whole_heap_as_one_chunk) {
    for (const std::uint32_t word : {4u, 8u}) {
        HeapSettings settings;
        settings.word_bytes = word;
        settings.size_bytes = largest_heap_bytes(word);
        Heap heap(settings);
        EXPECT_EQ(heap.allocate(AllocationType::data, settings.size_bytes - 3), std::nullopt);
        EXPECT_EQ(heap.allocate(AllocationType::data, settings.size_bytes - 4), 0u);
        EXPECT_EQ(heap.get(Register::heap_free), 0u);
        EXPECT_EQ(heap.allocate(AllocationType::data, 0), std::nullopt);
        heap.free(0);
        EXPECT_EQ(heap.get(Register::heap_free), settings.size_bytes);
    }
}

TEST(Heap, trusts_no_chunk_that_is_not_one) {
    Heap heap(HeapSettings{});
    const Offset chunk = *heap.allocate(AllocationType::data, 100);
    const Header good = heap.header(chunk);
    const auto fault_with = [&](Header header) {
        heap.memory.store_header(chunk, header);
        const ChunkFault fault = heap.fault_of(chunk);
        heap.memory.store_header(chunk, good);
        return fault;
    };
    EXPECT_EQ(heap.fault_of(chunk), ChunkFault::none);
    EXPECT_EQ(heap.fault_of(heap.size_bytes()), ChunkFault::outside_heap);
    EXPECT_EQ(heap.fault_of(heap.size_bytes() - 8), ChunkFault::outside_heap);
    EXPECT_EQ(heap.fault_of(no_chunk), ChunkFault::outside_heap);
    EXPECT_EQ(heap.fault_of(chunk + 4), ChunkFault::misaligned);
    EXPECT_EQ(fault_with(good.with_in_use(false)), ChunkFault::not_in_use);
    EXPECT_EQ(fault_with(good.with_size(24)), ChunkFault::too_small);
    EXPECT_EQ(fault_with(good.with_size(100)), ChunkFault::misaligned);
    EXPECT_EQ(fault_with(good.with_size(heap.size_bytes() + 8)), ChunkFault::too_large);
    EXPECT_EQ(fault_with(good.with_type(static_cast<AllocationType>(10))), ChunkFault::type);
    EXPECT_EQ(fault_with(good.with_colour(static_cast<Colour>(3))), ChunkFault::colour);
    const Offset second = *heap.allocate(AllocationType::data, 100);
    heap.memory.store_header(second, heap.header(second).with_size(heap.size_bytes()));
    EXPECT_EQ(heap.fault_of(second), ChunkFault::beyond_end);
}

TEST(Heap, numbers_allocations_and_never_gives_a_birth_twice) {
    Heap heap(HeapSettings{});
    const Offset first = *heap.allocate(AllocationType::data, 10, {0, 7, 0, 3});
    EXPECT_EQ(heap.origin_of(first).birth, 1u);
    EXPECT_EQ(heap.origin_of(first).operation, 7u);
    EXPECT_EQ(heap.origin_of(first).collection, 3u);
    heap.free(first);
    EXPECT_EQ(heap.origin_of(*heap.allocate(AllocationType::data, 10)).birth, 2u);
}

TEST(Heap, tells_a_long_search_as_one_step_and_its_last_candidates) {
    Heap heap(HeapSettings{});
    std::vector<Offset> holes;
    for (std::uint32_t i = 0; i < 100; ++i) {
        holes.push_back(*heap.allocate(AllocationType::data, 40 + 8 * i));
        (void)heap.allocate(AllocationType::data, 0);
    }
    for (const Offset hole : holes)
        heap.free(hole);
    Journal journal;
    heap.memory.attach(&journal);
    ASSERT_TRUE(heap.allocate(AllocationType::data, 40 + 8 * 99));
    EXPECT_EQ(journal.step(0).kind, StepKind::search_skipped);
    EXPECT_EQ(journal.step(0).a + 16, 99u);
    for (std::uint64_t i = 1; i <= 16; ++i)
        EXPECT_EQ(journal.step(i).kind, StepKind::search_looked);
    EXPECT_EQ(journal.step(17).kind, StepKind::search_found);
    EXPECT_EQ(journal.step(17).chunk, holes[99]);
}

}  // namespace
}  // namespace heapcore
