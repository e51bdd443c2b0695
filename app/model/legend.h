// The legend: how many chunks and bytes there are of each type and colour.
//
// Columns are as wide as the largest count that the heap can ever show, so that nothing moves while
// a trace plays.
#pragma once

#include "app/model/map.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tricolour {

struct LegendRow {
    heapcore::AllocationType type = heapcore::AllocationType::object;
    std::array<Tally, heapcore::colour_count> colours{};
    Tally total;
};

struct Legend {
    std::array<LegendRow, heapcore::allocation_type_count> rows{};
    std::array<Tally, heapcore::colour_count> colours{};  ///< in use, all types
    Tally odd;                                            ///< in use, of a type or colour that does not exist
    Tally in_use;
    Tally free;
    Tally all;
    std::uint32_t most_chunks = 0;  ///< that a heap of this size can hold
};

Legend legend_of(const MapModel& map, const heapcore::Heap& heap);

/// What a colour means to the collector: "not reached", "being scanned", "done".
std::string_view meaning_of(heapcore::Colour colour);

}  // namespace tricolour
