// Heap tables: a heap, its free list and what it leaks, as text that lines up.
#pragma once

#include "app/model/interruption.h"
#include "heapcore/machine.h"

#include <iosfwd>

namespace tricolour {

/// Every chunk in order of address, and the free list, smallest first. Offsets count from the heap's first
/// byte. False if it was interrupted.
bool write_heap_tables(std::ostream& out, const heapcore::Machine& machine, const heapcore::Trace& trace,
                       const Interruption& interruption);

/// What is left once every root is forgotten and a collection has run, without the VM's own permanent data.
/// False if it was interrupted.
bool write_leaks(std::ostream& out, const heapcore::Machine& machine, const heapcore::Trace& trace,
                 const Interruption& interruption);

}  // namespace tricolour
