// A position that was marked: what of it the map needs to show what changed since.
#pragma once

#include "app/model/map.h"

#include <cstdint>
#include <vector>

namespace tricolour {

class MarkedPosition {
public:
    /// `map` is in step with the session.
    MarkedPosition(const heapcore::Session& session, const MapModel& map);

    /// Texels and starts of that position.
    const MapModel& map() const { return map_; }
    const heapcore::Position& position() const { return position_; }
    /// Whether it was made from a heap laid out like this one.
    bool is_of(const MapModel& map) const {
        return map.granules() == map_.granules() && map.granule_bytes() == map_.granule_bytes();
    }

    /// What tells a chunk from another at the same place: of one in use its birth, of a free one
    /// between which others it stands in the free list. Kept for each place where a chunk began.
    std::uint64_t identity_at(heapcore::Offset chunk) const;
    static std::uint64_t identity_of(const heapcore::Heap& heap, heapcore::Offset chunk,
                                     heapcore::Header header);

private:
    MapModel map_;
    heapcore::Position position_;
    std::uint32_t smallest_chunk_bytes_;
    std::vector<std::uint64_t> identities_;  ///< one for each smallest chunk's worth of heap
};

}  // namespace tricolour
