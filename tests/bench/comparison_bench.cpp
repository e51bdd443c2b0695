// The engine beside its oracle, an allocator that walks its list, and beside the allocators and the
// collector that one would take instead. These come from the system's libraries, opened by name so that
// none of them takes malloc's place in this program; one that is not there has no row.
#include "../heapcore/linear_heap.h"
#include "forest.h"

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <dlfcn.h>

namespace heapcore {
namespace {

constexpr std::uint32_t smallest_request = 32, largest_request = 232;

/// So many free chunks of rising sizes between chunks that stay.
template <typename Allocate, typename Release>
void fragment(std::uint32_t holes, Allocate allocate, Release release) {
    const std::uint32_t sizes =
        holes <= 10'000 ? (largest_request - smallest_request) / 8 + 1 : 6;  // so that they fit
    std::vector<decltype(allocate(0))> freed;
    for (std::uint32_t i = 0; i < holes; ++i) {
        freed.push_back(allocate(smallest_request + 8 * (i % sizes)));
        benchmark::DoNotOptimize(allocate(8));
    }
    for (const auto chunk : freed)
        release(chunk);
}

template <typename Allocate, typename Release>
void run_pairs(benchmark::State& state, std::uint32_t holes, Allocate allocate, Release release) {
    fragment(holes, allocate, release);
    std::uint32_t bytes = smallest_request;
    for (auto _ : state) {
        release(allocate(bytes));
        bytes = bytes == largest_request ? smallest_request : bytes + 8;
    }
    state.SetItemsProcessed(state.iterations());
}

void pairs_of_heapcore(benchmark::State& state, std::uint32_t holes) {
    Heap heap(largest_heap(8));
    run_pairs(
        state, holes, [&](std::uint32_t bytes) { return *heap.allocate(AllocationType::data, bytes); },
        [&](Offset chunk) { heap.free(chunk); });
}

void pairs_of_the_oracle(benchmark::State& state, std::uint32_t holes) {
    linear::LinearHeap heap(static_cast<std::uint32_t>(largest_heap(8).size_bytes), 8);
    constexpr auto data = static_cast<std::uint32_t>(AllocationType::data);
    run_pairs(
        state, holes, [&](std::uint32_t bytes) { return *heap.allocate(data, bytes); },
        [&](std::uint32_t chunk) { heap.free(chunk); });
}

struct Allocator {
    const char* name;
    const char* library;  ///< null: the C library, which is there
    const char* allocate;
    const char* release;
};
constexpr std::array allocators = {Allocator{"mimalloc", "libmimalloc.so.2", "mi_malloc", "mi_free"},
                                   Allocator{"jemalloc", "libjemalloc.so.2", "malloc", "free"},
                                   Allocator{"libc", nullptr, nullptr, nullptr}};

/// A function of a library; null where there is none.
template <typename Function>
Function* symbol(void* library, const char* name) {
    return library ? reinterpret_cast<Function*>(dlsym(library, name)) : nullptr;
}

const char* word_for(std::uint32_t holes) {
    switch (holes) {
        case 0: return "unfragmented";
        case 1000: return "1,000 free chunks";
        case 10'000: return "10,000 free chunks";
        default: return "100,000 free chunks";
    }
}

void add_pairs(std::uint32_t holes) {
    const std::string row = std::string("allocate and free, ") + word_for(holes) + "/";
    benchmark::RegisterBenchmark((row + "ours").c_str(),
                                 [holes](auto& state) { pairs_of_heapcore(state, holes); });
    auto* oracle = benchmark::RegisterBenchmark((row + "oracle").c_str(),
                                                [holes](auto& state) { pairs_of_the_oracle(state, holes); });
    if (holes >= 10'000) oracle->Iterations(20'000'000 / holes);  // the list is made once
    for (const Allocator& allocator : allocators) {
        void* (*allocate)(std::size_t) = &std::malloc;
        void (*release)(void*) = &std::free;
        if (allocator.library) {
            void* const library = dlopen(allocator.library, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
            allocate = symbol<void*(std::size_t)>(library, allocator.allocate);
            release = symbol<void(void*)>(library, allocator.release);
            if (!allocate || !release) continue;
        }
        benchmark::RegisterBenchmark((row + allocator.name).c_str(), [=](auto& state) {
            run_pairs(
                state, holes, [&](std::uint32_t bytes) { return allocate(bytes); },
                [&](void* chunk) { release(chunk); });
        });
    }
}

// --- collections of heaps in which all objects live -----------------------------------------------

/// Nodes with two references each: a node's children come from the function.
struct Shape {
    const char* name;
    std::uint32_t roots;
    std::uint32_t nodes_each;
    bool is_list;
};
constexpr std::array shapes = {Shape{"a tree of 262,143 nodes", 1, 262'143, false},
                               Shape{"98 trees of 4,095 nodes", 98, 4095, false},
                               Shape{"500 lists of 1,000 nodes", 500, 1000, true}};

/// The node that holds this one, by number; the first holds itself.
std::uint32_t holder_of(const Shape& shape, std::uint32_t node) {
    if (node == 0) return 0;
    return shape.is_list ? node - 1 : (node - 1) / 2;
}
/// Which of its holder's references.
std::uint32_t side_of(const Shape& shape, std::uint32_t node) { return shape.is_list ? 0 : (node - 1) % 2; }

struct Grown {
    Vm vm{largest_heap(8)};

    explicit Grown(const Shape& shape) {
        vm.begin_operation(0);
        const Offset of =
            vm.make_class("Node", std::nullopt, no_chunk, {{"left", "LNode;"}, {"right", "LNode;"}});
        vm.end_operation();
        std::vector<Offset> nodes(shape.nodes_each);
        for (std::uint32_t root = 0; root < shape.roots; ++root)
            for (std::uint32_t i = 0; i < shape.nodes_each; ++i) {
                vm.begin_operation(i);
                nodes[i] = vm.make_object(of);
                vm.end_operation();
                const Address address = vm.heap.memory.address_of(user_of(nodes[i]));
                if (i == 0)
                    vm.push_permanent(address);
                else
                    vm.heap.memory.store_word(user_of(nodes[holder_of(shape, i)]) + 8 + side_of(shape, i) * 8,
                                              address);
            }
    }
};

void collect_in_heapcore(benchmark::State& state, const Shape& shape, bool is_sweep_timed) {
    Grown grown(shape);
    Collector& collector = grown.vm.collector();
    for (auto _ : state) {
        if (is_sweep_timed) state.PauseTiming();
        collector.begin(CollectReason::requested);
        collector.run_to(Phase::sweep);
        if (is_sweep_timed)
            state.ResumeTiming();
        else
            state.PauseTiming();
        collector.run_to(Phase::idle);
        if (!is_sweep_timed) state.ResumeTiming();
    }
}

void* boehm_roots[512];

struct Boehm {
    void* library = dlopen("libgc.so.1", RTLD_NOW | RTLD_LOCAL);
    void (*init)() = symbol<void()>(library, "GC_init");
    void* (*allocate)(std::size_t) = symbol<void*(std::size_t)>(library, "GC_malloc");
    void (*collect)() = symbol<void()>(library, "GC_gcollect");
    explicit operator bool() const { return init && allocate && collect; }
};

struct BoehmNode {
    void* of;
    std::array<BoehmNode*, 2> children;
};

void collect_in_boehm(benchmark::State& state, const Shape& shape, const Boehm& boehm) {
    setenv("GC_MARKERS", "1", 1);
    boehm.init();
    std::fill(std::begin(boehm_roots), std::end(boehm_roots), nullptr);
    std::vector<BoehmNode*> nodes(shape.nodes_each);
    for (std::uint32_t root = 0; root < shape.roots; ++root)
        for (std::uint32_t i = 0; i < shape.nodes_each; ++i) {
            nodes[i] = static_cast<BoehmNode*>(boehm.allocate(sizeof(BoehmNode)));
            if (i == 0)
                boehm_roots[root] = nodes[i];
            else
                nodes[holder_of(shape, i)]->children[side_of(shape, i)] = nodes[i];
        }
    nodes = {};
    boehm.collect();
    for (auto _ : state)
        boehm.collect();
}

[[maybe_unused]] const bool are_registered = [] {
    for (const std::uint32_t holes : {0u, 1000u, 10'000u, 100'000u})
        add_pairs(holes);
    static const Boehm boehm;
    for (const Shape& shape : shapes) {
        const auto add = [&](const char* row, const char* column, auto run) {
            benchmark::RegisterBenchmark((std::string(row) + shape.name + "/" + column).c_str(), run)
                ->Unit(benchmark::kMillisecond);
        };
        add("mark ", "ours", [&](auto& state) { collect_in_heapcore(state, shape, false); });
        if (boehm) add("mark ", "Boehm", [&](auto& state) { collect_in_boehm(state, shape, boehm); });
        add("sweep ", "ours", [&](auto& state) { collect_in_heapcore(state, shape, true); });
    }
    return true;
}();

}  // namespace
}  // namespace heapcore
