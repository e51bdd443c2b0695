#include "app/model/frame_times.h"

#include <algorithm>
#include <numeric>

namespace tricolour {
namespace {

constexpr std::array<FramePartRow, frame_part_count> rows = {{{FramePart::update, "model"},
                                                              {FramePart::map, "map"},
                                                              {FramePart::panels, "panels"},
                                                              {FramePart::drawing, "drawing"},
                                                              {FramePart::screen, "screen"}}};

}  // namespace

std::span<const FramePartRow> frame_part_rows() { return rows; }

double sum_of(const FrameParts& parts) { return std::accumulate(parts.begin(), parts.end(), 0.0); }

void FrameTimes::add(double began, const FrameParts& parts) {
    ++drawn_;
    frames_[place(0)] = {began, parts};
}

FrameTimes::Summary FrameTimes::summary() const {
    Summary summary;
    for (std::size_t age = 0; age < kept(); ++age) {
        const Frame& frame = frames_[place(age)];
        const double seconds = sum_of(frame.parts);
        if (age > 0 && frames_[place(age - 1)].began - frame.began - seconds > longest_gap) break;
        for (std::size_t i = 0; i < frame_part_count; ++i)
            summary.mean[i] += frame.parts[i];
        summary.mean_seconds += seconds;
        summary.worst_seconds = std::max(summary.worst_seconds, seconds);
        ++summary.frames;
    }
    if (summary.frames == 0) return summary;
    const auto frames = static_cast<double>(summary.frames);
    for (double& seconds : summary.mean)
        seconds /= frames;
    summary.mean_seconds /= frames;
    const double span = frames_[place(0)].began - frames_[place(summary.frames - 1)].began;
    if (span > 0) summary.per_second = (frames - 1) / span;
    return summary;
}

}  // namespace tricolour
