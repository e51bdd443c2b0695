#include "app/model/heap_tables.h"

#include "app/model/narration.h"
#include "app/model/text_table.h"

#include <algorithm>
#include <ostream>

namespace tricolour {

using namespace heapcore;

namespace {

/// A chunk of a machine, told cell by cell.
class ChunkCells {
public:
    ChunkCells(const Machine& machine, const Trace& trace) : machine_(machine), trace_(trace) {}

    std::string size(Offset chunk) const { return std::to_string(header(chunk).size_bytes()); }
    std::string type(Offset chunk) const { return std::string(word_of(header(chunk).type())); }
    std::string colour(Offset chunk) const { return std::string(word_of(header(chunk).colour())); }
    std::string class_of_object(Offset chunk) const {
        const auto of = header(chunk).is_in_use() ? class_of(machine_.heap(), chunk) : std::nullopt;
        return of ? class_text(class_name(machine_.heap(), *of)) : none;
    }
    std::string name(Offset chunk) const {
        const NameId name = machine_.name_of(chunk);
        return name == no_id ? none : std::string(trace_.names[name]);
    }
    /// The line of the operation that asked for it.
    std::string line(Offset chunk) const {
        const Origin origin = machine_.heap().origin_of(chunk);
        const bool is_known = origin.birth != 0 && origin.operation < trace_.operations.size();
        return is_known ? std::to_string(trace_.operations[origin.operation].line) : none;
    }

    static constexpr const char* none = "-";

private:
    Header header(Offset chunk) const { return machine_.heap().header(chunk); }

    const Machine& machine_;
    const Trace& trace_;
};

void write_chunks(std::ostream& out, const Machine& machine, const Trace& trace) {
    const Heap& heap = machine.heap();
    const ChunkCells cells(machine, trace);
    TextTable table(
        {{"chunk", true}, {"size", true}, {"state"}, {"type"}, {"colour"}, {"P"}, {"class"}, {"name"}});
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        const Header header = heap.header(chunk);
        table.add({std::to_string(chunk), cells.size(chunk), header.is_in_use() ? "used" : "free",
                   cells.type(chunk), cells.colour(chunk), header.is_previous_free() ? "P" : ChunkCells::none,
                   cells.class_of_object(chunk), cells.name(chunk)});
    }
    out << "heap: " << heap.size_bytes() << " bytes, " << heap.get(Register::heap_free) << " free, "
        << heap.get(Register::chunks) << " chunks\n";
    table.write(out);
}

void write_free_list(std::ostream& out, const Heap& heap) {
    const FreeList& list = heap.free_list();
    TextTable table({{"number", true}, {"chunk", true}, {"size", true}, {"previous", true}, {"next", true}});
    const auto text = [&](Offset chunk) {
        return chunk == list.start() ? "start" : chunk == list.end() ? "end" : std::to_string(chunk);
    };
    std::size_t number = 0;
    for (Offset chunk = list.first(heap.memory); chunk != list.end(); chunk = list.next(heap.memory, chunk))
        table.add({std::to_string(++number), text(chunk), std::to_string(heap.header(chunk).size_bytes()),
                   text(list.previous(heap.memory, chunk)), text(list.next(heap.memory, chunk))});
    out << "free list: " << number << (number == 1 ? " chunk\n" : " chunks\n");
    table.write(out);
}

}  // namespace

void write_heap_tables(std::ostream& out, const Machine& machine, const Trace& trace) {
    write_chunks(out, machine, trace);
    out << '\n';
    write_free_list(out, machine.heap());
}

void write_leaks(std::ostream& out, const Machine& machine, const Trace& trace) {
    Machine ended(machine);
    ended.vm().clear_roots();
    ended.vm().collect(CollectReason::exit);
    const Heap& heap = ended.heap();
    const std::vector<Offset> own = ended.vm().own_data();
    const ChunkCells cells(machine, trace);  // as they were, with their classes
    TextTable table({{"chunk", true}, {"size", true}, {"type"}, {"class"}, {"name"}, {"line", true}});
    std::uint64_t chunks = 0;
    std::uint64_t bytes = 0;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        if (!heap.header(chunk).is_in_use() || std::binary_search(own.begin(), own.end(), chunk)) continue;
        ++chunks;
        bytes += heap.header(chunk).size_bytes();
        table.add({std::to_string(chunk), cells.size(chunk), cells.type(chunk), cells.class_of_object(chunk),
                   cells.name(chunk), cells.line(chunk)});
    }
    if (table.is_empty()) {
        out << "no leaks\n";
        return;
    }
    out << "leaks: " << count_text(chunks) << (chunks == 1 ? " chunk, " : " chunks, ") << bytes_text(bytes)
        << '\n';
    table.write(out);
}

}  // namespace tricolour
