// Tour: what a person who sees the program for the first time is asked to do, one thing after the other. Each
// is pointed at on the screen, and over as soon as it was done, in whatever way.
#pragma once

#include "app/commands.h"
#include "app/model/lens.h"
#include "heapcore/session.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tricolour {

/// What is to be done; what stands last only says farewell.
enum class TourStep : std::uint8_t {
    forward,
    back,
    collection,
    play,
    select,
    why,
    closer,
    lens,
    time,
    palette,
    farewell,
    count_
};

struct TourRow {
    TourStep step;
    std::string_view title, text;
    std::optional<CommandId> command;  ///< whose key does it too
};
/// Rows in the order of TourStep.
std::span<const TourRow> tour_rows();
const TourRow& row_of(TourStep step);
/// The step that the command's button is pointed at for.
std::optional<TourStep> tour_step_of(CommandId command);

/// What tells whether something was done.
struct TourGlance {
    heapcore::Position position;
    bool is_at_collection = false;  ///< right before one, or in it
    bool is_playing = false;
    std::optional<heapcore::Offset> selected;
    bool shows_why = false;
    double zoom = 1;              ///< pixels a granule
    bool is_zoom_chosen = false;  ///< by a person: the map does not fit itself to the heap
    bool is_zooming = false;
    LensId lens = LensId::type_and_colour;
    bool is_scrubbing = false;  ///< the timeline is held
    bool is_palette_open = false;
};

class Tour {
public:
    /// Number of steps, the farewell not among them.
    static constexpr std::size_t length = static_cast<std::size_t>(TourStep::farewell);

    /// The step under way; none: there is no tour.
    std::optional<TourStep> step() const { return step_; }
    void begin(TourStep at = TourStep::forward);
    void end() { step_.reset(); }
    /// On to the next step; beyond the last one the tour ends.
    void skip();
    /// Goes on when what is asked for was done since it was asked for.
    void look(const TourGlance& glance);

private:
    std::optional<TourStep> step_;
    std::optional<TourGlance> before_;  ///< none: nothing was seen since the step began
};

}  // namespace tricolour
