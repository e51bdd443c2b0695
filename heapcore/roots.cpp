#include "heapcore/roots.h"

#include "heapcore/object.h"

namespace heapcore {
namespace {

constexpr std::size_t most_listed = 1u << 20;  // ends a walk along a broken list

void add_stack(const Heap& heap, RootKind kind, Offset array, std::uint64_t top, std::vector<Root>& roots) {
    for (auto i = static_cast<std::uint32_t>(top); i-- > 0;) {
        const Offset place = array + i * heap.geometry().word_bytes;
        roots.push_back({kind, i, place, heap.memory.load_word(place)});
    }
}

void add_interned(const Heap& heap, std::vector<Root>& roots) {
    const auto pool = place_of(heap, heap.get(Register::intern_pool));
    if (!pool) return;
    for (std::uint32_t bucket = pool_buckets; bucket-- > 0;) {
        Offset place = *pool + bucket * heap.geometry().word_bytes;
        Address string = heap.memory.load_word(place);
        for (std::uint32_t left = heap.most_chunks(); string != 0 && left > 0; --left) {
            roots.push_back({RootKind::interned, bucket, place, string});
            const auto chunk = heap.chunk_at(string);
            if (!chunk) break;
            place = user_of(*chunk) + heap.objects().string_next;
            string = heap.memory.load_word(place);
        }
    }
}

void add_thread(const Heap& heap, Offset thread, std::vector<Root>& roots) {
    const ObjectLayout& objects = heap.objects();
    if (const Address object = thread_word(heap, thread, objects.thread_object))
        roots.push_back({RootKind::thread, 0, thread + objects.thread_object, object, thread});
    for (const Frame& frame : frames_of(heap, thread)) {
        std::uint32_t index = 0;
        for (Address cell = frame.cells.begin; cell < frame.cells.end; cell += objects.word) {
            const auto place = heap.memory.offset_of(cell);
            if (!place) break;
            const std::uint64_t value = heap.memory.load_word(*place);
            roots.push_back({RootKind::frame_cell, index++, *place, value, thread, frame.method,
                             look_at_cell(heap, value).verdict});
        }
    }
    if (const Address exception = thread_word(heap, thread, objects.thread_exception))
        roots.push_back({RootKind::exception, 0, thread + objects.thread_exception, exception, thread});
}

}  // namespace

CellLook look_at_cell(const Heap& heap, std::uint64_t value) {
    if (value == 0) return {CellVerdict::zero};
    const std::uint32_t word = heap.geometry().word_bytes;
    // Inside the heap with room before it for a header and after it for a word.
    const auto readable = [&](Address address) {
        return heap.is_in_heap(address) && address - heap.memory.base() >= header_bytes &&
               heap.is_in_heap(address + word - 1);
    };
    if (!heap.is_in_heap(value)) return {CellVerdict::outside_heap};
    const auto user = static_cast<Offset>(value - heap.memory.base());
    if (user % 4 != 0 || !readable(value)) return {CellVerdict::misaligned};
    const Address of = heap.memory.load_word(user);
    if (!heap.is_in_heap(of) || !readable(of)) return {CellVerdict::no_class};
    if (heap.memory.load32(static_cast<Offset>(of - heap.memory.base())) != class_magic_number)
        return {CellVerdict::no_magic};
    const Offset chunk = chunk_of(user);
    const ChunkFault fault = heap.fault_of(chunk);
    if (fault == ChunkFault::not_in_use) return {CellVerdict::not_in_use};
    if (fault != ChunkFault::none) return {CellVerdict::not_a_chunk};
    const Header header = heap.header(chunk);
    if (!is_object_type(header.type())) return {CellVerdict::not_an_object};
    return {header.colour() == Colour::white ? CellVerdict::reference : CellVerdict::not_white, chunk};
}

CellRange cells_of_frame(const Heap& heap, Offset locals, Address pointer, std::uint64_t method) {
    if (!is_native_method(heap, method)) return {heap.memory.address_of(locals), pointer};
    const Offset start = locals - frame_cell::count * heap.objects().word;
    return {saved_cell(heap, locals, frame_cell::pointer), heap.memory.address_of(start)};
}

std::vector<Offset> threads_of(const Heap& heap) {
    std::vector<Offset> threads;
    auto thread = place_of(heap, heap.get(Register::threads));
    while (thread && threads.size() < most_listed) {
        threads.push_back(*thread);
        thread = place_of(heap, thread_word(heap, *thread, heap.objects().thread_next));
    }
    return threads;
}

std::vector<Frame> frames_of(const Heap& heap, Offset thread) {
    const ObjectLayout& objects = heap.objects();
    std::vector<Frame> frames;
    auto locals = place_of(heap, thread_word(heap, thread, objects.thread_locals));
    auto pointer = place_of(heap, thread_word(heap, thread, objects.thread_pointer));
    std::uint64_t method = thread_word(heap, thread, objects.thread_method);
    std::uint64_t pc = thread_word(heap, thread, objects.thread_pc);
    while (locals && has_saved_cells(heap, *locals) && pointer && method != 0 &&
           frames.size() < most_listed) {
        const Offset at = *locals;
        frames.push_back({at, *pointer, static_cast<std::uint32_t>(pc), method_name(method),
                          cells_of_frame(heap, at, heap.memory.address_of(*pointer), method)});
        locals = place_of(heap, saved_cell(heap, at, frame_cell::locals));
        pointer = place_of(heap, saved_cell(heap, at, frame_cell::pointer));
        method = saved_cell(heap, at, frame_cell::method);
        pc = saved_cell(heap, at, frame_cell::pc);
    }
    return frames;
}

std::vector<Root> roots_of(const Heap& heap) {
    std::vector<Root> roots;
    add_interned(heap, roots);
    add_stack(heap, RootKind::operation, heap.layout().operation_roots, heap.get(Register::operation_top),
              roots);
    if (const auto array = place_of(heap, heap.get(Register::transient_array)))
        add_stack(heap, RootKind::transient, *array, heap.get(Register::transient_top), roots);
    if (const auto array = place_of(heap, heap.get(Register::permanent_array)))
        add_stack(heap, RootKind::permanent, *array, heap.get(Register::permanent_top), roots);
    for (const Offset thread : threads_of(heap))
        add_thread(heap, thread, roots);
    add_stack(heap, RootKind::pin, heap.layout().pins, heap.get(Register::pin_top), roots);
    return roots;
}

}  // namespace heapcore
