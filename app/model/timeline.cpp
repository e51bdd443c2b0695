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

Span operations_of(std::size_t column, std::size_t operations, std::size_t columns) {
    const std::size_t first = column * operations / columns;
    const std::size_t last = ((column + 1) * operations + columns - 1) / columns;
    return {first, std::max(last, first + 1)};
}

/// Operations that begin in the column, each in one column only; possibly none.
Span starts_in(std::size_t column, std::size_t operations, std::size_t columns) {
    const auto first_from = [&](std::size_t edge) { return (edge * operations + columns - 1) / columns; };
    return {first_from(column), first_from(column + 1)};
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

void add_curves(TimelineColumn& column, std::span<const HeapSample> samples, std::uint64_t heap_bytes) {
    bool is_first = true;
    for (const HeapSample& sample : samples) {
        const Values values = values_of(sample, heap_bytes);
        for (std::size_t curve = 0; curve < curve_count; ++curve) {
            if (is_first) column.curves[curve] = {values.at_end[curve], values.at_end[curve]};
            widen(column.curves[curve], values.at_end[curve]);
        }
        widen(column.curves[static_cast<std::size_t>(Curve::used)], values.most_used);
        widen(column.curves[static_cast<std::size_t>(Curve::free)], 1 - values.most_used);
        is_first = false;
    }
}

std::span<const HeapSample> samples_of(const SessionIndex& index, Span span) {
    const std::size_t first = std::min(span.first / index.samples_each, index.samples.size());
    const std::size_t last = std::min((span.last - 1) / index.samples_each + 1, index.samples.size());
    return std::span(index.samples).subspan(first, last - first);
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

std::vector<TimelineColumn> timeline_columns(const SessionIndex& index, std::size_t operations,
                                             std::uint64_t heap_bytes, std::size_t columns) {
    std::vector<TimelineColumn> result(columns);
    for (std::size_t i = 0; i < columns; ++i) {
        Span span = operations_of(i, operations, columns);
        if (span.first >= index.operations) break;
        span.last = std::min(span.last, index.operations);
        TimelineColumn& column = result[i];
        const std::span<const HeapSample> samples = samples_of(index, span);
        column.is_known = !samples.empty();
        column.has_collection = has_any(index.collections, span);
        add_marks(column, index, starts_in(i, operations, columns));
        add_curves(column, samples, heap_bytes);
    }
    return result;
}

std::size_t position_at(double place, std::size_t operations) {
    const double position = std::round(std::clamp(place, 0.0, 1.0) * static_cast<double>(operations));
    return std::min(static_cast<std::size_t>(position), operations);
}

double place_of(std::size_t position, std::size_t operations) {
    return operations == 0 ? 0 : static_cast<double>(position) / static_cast<double>(operations);
}

double place_of(heapcore::Position position, std::size_t operations) {
    if (operations == 0) return 0;
    return (static_cast<double>(position.operation) + (position.step > 0 ? .5 : 0)) /
           static_cast<double>(operations);
}

double place_of(const heapcore::Session& session) {
    const std::size_t operations = session.trace().operations.size();
    if (operations == 0) return 0;
    const heapcore::Position position = session.position();
    double whole = static_cast<double>(position.operation);
    if (position.step > 0)
        whole += static_cast<double>(position.step) /
                 static_cast<double>(std::max<std::uint64_t>(session.current_step_count(), 1));
    return std::min(whole / static_cast<double>(operations), 1.0);
}

Timeline::Key Timeline::key_of(const heapcore::Session& session, std::size_t columns) {
    const SessionIndex& index = session.index();
    Key key;
    key.session = &session;
    key.source = session.trace().source.get();
    key.columns = columns;
    key.operations = session.trace().operations.size();
    key.indexed = index.operations;
    key.samples = index.samples.size();
    key.branch = session.branch();
    key.edits = session.branches()[session.branch()].edits.size();
    if (!index.samples.empty())
        key.last_sample = std::uint64_t{index.samples.back().free_bytes} << 32 | index.samples.back().chunks;
    key.is_complete = index.is_complete;
    return key;
}

void Timeline::update(const heapcore::Session& session, std::size_t columns) {
    const Key key = key_of(session, columns);
    if (key == key_) return;
    key_ = key;
    const std::size_t operations = key.operations;
    columns_ = operations == 0 || columns == 0
                   ? std::vector<TimelineColumn>(columns)
                   : timeline_columns(session.index(), operations, session.heap().size_bytes(), columns);
    used_stretch_ = used_stretch_of(columns_);
}

unsigned used_stretch_of(std::span<const TimelineColumn> columns) {
    constexpr unsigned most = 1u << 16;
    float peak = 0;
    for (const TimelineColumn& column : columns)
        if (column.is_known) peak = std::max(peak, column.curves[static_cast<std::size_t>(Curve::used)].most);
    unsigned stretch = 1;
    if (peak <= 0 || peak >= 0.125f) return stretch;
    while (stretch < most && peak * static_cast<float>(stretch) * 2 <= 0.9f)
        stretch *= 2;
    return stretch;
}

}  // namespace tricolour
