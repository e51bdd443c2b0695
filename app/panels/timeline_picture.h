// What the timeline's picture is made of: its areas from top to bottom, and what is drawn into each.
#pragma once

#include "app/model/timeline.h"
#include "app/model/view.h"
#include "app/style/style.h"
#include "app/ui_state.h"

#include <array>
#include <optional>
#include <span>

#include <imgui.h>

namespace tricolour {

/// Pixels of the window.
struct Area {
    float left, top, right, bottom;
    float width() const { return right - left; }
    float height() const { return bottom - top; }
    bool has(ImVec2 at) const { return at.x >= left && at.x < right && at.y >= top && at.y < bottom; }
};

struct TimelinePicture {
    const View& view;
    UiState& state;
    Commands& commands;
    const heapcore::Session& session;
    TimeWindow window;
    Area overview, flags, plot, hits, bands, ticks;  ///< those that are not shown have no height
    ImDrawList* draw;

    const Palette& palette() const { return *view.palette; }
    std::size_t operations() const { return session.trace().operations.size(); }
    std::span<const TimelineColumn> columns() const { return state.timeline.timeline.columns(); }
    unsigned used_stretch() const { return state.timeline.timeline.used_stretch(); }
    const Unfoldings& unfoldings() const { return view.glimpses->unfoldings(); }
    StepsOf steps_of() const {
        return [this](std::size_t operation) { return unfoldings().steps_of(operation); };
    }
    float line() const;
    float x_of(double time) const;
    float x_of_column(std::size_t column) const { return plot.left + static_cast<float>(column); }
    float y_of(float part) const { return plot.bottom - part * plot.height(); }
    double time_at(float x) const {
        return window.time_at(static_cast<double>(x - plot.left) / static_cast<double>(plot.width()));
    }
    /// Operations that so many pixels stand for.
    double time_of_pixels(float pixels) const {
        return static_cast<double>(pixels) * window.span() / static_cast<double>(plot.width());
    }
    float top() const { return flags.top; }
    float bottom() const { return bands.bottom; }
};

/// How a curve is drawn, so that it is told apart without colour: pixels drawn and left out, by turns.
struct Dashes {
    std::array<float, 4> lengths{};  ///< all 0: a whole line
    bool is_whole() const { return lengths[0] <= 0; }
};
const Dashes& dashes_of(Curve curve);
/// A piece of such a line from left to right.
void draw_dashed(ImDrawList* draw, Curve curve, ImVec2 from, float right, float thickness, float scale,
                 ImU32 colour);

/// All but what depends on the pointer.
void draw_timeline_picture(const TimelinePicture& picture);
/// The position's mark, above everything else.
void draw_position(const TimelinePicture& picture);

}  // namespace tricolour
