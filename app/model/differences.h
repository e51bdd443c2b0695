// Differences: what differs between two moments of a trace, and which operation is to blame for each.
//
// Told as the trace goes: from the earlier moment to the later one. What counts is the net: a chunk allocated
// and freed in between is none, nor is a word that has its old value again. Which differences there are comes
// from comparing the two machines, chunk by chunk, a chunk in use being known by its birth; who is to blame
// from carrying out again what lies between them: the last operation that made it so.
#pragma once

#include "heapcore/session.h"

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

enum class DifferenceKind : std::uint8_t {
    born,          ///< in use at the later moment only
    freed,         ///< in use at the earlier one only, and given back by hand
    swept,         ///< the same, freed by a collection
    recoloured,    ///< the same chunk in another colour; before, after: Colour
    retyped,       ///< of another type; before, after: AllocationType
    stored,        ///< a word of the same chunk; place, bytes; before, after: its value
    rooted,        ///< a root's cell at the later moment only; place: the cell; detail: RootKind
    unrooted,      ///< at the earlier one only
    free_made,     ///< a free chunk at the later moment only
    free_gone,     ///< at the earlier one only: taken, or joined with another
    free_resized,  ///< free at both, of another size; before, after: bytes
    free_moved,    ///< free at both, between other chunks of the free list
    count_
};
inline constexpr std::size_t difference_kinds = static_cast<std::size_t>(DifferenceKind::count_);

struct DifferenceRow {
    DifferenceKind kind;
    std::string_view tag;        ///< one short word: "word"
    std::string_view one, many;  ///< "born"; "word stored", "words stored"
    std::string_view help;       ///< one sentence
};
const DifferenceRow& row_of(DifferenceKind kind);

struct Difference {
    DifferenceKind kind = DifferenceKind::born;
    std::uint8_t detail = 0;
    heapcore::Phase phase = heapcore::Phase::idle;  ///< of the collection that did it; idle: none did
    heapcore::Offset chunk = heapcore::no_chunk;    ///< a root's: what it refers to
    std::uint32_t birth = 0;                        ///< 0: a free chunk, or not known
    std::uint32_t bytes = 0;                        ///< of the chunk; of a word stored its own
    heapcore::Offset place = 0;                     ///< in memory, of a word or a root's cell
    std::uint64_t before = 0, after = 0;
    bool operator==(const Difference&) const = default;
};

/// A difference in words.
struct DifferenceText {
    std::string subject;  ///< "Node `b`"
    std::string what;     ///< "64 bytes", "white → black in mark, threads", "next: null → Node `a`"
};

/// Of one kind, or of one cause.
struct DifferenceTally {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    bool operator==(const DifferenceTally&) const = default;
};
using DifferenceTallies = std::array<DifferenceTally, difference_kinds>;

/// What one operation is to blame for.
struct DifferenceCause {
    static constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();
    std::size_t operation = unknown;  ///< unknown: none was found
    std::size_t first = 0, end = 0;   ///< of the differences
    std::uint32_t collection = 0;     ///< number of the collection that ran in it; 0: none, or it made none
    DifferenceTallies tallies{};
};

struct Differences {
    heapcore::Position earlier, later;
    std::vector<Difference> rows;         ///< cause by cause; within one by kind and address
    std::vector<DifferenceCause> causes;  ///< in the trace's order; the unknown one last
    DifferenceTallies tallies{};          ///< of all
    /// Chunks allocated in between of which nothing is left.
    DifferenceTally passing;
    bool is_whole = false;  ///< false: stopped before the end, and nothing of it counts

    const DifferenceTally& tally(DifferenceKind kind) const {
        return tallies[static_cast<std::size_t>(kind)];
    }
};

struct ComparedMoment {
    const heapcore::Machine* machine = nullptr;
    heapcore::Position position;
};

struct DifferenceOptions {
    /// Told how far it is, 0 to 1; false: stop.
    std::function<bool(double)> goes_on;
};

/// What differs between two moments of the session's trace, in either order. The session, from whose
/// keyframes it starts, and both machines stand still meanwhile.
Differences differences_between(const heapcore::Session& session, const ComparedMoment& one,
                                const ComparedMoment& other, const DifferenceOptions& options = {});

/// "3 born (96 bytes), 2 words stored": what there is of some, most telling first.
std::string text_of(const DifferenceTallies& tallies);

}  // namespace tricolour
