#include "random_program.h"

#include "heap_check.h"
#include "naive_marker.h"

#include <algorithm>

namespace heapcore {
namespace {

constexpr std::size_t saved_cells = 7;
constexpr std::size_t stack_cells = 120;  // within one segment, whatever the mode

}  // namespace

RandomProgram::RandomProgram(const ProgramOptions& options) : options_(options), random_(options.seed) {
    head_ = "tricolour 1\nheap size=" + std::to_string(options.size_bytes) +
            " word=" + std::to_string(options.word_bytes) +
            (options.vm == VmMode::unified ? " vm=unified" : "") + " permanent=200 transient=100\n";
    auto trace = parse_trace(head_, "random");
    trace_ = std::move(*trace);
    machine_ = std::make_unique<Machine>(trace_.settings);
}

Outcome RandomProgram::carry_out(const std::string& line) {
    text_ << line << '\n';
    auto operation = parse_operation(trace_, line);
    if (!operation) {
        fault_ = line + ": " + operation.error().message;
        return {};
    }
    trace_.operations.push_back(*operation);
    Outcome outcome = machine_->apply(trace_, trace_.operations.size() - 1);
    if (outcome.kind != Outcome::done) fault_ = line + ": " + outcome.message;
    if (outcome.asked_for_chunk && !outcome.allocated) fault_ = line + ": out of memory";
    return outcome;
}

int RandomProgram::add(Node node) {
    nodes_.push_back(std::move(node));
    return static_cast<int>(nodes_.size()) - 1;
}

int RandomProgram::any(bool (*is_right)(const Node&)) {
    std::vector<int> right;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (nodes_[i].is_alive && (!is_right || is_right(nodes_[i]))) right.push_back(static_cast<int>(i));
    return right.empty() ? -1 : right[below(static_cast<std::uint32_t>(right.size()))];
}

std::string RandomProgram::name_or_null(int node) {
    if (node < 0) return "null";
    nodes_[static_cast<std::size_t>(node)].is_known = true;
    return nodes_[static_cast<std::size_t>(node)].name;
}

void RandomProgram::make_class() {
    Node node{Kind::class_, fresh(), AllocationType::instance_class};
    std::string line = "class " + node.name;
    if (chance(40)) node.super = any([](const Node& n) { return n.kind == Kind::class_; });
    if (node.super >= 0) line += " extends=" + name_or_null(node.super);
    if (options_.has_loaders && chance(70))
        node.loader = any([](const Node& n) { return n.kind == Kind::loader; });
    if (node.loader >= 0) line += " loader=" + name_or_null(node.loader);
    const std::uint32_t fields = below(6);
    for (std::uint32_t i = 0; i < fields; ++i) {
        const bool is_static = chance(30);
        const bool is_reference = chance(75);
        const std::string field = "f" + node.name + "_" + std::to_string(i);
        line += std::string(" ") + (is_static ? "static." : "") + field + (is_reference ? ":ref" : ":int");
        if (is_reference) (is_static ? node.statics : node.fields).push_back(field);
    }
    for (const std::string& field : node.statics)
        node.places.push_back("." + field);
    node.slots.assign(node.places.size(), -1);
    carry_out(line);
    add(std::move(node));
}

void RandomProgram::make_something() {
    const auto is_class = [](const Node& n) { return n.kind == Kind::class_; };
    Node node{Kind::raw, fresh()};
    switch (below(options_.has_loaders ? 12 : 11)) {
        case 0: return make_class();
        case 1:
        case 2:
        case 3: {
            node.of_class = any(is_class);
            if (node.of_class < 0) return make_class();
            node.kind = Kind::object;
            node.type = AllocationType::object;
            for (int at = node.of_class; at >= 0; at = nodes_[static_cast<std::size_t>(at)].super)
                for (const std::string& field : nodes_[static_cast<std::size_t>(at)].fields)
                    node.places.push_back("." + field);
            carry_out("new " + node.name + " " + name_or_null(node.of_class));
            break;
        }
        case 4:
        case 5: {
            node.of_class = any(is_class);
            if (node.of_class < 0) return make_class();
            node.kind = Kind::object_array;
            node.type = AllocationType::object_array;
            const std::uint32_t length = below(7);
            for (std::uint32_t i = 0; i < length; ++i)
                node.places.push_back("[" + std::to_string(i) + "]");
            carry_out("array " + node.name + " " + name_or_null(node.of_class) + " " +
                      std::to_string(length));
            break;
        }
        case 6: {
            node.kind = Kind::primitive_array;
            node.type = AllocationType::primitive_array;
            const auto element = static_cast<ElementType>(1 + below(8));
            carry_out("array " + node.name + " " + std::string(word_of(element)) + " " +
                      std::to_string(below(20)));
            break;
        }
        case 7: {
            node.kind = Kind::string;
            node.type = AllocationType::string;
            if (chance(60)) {
                carry_out("string " + node.name + " \"text " + std::to_string(below(9)) + "\"");
                break;
            }
            const std::string pooled = std::to_string(below(5));
            carry_out("intern " + node.name + " \"" + pooled + "\"");
            if (pool_.contains(pooled)) return;  // one more name of a string that lives anyway
            node.is_pooled = true;
            pool_[pooled] = static_cast<int>(nodes_.size());
            break;
        }
        case 8: {
            node.kind = Kind::weak;
            node.type = AllocationType::weak_reference;
            const int referent = any();
            if (referent < 0) return;
            carry_out("weak " + node.name + " " + name_or_null(referent));
            node.slots = {referent};
            add(std::move(node));
            return;
        }
        case 9: {
            const auto type = below(10);
            node.type = static_cast<AllocationType>(type);
            carry_out("alloc " + node.name + " " + std::to_string(type) + " " + std::to_string(below(300)));
            break;
        }
        case 10: {
            const int original =
                any([](const Node& n) { return n.kind != Kind::class_ && n.kind != Kind::loader; });
            if (original < 0) return;
            const std::string name = node.name;
            node = nodes_[static_cast<std::size_t>(original)];
            node.name = name;
            node.is_pooled = node.is_known = false;
            carry_out("clone " + name + " " + nodes_[static_cast<std::size_t>(original)].name);
            nodes_[static_cast<std::size_t>(original)].is_known = true;  // a string's clone shares its chars
            for (const int slot : node.slots)
                if (slot >= 0) nodes_[static_cast<std::size_t>(slot)].is_known = true;
            add(std::move(node));
            return;
        }
        default:
            node.kind = Kind::loader;
            node.type = AllocationType::object;
            carry_out("loader " + node.name);
    }
    node.slots.assign(node.places.size(), -1);
    add(std::move(node));
}

void RandomProgram::store() {
    const int holder = any([](const Node& n) { return !n.places.empty(); });
    const int weak = any([](const Node& n) { return n.kind == Kind::weak; });
    const int target = chance(85) ? any() : -1;
    if (weak >= 0 && chance(15)) {
        Node& node = nodes_[static_cast<std::size_t>(weak)];
        carry_out("set " + node.name + ".referent " + name_or_null(target));
        node.slots[0] = target;
        return;
    }
    if (holder < 0) return;
    const auto slot =
        below(static_cast<std::uint32_t>(nodes_[static_cast<std::size_t>(holder)].places.size()));
    Node& node = nodes_[static_cast<std::size_t>(holder)];
    carry_out("set " + node.name + node.places[slot] + " " + name_or_null(target));
    nodes_[static_cast<std::size_t>(holder)].slots[slot] = target;
}

void RandomProgram::change_roots() {
    const int node = any();
    switch (below(9)) {
        case 0:
            if (node < 0 || permanent_.size() > 60) return;
            carry_out("permanent " + name_or_null(node));
            return permanent_.push_back(node);
        case 1:
        case 2:
            if (node < 0 || transient_.size() > 60) return;
            carry_out("transient " + name_or_null(node));
            return transient_.push_back(node);
        case 3: carry_out("begin"); return blocks_.push_back(transient_.size());
        case 4:
            if (blocks_.empty()) return;
            carry_out("end");
            transient_.resize(blocks_.back());
            return blocks_.pop_back();
        case 5:
            if (node < 0) return;
            carry_out("pin " + name_or_null(node));
            return pins_.push_back(node);
        case 6: {
            if (pins_.empty()) return;
            const int pinned = pins_[below(static_cast<std::uint32_t>(pins_.size()))];
            carry_out("unpin " + name_or_null(pinned));
            pins_.erase(std::prev(std::find(pins_.rbegin(), pins_.rend(), pinned).base()));
            return;
        }
        case 7: {
            const int raw = any([](const Node& n) { return n.kind == Kind::raw && !n.is_known; });
            if (raw < 0) return;
            carry_out("free " + nodes_[static_cast<std::size_t>(raw)].name);
            nodes_[static_cast<std::size_t>(raw)].is_alive = false;
            return;
        }
        default: {
            const int changed =
                any([](const Node& n) { return n.kind == Kind::raw || n.kind == Kind::object; });
            if (changed < 0) return;
            constexpr AllocationType types[] = {AllocationType::data, AllocationType::primitive_array,
                                                AllocationType::static_data};
            Node& chosen = nodes_[static_cast<std::size_t>(changed)];
            chosen.type = types[below(3)];
            chosen.places.clear();
            chosen.slots.clear();
            carry_out("retype " + chosen.name + " " + std::string(word_of(chosen.type)));
        }
    }
}

Address RandomProgram::address_of(int node) const {
    const auto chunk = machine_->chunk_named(*trace_.names.find(nodes_[static_cast<std::size_t>(node)].name));
    return machine_->heap().memory.address_of(user_of(*chunk));
}

void RandomProgram::put_cell(Thread& thread, std::size_t place, Address value) {
    std::vector<Address>& stack = stack_of(thread);
    if (stack.size() <= place) stack.resize(place + 1);
    stack[place] = value;
}

void RandomProgram::change_threads() {
    if (threads_.empty() || (threads_.size() < 4 && chance(8))) {
        Thread thread{fresh()};
        std::set<std::size_t> taken;
        for (const Thread& other : threads_)
            taken.insert(other.slot);
        if (options_.vm == VmMode::unified) thread.slot = stacks_.size();
        while (taken.contains(thread.slot))
            ++thread.slot;
        if (stacks_.size() <= thread.slot) stacks_.resize(thread.slot + 1);
        if (chance(50)) thread.object = any();
        carry_out("thread " + thread.name +
                  (thread.object >= 0 ? " object=" + name_or_null(thread.object) : ""));
        threads_.push_back(std::move(thread));
        return;
    }
    const auto which = below(static_cast<std::uint32_t>(threads_.size()));
    Thread& thread = threads_[which];
    // A value for a cell: a name, its address as an integer, or a number that means nothing.
    int node = any();
    std::string value = "null";
    const auto choose_value = [&] {
        if (node >= 0 && chance(60)) {
            value = name_or_null(node);
        } else if (node >= 0 && chance(60)) {
            (void)name_or_null(node);
            value = std::to_string(address_of(node));
        } else {
            node = -1;
            value = std::to_string(below(1 << 20));
        }
    };
    switch (below(9)) {
        case 0:
        case 1: {
            const std::size_t locals = below(5);
            if (thread.pointer + saved_cells + locals + 16 > stack_cells) return;
            carry_out("call " + thread.name + " m" + std::to_string(below(3)) +
                      " locals=" + std::to_string(locals));
            for (std::size_t i = 0; i < saved_cells; ++i)
                put_cell(thread, thread.pointer + i, 0);
            thread.frames.push_back({thread.pointer + saved_cells, locals});
            thread.pointer += saved_cells + locals;
            return;
        }
        case 2:
            if (thread.frames.empty()) return;
            carry_out("return " + thread.name);
            thread.pointer = thread.frames.back().locals - saved_cells;
            return thread.frames.pop_back();
        case 3:
        case 4: {
            if (thread.frames.empty() || thread.frames.back().local_count == 0) return;
            const auto index = below(static_cast<std::uint32_t>(thread.frames.back().local_count));
            choose_value();
            carry_out("local " + thread.name + " " + std::to_string(index) + " " + value);
            return put_cell(thread, thread.frames.back().locals + index, node < 0 ? 0 : address_of(node));
        }
        case 5:
        case 6:
            if (thread.frames.empty() || thread.pointer >= stack_cells) return;
            choose_value();
            carry_out("push " + thread.name + " " + value);
            return put_cell(thread, thread.pointer++, node < 0 ? 0 : address_of(node));
        case 7:
            if (thread.frames.empty()) return;
            if (thread.pointer == thread.frames.back().locals + thread.frames.back().local_count) return;
            carry_out("pop " + thread.name);
            --thread.pointer;
            return;
        default:
            if (chance(40)) {
                thread.exception = any();
                if (thread.exception < 0) return;
                carry_out("throw " + thread.name + " " + name_or_null(thread.exception));
            } else if (chance(50)) {
                carry_out("catch " + thread.name);
                thread.exception = -1;
            } else if (chance(30)) {
                carry_out("exit " + thread.name);
                threads_.erase(threads_.begin() + which);
            }
    }
}

std::set<int> RandomProgram::reachable() const {
    std::set<int> live;
    std::vector<int> pending;
    const auto reach = [&](int node) {
        if (node >= 0 && nodes_[static_cast<std::size_t>(node)].is_alive && live.insert(node).second)
            pending.push_back(node);
    };
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const Node& node = nodes_[i];
        if (node.is_pooled || (node.kind == Kind::class_ && node.loader < 0)) reach(static_cast<int>(i));
    }
    for (const std::vector<int>* roots : {&permanent_, &transient_, &pins_})
        for (const int root : *roots)
            reach(root);
    std::map<Address, int> at_address;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (nodes_[i].is_alive && nodes_[i].has_class() && is_object_type(nodes_[i].type))
            at_address[address_of(static_cast<int>(i))] = static_cast<int>(i);
    for (const Thread& thread : threads_) {
        reach(thread.object);
        reach(thread.exception);
        const auto& stack = stacks_[thread.slot];
        for (std::size_t i = 0; i < thread.frames.size(); ++i) {
            const std::size_t end =
                i + 1 < thread.frames.size() ? thread.frames[i + 1].locals - saved_cells : thread.pointer;
            for (std::size_t place = thread.frames[i].locals; place < end && place < stack.size(); ++place) {
                const auto cell = at_address.find(stack[place]);
                if (cell != at_address.end()) reach(cell->second);
            }
        }
    }
    while (!pending.empty()) {
        const int at = pending.back();
        pending.pop_back();
        const Node& node = nodes_[static_cast<std::size_t>(at)];
        if (node.kind == Kind::class_) {
            for (int k = at; k >= 0; k = nodes_[static_cast<std::size_t>(k)].super) {
                live.insert(k);
                reach(nodes_[static_cast<std::size_t>(k)].loader);
                for (const int slot : nodes_[static_cast<std::size_t>(k)].slots)
                    reach(slot);
            }
        } else if (node.kind == Kind::loader) {
            for (std::size_t i = 0; i < nodes_.size(); ++i)
                if (nodes_[i].kind == Kind::class_ && nodes_[i].loader == at) reach(static_cast<int>(i));
        } else if (node.kind != Kind::weak) {
            for (const int slot : node.slots)
                reach(slot);
        }
    }
    return live;
}

void RandomProgram::collect() {
    std::set<int> live = reachable();
    std::map<int, bool> weak;  // whether its referent is null afterwards
    for (const int at : live) {
        const Node& node = nodes_[static_cast<std::size_t>(at)];
        if (node.kind == Kind::weak && node.type == AllocationType::weak_reference) {
            const int referent = node.slots[0];
            weak[at] = referent < 0 || !live.contains(referent);
        }
    }
    // Permanent data is never freed; where nothing reaches it, it is white all the same.
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (nodes_[i].is_alive && nodes_[i].type == AllocationType::static_data)
            live.insert(static_cast<int>(i));
    const std::set<Offset> survivors = NaiveMarker(machine_->heap()).survivors();
    carry_out("gc");
    if (!fault_.empty()) return;
    fault_ = fault_after(live, weak);
    const Heap& heap = machine_->heap();
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk))
        if (heap.header(chunk).colour() != Colour::white) fault_ = "a chunk is not white after the gc";
    if (fault_.empty()) fault_ = unexpected_survivor(heap, survivors);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        Node& node = nodes_[i];
        if (!live.contains(static_cast<int>(i))) node.is_alive = false;
        if (const auto known = weak.find(static_cast<int>(i)); known != weak.end() && known->second)
            node.slots[0] = -1;
    }
}

std::string RandomProgram::fault_after(const std::set<int>& live, const std::map<int, bool>& weak) const {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const Node& node = nodes_[i];
        if (!node.is_alive) continue;
        const auto chunk = machine_->chunk_named(*trace_.names.find(node.name));
        if (chunk.has_value() != live.contains(static_cast<int>(i)))
            return node.name + (chunk ? " is alive" : " is dead");
        if (const auto known = weak.find(static_cast<int>(i)); known != weak.end()) {
            const Heap& heap = machine_->heap();
            const bool is_null = heap.memory.load_word(user_of(*chunk) + heap.objects().weak_referent) == 0;
            if (is_null != known->second) return node.name + (is_null ? " was cleared" : " was not cleared");
        }
    }
    return {};
}

std::string RandomProgram::run() {
    for (int i = 0; i < 2; ++i)
        make_class();
    for (std::uint32_t i = 0; i < options_.operations && fault_.empty(); ++i) {
        const std::uint32_t choice = below(100);
        if (choice < 40)
            make_something();
        else if (choice < 65)
            store();
        else if (choice < 78)
            change_roots();
        else if (choice < 97) {
            if (options_.has_threads) change_threads();
        } else if (options_.has_collections && !options_.has_loaders)
            collect();
    }
    if (fault_.empty() && options_.ends_with_collection) collect();
    return fault_;
}

}  // namespace heapcore
