// How far random tests go: the same few seeds in each test run, so that a passing tree keeps passing; in the
// nightly mode (tests/run --nightly) many more, others each night.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <vector>

namespace heapcore {

inline bool is_nightly() { return std::getenv("TRICOLOUR_NIGHTLY") != nullptr; }

/// TRICOLOUR_SEED, or one drawn anew; printed, so that the night can be repeated.
inline std::uint32_t nightly_seed() {
    const char* given = std::getenv("TRICOLOUR_SEED");
    const auto seed =
        given ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0)) : std::random_device()();
    std::printf("TRICOLOUR_SEED=%lu\n", static_cast<unsigned long>(seed));
    return seed;
}

/// The seeds of a random test: from 0 on in a test run. A test multiplies them as it likes: they wrap around.
inline std::vector<std::uint32_t> seeds(std::uint32_t count, std::uint32_t nightly_count) {
    std::vector<std::uint32_t> all(is_nightly() ? nightly_count : count);
    std::iota(all.begin(), all.end(), is_nightly() ? nightly_seed() : 0);
    return all;
}

}  // namespace heapcore
