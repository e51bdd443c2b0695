// Palette: every colour the application shows, by meaning. Hue says what a chunk is, lightness says
// what the collector thinks of it. Data: assets/palettes/*.json, one file a theme.
#pragma once

#include "heapcore/chunk.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tricolour {

/// sRGB, 0 to 1.
struct Rgba {
    float red = 0, green = 0, blue = 0, alpha = 1;
    bool operator==(const Rgba&) const = default;
};

struct Palette {
    std::string name;
    bool is_dark = true;
    /// [allocation type][white, grey, black]
    std::array<std::array<Rgba, heapcore::colour_count>, heapcore::allocation_type_count> chunk;
    // What lenses show besides.
    std::array<Rgba, heapcore::allocation_type_count> types;  ///< apart in lightness too
    std::array<Rgba, heapcore::colour_count> colours;
    std::array<Rgba, 8> ramp;      ///< little to much, in order of lightness, the last stands out most
    std::array<Rgba, 8> category;  ///< as far from each other as can be
    Rgba quiet;                    ///< in use, and of no concern
    Rgba free;                     ///< free memory: recedes into `map_background`
    Rgba free_outline;
    Rgba map_background;
    Rgba gap;  ///< between rows and chunks
    Rgba now;  ///< what the current step touched; nothing else uses it
    Rgba selection;
    Rgba hover;
    Rgba hit;     ///< what a search found
    Rgba alarm;   ///< violations, dead references, errors
    Rgba good;    ///< expectations that held
    Rgba window;  ///< behind everything
    Rgba panel;
    Rgba panel_raised;  ///< headers, input fields, buttons
    Rgba border;
    Rgba text;
    Rgba text_dim;
    Rgba header_white, header_grey, header_black;  ///< the header's bytes drawn literally
    std::array<Rgba, 4> curve;                     ///< used, largest free, fragmentation, free
    std::array<Rgba, 2> band;                      ///< mutator, collector
    std::array<Rgba, 7> phase;                     ///< of a collection, interned to sweep
    std::array<Rgba, 4> breakpoint;                ///< by turns

    const Rgba& of(heapcore::Header header) const { return of(header.type(), header.colour()); }
    /// A type or colour that does not exist (a damaged header) is shown as alarm.
    const Rgba& of(heapcore::AllocationType type, heapcore::Colour colour) const {
        const auto row = static_cast<std::size_t>(type);
        const auto column = static_cast<std::size_t>(colour);
        return row < chunk.size() && column < heapcore::colour_count ? chunk[row][column] : alarm;
    }
};

/// Between two colours, 0 the first and 1 the second.
Rgba mixed(const Rgba& first, const Rgba& second, float part);

/// The palette of an asset, "dark" or "light". An unreadable file falls back to what is built in
/// and says so in `problem`.
Palette load_palette(std::string_view name, std::string* problem = nullptr);

}  // namespace tricolour
