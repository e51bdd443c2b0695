// What recording costs: a collection that nobody listens to, the same one transition by transition,
// and with a journal. How long it takes to get about in a trace of five million operations on a full
// heap.
#include "../heapcore/long_trace.h"
#include "forest.h"
#include "heapcore/session.h"

#include <chrono>
#include <memory>
#include <random>

#include <benchmark/benchmark.h>

namespace heapcore {
namespace {

enum class Way { unheard, stepwise, recorded };

/// A collection in which all objects live, so that each one finds the heap as the one before did.
void collect_in_a_way(benchmark::State& state, Way way) {
    Forest forest(2 * static_cast<std::uint32_t>(state.range(0)));
    forest.vm.collect(CollectReason::requested);
    std::uint64_t steps = 0;
    for (auto _ : state) {
        Journal journal;
        if (way == Way::recorded) forest.vm.heap.memory.attach(&journal);
        if (way == Way::unheard) {
            forest.vm.collect(CollectReason::requested);
        } else {
            forest.vm.collector().begin(CollectReason::requested);
            while (forest.vm.collector().step()) {
            }
        }
        forest.vm.heap.memory.attach(nullptr);
        steps = journal.end();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    if (way == Way::recorded) state.counters["steps"] = static_cast<double>(steps);
}

void collect_unheard(benchmark::State& state) { collect_in_a_way(state, Way::unheard); }
void collect_stepwise(benchmark::State& state) { collect_in_a_way(state, Way::stepwise); }
void collect_recorded(benchmark::State& state) { collect_in_a_way(state, Way::recorded); }
BENCHMARK(collect_unheard)->ArgName("objects")->Arg(50'000)->Arg(200'000)->Unit(benchmark::kMillisecond);
BENCHMARK(collect_stepwise)->ArgName("objects")->Arg(50'000)->Arg(200'000)->Unit(benchmark::kMillisecond);
BENCHMARK(collect_recorded)->ArgName("objects")->Arg(50'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

constexpr std::uint32_t long_operations = 5'000'000;
constexpr std::uint32_t long_objects = 180'000;

const std::string& text_of_the_long_trace() {
    static const std::string text = long_trace(long_operations, long_objects);
    return text;
}

void parse_a_long_trace(benchmark::State& state) {
    const std::string& text = text_of_the_long_trace();
    for (auto _ : state)
        benchmark::DoNotOptimize(parse_trace(text, "long"));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_a_long_trace)->Unit(benchmark::kMillisecond);

Session& long_session() {
    static const auto session = [] {
        auto made = std::make_unique<Session>(*parse_trace(text_of_the_long_trace(), "long"));
        made->extend_index([] { return false; });
        return made;
    }();
    return *session;
}

/// The mean is the benchmark's time; the longest stands beside it.
template <typename Target>
void seek_in_the_long_trace(benchmark::State& state, Target target) {
    Session& session = long_session();
    std::mt19937 random(1);
    double longest = 0;
    for (auto _ : state) {
        const auto began = std::chrono::steady_clock::now();
        session.seek(target(session, random));
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
        longest = std::max(longest, took.count());
    }
    state.counters["longest_ms"] = longest;
    state.counters["keyframes"] = static_cast<double>(session.keyframes().count());
}

void seek_anywhere_in_a_long_trace(benchmark::State& state) {
    seek_in_the_long_trace(state, [](const Session& session, std::mt19937& random) {
        return Position{random() % session.trace().operations.size(), 0};
    });
}
BENCHMARK(seek_anywhere_in_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(200);

void seek_into_collections_of_a_long_trace(benchmark::State& state) {
    seek_in_the_long_trace(state, [](const Session& session, std::mt19937& random) {
        const auto& collections = session.index().collections;
        return Position{collections[random() % collections.size()], 1 + random() % (long_objects * 3)};
    });
}
BENCHMARK(seek_into_collections_of_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(100);

}  // namespace
}  // namespace heapcore
