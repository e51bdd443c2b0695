// The graph of a large heap: all links and dominators, and what is asked of them; and what is asked of a
// whole trace.
#include "app/model/answers.h"
#include "app/model/demise.h"
#include "app/model/place_history.h"
#include "app/model/placement.h"
#include "app/model/reach.h"
#include "heapcore/graph.h"
#include "heapcore/machine.h"
#include "tests/heapcore/long_trace.h"

#include <chrono>
#include <map>
#include <random>
#include <thread>

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

/// What the lens of what the selection retains asks for: first and second chunk of an instant by marking, and
/// the dominators of all.
void ask_what_a_chunk_retains(benchmark::State& state) {
    const Linked linked(400'000, tree, 8);
    const Heap& heap = linked.vm.heap;
    tricolour::Retention known;
    const auto finish = [&](tricolour::Retention& retention) {
        while (!retention.advance(heap, ~0u)) {
        }
    };
    const auto graph = Graph::of(heap);
    const Offset chunk = graph->chunk(graph->size() / 2);
    known.begin(heap, chunk);
    finish(known);
    constexpr const char* ways[] = {"marked twice", "marked once more", "dominators"};
    state.SetLabel(ways[state.range(0)]);
    for (auto _ : state) {
        if (state.range(0) == 2) {
            benchmark::DoNotOptimize(Graph::of(heap));
            continue;
        }
        tricolour::Retention retention;
        if (state.range(0) == 0)
            retention.begin(heap, chunk);
        else
            retention.begin_beside(heap, known, chunk);
        finish(retention);
    }
}
BENCHMARK(ask_what_a_chunk_retains)->ArgName("way")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

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

/// Someone moves about at the end of a trace in a heap of a million chunks while asked why chunks are alive
/// or dead: how long the longest frame waits for what reads the session beside the window.
void move_about_while_asked_why(benchmark::State& state) {
    using namespace std::chrono;
    Session session(*parse_trace(crowded_trace(1'000'000), "crowded"));
    session.extend_index([] { return false; });
    session.seek_end();
    const std::size_t end = session.position().operation;
    std::vector<Offset> chunks;
    for (Offset chunk = 0; !session.heap().is_end(chunk); chunk = session.heap().next_chunk(chunk))
        chunks.push_back(chunk);
    std::mt19937 random(1);
    const auto began = steady_clock::now();
    const auto now = [&] { return duration<double>(steady_clock::now() - began).count(); };
    tricolour::Answers answers;
    double longest_stop = 0, longest_update = 0;
    std::map<std::string, double> by_work;
    for (auto _ : state) {
        session.seek({end - random() % 100, 0});
        const Offset chunk = chunks[random() % chunks.size()];
        const tricolour::Question question{chunk, session.heap().origin_of(chunk).birth, random() % 4 == 0};
        const double until = now() + 0.15 + static_cast<double>(random() % 1500) / 1000;
        while (now() < until) {
            const double frame = now();
            answers.update(session, question, frame);
            longest_update = std::max(longest_update, now() - frame);
            std::this_thread::sleep_for(milliseconds(4));
        }
        const std::string work = answers.waiting_text();
        const double asked = now();
        answers.stop();
        const double took = now() - asked;
        longest_stop = std::max(longest_stop, took);
        by_work[work] = std::max(by_work[work], took);
    }
    state.counters["longest_stop_ms"] = longest_stop * 1000;
    state.counters["longest_update_ms"] = longest_update * 1000;
    std::string label;
    for (const auto& [work, took] : by_work)
        label += (label.empty() ? "" : "; ") + work + " " + std::to_string(took * 1000) + " ms";
    state.SetLabel(label);
}
BENCHMARK(move_about_while_asked_why)->Unit(benchmark::kMillisecond)->Iterations(40)->UseRealTime();

}  // namespace
}  // namespace heapcore
