#include "app/model/camera.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tricolour {
namespace {

constexpr double fit_margin = 0.96;    // part of the area that a fit fills
constexpr double narrowest_rows = 48;  // pixels a row is wide at least, zoomed out

}  // namespace

std::uint32_t rows_of(const Camera& camera, std::uint32_t granules) {
    return (granules + camera.row_length - 1) / camera.row_length;
}

double pixel_x(const Camera& camera, const MapArea& area, double x) {
    return (x - camera.centre_x) * camera.scale + area.width / 2;
}
double pixel_y(const Camera& camera, const MapArea& area, double y) {
    return (y - camera.centre_y) * camera.scale + area.height / 2;
}
double plane_x(const Camera& camera, const MapArea& area, double pixel) {
    return (pixel - area.width / 2) / camera.scale + camera.centre_x;
}
double plane_y(const Camera& camera, const MapArea& area, double pixel) {
    return (pixel - area.height / 2) / camera.scale + camera.centre_y;
}

std::optional<std::uint32_t> granule_at(const Camera& camera, const MapArea& area, double px, double py) {
    const double x = std::floor(plane_x(camera, area, px));
    const double y = std::floor(plane_y(camera, area, py));
    if (!(x >= 0 && x < camera.row_length && y >= 0)) return std::nullopt;
    const double granule = y * camera.row_length + x;
    if (granule >= area.granules) return std::nullopt;
    return static_cast<std::uint32_t>(granule);
}

std::uint32_t choose_row_length(std::uint64_t bytes, std::uint32_t granule_bytes, double aspect) {
    const double granules = std::max<double>(1, std::ceil(static_cast<double>(bytes) / granule_bytes));
    std::uint32_t best = shortest_row;
    double best_scale = 0;
    for (std::uint32_t length = shortest_row; length <= longest_row; length *= 2) {
        const double rows = std::ceil(granules / length);
        const double scale = std::min(aspect / length, 1 / rows);
        if (scale < best_scale) continue;
        best = length;
        best_scale = scale;
    }
    return best;
}

double smallest_scale(const Camera& camera, const MapArea& area) {
    const double rows = rows_of(camera, area.granules);
    const double whole = std::min(area.width / camera.row_length, area.height / rows) * 0.8;
    return std::min(1.0, std::max(whole, narrowest_rows / camera.row_length));
}

Camera fit_range(Camera camera, const MapArea& area, std::uint32_t first, std::uint32_t last) {
    last = std::clamp(last, 1u, std::max(1u, area.granules));
    first = std::min(first, last - 1);
    const std::uint32_t length = camera.row_length;
    const std::uint32_t top = first / length, bottom = (last - 1) / length;
    const bool is_one_row = top == bottom;
    const double left = is_one_row ? first % length : 0;
    const double right = is_one_row ? (last - 1) % length + 1 : length;
    const double rows = bottom - top + 1;
    const double scale = std::min(area.width / (right - left), area.height / rows) * fit_margin;
    camera.scale = std::min(scale, largest_fit_scale);
    camera.centre_x = (left + right) / 2;
    camera.centre_y = top + rows / 2;
    camera.is_set = true;
    return clamp(camera, area);
}

Camera fit_first(Camera camera, const MapArea& area, std::uint32_t last, std::uint32_t granule_bytes) {
    last = std::clamp(last, 1u, std::max(1u, area.granules));
    camera.row_length = choose_row_length(std::uint64_t{last} * granule_bytes, granule_bytes,
                                          area.width / std::max(1.0, area.height));
    return fit_range(camera, area, 0, last);
}

Camera reveal(Camera camera, const MapArea& area, std::uint32_t first, std::uint32_t last) {
    constexpr double margin = 12;  // pixels from the edges
    last = std::clamp(last, 1u, std::max(1u, area.granules));
    first = std::min(first, last - 1);
    const std::uint32_t length = camera.row_length;
    const double top = first / length, bottom = (last - 1) / length + 1;
    const bool is_one_row = bottom == top + 1;
    const double left = is_one_row ? first % length : 0;
    const double right = is_one_row ? (last - 1) % length + 1 : length;
    const double room_x = area.width - 2 * margin, room_y = area.height - 2 * margin;
    const bool is_too_wide = is_one_row && (right - left) * camera.scale > room_x;
    if (is_too_wide || (bottom - top) * camera.scale > room_y) return fit_range(camera, area, first, last);
    const auto is_within = [](double from, double to, double end) { return from >= 0 && to <= end; };
    const bool is_in_sight_x =
        !is_one_row || is_within(pixel_x(camera, area, left), pixel_x(camera, area, right), area.width);
    const bool is_in_sight_y =
        is_within(pixel_y(camera, area, top), pixel_y(camera, area, bottom), area.height);
    if (!is_in_sight_x) camera.centre_x = (left + right) / 2;
    if (!is_in_sight_y) camera.centre_y = (top + bottom) / 2;
    return is_in_sight_x && is_in_sight_y ? camera : clamp(camera, area);
}

Camera zoom_at(Camera camera, const MapArea& area, double factor, double px, double py) {
    const double x = plane_x(camera, area, px), y = plane_y(camera, area, py);
    camera.scale = std::clamp(camera.scale * factor, smallest_scale(camera, area), largest_scale);
    camera.centre_x = x - (px - area.width / 2) / camera.scale;
    camera.centre_y = y - (py - area.height / 2) / camera.scale;
    return clamp(camera, area);
}

Camera pan(Camera camera, const MapArea& area, double pixels_x, double pixels_y) {
    camera.centre_x -= pixels_x / camera.scale;
    camera.centre_y -= pixels_y / camera.scale;
    return clamp(camera, area);
}

Camera change_row_length(Camera camera, const MapArea& area, int doublings) {
    const double length = camera.row_length;
    const double x = std::clamp(camera.centre_x, 0.0, length), y = std::floor(camera.centre_y);
    const double granule = std::clamp(y * length + x, 0.0, static_cast<double>(area.granules));
    const std::uint32_t changed =
        doublings > 0 ? camera.row_length << doublings : camera.row_length >> -doublings;
    camera.row_length = std::clamp(changed, shortest_row, longest_row);
    const double ratio = length / camera.row_length;
    camera.scale = std::clamp(camera.scale * ratio, smallest_scale(camera, area), largest_scale);
    camera.centre_x = std::fmod(granule, camera.row_length);
    camera.centre_y = std::floor(granule / camera.row_length) + 0.5;
    return clamp(camera, area);
}

// Along an axis the heap may not leave the area: it fills it, or lies wholly inside.
Camera clamp(Camera camera, const MapArea& area) {
    camera.scale = std::clamp(camera.scale, smallest_scale(camera, area), largest_scale);
    const auto within = [&](double centre, double extent, double pixels) {
        const double half = pixels / camera.scale / 2;
        const double slack = half * 0.06;
        if (extent <= 2 * (half - slack)) return extent / 2;
        return std::clamp(centre, half - slack, extent - half + slack);
    };
    camera.centre_x = within(camera.centre_x, camera.row_length, area.width);
    camera.centre_y = within(camera.centre_y, rows_of(camera, area.granules), area.height);
    return camera;
}

// In 1 / scale a fixed point of the screen moves linearly, so centre and 1 / scale go together.
Camera between(const Camera& from, const Camera& to, double part) {
    if (from.row_length != to.row_length) return to;
    Camera camera = to;
    camera.scale = 1 / std::lerp(1 / from.scale, 1 / to.scale, part);
    camera.centre_x = std::lerp(from.centre_x, to.centre_x, part);
    camera.centre_y = std::lerp(from.centre_y, to.centre_y, part);
    return camera;
}

bool is_near(const Camera& a, const Camera& b, const MapArea& area) {
    const double reach = std::max(area.width, area.height);
    return a.row_length == b.row_length && std::abs(a.scale / b.scale - 1) * reach < 0.5 &&
           std::abs(a.centre_x - b.centre_x) * b.scale < 0.25 &&
           std::abs(a.centre_y - b.centre_y) * b.scale < 0.25;
}

}  // namespace tricolour
