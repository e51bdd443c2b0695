#include "app/model/holding.h"

#include "app/model/narration.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::Chain;
using heapcore::Colour;
using heapcore::Graph;
using heapcore::Link;
using heapcore::Offset;
using heapcore::Phase;
using heapcore::Register;
using heapcore::RootKind;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return count_text(count) + " " + std::string(count == 1 ? one : many);
}

std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
    return text;
}

constexpr std::size_t most_chains = 12;

/// Where a link is a root, or what stands for one.
bool begins_chain(const Link& link) { return link.kind != Link::by_chunk && link.kind != Link::by_class; }

}  // namespace

Holding::Holding(const heapcore::Session& session, const Graph& graph, const ThreadNames& threads,
                 Offset chunk, const heapcore::ShouldStop& should_stop)
    : session_(&session), graph_(&graph), threads_(&threads), node_(graph.node_at(chunk)) {
    is_alive = node_ != Graph::none && graph.is_reachable(node_);
    heapcore::Chains found = heapcore::chains_to(session.heap(), graph, chunk, most_chains, should_stop);
    chains = std::move(found.rows);
    links = found.total;
    if (is_alive && chains.empty()) return;  // stopped
    if (is_alive)
        tell_alive();
    else
        summary = "Dead: nothing that a collection follows leads to it.";
    tell_discovery(chunk, should_stop);
    tell_retained(chunk);
}

std::string Holding::describe(Offset chunk) const {
    return describe_chunk(session_->machine(), session_->trace(), chunk);
}

void Holding::tell_alive() {
    const Chain& shortest = chains.front();
    const std::string root =
        capital(joined(text_of(session_->machine(), session_->trace(), *threads_, shortest.front())));
    if (shortest.front().kind == Link::by_itself && shortest.size() == 1) {
        summary = "Alive: it is permanent data, which no sweep frees.";
    } else if (shortest.size() == 1) {
        summary = "Alive: held by " +
                  joined(text_of(session_->machine(), session_->trace(), *threads_, shortest.front())) + ".";
    } else {
        summary = "Alive: " + root + ", leads to it in " + counted(shortest.size(), "link.", "links.");
    }
    if (links > 1) summary += " " + count_text(links) + " links hold it, and all have to go for it to die.";
}

void Holding::tell_discovery(Offset chunk, const heapcore::ShouldStop& should_stop) {
    const heapcore::Heap& heap = session_->heap();
    const auto phase = static_cast<Phase>(heap.get(Register::phase));
    if (phase == Phase::idle) return;
    discovery = heapcore::chain_of_discovery(heap, *graph_, chunk, should_stop);
    const bool is_marking = phase < Phase::weak;
    if (discovery.empty()) {
        discovery_text = is_marking ? "The collection will not come to it."
                                    : "The collection has not come to it: it is swept.";
        return;
    }
    if (!is_marking) {
        discovery_text = "The collection came to it by this way.";
        return;
    }
    switch (heap.header(chunk).colour()) {
        case Colour::white: discovery_text = "The collection will come to it by this way."; return;
        case Colour::grey: discovery_text = "The collection is at it now, and came by this way."; return;
        default: discovery_text = "The collection has been here already, and came by this way.";
    }
}

void Holding::tell_retained(Offset chunk) {
    if (!is_alive) {
        keeps = "It keeps nothing alive.";
        return;
    }
    const std::uint64_t own_bytes = session_->heap().header(chunk).size_bytes();
    retained.chunks = graph_->retained(node_).size();
    retained.bytes = graph_->retained_bytes(node_);
    retained.text = counted(retained.chunks, "chunk", "chunks") + ", " + bytes_text(retained.bytes);
    keeps = retained.chunks == 1 ? "Nothing else would die with it: " + bytes_text(own_bytes) + "."
                                 : counted(retained.chunks - 1, "other chunk", "other chunks") +
                                       " would die with it: " + bytes_text(retained.bytes) + " in all, " +
                                       bytes_text(own_bytes) + " of them its own.";
    const Graph::Node above = graph_->dominator(node_);
    if (above != Graph::none) dominator = graph_->chunk(above);
}

Offset Holding::retained_chunk(std::uint64_t index) const {
    return graph_->chunk(graph_->retained(node_)[static_cast<std::size_t>(index)]);
}

HoldingRow Holding::row(const Chain& chain, std::size_t index) const {
    const Link& link = chain[index];
    const ReferrerText text = text_of(session_->machine(), session_->trace(), *threads_, link);
    HoldingRow row;
    row.by = begins_chain(link) ? joined(text) : text.place;
    row.what = describe(link.target);
    row.chunk = link.target;
    if (link.kind == Link::by_root && link.root.kind == RootKind::frame_cell) {
        row.note = "A stack's cells are not trusted: this one looks like a reference, so it counts as one.";
        row.tone = Tone::guess;
    }
    return row;
}

Loss Holding::loss_without(const Link& link) const {
    const auto lost = heapcore::lost_without(session_->heap(), *graph_, link);
    Loss loss;
    loss.text = "nothing";
    if (lost.empty()) return loss;
    loss.chunks = lost.size();
    loss.bytes = graph_->retained_bytes(lost.front());
    loss.text = counted(loss.chunks, "chunk", "chunks") + ", " + bytes_text(loss.bytes);
    return loss;
}

}  // namespace tricolour
