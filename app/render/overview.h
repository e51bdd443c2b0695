// The whole heap as a thin strip: a colour for each of many equal pieces in address order.
#pragma once

#include "app/model/map_level.h"

#include <cstdint>
#include <vector>

#include <imgui.h>

namespace tricolour {

class Overview {
public:
    /// Brings as many pieces up to date as a frame's budget allows; true when none is stale.
    bool update(const MapModel& map, const Palette& palette);
    void draw(ImDrawList& list, ImVec2 from, ImVec2 to) const;

private:
    const MapModel* map_ = nullptr;
    std::uint64_t version_ = 0;
    std::uint32_t granules_ = 0;
    std::vector<Cell> cells_;
    std::vector<ImU32> colours_;  ///< of cells_, in the palette at hand
    Palette palette_;
    std::vector<bool> is_stale_;
    std::uint32_t stale_ = 0;
    std::uint32_t cursor_ = 0;
};

}  // namespace tricolour
