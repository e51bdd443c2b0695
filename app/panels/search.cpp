// Search: one field; below it what was found, by kind and counted. Instead of the trace's list while it is
// open, so that nothing lies over the map on which the hits are marked.
#include "app/model/search.h"

#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tricolour {
namespace {

class SearchPanel {
public:
    SearchPanel(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          own_(state.search),
          commands_(commands),
          palette_(*view.palette),
          search_(*view.search) {
        if (own_.chosen) chosen_ = search_.index_of(*own_.chosen);
    }

    void draw() {
        draw_head();
        draw_field();
        take_keys();
        ImGui::Dummy({1, scaled(4)});
        if (!ImGui::BeginChild("##hits")) return ImGui::EndChild();
        if (search_.typed().empty())
            draw_examples();
        else if (const std::string text = search_.state_text(); !text.empty())
            small_text(view_, text, search_.is_under_way() ? Tone::dim : Tone::plain);
        else
            draw_hits();
        ImGui::EndChild();
        preview();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    float row_height() const { return std::round(size_of(fonts().small) + scaled(9)); }

    void draw_head() const {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float right = at.x + ImGui::GetContentRegionAvail().x;
        panel_title("Search");
        const FontScope small(fonts().small);
        const std::string count = search_.count_text(chosen_);
        draw_text({right - text_width(count), at.y}, u32(palette_.text_dim), count);
    }

    void draw_field() {
        ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
        if (std::exchange(own_.wants_focus, false)) ImGui::SetKeyboardFocusHere();
        const std::string before = own_.typed;
        text_field("##search", "name, class, text, 0x\xe2\x80\xa6, 12", own_.typed,
                   ImGuiInputTextFlags_AutoSelectAll);
        own_.is_typing = ImGui::IsItemActive();
        if (own_.typed == before) return;
        own_.chosen.reset();
        own_.was_gone_to = false;
        chosen_.reset();
    }

    // Not before what was typed with them has been looked for, and not those meant for a palette over it.
    void take_keys() {
        if (!search_.is_of(own_.typed) || state_.command_palette.is_open) return;
        for (const std::string& key : std::exchange(state_.list_keys, {})) {
            if (key == "Enter") go_on();
            if (const auto row = row_after(key, chosen_, search_.count())) choose(*row);
        }
    }

    void choose(std::uint64_t index) {
        chosen_ = index;
        own_.chosen = search_.hit(index);
        own_.was_gone_to = false;
        own_.wants_scroll = true;
    }

    // To the hit chosen; if it was gone to already, to the next.
    void go_on() {
        own_.wants_focus = true;
        if (search_.count() == 0) return;
        if (own_.was_gone_to && !own_.closes_on_going) return commands_.push(CommandId::hit_forward);
        commands_.push(CommandId::go_to_hit, chosen_.value_or(0));
    }

    // The hit chosen with the keys is shown on the map as if it were under the pointer.
    void preview() {
        if (own_.chosen && chosen_ && !own_.chosen->is_in_trace() && !state_.hover_next)
            state_.hover_next = own_.chosen->chunk;
    }

    void draw_examples() {
        small_text(view_, "Type what to look for. Here, for instance:");
        ImGui::Dummy({1, scaled(4)});
        int id = 0;
        for (const SearchExample& example : examples_of(*view_.session, *view_.map)) {
            RowCanvas canvas(view_, state_, commands_, id++, row_height(), {}, true);
            const float width = canvas.right() - canvas.left();
            const float what = width_of(example.what, fonts().small);
            canvas.link(example.typed, width - what - scaled(10), palette_.text, fonts().mono_small);
            canvas.text_right(example.what, canvas.right(), palette_.text_dim, fonts().small);
            if (!canvas.is_clicked()) continue;
            own_.typed = example.typed;
            own_.wants_focus = true;
        }
        ImGui::Dummy({1, scaled(6)});
        small_text(view_, "Enter goes there, Up and Down show each hit on the map, Esc closes.");
    }

    void draw_hits() {
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
        std::uint64_t first = 0;
        for (std::size_t i = 0; i < hit_kind_count; ++i) {
            const auto kind = static_cast<HitKind>(i);
            const std::uint64_t count = search_.count(kind);
            if (count > 0) draw_kind(row_of(kind), first, count);
            first += count;
        }
        ImGui::PopStyleVar();
    }

    void draw_kind(const HitKindRow& row, std::uint64_t first, std::uint64_t count) {
        if (!section(view_, std::string(row.title).c_str(), count_text(count), row.help)) return;
        bring_into_sight(first, count);
        ImGui::PushID(static_cast<int>(row.kind));
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(count), row_height());
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_hit(first + static_cast<std::uint64_t>(i), i);
        ImGui::PopID();
        ImGui::Dummy({1, scaled(6)});
    }

    void bring_into_sight(std::uint64_t first, std::uint64_t count) {
        if (!own_.wants_scroll || !chosen_ || *chosen_ < first || *chosen_ >= first + count) return;
        own_.wants_scroll = false;
        const float top = ImGui::GetCursorPosY() + static_cast<float>(*chosen_ - first) * row_height();
        const float sight = ImGui::GetScrollY(), room = ImGui::GetWindowHeight();
        if (top < sight || top + row_height() > sight + room)
            ImGui::SetScrollY(std::max(0.0f, top - (room - row_height()) / 2));
    }

    void draw_hit(std::uint64_t index, int id) {
        const Hit hit = search_.hit(index);
        const auto chunk = hit.is_in_trace() ? std::nullopt : std::optional(hit.chunk);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (chosen_ == index)
            ImGui::GetWindowDrawList()->AddRectFilled(
                at, {at.x + ImGui::GetContentRegionAvail().x, at.y + row_height()},
                u32(palette_.panel_raised), scaled(3));
        RowCanvas canvas(view_, state_, commands_, id, row_height(), chunk, true);
        if (canvas.is_clicked()) commands_.push(CommandId::go_to_hit, index);
        if (chosen_ == index)
            ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + scaled(3)},
                                                      {at.x + scaled(2), at.y + row_height() - scaled(3)},
                                                      u32(palette_.hit));
        canvas.x += scaled(8);
        if (chunk) canvas.chunk_swatch(*chunk);
        draw_hit_text(canvas, hit, text_of(*view_.session, hit, search_.typed()));
    }

    // Addresses stand in a column at the right; an operation's line takes the room that is left.
    void draw_hit_text(RowCanvas& canvas, const Hit& hit, const HitText& text) const {
        ImFont* const mono = fonts().mono_small;
        const float gap = scaled(8);
        if (hit.kind == HitKind::place) {
            canvas.text(text.title, canvas.right() - canvas.x, palette_.text, fonts().small);
            canvas.x += gap;
            canvas.text(text.detail, canvas.right() - canvas.x, palette_.text_dim, mono);
        } else {
            ImFont* const font = hit.is_in_trace() ? fonts().small : mono;
            const float detail = width_of(text.detail, font);
            canvas.text(text.title, canvas.right() - detail - gap - canvas.x, palette_.text, fonts().small);
            canvas.text_right(text.detail, canvas.right(), palette_.text_dim, font);
        }
        if (canvas.is_hovered() && canvas.is_elided()) text_tooltip(text.title + "\n" + text.detail);
    }

    const View& view_;
    UiState& state_;
    SearchState& own_;
    Commands& commands_;
    const Palette& palette_;
    const Search& search_;
    std::optional<std::uint64_t> chosen_;
};

}  // namespace

void draw_search(const View& view, UiState& state, Commands& commands) {
    if (!view.session || !view.search)
        return empty_state(*view.palette, "A trace is searched once it is open.");
    SearchPanel(view, state, commands).draw();
}

}  // namespace tricolour
