// Trace: the script of a mutator, text <-> operations.
//
// Nouns: a trace has settings (its `heap` line), operations, the tables of names and texts these
// refer to, and the text it was read from, so that saving keeps comments and blank lines.
// Invariant: parse(print(trace)) has the same settings, operations and declarations.
// The format is the contract with other tools: the page `trace-format`, version 1.
#pragma once

#include "heapcore/limits.h"
#include "heapcore/operation.h"
#include "heapcore/result.h"
#include "heapcore/settings.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heapcore {

/// Strings, each once, by number. Numbers never change; views stay valid while the table lives.
class StringTable {
public:
    std::uint32_t add(std::string_view text);
    std::optional<std::uint32_t> find(std::string_view text) const;
    std::string_view operator[](std::uint32_t id) const { return strings_[id]; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(strings_.size()); }

    StringTable() = default;
    StringTable(const StringTable& other);
    StringTable& operator=(const StringTable& other);
    StringTable(StringTable&&) = default;
    StringTable& operator=(StringTable&&) = default;

private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t used;
        std::size_t capacity;
    };
    /// Open addressing, linear probing. The text's beginning stands by, so that most are told apart, and
    /// short ones found, without reading a string.
    struct Slot {
        std::uint64_t beginning = 0;
        std::uint32_t hash = 0;
        std::uint32_t id = no_id;
    };
    std::string_view keep(std::string_view text);
    Slot& slot_for(std::string_view text, std::uint64_t beginning, std::uint32_t hash);
    void grow();

    // All vectors, so that a table moved from is an empty one.
    std::vector<std::string_view> strings_;
    std::vector<Block> blocks_;
    std::vector<Slot> slots_;
};

struct FieldDeclaration {
    TextId name = no_id;
    bool is_reference = false;  ///< `name:ref`; otherwise `name:int`
    bool is_static = false;     ///< `static.name:…`
    bool operator==(const FieldDeclaration&) const = default;
};

struct ClassDeclaration {
    NameId superclass = no_id;
    NameId loader = no_id;  ///< no_id: a bootstrap class
    std::vector<FieldDeclaration> fields;
    bool operator==(const ClassDeclaration&) const = default;
};

/// What is wrong, where: prints as `FILE:LINE:COLUMN: error: …`.
struct TraceError {
    std::string file;
    std::uint32_t line = 0;    ///< from 1; 0 when the file as a whole is meant
    std::uint32_t column = 0;  ///< from 1, in bytes
    std::string message;
    std::string text() const;
};

struct Trace {
    std::string file;  ///< as given, for messages
    HeapSettings settings;
    std::vector<Operation> operations;
    std::vector<ClassDeclaration> classes;
    StringTable names;
    StringTable texts;

    /// The text as read, and where each of its lines begins; empty for a trace made by hand.
    std::shared_ptr<const std::string> source;
    std::vector<std::uint64_t> line_starts;

    /// The text of a line of the source, from 1, without its end; empty beyond the source.
    std::string_view source_line(std::uint32_t line) const;
};

/// Lets another thread watch a long read and stop it.
struct ParseProgress {
    std::atomic<std::uint64_t> bytes_done{0};
    std::atomic<std::uint64_t> bytes_total{0};
    std::atomic<bool> cancel{false};
};

/// Reads a whole trace. `file` stands in messages. A cancelled parse is the error "cancelled".
Result<Trace, TraceError> parse_trace(std::string text, std::string file, ParseProgress* progress = nullptr,
                                      const TraceLimits& limits = {});

/// Reads a file, compressed or not (told by its first bytes). `-` reads standard input.
Result<Trace, TraceError> read_trace(const std::filesystem::path& path, ParseProgress* progress = nullptr,
                                     const TraceLimits& limits = {});

/// Reads one operation, adding its names, texts and declaration to the trace's tables but not the
/// operation to the trace. The error's file and line are empty, its column counts in `line`.
/// A blank line or a comment is an error here: "expected an operation".
Result<Operation, TraceError> parse_operation(Trace& trace, std::string_view line);

/// The operation as a line of text, without a line's end.
std::string print_operation(const Trace& trace, const Operation& operation);

/// The whole trace, head included. With a source: its lines as they were, and operations typed in
/// (line 0) printed after the operation they follow.
std::string print_trace(const Trace& trace);

/// Writes print_trace() to a file beside it first, then renames, so that nothing is lost when the
/// disk is full; gzip'd when the name ends in `.gz`. Returns what went wrong.
std::optional<std::string> write_trace(const Trace& trace, const std::filesystem::path& path);

/// Column (from 1) of the token of an operation's line that holds the argument; 1 for an argument
/// that the line does not have.
std::uint32_t column_of(std::string_view line, OperationKind kind, ArgumentKind argument);

/// What may stand at the end of `line`, for completion: operations' words, names, types, options.
std::vector<std::string> completions(const Trace& trace, std::string_view line);

}  // namespace heapcore
