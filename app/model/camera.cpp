#include "app/model/camera.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tricolour {
namespace {

constexpr double fit_margin = 0.96;    // part of the area that a fit fills
constexpr double narrowest_rows = 48;  // pixels a row is wide at least, zoomed out

MapLayout layout_in(const Camera& camera, const MapArea& area) { return layout_of(camera, area.granules); }

// The one in the middle of the area, or the nearest to it as far as rows and columns go.
std::uint32_t middle_granule(const Camera& camera, const MapArea& area) {
    const MapLayout layout = layout_in(camera, area);
    const auto within = [](double place, std::uint32_t cells) {
        return static_cast<std::uint32_t>(std::clamp(place, 0.0, cells - 1.0));
    };
    const Place middle{within(camera.centre_x, layout.width()), within(camera.centre_y, layout.height())};
    return layout.granule_at(middle).value_or(area.granules - 1);
}

bool is_same_layout(const Camera& a, const Camera& b) {
    return a.layout == b.layout && a.row_length == b.row_length;
}

}  // namespace

MapLayout layout_of(const Camera& camera, std::uint32_t granules) {
    if (camera.layout == LayoutId::hilbert) return MapLayout::along_curve(granules);
    return MapLayout::in_rows(static_cast<unsigned>(std::countr_zero(camera.row_length)), granules);
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
    const MapLayout layout = layout_in(camera, area);
    if (!(x >= 0 && x < layout.width() && y >= 0 && y < layout.height())) return std::nullopt;
    return layout.granule_at({static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)});
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
    const MapLayout layout = layout_in(camera, area);
    const double whole = std::min(area.width / layout.width(), area.height / layout.height()) * 0.8;
    return std::min(1.0, std::max(whole, narrowest_rows / layout.width()));
}

Camera fit_range(Camera camera, const MapArea& area, std::uint32_t first, std::uint32_t last) {
    last = std::clamp(last, 1u, std::max(1u, area.granules));
    first = std::min(first, last - 1);
    const PlaneArea whole = layout_in(camera, area).bounds(first, last);
    const double scale = std::min(area.width / whole.width(), area.height / whole.height()) * fit_margin;
    camera.scale = std::min(scale, largest_fit_scale);
    camera.centre_x = (whole.left + whole.right) / 2.0;
    camera.centre_y = (whole.top + whole.bottom) / 2.0;
    camera.is_set = true;
    return clamp(camera, area);
}

bool is_in_sight(const Camera& camera, const MapArea& area, std::uint32_t first, std::uint32_t last) {
    const PlaneArea whole = layout_in(camera, area).bounds(first, last);
    return pixel_x(camera, area, whole.left) >= 0 && pixel_x(camera, area, whole.right) <= area.width &&
           pixel_y(camera, area, whole.top) >= 0 && pixel_y(camera, area, whole.bottom) <= area.height;
}

Camera fit_first(Camera camera, const MapArea& area, std::uint32_t last, std::uint32_t granule_bytes,
                 std::uint32_t row_bytes) {
    last = std::clamp(last, 1u, std::max(1u, area.granules));
    const std::uint32_t best = choose_row_length(std::uint64_t{last} * granule_bytes, granule_bytes,
                                                 area.width / std::max(1.0, area.height));
    const std::uint32_t chosen = std::bit_floor(row_bytes / granule_bytes);
    camera.row_length = row_bytes > 0 ? std::clamp(chosen, shortest_row, longest_row) : best;
    return fit_range(camera, area, 0, last);
}

PlaneArea sight_of(const Camera& camera, const MapArea& area) {
    const MapLayout layout = layout_in(camera, area);
    const auto cell = [](double place, std::uint32_t cells) {
        return static_cast<std::uint32_t>(std::clamp(place, 0.0, static_cast<double>(cells)));
    };
    return {cell(std::floor(plane_x(camera, area, 0)), layout.width()),
            cell(std::floor(plane_y(camera, area, 0)), layout.height()),
            cell(std::ceil(plane_x(camera, area, area.width)), layout.width()),
            cell(std::ceil(plane_y(camera, area, area.height)), layout.height())};
}

Camera reveal(Camera camera, const MapArea& area, std::uint32_t first, std::uint32_t last) {
    constexpr double margin = 12;  // pixels from the edges
    last = std::clamp(last, 1u, std::max(1u, area.granules));
    first = std::min(first, last - 1);
    const MapLayout layout = layout_in(camera, area);
    const PlaneArea whole = layout.bounds(first, last);
    // Of several rows any part will do across.
    const bool counts_across = layout.is_curve() || whole.height() == 1;
    const double room_x = area.width - 2 * margin, room_y = area.height - 2 * margin;
    const bool is_too_wide = counts_across && whole.width() * camera.scale > room_x;
    if (is_too_wide || whole.height() * camera.scale > room_y) return fit_range(camera, area, first, last);
    const auto is_within = [](double from, double to, double end) { return from >= 0 && to <= end; };
    const bool is_in_sight_x = !counts_across || is_within(pixel_x(camera, area, whole.left),
                                                           pixel_x(camera, area, whole.right), area.width);
    const bool is_in_sight_y =
        is_within(pixel_y(camera, area, whole.top), pixel_y(camera, area, whole.bottom), area.height);
    if (!is_in_sight_x) camera.centre_x = (whole.left + whole.right) / 2.0;
    if (!is_in_sight_y) camera.centre_y = (whole.top + whole.bottom) / 2.0;
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

Camera centre_on(Camera camera, const MapArea& area, std::uint32_t granule) {
    const Place place = layout_in(camera, area).place_of(granule);
    camera.centre_x = place.x + 0.5;
    camera.centre_y = place.y + 0.5;
    return clamp(camera, area);
}

Camera change_layout(Camera camera, const MapArea& area, LayoutId layout) {
    const std::uint32_t granule = middle_granule(camera, area);
    camera.layout = layout;
    return centre_on(camera, area, granule);
}

Camera change_row_length(Camera camera, const MapArea& area, int doublings) {
    const double length = camera.row_length;
    const std::uint32_t granule = middle_granule(camera, area);
    const std::uint32_t changed =
        doublings > 0 ? camera.row_length << doublings : camera.row_length >> -doublings;
    camera.row_length = std::clamp(changed, shortest_row, longest_row);
    const double ratio = length / camera.row_length;
    camera.scale = std::clamp(camera.scale * ratio, smallest_scale(camera, area), largest_scale);
    return centre_on(camera, area, granule);
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
    const MapLayout layout = layout_in(camera, area);
    camera.centre_x = within(camera.centre_x, layout.width(), area.width);
    camera.centre_y = within(camera.centre_y, layout.height(), area.height);
    return camera;
}

// In 1 / scale a fixed point of the screen moves linearly, so centre and 1 / scale go together.
Camera between(const Camera& from, const Camera& to, double part) {
    if (!is_same_layout(from, to)) return to;
    Camera camera = to;
    camera.scale = 1 / std::lerp(1 / from.scale, 1 / to.scale, part);
    camera.centre_x = std::lerp(from.centre_x, to.centre_x, part);
    camera.centre_y = std::lerp(from.centre_y, to.centre_y, part);
    return camera;
}

bool is_near(const Camera& a, const Camera& b, const MapArea& area) {
    const double reach = std::max(area.width, area.height);
    return is_same_layout(a, b) && std::abs(a.scale / b.scale - 1) * reach < 0.5 &&
           std::abs(a.centre_x - b.centre_x) * b.scale < 0.25 &&
           std::abs(a.centre_y - b.centre_y) * b.scale < 0.25;
}

}  // namespace tricolour
