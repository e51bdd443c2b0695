#include "heapcore/reference_maps.h"

#include <algorithm>

namespace heapcore {

ReferenceMaps::Map ReferenceMaps::look_up(Address class_address) {
    if (const auto known = maps_.find(class_address); known != maps_.end()) return known->second;
    return maps_[class_address] = make(class_address);
}

ReferenceMaps::Map ReferenceMaps::make(Address class_address) {
    const auto first = static_cast<std::uint32_t>(cells_.size());
    const auto class_user = class_at(heap_, class_address);
    if (!class_user || !add_reference_cells(heap_, *class_user, cells_)) {
        cells_.resize(first);
        return {0, 0, no_map};
    }
    Map map{first, static_cast<std::uint32_t>(cells_.size()) - first, 0};
    for (std::uint32_t i = first; i < cells_.size(); ++i) {
        cells_[i] += header_bytes;
        map.reach = std::max(map.reach, cells_[i] + heap_.geometry().word_bytes);
    }
    return map;
}

}  // namespace heapcore
