// Why chunks are alive and what they keep alive, on the built-in scenarios.
#include "app/model/holding.h"

#include "app/model/heap_graph.h"
#include "scenario_session.h"

#include <chrono>
#include <thread>

namespace tricolour {
namespace {

using namespace heapcore;

/// The holding of a chunk, with all that it refers to.
struct Held {
    Held(const Session& session, Offset chunk)
        : graph(*Graph::of(session.heap())), of(make(session, chunk)) {}
    Held(const Session& session, std::string_view name) : Held(session, chunk_named(session, name)) {}

    std::vector<std::string> chain(std::size_t which) const { return texts(of.chains.at(which)); }
    std::vector<std::string> texts(const Chain& chain) const {
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < chain.size(); ++i)
            rows.push_back(of.row(chain, i).by + " -> " + of.row(chain, i).what);
        return rows;
    }

    Graph graph;
    ThreadNames threads;
    Holding of;

private:
    Holding make(const Session& session, Offset chunk) {
        threads.update(session);
        return {session, graph, threads, chunk};
    }
};

using Texts = std::vector<std::string>;

TEST(Holding, tells_the_chain_from_a_local_through_fields) {
    const auto session = scenario_before("01-first-collection", "local main 1 null");
    const Held third(*session, "third");
    EXPECT_EQ(third.of.summary, "Alive: Thread `main`: frame `run`, local 0, leads to it in 3 links.");
    EXPECT_EQ(third.chain(0), (Texts{"Thread `main`: frame `run`, local 0 -> Node `head`",
                                     "field `next` -> Node `second`", "field `next` -> Node `third`"}));
    EXPECT_EQ(third.of.row(third.of.chains[0], 0).tone, Tone::guess) << "a stack's cell is not trusted";
    EXPECT_EQ(third.of.keeps, "2 other chunks would die with it: 96 bytes in all, 32 bytes of them its own.");
    EXPECT_EQ(third.of.dominator, chunk_named(*session, "second"));
    EXPECT_EQ(third.of.retained_chunk(2), chunk_named(*session, "tail"));
    EXPECT_EQ(third.of.discovery_text, "") << "no collection is under way";
}

TEST(Holding, of_a_ring_ends_with_the_one_local_that_leads_to_it) {
    auto session = scenario_before("01-first-collection", "local main 1 null");
    const Held before(*session, "orphan_a");
    EXPECT_EQ(before.of.links, 1u) << "what only it holds does not hold it";
    EXPECT_EQ(before.of.loss_without(before.of.chains[0][0]).text, "3 chunks, 96 bytes");
    ASSERT_TRUE(session->next(Rung::operation));
    const Held after(*session, "orphan_a");
    EXPECT_FALSE(after.of.is_alive);
    EXPECT_EQ(after.of.summary, "Dead: nothing that a collection follows leads to it.");
    EXPECT_TRUE(after.of.chains.empty());
}

TEST(Holding, leaves_weak_references_aside) {
    auto session = scenario_before("05-weak-references", "local main 0 null");
    EXPECT_TRUE(Held(*session, "title").of.is_alive);
    ASSERT_TRUE(session->next(Rung::operation));
    EXPECT_FALSE(Held(*session, "title").of.is_alive);
    EXPECT_TRUE(Held(*session, "cache").of.is_alive);
}

TEST(Holding, of_a_class_goes_from_its_loader_over_the_array_and_the_class_object) {
    const auto session = scenario_before("07-class-unloading", "local main 0 null");
    const Held filter(*session, "Filter");
    EXPECT_EQ(filter.of.links, 1u) << "an instance does not hold its class";
    const Texts chain = filter.chain(0);
    ASSERT_EQ(chain.size(), 4u);
    EXPECT_EQ(chain[1].substr(0, chain[1].find(" ->")), "field `classes`");
    EXPECT_EQ(chain[2], "element [1] -> the Class object of `Filter`");
    EXPECT_EQ(chain[3].substr(chain[3].find("-> ")), "-> class `Filter`");
    const Held plugin(*session, "Plugin");
    EXPECT_EQ(plugin.of.links, 2u);
    EXPECT_EQ(plugin.chain(1).back(), "superclass -> class `Plugin`");
}

TEST(Holding, of_an_interned_string_is_the_pool) {
    const auto session = scenario_before("09-interned-and-arrays", "class Cell value:int static.table:ref");
    const Held constant(*session, "constant");
    EXPECT_TRUE(constant.of.summary.starts_with("Alive: held by interned string pool, bucket "))
        << constant.of.summary;
    EXPECT_EQ(constant.of.retained.chunks, 2u) << "its characters";
}

TEST(Holding, tells_how_far_a_collection_is) {
    auto session = scenario_before("01-first-collection", "gc");
    const std::size_t gc = session->position().operation;
    const Offset second = chunk_named(*session, "second");
    const Offset orphan = chunk_named(*session, "orphan_a");
    std::vector<std::string> told;
    while (session->next(Rung::step) && session->position().operation == gc) {
        if (!session->heap().header(second).is_in_use()) break;
        const Held held(*session, second);
        if (held.of.discovery_text.empty()) continue;
        if (told.empty() || told.back() != held.of.discovery_text) told.push_back(held.of.discovery_text);
        EXPECT_EQ(held.texts(held.of.discovery), held.chain(0));
        const bool is_marking =
            session->heap().get(Register::phase) < static_cast<std::uint64_t>(Phase::weak);
        if (!is_marking) continue;
        EXPECT_EQ(Held(*session, orphan).of.discovery_text, "The collection will not come to it.");
    }
    EXPECT_EQ(told, (Texts{"The collection will come to it by this way.",
                           "The collection is at it now, and came by this way.",
                           "The collection has been here already, and came by this way.",
                           "The collection came to it by this way."}));
}

TEST(HeapGraph, is_made_at_once_when_small_and_beside_the_window_when_asked) {
    auto session = scenario_before("01-first-collection", "gc");
    HeapGraph graphs;
    const Graph* small = graphs.look(*session);
    ASSERT_NE(small, nullptr);
    EXPECT_EQ(graphs.look(*session), small) << "kept while the session stands still";

    ASSERT_TRUE(session->next(Rung::operation));
    EXPECT_EQ(graphs.look(*session, 1), nullptr);
    graphs.start(*session);
    EXPECT_TRUE(graphs.is_being_made());
    while (graphs.is_being_made()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        graphs.look(*session, 1);
    }
    const Graph* large = graphs.look(*session, 1);
    ASSERT_NE(large, nullptr);
    EXPECT_EQ(large->size(), Graph::of(session->heap())->size());

    graphs.start(*session);
    EXPECT_FALSE(graphs.is_being_made()) << "it is there";
    ASSERT_TRUE(session->back(Rung::operation));
    EXPECT_EQ(graphs.look(*session, 1), nullptr) << "of another instant";
}

}  // namespace
}  // namespace tricolour
