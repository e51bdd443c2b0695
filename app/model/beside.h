// Beside: one piece of work beside the window. What it reads must stand still until it is done or stopped.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace tricolour {

class Beside {
public:
    /// Told how far it is, 0 to 1; false: stop.
    using GoesOn = std::function<bool(double)>;

    Beside() = default;
    ~Beside() { stop(); }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    /// What was under way is stopped first.
    void start(std::function<void(const GoesOn&)> work);
    /// Returns once nothing runs; what was found is not wanted.
    void stop();
    /// True once for each piece of work that came to its end.
    bool take_end();

    bool is_running() const { return thread_.joinable(); }
    double part() const { return part_.load(std::memory_order_relaxed); }

private:
    std::thread thread_;
    std::atomic<bool> is_stopped_{false};
    std::atomic<bool> is_done_{false};
    std::atomic<double> part_{0};
};

}  // namespace tricolour
