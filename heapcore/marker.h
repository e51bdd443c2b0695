// Marker: marks all that a chunk leads to in one go, where nothing listens.
//
// It visits what Collector's transitions visit, in their order, and leaves the same bytes; only
// what nobody sees in between differs: a chunk found turns black at once and the mark stack's
// entries look otherwise. What it learns of a class holds for one mark phase, in which nothing is
// stored to classes.
// Source: the memory model (collect; allocation types, and how each is scanned).
#pragma once

#include "heapcore/object.h"

#include <array>
#include <unordered_map>
#include <vector>

namespace heapcore {

class Marker {
public:
    /// Precondition: as long as it lives no journal listens, and only collections store to memory.
    explicit Marker(Heap& heap) : heap_(heap) {}

    /// Scans a chunk whatever its colour, then turns it black. Precondition: the mark stack is empty.
    void mark_from(Offset chunk);

private:
    /// Where the references of a class's instances lie.
    struct Map {
        std::uint32_t first;  ///< in `cells_`
        std::uint32_t count;
        std::uint32_t reach;  ///< smallest chunk that holds them all; no_map: not to be relied on
    };
    struct Known {
        Address class_address = 0;
        Map map{};
    };
    static constexpr std::uint32_t no_map = 0xffffffff;

    template <typename Word>
    void mark(Offset root);
    const Map& map_of(Address class_address) {
        Known& known = known_[(class_address >> 3 ^ class_address >> 9) % known_.size()];
        if (known.class_address != class_address) known = {class_address, look_up(class_address)};
        return known.map;
    }
    Map look_up(Address class_address);
    Map make_map(Address class_address);

    Heap& heap_;
    std::array<Known, 32> known_{};
    std::unordered_map<Address, Map> maps_;
    std::vector<std::uint32_t> cells_;  ///< offsets from the chunk
};

}  // namespace heapcore
