#include "app/model/collector_cursor.h"

#include "app/model/narration.h"
#include "app/model/root_rows.h"

#include <algorithm>

namespace tricolour {

using heapcore::Offset;
using heapcore::Phase;
using heapcore::Register;

std::optional<CollectorCursor> collector_cursor_of(const heapcore::Heap& heap) {
    const auto phase = static_cast<Phase>(heap.get(Register::phase));
    if (phase == Phase::idle) return std::nullopt;
    if (phase == Phase::sweep) {
        const auto at =
            static_cast<Offset>(std::min<std::uint64_t>(heap.get(Register::cursor), heap.size_bytes()));
        return CollectorCursor{true, at,
                               "sweep " + std::to_string(std::uint64_t{100} * at / heap.size_bytes()) + "%"};
    }
    const std::uint64_t depth = mark_depth(heap);
    if (depth == 0) return std::nullopt;
    const Offset chunk = mark_entry(heap, depth - 1).chunk;
    if (chunk >= heap.size_bytes()) return std::nullopt;
    return CollectorCursor{false, chunk, "marking, " + count_text(depth) + " deep"};
}

}  // namespace tricolour
