// Row filter: what a person types to see only some rows of a table.
//
//   node           some text or address of the row has it in it; a number is matched whole
//   >64  <=4K      the table's measure, its size for instance
//   alike>=3       a column by its title, or how that begins
//
// Several, with blanks between them, all have to hold.
#pragma once

#include "app/model/table_rows.h"
#include "heapcore/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

class RowFilter {
public:
    /// Otherwise a sentence about what cannot be read.
    static heapcore::Result<RowFilter, std::string> read(const TableRow& table, std::string_view typed);

    bool is_empty() const { return comparisons_.empty() && words_.empty(); }
    bool matches(const TableRows& rows, std::uint64_t row) const;

private:
    enum class Sign : std::uint8_t { less, at_most, greater, at_least, equal };
    struct Comparison {
        std::size_t column;
        Sign sign;
        std::uint64_t number;
        bool holds(std::uint64_t value) const;
    };

    heapcore::Result<Comparison, std::string> read_comparison(std::string_view word) const;
    bool has(const TableRows& rows, std::uint64_t row, std::string_view word) const;

    const TableRow* table_ = nullptr;
    std::vector<Comparison> comparisons_;
    std::vector<std::string> words_;
};

}  // namespace tricolour
