#include "app/model/trace_view.h"

#include "heapcore/trace_tokens.h"

#include <algorithm>

namespace tricolour {
namespace {

Word kind_of(std::string_view token, bool is_first) {
    if (is_first) return Word::operation;
    if (heapcore::is_text(token)) return Word::text;
    const std::size_t sign = token.front() == '-' ? 1 : 0;
    if (token.size() > sign && heapcore::is_digit(token[sign])) return Word::number;
    if (token.find('=') != std::string_view::npos || token.find(':') != std::string_view::npos)
        return Word::option;
    return Word::name;
}

bool is_blank_or_control(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool is_among(const std::vector<std::size_t>& ascending, std::size_t operation) {
    return std::binary_search(ascending.begin(), ascending.end(), operation);
}

constexpr double rows_around = 2;

}  // namespace

std::vector<WordSpan> words_of_line(std::string_view line) {
    std::vector<WordSpan> words;
    std::size_t at = 0;
    for (auto token = heapcore::next_token(line, at); !token.empty();
         token = heapcore::next_token(line, at)) {
        const auto first = static_cast<std::size_t>(token.data() - line.data());
        words.push_back({first, first + token.size(), kind_of(token, words.empty())});
    }
    const std::size_t end = words.empty() ? 0 : words.back().last;
    const std::size_t rest = line.find_first_not_of(" \t", end);
    if (rest != std::string_view::npos) words.push_back({rest, line.size(), Word::comment});
    return words;
}

std::string line_text(const heapcore::Trace& trace, const heapcore::Operation& operation) {
    if (operation.line != 0) {
        const std::string_view line = trace.source_line(operation.line);
        if (!line.empty()) return std::string(line);
    }
    return heapcore::print_operation(trace, operation);
}

std::string row_text(std::string_view line, std::size_t longest) {
    while (!line.empty() && is_blank_or_control(line.front()))
        line.remove_prefix(1);
    const bool is_cut = line.size() > longest;
    std::size_t length = std::min(line.size(), longest);
    while (is_cut && length > 0 && is_continuation(line[length]))
        --length;
    std::string text(line.substr(0, length));
    std::ranges::replace_if(text, is_blank_or_control, ' ');
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return is_cut ? text + "\xe2\x80\xa6" : text;
}

OperationMarks marks_of(const heapcore::Session& session, std::size_t operation) {
    const heapcore::SessionIndex& index = session.index();
    const heapcore::Operation& what = session.trace().operations[operation];
    OperationMarks marks;
    marks.is_typed_in = what.line == 0 && session.has_edits();
    marks.is_bookmark = what.kind == heapcore::OperationKind::bookmark;
    marks.is_failed_allocation = is_among(index.failed_allocations, operation);
    const auto collection = std::ranges::lower_bound(index.collections, operation);
    if (collection != index.collections.end() && *collection == operation)
        marks.collection = static_cast<std::size_t>(collection - index.collections.begin()) + 1;
    const auto failure = std::ranges::lower_bound(index.failed_expectations, operation, {},
                                                  &heapcore::SessionIndex::Note::operation);
    if (failure != index.failed_expectations.end() && failure->operation == operation)
        marks.failure = &failure->error.message;
    if (index.error && index.error->operation == operation) marks.error = &index.error->error.message;
    return marks;
}

namespace {

bool is_in_use(const heapcore::Heap& heap, heapcore::Offset chunk) {
    return chunk < heap.size_bytes() && heap.is_sane(chunk);
}

}  // namespace

std::optional<std::size_t> operation_that_made(const heapcore::Session& session, heapcore::Offset chunk) {
    const heapcore::Heap& heap = session.heap();
    if (!is_in_use(heap, chunk)) return std::nullopt;
    const heapcore::Origin origin = heap.origin_of(chunk);
    if (origin.birth == 0 || origin.operation > session.position().operation ||
        origin.operation >= session.trace().operations.size())
        return std::nullopt;
    return origin.operation;
}

// A name may stand for another chunk by now: then what it stands for was made later, by another operation.
std::optional<heapcore::Offset> chunk_of_operation(const heapcore::Session& session, std::size_t operation) {
    const heapcore::Operation& it = session.trace().operations[operation];
    if (it.target == heapcore::no_id) return std::nullopt;
    const auto chunk = session.machine().chunk_named(it.target);
    if (!chunk || !is_in_use(session.heap(), *chunk)) return std::nullopt;
    const auto made = operation_that_made(session, *chunk);
    if (!made || *made > operation) return std::nullopt;
    const auto arguments = heapcore::row_of(it.kind).arguments;
    const bool makes_one = !arguments.empty() && arguments[0] == heapcore::ArgumentKind::new_name;
    return !makes_one || *made == operation ? chunk : std::nullopt;
}

std::string branch_name(const heapcore::Session& session, std::size_t branch) {
    const std::size_t edits = session.branches()[branch].edits.size();
    if (branch == 0) return "recorded";
    return "typed " + std::to_string(branch) + ": " + std::to_string(edits) +
           (edits == 1 ? " operation" : " operations");
}

double clamped_top(double top, double visible_rows, std::size_t rows) {
    return std::clamp(top, 0.0, std::max(0.0, static_cast<double>(rows) - visible_rows));
}

double scrolled_to(double top, double visible_rows, std::size_t row, std::size_t rows) {
    const double around = std::min(rows_around, std::max(0.0, (visible_rows - 1) / 2));
    const double highest = static_cast<double>(row) - around;
    const double lowest = static_cast<double>(row) + 1 + around - visible_rows;
    double wanted = top;
    if (top > highest) wanted = highest;
    if (top < lowest) wanted = lowest;
    const bool is_far = wanted < top - visible_rows || wanted > top + visible_rows;
    if (is_far) wanted = static_cast<double>(row) + 0.5 - visible_rows / 2;
    return clamped_top(wanted, visible_rows, rows);
}

}  // namespace tricolour
