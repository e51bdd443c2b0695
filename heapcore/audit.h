// Audit: every invariant of a heap, looked at anew; what does not hold comes back as data.
//
// Nothing that is read is trusted: any bytes whatever are told about, and none leads the audit astray. It
// looks at a heap between two operations, or between two transitions of the collector; while a chunk is being
// cut or joined, the bits, the list and the counts are on their way. The table `violation_rows` names each
// invariant; reports, tests and the checked build read it. Where the chain of chunks is broken nothing that
// lies in chunks can be judged, so the audit says that, and looks at the registers only. Source: the memory
// model.
#pragma once

#include "heapcore/heap.h"
#include "heapcore/step.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heapcore {

enum class ViolationKind : std::uint8_t {
    chunk_chain,
    previous_free_bit,
    free_neighbours,
    back_pointer,
    list_link,
    list_back_link,
    list_order,
    list_missing,
    chunk_count,
    free_chunk_count,
    free_bytes,
    root_stack,
    collector_state,
    colour,
    tricolour,
    reference,
    root,
    class_gone,
    class_magic,
    class_table,
    unfinished,
    count_
};

struct ViolationRow {
    ViolationKind kind;
    std::string_view word;     ///< "chunk-chain"
    std::string_view meaning;  ///< what is wrong, as a sentence without its end
    bool is_of_engine;         ///< no trace can bring it about: the engine itself is wrong
};

/// Rows in the order of ViolationKind.
std::span<const ViolationRow> violation_rows();
const ViolationRow& row_of(ViolationKind kind);

struct Violation {
    ViolationKind kind = ViolationKind::chunk_chain;
    Offset chunk = no_chunk;  ///< the chunk at fault; no_chunk: a register, a root or a table
    std::string sentence;

    bool operator==(const Violation&) const = default;
};

inline constexpr std::size_t most_violations = 1000;

/// What does not hold, at most so many. Linear in the heap's size.
std::vector<Violation> audit(const Heap& heap, std::size_t limit = most_violations);
/// The same, but `should_stop` is asked every few thousand chunks and references, and at the end: none
/// if it said so.
std::optional<std::vector<Violation>> audit_until(const Heap& heap, const std::function<bool()>& should_stop);

/// Whether the heap can be audited in the middle of an operation, right after that step of it: a collection
/// is under way and no chunk is being cut or joined. What a mutator makes is incomplete until its operation
/// ends.
bool is_settled(const Heap& heap, const Step& step);

/// Ends the program with the sentence of a violation that only the engine itself can have made.
void assert_sound(const Heap& heap);

}  // namespace heapcore
