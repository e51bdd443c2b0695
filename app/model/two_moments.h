// Two moments: a pinned one beside the session's own. The pinned one is a session that stands still, with a
// map of its own, made once; what differs between the two is found beside the window while both rest.
//
// The pinned moment stays what it was, whatever becomes of the session. Whether the session's trace still
// leads through it is another question: an operation typed in before it, or another branch, leads elsewhere.
#pragma once

#include "app/model/beside.h"
#include "app/model/differences.h"
#include "app/model/instant.h"
#include "app/model/lens_map.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tricolour {

/// A moment's place in the trace: "the start", "operation 12", "operation 13, step 3".
std::string place_text(const heapcore::Session& session);
/// What is going on there: the operation's text, and within a collection its phase: "gc, mark, threads".
std::string doing_text(const heapcore::Session& session);

/// A difference in words.
DifferenceText text_of(const Difference& difference, const heapcore::Session& earlier,
                       const heapcore::Session& later);

class TwoMoments {
public:
    TwoMoments() = default;
    TwoMoments(const TwoMoments&) = delete;
    TwoMoments& operator=(const TwoMoments&) = delete;

    void pin(const heapcore::Session& session);
    /// Forgets everything (another session).
    void drop();

    /// What of it is wanted, beside the pinned moment itself.
    struct Wanted {
        bool map = false;
        bool differences = false;
        LensId lens = LensId::type_and_colour;
        std::optional<heapcore::Offset> selected{};  ///< chunk of the pinned moment
    };
    /// Once a frame. `map`: of the session, in step with it.
    void update(const heapcore::Session& session, const MapModel& map, const Wanted& wanted,
                double now_seconds, bool is_playing = false);
    /// Whatever reads the session beside the window has ended when it returns.
    void stop();
    /// More will be known, or shown, though nothing happens.
    bool is_pending() const { return is_pending_; }
    /// The session is being read beside the window.
    bool is_reading() const { return work_.is_running(); }

    /// The pinned moment; null: none is.
    const heapcore::Session* pinned() const { return pinned_.get(); }
    const MapModel& map() const { return map_; }
    const LensMap& lens() const { return lens_; }
    /// The session's trace leads through the pinned moment.
    bool is_on_way() const { return is_on_way_; }
    /// Asks anew, for a session that was changed within this frame.
    bool is_on_way(const heapcore::Session& session) const;

    /// Null: not known. Its earlier moment is the pinned one or the session's.
    const Differences* differences() const { return differences_.get(); }
    /// Another one with each.
    std::uint64_t number() const { return number_; }
    double part() const { return work_.part(); }
    /// What is still being found out, or why it is not: "Attributing: 40%". Empty: all is known.
    std::string waiting_text() const;

private:
    void follow(const heapcore::Session& session, double now_seconds);
    void mirror(const heapcore::Session& session, const MapModel& map, const Wanted& wanted);
    bool find_at_once(const heapcore::Session& session);
    void find_differences(const heapcore::Session& session);

    std::unique_ptr<heapcore::Session> pinned_;
    Instant way_;  ///< for which is_on_way_ holds
    bool is_on_way_ = false;
    MapModel map_;
    LensMap lens_;
    Instant mirrored_;  ///< the session's instant that the lens of changes compares with

    Instant here_;
    Instant tried_;  ///< for which the differences were looked for at once
    double rested_since_ = 0;
    bool is_resting_ = false, is_pending_ = false, is_playing_ = false;
    std::unique_ptr<Differences> differences_;
    std::uint64_t number_ = 0;
    std::shared_ptr<Differences> found_;
    Beside work_;  ///< last: ends before what it writes to
};

}  // namespace tricolour
