#include "heapcore/image.h"

#include <cstring>

namespace heapcore {
namespace {

std::string at(Offset chunk) { return " at offset " + std::to_string(chunk); }

// Chunks from the first to the heap's end; what the registers count.
std::optional<std::string> count_chunks(Heap& heap) {
    std::uint64_t chunks = 0;
    std::uint64_t free_chunks = 0;
    std::uint64_t free_bytes = 0;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        const ChunkFault fault = heap.fault_of(chunk);
        if (fault != ChunkFault::none && fault != ChunkFault::not_in_use)
            return "the chunk" + at(chunk) + " " + std::string(word_of(fault));
        ++chunks;
        if (fault == ChunkFault::none) {
            heap.give_birth(chunk, {});
        } else {
            ++free_chunks;
            free_bytes += heap.header(chunk).size_bytes();
        }
    }
    heap.set(Register::chunks, chunks);
    heap.set(Register::free_chunks, free_chunks);
    heap.set(Register::heap_free, free_bytes);
    return std::nullopt;
}

// The list as its pointers say, each chunk on it free and no smaller than the one before.
std::optional<std::string> walk_list(const Heap& heap) {
    const FreeList& list = heap.free_list();
    std::uint64_t listed = 0;
    Offset before = list.start();
    for (Offset chunk = list.first(heap.memory); chunk != list.end(); chunk = list.next(heap.memory, chunk)) {
        if (heap.fault_of(chunk) != ChunkFault::not_in_use)
            return "the free list leads to no free chunk" + at(chunk);
        if (list.previous(heap.memory, chunk) != before ||
            heap.header(chunk).size_bytes() < heap.header(before).size_bytes())
            return "the free list is broken before the chunk" + at(chunk);
        if (++listed > heap.get(Register::free_chunks)) return "the free list has no end";
        before = chunk;
    }
    if (listed != heap.get(Register::free_chunks)) return "a free chunk is not on the free list";
    return std::nullopt;
}

void store_live_registers(Heap& heap, const HeapImage& image) {
    const auto thread = heap.memory.offset_of(image.current_thread);
    if (!thread) return;
    const ObjectLayout& objects = heap.objects();
    const auto put = [&](std::uint32_t field, Address value) {
        heap.memory.store_word(*thread + field, value);
    };
    put(objects.thread_segment, image.live.segment);
    put(objects.thread_pointer, image.live.pointer);
    put(objects.thread_pc, image.live.pc);
    put(objects.thread_locals, image.live.locals);
    put(objects.thread_method, image.live.method);
}

// Tables and threads lie in chunks large enough, so that nothing read through them lies elsewhere.
std::optional<std::string> look_at_places(const Heap& heap, const HeapImage& image) {
    const std::uint32_t word = heap.geometry().word_bytes;
    const auto holds = [&](Address place, std::uint64_t bytes) {
        const auto chunk = heap.chunk_at(place);
        return chunk && heap.next_chunk(*chunk) - user_of(*chunk) >= bytes;
    };
    struct Table {
        Address place;
        std::uint32_t cells;
        const char* name;
    };
    for (const Table& table : {Table{image.class_pool, pool_buckets, "class pool"},
                               Table{image.utf_pool, pool_buckets, "utf string pool"},
                               Table{image.intern_pool, pool_buckets, "interned string pool"},
                               Table{image.transient_array, image.transient_top, "transient root stack"},
                               Table{image.permanent_array, image.permanent_top, "permanent root stack"}})
        if (!holds(table.place, std::uint64_t{table.cells} * word))
            return std::string("the ") + table.name + " lies in no chunk that holds it";
    std::uint64_t left = heap.get(Register::chunks);
    for (Address thread = image.threads; thread != 0;) {
        if (!holds(thread, heap.objects().thread_bytes)) return "a thread's structure lies in no chunk";
        if (left-- == 0) return "the list of threads has no end";
        thread = heap.memory.load_word(*heap.memory.offset_of(thread) + heap.objects().thread_next);
    }
    if (image.current_thread != 0 && !holds(image.current_thread, heap.objects().thread_bytes))
        return "the current thread's structure lies in no chunk";
    return std::nullopt;
}

}  // namespace

HeapSettings settings_of(const HeapImage& image) {
    HeapSettings settings;
    settings.size_bytes = image.bytes.size();
    settings.word_bytes = image.word_bytes;
    settings.base = image.base;
    settings.permanent_depth = image.permanent_depth;
    settings.transient_depth = image.transient_depth;
    settings.vm = VmMode::unified;
    return settings;
}

std::optional<std::string> put_image(Heap& heap, const HeapImage& image) {
    if (image.bytes.size() != heap.size_bytes()) return "the image is not as large as the heap";
    heap.memory.restore(0, image.bytes);
    const FreeList& list = heap.free_list();
    const ChunkGeometry& geometry = heap.geometry();
    const auto place = [&](Address address, Address marker, Offset ours) {
        return address == marker ? std::optional(ours) : heap.memory.offset_of(address);
    };
    const auto first = place(image.first_free, image.list_end, list.end());
    const auto last = place(image.last_free, image.list_start, list.start());
    if (!first || !last) return "the free list's ends lie outside the heap";
    const auto link = [&](Offset chunk, std::uint32_t pointer, Offset to) {
        heap.memory.store_word(chunk + pointer, heap.memory.address_of(to));
    };
    link(list.start(), geometry.next_offset, *first);
    link(*first, geometry.previous_offset, list.start());
    link(list.end(), geometry.previous_offset, *last);
    link(*last, geometry.next_offset, list.end());
    if (auto fault = count_chunks(heap)) return fault;
    if (auto fault = walk_list(heap)) return fault;
    if (auto fault = look_at_places(heap, image)) return fault;

    heap.set(Register::gc_count, image.collections);
    heap.set(Register::weak_head, image.weak_head);
    heap.set(Register::permanent_array, image.permanent_array);
    heap.set(Register::permanent_top, image.permanent_top);
    heap.set(Register::transient_array, image.transient_array);
    heap.set(Register::transient_top, image.transient_top);
    heap.set(Register::class_pool, image.class_pool);
    heap.set(Register::utf_pool, image.utf_pool);
    heap.set(Register::intern_pool, image.intern_pool);
    heap.set(Register::native_pool, image.native_pool);
    heap.set(Register::threads, image.threads);
    heap.set(Register::class_class, image.class_class);
    heap.set(Register::string_class, image.string_class);
    heap.set(Register::loader_class, image.loader_class);
    store_live_registers(heap, image);
    return std::nullopt;
}

std::vector<std::byte> image_bytes(const Heap& heap, Address list_start, Address list_end) {
    const auto heap_bytes = heap.memory.bytes().first(heap.size_bytes());
    std::vector<std::byte> bytes(heap_bytes.begin(), heap_bytes.end());
    const FreeList& list = heap.free_list();
    const auto put = [&](Offset chunk, std::uint32_t pointer, Address address) {
        std::memcpy(bytes.data() + chunk + pointer, &address, heap.geometry().word_bytes);
    };
    if (const Offset first = list.first(heap.memory); first != list.end()) {
        put(first, heap.geometry().previous_offset, list_start);
        put(list.last(heap.memory), heap.geometry().next_offset, list_end);
    }
    return bytes;
}

}  // namespace heapcore
