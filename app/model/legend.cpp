#include "app/model/legend.h"

namespace tricolour {
namespace {

using heapcore::AllocationType;
using heapcore::Colour;

constexpr std::uint32_t type_codes = 16;   // what 4 bits of a header can say
constexpr std::uint32_t colour_codes = 4;  // what 2 bits can

void add(Tally& sum, const Tally& part) {
    sum.chunks += part.chunks;
    sum.bytes += part.bytes;
}

}  // namespace

Legend legend_of(const MapModel& map, const heapcore::Heap& heap) {
    Legend legend;
    for (std::uint32_t type = 0; type < type_codes; ++type) {
        for (std::uint32_t colour = 0; colour < colour_codes; ++colour) {
            const Tally& tally = map.tally(static_cast<AllocationType>(type), static_cast<Colour>(colour));
            add(legend.in_use, tally);
            if (type >= heapcore::allocation_type_count || colour >= heapcore::colour_count) {
                add(legend.odd, tally);
                continue;
            }
            add(legend.rows[type].colours[colour], tally);
            add(legend.rows[type].total, tally);
            add(legend.colours[colour], tally);
        }
    }
    for (std::uint32_t type = 0; type < heapcore::allocation_type_count; ++type) {
        legend.rows[type].type = static_cast<AllocationType>(type);
    }
    legend.free = map.free_tally();
    legend.all = legend.in_use;
    add(legend.all, legend.free);
    legend.most_chunks = heap.size_bytes() / heap.geometry().smallest_chunk_bytes;
    return legend;
}

std::string_view meaning_of(Colour colour) {
    constexpr std::array<std::string_view, heapcore::colour_count> meanings = {"not reached", "being scanned",
                                                                               "done"};
    const auto index = static_cast<std::size_t>(colour);
    return index < meanings.size() ? meanings[index] : "not a colour";
}

}  // namespace tricolour
