// What the map's overlay marks besides chunks: what the last steps touched, where the collector is, the
// search of the free list, marked places, and what is said at the bottom.
#include "app/model/narration.h"
#include "app/render/map_overlay.h"
#include "app/render/map_text.h"
#include "app/style/signs.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>

namespace tricolour {

using heapcore::Offset;

namespace {

bool do_overlap(const ImVec4& a, const ImVec4& b) { return a.x < b.z && b.x < a.z && a.y < b.w && b.y < a.w; }

}  // namespace

// --- now ------------------------------------------------------------------------------------------

// What fades, or where nothing moves the same few chunks, fainter the longer ago.
void MapOverlay::draw_trail(const Glow& glow, double time_constant) {
    const Rgba& colour = view_->palette->now;
    if (time_constant > 0) {
        for (const Glow::Lit& lit : glow.lit()) {
            const Offset chunk = view_->map->chunk_at(lit.chunk);
            if (chunk == view_->now) continue;
            const float strength = Glow::strength(view_->time - lit.since, time_constant);
            draw_marked(chunk, colour, std::max(1.0f, (1 + 1.5f * strength) * ui_), false, 0.8f * strength);
        }
        return;
    }
    float alpha = 0.55f;
    for (const Offset offset : view_->trail) {
        if (alpha < 0.08f) break;
        draw_marked(offset, colour, std::max(1.0f, 1.5f * ui_), false, alpha);
        alpha *= 0.72f;
    }
}

void MapOverlay::draw_now() {
    if (!view_->now) return;
    const Rgba& colour = view_->palette->now;
    const Chunk chunk = chunk_at(*view_->now);
    for (int i = 3; i > 0; --i)
        screen_->outline(*list_, chunk.first, chunk.last, u32(colour, 0.13f), 2 * ui_,
                         (2.5f * static_cast<float>(i) - 1) * ui_);
    draw_marked(*view_->now, colour, 2.5f * ui_, true, 1);
}

// --- the collector --------------------------------------------------------------------------------

void MapOverlay::draw_collector() {
    if (!view_->collector_cursor) return;
    if (view_->collector_cursor->is_sweep)
        draw_sweep(*view_->collector_cursor);
    else
        draw_marking(*view_->collector_cursor);
}

// In rows a step goes through the whole map: what is above it is swept. Along a curve a bar at the address.
void MapOverlay::draw_sweep(const CollectorCursor& cursor) {
    const std::uint32_t granules = view_->map->granules();
    const std::uint32_t granule = std::min(cursor.offset / view_->map->granule_bytes(), granules - 1);
    const bool is_at_end = cursor.offset / view_->map->granule_bytes() >= granules;
    const Place place = screen_->layout().place_of(granule);
    const float x = screen_->x(place.x + (is_at_end ? 1.0 : 0.0));
    const float top = screen_->y(place.y), bottom = screen_->y(place.y + 1.0);
    const float left = std::max(screen_->x(0), screen_->corner().x);
    const float right = std::min(screen_->x(screen_->layout().width()), screen_->end().x);
    const Rgba& colour = view_->palette->now;
    const float thick = std::max(1.5f, 1.5f * ui_);
    const auto line = [&](std::initializer_list<ImVec2> points) {
        const auto count = static_cast<int>(points.size());
        list_->AddPolyline(points.begin(), count, u32(view_->palette->map_background, 0.7f), 0,
                           thick + 2 * ui_);
        list_->AddPolyline(points.begin(), count, u32(colour, 0.95f), 0, thick);
    };
    if (!screen_->layout().is_curve() && top < screen_->end().y && bottom > screen_->corner().y) {
        const float edge = std::clamp(x, left, right);
        line({{left, bottom}, {edge, bottom}, {edge, top}, {right, top}});
    }
    draw_flag({x, top}, std::max(bottom - top, 10 * ui_), cursor.text);
}

void MapOverlay::draw_marking(const CollectorCursor& cursor) {
    const Chunk chunk = chunk_at(cursor.offset);
    const Rgba& colour = view_->palette->now;
    const MapScreen::Run run = screen_->marked_run(chunk.first, chunk.last);
    // Two lines: what the step is about has one.
    screen_->outline(*list_, chunk.first, chunk.last, u32(colour, 0.9f), std::max(1.0f, ui_), 3 * ui_);
    screen_->outline(*list_, chunk.first, chunk.last, u32(colour, 0.5f), std::max(1.0f, ui_), 6 * ui_);
    const Place place = screen_->layout().place_of(chunk.first);
    const float top = run.is_visible ? run.top : screen_->y(place.y);
    draw_flag({screen_->x(place.x), top}, std::max(screen_->cell_height(), 10 * ui_), cursor.text);
}

// A pole that stands at a place however small what is there is, with a word at its top.
void MapOverlay::draw_flag(ImVec2 at, float height, const std::string& text) {
    const ImVec2 low = screen_->corner(), high = screen_->end();
    if (at.x < low.x - 1 || at.x > high.x + 1 || at.y + height < low.y || at.y > high.y) return;
    ImFont* const font = fonts().small;
    const Rgba& colour = view_->palette->now;
    const float thick = std::max(2.0f, 2.5f * ui_), rise = 9 * ui_;
    const float width = width_of(font, text) + 10 * ui_, box = font->FontSize + 4 * ui_;
    const bool is_below = at.y - rise - box < low.y;
    const float foot = is_below ? at.y : at.y + height, tip = is_below ? at.y + height + rise : at.y - rise;
    const ImU32 back = u32(view_->palette->map_background, 0.75f);
    list_->AddLine({at.x, foot}, {at.x, tip}, back, thick + 2 * ui_);
    list_->AddLine({at.x, foot}, {at.x, tip}, u32(colour), thick);
    const bool is_left = at.x + width > high.x;
    const ImVec2 from{is_left ? at.x - width : at.x - thick / 2, is_below ? tip : tip - box};
    list_->AddRectFilled(from, {from.x + width, from.y + box}, u32(colour), 3 * ui_);
    list_->AddText(font, font->FontSize, {std::round(from.x + 5 * ui_), std::round(from.y + 2 * ui_)},
                   u32(ink_on(colour)), text.c_str());
    taken_.push_back({from.x, from.y, from.x + width, from.y + box});
}

// --- the search of the free list ------------------------------------------------------------------

// A line from candidate to candidate, a badge with its number on each: a cross for what is too small, a
// tick for what is taken, and beside the last one the reason.
void MapOverlay::draw_search_walk(bool draws_links) {
    const SearchWalk& walk = view_->search_walk;
    if (!walk.is_under_way()) return;
    const auto place_of_chunk = [&](Offset chunk) {
        return place_of(static_cast<double>(chunk) / view_->map->granule_bytes());
    };
    const Rgba& colour = view_->palette->now;
    ImVec2 before{};
    bool has_before = false;
    const auto go_to = [&](Offset chunk) {
        const ImVec2 here = place_of_chunk(chunk);
        // Where the list itself is drawn its links are the way.
        if (has_before && !draws_links && (is_in_sight(before) || is_in_sight(here))) {
            list_->AddLine(before, here, u32(view_->palette->map_background, 0.5f), 3.5f * ui_);
            list_->AddLine(before, here, u32(colour, 0.7f), std::max(1.0f, 1.25f * ui_));
        }
        before = here;
        has_before = true;
    };
    if (walk.last_passed < view_->session->heap().size_bytes()) go_to(walk.last_passed);
    for (const SearchWalk::Candidate& candidate : walk.candidates)
        go_to(candidate.chunk);
    // The newest first: where they lie on each other it is the one that counts.
    std::size_t unseen = 0;
    for (std::size_t i = walk.candidates.size(); i-- > 0;) {
        const SearchWalk::Candidate& candidate = walk.candidates[i];
        const bool is_last = i + 1 == walk.candidates.size();
        if (!is_in_sight(place_of_chunk(candidate.chunk))) {
            ++unseen;
            continue;
        }
        draw_marked(candidate.chunk, candidate.is_accepted ? view_->palette->good : colour,
                    (candidate.is_accepted ? 2.5f : 1) * ui_, is_last, is_last ? 1 : 0.6f);
        draw_candidate(candidate, is_last ? walk.reason(candidate) : "");
    }
    note(walk.text() + (unseen > 0 ? ", " + count_text(unseen) + " out of sight" : ""));
}

void MapOverlay::draw_candidate(const SearchWalk::Candidate& candidate, const std::string& reason) {
    ImFont* const font = fonts().small;
    const Palette& palette = *view_->palette;
    const Rgba& fill = candidate.is_accepted ? palette.good : palette.panel_raised;
    const Rgba& ink = candidate.is_accepted ? ink_on(fill) : palette.text;
    const std::string number = count_text(candidate.number);
    const float sign = font->FontSize * 0.62f, pad = 5 * ui_, height = font->FontSize + 4 * ui_;
    const float number_width = width_of(font, number);
    const float short_width = number_width + sign + 3 * pad;
    const float long_width = short_width + (reason.empty() ? 0 : width_of(font, reason) + pad);
    const Chunk chunk = chunk_at(candidate.chunk);
    const MapScreen::Run run = screen_->cell(chunk.first);
    const ImVec2 low = screen_->corner(), high = screen_->end();
    const ImVec2 at = place_of(static_cast<double>(candidate.chunk) / view_->map->granule_bytes());
    const float above = (run.is_visible ? run.top : at.y) - height * 0.72f;
    const float below = (run.is_visible ? run.bottom : at.y) - height * 0.28f;
    const auto box_at = [&](float top, float width) {
        const float left = std::clamp(at.x - pad, low.x + 2, std::max(low.x + 2, high.x - width - 2));
        const float y = std::clamp(top, low.y + 2, std::max(low.y + 2, high.y - height - 2));
        return ImVec4{left, y, left + width, y + height};
    };
    const auto draw_mark = [&](ImVec2 centre, float size, ImU32 colour) {
        const float half = size / 2, thick = std::max(1.5f, 1.75f * ui_);
        if (candidate.is_accepted) {
            const ImVec2 tick[] = {{centre.x - half, centre.y},
                                   {centre.x - half * 0.25f, centre.y + half * 0.75f},
                                   {centre.x + half, centre.y - half * 0.8f}};
            list_->AddPolyline(tick, 3, colour, 0, thick);
            return;
        }
        list_->AddLine({centre.x - half * 0.75f, centre.y - half * 0.75f},
                       {centre.x + half * 0.75f, centre.y + half * 0.75f}, colour, thick);
        list_->AddLine({centre.x - half * 0.75f, centre.y + half * 0.75f},
                       {centre.x + half * 0.75f, centre.y - half * 0.75f}, colour, thick);
    };
    ImVec4 box = box_at(above, long_width);
    for (const float top : {below, above - height, below + height, above - 2 * height, below + 2 * height})
        if (!is_clear(box) && (top == below || !reason.empty())) box = box_at(top, long_width);
    if (!is_clear(box) && reason.empty()) {
        // No room for its number: the sign alone.
        draw_mark({at.x, at.y}, sign, u32(palette.text, 0.9f));
        return;
    }
    taken_.push_back(box);
    list_->AddRectFilled({box.x, box.y}, {box.z, box.w}, u32(fill, 0.96f), 4 * ui_);
    list_->AddRect({box.x, box.y}, {box.z, box.w}, u32(candidate.is_accepted ? fill : palette.text_dim, 0.9f),
                   4 * ui_, 0, 1);
    const float y = std::round(box.y + 2 * ui_);
    list_->AddText(font, font->FontSize, {std::round(box.x + pad), y}, u32(ink), number.c_str());
    const ImVec2 centre{std::round(box.x + pad + number_width + pad + sign / 2), (box.y + box.w) / 2};
    draw_mark(centre, sign, u32(candidate.is_accepted ? ink : palette.alarm));
    if (!reason.empty())
        list_->AddText(font, font->FontSize, {std::round(box.x + short_width), y}, u32(ink), reason.c_str());
}

// --- places ---------------------------------------------------------------------------------------

// A small flag at the chunk's upper left corner; hollow where what was marked is not there now.
void MapOverlay::draw_places(const UiState& state) {
    const heapcore::Heap& heap = view_->session->heap();
    for (const MarkedPlace& place : state.places.rows()) {
        if (place.chunk >= heap.size_bytes()) continue;
        const Chunk chunk = chunk_at(place.chunk);
        const ImVec2 middle = place_of(static_cast<double>(place.chunk) / view_->map->granule_bytes());
        if (!screen_->is_in_sight(chunk.first, chunk.first + 1)) continue;
        const float size = std::clamp(screen_->cell_height() * 0.5f, 9 * ui_, 14 * ui_);
        const float top = middle.y - std::max(screen_->cell_height() / 2, size * 0.4f);
        const ImVec2 at{std::round(middle.x + 1), std::round(top)};
        const Rgba& colour = view_->palette->selection;
        const ImVec2 points[] = {{at.x, at.y},
                                 {at.x + size * 0.62f, at.y},
                                 {at.x + size * 0.62f, at.y + size},
                                 {at.x + size * 0.31f, at.y + size * 0.68f},
                                 {at.x, at.y + size}};
        if (is_there(heap, place)) {
            // Two convex halves: a ribbon's lower end is cut in.
            const ImVec2 left[] = {points[0], {points[3].x, points[0].y}, points[3], points[4]};
            const ImVec2 right[] = {{points[3].x, points[0].y}, points[1], points[2], points[3]};
            list_->AddConvexPolyFilled(left, 4, u32(colour));
            list_->AddConvexPolyFilled(right, 4, u32(colour));
        }
        list_->AddPolyline(points, 5, u32(ink_on(colour), 0.9f), ImDrawFlags_Closed, std::max(1.0f, ui_));
        if (!is_there(heap, place))
            list_->AddPolyline(points, 5, u32(colour, 0.9f), ImDrawFlags_Closed, std::max(1.0f, ui_));
    }
}

// --- what is said ---------------------------------------------------------------------------------

void MapOverlay::note(std::string text) {
    if (!text.empty()) notes_.push_back(std::move(text));
}

bool MapOverlay::is_clear(const ImVec4& box) const {
    return std::ranges::none_of(taken_, [&](const ImVec4& other) { return do_overlap(box, other); });
}

// Away from what is being looked at.
bool MapOverlay::are_notes_above() const {
    std::optional<Offset> looked_at = view_->selected ? view_->selected : view_->now;
    if (view_->search_walk.is_under_way()) looked_at = view_->search_walk.position();
    return looked_at && *looked_at < view_->session->heap().size_bytes() &&
           middle_of(*looked_at).y > screen_->corner().y + screen_->size().y * 0.7f;
}

void MapOverlay::keep_notes_clear() {
    const float half = 210 * ui_, height = 52 * ui_;
    const float middle = screen_->corner().x + screen_->size().x / 2;
    const float top = are_notes_above() ? screen_->corner().y : screen_->end().y - height;
    taken_.push_back({middle - half, top, middle + half, top + height});
}

void MapOverlay::draw_notes() {
    const bool is_low = are_notes_above();
    ImFont* const font = fonts().small;
    float y = is_low ? screen_->corner().y + 18 * ui_ : screen_->end().y - 18 * ui_;
    for (const std::string& text : notes_) {
        draw_pill({screen_->corner().x + screen_->size().x / 2, y},
                  fitted(font, text, screen_->size().x - 32 * ui_), font, 1);
        y += (font->FontSize + 11 * ui_) * (is_low ? 1.0f : -1.0f);
    }
}

}  // namespace tricolour
