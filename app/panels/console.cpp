// The console: a line for operations, with history, completion, and what was wrong right below it.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"
#include "heapcore/trace_tokens.h"

#include <algorithm>
#include <cfloat>
#include <string>
#include <vector>

namespace tricolour {
namespace {

constexpr std::size_t most_candidates_shown = 8;
constexpr std::size_t most_error_lines = 3;
constexpr const char* placeholders[] = {"type an operation, e.g. alloc a data 64", "e.g. alloc a data 64",
                                        "type here"};

/// What the input field's callbacks work on.
struct Editing {
    const View& view;
    UiState& state;
    bool is_completed = false, is_recalled = false;
};

void replace_line(ImGuiInputTextCallbackData& data, const std::string& line) {
    data.DeleteChars(0, data.BufTextLen);
    data.InsertChars(0, line.data(), line.data() + line.size());
}

std::string common_start(const std::vector<std::string>& words) {
    std::string start = words.front();
    for (const std::string& word : words) {
        const auto differs = std::ranges::mismatch(start, word).in1;
        start.resize(static_cast<std::size_t>(differs - start.begin()));
    }
    return start;
}

std::size_t word_start(std::string_view line) {
    std::size_t at = 0, start = line.size();
    for (auto token = heapcore::next_token(line, at); !token.empty(); token = heapcore::next_token(line, at))
        start = static_cast<std::size_t>(token.data() - line.data());
    const bool is_new_word = !line.empty() && heapcore::is_blank(line.back());
    return is_new_word ? line.size() : std::min(start, line.size());
}

void begin_completion(ImGuiInputTextCallbackData& data, Editing& editing) {
    ConsoleState& own = editing.state.console;
    const std::string line(data.Buf, static_cast<std::size_t>(data.CursorPos));
    own.candidates = heapcore::completions(editing.view.session->trace(), line);
    own.candidate.reset();
    own.base = line.substr(0, word_start(line));
    if (own.candidates.empty()) return;
    const bool is_only = own.candidates.size() == 1;
    replace_line(data, own.base + common_start(own.candidates) + (is_only ? " " : ""));
    if (is_only) own.candidates.clear();
}

void complete(ImGuiInputTextCallbackData& data, Editing& editing) {
    ConsoleState& own = editing.state.console;
    editing.is_completed = true;
    if (!editing.view.session) return;
    if (own.candidates.empty()) return begin_completion(data, editing);
    const std::size_t count = own.candidates.size();
    const std::size_t step = ImGui::GetIO().KeyShift ? count - 1 : 1;
    const std::size_t first = ImGui::GetIO().KeyShift ? count - 1 : 0;
    own.candidate = own.candidate ? (*own.candidate + step) % count : first;
    replace_line(data, own.base + own.candidates[*own.candidate]);
}

void recall(ImGuiInputTextCallbackData& data, Editing& editing) {
    ConsoleState& own = editing.state.console;
    const std::vector<std::string>& history = editing.state.console_history;
    editing.is_recalled = true;
    if (history.empty()) return;
    if (!own.recalled) own.draft = data.Buf;
    const std::size_t at = std::min(own.recalled.value_or(history.size()), history.size());
    if (data.EventKey == ImGuiKey_UpArrow && at > 0) own.recalled = at - 1;
    if (data.EventKey == ImGuiKey_DownArrow) own.recalled = std::min(at + 1, history.size());
    if (!own.recalled) return;
    replace_line(data, *own.recalled == history.size() ? own.draft : history[*own.recalled]);
    if (*own.recalled == history.size()) own.recalled.reset();
}

int edit(ImGuiInputTextCallbackData* data) {
    Editing& editing = *static_cast<Editing*>(data->UserData);
    ConsoleState& own = editing.state.console;
    switch (data->EventFlag) {
        case ImGuiInputTextFlags_CallbackResize:
            editing.state.console_line.resize(static_cast<std::size_t>(data->BufTextLen));
            data->Buf = editing.state.console_line.data();
            break;
        case ImGuiInputTextFlags_CallbackCompletion: complete(*data, editing); break;
        case ImGuiInputTextFlags_CallbackHistory: recall(*data, editing); break;
        case ImGuiInputTextFlags_CallbackAlways:
            if (own.wants_cursor_at_end) {
                data->CursorPos = data->SelectionStart = data->SelectionEnd = data->BufTextLen;
                own.wants_cursor_at_end = false;
            }
            break;
        default: break;
    }
    return 0;
}

void forget_completion(ConsoleState& own) {
    own.candidates.clear();
    own.candidate.reset();
}

void submit(UiState& state, Commands& commands) {
    const std::size_t first = state.console_line.find_first_not_of(" \t");
    if (first == std::string::npos) return;
    std::string line = state.console_line.substr(first);
    if (state.console_history.empty() || state.console_history.back() != line)
        state.console_history.push_back(line);
    state.console.error_line = state.console_line = line;
    state.console.recalled.reset();
    forget_completion(state.console);
    state.wants_console_focus = true;
    commands.push(CommandId::type_operation, std::move(line));
}

void draw_candidates(const View& view, UiState& state, ImVec2 field) {
    ConsoleState& own = state.console;
    if (own.candidates.size() < 2) return;
    const std::size_t count = own.candidates.size();
    const std::size_t chosen = own.candidate.value_or(0);
    const std::size_t first = chosen < most_candidates_shown ? 0 : chosen - most_candidates_shown + 1;
    const std::size_t last = std::min(count, first + most_candidates_shown);
    ImGui::SetNextWindowPos({field.x, field.y - 2 * view.scale}, ImGuiCond_Always, {0, 1});
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_Tooltip | ImGuiWindowFlags_NoDecoration |
                                       ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                       ImGuiWindowFlags_AlwaysAutoResize |
                                       ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoInputs;
    if (ImGui::Begin("##candidates", nullptr, flags)) {
        for (std::size_t i = first; i < last; ++i)
            ImGui::Selectable(elided(own.candidates[i], 320 * view.scale).c_str(), own.candidate == i, 0,
                              {std::max(140 * view.scale, text_width(own.candidates[i])), 0});
        const std::string more = last < count ? "\xe2\x80\xa6 " + count_text(count - last) + " more" : "";
        ImGui::TextDisabled("%s", (more.empty() ? "Tab: next" : more + " \xc2\xb7 Tab: next").c_str());
    }
    ImGui::End();
}

/// What is wrong, over the sentence above the field, so that nothing moves; a caret points at the column.
void draw_error(const View& view, const UiState& state, ImVec2 from, float text_left, float right) {
    const std::string_view line = state.console.error_line;
    const std::size_t column = std::max<std::uint32_t>(state.console_error_column, 1) - 1;
    const float half = text_width("0") / 2;
    const float middle = std::min(
        text_left + text_width(line.substr(0, std::min(column, line.size()))) + half, right - 2 * half);
    const float height = 5 * view.scale, bottom = from.y - height;
    const FontScope small(fonts().small);
    ImGui::SetNextWindowPos({from.x, bottom}, ImGuiCond_Always, {0, 1});
    ImGui::SetNextWindowSizeConstraints({0, 0}, {right - from.x, FLT_MAX});
    ImGui::PushStyleColor(ImGuiCol_Border, vec4(view.palette->alarm));
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_Tooltip | ImGuiWindowFlags_NoDecoration |
                                       ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                       ImGuiWindowFlags_AlwaysAutoResize |
                                       ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoInputs;
    if (ImGui::Begin("##what is wrong", nullptr, flags)) {
        const float width = right - from.x - 2 * ImGui::GetStyle().WindowPadding.x;
        ImGui::PushStyleColor(ImGuiCol_Text, vec4(view.palette->alarm));
        for (const std::string& one : wrapped(state.console_error, std::max(width, 1.0f), most_error_lines))
            ImGui::TextUnformatted(one.c_str());
        ImGui::PopStyleColor();
        ImDrawList& list = *ImGui::GetWindowDrawList();
        list.PushClipRectFullScreen();
        list.AddTriangleFilled({middle - height, bottom}, {middle + height, bottom}, {middle, from.y},
                               u32(view.palette->alarm));
        list.PopClipRect();
    }
    ImGui::End();
    ImGui::PopStyleColor();
}

const char* placeholder_for(float width) {
    for (const char* placeholder : placeholders)
        if (text_width(placeholder) <= width - 2 * ImGui::GetStyle().FramePadding.x) return placeholder;
    return "";
}

/// How the operation being typed is written, and what it is for: in the field, behind what is typed.
void draw_usage(const View& view, const UiState& state, ImVec2 from, ImVec2 to) {
    const bool has_error = !state.console_error.empty();
    if (!state.console.is_active && !has_error) return;
    const std::string_view typed =
        state.console_line.empty() ? placeholder_for(to.x - from.x) : std::string_view(state.console_line);
    const float left = from.x + text_width(typed) + 3 * ImGui::GetFontSize();
    const FontScope small(fonts().small);
    const float room = to.x - ImGui::GetFontSize() - left;
    if (room < 60 * view.scale) return;
    std::size_t at = 0;
    const heapcore::OperationRow* const row =
        heapcore::find_row(heapcore::next_token(state.console_line, at));
    const std::string text =
        elided(!state.console.is_active ? state.console_error
               : row                    ? std::string(row->usage) + " \xc2\xb7 " + std::string(row->help)
                     : "Enter: carry it out here \xc2\xb7 Tab: complete \xc2\xb7 Up: earlier lines "
                       "\xc2\xb7 Esc: leave",
               room);
    draw_text({to.x - ImGui::GetFontSize() - text_width(text), (from.y + to.y - ImGui::GetFontSize()) / 2},
              u32(state.console.is_active ? view.palette->text_dim : view.palette->alarm), text);
}

/// Esc gives the field back as it was before the typing; what was typed is kept instead.
void leave(UiState& state, Commands& commands, const std::string& typed) {
    state.console_line = typed;
    forget_completion(state.console);
    commands.push(CommandId::leave_console);
}

bool draw_field(const View& view, UiState& state) {
    Editing editing{view, state};
    constexpr ImGuiInputTextFlags flags =
        ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackResize |
        ImGuiInputTextFlags_CallbackCompletion | ImGuiInputTextFlags_CallbackHistory |
        ImGuiInputTextFlags_CallbackAlways;
    const std::string before = state.console_line;
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::SetNextItemWidth(width);
    const bool is_entered =
        ImGui::InputTextWithHint("##operation", placeholder_for(width), state.console_line.data(),
                                 state.console_line.capacity() + 1, flags, edit, &editing);
    const bool is_changed = state.console_line != before;
    if (is_changed) state.console_error.clear();
    if (is_changed && !editing.is_completed) forget_completion(state.console);
    if (is_changed && !editing.is_recalled) state.console.recalled.reset();
    return is_entered;
}

}  // namespace

void draw_console(const View& view, UiState& state, Commands& commands) {
    const FontScope mono(fonts().mono);
    if (state.wants_console_focus) {
        ImGui::SetKeyboardFocusHere();
        state.wants_console_focus = false;
        state.console.wants_cursor_at_end = true;
    }
    const std::string typed = state.console_line;
    const ImVec2 field = ImGui::GetCursorScreenPos();
    ImGui::BeginDisabled(!view.session);
    const bool is_entered = draw_field(view, state);
    ImGui::EndDisabled();
    const ImVec2 field_end = ImGui::GetItemRectMax();
    const bool was_active = state.console.is_active;
    state.console.is_active = ImGui::IsItemActive();
    if (was_active && !state.console.is_active) {
        if (is_pressed(ImGuiKey_Escape, false))
            leave(state, commands, typed);
        else if (!is_entered)
            forget_completion(state.console);
    }
    if (is_entered) submit(state, commands);
    if (state.console.is_active) draw_candidates(view, state, field);
    const float text_left = field.x + ImGui::GetStyle().FramePadding.x;
    // Who has left the line may read the sentence again: then it stands behind what was typed.
    if (!state.console_error.empty() && state.console.is_active)
        draw_error(view, state, field, text_left, field_end.x);
    draw_usage(view, state, {text_left, field.y}, field_end);
}

}  // namespace tricolour
