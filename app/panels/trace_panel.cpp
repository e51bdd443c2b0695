// The trace: its operations as a list, the current one marked, what became of each beside it.
//
// The rows are placed by their number from a first row in double precision, since five million of
// them are more pixels than a float can count.
#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace tricolour {
namespace {

using heapcore::Operation;
using heapcore::OperationKind;

constexpr double rows_a_notch = 3;
constexpr std::size_t longest_tooltip = 2000;

struct List {
    const View& view;
    UiState& state;
    Commands& commands;
    const heapcore::Session& session;
    ImVec2 at, size;  ///< of the rows, without the scroll bar
    float row_height, number_width, gutter;

    const Palette& palette() const { return *view.palette; }
    std::size_t rows() const { return session.trace().operations.size(); }
    double visible_rows() const { return static_cast<double>(size.y / row_height); }
    TraceListState& own() const { return state.trace_list; }
};

std::string scenario_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
    std::string name(path.substr(0, path.find('.')));
    std::ranges::replace(name, '-', ' ');
    std::ranges::replace(name, '_', ' ');
    return name;
}

void draw_welcome(const View& view, Commands& commands) {
    empty_state(*view.palette, view.loading
                                   ? "A trace is being read."
                                   : "Nothing is open. Open a trace, or start with a built-in scenario:");
    if (view.loading) return;
    const float width = ImGui::GetContentRegionAvail().x;
    const CommandRow& open = row_of(CommandId::open_dialog);
    if (ImGui::Button(std::string(open.name).c_str(), {width, 0})) commands.push(CommandId::open_dialog);
    if (ImGui::IsItemHovered()) command_tooltip(CommandId::open_dialog);
    for (const std::string& path : view.scenarios) {
        const std::string label = elided(scenario_name(path), width - 16 * view.scale) + "##" + path;
        if (ImGui::Selectable(label.c_str())) commands.push(CommandId::open_scenario, path);
    }
}

void draw_branches(const View& view, Commands& commands) {
    const heapcore::Session& session = *view.session;
    const float undo = ImGui::GetFrameHeight() * 1.15f;
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - undo - ImGui::GetStyle().ItemSpacing.x);
    if (ImGui::BeginCombo("##branch", branch_name(session, session.branch()).c_str())) {
        for (std::size_t i = 0; i < session.branches().size(); ++i) {
            ImGui::PushID(static_cast<int>(i));
            if (ImGui::Selectable(branch_name(session, i).c_str(), i == session.branch()))
                commands.push(CommandId::select_branch, i);
            ImGui::PopID();
        }
        ImGui::EndCombo();
    }
    if (ImGui::IsItemHovered()) text_tooltip("The trace as it was read, or with what was typed in");
    ImGui::SameLine();
    command_button(commands, CommandId::undo_edit, session.has_edits());
}

Rgba colour_of(const List& list, const Operation& operation, Word kind, std::size_t word) {
    const Palette& palette = list.palette();
    const bool names_a_type =
        operation.kind == OperationKind::alloc || operation.kind == OperationKind::retype;
    if (names_a_type && word == 2)
        return mixed(palette.text,
                     palette.chunk[operation.choice % palette.chunk.size()][palette.is_dark ? 0 : 2], .75f);
    switch (kind) {
        case Word::operation: return palette.text;
        case Word::name: return mixed(palette.text, palette.curve[0], .4f);
        case Word::number: return mixed(palette.text, palette.curve[2], .4f);
        case Word::text: return mixed(palette.text, palette.good, .45f);
        case Word::option: return mixed(palette.text, palette.text_dim, .6f);
        case Word::comment: return mixed(palette.text_dim, palette.panel, .25f);
    }
    return palette.text;
}

/// Returns whether the line had to be shortened.
bool draw_line(const List& list, const Operation& operation, const std::string& line, ImVec2 at, float width,
               float alpha) {
    const std::size_t shown = fitting_bytes(line, width);
    float x = at.x;
    std::size_t drawn = 0, word = 0;
    for (const WordSpan& span : words_of_line(line)) {
        if (span.first >= shown) break;
        const std::size_t last = std::min(span.last, shown);
        x += text_width(std::string_view(line).substr(drawn, span.first - drawn));
        const std::string_view text = std::string_view(line).substr(span.first, last - span.first);
        draw_text({x, at.y}, u32(colour_of(list, operation, span.kind, word++), alpha), text);
        x += text_width(text);
        drawn = last;
    }
    if (shown == line.size()) return false;
    draw_text({x, at.y}, u32(list.palette().text_dim, alpha), "\xe2\x80\xa6");
    return true;
}

struct SignAndColour {
    Sign sign;
    Rgba colour;
};

std::optional<SignAndColour> sign_of(const List& list, std::size_t row, const OperationMarks& marks) {
    const Palette& palette = list.palette();
    if (marks.error) return SignAndColour{Sign::error, palette.alarm};
    if (marks.failure) return SignAndColour{Sign::failed, palette.alarm};
    if (marks.is_failed_allocation) return SignAndColour{Sign::failed_allocation, palette.alarm};
    if (marks.is_bookmark) return SignAndColour{Sign::bookmark, palette.text};
    const bool is_expectation = list.session.trace().operations[row].kind == OperationKind::expect;
    if (is_expectation && row < list.session.index().operations)
        return SignAndColour{Sign::held, palette.good};
    if (marks.is_typed_in) return SignAndColour{Sign::typed_in, palette.curve[0]};
    return std::nullopt;
}

/// The collection's number at the row's right end. Returns the width it took.
float draw_collection(const List& list, const OperationMarks& marks, float top) {
    if (marks.collection == 0) return 0;
    const FontScope mono(fonts().mono_small);
    const std::string number = count_text(marks.collection);
    const float sign = ImGui::GetFontSize();
    const float width = text_width(number) + sign + 8 * list.view.scale;
    const float right = list.at.x + list.size.x - 4 * list.view.scale;
    const float middle = top + list.row_height / 2;
    const ImU32 colour = u32(mixed(list.palette().text, list.palette().band[1], .6f));
    draw_sign(ImGui::GetWindowDrawList(), Sign::collection, {right - width + sign / 2, middle}, sign * .8f,
              colour);
    draw_text({right - text_width(number), middle - ImGui::GetFontSize() / 2}, colour, number);
    return width + 8 * list.view.scale;
}

/// Beside the list, so that it covers no row.
void draw_tooltip(const List& list, std::size_t row, float top, const OperationMarks& marks, bool is_elided) {
    const bool has_marks =
        marks.error || marks.failure || marks.is_failed_allocation || marks.collection || marks.is_typed_in;
    if (!has_marks && !is_elided) return;
    const heapcore::Trace& trace = list.session.trace();
    const FontScope font(fonts().text);
    ImGui::SetNextWindowPos({list.at.x + list.size.x + 20 * list.view.scale, top});
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(ImGui::GetFontSize() * 36);
    const auto line = [](const std::string& text, const Rgba& colour) {
        ImGui::PushStyleColor(ImGuiCol_Text, vec4(colour));
        ImGui::TextUnformatted(text.data(), text.data() + text.size());
        ImGui::PopStyleColor();
    };
    {
        const FontScope mono(fonts().mono);
        line(row_text(line_text(trace, trace.operations[row]), longest_tooltip), list.palette().text);
    }
    if (marks.error) line("Not carried out: " + *marks.error, list.palette().alarm);
    if (marks.failure) line("Failed: " + *marks.failure, list.palette().alarm);
    if (marks.is_failed_allocation) line("The allocation could not be met.", list.palette().alarm);
    if (marks.collection)
        line("Collection " + count_text(marks.collection) + " runs here.", list.palette().text_dim);
    if (marks.is_typed_in) line("Typed in.", list.palette().text_dim);
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
}

struct RowPlace {
    bool is_current, is_done, is_hovered, is_lit;
};

/// Rows that the pointer is about: the one below it, and the one that made the chunk below it elsewhere.
struct Pointed {
    std::optional<std::size_t> hovered, lit;
};

RowPlace place_of_row(const List& list, std::size_t row, const Pointed& pointed) {
    const auto current = list.session.current_operation();
    return {current == row, row < list.session.position().operation || current == row, pointed.hovered == row,
            pointed.lit == row};
}

void draw_row_ground(const List& list, ImVec2 at, ImVec2 end, const RowPlace& place, bool is_alarming) {
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    if (is_alarming) draw->AddRectFilled(at, end, u32(list.palette().alarm, place.is_done ? .18f : .09f));
    if (place.is_current) {
        draw->AddRectFilled(at, end, u32(list.palette().now, .16f));
        draw->AddRectFilled(at, {at.x + 3 * list.view.scale, end.y}, u32(list.palette().now));
    }
    if (place.is_hovered || place.is_lit) draw->AddRectFilled(at, end, u32(list.palette().text, .07f));
    if (place.is_lit)
        draw->AddRectFilled({end.x - 2 * list.view.scale, at.y}, end, u32(list.palette().hover));
}

void draw_row(const List& list, std::size_t row, float top, const Pointed& pointed) {
    const heapcore::Trace& trace = list.session.trace();
    const Operation& operation = trace.operations[row];
    const OperationMarks marks = marks_of(list.session, row);
    const RowPlace place = place_of_row(list, row, pointed);
    const Palette& palette = list.palette();
    const float alpha = place.is_done ? 1 : .6f;
    draw_row_ground(list, {list.at.x, top}, {list.at.x + list.size.x, top + list.row_height}, place,
                    marks.error || marks.failure);
    const float badge = draw_collection(list, marks, top);
    const float text_top = top + (list.row_height - ImGui::GetFontSize()) / 2;
    float x = list.at.x + 6 * list.view.scale;
    if (const auto sign = sign_of(list, row, marks))
        draw_sign(ImGui::GetWindowDrawList(), sign->sign,
                  {std::floor(x + list.gutter / 2), std::floor(top + list.row_height / 2)},
                  list.row_height * .5f, u32(sign->colour, std::max(alpha, .75f)));
    x += list.gutter;
    const std::string number = operation.line      ? std::to_string(operation.line)
                               : marks.is_typed_in ? ""
                                                   : std::to_string(row + 1);
    draw_text({x + list.number_width - text_width(number), text_top},
              u32(palette.text_dim, place.is_current ? 1 : .65f), number);
    x += list.number_width + 10 * list.view.scale;
    const std::string line = row_text(line_text(trace, operation));
    const bool is_elided =
        draw_line(list, operation, line, {x, text_top}, list.at.x + list.size.x - badge - x, alpha);
    if (place.is_hovered) draw_tooltip(list, row, top, marks, is_elided);
}

void follow_position(const List& list) {
    TraceListState& own = list.own();
    const heapcore::Position position = list.session.position();
    const bool is_same =
        own.session == &list.session && own.seen == position && own.seen_branch == list.session.branch();
    if (is_same) return;
    own.session = &list.session;
    own.seen = position;
    own.seen_branch = list.session.branch();
    own.top =
        scrolled_to(own.top, list.visible_rows(), list.session.current_operation().value_or(0), list.rows());
}

std::optional<std::size_t> hit_rows(const List& list) {
    ImGui::SetCursorScreenPos(list.at);
    const bool is_clicked = ImGui::InvisibleButton("##rows", list.size);
    if (!ImGui::IsItemHovered()) return std::nullopt;
    const double row =
        list.own().top + static_cast<double>((ImGui::GetMousePos().y - list.at.y) / list.row_height);
    if (row < 0 || row >= static_cast<double>(list.rows())) return std::nullopt;
    const auto hit = static_cast<std::size_t>(row);
    if (is_clicked) list.commands.push(CommandId::seek, hit + 1);
    return hit;
}

void scroll_by_wheel(const List& list) {
    const float wheel = ImGui::GetIO().MouseWheel;
    if (wheel != 0 && ImGui::IsWindowHovered() && !ImGui::GetIO().KeyCtrl)
        list.own().top -= rows_a_notch * static_cast<double>(wheel);
    list.own().top = clamped_top(list.own().top, list.visible_rows(), list.rows());
}

void draw_overview(const List& list, ImVec2 at, ImVec2 size) {
    const auto pixels = static_cast<std::size_t>(std::max(1.0f, size.y));
    list.own().overview.update(list.session, pixels);
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    const float thick = std::max(1.0f, std::floor(list.view.scale * 1.5f));
    const auto tick = [&](float y, const Rgba& colour, float from) {
        draw->AddRectFilled({at.x + size.x * from, at.y + y}, {at.x + size.x, at.y + y + thick}, u32(colour));
    };
    const auto columns = list.own().overview.columns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto y = static_cast<float>(i);
        if (columns[i].has_collection) tick(y, list.palette().band[1], .6f);
        if (columns[i].has_bookmark) tick(y, list.palette().text_dim, .3f);
        if (columns[i].has_failed_allocation) tick(y, list.palette().alarm, .6f);
        if (columns[i].has_failed_expectation) tick(y, list.palette().alarm, 0);
    }
    const auto place = static_cast<float>(place_of(list.session));
    tick(std::min(place * size.y, size.y - thick), list.palette().now, 0);
}

void draw_scroll_bar(const List& list, ImVec2 at, ImVec2 size) {
    TraceListState& own = list.own();
    const auto rows = static_cast<double>(list.rows());
    if (rows <= list.visible_rows()) return;
    const float least = 24 * list.view.scale;
    const float thumb = std::max(least, size.y * static_cast<float>(list.visible_rows() / rows));
    const double hidden_rows = rows - list.visible_rows();
    const double rows_a_pixel = hidden_rows / static_cast<double>(size.y - thumb);
    ImGui::SetCursorScreenPos(at);
    ImGui::InvisibleButton("##scroll", size);
    const double mouse = static_cast<double>(ImGui::GetMousePos().y - at.y);
    if (ImGui::IsItemActivated()) {
        const double held = mouse - own.top / rows_a_pixel;
        const bool is_on_thumb = held >= 0 && held <= static_cast<double>(thumb);
        own.drag_offset = is_on_thumb ? held : static_cast<double>(thumb / 2);
    }
    own.is_dragging = ImGui::IsItemActive();
    if (own.is_dragging)
        own.top = clamped_top((mouse - own.drag_offset) * rows_a_pixel, list.visible_rows(), list.rows());
    const ImGuiCol colour = own.is_dragging          ? ImGuiCol_ScrollbarGrabActive
                            : ImGui::IsItemHovered() ? ImGuiCol_ScrollbarGrabHovered
                                                     : ImGuiCol_ScrollbarGrab;
    const float y = at.y + static_cast<float>(own.top / rows_a_pixel);
    ImGui::GetWindowDrawList()->AddRectFilled({at.x, y}, {at.x + size.x, y + thumb},
                                              ImGui::GetColorU32(colour),
                                              ImGui::GetStyle().ScrollbarRounding);
    draw_overview(list, at, size);
}

float number_width(const heapcore::Trace& trace) {
    std::uint32_t largest = 0;
    for (auto it = trace.operations.rbegin(); it != trace.operations.rend() && largest == 0; ++it)
        largest = it->line;
    return text_width(std::to_string(std::max(largest, 99u)));
}

void draw_list(const View& view, UiState& state, Commands& commands) {
    const FontScope mono(fonts().mono);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float bar = ImGui::GetStyle().ScrollbarSize;
    const float row_height = std::floor(ImGui::GetFontSize() + 6 * view.scale);
    const List list{view,
                    state,
                    commands,
                    *view.session,
                    ImGui::GetCursorScreenPos(),
                    {std::max(room.x - bar - 2 * view.scale, 1.0f), std::max(room.y, row_height)},
                    row_height,
                    number_width(view.session->trace()),
                    16 * view.scale};
    follow_position(list);
    scroll_by_wheel(list);
    draw_scroll_bar(list, {list.at.x + list.size.x + 2 * view.scale, list.at.y}, {bar, list.size.y});
    Pointed pointed{hit_rows(list), {}};
    if (state.hover) pointed.lit = operation_that_made(list.session, *state.hover);
    const auto told = pointed.hovered ? chunk_of_operation(list.session, *pointed.hovered) : std::nullopt;
    if (told) state.hover_next = told;
    const double top = list.own().top;
    const auto first = static_cast<std::size_t>(top);
    const auto last = std::min(list.rows(), static_cast<std::size_t>(top + list.visible_rows()) + 1);
    const ImVec2 end = {list.at.x + list.size.x, list.at.y + list.size.y};
    ImGui::PushClipRect(list.at, end, true);
    for (std::size_t row = first; row < last; ++row)
        draw_row(list, row,
                 std::floor(list.at.y + static_cast<float>(static_cast<double>(row) - top) * row_height),
                 pointed);
    ImGui::PopClipRect();
}

}  // namespace

void draw_trace(const View& view, UiState& state, Commands& commands) {
    panel_title("Trace");
    if (!view.session) return draw_welcome(view, commands);
    if (view.session->branches().size() > 1) draw_branches(view, commands);
    if (view.session->trace().operations.empty())
        return empty_state(*view.palette,
                           "The trace holds no operations. Type one in below, for example: alloc a data 64");
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
    if (ImGui::BeginChild("##list", {0, 0}, false, flags)) draw_list(view, state, commands);
    ImGui::EndChild();
}

}  // namespace tricolour
