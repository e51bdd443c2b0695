// Breakpoints: a row for each with its hits, the form that sets one, and the menu of a chunk.
#include "app/model/breakpoints.h"

#include "app/model/narration.h"
#include "app/model/trace_view.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/panels/rows.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace tricolour {
namespace {

using heapcore::Position;

constexpr float row_height = 22;  // at scale 1
constexpr float hit_height = 19;

// --- the form -------------------------------------------------------------------------------

class Form {
public:
    Form(const View& view, BreakpointsState& own, Commands& commands)
        : view_(view), own_(own), commands_(commands), heap_(view.session->heap()), draft_(*own.draft) {}

    void draw() {
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(scaled(6), scaled(4)));
        choose("stop when", row_of(draft_.kind).word, [this] { kind_items(); });
        if (ImGui::IsItemHovered()) text_tooltip(row_of(draft_.kind).help);
        for (const BreakpointParameter parameter : row_of(draft_.kind).parameters)
            draw_parameter(parameter);
        draw_end();
        ImGui::PopStyleVar();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }

    /// The name at the left, the next item over the rest of the row.
    void label(const char* name) const {
        const float left = ImGui::GetCursorPosX();
        ImGui::AlignTextToFramePadding();
        ImGui::PushStyleColor(ImGuiCol_Text, vec4(view_.palette->text_dim));
        ImGui::TextUnformatted(name);
        ImGui::PopStyleColor();
        ImGui::SameLine(left + std::max(scaled(72), text_width("stop when") + scaled(8)));
        ImGui::SetNextItemWidth(std::max(scaled(40), ImGui::GetContentRegionAvail().x));
    }

    template <typename Items>
    void choose(const char* name, std::string_view chosen, Items items) {
        label(name);
        ImGui::PushID(name);
        if (ImGui::BeginCombo("##choice", std::string(chosen).c_str(), ImGuiComboFlags_HeightLarge)) {
            items();
            ImGui::EndCombo();
        }
        ImGui::PopID();
    }

    template <typename Value>
    static void item(std::string_view text, Value& value, const Value& choice) {
        if (ImGui::Selectable(std::string(text).c_str(), value == choice)) value = choice;
    }

    void kind_items() {
        for (const BreakpointRow& row : breakpoint_rows()) {
            item(row.word, draft_.kind, row.kind);
            if (ImGui::IsItemHovered()) text_tooltip(row.help);
        }
    }

    void draw_parameter(BreakpointParameter parameter) {
        switch (parameter) {
            case BreakpointParameter::phase: return choose_phase();
            case BreakpointParameter::colour: return choose_colour();
            case BreakpointParameter::chunk: return choose_chunk(true);
            case BreakpointParameter::one_chunk: return choose_chunk(false);
            case BreakpointParameter::type: return choose_type();
            case BreakpointParameter::bytes: return number("at least", draft_.bytes, "%u bytes");
            case BreakpointParameter::range: return choose_range();
            case BreakpointParameter::cell: return choose_cell();
        }
    }

    void choose_phase() {
        choose("phase", word_of(draft_.phase), [this] {
            constexpr auto last = static_cast<std::uint8_t>(heapcore::Phase::done);
            for (std::uint8_t phase = 1; phase <= last; ++phase)
                item(word_of(heapcore::Phase{phase}), draft_.phase, heapcore::Phase{phase});
        });
    }

    void choose_colour() {
        choose("colour", word_of(draft_.colour), [this] {
            for (std::uint8_t colour = 0; colour < heapcore::colour_count; ++colour)
                item(word_of(heapcore::Colour{colour}), draft_.colour, heapcore::Colour{colour});
        });
    }

    void choose_type() {
        choose("type", draft_.type ? word_of(*draft_.type) : "any", [this] {
            item("any", draft_.type, {});
            for (std::uint8_t type = 0; type < heapcore::allocation_type_count; ++type)
                item(word_of(heapcore::AllocationType{type}), draft_.type, {heapcore::AllocationType{type}});
        });
    }

    std::optional<WatchedChunk> selected() const {
        if (!view_.selected || !heap_.header(*view_.selected).is_in_use()) return std::nullopt;
        return WatchedChunk{
            *view_.selected, heap_.origin_of(*view_.selected).birth,
            describe_chunk(view_.session->machine(), view_.session->trace(), *view_.selected)};
    }

    // What is selected is offered too while the form is open.
    void choose_chunk(bool may_be_any) {
        const auto selected = this->selected();
        if (!may_be_any && draft_.chunk.birth == 0 && selected) draft_.chunk = *selected;
        const std::string none = may_be_any ? "any" : "select one on the map";
        choose("chunk", draft_.chunk.birth == 0 ? none : draft_.chunk.name, [&] {
            if (may_be_any) item("any", draft_.chunk, {});
            if (draft_.chunk.birth != 0 && selected != draft_.chunk)
                item(draft_.chunk.name, draft_.chunk, WatchedChunk(draft_.chunk));
            if (selected)
                item(selected->name + ", selected", draft_.chunk, *selected);
            else
                ImGui::TextDisabled("select another on the map");
        });
    }

    void number(const char* name, std::uint32_t& value, const char* format) {
        label(name);
        ImGui::PushID(name);
        const std::uint32_t step = heap_.geometry().smallest_chunk_bytes;
        ImGui::InputScalar("##number", ImGuiDataType_U32, &value, &step, nullptr, format);
        ImGui::PopID();
    }

    void choose_range() {
        label("address");
        heapcore::Address address = heap_.memory.address_of(draft_.first);
        std::uint32_t bytes = draft_.end - draft_.first;
        ImGui::InputScalar("##address", ImGuiDataType_U64, &address, nullptr, nullptr, "%llX",
                           ImGuiInputTextFlags_CharsHexadecimal);
        draft_.first = heap_.memory.offset_of(address).value_or(heap_.size_bytes());
        number("length", bytes, "%u bytes");
        draft_.end = draft_.first + std::min(bytes, heap_.size_bytes() + 1);
    }

    // The rows that the inspector shows of the selected chunk.
    void choose_cell() {
        const auto selected = this->selected();
        choose("field",
               draft_.cell.empty() ? "choose a field of the selected chunk"
                                   : draft_.cell + " of " + draft_.chunk.name,
               [&] {
                   if (selected)
                       cell_items(selected->offset, selected->name);
                   else
                       ImGui::TextDisabled("select a chunk in use on the map");
               });
    }

    void cell_items(heapcore::Offset chunk, const std::string& name) {
        ThreadNames threads;
        threads.update(*view_.session);
        const Inspection inspection(*view_.session, chunk, threads);
        constexpr std::uint64_t most_rows = 256;
        for (std::uint64_t i = 0; i < std::min(inspection.row_count(), most_rows); ++i) {
            const BodyRow row = inspection.row(i);
            const Breakpoint cell = breakpoint_on_cell(heap_, chunk, name, row.offset, row.bytes, row.label);
            const std::string text = "+" + std::to_string(row.offset) + "  " + row.label + "  " + row.meaning;
            ImGui::PushID(static_cast<int>(i));
            if (ImGui::Selectable(elided(text, 320 * view_.scale).c_str(), draft_ == cell)) draft_ = cell;
            ImGui::PopID();
        }
    }

    void draw_end() {
        std::string fault = fault_of(draft_, heap_);
        if (fault.empty() && view_.hits->find(reduced(draft_))) fault = "This breakpoint is set already.";
        ImGui::BeginDisabled(!fault.empty());
        const bool is_asked = ImGui::Button("Set it") ||
                              (fault.empty() && ImGui::IsWindowFocused(ImGuiFocusedFlags_ChildWindows) &&
                               !ImGui::IsAnyItemActive() && is_enter_pressed());
        ImGui::EndDisabled();
        ImGui::SameLine(0, scaled(6));
        const bool is_dropped = ImGui::Button("Cancel");
        ImGui::SameLine(0, scaled(10));
        ImGui::AlignTextToFramePadding();
        elided_text(fault.empty() ? sentence_of(draft_, heap_) : fault, ImGui::GetContentRegionAvail().x,
                    fault.empty() ? view_.palette->text_dim : view_.palette->alarm);
        ImGui::Dummy({1, scaled(2)});
        if (is_asked) {
            own_.wanted = reduced(draft_);
            commands_.push(CommandId::toggle_breakpoint);
        }
        if (is_asked || is_dropped) is_closed_ = true;
    }

public:
    bool is_closed() const { return is_closed_; }

private:
    const View& view_;
    BreakpointsState& own_;
    Commands& commands_;
    const heapcore::Heap& heap_;
    Breakpoint& draft_;
    bool is_closed_ = false;
};

// --- the list -------------------------------------------------------------------------------

class BreakpointList {
public:
    BreakpointList(const View& view, UiState& state, Commands& commands)
        : view_(view), state_(state), own_(state.breakpoints), commands_(commands), palette_(*view.palette) {}

    void draw() {
        draw_tools();
        if (own_.draft) draw_form();
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
        if (view_.hits->breakpoints().empty()) {
            if (!own_.draft) draw_empty();
        } else {
            for (const KnownHits& known : view_.hits->breakpoints()) {
                draw_row(known);
                if (own_.shown == known.id) draw_hits(known);
            }
        }
        ImGui::PopStyleVar();
    }

private:
    float scaled(float at_one) const { return std::round(at_one * view_.scale); }

    void tool(const char* label, CommandId id, bool is_enabled) {
        ImGui::BeginDisabled(!is_enabled);
        if (ImGui::Button(label)) commands_.push(id);
        ImGui::EndDisabled();
        if (ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) command_tooltip(id);
    }

    void draw_tools() {
        const FontScope scope(fonts().small);
        const bool can_run = view_.hits->has_enabled();
        tool("New\xe2\x80\xa6", CommandId::new_breakpoint, true);
        ImGui::SameLine(0, scaled(6));
        tool("\xe2\x86\x90 Hit", CommandId::run_back_to_hit, can_run);
        ImGui::SameLine(0, scaled(6));
        tool("Hit \xe2\x86\x92", CommandId::run_to_hit, can_run);
        ImGui::SameLine(0, scaled(10));
        ImGui::AlignTextToFramePadding();
        elided_text(progress_text(), ImGui::GetContentRegionAvail().x, palette_.text_dim);
    }

    std::string progress_text() const {
        if (view_.run_to_hit)
            return "running: " + percent_text(static_cast<double>(*view_.run_to_hit)) + ", Esc stops";
        return view_.hits->is_complete() ? "" : "looking ahead: " + percent_text(view_.hits->progress());
    }

    void draw_form() {
        if (std::exchange(own_.wants_focus, false)) ImGui::SetWindowFocus();
        const FontScope scope(fonts().small);
        Form form(view_, own_, commands_);
        form.draw();
        if (form.is_closed()) own_.draft.reset();
    }

    void draw_empty() const {
        small_text(view_, "No breakpoint is set.", Tone::plain);
        ImGui::Dummy({1, scaled(4)});
        small_text(
            view_,
            "Playing stops right after a step that a breakpoint is about, forwards and backwards. B "
            "sets one; F9 stops where the selected chunk changes; a right click on a chunk of the map or "
            "on a field in the inspector offers more.");
    }

    std::string count_of(const KnownHits& known) const {
        const bool is_all = known.operations >= view_.session->trace().operations.size();
        const bool may_have_more =
            known.is_cut || (!is_all && !view_.hits->is_complete() && known.is_enabled);
        return count_text(known.positions.size()) + (may_have_more ? "+" : "");
    }

    void draw_row(const KnownHits& known) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::GetContentRegionAvail().x, height = scaled(row_height);
        const int id = static_cast<int>(known.id);
        ImGui::PushID(id);
        const float box = draw_box(known, at, height);
        const float cross = draw_cross(known, {at.x + width - height, at.y}, height);
        ImGui::PopID();
        ImGui::SetCursorScreenPos({at.x + box, at.y});
        RowCanvas row(view_, state_, commands_, id, height, {}, true);
        tell_of_chunk(row, known.breakpoint);
        if (row.is_clicked()) own_.shown = own_.shown == known.id ? std::nullopt : std::optional(known.id);

        const BreakpointMark mark = mark_of(palette_, known.id);
        const float sign = scaled(10);
        const float quiet = known.is_enabled ? 1.0f : 0.45f;
        draw_sign(ImGui::GetWindowDrawList(), mark.sign,
                  {row.left() + sign / 2 + scaled(2), row.top() + std::floor(height / 2)}, sign,
                  u32(mark.colour, quiet));
        const std::string count = count_of(known);
        const float count_right = at.x + width - cross - scaled(3);
        const float count_left = count_right - width_of(count, fonts().mono_small);
        row.x = row.left() + sign + scaled(9);
        const std::string sentence = sentence_of(known.breakpoint, view_.session->heap());
        const bool stops_here = std::ranges::find(view_.stops, known.id) != view_.stops.end();
        const Rgba& colour = stops_here ? palette_.now : known.is_enabled ? palette_.text : palette_.text_dim;
        row.text(sentence, count_left - scaled(8) - row.x, colour, fonts().small);
        row.text_right(count, count_right, palette_.text_dim, fonts().mono_small);
        if (row.is_hovered())
            text_tooltip(sentence + ": " + count + (known.positions.size() == 1 ? " hit." : " hits.") +
                         (known.is_cut ? " No further ones are kept; runs find them still." : "") + "\n" +
                         std::string(row_of(known.breakpoint.kind).help) + "\nA click lists its hits.");
    }

    /// Returns the width it took.
    float draw_box(const KnownHits& known, ImVec2 at, float height) {
        const float side = scaled(13), width = side + scaled(7);
        ImGui::SetCursorScreenPos(at);
        if (ImGui::InvisibleButton("enable", {width, height}))
            commands_.push(CommandId::enable_breakpoint, known.id, known.is_enabled ? 0 : 1);
        const bool is_hovered = ImGui::IsItemHovered();
        if (is_hovered) text_tooltip(known.is_enabled ? "Does not stop there for now" : "Stops there again");
        ImDrawList& list = *ImGui::GetWindowDrawList();
        const ImVec2 from{at.x, at.y + std::floor((height - side) / 2)}, to{from.x + side, from.y + side};
        list.AddRectFilled(from, to, u32(palette_.panel_raised), scaled(2));
        list.AddRect(from, to, u32(is_hovered ? palette_.text : palette_.text_dim, .7f), scaled(2));
        if (known.is_enabled)
            draw_sign(&list, Sign::held, {from.x + side / 2, from.y + side / 2}, side * .62f,
                      u32(palette_.text));
        return width;
    }

    float draw_cross(const KnownHits& known, ImVec2 at, float side) {
        ImGui::SetCursorScreenPos(at);
        if (ImGui::InvisibleButton("remove", {side, side}))
            commands_.push(CommandId::remove_breakpoint, known.id);
        const bool is_hovered = ImGui::IsItemHovered();
        if (is_hovered) command_tooltip(CommandId::remove_breakpoint);
        draw_sign(ImGui::GetWindowDrawList(), Sign::failed, {at.x + side / 2, at.y + side / 2}, scaled(8),
                  u32(is_hovered ? palette_.text : palette_.text_dim, is_hovered ? 1.0f : .7f));
        return side;
    }

    // --- the hits of one ---------------------------------------------------------------------

    void draw_hits(const KnownHits& known) {
        if (known.positions.empty()) {
            ImGui::Indent(scaled(22));
            small_text(view_,
                       known.is_enabled && !view_.hits->is_complete() ? "None so far." : nowhere(known));
            ImGui::Unindent(scaled(22));
            ImGui::Dummy({1, scaled(4)});
            return;
        }
        ImGuiListClipper clipper;
        clipper.Begin(static_cast<int>(known.positions.size()), scaled(hit_height));
        ImGui::PushID(static_cast<int>(known.id));
        while (clipper.Step())
            for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                draw_hit(known, i, known.positions[static_cast<std::size_t>(i)]);
        ImGui::PopID();
        ImGui::Dummy({1, scaled(4)});
    }

    // Of a breakpoint that watches one chunk, if that is there.
    void tell_of_chunk(RowCanvas& row, const Breakpoint& breakpoint) {
        const heapcore::Heap& heap = view_.session->heap();
        const WatchedChunk& watched = breakpoint.chunk;
        if (watched.birth == 0 || watched.offset >= heap.size_bytes() || !heap.is_sane(watched.offset))
            return;
        if (heap.origin_of(watched.offset).birth == watched.birth) row.tell_of(state_, watched.offset);
    }

    static std::string nowhere(const KnownHits& known) {
        return known.is_enabled ? "No step of the trace does." : "Not looked for while it is disabled.";
    }

    void draw_hit(const KnownHits& known, int index, Position position) {
        const std::size_t operation = operation_before(position);
        const heapcore::Trace& trace = view_.session->trace();
        RowCanvas row(view_, state_, commands_, 1 + index, scaled(hit_height), {}, true);
        tell_of_chunk(row, known.breakpoint);
        if (row.is_clicked()) commands_.push(CommandId::seek, position.operation, position.step);
        const bool is_here = view_.session->position() == position;
        if (is_here)
            ImGui::GetWindowDrawList()->AddRectFilled(
                {row.left() + scaled(16), row.top() + scaled(2)},
                {row.left() + scaled(18), row.top() + row.height() - scaled(2)}, u32(palette_.now));
        const std::string step = position.step > 0 ? "step " + count_text(position.step) : "at its end";
        const float step_left = row.right() - scaled(4) - width_of(step, fonts().small);
        row.x = row.left() + scaled(22);
        const std::uint32_t line = trace.operations[operation].line;
        const std::string place = line > 0 ? count_text(line) : "typed";
        row.text(place, scaled(60), palette_.text_dim, fonts().mono_small);
        row.x = std::max(row.x + scaled(7), row.left() + scaled(22) + place_width_);
        place_width_ = std::max(place_width_, row.x - row.left() - scaled(22));
        row.text(row_text(line_text(trace, trace.operations[operation])), step_left - scaled(8) - row.x,
                 is_here ? palette_.now : palette_.text, fonts().mono_small);
        row.text_right(step, row.right() - scaled(4), palette_.text_dim, fonts().small);
    }

    const View& view_;
    UiState& state_;
    BreakpointsState& own_;
    Commands& commands_;
    const Palette& palette_;
    float place_width_ = 0;
};

// --- the menu of a chunk ----------------------------------------------------------------------

struct ChunkMenu {
    const View& view;
    UiState& state;
    Commands& commands;

    const heapcore::Heap& heap() const { return view.session->heap(); }

    void toggle_item(const std::optional<Breakpoint>& breakpoint, std::string_view key = {}) {
        if (!breakpoint) return;
        const std::string text = "Stop when " + clause_of(*breakpoint, heap());
        if (!ImGui::MenuItem(text.c_str(), std::string(key).c_str(), view.hits->find(*breakpoint) != nullptr))
            return;
        state.breakpoints.wanted = breakpoint;
        commands.push(CommandId::toggle_breakpoint);
    }

    void draw() {
        const heapcore::Offset chunk = *view.selected;
        const std::string name = describe_chunk(view.session->machine(), view.session->trace(), chunk);
        toggle_item(state.chunk_menu.cell);
        if (state.chunk_menu.cell) ImGui::Separator();
        const auto about = [&](BreakpointKind kind) { return breakpoint_on(kind, heap(), chunk, name); };
        toggle_item(about(BreakpointKind::changed), row_of(CommandId::break_on_change).key);
        toggle_item(about(BreakpointKind::freed), row_of(CommandId::break_when_freed).key);
        for (const heapcore::Colour colour :
             {heapcore::Colour::black, heapcore::Colour::grey, heapcore::Colour::white}) {
            auto breakpoint = about(BreakpointKind::colour);
            if (breakpoint) breakpoint->colour = colour;
            const bool is_black = colour == heapcore::Colour::black;
            toggle_item(breakpoint, is_black ? row_of(CommandId::break_when_black).key : std::string_view());
        }
        ImGui::Separator();
        for (const CommandId id : {CommandId::new_breakpoint, CommandId::fit_selection, CommandId::why})
            if (ImGui::MenuItem(std::string(row_of(id).name).c_str(), std::string(row_of(id).key).c_str()))
                commands.push(id);
    }
};

}  // namespace

void draw_breakpoints(const View& view, UiState& state, Commands& commands) {
    if (!view.session) return empty_state(*view.palette, "Where playing stops, once a trace is open.");
    BreakpointList(view, state, commands).draw();
}

void draw_chunk_menu(const View& view, UiState& state, Commands& commands) {
    constexpr const char* name = "what to do with the chunk";
    const bool is_wanted = std::exchange(state.chunk_menu.is_wanted, false);
    if (!view.session || !view.selected) return;
    if (is_wanted) ImGui::OpenPopup(name);
    if (!ImGui::BeginPopup(name)) return;
    ChunkMenu{view, state, commands}.draw();
    if (is_pressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
}

}  // namespace tricolour
