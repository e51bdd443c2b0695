#include "app/ui_state.h"

namespace tricolour {

std::optional<heapcore::Offset> selected_chunk(const heapcore::Heap& heap,
                                               const std::optional<Selection>& selection) {
    if (!selection || selection->chunk >= heap.size_bytes()) return std::nullopt;
    const heapcore::Header header = heap.header(selection->chunk);
    if (selection->birth == 0) return header.is_in_use() ? std::nullopt : std::optional(selection->chunk);
    const bool is_there = header.is_in_use() && heap.origin_of(selection->chunk).birth == selection->birth;
    return is_there ? std::optional(selection->chunk) : std::nullopt;
}

}  // namespace tricolour
