// The legend: type by colour, each cell in the colour that the map shows it in, with how many there
// are. Cells have room for the largest number that the heap can show, so that nothing jumps.
#include "app/model/legend.h"

#include "app/model/narration.h"
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
        RowCanvas row(view_, state_, commands_, -1, columns_.row_height + scale());
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
            if (row.is_hovered() && ImGui::GetMousePos().x >= from.x &&
                ImGui::GetMousePos().x < from.x + columns_.cell_width)
                text_tooltip(std::string(heapcore::word_of(colour)) + ": " + std::string(meaning_of(colour)));
        }
        draw_total(row, is_bytes() ? "chunks" : "bytes", palette_.text_dim, fonts().small);
    }

    void draw_total(const RowCanvas& row, std::string_view text, const Rgba& colour, ImFont* font) const {
        if (columns_.total_right > 0) row.text_right(text, columns_.total_right, colour, font);
    }

    void draw_type(const LegendRow& type) {
        RowCanvas row(view_, state_, commands_, static_cast<int>(type.type), columns_.row_height);
        const bool is_empty = type.total.chunks == 0;
        row.text(heapcore::word_of(type.type), columns_.name_width,
                 is_empty ? palette_.text_dim : palette_.text, fonts().small);
        for (std::size_t i = 0; i < heapcore::colour_count; ++i) {
            draw_cell(row, palette_.of(type.type, static_cast<Colour>(i)), i, type.colours[i], is_hatched(i));
        }
        draw_total(row, is_empty ? "" : measure(type.total, !is_bytes()), palette_.text_dim,
                   fonts().mono_small);
        if (row.is_hovered()) text_tooltip(help_of(type));
    }

    static bool is_hatched(std::size_t colour) { return static_cast<Colour>(colour) == Colour::grey; }

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
    void draw_cell(RowCanvas& row, const Rgba& fill, std::size_t column, const Tally& tally, bool is_hatch) {
        const bool is_empty = tally.chunks == 0;
        const float left = columns_.cell(column);
        const float right = left + columns_.cell_width;
        const ImVec2 from = {left, row.top() + std::round(scale() * 0.5f)};
        const ImVec2 to = {right, row.top() + row.height() - std::round(scale() * 0.5f)};
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddRectFilled(from, to, u32(fill, is_empty ? 0.28f : 1), 2.5f * scale());
        const float luminance = 0.299f * fill.red + 0.587f * fill.green + 0.114f * fill.blue;
        const Rgba ink = luminance > 0.52f ? Rgba{0.05f, 0.06f, 0.08f, 1} : Rgba{1, 1, 1, 1};
        if (is_hatch) draw_hatch(from, to, is_empty ? palette_.text : ink, is_empty ? 0.12f : 0.25f);
        if (is_empty) return;
        row.text_right(measure(tally, is_bytes()), right - 5 * scale(), ink, fonts().mono_small);
    }

    void draw_hatch(ImVec2 from, ImVec2 to, const Rgba& ink, float strength) const {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const float height = to.y - from.y;
        const ImVec2 end = {from.x + std::round(12 * scale()), to.y};
        list.PushClipRect(from, end, true);
        for (float x = from.x - height; x < end.x; x += std::max(3.0f, std::round(4 * scale()))) {
            list.AddLine({x, to.y}, {x + height, from.y}, u32(ink, strength), std::max(1.0f, scale()));
        }
        list.PopClipRect();
    }

    void draw_sums() {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float y = std::floor(at.y + 2 * scale()) + 0.5f;
        ImGui::GetWindowDrawList()->AddLine({at.x, y}, {at.x + ImGui::GetContentRegionAvail().x, y},
                                            u32(palette_.border));
        ImGui::Dummy({1, std::round(4 * scale())});
        draw_in_use();
        draw_sum("free", 101, legend_.free, &palette_.free);
        if (legend_.odd.chunks > 0)
            small_text(view_, tally_text(legend_.odd) + " of a type or colour that does not exist",
                       Tone::alarm);
    }

    void draw_in_use() {
        RowCanvas row(view_, state_, commands_, 100, columns_.row_height);
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

    void draw_sum(std::string_view name, int id, const Tally& tally, const Rgba* fill) {
        RowCanvas row(view_, state_, commands_, id, columns_.row_height);
        row.text(name, columns_.name_width, palette_.text, fonts().small);
        if (fill) {
            const ImVec2 from = {columns_.cell(0), row.top() + std::round(scale() * 0.5f)};
            const ImVec2 to = {columns_.cell(0) + columns_.cell_width,
                               row.top() + row.height() - std::round(scale() * 0.5f)};
            ImGui::GetWindowDrawList()->AddRectFilled(from, to, u32(*fill), 2.5f * scale());
            ImGui::GetWindowDrawList()->AddRect(from, to, u32(palette_.free_outline), 2.5f * scale());
        }
        row.text_right(measure(tally, is_bytes()), columns_.cell(0) + columns_.cell_width - 5 * scale(),
                       palette_.text, fonts().mono_small);
        draw_total(row, measure(tally, !is_bytes()), palette_.text_dim, fonts().mono_small);
        const std::string other = measure(tally, !is_bytes()) + (is_bytes() ? "" : " bytes");
        const float right = columns_.cell(2) + columns_.cell_width - 5 * scale();
        const bool has_room = right - width_of(other, fonts().mono_small) >= columns_.cell(1);
        if (columns_.total_right <= 0 && has_room)
            row.text_right(other, right, palette_.text_dim, fonts().mono_small);
        if (row.is_hovered()) text_tooltip(std::string(name) + ": " + tally_text(tally));
    }

    const View& view_;
    UiState& state_;
    Commands& commands_;
    const Palette& palette_;
    Legend legend_;
    Columns columns_;
};

// "chunks | bytes" at the right end of the title's line.
void draw_measure_switch(const View& view, UiState& state) {
    const FontScope scope(fonts().small);
    const float gap = std::round(10 * view.scale);
    const float width = text_width("chunks") + gap + text_width("bytes");
    const float left = ImGui::GetWindowContentRegionMax().x - width;
    if (ImGui::GetWindowPos().x + left < ImGui::GetItemRectMax().x + gap) return;
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
    draw_measure_switch(view, state);
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() - std::round(4 * view.scale));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    LegendTable(view, state, commands).draw();
    ImGui::Dummy({1, std::round(3 * view.scale)});
    draw_colours(view);
    ImGui::PopStyleVar();
}

}  // namespace tricolour
