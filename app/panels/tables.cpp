// Tables: free list, roots, frames, mark stack, classes, interned strings. One at a time, over the whole
// width; beside the free list a histogram of its sizes.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace tricolour {
namespace {

constexpr float row_height_at_one = 20;
constexpr float least_width_for_histogram = 760;  // at scale 1

/// A column as it is drawn.
struct Place {
    std::size_t column;
    float x, width;
};

class TablesPanel {
public:
    TablesPanel(const View& view, UiState& state, Commands& commands)
        : view_(view),
          state_(state),
          own_(state.tables),
          commands_(commands),
          palette_(*view.palette),
          table_(*view.table),
          about_(row_of(own_.shown)) {}

    void draw() {
        draw_head();
        // What was chosen in this frame is listed in the next.
        if (table_.wish().table != own_.shown) return;
        take_keys();
        follow_selection();
        const float histogram = histogram_width();
        const float width = ImGui::GetContentRegionAvail().x - histogram;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float height = ImGui::GetContentRegionAvail().y;
        if (ImGui::BeginChild("##table", {width, 0}, false,
                              ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse))
            draw_table();
        ImGui::EndChild();
        if (histogram > 0) draw_histogram({at.x + width + scaled(16), at.y}, histogram - scaled(16), height);
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    float row_height() const { return scaled(row_height_at_one); }

    // --- above the rows ----------------------------------------------------------------------

    void draw_head() {
        const float top = ImGui::GetCursorPosY();
        const float right = ImGui::GetContentRegionMax().x;
        const float tabs_top = top + scaled(4);
        bool is_first = true;
        for (const TableRow& row : table_rows()) {
            if (!std::exchange(is_first, false)) ImGui::SameLine(0, scaled(14));
            ImGui::SetCursorPosY(tabs_top);
            if (panel_tab(std::string(row.title).c_str(), own_.shown == row.table))
                commands_.push(CommandId::show_table, static_cast<std::uint64_t>(row.table));
            if (ImGui::IsItemHovered()) text_tooltip(row.help);
        }
        ImGui::SameLine(0, scaled(14));
        const float tabs_end = ImGui::GetCursorPosX();
        const FontScope scope(fonts().small);
        draw_filter(top, tabs_end, right);
        ImGui::SetCursorPosY(top + ImGui::GetFrameHeight() + scaled(6));
    }

    void draw_filter(float top, float left, float right) {
        const float count = width_of(table_.count_text(), fonts().small), end = ImGui::GetFrameHeight();
        const float field = std::clamp(right - end - left - count - scaled(12), scaled(120), scaled(240));
        const float x = right - end - field;
        ImGui::SetCursorPos({x, top});
        ImGui::SetNextItemWidth(field);
        if (std::exchange(own_.wants_focus, false)) ImGui::SetKeyboardFocusHere();
        const std::string measure(about_.columns[about_.measure].title);
        if (text_field("##filter", ("filter: text, 0x\xe2\x80\xa6, >64 (" + measure + ")").c_str(),
                       own_.filter(), ImGuiInputTextFlags_AutoSelectAll))
            own_.wants_scroll = true;
        own_.is_typing = ImGui::IsItemActive();
        if (ImGui::IsItemHovered() && !own_.is_typing) text_tooltip(filter_help());
        draw_end_of_filter(right - end, top, end);
        if (x - count - scaled(12) < left || table_.wish().table != own_.shown) return;
        const ImVec2 corner = ImGui::GetWindowPos();
        const float middle = std::floor((end - ImGui::GetTextLineHeight()) / 2);
        draw_text({corner.x + x - scaled(12) - count, corner.y + top + middle}, u32(palette_.text_dim),
                  table_.count_text());
    }

    // A cross that empties it.
    void draw_end_of_filter(float x, float top, float side) {
        if (own_.filter().empty()) return;
        ImGui::SetCursorPos({x, top});
        const ImVec2 at = ImGui::GetCursorScreenPos();
        if (ImGui::InvisibleButton("no filter", {side, side})) own_.filter().clear();
        const bool is_hovered = ImGui::IsItemHovered();
        if (is_hovered) text_tooltip("Shows all rows again");
        const ImVec2 middle = {std::floor(at.x + side / 2) + 0.5f, std::floor(at.y + side / 2) + 0.5f};
        const float arm = scaled(4);
        const ImU32 colour = u32(is_hovered ? palette_.text : palette_.text_dim);
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddLine({middle.x - arm, middle.y - arm}, {middle.x + arm, middle.y + arm}, colour,
                     1.5f * view_.scale);
        list.AddLine({middle.x - arm, middle.y + arm}, {middle.x + arm, middle.y - arm}, colour,
                     1.5f * view_.scale);
    }

    std::string filter_help() const {
        const std::string measure(about_.columns[about_.measure].title);
        return "Only rows with this in them: part of a name or an address, or a number.\n>64, <=4K: " +
               measure + " above 64, at most 4 KiB. Other columns by their titles: " +
               std::string(about_.columns[about_.measure == 1 ? 0 : 1].title) + ">=3. (" +
               std::string(row_of(CommandId::filter_table).key) + ")";
    }

    // --- keys and the selection --------------------------------------------------------------

    std::optional<std::uint64_t> chosen() const {
        if (own_.chosen && *own_.chosen < table_.count()) {
            const auto chunk = table_.chunk(*own_.chosen);
            if (!chunk || chunk == view_.selected) return own_.chosen;
        }
        return view_.selected ? table_.place_of(*view_.selected) : std::nullopt;
    }

    void take_keys() {
        for (const std::string& key : std::exchange(own_.keys, {})) {
            if (table_.count() == 0) continue;
            const auto now = chosen();
            if (key == "Enter" && now)
                commands_.push(CommandId::fit_selection);
            else if (key == "Enter")
                go_to(0);
            else if (const auto row = row_after(key, now, table_.count()))
                go_to(*row);
        }
    }

    void go_to(std::uint64_t place) {
        own_.chosen = place;
        own_.wants_scroll = true;
        if (const auto chunk = table_.chunk(place)) {
            commands_.push(CommandId::select_chunk, *chunk);
            commands_.push(CommandId::reveal_selection);
        }
    }

    // A selection made elsewhere is shown here too.
    void follow_selection() {
        if (own_.seen == state_.selection) return;
        own_.seen = state_.selection;
        own_.wants_scroll = true;
    }

    void bring_into_sight() {
        if (!own_.wants_scroll || table_.is_behind()) return;
        own_.wants_scroll = false;
        const auto place = chosen();
        if (!place) return;
        const float top = static_cast<float>(*place) * row_height();
        const float sight = ImGui::GetScrollY(), room = ImGui::GetWindowHeight();
        if (top < sight)
            ImGui::SetScrollY(std::max(0.0f, top - row_height()));
        else if (top + row_height() > sight + room)
            ImGui::SetScrollY(top + 2 * row_height() - room);
    }

    // --- rows --------------------------------------------------------------------------------

    /// Columns that have room, as wide as they need and those that grow wider.
    std::vector<Place> places(float left, float width) const {
        const float letter = width_of("0", fonts().mono_small), gap = scaled(14);
        std::vector<std::size_t> shown;
        for (std::size_t i = 0; i < about_.columns.size(); ++i)
            shown.push_back(i);
        const auto needed = [&](std::size_t column) {
            return static_cast<float>(about_.columns[column].letters) * letter + gap;
        };
        const auto room_left = [&] {
            float room = width;
            for (const std::size_t column : shown)
                room -= needed(column);
            return room;
        };
        for (std::size_t i = shown.size(); i-- > 0 && room_left() < 0;)
            if (about_.columns[shown[i]].can_go) shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(i));
        std::vector<float> widths;
        for (const std::size_t column : shown)
            widths.push_back(needed(column));
        share_out(room_left(), shown, letter, gap, widths);
        std::vector<Place> places;
        for (std::size_t i = 0; i < shown.size(); ++i) {
            places.push_back({shown[i], left, std::floor(widths[i] - gap)});
            left += std::floor(widths[i]);
        }
        return places;
    }

    // Room that is left over, to the columns that can do with more.
    void share_out(float room, const std::vector<std::size_t>& shown, float letter, float gap,
                   std::vector<float>& widths) const {
        const auto wanted = [&](std::size_t i) {
            const float most = static_cast<float>(about_.columns[shown[i]].most_letters) * letter + gap;
            return std::max(0.0f, most - widths[i]);
        };
        for (int growing = 1; room >= 1 && growing > 0;) {
            growing = 0;
            for (std::size_t i = 0; i < shown.size(); ++i)
                growing += wanted(i) > 0;
            const float share = room / static_cast<float>(std::max(growing, 1));
            for (std::size_t i = 0; i < shown.size(); ++i) {
                const float more = std::min(share, wanted(i));
                widths[i] += more;
                room -= more;
            }
        }
    }

    void draw_table() {
        const float left = ImGui::GetCursorScreenPos().x + scaled(8);
        const auto columns =
            places(left, ImGui::GetContentRegionAvail().x - scaled(8) - ImGui::GetStyle().ScrollbarSize);
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
        draw_titles(columns);
        if (ImGui::BeginChild("##rows")) {
            if (const std::string text = table_.state_text(); !text.empty()) {
                ImGui::Dummy({1, scaled(6)});
                ImGui::Indent(scaled(8));
                small_text(view_, text, table_.is_misread() ? Tone::alarm : Tone::plain);
                ImGui::Unindent(scaled(8));
            } else {
                draw_rows(columns);
            }
        }
        ImGui::EndChild();
        ImGui::PopStyleVar();
    }

    void draw_titles(const std::vector<Place>& columns) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float height = row_height(), width = ImGui::GetContentRegionAvail().x;
        for (const Place& place : columns)
            draw_title(place, at.y, height);
        ImGui::GetWindowDrawList()->AddLine({at.x, at.y + height - 0.5f},
                                            {at.x + width, at.y + height - 0.5f}, u32(palette_.border));
        ImGui::SetCursorScreenPos({at.x, at.y + height + scaled(2)});
    }

    void draw_title(const Place& place, float top, float height) {
        const TableColumn& column = about_.columns[place.column];
        const TableOrder order = own_.order();
        const bool is_sorted = order.column == place.column;
        ImGui::SetCursorScreenPos({place.x - scaled(4), top});
        ImGui::PushID(static_cast<int>(place.column));
        const bool is_clicked = ImGui::InvisibleButton("title", {place.width + scaled(8), height});
        ImGui::PopID();
        const bool is_hovered = ImGui::IsItemHovered();
        if (is_hovered) {
            ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
            text_tooltip(std::string(column.help) + "\nA click sorts by it, another the other way.");
        }
        if (is_clicked) {
            own_.set_order({place.column, is_sorted && !order.is_descending});
            own_.wants_scroll = true;
        }
        const FontScope scope(fonts().small);
        const ImU32 colour = u32(is_sorted || is_hovered ? palette_.text : palette_.text_dim);
        const float title = text_width(column.title);
        const float y = std::floor(top + (height - ImGui::GetTextLineHeight()) / 2);
        const bool is_right = column.kind == TableColumn::number;
        const float x = is_right ? place.x + place.width - title : place.x;
        draw_text({x, y}, colour, column.title);
        if (is_sorted)
            draw_sign_of_order({is_right ? x - scaled(9) : x + title + scaled(9), top + height / 2},
                               order.is_descending);
    }

    void draw_sign_of_order(ImVec2 middle, bool is_descending) const {
        const float half = scaled(4), high = is_descending ? -half * 0.7f : half * 0.7f;
        ImGui::GetWindowDrawList()->AddTriangleFilled({middle.x - half, middle.y + high},
                                                      {middle.x + half, middle.y + high},
                                                      {middle.x, middle.y - high}, u32(palette_.text));
    }

    void draw_rows(const std::vector<Place>& columns) {
        bring_into_sight();
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(table_.count()), row_height());
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_row(columns, static_cast<std::uint64_t>(i));
    }

    bool is_chosen(std::uint64_t place, std::optional<heapcore::Offset> chunk) const {
        return chunk ? view_.selected == chunk : own_.chosen == place;
    }

    void draw_row(const std::vector<Place>& columns, std::uint64_t place) {
        const auto chunk = table_.chunk(place);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const ImVec2 end = {at.x + ImGui::GetContentRegionAvail().x, at.y + row_height()};
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const bool is_chosen = this->is_chosen(place, chunk);
        if (is_chosen)
            list.AddRectFilled(at, end, ImGui::GetColorU32(ImGuiCol_Header));
        else if (place % 2)
            list.AddRectFilled(at, end, ImGui::GetColorU32(ImGuiCol_TableRowBgAlt));
        RowCanvas canvas(view_, state_, commands_, static_cast<int>(place), row_height(), chunk, true);
        if (canvas.is_clicked()) own_.chosen = place;
        if (canvas.is_clicked() && chunk) commands_.push(CommandId::reveal_selection);
        if (chunk && canvas.is_hovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
            commands_.push(CommandId::fit_selection);
        if (is_chosen)
            list.AddRectFilled({at.x, at.y + scaled(3)}, {at.x + scaled(2), end.y - scaled(3)},
                               u32(palette_.selection));
        std::string whole;
        for (const Place& column : columns)
            draw_cell(canvas, column, place, whole);
        if (canvas.is_hovered() && canvas.is_elided()) text_tooltip(whole);
    }

    void draw_cell(RowCanvas& canvas, const Place& place, std::uint64_t row, std::string& whole) {
        const TableColumn& column = about_.columns[place.column];
        const TableCell cell = table_.cell(row, place.column);
        const bool is_address = column.kind == TableColumn::address || cell.text.starts_with("0x");
        const Rgba& colour = colour_of(palette_, cell.tone);
        canvas.x = place.x;
        if (column.kind == TableColumn::number) {
            canvas.text_right(cell.text, place.x + place.width, colour, fonts().mono_small);
        } else {
            if (cell.chunk) canvas.chunk_swatch(*cell.chunk);
            canvas.text(cell.text, place.x + place.width - canvas.x, colour,
                        is_address ? fonts().mono_small : fonts().small);
        }
        if (canvas.is_hovered() && column.is_text() && !cell.text.empty())
            whole += (whole.empty() ? "" : "\n") + std::string(column.title) + ": " + cell.text;
    }

    // --- histogram ---------------------------------------------------------------------------

    float histogram_width() const {
        const float width = ImGui::GetContentRegionAvail().x;
        if (table_.size_classes().empty() || width < least_width_for_histogram * view_.scale) return 0;
        return std::clamp(std::round(width * 0.34f), scaled(300), scaled(520));
    }

    static std::string filter_of(const SizeClass& sizes) {
        return "size>=" + std::to_string(sizes.from_bytes) + " size<" + std::to_string(2 * sizes.from_bytes);
    }

    static std::string size_text(std::uint32_t bytes) {
        if (bytes >= 1u << 20) return std::to_string(bytes >> 20) + "M";
        return bytes >= 1024 ? std::to_string(bytes >> 10) + "K" : std::to_string(bytes);
    }

    /// Where the bars stand, and what the highest ones mean.
    struct Bars {
        float left, step, top, bottom;
        std::uint64_t most_chunks = 1, most_bytes = 1;
        std::size_t labels_each = 1;  ///< classes a label
        float x(std::size_t index) const { return std::round(left + step * static_cast<float>(index)); }
        float height(std::uint64_t value, std::uint64_t most) const {
            return (bottom - top) *
                   static_cast<float>(static_cast<double>(value) / static_cast<double>(most));
        }
    };

    void draw_histogram(ImVec2 at, float width, float height) {
        const auto classes = table_.size_classes();
        const FontScope scope(fonts().small);
        const float line = ImGui::GetTextLineHeight();
        draw_histogram_key(at, width);
        Bars bars{at.x, std::min(width / static_cast<float>(classes.size()), scaled(56)),
                  at.y + 2 * line + scaled(8), at.y + height - line - scaled(6)};
        if (bars.bottom - bars.top < scaled(20)) return;
        float widest_label = 0;
        for (const SizeClass& sizes : classes) {
            bars.most_chunks = std::max(bars.most_chunks, sizes.chunks);
            bars.most_bytes = std::max(bars.most_bytes, sizes.bytes);
            widest_label = std::max(widest_label, text_width(size_text(sizes.from_bytes)) + scaled(4));
        }
        bars.labels_each = static_cast<std::size_t>(std::ceil(widest_label / bars.step));
        ImGui::GetWindowDrawList()->AddLine(
            {at.x, bars.bottom + 0.5f}, {bars.x(classes.size()), bars.bottom + 0.5f}, u32(palette_.border));
        for (std::size_t i = 0; i < classes.size(); ++i) {
            draw_class(classes[i], i, {bars.x(i), at.y + line + scaled(4)},
                       {std::round(bars.step), height - line - scaled(4)});
            draw_bars(classes[i], i, bars);
        }
    }

    void draw_bars(const SizeClass& sizes, std::size_t index, const Bars& bars) const {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const float x = bars.x(index), step = bars.step, line = ImGui::GetTextLineHeight();
        const auto bar = [&](float part_of_step, float height, const Rgba& colour) {
            const float from = x + std::round(step * part_of_step);
            list.AddRectFilled({from, bars.bottom - std::max(scaled(2), height)},
                               {from + std::round(step * 0.34f), bars.bottom}, u32(colour));
        };
        const float chunks = bars.height(sizes.chunks, bars.most_chunks);
        if (sizes.chunks > 0) {
            bar(0.14f, chunks, palette_.curve[0]);
            bar(0.52f, bars.height(sizes.bytes, bars.most_bytes), palette_.curve[3]);
        }
        const auto centred = [&](std::string_view text, float part_of_step, float y, const Rgba& colour) {
            draw_text({std::round(x + step * part_of_step - text_width(text) / 2), y}, u32(colour), text);
        };
        if (index % bars.labels_each == 0)
            centred(size_text(sizes.from_bytes), 0.5f, bars.bottom + scaled(3), palette_.text_dim);
        const std::string count = count_text(sizes.chunks);
        if (sizes.chunks > 0 && text_width(count) < step * 0.6f)
            centred(count, 0.31f, bars.bottom - std::max(scaled(2), chunks) - line - scaled(1),
                    palette_.text);
    }

    void draw_histogram_key(ImVec2 at, float width) const {
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const float side = scaled(8), line = ImGui::GetTextLineHeight();
        float x = at.x;
        const auto key = [&](const Rgba& colour, std::string_view text) {
            const float y = std::floor(at.y + (line - side) / 2) + scaled(1);
            list.AddRectFilled({x, y}, {x + side, y + side}, u32(colour));
            draw_text({x + side + scaled(5), at.y}, u32(palette_.text_dim), text);
            x += side + scaled(5) + text_width(text) + scaled(14);
        };
        key(palette_.curve[0], "chunks");
        key(palette_.curve[3], "bytes");
        const std::string_view rest = "by size, each up to twice as large";
        if (x + text_width(rest) < at.x + width) draw_text({x, at.y}, u32(palette_.text_dim), rest);
    }

    // The area of a class: what a click on it filters by, and a click on the chosen one no more.
    void draw_class(const SizeClass& sizes, std::size_t index, ImVec2 at, ImVec2 size) {
        ImGui::SetCursorScreenPos(at);
        ImGui::PushID(static_cast<int>(index));
        const bool is_clicked = ImGui::InvisibleButton("class", size);
        ImGui::PopID();
        const std::string filter = filter_of(sizes);
        const bool is_shown = own_.filter() == filter;
        if (is_clicked) own_.filter() = is_shown ? "" : filter;
        const bool is_hovered = ImGui::IsItemHovered();
        if (is_hovered || is_shown)
            ImGui::GetWindowDrawList()->AddRectFilled(
                at, {at.x + size.x, at.y + size.y},
                is_shown ? ImGui::GetColorU32(ImGuiCol_Header) : u32(palette_.panel_raised), 3 * view_.scale);
        if (!is_hovered) return;
        ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
        text_tooltip(count_text(sizes.from_bytes) + " to " + count_text(2 * sizes.from_bytes - 1) +
                     " bytes: " + count_text(sizes.chunks) +
                     (sizes.chunks == 1 ? " free chunk, " : " free chunks, ") + bytes_text(sizes.bytes) +
                     ".\n" + (is_shown ? "A click shows all again." : "A click shows only these."));
    }

    const View& view_;
    UiState& state_;
    TablesState& own_;
    Commands& commands_;
    const Palette& palette_;
    const Table& table_;
    const TableRow& about_;
};

}  // namespace

void draw_tables(const View& view, UiState& state, Commands& commands) {
    state.tables.is_typing = false;
    if (!view.session || !view.table)
        return empty_state(*view.palette, "Free list, roots, classes and more, once a trace is open.");
    TablesPanel(view, state, commands).draw();
}

}  // namespace tricolour
