#include "app/model/progress_line.h"

#include "app/model/narration.h"

#include <algorithm>

namespace tricolour {

ProgressLine::ProgressLine(std::ostream* out, const heapcore::ParseProgress* reading,
                           std::chrono::milliseconds patience)
    : out_(out), reading_(reading), patience_(patience) {
    if (out_) thread_ = std::thread([this] { show_until_done(); });
}

void ProgressLine::end() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        is_done_ = true;
        erase();
    }
    done_.notify_one();
    thread_.join();
}

void ProgressLine::show_until_done() {
    constexpr std::chrono::milliseconds interval{100};
    std::unique_lock lock(mutex_);
    for (auto wait = patience_; !done_.wait_for(lock, wait, [this] { return is_done_; }); wait = interval) {
        erase();
        *out_ << text() << std::flush;
        is_shown_ = true;
    }
}

void ProgressLine::erase() {
    if (is_shown_) *out_ << "\r\033[K" << std::flush;
    is_shown_ = false;
}

std::string ProgressLine::text() const {
    const auto percent = [](std::uint64_t done, std::uint64_t total) {
        return std::to_string(total == 0 ? 0 : std::min(done, total) * 100 / total) + "%";
    };
    if (const std::size_t total = operations_total_)
        return "carried out " + count_text(operations_) + " of " + count_text(total) + " operations, " +
               percent(operations_, total);
    if (!reading_ || reading_->bytes_total == 0) return "reading";
    return "reading, " + percent(reading_->bytes_done, reading_->bytes_total);
}

}  // namespace tricolour
