#include "app/render/map_screen.h"

#include <algorithm>
#include <cmath>

namespace tricolour {
namespace {

constexpr float beyond_sight = 48;  // pixels to which what lies farther away is cut

}  // namespace

float row_gap_pixels(double scale, double interface_scale) {
    if (scale < 6 * interface_scale) return 0;
    return static_cast<float>(std::max(1.0, std::round(std::min(scale * 0.09, 5 * interface_scale))));
}

float edge_pixels(double scale, double interface_scale) {
    return static_cast<float>(std::max(1.0, std::round(std::min(scale * 0.045, 2.5 * interface_scale))));
}

MapScreen::MapScreen(const MapModel& map, const Camera& camera, ImVec2 corner, ImVec2 size,
                     float framebuffer_scale, float interface_scale)
    : corner_(corner),
      size_(size),
      exact_scale_(camera.scale),
      scale_(static_cast<float>(camera.scale)),
      row_length_(camera.row_length),
      granules_(map.granules()) {
    // As the renderer does it: the corner lies on a whole pixel of the framebuffer.
    const double pixels = static_cast<double>(framebuffer_scale);
    const auto corner_of = [&](double centre, float extent) {
        const double whole = std::floor(static_cast<double>(extent) * pixels);
        return std::round(centre * camera.scale * pixels - whole / 2) / pixels;
    };
    left_ = corner_of(camera.centre_x, size.x);
    top_ = corner_of(camera.centre_y, size.y);
    row_gap_ = row_gap_pixels(camera.scale * pixels, static_cast<double>(interface_scale) * pixels) /
               framebuffer_scale;
    const std::uint32_t rows = rows_of(camera, granules_);
    const auto sight = [](double from, double to, std::uint32_t end, std::uint32_t& first,
                          std::uint32_t& last) {
        first = static_cast<std::uint32_t>(std::clamp(std::floor(from), 0.0, static_cast<double>(end)));
        last = static_cast<std::uint32_t>(
            std::clamp(std::ceil(to), static_cast<double>(first), static_cast<double>(end)));
    };
    sight(top_ / exact_scale_, (top_ + static_cast<double>(size.y)) / exact_scale_, rows, first_row_,
          last_row_);
    sight(left_ / exact_scale_, (left_ + static_cast<double>(size.x)) / exact_scale_, row_length_,
          first_column_, last_column_);
}

float MapScreen::clip_x(double column) const {
    return std::clamp(x(column), corner_.x - beyond_sight, corner_.x + size_.x + beyond_sight);
}
float MapScreen::clip_y(double row) const {
    return std::clamp(y(row), corner_.y - beyond_sight, corner_.y + size_.y + beyond_sight);
}

MapScreen::Run MapScreen::run(std::uint32_t first, std::uint32_t last, std::uint32_t row) const {
    const std::uint64_t begin = std::uint64_t{row} * row_length_;
    const std::uint64_t end = begin + row_length_;
    Run run;
    run.row = row;
    if (first >= end || last <= begin) return run;
    const auto left = static_cast<double>(std::max<std::uint64_t>(first, begin) - begin);
    const auto right = static_cast<double>(std::min<std::uint64_t>(last, end) - begin);
    run.left = std::max(x(left), corner_.x);
    run.right = std::min(x(right), corner_.x + size_.x);
    run.top = y(row);
    run.bottom = y(row + 1.0) - row_gap_;
    run.is_visible = run.right > run.left && run.bottom > corner_.y && run.top < corner_.y + size_.y;
    return run;
}

MapScreen::Run MapScreen::widest_run(std::uint32_t first, std::uint32_t last) const {
    // Rows in between are whole; so the first that is wholly in sight of these is as good as any.
    const std::uint32_t top = std::max(row_of(first), first_row_);
    const std::uint32_t bottom = std::min(row_of(last - 1) + 1, last_row_);
    Run best;
    for (std::uint32_t row = top; row < bottom && row < top + 4; ++row) {
        const Run candidate = run(first, last, row);
        if (!candidate.is_visible || candidate.top < corner_.y - scale_ / 4) continue;
        if (!best.is_visible || candidate.width() > best.width() + 1) best = candidate;
    }
    return best;
}

MapScreen::Run MapScreen::bounds(std::uint32_t first, std::uint32_t last) const {
    const std::uint32_t top = std::max(row_of(first), first_row_);
    const std::uint32_t bottom = std::min(row_of(last - 1) + 1, last_row_);
    Run all;
    if (top >= bottom) return all;
    const bool is_whole = row_of(first) != row_of(last - 1);
    const Run whole = run(is_whole ? 0 : first, is_whole ? granules_ : last, top);
    all = whole;
    all.bottom = y(bottom) - row_gap_;
    all.top = std::max(all.top, corner_.y);
    all.bottom = std::min(all.bottom, corner_.y + size_.y);
    all.is_visible = all.right > all.left && all.bottom > all.top;
    return all;
}

MapScreen::Run MapScreen::whole_rows(std::uint32_t first, std::uint32_t last) const {
    const std::uint32_t top = (first + row_length_ - 1) / row_length_, bottom = last / row_length_;
    return top < bottom ? bounds(top * row_length_, bottom * row_length_) : Run{};
}

void MapScreen::outline(ImDrawList& list, std::uint32_t first, std::uint32_t last, ImU32 colour,
                        float thickness, float grow) const {
    if (last <= first) return;
    const std::uint32_t top_row = row_of(first), bottom_row = row_of(last - 1);
    const double from = first % row_length_, to = (last - 1) % row_length_ + 1;
    const double length = row_length_;
    const auto bottom_of = [&](double row) { return clip_y(row + 1) - row_gap_ + grow; };
    const auto top_of = [&](double row) { return clip_y(row) - grow; };
    const float left = clip_x(0) - grow, right = clip_x(length) + grow;
    const float start = clip_x(from) - grow, stop = clip_x(to) + grow;
    if (top_row == bottom_row) {
        list.AddRect({start, top_of(top_row)}, {stop, bottom_of(top_row)}, colour, grow > 0 ? grow : 1.5f, 0,
                     thickness);
        return;
    }
    if (bottom_row == top_row + 1 && to <= from) {
        // Two pieces that do not touch: each is open where the chunk goes on.
        const ImVec2 upper[] = {{right, top_of(top_row)},
                                {start, top_of(top_row)},
                                {start, bottom_of(top_row)},
                                {right, bottom_of(top_row)}};
        const ImVec2 lower[] = {{left, top_of(bottom_row)},
                                {stop, top_of(bottom_row)},
                                {stop, bottom_of(bottom_row)},
                                {left, bottom_of(bottom_row)}};
        list.AddPolyline(upper, 4, colour, 0, thickness);
        list.AddPolyline(lower, 4, colour, 0, thickness);
        return;
    }
    std::array<ImVec2, 8> corners;
    std::size_t count = 0;
    const auto add = [&](float px, float py) { corners[count++] = {px, py}; };
    add(start, top_of(top_row));
    add(right, top_of(top_row));
    if (to < length) {
        add(right, bottom_of(bottom_row - 1.0));
        add(stop, bottom_of(bottom_row - 1.0));
    }
    add(stop, bottom_of(bottom_row));
    add(left, bottom_of(bottom_row));
    if (from > 0) {
        add(left, top_of(top_row + 1.0));
        add(start, top_of(top_row + 1.0));
    }
    list.AddPolyline(corners.data(), static_cast<int>(count), colour, ImDrawFlags_Closed, thickness);
}

}  // namespace tricolour
