#include "app/model/chunk_cells.h"

#include "app/model/narration.h"
#include "heapcore/object.h"

namespace tricolour {

using namespace heapcore;

std::string ChunkCells::size(Offset chunk) const { return std::to_string(header(chunk).size_bytes()); }
std::string ChunkCells::type(Offset chunk) const { return std::string(word_of(header(chunk).type())); }
std::string ChunkCells::colour(Offset chunk) const { return std::string(word_of(header(chunk).colour())); }

std::string ChunkCells::class_of_object(Offset chunk) const {
    const auto of = header(chunk).is_in_use() ? class_of(machine_.heap(), chunk) : std::nullopt;
    return of ? class_text(class_name(machine_.heap(), *of)) : none;
}

std::string ChunkCells::name(Offset chunk) const {
    const NameId name = machine_.name_of(chunk);
    return name == no_id ? none : std::string(trace_.names[name]);
}

std::string ChunkCells::line(Offset chunk) const {
    const Origin origin = machine_.heap().origin_of(chunk);
    const bool is_known = origin.birth != 0 && origin.operation < trace_.operations.size();
    return is_known ? std::to_string(trace_.operations[origin.operation].line) : none;
}

}  // namespace tricolour
