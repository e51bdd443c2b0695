// Map colours: how each texel is shown through a lens, in a palette, with an entry of the legend isolated
// or not. Made anew when one of them changes; what is drawn looks it up.
#pragma once

#include "app/model/lens.h"

#include <array>
#include <cstdint>
#include <optional>

namespace tricolour {

struct MapColours {
    /// A texel without its start bit.
    static constexpr std::size_t texels = 128;
    static constexpr Texel mask = texels - 1;

    std::array<Rgba, texels> colours{};
    std::array<Pattern, texels> patterns{};
    std::array<bool, texels> faded{};  ///< another entry is isolated
    /// Far out: the hue of the commonest type with the true mixture of colours; otherwise the average of
    /// all that a cell shows.
    bool takes_commonest = true;

    const Rgba& of(Texel texel) const { return colours[texel & mask]; }
    Pattern pattern_of(Texel texel) const { return patterns[texel & mask]; }
    bool is_faded(Texel texel) const { return faded[texel & mask]; }
    bool operator==(const MapColours&) const = default;
};

/// `isolated`: number of an entry of the lens; all that is not of it fades into the background.
MapColours map_colours(const Palette& palette, LensId lens, std::optional<std::uint32_t> isolated = {});

}  // namespace tricolour
