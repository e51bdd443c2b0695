#include "heapcore/operation.h"

#include <array>
#include <optional>

namespace heapcore {
namespace {

using A = ArgumentKind;
using K = OperationKind;

template <A... arguments>
constexpr std::array<A, sizeof...(arguments)> list = {arguments...};

// clang-format off
constexpr std::array<OperationRow, static_cast<std::size_t>(K::count_)> rows = {{
    {K::alloc, "alloc", list<A::new_name, A::type, A::bytes>, "alloc NAME TYPE BYTES",
     "Allocates a chunk of a type with room for so many bytes, zeroed."},
    {K::free, "free", list<A::name>, "free NAME", "Gives a chunk back."},
    {K::retype, "retype", list<A::name, A::type>, "retype NAME TYPE",
     "Changes the allocation type in a chunk's header."},
    {K::clone, "clone", list<A::new_name, A::other_name>, "clone NEW NAME",
     "Allocates a chunk with the same type and contents as another."},
    {K::loader, "loader", list<A::new_name>, "loader NAME",
     "Makes a class loader; the classes it defines live as long as it is reachable."},
    {K::define_class, "class", list<A::new_name, A::class_options>,
     "class NAME [extends=CLASS] [loader=LOADER] [FIELD...]",
     "Defines a class; a field is name:ref or name:int, or static.name:ref."},
    {K::new_object, "new", list<A::new_name, A::other_name>, "new NAME CLASS",
     "Makes an object of a class, its fields zero."},
    {K::array, "array", list<A::new_name, A::element, A::length>, "array NAME ELEMENT LENGTH",
     "Makes an array of references to a class's objects, or of a primitive type."},
    {K::string, "string", list<A::new_name, A::text>, "string NAME \"text\"",
     "Makes a string and its char array."},
    {K::intern, "intern", list<A::new_name, A::text>, "intern NAME \"text\"",
     "Finds the pooled string with that text, or makes it."},
    {K::weak, "weak", list<A::new_name, A::other_name>, "weak NAME REFERENT",
     "Makes a weak reference: it does not keep its referent alive."},
    {K::set_field, "set", list<A::place, A::value>, "set NAME.FIELD VALUE",
     "Stores into a field, a class's static field, or a weak reference's referent."},
    {K::set_element, "set", list<A::place, A::value>, "set NAME[INDEX] VALUE",
     "Stores into an array's element."},
    {K::permanent, "permanent", list<A::name>, "permanent NAME",
     "Pushes onto the permanent root stack, which never shrinks."},
    {K::begin, "begin", {}, "begin", "Opens a transient block."},
    {K::end, "end", {}, "end", "Closes a transient block and drops what was pushed in it."},
    {K::transient, "transient", list<A::name>, "transient NAME",
     "Pushes onto the transient root stack."},
    {K::thread, "thread", list<A::new_name, A::object_option>, "thread THREAD [object=NAME]",
     "Starts a thread with an empty stack."},
    {K::exit, "exit", list<A::name>, "exit THREAD", "Ends a thread."},
    {K::call, "call", list<A::name, A::method, A::locals>, "call THREAD METHOD [locals=N]",
     "Pushes a frame onto a thread's stack."},
    {K::return_, "return", list<A::name>, "return THREAD", "Pops a thread's top frame."},
    {K::local, "local", list<A::name, A::index, A::value>, "local THREAD INDEX VALUE",
     "Stores into a local of a thread's top frame."},
    {K::push, "push", list<A::name, A::value>, "push THREAD VALUE",
     "Pushes onto the top frame's operand stack."},
    {K::pop, "pop", list<A::name>, "pop THREAD",
     "Pops the top frame's operand stack; the value stays in memory as residue."},
    {K::throw_, "throw", list<A::name, A::other_name>, "throw THREAD NAME",
     "Sets a thread's pending exception."},
    {K::catch_, "catch", list<A::name>, "catch THREAD", "Clears a thread's pending exception."},
    {K::pin, "pin", list<A::name>, "pin NAME", "A debugger holds the object."},
    {K::unpin, "unpin", list<A::name>, "unpin NAME", "The debugger lets the object go."},
    {K::gc, "gc", {}, "gc", "Collects, stop-the-world."},
    {K::say, "say", list<A::text>, "say \"text\"", "Narration shown when the trace gets here."},
    {K::bookmark, "bookmark", list<A::text>, "bookmark \"title\"", "A place to jump to."},
    {K::expect, "expect", list<A::expectation>, "expect CONDITION",
     "Asserts something about the state."},
}};

constexpr std::array<OperationRow, static_cast<std::size_t>(ExpectKind::count_)> expectations = {{
    {K::expect, "live", list<A::name>, "expect live NAME", "The chunk is in use."},
    {K::expect, "dead", list<A::name>, "expect dead NAME", "The chunk was freed or collected."},
    {K::expect, "null", list<A::place>, "expect null NAME.FIELD", "The field refers to nothing."},
    {K::expect, "failed", list<A::name>, "expect failed NAME", "Its allocation could not be met."},
    {K::expect, "free", list<A::bytes>, "expect free BYTES", "The free chunks' bytes, headers included."},
    {K::expect, "chunks", list<A::length>, "expect chunks N", "How many chunks the heap has."},
    {K::expect, "free-chunks", list<A::length>, "expect free-chunks N", "How many chunks are free."},
    {K::expect, "offset", list<A::name, A::bytes>, "expect offset NAME BYTES",
     "Where the chunk begins, from the heap's first byte."},
    {K::expect, "colour", list<A::name, A::colour>, "expect colour NAME white|grey|black",
     "The colour in the chunk's header."},
}};
// clang-format on

template <typename Table>
constexpr bool is_in_order(const Table& table) {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].kind) != i) return false;
    }
    return true;
}
static_assert(is_in_order(rows), "a row stands at its kind's place");

constexpr std::array<std::string_view, static_cast<std::size_t>(ElementType::count_)> element_words = {
    "object", "boolean", "byte", "char", "short", "int", "long", "float", "double"};

// A perfect hash of the words, found by the compiler: first letter, last letter and length.
constexpr std::size_t hash_slots = 128;
constexpr std::uint8_t no_row = 0xff;

struct WordHash {
    std::uint32_t first_factor = 0;
    std::uint32_t last_factor = 0;
    std::array<std::uint8_t, hash_slots> row_at{};

    constexpr std::size_t slot_of(std::string_view word) const {
        return (static_cast<unsigned char>(word.front()) * first_factor +
                static_cast<unsigned char>(word.back()) * last_factor + word.size()) %
               hash_slots;
    }
    constexpr bool fill() {
        row_at.fill(no_row);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::uint8_t& row = row_at[slot_of(rows[i].word)];
            if (row != no_row && rows[row].word != rows[i].word) return false;
            if (row == no_row) row = static_cast<std::uint8_t>(i);
        }
        return true;
    }
};

constexpr std::optional<WordHash> find_word_hash() {
    for (std::uint32_t first = 1; first < hash_slots; ++first) {
        for (std::uint32_t last = 1; last < hash_slots; ++last) {
            WordHash hash{first, last, {}};
            if (hash.fill()) return hash;
        }
    }
    return std::nullopt;
}
constexpr std::optional<WordHash> word_hash = find_word_hash();
static_assert(word_hash.has_value(), "no perfect hash for the operations' words: more slots, please");

}  // namespace

std::span<const OperationRow> operation_rows() { return rows; }
const OperationRow& row_of(OperationKind kind) { return rows[static_cast<std::size_t>(kind)]; }

const OperationRow* find_row(std::string_view word) {
    if (word.empty()) return nullptr;
    const std::uint8_t row = word_hash->row_at[word_hash->slot_of(word)];
    return row != no_row && rows[row].word == word ? &rows[row] : nullptr;
}

std::span<const OperationRow> expectation_rows() { return expectations; }
const OperationRow& row_of(ExpectKind kind) { return expectations[static_cast<std::size_t>(kind)]; }

std::uint32_t element_bytes(ElementType type, std::uint32_t word_bytes) {
    switch (type) {
        case ElementType::object: return word_bytes;
        case ElementType::boolean:
        case ElementType::byte: return 1;
        case ElementType::char_:
        case ElementType::short_: return 2;
        case ElementType::int_:
        case ElementType::float_: return 4;
        case ElementType::long_:
        case ElementType::double_: return 8;
        case ElementType::count_: break;
    }
    return 0;
}

std::string_view word_of(ElementType type) { return element_words[static_cast<std::size_t>(type)]; }
std::string_view word_of(ExpectKind kind) { return row_of(kind).word; }

}  // namespace heapcore
