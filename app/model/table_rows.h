// Table rows: what the tables of the instrument list at one instant. One table of tables says their names,
// columns and words; a class for each finds the rows.
//
// Rows are found a little at a time, so that a heap of a million chunks holds up no frame. A cell's text is
// made when it is asked for: rows are good as long as the session stands where it stood.
#pragma once

#include "app/model/cell_text.h"
#include "app/model/map.h"
#include "heapcore/session.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tricolour {

enum class TableId : std::uint8_t { free_list, roots, frames, mark_stack, classes, interned, count_ };
inline constexpr std::size_t table_count = static_cast<std::size_t>(TableId::count_);

struct TableColumn {
    enum Kind : std::uint8_t {
        text,
        number,
        address  ///< a number too, written as an address
    };
    std::string_view title;
    std::string_view help;  ///< one sentence
    Kind kind = text;
    std::uint32_t letters = 10;      ///< of room that it takes
    std::uint32_t most_letters = 0;  ///< that it takes where there is more room; 0: no more
    bool can_go = false;             ///< left out where there is no room
    bool is_text() const { return kind == text; }
};

/// How a table is in order, by a column.
struct TableOrder {
    std::size_t column = 0;
    bool is_descending = false;
    bool operator==(const TableOrder&) const = default;
};

struct TableCell {
    std::string text;
    Tone tone = Tone::plain;
    std::optional<heapcore::Offset> chunk{};  ///< that it speaks of
};

/// A number that there is not; stands behind all others.
inline constexpr std::uint64_t no_number = ~std::uint64_t{0};

/// Free chunks of sizes from `from_bytes` up to twice that.
struct SizeClass {
    std::uint32_t from_bytes = 0;
    std::uint64_t chunks = 0;
    std::uint64_t bytes = 0;
    bool operator==(const SizeClass&) const = default;
};

class TableRows {
public:
    using ShouldStop = std::function<bool()>;
    virtual ~TableRows() = default;

    /// Goes on finding rows until all are known: true then.
    virtual bool extend(const ShouldStop& should_stop) = 0;
    /// What takes longer to know of the rows than to list them: goes on with it. The position rests.
    virtual void settle(const ShouldStop&) {}
    virtual bool is_settled() const { return true; }

    virtual std::uint64_t count() const = 0;
    /// The chunk that a row stands for.
    virtual std::optional<heapcore::Offset> chunk(std::uint64_t row) const = 0;
    /// A column of numbers or addresses.
    virtual std::uint64_t number(std::uint64_t row, std::size_t column) const = 0;
    /// A column of text.
    virtual TableCell text(std::uint64_t row, std::size_t column) const = 0;
    /// The free list alone has one: from the smallest class to the largest, those between them too.
    virtual std::span<const SizeClass> size_classes() const { return {}; }
};

struct TableRow {
    TableId table;
    std::string_view title;
    std::string_view help;       ///< one sentence
    std::string_view one, many;  ///< "free chunk", "free chunks"
    std::span<const TableColumn> columns;
    std::size_t measure;                               ///< column that "> 64" is about
    TableOrder order;                                  ///< at first
    std::string (*empty)(const heapcore::Heap& heap);  ///< why there is no row, or what makes one
    std::unique_ptr<TableRows> (*make)(const heapcore::Session& session, const MapModel& map);
};

std::span<const TableRow> table_rows();
const TableRow& row_of(TableId table);

/// What a cell says; of a number its digits in groups of three.
TableCell cell_of(const TableRows& table, const TableColumn& column, std::uint64_t row, std::size_t index);

std::unique_ptr<TableRows> free_list_rows(const heapcore::Session& session, const MapModel& map);
std::unique_ptr<TableRows> root_table_rows(const heapcore::Session& session, const MapModel& map);
std::unique_ptr<TableRows> frame_rows(const heapcore::Session& session, const MapModel& map);
std::unique_ptr<TableRows> mark_stack_rows(const heapcore::Session& session, const MapModel& map);
std::unique_ptr<TableRows> class_rows(const heapcore::Session& session, const MapModel& map);
std::unique_ptr<TableRows> interned_rows(const heapcore::Session& session, const MapModel& map);

}  // namespace tricolour
