// Chunk cells: a chunk told field by field, for the rows of text tables.
#pragma once

#include "heapcore/machine.h"

#include <string>

namespace tricolour {

class ChunkCells {
public:
    ChunkCells(const heapcore::Machine& machine, const heapcore::Trace& trace)
        : machine_(machine), trace_(trace) {}

    std::string size(heapcore::Offset chunk) const;
    std::string type(heapcore::Offset chunk) const;
    std::string colour(heapcore::Offset chunk) const;
    std::string class_of_object(heapcore::Offset chunk) const;
    std::string name(heapcore::Offset chunk) const;
    /// The line of the operation that asked for it.
    std::string line(heapcore::Offset chunk) const;

    static constexpr const char* none = "-";

private:
    heapcore::Header header(heapcore::Offset chunk) const { return machine_.heap().header(chunk); }

    const heapcore::Machine& machine_;
    const heapcore::Trace& trace_;
};

}  // namespace tricolour
