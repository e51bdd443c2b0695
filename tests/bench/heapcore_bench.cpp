// The engine: allocator, collector, replay and moving about in a session.
#include "../heapcore/linear_heap.h"
#include "forest.h"
#include "heapcore/audit.h"
#include "heapcore/session.h"

#include <random>

#include <benchmark/benchmark.h>

namespace heapcore {
namespace {

/// Holes of rising sizes between chunks that stay.
template <typename Allocate, typename Release>
void fragment(std::uint32_t holes, Allocate allocate, Release release) {
    const std::uint32_t sizes = holes <= 10'000 ? 100 : 6;  // so that they fit
    std::vector<std::uint32_t> freed;
    for (std::uint32_t i = 0; i < holes; ++i) {
        freed.push_back(allocate(40 + 8 * (i % sizes)));
        allocate(8);
    }
    for (const std::uint32_t chunk : freed)
        release(chunk);
}

template <typename Allocate, typename Release>
void allocate_and_free(benchmark::State& state, Allocate allocate, Release release) {
    fragment(static_cast<std::uint32_t>(state.range(0)), allocate, release);
    std::uint32_t bytes = 0;
    for (auto _ : state) {
        bytes = (bytes + 8) % 800;
        release(allocate(40 + bytes));
    }
    state.SetItemsProcessed(state.iterations());
}

void allocate_and_free(benchmark::State& state) {
    Heap heap(largest_heap(8));
    allocate_and_free(
        state, [&](std::uint32_t bytes) { return *heap.allocate(AllocationType::data, bytes); },
        [&](Offset chunk) { heap.free(chunk); });
}
BENCHMARK(allocate_and_free)->ArgName("free_chunks")->Arg(0)->Arg(1000)->Arg(10'000)->Arg(100'000);

/// The same by an allocator that walks its list. The longest list is made once, which takes half a minute.
void allocate_and_free_by_a_walk(benchmark::State& state) {
    const auto size = static_cast<std::uint32_t>(largest_heap(8).size_bytes);
    linear::LinearHeap heap(size, 8);
    constexpr auto data = static_cast<std::uint32_t>(AllocationType::data);
    allocate_and_free(
        state, [&](std::uint32_t bytes) { return *heap.allocate(data, bytes); },
        [&](std::uint32_t chunk) { heap.free(chunk); });
}
BENCHMARK(allocate_and_free_by_a_walk)->ArgName("free_chunks")->Arg(0)->Arg(1000);
BENCHMARK(allocate_and_free_by_a_walk)->ArgName("free_chunks")->Arg(10'000)->Iterations(2000);
BENCHMARK(allocate_and_free_by_a_walk)->ArgName("free_chunks")->Arg(100'000)->Iterations(200);

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
