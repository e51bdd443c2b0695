// The map's camera: where a granule lies on the screen, and back; what zooming, panning and fitting
// do to it. Pixels count from the map's upper left corner.
// Where a granule lies on the plane, each 1 x 1, is the layout's (map_layout.h).
#pragma once

#include "app/model/map_layout.h"
#include "app/ui_state.h"

#include <cstdint>
#include <optional>

namespace tricolour {

inline constexpr std::uint32_t shortest_row = 4, longest_row = 8192;  ///< granules
inline constexpr double largest_scale = 320;                          ///< pixels a granule
inline constexpr double largest_fit_scale = 96;                       ///< what a fit zooms in to

/// The map on the screen: its size in pixels and the granules in it.
struct MapArea {
    double width = 1, height = 1;
    std::uint32_t granules = 1;
};

MapLayout layout_of(const Camera& camera, std::uint32_t granules);

/// Pixels of a place on the plane, and the place under a pixel.
double pixel_x(const Camera& camera, const MapArea& area, double x);
double pixel_y(const Camera& camera, const MapArea& area, double y);
double plane_x(const Camera& camera, const MapArea& area, double pixel);
double plane_y(const Camera& camera, const MapArea& area, double pixel);
/// The granule under a pixel; none beside the plane or beyond the heap.
std::optional<std::uint32_t> granule_at(const Camera& camera, const MapArea& area, double px, double py);

/// Rows of that length that show so many bytes as large as possible in an area of that aspect
/// (width over height).
std::uint32_t choose_row_length(std::uint64_t bytes, std::uint32_t granule_bytes, double aspect);

/// Shows the granules [first, last) whole, with layout and row length as they are.
Camera fit_range(Camera camera, const MapArea& area, std::uint32_t first, std::uint32_t last);
/// Whether all of the granules [first, last) can be seen.
bool is_in_sight(const Camera& camera, const MapArea& area, std::uint32_t first, std::uint32_t last);
/// Shows the heap's begin up to that granule; rows are so many bytes long, or of the best length for 0.
Camera fit_first(Camera camera, const MapArea& area, std::uint32_t last, std::uint32_t granule_bytes,
                 std::uint32_t row_bytes = 0);
/// The cells that can be seen, at least in part.
PlaneArea sight_of(const Camera& camera, const MapArea& area);

/// Brings the granules [first, last) into sight: moves only if they are not, zooms only if they have no room.
Camera reveal(Camera camera, const MapArea& area, std::uint32_t first, std::uint32_t last);

/// Keeps what is under the pixel under it.
Camera zoom_at(Camera camera, const MapArea& area, double factor, double px, double py);
Camera pan(Camera camera, const MapArea& area, double pixels_x, double pixels_y);
Camera centre_on(Camera camera, const MapArea& area, std::uint32_t granule);
/// Keeps the granule in the middle where it is.
Camera change_layout(Camera camera, const MapArea& area, LayoutId layout);
/// The same; twice or half the length for 1 or -1.
Camera change_row_length(Camera camera, const MapArea& area, int doublings);
/// Brings the scale into bounds and the heap into sight.
Camera clamp(Camera camera, const MapArea& area);
/// The scale below which the heap is smaller than the area needs.
double smallest_scale(const Camera& camera, const MapArea& area);

/// Part of the way from one camera to another, 0 to 1; what keeps its place in both keeps it on the
/// way. Another layout or row length is taken at once.
Camera between(const Camera& from, const Camera& to, double part);
bool is_near(const Camera& a, const Camera& b, const MapArea& area);

}  // namespace tricolour
