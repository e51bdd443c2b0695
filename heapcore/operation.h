// An operation: what a mutator asks of the heap, one line of a trace.
//
// Names and texts are numbers into the tables of the trace that the operation belongs to, so that
// an operation is 32 bytes and flat. The table `operation_rows` says how each one is written;
// parser, printer, completion, help and tests read it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace heapcore {

using NameId = std::uint32_t;  ///< index into the trace's names
using TextId = std::uint32_t;  ///< index into the trace's texts
inline constexpr std::uint32_t no_id = 0xffffffff;

enum class OperationKind : std::uint8_t {
    alloc,
    free,
    retype,
    clone,
    loader,
    define_class,
    new_object,
    array,
    string,
    intern,
    weak,
    set_field,
    set_element,
    permanent,
    begin,
    end,
    transient,
    thread,
    exit,
    call,
    return_,
    local,
    push,
    pop,
    throw_,
    catch_,
    pin,
    unpin,
    gc,
    say,
    bookmark,
    expect,
    count_
};

/// What a Value of the trace language is.
enum class ValueKind : std::uint8_t { none, null, name, integer };

/// `array`'s element: a class, or one of Java's primitive types.
enum class ElementType : std::uint8_t {
    object,
    boolean,
    byte,
    char_,
    short_,
    int_,
    long_,
    float_,
    double_,
    count_
};

enum class ExpectKind : std::uint8_t {
    live,
    dead,
    null,
    failed,
    free,
    chunks,
    free_chunks,
    offset,
    colour,
    count_
};

/// One operation. Which fields are valid, and for what, is said by its row's arguments.
struct Operation {
    NameId target = no_id;     ///< the name made or changed; a thread
    NameId other = no_id;      ///< a second name: clone's original, class, method, a value that is a name
    std::uint64_t number = 0;  ///< bytes, length, count, an integer value (two's complement)
    std::uint32_t index = 0;   ///< element, local or class declaration's index
    TextId text = no_id;       ///< quoted text or field name
    std::uint32_t line = 0;    ///< line of the trace's file, from 1; 0 for an operation typed in
    OperationKind kind = OperationKind::gc;
    std::uint8_t choice = 0;  ///< AllocationType, ElementType, ExpectKind
    ValueKind value = ValueKind::none;
    std::uint8_t colour = 0;  ///< expect colour: 0 white, 1 grey, 2 black

    bool operator==(const Operation&) const = default;
};
static_assert(sizeof(Operation) == 32);

/// Which part of an operation an error is about; the trace turns it into a column.
enum class ArgumentKind : std::uint8_t {
    none,           ///< the operation's word itself
    new_name,       ///< target: a name that the operation binds
    name,           ///< target: a name in use
    other_name,     ///< other: a second name in use
    type,           ///< choice: allocation type, word or number
    bytes,          ///< number: a size
    class_options,  ///< index: class declaration (extends=, loader=, fields)
    element,        ///< choice and other: primitive type or class
    length,         ///< number: an array's length
    text,           ///< text: quoted
    place,          ///< target and text (NAME.FIELD) or index (NAME[INDEX])
    value,          ///< value with other or number
    method,         ///< other: a method's name, bound to nothing
    locals,         ///< number: optional `locals=N`
    index,          ///< index: a local's number
    object_option,  ///< other: optional `object=NAME`, a thread's thread object
    expectation,    ///< choice and what belongs to it
    colour,         ///< colour: the word
};

/// A row of the language: how an operation is written, and what it is for.
struct OperationRow {
    OperationKind kind;
    std::string_view word;  ///< the first token; `set` stands in two rows
    std::span<const ArgumentKind> arguments;
    std::string_view usage;  ///< as in the format's tables: "alloc NAME TYPE BYTES"
    std::string_view help;   ///< one sentence
};

/// Rows in the order of OperationKind.
std::span<const OperationRow> operation_rows();
const OperationRow& row_of(OperationKind kind);
/// The row whose first token is `word`, nullptr if none; set_field's for `set`.
const OperationRow* find_row(std::string_view word);

/// What may follow `expect`, in the order of ExpectKind: `word` and `arguments` as above, one token on.
std::span<const OperationRow> expectation_rows();
const OperationRow& row_of(ExpectKind kind);

/// Bytes of one element: 1 to 8; the word for objects.
std::uint32_t element_bytes(ElementType type, std::uint32_t word_bytes);
std::string_view word_of(ElementType type);  ///< "int"; "object" for ElementType::object
std::string_view word_of(ExpectKind kind);   ///< "free-chunks"

}  // namespace heapcore
