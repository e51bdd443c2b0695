#include "app/render/map_panel.h"

#include "app/model/narration.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <span>

namespace tricolour {
namespace {

constexpr double ease_seconds = 0.045;  // time constant: nearly there after 120 ms
constexpr double wheel_factor = 1.22;   // a notch
constexpr float click_reach = 4;        // pixels a click may move
constexpr float strip_width = 14, strip_pad = 3;
constexpr std::uint32_t fewest_granules = 96;  // of a first view

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

std::string hex(std::uint64_t value, int digits) {
    std::array<char, 20> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%0*llx", digits, static_cast<unsigned long long>(value));
    return {text.data(), static_cast<std::size_t>(length)};
}

int offset_digits(std::uint32_t heap_bytes) {
    int digits = 1;
    for (std::uint32_t left = heap_bytes; left > 15; left >>= 4)
        ++digits;
    return std::max(digits, 4);
}

}  // namespace

MapPanel::Layout MapPanel::lay_out(const View& view, LayoutId map_layout) const {
    Layout layout;
    layout.corner = ImGui::GetCursorScreenPos();
    const ImVec2 size = ImGui::GetContentRegionAvail();
    layout.end = {layout.corner.x + size.x, layout.corner.y + size.y};
    const float s = view.scale;
    const int digits = offset_digits(view.session ? view.session->heap().size_bytes() : 0);
    ImFont* const mono = fonts().mono_small;
    const float digit = mono ? mono->CalcTextSizeA(mono->FontSize, 1000, 0, "0").x : 7 * s;
    // Along a curve no row begins at an address of its own.
    const bool has_rows = map_layout == LayoutId::rows;
    const float ruler = has_rows ? std::round(digit * static_cast<float>(digits) + 16 * s) : 0;
    const float strip = std::round((strip_width + 2 * strip_pad) * s);
    layout.map = {std::round(layout.corner.x + ruler), layout.corner.y};
    layout.map_end = {std::round(layout.end.x - strip), layout.end.y};
    layout.strip = {layout.map_end.x + std::round(strip_pad * s),
                    layout.corner.y + std::round(strip_pad * s)};
    layout.strip_end = {layout.end.x - std::round(strip_pad * s), layout.end.y - std::round(strip_pad * s)};
    return layout;
}

void MapPanel::draw(const View& view, UiState& state, Commands& commands) {
    const Layout layout = lay_out(view, state.camera.layout);
    const float width = layout.map_end.x - layout.map.x, height = layout.map_end.y - layout.map.y;
    if (width < 8 || height < 8 || !view.palette) return;
    if (role_ == Role::leads) {
        state.map_x = layout.map.x;
        state.map_y = layout.map.y;
        state.map_width = width;
        state.map_height = height;
        state.is_camera_held = false;
    }
    is_animating_ = false;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& palette = *view.palette;
    list.AddRectFilled(layout.corner, {layout.map.x, layout.end.y}, u32(palette.map_background));
    list.AddRectFilled({layout.map_end.x, layout.corner.y}, layout.end, u32(palette.map_background));
    if (!is_usable()) return draw_problem(view, layout);
    if (!view.session || !view.map || view.map->granules() == 0) {
        list.AddRectFilled(layout.map, layout.map_end, u32(palette.map_background));
        session_ = nullptr;
        return;
    }
    const MapArea area{static_cast<double>(width), static_cast<double>(height), view.map->granules()};
    if (role_ == Role::leads) take_initial_view(view, state, area);
    session_ = view.session;
    take_input(view, state, commands, area, layout);
    take_strip_input(state, area, layout);
    if (role_ == Role::leads)
        move_camera(view, state, area);
    else
        state.camera = clamp(state.camera, area);
    draw_map(view, state, layout);

    const auto start = std::chrono::steady_clock::now();
    const MapScreen screen(*view.map, state.camera, layout.map, {width, height},
                           ImGui::GetIO().DisplayFramebufferScale.x, view.scale);
    list.PushClipRect(layout.map, layout.map_end, true);
    const double time_constant = state.is_animated ? state.glow_seconds : 0;
    glow_.follow(*view.session, view.time);
    glow_.fade(view.time, time_constant);
    if (!glow_.is_dark()) is_animating_ = true;
    // Only pixel by pixel are they what they would be otherwise.
    overlay_.set_painting(renderer_.will_paint() && ImGui::GetIO().DisplayFramebufferScale.x == 1);
    overlay_.draw(view, state, screen, glow_, time_constant, list);
    const ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    renderer_.set_quads(overlay_.quads(), {atlas.TexPixelsAlpha8, atlas.TexWidth, atlas.TexHeight});
    list.PopClipRect();
    if (!screen.layout().is_curve()) draw_ruler(view, screen, layout);
    draw_strip(view, state, screen, layout);
    times_.overlay_ms = milliseconds_since(start);
}

// The used part as large as it goes, so that a small scenario is read at once. The whole trace may be
// known only later: until someone moves the camera it follows what will be used.
void MapPanel::take_initial_view(const View& view, UiState& state, const MapArea& area) {
    const heapcore::Session& session = *view.session;
    const bool is_new = session_ != &session || granules_ != area.granules || !state.camera.is_set;
    if (is_new) {
        state.is_camera_moved = false;
        shown_ = 0;
        time_ = view.time;
    }
    session_ = &session;
    granules_ = area.granules;
    if (state.is_camera_moved && !is_new) return;
    heapcore::Offset used = view.map->used_end();
    for (const heapcore::HeapSample& sample : session.index().samples)
        used = std::max(used, sample.highest_used);
    const std::uint32_t granules =
        std::min(area.granules, std::max(used / view.map->granule_bytes(), fewest_granules));
    const bool is_outgrown = granules > shown_ + shown_ / 8;
    if (!is_new && !is_outgrown) return;
    shown_ = granules;
    state.camera = fit_first(state.camera, area, granules, view.map->granule_bytes(), state.row_bytes);
    state.camera_target.reset();
}

void MapPanel::move_camera(const View& view, UiState& state, const MapArea& area) {
    const double elapsed = std::clamp(view.time - time_, 0.0, 0.1);
    time_ = view.time;
    state.camera = clamp(state.camera, area);
    if (!state.camera_target) return;
    state.is_camera_moved = true;
    const Camera target = clamp(*state.camera_target, area);
    const double part = state.is_animated ? 1 - std::exp(-elapsed / ease_seconds) : 1;
    state.camera = between(state.camera, target, part);
    if (is_near(state.camera, target, area)) {
        state.camera = target;
        state.camera_target.reset();
    } else {
        is_animating_ = true;
    }
}

// By its birth: what is shown need not be there now.
void MapPanel::select_at(const View& view, Commands& commands, std::uint32_t granule) {
    const heapcore::Heap& heap = view.session->heap();
    const heapcore::Offset chunk = view.map->chunk_at(granule * view.map->granule_bytes());
    commands.push(CommandId::select_chunk, chunk,
                  heap.header(chunk).is_in_use() ? heap.origin_of(chunk).birth : 0);
}

void MapPanel::take_input(const View& view, UiState& state, Commands& commands, const MapArea& area,
                          const Layout& layout) {
    ImGui::SetCursorScreenPos(layout.map);
    ImGui::InvisibleButton("map", {layout.map_end.x - layout.map.x, layout.map_end.y - layout.map.y},
                           ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle);
    const bool is_hovered = ImGui::IsItemHovered();
    const ImGuiIO& io = ImGui::GetIO();
    const double px = static_cast<double>(io.MousePos.x - layout.map.x);
    const double py = static_cast<double>(io.MousePos.y - layout.map.y);
    const auto under = granule_at(state.camera, area, px, py);

    if (ImGui::IsItemActivated()) is_dragging_ = false;
    if (ImGui::IsItemActive()) {
        state.is_camera_held = true;
        const ImVec2 left = ImGui::GetMouseDragDelta(ImGuiMouseButton_Left, click_reach * view.scale);
        const ImVec2 middle = ImGui::GetMouseDragDelta(ImGuiMouseButton_Middle, 0);
        if (left.x != 0 || left.y != 0 || middle.x != 0 || middle.y != 0) is_dragging_ = true;
        if (is_dragging_ && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
            state.camera = pan(state.camera_target.value_or(state.camera), area,
                               static_cast<double>(io.MouseDelta.x), static_cast<double>(io.MouseDelta.y));
            state.camera_target.reset();
            state.is_camera_moved = true;
        }
        if (is_dragging_) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
    }
    if (ImGui::IsItemDeactivated() && !is_dragging_ && ImGui::IsMouseReleased(ImGuiMouseButton_Left)) {
        if (under)
            select_at(view, commands, *under);
        else
            commands.push(CommandId::clear_selection);
    }
    if (!is_hovered) return;
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) && under) {
        const std::uint32_t first = view.map->start_before(*under);
        state.camera_target = fit_range(state.camera, area, first, view.map->start_after(first));
        state.is_camera_moved = true;
    }
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Right) && under) {
        select_at(view, commands, *under);
        state.chunk_menu = {true, {}};
    }
    if (io.MouseWheel != 0) {
        const Camera from = state.camera_target.value_or(state.camera);
        const auto notches = static_cast<double>(io.MouseWheel);
        state.camera_target = io.KeyShift ? pan(from, area, 0, notches * 60 * static_cast<double>(view.scale))
                                          : zoom_at(from, area, std::pow(wheel_factor, notches), px, py);
        state.is_camera_moved = true;
    }
    if (under && !is_dragging_) {
        const heapcore::Offset chunk = view.map->chunk_at(*under * view.map->granule_bytes());
        state.hover_next = chunk;
        draw_tooltip(view, state, chunk, *under);
    }
}

void MapPanel::take_strip_input(UiState& state, const MapArea& area, const Layout& layout) {
    const ImVec2 corner{layout.map_end.x, layout.corner.y};
    ImGui::SetCursorScreenPos(corner);
    ImGui::InvisibleButton("whole heap", {layout.end.x - corner.x, layout.end.y - corner.y});
    const ImGuiIO& io = ImGui::GetIO();
    if (ImGui::IsItemActive()) {
        state.is_camera_held = true;
        const auto part = static_cast<double>(
            std::clamp((io.MousePos.y - layout.strip.y) / std::max(1.0f, layout.strip_end.y - layout.strip.y),
                       0.0f, 1.0f));
        Camera camera = state.camera_target.value_or(state.camera);
        const MapLayout places = layout_of(camera, area.granules);
        if (places.is_curve())
            camera = centre_on(camera, area, static_cast<std::uint32_t>(part * (area.granules - 1.0)));
        else
            camera.centre_y = part * places.height();
        state.camera = clamp(camera, area);
        state.camera_target.reset();
        state.is_camera_moved = true;
    } else if (ImGui::IsItemHovered() && io.MouseWheel != 0) {
        state.camera_target = pan(state.camera_target.value_or(state.camera), area, 0,
                                  static_cast<double>(io.MouseWheel) * area.height / 4);
        state.is_camera_moved = true;
    }
}

void MapPanel::draw_map(const View& view, const UiState& state, const Layout& layout) {
    const auto start = std::chrono::steady_clock::now();
    const bool is_laid_out_anew =
        drawn_camera_.layout != state.camera.layout || drawn_camera_.row_length != state.camera.row_length;
    renderer_.set_quads({}, {});  // those of the frame before may be of letters that are gone
    if (is_laid_out_anew && drawn_session_ == session_ && state.is_animated)
        renderer_.fade_from_here(view.time);
    drawn_session_ = session_;
    drawn_scale_ = view.scale;
    drawn_camera_ = state.camera;
    drawn_camera_.scale *= static_cast<double>(ImGui::GetIO().DisplayFramebufferScale.x);
    drawn_corner_ = layout.map;
    drawn_end_ = layout.map_end;
    const TexelPlane& plane = view.lens->plane();
    renderer_.set_fading(state.is_animated);
    renderer_.set_colours(*view.palette, *view.map_colours);
    renderer_.update(plane, drawn_camera_, view.time);
    if (renderer_.is_behind()) is_animating_ = true;
    if (!overview_.update(plane, *view.map_colours)) is_animating_ = true;
    times_.update_ms = milliseconds_since(start);

    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.PushClipRect(layout.map, layout.map_end, true);
    list.AddCallback(draw_callback, this);
    list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
    list.PopClipRect();
}

void MapPanel::draw_callback(const ImDrawList*, const ImDrawCmd* command) {
    auto& panel = *static_cast<MapPanel*>(command->UserCallbackData);
    const ImDrawData& data = *ImGui::GetDrawData();
    const float pixels = data.FramebufferScale.x;
    const auto frame_height = static_cast<int>(data.DisplaySize.y * data.FramebufferScale.y);
    const auto area_of = [&](ImVec2 from, ImVec2 to) {
        FrameArea area;
        area.x = static_cast<int>((from.x - data.DisplayPos.x) * pixels);
        area.width = static_cast<int>((to.x - data.DisplayPos.x) * pixels) - area.x;
        const auto bottom = static_cast<int>((to.y - data.DisplayPos.y) * pixels);
        area.height = bottom - static_cast<int>((from.y - data.DisplayPos.y) * pixels);
        area.y = frame_height - bottom;
        return area;
    };
    panel.renderer_.draw(
        panel.drawn_camera_, area_of(panel.drawn_corner_, panel.drawn_end_),
        area_of({command->ClipRect.x, command->ClipRect.y}, {command->ClipRect.z, command->ClipRect.w}),
        panel.drawn_scale_ * pixels);
}

void MapPanel::draw_ruler(const View& view, const MapScreen& screen, const Layout& layout) const {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    ImFont* const font = fonts().mono_small;
    const float s = view.scale;
    const int digits = offset_digits(view.session->heap().size_bytes());
    std::uint32_t step = 1;
    while (static_cast<float>(step) * screen.scale() < font->FontSize * 1.7f && step < 1u << 24)
        step *= 2;
    const ImU32 colour = u32(view.palette->text_dim);
    const ImU32 tick = u32(view.palette->free_outline);
    list.PushClipRect(layout.corner, {layout.map.x, layout.end.y}, true);
    for (std::uint32_t row = screen.first_row() / step * step; row < screen.last_row(); row += step) {
        const std::uint64_t offset =
            (std::uint64_t{row} << screen.layout().row_bits()) * view.map->granule_bytes();
        const std::string text = hex(offset, digits);
        const float width = font->CalcTextSizeA(font->FontSize, 1000, 0, text.c_str()).x;
        const float top = screen.y(row);
        const float room = screen.cell_height();
        const float y = room > font->FontSize ? top + (std::min(room, 64 * s) - font->FontSize) / 2
                                              : top - font->FontSize * 0.3f;
        if (y < layout.corner.y - 2 || y + font->FontSize > layout.end.y + 2) continue;
        list.AddText(font, font->FontSize, {std::round(layout.map.x - width - 8 * s), std::round(y)}, colour,
                     text.c_str());
        list.AddLine({layout.map.x - 4 * s, std::round(y + font->FontSize / 2)},
                     {layout.map.x - 1 * s, std::round(y + font->FontSize / 2)}, tick, 1);
    }
    list.PopClipRect();
}

void MapPanel::draw_strip(const View& view, const UiState& state, const MapScreen& screen,
                          const Layout& layout) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const Palette& palette = *view.palette;
    const float s = view.scale;
    overview_.draw(list, layout.strip, layout.strip_end);
    const float height = layout.strip_end.y - layout.strip.y;
    const auto bytes = static_cast<float>(view.session->heap().size_bytes());
    const auto mark = [&](heapcore::Offset offset, const Rgba& colour) {
        const float y = std::round(layout.strip.y + static_cast<float>(offset) / bytes * height);
        list.AddRectFilled({layout.strip.x - 2 * s, y - s}, {layout.strip_end.x + 2 * s, y + s}, u32(colour));
    };
    if (view.search) {
        // One a pixel, however many there are.
        const std::vector<heapcore::Offset>& hits = view.search->chunks();
        const double each = static_cast<double>(bytes) / std::max(1.0, static_cast<double>(height));
        for (auto hit = hits.begin(); hit != hits.end();) {
            mark(*hit, palette.hit);
            hit = std::lower_bound(hit + 1, hits.end(), *hit + each);
        }
    }
    for (const heapcore::Offset chunk : view.violations->chunks())
        mark(chunk, palette.alarm);
    if (view.now) mark(*view.now, palette.now);
    for (const MarkedPlace& place : state.places.rows()) {
        if (place.chunk >= view.session->heap().size_bytes()) continue;
        // A ribbon's end at the right: the selection is a bar all across.
        const float y = std::round(layout.strip.y + static_cast<float>(place.chunk) / bytes * height);
        const float right = layout.strip_end.x + 3 * s, half = 4 * s;
        const ImVec2 points[] = {{right, y - half}, {right, y + half}, {right - 9 * s, y}};
        list.AddTriangleFilled(points[0], points[1], points[2], u32(palette.selection));
        list.AddTriangle(points[0], points[1], points[2], u32(palette.map_background, 0.8f), 1);
    }
    if (view.selected) mark(*view.selected, palette.selection);
    const auto granules = static_cast<float>(screen.layout().granules());
    const auto height_of = [&](std::uint32_t granule) {
        return layout.strip.y + static_cast<float>(granule) / granules * height;
    };
    const ImU32 shade = u32(palette.map_background, 0.5f);
    const float least = 6 * s;
    float shaded = layout.strip.y;
    // What is in sight: a piece in rows, many along a curve; near ones are one.
    const std::span<const GranuleRange> ranges = screen.ranges();
    for (std::size_t i = 0; i < ranges.size();) {
        float top = height_of(ranges[i].first), bottom = top;
        do
            bottom = height_of(ranges[i++].last);
        while (i < ranges.size() &&
               (!screen.layout().is_curve() || height_of(ranges[i].first) < bottom + least));
        if (bottom - top < least) {
            const float middle = (top + bottom) / 2;
            top = middle - least / 2;
            bottom = middle + least / 2;
        }
        list.AddRectFilled({layout.strip.x, shaded}, {layout.strip_end.x, top}, shade);
        list.AddRect({layout.strip.x - 2 * s, std::round(top)},
                     {layout.strip_end.x + 2 * s, std::round(bottom)}, u32(palette.hover), 3 * s, 0,
                     std::max(1.0f, 1.5f * s));
        shaded = bottom;
    }
    list.AddRectFilled({layout.strip.x, shaded}, layout.strip_end, shade);
    if (view.collector_cursor) {
        // A wedge at each side of a line, over the shade.
        const float part = static_cast<float>(view.collector_cursor->offset) / bytes;
        const float y = std::round(layout.strip.y + part * height);
        const float left = layout.strip.x - 3 * s, right = layout.strip_end.x + 3 * s, half = 5 * s;
        const ImU32 colour = u32(palette.now);
        list.AddRectFilled({left, y - s}, {right, y + s}, colour);
        list.AddTriangleFilled({left, y - half}, {left + 6 * s, y}, {left, y + half}, colour);
        list.AddTriangleFilled({right, y - half}, {right, y + half}, {right - 6 * s, y}, colour);
    }
}

void MapPanel::draw_tooltip(const View& view, const UiState& state, heapcore::Offset chunk,
                            std::uint32_t granule) const {
    const heapcore::Session& session = *view.session;
    const heapcore::Heap& heap = session.heap();
    const heapcore::Header header = heap.header(chunk);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(12 * view.scale, 9 * view.scale));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(7 * view.scale, 4 * view.scale));
    ImGui::BeginTooltip();
    swatch(*view.palette, header);
    ImGui::SameLine();
    std::string title = describe_chunk(session.machine(), session.trace(), chunk);
    std::erase(title, '`');
    ImGui::TextUnformatted(title.c_str());

    const auto row = [&](const char* what, const std::string& text, ImFont* font) {
        ImGui::TextDisabled("%s", what);
        ImGui::SameLine(76 * view.scale);
        ImGui::PushFont(font);
        ImGui::TextUnformatted(text.c_str());
        ImGui::PopFont();
    };
    row("address", address_text(heap, chunk), fonts().mono);
    row("offset", "0x" + hex(chunk, 1), fonts().mono);
    row("size",
        bytes_text(header.size_bytes()) +
            (header.size_bytes() >= 1024 ? " (" + count_text(header.size_bytes()) + " bytes)" : ""),
        fonts().text);
    if (header.is_in_use()) {
        row("type", std::string(heapcore::word_of(header.type())), fonts().text);
        row("colour", std::string(heapcore::word_of(header.colour())), fonts().text);
        const heapcore::Origin origin = heap.origin_of(chunk);
        const auto& operations = session.trace().operations;
        if (origin.birth != 0 && origin.operation < operations.size()) {
            const std::uint32_t line = operations[origin.operation].line;
            row("born",
                "allocation " + count_text(origin.birth) + ", by operation " +
                    count_text(origin.operation + 1ull) +
                    (line > 0 ? ", line " + count_text(line) : ", typed in"),
                fonts().text);
        }
    }
    const LensRow& lens = row_of(view.lens->lens());
    if (const LensEntry* const entry = view.lens->entry_at(chunk); entry && lens.value_of)
        row("lens", word_of(lens.id) + ": " + std::string(entry->name), fonts().text);
    const std::uint32_t birth = header.is_in_use() ? heap.origin_of(chunk).birth : 0;
    for (const MarkedPlace& place : state.places.rows()) {
        if (view.map->chunk_at(std::min(place.chunk, heap.size_bytes() - 1)) != chunk) continue;
        const bool is_it = place.chunk == chunk && place.birth == birth;
        row("marked",
            is_it ? "place, " + std::string(row_of(CommandId::mark_place).key) + " unmarks it"
                  : place.text + ", not there now",
            fonts().text);
    }
    if (const auto violation = view.violations->row_about(chunk)) {
        ImGui::PushStyleColor(ImGuiCol_Text, vec4(view.palette->alarm));
        ImGui::PushTextWrapPos(340 * view.scale);
        ImGui::TextUnformatted(view.violations->rows()[*violation].sentence.c_str());
        ImGui::PopTextWrapPos();
        ImGui::PopStyleColor();
    }
    const std::uint32_t inside = granule * view.map->granule_bytes() - chunk;
    if (inside > 0) row("here", "+" + count_text(inside) + " bytes", fonts().text);
    ImGui::EndTooltip();
    ImGui::PopStyleVar(2);
}

void MapPanel::draw_problem(const View& view, const Layout& layout) const {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(layout.map, layout.map_end, u32(view.palette->map_background));
    const std::string text = "The map cannot be drawn.\n" + problem();
    list.AddText(fonts().mono, fonts().mono->FontSize, {layout.map.x + 16, layout.map.y + 16},
                 u32(view.palette->alarm), text.c_str(), nullptr, layout.map_end.x - layout.map.x - 32);
}

}  // namespace tricolour
