// Step: one thing the engine did while carrying an operation out, and why.
//
// A step's stores are those made since the step before it. The table `step_rows` names each kind;
// events, narration, breakpoints and tests read the same row.
#pragma once

#include "heapcore/chunk.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace heapcore {

/// What a root is one of.
enum class RootKind : std::uint8_t {
    interned,
    transient,
    permanent,
    thread,
    frame_cell,
    exception,
    pin,
    operation,
    embedder,  ///< named by the program that embeds the heap
    count_
};
std::string_view word_of(RootKind kind);

/// The collector's phases, in order. `idle` outside a collection.
enum class Phase : std::uint8_t {
    idle,
    interned,
    transient,
    permanent,
    threads,
    pinned,
    weak,
    sweep,
    done,
    count_
};
std::string_view word_of(Phase phase);

/// What asked for a collection.
enum class CollectReason : std::uint8_t { requested, allocation_failed, stress, exit };

/// Why a chunk turns grey or black, or how a reference was found.
enum class MarkReason : std::uint8_t {
    root,             ///< a root refers to it; `a`'s chunk is none
    field,            ///< an instance field
    element,          ///< an object array's element
    static_field,     ///< a class's static field
    class_loader,     ///< the loader of a class
    chars,            ///< a string's char array
    all_scanned,      ///< everything it refers to is done
    early,            ///< an element's ancestor met in a cycle, still grey
    again,            ///< black already
    superclass,       ///< a superclass scanned with its subclass
    thread,           ///< a thread's own chunk
    thread_object,    ///< a thread's thread object
    segment,          ///< a thread's stack segment
    interned,         ///< the interned string pool
    exception,        ///< a pending exception: grey whatever its colour
    nothing_to_scan,  ///< its type holds no references
    count_
};

/// Why a cell of a stack frame counts as a reference, or does not.
enum class CellVerdict : std::uint8_t {
    reference,
    zero,
    outside_heap,
    misaligned,
    no_class,
    no_magic,
    not_in_use,
    not_an_object,
    not_white,
    not_a_chunk,
    count_
};
std::string_view word_of(CellVerdict verdict);

enum class StepKind : std::uint8_t {
    // Allocation. chunk: the chunk; b: bytes needed.
    search_skipped,  ///< chunk: last of the a smaller chunks passed over
    search_looked,   ///< chunk looked at, a: its size; too small
    search_found,    ///< chunk, a: its size
    search_failed,   ///< a: size of the largest free chunk, 0 if none
    taken,           ///< chunk left the free list; a: heap_free now
    split,           ///< chunk kept b bytes; a: offset of the remainder
    alloc,           ///< chunk, a: its size; b: its birth; detail: type
    out_of_memory,   ///< a: bytes asked for; b: bytes needed
    // Freeing.
    free,             ///< chunk, a: its size; detail: type
    merged_previous,  ///< chunk: the joined one; a: the chunk swallowed; b: joined size
    merged_next,      ///< as above
    inserted,         ///< chunk into the free list before a (no_chunk: the end); b: its size
    // Names and contents.
    retyped,      ///< chunk; detail: new type; a: old type
    cloned,       ///< chunk: the clone; a: the original
    named,        ///< chunk; a: name
    name_failed,  ///< a: name, bound to null
    class_made,   ///< chunk: the class; a: address of its name
    stored,       ///< chunk; a: value stored; b: offset in the chunk
    filled,       ///< chunk's contents laid down: class, length, characters
    linked,       ///< chunk entered a table or pool of the VM
    undone,       ///< chunk given back since the operation could not be completed
    // Roots.
    root_pushed,        ///< chunk; detail: RootKind; b: index
    block_opened,       ///< b: depth now
    block_closed,       ///< b: depth now; a: roots dropped
    thread_started,     ///< a: name; b: thread's offset
    thread_exited,      ///< a: name; b: thread's offset
    frame_pushed,       ///< a: method's name; b: thread's offset; extra: locals
    frame_popped,       ///< a: method's name; b: thread's offset
    local_stored,       ///< a: value; b: thread's offset; extra: local's index; detail: 1 for a number
    operand_pushed,     ///< a: value; b: thread's offset; detail: 1 for a number
    operand_popped,     ///< a: value, which stays as residue; b: thread's offset
    exception_set,      ///< chunk; b: thread's offset
    exception_cleared,  ///< b: thread's offset
    pinned,             ///< chunk; b: index
    unpinned,           ///< chunk; b: index
    // Collection.
    collect_begin,   ///< detail: CollectReason; a: heap_free; b: its number, from 1
    phase,           ///< detail: Phase
    root_looked,     ///< a root's cell; chunk: target or no_chunk; detail: RootKind; b: index
    thread_visited,  ///< a: name; b: thread's offset
    frame_visited,   ///< a: method's name; b: thread's offset
    cell_looked,     ///< a frame's cell; a: value; b: cell's offset; detail: CellVerdict; chunk: target or
                     ///< no_chunk
    grey,    ///< chunk; a: holder chunk or no_chunk; b: slot's offset in the holder; detail: MarkReason
    black,   ///< chunk; detail: MarkReason; a: colour before
    passed,  ///< chunk: a reference's target, grey or black already; a: holder; b: slot's offset; detail:
             ///< MarkReason
    bad_reference,  ///< chunk: holder or no_chunk; a: address that refers to no chunk; b: slot's offset
    bad_class,      ///< chunk: an object whose class is gone; a: the class's address
    weak_met,       ///< chunk: the weak reference; a: referent's address
    weak_kept,      ///< chunk; a: referent's chunk
    weak_cleared,   ///< chunk; a: referent's chunk
    segment_cut,    ///< chunk or offset of the first segment cut off; b: thread's offset
    swept,  ///< chunk freed by the collector; a: its size; detail: type; extra: 1 for a part of an unloaded
            ///< class
    whitened,        ///< chunk passed by the sweep; a: colour before; extra: 1 if free; detail: type
    class_unloaded,  ///< chunk: the class; a: address of its name
    collect_end,     ///< a: heap_free; b: its number
    // For the reader.
    said,           ///< a: text
    bookmarked,     ///< a: text
    expect_held,    ///< detail: ExpectKind; a: name or number; b: offset or colour
    expect_failed,  ///< as above
    settled,        ///< an operation's temporaries dropped at its end
    count_
};

/// The rungs of the ladder that a step is a stop on.
enum class Rung : std::uint8_t { step, object, phase, operation, collection, bookmark, count_ };
std::string_view word_of(Rung rung);

struct StepRow {
    StepKind kind;
    std::string_view word;  ///< as in events: "weak-cleared"
    bool is_object;         ///< a stop on the object rung: allocated, freed, blackened
};

/// Rows in the order of StepKind.
std::span<const StepRow> step_rows();
const StepRow& row_of(StepKind kind);

struct Step {
    StepKind kind = StepKind::phase;
    std::uint8_t detail = 0;
    std::uint16_t extra = 0;
    Offset chunk = no_chunk;
    std::uint64_t a = 0;
    std::uint32_t b = 0;
};

}  // namespace heapcore
