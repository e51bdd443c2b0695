#include "app/model/breakpoints.h"

#include "app/model/narration.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>

namespace tricolour {

using namespace heapcore;

namespace {

using Parameter = BreakpointParameter;
using Scope = BreakpointScope;

// --- which steps hit ------------------------------------------------------------------------

/// Whether a chunk that is in use, or was until this step, is the one watched.
bool is_watched(const WatchedChunk& watched, const Heap& heap, Offset chunk) {
    if (watched.birth == 0) return true;
    return chunk == watched.offset && heap.origin_of(chunk).birth == watched.birth;
}

// Where a chunk lay that was freed and joined, its old birth can still be noted: only the chain of chunks
// tells whether one begins there.
bool is_start_of_chunk(const Heap& heap, Offset wanted) {
    Offset chunk = 0;
    while (chunk < wanted && !heap.is_end(chunk) && heap.header(chunk).size_bytes() > 0)
        chunk = heap.next_chunk(chunk);
    return chunk == wanted;
}

bool is_freeing(const Step& step) { return step.kind == StepKind::free || step.kind == StepKind::swept; }

bool is_alive(const WatchedChunk& watched, const Moment& moment) {
    if (watched.birth == 0 || !is_watched(watched, moment.heap, watched.offset)) return false;
    if (is_freeing(moment.step) && moment.step.chunk == watched.offset) return true;
    return moment.heap.header(watched.offset).is_in_use() && is_start_of_chunk(moment.heap, watched.offset);
}

bool changes_any(const Moment& moment, Offset first, Offset end) {
    constexpr Offset stored_bytes = 4;
    if (!moment.journal) return false;
    const std::uint64_t stores_end = moment.journal->stores_end(moment.number);
    for (std::uint64_t i = moment.journal->stores_begin(moment.number); i < stores_end; ++i) {
        const Store& store = moment.journal->store(i);
        if (store.before != store.after && store.offset < end && store.offset + stored_bytes > first)
            return true;
    }
    return false;
}

bool is_phase_begun(const Breakpoint& breakpoint, const Moment& moment) {
    return moment.step.kind == StepKind::phase && static_cast<Phase>(moment.step.detail) == breakpoint.phase;
}

constexpr StepKind turning_to(Colour colour) {
    constexpr std::array kinds = {StepKind::whitened, StepKind::grey, StepKind::black};
    return kinds[static_cast<std::size_t>(colour)];
}

bool is_turned(const Breakpoint& breakpoint, const Moment& moment) {
    const Step& step = moment.step;
    if (step.kind != turning_to(breakpoint.colour)) return false;
    const bool was_changed = changes_any(moment, step.chunk, step.chunk + header_bytes);
    return was_changed && moment.heap.header(step.chunk).is_in_use() &&
           is_watched(breakpoint.chunk, moment.heap, step.chunk);
}

bool is_freed(const Breakpoint& breakpoint, const Moment& moment) {
    return is_freeing(moment.step) && is_watched(breakpoint.chunk, moment.heap, moment.step.chunk);
}

bool is_allocated(const Breakpoint& breakpoint, const Moment& moment) {
    const Step& step = moment.step;
    if (step.kind != StepKind::alloc || step.a < breakpoint.bytes) return false;
    return !breakpoint.type || static_cast<AllocationType>(step.detail) == *breakpoint.type;
}

template <StepKind... kinds>
bool is_kind(const Breakpoint&, const Moment& moment) {
    return ((moment.step.kind == kinds) || ...);
}

bool is_split(const Breakpoint& breakpoint, const Moment& moment) {
    const Step& step = moment.step;
    if (step.kind != StepKind::split) return false;
    const std::uint32_t remainder = moment.heap.header(static_cast<Offset>(step.a)).size_bytes();
    return step.b + remainder >= breakpoint.bytes;
}

bool is_weak_cleared(const Breakpoint& breakpoint, const Moment& moment) {
    return moment.step.kind == StepKind::weak_cleared &&
           is_watched(breakpoint.chunk, moment.heap, moment.step.chunk);
}

bool is_chunk_changed(const Breakpoint& breakpoint, const Moment& moment) {
    const Offset chunk = breakpoint.chunk.offset;
    if (chunk >= moment.heap.size_bytes()) return false;
    const Offset end = chunk + moment.heap.header(chunk).size_bytes();
    return changes_any(moment, chunk, end) && is_alive(breakpoint.chunk, moment);
}

bool is_cell_changed(const Breakpoint& breakpoint, const Moment& moment) {
    return changes_any(moment, breakpoint.first, breakpoint.end) && is_alive(breakpoint.chunk, moment);
}

bool is_range_changed(const Breakpoint& breakpoint, const Moment& moment) {
    return changes_any(moment, breakpoint.first, breakpoint.end);
}

bool is_violated(const Breakpoint&, const Moment& moment) { return moment.has_new_violation; }

// --- the table ------------------------------------------------------------------------------

constexpr std::array phase_only = {Parameter::phase};
constexpr std::array chunk_and_colour = {Parameter::chunk, Parameter::colour};
constexpr std::array chunk_only = {Parameter::chunk};
constexpr std::array type_and_bytes = {Parameter::type, Parameter::bytes};
constexpr std::array bytes_only = {Parameter::bytes};
constexpr std::array one_chunk_only = {Parameter::one_chunk};
constexpr std::array cell_only = {Parameter::cell};
constexpr std::array range_only = {Parameter::range};

constexpr std::array rows = {
    BreakpointRow{BreakpointKind::phase, "a phase begins", phase_only, "phase {phase} begins",
                  "Stops where a collection enters the phase.", Scope::collections, is_phase_begun},
    BreakpointRow{BreakpointKind::colour, "a chunk turns a colour", chunk_and_colour,
                  "{chunk} turns {colour}",
                  "Stops where the collector changes the colour of a chunk in use to it.", Scope::collections,
                  is_turned},
    BreakpointRow{
        BreakpointKind::freed, "a chunk is freed", chunk_only, "{chunk} is freed",
        "Stops where the mutator frees the chunk or the sweep does, before it joins its neighbours.",
        Scope::anywhere, is_freed},
    BreakpointRow{BreakpointKind::allocated, "a chunk is allocated", type_and_bytes,
                  "{type} of {bytes} is allocated",
                  "Stops where a chunk of the type is allocated, its header included at least so large.",
                  Scope::anywhere, is_allocated},
    BreakpointRow{BreakpointKind::allocation_failed,
                  "an allocation fails",
                  {},
                  "an allocation fails",
                  "Stops where an allocation cannot be met, after a collection if one was made.",
                  Scope::anywhere,
                  is_kind<StepKind::out_of_memory>},
    BreakpointRow{BreakpointKind::joined,
                  "free chunks are joined",
                  {},
                  "free chunks are joined",
                  "Stops where a chunk that is freed joins the free chunk before or after it.",
                  Scope::anywhere,
                  is_kind<StepKind::merged_previous, StepKind::merged_next>},
    BreakpointRow{BreakpointKind::split, "a chunk is split", bytes_only, "a free chunk of {bytes} is split",
                  "Stops where an allocation cuts a free chunk that is at least so large.", Scope::anywhere,
                  is_split},
    BreakpointRow{
        BreakpointKind::weak_cleared, "a weak reference is cleared", chunk_only, "{chunk} loses its referent",
        "Stops where a collection sets a weak reference to null, since nothing else reached the object.",
        Scope::collections, is_weak_cleared},
    BreakpointRow{BreakpointKind::class_unloaded,
                  "a class is unloaded",
                  {},
                  "a class is unloaded",
                  "Stops where the sweep begins to free a class and its parts.",
                  Scope::collections,
                  is_kind<StepKind::class_unloaded>},
    BreakpointRow{BreakpointKind::changed, "a chunk changes", one_chunk_only, "{chunk} changes",
                  "Stops after every step that changes a byte of the chunk, its header included.",
                  Scope::anywhere, is_chunk_changed},
    BreakpointRow{BreakpointKind::cell, "a field changes", cell_only, "{cell} of {chunk} changes",
                  "Stops after every step that changes the field while its chunk lives.", Scope::anywhere,
                  is_cell_changed},
    BreakpointRow{BreakpointKind::stored, "an address is stored to", range_only, "memory {range} changes",
                  "Stops after every step that changes a byte of the range, whatever chunk lies there.",
                  Scope::anywhere, is_range_changed},
    BreakpointRow{BreakpointKind::violation,
                  "an invariant is violated",
                  {},
                  "an invariant is violated",
                  "Stops at the end of an operation after which an audit finds what it did not find before. "
                  "Slow: the heap is audited after every operation.",
                  Scope::operation_ends,
                  is_violated},
};
static_assert(rows.size() == breakpoint_kind_count);

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].kind) != i) return false;
    return true;
}
static_assert(rows_are_in_order());

// --- sentences ------------------------------------------------------------------------------

std::string with_article(std::string_view word) {
    constexpr std::string_view vowels = "aeiou";
    const bool is_vowel = !word.empty() && vowels.find(word.front()) != std::string_view::npos;
    return (is_vowel ? "an " : "a ") + std::string(word);
}

std::string chunk_words(const Breakpoint& breakpoint) {
    if (breakpoint.chunk.birth != 0) return breakpoint.chunk.name;
    return breakpoint.kind == BreakpointKind::weak_cleared ? "a weak reference" : "a chunk";
}

std::string type_words(const Breakpoint& breakpoint) {
    return breakpoint.type ? with_article(word_of(*breakpoint.type)) + " chunk" : "a chunk";
}

std::string bytes_words(const Breakpoint& breakpoint) {
    return breakpoint.bytes == 0 ? "any size" : count_text(breakpoint.bytes) + " bytes or more";
}

std::string range_words(const Breakpoint& breakpoint, const Heap& heap) {
    return "from " + address_text(heap, breakpoint.first) + " to " +
           address_text(heap, std::max(breakpoint.end, breakpoint.first + 1) - 1);
}

struct Placeholder {
    std::string_view name;
    std::string (*words)(const Breakpoint&, const Heap&);
};
constexpr Placeholder placeholders[] = {
    {"{phase}", [](const Breakpoint& b, const Heap&) { return std::string(word_of(b.phase)); }},
    {"{colour}", [](const Breakpoint& b, const Heap&) { return std::string(word_of(b.colour)); }},
    {"{chunk}", [](const Breakpoint& b, const Heap&) { return chunk_words(b); }},
    {"{type}", [](const Breakpoint& b, const Heap&) { return type_words(b); }},
    {"{bytes}", [](const Breakpoint& b, const Heap&) { return bytes_words(b); }},
    {"{range}", range_words},
    {"{cell}", [](const Breakpoint& b, const Heap&) { return b.cell; }},
};

bool asks_for(const Breakpoint& breakpoint, Parameter parameter) {
    const auto parameters = row_of(breakpoint.kind).parameters;
    return std::ranges::find(parameters, parameter) != parameters.end();
}

}  // namespace

std::span<const BreakpointRow> breakpoint_rows() { return rows; }

const BreakpointRow& row_of(BreakpointKind kind) {
    assert(kind < BreakpointKind::count_ && "a breakpoint has a row");
    return rows[static_cast<std::size_t>(kind)];
}

std::string clause_of(const Breakpoint& breakpoint, const Heap& heap) {
    std::string clause(row_of(breakpoint.kind).pattern);
    for (const Placeholder& placeholder : placeholders)
        if (const std::size_t at = clause.find(placeholder.name); at != std::string::npos)
            clause.replace(at, placeholder.name.size(), placeholder.words(breakpoint, heap));
    return clause;
}

std::string sentence_of(const Breakpoint& breakpoint, const Heap& heap) {
    std::string sentence = clause_of(breakpoint, heap);
    if (!sentence.empty())
        sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
    return sentence;
}

Breakpoint reduced(const Breakpoint& breakpoint) {
    const auto asks = [&](Parameter parameter) { return asks_for(breakpoint, parameter); };
    Breakpoint reduced;
    reduced.kind = breakpoint.kind;
    if (asks(Parameter::phase)) reduced.phase = breakpoint.phase;
    if (asks(Parameter::colour)) reduced.colour = breakpoint.colour;
    if (asks(Parameter::type)) reduced.type = breakpoint.type;
    if (asks(Parameter::bytes)) reduced.bytes = breakpoint.bytes;
    if (asks(Parameter::chunk) || asks(Parameter::one_chunk) || asks(Parameter::cell))
        reduced.chunk = breakpoint.chunk;
    if (asks(Parameter::cell)) reduced.cell = breakpoint.cell;
    if (asks(Parameter::range) || asks(Parameter::cell)) {
        reduced.first = breakpoint.first;
        reduced.end = breakpoint.end;
    }
    return reduced;
}

std::optional<Breakpoint> breakpoint_on(BreakpointKind kind, const Heap& heap, Offset chunk,
                                        std::string name) {
    Breakpoint breakpoint;
    breakpoint.kind = kind;
    if (heap.header(chunk).is_in_use()) {
        breakpoint.chunk = {chunk, heap.origin_of(chunk).birth, std::move(name)};
        return breakpoint;
    }
    // A free chunk has no birth: what is watched is the place.
    if (kind != BreakpointKind::changed) return std::nullopt;
    breakpoint.kind = BreakpointKind::stored;
    breakpoint.first = chunk;
    breakpoint.end = heap.next_chunk(chunk);
    return breakpoint;
}

Breakpoint breakpoint_on_cell(const Heap& heap, Offset chunk, std::string name, std::uint32_t offset_in_chunk,
                              std::uint32_t bytes, std::string_view label) {
    Breakpoint breakpoint = breakpoint_on(BreakpointKind::changed, heap, chunk, std::move(name)).value();
    if (heap.header(chunk).is_in_use()) breakpoint.kind = BreakpointKind::cell;
    breakpoint.first = chunk + offset_in_chunk;
    breakpoint.end = breakpoint.first + bytes;
    breakpoint.cell =
        label.empty() ? "the word at +" + count_text(offset_in_chunk) : "`" + std::string(label) + "`";
    return breakpoint;
}

std::string fault_of(const Breakpoint& breakpoint, const Heap& heap) {
    const bool needs_chunk =
        asks_for(breakpoint, Parameter::one_chunk) || asks_for(breakpoint, Parameter::cell);
    if (needs_chunk && breakpoint.chunk.birth == 0) return "Select a chunk in use first.";
    if (!asks_for(breakpoint, Parameter::range) && !asks_for(breakpoint, Parameter::cell)) return {};
    if (breakpoint.first >= heap.size_bytes()) return "The first address lies outside the heap.";
    if (breakpoint.end > heap.size_bytes()) return "The last address lies outside the heap.";
    if (breakpoint.end <= breakpoint.first) return "At least one byte is needed.";
    return {};
}

}  // namespace tricolour
