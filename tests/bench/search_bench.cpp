// A search of about 1,000,000 chunks: the whole pass, and the longest of its slices of 4 ms.
#include "app/model/search.h"

#include <algorithm>
#include <chrono>
#include <string>

#include <benchmark/benchmark.h>

namespace tricolour {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double slice_milliseconds = 4;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Nodes with names, and a string after each hundred.
heapcore::Session& large_session() {
    static heapcore::Session session([] {
        std::string text = "tricolour 1\nheap size=16777212 word=4 gc=manual\nclass Node next:ref\n";
        for (int i = 0; i < 1'000'000; ++i) {
            text += "new node" + std::to_string(i) + " Node\n";
            if (i % 100 == 0)
                text += "string s" + std::to_string(i) + " \"text " + std::to_string(i) + "\"\n";
        }
        return *heapcore::parse_trace(std::move(text), "bench");
    }());
    static const bool is_there = session.seek_end();
    (void)is_there;
    return session;
}

void search_chunks(benchmark::State& state, const char* typed) {
    const heapcore::Session& session = large_session();
    MapModel map;
    map.rebuild(session.heap());
    double longest = 0;
    Search search;
    for (auto _ : state) {
        search.clear();
        do {
            const auto start = Clock::now();
            search.update(session, map, typed,
                          [&] { return milliseconds_since(start) > slice_milliseconds; });
            longest = std::max(longest, milliseconds_since(start));
        } while (search.is_under_way());
    }
    state.counters["chunks"] = static_cast<double>(session.heap().get(heapcore::Register::chunks));
    state.counters["hits"] = static_cast<double>(search.count());
    state.counters["longest_slice_ms"] = longest;
}
BENCHMARK_CAPTURE(search_chunks, nothing, "xyzzy")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search_chunks, a_name, "node123456")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search_chunks, text, "text 9")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search_chunks, nearly_all, "node")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricolour
