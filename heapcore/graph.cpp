#include "heapcore/graph.h"

#include "heapcore/reference_maps.h"

#include <algorithm>

namespace heapcore {
namespace {

/// Asks now and then whether to stop; once stopped, for good.
class Pause {
public:
    explicit Pause(const ShouldStop& should_stop) : should_stop_(should_stop) {}

    /// Once for each chunk or link.
    bool is_stopped() {
        if (asked_++ % stride == 0 && should_stop_) is_stopped_ = is_stopped_ || should_stop_();
        return is_stopped_;
    }

private:
    static constexpr std::uint32_t stride = 1u << 13;

    const ShouldStop& should_stop_;
    std::uint32_t asked_ = 0;
    bool is_stopped_ = false;
};

constexpr std::uint32_t most_segments = 1u << 16;  // ends a walk along a broken list

bool is_permanent_data(const Heap& heap, Offset chunk) {
    return heap.header(chunk).type() == AllocationType::static_data;
}

/// Whether a class stands in the table of classes: only then its parts are its own.
bool is_in_class_table(const Heap& heap, Offset class_user) {
    const auto buckets = place_of(heap, heap.get(Register::class_pool));
    if (!buckets) return false;
    const Address wanted = heap.memory.address_of(class_user);
    for (std::uint32_t bucket = 0; bucket < pool_buckets; ++bucket) {
        Address at = heap.memory.load_word(*buckets + bucket * heap.geometry().word_bytes);
        for (std::uint32_t left = heap.most_chunks(); at != 0 && left > 0; --left) {
            if (at == wanted) return true;
            const auto chunk = heap.chunk_at(at);
            if (!chunk) break;
            at = heap.memory.load_word(user_of(*chunk) + heap.objects().class_next);
        }
    }
    return false;
}

/// Calls take(part's chunk) for the permanent data that is freed with a class of the table.
template <typename Take>
void for_each_permanent_part(const Heap& heap, Offset class_chunk, Take take) {
    if (!class_at(heap, heap.memory.address_of(user_of(class_chunk)))) return;
    for_each_part(heap, user_of(class_chunk), [&](Address address) {
        const auto part = heap.chunk_at(address);
        if (part && is_permanent_data(heap, *part)) take(*part);
    });
}

void add_threads(const Heap& heap, std::vector<Link>& links) {
    const ObjectLayout& objects = heap.objects();
    const auto add = [&](Offset thread, Offset place, Address address, MarkReason reason) {
        if (const auto chunk = heap.chunk_at(address))
            links.push_back({Link::by_thread, reason, thread, place, *chunk, {}});
    };
    for (const Offset thread : threads_of(heap)) {
        if (heap.memory.load32(thread) & ended_status) continue;
        add(thread, thread, heap.memory.address_of(thread), MarkReason::thread);
        // Segments beyond the current one are cut off.
        const Address current = thread_word(heap, thread, objects.thread_segment);
        Offset place = thread + objects.thread_segments;
        for (std::uint32_t left = most_segments; left > 0; --left) {
            const Address segment = heap.memory.load_word(place);
            const auto at = place_of(heap, segment);
            if (!at || *at + objects.segment_body > heap.memory.size_bytes()) break;
            add(thread, place, segment, MarkReason::segment);
            if (segment == current) break;
            place = *at + objects.segment_next;
        }
    }
}

MarkReason reason_of(RootKind kind) {
    switch (kind) {
        case RootKind::interned: return MarkReason::interned;
        case RootKind::thread: return MarkReason::thread_object;
        case RootKind::exception: return MarkReason::exception;
        default: return MarkReason::root;
    }
}

}  // namespace

std::vector<Link> root_links(const Heap& heap) {
    std::vector<Link> links;
    for (const Root& root : roots_of(heap)) {
        const auto chunk = heap.chunk_at(root.target);
        if (!chunk) continue;
        const bool is_taken = root.kind != RootKind::frame_cell || root.verdict == CellVerdict::reference ||
                              root.verdict == CellVerdict::not_white;
        const bool is_of_thread = root.kind == RootKind::frame_cell || root.kind == RootKind::thread ||
                                  root.kind == RootKind::exception;
        if (!is_taken || (is_of_thread && heap.memory.load32(root.thread) & ended_status)) continue;
        links.push_back({Link::by_root, reason_of(root.kind), no_chunk, root.place, *chunk, root});
    }
    add_threads(heap, links);
    return links;
}

std::vector<Link> links_of(const Heap& heap, Offset holder) {
    std::vector<Link> links;
    for_each_reference(heap, holder, [&](Offset place, Address address, MarkReason reason) {
        if (const auto target = heap.chunk_at(address))
            links.push_back({Link::by_chunk, reason, holder, place, *target, {}});
    });
    if (!is_class_type(heap.header(holder).type()) || !is_in_class_table(heap, user_of(holder))) return links;
    for_each_permanent_part(heap, holder, [&](Offset part) {
        links.push_back({Link::by_class, MarkReason::root, holder, user_of(holder), part, {}});
    });
    return links;
}

namespace {

/// Reads the references of many chunks, classes looked up once.
class ReferenceReader {
public:
    explicit ReferenceReader(const Heap& heap) : heap_(heap), maps_(heap) {}

    /// Calls take(address) for each reference in the order of the scan.
    template <typename Take>
    void for_each(Offset holder, Take take) {
        const Header header = heap_.header(holder);
        switch (header.type()) {
            case AllocationType::primitive_array:
            case AllocationType::weak_reference:
            case AllocationType::data:
            case AllocationType::static_data: return;
            case AllocationType::object: {
                const ReferenceMaps::Map& map = maps_.of(heap_.memory.load_word(user_of(holder)));
                if (header.size_bytes() < map.reach) break;
                for (std::uint32_t i = 0; i < map.count; ++i)
                    take(heap_.memory.load_word(holder + maps_.cell(map.first + i)));
                return;
            }
            default: break;
        }
        for_each_reference(heap_, holder, [&](Offset, Address address, MarkReason) { take(address); });
    }

private:
    const Heap& heap_;
    ReferenceMaps maps_;
};

/// The class that a piece of permanent data is freed with.
std::optional<Offset> owner_of(const Heap& heap, Offset part, Pause& pause) {
    for (Offset chunk = 0; !heap.is_end(chunk) && !pause.is_stopped(); chunk = heap.next_chunk(chunk)) {
        const Header header = heap.header(chunk);
        if (!header.is_in_use() || !is_class_type(header.type())) continue;
        bool is_owner = false;
        for_each_permanent_part(heap, chunk, [&](Offset each) { is_owner |= each == part; });
        if (is_owner && is_in_class_table(heap, user_of(chunk))) return chunk;
    }
    return std::nullopt;
}

}  // namespace

bool is_reachable(const Heap& heap, Offset chunk, const ShouldStop& should_stop) {
    Pause pause(should_stop);
    if (is_permanent_data(heap, chunk)) {
        const auto owner = owner_of(heap, chunk, pause);
        if (pause.is_stopped()) return false;
        return !owner || is_reachable(heap, *owner, should_stop);
    }
    const std::uint32_t granule_bytes = heap.geometry().alignment_bytes;
    std::vector<bool> is_met(heap.size_bytes() / granule_bytes);
    std::vector<Offset> pending;
    const auto meet = [&](Offset target) {
        if (is_met[target / granule_bytes]) return;
        is_met[target / granule_bytes] = true;
        pending.push_back(target);
    };
    for (const Link& link : root_links(heap))
        meet(link.target);
    ReferenceReader references(heap);
    while (!pending.empty() && !pause.is_stopped()) {
        const Offset holder = pending.back();
        if (holder == chunk) return true;
        pending.pop_back();
        references.for_each(holder, [&](Address address) {
            if (const auto target = heap.chunk_at(address)) meet(*target);
        });
    }
    return false;
}

// --- making it ------------------------------------------------------------------------------

/// Makes a graph: nodes, links, then the dominators by Lengauer and Tarjan's algorithm (A fast algorithm for
/// finding dominators in a flowgraph, 1979), with path compression alone: m log n at worst, whatever the
/// graph. No recursion. Within it, chunks that are reached go by their number in a depth-first search from
/// the roots; the roots together are number 0.
class GraphBuilder {
public:
    GraphBuilder(const Heap& heap, const ShouldStop& should_stop)
        : heap_(heap), pause_(should_stop), references_(heap) {}

    std::optional<Graph> build() {
        const bool is_done = add_nodes() && add_links() && search() && collect_predecessors() &&
                             find_dominators() && lay_tree();
        return is_done ? std::optional(std::move(graph_)) : std::nullopt;
    }

private:
    using Node = Graph::Node;
    static constexpr Node none = Graph::none;
    bool is_stopped() { return pause_.is_stopped(); }

    bool add_nodes();
    void note_parts();
    bool add_links();
    void add_links_of(Offset holder);
    void add_link(Address address) {
        // A chunk that something leads to, but no walk, is no node.
        const auto target = heap_.chunk_at(address);
        const Node node = target ? graph_.node_at(*target) : none;
        if (node != none) graph_.targets_.push_back(node);
    }
    bool search();
    bool collect_predecessors();
    bool find_dominators();
    std::uint32_t best_above(std::uint32_t number);
    bool lay_tree();

    const Heap& heap_;
    Pause pause_;
    Graph graph_;
    ReferenceReader references_;
    std::vector<std::pair<Offset, Offset>> parts_;  ///< class and its part, by class
    std::vector<Node> first_;                       ///< what the roots hold

    std::vector<std::uint32_t> number_;  ///< of each node; none: not reached
    std::vector<Node> reached_;          ///< node of each number; of 0 none
    std::vector<std::uint32_t> parent_;
    std::vector<std::uint32_t> first_predecessor_, predecessors_;
    std::vector<std::uint32_t> semi_, ancestor_, best_, dominator_;
    std::vector<std::uint32_t> path_;
};

bool GraphBuilder::add_nodes() {
    graph_.granule_bytes_ = heap_.geometry().smallest_chunk_bytes;
    graph_.node_of_granule_.assign(heap_.most_chunks() + 1, none);
    graph_.chunks_.reserve(std::min<std::uint64_t>(heap_.get(Register::chunks), heap_.most_chunks()));
    for (Offset chunk = 0; !heap_.is_end(chunk); chunk = heap_.next_chunk(chunk)) {
        const Header header = heap_.header(chunk);
        const bool is_sound = header.size_bytes() >= heap_.geometry().smallest_chunk_bytes &&
                              header.size_bytes() <= heap_.size_bytes() - chunk;
        if (!is_sound) break;
        if (is_stopped()) return false;
        if (!header.is_in_use()) continue;
        graph_.node_of_granule_[chunk / graph_.granule_bytes_] = graph_.size();
        graph_.chunks_.push_back(chunk);
    }
    return true;
}

void GraphBuilder::note_parts() {
    const auto buckets = place_of(heap_, heap_.get(Register::class_pool));
    if (!buckets) return;
    for (std::uint32_t bucket = 0; bucket < pool_buckets; ++bucket) {
        auto at = heap_.chunk_at(heap_.memory.load_word(*buckets + bucket * heap_.geometry().word_bytes));
        for (std::uint32_t left = heap_.most_chunks(); at && left > 0; --left) {
            for_each_permanent_part(heap_, *at, [&](Offset part) {
                const Node node = graph_.node_at(part);
                if (node == none) return;
                parts_.push_back({*at, part});
                graph_.is_permanent_[node] = false;
            });
            at = heap_.chunk_at(heap_.memory.load_word(user_of(*at) + heap_.objects().class_next));
        }
    }
    std::stable_sort(parts_.begin(), parts_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
}

bool GraphBuilder::add_links() {
    graph_.roots_ = root_links(heap_);
    graph_.is_permanent_.resize(graph_.size());
    for (Node node = 0; node < graph_.size(); ++node) {
        if (is_stopped()) return false;
        graph_.is_permanent_[node] = is_permanent_data(heap_, graph_.chunks_[node]);
    }
    note_parts();
    for (const Link& link : graph_.roots_)
        if (const Node node = graph_.node_at(link.target); node != none) first_.push_back(node);
    for (Node node = 0; node < graph_.size(); ++node)
        if (graph_.is_permanent_[node]) first_.push_back(node);

    graph_.first_link_.reserve(graph_.size() + 1);
    graph_.targets_.reserve(graph_.size());
    for (Node node = 0; node < graph_.size(); ++node) {
        if (is_stopped() || graph_.targets_.size() > Graph::most_links) return false;
        graph_.first_link_.push_back(static_cast<std::uint32_t>(graph_.targets_.size()));
        add_links_of(graph_.chunks_[node]);
    }
    graph_.first_link_.push_back(static_cast<std::uint32_t>(graph_.targets_.size()));
    return true;
}

void GraphBuilder::add_links_of(Offset holder) {
    references_.for_each(holder, [this](Address address) { add_link(address); });
    if (!is_class_type(heap_.header(holder).type())) return;
    const auto of_class = [&](const auto& entry, Offset wanted) { return entry.first < wanted; };
    for (auto it = std::lower_bound(parts_.begin(), parts_.end(), holder, of_class);
         it != parts_.end() && it->first == holder; ++it)
        graph_.targets_.push_back(graph_.node_at(it->second));
}

// Depth first from the roots, so that a node's number is larger than its parent's.
bool GraphBuilder::search() {
    number_.assign(graph_.size(), none);
    reached_.reserve(graph_.size() + 1);
    parent_.reserve(graph_.size() + 1);
    reached_.push_back(none);
    parent_.push_back(0);
    struct Visit {
        std::uint32_t number;
        std::uint32_t next, end;  ///< links to be followed
    };
    graph_.found_from_.assign(graph_.size(), none);
    std::vector<Visit> pending;
    const auto reach = [&](Node node, std::uint32_t from) {
        if (number_[node] != none) return;
        const auto number = static_cast<std::uint32_t>(reached_.size());
        number_[node] = number;
        reached_.push_back(node);
        parent_.push_back(from);
        graph_.found_from_[node] = reached_[from];
        if (graph_.first_link_[node] != graph_.first_link_[node + 1])
            pending.push_back({number, graph_.first_link_[node], graph_.first_link_[node + 1]});
    };
    for (const Node root : first_) {
        reach(root, 0);
        while (!pending.empty()) {
            Visit& visit = pending.back();
            if (visit.next == visit.end) {
                pending.pop_back();
                continue;
            }
            if (is_stopped()) return false;
            const std::uint32_t from = visit.number;
            reach(graph_.targets_[visit.next++], from);
        }
    }
    return true;
}

bool GraphBuilder::collect_predecessors() {
    const auto count = static_cast<std::uint32_t>(reached_.size());
    first_predecessor_.assign(count + 1, 0);
    const auto for_each_link = [&](auto take) {
        for (const Node root : first_)
            take(0u, number_[root]);
        for (std::uint32_t from = 1; from < count; ++from) {
            if (is_stopped()) return false;
            for (const Node target : graph_.targets(reached_[from]))
                take(from, number_[target]);
        }
        return true;
    };
    if (!for_each_link([&](std::uint32_t, std::uint32_t to) { ++first_predecessor_[to]; })) return false;
    std::uint32_t end = 0;
    for (std::uint32_t& first : first_predecessor_)
        first = end += first;
    predecessors_.resize(end);
    return for_each_link(
        [&](std::uint32_t from, std::uint32_t to) { predecessors_[--first_predecessor_[to]] = from; });
}

// The ancestor of a number, among those linked so far, whose semidominator is the least.
std::uint32_t GraphBuilder::best_above(std::uint32_t number) {
    if (ancestor_[number] == none) return number;
    path_.clear();
    for (std::uint32_t at = number; ancestor_[ancestor_[at]] != none; at = ancestor_[at])
        path_.push_back(at);
    for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
        const std::uint32_t above = ancestor_[*at];
        if (semi_[best_[above]] < semi_[best_[*at]]) best_[*at] = best_[above];
        ancestor_[*at] = ancestor_[above];
    }
    return best_[number];
}

bool GraphBuilder::find_dominators() {
    const auto count = static_cast<std::uint32_t>(reached_.size());
    semi_.resize(count);
    best_.resize(count);
    for (std::uint32_t number = 0; number < count; ++number)
        semi_[number] = best_[number] = number;
    ancestor_.assign(count, none);
    dominator_.assign(count, 0);
    std::vector<std::uint32_t> first_in_bucket(count, none);
    std::vector<std::uint32_t> next_in_bucket(count, none);

    for (std::uint32_t at = count - 1; at > 0; --at) {
        if (is_stopped()) return false;
        for (std::uint32_t i = first_predecessor_[at]; i < first_predecessor_[at + 1]; ++i)
            semi_[at] = std::min(semi_[at], semi_[best_above(predecessors_[i])]);
        next_in_bucket[at] = first_in_bucket[semi_[at]];
        first_in_bucket[semi_[at]] = at;
        const std::uint32_t parent = parent_[at];
        ancestor_[at] = parent;
        for (std::uint32_t each = first_in_bucket[parent]; each != none; each = next_in_bucket[each]) {
            const std::uint32_t best = best_above(each);
            dominator_[each] = semi_[best] < semi_[each] ? best : parent;
        }
        first_in_bucket[parent] = none;
    }
    for (std::uint32_t at = 1; at < count; ++at)
        if (dominator_[at] != semi_[at]) dominator_[at] = dominator_[dominator_[at]];
    return true;
}

// A dominator's number is less than those of the nodes that it dominates.
bool GraphBuilder::lay_tree() {
    const auto count = static_cast<std::uint32_t>(reached_.size());
    std::vector<std::uint32_t>& size = semi_;
    std::vector<std::uint32_t>& bytes = best_;
    std::vector<std::uint32_t>& place = ancestor_;
    std::vector<std::uint32_t>& next = parent_;  // place of the next node that it dominates
    bytes[0] = 0;
    for (std::uint32_t at = 1; at < count && !is_stopped(); ++at)
        bytes[at] = heap_.header(graph_.chunks_[reached_[at]]).size_bytes();
    std::fill(size.begin(), size.end(), 1u);
    for (std::uint32_t at = count - 1; at > 0; --at) {
        if (is_stopped()) return false;
        size[dominator_[at]] += size[at];
        bytes[dominator_[at]] += bytes[at];
    }
    next[0] = 0;
    graph_.place_.assign(graph_.size(), none);
    graph_.tree_.resize(count - 1);
    graph_.above_.resize(count - 1);
    graph_.count_.resize(count - 1);
    graph_.bytes_.resize(count - 1);
    for (std::uint32_t at = 1; at < count; ++at) {
        if (is_stopped()) return false;
        const std::uint32_t above = dominator_[at];
        place[at] = next[above];
        next[above] += size[at];
        next[at] = place[at] + 1;
        graph_.place_[reached_[at]] = place[at];
        graph_.tree_[place[at]] = reached_[at];
        graph_.above_[place[at]] = above == 0 ? none : place[above];
        graph_.count_[place[at]] = size[at];
        graph_.bytes_[place[at]] = bytes[at];
    }
    return true;
}

std::optional<Graph> Graph::of(const Heap& heap, const ShouldStop& should_stop) {
    return GraphBuilder(heap, should_stop).build();
}

// --- asking it ------------------------------------------------------------------------------

Graph::Node Graph::node_at(Offset chunk) const {
    const std::uint32_t granule = chunk / granule_bytes_;
    if (granule >= node_of_granule_.size()) return none;
    const Node node = node_of_granule_[granule];
    return node != none && chunks_[node] == chunk ? node : none;
}

Graph::Node Graph::dominator(Node node) const {
    if (!is_reachable(node) || above_[place_[node]] == none) return none;
    return tree_[above_[place_[node]]];
}

bool Graph::dominates(Node first, Node second) const {
    if (!is_reachable(first) || !is_reachable(second)) return false;
    return place_[second] - place_[first] < count_[place_[first]];
}

std::span<const Graph::Node> Graph::retained(Node node) const {
    if (!is_reachable(node)) return {};
    return std::span(tree_).subspan(place_[node], count_[place_[node]]);
}

std::uint32_t Graph::retained_bytes(Node node) const { return is_reachable(node) ? bytes_[place_[node]] : 0; }

namespace {

using Node = Graph::Node;

Link link_between(const Heap& heap, const Graph& graph, Node holder, Node target) {
    for (const Link& link : links_of(heap, graph.chunk(holder)))
        if (link.target == graph.chunk(target)) return link;
    return {};
}

/// What holds a chunk as no other chunk does: a root, or that it is permanent.
std::vector<Link> own_holders(const Graph& graph, Node node) {
    std::vector<Link> links;
    for (const Link& link : graph.roots())
        if (link.target == graph.chunk(node)) links.push_back(link);
    if (graph.is_permanent(node))
        links.push_back({Link::by_itself, MarkReason::root, no_chunk, 0, graph.chunk(node), {}});
    return links;
}

/// Roots and chunks that are alive, in the order in which a collection would meet them, that hold a chunk;
/// what is alive through it alone does not count.
std::vector<Link> holders_of(const Heap& heap, const Graph& graph, Node node, Pause& pause) {
    std::vector<Link> links = own_holders(graph, node);
    for (Node holder = 0; holder < graph.size() && !pause.is_stopped(); ++holder) {
        const auto targets = graph.targets(holder);
        if (std::find(targets.begin(), targets.end(), node) == targets.end()) continue;
        if (!graph.is_reachable(holder) || graph.dominates(node, holder)) continue;
        for (const Link& link : links_of(heap, graph.chunk(holder)))
            if (link.target == graph.chunk(node)) links.push_back(link);
    }
    return links;
}

/// Breadth first from the roots, around one chunk.
class ShortestWays {
public:
    ShortestWays(const Graph& graph, Node around, Pause& pause)
        : graph_(graph), around_(around), pause_(pause) {
        distance_.assign(graph.size(), Graph::none);
        from_.assign(graph.size(), Graph::none);
        for (const Link& root : graph.roots())
            reach(graph.node_at(root.target), 1, Graph::none);
        for (Node node = 0; node < graph.size() && !pause_.is_stopped(); ++node)
            if (graph.is_permanent(node)) reach(node, 1, Graph::none);
        for (std::size_t i = 0; i < queue_.size() && !pause_.is_stopped(); ++i)
            for (const Node target : graph.targets(queue_[i]))
                reach(target, distance_[queue_[i]] + 1, queue_[i]);
    }

    /// Links from a root to there.
    std::uint32_t distance(Node node) const { return distance_[node]; }

    Chain to(const Heap& heap, Node node) const {
        Chain chain;
        for (; distance_[node] > 1 && !pause_.is_stopped(); node = from_[node])
            chain.push_back(link_between(heap, graph_, from_[node], node));
        chain.push_back(own_holders(graph_, node).front());
        std::reverse(chain.begin(), chain.end());
        return chain;
    }

private:
    void reach(Node node, std::uint32_t distance, Node from) {
        if (node == Graph::none || node == around_ || distance_[node] != Graph::none) return;
        distance_[node] = distance;
        from_[node] = from;
        queue_.push_back(node);
    }

    const Graph& graph_;
    Node around_;
    Pause& pause_;
    std::vector<std::uint32_t> distance_;
    std::vector<Node> from_;
    std::vector<Node> queue_;
};

}  // namespace

Chains chains_to(const Heap& heap, const Graph& graph, Offset chunk, std::size_t most,
                 const ShouldStop& should_stop) {
    Chains chains;
    Pause pause(should_stop);
    const Node node = graph.node_at(chunk);
    if (node == Graph::none || !graph.is_reachable(node)) return chains;
    std::vector<Link> last = holders_of(heap, graph, node, pause);
    chains.total = last.size();
    const ShortestWays ways(graph, node, pause);
    if (pause.is_stopped()) return {};
    const auto length = [&](const Link& link) {
        const bool is_held = link.kind == Link::by_chunk || link.kind == Link::by_class;
        return is_held ? ways.distance(graph.node_at(link.holder)) + 1 : 1;
    };
    std::stable_sort(last.begin(), last.end(),
                     [&](const Link& a, const Link& b) { return length(a) < length(b); });
    last.resize(std::min(last.size(), most));
    for (const Link& link : last) {
        Chain chain = length(link) > 1 ? ways.to(heap, graph.node_at(link.holder)) : Chain{};
        if (pause.is_stopped()) return {};
        chain.push_back(link);
        chains.rows.push_back(std::move(chain));
    }
    return chains;
}

Chain chain_of_discovery(const Heap& heap, const Graph& graph, Offset chunk, const ShouldStop& should_stop) {
    Node node = graph.node_at(chunk);
    if (node == Graph::none || !graph.is_reachable(node)) return {};
    Chain chain;
    Pause pause(should_stop);
    for (; graph.found_from(node) != Graph::none; node = graph.found_from(node)) {
        if (pause.is_stopped()) return {};
        chain.push_back(link_between(heap, graph, graph.found_from(node), node));
    }
    chain.push_back(own_holders(graph, node).front());
    std::reverse(chain.begin(), chain.end());
    return chain;
}

std::span<const Graph::Node> lost_without(const Heap& heap, const Graph& graph, const Link& link) {
    const Node node = graph.node_at(link.target);
    if (node == Graph::none || !graph.is_reachable(node)) return {};
    const bool is_held = link.kind == Link::by_chunk || link.kind == Link::by_class;
    if (graph.dominator(node) != (is_held ? graph.node_at(link.holder) : Graph::none)) return {};
    const ShouldStop never;
    Pause pause(never);
    const std::vector<Link> holders = holders_of(heap, graph, node, pause);
    const bool is_the_only_one = holders.size() == 1 && holders[0].kind == link.kind &&
                                 holders[0].holder == link.holder && holders[0].place == link.place;
    return is_the_only_one ? graph.retained(node) : std::span<const Node>{};
}

}  // namespace heapcore
