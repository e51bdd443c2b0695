// Two moments: what marking one costs, and what it takes to say who is to blame for what differs. A heap of
// 16 MiB with 500,000 chunks at the marked one; then as many operations as the argument says.
#include "app/model/two_moments.h"

#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

namespace tricolour {
namespace {

constexpr std::uint32_t chunks = 500'000;

heapcore::Session& large_session() {
    static const auto session = [] {
        std::string text = "tricolour 1\nheap size=16777212 word=4 gc=manual\n";
        for (std::uint32_t i = 0; i < chunks; ++i)
            text += "alloc a" + std::to_string(i) + " data 12\n";
        for (std::uint32_t i = 0; i < chunks / 2; ++i)
            text += "free a" + std::to_string(i * 7919ull % chunks) + "\nalloc b" + std::to_string(i) +
                    " data 12\n";
        auto made = std::make_unique<heapcore::Session>(*heapcore::parse_trace(std::move(text), "bench"));
        made->seek({chunks, 0});
        return made;
    }();
    return *session;
}

void mark_a_moment(benchmark::State& state) {
    const heapcore::Session& session = large_session();
    TwoMoments moments;
    for (auto _ : state)
        moments.pin(session);
}
BENCHMARK(mark_a_moment)->Unit(benchmark::kMillisecond);

void say_who_is_to_blame(benchmark::State& state) {
    heapcore::Session& session = large_session();
    session.seek({chunks, 0});
    const auto before = session.still();
    session.seek({chunks + static_cast<std::size_t>(state.range(0)), 0});
    std::size_t rows = 0;
    for (auto _ : state)
        rows = differences_between(session, {&before->machine(), before->position()},
                                   {&session.machine(), session.position()})
                   .rows.size();
    state.counters["differences"] = static_cast<double>(rows);
    session.seek({chunks, 0});
}
BENCHMARK(say_who_is_to_blame)->Arg(1)->Arg(10'000)->Arg(500'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricolour
