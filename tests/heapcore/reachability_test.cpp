// After a collection exactly what is reachable is alive: ten thousand random graphs, and ten times as many at
// night.
#include "machine_kind.h"
#include "nightly.h"
#include "random_program.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

class RandomGraphs : public testing::TestWithParam<MachineKind::Values> {};

TEST_P(RandomGraphs, keep_what_is_reachable_and_lose_the_rest) {
    const auto [word_bytes, vm, has_loaders] = GetParam();
    for (const std::uint32_t seed : seeds(1250, 12500)) {
        ProgramOptions options{.seed = seed * 8 + word_bytes + (has_loaders ? 1 : 0),
                               .operations = 40 + seed % 160};
        options.word_bytes = word_bytes;
        options.vm = vm;
        options.has_loaders = has_loaders;
        RandomProgram program(options);
        ASSERT_EQ(program.run(), "") << program.text();
    }
}

INSTANTIATE_TEST_SUITE_P(Machines, RandomGraphs, MachineKind::all(), MachineKind::name);

}  // namespace
}  // namespace heapcore
