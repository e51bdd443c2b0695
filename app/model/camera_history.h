// Camera history: the parts of the map that were looked at, so that no move of the camera is lost.
//
// A move is over once the camera has come to rest: a drag with its pauses, some turns of the wheel, a
// flight to a chunk are one each.
#pragma once

#include "app/ui_state.h"

#include <optional>
#include <vector>

namespace tricolour {

class CameraHistory {
public:
    /// Takes note of where the camera is or is flying to. `is_held`: someone is dragging it.
    void note(const Camera& camera, bool is_held, double now_seconds);
    /// Begins anew: what the camera does by itself is no move.
    void begin_at(const Camera& camera);

    /// The view before, or what was gone back from; none if there is none.
    std::optional<Camera> back();
    std::optional<Camera> forward();
    bool has_past() const { return !past_.empty() || is_under_way(); }
    bool has_future() const { return !future_.empty() && !is_under_way(); }

private:
    bool is_under_way() const { return settled_ && seen_ != *settled_; }
    void settle();
    std::optional<Camera> step(std::vector<Camera>& from, std::vector<Camera>& to);

    std::vector<Camera> past_, future_;  ///< nearest last
    std::optional<Camera> settled_;      ///< where it rested last
    Camera seen_;
    double moved_at_ = 0;  ///< seconds
};

}  // namespace tricolour
