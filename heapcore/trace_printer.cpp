// Trace -> text.
#include "heapcore/chunk.h"
#include "heapcore/trace.h"
#include "heapcore/trace_tokens.h"
#include "heapcore/trace_words.h"

#include <limits>

namespace heapcore {
namespace {

std::string print_place(const Trace& trace, const Operation& operation) {
    const std::string name(trace.names[operation.target]);
    return operation.kind == OperationKind::set_element
               ? name + "[" + std::to_string(operation.index) + "]"
               : name + "." + std::string(trace.texts[operation.text]);
}

std::string print_value(const Trace& trace, const Operation& operation) {
    switch (operation.value) {
        case ValueKind::name: return std::string(trace.names[operation.other]);
        case ValueKind::integer: return std::to_string(static_cast<std::int64_t>(operation.number));
        case ValueKind::none:
        case ValueKind::null: break;
    }
    return std::string(null_word);
}

std::string print_element(const Trace& trace, const Operation& operation) {
    const auto element = static_cast<ElementType>(operation.choice);
    return std::string(element == ElementType::object ? trace.names[operation.other] : word_of(element));
}

std::string print_class(const Trace& trace, const ClassDeclaration& declaration) {
    std::vector<std::string> options;
    if (declaration.superclass != no_id) {
        options.push_back(std::string(extends_option) + std::string(trace.names[declaration.superclass]));
    }
    if (declaration.loader != no_id) {
        options.push_back(std::string(loader_option) + std::string(trace.names[declaration.loader]));
    }
    for (const FieldDeclaration& field : declaration.fields) {
        options.push_back(std::string(field.is_static ? static_prefix : "") +
                          std::string(trace.texts[field.name]) +
                          std::string(field.is_reference ? reference_suffix : integer_suffix));
    }
    return joined(std::vector<std::string_view>(options.begin(), options.end()), " ");
}

std::string print_arguments(const Trace& trace, const Operation& operation, const OperationRow& row);

/// Empty for an option that is not needed.
std::string print_argument(const Trace& trace, const Operation& operation, ArgumentKind argument) {
    switch (argument) {
        case ArgumentKind::none: break;
        case ArgumentKind::new_name:
        case ArgumentKind::name: return std::string(trace.names[operation.target]);
        case ArgumentKind::other_name:
        case ArgumentKind::method: return std::string(trace.names[operation.other]);
        case ArgumentKind::type: return std::string(word_of(static_cast<AllocationType>(operation.choice)));
        case ArgumentKind::bytes:
        case ArgumentKind::length: return std::to_string(operation.number);
        case ArgumentKind::class_options: return print_class(trace, trace.classes[operation.index]);
        case ArgumentKind::element: return print_element(trace, operation);
        case ArgumentKind::text: return quoted_text(trace.texts[operation.text]);
        case ArgumentKind::place: return print_place(trace, operation);
        case ArgumentKind::value: return print_value(trace, operation);
        case ArgumentKind::locals:
            return operation.number == 0 ? "" : std::string(locals_option) + std::to_string(operation.number);
        case ArgumentKind::index: return std::to_string(operation.index);
        case ArgumentKind::object_option:
            return operation.other == no_id
                       ? ""
                       : std::string(object_option) + std::string(trace.names[operation.other]);
        case ArgumentKind::expectation: {
            const OperationRow& row = row_of(static_cast<ExpectKind>(operation.choice));
            return std::string(row.word) + print_arguments(trace, operation, row);
        }
        case ArgumentKind::colour: return std::string(word_of(static_cast<Colour>(operation.colour)));
    }
    return {};
}

std::string print_arguments(const Trace& trace, const Operation& operation, const OperationRow& row) {
    std::string line;
    for (const ArgumentKind argument : row.arguments) {
        const std::string printed = print_argument(trace, operation, argument);
        line += printed.empty() ? "" : " " + printed;
    }
    return line;
}

std::string print_bytes(std::uint64_t bytes) {
    for (const auto& [shift, suffix] : {std::pair{20, "M"}, std::pair{10, "K"}}) {
        if (bytes >> shift << shift == bytes && bytes != 0) {
            return std::to_string(bytes >> shift) + suffix;
        }
    }
    return std::to_string(bytes);
}

std::string print_address(std::uint64_t address) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (; address != 0 || text.empty(); address >>= 4) {
        text.insert(text.begin(), digits[address & 15]);
    }
    return "0x" + text;
}

std::string print_setting(const SettingRow& row, std::uint64_t value) {
    switch (row.form) {
        case SettingForm::bytes: return print_bytes(value);
        case SettingForm::address: return print_address(value);
        case SettingForm::count: return std::to_string(value);
        case SettingForm::words: return std::string(row.words[value]);
    }
    return {};
}

/// The `heap` line: size and word, and what differs from the default.
std::string print_heap(const HeapSettings& settings) {
    std::string line(heap_word);
    for (const SettingRow& row : setting_rows()) {
        const std::uint64_t value = value_of(settings, row.key);
        const bool is_always_said = row.key == SettingKey::size || row.key == SettingKey::word;
        if (is_always_said || value != value_of(HeapSettings{}, row.key)) {
            line += " " + std::string(row.word) + "=" + print_setting(row, value);
        }
    }
    return line;
}

std::string_view first_token(std::string_view line) {
    std::size_t at = 0;
    return next_token(line, at);
}

HeapSettings settings_of(std::string_view heap_line) {
    const auto head = parse_trace(std::string(version_usage) + "\n" + std::string(heap_line), "");
    return head ? head->settings : HeapSettings{};
}

/// Prints a trace over its source: lines as they were, the rest between them.
class SourcePrinter {
public:
    explicit SourcePrinter(const Trace& trace) : trace_(trace) {
        result_.reserve(trace.source->size());
        line_end_ = trace.source->find("\r\n") == std::string::npos ? "\n" : "\r\n";
    }
    std::string print();

private:
    void print_head();
    void begin_line();
    void put(std::string_view line);
    void keep_line();  // the line at the cursor, as it was
    void keep_comments_before(std::uint32_t line);
    bool is_significant() const { return !first_token(trace_.source_line(line_)).empty(); }
    bool is_behind_source() const { return line_ > trace_.line_starts.size(); }

    const Trace& trace_;
    std::string result_;
    std::string_view line_end_;
    std::uint32_t line_ = 1;  // the cursor: the first line not yet dealt with
};

std::string SourcePrinter::print() {
    print_head();
    for (const Operation& operation : trace_.operations) {
        if (operation.line >= line_ && operation.line <= trace_.line_starts.size()) {
            keep_comments_before(operation.line);
            keep_line();
        } else {
            put(print_operation(trace_, operation));
        }
    }
    keep_comments_before(std::numeric_limits<std::uint32_t>::max());
    return std::move(result_);
}

void SourcePrinter::print_head() {
    while (!is_behind_source() && !is_significant()) {
        keep_line();
    }
    keep_line();
    std::uint32_t heap_line = line_;
    while (heap_line <= trace_.line_starts.size() && first_token(trace_.source_line(heap_line)).empty()) {
        ++heap_line;
    }
    const bool has_heap_line = first_token(trace_.source_line(heap_line)) == heap_word;
    const HeapSettings settings = has_heap_line ? settings_of(trace_.source_line(heap_line)) : HeapSettings{};
    if (has_heap_line) {
        keep_comments_before(heap_line);
    }
    if (settings != trace_.settings) {
        put(print_heap(trace_.settings));
        line_ += has_heap_line ? 1 : 0;
    } else if (has_heap_line) {
        keep_line();
    }
}

void SourcePrinter::begin_line() {
    if (!result_.empty() && !result_.ends_with('\n')) {
        result_ += line_end_;
    }
}

void SourcePrinter::put(std::string_view line) {
    begin_line();
    result_ += line;
    result_ += line_end_;
}

void SourcePrinter::keep_line() {
    if (is_behind_source()) {
        return;
    }
    begin_line();
    const std::uint64_t begin = trace_.line_starts[line_ - 1];
    const std::uint64_t end =
        line_ < trace_.line_starts.size() ? trace_.line_starts[line_] : trace_.source->size();
    result_ += std::string_view(*trace_.source).substr(begin, end - begin);
    ++line_;
}

void SourcePrinter::keep_comments_before(std::uint32_t line) {
    while (line_ < line && !is_behind_source()) {
        if (is_significant()) {
            ++line_;
        } else {
            keep_line();
        }
    }
}

}  // namespace

std::string print_operation(const Trace& trace, const Operation& operation) {
    const OperationRow& row = row_of(operation.kind);
    return std::string(row.word) + print_arguments(trace, operation, row);
}

std::string print_trace(const Trace& trace) {
    if (trace.source && !trace.line_starts.empty()) {
        return SourcePrinter(trace).print();
    }
    std::string text = std::string(version_usage) + "\n" + print_heap(trace.settings) + "\n";
    for (const Operation& operation : trace.operations) {
        text += print_operation(trace, operation);
        text += '\n';
    }
    return text;
}

}  // namespace heapcore
