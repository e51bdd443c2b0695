#include "app/model/tour.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tricolour {
namespace {

using Glance = TourGlance;

constexpr double closer_by = 1.2;  // that is what counts as zoomed, in or out

constexpr std::array<TourRow, static_cast<std::size_t>(TourStep::count_)> rows = {{
    {TourStep::forward, "One step forward",
     "The heap does one thing at a time. The line below the map says what it did, and why.",
     CommandId::step_forward},
    {TourStep::back, "And one back", "Whatever the heap did can be taken back, step by step.",
     CommandId::step_back},
    {TourStep::collection, "To a collection",
     "The collector looks for what is still in use, and frees the rest. Go to the next one.",
     CommandId::collection_forward},
    {TourStep::play, "Let it run",
     "Chunks turn grey when they are found and black when they are done. The same again pauses.",
     CommandId::play},
    {TourStep::select, "Ask a chunk",
     "Each block of the map is a chunk of memory. Click one: the inspector shows it down to its bits.",
     std::nullopt},
    {TourStep::why, "Why is it alive?", "The way from a root to the chunk, or what cut it off.",
     CommandId::why},
    {TourStep::closer, "Come closer",
     "Turn the wheel over the map, or use two fingers: blocks get names, and then words with their values.",
     CommandId::zoom_in},
    {TourStep::lens, "See it in another light",
     "A lens colours the map by something else: age, size, what can be reached from where.",
     CommandId::next_lens},
    {TourStep::time, "Go anywhere in time",
     "Click into the timeline, or drag along it. The map shows the heap at that moment.", std::nullopt},
    {TourStep::palette, "Find everything else", "Each command is found by its name.",
     CommandId::command_palette},
    {TourStep::farewell, "That is all it takes",
     "Open a trace of your own, or choose another scenario from the File menu. The Help menu begins this "
     "tour again.",
     CommandId::open_dialog},
}};

bool has_zoomed(const Glance& before, const Glance& now) {
    return !now.is_zooming && std::abs(std::log(now.zoom / before.zoom)) > std::log(closer_by);
}

bool was_done(TourStep step, const Glance& before, const Glance& now) {
    switch (step) {
        case TourStep::forward: return now.position > before.position;
        case TourStep::back: return now.position < before.position;
        case TourStep::collection: return now.is_at_collection && now.position != before.position;
        case TourStep::play: return now.is_playing && !before.is_playing;
        case TourStep::select: return now.selected && now.selected != before.selected;
        case TourStep::why: return now.shows_why && now.selected;
        case TourStep::closer: return has_zoomed(before, now);
        case TourStep::lens: return now.lens != before.lens;
        case TourStep::time: return now.is_scrubbing;
        case TourStep::palette: return now.is_palette_open;
        case TourStep::farewell:
        case TourStep::count_: break;
    }
    return false;
}

}  // namespace

std::span<const TourRow> tour_rows() { return rows; }
const TourRow& row_of(TourStep step) { return rows[static_cast<std::size_t>(step)]; }

std::optional<TourStep> tour_step_of(CommandId command) {
    const auto found = std::ranges::find(rows, command, &TourRow::command);
    return found == rows.end() ? std::nullopt : std::optional(found->step);
}

void Tour::begin(TourStep at) {
    step_ = at;
    before_.reset();
}

void Tour::skip() {
    if (!step_) return;
    const auto next = static_cast<TourStep>(static_cast<std::size_t>(*step_) + 1);
    if (next == TourStep::count_)
        end();
    else
        begin(next);
}

void Tour::look(const TourGlance& glance) {
    if (!step_) return;
    if (!before_) {
        before_ = glance;
        return;
    }
    // What plays has to stop before it can be told to play, and a step back first goes back.
    before_->is_playing = before_->is_playing && glance.is_playing;
    if (!glance.is_zoom_chosen) before_->zoom = glance.zoom;
    if (was_done(*step_, *before_, glance))
        skip();
    else if (*step_ == TourStep::forward || *step_ == TourStep::back)
        before_->position = glance.position;
}

}  // namespace tricolour
