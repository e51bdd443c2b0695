// Roots and mark state: every root in the section of its kind, and while a collection runs, where
// it stands.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>

namespace tricolour {
namespace {

constexpr float row_height = 19;  // at scale 1
constexpr float indent_width = 12;

class RootList {
public:
    RootList(const View& view, UiState& state, Commands& commands)
        : view_(view), state_(state), commands_(commands), palette_(*view.palette), rows_(state.roots) {}

    void draw() {
        if (rows_.is_collecting()) draw_collection();
        for (std::size_t i = 0; i < root_section_count; ++i) {
            draw_section(static_cast<RootSection>(i));
        }
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }

    void draw_collection() {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float bar = scaled(3);
        ImGui::Indent(scaled(10));
        elided_text(rows_.phase_text(), ImGui::GetContentRegionAvail().x, palette_.text);
        const std::string cursor = rows_.cursor_text();
        if (!cursor.empty()) {
            const FontScope scope(fonts().small);
            RowCanvas row(view_, state_, commands_, -2, scaled(row_height), rows_.cursor_chunk());
            row.text(cursor, row.right() - row.x, palette_.text_dim, fonts().small);
            if (row.is_hovered() && row.is_elided()) text_tooltip(cursor);
        }
        ImGui::Unindent(scaled(10));
        const float bottom = ImGui::GetCursorScreenPos().y;
        ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + scaled(1)}, {at.x + bar, bottom - scaled(2)},
                                                  u32(palette_.band[1]), bar / 2);
        ImGui::Dummy({1, scaled(4)});
    }

    void draw_section(RootSection which) {
        const bool is_mark_state = which == RootSection::mark_stack || which == RootSection::weak_met;
        const RootSectionRow& row = row_of(which);
        const std::uint64_t count = rows_.count(which);
        const std::uint64_t shown = rows_.row_count(which);
        if (is_mark_state && !rows_.is_collecting()) return;
        if (shown == 0 && row.empty.empty()) return;
        const bool is_cut = which == RootSection::weak_met && rows_.is_weak_list_cut();
        const std::string total = count_text(count) + (is_cut ? "+" : "");
        ImGui::PushID(static_cast<int>(which));
        if (section(view_, std::string(row.title).c_str(), total, row.help)) {
            if (shown == 0) draw_empty(row.empty);
            draw_rows(which, shown);
            ImGui::Dummy({1, scaled(4)});
        }
        ImGui::PopID();
    }

    void draw_empty(std::string_view text) {
        RowCanvas row(view_, state_, commands_, -1, scaled(row_height));
        row.x += scaled(14);
        row.text(text, row.right() - row.x, palette_.text_dim, fonts().small);
    }

    void draw_rows(RootSection which, std::uint64_t count) {
        const float label_width = label_width_of(which, count);
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(std::min<std::uint64_t>(count, 1u << 20)), scaled(row_height));
        while (clipper.Step()) {
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
                draw_row(i, rows_.row(which, static_cast<std::uint64_t>(i)), label_width);
            }
        }
    }

    float label_width_of(RootSection which, std::uint64_t count) const {
        if (which == RootSection::weak_met) return 0;
        const bool has_words = which == RootSection::threads || which == RootSection::exceptions;
        return width_of(has_words ? "operand 00" : count_text(std::max<std::uint64_t>(count, 10)),
                        has_words ? fonts().small : fonts().mono_small);
    }

    void draw_row(int id, const RootRow& row, float label_width) {
        RowCanvas canvas(view_, state_, commands_, id, scaled(row_height), row.chunk);
        canvas.x += scaled(14 + indent_width * static_cast<float>(row.indent));
        if (row.kind == RootRow::boundary)
            draw_boundary(canvas, row);
        else if (row.kind == RootRow::heading)
            draw_heading(canvas, row);
        else
            draw_root(canvas, row, label_width);
        if (canvas.is_hovered() && (canvas.is_elided() || !row.short_note.empty()))
            text_tooltip(whole_text(row));
    }

    static std::string whole_text(const RootRow& row) {
        std::string text = row.label;
        if (!row.text.empty()) text += (text.empty() ? "" : "  ") + row.text;
        if (!row.note.empty()) text += "\n" + row.note;
        return text;
    }

    void draw_boundary(RowCanvas& canvas, const RootRow& row) const {
        const float width = width_of(row.text, fonts().small) + scaled(8);
        const float y = std::floor(canvas.top() + canvas.height() / 2) + 0.5f;
        const float right = std::max(canvas.x, canvas.right() - width);
        ImGui::GetWindowDrawList()->AddLine({canvas.x, y}, {right, y}, u32(palette_.border));
        canvas.x = right + scaled(8);
        canvas.text(row.text, canvas.right() - canvas.x, palette_.text_dim, fonts().small);
    }

    void draw_heading(RowCanvas& canvas, const RootRow& row) const {
        canvas.text(row.text, canvas.right() - canvas.x, palette_.text, fonts().small);
        draw_note(canvas, row);
    }

    void draw_root(RowCanvas& canvas, const RootRow& row, float label_width) const {
        const bool is_number =
            !row.label.empty() && row.label.find_first_not_of("0123456789,") == std::string::npos;
        const float after_label = canvas.x + label_width + scaled(8);
        if (is_number) {
            canvas.text_right(row.label, canvas.x + label_width, palette_.text_dim, fonts().mono_small);
            canvas.x = after_label;
        } else if (!row.label.empty()) {
            canvas.text(row.label, label_width + scaled(20), palette_.text_dim, fonts().small);
            canvas.x = std::max(after_label, canvas.x + scaled(8));
        }
        const float room = canvas.right() - canvas.x;
        if (row.chunk) {
            canvas.chunk_swatch(*row.chunk);
            const bool is_now = view_.now == row.chunk;
            canvas.link(row.text, canvas.right() - canvas.x,
                        is_now ? palette_.now : colour_of(palette_, row.tone), fonts().small);
        } else {
            const bool is_value = row.tone == Tone::plain || row.tone == Tone::guess;
            canvas.text(row.text, room, colour_of(palette_, row.tone == Tone::guess ? Tone::plain : row.tone),
                        is_value ? fonts().mono_small : fonts().small);
        }
        draw_note(canvas, row);
    }

    void draw_note(RowCanvas& canvas, const RootRow& row) const {
        if (row.note.empty()) return;
        canvas.x += scaled(8);
        const Rgba& colour = row.tone == Tone::alarm ? palette_.alarm : palette_.text_dim;
        const float room = std::max(scaled(8), canvas.right() - canvas.x);
        const bool is_short = !row.short_note.empty() && width_of(row.note, fonts().small) > room;
        canvas.text(is_short ? row.short_note : row.note, room, colour, fonts().small);
    }

    const View& view_;
    UiState& state_;
    Commands& commands_;
    const Palette& palette_;
    const RootRows& rows_;
};

}  // namespace

void draw_roots(const View& view, UiState& state, Commands& commands) {
    if (!view.session) return empty_state(*view.palette, "What keeps chunks alive, once a trace is open.");
    state.roots.update(*view.session);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    RootList(view, state, commands).draw();
    ImGui::PopStyleVar();
}

}  // namespace tricolour
