// The graph against what is computed naively, from the bytes and by the collector itself, on random programs.
#include "heapcore/graph.h"

#include "heapcore/session.h"
#include "long_trace.h"
#include "machine_kind.h"
#include "naive_marker.h"
#include "random_program.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

using Node = Graph::Node;

std::set<Offset> chunks_of(const Graph& graph, std::span<const Node> nodes) {
    std::set<Offset> chunks;
    for (const Node node : nodes)
        chunks.insert(graph.chunk(node));
    return chunks;
}

std::set<Offset> without(const std::set<Offset>& all, const std::set<Offset>& some) {
    std::set<Offset> rest;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::inserter(rest, rest.end()));
    return rest;
}

/// All links of all chunks, asked for one by one.
std::vector<Link> all_links(const Heap& heap) {
    std::vector<Link> links;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        if (!heap.header(chunk).is_in_use()) continue;
        const std::vector<Link> of = links_of(heap, chunk);
        links.insert(links.end(), of.begin(), of.end());
    }
    return links;
}

bool is_same(const Link& a, const Link& b) {
    return a.kind == b.kind && a.holder == b.holder && a.place == b.place && a.target == b.target;
}

/// What is reached from the roots when one link and one chunk are left aside, with the shortest distances.
std::map<Offset, std::uint32_t> reached(const Graph& graph, const std::vector<Link>& links,
                                        const Link* cleared = nullptr, Offset gone = no_chunk) {
    std::map<Offset, std::uint32_t> distances;
    std::vector<Offset> pending;
    const auto reach = [&](Offset chunk, std::uint32_t distance) {
        if (chunk != gone && distances.emplace(chunk, distance).second) pending.push_back(chunk);
    };
    for (const Link& root : graph.roots())
        if (!cleared || !is_same(root, *cleared)) reach(root.target, 1);
    for (Node node = 0; node < graph.size(); ++node)
        if (graph.is_permanent(node)) reach(graph.chunk(node), 1);
    for (std::size_t i = 0; i < pending.size(); ++i)
        for (const Link& link : links)
            if (link.holder == pending[i] && (!cleared || !is_same(link, *cleared)))
                reach(link.target, distances[pending[i]] + 1);
    return distances;
}

std::set<Offset> in_use(const Heap& heap) {
    std::set<Offset> chunks;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk))
        if (heap.header(chunk).is_in_use()) chunks.insert(chunk);
    return chunks;
}

class Graphs : public testing::TestWithParam<MachineKind::Values> {
protected:
    /// Random programs that end without a collection, so that there is garbage.
    template <typename Look>
    void for_each_program(std::uint32_t count, std::uint32_t operations, Look look) {
        const auto [word_bytes, vm, has_loaders] = GetParam();
        for (std::uint32_t seed = 0; seed < count; ++seed) {
            ProgramOptions options{.seed = 7000 + seed, .operations = operations};
            options.word_bytes = word_bytes;
            options.vm = vm;
            options.has_loaders = has_loaders;
            options.ends_with_collection = false;
            RandomProgram program(options);
            ASSERT_EQ(program.run(), "") << program.text();
            look(program);
            if (testing::Test::HasFailure()) FAIL() << program.text();
        }
    }
};

TEST_P(Graphs, reach_what_a_collection_leaves) {
    for_each_program(40, 120, [](const RandomProgram& program) {
        const Heap& heap = program.machine().heap();
        const auto graph = Graph::of(heap);
        std::set<Offset> reachable;
        for (Node node = 0; node < graph->size(); ++node)
            if (graph->is_reachable(node)) reachable.insert(graph->chunk(node));
        for (Node node = 0; node < graph->size(); node += 7)
            EXPECT_EQ(is_reachable(heap, graph->chunk(node)), graph->is_reachable(node));
        EXPECT_EQ(reachable, NaiveMarker(heap).survivors());
        Machine machine(program.machine());
        machine.vm().collect(CollectReason::requested);
        EXPECT_EQ(reachable, in_use(machine.heap()));
    });
}

TEST_P(Graphs, retain_what_marking_without_the_chunk_does_not_find) {
    for_each_program(6, 90, [](const RandomProgram& program) {
        const Heap& heap = program.machine().heap();
        const auto graph = Graph::of(heap);
        const std::set<Offset> alive = NaiveMarker(heap).survivors();
        for (Node node = 0; node < graph->size(); ++node) {
            const Offset chunk = graph->chunk(node);
            std::set<Offset> lost = without(alive, NaiveMarker(heap, chunk).survivors());
            ASSERT_EQ(chunks_of(*graph, graph->retained(node)), lost) << chunk;
            std::uint32_t bytes = 0;
            for (const Offset each : lost)
                bytes += heap.header(each).size_bytes();
            ASSERT_EQ(graph->retained_bytes(node), bytes);
            for (Node other = 0; other < graph->size(); ++other)
                ASSERT_EQ(graph->dominates(node, other), lost.contains(graph->chunk(other)));
            const Node above = graph->dominator(node);
            ASSERT_TRUE(above == Graph::none || (above != node && graph->dominates(above, node)));
        }
    });
}

TEST_P(Graphs, lose_what_is_not_reached_once_a_link_is_cleared) {
    for_each_program(4, 80, [](const RandomProgram& program) {
        const Heap& heap = program.machine().heap();
        const auto graph = Graph::of(heap);
        std::vector<Link> links = all_links(heap);
        ASSERT_EQ(links.size(), graph->link_count());
        const auto alive = reached(*graph, links);
        const std::size_t count = links.size();
        links.insert(links.end(), graph->roots().begin(), graph->roots().end());
        for (const Link& link : std::vector(links)) {
            const auto left = reached(
                *graph, std::vector(links.begin(), links.begin() + static_cast<std::ptrdiff_t>(count)),
                &link);
            std::set<Offset> lost;
            for (const auto& [chunk, distance] : alive)
                if (!left.contains(chunk)) lost.insert(chunk);
            ASSERT_EQ(chunks_of(*graph, lost_without(heap, *graph, link)), lost)
                << link.kind << ' ' << link.holder << ' ' << link.place;
        }
    });
}

/// Clears the word itself, and lets the collector tell.
TEST_P(Graphs, lose_what_the_collector_frees_once_a_word_is_cleared) {
    for_each_program(4, 80, [](const RandomProgram& program) {
        const Heap& heap = program.machine().heap();
        const auto graph = Graph::of(heap);
        std::set<Offset> alive;
        for (Node node = 0; node < graph->size(); ++node)
            if (graph->is_reachable(node)) alive.insert(graph->chunk(node));
        std::vector<Link> links = all_links(heap);
        links.insert(links.end(), graph->roots().begin(), graph->roots().end());
        for (const Link& link : links) {
            const bool is_a_word = link.kind == Link::by_root || link.kind == Link::by_chunk;
            if (!is_a_word || link.reason == MarkReason::superclass) continue;
            if (link.reason == MarkReason::interned) continue;  // clearing cuts the bucket's rest off
            Machine machine(program.machine());
            machine.memory().store_word(link.place, 0);
            machine.vm().collect(CollectReason::requested);
            ASSERT_EQ(chunks_of(*graph, lost_without(heap, *graph, link)),
                      without(alive, in_use(machine.heap())))
                << link.kind << ' ' << static_cast<int>(link.reason) << ' ' << link.place;
        }
    });
}

TEST_P(Graphs, give_a_shortest_chain_for_each_link_that_holds_a_chunk) {
    for_each_program(5, 80, [](const RandomProgram& program) {
        const Heap& heap = program.machine().heap();
        const auto graph = Graph::of(heap);
        const std::vector<Link> links = all_links(heap);
        const auto alive = reached(*graph, links);
        for (Node node = 0; node < graph->size(); ++node) {
            const Offset chunk = graph->chunk(node);
            const Chains chains = chains_to(heap, *graph, chunk, 1000);
            ASSERT_EQ(chains.total, chains.rows.size());
            if (!alive.contains(chunk)) {
                ASSERT_TRUE(chains.rows.empty());
                continue;
            }
            ASSERT_EQ(chains.rows.front().size(), alive.at(chunk));
            ASSERT_TRUE(std::is_sorted(chains.rows.begin(), chains.rows.end(),
                                       [](const Chain& a, const Chain& b) { return a.size() < b.size(); }));
            // What holds it, and how far that is from a root around it.
            const auto around = reached(*graph, links, nullptr, chunk);
            std::multiset<std::size_t> lengths, expected;
            for (const Link& root : graph->roots())
                if (root.target == chunk) expected.insert(1);
            if (graph->is_permanent(node)) expected.insert(1);
            for (const Link& link : links)
                if (link.target == chunk && around.contains(link.holder))
                    expected.insert(around.at(link.holder) + 1);
            for (const Chain& chain : chains.rows) {
                lengths.insert(chain.size());
                ASSERT_EQ(chain.back().target, chunk);
                ASSERT_TRUE(chain.front().holder == no_chunk || chain.front().kind == Link::by_thread);
                for (std::size_t i = 1; i < chain.size(); ++i) {
                    ASSERT_EQ(chain[i].holder, chain[i - 1].target);
                    ASSERT_NE(chain[i].holder, chunk) << "a chain does not pass the chunk before its end";
                    ASSERT_TRUE(std::any_of(links.begin(), links.end(),
                                            [&](const Link& link) { return is_same(link, chain[i]); }));
                }
            }
            ASSERT_EQ(lengths, expected);
        }
    });
}

/// The journal says from where the collector turned each chunk grey.
TEST_P(Graphs, tell_the_way_by_which_a_collection_finds_a_chunk) {
    for_each_program(12, 100, [](const RandomProgram& program) {
        Machine machine(program.machine());
        const auto graph = Graph::of(machine.heap());
        Journal journal;
        machine.memory().attach(&journal);
        machine.vm().collector().begin(CollectReason::requested);
        while (machine.vm().collector().phase() < Phase::weak)
            machine.vm().collector().step();
        machine.memory().attach(nullptr);
        std::set<Offset> met;
        for (std::uint64_t i = journal.first(); i < journal.end(); ++i) {
            const Step& step = journal.step(i);
            const bool is_first = step.kind == StepKind::black || step.kind == StepKind::grey
                                      ? met.insert(step.chunk).second
                                      : false;
            if (step.kind != StepKind::grey || !is_first) continue;
            const Chain chain = chain_of_discovery(machine.heap(), *graph, step.chunk);
            ASSERT_FALSE(chain.empty());
            const Link& last = chain.back();
            if (last.reason == MarkReason::superclass) continue;     // met elsewhere before
            if (last.reason == MarkReason::thread_object) continue;  // scanned without turning grey
            ASSERT_EQ(last.place, step.b) << i << ' ' << step.chunk << ' ' << static_cast<int>(step.detail);
            // A static field is told with the class that it is scanned for.
            const bool is_of_class =
                last.reason == MarkReason::static_field || last.reason == MarkReason::class_loader;
            ASSERT_TRUE(is_of_class || last.holder == static_cast<Offset>(step.a));
        }
        ASSERT_FALSE(met.empty());
    });
}

/// Whatever lies in the chunks: a graph is made of it, and both looks agree where pointers lead to chunks.
TEST_P(Graphs, are_made_of_any_contents) {
    std::mt19937 random(5);
    for_each_program(3, 80, [&](const RandomProgram& program) {
        Machine machine(program.machine());
        const Heap& heap = machine.heap();
        const auto before = Graph::of(heap);
        for (int i = 0; i < 60; ++i) {
            const Offset chunk = before->chunk(static_cast<Node>(random() % before->size()));
            const Offset other = before->chunk(static_cast<Node>(random() % before->size()));
            const auto words = (heap.header(chunk).size_bytes() - header_bytes) / heap.geometry().word_bytes;
            const auto place =
                user_of(chunk) + static_cast<Offset>(random() % words) * heap.geometry().word_bytes;
            const Address address = heap.memory.address_of(user_of(other));
            machine.memory().store_word(place, i % 4 == 0 ? random() : address);
        }
        const auto graph = Graph::of(heap);
        for (Node node = 0; node < graph->size(); ++node) {
            const Offset chunk = graph->chunk(node);
            EXPECT_EQ(chains_to(heap, *graph, chunk, 2).rows.empty(), !graph->is_reachable(node));
            const bool is_permanent = heap.header(chunk).type() == AllocationType::static_data;
            EXPECT_TRUE(is_permanent || is_reachable(heap, chunk) == graph->is_reachable(node)) << chunk;
            for (const Link& link : links_of(heap, chunk))
                (void)lost_without(heap, *graph, link);
        }
    });
}

INSTANTIATE_TEST_SUITE_P(Machines, Graphs, MachineKind::all(), MachineKind::name);

TEST(Graph, stops_when_asked_to) {
    RandomProgram program({.seed = 3});
    ASSERT_EQ(program.run(), "");
    EXPECT_TRUE(Graph::of(program.machine().heap(), [] { return false; }));
    EXPECT_FALSE(Graph::of(program.machine().heap(), [] { return true; }));
}

TEST(Graph, stops_wherever_it_is_asked_to) {
    Session session(*parse_trace(crowded_trace(40'000, 3), "crowded"));
    session.seek_end();
    const Heap& heap = session.heap();
    const auto graph = Graph::of(heap);
    Graph::Node last = graph->size() - 1;
    while (!graph->is_reachable(last))
        --last;
    const auto asked_by = [](auto work, int stop_at) {
        int asked = 0;
        const bool is_done = work([&] { return ++asked == stop_at; });
        EXPECT_EQ(is_done, stop_at == 0 || asked < stop_at);
        return asked;
    };
    const std::pair<int, std::function<bool(const ShouldStop&)>> works[] = {
        {40, [&](const ShouldStop& stop) { return Graph::of(heap, stop).has_value(); }},
        {1, [&](const ShouldStop& stop) { return is_reachable(heap, graph->chunk(last), stop); }},
        {12, [&](const ShouldStop& stop) {
             return !chains_to(heap, *graph, graph->chunk(last), 9, stop).rows.empty();
         }}};
    for (const auto& [least, work] : works) {
        const int asked = asked_by(work, 0);
        EXPECT_GE(asked, least) << "it is asked often enough";
        for (int at = 1; at <= asked; ++at)
            EXPECT_EQ(asked_by(work, at), at) << "it goes on after it was stopped";
    }
}

/// A list all along the heap, whose end is also held by the root that holds its head: as deep as it gets.
TEST(Graph, copes_with_a_list_as_long_as_the_heap) {
    HeapSettings settings;
    settings.size_bytes = largest_heap_bytes(8);
    Vm vm(settings);
    Memory& memory = vm.heap.memory;
    vm.begin_operation(0);
    const Offset of = vm.make_class("Node", std::nullopt, no_chunk, {{"next", "LNode;"}, {"head", "LNode;"}});
    const Offset first = vm.make_object(of);
    vm.end_operation();
    vm.push_permanent(memory.address_of(user_of(first)));
    constexpr std::uint32_t length = 100'000;
    Offset last = first;
    for (std::uint32_t i = 1; i < length; ++i) {
        const Offset next = *vm.heap.allocate(AllocationType::object, 24);
        memory.store_word(user_of(next), memory.address_of(of));
        memory.store_word(user_of(next) + 8, 0);
        memory.store_word(user_of(next) + 16, memory.address_of(user_of(first)));
        memory.store_word(user_of(last) + 8, memory.address_of(user_of(next)));
        last = next;
    }
    const auto graph = Graph::of(vm.heap);
    EXPECT_EQ(graph->retained(graph->node_at(first)).size(), length);
    EXPECT_EQ(graph->retained_bytes(graph->node_at(last)), 32u);
    EXPECT_EQ(chains_to(vm.heap, *graph, last, 9).rows.at(0).size(), length);

    memory.store_word(user_of(first) + 16, memory.address_of(user_of(last)));
    const auto shorter = Graph::of(vm.heap);
    EXPECT_EQ(shorter->dominator(shorter->node_at(last)), shorter->node_at(first));
    const Chains chains = chains_to(vm.heap, *shorter, last, 9);
    ASSERT_EQ(chains.rows.size(), 2u);
    EXPECT_EQ(chains.rows[0].size(), 2u);
    EXPECT_EQ(chains.rows[1].size(), length);
}

}  // namespace
}  // namespace heapcore
