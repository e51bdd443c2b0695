// The trace as lines to show: their words by kind, what became of them, and which of millions of
// rows are in sight.
#pragma once

#include "heapcore/session.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

enum class Word : std::uint8_t { operation, name, number, text, option, comment };

/// Bytes [first, last) of a line. Blanks belong to none.
struct WordSpan {
    std::size_t first, last;
    Word kind;
    bool operator==(const WordSpan&) const = default;
};
std::vector<WordSpan> words_of_line(std::string_view line);

/// An operation's line as it stands in the source, or printed if it was typed in.
std::string line_text(const heapcore::Trace& trace, const heapcore::Operation& operation);
/// The line on one row: without blanks at its ends, control characters as blanks, cut to a length in
/// bytes between two characters.
std::string row_text(std::string_view line, std::size_t longest = 400);

/// What became of an operation, as far as the index knows.
struct OperationMarks {
    bool is_typed_in = false;
    bool is_bookmark = false;
    bool is_failed_allocation = false;
    std::size_t collection = 0;            ///< number of the first operation that collects: 1; 0: it did not
    const std::string* failure = nullptr;  ///< why its expectation failed
    const std::string* error = nullptr;    ///< why it could not be carried out
};
OperationMarks marks_of(const heapcore::Session& session, std::size_t operation);

/// The chunk that an operation is about, where it lies at the session's position: the one that it made, or
/// that its first name stood for and still does. None if that is gone, or not made yet.
std::optional<heapcore::Offset> chunk_of_operation(const heapcore::Session& session, std::size_t operation);
/// The operation that made a chunk; none if no operation asked for it.
std::optional<std::size_t> operation_that_made(const heapcore::Session& session, heapcore::Offset chunk);

/// "recorded", "typed 1: 3 operations".
std::string branch_name(const heapcore::Session& session, std::size_t branch);

/// First row to show so that `row` is in sight with some rows around it: moves as little as it can for a
/// row nearby, and centres one far away. Rows may be counted in fractions.
double scrolled_to(double top, double visible_rows, std::size_t row, std::size_t rows);
double clamped_top(double top, double visible_rows, std::size_t rows);

}  // namespace tricolour
