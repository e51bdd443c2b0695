// Breakpoints: what a step has to do for playing to stop right after it.
//
// A breakpoint is a kind and its parameters. The table `breakpoint_rows` says what a kind asks for, how it is
// spoken of and which steps hit; the form, the sentences, the search for hits and tests read the same row.
#pragma once

#include "heapcore/heap.h"
#include "heapcore/step.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tricolour {

enum class BreakpointKind : std::uint8_t {
    phase,
    colour,
    freed,
    allocated,
    allocation_failed,
    joined,
    split,
    weak_cleared,
    class_unloaded,
    changed,
    cell,
    stored,
    violation,
    count_
};
inline constexpr std::size_t breakpoint_kind_count = static_cast<std::size_t>(BreakpointKind::count_);

/// What a kind asks for besides.
enum class BreakpointParameter : std::uint8_t {
    phase,
    colour,
    chunk,      ///< one chunk, or any
    one_chunk,  ///< one chunk
    type,       ///< an allocation type, or any
    bytes,      ///< at least so many, of a whole chunk
    range,      ///< first and end
    cell        ///< first and end, within one chunk
};

/// Which of a trace's steps can hit.
enum class BreakpointScope : std::uint8_t {
    anywhere,
    collections,    ///< steps of a collection only
    operation_ends  ///< an operation's last step only
};

/// A chunk for as long as it lives.
struct WatchedChunk {
    heapcore::Offset offset = heapcore::no_chunk;
    std::uint32_t birth = 0;  ///< 0: any chunk
    std::string name;         ///< as spoken of when it was chosen: "Node `b`"
    bool operator==(const WatchedChunk& other) const {
        return offset == other.offset && birth == other.birth;
    }
};

/// Which fields are valid is said by the row's parameters.
struct Breakpoint {
    BreakpointKind kind = BreakpointKind::freed;
    heapcore::Phase phase = heapcore::Phase::sweep;
    heapcore::Colour colour = heapcore::Colour::black;
    WatchedChunk chunk;
    std::optional<heapcore::AllocationType> type;  ///< none: any
    std::uint32_t bytes = 0;
    heapcore::Offset first = 0, end = 0;  ///< bytes of the heap
    std::string cell;                     ///< how the cell is spoken of: "`next`", "the word at +8"
    bool operator==(const Breakpoint&) const = default;
};

/// A step right after it was made.
struct Moment {
    const heapcore::Heap& heap;
    const heapcore::Step& step;
    const heapcore::Journal* journal = nullptr;  ///< holds the step; null: it stored nothing
    std::uint64_t number = 0;                    ///< the step's, in the journal
    bool has_new_violation = false;              ///< valid for an operation's last step
};

struct BreakpointRow {
    BreakpointKind kind;
    std::string_view word;  ///< "chunk turns a colour"
    std::span<const BreakpointParameter> parameters;
    std::string_view pattern;  ///< a sentence without its end; {chunk} and the like stand for parameters
    std::string_view help;     ///< one sentence: what exactly it stops after
    BreakpointScope scope;
    bool (*is_hit)(const Breakpoint& breakpoint, const Moment& moment);
};

/// Rows in the order of BreakpointKind.
std::span<const BreakpointRow> breakpoint_rows();
const BreakpointRow& row_of(BreakpointKind kind);
inline bool is_hit(const Breakpoint& breakpoint, const Moment& moment) {
    return row_of(breakpoint.kind).is_hit(breakpoint, moment);
}

/// "a chunk turns black", "Node `b` turns black": what follows "when". The heap: for its addresses.
std::string clause_of(const Breakpoint& breakpoint, const heapcore::Heap& heap);
/// The same as a sentence without its end.
std::string sentence_of(const Breakpoint& breakpoint, const heapcore::Heap& heap);

/// A breakpoint on the chunk at an offset, in use or free; none if the kind is not about a chunk in use.
/// `name`: as the chunk is spoken of.
std::optional<Breakpoint> breakpoint_on(BreakpointKind kind, const heapcore::Heap& heap,
                                        heapcore::Offset chunk, std::string name);

/// The same on some bytes of the chunk; `label`: as the inspector names them, or empty.
Breakpoint breakpoint_on_cell(const heapcore::Heap& heap, heapcore::Offset chunk, std::string name,
                              std::uint32_t offset_in_chunk, std::uint32_t bytes, std::string_view label);

/// Without what its kind does not ask for, so that two that stop alike are the same.
Breakpoint reduced(const Breakpoint& breakpoint);

/// What is missing for it to be of use, as a sentence; empty for nothing.
std::string fault_of(const Breakpoint& breakpoint, const heapcore::Heap& heap);

}  // namespace tricolour
