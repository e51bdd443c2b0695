// The kinds of machine that tests of random programs run on: word size, where the VM's structures
// lie, and whether classes have loaders.
#pragma once

#include "heapcore/settings.h"

#include <cstdint>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace heapcore {

struct MachineKind {
    using Values = std::tuple<std::uint32_t, VmMode, bool>;

    static auto all() {
        return testing::Combine(testing::Values(4u, 8u), testing::Values(VmMode::none, VmMode::unified),
                                testing::Bool());
    }
    static std::string name(const testing::TestParamInfo<Values>& kind) {
        const auto [word_bytes, vm, has_loaders] = kind.param;
        return "word" + std::to_string(word_bytes) + (vm == VmMode::none ? "_beside" : "_unified") +
               (has_loaders ? "_with_loaders" : "");
    }
};

}  // namespace heapcore
