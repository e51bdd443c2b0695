// The timeline: how full the heap was over the whole trace, its collections and its marks, in as
// many columns as the picture is wide.
//
// The columns share the times in sight evenly; operation i is what happens between time i and i + 1. A
// column holds the least and the most of all that happens in it, so that no peak is lost however many
// operations share a column. Sums over many samples are kept (CurvePyramid), so that a column takes as long
// however long the trace is.
#pragma once

#include "app/model/time_axis.h"
#include "app/model/unfolding.h"
#include "heapcore/session.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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

/// Where a session stands in its trace, 0 at the start to 1 at the end; 0 for an empty trace.
double place_of(const heapcore::Session& session);

using CurveSpans = std::array<CurveSpan, curve_count>;

/// The least and the most of each curve over any run of the index's samples, in a time that grows with the
/// logarithm of their number.
class CurvePyramid {
public:
    /// Samples may have been added, and the last one changed; with another number of operations each all are
    /// looked at.
    void update(const heapcore::SessionIndex& index, std::uint64_t heap_bytes);
    void clear() { *this = {}; }
    std::size_t samples() const { return samples_; }
    /// Of samples [first, last). Precondition: first < last <= samples().
    CurveSpans of(const heapcore::SessionIndex& index, std::size_t first, std::size_t last) const;
    float most_used() const { return most_used_; }
    /// End of the last chunk in use at any time, bytes from the heap's start.
    heapcore::Offset highest_used() const { return highest_used_; }

private:
    static constexpr std::size_t fan = 8;
    std::vector<std::vector<CurveSpans>> levels_;  ///< of fan, fan^2 and so on samples
    std::size_t samples_ = 0, samples_each_ = 0;
    std::uint64_t heap_bytes_ = 0;
    float most_used_ = 0;
    heapcore::Offset highest_used_ = 0;
};

/// What columns are made of. Precondition: the pyramid is up to date with the index.
struct TimelineSource {
    const heapcore::SessionIndex& index;
    const CurvePyramid& pyramid;
    std::uint64_t heap_bytes = 0;
    const Unfoldings* unfoldings = nullptr;  ///< null: none
};
/// Precondition: columns are above 0.
std::vector<TimelineColumn> timeline_columns(const TimelineSource& source, const TimeWindow& window,
                                             std::size_t columns);

/// A run of time in which one thing happens.
struct Band {
    enum Kind : std::uint8_t { mutator, collection, phase };
    double first = 0, last = 0;
    Kind kind = mutator;
    std::size_t operation = 0;
    heapcore::Phase of_phase = heapcore::Phase::idle;
    bool operator==(const Band&) const = default;
};
/// An operation each, followed by the phases in it where it is unfolded; from left to right.
std::vector<Band> bands_of(const heapcore::SessionIndex& index, const Unfoldings& unfoldings,
                           const TimeWindow& window);

/// Operations that are wide enough in a picture of so many pixels to be unfolded and told apart, [first,
/// last); none if there are too many.
struct OperationRange {
    std::size_t first = 0, last = 0;
    bool is_empty() const { return first >= last; }
    bool operator==(const OperationRange&) const = default;
};
OperationRange wide_operations(const TimeWindow& window, std::size_t operations, double width);

/// The columns of a session, worked out again only when something that they are made of has changed.
class Timeline {
public:
    /// All of the trace.
    void update(const heapcore::Session& session, std::size_t columns);
    void update(const heapcore::Session& session, const TimeWindow& window, std::size_t columns,
                const Unfoldings* unfoldings);
    std::span<const TimelineColumn> columns() const { return columns_; }
    /// By how much the used curve is stretched so that a heap that is hardly filled shows its course
    /// too: a power of two, 1 from an eighth of the heap on.
    unsigned used_stretch() const;
    /// The part of the heap that is ever used, bytes from its start, as far as is known.
    heapcore::Offset highest_used() const { return pyramid_.highest_used(); }
    const CurvePyramid& pyramid() const { return pyramid_; }

private:
    struct TraceKey {
        const void* session = nullptr;
        std::shared_ptr<const std::string> source;
        std::size_t branch = 0, edits = 0, indexed = 0;
        bool operator==(const TraceKey&) const = default;
    };
    struct Key {
        TraceKey trace;
        TimeWindow window;
        std::size_t columns = 0, operations = 0, samples = 0;
        std::uint64_t last_sample = 0, unfoldings = 0;
        bool is_complete = false;
        bool operator==(const Key&) const = default;
    };

    Key key_;
    CurvePyramid pyramid_;
    std::vector<TimelineColumn> columns_;
};

/// See Timeline::used_stretch; of the most that is used, a part of the heap.
unsigned used_stretch_of(float most_used);

}  // namespace tricolour
