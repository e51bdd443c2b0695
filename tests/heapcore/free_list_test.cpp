// The free list's index against a walk along the list, through all that may change the list.
#include "heapcore/free_list.h"

#include "heap_check.h"
#include "heapcore/keyframes.h"
#include "random_program.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

HeapSettings small_heap(std::uint32_t word_bytes) {
    HeapSettings settings;
    settings.word_bytes = word_bytes;
    return settings;
}

class Lists : public testing::TestWithParam<std::uint32_t> {
protected:
    Heap heap{small_heap(GetParam())};
    std::mt19937 random{GetParam()};
    std::vector<Offset> live;

    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); }

    void change() {
        if (live.size() < 20 || below(100) < 52) {
            if (const auto chunk = heap.allocate(AllocationType::data, below(8) ? below(200) : below(5000)))
                live.push_back(*chunk);
        } else {
            std::swap(live[below(static_cast<std::uint32_t>(live.size()))], live.back());
            heap.free(live.back());
            live.pop_back();
        }
    }

    void fragment(std::uint32_t changes) {
        for (std::uint32_t i = 0; i < changes; ++i)
            change();
    }

    /// First size at which the index and a walk disagree; 0 if there is none.
    std::uint32_t difference(FreeList& list) const {
        const std::uint32_t alignment = heap.geometry().alignment_bytes;
        for (std::uint32_t size = alignment; size <= heap.size_bytes() + 64;
             size += size < 6000 ? alignment : 1024)
            if (list.find(heap.memory, size) != list.scan(heap.memory, size)) return size;
        return 0;
    }
    std::uint32_t difference() {
        FreeList anew = heap.free_list();
        if (const std::uint32_t size = difference(anew)) return size;
        return difference(const_cast<FreeList&>(heap.free_list()));
    }
};

TEST_P(Lists, are_searched_as_a_walk_would) {
    for (std::uint32_t i = 0; i < 60; ++i) {
        fragment(100);
        ASSERT_EQ(difference(), 0u) << i;
        ASSERT_FALSE(heap.free_list().is_broken());
        ASSERT_EQ(broken_invariant(heap), "");
    }
}

TEST_P(Lists, are_searched_as_a_walk_would_after_bytes_were_put_back) {
    struct Kept {
        std::vector<std::byte> bytes;
        std::vector<Offset> live;
    };
    std::vector<Kept> kept;
    for (std::uint32_t i = 0; i < 200; ++i) {
        fragment(below(40));
        const auto bytes = heap.memory.bytes();
        kept.push_back({{bytes.begin(), bytes.end()}, live});
        if (below(2) == 0) continue;
        const Kept& back = kept[below(static_cast<std::uint32_t>(kept.size()))];
        heap.memory.restore(0, back.bytes);
        live = back.live;
        if (below(2) == 0) fragment(3);
        ASSERT_EQ(difference(), 0u) << i;
        ASSERT_EQ(broken_invariant(heap), "");
    }
}

// Steps are undone in the middle of whatever the heap was at.
TEST_P(Lists, are_searched_as_a_walk_would_after_a_stop_at_any_step) {
    for (std::uint32_t i = 0; i < 300; ++i) {
        fragment(10);
        const std::vector<Offset> live_before = live;
        const Heap before(heap);
        Journal journal(1u << 20, 1 + below(12));
        heap.memory.attach(&journal);
        try {
            fragment(4);
        } catch (const Journal::LimitReached&) {
        }
        heap.memory.attach(nullptr);
        for (std::uint64_t step = journal.end(); step-- > journal.first();)
            for (std::uint64_t number = journal.stores_end(step); number-- > journal.stores_begin(step);)
                heap.memory.restore(journal.store(number).offset, journal.store(number).before);
        ASSERT_FALSE(journal.has_loose_stores());
        live = live_before;
        ASSERT_TRUE(std::ranges::equal(heap.memory.bytes(), before.memory.bytes()));
        ASSERT_EQ(difference(), 0u) << i;
    }
}

TEST_P(Lists, of_a_copy_and_of_what_is_assigned_are_their_own) {
    fragment(2000);
    Heap copy(heap);
    Heap assigned(small_heap(GetParam()));
    for (std::uint32_t i = 0; i < 20; ++i) {
        fragment(50);
        ASSERT_EQ(difference(), 0u);
        ASSERT_EQ(broken_invariant(copy), "");
        ASSERT_TRUE(copy.allocate(AllocationType::data, 8 + below(64)));
        assigned = heap;
        ASSERT_TRUE(assigned.allocate(AllocationType::data, 8));
        ASSERT_EQ(broken_invariant(assigned), "");
    }
}

// The engine places and frees by one way where a journal listens and by a shorter one where none does.
TEST_P(Lists, are_left_the_same_whether_anything_listens_or_not) {
    for (std::uint32_t round = 0; round < 6; ++round) {
        const bool is_broken = round % 3 == 2;
        heap = Heap(small_heap(GetParam()));
        live.clear();
        fragment(below(3) * 300);
        Heap told = heap;
        std::string changes;
        for (std::uint32_t i = 0; i < 250; ++i) {
            if (is_broken && i % 60 == 59) {
                const Offset chunk = heap.free_list().first(heap.memory);
                const Address to = heap.memory.address_of(below(heap.size_bytes()) & ~7u);
                const Offset place =
                    chunk + (below(2) ? heap.geometry().next_offset : heap.geometry().previous_offset);
                heap.memory.store_word(place, to);
                told.memory.store_word(place, to);
            }
            Journal journal;
            told.memory.attach(&journal);
            if (live.size() < 20 || below(100) < 52) {
                const std::uint32_t bytes = below(8) ? below(200) : below(20'000);
                const auto chunk = heap.allocate(AllocationType::data, bytes);
                ASSERT_EQ(told.allocate(AllocationType::data, bytes), chunk);
                if (chunk) live.push_back(*chunk);
                changes += "alloc " + std::to_string(bytes) + "\n";
            } else {
                std::swap(live[below(static_cast<std::uint32_t>(live.size()))], live.back());
                ASSERT_EQ(told.free(live.back()), heap.free(live.back()));
                changes += "free " + std::to_string(live.back()) + "\n";
                live.pop_back();
            }
            told.memory.attach(nullptr);
            ASSERT_TRUE(std::ranges::equal(told.memory.bytes(), heap.memory.bytes()))
                << "round " << round << "\n"
                << changes;
        }
    }
}

// A program can write over what it gave back. The list is worth nothing then; the engine must end.
TEST_P(Lists, that_are_broken_end_every_search) {
    for (std::uint32_t i = 0; i < 2000; ++i) {
        if (i % 50 == 0) {
            heap = Heap(small_heap(GetParam()));
            live.clear();
            fragment(400);
        }
        const std::uint32_t alignment = heap.geometry().alignment_bytes;
        Offset chunk = heap.free_list().first(heap.memory);
        for (std::uint32_t skip = below(20); skip > 0 && chunk != heap.free_list().end(); --skip)
            chunk = heap.free_list().next(heap.memory, chunk);
        if (chunk == heap.free_list().end()) continue;
        FreeList list = heap.free_list();
        Memory memory = heap.memory;
        const std::uint32_t pointer =
            below(2) ? heap.geometry().next_offset : heap.geometry().previous_offset;
        switch (below(4)) {
            case 0: memory.store_word(chunk + pointer, random()); break;
            case 1: memory.store_word(chunk + pointer, memory.address_of(chunk)); break;
            case 2:
                memory.store_word(chunk + pointer,
                                  memory.address_of(below(heap.size_bytes()) & ~(alignment - 1)));
                break;
            default: memory.store_header(chunk, Header(static_cast<std::uint32_t>(random()))); break;
        }
        for (std::uint32_t size = alignment; size < 3000; size += 13 * alignment)
            (void)list.find(memory, size);
        for (std::uint32_t k = 0; k < 8; ++k) {
            list.remove(memory, chunk);
            (void)list.insert(memory, chunk, (16 + below(200)) * alignment);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Words, Lists, testing::Values(4u, 8u),
                         [](const auto& param) { return "word" + std::to_string(param.param); });

TEST(FreeList, of_a_machine_is_searched_as_a_walk_would_between_keyframes) {
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
        RandomProgram program({.seed = seed, .operations = 150, .word_bytes = seed % 2 ? 4u : 8u});
        ASSERT_EQ(program.run(), "");
        const Trace trace = *parse_trace(program.text(), "test.trace");
        Machine machine(trace.settings);
        Keyframes keyframes(1u << 24);
        std::vector<std::uint64_t> hashes;
        for (std::size_t i = 0; i < trace.operations.size(); ++i) {
            keyframes.capture(machine, i, i);
            hashes.push_back(machine.hash());
            (void)machine.apply(trace, i);
        }
        std::mt19937 random(seed);
        for (int i = 0; i < 40; ++i) {
            std::size_t at = *keyframes.restore(machine, random() % trace.operations.size());
            for (int k = 0; k < 10 && at + 1 < trace.operations.size(); ++k) {
                (void)machine.apply(trace, at++);
                ASSERT_EQ(machine.hash(), hashes[at]);
            }
        }
    }
}

}  // namespace
}  // namespace heapcore
