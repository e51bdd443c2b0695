// Roots: every root with the reason it is one, and the threads' frames.
//
// The VM's structures lie in memory (beside the heap with vm=none, in it with vm=unified); here is
// how they are read. Source: the memory model (roots; object layouts).
#pragma once

#include "heapcore/heap.h"

#include <optional>
#include <vector>

namespace heapcore {

/// One root: a cell that holds a reference, and what it is a part of.
struct Root {
    RootKind kind = RootKind::permanent;
    std::uint32_t index = 0;  ///< in its stack, bucket, or frame (local's or operand's number)
    Offset place = 0;         ///< the cell, as offset in memory
    Address target = 0;
    Offset thread = 0;                             ///< frame cells and exceptions: the thread's structure
    std::uint32_t method = 0;                      ///< frame cells: NameId of the frame's method
    CellVerdict verdict = CellVerdict::reference;  ///< frame cells: what the collector makes of it
};

/// Addresses of the cells of a frame that the collector looks at: its locals and operands; of a
/// native method its arguments, which lie beyond the caller's stack pointer. `method`: what the
/// frame's method cell holds.
struct CellRange {
    Address begin = 0;
    Address end = 0;
};

/// A frame as the thread's stack shows it; newest first.
struct Frame {
    Offset locals = 0;   ///< first local
    Offset pointer = 0;  ///< stack pointer: the first free cell
    std::uint32_t local_count = 0;
    std::uint32_t method = 0;  ///< NameId
    CellRange cells;
};

/// A cell looked at conservatively. Nothing it leads to is trusted; colour is looked at last, so
/// `not_white` means that it is a reference to a chunk that is marked already.
struct CellLook {
    CellVerdict verdict = CellVerdict::zero;
    Offset chunk = no_chunk;  ///< with reference or not_white
};
CellLook look_at_cell(const Heap& heap, std::uint64_t value);

/// Thread structures, newest first, as user offsets.
std::vector<Offset> threads_of(const Heap& heap);
CellRange cells_of_frame(const Heap& heap, Offset locals, Address pointer, std::uint64_t method);
std::vector<Frame> frames_of(const Heap& heap, Offset thread);
/// All roots in the order of the collector's phases.
std::vector<Root> roots_of(const Heap& heap);

/// Fields of a thread's structure.
inline Address thread_word(const Heap& heap, Offset thread, std::uint32_t field) {
    return heap.memory.load_word(thread + field);
}
inline std::optional<Offset> place_of(const Heap& heap, Address address) {
    return address == 0 ? std::nullopt : heap.memory.offset_of(address);
}
/// The caller's registers, kept before a frame's first local.
inline bool has_saved_cells(const Heap& heap, Offset locals) {
    return locals >= frame_cell::count * heap.geometry().word_bytes;
}
inline std::uint64_t saved_cell(const Heap& heap, Offset locals, std::uint32_t which) {
    return heap.memory.load_word(locals - which * heap.geometry().word_bytes);
}
/// NameId of a method from what its cell holds: the number + 1, 0 for none.
inline std::uint32_t method_name(std::uint64_t cell) { return static_cast<std::uint32_t>(cell) - 1; }

}  // namespace heapcore
