#include "app/render/map_overlay.h"

#include "app/model/narration.h"
#include "app/render/map_text.h"
#include "app/style/signs.h"
#include "app/style/style.h"
#include "heapcore/object.h"
#include "heapcore/roots.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tricolour {
namespace {

using heapcore::Offset;

constexpr float gather_scale = 9;  // from here on chunks are looked at one by one
constexpr float label_scale = 17;  // a granule in pixels, where labels begin to fade in
constexpr float word_scale = 40;
constexpr float fade = 1.1f;  // how much closer they stand out in full: faint text looks broken
constexpr float anchor_scale = 11;
constexpr float bits_width = 92;   // of a header's bytes, in pixels
constexpr int most_glyphs = 3600;  // on a map of that area: the software renderer pays for each
constexpr float usual_area = 1184 * 705;
constexpr std::size_t most_inspections = 512;

std::string without_ticks(std::string text) {
    std::erase(text, '`');
    return text;
}

// The begin of a text, as it stands in a trace.
std::string quoted(const std::string& text) {
    constexpr std::size_t longest = 40;
    std::string shown = "\"";
    for (const char letter : text.substr(0, longest))
        shown += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    while (text.size() > longest && !shown.empty() &&
           (static_cast<unsigned char>(shown.back()) & 0xc0) == 0x80)
        shown.pop_back();
    return shown + (text.size() > longest ? "…" : "\"");
}

// Digits without leading zeros: "0x10000430" is written "10000430".
std::string significant(const std::string& digits) {
    if (digits.find(' ') != std::string::npos) return digits;
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

}  // namespace

void MapOverlay::follow(const heapcore::Session& session) {
    const Instant now = instant_of(session);
    if (now == instant_) {
        if (inspections_.size() > most_inspections) inspections_.clear();
        return;
    }
    instant_ = now;
    labels_.clear();
    inspections_.clear();
    has_roots_ = false;
    threads_.update(session);
}

void MapOverlay::find_roots(const heapcore::Heap& heap) {
    if (has_roots_) return;
    has_roots_ = true;
    rooted_.clear();
    for (const heapcore::Root& root : heapcore::roots_of(heap)) {
        if (root.kind == heapcore::RootKind::frame_cell && root.verdict != heapcore::CellVerdict::reference &&
            root.verdict != heapcore::CellVerdict::not_white)
            continue;
        if (const auto chunk = heap.chunk_at(root.target)) rooted_.push_back(*chunk);
    }
    std::sort(rooted_.begin(), rooted_.end());
    rooted_.erase(std::unique(rooted_.begin(), rooted_.end()), rooted_.end());
}

const Rgba& MapOverlay::fill_of(const Chunk& chunk) const {
    return view_->map_colours->of(view_->lens->plane().texels()[chunk.first]);
}

// What recedes takes its text with it.
const Rgba& MapOverlay::ink_of(const Chunk& chunk) const {
    const Texel texel = view_->lens->plane().texels()[chunk.first];
    const Rgba& fill = view_->map_colours->of(texel);
    const bool recedes = view_->map_colours->is_faded(texel) || fill == view_->palette->free;
    return recedes ? view_->palette->text_dim : ink_on(fill);
}

bool MapOverlay::is_patterned(const Chunk& chunk) const {
    return view_->map_colours->pattern_of(view_->lens->plane().texels()[chunk.first]) != Pattern::plain;
}

MapOverlay::Chunk MapOverlay::chunk_at(Offset offset) const {
    const MapModel& map = *view_->map;
    const std::uint32_t first = map.chunk_at(offset) / map.granule_bytes();
    return {first * map.granule_bytes(), first, map.start_after(first),
            view_->session->heap().header(first * map.granule_bytes())};
}

void MapOverlay::gather(std::vector<Chunk>& chunks) const {
    const MapModel& map = *view_->map;
    const heapcore::Heap& heap = view_->session->heap();
    for (const GranuleRange& range : screen_->ranges()) {
        std::uint32_t first = map.start_before(range.first);
        while (first < range.last) {
            const std::uint32_t last = map.start_after(first);
            const Offset offset = first * map.granule_bytes();
            chunks.push_back({offset, first, last, heap.header(offset)});
            first = last;
        }
    }
    // A chunk may be in sight in several places.
    const auto is_same = [](const Chunk& a, const Chunk& b) { return a.first == b.first; };
    chunks.erase(std::unique(chunks.begin(), chunks.end(), is_same), chunks.end());
}

// Zoomed out there may be a million; then only large free chunks are spoken of.
bool MapOverlay::has_few_chunks() const {
    constexpr std::uint32_t few = 1500;
    const MapModel& map = *view_->map;
    std::uint32_t count = 0;
    for (const GranuleRange& range : screen_->ranges())
        for (std::uint32_t first = range.first; first < range.last; first = map.start_after(first))
            if (++count > few) return false;
    return true;
}

const MapOverlay::Label& MapOverlay::label_of(const Chunk& chunk) {
    const auto [place, is_new] = labels_.try_emplace(chunk.offset);
    Label& label = place->second;
    if (!is_new) return label;
    const heapcore::Machine& machine = view_->session->machine();
    const heapcore::Trace& trace = view_->session->trace();
    const heapcore::Heap& heap = machine.heap();
    if (!chunk.header.is_in_use()) {
        label.name = "free";
        label.kind = bytes_text(chunk.header.size_bytes());
        return label;
    }
    std::string kind;
    const auto user =
        heapcore::is_object_type(chunk.header.type()) ? heapcore::class_of(heap, chunk.offset) : std::nullopt;
    if (user)
        kind = class_text(heapcore::class_name(heap, *user));
    else if (heapcore::is_class_type(chunk.header.type()))
        if (const std::string name = heapcore::class_name(heap, heapcore::user_of(chunk.offset));
            !name.empty())
            kind = "class " + class_text(name);
    if (chunk.header.type() == heapcore::AllocationType::string)
        if (const std::string text = heapcore::string_text(heap, chunk.offset); !text.empty())
            kind = quoted(text);
    if (kind.empty()) kind = role_of(chunk);
    const heapcore::NameId id = machine.name_of(chunk.offset);
    if (id == heapcore::no_id || id >= trace.names.size()) {
        label.name = std::move(kind);
        return label;
    }
    label.name = trace.names[id];
    if (kind == "class " + label.name)
        label.name = std::move(kind);
    else
        label.kind = std::move(kind);
    return label;
}

// What memory of the VM itself is for, otherwise the type.
std::string MapOverlay::role_of(const Chunk& chunk) {
    using heapcore::AllocationType;
    const AllocationType type = chunk.header.type();
    const std::string word(heapcore::word_of(type));
    if (type != AllocationType::static_data && type != AllocationType::data) return word;
    const Inspection& inspection = inspection_of(chunk.offset);
    if (!inspection.text.empty()) return inspection.text;
    for (const std::string_view article : {"The VM's ", "The ", "A "})
        if (inspection.title.starts_with(article) &&
            inspection.title.find(inspection.address) == std::string::npos)
            return without_ticks(inspection.title.substr(article.size()));
    return word;
}

const Inspection& MapOverlay::inspection_of(Offset chunk) {
    const auto found = inspections_.find(chunk);
    if (found != inspections_.end()) return found->second;
    return inspections_.emplace(chunk, Inspection(*view_->session, chunk, threads_)).first->second;
}

ImVec2 MapOverlay::place_of(double granule) const {
    const double whole = std::floor(granule);
    const Place place = screen_->layout().place_of(static_cast<std::uint32_t>(whole));
    return {screen_->x(place.x + granule - whole), screen_->y(place.y) + screen_->cell_height() / 2};
}

void MapOverlay::draw(const View& view, const UiState& state, const MapScreen& screen, const Glow& glow,
                      double time_constant, ImDrawList& list) {
    view_ = &view;
    screen_ = &screen;
    list_ = &list;
    ui_ = view.scale;
    const float share = screen.size().x * screen.size().y / (usual_area * ui_ * ui_);
    glyphs_left_ = static_cast<int>(most_glyphs * std::max(1.0f, share));
    notes_.clear();
    taken_.clear();
    follow(*view.session);

    begin_labels();
    std::vector<Chunk> chunks;
    const float scale = screen.scale() / ui_;
    if (scale >= gather_scale || has_few_chunks()) {
        gather(chunks);
        const float label_alpha = smooth(label_scale, label_scale * fade, scale);
        const float word_alpha = smooth(word_scale, word_scale * fade, scale);
        for (const Chunk& chunk : chunks) {
            if (scale < gather_scale)
                draw_border(chunk);
            else if (!chunk.header.is_in_use())
                draw_free(chunk);
        }
        if (word_alpha > 0)
            for (const Chunk& chunk : chunks)
                draw_words(chunk, word_alpha);
        for (const Chunk& chunk : chunks)
            draw_label(chunk, label_alpha);
        end_labels();
        draw_anchors(chunks);
    } else {
        draw_large_free();
    }
    draw_hits();
    draw_violations();
    draw_trail(glow, time_constant);
    draw_now();
    draw_collector();
    if (view.chain)
        draw_chain();
    else if (view.selected)
        draw_references(state);
    if (state.hover && state.hover != view.selected)
        draw_marked(*state.hover, view.palette->hover, std::max(1.0f, ui_), false, 0.9f);
    if (view.selected) draw_marked(*view.selected, view.palette->selection, 2 * ui_, true, 1);
    draw_places(state);
    if (state.shows_free_links || view.search_walk.is_under_way()) keep_notes_clear();
    if (state.shows_free_links) draw_free_links(chunks);
    draw_search_walk(state.shows_free_links);
    draw_notes();
}

void MapOverlay::begin_labels() {
    quads_.clear();
    flat_ = list_;
    if (!paints_) return;
    if (!painted_flat_) painted_flat_ = std::make_unique<ImDrawList>(ImGui::GetDrawListSharedData());
    flat_ = painted_flat_.get();
    flat_->_ResetForNewFrame();
    flat_->PushTextureID(ImGui::GetIO().Fonts->TexID);
    flat_->PushClipRect(screen_->corner(), screen_->end());
}

// Text and rectangles without rounding are four corners each, the first opposite to the third.
void MapOverlay::end_labels() {
    if (!paints_) return;
    const ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
    const ImVec2 corner = screen_->corner();
    const ImVector<ImDrawVert>& corners = flat_->VtxBuffer;
    const auto width = static_cast<float>(fonts.TexWidth), height = static_cast<float>(fonts.TexHeight);
    quads_.reserve(static_cast<std::size_t>(corners.Size / 4));
    for (int i = 0; i + 3 < corners.Size; i += 4) {
        const ImDrawVert &first = corners[i], &third = corners[i + 2];
        PaintedQuad quad;
        quad.left = first.pos.x - corner.x;
        quad.top = first.pos.y - corner.y;
        quad.right = third.pos.x - corner.x;
        quad.bottom = third.pos.y - corner.y;
        quad.colour = first.col;
        if (third.uv.x > first.uv.x) {
            quad.u0 = first.uv.x * width;
            quad.v0 = first.uv.y * height;
            quad.u1 = third.uv.x * width;
            quad.v1 = third.uv.y * height;
        }
        quads_.push_back(quad);
    }
}

void MapOverlay::draw_free(const Chunk& chunk) {
    const float scale = screen_->scale() / ui_;
    if (!screen_->layout().is_curve() && screen_->row_of(chunk.first) == screen_->row_of(chunk.last - 1)) {
        // Four rectangles: there may be hundreds.
        const MapScreen::Run run = screen_->run(chunk.first, chunk.last, screen_->row_of(chunk.first));
        if (!run.is_visible) return;
        const ImU32 colour =
            u32(view_->palette->free_outline, smooth(gather_scale, gather_scale * 1.8f, scale));
        const float inset = std::max(1.0f, std::round(ui_));
        const float left = std::round(run.left + inset), right = std::round(run.right - inset);
        const float top = std::round(run.top + inset), bottom = std::round(run.bottom - inset);
        if (right - left < 2 || bottom - top < 2) return;
        flat_->AddRectFilled({left, top}, {right, top + 1}, colour);
        flat_->AddRectFilled({left, bottom - 1}, {right, bottom}, colour);
        flat_->AddRectFilled({left, top + 1}, {left + 1, bottom - 1}, colour);
        flat_->AddRectFilled({right - 1, top + 1}, {right, bottom - 1}, colour);
        return;
    }
    screen_->outline(*list_, chunk.first, chunk.last,
                     u32(view_->palette->free_outline, smooth(gather_scale, gather_scale * 1.8f, scale)), 1,
                     -std::max(1.0f, std::round(ui_)));
}

// Where rows are too low for gaps, a large chunk is told from the next by a line.
void MapOverlay::draw_border(const Chunk& chunk) {
    const MapScreen::Run rows = screen_->rectangle(chunk.first, chunk.last);
    if (!chunk.header.is_in_use() || screen_->row_gap() > 0 || !rows.is_visible) return;
    const float alpha = smooth(10 * ui_, 16 * ui_, rows.height());
    if (alpha > 0) screen_->outline(*list_, chunk.first, chunk.last, u32(view_->palette->gap, alpha), 1);
}

// Far out only the largest free chunks have room for their size; they end the free list.
void MapOverlay::draw_large_free() {
    const heapcore::Heap& heap = view_->session->heap();
    Offset offset = heap.free_list().last(heap.memory);
    for (int i = 0; i < 6 && offset < heap.size_bytes(); ++i) {
        const Chunk chunk = chunk_at(offset);
        if (chunk.offset != offset || chunk.header.is_in_use()) return;
        const bool is_curve = screen_->layout().is_curve();
        const MapScreen::Run room =
            is_curve ? screen_->rectangle(chunk.first, chunk.last) : screen_->bounds(chunk.first, chunk.last);
        ImFont* const font = fonts().small;
        const std::string text = "free " + bytes_text(chunk.header.size_bytes());
        const float width = width_of(font, text);
        const bool has_rows = is_curve || screen_->row_of(chunk.last - 1) > screen_->row_of(chunk.first) + 1;
        const float alpha =
            smooth(1.1f, 1.6f, std::min(room.width() / (width + 16 * ui_), room.height() / (30 * ui_)));
        if (room.is_visible && has_rows && alpha > 0)
            list_->AddText(font, font->FontSize,
                           {std::round((room.left + room.right - width) / 2),
                            std::round((room.top + room.bottom - font->FontSize) / 2)},
                           u32(view_->palette->text_dim, alpha), text.c_str());
        offset = heap.free_list().previous(heap.memory, offset);
    }
}

// A label stands in the row that has most room for it; where rows are lower than text, and along a curve,
// in the middle of the chunk.
void MapOverlay::draw_label(const Chunk& chunk, float scale_alpha) {
    const bool is_free = !chunk.header.is_in_use();
    const float scale = screen_->scale();
    const float has_words = smooth(word_scale, word_scale * fade, scale / ui_);
    ImFont* const font = scale / ui_ >= 44 ? fonts().text : fonts().small;
    ImFont* const kind_font = fonts().small;
    const float line = font->FontSize;

    const MapScreen::Run rows = screen_->rectangle(chunk.first, chunk.last);
    const bool is_low = screen_->cell_height() < line * 1.1f;
    const bool is_block = is_free || (screen_->layout().is_curve() && has_words <= 0);
    const bool is_over_rows = rows.is_visible && (is_low || (is_block && rows.height() > 1.2f * scale));
    MapScreen::Run room = is_over_rows ? rows : screen_->widest_run(chunk.first, chunk.last);
    if (!room.is_visible) return;
    float alpha = is_over_rows ? smooth(line * 1.4f, line * 1.4f * fade, room.height()) : scale_alpha;
    if (alpha <= 0) return;
    const float pad = std::max(3.0f, std::round(std::min(scale, 60 * ui_) * 0.05f));
    if (!is_free && !is_over_rows)
        room = screen_->beside_header(room, chunk.first,
                                      scale * 4 / static_cast<float>(view_->map->granule_bytes()));
    if (room.row == screen_->marked_run(chunk.first, chunk.last).row && !is_over_rows)
        room.right -= (anchor_size(chunk) + sign_size(chunk)) * 1.25f;
    room.left += pad;
    room.right -= pad;
    if (room.height() < line * 0.95f || room.width() < 1.5f * line) return;

    const Label& label = label_of(chunk);
    const Rgba& fill = fill_of(chunk);
    const Rgba& ink = ink_of(chunk);
    std::string name = is_free ? label.name + " " + label.kind : label.name;
    if (!is_free && has_words > 0 && label.kind.empty() && !heapcore::is_object_type(chunk.header.type()))
        if (const Inspection& inspection = inspection_of(chunk.offset); !inspection.text.empty())
            name = inspection.text;
    const std::string text = fitted(font, name, room.width());
    if (text.empty()) return;
    // Along a curve many chunks are narrow: the first letters of a name on each would say nothing.
    constexpr std::size_t fewest_letters = 4, ellipsis = 3;
    if (screen_->layout().is_curve()) {
        if (text != name && text.size() < fewest_letters + ellipsis) return;
        // Room grows both ways there: what has just found enough of it fades in.
        const float whole = width_of(font, name);
        const float least = std::min(whole, width_of(font, name.substr(0, fewest_letters) + "…"));
        alpha *= smooth(least, least * fade, room.width());
        if (alpha <= 0) return;
    }
    const float name_width = width_of(font, text);
    const float gap = std::round(5 * ui_);
    const bool has_two_lines = room.height() > line + kind_font->FontSize + 6 * ui_ && has_words <= 0;
    std::string kind;
    if (!is_free && text == name) {
        if (has_two_lines)
            kind = fitted(kind_font, label.kind, room.width());
        else if (width_of(kind_font, label.kind) <= room.width() - name_width - gap)
            kind = label.kind;
    }
    glyphs_left_ -= static_cast<int>(text.size() + kind.size());
    if (glyphs_left_ < 0) return;

    const bool is_two = has_two_lines && !kind.empty();
    const float kind_width = kind.empty() ? 0 : width_of(kind_font, kind);
    const float whole_width =
        is_two ? std::max(name_width, kind_width) : name_width + (kind.empty() ? 0 : gap + kind_width);
    const float whole_height = is_two ? line + kind_font->FontSize : line;
    float top = room.top + (room.height() - whole_height) / 2;
    if (has_words > 0 && !is_over_rows) top = std::lerp(top, room.top + std::round(3 * ui_), has_words);
    if (is_over_rows) room.left = std::max(room.left, (room.left + room.right - whole_width) / 2);
    const ImVec2 at{std::round(room.left), std::round(top)};
    const bool needs_plate = is_over_rows || is_patterned(chunk);
    if (needs_plate)
        flat_->AddRectFilled({at.x - 3 * ui_, at.y - ui_},
                             {at.x + whole_width + 3 * ui_, at.y + whole_height + ui_}, u32(fill, alpha));
    flat_->AddText(font, font->FontSize, at, u32(ink, alpha), text.c_str());
    if (kind.empty()) return;
    const ImVec2 below{at.x, at.y + line};
    const ImVec2 next{at.x + name_width + gap, std::round(at.y + (line - kind_font->FontSize) * 0.7f)};
    flat_->AddText(kind_font, kind_font->FontSize, is_two ? below : next, u32(ink, alpha * 0.75f),
                   kind.c_str());
}

void MapOverlay::draw_words(const Chunk& chunk, float alpha) {
    const Inspection& inspection = inspection_of(chunk.offset);
    if (!inspection.is_chunk) return;
    const bool is_faded = view_->map_colours->is_faded(view_->lens->plane().texels()[chunk.first]);
    if (chunk.header.is_in_use() && !is_faded) draw_header_bits(chunk, alpha);
    const std::uint64_t granule = view_->map->granule_bytes();
    std::uint64_t next = 0;  // not drawn yet
    for (const GranuleRange& range : screen_->ranges()) {
        if (range.last <= chunk.first) continue;
        if (range.first >= chunk.last) break;
        // From the first that ends after the first byte in sight.
        std::uint64_t low = next, high = inspection.row_count();
        while (low < high) {
            const std::uint64_t middle = (low + high) / 2;
            const BodyRow row = inspection.row(middle);
            if (chunk.offset + row.offset + row.bytes <= range.first * granule)
                low = middle + 1;
            else
                high = middle;
        }
        for (next = low; next < inspection.row_count() && glyphs_left_ > 0; ++next) {
            const BodyRow row = inspection.row(next);
            if (chunk.offset + row.offset >= range.last * granule) break;
            draw_word(chunk, row, alpha);
        }
    }
}

// Where a word lies in the row of its first granule. Along a curve the granules behind it may follow to the
// right, to the left, or not at all.
std::pair<double, double> MapOverlay::columns_of(double begin, double end) const {
    const MapLayout& layout = screen_->layout();
    const auto granule = static_cast<std::uint32_t>(begin);
    const Place place = layout.place_of(granule);
    const double column = place.x + begin - std::floor(begin);
    if (!layout.is_curve())
        return {column, std::min(column + end - begin, static_cast<double>(layout.width()))};
    const auto run = [&](std::uint32_t step, double to) {
        const auto last = std::min(static_cast<std::uint32_t>(to), layout.granules());
        std::uint32_t count = 1;
        while (granule + count < last &&
               layout.place_of(granule + count) == Place{place.x + count * step, place.y})
            ++count;
        return count;
    };
    // To the left only whole granules: the rest of one lies at its other side.
    const std::uint32_t ahead = run(1, std::ceil(end));
    const std::uint32_t back = begin == std::floor(begin) ? run(~0u, std::floor(end)) : 1;
    if (ahead > 1 || back == 1)
        return {column, std::min(column + end - begin, static_cast<double>(place.x + ahead))};
    return {place.x + 1.0 - back, place.x + 1.0};
}

void MapOverlay::draw_word(const Chunk& chunk, const BodyRow& row, float alpha) {
    const auto granule = static_cast<double>(view_->map->granule_bytes());
    const double begin = (chunk.offset + row.offset) / granule;
    const double end = (chunk.offset + row.offset + row.bytes) / granule;
    const MapLayout& layout = screen_->layout();
    const Place place = layout.place_of(static_cast<std::uint32_t>(begin));
    const auto [column, last_column] = columns_of(begin, end);
    const float left = screen_->x(column);
    const float right = screen_->x(last_column);
    const float top = screen_->y(place.y), bottom = top + screen_->cell_height();
    if (right < screen_->corner().x || left > screen_->end().x || bottom < screen_->corner().y ||
        top > screen_->end().y)
        return;
    const bool is_free = !chunk.header.is_in_use();
    // What is left over in free memory recedes with it: only the list's own words are shown.
    if (is_free && row.label.empty()) return;
    const Rgba& fill = fill_of(chunk);
    const Rgba& ink = ink_of(chunk);
    if (!is_free) {
        const float line = std::round(left);
        flat_->AddRectFilled({line, top + 2}, {line + 1, bottom - 2}, u32(ink, alpha * 0.2f));
    }

    const bool is_roomy = screen_->scale() >= 130 * ui_;
    ImFont* const mono = is_roomy ? fonts().mono : fonts().mono_small;
    ImFont* const small = is_roomy ? fonts().text : fonts().small;
    const float pad = std::max(3.0f, 4 * ui_);
    const float width = right - left - 2 * pad;
    const float label_bottom = top + 3 * ui_ + fonts().text->FontSize;
    const float room = bottom - label_bottom - 2 * ui_;
    const bool has_digits = room > mono->FontSize;
    const bool has_meaning = room > mono->FontSize + small->FontSize;
    const bool has_word_label = room > mono->FontSize + 2 * small->FontSize;
    std::string meaning = without_ticks(row.meaning);
    if (row.target && !meaning.empty()) meaning = "→ " + meaning;
    std::string label = without_ticks(row.label);
    const std::string digits = significant(row.digits);
    const bool is_plain_zero = digits == "0";
    // What says nothing is not shown cut off.
    if (row.tone == Tone::dim && label.empty() && width_of(small, meaning) > width) meaning.clear();
    const auto write = [&](ImFont* font, const std::string& text, float y, float strength) {
        const std::string cut = fitted(font, text, width);
        if (cut.empty()) return;
        glyphs_left_ -= static_cast<int>(cut.size());
        if (glyphs_left_ < 0) return;
        const ImVec2 at{std::round(left + pad), std::round(y)};
        const bool has_pattern = is_patterned(chunk);
        if (has_pattern)
            strength = std::max(strength, 0.85f);  // a middle lightness leaves no contrast to spare
        if (has_pattern)
            flat_->AddRectFilled({at.x - 1, at.y + 1},
                                 {at.x + width_of(font, cut) + 1, at.y + font->FontSize}, u32(fill, alpha));
        flat_->AddText(font, font->FontSize, at, u32(ink, alpha * strength), cut.c_str());
    };
    const float spare = room - mono->FontSize - 2 * small->FontSize;
    float y = bottom - 2 * ui_ - std::max(0.0f, spare - 8 * ui_) / 2;
    if (has_meaning) {
        y -= small->FontSize;
        if (!has_word_label && !label.empty()) meaning = meaning.empty() ? label : label + " " + meaning;
        write(small, meaning, y, row.tone == Tone::dim || is_plain_zero ? 0.5f : 1);
    }
    if (has_digits && !(is_plain_zero && row.tone == Tone::dim) && width_of(mono, digits) <= width) {
        y -= mono->FontSize;
        write(mono, digits, y, is_free || is_plain_zero ? 0.5f : 0.85f);
    }
    if (has_word_label) write(small, label, y - small->FontSize, 0.68f);
}

// Closest: the header's five fields with their values, on the literal colour.
void MapOverlay::draw_header_bits(const Chunk& chunk, float alpha) {
    const float scale = screen_->scale();
    const float width = scale * 4 / static_cast<float>(view_->map->granule_bytes());
    alpha *= smooth(bits_width * 0.85f * ui_, bits_width * ui_, width);
    const MapScreen::Run run = screen_->cell(chunk.first);
    ImFont* const font = fonts().mono_small;
    if (alpha <= 0 || !run.is_visible || run.height() < 6.2f * font->FontSize) return;
    const heapcore::Header header = chunk.header;
    const Palette& palette = *view_->palette;
    const std::array<const Rgba*, 4> chips = {&palette.header_white, &palette.header_grey,
                                              &palette.header_black, &palette.alarm};
    const Rgba& ink = ink_on(*chips[static_cast<std::size_t>(header.colour()) & 3]);
    const std::array<std::array<std::string, 2>, 5> lines = {{
        {"size", std::to_string(header.size_bytes())},
        {"type", std::to_string(static_cast<int>(header.type()))},
        {"colour", std::string(heapcore::word_of(header.colour()))},
        {"P", header.is_previous_free() ? "1" : "0"},
        {"U", header.is_in_use() ? "1" : "0"},
    }};
    const float left = screen_->x(screen_->layout().place_of(chunk.first).x) + 9 * ui_;
    const float right = left + width - 18 * ui_;
    const float line_height = font->FontSize * 1.1f, text_height = 5 * line_height;
    const float pitch = std::min((right - left) / 8, 13 * ui_);
    const float grid_height = 4 * pitch + 6 * ui_;
    const bool has_grid = run.height() >= text_height + grid_height + 44 * ui_;  // and the chunk's name
    float y = run.top + (run.height() - text_height - (has_grid ? grid_height : 0)) / 2;
    if (has_grid) {
        draw_bits(header.bits(), {left, std::round(y)}, pitch, ink, alpha);
        y += grid_height;
    }
    for (const auto& [name, value] : lines) {
        glyphs_left_ -= static_cast<int>(name.size() + value.size());
        flat_->AddText(font, font->FontSize, {std::round(left), std::round(y)}, u32(ink, alpha * 0.65f),
                       name.c_str());
        flat_->AddText(font, font->FontSize, {std::round(right - width_of(font, value)), std::round(y)},
                       u32(ink, alpha), value.c_str());
        y += line_height;
    }
}

// Four rows of eight, bit 31 first: three of size, one of type, colour, P and U. A one is filled.
void MapOverlay::draw_bits(std::uint32_t word, ImVec2 at, float pitch, const Rgba& ink, float alpha) {
    constexpr std::uint32_t first_of_colour = 3, first_of_flags = 1;  // bits that a gap stands before
    const float side = std::round(pitch * 0.62f), gap = std::round(pitch * 0.1f);
    for (std::uint32_t bit = 32; bit-- > 0;) {
        const std::uint32_t row = 3 - bit / 8, column = 7 - bit % 8;
        const float flag_gap = row == 3 ? gap : 0;
        const int gaps = (bit <= first_of_colour) + (bit <= first_of_flags) + (bit == 0);
        const float shift = flag_gap * static_cast<float>(gaps);
        const ImVec2 low{std::round(at.x + static_cast<float>(column) * pitch + shift),
                         std::round(at.y + static_cast<float>(row) * pitch + flag_gap)};
        const ImVec2 high{low.x + side, low.y + side};
        if (word >> bit & 1)
            list_->AddRectFilled(low, high, u32(ink, alpha));
        else
            list_->AddRect(low, high, u32(ink, alpha * 0.4f));
    }
}

/// Of a mark at the end of a chunk's first row; 0 where there is no room for one.
float MapOverlay::mark_size(const Chunk& chunk) const {
    if (screen_->scale() / ui_ <= anchor_scale) return 0;
    const MapScreen::Run run = screen_->marked_run(chunk.first, chunk.last);
    if (!run.is_visible || run.width() < 22 * ui_) return 0;
    return std::clamp(run.height() * 0.42f, 8 * ui_, 13 * ui_);
}

/// Of a root's anchor; 0 without one.
float MapOverlay::anchor_size(const Chunk& chunk) {
    if (!chunk.header.is_in_use()) return 0;
    const float size = mark_size(chunk);
    if (size <= 0) return 0;
    find_roots(view_->session->heap());
    return std::binary_search(rooted_.begin(), rooted_.end(), chunk.offset) ? size : 0;
}

/// Of a violation's sign, left of the anchor; 0 without one.
float MapOverlay::sign_size(const Chunk& chunk) const {
    return view_->violations->is_at_fault(chunk.offset) ? mark_size(chunk) : 0;
}

void MapOverlay::draw_anchors(const std::vector<Chunk>& chunks) {
    const float alpha = smooth(anchor_scale, anchor_scale * fade, screen_->scale() / ui_);
    for (const Chunk& chunk : chunks) {
        const float size = anchor_size(chunk);
        if (size <= 0) continue;
        const MapScreen::Run run = screen_->marked_run(chunk.first, chunk.last);
        const ImVec2 centre{std::round(run.right - size * 0.75f - 2 * ui_),
                            std::round(run.top + size * 0.62f + 3 * ui_)};
        const Rgba& fill = fill_of(chunk);
        const ImU32 ink = u32(ink_of(chunk), alpha);
        const float thick = std::max(1.25f, size / 8);
        const float half = size / 2;
        list_->AddRectFilled({centre.x - half - 2, centre.y - half - 1},
                             {centre.x + half + 2, centre.y + half + 2}, u32(fill, alpha), 2 * ui_);
        list_->AddCircle({centre.x, centre.y - half + size * 0.14f}, size * 0.14f, ink, 10, thick);
        list_->AddLine({centre.x, centre.y - half + size * 0.28f}, {centre.x, centre.y + half}, ink, thick);
        list_->AddLine({centre.x - size * 0.22f, centre.y - size * 0.1f},
                       {centre.x + size * 0.22f, centre.y - size * 0.1f}, ink, thick);
        list_->PathArcTo({centre.x, centre.y + size * 0.08f}, size * 0.42f, 0.25f, 2.89f, 10);
        list_->PathStroke(ink, 0, thick);
    }
}

void MapOverlay::draw_violations() {
    constexpr std::size_t few = 20;  // that can be ringed far out without hiding the map
    const std::vector<Offset>& offsets = view_->violations->chunks();
    const Rgba& colour = view_->palette->alarm;
    for (const Offset offset : offsets) {
        if (offset >= view_->session->heap().size_bytes()) continue;
        const Chunk chunk = chunk_at(offset);
        if (!screen_->is_in_sight(chunk.first, chunk.last)) continue;
        draw_marked(offset, colour, 2 * ui_, offsets.size() <= few, 1);
        const float size = sign_size(chunk);
        if (size <= 0) continue;
        const MapScreen::Run run = screen_->marked_run(chunk.first, chunk.last);
        const float right = run.right - 3 * ui_ - anchor_size(chunk) * 1.4f;
        const ImVec2 centre{std::round(right - size * 0.7f), std::round(run.top + size * 0.62f + 3 * ui_)};
        list_->AddCircleFilled(centre, size * 0.78f, u32(view_->palette->map_background, 0.85f));
        draw_sign(list_, Sign::error, {centre.x, centre.y - size * 0.05f}, size, u32(colour));
    }
}

// Of hits in sight those that lie apart, so that a million cost no more than what can be told apart; a hit
// that lies alone is always among them.
std::vector<Offset> MapOverlay::apart(std::vector<Offset> hits) const {
    constexpr std::size_t most = 3000;
    const bool is_curve = screen_->layout().is_curve();
    std::vector<Offset> chosen;
    for (float cell = 3 * ui_; hits.size() > most; cell *= 2) {
        chosen = is_curve ? one_a_square(hits, cell, most) : one_a_cell(hits, cell, most);
        if (chosen.size() <= most) return chosen;
    }
    return hits;
}

std::vector<Offset> MapOverlay::one_a_cell(const std::vector<Offset>& hits, float cell,
                                           std::size_t most) const {
    const auto columns = static_cast<std::size_t>(screen_->size().x / cell) + 1;
    const auto rows = static_cast<std::size_t>(screen_->size().y / cell) + 1;
    std::vector<bool> is_taken(columns * rows);
    std::vector<Offset> chosen;
    for (const Offset hit : hits) {
        const Place place = screen_->layout().place_of(hit / view_->map->granule_bytes());
        const float x = screen_->x(place.x) - screen_->corner().x;
        const float y = screen_->y(place.y) - screen_->corner().y;
        const auto column = static_cast<std::size_t>(std::clamp(x, 0.0f, screen_->size().x) / cell);
        const auto row = static_cast<std::size_t>(std::clamp(y, 0.0f, screen_->size().y) / cell);
        if (is_taken[row * columns + column]) continue;
        is_taken[row * columns + column] = true;
        chosen.push_back(hit);
        if (chosen.size() > most) break;
    }
    return chosen;
}

// Along a curve those of one square follow each other.
std::vector<Offset> MapOverlay::one_a_square(const std::vector<Offset>& hits, float cell,
                                             std::size_t most) const {
    unsigned bits = 0;
    while (static_cast<float>(1u << bits) * screen_->scale() < cell && bits < screen_->layout().row_bits())
        ++bits;
    const auto square_of = [&](Offset hit) { return hit / view_->map->granule_bytes() >> 2 * bits; };
    std::vector<Offset> chosen;
    for (const Offset hit : hits) {
        if (!chosen.empty() && square_of(hit) == square_of(chosen.back())) continue;
        chosen.push_back(hit);
        if (chosen.size() > most) break;
    }
    return chosen;
}

std::vector<Offset> MapOverlay::hits_in_sight() const {
    const std::vector<Offset>& hits = view_->search->chunks();
    const std::uint64_t granule = view_->map->granule_bytes();
    std::vector<Offset> seen;
    for (const GranuleRange& range : screen_->ranges()) {
        const Offset begin = view_->map->chunk_at(static_cast<Offset>(range.first * granule));
        auto hit = std::ranges::lower_bound(hits, begin);
        // A chunk may be in sight in several places.
        if (hit != hits.end() && !seen.empty() && *hit == seen.back()) ++hit;
        for (; hit != hits.end() && *hit < range.last * granule; ++hit)
            seen.push_back(*hit);
    }
    return seen;
}

void MapOverlay::draw_hits() {
    if (!view_->search) return;
    constexpr std::size_t few = 20;  // that can be ringed far out without hiding the map
    std::vector<Offset> hits = hits_in_sight();
    const bool is_strong = hits.size() <= few;
    for (const Offset hit : apart(std::move(hits)))
        draw_marked(hit, view_->palette->hit, 2 * ui_, is_strong, 1);
}

// An outline that can be seen however small the chunk is, and on whatever lies under it.
void MapOverlay::draw_marked(Offset offset, const Rgba& colour, float thickness, bool is_strong,
                             float alpha) {
    if (offset >= view_->session->heap().size_bytes()) return;
    const Chunk chunk = chunk_at(offset);
    const float scale = screen_->scale();
    const Rgba& back = view_->palette->map_background;
    const PlaneArea whole = screen_->layout().bounds(chunk.first, chunk.last);
    const float extent = static_cast<float>(whole.width()) * scale;
    const float height = static_cast<float>(whole.height()) * scale;
    const float small = 9 * ui_;
    if (extent >= small && (height >= 5 * ui_ || extent >= 3 * small)) {
        const float grow = scale >= 24 * ui_ ? 0 : thickness / 2 + ui_;
        if (is_strong)
            screen_->outline(*list_, chunk.first, chunk.last, u32(back, alpha * 0.9f), thickness + 3 * ui_,
                             grow);
        screen_->outline(*list_, chunk.first, chunk.last, u32(colour, alpha), thickness, grow);
        return;
    }
    const ImVec2 centre{screen_->x((whole.left + whole.right) / 2.0),
                        screen_->y((whole.top + whole.bottom) / 2.0)};
    const float least = is_strong ? 5 * ui_ : 3 * ui_;
    const float half_width = std::max(extent, least) / 2, half_height = std::max(height, least) / 2;
    list_->AddRectFilled({centre.x - half_width, centre.y - half_height},
                         {centre.x + half_width, centre.y + half_height}, u32(colour, alpha));
    if (!is_strong) return;
    const float radius = half_width + 6 * ui_;
    list_->AddCircle(centre, radius, u32(back, alpha * 0.75f), 24, thickness + 2 * ui_);
    list_->AddCircle(centre, radius, u32(colour, alpha), 24, std::max(1.5f, thickness));
}

}  // namespace tricolour
