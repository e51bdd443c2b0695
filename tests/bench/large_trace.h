// What the map is measured with: a heap of about 1,000,000 small chunks.
#pragma once

#include "heapcore/trace.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tricolour {

inline constexpr std::uint32_t large_trace_chunks = 1'000'000;

// Small chunks of all types, one in eight freed again; then work for the frames to come.
inline heapcore::Trace large_trace() {
    std::string text = "tricolour 1\nheap size=16777212 word=4 gc=manual\n";
    constexpr const char* types[] = {"object", "object-array", "string",         "primitive-array",
                                     "object", "data",         "weak-reference", "instance-class",
                                     "object", "static"};
    for (std::uint32_t i = 0; i < large_trace_chunks; ++i)
        text += "alloc a" + std::to_string(i) + " " + types[(i / 7 + i / 1024) % 10] + " 12\n";
    for (std::uint32_t i = 0; i < large_trace_chunks; i += 8)
        text += "free a" + std::to_string(i) + "\n";
    for (std::uint32_t i = 0; i < large_trace_chunks / 8; ++i)
        text += "alloc b" + std::to_string(i) + " string 12\n";
    for (std::uint32_t i = 0; i < large_trace_chunks / 8; ++i)
        text += "free a" + std::to_string((i * 7919u % (large_trace_chunks / 8)) * 8 + 1) + "\n";
    return *heapcore::parse_trace(std::move(text), "bench");
}

/// Operations after which the heap is laid out; those behind are the work.
inline constexpr std::size_t large_trace_laid = large_trace_chunks + large_trace_chunks / 8;

}  // namespace tricolour
