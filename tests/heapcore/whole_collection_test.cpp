// A whole collection against one made in single transitions: the same bytes, and the same journal.
#include "machine_kind.h"
#include "nightly.h"
#include "random_program.h"

#include <cstring>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

bool is_same(const Step& one, const Step& other) {
    return one.kind == other.kind && one.detail == other.detail && one.extra == other.extra &&
           one.chunk == other.chunk && one.a == other.a && one.b == other.b;
}
bool is_same(const Store& one, const Store& other) {
    return one.offset == other.offset && one.before == other.before && one.after == other.after;
}

/// Where two journals say something else of the steps that both hold.
std::string difference(const Journal& one, const Journal& other) {
    if (one.end() != other.end())
        return std::to_string(one.end()) + " and " + std::to_string(other.end()) + " steps";
    for (std::uint64_t step = std::max(one.first(), other.first()); step < one.end(); ++step) {
        const std::string where =
            "step " + std::to_string(step) + ", a " + std::string(row_of(other.step(step).kind).word) + ": ";
        if (!is_same(one.step(step), other.step(step))) return where + "another one";
        const std::uint64_t stores = one.stores_end(step) - one.stores_begin(step);
        if (stores != other.stores_end(step) - other.stores_begin(step))
            return where + "more or fewer stores";
        for (std::uint64_t i = 0; i < stores; ++i)
            if (!is_same(one.store(one.stores_begin(step) + i), other.store(other.stores_begin(step) + i)))
                return where + "store " + std::to_string(i);
    }
    return {};
}

bool are_same_bytes(const Machine& one, const Machine& other) {
    const auto bytes = one.heap().memory.bytes();
    return std::memcmp(bytes.data(), other.heap().memory.bytes().data(), bytes.size()) == 0;
}

/// A collection that a journal listens to, as far as its limit lets it go.
void collect_recorded(Machine& machine, Journal& journal, bool is_whole) {
    const Listening listening(machine.memory(), journal);
    try {
        if (is_whole) return machine.vm().collect(CollectReason::requested);
        machine.vm().collector().begin(CollectReason::requested);
        while (machine.vm().collector().step()) {
        }
    } catch (const Journal::LimitReached&) {
    }
}

/// What differs between a recorded collection made as a whole and in single transitions.
std::string recorded_difference(const Machine& machine, JournalBounds bounds = {},
                                std::uint64_t limit = Journal::unlimited) {
    Machine whole(machine);
    Journal of_whole(bounds, limit);
    collect_recorded(whole, of_whole, true);
    Machine stepped(machine);
    Journal of_stepped(JournalBounds{}, limit);
    collect_recorded(stepped, of_stepped, false);
    if (!are_same_bytes(whole, stepped)) return "other bytes";
    if (std::string found = difference(of_whole, of_stepped); !found.empty()) return found;
    if (of_whole.first() > 0) return {};
    const std::uint64_t stores = of_whole.end() == 0 ? 0 : of_whole.stores_end(of_whole.end() - 1);
    for (std::uint64_t number = stores; number-- > 0;)
        whole.memory().restore(of_whole.store(number).offset, of_whole.store(number).before);
    return are_same_bytes(whole, machine) ? std::string() : "the way back leads elsewhere";
}

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

        ASSERT_EQ(recorded_difference(machine), "");
        ASSERT_EQ(recorded_difference(machine, {.window_steps = 1 + below(300)}), "");
        ASSERT_EQ(recorded_difference(machine, {}, 1 + below(600)), "");
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

/// Nodes with two references each, in a list or a tree, between others that are garbage; all of them are a
/// superclass's, the references too.
std::unique_ptr<Machine> machine_with(std::uint32_t nodes, bool is_list, std::uint32_t word_bytes,
                                      FreedMode freed) {
    HeapSettings settings;
    settings.word_bytes = word_bytes;
    settings.size_bytes = 4 << 20;
    settings.freed = freed;
    auto machine = std::make_unique<Machine>(settings);
    Vm& vm = machine->vm();
    const std::uint32_t word = vm.heap.geometry().word_bytes;
    vm.begin_operation(0);
    const Offset base = vm.make_class("Base", std::nullopt, no_chunk, {{"left", "LBase;"}});
    const Offset of = vm.make_class("Node", base, no_chunk, {{"number", "I"}, {"right", "LBase;"}});
    vm.end_operation();
    std::vector<Offset> made;
    for (std::uint32_t i = 0; i < nodes; ++i) {
        vm.begin_operation(i);
        made.push_back(vm.make_object(of));
        if (i % 3 == 0) (void)vm.make_object(of);
        vm.end_operation();
        if (i == 0) continue;
        const Offset holder = made[is_list ? i - 1 : (i - 1) / 2];
        const std::uint32_t cell = i % 2 ? 0 : 2;  // a Base's field comes first
        vm.heap.memory.store_word(user_of(holder) + vm.heap.objects().object_fields + cell * word,
                                  vm.heap.memory.address_of(user_of(made.back())));
    }
    vm.push_permanent(vm.heap.memory.address_of(user_of(made[0])));
    return machine;
}

TEST(RecordedCollections, say_the_same_as_single_transitions_of_deep_and_wide_heaps) {
    for (const bool is_list : {true, false})
        for (const std::uint32_t word_bytes : {4u, 8u})
            for (const FreedMode freed : {FreedMode::kept, FreedMode::zeroed}) {
                const auto machine = machine_with(20'000, is_list, word_bytes, freed);
                EXPECT_EQ(recorded_difference(*machine), "");
                EXPECT_EQ(recorded_difference(*machine, {.window_steps = 5000}), "");
                EXPECT_EQ(recorded_difference(*machine, {.budget_bytes = 300'000}), "");
                for (const std::uint64_t limit : {17'000u, 40'001u, 59'999u})
                    EXPECT_EQ(recorded_difference(*machine, {}, limit), "") << limit;
                machine->vm().collect(CollectReason::requested);
                EXPECT_EQ(recorded_difference(*machine), "");
            }
}

INSTANTIATE_TEST_SUITE_P(Machines, WholeCollections, MachineKind::all(), MachineKind::name);

}  // namespace
}  // namespace heapcore
