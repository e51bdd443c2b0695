// Interned strings as a table, and whether anything but the pool holds them.
#include "app/model/heap_graph.h"
#include "app/model/table_rows.h"
#include "app/model/trace_view.h"
#include "heapcore/object.h"

#include <vector>

namespace tricolour {
namespace {

using heapcore::Address;
using heapcore::Graph;
using heapcore::Heap;
using heapcore::Link;
using heapcore::Offset;
using heapcore::RootKind;

constexpr std::uint64_t most_chunks_at_once = 2'000;  // of a heap whose graph is made while it moves
constexpr std::uint32_t nodes_between_looks = 1024;   // at the clock

/// What all roots but the pool lead to, a little at a time.
class ReachWithoutPool {
public:
    explicit ReachWithoutPool(const Graph& graph) : graph_(graph), is_reached_(graph.size()) {
        for (const Link& link : graph.roots())
            if (link.kind != Link::by_root || link.root.kind != RootKind::interned)
                reach(graph.node_at(link.target));
        for (Graph::Node node = 0; node < graph.size(); ++node)
            if (graph.is_permanent(node)) reach(node);
    }

    bool extend(const TableRows::ShouldStop& should_stop) {
        for (std::uint32_t looks = 1; !found_.empty(); ++looks) {
            const Graph::Node node = found_.back();
            found_.pop_back();
            for (const Graph::Node target : graph_.targets(node))
                reach(target);
            if (looks % nodes_between_looks == 0 && should_stop()) return false;
        }
        return true;
    }

    bool is_reached(Offset chunk) const {
        const Graph::Node node = graph_.node_at(chunk);
        return node != Graph::none && is_reached_[node];
    }

private:
    void reach(Graph::Node node) {
        if (node == Graph::none || is_reached_[node]) return;
        is_reached_[node] = true;
        found_.push_back(node);
    }

    const Graph& graph_;
    std::vector<bool> is_reached_;
    std::vector<Graph::Node> found_;
};

class InternedRows : public TableRows {
public:
    explicit InternedRows(const heapcore::Session& session) : session_(session) {}

    // The graph of a small heap is made at once.
    bool extend(const ShouldStop& should_stop) override {
        for (const heapcore::Root& root : heapcore::roots_of(heap()))
            if (const auto chunk = heap().chunk_at(root.target); chunk && root.kind == RootKind::interned)
                listed_.push_back({*chunk, root.index});
        if (!listed_.empty() && graphs_.look(session_, most_chunks_at_once)) settle(should_stop);
        return true;
    }

    void settle(const ShouldStop& should_stop) override {
        const Graph* const graph = graphs_.look(session_, most_chunks_at_once);
        if (!graph) return graphs_.start(session_);
        if (!reach_) reach_.emplace(*graph);
        is_known_ = reach_->extend(should_stop);
    }
    bool is_settled() const override { return is_known_ || listed_.empty() || graphs_.is_impossible(); }

    std::uint64_t count() const override { return listed_.size(); }
    std::optional<Offset> chunk(std::uint64_t row) const override { return listed_[row].chunk; }

    std::uint64_t number(std::uint64_t row, std::size_t column) const override {
        const Offset chunk = listed_[row].chunk;
        switch (column) {
            case 1: return heap().memory.load32(heapcore::user_of(chunk) + heap().objects().string_length);
            case 2: return bytes_of(chunk);
            case 5: return listed_[row].bucket;
            default: return heap().memory.address_of(chunk);
        }
    }

    TableCell text(std::uint64_t row, std::size_t column) const override {
        const Offset chunk = listed_[row].chunk;
        switch (column) {
            case 0: return {"\"" + row_text(heapcore::string_text(heap(), chunk)) + "\"", Tone::plain, chunk};
            case 3: return holder_of(chunk);
            default: return {std::string(heapcore::word_of(heap().header(chunk).colour())), Tone::plain};
        }
    }

private:
    struct Listed {
        Offset chunk;
        std::uint32_t bucket;
    };

    const Heap& heap() const { return session_.heap(); }

    std::uint64_t bytes_of(Offset chunk) const {
        const Address chars =
            heap().memory.load_word(heapcore::user_of(chunk) + heap().objects().string_chars);
        const auto array = heap().chunk_at(chars);
        return heap().header(chunk).size_bytes() + (array ? heap().header(*array).size_bytes() : 0);
    }

    TableCell holder_of(Offset chunk) const {
        if (!is_known_) return {"\xe2\x80\xa6", Tone::dim};
        return reach_->is_reached(chunk) ? TableCell{"others too", Tone::plain}
                                         : TableCell{"the pool alone", Tone::plain};
    }

    const heapcore::Session& session_;
    HeapGraph graphs_;
    std::optional<ReachWithoutPool> reach_;
    bool is_known_ = false;
    std::vector<Listed> listed_;
};

}  // namespace

std::unique_ptr<TableRows> interned_rows(const heapcore::Session& session, const MapModel&) {
    return std::make_unique<InternedRows>(session);
}

}  // namespace tricolour
