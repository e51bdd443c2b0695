// Arrows over the map: from the selection to what it refers to and from what refers to it, the chain that
// holds it, the free list from chunk to next chunk.
#include "app/model/narration.h"
#include "app/render/map_overlay.h"
#include "app/render/map_text.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>

namespace tricolour {

using heapcore::Offset;

namespace {

constexpr std::size_t most_arrows = 160;
constexpr std::size_t most_full_links = 12;  // of a chain; the others are faint

}  // namespace

void MapOverlay::draw_pill(ImVec2 centre, const std::string& text, ImFont* font, float alpha) {
    const float width = width_of(font, text);
    const ImVec2 half{width / 2 + 8 * ui_, font->FontSize / 2 + 4 * ui_};
    list_->AddRectFilled({centre.x - half.x, centre.y - half.y}, {centre.x + half.x, centre.y + half.y},
                         u32(view_->palette->panel_raised, alpha * 0.95f), half.y);
    list_->AddRect({centre.x - half.x, centre.y - half.y}, {centre.x + half.x, centre.y + half.y},
                   u32(view_->palette->border, alpha), half.y, 0, 1);
    list_->AddText(font, font->FontSize,
                   {std::round(centre.x - width / 2), std::round(centre.y - font->FontSize / 2)},
                   u32(view_->palette->text, alpha), text.c_str());
}

bool MapOverlay::is_in_sight(ImVec2 at) const {
    const ImVec2 low = screen_->corner(), high = screen_->end();
    return at.x >= low.x && at.x < high.x && at.y >= low.y && at.y < high.y;
}

// From the root to the selection, in the place of what the selection refers to. The links next to the
// selection stand out.
void MapOverlay::draw_chain() {
    const heapcore::Chain& chain = *view_->chain;
    const heapcore::Heap& heap = view_->session->heap();
    const auto granule = static_cast<double>(view_->map->granule_bytes());
    const auto half_word = static_cast<double>(heap.geometry().word_bytes) / 2;
    const std::size_t first = chain.size() - std::min(chain.size(), most_arrows);
    std::size_t unseen = 0;
    for (std::size_t i = first; i < chain.size(); ++i) {
        const heapcore::Link& link = chain[i];
        const bool is_full = chain.size() - i <= most_full_links;
        const ImVec2 to = place_of(link.target / granule);
        if (!is_in_sight(to)) ++unseen;
        if (i + 1 < chain.size())
            draw_marked(link.target, view_->palette->selection, std::max(1.0f, ui_), false,
                        is_full ? 0.8f : 0.3f);
        if (i == 0) continue;
        const Chunk holder = chunk_at(link.holder);
        const bool is_inside =
            link.place >= holder.offset && link.place < holder.offset + holder.header.size_bytes();
        const ImVec2 from = place_of((is_inside ? link.place + half_word : holder.offset + 2.0) / granule);
        if (is_in_sight(from) || is_in_sight(to)) draw_reference(from, to, is_full ? 0.95f : 0.3f);
    }
    draw_chain_text(unseen);
}

// At the first chunk what holds it; at the bottom what is not seen of the chain, or is faint.
void MapOverlay::draw_chain_text(std::size_t unseen) {
    const heapcore::Chain& chain = *view_->chain;
    const auto granule = static_cast<double>(view_->map->granule_bytes());
    const ImVec2 first = place_of(chain.front().target / granule);
    if (is_in_sight(first)) {
        const float half = width_of(fonts().small, view_->chain_root) / 2 + 12 * ui_;
        const float least = screen_->corner().x + half;
        const float x = std::clamp(first.x, least, std::max(least, screen_->end().x - half));
        const float rise = screen_->scale() / 2 + 16 * ui_;
        const bool has_room = first.y - rise - 12 * ui_ > screen_->corner().y;
        const float y = first.y + (has_room ? -rise : rise);
        draw_reference({x, y}, first, 0.95f);
        draw_pill({x, y}, view_->chain_root, fonts().small, 1);
    }
    if (unseen == 0 && chain.size() <= most_full_links) return;
    std::string text = "chain of " + count_text(chain.size()) + (chain.size() == 1 ? " link" : " links");
    if (chain.size() > most_arrows) text += ", the last " + count_text(most_arrows) + " drawn";
    if (unseen > 0) text += ", " + count_text(unseen) + " out of sight";
    note(std::move(text));
}

// Those of a chunk with many are faint, and only a part of them is drawn.
void MapOverlay::draw_references(const UiState& state) {
    const heapcore::Heap& heap = view_->session->heap();
    const Offset chunk = *view_->selected;
    references_.update(*view_->session, chunk,
                       state.inspector.inspector.known_referrers(*view_->session, chunk));
    const auto granule = static_cast<double>(view_->map->granule_bytes());
    const auto half_word = static_cast<double>(heap.geometry().word_bytes) / 2;
    struct Seen {
        ImVec2 from, to;
        bool is_incoming;
    };
    std::vector<Seen> seen;
    std::size_t unseen = 0;
    for (const ReferenceArrow& arrow : references_.arrows()) {
        if (arrow.holder >= heap.size_bytes()) continue;
        const bool is_inside = arrow.place >= arrow.holder &&
                               arrow.place < arrow.holder + heap.header(arrow.holder).size_bytes();
        const ImVec2 from = place_of((is_inside ? arrow.place + half_word : arrow.holder + 2.0) / granule);
        const ImVec2 to = place_of(arrow.target / granule);
        if (!is_in_sight(arrow.is_incoming ? from : to)) ++unseen;
        if (is_in_sight(from) || is_in_sight(to)) seen.push_back({from, to, arrow.is_incoming});
    }
    const float alpha =
        std::clamp(14.0f / static_cast<float>(std::max<std::size_t>(1, seen.size())), 0.22f, 0.95f);
    for (const Seen& arrow : seen)
        draw_arrow(arrow.from, arrow.to, arrow.is_incoming ? view_->palette->hit : view_->palette->selection,
                   alpha);
    const std::size_t drawn = references_.arrows().size();
    if (unseen == 0 && drawn < 12 && references_.incoming() == 0) return;
    note(references_.text() + (unseen > 0 ? ", " + count_text(unseen) + " out of sight" : ""));
}

// --- the free list --------------------------------------------------------------------------------

// Where the list is looked at: at the selected free chunk, where a search stands, at what a step gave back.
std::optional<Offset> MapOverlay::focus_of_free_list() const {
    const heapcore::Heap& heap = view_->session->heap();
    const auto is_listed = [&](std::optional<Offset> chunk) {
        return chunk && FreeLinks::is_listed(heap, *chunk);
    };
    if (is_listed(view_->selected)) return view_->selected;
    // What is found leaves the list.
    const auto& candidates = view_->search_walk.candidates;
    for (std::size_t i = candidates.size(); i-- > 0;)
        if (is_listed(candidates[i].chunk)) return candidates[i].chunk;
    if (is_listed(view_->search_walk.last_passed)) return view_->search_walk.last_passed;
    return is_listed(view_->now) ? view_->now : std::nullopt;
}

void MapOverlay::draw_free_links(const std::vector<Chunk>& chunks) {
    constexpr std::size_t close = 200;  // chunks in sight: their links can be followed one by one
    std::vector<Offset> free_ones;
    if (chunks.size() <= close)
        for (const Chunk& chunk : chunks)
            if (!chunk.header.is_in_use()) free_ones.push_back(chunk.offset);
    free_links_.update(*view_->session, focus_of_free_list(), free_ones);
    const auto links = free_links_.links();
    const bool has_order = free_links_.focus() || !free_links_.is_whole();
    const float even =
        std::clamp(16.0f / static_cast<float>(std::max<std::size_t>(1, links.size())), 0.4f, 0.9f);
    std::size_t unseen = 0;
    // The strongest last, over the others.
    for (std::size_t i = links.size(); i-- > 0;) {
        const FreeLink& link = links[i];
        const ImVec2 from = middle_of(link.from), to = middle_of(link.to);
        if (!is_in_sight(from) && !is_in_sight(to)) {
            ++unseen;
            continue;
        }
        const float alpha = !link.is_near ? 0.3f
                            : has_order
                                ? std::max(0.16f, 0.95f * std::pow(0.9f, static_cast<float>(link.distance)))
                                : even;
        draw_free_link(from, to, alpha);
    }
    const auto mark_end = [&](std::optional<Offset> chunk, const char* word, bool is_first) {
        if (!chunk) return;
        const ImVec2 at = middle_of(*chunk);
        if (!is_in_sight(at)) return;
        const std::string text =
            std::string(word) + ", " + bytes_text(view_->session->heap().header(*chunk).size_bytes());
        draw_end(at, text, is_first);
    };
    const bool is_single = free_links_.first() == free_links_.last();
    mark_end(free_links_.first(), is_single ? "the only free chunk" : "first: smallest", true);
    if (!is_single) mark_end(free_links_.last(), "last: largest", false);
    note(free_links_.text() + (unseen > 0 ? ", " + count_text(unseen) + " out of sight" : ""));
}

// The first cell's middle: far out all of a chunk is one place.
ImVec2 MapOverlay::middle_of(Offset chunk) const {
    const double granule = static_cast<double>(chunk) / view_->map->granule_bytes();
    const Place place = screen_->layout().place_of(static_cast<std::uint32_t>(granule));
    return {screen_->x(place.x + 0.5), screen_->y(place.y) + screen_->cell_height() / 2};
}

// Thinner than a reference, and bent less: it is a list, not a graph.
void MapOverlay::draw_free_link(ImVec2 from, ImVec2 to, float alpha) {
    const ImVec2 way{to.x - from.x, to.y - from.y};
    const float distance = std::hypot(way.x, way.y);
    if (distance < 2) return;
    const float bend = std::min(distance * 0.1f, 40 * ui_);
    const ImVec2 side{-way.y / distance * bend, way.x / distance * bend};
    const ImVec2 middle{from.x + way.x / 2 + side.x, from.y + way.y / 2 + side.y};
    const float thick = std::max(1.0f, (alpha > 0.6f ? 2.0f : 1.25f) * ui_);
    const Rgba& colour = view_->palette->curve[1];
    if (alpha > 0.35f)
        list_->AddBezierQuadratic(from, middle, to, u32(view_->palette->map_background, alpha * 0.7f),
                                  thick + 2.5f * ui_);
    list_->AddBezierQuadratic(from, middle, to, u32(colour, alpha), thick);
    const ImVec2 end{to.x - middle.x, to.y - middle.y};
    const float reach = std::max(1.0f, std::hypot(end.x, end.y));
    const ImVec2 along{end.x / reach, end.y / reach}, across{-along.y, along.x};
    const float size = std::min(8 * ui_, distance * 0.5f);
    const ImVec2 wing{across.x * size * 0.42f, across.y * size * 0.42f};
    const ImVec2 foot{to.x - along.x * size, to.y - along.y * size};
    list_->AddTriangleFilled(to, {foot.x + wing.x, foot.y + wing.y}, {foot.x - wing.x, foot.y - wing.y},
                             u32(colour, alpha));
}

// A bar where the list begins, an arrow against a bar where it ends, and a word.
void MapOverlay::draw_end(ImVec2 at, const std::string& text, bool is_first) {
    ImFont* const font = fonts().small;
    const Rgba& colour = view_->palette->curve[1];
    const float half = width_of(font, text) / 2 + 12 * ui_;
    const float least = screen_->corner().x + half;
    const float x = std::clamp(at.x, least, std::max(least, screen_->end().x - half));
    const float rise = std::max(screen_->cell_height() / 2, 6 * ui_) + 15 * ui_;
    const float height = font->FontSize / 2 + 4 * ui_;
    const auto box_at = [&](float y) { return ImVec4{x - half, y - height, x + half, y + height}; };
    const auto fits = [&](float y) {
        return y - height > screen_->corner().y && y + height < screen_->end().y && is_clear(box_at(y));
    };
    float y = at.y + (is_first ? -rise : rise);
    for (const float turn : {is_first ? rise : -rise, -2 * rise, 2 * rise, -3 * rise, 3 * rise})
        if (!fits(y)) y = at.y + turn;
    // Where there is room nowhere it may lie on others, but not outside.
    if (!fits(y)) y = at.y - rise - height > screen_->corner().y ? at.y - rise : at.y + rise;
    list_->AddLine(at, {at.x, y}, u32(colour, 0.9f), std::max(1.0f, 1.5f * ui_));
    list_->AddCircleFilled(at, 4 * ui_, u32(view_->palette->map_background));
    list_->AddCircle(at, 4 * ui_, u32(colour), 16, std::max(1.5f, 1.75f * ui_));
    if (!is_first) list_->AddCircleFilled(at, 2 * ui_, u32(colour));
    draw_pill({x, y}, text, font, 1);
    taken_.push_back(box_at(y));
}

void MapOverlay::draw_reference(ImVec2 from, ImVec2 to, float alpha) {
    draw_arrow(from, to, view_->palette->selection, alpha);
}

void MapOverlay::draw_arrow(ImVec2 from, ImVec2 to, const Rgba& hue, float alpha) {
    const ImVec2 way{to.x - from.x, to.y - from.y};
    const float distance = std::hypot(way.x, way.y);
    if (distance < 4) return;
    // Leaves and arrives bent to one side, so that there and back are two lines.
    const float bend = std::min(distance * 0.22f, 90 * ui_);
    const ImVec2 side{-way.y / distance * bend, way.x / distance * bend};
    const ImVec2 first{from.x + way.x * 0.25f + side.x, from.y + way.y * 0.25f + side.y};
    const ImVec2 second{from.x + way.x * 0.75f + side.x, from.y + way.y * 0.75f + side.y};
    const ImU32 back = u32(view_->palette->map_background, alpha * 0.6f);
    const ImU32 colour = u32(hue, alpha);
    const float thick = 1.75f * ui_;
    list_->AddBezierCubic(from, first, second, to, back, thick + 2.5f * ui_);
    list_->AddBezierCubic(from, first, second, to, colour, thick);
    const ImVec2 end{to.x - second.x, to.y - second.y};
    const float reach = std::max(1.0f, std::hypot(end.x, end.y));
    const ImVec2 along{end.x / reach, end.y / reach}, across{-along.y, along.x};
    const auto head = [&](float size, float tip, ImU32 ink) {
        const ImVec2 wing{across.x * size * 0.45f, across.y * size * 0.45f};
        const ImVec2 foot{to.x - along.x * size, to.y - along.y * size};
        list_->AddTriangleFilled({to.x + along.x * tip, to.y + along.y * tip},
                                 {foot.x + wing.x, foot.y + wing.y}, {foot.x - wing.x, foot.y - wing.y}, ink);
    };
    head(11 * ui_, 5 * ui_, back);
    head(9 * ui_, 2 * ui_, colour);
    list_->AddCircleFilled(from, 2.6f * ui_, colour);
}

}  // namespace tricolour
