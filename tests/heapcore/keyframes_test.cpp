// A keyframe put back is the machine as it stood, whichever words of which pages were kept.
#include "heapcore/keyframes.h"

#include "long_trace.h"

#include <map>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

constexpr std::uint32_t operations = 40'000;
constexpr std::uint32_t operations_each = 2'000;  // between keyframes

const Trace& trace() {
    static const Trace read = [] {
        std::string text = long_trace(operations, 4'000);
        text.replace(text.find("16777208"), 8, "2M");
        return *parse_trace(std::move(text), "keyframes.trace");
    }();
    return read;
}

/// Keyframes of the whole trace, and the machines they were taken of.
struct Captured {
    explicit Captured(std::uint64_t budget_bytes) : keyframes(budget_bytes) {
        Machine machine(trace().settings);
        for (std::size_t i = 0; i < operations; ++i) {
            if (i % operations_each == 0) {
                machines.emplace(i, machine);
                keyframes.capture(machine, i, i);
                EXPECT_TRUE(keyframes.bytes() <= budget_bytes || keyframes.count() <= 2);
            }
            (void)machine.apply(trace(), i);
        }
    }

    void expect_each_to_be_the_machine() const {
        Machine machine(trace().settings);
        for (const auto& [operation, expected] : machines) {
            const auto nearest = keyframes.restore(machine, operation);
            ASSERT_TRUE(nearest);
            EXPECT_EQ(nearest, keyframes.nearest(operation));
            const Machine& then = machines.at(*nearest);
            EXPECT_TRUE(machine.is_same_as(then) && then.is_same_as(machine)) << *nearest;
        }
    }

    Keyframes keyframes;
    std::map<std::size_t, Machine> machines;
};

constexpr std::uint64_t plenty = 1u << 30;

TEST(Keyframes, are_the_machines_that_they_were_taken_of) {
    const Captured captured(plenty);
    EXPECT_EQ(captured.keyframes.count(), operations / operations_each);
    captured.expect_each_to_be_the_machine();
}

// Those dropped may hold pages on which others build.
TEST(Keyframes, are_still_right_once_others_were_dropped) {
    const Captured all(plenty);
    for (const std::uint64_t part : {2, 4, 1000}) {
        const Captured some(all.keyframes.bytes() / part);
        EXPECT_LT(some.keyframes.count(), all.keyframes.count());
        EXPECT_GE(some.keyframes.count(), 2u);
        some.expect_each_to_be_the_machine();
    }
}

TEST(Keyframes, taken_after_others_were_forgotten_are_right) {
    Captured captured(plenty);
    const std::size_t middle = operations / 2;
    captured.keyframes.forget_after(middle);
    std::erase_if(captured.machines, [](const auto& entry) { return entry.first > middle; });
    const Machine empty(trace().settings);
    captured.machines.emplace(middle + 1, empty);
    captured.keyframes.capture(empty, middle + 1, middle + 1);
    captured.expect_each_to_be_the_machine();
}

// A whole one takes what its words take that are not zero; one hardly different, what changed.
TEST(Keyframes, take_what_their_words_take) {
    Machine machine(trace().settings);
    for (std::size_t i = 0; i < operations / 2; ++i)
        (void)machine.apply(trace(), i);
    const auto bytes = machine.heap().memory.bytes();
    std::size_t used = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 4)
        used += machine.heap().memory.load32(static_cast<Offset>(i)) != 0;
    Keyframes keyframes(plenty);
    keyframes.capture(machine, 0, 0);
    const std::uint64_t whole = keyframes.bytes();
    EXPECT_LT(whole, 4 * used + bytes.size() / 16);
    for (std::size_t i = operations / 2; i < operations / 2 + 20; ++i)
        (void)machine.apply(trace(), i);
    keyframes.capture(machine, 1, 1);
    EXPECT_LT(keyframes.bytes() - whole, whole / 3);
}

}  // namespace
}  // namespace heapcore
