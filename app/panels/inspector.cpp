// The inspector: one chunk read close. Its header bit by bit, where it comes from, who refers to it,
// and its body word by word.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace tricolour {
namespace {

using heapcore::Colour;

constexpr float row_height = 19;  // at scale 1
constexpr std::uint64_t rows_a_page = 4096;
constexpr std::uint64_t most_referrers_at_first = 12;
constexpr std::uint64_t most_chunks_while_playing = 20'000;
constexpr std::size_t most_text_lines = 3;

class InspectorPanel {
public:
    InspectorPanel(const View& view, UiState& state, Commands& commands, const Inspection& inspection)
        : view_(view),
          state_(state),
          commands_(commands),
          palette_(*view.palette),
          inspection_(inspection),
          room_(ImGui::GetContentRegionAvail().x) {}

    void draw() {
        draw_title();
        draw_facts();
        gap(6);
        draw_header_bits();
        gap(8);
        draw_referrers();
        draw_body();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }
    void gap(float at_one) const { ImGui::Dummy({1, scaled(at_one)}); }

    void draw_title() {
        swatch(palette_, inspection_.header);
        ImGui::SameLine(0, scaled(7));
        elided_text(inspection_.title, ImGui::GetContentRegionAvail().x,
                    view_.now == inspection_.chunk ? palette_.now : palette_.text);
        gap(1);
        small_text(view_, inspection_.what, inspection_.what_tone == Tone::alarm ? Tone::alarm : Tone::dim);
        if (!inspection_.text.empty()) {
            gap(2);
            const FontScope scope(fonts().mono_small);
            const auto lines = wrapped(inspection_.text, room_, most_text_lines);
            for (const std::string& line : lines) {
                ImGui::TextUnformatted(line.c_str());
            }
        }
        gap(5);
    }

    // --- facts: a name and what it is --------------------------------------------------------

    RowCanvas fact(int id, std::string_view name, bool is_clickable = false) {
        RowCanvas row(view_, state_, commands_, id, scaled(row_height), {}, is_clickable);
        row.text(name, scaled(62), palette_.text_dim, fonts().small);
        row.x = row.left() + scaled(66);
        return row;
    }

    static void finish(RowCanvas& row, std::string_view whole) {
        if (row.is_hovered() && row.is_elided()) text_tooltip(whole);
    }

    void draw_fact(int id, std::string_view name, std::string_view value, std::string_view more) {
        RowCanvas row = fact(id, name);
        row.text(value, row.right() - row.x, palette_.text,
                 value.starts_with("0x") ? fonts().mono_small : fonts().small);
        row.x += scaled(value.starts_with("0x") ? 7 : 4);
        row.text(more, row.right() - row.x, palette_.text_dim, fonts().small);
        finish(row, std::string(value) + " " + std::string(more));
    }

    void draw_words_fact(int id, std::string_view name, std::string_view value) {
        RowCanvas row = fact(id, name);
        row.text(value, row.right() - row.x, palette_.text, fonts().small);
        finish(row, value);
    }

    void draw_facts() {
        const bool is_in_use = inspection_.header.is_in_use();
        draw_fact(1, "address", inspection_.address, "offset " + count_text(inspection_.chunk));
        draw_fact(2, "size", count_text(inspection_.header.size_bytes()),
                  is_in_use ? "bytes, " + count_text(inspection_.user_bytes) + " after the header" : "bytes");
        draw_words_fact(3, "state", state_text());
        if (!is_in_use) return;
        if (!inspection_.names.empty())
            draw_words_fact(4, inspection_.names.size() == 1 ? "name" : "names", names());
        if (!inspection_.operation_place.empty()) draw_origin();
        if (inspection_.birth != 0)
            draw_fact(6, "birth", count_text(inspection_.birth),
                      inspection_.collections_survived == 0
                          ? "· survived no collection yet"
                          : "· survived " + count_text(inspection_.collections_survived) +
                                (inspection_.collections_survived == 1 ? " collection" : " collections"));
    }

    std::string state_text() const {
        const heapcore::Header header = inspection_.header;
        std::string text(header.is_in_use() ? "in use, " : "free, ");
        if (header.is_in_use()) text += std::string(heapcore::word_of(header.colour())) + ", ";
        text += std::string(heapcore::word_of(header.type()));
        if (!header.is_in_use()) text += " in its header";
        if (header.is_previous_free()) text += ", a free chunk before";
        return text;
    }

    std::string names() const {
        std::string text;
        for (const std::string& name : inspection_.names) {
            text += (text.empty() ? "`" : ", `") + name + "`";
        }
        return text;
    }

    void draw_origin() {
        const bool leads = inspection_.operation.has_value();
        RowCanvas row = fact(5, "made by", leads);
        if (!leads) {
            row.text(inspection_.operation_place, row.right() - row.x, palette_.text, fonts().small);
            return finish(row, inspection_.operation_place);
        }
        row.link(inspection_.operation_place, row.right() - row.x, palette_.text, fonts().small);
        row.x += scaled(7);
        row.text(inspection_.operation_text, row.right() - row.x, palette_.text_dim, fonts().mono_small);
        if (row.is_clicked()) commands_.push(CommandId::seek, *inspection_.operation + 1, 0);
        if (row.is_hovered())
            text_tooltip(inspection_.operation_place + ": " + inspection_.operation_text +
                         "\nClick to go to right after this operation.");
    }

    // --- the header, bit by bit --------------------------------------------------------------

    // The size's 24 bits are narrow; those that carry a meaning of their own have room for it.
    static constexpr std::array<float, 5> cell_weights = {0.9f, 2.2f, 3.4f, 5, 5};

    void draw_header_bits() {
        const float between = scaled(7);
        float weights = 0;
        for (std::size_t i = 0; i < cell_weights.size(); ++i) {
            weights += cell_weights[i] * static_cast<float>(inspection_.header_fields[i].bits);
        }
        const float groups = static_cast<float>(cell_weights.size() - 1);
        const float unit = std::max(1.0f, std::min((room_ - between * groups) / weights, 11 * view_.scale));
        const float height = scaled(16);
        const float line = std::round(size_of(fonts().small) + 2 * view_.scale);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        float x = at.x;
        for (std::size_t i = 0; i < cell_weights.size(); ++i) {
            const HeaderField& field = inspection_.header_fields[i];
            const float width = unit * cell_weights[i] * static_cast<float>(field.bits);
            draw_field(field, {x, at.y}, {width, height}, line);
            x += width + between;
        }
        ImGui::SetCursorScreenPos({at.x, at.y + height + 2 * line + scaled(3)});
        ImGui::Dummy({1, 0});
    }

    void draw_field(const HeaderField& field, ImVec2 at, ImVec2 size, float line) {
        const float count = static_cast<float>(field.bits);
        for (std::uint32_t i = 0; i < field.bits; ++i) {
            const float left = std::round(at.x + size.x * static_cast<float>(i) / count);
            const float right = std::round(at.x + size.x * static_cast<float>(i + 1) / count);
            draw_bit(field, (inspection_.header.bits() >> (field.first_bit - i) & 1) != 0, {left, at.y},
                     {right - 1, at.y + size.y});
        }
        ImGui::SetCursorScreenPos(at);
        ImGui::PushID(field.name.data());
        ImGui::InvisibleButton("field", {std::max(1.0f, size.x), size.y + 2 * line + scaled(3)});
        ImGui::PopID();
        if (ImGui::IsItemHovered()) text_tooltip(field_help(field));
        draw_label({at.x, at.y + size.y + scaled(3)}, size.x, field.name, palette_.text_dim);
        draw_label({at.x, at.y + size.y + scaled(3) + line}, size.x, value_text(field, size.x),
                   palette_.text);
    }

    static std::string field_help(const HeaderField& field) {
        const std::uint32_t last = field.first_bit + 1 - field.bits;
        const std::string bits =
            field.bits == 1 ? "Bit " + std::to_string(last)
                            : "Bits " + std::to_string(field.first_bit) + " to " + std::to_string(last);
        return bits + ": " + std::string(field.name) + " = " + std::to_string(field.value) + "\n" +
               field.help;
    }

    // A type's word where it fits, otherwise its number.
    std::string value_text(const HeaderField& field, float width) const {
        if (field.name != "type") return field.text;
        const std::string word(heapcore::word_of(inspection_.header.type()));
        return width_of(word, fonts().small) <= width ? word : field.text;
    }

    void draw_label(ImVec2 at, float width, std::string_view text, const Rgba& colour) const {
        const FontScope scope(fonts().small);
        draw_text(at, u32(colour), elided(text, width + scaled(5)));
    }

    void draw_bit(const HeaderField& field, bool is_set, ImVec2 from, ImVec2 to) const {
        const bool is_colour = field.name == "colour";
        const Rgba fill = is_colour ? header_colour(static_cast<Colour>(field.value))
                          : is_set  ? mixed(palette_.panel_raised, palette_.text, 0.62f)
                                    : palette_.panel_raised;
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.AddRectFilled(from, to, u32(fill), scaled(1.5f));
        if (is_colour || !is_set) list.AddRect(from, to, u32(palette_.border), scaled(1.5f));
        if (to.x - from.x < 9 * view_.scale) return;
        const float luminance = 0.299f * fill.red + 0.587f * fill.green + 0.114f * fill.blue;
        const Rgba ink = luminance > 0.5f ? Rgba{0.05f, 0.06f, 0.08f, 1} : Rgba{1, 1, 1, 0.85f};
        const FontScope scope(fonts().mono_small);
        const char digit = is_set ? '1' : '0';
        const float width = text_width({&digit, 1});
        draw_text({(from.x + to.x - width) / 2, (from.y + to.y - ImGui::GetFontSize()) / 2}, u32(ink),
                  {&digit, 1});
    }

    const Rgba& header_colour(Colour colour) const {
        switch (colour) {
            case Colour::white: return palette_.header_white;
            case Colour::grey: return palette_.header_grey;
            case Colour::black: return palette_.header_black;
        }
        return palette_.alarm;
    }

    // --- who refers to it --------------------------------------------------------------------

    void draw_referrers() {
        if (!inspection_.header.is_in_use()) return;
        const bool is_asked = state_.inspector.asked_referrers == inspection_.chunk;
        const bool is_playing = state_.playing != PlayDirection::paused;
        const Referrers* referrers =
            is_playing ? state_.inspector.inspector.referrers(false, most_chunks_while_playing)
                       : state_.inspector.inspector.referrers(is_asked);
        const std::string count = referrers ? count_text(referrers->total) : "";
        if (!section(view_, "Referred to by", count,
                     "The roots and the chunks that hold a reference to this one."))
            return;
        if (!referrers) {
            draw_ask(is_playing);
        } else if (referrers->total == 0 && referrers->instances == 0) {
            draw_remark(nothing_refers());
        } else {
            draw_referrer_rows(*referrers);
        }
        gap(5);
    }

    std::string nothing_refers() const {
        return inspection_.header.type() == heapcore::AllocationType::static_data
                   ? "No reference that the collector follows. Static data is never swept by itself."
                   : "Nothing. A collection frees what nothing refers to.";
    }

    void draw_remark(std::string_view text) {
        ImGui::Indent(scaled(14));
        small_text(view_, text);
        ImGui::Unindent(scaled(14));
    }

    void draw_ask(bool is_playing) {
        if (is_playing) return draw_remark("Not looked for while a large heap plays.");
        ImGui::Indent(scaled(14));
        const FontScope scope(fonts().small);
        if (ImGui::Button("Look through the heap")) state_.inspector.asked_referrers = inspection_.chunk;
        if (ImGui::IsItemHovered()) text_tooltip("One pass over all chunks: this heap holds many.");
        ImGui::Unindent(scaled(14));
    }

    void draw_referrer_rows(const Referrers& referrers) {
        if (referrers.instances > 0)
            draw_remark(count_text(referrers.instances) +
                        (referrers.instances == 1 ? " object is of it." : " objects are of it.") +
                        " That does not keep it alive.");
        const std::size_t listed = referrers.rows.size();
        const ImGuiID id = ImGui::GetID("all referrers");
        bool* const shows_all = ImGui::GetStateStorage()->GetBoolRef(id, false);
        const std::size_t shown =
            *shows_all ? listed : std::min<std::size_t>(listed, most_referrers_at_first);
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(shown), scaled(row_height));
        while (clipper.Step()) {
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
                draw_referrer(1000 + i, referrers.rows[static_cast<std::size_t>(i)]);
            }
        }
        if (listed > most_referrers_at_first) draw_more(*shows_all, listed - shown);
        if (*shows_all && referrers.total > listed)
            draw_remark("and " + count_text(referrers.total - listed) + " more");
    }

    void draw_more(bool& shows_all, std::size_t hidden) {
        RowCanvas row(view_, state_, commands_, 999, scaled(row_height), {}, true);
        row.x += scaled(14);
        row.link(shows_all ? "show fewer" : count_text(hidden) + " more", row.right() - row.x,
                 palette_.text_dim, fonts().small);
        if (row.is_clicked()) shows_all = !shows_all;
    }

    void draw_referrer(int id, const Referrer& referrer) {
        const ReferrerText text = state_.inspector.inspector.text(referrer);
        RowCanvas row(view_, state_, commands_, id, scaled(row_height), text.chunk);
        row.x += scaled(14);
        if (text.chunk) {
            row.chunk_swatch(*text.chunk);
            const float place = std::min(width_of(text.place, fonts().small) + scaled(8), room_ * 0.5f);
            row.link(text.holder, row.right() - row.x - place, palette_.text, fonts().small);
        } else if (!text.holder.empty()) {
            row.text(text.holder, row.right() - row.x, palette_.text, fonts().small);
        }
        if (!text.holder.empty()) row.x += scaled(8);
        row.text(text.place, row.right() - row.x,
                 text.holder.empty() && !referrer.is_weak ? palette_.text : palette_.text_dim, fonts().small);
        finish(row, text.holder + "  " + text.place);
    }

    // --- the body, word by word --------------------------------------------------------------

    void draw_body() {
        const std::uint64_t rows = inspection_.row_count();
        const bool is_free = !inspection_.header.is_in_use();
        if (!section(view_, is_free ? "What a free chunk holds" : "Contents",
                     count_text(inspection_.user_bytes) + " bytes",
                     "Offset in the chunk, the bytes in hexadecimal, and what they mean."))
            return;
        const std::uint64_t pages = (rows + rows_a_page - 1) / rows_a_page;
        std::uint64_t& page = state_.inspector.body_page;
        page = std::min(page, pages == 0 ? 0 : pages - 1);
        if (pages > 1) draw_pager(page, pages, rows);
        const std::uint64_t first = page * rows_a_page;
        const std::uint64_t shown = std::min(rows - first, rows_a_page);
        measure_body(first + shown);
        measure_labels(first, shown);
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(shown), scaled(row_height));
        while (clipper.Step()) {
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
                draw_body_row(2000 + i, inspection_.row(first + static_cast<std::uint64_t>(i)));
            }
        }
    }

    void draw_pager(std::uint64_t& page, std::uint64_t pages, std::uint64_t rows) {
        const FontScope scope(fonts().small);
        const std::uint64_t first = page * rows_a_page;
        const std::string text = "rows " + count_text(first + 1) + " to " +
                                 count_text(std::min(rows, first + rows_a_page)) + " of " + count_text(rows);
        const std::uint64_t least = 0;
        const std::uint64_t most = pages - 1;
        const float side = ImGui::GetFrameHeight();
        gap(1);
        if (ImGui::ArrowButton("##before", ImGuiDir_Left) && page > 0) --page;
        ImGui::SameLine(0, scaled(4));
        ImGui::SetNextItemWidth(std::max(scaled(40), ImGui::GetContentRegionAvail().x - side - scaled(4)));
        ImGui::SliderScalar("##page", ImGuiDataType_U64, &page, &least, &most, text.c_str());
        ImGui::SameLine(0, scaled(4));
        if (ImGui::ArrowButton("##after", ImGuiDir_Right) && page + 1 < pages) ++page;
        gap(3);
    }

    void measure_body(std::uint64_t rows) {
        const std::uint32_t word = view_.session->heap().geometry().word_bytes;
        const float digit = width_of("0", fonts().mono_small);
        const std::uint32_t last = rows == 0 ? 0 : inspection_.row(rows - 1).offset;
        offset_right_ = digit * static_cast<float>(std::max<std::size_t>(2, std::to_string(last).size()));
        const float digits = digit * 2 * static_cast<float>(word);
        const bool has_digits = room_ >= offset_right_ + digits + scaled(120);
        digits_left_ = offset_right_ + scaled(9);
        meaning_left_ = has_digits ? digits_left_ + digits + scaled(10) : digits_left_;
        has_digits_ = has_digits;
    }

    // As wide as the labels that a page begins with, so that what they mean stands in one column.
    void measure_labels(std::uint64_t first, std::uint64_t count) {
        constexpr std::uint64_t looked_at = 64;
        label_width_ = 0;
        for (std::uint64_t i = first; i < first + std::min(count, looked_at); ++i) {
            label_width_ = std::max(label_width_, width_of(inspection_.row(i).label, fonts().small));
        }
        label_width_ = std::min(label_width_, (room_ - meaning_left_) * 0.45f);
    }

    void draw_body_row(int id, const BodyRow& row) {
        RowCanvas canvas(view_, state_, commands_, id, scaled(row_height), row.target);
        canvas.text_right(std::to_string(row.offset), canvas.left() + offset_right_, palette_.text_dim,
                          fonts().mono_small);
        if (has_digits_) draw_digits(canvas, row);
        canvas.x = canvas.left() + meaning_left_;
        draw_meaning(canvas, row);
        if (!canvas.is_hovered()) return;
        if (canvas.is_elided() || !row.note.empty()) text_tooltip(whole_text(row));
        if (ImGui::IsMouseClicked(ImGuiMouseButton_Right)) open_chunk_menu(row);
    }

    void open_chunk_menu(const BodyRow& row) {
        commands_.push(CommandId::select_chunk, inspection_.chunk);
        state_.chunk_menu = {
            true, breakpoint_on_cell(
                      view_.session->heap(), inspection_.chunk,
                      describe_chunk(view_.session->machine(), view_.session->trace(), inspection_.chunk),
                      row.offset, row.bytes, row.label)};
    }

    // Leading zeros step back, so that the number stands out.
    void draw_digits(RowCanvas& canvas, const BodyRow& row) const {
        const std::size_t zeros = std::min(row.digits.find_first_not_of('0'), row.digits.size());
        const std::string_view digits = row.digits;
        const Rgba faint = mixed(palette_.panel, palette_.text_dim, 0.5f);
        canvas.x = canvas.left() + digits_left_;
        canvas.text(digits.substr(0, zeros), 1e6f, faint, fonts().mono_small);
        const bool is_quiet = row.tone == Tone::dim;
        canvas.text(digits.substr(zeros), 1e6f, is_quiet ? palette_.text_dim : palette_.text,
                    fonts().mono_small);
    }

    void draw_meaning(RowCanvas& canvas, const BodyRow& row) const {
        const bool leads = row.target.has_value();
        const float left = canvas.x;
        canvas.text(row.label, row.meaning.empty() ? canvas.right() - left : label_width_, palette_.text_dim,
                    fonts().small);
        if (row.meaning.empty()) return;
        canvas.x = label_width_ > 0 ? left + label_width_ + scaled(8) : left;
        if (leads) {
            canvas.text("→", scaled(40), palette_.text_dim, fonts().small);
            canvas.x += scaled(5);
        }
        if (leads && row.tone != Tone::guess) canvas.chunk_swatch(*row.target);
        const float room = std::max(scaled(8), canvas.right() - canvas.x);
        const Rgba& colour = leads && view_.now == row.target ? palette_.now : colour_of(palette_, row.tone);
        if (leads)
            canvas.link(row.meaning, room, colour, fonts().small);
        else
            canvas.text(row.meaning, room, colour,
                        is_number(row.meaning) ? fonts().mono_small : fonts().small);
    }

    static bool is_number(std::string_view text) {
        return text.find_first_not_of("0123456789-,. ") == std::string_view::npos;
    }

    std::string whole_text(const BodyRow& row) const {
        std::string text = row.label;
        if (!row.meaning.empty()) text += (text.empty() ? "" : row.target ? " → " : ": ") + row.meaning;
        if (!row.note.empty() && row.note != row.meaning) text += (text.empty() ? "" : "\n") + row.note;
        if (!has_digits_) text += "\n" + row.digits;
        return text;
    }

    const View& view_;
    UiState& state_;
    Commands& commands_;
    const Palette& palette_;
    const Inspection& inspection_;
    float room_;
    float offset_right_ = 0, digits_left_ = 0, meaning_left_ = 0, label_width_ = 0;
    bool has_digits_ = true;
};

void draw_history(const View& view, UiState& state, Commands& commands) {
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(std::round(3 * view.scale), 0));
    const FontScope scope(fonts().small);
    const float button = ImGui::GetFrameHeight() * 1.15f;
    const float between = std::round(4 * view.scale);
    // Beside the title, or below it where there is no room.
    const float title_right = ImGui::GetItemRectMax().x - ImGui::GetWindowPos().x;
    const float left = ImGui::GetWindowContentRegionMax().x - 2 * button - between;
    if (left >= title_right + between)
        ImGui::SameLine(left);
    else
        ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), left));
    command_button(commands, CommandId::selection_back, !state.selection_past.empty());
    ImGui::SameLine(0, between);
    command_button(commands, CommandId::selection_forward, !state.selection_future.empty());
    ImGui::PopStyleVar();
}

}  // namespace

void draw_inspector(const View& view, UiState& state, Commands& commands) {
    panel_title("Inspector");
    if (!view.session) return empty_state(*view.palette, "A chunk word by word, once a trace is open.");
    draw_history(view, state, commands);
    const auto chunk = view.selected ? view.selected : view.now;
    if (!chunk)
        return empty_state(*view.palette,
                           "Nothing is selected, and the current step is about no chunk. Click a chunk on "
                           "the map, or a name in the trace's roots.");
    if (state.inspector.chunk != chunk) {
        state.inspector.chunk = chunk;
        state.inspector.body_page = 0;
    }
    const Inspection& inspection = state.inspector.inspector.look(*view.session, *chunk);
    if (!inspection.is_chunk) return empty_state(*view.palette, "No chunk begins there any more.");
    if (!view.selected) small_text(view, "Nothing is selected: this is what the current step is about.");
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(std::round(6 * view.scale), 0));
    InspectorPanel(view, state, commands, inspection).draw();
    ImGui::PopStyleVar();
}

}  // namespace tricolour
