#include "app/model/table.h"

#include "app/model/narration.h"
#include "app/model/text_match.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tricolour {
namespace {

constexpr double patience_seconds = 0.12;
constexpr std::uint32_t rows_between_looks = 64;  // at the clock

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether a text stands before another: small letters as capitals, numbers in them by their worth.
bool stands_before(std::string_view first, std::string_view second) {
    std::size_t i = 0, j = 0;
    while (i < first.size() && j < second.size()) {
        if (is_digit(first[i]) && is_digit(second[j])) {
            const auto number_at = [](std::string_view text, std::size_t& at) {
                while (at + 1 < text.size() && text[at] == '0' && is_digit(text[at + 1]))
                    ++at;
                const std::size_t begin = at;
                while (at < text.size() && is_digit(text[at]))
                    ++at;
                return text.substr(begin, at - begin);
            };
            const std::string_view one = number_at(first, i), other = number_at(second, j);
            if (one.size() != other.size()) return one.size() < other.size();
            if (one != other) return one < other;
            continue;
        }
        const char one = lower(first[i++]), other = lower(second[j++]);
        if (one != other) return static_cast<unsigned char>(one) < static_cast<unsigned char>(other);
    }
    return first.size() - i < second.size() - j;
}

struct Keyed {
    std::uint64_t key;
    std::uint32_t row;
};

/// Byte by byte from the lowest; bytes that all keys share are passed over. Equals keep their order.
void sort_by_key(std::vector<Keyed>& keyed) {
    std::vector<Keyed> sorted(keyed.size());
    for (unsigned shift = 0; shift < 64; shift += 8) {
        std::array<std::size_t, 256> ends{};
        for (const Keyed& one : keyed)
            ++ends[one.key >> shift & 255];
        if (std::ranges::find(ends, keyed.size()) != ends.end()) continue;
        std::size_t begin = 0;
        for (std::size_t& end : ends)
            begin += std::exchange(end, begin);
        for (const Keyed& one : keyed)
            sorted[ends[one.key >> shift & 255]++] = one;
        keyed.swap(sorted);
    }
}

}  // namespace

void Table::update(const heapcore::Session& session, const MapModel& map, const TableWish& wish,
                   double now_seconds, const TableRows::ShouldStop& should_stop) {
    move_to(session, wish.table, now_seconds);
    const bool is_resting = now_seconds >= rested_since_ + patience_seconds;
    const bool is_new_wish = wish != wish_;
    wish_ = wish;
    const bool is_anew = !rows_;
    if (is_anew) {
        is_behind_ = is_slow_ && !is_resting;
        if (is_behind_) return;
        rows_ = about().make(session, map);
    }
    if (is_anew || is_new_wish) begin_filter();
    is_behind_ = !go_on(should_stop);
    if (is_anew) is_slow_ = is_behind_;
    if (is_behind_ || rows_->is_settled()) return;
    is_behind_ = true;
    if (!is_resting) return;
    rows_->settle(should_stop);
    if (rows_->is_settled()) begin_filter();
}

void Table::move_to(const heapcore::Session& session, TableId table, double now_seconds) {
    Instant here = instant_of(session);
    const bool is_same_table = table == wish_.table;
    if (here == here_ && is_same_table) return;
    if (!is_same_table) is_slow_ = false;
    if (here != here_) rested_since_ = now_seconds;
    here_ = std::move(here);
    rows_.reset();
    is_known_ = false;
    order_.clear();
    found_.clear();
    empty_text_ = row_of(table).empty(session.heap());
}

void Table::begin_filter() {
    auto read = RowFilter::read(about(), wish_.typed);
    problem_ = read ? "" : read.error();
    filter_ = read ? *read : RowFilter{};
    found_.clear();
    next_ = 0;
    is_filtering_ = true;
}

bool Table::go_on(const TableRows::ShouldStop& should_stop) {
    if (!is_known_) {
        is_known_ = rows_->extend(should_stop);
        if (!is_known_ || should_stop()) return false;
    }
    if (!is_filtering_) return true;
    if (!filter(should_stop)) return false;
    sort();
    order_ = std::move(found_);
    found_.clear();
    is_filtering_ = false;
    return true;
}

bool Table::filter(const TableRows::ShouldStop& should_stop) {
    if (!problem_.empty()) return true;
    found_.reserve(filter_.is_empty() ? rows_->count() : 0);
    for (; next_ < rows_->count(); ++next_) {
        if (filter_.is_empty() || filter_.matches(*rows_, next_))
            found_.push_back(static_cast<std::uint32_t>(next_));
        if (filter_.is_empty() || next_ % rows_between_looks != 0 || !should_stop()) continue;
        ++next_;
        return false;
    }
    return true;
}

void Table::sort() {
    const std::size_t column = wish_.order.column;
    const bool is_descending = wish_.order.is_descending;
    if (!about().columns[column].is_text()) {
        std::vector<Keyed> keyed;
        keyed.reserve(found_.size());
        for (const std::uint32_t row : found_) {
            const std::uint64_t number = rows_->number(row, column);
            keyed.push_back({is_descending && number != no_number ? ~number - 1 : number, row});
        }
        sort_by_key(keyed);
        std::ranges::transform(keyed, found_.begin(), &Keyed::row);
        return;
    }
    std::vector<std::pair<std::string, std::uint32_t>> texts;
    texts.reserve(found_.size());
    for (const std::uint32_t row : found_)
        texts.emplace_back(rows_->text(row, column).text, row);
    std::ranges::stable_sort(texts, [is_descending](const auto& first, const auto& second) {
        return is_descending ? stands_before(second.first, first.first)
                             : stands_before(first.first, second.first);
    });
    std::ranges::transform(texts, found_.begin(), [](const auto& text) { return text.second; });
}

TableCell Table::cell(std::uint64_t place, std::size_t column) const {
    return cell_of(*rows_, about().columns[column], order_[place], column);
}

std::optional<std::uint64_t> Table::place_of(heapcore::Offset chunk) const {
    for (std::uint64_t place = 0; place < order_.size(); ++place)
        if (this->chunk(place) == chunk) return place;
    return std::nullopt;
}

std::span<const SizeClass> Table::size_classes() const {
    return is_known_ ? rows_->size_classes() : std::span<const SizeClass>{};
}

std::string Table::count_text() const {
    if (!is_known_) return {};
    const std::string all =
        tricolour::count_text(total()) + " " + std::string(total() == 1 ? about().one : about().many);
    return wish_.typed.empty() || total() == 0 ? all : tricolour::count_text(count()) + " of " + all;
}

std::string Table::state_text() const {
    if (!rows_) return here_.session ? "Listed once the position rests." : "";
    if (!is_known_) return "Listing\xe2\x80\xa6";
    if (total() == 0) return empty_text_;
    if (!problem_.empty()) return problem_;
    if (count() > 0) return {};
    if (is_filtering_) return "Looking\xe2\x80\xa6";
    return "None of the " + tricolour::count_text(total()) + " " + std::string(about().many) + " matches " +
           wish_.typed + ".";
}

}  // namespace tricolour
