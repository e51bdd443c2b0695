// The timeline: how full the heap was over the whole trace, its collections and its marks, in as
// many columns as the picture is wide.
//
// Positions 0 to `operations` lie evenly from the left edge to the right one; operation i is what
// happens between position i and i + 1. A column holds the least and the most of all that happens
// in it, so that no peak is lost however many operations share a column.
#pragma once

#include "heapcore/session.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tricolour {

enum class Curve : std::uint8_t { used, largest_free, fragmentation, free, count_ };
inline constexpr std::size_t curve_count = static_cast<std::size_t>(Curve::count_);

/// Parts of the heap, 0 to 1; fragmentation is a part of what is free.
struct CurveSpan {
    float least = 0, most = 0;
    bool operator==(const CurveSpan&) const = default;
};

struct TimelineColumn {
    bool is_known = false;  ///< the index has got here; otherwise nothing else is valid
    bool has_collection = false;
    // The marks stand in the column where their operation begins, in no other.
    bool has_bookmark = false;
    bool has_failed_allocation = false;
    bool has_failed_expectation = false;
    std::array<CurveSpan, curve_count> curves;
};

/// How full the heap is.
struct HeapFigures {
    std::uint64_t heap_bytes = 0;
    std::uint64_t free_bytes = 0;
    std::uint64_t largest_free_bytes = 0;

    std::uint64_t used_bytes() const { return heap_bytes - free_bytes; }
    /// What part of the free memory does not lie in the largest free chunk; 0 if nothing is free.
    double fragmentation() const;
};
HeapFigures figures_of(const heapcore::Heap& heap);

/// The figures after so many operations as the index knows them; none before the first operation and
/// beyond what is known.
std::optional<HeapFigures> figures_at(const heapcore::SessionIndex& index, std::uint64_t heap_bytes,
                                      std::size_t position);

/// Precondition: operations and columns are above 0.
std::vector<TimelineColumn> timeline_columns(const heapcore::SessionIndex& index, std::size_t operations,
                                             std::uint64_t heap_bytes, std::size_t columns);

/// The position nearest to a place of the picture, 0 at the left edge to 1 at the right one.
std::size_t position_at(double place, std::size_t operations);
/// Where a position lies, steps of an operation under way included; 0 for an empty trace.
double place_of(const heapcore::Session& session);
double place_of(std::size_t position, std::size_t operations);
/// The same where it is not known how many steps the operation under way has: in its middle.
double place_of(heapcore::Position position, std::size_t operations);

/// The columns of a session, worked out again only when the index or the width has changed.
class Timeline {
public:
    void update(const heapcore::Session& session, std::size_t columns);
    std::span<const TimelineColumn> columns() const { return columns_; }
    /// By how much the used curve is stretched so that a heap that is hardly filled shows its course
    /// too: a power of two, 1 from an eighth of the heap on.
    unsigned used_stretch() const { return used_stretch_; }

private:
    struct Key {
        const void* session = nullptr;
        const void* source = nullptr;
        std::size_t columns = 0, operations = 0, indexed = 0, samples = 0, branch = 0, edits = 0;
        std::uint64_t last_sample = 0;
        bool is_complete = false;
        bool operator==(const Key&) const = default;
    };
    static Key key_of(const heapcore::Session& session, std::size_t columns);

    Key key_;
    std::vector<TimelineColumn> columns_;
    unsigned used_stretch_ = 1;
};

/// See Timeline::used_stretch.
unsigned used_stretch_of(std::span<const TimelineColumn> columns);

}  // namespace tricolour
