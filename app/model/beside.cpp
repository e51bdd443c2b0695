#include "app/model/beside.h"

namespace tricolour {

void Beside::start(std::function<void(const GoesOn&)> work) {
    stop();
    is_stopped_ = is_done_ = false;
    part_ = 0;
    thread_ = std::thread([this, work = std::move(work)] {
        work([this](double part) {
            part_.store(part, std::memory_order_relaxed);
            return !is_stopped_.load(std::memory_order_relaxed);
        });
        is_done_ = true;
    });
}

void Beside::stop() {
    is_stopped_ = true;
    if (thread_.joinable()) thread_.join();
}

bool Beside::take_end() {
    if (!thread_.joinable() || !is_done_) return false;
    thread_.join();
    return true;
}

}  // namespace tricolour
