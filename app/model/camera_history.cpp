#include "app/model/camera_history.h"

namespace tricolour {
namespace {

constexpr double rest_seconds = 0.35;
constexpr std::size_t most_views = 200;

}  // namespace

void CameraHistory::note(const Camera& camera, bool is_held, double now_seconds) {
    if (!settled_) return begin_at(camera);
    if (camera != seen_ || is_held) {
        seen_ = camera;
        moved_at_ = now_seconds;
    } else if (is_under_way() && now_seconds >= moved_at_ + rest_seconds) {
        settle();
    }
}

void CameraHistory::begin_at(const Camera& camera) {
    past_.clear();
    future_.clear();
    settled_ = seen_ = camera;
}

void CameraHistory::settle() {
    if (!is_under_way()) return;
    past_.push_back(*settled_);
    if (past_.size() > most_views) past_.erase(past_.begin());
    future_.clear();
    settled_ = seen_;
}

std::optional<Camera> CameraHistory::back() {
    settle();
    return step(past_, future_);
}

std::optional<Camera> CameraHistory::forward() {
    settle();
    return step(future_, past_);
}

std::optional<Camera> CameraHistory::step(std::vector<Camera>& from, std::vector<Camera>& to) {
    if (from.empty()) return std::nullopt;
    to.push_back(*settled_);
    settled_ = seen_ = from.back();
    from.pop_back();
    return settled_;
}

}  // namespace tricolour
