#include "app/model/time_axis.h"

#include "app/model/narration.h"

#include <algorithm>
#include <cmath>

namespace tricolour {
namespace {

using heapcore::Position;

constexpr double ease_seconds = 0.045;  // as the map's
constexpr double widest_step = 48;      // pixels that zooming in makes of a step

double least_whole(std::size_t operations) {
    return static_cast<double>(std::max<std::size_t>(operations, 1));
}

/// 1, 2 or 5 times a power of ten, not below.
std::uint64_t round_number(double at_least) {
    std::uint64_t power = 1;
    while (static_cast<double>(power) * 10 <= at_least)
        power *= 10;
    for (const std::uint64_t factor : {1u, 2u, 5u})
        if (static_cast<double>(power * factor) >= at_least) return power * factor;
    return power * 10;
}

}  // namespace

TimeWindow whole_trace(std::size_t operations) { return {0, least_whole(operations)}; }

double time_of(Position position, const StepsOf& steps_of) {
    const auto whole = static_cast<double>(position.operation);
    if (position.step == 0) return whole;
    const auto steps = steps_of(position.operation);
    if (!steps || *steps == 0) return whole + .5;
    return whole + std::min(1.0, static_cast<double>(position.step) / static_cast<double>(*steps));
}

double time_of(const heapcore::Session& session) {
    return time_of(session.position(),
                   [&](std::size_t) { return std::optional(session.current_step_count()); });
}

Position position_near(double time, double reach, std::size_t operations, const StepsOf& steps_of) {
    const double inside = std::clamp(time, 0.0, static_cast<double>(operations));
    const double nearest = std::round(inside);
    const auto end = static_cast<std::size_t>(nearest);
    const auto operation = static_cast<std::size_t>(inside);
    if (std::abs(inside - nearest) <= reach || operation >= operations) return {end, 0};
    const std::uint64_t steps = steps_of(operation).value_or(0);
    const auto step = static_cast<std::uint64_t>(
        std::llround((inside - static_cast<double>(operation)) * static_cast<double>(steps)));
    if (steps == 0) return {end, 0};
    if (step == 0) return {operation, 0};
    if (step >= steps) return {operation + 1, 0};
    return {operation, step};
}

TimeWindow clamped(TimeWindow window, std::size_t operations) {
    const TimeWindow whole = whole_trace(operations);
    const double span = window.span();
    if (span >= whole.span()) return whole;
    if (window.first < 0) return {0, span};
    if (window.last > whole.last) return {whole.last - span, whole.last};
    return window;
}

TimeWindow zoomed_at(TimeWindow window, std::size_t operations, double factor, double time,
                     double least_span) {
    const double before = window.span();
    const double span =
        factor > 1 ? std::max(before / factor, std::min(before, least_span)) : before / factor;
    const double place = window.place_of(time);
    return clamped({time - place * span, time + (1 - place) * span}, operations);
}

TimeWindow panned(TimeWindow window, std::size_t operations, double by) {
    return clamped({window.first + by, window.last + by}, operations);
}

TimeWindow fitted(double first, double last, std::size_t operations) {
    constexpr double margin = .04;
    const double around = (last - first) * margin;
    return clamped({first - around, last + around}, operations);
}

TimeWindow followed(TimeWindow window, std::size_t operations, double time) {
    constexpr double lead = .12;  // what of the page is behind the position when it was turned
    const double place = window.place_of(time);
    if (place >= 0 && place <= 1) return window;
    const bool is_near = place > -1 && place < 2;
    const double to = !is_near ? .5 : place > 1 ? lead : 1 - lead;
    return panned(window, operations, (place - to) * window.span());
}

// Ends move by equal factors, so that zooming is steady.
TimeWindow between(const TimeWindow& from, const TimeWindow& to, double part) {
    const double span = from.span() * std::pow(to.span() / from.span(), part);
    const double change = to.span() - from.span();
    // What keeps its place on the way keeps it in both; with equal spans there is no such time.
    if (std::abs(change) > 1e-9 * from.span()) {
        const double place = (from.first - to.first) / change;
        const double fixed = from.first + place * from.span();
        return {fixed - place * span, fixed + (1 - place) * span};
    }
    const double first = from.first + (to.first - from.first) * part;
    return {first, first + span};
}

double least_span(double width, std::uint64_t steps) {
    return width / (widest_step * static_cast<double>(std::max<std::uint64_t>(steps, 1)));
}

std::optional<std::size_t> collection_near(const heapcore::SessionIndex& index, Position position) {
    if (index.collections.empty()) return std::nullopt;
    const auto next = std::ranges::lower_bound(index.collections, position.operation);
    return next == index.collections.end() ? index.collections.back() : *next;
}

std::vector<Tick> ticks_of(const TimeWindow& window, std::size_t operations, double width, double apart,
                           const StepsOf& steps_of) {
    std::vector<Tick> ticks;
    if (width <= 0 || operations == 0) return ticks;
    const double operation_width = width / window.span();
    const std::uint64_t each = round_number(apart / operation_width);
    const double round = static_cast<double>(each);
    const auto first = static_cast<std::uint64_t>(std::floor(std::max(window.first, 0.0) / round)) * each;
    for (std::uint64_t at = first; static_cast<double>(at) <= window.last && at <= operations; at += each) {
        const auto begin = static_cast<double>(at);
        if (begin >= window.first) ticks.push_back({begin, count_text(at)});
        const std::uint64_t steps = each == 1 && at < operations ? steps_of(at).value_or(0) : 0;
        if (steps < 2) continue;
        const double step_width = operation_width / static_cast<double>(steps);
        const std::uint64_t steps_each = round_number(apart / step_width);
        const double from = std::max(0.0, window.first - begin) * static_cast<double>(steps);
        auto step =
            static_cast<std::uint64_t>(std::ceil(from / static_cast<double>(steps_each) - 1e-6)) * steps_each;
        for (step = std::max(step, steps_each); step < steps; step += steps_each) {
            const double time = begin + static_cast<double>(step) / static_cast<double>(steps);
            if (time > window.last || static_cast<double>(steps - step) * step_width < apart) break;
            // Where the operation's own number is out of sight the first step names it.
            const std::string text = "+" + count_text(step);
            ticks.push_back({time, ticks.empty() ? count_text(at) + " " + text : text});
        }
    }
    return ticks;
}

TimeWindow TimeView::window(std::size_t operations) const {
    return zoomed ? clamped(*zoomed, operations) : whole_trace(operations);
}

void TimeView::jump_to(TimeWindow window, std::size_t operations) {
    target.reset();
    zoomed = clamped(window, operations);
    if (*zoomed == whole_trace(operations)) zoomed.reset();
}

void TimeView::move(double now_seconds, bool is_animated, std::size_t operations) {
    const double elapsed = std::clamp(now_seconds - moved_at, 0.0, 0.1);
    moved_at = now_seconds;
    if (!target) return;
    const TimeWindow from = window(operations), to = clamped(*target, operations);
    const TimeWindow next = between(from, to, is_animated ? 1 - std::exp(-elapsed / ease_seconds) : 1);
    const double near = .001 * std::min(next.span(), to.span());
    const bool is_there = std::abs(next.first - to.first) < near && std::abs(next.last - to.last) < near;
    if (!is_animated || is_there) return jump_to(to, operations);
    zoomed = next;
}

}  // namespace tricolour
