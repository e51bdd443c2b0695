// The time axis: which part of a trace the timeline shows, and what zooming, panning and fitting do to it.
//
// A time is counted in operations carried out, steps of the one under way being parts of it: 12.5 is in the
// middle of the thirteenth. What is known of an operation's steps comes from its unfolding.
#pragma once

#include "heapcore/session.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

/// Times that are in sight. Invariant: first < last.
struct TimeWindow {
    double first = 0, last = 1;
    double span() const { return last - first; }
    /// Where a time lies, 0 at the left edge to 1 at the right one, and back.
    double place_of(double time) const { return (time - first) / span(); }
    double time_at(double place) const { return first + place * span(); }
    bool contains(double time) const { return time >= first && time <= last; }
    bool operator==(const TimeWindow&) const = default;
};

TimeWindow whole_trace(std::size_t operations);

/// Steps of an operation; none: not known.
using StepsOf = std::function<std::optional<std::uint64_t>(std::size_t operation)>;

/// The time of a position. Where the operation's steps are not known it is in the middle of it.
double time_of(heapcore::Position position, const StepsOf& steps_of);
/// Of where a session stands.
double time_of(const heapcore::Session& session);

/// The position nearest to a time. Where steps are known it is one of them, unless an operation's end is
/// within `reach`.
heapcore::Position position_near(double time, double reach, std::size_t operations, const StepsOf& steps_of);

/// Moves it to lie within the trace; it is never larger than that.
TimeWindow clamped(TimeWindow window, std::size_t operations);
/// `factor` times as close, down to that span; what lies at that time stays where it is.
TimeWindow zoomed_at(TimeWindow window, std::size_t operations, double factor, double time,
                     double least_span);
TimeWindow panned(TimeWindow window, std::size_t operations, double by);
/// Shows these times whole, with a bit of what is around them.
TimeWindow fitted(double first, double last, std::size_t operations);
/// Brings a time into sight: nothing moves if it is, a page is turned if it is near, otherwise it is in the
/// middle.
TimeWindow followed(TimeWindow window, std::size_t operations, double time);
/// Part of the way from one to another, 0 to 1.
TimeWindow between(const TimeWindow& from, const TimeWindow& to, double part);
/// The span at which steps are as wide as anyone needs, in a picture of that width in pixels.
double least_span(double width, std::uint64_t steps);

/// The collection to be fitted for a position: the one that it is in, or else the next, or else the last.
std::optional<std::size_t> collection_near(const heapcore::SessionIndex& index, heapcore::Position position);

struct Tick {
    double time;
    std::string text;  ///< "1,200", within an operation "+300"
    bool operator==(const Tick&) const = default;
};
/// Round numbers of operations, and of steps where an operation is that wide, at least `apart` pixels from
/// each other.
std::vector<Tick> ticks_of(const TimeWindow& window, std::size_t operations, double width, double apart,
                           const StepsOf& steps_of);

/// What of the trace is shown, and where that is moving to.
struct TimeView {
    std::optional<TimeWindow> zoomed;  ///< none: all of the trace
    std::optional<TimeWindow> target;  ///< where it is gliding to
    double moved_at = 0;               ///< seconds of the frame clock

    TimeWindow window(std::size_t operations) const;
    /// Where it will be.
    TimeWindow goal(std::size_t operations) const { return target ? *target : window(operations); }
    void glide_to(TimeWindow window) { target = window; }
    void jump_to(TimeWindow window, std::size_t operations);
    /// A bit further to where it is gliding; at once if not animated.
    void move(double now_seconds, bool is_animated, std::size_t operations);
};

}  // namespace tricolour
