#include "heapcore/layout.h"

namespace heapcore {

MemoryLayout::MemoryLayout(const HeapSettings& settings) {
    const ChunkGeometry& geometry = geometry_of(settings.word_bytes);
    const std::uint32_t word = settings.word_bytes;
    const ObjectLayout& objects = object_layout_of(word);
    heap_bytes = static_cast<std::uint32_t>(settings.size_bytes);

    Offset next = (heap_bytes + 7) & ~7u;
    const auto take = [&next](std::uint32_t bytes) {
        const Offset place = next;
        next = (next + bytes + 7) & ~7u;
        return place;
    };
    registers = take(8 * static_cast<std::uint32_t>(Register::count_));
    list_start = take(24);
    list_end = take(24);
    blocks = take(4 * most_blocks);
    pins = take(word * most_pins);
    operation_roots = take(word * most_operation_roots);
    permanent = take(word * settings.permanent_depth);
    transient = take(word * settings.transient_depth);
    pools = take(word * 3 * pool_buckets);
    thread_slot_bytes = (objects.thread_bytes + objects.segment_body + beside_segment_cells * word + 7) & ~7u;
    threads = take(settings.vm == VmMode::none ? most_threads * thread_slot_bytes : 0);
    origins =
        take((heap_bytes / geometry.smallest_chunk_bytes + 1) * static_cast<std::uint32_t>(sizeof(Origin)));
    mark_capacity = heap_bytes / geometry.smallest_chunk_bytes + 4;
    mark_stack = take(mark_capacity * mark_entry_bytes);
    names = next;
}

std::uint64_t table_bytes(const HeapSettings& settings) {
    std::uint64_t bytes = 0;
    for (const std::uint32_t cells : {pool_buckets, pool_buckets, pool_buckets, native_pool_buckets,
                                      settings.permanent_depth, settings.transient_depth})
        bytes += geometry_of(settings.word_bytes)
                     .chunk_bytes_for(std::uint64_t{cells} * settings.word_bytes)
                     .value_or(0);
    return bytes;
}

}  // namespace heapcore
