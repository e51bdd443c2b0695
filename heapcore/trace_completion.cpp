// Which token of a line holds which argument, and what may stand there.
#include "heapcore/chunk.h"
#include "heapcore/trace.h"
#include "heapcore/trace_tokens.h"
#include "heapcore/trace_words.h"

#include <algorithm>

namespace heapcore {
namespace {

/// Place of the argument among the row's, none if it has none.
std::optional<std::size_t> place_of(const OperationRow& row, ArgumentKind argument) {
    const auto found = std::find(row.arguments.begin(), row.arguments.end(), argument);
    if (found == row.arguments.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - row.arguments.begin());
}

std::vector<std::string_view> tokens_of(std::string_view line) {
    std::vector<std::string_view> tokens;
    std::size_t at = 0;
    for (auto token = next_token(line, at); !token.empty(); token = next_token(line, at)) {
        tokens.push_back(token);
    }
    return tokens;
}

/// The expectation that a line's tokens begin with, nullptr if there is none.
const OperationRow* expectation_of(std::span<const std::string_view> tokens) {
    const auto kind = tokens.size() > 1 ? index_of(tokens[1], expectation_words()) : std::nullopt;
    return kind ? &expectation_rows()[*kind] : nullptr;
}

/// The token, from 0, that holds the argument; none if no token can.
std::optional<std::size_t> token_of(std::span<const std::string_view> tokens, OperationKind kind,
                                    ArgumentKind argument) {
    if (argument == ArgumentKind::none) {
        return 0;
    }
    if (const auto place = place_of(row_of(kind), argument)) {
        return *place + 1;
    }
    const OperationRow* const expectation = kind == OperationKind::expect ? expectation_of(tokens) : nullptr;
    const auto place = expectation != nullptr ? place_of(*expectation, argument) : std::nullopt;
    return place ? std::optional(*place + 2) : std::nullopt;
}

class Completer {
public:
    Completer(const Trace& trace, std::string_view partial) : trace_(trace), partial_(partial) {}

    void offer(std::string_view candidate, std::string_view prefix = {}) {
        if (candidate.size() + prefix.size() >= partial_.size() &&
            partial_.starts_with(prefix.substr(0, partial_.size())) &&
            candidate.starts_with(partial_.substr(std::min(prefix.size(), partial_.size())))) {
            candidates_.push_back(std::string(prefix) + std::string(candidate));
        }
    }
    template <typename Words>
    void offer_all(const Words& words) {
        for (const std::string_view word : words) {
            offer(word);
        }
    }
    void offer_names(std::string_view prefix = {}) {
        for (std::uint32_t id = 0; id < trace_.names.size(); ++id) {
            offer(trace_.names[id], prefix);
        }
    }
    void offer_option(std::string_view option) {
        if (partial_.starts_with(option)) {
            offer_names(option);
        } else {
            offer(option);
        }
    }
    void offer_places();
    void offer_argument(ArgumentKind argument);
    void offer_arguments(const OperationRow& row, std::size_t place);

    std::vector<std::string> take();

private:
    const Trace& trace_;
    std::string_view partial_;
    std::vector<std::string> candidates_;
};

void Completer::offer_places() {
    const std::size_t dot = partial_.find('.');
    if (dot == std::string_view::npos) {
        offer_names();
        return;
    }
    const std::string_view prefix = partial_.substr(0, dot + 1);
    offer("referent", prefix);
    for (const ClassDeclaration& declaration : trace_.classes) {
        for (const FieldDeclaration& field : declaration.fields) {
            offer(trace_.texts[field.name], prefix);
        }
    }
}

void Completer::offer_argument(ArgumentKind argument) {
    switch (argument) {
        case ArgumentKind::none:
        case ArgumentKind::new_name:
        case ArgumentKind::bytes:
        case ArgumentKind::length:
        case ArgumentKind::text:
        case ArgumentKind::index: break;
        case ArgumentKind::name:
        case ArgumentKind::other_name:
        case ArgumentKind::method: offer_names(); break;
        case ArgumentKind::type: offer_all(allocation_type_words); break;
        case ArgumentKind::class_options:
            offer_option(extends_option);
            offer_option(loader_option);
            offer(static_prefix);
            break;
        case ArgumentKind::element:
            for (auto i = static_cast<std::uint8_t>(ElementType::boolean);
                 i < static_cast<std::uint8_t>(ElementType::count_); ++i) {
                offer(word_of(static_cast<ElementType>(i)));
            }
            offer_names();
            break;
        case ArgumentKind::place: offer_places(); break;
        case ArgumentKind::value:
            offer(null_word);
            offer_names();
            break;
        case ArgumentKind::locals: offer(locals_option); break;
        case ArgumentKind::object_option: offer_option(object_option); break;
        case ArgumentKind::expectation: offer_all(expectation_words()); break;
        case ArgumentKind::colour: offer_all(colour_words); break;
    }
}

void Completer::offer_arguments(const OperationRow& row, std::size_t place) {
    const bool is_class_option =
        !row.arguments.empty() && row.arguments.back() == ArgumentKind::class_options;
    if (place >= row.arguments.size() && is_class_option) {
        place = row.arguments.size() - 1;
    }
    if (place < row.arguments.size()) {
        offer_argument(row.arguments[place]);
    }
}

std::vector<std::string> Completer::take() {
    constexpr std::ptrdiff_t most = 1000;  // a trace may know millions of names
    const auto middle = candidates_.begin() + std::min(most, std::ssize(candidates_));
    std::partial_sort(candidates_.begin(), middle, candidates_.end());
    candidates_.erase(middle, candidates_.end());
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    return std::move(candidates_);
}

bool ends_in_comment(std::string_view line, std::span<const std::string_view> tokens) {
    const auto end =
        tokens.empty() ? 0
                       : static_cast<std::size_t>(tokens.back().data() - line.data()) + tokens.back().size();
    return line.find('#', end) != std::string_view::npos;
}

}  // namespace

std::uint32_t column_of(std::string_view line, OperationKind kind, ArgumentKind argument) {
    const std::vector<std::string_view> tokens = tokens_of(line);
    const auto token = token_of(tokens, kind, argument);
    if (!token || *token >= tokens.size()) {
        return 1;
    }
    return static_cast<std::uint32_t>(tokens[*token].data() - line.data()) + 1;
}

std::vector<std::string> completions(const Trace& trace, std::string_view line) {
    std::vector<std::string_view> tokens = tokens_of(line);
    if (ends_in_comment(line, tokens)) {
        return {};
    }
    if (tokens.empty() || is_blank(line.back())) {
        tokens.emplace_back();
    }
    Completer completer(trace, tokens.back());
    const std::size_t place = tokens.size() - 1;
    if (place == 0) {
        completer.offer_all(operation_words());
        return completer.take();
    }
    const OperationRow* row = find_row(tokens.front());
    if (row != nullptr && row->kind == OperationKind::expect && place > 1) {
        row = expectation_of(tokens);
        if (row != nullptr) {
            completer.offer_arguments(*row, place - 2);
        }
    } else if (row != nullptr) {
        completer.offer_arguments(*row, place - 1);
    }
    return completer.take();
}

}  // namespace heapcore
