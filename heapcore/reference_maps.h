// Reference maps: where the references of a class's instances lie, learned once a class.
//
// For a pass over many chunks in which nothing is stored to classes. A class that is not as the
// engine lays one down has no map: begin_scan() and next_scan() have to be asked then.
#pragma once

#include "heapcore/object.h"

#include <array>
#include <unordered_map>
#include <vector>

namespace heapcore {

class ReferenceMaps {
public:
    struct Map {
        std::uint32_t first;  ///< in cells()
        std::uint32_t count;
        std::uint32_t reach;  ///< smallest chunk that holds them all; no_map: not to be relied on
    };
    static constexpr std::uint32_t no_map = 0xffffffff;

    explicit ReferenceMaps(const Heap& heap) : heap_(heap) {}

    /// Of the class whose address an instance's first word holds.
    const Map& of(Address class_address) {
        Known& known = known_[(class_address >> 3 ^ class_address >> 9) % known_.size()];
        if (known.class_address != class_address) known = {class_address, look_up(class_address)};
        return known.map;
    }
    /// Offset of a reference from the chunk.
    std::uint32_t cell(std::uint32_t index) const { return cells_[index]; }
    /// Where next_scan() stands once it was looked at.
    const ScanState& state_after(std::uint32_t index) const { return states_[index]; }

private:
    struct Known {
        Address class_address = 0;
        Map map{};
    };

    Map look_up(Address class_address);
    Map make(Address class_address);

    const Heap& heap_;
    std::array<Known, 32> known_{};
    std::unordered_map<Address, Map> maps_;
    std::vector<std::uint32_t> cells_;
    std::vector<ScanState> states_;
};

}  // namespace heapcore
