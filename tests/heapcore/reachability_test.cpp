// After a collection exactly what is reachable is alive: ten thousand random graphs.
#include "random_program.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

class RandomGraphs : public testing::TestWithParam<std::tuple<std::uint32_t, VmMode, bool>> {};

TEST_P(RandomGraphs, keep_what_is_reachable_and_lose_the_rest) {
    const auto [word_bytes, vm, has_loaders] = GetParam();
    constexpr std::uint32_t graphs = 1250;
    for (std::uint32_t seed = 0; seed < graphs; ++seed) {
        ProgramOptions options{.seed = seed * 8 + word_bytes + (has_loaders ? 1 : 0),
                               .operations = 40 + seed % 160};
        options.word_bytes = word_bytes;
        options.vm = vm;
        options.has_loaders = has_loaders;
        RandomProgram program(options);
        ASSERT_EQ(program.run(), "") << program.text();
    }
}

INSTANTIATE_TEST_SUITE_P(Machines, RandomGraphs,
                         testing::Combine(testing::Values(4u, 8u),
                                          testing::Values(VmMode::none, VmMode::unified), testing::Bool()),
                         [](const auto& param) {
                             return "word" + std::to_string(std::get<0>(param.param)) +
                                    (std::get<1>(param.param) == VmMode::none ? "_beside" : "_unified") +
                                    (std::get<2>(param.param) ? "_with_loaders" : "");
                         });

}  // namespace
}  // namespace heapcore
