#include "app/model/heap_tables.h"

#include "app/model/chunk_cells.h"
#include "app/model/narration.h"
#include "app/model/text_table.h"

#include <algorithm>
#include <ostream>

namespace tricolour {

using namespace heapcore;

namespace {

bool write_chunks(std::ostream& out, const Machine& machine, const Trace& trace,
                  const Interruption& interruption) {
    const Heap& heap = machine.heap();
    const ChunkCells cells(machine, trace);
    TextTable table(
        {{"chunk", true}, {"size", true}, {"state"}, {"type"}, {"colour"}, {"P"}, {"class"}, {"name"}});
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        if (interruption.is_wanted()) return false;
        const Header header = heap.header(chunk);
        table.add({std::to_string(chunk), cells.size(chunk), header.is_in_use() ? "used" : "free",
                   cells.type(chunk), cells.colour(chunk), header.is_previous_free() ? "P" : ChunkCells::none,
                   cells.class_of_object(chunk), cells.name(chunk)});
    }
    out << "heap: " << heap.size_bytes() << " bytes, " << heap.get(Register::heap_free) << " free, "
        << heap.get(Register::chunks) << " chunks\n";
    return table.write(out, interruption);
}

bool write_free_list(std::ostream& out, const Heap& heap, const Interruption& interruption) {
    const FreeList& list = heap.free_list();
    TextTable table({{"number", true}, {"chunk", true}, {"size", true}, {"previous", true}, {"next", true}});
    const auto text = [&](Offset chunk) {
        return chunk == list.start() ? "start" : chunk == list.end() ? "end" : std::to_string(chunk);
    };
    std::size_t number = 0;
    for (Offset chunk = list.first(heap.memory); chunk != list.end(); chunk = list.next(heap.memory, chunk)) {
        if (interruption.is_wanted()) return false;
        table.add({std::to_string(++number), text(chunk), std::to_string(heap.header(chunk).size_bytes()),
                   text(list.previous(heap.memory, chunk)), text(list.next(heap.memory, chunk))});
    }
    out << "free list: " << number << (number == 1 ? " chunk\n" : " chunks\n");
    return table.write(out, interruption);
}

/// Stops the engine after a step when it is interrupted.
class Stop final : public StepListener {
public:
    explicit Stop(const Interruption& interruption) : interruption_(interruption) {}
    void on_step(const Step&) override {
        if (interruption_.is_wanted()) throw Journal::LimitReached{};
    }

private:
    const Interruption& interruption_;
};

/// Forgets every root and collects. False if it was interrupted.
bool end_all(Machine& machine, const Interruption& interruption) {
    machine.vm().clear_roots();
    Stop stop(interruption);
    Journal journal(1);
    journal.tell(&stop);
    machine.memory().attach(&journal);
    bool is_done = true;
    try {
        machine.vm().collect(CollectReason::exit);
    } catch (const Journal::LimitReached&) {
        is_done = false;
    }
    machine.memory().attach(nullptr);
    return is_done;
}

}  // namespace

bool write_heap_tables(std::ostream& out, const Machine& machine, const Trace& trace,
                       const Interruption& interruption) {
    if (!write_chunks(out, machine, trace, interruption)) return false;
    out << '\n';
    return write_free_list(out, machine.heap(), interruption);
}

bool write_leaks(std::ostream& out, const Machine& machine, const Trace& trace,
                 const Interruption& interruption) {
    Machine ended(machine);
    if (!end_all(ended, interruption)) return false;
    const Heap& heap = ended.heap();
    const std::vector<Offset> own = ended.vm().own_data();
    const ChunkCells cells(machine, trace);  // as they were, with their classes
    TextTable table({{"chunk", true}, {"size", true}, {"type"}, {"class"}, {"name"}, {"line", true}});
    std::uint64_t chunks = 0;
    std::uint64_t bytes = 0;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        if (interruption.is_wanted()) return false;
        if (!heap.header(chunk).is_in_use() || std::binary_search(own.begin(), own.end(), chunk)) continue;
        ++chunks;
        bytes += heap.header(chunk).size_bytes();
        table.add({std::to_string(chunk), cells.size(chunk), cells.type(chunk), cells.class_of_object(chunk),
                   cells.name(chunk), cells.line(chunk)});
    }
    if (table.is_empty()) {
        out << "no leaks\n";
        return true;
    }
    out << "leaks: " << count_text(chunks) << (chunks == 1 ? " chunk, " : " chunks, ") << bytes_text(bytes)
        << '\n';
    return table.write(out, interruption);
}

}  // namespace tricolour
