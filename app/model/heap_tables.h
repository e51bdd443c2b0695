// Heap tables: a heap, its free list and what it leaks, as text that lines up.
#pragma once

#include "heapcore/machine.h"

#include <iosfwd>

namespace tricolour {

/// Every chunk in order of address, and the free list, smallest first. Offsets count from the heap's first
/// byte.
void write_heap_tables(std::ostream& out, const heapcore::Machine& machine, const heapcore::Trace& trace);

/// What is left once every root is forgotten and a collection has run, without the VM's own permanent data.
void write_leaks(std::ostream& out, const heapcore::Machine& machine, const heapcore::Trace& trace);

}  // namespace tricolour
