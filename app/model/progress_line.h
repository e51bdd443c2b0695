// ProgressLine: how far a run without a window has come, in one line that is written over and over on
// a terminal. It shows up once the run takes a while, and is gone when the run ends.
#pragma once

#include "heapcore/trace.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

namespace tricolour {

class ProgressLine {
public:
    /// `out`: the terminal, or null for no line. `reading`: how far the trace is read, or null.
    ProgressLine(std::ostream* out, const heapcore::ParseProgress* reading,
                 std::chrono::milliseconds patience = std::chrono::seconds(1));
    ~ProgressLine() { end(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// The trace is read: operations are carried out from now on.
    void begin_operations(std::size_t total) { operations_total_.store(total, std::memory_order_relaxed); }
    void carried_out(std::size_t operations) { operations_.store(operations, std::memory_order_relaxed); }

    /// Writes something else to the terminal meanwhile.
    template <typename Write>
    void aside(Write write) {
        const std::lock_guard lock(mutex_);
        erase();
        write();
    }
    /// The line is gone from now on.
    void end();

private:
    void show_until_done();
    void erase();
    std::string text() const;

    std::ostream* out_;
    const heapcore::ParseProgress* reading_;
    std::chrono::milliseconds patience_;
    std::atomic<std::size_t> operations_{0};
    std::atomic<std::size_t> operations_total_{0};
    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;
    bool is_shown_ = false;
    std::thread thread_;
};

}  // namespace tricolour
