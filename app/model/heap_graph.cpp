#include "app/model/heap_graph.h"

#include <atomic>
#include <thread>

namespace tricolour {

using heapcore::Graph;
using heapcore::Machine;
using heapcore::Session;

struct HeapGraph::Job {
    explicit Job(const Machine& original) : machine(original) {
        thread = std::thread([this] {
            graph = Graph::of(machine.heap(), [this] { return is_stopped.load(std::memory_order_relaxed); });
            is_done = true;
        });
    }
    ~Job() {
        is_stopped = true;
        if (thread.joinable()) thread.join();
    }

    const Machine machine;
    std::optional<Graph> graph;
    std::atomic<bool> is_stopped{false};
    std::atomic<bool> is_done{false};
    std::thread thread;
};

HeapGraph::HeapGraph() = default;
HeapGraph::~HeapGraph() = default;

void HeapGraph::move_to(const Session& session) {
    Instant now = instant_of(session);
    if (now == instant_) return;
    instant_ = std::move(now);
    job_.reset();
    graph_.reset();
    is_impossible_ = false;
}

const Graph* HeapGraph::look(const Session& session, std::uint64_t most_chunks_at_once) {
    move_to(session);
    if (job_ && job_->is_done) {
        job_->thread.join();
        graph_ = std::move(job_->graph);
        is_impossible_ = !graph_;
        job_.reset();
    }
    const bool is_small = session.heap().get(heapcore::Register::chunks) <= most_chunks_at_once;
    if (!graph_ && !job_ && !is_impossible_ && is_small) {
        graph_ = Graph::of(session.heap());
        is_impossible_ = !graph_;
    }
    return graph_ ? &*graph_ : nullptr;
}

void HeapGraph::take(const Session& session, std::optional<Graph> graph) {
    move_to(session);
    graph_ = std::move(graph);
    is_impossible_ = !graph_;
}

void HeapGraph::start(const Session& session) {
    move_to(session);
    if (!graph_ && !job_ && !is_impossible_) job_ = std::make_unique<Job>(session.machine());
}

}  // namespace tricolour
