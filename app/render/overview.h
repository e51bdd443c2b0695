// The whole heap as a thin strip: a colour for each of many equal pieces in address order.
#pragma once

#include "app/model/map_level.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <imgui.h>

namespace tricolour {

class Overview {
public:
    /// Brings as many pieces up to date as a frame's budget allows; true when none is stale.
    bool update(const TexelPlane& map, const MapColours& colours);
    void draw(ImDrawList& list, ImVec2 from, ImVec2 to) const;

private:
    void mark_all();
    ImU32 colour_of_piece(std::span<const Texel> texels) const;

    const TexelPlane* map_ = nullptr;
    std::uint64_t version_ = 0;
    std::uint32_t granules_ = 0;
    std::vector<ImU32> pieces_;  ///< their colours
    MapColours colours_;
    std::optional<ColourSums> sums_;  ///< where they are averages
    std::vector<bool> is_stale_;
    std::uint32_t stale_ = 0;
    std::uint32_t cursor_ = 0;
};

}  // namespace tricolour
