// A heap of one's own, without a trace: a list that a permanent root holds survives a collection, what
// nothing holds does not.
#include <iostream>

#include <heapcore/audit.h>
#include <heapcore/vm.h>

using namespace heapcore;

namespace {

/// A list of so many nodes; its head, as chunk.
Offset make_list(Vm& vm, Offset node_class, int length) {
    Offset head = no_chunk;
    for (int i = 0; i < length; ++i) {
        const Offset node = vm.make_object(node_class);
        if (head != no_chunk) {
            const auto next = find_field(vm.heap, node_class, "next");
            vm.heap.memory.store_word(user_of(node) + next->place, vm.heap.memory.address_of(user_of(head)));
        }
        head = node;
    }
    return head;
}

int objects_of(const Heap& heap, Offset class_user) {
    int count = 0;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        const Header header = heap.header(chunk);
        const bool is_object = header.is_in_use() && header.type() == AllocationType::object;
        if (is_object && class_of(heap, chunk) == class_user) ++count;
    }
    return count;
}

}  // namespace

int main() {
    HeapSettings settings;
    settings.size_bytes = 256 * 1024;
    if (const auto fault = normalise(settings)) {
        std::cerr << *fault << '\n';
        return 1;
    }
    Vm vm(settings);

    // What an operation has made is held until it ends.
    vm.begin_operation(0);
    const Offset node_class = vm.make_class("Node", std::nullopt, no_chunk, {{"next", "LNode;"}});
    vm.push_permanent(vm.heap.memory.address_of(user_of(make_list(vm, node_class, 3))));
    make_list(vm, node_class, 4);
    vm.end_operation();

    const int before = objects_of(vm.heap, node_class);
    vm.collect(CollectReason::requested);
    const int after = objects_of(vm.heap, node_class);
    std::cout << before << " nodes before the collection, " << after << " after\n";
    for (const Violation& violation : audit(vm.heap))
        std::cerr << violation.sentence << '\n';
    return after == 3 && audit(vm.heap).empty() ? 0 : 1;
}
