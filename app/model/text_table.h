// Text table: rows of cells in columns that line up, for a terminal. Numbers stand to the right.
#pragma once

#include "app/model/interruption.h"

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

class TextTable {
public:
    struct Column {
        std::string_view title;
        bool is_number = false;
    };
    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as there are columns.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    bool is_empty() const { return rows_.empty(); }
    /// The titles and the rows, a line each. False if it was interrupted.
    bool write(std::ostream& out, const Interruption& interruption) const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace tricolour
