// The legend: the entries of the lens with how many there are of each; of type + colour a table, each cell
// in the colour that the map shows it in. A click shows an entry alone. Cells have room for the largest
// number that the heap can show, so that nothing jumps.
#include "app/model/legend.h"

#include "app/model/lens_map.h"
#include "app/model/narration.h"
#include "app/panels/lens_choice.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tricolour {
namespace {

using heapcore::AllocationType;
using heapcore::Colour;

/// Where the columns stand.
struct Columns {
    float name_width, cell_width, gap, left, cells;
    float total_right;  ///< 0: no room for a column of the other measure
    float row_height;

    float cell(std::size_t colour) const { return cells + static_cast<float>(colour) * (cell_width + gap); }
};

/// "48", "12.3K", "15.9M": five places at most.
std::string compact_bytes(std::uint64_t bytes) {
    if (bytes < 1000) return std::to_string(bytes);
    const bool is_mega = bytes >= 1000ull * 1024;
    const double value = static_cast<double>(bytes) / (is_mega ? 1024.0 * 1024 : 1024.0);
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), value < 99.95 ? "%.1f%c" : "%.0f%c", value, is_mega ? 'M' : 'K');
    return text.data();
}

std::string measure(const Tally& tally, bool is_bytes) {
    return is_bytes ? compact_bytes(tally.bytes) : count_text(tally.chunks);
}

std::string tally_text(const Tally& tally) {
    return count_text(tally.chunks) + (tally.chunks == 1 ? " chunk, " : " chunks, ") +
           count_text(tally.bytes) + (tally.bytes == 1 ? " byte" : " bytes");
}

constexpr const char* isolation_help = "A click shows it alone, another one all again (I, Shift+I, Escape).";

/// Whether another entry of the lens was isolated.
bool is_faded_out(const UiState& state, Texel texel) {
    return state.isolated && !row_of(state.lens).entries[*state.isolated].is_of(texel);
}

/// Whichever of the two extremes stands out from a colour.
Rgba ink_on(const Rgba& fill) {
    const float luminance = 0.299f * fill.red + 0.587f * fill.green + 0.114f * fill.blue;
    return luminance > 0.52f ? Rgba{0.05f, 0.06f, 0.08f, 1} : Rgba{1, 1, 1, 1};
}

void draw_pattern(ImVec2 from, ImVec2 to, Pattern pattern, ImU32 ink, float scale) {
    if (pattern == Pattern::plain) return;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float height = to.y - from.y;
    const bool is_crossed = pattern == Pattern::crossed;
    const float thick = std::max(1.0f, is_crossed ? std::round(scale * 0.75f) : scale * 1.4f);
    list.PushClipRect(from, to, true);
    for (float x = from.x - height; x < to.x; x += std::max(3.0f, std::round(4 * scale))) {
        list.AddLine({x, to.y}, {x + height, from.y}, ink, thick);
        if (is_crossed) list.AddLine({x, from.y}, {x + height, to.y}, ink, thick);
    }
    list.PopClipRect();
}

class LegendTable {
public:
    LegendTable(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          commands_(commands),
          palette_(*view.palette),
          legend_(legend_of(*view.map, view.session->heap())),
          columns_(columns()) {}

    void draw() {
        draw_head();
        for (const LegendRow& row : legend_.rows) {
            draw_type(row);
        }
        draw_sums();
    }

private:
    float scale() const { return view_.scale; }
    bool is_bytes() const { return state_.legend_shows_bytes; }

    bool is_faded(AllocationType type, std::size_t colour) const {
        return is_faded_out(state_, static_cast<Texel>(static_cast<unsigned>(type) |
                                                       colour << texel::colour_shift | texel::in_use));
    }
    bool is_faded(AllocationType type) const {
        return is_faded(type, 0) && is_faded(type, 1) && is_faded(type, 2);
    }
    /// The colour whose column the pointer is in.
    std::optional<std::size_t> column_under_pointer() const {
        const float x = ImGui::GetMousePos().x;
        for (std::size_t i = 0; i < heapcore::colour_count; ++i)
            if (x >= columns_.cell(i) && x < columns_.cell(i) + columns_.cell_width) return i;
        return std::nullopt;
    }
    void isolate(std::uint32_t entry) { commands_.push(CommandId::isolate, entry); }

    Columns columns() const {
        const float s = view_.scale;
        Columns result{};
        result.left = ImGui::GetCursorScreenPos().x;
        const float width = ImGui::GetContentRegionAvail().x;
        for (const std::string_view word : heapcore::allocation_type_words) {
            result.name_width = std::max(result.name_width, width_of(word, fonts().small));
        }
        result.name_width = std::round(std::min(result.name_width, width * 0.4f));
        result.gap = std::round(3 * s);
        const float number = width_of(count_text(std::max(legend_.most_chunks, 9999u)), fonts().mono_small);
        const float least_cell = std::max(number, width_of("99.9M", fonts().mono_small)) + 10 * s;
        const float total = width_of("99.9M", fonts().mono_small) + 8 * s;
        const float room = width - result.name_width - 8 * s;
        const bool has_total = room >= 3 * least_cell + 3 * result.gap + total;
        const float cells = has_total ? room - total : room;
        result.cell_width = std::floor(std::min(cells / 3 - result.gap, least_cell + 22 * s));
        result.cells = result.left + result.name_width + std::round(8 * s);
        result.total_right = has_total ? result.left + width : 0;
        result.row_height = std::round(size_of(fonts().small) + 2 * s);
        return result;
    }

    const Rgba& header_colour(Colour colour) const {
        return colour == Colour::white  ? palette_.header_white
               : colour == Colour::grey ? palette_.header_grey
                                        : palette_.header_black;
    }

    // What the three colours mean stands where their columns begin.
    void draw_head() {
        RowCanvas row(view_, state_, commands_, -1, columns_.row_height + scale(), {}, true);
        const auto pointed = column_under_pointer();
        if (row.is_clicked() && pointed) isolate(lens::entry_of_colour(*pointed));
        for (std::size_t i = 0; i < heapcore::colour_count; ++i) {
            const auto colour = static_cast<Colour>(i);
            const float side = std::round(8 * scale());
            const float y = std::floor(row.top() + (row.height() - side) / 2);
            const ImVec2 from = {columns_.cell(i), y};
            ImDrawList& list = *ImGui::GetWindowDrawList();
            list.AddRectFilled(from, {from.x + side, from.y + side}, u32(header_colour(colour)), 2 * scale());
            list.AddRect(from, {from.x + side, from.y + side}, u32(palette_.text_dim), 2 * scale());
            row.x = from.x + side + std::round(4 * scale());
            row.text(heapcore::word_of(colour), columns_.cell(i) + columns_.cell_width - row.x,
                     palette_.text_dim, fonts().small);
            if (row.is_hovered() && pointed == i)
                text_tooltip(std::string(heapcore::word_of(colour)) + ": " + std::string(meaning_of(colour)));
        }
        draw_total(row, is_bytes() ? "chunks" : "bytes", palette_.text_dim, fonts().small);
    }

    void draw_total(const RowCanvas& row, std::string_view text, const Rgba& colour, ImFont* font) const {
        if (columns_.total_right > 0) row.text_right(text, columns_.total_right, colour, font);
    }

    void draw_type(const LegendRow& type) {
        RowCanvas row(view_, state_, commands_, static_cast<int>(type.type), columns_.row_height, {}, true);
        if (const auto hovered = hovered_header();
            hovered && hovered->is_in_use() && hovered->type() == type.type)
            row.light();
        const auto number = static_cast<std::size_t>(type.type);
        const auto pointed = column_under_pointer();
        if (row.is_clicked())
            isolate(pointed ? lens::entry_of(number, *pointed) : lens::entry_of_type(number));
        const bool is_empty = type.total.chunks == 0 || is_faded(type.type);
        row.text(heapcore::word_of(type.type), columns_.name_width,
                 is_empty ? palette_.text_dim : palette_.text, fonts().small);
        for (std::size_t i = 0; i < heapcore::colour_count; ++i) {
            draw_cell(row, palette_.of(type.type, static_cast<Colour>(i)), i, type.colours[i],
                      is_faded(type.type, i));
        }
        draw_total(row, is_empty ? "" : measure(type.total, !is_bytes()), palette_.text_dim,
                   fonts().mono_small);
        if (row.is_hovered()) text_tooltip(help_of(type) + "\n" + isolation_help);
    }

    /// Of the chunk under the pointer on the map or in a panel.
    std::optional<heapcore::Header> hovered_header() const {
        const heapcore::Heap& heap = view_.session->heap();
        if (!state_.hover || *state_.hover >= heap.size_bytes()) return std::nullopt;
        const heapcore::ChunkFault fault = heap.fault_of(*state_.hover);
        const bool is_chunk =
            fault == heapcore::ChunkFault::none || fault == heapcore::ChunkFault::not_in_use;
        return is_chunk ? std::optional(heap.header(*state_.hover)) : std::nullopt;
    }

    static std::string help_of(const LegendRow& type) {
        std::string text(heapcore::word_of(type.type));
        text += ": " + tally_text(type.total);
        for (std::size_t i = 0; i < heapcore::colour_count; ++i) {
            text += "\n" + std::string(heapcore::word_of(static_cast<Colour>(i))) + ": " +
                    tally_text(type.colours[i]);
        }
        return text;
    }

    // A number on its colour, in whichever of the palette's extremes stands out from it.
    void draw_cell(RowCanvas& row, const Rgba& fill, std::size_t column, const Tally& tally, bool is_faded) {
        const bool is_empty = tally.chunks == 0 || is_faded;
        const float left = columns_.cell(column);
        const float right = left + columns_.cell_width;
        const ImVec2 from = {left, row.top() + std::round(scale() * 0.5f)};
        const ImVec2 to = {right, row.top() + row.height() - std::round(scale() * 0.5f)};
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddRectFilled(from, to, u32(fill, is_empty ? 0.28f : 1), 2.5f * scale());
        const Rgba ink = ink_on(fill);
        draw_pattern(from, {from.x + std::round(12 * scale()), to.y}, lens::pattern_of(column),
                     u32(is_empty ? palette_.text : ink, is_empty ? 0.12f : 0.3f), scale());
        if (tally.chunks == 0) return;
        row.text_right(measure(tally, is_bytes()), right - 5 * scale(), is_faded ? palette_.text_dim : ink,
                       fonts().mono_small);
    }

    void draw_sums() {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float y = std::floor(at.y + 2 * scale()) + 0.5f;
        ImGui::GetWindowDrawList()->AddLine({at.x, y}, {at.x + ImGui::GetContentRegionAvail().x, y},
                                            u32(palette_.border));
        ImGui::Dummy({1, std::round(4 * scale())});
        draw_in_use();
        draw_free();
        if (legend_.odd.chunks > 0)
            small_text(view_, tally_text(legend_.odd) + " of a type or colour that does not exist",
                       Tone::alarm);
    }

    void draw_in_use() {
        RowCanvas row(view_, state_, commands_, 100, columns_.row_height, {}, true);
        if (const auto pointed = column_under_pointer(); pointed && row.is_clicked())
            isolate(lens::entry_of_colour(*pointed));
        row.text("in use", columns_.name_width, palette_.text, fonts().small);
        for (std::size_t i = 0; i < heapcore::colour_count; ++i) {
            const Tally& tally = legend_.colours[i];
            row.text_right(tally.chunks ? measure(tally, is_bytes()) : "0",
                           columns_.cell(i) + columns_.cell_width - 5 * scale(),
                           tally.chunks ? palette_.text : palette_.text_dim, fonts().mono_small);
        }
        draw_total(row, measure(legend_.in_use, !is_bytes()), palette_.text_dim, fonts().mono_small);
        if (row.is_hovered()) text_tooltip("in use: " + tally_text(legend_.in_use));
    }

    void draw_free() {
        RowCanvas row(view_, state_, commands_, 101, columns_.row_height, {}, true);
        if (const auto hovered = hovered_header(); hovered && !hovered->is_in_use()) row.light();
        if (row.is_clicked()) isolate(lens::entry_of_free);
        const bool is_faded = is_faded_out(state_, 0);
        const Rgba& ink = is_faded ? palette_.text_dim : palette_.text;
        const Tally& tally = legend_.free;
        row.text("free", columns_.name_width, ink, fonts().small);
        const ImVec2 from = {columns_.cell(0), row.top() + std::round(scale() * 0.5f)};
        const ImVec2 to = {columns_.cell(0) + columns_.cell_width,
                           row.top() + row.height() - std::round(scale() * 0.5f)};
        ImGui::GetWindowDrawList()->AddRectFilled(from, to, u32(palette_.free), 2.5f * scale());
        ImGui::GetWindowDrawList()->AddRect(from, to, u32(palette_.free_outline), 2.5f * scale());
        row.text_right(measure(tally, is_bytes()), columns_.cell(0) + columns_.cell_width - 5 * scale(), ink,
                       fonts().mono_small);
        draw_total(row, measure(tally, !is_bytes()), palette_.text_dim, fonts().mono_small);
        const std::string other = measure(tally, !is_bytes()) + (is_bytes() ? "" : " bytes");
        const float right = columns_.cell(2) + columns_.cell_width - 5 * scale();
        const bool has_room = right - width_of(other, fonts().mono_small) >= columns_.cell(1);
        if (columns_.total_right <= 0 && has_room)
            row.text_right(other, right, palette_.text_dim, fonts().mono_small);
        if (row.is_hovered()) text_tooltip("free: " + tally_text(tally) + "\n" + isolation_help);
    }

    const View& view_;
    UiState& state_;
    Commands& commands_;
    const Palette& palette_;
    Legend legend_;
    Columns columns_;
};

// The entries of a lens with how many there are of each; what they were made from in words.
class LegendList {
public:
    LegendList(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          commands_(commands),
          row_(row_of(state.lens)),
          row_height_(std::round(size_of(fonts().small) + 3 * view.scale)),
          number_width_(width_of("9,999,999", fonts().mono_small)) {}

    void draw() {
        draw_head();
        for (std::uint32_t i = 0; i < row_.entries.size(); ++i)
            draw_entry(i);
        const std::string note = note_of();
        if (note.empty()) return;
        ImGui::Dummy({1, std::round(3 * view_.scale)});
        small_text(view_, note);
    }

private:
    float bytes_right(const RowCanvas& row) const { return row.right(); }
    float chunks_right(const RowCanvas& row) const {
        return row.right() - number_width_ - std::round(8 * view_.scale);
    }

    void draw_head() {
        RowCanvas row(view_, state_, commands_, -1, row_height_);
        const Rgba& dim = view_.palette->text_dim;
        row.text(row_.heading, chunks_right(row) - number_width_ * 0.75f - row.x, dim, fonts().small);
        row.text_right("chunks", chunks_right(row), dim, fonts().small);
        row.text_right("bytes", bytes_right(row), dim, fonts().small);
    }

    void draw_entry(std::uint32_t number) {
        const LensEntry& entry = row_.entries[number];
        RowCanvas row(view_, state_, commands_, static_cast<int>(number), row_height_, {}, true);
        if (state_.hover && view_.lens->entry_at(*state_.hover) == &entry) row.light();
        if (row.is_clicked()) commands_.push(CommandId::isolate, number);
        const Tally tally = view_.lens->tally_of(entry);
        const bool is_faded = state_.isolated && state_.isolated != number;
        const bool is_empty = tally.bytes == 0;
        const Rgba& ink = is_empty || is_faded ? view_.palette->text_dim : view_.palette->text;
        draw_swatch(row, entry, is_faded);
        row.text(entry.name, chunks_right(row) - number_width_ * 0.75f - row.x, ink, fonts().small);
        if (!is_empty) {
            row.text_right(count_text(tally.chunks), chunks_right(row), ink, fonts().mono_small);
            row.text_right(count_text(tally.bytes), bytes_right(row), ink, fonts().mono_small);
        }
        if (row.is_hovered()) text_tooltip(help_of(entry, tally));
    }

    void draw_swatch(RowCanvas& row, const LensEntry& entry, bool is_faded) const {
        const float s = view_.scale;
        const float height = row_height_ - std::round(4 * s), width = std::round(20 * s);
        const ImVec2 from = {row.x, row.top() + std::round(2 * s)}, to = {from.x + width, from.y + height};
        const Rgba& fill = colour_of(*view_.palette, entry.ink);
        const float strength = is_faded ? 0.3f : 1;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddRectFilled(from, to, u32(fill, strength), 2.5f * s);
        draw_pattern(from, to, entry.pattern, u32(ink_on(fill), 0.4f * strength), s);
        const bool recedes = entry.ink.kind == Ink::free;
        if (recedes) list.AddRect(from, to, u32(view_.palette->free_outline, strength), 2.5f * s);
        row.x = to.x + std::round(7 * s);
    }

    static std::string help_of(const LensEntry& entry, const Tally& tally) {
        std::string text = std::string(entry.name) + ": " + tally_text(tally);
        if (!entry.help.empty()) text += "\n" + std::string(entry.help);
        return text + "\n" + isolation_help;
    }

    std::string note_of() const {
        const LensMap& lens = *view_.lens;
        const bool needs_graph = row_.need == LensNeed::reach || row_.need == LensNeed::retention;
        if (row_.need == LensNeed::mark) return mark_note();
        if (state_.lens == LensId::fit) return "The request: " + text_of(lens.request()) + ".";
        const bool selects_used = view_.selected && view_.session->heap().header(*view_.selected).is_in_use();
        if (row_.need == LensNeed::retention && !selects_used) return "Select a chunk that is in use.";
        if (needs_graph && lens.is_behind()) return "Looking through the heap\xe2\x80\xa6";
        return {};
    }

    std::string mark_note() const {
        const MarkedPosition* const marked = view_.lens->marked();
        if (!marked) return "No position is marked: M marks this one.";
        const heapcore::Position at = marked->position();
        std::string text = "Marked: after operation " + count_text(at.operation);
        if (at.step > 0)
            text += " and " + count_text(at.step) + (at.step == 1 ? " step" : " steps") + " more";
        return text + ". M marks this position.";
    }

    const View& view_;
    UiState& state_;
    Commands& commands_;
    const LensRow& row_;
    float row_height_, number_width_;
};

// "chunks | bytes" at the right end of the title's line.
void draw_measure_switch(const View& view, UiState& state) {
    const FontScope scope(fonts().small);
    const float gap = std::round(10 * view.scale);
    const float width = text_width("chunks") + gap + text_width("bytes");
    const float left = ImGui::GetWindowContentRegionMax().x - width;
    const float lens = lens_button_width(view, row_of(state.lens).name) + gap;
    if (ImGui::GetWindowPos().x + left < ImGui::GetItemRectMax().x + lens + gap) return;
    ImGui::SameLine(left);
    for (const bool is_bytes : {false, true}) {
        const char* const word = is_bytes ? "bytes" : "chunks";
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const ImVec2 size = ImGui::CalcTextSize(word);
        if (ImGui::InvisibleButton(word, size)) state.legend_shows_bytes = is_bytes;
        const bool is_on = state.legend_shows_bytes == is_bytes;
        if (ImGui::IsItemHovered()) text_tooltip(is_bytes ? "Show bytes" : "Show numbers of chunks");
        draw_text(at, u32(is_on || ImGui::IsItemHovered() ? view.palette->text : view.palette->text_dim),
                  word);
        if (is_on)
            ImGui::GetWindowDrawList()->AddLine({at.x, at.y + size.y + 0.5f},
                                                {at.x + size.x, at.y + size.y + 0.5f},
                                                u32(view.palette->text), std::max(1.0f, view.scale));
        if (!is_bytes) ImGui::SameLine(0, gap);
    }
}

// The title's line: which lens, and for the table what it counts.
void draw_lens(const View& view, UiState& state, Commands& commands) {
    const ImVec2 below = ImGui::GetCursorScreenPos();
    const ImVec2 title = ImGui::GetItemRectMin(), end = ImGui::GetItemRectMax();
    if (state.lens == LensId::type_and_colour) draw_measure_switch(view, state);
    const FontScope font(fonts().small);
    const ImVec2 at = {end.x + std::round(10 * view.scale), title.y};
    const float width = lens_button(view, state, commands, "lens of the legend", at, row_of(state.lens).name);
    state.tour.place(TourStep::lens) = {at.x, at.y, width, ImGui::GetFontSize()};
    ImGui::SetCursorScreenPos({below.x, below.y - std::round(4 * view.scale)});
}

void draw_colours(const View& view) {
    const FontScope scope(fonts().small);
    std::string text;
    for (std::size_t i = 0; i < heapcore::colour_count; ++i) {
        const auto colour = static_cast<Colour>(i);
        text +=
            (i ? " · " : "") + std::string(heapcore::word_of(colour)) + " " + std::string(meaning_of(colour));
    }
    elided_text(text, ImGui::GetContentRegionAvail().x, view.palette->text_dim);
}

}  // namespace

void draw_legend(const View& view, UiState& state, Commands& commands) {
    panel_title("Legend");
    if (!view.session || !view.map || view.map->granules() == 0)
        return empty_state(*view.palette,
                           "Types, colours and how many there are of each, once a trace is open.");
    draw_lens(view, state, commands);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    if (state.lens == LensId::type_and_colour) {
        LegendTable(view, state, commands).draw();
        ImGui::Dummy({1, std::round(3 * view.scale)});
        draw_colours(view);
    } else {
        LegendList(view, state, commands).draw();
    }
    ImGui::PopStyleVar();
}

}  // namespace tricolour
