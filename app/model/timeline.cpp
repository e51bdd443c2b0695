#include "app/model/timeline.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace tricolour {
namespace {

using heapcore::HeapSample;
using heapcore::SessionIndex;

/// Operations [first, last).
struct Span {
    std::size_t first, last;
};

/// Times of a column's edges; those that columns share are the same.
double edge_of(const TimeWindow& window, std::size_t column, std::size_t columns) {
    return window.first + static_cast<double>(column) * window.span() / static_cast<double>(columns);
}

std::size_t whole_number(double time) { return time <= 0 ? 0 : static_cast<std::size_t>(time); }

/// Operations that a part of is in the column.
Span operations_of(double from, double to) {
    const std::size_t first = whole_number(std::floor(from)), last = whole_number(std::ceil(to));
    return {first, std::max(last, first + 1)};
}

/// Operations that begin in the column, each in one column only; possibly none.
Span starts_in(double from, double to) {
    return {whole_number(std::ceil(from)), whole_number(std::ceil(to))};
}

template <typename List, typename Projection = std::identity>
bool has_any(const List& ascending, Span span, Projection projection = {}) {
    const auto found = std::ranges::lower_bound(ascending, span.first, {}, projection);
    return found != ascending.end() && std::invoke(projection, *found) < span.last;
}

float part(std::uint64_t bytes, std::uint64_t of_bytes) {
    return of_bytes == 0 ? 0 : static_cast<float>(static_cast<double>(bytes) / static_cast<double>(of_bytes));
}

struct Values {
    std::array<float, curve_count> at_end;
    float most_used;
};

Values values_of(const HeapSample& sample, std::uint64_t heap_bytes) {
    const HeapFigures figures{heap_bytes, sample.free_bytes, sample.largest_free_bytes};
    return {{part(figures.used_bytes(), heap_bytes), part(sample.largest_free_bytes, heap_bytes),
             static_cast<float>(figures.fragmentation()), part(sample.free_bytes, heap_bytes)},
            part(heap_bytes - sample.least_free_bytes, heap_bytes)};
}

void widen(CurveSpan& span, float value) {
    span.least = std::min(span.least, value);
    span.most = std::max(span.most, value);
}

void widen(CurveSpans& spans, const CurveSpans& by) {
    for (std::size_t curve = 0; curve < curve_count; ++curve) {
        widen(spans[curve], by[curve].least);
        widen(spans[curve], by[curve].most);
    }
}

CurveSpans spans_of(const HeapSample& sample, std::uint64_t heap_bytes) {
    const Values values = values_of(sample, heap_bytes);
    CurveSpans spans;
    for (std::size_t curve = 0; curve < curve_count; ++curve)
        spans[curve] = {values.at_end[curve], values.at_end[curve]};
    widen(spans[static_cast<std::size_t>(Curve::used)], values.most_used);
    widen(spans[static_cast<std::size_t>(Curve::free)], 1 - values.most_used);
    return spans;
}

/// Of the steps of an unfolded operation from one part of it to another, 0 to 1.
CurveSpans inner_spans(const Unfolding& unfolding, double from, double to, std::uint64_t heap_bytes) {
    const double samples_a_part =
        static_cast<double>(unfolding.steps) / static_cast<double>(unfolding.steps_each);
    const std::size_t end = unfolding.samples.size();
    const std::size_t first = std::min(whole_number(std::floor(from * samples_a_part)), end - 1);
    const std::size_t last = std::clamp(whole_number(std::ceil(to * samples_a_part)), first + 1, end);
    CurveSpans spans = spans_of(unfolding.samples[first], heap_bytes);
    for (std::size_t i = first + 1; i < last; ++i)
        widen(spans, spans_of(unfolding.samples[i], heap_bytes));
    return spans;
}

/// Where each operation in the column is unfolded.
std::optional<CurveSpans> unfolded_spans(const TimelineSource& source, Span span, double from, double to) {
    constexpr std::size_t most_operations = 4;
    if (!source.unfoldings || span.last - span.first > most_operations) return std::nullopt;
    std::optional<CurveSpans> spans;
    for (std::size_t operation = span.first; operation < span.last; ++operation) {
        const Unfolding* const unfolding = source.unfoldings->find(operation);
        if (!unfolding || unfolding->samples.empty()) return std::nullopt;
        const auto begin = static_cast<double>(operation);
        const CurveSpans inner = inner_spans(*unfolding, std::max(0.0, from - begin),
                                             std::min(1.0, to - begin), source.heap_bytes);
        if (spans)
            widen(*spans, inner);
        else
            spans = inner;
    }
    return spans;
}

Span samples_of(const SessionIndex& index, Span span) {
    const std::size_t first = std::min(span.first / index.samples_each, index.samples.size());
    const std::size_t last = std::min((span.last - 1) / index.samples_each + 1, index.samples.size());
    return {first, last};
}

void add_marks(TimelineColumn& column, const SessionIndex& index, Span span) {
    column.has_bookmark = has_any(index.bookmarks, span);
    column.has_failed_allocation = has_any(index.failed_allocations, span);
    column.has_failed_expectation = has_any(index.failed_expectations, span, &SessionIndex::Note::operation);
}

}  // namespace

double HeapFigures::fragmentation() const {
    if (free_bytes == 0) return 0;
    return 1 - static_cast<double>(largest_free_bytes) / static_cast<double>(free_bytes);
}

HeapFigures figures_of(const heapcore::Heap& heap) {
    return {heap.size_bytes(), heap.get(heapcore::Register::heap_free), heap.largest_free_bytes()};
}

std::optional<HeapFigures> figures_at(const SessionIndex& index, std::uint64_t heap_bytes,
                                      std::size_t position) {
    if (position == 0 || position > index.operations) return std::nullopt;
    const std::size_t slot = (position - 1) / index.samples_each;
    if (slot >= index.samples.size()) return std::nullopt;
    return HeapFigures{heap_bytes, index.samples[slot].free_bytes, index.samples[slot].largest_free_bytes};
}

double place_of(const heapcore::Session& session) {
    const std::size_t operations = session.trace().operations.size();
    return operations == 0 ? 0 : std::min(1.0, time_of(session) / static_cast<double>(operations));
}

void CurvePyramid::update(const SessionIndex& index, std::uint64_t heap_bytes) {
    const bool is_other =
        index.samples_each != samples_each_ || heap_bytes != heap_bytes_ || index.samples.size() < samples_;
    if (is_other) *this = {};
    samples_each_ = index.samples_each;
    heap_bytes_ = heap_bytes;
    const std::size_t changed = samples_ == 0 ? 0 : samples_ - 1;
    samples_ = index.samples.size();
    for (std::size_t i = changed; i < samples_; ++i) {
        most_used_ = std::max(most_used_, values_of(index.samples[i], heap_bytes).most_used);
        highest_used_ = std::max(highest_used_, index.samples[i].highest_used);
    }
    std::size_t each = fan;
    for (std::size_t level = 0; each / fan < samples_; ++level, each *= fan) {
        if (levels_.size() == level) levels_.emplace_back();
        std::vector<CurveSpans>& nodes = levels_[level];
        const std::size_t below = level == 0 ? samples_ : levels_[level - 1].size();
        const std::size_t first = changed / each;
        nodes.resize((below + fan - 1) / fan);
        for (std::size_t node = first; node < nodes.size(); ++node) {
            const std::size_t begin = node * fan, end = std::min(begin + fan, below);
            const auto child = [&](std::size_t i) {
                return level == 0 ? spans_of(index.samples[i], heap_bytes) : levels_[level - 1][i];
            };
            nodes[node] = child(begin);
            for (std::size_t i = begin + 1; i < end; ++i)
                widen(nodes[node], child(i));
        }
    }
}

CurveSpans CurvePyramid::of(const SessionIndex& index, std::size_t first, std::size_t last) const {
    CurveSpans spans = spans_of(index.samples[first], heap_bytes_);
    while (first < last) {
        std::size_t level = 0, each = 1;
        while (level < levels_.size() && first % (each * fan) == 0 && first + each * fan <= last) {
            each *= fan;
            ++level;
        }
        widen(spans,
              level == 0 ? spans_of(index.samples[first], heap_bytes_) : levels_[level - 1][first / each]);
        first += each;
    }
    return spans;
}

std::vector<TimelineColumn> timeline_columns(const TimelineSource& source, const TimeWindow& window,
                                             std::size_t columns) {
    const SessionIndex& index = source.index;
    std::vector<TimelineColumn> result(columns);
    for (std::size_t i = 0; i < columns; ++i) {
        const double from = edge_of(window, i, columns), to = edge_of(window, i + 1, columns);
        Span span = operations_of(from, to);
        if (span.first >= index.operations) break;
        span.last = std::min(span.last, index.operations);
        TimelineColumn& column = result[i];
        const Span samples = samples_of(index, span);
        column.is_known = samples.first < samples.last;
        column.has_collection = has_any(index.collections, span);
        add_marks(column, index, starts_in(from, to));
        if (!column.is_known) continue;
        const auto unfolded = unfolded_spans(source, span, from, to);
        column.curves = unfolded ? *unfolded : source.pyramid.of(index, samples.first, samples.last);
    }
    return result;
}

std::vector<Band> bands_of(const SessionIndex& index, const Unfoldings& unfoldings,
                           const TimeWindow& window) {
    std::vector<Band> bands;
    const Span span = operations_of(window.first, window.last);
    for (std::size_t operation = span.first; operation < std::min(span.last, index.operations); ++operation) {
        const auto begin = static_cast<double>(operation);
        const bool collects = std::ranges::binary_search(index.collections, operation);
        bands.push_back({begin, begin + 1, collects ? Band::collection : Band::mutator, operation,
                         heapcore::Phase::idle});
        const Unfolding* const unfolding = unfoldings.find(operation);
        if (!unfolding || unfolding->steps == 0) continue;
        const auto steps = static_cast<double>(unfolding->steps);
        for (const PhaseSteps& phase : unfolding->phases)
            bands.push_back({begin + static_cast<double>(phase.first) / steps,
                             begin + static_cast<double>(phase.last) / steps, Band::phase, operation,
                             phase.phase});
    }
    return bands;
}

OperationRange wide_operations(const TimeWindow& window, std::size_t operations, double width) {
    constexpr double least_width = 6;  // pixels
    if (width / window.span() < least_width) return {};
    const Span span = operations_of(window.first, window.last);
    return {std::min(span.first, operations), std::min(span.last, operations)};
}

void Timeline::update(const heapcore::Session& session, std::size_t columns) {
    update(session, whole_trace(session.trace().operations.size()), columns, nullptr);
}

void Timeline::update(const heapcore::Session& session, const TimeWindow& window, std::size_t columns,
                      const Unfoldings* unfoldings) {
    const SessionIndex& index = session.index();
    Key key;
    key.trace = {&session, session.trace().source, session.branch(),
                 session.branches()[session.branch()].edits.size(), index.operations};
    key.window = window;
    key.columns = columns;
    key.operations = session.trace().operations.size();
    key.samples = index.samples.size();
    if (!index.samples.empty())
        key.last_sample = std::uint64_t{index.samples.back().free_bytes} << 32 | index.samples.back().chunks;
    key.unfoldings = unfoldings ? unfoldings->version() : 0;
    key.is_complete = index.is_complete;
    if (key == key_) return;
    // What was known of another trace, or beyond an edit, is not what it was.
    TraceKey before = key_.trace;
    const bool goes_on = before.indexed <= key.trace.indexed;
    before.indexed = key.trace.indexed;
    if (!goes_on || before != key.trace) pyramid_.clear();
    key_ = key;
    const std::uint64_t heap_bytes = session.heap().size_bytes();
    pyramid_.update(index, heap_bytes);
    columns_ = key.operations == 0 || columns == 0
                   ? std::vector<TimelineColumn>(columns)
                   : timeline_columns({index, pyramid_, heap_bytes, unfoldings}, window, columns);
}

unsigned Timeline::used_stretch() const { return used_stretch_of(pyramid_.most_used()); }

unsigned used_stretch_of(float most_used) {
    constexpr unsigned most = 1u << 16;
    unsigned stretch = 1;
    if (most_used <= 0 || most_used >= 0.125f) return stretch;
    while (stretch < most && most_used * static_cast<float>(stretch) * 2 <= 0.9f)
        stretch *= 2;
    return stretch;
}

}  // namespace tricolour
