#include "app/render/map_screen.h"

#include <algorithm>
#include <cmath>
#include <utility>

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
      row_gap_(0),
      layout_(layout_of(camera, map.granules())),
      row_length_(1u << layout_.row_bits()),
      granules_(map.granules()) {
    // As the renderer does it: the corner lies on a whole pixel of the framebuffer.
    const double pixels = static_cast<double>(framebuffer_scale);
    const auto corner_of = [&](double centre, float extent) {
        const double whole = std::floor(static_cast<double>(extent) * pixels);
        return std::round(centre * camera.scale * pixels - whole / 2) / pixels;
    };
    left_ = corner_of(camera.centre_x, size.x);
    top_ = corner_of(camera.centre_y, size.y);
    if (!layout_.is_curve())
        row_gap_ = row_gap_pixels(camera.scale * pixels, static_cast<double>(interface_scale) * pixels) /
                   framebuffer_scale;
    const auto cells = [&](double from, double to, std::uint32_t end) {
        const double first = std::clamp(std::floor(from / exact_scale_), 0.0, static_cast<double>(end));
        const double last = std::clamp(std::ceil(to / exact_scale_), first, static_cast<double>(end));
        return std::pair(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last));
    };
    const auto [top, bottom] = cells(top_, top_ + static_cast<double>(size.y), layout_.height());
    const auto [left, right] = cells(left_, left_ + static_cast<double>(size.x), layout_.width());
    first_row_ = top;
    last_row_ = bottom;
    ranges_ = layout_.ranges_in({left, top, right, bottom});
}

bool MapScreen::is_in_sight(std::uint32_t first, std::uint32_t last) const {
    const auto range = std::ranges::upper_bound(ranges_, first, {}, &GranuleRange::last);
    return range != ranges_.end() && range->first < last;
}

MapScreen::Run MapScreen::seen(const PlaneArea& cells) const {
    Run run;
    run.row = cells.top;
    run.left = std::max(x(cells.left), corner_.x);
    run.right = std::min(x(cells.right), corner_.x + size_.x);
    run.top = y(cells.top);
    run.bottom = y(cells.bottom) - row_gap_;
    run.is_visible = run.right > run.left && run.bottom > corner_.y && run.top < corner_.y + size_.y;
    return run;
}

MapScreen::Run MapScreen::cell(std::uint32_t granule) const {
    const Place place = layout_.place_of(granule);
    return seen({place.x, place.y, place.x + 1, place.y + 1});
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
    if (first >= end || last <= begin) return {};
    const auto left = static_cast<std::uint32_t>(std::max<std::uint64_t>(first, begin) - begin);
    const auto right = static_cast<std::uint32_t>(std::min<std::uint64_t>(last, end) - begin);
    return seen({left, row, right, row + 1});
}

MapScreen::Run MapScreen::widest_run(std::uint32_t first, std::uint32_t last) const {
    if (layout_.is_curve()) {
        Run all = rectangle(first, last);
        all.bottom = std::min(all.bottom, all.top + scale_);
        return all;
    }
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

MapScreen::Run MapScreen::marked_run(std::uint32_t first, std::uint32_t last) const {
    return layout_.is_curve() ? widest_run(first, last) : run(first, last, row_of(first));
}

MapScreen::Run MapScreen::beside_header(Run run, std::uint32_t first, float header) const {
    const Place place = layout_.place_of(first);
    if (run.row != place.y) return run;
    const float left = x(place.x);
    // The first cell of a rectangle is at one of its ends.
    if (left > run.left + scale_ / 2)
        run.right = std::min(run.right, std::max(left, run.left));
    else
        run.left = std::max(run.left, left + header);
    return run;
}

MapScreen::Run MapScreen::bounds(std::uint32_t first, std::uint32_t last) const {
    Run all = seen(layout_.bounds(first, last));
    all.top = std::max(all.top, corner_.y);
    all.bottom = std::min(all.bottom, corner_.y + size_.y);
    return all;
}

MapScreen::Run MapScreen::rectangle(std::uint32_t first, std::uint32_t last) const {
    if (!layout_.is_curve()) {
        const std::uint32_t top = (first + row_length_ - 1) / row_length_, bottom = last / row_length_;
        return top < bottom ? bounds(top * row_length_, bottom * row_length_) : Run{};
    }
    Run best;
    float best_room = 0;
    const auto offer = [&](const PlaneArea& cells) {
        Run run = seen(cells);
        // Whole cells, so that a row of them stays one.
        const float hidden = std::max(0.0f, std::floor((corner_.y - run.top) / scale_));
        run.row += static_cast<std::uint32_t>(hidden);
        run.top += hidden * scale_;
        run.bottom = std::min(run.bottom, std::max(corner_.y + size_.y, run.top + scale_));
        // Text wants width more than height.
        const float room = run.is_visible ? run.width() * std::sqrt(run.height()) : 0;
        if (room <= best_room) return;
        best = run;
        best_room = room;
    };
    const std::vector<PlaneArea> squares = layout_.pieces(first, last);
    const auto cells_of = [](const PlaneArea& area) { return std::uint64_t{area.width()} * area.height(); };
    for (std::size_t from = 0; from < squares.size(); ++from) {
        // Squares that follow each other fill a rectangle where nothing else lies in it.
        PlaneArea around = squares[from];
        std::uint64_t filled = 0;
        for (std::size_t to = from; to < squares.size(); ++to) {
            const PlaneArea& next = squares[to];
            around = {std::min(around.left, next.left), std::min(around.top, next.top),
                      std::max(around.right, next.right), std::max(around.bottom, next.bottom)};
            filled += cells_of(next);
            if (filled == cells_of(around)) offer(around);
        }
    }
    return best;
}

// Every corner is moved outwards along both of its sides.
void MapScreen::outline_curve(ImDrawList& list, std::uint32_t first, std::uint32_t last, ImU32 colour,
                              float thickness, float grow) const {
    const auto direction = [](Place from, Place to) {
        return ImVec2(static_cast<float>((to.x > from.x) - (to.x < from.x)),
                      static_cast<float>((to.y > from.y) - (to.y < from.y)));
    };
    std::vector<ImVec2> points;
    for (const std::vector<Place>& line : layout_.outlines(first, last)) {
        points.clear();
        for (std::size_t i = 0; i < line.size(); ++i) {
            const Place at = line[i];
            const ImVec2 in = direction(line[(i + line.size() - 1) % line.size()], at);
            const ImVec2 out = direction(at, line[(i + 1) % line.size()]);
            points.push_back({clip_x(at.x) + (in.y + out.y) * grow, clip_y(at.y) - (in.x + out.x) * grow});
        }
        list.AddPolyline(points.data(), static_cast<int>(points.size()), colour, ImDrawFlags_Closed,
                         thickness);
    }
}

void MapScreen::outline(ImDrawList& list, std::uint32_t first, std::uint32_t last, ImU32 colour,
                        float thickness, float grow) const {
    if (last <= first) return;
    if (layout_.is_curve()) return outline_curve(list, first, last, colour, thickness, grow);
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
