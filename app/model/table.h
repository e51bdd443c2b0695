// Table: rows of one of the instrument's tables in the order and of the choice that a person wants.
//
// A small heap's are there at once, at every step. What was not ready within one call is made again only
// once the position rests, a little in each call.
#pragma once

#include "app/model/instant.h"
#include "app/model/row_filter.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

/// What is to be seen.
struct TableWish {
    TableId table = TableId::free_list;
    TableOrder order;
    std::string typed;  ///< into the filter
    bool operator==(const TableWish&) const = default;
};

class Table {
public:
    /// Goes on until all is known or it should stop. Cheap when nothing differs.
    void update(const heapcore::Session& session, const MapModel& map, const TableWish& wish,
                double now_seconds, const TableRows::ShouldStop& should_stop);
    void clear() { *this = {}; }
    /// Another update would find more.
    bool is_behind() const { return is_behind_; }

    const TableRow& about() const { return row_of(wish_.table); }
    const TableWish& wish() const { return wish_; }
    /// Rows that the filter lets through.
    std::uint64_t count() const { return order_.size(); }
    /// All rows; 0 until they are known.
    std::uint64_t total() const { return is_known_ ? rows_->count() : 0; }

    TableCell cell(std::uint64_t place, std::size_t column) const;
    std::optional<heapcore::Offset> chunk(std::uint64_t place) const { return rows_->chunk(order_[place]); }
    /// Where the first row about a chunk stands; none where it is not seen.
    std::optional<std::uint64_t> place_of(heapcore::Offset chunk) const;
    std::span<const SizeClass> size_classes() const;

    /// "4,310 free chunks", "12 of 4,310 free chunks".
    std::string count_text() const;
    /// Why there is no row to be seen: what makes one, what is wrong with the filter. Empty if there is.
    std::string state_text() const;
    /// Whether that is about what was typed, which cannot be read.
    bool is_misread() const { return !problem_.empty(); }

private:
    void move_to(const heapcore::Session& session, TableId table, double now_seconds);
    void begin_filter();
    bool filter(const TableRows::ShouldStop& should_stop);
    void sort();
    bool go_on(const TableRows::ShouldStop& should_stop);

    TableWish wish_;
    Instant here_;
    double rested_since_ = 0;  ///< seconds
    bool is_slow_ = false;     ///< was not ready within one call
    bool is_behind_ = false;
    std::unique_ptr<TableRows> rows_;
    bool is_known_ = false;  ///< all of the rows
    std::string empty_text_;

    RowFilter filter_;
    std::string problem_;  ///< with what was typed
    bool is_filtering_ = false;
    std::uint64_t next_ = 0;            ///< row to be filtered
    std::vector<std::uint32_t> found_;  ///< so far
    std::vector<std::uint32_t> order_;  ///< rows as they are seen
};

}  // namespace tricolour
