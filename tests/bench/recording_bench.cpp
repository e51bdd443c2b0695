// What recording costs: a collection that nobody listens to, the same one transition by transition,
// and with a journal. How long it takes to get about in a long trace on a full heap: a million
// operations, or as many as the environment's TRICOLOUR_BENCH_OPERATIONS says (five million are meant
// to be got about in within 250 ms wherever one goes).
#include "../heapcore/long_trace.h"
#include "forest.h"
#include "heapcore/session.h"

#include <chrono>
#include <cstdlib>
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
        if (way != Way::stepwise) {
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

/// A first collection, in which every second object is garbage.
void collect_garbage_in_a_way(benchmark::State& state, Way way) {
    const Forest forest(2 * static_cast<std::uint32_t>(state.range(0)));
    Vm vm(forest.vm, nullptr);
    for (auto _ : state) {
        state.PauseTiming();
        vm.heap.memory.restore(0, forest.vm.heap.memory.bytes());
        (void)vm.heap.free_list().first(vm.heap.memory);
        auto journal = std::make_unique<Journal>();
        if (way == Way::recorded) vm.heap.memory.attach(journal.get());
        state.ResumeTiming();
        vm.collect(CollectReason::requested);
        vm.heap.memory.attach(nullptr);
        state.PauseTiming();
        journal.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
void collect_garbage_unheard(benchmark::State& state) { collect_garbage_in_a_way(state, Way::unheard); }
void collect_garbage_recorded(benchmark::State& state) { collect_garbage_in_a_way(state, Way::recorded); }
BENCHMARK(collect_garbage_unheard)
    ->ArgName("objects")
    ->Arg(50'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(collect_garbage_recorded)
    ->ArgName("objects")
    ->Arg(50'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond);

/// Lists of a thousand objects each, all alive.
struct Lists {
    Vm vm{largest_heap(8)};
    explicit Lists(std::uint32_t objects) {
        vm.begin_operation(0);
        const Offset of = vm.make_class("Node", std::nullopt, no_chunk, {{"next", "LNode;"}});
        vm.end_operation();
        Offset before = 0;
        for (std::uint32_t i = 0; i < objects; ++i) {
            vm.begin_operation(i);
            const Offset made = vm.make_object(of);
            vm.end_operation();
            const Address address = vm.heap.memory.address_of(user_of(made));
            if (i % 1000 == 0)
                vm.push_permanent(address);
            else
                vm.heap.memory.store_word(user_of(before) + 8, address);
            before = made;
        }
    }
};

void collect_lists_in_a_way(benchmark::State& state, Way way) {
    Lists lists(static_cast<std::uint32_t>(state.range(0)));
    for (auto _ : state) {
        Journal journal;
        if (way == Way::recorded) lists.vm.heap.memory.attach(&journal);
        lists.vm.collect(CollectReason::requested);
        lists.vm.heap.memory.attach(nullptr);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
void collect_lists_unheard(benchmark::State& state) { collect_lists_in_a_way(state, Way::unheard); }
void collect_lists_recorded(benchmark::State& state) { collect_lists_in_a_way(state, Way::recorded); }
BENCHMARK(collect_lists_unheard)
    ->ArgName("objects")
    ->Arg(50'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(collect_lists_recorded)
    ->ArgName("objects")
    ->Arg(50'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond);

/// What came of a recorded collection, read once from its first store to its last.
void read_a_recorded_collection(benchmark::State& state) {
    Forest forest(2 * static_cast<std::uint32_t>(state.range(0)));
    forest.vm.collect(CollectReason::requested);
    Journal journal;
    forest.vm.heap.memory.attach(&journal);
    forest.vm.collect(CollectReason::requested);
    forest.vm.heap.memory.attach(nullptr);
    const std::uint64_t end = journal.stores_end(journal.end() - 1);
    for (auto _ : state)
        for (std::uint64_t number = 0; number < end; ++number)
            benchmark::DoNotOptimize(journal.store(number));
    state.counters["bytes"] = static_cast<double>(journal.bytes());
}
BENCHMARK(read_a_recorded_collection)->ArgName("objects")->Arg(200'000)->Unit(benchmark::kMillisecond);

constexpr std::uint32_t long_objects = 180'000;

std::uint32_t long_operations() {
    const char* wanted = std::getenv("TRICOLOUR_BENCH_OPERATIONS");
    return wanted ? static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10)) : 1'000'000;
}

const std::string& text_of_the_long_trace() {
    static const std::string text = long_trace(long_operations(), long_objects);
    return text;
}

void parse_a_long_trace(benchmark::State& state) {
    const std::string& text = text_of_the_long_trace();
    for (auto _ : state)
        benchmark::DoNotOptimize(parse_trace(text, "long"));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_a_long_trace)->Unit(benchmark::kMillisecond);

void replay_a_long_trace(benchmark::State& state) {
    const Trace trace = *parse_trace(text_of_the_long_trace(), "long");
    for (auto _ : state) {
        Machine machine(trace.settings);
        for (std::size_t i = 0; i < trace.operations.size(); ++i)
            benchmark::DoNotOptimize(machine.apply(trace, i));
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.operations.size()));
}
BENCHMARK(replay_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(1);

std::unique_ptr<Session> session_of_the_long_trace() {
    return std::make_unique<Session>(*parse_trace(text_of_the_long_trace(), "long"));
}

void index_a_long_trace(benchmark::State& state) {
    const auto session = session_of_the_long_trace();
    for (auto _ : state)
        session->extend_index([] { return false; });
    state.counters["keyframes"] = static_cast<double>(session->keyframes().count());
    state.counters["keyframe_bytes"] = static_cast<double>(session->keyframes().bytes());
}
BENCHMARK(index_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(1);

Session& long_session() {
    static const auto session = [] {
        auto made = session_of_the_long_trace();
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
}

void seek_anywhere_in_a_long_trace(benchmark::State& state) {
    seek_in_the_long_trace(state, [](const Session& session, std::mt19937& random) {
        return Position{random() % session.trace().operations.size(), 0};
    });
}
BENCHMARK(seek_anywhere_in_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(100);

void seek_right_after_collections_of_a_long_trace(benchmark::State& state) {
    seek_in_the_long_trace(state, [](const Session& session, std::mt19937& random) {
        const auto& collections = session.index().collections;
        return Position{collections[random() % collections.size()] + 1, 0};
    });
}
BENCHMARK(seek_right_after_collections_of_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(50);

void seek_into_collections_of_a_long_trace(benchmark::State& state) {
    seek_in_the_long_trace(state, [](const Session& session, std::mt19937& random) {
        const auto& collections = session.index().collections;
        return Position{collections[random() % collections.size()], 1 + random() % (long_objects * 3)};
    });
}
BENCHMARK(seek_into_collections_of_a_long_trace)->Unit(benchmark::kMillisecond)->Iterations(50);

}  // namespace
}  // namespace heapcore
