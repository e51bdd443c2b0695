// The allocator against a second one written from the memory model alone, on random operations.
#include "heapcore/heap.h"

#include "linear_heap.h"

#include <random>
#include <sstream>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

struct Mix {
    const char* name;
    std::uint32_t word_bytes;
    std::uint32_t size_bytes;
    std::uint32_t operations;
    std::uint32_t compared_each;
    std::uint32_t largest_request;
    std::uint32_t often_free;  ///< of 100 operations
};

std::ostream& operator<<(std::ostream& out, const Mix& mix) { return out << mix.name; }

class RandomMix : public testing::TestWithParam<Mix> {
protected:
    Heap heap{settings()};
    linear::LinearHeap linear{GetParam().size_bytes, GetParam().word_bytes};
    std::ostringstream trace;
    struct Live {
        Offset chunk;
        std::uint32_t name;
    };
    std::vector<Live> live;
    std::uint32_t names = 0;

    static HeapSettings settings() {
        HeapSettings settings;
        settings.size_bytes = GetParam().size_bytes;
        settings.word_bytes = GetParam().word_bytes;
        return settings;
    }

    /// What differs, in words; empty if nothing does.
    std::string difference() const {
        std::ostringstream text;
        Offset chunk = 0;
        std::uint32_t chunks = 0;
        for (; !heap.is_end(chunk); chunk += linear.size_of(chunk), ++chunks)
            if (heap.header(chunk).bits() != linear.header(chunk) || linear.size_of(chunk) == 0) {
                text << "header at " << chunk << ": " << std::hex << heap.header(chunk).bits()
                     << ", expected " << linear.header(chunk);
                return text.str();
            }
        if (heap.get(Register::chunks) != chunks) return "the number of chunks";
        if (heap.get(Register::heap_free) != linear.free_bytes()) return "heap_free";
        if (heap.get(Register::free_chunks) != linear.free_list().size()) return "the number of free chunks";
        const FreeList& list = heap.free_list();
        Offset before = list.start();
        for (const Offset expected : linear.free_list()) {
            const Offset at = list.next(heap.memory, before);
            if (at != expected || list.previous(heap.memory, at) != before) {
                text << "the list leads from " << before << " to " << at << ", expected " << expected;
                return text.str();
            }
            const Offset last_word = at + heap.header(at).size_bytes() - heap.geometry().word_bytes;
            if (heap.memory.load_word(last_word) != heap.memory.address_of(at))
                return "the back-pointer of " + std::to_string(at);
            before = at;
        }
        return list.next(heap.memory, before) == list.end() ? "" : "the list is longer";
    }

    std::string replayable() const {
        std::ostringstream text;
        text << "tricolour 1\nheap size=" << GetParam().size_bytes << " word=" << GetParam().word_bytes
             << " gc=manual\n"
             << trace.str();
        return text.str();
    }
};

TEST_P(RandomMix, leaves_the_same_chunks_list_and_placement_as_a_linear_allocator) {
    const Mix& mix = GetParam();
    std::mt19937 random(mix.operations + mix.size_bytes + mix.word_bytes);
    const auto below = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
    const auto request = [&]() -> std::uint32_t {
        switch (below(8)) {
            case 0: return below(4 * mix.word_bytes + 2);
            case 1: return below(mix.largest_request * 16);
            case 2: return 60;  // equal sizes show the order among equals
            default: return below(mix.largest_request);
        }
    };
    const auto make = [&](std::optional<Offset> ours, std::optional<std::uint32_t> theirs) {
        ASSERT_EQ(ours, theirs) << replayable();
        if (ours) live.push_back({*ours, names});
        ++names;
    };
    for (std::uint32_t i = 0; i < mix.operations; ++i) {
        const std::uint32_t choice = below(100);
        // Emptied or filled for a while, so that long and short free lists both come up.
        const std::uint32_t often_free = i / 4000 % 2 ? 100 - mix.often_free : mix.often_free;
        if (live.empty() || choice >= often_free + 4) {
            const auto type = below(10);
            const std::uint32_t bytes = request();
            trace << "alloc n" << names << ' ' << type << ' ' << bytes << '\n';
            make(heap.allocate(static_cast<AllocationType>(type), bytes), linear.allocate(type, bytes));
        } else {
            const std::size_t which = below(static_cast<std::uint32_t>(live.size()));
            const Live chosen = live[which];
            if (choice < 2) {
                const auto type = below(10);
                trace << "retype n" << chosen.name << ' ' << type << '\n';
                heap.memory.store_header(
                    chosen.chunk, heap.header(chosen.chunk).with_type(static_cast<AllocationType>(type)));
                linear.retype(chosen.chunk, type);
            } else if (choice < 4) {
                trace << "clone n" << names << " n" << chosen.name << '\n';
                const Header header = heap.header(chosen.chunk);
                make(heap.allocate(header.type(), header.size_bytes()), linear.clone(chosen.chunk));
            } else {
                trace << "free n" << chosen.name << '\n';
                live[which] = live.back();
                live.pop_back();
                const Offset joined = heap.free(chosen.chunk);
                const std::uint32_t expected = linear.free(chosen.chunk);
                ASSERT_EQ(heap.header(joined).size_bytes(), expected) << replayable();
            }
        }
        if (HasFatalFailure()) return;
        if (i % mix.compared_each == 0) {
            ASSERT_EQ(difference(), "") << "after operation " << i << " of\n" << replayable();
        }
    }
    ASSERT_EQ(difference(), "") << replayable();
    while (!live.empty()) {
        heap.free(live.back().chunk);
        linear.free(live.back().chunk);
        live.pop_back();
    }
    EXPECT_EQ(difference(), "");
    EXPECT_EQ(heap.get(Register::chunks), 1u);
}

INSTANTIATE_TEST_SUITE_P(Heap, RandomMix,
                         testing::Values(Mix{"word8_smallest_heap", 8, 256 << 10, 30000, 1, 200, 25},
                                         Mix{"word4_smallest_heap", 4, 256 << 10, 30000, 1, 200, 25},
                                         Mix{"word8_tiny_chunks", 8, 256 << 10, 30000, 8, 48, 20},
                                         Mix{"word4_tiny_chunks", 4, 256 << 10, 30000, 8, 24, 20},
                                         Mix{"word8_odd_size", 8, 300'008, 25000, 4, 900, 25},
                                         Mix{"word4_odd_size", 4, 300'004, 25000, 4, 900, 25},
                                         Mix{"word8_megabyte", 8, 1 << 20, 25000, 16, 2000, 25},
                                         Mix{"word4_megabyte", 4, 1 << 20, 25000, 16, 2000, 25},
                                         Mix{"word8_largest_heap", 8, 16'777'208, 20000, 50, 30000, 30},
                                         Mix{"word4_largest_heap", 4, 16'777'212, 20000, 50, 30000, 30}),
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
