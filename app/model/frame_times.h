// Frame times: how long the last frames took and what they spent it on, as a person sees it over the map.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tricolour {

enum class FramePart : std::uint8_t {
    update,   ///< commands, playing, the model brought up to date
    map,      ///< the map's panel
    panels,   ///< all others
    drawing,  ///< handing it all to OpenGL
    screen,   ///< until it is on the screen: a software renderer draws then, a GPU waits for the monitor
    count_
};
inline constexpr std::size_t frame_part_count = static_cast<std::size_t>(FramePart::count_);

struct FramePartRow {
    FramePart part;
    std::string_view name;
};
/// Rows in the order of FramePart.
std::span<const FramePartRow> frame_part_rows();

/// Seconds by FramePart.
using FrameParts = std::array<double, frame_part_count>;
double sum_of(const FrameParts& parts);

class FrameTimes {
public:
    static constexpr std::size_t most_frames = 120;  ///< kept
    static constexpr double longest_gap = 0.1;       ///< seconds between frames of one movement

    /// A frame that began then, in seconds of a clock that never goes back.
    void add(double began, const FrameParts& parts);

    std::uint64_t drawn() const { return drawn_; }  ///< frames in all
    std::size_t kept() const { return drawn_ < most_frames ? static_cast<std::size_t>(drawn_) : most_frames; }
    /// 0: the newest. Precondition: less than kept().
    const FrameParts& parts(std::size_t age) const { return frames_[place(age)].parts; }

    struct Summary {
        FrameParts mean{};
        double mean_seconds = 0, worst_seconds = 0;
        double per_second = 0;   ///< 0: the newest frame stands alone
        std::size_t frames = 0;  ///< looked at
    };
    /// Of the movement that the newest frame is a part of, as far as it is kept.
    Summary summary() const;

private:
    struct Frame {
        double began = 0;
        FrameParts parts{};
    };
    std::size_t place(std::size_t age) const {
        return static_cast<std::size_t>((drawn_ - 1 - age) % most_frames);
    }

    std::array<Frame, most_frames> frames_{};
    std::uint64_t drawn_ = 0;
};

}  // namespace tricolour
