#include "app/model/text_table.h"

#include <algorithm>
#include <ostream>

namespace tricolour {

bool TextTable::write(std::ostream& out, const Interruption& interruption) const {
    std::vector<std::size_t> widths;
    for (const Column& column : columns_)
        widths.push_back(column.title.size());
    for (const auto& row : rows_) {
        if (interruption.is_wanted()) return false;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    const auto write_row = [&](const auto& text_of) {
        std::string line;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const std::string_view text = text_of(i);
            const std::string gap(widths[i] - text.size(), ' ');
            if (i > 0) line += "  ";
            line += columns_[i].is_number ? gap + std::string(text) : std::string(text) + gap;
        }
        line.resize(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    };
    write_row([&](std::size_t i) { return columns_[i].title; });
    for (const auto& row : rows_) {
        if (interruption.is_wanted()) return false;
        write_row([&](std::size_t i) { return std::string_view(row[i]); });
    }
    return true;
}

}  // namespace tricolour
