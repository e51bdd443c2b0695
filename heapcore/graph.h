// Graph: who refers to whom, by exactly what a collection follows; paths from roots, and what an
// object keeps alive.
//
// A link is what keeps a chunk: a root's cell, a running thread, a word of another chunk. An instance
// does not hold its class, a weak reference not its referent; a stack's cell does if it looks like a
// reference. Permanent data holds itself, since no sweep frees it; only what is a part of a class goes
// with the class. Where a class is scanned together with those above it, each holds the next.
// A pooled string that was given another type is taken for what it says.
//
// A Graph holds all links of one instant at once: chunks are nodes, numbered in address order, links are
// 32-bit numbers in one array (CSR). A chunk's dominator is the last one that all its chains from the
// roots pass; what a chunk dominates is what would die with it: what it retains.
// Memory: 33 bytes a chunk and 4 a link are kept, and 4 for each smallest chunk that fits the heap; 44
// more a chunk and 4 more a link while it is made.
// Source: the memory model (allocation types, and how each is scanned; collect).
#pragma once

#include "heapcore/object.h"
#include "heapcore/roots.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace heapcore {

struct Link {
    enum Kind : std::uint8_t {
        by_root,    ///< a cell that is one; for a frame's cell its verdict says why it counts
        by_thread,  ///< a thread that runs: its own structure, or a segment of its stack
        by_itself,  ///< permanent data needs no holder
        by_chunk,   ///< a word of another chunk
        by_class    ///< permanent data that is a part of a class, and freed with it
    };
    Kind kind = by_chunk;
    MarkReason reason = MarkReason::root;  ///< of permanent data and a class's parts none
    Offset holder = no_chunk;              ///< a chunk; of a thread its structure, as user offset
    Offset place = 0;                      ///< of the word, as offset in memory
    Offset target = no_chunk;              ///< the chunk that is held
    Root root;
};

/// What holds chunks by itself, permanent data left aside: roots in the order of the collector's phases,
/// then what running threads are made of.
std::vector<Link> root_links(const Heap& heap);
/// Calls take(place, address, reason) for each word of a chunk through which a scan goes on, in its order.
/// What the address refers to is not looked at.
template <typename Take>
void for_each_reference(const Heap& heap, Offset holder, Take take);
/// The links of one chunk in the order of its scan. A superclass comes last, and stands for its own.
std::vector<Link> links_of(const Heap& heap, Offset holder);

/// Asked every few thousand chunks or links: whether to stop. What comes of it then is nothing.
using ShouldStop = std::function<bool()>;

/// Whether a collection that began now would leave the chunk. One look without a graph: for asking at many
/// instants. False if it was stopped. Precondition: a chunk in use begins there.
bool is_reachable(const Heap& heap, Offset chunk, const ShouldStop& should_stop = {});

class Graph {
public:
    using Node = std::uint32_t;
    static constexpr Node none = 0xffffffff;
    /// More links than this no program makes; a heap made up of nothing but clones of one class might.
    static constexpr std::uint32_t most_links = 1u << 26;

    /// Reads the heap as it is. None if it was stopped, and of a heap with more than `most_links`.
    static std::optional<Graph> of(const Heap& heap, const ShouldStop& should_stop = {});

    std::uint32_t size() const { return static_cast<std::uint32_t>(chunks_.size()); }
    std::uint64_t link_count() const { return targets_.size(); }
    Offset chunk(Node node) const { return chunks_[node]; }
    /// none unless a chunk in use begins there.
    Node node_at(Offset chunk) const;
    std::span<const Node> targets(Node holder) const {
        return std::span(targets_).subspan(first_link_[holder],
                                           first_link_[holder + 1] - first_link_[holder]);
    }
    const std::vector<Link>& roots() const { return roots_; }
    /// Permanent data that is no part of a class.
    bool is_permanent(Node node) const { return is_permanent_[node]; }

    bool is_reachable(Node node) const { return place_[node] != none; }
    /// The holder from which a collection finds it first; none if from a root.
    Node found_from(Node node) const { return found_from_[node]; }
    /// The chunk without which it would be dead; none if it takes no single one, or it is dead.
    Node dominator(Node node) const;
    /// Whether the second is dead without the first. A chunk dominates itself.
    bool dominates(Node first, Node second) const;
    /// All that would die with the chunk, itself first; empty if it is dead.
    std::span<const Node> retained(Node node) const;
    /// Bytes of their chunks, headers included.
    std::uint32_t retained_bytes(Node node) const;

private:
    friend class GraphBuilder;

    std::uint32_t granule_bytes_ = 0;
    std::vector<Node> node_of_granule_;
    std::vector<Offset> chunks_;
    std::vector<std::uint32_t> first_link_;  ///< of each node, in targets_
    std::vector<Node> targets_;
    std::vector<Link> roots_;
    std::vector<bool> is_permanent_;
    std::vector<Node> found_from_;

    // The dominator tree in preorder: what a chunk retains lies side by side.
    std::vector<std::uint32_t> place_;  ///< of each node; none: it is dead
    std::vector<Node> tree_;            ///< node at each place
    std::vector<std::uint32_t> above_;  ///< place of the dominator; none: the roots
    std::vector<std::uint32_t> count_;  ///< nodes that it dominates, with itself
    std::vector<std::uint32_t> bytes_;  ///< of those
};

/// From a root to a chunk: each link's holder is the target of the one before.
using Chain = std::vector<Link>;

struct Chains {
    std::vector<Chain> rows;  ///< shortest first
    std::uint64_t total = 0;  ///< links that hold the chunk; may be more than are listed
};

/// Why a chunk is alive: for each link that holds it, a shortest chain from a root that ends with that
/// link and does not pass the chunk before. All of these links have to go for it to die. Among equals the
/// root or holder that a collection meets first comes first. Empty: it is dead, or this was stopped.
/// The heap is as it was when the graph was made.
Chains chains_to(const Heap& heap, const Graph& graph, Offset chunk, std::size_t most,
                 const ShouldStop& should_stop = {});

/// The way by which a collection comes to a chunk first: depth first, in the order of its phases. While one
/// marks, that is how it reached what is grey or black by now. (A class scanned with one below it may have
/// been met elsewhere.) Empty: it is dead, or this was stopped.
Chain chain_of_discovery(const Heap& heap, const Graph& graph, Offset chunk,
                         const ShouldStop& should_stop = {});

/// What would die if this link alone were cleared: nothing, or all that its target retains. A string
/// is taken out of the pool without those behind it in its bucket.
std::span<const Graph::Node> lost_without(const Heap& heap, const Graph& graph, const Link& link);

template <typename Take>
void for_each_reference(const Heap& heap, Offset holder, Take take) {
    const Offset user = user_of(holder);
    ScanState state = begin_scan(heap, holder);
    for (;;) {
        const ScanStep step = next_scan(heap, holder, state);
        if (step.kind == ScanStep::end) return;
        if (step.kind == ScanStep::reference) {
            take(step.place, step.target, step.reason);
        } else if (step.reason == MarkReason::chars) {
            take(user + heap.objects().string_chars, heap.memory.address_of(user_of(step.chunk)),
                 MarkReason::chars);
        } else if (step.reason == MarkReason::all_scanned) {
            // The class itself is done; what is above it is scanned in its stead.
            if (state.class_user != 0)
                take(user + heap.objects().class_super, heap.memory.address_of(state.class_user),
                     MarkReason::superclass);
            return;
        }
    }
}

}  // namespace heapcore
