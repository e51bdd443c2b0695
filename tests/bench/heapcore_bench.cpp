// The engine: allocator, collector, replay and moving about in a session.
#include "forest.h"
#include "heapcore/audit.h"
#include "heapcore/session.h"

#include <random>

#include <benchmark/benchmark.h>

namespace heapcore {
namespace {

/// A full heap in which every second chunk is garbage.
void sweep_a_fragmented_heap(benchmark::State& state) {
    const HeapSettings settings = largest_heap(8);
    Vm full(settings);
    std::uint32_t swept = 0;
    for (std::uint32_t i = 0; full.heap.get(Register::heap_free) > 4096; ++i) {
        (void)full.heap.allocate(AllocationType::data, 20 + i * 7919 % 150);
        (void)full.heap.allocate(AllocationType::static_data, 8);
        ++swept;
    }
    for (auto _ : state) {
        state.PauseTiming();
        auto vm = std::make_unique<Vm>(full, nullptr);
        state.ResumeTiming();
        vm->collect(CollectReason::requested);
        state.PauseTiming();
        vm.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * swept);
}
BENCHMARK(sweep_a_fragmented_heap)->Unit(benchmark::kMillisecond);

void collect(benchmark::State& state) {
    const auto objects = static_cast<std::uint32_t>(state.range(0));
    const bool has_garbage = state.range(1);
    for (auto _ : state) {
        state.PauseTiming();
        auto forest = std::make_unique<Forest>(objects);
        if (!has_garbage) forest->vm.collect(CollectReason::requested);
        state.ResumeTiming();
        forest->vm.collect(CollectReason::requested);
        state.PauseTiming();
        forest.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * objects);
}
BENCHMARK(collect)
    ->ArgNames({"objects", "half_is_garbage"})
    ->Args({400'000, 0})
    ->Args({400'000, 1})
    ->Unit(benchmark::kMillisecond);

void collect_with_a_journal(benchmark::State& state) {
    Forest forest(100'000);
    forest.vm.collect(CollectReason::requested);
    for (auto _ : state) {
        Journal journal;
        forest.vm.heap.memory.attach(&journal);
        forest.vm.collect(CollectReason::requested);
        forest.vm.heap.memory.attach(nullptr);
        benchmark::DoNotOptimize(journal.end());
    }
}
BENCHMARK(collect_with_a_journal)->Unit(benchmark::kMillisecond);

/// Chunks of the smallest size, each second one free.
void audit_a_million_chunks(benchmark::State& state) {
    Heap heap(largest_heap(4));
    std::vector<Offset> chunks;
    while (const auto chunk = heap.allocate(AllocationType::data, 8))
        chunks.push_back(*chunk);
    for (std::size_t i = 0; i < chunks.size(); i += 2)
        heap.free(chunks[i]);
    for (auto _ : state)
        if (!audit(heap).empty()) state.SkipWithError("a violation");
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(chunks.size()));
}
BENCHMARK(audit_a_million_chunks)->Unit(benchmark::kMillisecond);

void audit_objects(benchmark::State& state) {
    const Forest forest(static_cast<std::uint32_t>(state.range(0)));
    for (auto _ : state)
        if (!audit(forest.vm.heap).empty()) state.SkipWithError("a violation");
}
BENCHMARK(audit_objects)->ArgName("objects")->Arg(100'000)->Arg(500'000)->Unit(benchmark::kMillisecond);

constexpr const char* listchurn = TRICOLOUR_TEST_DATA "/vm/listchurn.trace.gz";

void parse_listchurn(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(read_trace(listchurn));
}
BENCHMARK(parse_listchurn)->Unit(benchmark::kMillisecond);

void replay_listchurn(benchmark::State& state) {
    const Trace trace = *read_trace(listchurn);
    for (auto _ : state) {
        Machine machine(trace.settings);
        for (std::size_t i = 0; i < trace.operations.size(); ++i)
            (void)machine.apply(trace, i);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.operations.size()));
}
BENCHMARK(replay_listchurn)->Unit(benchmark::kMillisecond);

void index_listchurn(benchmark::State& state) {
    const Trace trace = *read_trace(listchurn);
    for (auto _ : state) {
        Session session(trace);
        session.extend_index([] { return false; });
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.operations.size()));
}
BENCHMARK(index_listchurn)->Unit(benchmark::kMillisecond);

struct Indexed {
    Session session{*read_trace(listchurn)};
    Indexed() {
        session.extend_index([] { return false; });
    }
    std::size_t size() const { return session.trace().operations.size(); }
};

void step(benchmark::State& state) {
    Indexed indexed;
    indexed.session.seek({indexed.size() / 2, 0});
    for (auto _ : state)
        if (!indexed.session.next(Rung::step)) indexed.session.seek({indexed.size() / 2, 0});
}
BENCHMARK(step);

void step_back(benchmark::State& state) {
    Indexed indexed;
    indexed.session.seek({indexed.size() / 2, 0});
    for (auto _ : state)
        if (!indexed.session.back(Rung::step)) indexed.session.seek({indexed.size() / 2, 0});
}
BENCHMARK(step_back);

void operation_back(benchmark::State& state) {
    Indexed indexed;
    indexed.session.seek({indexed.size() / 2, 0});
    for (auto _ : state)
        if (!indexed.session.back(Rung::operation)) indexed.session.seek({indexed.size() / 2, 0});
}
BENCHMARK(operation_back);

void seek_anywhere(benchmark::State& state) {
    Indexed indexed;
    std::mt19937 random(1);
    for (auto _ : state)
        indexed.session.seek({random() % indexed.size(), 0});
}
BENCHMARK(seek_anywhere)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace heapcore
