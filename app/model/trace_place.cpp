#include "app/model/trace_place.h"

#include "app/model/narration.h"
#include "app/model/text_match.h"
#include "heapcore/trace_tokens.h"

#include <algorithm>
#include <vector>

namespace tricolour {

using namespace heapcore;

namespace {

constexpr std::string_view line_prefix = "line:";  // or with a blank
constexpr std::size_t most_titles = 6;

std::string counted_operations(const Trace& trace) {
    const std::size_t count = trace.operations.size();
    return count_text(count) + (count == 1 ? " operation" : " operations");
}

std::vector<std::string_view> titles_of(const Trace& trace) {
    std::vector<std::string_view> titles;
    for (const Operation& operation : trace.operations)
        if (operation.kind == OperationKind::bookmark) titles.push_back(trace.texts[operation.text]);
    return titles;
}

std::string expected_place(const Trace& trace) {
    std::string text = "expected OPERATION, OPERATION.STEP, OPERATION.PHASE, line:N, start, end";
    const std::vector<std::string_view> titles = titles_of(trace);
    if (titles.empty()) return text;
    text += " or a bookmark:";
    for (std::size_t i = 0; i < std::min(titles.size(), most_titles); ++i)
        text += (i > 0 ? ", " : " ") + shown(titles[i]);
    if (titles.size() > most_titles) text += ", ...";
    return text;
}

/// After the bookmark of that title, or after the only one whose title so begins.
std::optional<TracePlace> bookmark_place(const Trace& trace, std::string_view text) {
    std::optional<TracePlace> found;
    std::size_t alike = 0;
    for (std::size_t i = 0; i < trace.operations.size(); ++i) {
        if (trace.operations[i].kind != OperationKind::bookmark) continue;
        const std::string_view title = trace.texts[trace.operations[i].text];
        if (!begins_with(title, text)) continue;
        if (title.size() == text.size()) return TracePlace{{i + 1, 0}, {}};
        ++alike;
        found = TracePlace{{i + 1, 0}, {}};
    }
    return alike == 1 ? found : std::nullopt;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    if (text.empty() || read_number(text, NumberForm::count, number)) return std::nullopt;
    return number;
}

std::optional<Phase> phase_of(std::string_view text) {
    for (auto phase = Phase::interned; phase < Phase::count_;
         phase = static_cast<Phase>(static_cast<int>(phase) + 1))
        if (word_of(phase) == text) return phase;
    return std::nullopt;
}

/// The index of the operation that a line of the trace holds.
std::optional<std::size_t> operation_on(const Trace& trace, std::uint64_t line) {
    const auto found = std::ranges::lower_bound(trace.operations, line, {},
                                                [](const Operation& one) { return std::uint64_t{one.line}; });
    if (found == trace.operations.end() || found->line != line) return std::nullopt;
    return static_cast<std::size_t>(found - trace.operations.begin());
}

}  // namespace

bool is_of_a_line(std::string_view text) {
    const std::string_view number = text.substr(std::min(text.size(), line_prefix.size()));
    return text.starts_with(line_prefix) ||
           (text.starts_with("line ") && !number.empty() && number[0] >= '0' && number[0] <= '9');
}

Result<TracePlace, std::string> read_place(const Trace& trace, std::string_view text) {
    const bool is_end_of_trace = text == "start" || text == "end";
    if (const auto bookmark = bookmark_place(trace, text); bookmark && !text.empty() && !is_end_of_trace)
        return *bookmark;
    return read_counted_place(trace, text);
}

Result<TracePlace, std::string> read_counted_place(const Trace& trace, std::string_view text) {
    if (text == "start") return TracePlace{};
    if (text == "end") return TracePlace{{trace.operations.size(), 0}, {}};
    const std::size_t dot = text.find('.');
    const std::string_view detail = dot == std::string_view::npos ? "" : text.substr(dot + 1);
    std::string_view whole = text.substr(0, dot);
    const bool is_line = is_of_a_line(whole);
    if (is_line) whole.remove_prefix(line_prefix.size());
    const auto number = number_of(whole);
    const auto step = number_of(detail);
    const auto phase = phase_of(detail);
    const bool is_whole = dot == std::string_view::npos;
    if (!number || (!is_whole && !step && !phase)) return Failure{expected_place(trace)};

    std::size_t index = static_cast<std::size_t>(*number) - 1;
    if (is_line) {
        const auto found = operation_on(trace, *number);
        if (!found) return Failure{"line " + std::to_string(*number) + " holds no operation"};
        index = *found;
    } else if (*number > trace.operations.size()) {
        return Failure{"the trace has " + counted_operations(trace)};
    } else if (*number == 0) {
        if (is_whole) return TracePlace{};
        return Failure<std::string>{"operations count from 1"};
    }
    if (is_whole) return TracePlace{{index + 1, 0}, {}};
    return TracePlace{{index, step.value_or(0)}, phase};
}

std::optional<std::string> go_to(Session& session, const TracePlace& place) {
    const std::size_t operation = place.position.operation;
    if (!place.phase) {
        if (session.seek(place.position)) return std::nullopt;
        const std::uint64_t steps = session.current_step_count();
        return "operation " + count_text(operation + 1) + " has " + count_text(steps) +
               (steps == 1 ? " step" : " steps");
    }
    bool goes_on = session.seek({operation, 1});
    while (goes_on && session.current_operation() == operation) {
        const auto step = session.current_step();
        const bool is_there =
            step && step->kind == StepKind::phase && step->detail == static_cast<std::uint8_t>(*place.phase);
        if (is_there) return std::nullopt;
        goes_on = session.next(Rung::phase);
    }
    return "operation " + count_text(operation + 1) + " enters no phase '" +
           std::string(word_of(*place.phase)) + "'";
}

}  // namespace tricolour
