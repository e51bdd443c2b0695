// A session of a random program of objects, carried out up to its end: each seed another word size, another
// home of the VM's structures, with or without a collection at the end.
#pragma once

#include "tests/app/session_of.h"
#include "tests/heapcore/random_program.h"

namespace tricolour {

inline std::unique_ptr<heapcore::Session> random_session(std::uint32_t seed) {
    heapcore::RandomProgram program({.seed = seed,
                                     .operations = 150,
                                     .word_bytes = seed % 2 ? 4u : 8u,
                                     .vm = seed % 3 == 0 ? heapcore::VmMode::unified : heapcore::VmMode::none,
                                     .has_loaders = true,
                                     .ends_with_collection = seed % 4 == 0});
    EXPECT_EQ(program.run(), "");
    return session_of(program.text());
}

}  // namespace tricolour
