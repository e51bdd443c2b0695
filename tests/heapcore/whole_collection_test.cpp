// A whole collection where nothing listens against one made in single transitions: the same bytes.
#include "machine_kind.h"
#include "nightly.h"
#include "random_program.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

class WholeCollections : public testing::TestWithParam<MachineKind::Values> {
protected:
    std::mt19937 random;

    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); }

    /// The machine of a random program right before its last collection.
    std::unique_ptr<Machine> machine_of(std::uint32_t seed) {
        const auto [word_bytes, vm, has_loaders] = GetParam();
        ProgramOptions options{.seed = seed, .operations = 60 + seed % 200};
        options.word_bytes = word_bytes;
        options.vm = vm;
        options.has_loaders = has_loaders;
        RandomProgram program(options);
        EXPECT_EQ(program.run(), "");
        Trace trace = *parse_trace(program.text(), "test.trace");
        trace.settings.freed = seed % 4 == 0 ? FreedMode::zeroed : FreedMode::kept;
        auto machine = std::make_unique<Machine>(trace.settings);
        for (std::size_t i = 0; i + 1 < trace.operations.size(); ++i)
            (void)machine->apply(trace, i);
        return machine;
    }

    /// Bodies and types as no program leaves them: references to anything, chunks of another type.
    void scramble(Heap& heap) {
        std::vector<Offset> chunks;
        for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk))
            if (heap.header(chunk).is_in_use()) chunks.push_back(chunk);
        const auto any = [&] { return chunks[below(static_cast<std::uint32_t>(chunks.size()))]; };
        for (std::uint32_t i = below(60); i > 0; --i) {
            const Offset chunk = any();
            const Header header = heap.header(chunk);
            if (!is_object_type(header.type())) continue;
            if (below(10) == 0) {
                heap.memory.store_header(chunk, header.with_type(static_cast<AllocationType>(below(6))));
                continue;
            }
            const std::uint32_t word = heap.geometry().word_bytes;
            const Offset place = user_of(chunk) + below((header.size_bytes() - header_bytes) / word) * word;
            const Address target =
                heap.memory.address_of(below(4) ? user_of(any()) : below(heap.size_bytes()));
            heap.memory.store_word(place, below(10) ? target : below(2) ? 0 : random());
        }
    }

    void expect_same(const Machine& machine) {
        Machine whole(machine);
        whole.vm().collect(CollectReason::requested);
        Machine stepped(machine);
        stepped.vm().collector().begin(CollectReason::requested);
        while (stepped.vm().collector().run(1)) {
        }
        ASSERT_TRUE(stepped.is_same_as(whole));
        ASSERT_EQ(stepped.hash(), whole.hash());
        // What was freed leaves a list that serves the same chunks.
        for (const std::uint64_t bytes : {0u, 100u, 1000u, 20u})
            ASSERT_EQ(whole.vm().heap.allocate(AllocationType::data, bytes),
                      stepped.vm().heap.allocate(AllocationType::data, bytes));
        ASSERT_TRUE(stepped.is_same_as(whole));
    }
};

TEST_P(WholeCollections, leave_the_bytes_of_single_transitions) {
    for (const std::uint32_t seed : seeds(60, 600)) {
        random.seed(seed);
        const auto machine = machine_of(seed);
        expect_same(*machine);
        if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

TEST_P(WholeCollections, leave_the_bytes_of_single_transitions_on_bodies_that_make_no_sense) {
    for (const std::uint32_t number : seeds(60, 600)) {
        const std::uint32_t seed = 100 + number;
        random.seed(seed);
        const auto machine = machine_of(seed);
        for (int i = 0; i < 4; ++i) {
            Machine scrambled(*machine);
            scramble(scrambled.vm().heap);
            expect_same(scrambled);
            if (HasFatalFailure()) FAIL() << "seed " << seed << " turn " << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Machines, WholeCollections, MachineKind::all(), MachineKind::name);

}  // namespace
}  // namespace heapcore
