// A glimpse of another position: a small picture of the map as of then, the figures and the sentence, without
// moving the session. The pointer over the timeline asks for it.
//
// Glimpses finds them, and unfolds the operations that are in sight, beside the window, on a machine of its
// own that begins at the session's keyframes. What it reads of the session is the trace and the keyframes:
// moving about in it is no harm, but stop() comes before the trace is edited or keyframes are made.
#pragma once

#include "app/model/beside.h"
#include "app/model/instant.h"
#include "app/model/map_level.h"
#include "app/model/timeline.h"
#include "app/model/unfolding.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

/// How a picture is to be.
struct PictureWish {
    LayoutId layout = LayoutId::rows;
    std::uint32_t most_width = 80, most_height = 50;  ///< cells
    heapcore::Offset end = 0;                         ///< bytes of the heap to show, from its start
    bool operator==(const PictureWish&) const = default;
};

/// The map from the heap's start on, far out: a cell for a square of granules.
struct MapPicture {
    std::uint32_t width = 0, height = 0;  ///< cells
    std::vector<Cell> cells;              ///< in rows
    heapcore::Offset end = 0;             ///< what is shown, bytes from the heap's start
    std::optional<Place> now;             ///< the cell in which the chunk of the last step begins

    Cell at(std::uint32_t x, std::uint32_t y) const { return cells[std::size_t{y} * width + x]; }
};
/// `now`: a chunk to be pointed out. Precondition: the map is not empty.
MapPicture picture_of(const MapModel& map, const PictureWish& wish,
                      heapcore::Offset now = heapcore::no_chunk);

struct Glimpse {
    heapcore::Position position;
    bool is_reached = false;  ///< false: an operation on the way cannot be carried out, the rest is empty
    HeapFigures figures;
    std::string phase;     ///< "Mark, threads", "Mutator"
    std::string sentence;  ///< the step before the position, as it is told; empty at the start
    MapPicture picture;
};

/// What is wanted of the moments in sight.
struct GlimpseWish {
    std::optional<heapcore::Position> position;
    PictureWish picture;
    std::size_t first = 0, last = 0;  ///< operations to unfold
};

class Glimpses {
public:
    static constexpr double rest_seconds = 0.15;  ///< before a picture is made

    Glimpses() = default;
    Glimpses(const Glimpses&) = delete;
    Glimpses& operator=(const Glimpses&) = delete;

    /// Once a frame.
    void update(const heapcore::Session& session, const GlimpseWish& wish, double now_seconds);
    /// Whatever reads the session beside the window has ended when it returns.
    void stop() { work_.stop(); }
    /// Forgets everything (another session, another trace).
    void clear();

    /// More will be known though nothing happens.
    bool is_pending() const { return is_pending_; }
    bool is_reading() const { return work_.is_running(); }
    /// The position's, as wished last; null: not known yet.
    const Glimpse* at(heapcore::Position position) const;
    const Unfoldings& unfoldings() const { return unfoldings_; }

private:
    struct Found {
        std::optional<Glimpse> glimpse;
        std::vector<std::pair<std::size_t, Unfolding>> unfoldings;
    };
    /// The machine of its own, kept from one piece of work to the next.
    struct Workshop {
        Rerun rerun;
        MapModel map;
        explicit Workshop(const heapcore::Session& session) : rerun(session) {}
    };

    void follow(const heapcore::Session& session, const GlimpseWish& wish, double now_seconds);
    void take_found();
    void start_glimpse(const heapcore::Session& session, heapcore::Position position);
    void start_unfolding(const heapcore::Session& session, std::size_t first, std::size_t last);
    std::optional<std::size_t> next_folded(const heapcore::Session& session, const GlimpseWish& wish) const;

    Instant here_;  ///< of the trace; its position does not count
    PictureWish picture_;
    std::optional<heapcore::Position> wished_;
    double rested_since_ = 0;
    bool is_pending_ = false;

    std::deque<Glimpse> known_;  ///< newest last
    Unfoldings unfoldings_;
    std::unique_ptr<Workshop> workshop_;
    std::shared_ptr<Found> found_;
    Beside work_;  ///< last: ends before what it writes to
};

}  // namespace tricolour
