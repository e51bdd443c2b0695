#include "heapcore/reference_maps.h"

#include <algorithm>

namespace heapcore {

ReferenceMaps::Map ReferenceMaps::look_up(Address class_address) {
    if (const auto known = maps_.find(class_address); known != maps_.end()) return known->second;
    return maps_[class_address] = make(class_address);
}

ReferenceMaps::Map ReferenceMaps::make(Address class_address) {
    const auto class_user = class_at(heap_, class_address);
    std::vector<ReferenceCell> references;
    if (!class_user || !add_reference_cells(heap_, *class_user, references)) return {0, 0, no_map};
    Map map{static_cast<std::uint32_t>(cells_.size()), static_cast<std::uint32_t>(references.size()), 0};
    for (const ReferenceCell& reference : references) {
        cells_.push_back(reference.place + header_bytes);
        states_.push_back(reference.after);
        map.reach = std::max(map.reach, cells_.back() + heap_.geometry().word_bytes);
    }
    return map;
}

}  // namespace heapcore
