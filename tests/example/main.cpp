// A heap of one's own, without a trace: the program keeps references in variables of its own and names them
// to the collector. A list that it holds survives a collection, what nothing holds is freed.
#include <iostream>
#include <vector>

#include <heapcore/audit.h>
#include <heapcore/vm.h>

using namespace heapcore;

namespace {

/// The program: a few lists, each held by a handle outside the heap.
class Lists {
public:
    explicit Lists(const HeapSettings& settings) : vm_(settings) {
        vm_.collector().ask(
            [this](std::vector<Address>& roots) { roots.insert(roots.end(), heads_.begin(), heads_.end()); });
        vm_.begin_operation(0);
        node_class_ = vm_.make_class("Node", std::nullopt, no_chunk, {{"next", "LNode;"}});
        next_cell_ = find_field(vm_.heap, node_class_, "next")->place;
        vm_.end_operation();
    }

    /// Adds a list of so many nodes. What has been made is held by the handle before the next node is asked
    /// for, since that may collect.
    void add(int length) {
        heads_.push_back(0);
        for (int i = 0; i < length; ++i) {
            vm_.begin_operation(0);
            const Offset node = user_of(vm_.make_object(node_class_));
            vm_.heap.memory.store_word(node + next_cell_, heads_.back());
            heads_.back() = vm_.heap.memory.address_of(node);
            vm_.end_operation();
        }
    }

    void drop_last() { heads_.pop_back(); }
    void collect() { vm_.collect(CollectReason::requested); }

    int nodes() const {
        int count = 0;
        const Heap& heap = vm_.heap;
        for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
            const Header header = heap.header(chunk);
            const bool is_object = header.is_in_use() && header.type() == AllocationType::object;
            if (is_object && class_of(heap, chunk) == node_class_) ++count;
        }
        return count;
    }

    /// Whether every invariant of the heap holds; says what does not.
    bool is_sound() const {
        const std::vector<Violation> violations = audit(vm_.heap);
        for (const Violation& violation : violations)
            std::cerr << violation.sentence << '\n';
        return violations.empty();
    }

private:
    Vm vm_;
    Offset node_class_ = 0;
    Offset next_cell_ = 0;
    std::vector<Address> heads_;
};

}  // namespace

int main() {
    HeapSettings settings;
    settings.size_bytes = 256 * 1024;
    if (const auto fault = normalise(settings)) {
        std::cerr << *fault << '\n';
        return 1;
    }
    Lists lists(settings);
    lists.add(3);
    lists.add(4);
    lists.drop_last();
    const int before = lists.nodes();
    lists.collect();
    const int after = lists.nodes();
    std::cout << before << " nodes before the collection, " << after << " after\n";
    return before == 7 && after == 3 && lists.is_sound() ? 0 : 1;
}
