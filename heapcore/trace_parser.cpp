// Text -> trace.
#include "heapcore/chunk.h"
#include "heapcore/trace.h"
#include "heapcore/trace_tokens.h"
#include "heapcore/trace_words.h"

#include <algorithm>
#include <array>
#include <limits>

namespace heapcore {
namespace {

constexpr std::uint64_t most_32_bits = std::numeric_limits<std::uint32_t>::max();

const std::string& heap_usage() {
    static const std::string usage = [] {
        std::string text(heap_word);
        for (const SettingRow& row : setting_rows()) {
            text += " [" + std::string(row.usage) + "]";
        }
        return text;
    }();
    return usage;
}

/// Reads one line at a time. What it returns is whether the line is right; if not, `column` and
/// `message` say what is wrong.
class LineParser {
public:
    explicit LineParser(Trace& trace, const TraceLimits& limits = {}) : trace_(trace), limits_(limits) {}

    /// Begins a line and returns its first token.
    std::string_view start(std::string_view line) {
        line_ = line;
        at_ = last_end_ = 0;
        return word_ = next();
    }

    bool parse_version();
    bool parse_heap();
    bool parse_operation();

    bool fail_at(std::size_t offset, std::string problem) {
        column = static_cast<std::uint32_t>(offset + 1);
        message = std::move(problem);
        return false;
    }

    Operation operation;
    std::uint32_t column = 0;
    std::string message;

private:
    std::string_view next() {
        const std::string_view token = next_token(line_, at_);
        last_end_ = token.empty() ? last_end_ : at_;
        return token;
    }

    bool fail(std::string_view token, std::string problem) {
        return fail_at(static_cast<std::size_t>(token.data() - line_.data()),
                       std::move(problem) + "; expected " + std::string(usage_));
    }
    bool fail_missing(std::string_view what) {
        return fail(line_.substr(last_end_, 0), std::string(what) + " is missing");
    }
    bool fail_part(std::string_view token, std::string_view part, std::string_view problem) {
        return fail(token, shown(part) + " " + std::string(problem));
    }
    bool fail_token(std::string_view token, std::string_view problem) {
        return fail_part(token, token, problem);
    }
    template <typename Words>
    bool fail_word(std::string_view token, std::string_view what, const Words& words);
    bool fail_unknown_operation();

    bool parse_arguments(const OperationRow& row);
    bool parse_argument(ArgumentKind argument, std::string_view token);
    bool parse_end();

    // Of a token, or of the part of one.
    bool parse_name(std::string_view token, std::string_view part, NameId& name);
    bool parse_number(std::string_view token, std::string_view part, NumberForm form, std::uint64_t& number,
                      std::uint64_t largest = std::numeric_limits<std::uint64_t>::max());
    bool parse_index(std::string_view token, std::string_view part);
    bool parse_field_name(std::string_view token, std::string_view part, TextId& name);

    bool parse_new_text(std::string_view token, std::string_view text, TextId& id);
    bool parse_text(std::string_view token);
    bool parse_type(std::string_view token);
    bool parse_element(std::string_view token);
    bool parse_place(std::string_view token);
    bool parse_value(std::string_view token);
    bool parse_locals(std::string_view token);
    bool parse_expectation(std::string_view token);
    bool parse_colour(std::string_view token);
    bool parse_named_option(std::string_view token, std::string_view option, NameId& name);
    bool parse_class_options(std::string_view token);
    bool parse_field(std::string_view token, ClassDeclaration& declaration);
    bool parse_setting(std::string_view token, std::span<std::string_view> tokens);
    bool parse_setting_value(std::string_view token, const SettingRow& row, std::string_view value);

    bool has_room(const StringTable& table, std::uint32_t most, std::string_view part) const {
        return table.size() < most || table.find(part);
    }

    Trace& trace_;
    TraceLimits limits_;
    std::string_view line_;
    std::string_view word_;     // the line's first token
    std::string_view usage_;    // what the line should look like
    std::size_t at_ = 0;        // behind the token read last
    std::size_t last_end_ = 0;  // the same, but never behind a comment or blanks
    std::string scratch_;
};

constexpr bool is_optional(ArgumentKind argument) {
    return argument == ArgumentKind::class_options || argument == ArgumentKind::locals ||
           argument == ArgumentKind::object_option;
}

/// The argument as the usage calls it: "BYTES".
std::string_view placeholder_of(const OperationRow& row, std::size_t argument) {
    std::size_t at = row.usage.find(row.word) + row.word.size();
    std::string_view token;
    for (std::size_t i = 0; i <= argument; ++i) {
        token = next_token(row.usage, at);
    }
    return token;
}

template <typename Words>
bool LineParser::fail_word(std::string_view token, std::string_view what, const Words& words) {
    const std::string_view nearest = nearest_word(token, words);
    const std::string hint = nearest.empty() ? " (one of " + joined(words) + ")"
                                             : " (did you mean '" + std::string(nearest) + "'?)";
    return fail_token(token, "is not " + std::string(what) + hint);
}

bool LineParser::fail_unknown_operation() {
    const auto offset = static_cast<std::size_t>(word_.data() - line_.data());
    if (word_.empty()) {
        return fail_at(0, "expected an operation");
    }
    if (word_ == heap_word) {
        return fail_at(offset, "'heap' stands at most once, right after 'tricolour 1'");
    }
    if (word_ == version_word) {
        return fail_at(offset, "'tricolour 1' stands once, at the beginning");
    }
    const std::string_view nearest = nearest_word(word_, operation_words());
    return fail_at(offset, "unknown operation " + shown(word_) +
                               (nearest.empty() ? "" : "; did you mean '" + std::string(nearest) + "'?"));
}

bool LineParser::parse_operation() {
    const OperationRow* const row = find_row(word_);
    if (row == nullptr) {
        return fail_unknown_operation();
    }
    operation = Operation{};
    operation.kind = row->kind;
    return parse_arguments(*row) && parse_end();
}

bool LineParser::parse_arguments(const OperationRow& row) {
    usage_ = row.usage;
    for (std::size_t i = 0; i < row.arguments.size(); ++i) {
        const std::string_view token = next();
        if (token.empty() && !is_optional(row.arguments[i])) {
            return fail_missing(placeholder_of(row, i));
        }
        if (!parse_argument(row.arguments[i], token)) {
            return false;
        }
    }
    return true;
}

bool LineParser::parse_end() {
    const std::string_view token = next();
    return token.empty() || fail(token, "unexpected " + shown(token));
}

bool LineParser::parse_argument(ArgumentKind argument, std::string_view token) {
    switch (argument) {
        case ArgumentKind::none: return true;
        case ArgumentKind::new_name:
        case ArgumentKind::name: return parse_name(token, token, operation.target);
        case ArgumentKind::other_name:
        case ArgumentKind::method: return parse_name(token, token, operation.other);
        case ArgumentKind::type: return parse_type(token);
        case ArgumentKind::bytes: return parse_number(token, token, NumberForm::size, operation.number);
        case ArgumentKind::class_options: return parse_class_options(token);
        case ArgumentKind::element: return parse_element(token);
        case ArgumentKind::length:
            return parse_number(token, token, NumberForm::count, operation.number, most_32_bits);
        case ArgumentKind::text: return parse_text(token);
        case ArgumentKind::place: return parse_place(token);
        case ArgumentKind::value: return parse_value(token);
        case ArgumentKind::locals: return parse_locals(token);
        case ArgumentKind::index: return parse_index(token, token);
        case ArgumentKind::object_option:
            return token.empty() || parse_named_option(token, object_option, operation.other);
        case ArgumentKind::expectation: return parse_expectation(token);
        case ArgumentKind::colour: return parse_colour(token);
    }
    return false;
}

bool LineParser::parse_name(std::string_view token, std::string_view part, NameId& name) {
    if (!is_name(part)) {
        return fail_part(token, part, "is not a name");
    }
    if (part.size() > longest_name_bytes) {
        return fail_part(token, part, "is longer than " + std::to_string(longest_name_bytes) + " bytes");
    }
    if (!has_room(trace_.names, limits_.names, part)) {
        return fail(token, "a trace has at most " + std::to_string(limits_.names) + " different names");
    }
    name = trace_.names.add(part);
    return true;
}

bool LineParser::parse_field_name(std::string_view token, std::string_view part, TextId& name) {
    if (!is_name(part)) {
        return fail_part(token, part, "is not a field's name");
    }
    if (part.size() > longest_name_bytes) {
        return fail_part(token, part, "is longer than " + std::to_string(longest_name_bytes) + " bytes");
    }
    return parse_new_text(token, part, name);
}

bool LineParser::parse_new_text(std::string_view token, std::string_view text, TextId& id) {
    if (!has_room(trace_.texts, limits_.texts, text)) {
        return fail(token, "a trace has at most " + std::to_string(limits_.texts) +
                               " different texts, fields' names among them");
    }
    id = trace_.texts.add(text);
    return true;
}

bool LineParser::parse_number(std::string_view token, std::string_view part, NumberForm form,
                              std::uint64_t& number, std::uint64_t largest) {
    if (const char* const problem = read_number(part, form, number)) {
        return fail_part(token, part, problem);
    }
    return number <= largest || fail_part(token, part, "is more than " + std::to_string(largest));
}

bool LineParser::parse_index(std::string_view token, std::string_view part) {
    std::uint64_t index = 0;
    if (!parse_number(token, part, NumberForm::count, index, most_32_bits)) {
        return false;
    }
    operation.index = static_cast<std::uint32_t>(index);
    return true;
}

bool LineParser::parse_text(std::string_view token) {
    if (!is_text(token)) {
        return fail_token(token, "is not a text in double quotes");
    }
    if (const char* const problem = read_text(token, scratch_)) {
        return fail(token, std::string("the text ") + problem);
    }
    return parse_new_text(token, scratch_, operation.text);
}

bool LineParser::parse_type(std::string_view token) {
    if (const auto type = index_of(token, allocation_type_words)) {
        operation.choice = *type;
        return true;
    }
    if (!is_digit(token.front())) {
        return fail_word(token, "an allocation type", allocation_type_words);
    }
    std::uint64_t type = 0;
    if (read_number(token, NumberForm::count, type) != nullptr || type >= allocation_type_count) {
        return fail(token, "allocation type " + shown(token) + " is not one of 0.." +
                               std::to_string(allocation_type_count - 1));
    }
    operation.choice = static_cast<std::uint8_t>(type);
    return true;
}

bool LineParser::parse_element(std::string_view token) {
    const std::optional<ElementType> primitive = primitive_of(token);
    operation.choice = static_cast<std::uint8_t>(primitive.value_or(ElementType::object));
    return primitive || parse_name(token, token, operation.other);
}

/// NAME.FIELD, or NAME[INDEX] where an operation of its own stands for it.
bool LineParser::parse_place(std::string_view token) {
    const std::size_t separator = token.find_first_of(".[");
    const bool is_element = separator != std::string_view::npos && token[separator] == '[';
    const bool may_be_element = operation.kind != OperationKind::expect;
    if (separator == std::string_view::npos || (is_element && !(may_be_element && token.ends_with(']')))) {
        const std::string_view or_element = may_be_element ? " or an element NAME[INDEX]" : "";
        return fail_token(token, "is not a field NAME.FIELD" + std::string(or_element));
    }
    if (!parse_name(token, token.substr(0, separator), operation.target)) {
        return false;
    }
    std::string_view rest = token.substr(separator + 1);
    if (is_element) {
        rest.remove_suffix(1);
        operation.kind = OperationKind::set_element;
        usage_ = row_of(operation.kind).usage;
        return parse_index(token, rest);
    }
    return parse_field_name(token, rest, operation.text);
}

bool LineParser::parse_value(std::string_view token) {
    if (token == null_word) {
        operation.value = ValueKind::null;
        return true;
    }
    if (is_digit(token.front()) || token.front() == '-') {
        operation.value = ValueKind::integer;
        return parse_number(token, token, NumberForm::integer, operation.number);
    }
    if (!is_name(token)) {
        return fail_token(token, "is not a value: a name, null or an integer");
    }
    operation.value = ValueKind::name;
    return parse_name(token, token, operation.other);
}

bool LineParser::parse_locals(std::string_view token) {
    if (token.empty()) {
        return true;
    }
    if (!token.starts_with(locals_option)) {
        return fail(token, "unexpected " + shown(token));
    }
    return parse_number(token, token.substr(locals_option.size()), NumberForm::count, operation.number,
                        most_locals);
}

bool LineParser::parse_expectation(std::string_view token) {
    const auto kind = index_of(token, expectation_words());
    if (!kind) {
        return fail_word(token, "something to expect", expectation_words());
    }
    operation.choice = *kind;
    return parse_arguments(expectation_rows()[*kind]);
}

bool LineParser::parse_colour(std::string_view token) {
    const auto colour = index_of(token, colour_words);
    operation.colour = colour.value_or(0);
    return colour || fail_word(token, "a colour", colour_words);
}

bool LineParser::parse_named_option(std::string_view token, std::string_view option, NameId& name) {
    if (!token.starts_with(option)) {
        return fail(token, "unexpected " + shown(token));
    }
    if (name != no_id) {
        return fail_token(token, "is a second " + std::string(option));
    }
    return parse_name(token, token.substr(option.size()), name);
}

bool LineParser::parse_class_options(std::string_view token) {
    ClassDeclaration declaration;
    for (; !token.empty(); token = next()) {
        const bool is_right = token.starts_with(extends_option)
                                  ? parse_named_option(token, extends_option, declaration.superclass)
                              : token.starts_with(loader_option)
                                  ? parse_named_option(token, loader_option, declaration.loader)
                                  : parse_field(token, declaration);
        if (!is_right) {
            return false;
        }
    }
    operation.index = static_cast<std::uint32_t>(trace_.classes.size());
    trace_.classes.push_back(std::move(declaration));
    return true;
}

bool LineParser::parse_field(std::string_view token, ClassDeclaration& declaration) {
    FieldDeclaration field;
    field.is_static = token.starts_with(static_prefix);
    field.is_reference = token.ends_with(reference_suffix);
    std::string_view name = token.substr(field.is_static ? static_prefix.size() : 0);
    if (!field.is_reference && !token.ends_with(integer_suffix)) {
        return fail_token(token, "is not a field: name:ref or name:int, or static. before it");
    }
    name.remove_suffix(std::min(reference_suffix.size(), name.size()));
    if (!parse_field_name(token, name, field.name)) {
        return false;
    }
    const auto is_same = [&](const FieldDeclaration& other) {
        return other.name == field.name && other.is_static == field.is_static;
    };
    if (std::any_of(declaration.fields.begin(), declaration.fields.end(), is_same)) {
        return fail(token, "field " + shown(name) + " is declared twice");
    }
    if (declaration.fields.size() == most_fields) {
        return fail(token, "a class declares at most " + std::to_string(most_fields) + " fields");
    }
    declaration.fields.push_back(field);
    return true;
}

bool LineParser::parse_version() {
    usage_ = version_usage;
    if (word_ != version_word) {
        return fail_token(word_, "is not the head of a trace");
    }
    const std::string_view token = next();
    if (token.empty()) {
        return fail_missing("the version");
    }
    if (token != known_version) {
        return fail(token, "version " + shown(token) + " is not known");
    }
    return parse_end();
}

bool LineParser::parse_heap() {
    usage_ = heap_usage();
    std::array<std::string_view, static_cast<std::size_t>(SettingKey::count_)> tokens;
    trace_.settings = HeapSettings{};
    for (std::string_view token = next(); !token.empty(); token = next()) {
        if (!parse_setting(token, tokens)) {
            return false;
        }
    }
    if (const auto fault = find_fault(trace_.settings)) {
        const std::string_view token = tokens[static_cast<std::size_t>(fault->key)];
        return fail_at(static_cast<std::size_t>((token.empty() ? word_ : token).data() - line_.data()),
                       fault->message);
    }
    return true;
}

bool LineParser::parse_setting(std::string_view token, std::span<std::string_view> tokens) {
    const std::size_t equals = token.find('=');
    const std::string_view word = token.substr(0, equals);
    const auto key = index_of(word, setting_words());
    if (!key) {
        return fail_word(word, "a setting of the heap", setting_words());
    }
    if (equals == std::string_view::npos) {
        return fail(token, shown(token) + " has no value");
    }
    if (!tokens[*key].empty()) {
        return fail(token, shown(word) + " stands twice");
    }
    tokens[*key] = token;
    return parse_setting_value(token, setting_rows()[*key], token.substr(equals + 1));
}

bool LineParser::parse_setting_value(std::string_view token, const SettingRow& row, std::string_view value) {
    usage_ = row.usage;
    std::uint64_t number = 0;
    if (row.form == SettingForm::words) {
        const auto index = index_of(value, row.words);
        if (!index) {
            return fail_part(token, value, "is none of " + joined(row.words));
        }
        number = *index;
    } else {
        const NumberForm form = row.form == SettingForm::count ? NumberForm::count : NumberForm::size;
        if (!parse_number(token, value, form, number)) {
            return false;
        }
    }
    usage_ = heap_usage();
    set_value(trace_.settings, row.key, number);
    return true;
}

class TraceReader {
public:
    TraceReader(std::string text, std::string file, ParseProgress* progress, const TraceLimits& limits)
        : parser_(trace_, limits), progress_(progress), limits_(limits) {
        trace_.file = std::move(file);
        trace_.source = std::make_shared<const std::string>(std::move(text));
        text_ = *trace_.source;
    }

    Result<Trace, TraceError> read();

private:
    enum class Expecting : std::uint8_t { version, heap, operation };

    bool read_line(std::string_view line);
    bool read_significant_line(std::string_view word);
    bool report_progress(std::size_t at);
    Failure<TraceError> failure() const {
        const auto line = static_cast<std::uint32_t>(trace_.line_starts.size());
        return Failure{TraceError{trace_.file, line, parser_.column, parser_.message}};
    }
    Failure<TraceError> failure_of_file(std::string message) const {
        return Failure{TraceError{trace_.file, 0, 0, std::move(message)}};
    }

    Trace trace_;
    LineParser parser_;
    ParseProgress* progress_;
    TraceLimits limits_;
    std::string_view text_;
    std::size_t next_report_ = 0;
    Expecting expecting_ = Expecting::version;
};

Result<Trace, TraceError> TraceReader::read() {
    if (text_.size() > limits_.bytes) {
        return failure_of_file(limits_.largest_text());
    }
    if (progress_ != nullptr) {
        progress_->bytes_total = text_.size();
    }
    // Room that stays untouched costs no memory; growing by doubling would.
    const auto lines = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n')) + 1;
    trace_.line_starts.reserve(std::min<std::size_t>(lines, limits_.lines));
    trace_.operations.reserve(std::min<std::size_t>(lines, limits_.operations));
    std::size_t at = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (at < text_.size()) {
        if (!report_progress(at)) {
            return failure_of_file("cancelled");
        }
        trace_.line_starts.push_back(at);
        const std::size_t end = std::min(text_.find('\n', at), text_.size());
        if (!read_line(text_.substr(at, end - at))) {
            return failure();
        }
        at = end + 1;
    }
    if (progress_ != nullptr) {
        progress_->bytes_done = text_.size();
    }
    if (expecting_ == Expecting::version) {
        return Failure{TraceError{trace_.file, 1, 1, "there is no trace here; expected tricolour 1"}};
    }
    return std::move(trace_);
}

bool TraceReader::report_progress(std::size_t at) {
    constexpr std::size_t interval = 1 << 16;
    if (progress_ == nullptr || at < next_report_) {
        return true;
    }
    next_report_ = at + interval;
    progress_->bytes_done.store(at, std::memory_order_relaxed);
    return !progress_->cancel.load(std::memory_order_relaxed);
}

bool TraceReader::read_line(std::string_view line) {
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    if (trace_.line_starts.size() > limits_.lines) {
        return parser_.fail_at(0, "a trace has at most " + std::to_string(limits_.lines) + " lines");
    }
    if (line.size() > longest_line_bytes) {
        return parser_.fail_at(longest_line_bytes,
                               "a line has at most " + std::to_string(longest_line_bytes) + " bytes");
    }
    if (const std::size_t nul = line.find('\0'); nul != std::string_view::npos) {
        return parser_.fail_at(nul, "this is not text: a byte is 0");
    }
    const std::string_view word = parser_.start(line);
    return word.empty() || read_significant_line(word);
}

bool TraceReader::read_significant_line(std::string_view word) {
    if (expecting_ == Expecting::version) {
        expecting_ = Expecting::heap;
        return parser_.parse_version();
    }
    const bool is_heap = expecting_ == Expecting::heap && word == heap_word;
    expecting_ = Expecting::operation;
    if (is_heap) {
        return parser_.parse_heap();
    }
    if (!parser_.parse_operation()) {
        return false;
    }
    if (trace_.operations.size() == limits_.operations) {
        return parser_.fail_at(0,
                               "a trace has at most " + std::to_string(limits_.operations) + " operations");
    }
    parser_.operation.line = static_cast<std::uint32_t>(trace_.line_starts.size());
    trace_.operations.push_back(parser_.operation);
    return true;
}

}  // namespace

Result<Trace, TraceError> parse_trace(std::string text, std::string file, ParseProgress* progress,
                                      const TraceLimits& limits) {
    return TraceReader(std::move(text), std::move(file), progress, limits).read();
}

Result<Operation, TraceError> parse_operation(Trace& trace, std::string_view line) {
    LineParser parser(trace);
    parser.start(line);
    const std::size_t foreign = line.find_first_of(std::string_view("\0\n", 2));
    const bool is_right =
        line.size() > longest_line_bytes
            ? parser.fail_at(longest_line_bytes,
                             "a line has at most " + std::to_string(longest_line_bytes) + " bytes")
        : foreign != std::string_view::npos ? parser.fail_at(foreign, "expected one line of text")
                                            : parser.parse_operation();
    if (!is_right) {
        return Failure{TraceError{"", 0, parser.column, std::move(parser.message)}};
    }
    return parser.operation;
}

}  // namespace heapcore
