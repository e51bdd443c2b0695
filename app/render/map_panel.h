// The map's panel: the map itself, what lies over it, addresses at its left, the whole heap at its
// right; wheel, drag, click and hover.
//
// Fills the content region of the ImGui window at hand. Lives as long as the OpenGL context.
#pragma once

#include "app/commands.h"
#include "app/model/glow.h"
#include "app/model/view.h"
#include "app/render/map_overlay.h"
#include "app/render/map_renderer.h"
#include "app/render/overview.h"
#include "app/ui_state.h"

#include <string>

#include <imgui.h>

namespace tricolour {

class MapPanel {
public:
    enum class Role : bool {
        leads,   ///< sets the camera for a new trace, moves it, says where the map lies
        follows  ///< another map has the same camera
    };
    explicit MapPanel(Role role = Role::leads) : role_(role) {}
    MapPanel(const MapPanel&) = delete;
    MapPanel& operator=(const MapPanel&) = delete;

    bool is_usable() const { return renderer_.is_usable(); }
    const std::string& problem() const { return renderer_.problem(); }
    /// Reads the shaders anew (while they are edited).
    void load_shaders() { renderer_.load_shaders(); }

    void draw(const View& view, UiState& state, Commands& commands);

    /// Whether the next frame differs from this one though nothing happens.
    bool is_animating() const { return is_animating_; }

    /// Of the last frame, on the CPU.
    struct Times {
        double update_ms = 0;   ///< texels, levels, upload
        double overlay_ms = 0;  ///< what is drawn over the map
    };
    const Times& times() const { return times_; }
    const MapRenderer& renderer() const { return renderer_; }
    /// What was said at the bottom of the map.
    const std::vector<std::string>& notes() const { return overlay_.notes(); }

private:
    struct Layout {
        ImVec2 corner, end;  ///< everything
        ImVec2 map, map_end;
        ImVec2 strip, strip_end;
    };
    Layout lay_out(const View& view, LayoutId map_layout) const;
    void take_initial_view(const View& view, UiState& state, const MapArea& area);
    void move_camera(const View& view, UiState& state, const MapArea& area);
    void take_input(const View& view, UiState& state, Commands& commands, const MapArea& area,
                    const Layout& layout);
    static void select_at(const View& view, Commands& commands, std::uint32_t granule);
    void take_strip_input(UiState& state, const MapArea& area, const Layout& layout);
    void draw_map(const View& view, const UiState& state, const Layout& layout);
    void draw_ruler(const View& view, const MapScreen& screen, const Layout& layout) const;
    void draw_strip(const View& view, const UiState& state, const MapScreen& screen, const Layout& layout);
    void draw_tooltip(const View& view, const UiState& state, heapcore::Offset chunk,
                      std::uint32_t granule) const;
    void draw_problem(const View& view, const Layout& layout) const;
    static void draw_callback(const ImDrawList* list, const ImDrawCmd* command);

    Role role_;
    MapRenderer renderer_;
    MapOverlay overlay_;
    Glow glow_;
    Overview overview_;
    Times times_;
    bool is_animating_ = false;

    const heapcore::Session* session_ = nullptr;  ///< the one that the camera was set for
    std::uint32_t granules_ = 0;
    std::uint32_t shown_ = 0;  ///< granules that the first view was made for
    double time_ = 0;
    bool is_dragging_ = false;

    // For the callback, which runs after the frame was built.
    Camera drawn_camera_;
    const heapcore::Session* drawn_session_ = nullptr;
    ImVec2 drawn_corner_, drawn_end_;
    float drawn_scale_ = 1;
};

}  // namespace tricolour
