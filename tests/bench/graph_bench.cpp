// The graph of a large heap: all links and dominators, and what is asked of them; and what is asked of a
// whole trace.
#include "app/model/demise.h"
#include "app/model/place_history.h"
#include "app/model/placement.h"
#include "heapcore/graph.h"
#include "heapcore/machine.h"

#include <random>

#include <benchmark/benchmark.h>

namespace heapcore {
namespace {

enum Shape : std::int64_t { tree, list, random_links };

/// Objects with two references each, all reached from one root; of the list each also refers to the first.
struct Linked {
    Vm vm;

    Linked(std::uint32_t objects, Shape shape, std::uint32_t word_bytes) : vm(settings(word_bytes)) {
        Memory& memory = vm.heap.memory;
        const std::uint32_t word = word_bytes;
        vm.begin_operation(0);
        const Offset of =
            vm.make_class("Node", std::nullopt, no_chunk, {{"left", "LNode;"}, {"right", "LNode;"}});
        vm.end_operation();
        std::vector<Offset> users;
        std::mt19937 random(1);
        const auto refer = [&](Offset holder, std::uint32_t which, Offset user) {
            memory.store_word(holder + (1 + which) * word, memory.address_of(user));
        };
        while (users.size() < objects) {
            const auto chunk = vm.heap.allocate(AllocationType::object, 3 * word);
            if (!chunk) break;
            const Offset user = user_of(*chunk);
            memory.zero(user, 3 * word);
            memory.store_word(user, memory.address_of(of));
            const std::size_t i = users.size();
            users.push_back(user);
            if (i == 0) continue;
            if (shape == tree) refer(users[(i - 1) / 2], (i - 1) % 2, user);
            if (shape == list) refer(users[i - 1], 0, user);
            if (shape == list) refer(user, 1, users[0]);
            if (shape == random_links) refer(users[i - 1 - random() % std::min<std::size_t>(i, 64)], 0, user);
            if (shape == random_links) refer(user, 1, users[random() % i]);
        }
        vm.push_permanent(memory.address_of(users.front()));
        if (shape == random_links)
            for (std::size_t i = 0; i < users.size(); i += 97)
                if (i < 50'000) vm.push_permanent(memory.address_of(users[i]));
    }

    static HeapSettings settings(std::uint32_t word_bytes) {
        HeapSettings settings;
        settings.word_bytes = word_bytes;
        settings.size_bytes = largest_heap_bytes(word_bytes);
        return settings;
    }
};

void make_a_graph(benchmark::State& state) {
    const auto objects = static_cast<std::uint32_t>(state.range(0));
    const Linked linked(objects, static_cast<Shape>(state.range(1)), objects > 400'000 ? 4 : 8);
    std::uint32_t chunks = 0;
    for (auto _ : state)
        chunks = Graph::of(linked.vm.heap)->size();
    state.SetItemsProcessed(state.iterations() * chunks);
}
BENCHMARK(make_a_graph)
    ->ArgNames({"objects", "shape"})
    ->ArgsProduct({{400'000, 1'000'000}, {tree, list, random_links}})
    ->Unit(benchmark::kMillisecond);

void ask_for_chains(benchmark::State& state) {
    const Linked linked(400'000, static_cast<Shape>(state.range(0)), 8);
    const auto graph = Graph::of(linked.vm.heap);
    Graph::Node last = graph->size() - 1;
    while (!graph->is_reachable(last))
        --last;
    for (auto _ : state)
        benchmark::DoNotOptimize(chains_to(linked.vm.heap, *graph, graph->chunk(last), 16));
}
BENCHMARK(ask_for_chains)->ArgName("shape")->DenseRange(tree, random_links)->Unit(benchmark::kMillisecond);

/// What running it beside the window costs first.
void copy_a_machine(benchmark::State& state) {
    const Machine machine(Linked::settings(static_cast<std::uint32_t>(state.range(0))));
    for (auto _ : state)
        benchmark::DoNotOptimize(Machine(machine).heap().size_bytes());
}
BENCHMARK(copy_a_machine)->ArgName("word")->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

/// A recorded trace of 300,000 operations, at its end.
struct Churned {
    Session session{*read_trace(TRICOLOUR_TEST_DATA "/vm/listchurn.trace.gz")};
    Churned() {
        session.extend_index([] { return false; });
        session.seek_end();
    }
    std::uint32_t births() const {
        return static_cast<std::uint32_t>(session.heap().get(Register::next_birth));
    }
};

void ask_why_it_is_dead(benchmark::State& state) {
    const Churned churned;
    std::mt19937 random(1);
    for (auto _ : state)
        benchmark::DoNotOptimize(tricolour::demise_of(
            churned.session, 1 + static_cast<std::uint32_t>(random()) % churned.births()));
}
BENCHMARK(ask_why_it_is_dead)->Unit(benchmark::kMillisecond);

void ask_why_it_lies_there(benchmark::State& state) {
    const Churned churned;
    const Origin origin = churned.session.heap().origin_of(0);
    for (auto _ : state)
        benchmark::DoNotOptimize(tricolour::placement_of(churned.session, origin.operation, origin.birth));
}
BENCHMARK(ask_why_it_lies_there)->Unit(benchmark::kMillisecond);

void ask_what_lay_there(benchmark::State& state) {
    const Churned churned;
    for (auto _ : state)
        benchmark::DoNotOptimize(
            tricolour::history_of(churned.session, churned.session.heap().size_bytes() / 4));
}
BENCHMARK(ask_what_lay_there)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace heapcore
