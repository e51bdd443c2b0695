#include "app/model/marked_position.h"

namespace tricolour {

MarkedPosition::MarkedPosition(const heapcore::Session& session, const MapModel& map)
    : map_(map),
      position_(session.position()),
      smallest_chunk_bytes_(session.heap().geometry().smallest_chunk_bytes),
      identities_(session.heap().size_bytes() / smallest_chunk_bytes_ + 1) {
    const heapcore::Heap& heap = session.heap();
    for (std::uint32_t first = 0; first < map.granules(); first = map.start_after(first)) {
        const heapcore::Offset chunk = first * map.granule_bytes();
        identities_[chunk / smallest_chunk_bytes_] = identity_of(heap, chunk, heap.header(chunk));
    }
}

std::uint64_t MarkedPosition::identity_at(heapcore::Offset chunk) const {
    return identities_[chunk / smallest_chunk_bytes_];
}

std::uint64_t MarkedPosition::identity_of(const heapcore::Heap& heap, heapcore::Offset chunk,
                                          heapcore::Header header) {
    if (header.is_in_use()) return heap.origin_of(chunk).birth;
    if (header.size_bytes() < heap.geometry().smallest_chunk_bytes) return 0;
    const std::uint64_t next = heap.free_list().next(heap.memory, chunk);
    return next << 32 | heap.free_list().previous(heap.memory, chunk);
}

}  // namespace tricolour
