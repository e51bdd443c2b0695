// The heaps that benchmarks of the engine share.
#pragma once

#include "heapcore/vm.h"

#include <vector>

namespace heapcore {

inline HeapSettings largest_heap(std::uint32_t word_bytes) {
    HeapSettings settings;
    settings.word_bytes = word_bytes;
    settings.size_bytes = largest_heap_bytes(word_bytes);
    return settings;
}

/// A binary tree of as many objects, each second one of them garbage behind the root's back.
struct Forest {
    Vm vm{largest_heap(8)};

    explicit Forest(std::uint32_t objects) {
        vm.begin_operation(0);
        const Offset of =
            vm.make_class("Node", std::nullopt, no_chunk, {{"left", "LNode;"}, {"right", "LNode;"}});
        vm.end_operation();
        std::vector<Offset> nodes;
        for (std::uint32_t i = 0; i < objects; ++i) {
            vm.begin_operation(i);
            nodes.push_back(vm.make_object(of));
            vm.end_operation();
            if (i % 2 || i == 0) continue;
            const Offset parent = nodes[(i / 2 - 1) / 2 * 2];
            vm.heap.memory.store_word(user_of(parent) + 8 + (i / 2 - 1) % 2 * 8,
                                      vm.heap.memory.address_of(user_of(nodes[i])));
        }
        vm.push_permanent(vm.heap.memory.address_of(user_of(nodes[0])));
    }
};

}  // namespace heapcore
