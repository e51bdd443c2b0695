#include "app/model/row_filter.h"

#include "app/model/text_match.h"
#include "heapcore/trace_tokens.h"

#include <algorithm>

namespace tricolour {

using heapcore::Failure;
using heapcore::Result;

namespace {

constexpr std::string_view sign_letters = "<>=";

/// The column whose title begins so, one of numbers.
std::optional<std::size_t> column_named(const TableRow& table, std::string_view name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (!table.columns[i].is_text() && begins_with(table.columns[i].title, name)) return i;
    return std::nullopt;
}

bool begins_with_sign(std::string_view word) {
    return sign_letters.find(word.front()) != std::string_view::npos;
}
bool ends_with_sign(std::string_view word) {
    return sign_letters.find(word.back()) != std::string_view::npos;
}

bool is_title(const TableRow& table, std::string_view word) {
    const auto column = column_named(table, word);
    return column && table.columns[*column].title.size() == word.size();
}

/// Words between blanks; a sign takes the number behind it, and a title before it.
std::vector<std::string> words_of(const TableRow& table, std::string_view typed) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < typed.size();) {
        const std::size_t end = std::min(typed.find(' ', at), typed.size());
        const std::string_view word = typed.substr(at, end - at);
        at = end + 1;
        if (word.empty()) continue;
        const bool goes_on = !words.empty() && (ends_with_sign(words.back()) ||
                                                (begins_with_sign(word) && is_title(table, words.back())));
        if (goes_on)
            words.back() += word;
        else
            words.emplace_back(word);
    }
    return words;
}

std::string numbers_of(const TableRow& table) {
    std::string titles;
    for (const TableColumn& column : table.columns)
        if (!column.is_text()) titles += (titles.empty() ? "" : ", ") + std::string(column.title);
    return titles;
}

}  // namespace

bool RowFilter::Comparison::holds(std::uint64_t value) const {
    if (value == no_number) return false;
    switch (sign) {
        case Sign::less: return value < number;
        case Sign::at_most: return value <= number;
        case Sign::greater: return value > number;
        case Sign::at_least: return value >= number;
        case Sign::equal: break;
    }
    return value == number;
}

Result<RowFilter, std::string> RowFilter::read(const TableRow& table, std::string_view typed) {
    RowFilter filter;
    filter.table_ = &table;
    for (std::string& word : words_of(table, typed)) {
        if (word.find_first_of(sign_letters) == std::string::npos) {
            filter.words_.push_back(std::move(word));
            continue;
        }
        const auto comparison = filter.read_comparison(word);
        if (!comparison) return Failure{comparison.error()};
        filter.comparisons_.push_back(*comparison);
    }
    return filter;
}

Result<RowFilter::Comparison, std::string> RowFilter::read_comparison(std::string_view word) const {
    const std::size_t at = word.find_first_of(sign_letters);
    const std::string_view name = word.substr(0, at);
    const bool is_wide = at + 1 < word.size() && word[at + 1] == '=';
    const std::string_view digits = word.substr(at + (is_wide ? 2 : 1));
    const std::string sign(word.substr(at, is_wide ? 2 : 1));
    Comparison comparison{table_->measure, Sign::equal, 0};
    if (!name.empty()) {
        const auto column = column_named(*table_, name);
        if (!column)
            return Failure{"No column of numbers is called " + std::string(name) + ": there are " +
                           numbers_of(*table_) + "."};
        comparison.column = *column;
    }
    if (heapcore::read_number(digits, heapcore::NumberForm::size, comparison.number))
        return Failure{"A number is expected after " + sign + ", for instance " + sign + "64 or " + sign +
                       "4K."};
    if (word[at] == '<') comparison.sign = is_wide ? Sign::at_most : Sign::less;
    if (word[at] == '>') comparison.sign = is_wide ? Sign::at_least : Sign::greater;
    return comparison;
}

bool RowFilter::matches(const TableRows& rows, std::uint64_t row) const {
    return std::ranges::all_of(comparisons_,
                               [&](const Comparison& comparison) {
                                   return comparison.holds(rows.number(row, comparison.column));
                               }) &&
           std::ranges::all_of(words_, [&](const std::string& word) { return has(rows, row, word); });
}

bool RowFilter::has(const TableRows& rows, std::uint64_t row, std::string_view word) const {
    for (std::size_t i = 0; i < table_->columns.size(); ++i) {
        const TableColumn& column = table_->columns[i];
        if (column.is_text()) {
            if (find_alike(rows.text(row, i).text, word)) return true;
            continue;
        }
        const std::uint64_t number = rows.number(row, i);
        if (number == no_number) continue;
        if (column.kind == TableColumn::address ? find_alike(hex_text(number), word).has_value()
                                                : std::to_string(number) == word)
            return true;
    }
    return false;
}

}  // namespace tricolour
