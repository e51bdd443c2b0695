#include "app/model/narration.h"

#include "heapcore/object.h"
#include "heapcore/roots.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <cstdlib>

namespace tricolour {

using namespace heapcore;

namespace {

std::string spoken(const std::string& name);

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string decimal(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f", value);
    return text.data();
}

/// What a sentence is made from.
struct Telling {
    const Machine& machine;
    const Trace& trace;
    const Step& step;

    const Heap& heap() const { return machine.heap(); }
    std::string chunk(Offset offset) const { return describe_chunk(machine, trace, offset); }
    std::string subject() const { return capital(chunk(step.chunk)); }
    /// By its name alone, where the sentence says what it is.
    std::string brief(Offset offset) const {
        const NameId id = machine.name_of(offset);
        return id != no_id ? name(id) : "at " + at(offset);
    }
    std::string holder() const { return chunk(static_cast<Offset>(step.a)); }
    std::string name(std::uint64_t id) const {
        return id < trace.names.size() ? code(trace.names[static_cast<NameId>(id)]) : "a name";
    }
    std::string size(std::uint64_t bytes) const { return count_text(bytes) + " bytes"; }
    std::string at(Offset offset) const { return address_text(heap(), offset); }
    std::string address(Address value) const {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
        return text.data();
    }
    /// What an address refers to: a chunk by its name, or just the address.
    std::string target(Address value) const {
        if (value == 0) return "null";
        const auto found = heap().chunk_at(value);
        return found ? chunk(*found) : address(value);
    }
    std::string thread() const { return thread_at(step.b); }
    std::string thread_at(Offset place) const {
        for (NameId id = 0; id < trace.names.size(); ++id) {
            const Binding binding = machine.binding(id);
            if (binding.kind == Binding::thread && binding.offset == place) return code(trace.names[id]);
        }
        return "at " + at(place);
    }
    /// Sentences begin with a capital; a primitive array's type stays as it is written.
    static std::string capital(std::string text) {
        const bool is_type = text.substr(0, text.find(' ')).ends_with("[]");
        if (is_type && text[0] >= 'a' && text[0] <= 'z') return "The " + text;
        if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
        return text;
    }

    /// "Frame `main`" for the top frame of the thread that the step is about.
    std::string top_frame() const {
        const auto frames = frames_of(heap(), step.b);
        return frames.empty() ? "Thread " + thread() : "Frame " + name(frames.front().method);
    }
    /// A value stored into a cell of a stack: a number is told as one, whatever lies at it.
    std::string cell_value() const {
        if (step.detail == 0) return target(step.a);
        const auto found = heap().chunk_at(step.a);
        return found ? "the integer " + address(step.a) + ", where " + chunk(*found) + " lies"
                     : "the integer " + std::to_string(static_cast<std::int64_t>(step.a));
    }
    std::string slot() const;
    std::string frame_cell(Offset place) const;
};

/// "Frame `main` local 2" for a cell of some thread's stack.
std::string Telling::frame_cell(Offset place) const {
    for (const Offset running : threads_of(heap()))
        for (const Frame& frame : frames_of(heap(), running)) {
            if (place < frame.locals || place >= frame.pointer) continue;
            const std::uint32_t index = (place - frame.locals) / heap().geometry().word_bytes;
            const bool is_local = index < frame.local_count;
            return "Frame " + name(frame.method) +
                   (is_local ? " local " + std::to_string(index)
                             : " operand " + std::to_string(index - frame.local_count));
        }
    return "The cell at " + at(place);
}

/// Who refers: "`a`.next", "element 3 of `list`", "The permanent root 4".
std::string Telling::slot() const {
    const auto reason = static_cast<MarkReason>(step.detail);
    const auto holder_chunk = static_cast<Offset>(step.a);
    if (reason == MarkReason::exception)
        return "The pending exception of thread " + thread_at(step.b - heap().objects().thread_exception);
    if (holder_chunk == no_chunk) {
        const MemoryLayout& layout = heap().layout();
        const std::uint32_t word = heap().geometry().word_bytes;
        const auto in = [&](Register array, Register top) -> std::optional<std::uint32_t> {
            const auto begin = heap().memory.offset_of(heap().get(array));
            if (!begin || step.b < *begin) return std::nullopt;
            const std::uint32_t index = (step.b - *begin) / word;
            return index < heap().get(top) ? std::optional(index) : std::nullopt;
        };
        if (const auto i = in(Register::permanent_array, Register::permanent_top))
            return "Permanent root " + std::to_string(*i);
        if (const auto i = in(Register::transient_array, Register::transient_top))
            return "Transient root " + std::to_string(*i);
        if (step.b >= layout.pins && step.b < layout.operation_roots) return "A debugger's pin";
        if (step.b >= layout.operation_roots && step.b < layout.permanent)
            return "The running operation's own root";
        return frame_cell(step.b);
    }
    const std::string held = capital(chunk(holder_chunk));
    switch (reason) {
        case MarkReason::element: {
            const Offset first = user_of(holder_chunk) + heap().objects().array_elements;
            const std::uint32_t index = (step.b - first) / heap().geometry().word_bytes;
            return "Element " + std::to_string(index) + " of " + chunk(holder_chunk);
        }
        case MarkReason::class_loader: return held + ", by its class loader,";
        case MarkReason::static_field:
        case MarkReason::field: {
            const auto of = reason == MarkReason::field
                                ? class_of(heap(), holder_chunk)
                                : class_at(heap(), heap().memory.address_of(user_of(holder_chunk)));
            const Offset wanted = reason == MarkReason::field ? step.b - user_of(holder_chunk) : step.b;
            for (auto level = of; level; level = superclass_of(heap(), *level))
                for (const Field& field : fields_of(heap(), *level))
                    if (field.is_static == (reason == MarkReason::static_field) && field.place == wanted)
                        return held + (field.is_static ? ", static field " : ", field ") + code(field.name) +
                               ",";
            return held;
        }
        default: return held;
    }
}

std::string_view colour_of(std::uint64_t value) { return word_of(static_cast<Colour>(value)); }

std::string tell_grey(const Telling& t) {
    return t.slot() + " holds " + t.at(user_of(t.step.chunk)) + ": " + t.chunk(t.step.chunk) +
           ", white, turns grey.";
}

std::string tell_black(const Telling& t) {
    const std::string before(colour_of(t.step.a));
    switch (static_cast<MarkReason>(t.step.detail)) {
        case MarkReason::nothing_to_scan:
            if (t.heap().header(t.step.chunk).type() == AllocationType::weak_reference)
                return t.subject() + " turns black at once: its referent is not followed.";
            return t.subject() + " turns black at once: a " +
                   std::string(word_of(t.heap().header(t.step.chunk).type())) +
                   " chunk holds no references to follow.";
        case MarkReason::chars:
            return t.subject() + " turns black with its string: characters refer to nothing.";
        case MarkReason::early:
            return t.subject() +
                   " turns black early: as an element it is taken for done, though it is still being "
                   "scanned.";
        case MarkReason::again:
            return t.subject() + ", " + before + " already, is coloured black again as an element.";
        case MarkReason::superclass:
            return t.subject() + " turns black: as a superclass it is scanned with its subclass.";
        case MarkReason::interned:
            return t.subject() + " turns black at once: the interned string pool holds it.";
        case MarkReason::thread:
            return t.subject() + " turns black: it is thread " + t.thread_at(user_of(t.step.chunk)) +
                   ", which runs.";
        case MarkReason::segment:
            return t.subject() + " turns black: it is a segment of a running thread's stack.";
        default: break;
    }
    if (static_cast<Colour>(t.step.a) == Colour::black)
        return t.subject() + ", black already, is coloured black again at the end of its scan.";
    const bool is_lost = t.heap().header(t.step.chunk).type() == AllocationType::object &&
                         t.heap().memory.load_word(user_of(t.step.chunk)) != 0 &&
                         !class_of(t.heap(), t.step.chunk);
    if (is_lost) return t.subject() + " turns black: without its class nothing more of it can be scanned.";
    return t.subject() + " turns black: all that it refers to is done.";
}

std::string tell_cell(const Telling& t) {
    const std::string cell = t.frame_cell(t.step.b);
    const std::string value = t.address(t.step.a);
    switch (static_cast<CellVerdict>(t.step.detail)) {
        case CellVerdict::reference:
            return cell + " holds " + value + ", which looks like a reference to " + t.chunk(t.step.chunk) +
                   ": it counts as a root.";
        case CellVerdict::zero: return cell + " holds 0: no reference.";
        case CellVerdict::not_white:
            return cell + " refers to " + t.chunk(t.step.chunk) + ", which is marked already.";
        case CellVerdict::outside_heap:
            return cell + " holds " + value + ", which lies outside the heap: a number, not a reference.";
        case CellVerdict::misaligned:
            return cell + " holds " + value + ", where no user data can begin: not a reference.";
        case CellVerdict::no_class:
            return cell + " holds " + value + ", but the word there points to no class: not a reference.";
        case CellVerdict::no_magic:
            return cell + " holds " + value +
                   ", but what its word points to lacks the magic 0xCAFEBABE: not a reference.";
        case CellVerdict::not_in_use:
            return cell + " holds " + value + ", but the chunk there is free: residue.";
        case CellVerdict::not_an_object:
            return cell + " holds " + value + ", but the chunk there is no object: not a reference.";
        default: return cell + " holds " + value + ", but no sound chunk begins there: not a reference.";
    }
}

std::string tell_swept(const Telling& t) {
    const std::string freed = Telling::capital(describe_freed(t.machine, t.trace, t.step.chunk));
    if (t.step.extra == 1) return freed + " is freed with the class that it is a part of.";
    return freed + " is white and in use: nothing reached it, so the sweep frees its " + t.size(t.step.a) +
           ".";
}

std::string tell_whitened(const Telling& t) {
    if (t.step.extra == 1) return "The sweep passes " + t.chunk(t.step.chunk) + ".";
    if (static_cast<Colour>(t.step.a) == Colour::white)
        return t.subject() + " is permanent data, which no sweep frees.";
    return t.subject() + ", " + std::string(colour_of(t.step.a)) + ", survives and turns white again.";
}

std::string tell_collect(const Telling& t) {
    const std::string begins =
        "Collection " + std::to_string(t.step.b) + " begins with " + t.size(t.step.a) + " free";
    switch (static_cast<CollectReason>(t.step.detail)) {
        case CollectReason::allocation_failed: return begins + ": an allocation could not be met.";
        case CollectReason::stress: return begins + ": gc=stress collects before every allocation.";
        case CollectReason::exit: return begins + ", on exit.";
        default: return begins + ": the trace asks for it.";
    }
}

std::string tell_phase(const Telling& t) {
    switch (static_cast<Phase>(t.step.detail)) {
        case Phase::interned:
            return "Mark begins with the interned strings: the pool's buckets, last to first.";
        case Phase::transient:
            return "Next come the transient roots, from the top of their stack to the bottom.";
        case Phase::permanent:
            return "Next come the permanent roots, from the top of their stack to the bottom.";
        case Phase::threads:
            return "Next come the threads: their frames are looked at cell by cell, and no cell is trusted.";
        case Phase::pinned: return "Next come the objects that a debugger has pinned.";
        case Phase::weak:
            return "Marking is done. Weak references whose referents stayed white are cleared now.";
        case Phase::sweep:
            return "The sweep walks the heap from its first chunk: white chunks in use are freed, all others "
                   "turn white.";
        case Phase::done: return "The sweep has reached the heap's end.";
        default: return "The collector rests.";
    }
}

std::string tell_root(const Telling& t) {
    const auto kind = static_cast<RootKind>(t.step.detail);
    std::string root = kind == RootKind::operation ? "The running operation's own root "
                       : kind == RootKind::pin     ? "Pin "
                                                   : Telling::capital(std::string(word_of(kind))) + " root ";
    root += std::to_string(t.step.b);
    if (t.step.a == 0) return root + " is null.";
    if (t.step.chunk == no_chunk)
        return root + " holds " + t.address(t.step.a) + ", which refers to no chunk.";
    const Colour colour = t.heap().header(t.step.chunk).colour();
    return root + " holds " + t.chunk(t.step.chunk) + ", which is " + std::string(word_of(colour)) +
           (colour == Colour::white ? "." : " already.");
}

std::string tell_stored(const Telling& t) {
    const Offset place = t.step.chunk + t.step.b;
    const std::string of = t.chunk(t.step.chunk);
    if (t.step.detail == 2) {
        const std::uint32_t bytes = std::max(1u, array_element_bytes(t.heap(), t.step.chunk));
        const std::uint32_t index =
            (place - user_of(t.step.chunk) - t.heap().objects().array_elements) / bytes;
        const bool is_reference = t.heap().header(t.step.chunk).type() == AllocationType::object_array;
        return "Element " + std::to_string(index) + " of " + of + " now holds " +
               (is_reference ? t.target(t.step.a) : std::to_string(static_cast<std::int64_t>(t.step.a))) +
               ".";
    }
    if (t.step.detail == 3) return Telling::capital(of) + " now refers weakly to " + t.target(t.step.a) + ".";
    if (t.step.detail == 1) {
        const Offset field = place - t.heap().objects().field_value;
        const auto of_class = class_at(t.heap(), t.heap().memory.load_word(field));
        if (!of_class) return "A static field now holds " + t.target(t.step.a) + ".";
        for (const Field& one : fields_of(t.heap(), *of_class))
            if (one.place == place)
                return "Class " + code(class_name(t.heap(), *of_class)) + ", static field " + code(one.name) +
                       ", now holds " +
                       (one.is_reference() ? t.target(t.step.a)
                                           : std::to_string(static_cast<std::int64_t>(t.step.a))) +
                       ".";
    }
    const auto of_class = class_of(t.heap(), t.step.chunk);
    for (auto level = of_class; level; level = superclass_of(t.heap(), *level))
        for (const Field& field : fields_of(t.heap(), *level))
            if (!field.is_static && user_of(t.step.chunk) + field.place == place)
                return Telling::capital(of) + ", field " + code(field.name) + ", now holds " +
                       (field.is_reference() ? t.target(t.step.a)
                                             : std::to_string(static_cast<std::int64_t>(t.step.a))) +
                       ".";
    return Telling::capital(of) + " is stored to at " + t.at(place) + ".";
}

std::string tell_text(const Telling& t, std::string_view before) {
    const auto id = static_cast<TextId>(t.step.a);
    return std::string(before) + (id < t.trace.texts.size() ? std::string(t.trace.texts[id]) : "");
}

std::string tell_expectation(const Telling& t) {
    switch (static_cast<ExpectKind>(t.step.detail)) {
        case ExpectKind::live: return t.name(t.step.a) + " is live";
        case ExpectKind::dead: return t.name(t.step.a) + " is dead";
        case ExpectKind::failed: return "the allocation of " + t.name(t.step.a) + " failed";
        case ExpectKind::null: return "the field of " + t.name(t.step.a) + " is null";
        case ExpectKind::offset: return t.name(t.step.a) + " lies at offset " + count_text(t.step.b);
        case ExpectKind::colour:
            return t.name(t.step.a) + " is " + std::string(word_of(static_cast<Colour>(t.step.b)));
        case ExpectKind::free: return count_text(t.step.a) + " bytes are free";
        case ExpectKind::chunks: return "the heap has " + count_text(t.step.a) + " chunks";
        default: return "the heap has " + count_text(t.step.a) + " free chunks";
    }
}

using Teller = std::string (*)(const Telling&);

struct Row {
    StepKind kind;
    Teller tell;
};

// One row a kind of step, in their order.
constexpr std::array tellers = {
    Row{StepKind::search_skipped,
        [](const Telling& t) {
            return "Best fit passes over " + count_text(t.step.a) + " smaller chunks: too small for " +
                   t.size(t.step.b) + ".";
        }},
    Row{StepKind::search_looked,
        [](const Telling& t) {
            return "Best fit looks at " + t.size(t.step.a) + " at " + t.at(t.step.chunk) +
                   ": too small for " + count_text(t.step.b) + ".";
        }},
    Row{StepKind::search_found,
        [](const Telling& t) {
            return "Best fit takes " + t.size(t.step.a) + " at " + t.at(t.step.chunk) +
                   ": the first chunk of the free list that holds " + count_text(t.step.b) + ".";
        }},
    Row{StepKind::search_failed,
        [](const Telling& t) -> std::string {
            if (t.step.b == 0xffffffff) return "The request is larger than any heap: nothing can hold it.";
            return "Best fit finds nothing for " + t.size(t.step.b) + ": " +
                   (t.step.a ? "the largest free chunk has " + count_text(t.step.a) + "."
                             : "no chunk is free.");
        }},
    Row{StepKind::taken,
        [](const Telling& t) {
            return "The chunk at " + t.at(t.step.chunk) + " leaves the free list; " + t.size(t.step.a) +
                   " stay free.";
        }},
    Row{StepKind::split,
        [](const Telling& t) {
            return "The chunk at " + t.at(t.step.chunk) + " is larger than needed: it keeps " +
                   t.size(t.step.b) + ", and the rest from " + t.at(static_cast<Offset>(t.step.a)) +
                   " goes back.";
        }},
    Row{StepKind::alloc,
        [](const Telling& t) {
            return "Allocation " + std::to_string(t.step.b) + ": the chunk at " + t.at(t.step.chunk) + ", " +
                   t.size(t.step.a) + ", is in use as " +
                   std::string(word_of(static_cast<AllocationType>(t.step.detail))) + ", white.";
        }},
    Row{StepKind::out_of_memory,
        [](const Telling& t) {
            return "Out of memory: a request for " + t.size(t.step.a) + " cannot be met.";
        }},
    Row{StepKind::free,
        [](const Telling& t) {
            return Telling::capital(describe_freed(t.machine, t.trace, t.step.chunk)) + ", " +
                   t.size(t.step.a) + ", is given back.";
        }},
    Row{StepKind::merged_previous,
        [](const Telling& t) {
            return "The chunk before it is free too: they join at " + t.at(t.step.chunk) + " to " +
                   t.size(t.step.b) + ".";
        }},
    Row{StepKind::merged_next,
        [](const Telling& t) {
            return "The chunk after it, at " + t.at(static_cast<Offset>(t.step.a)) +
                   ", is free too: they join to " + t.size(t.step.b) + ".";
        }},
    Row{StepKind::inserted,
        [](const Telling& t) {
            const auto before = static_cast<Offset>(t.step.a);
            return "The free chunk at " + t.at(t.step.chunk) + ", " + t.size(t.step.b) +
                   ", enters the free list " +
                   (before == no_chunk
                        ? "at its large end."
                        : "before the one at " + t.at(before) + ", the first that is not smaller.");
        }},
    Row{StepKind::retyped,
        [](const Telling& t) {
            return t.subject() + " changes its type from " +
                   std::string(word_of(static_cast<AllocationType>(t.step.a))) + " to " +
                   std::string(word_of(static_cast<AllocationType>(t.step.detail))) + ".";
        }},
    Row{StepKind::cloned,
        [](const Telling& t) { return t.subject() + " receives the contents of " + t.holder() + "."; }},
    Row{StepKind::named,
        [](const Telling& t) {
            const bool is_thread = t.machine.binding(static_cast<NameId>(t.step.a)).kind == Binding::thread;
            return t.name(t.step.a) +
                   (is_thread ? " names the thread." : " names the chunk at " + t.at(t.step.chunk) + ".");
        }},
    Row{StepKind::name_failed,
        [](const Telling& t) { return t.name(t.step.a) + " is null: its allocation could not be met."; }},
    Row{StepKind::class_made,
        [](const Telling& t) {
            return "The class " + code(spoken(utf_text(t.heap(), t.step.a))) + " is complete.";
        }},
    Row{StepKind::stored, tell_stored},
    Row{StepKind::filled, [](const Telling& t) { return t.subject() + " receives its contents."; }},
    Row{StepKind::linked,
        [](const Telling& t) {
            if (t.step.detail == 1) return t.subject() + " leaves the class table.";
            return t.heap().header(t.step.chunk).type() == AllocationType::data
                       ? t.subject() + " is linked behind the thread's stack segment that is full."
                       : t.subject() + " is entered in its table.";
        }},
    Row{StepKind::undone,
        [](const Telling& t) {
            return t.subject() + " is given back: the operation that asked for it cannot be completed.";
        }},
    Row{StepKind::root_pushed,
        [](const Telling& t) {
            return Telling::capital(t.target(t.step.a)) + " is pushed onto the " +
                   std::string(word_of(static_cast<RootKind>(t.step.detail))) + " roots, at " +
                   std::to_string(t.step.b) + ".";
        }},
    Row{StepKind::block_opened,
        [](const Telling& t) { return "Transient block " + std::to_string(t.step.b) + " opens."; }},
    Row{StepKind::block_closed,
        [](const Telling& t) {
            return "The transient block closes and drops " + std::to_string(t.step.a) +
                   (t.step.a == 1 ? " root." : " roots.");
        }},
    Row{StepKind::thread_started,
        [](const Telling& t) { return "Thread " + t.name(t.step.a) + " starts with an empty stack."; }},
    Row{StepKind::thread_exited,
        [](const Telling& t) {
            return "Thread " + t.name(t.step.a) + " ends; its stack is no root any more.";
        }},
    Row{StepKind::frame_pushed,
        [](const Telling& t) {
            return "Thread " + t.thread() + " calls " + t.name(t.step.a) + ": a frame with " +
                   std::to_string(t.step.extra) + (t.step.extra == 1 ? " local" : " locals") +
                   " on top, holding whatever lay there.";
        }},
    Row{StepKind::frame_popped,
        [](const Telling& t) {
            return "Thread " + t.thread() + " returns from " + t.name(t.step.a) +
                   "; the frame's cells stay as residue.";
        }},
    Row{StepKind::local_stored,
        [](const Telling& t) {
            return t.top_frame() + " local " + std::to_string(t.step.extra) + " now holds " + t.cell_value() +
                   ".";
        }},
    Row{StepKind::operand_pushed,
        [](const Telling& t) { return t.top_frame() + " pushes " + t.cell_value() + "."; }},
    Row{StepKind::operand_popped,
        [](const Telling& t) {
            return t.top_frame() + " pops " + t.target(t.step.a) +
                   ", which stays in the stack's memory as residue.";
        }},
    Row{StepKind::exception_set,
        [](const Telling& t) {
            return t.subject() + " is now the pending exception of thread " + t.thread() + ".";
        }},
    Row{StepKind::exception_cleared,
        [](const Telling& t) { return "Thread " + t.thread() + " has no pending exception any more."; }},
    Row{StepKind::pinned, [](const Telling& t) { return "A debugger pins " + t.chunk(t.step.chunk) + "."; }},
    Row{StepKind::unpinned,
        [](const Telling& t) { return "A debugger lets go of " + t.chunk(t.step.chunk) + "."; }},
    Row{StepKind::collect_begin, tell_collect},
    Row{StepKind::phase, tell_phase},
    Row{StepKind::root_looked, tell_root},
    Row{StepKind::thread_visited, [](const Telling& t) { return "Thread " + t.thread() + " is visited."; }},
    Row{StepKind::frame_visited,
        [](const Telling& t) {
            const auto locals = t.heap().memory.offset_of(t.step.a);
            for (const Frame& frame : frames_of(t.heap(), t.step.b))
                if (locals && frame.locals == *locals)
                    return "Frame " + t.name(frame.method) + " of thread " + t.thread() +
                           " is scanned from its first local upwards.";
            return "A frame of thread " + t.thread() + " is scanned.";
        }},
    Row{StepKind::cell_looked, tell_cell},
    Row{StepKind::grey, tell_grey},
    Row{StepKind::black, tell_black},
    Row{StepKind::passed,
        [](const Telling& t) {
            return t.slot() + " refers to " + t.chunk(t.step.chunk) + ", which is " +
                   std::string(word_of(t.heap().header(t.step.chunk).colour())) + " already.";
        }},
    Row{StepKind::bad_reference,
        [](const Telling& t) {
            const std::string who = t.step.chunk == no_chunk ? "A root" : t.subject();
            return who + " holds " + t.address(t.step.a) +
                   ", which refers to no chunk in use: it is left alone.";
        }},
    Row{StepKind::bad_class,
        [](const Telling& t) {
            return t.subject() + " has lost its class, which was at " + t.address(t.step.a) +
                   ": its fields cannot be scanned.";
        }},
    Row{StepKind::weak_met,
        [](const Telling& t) {
            return t.subject() +
                   " goes to the head of the list of weak references met; its referent is not followed.";
        }},
    Row{StepKind::weak_kept,
        [](const Telling& t) {
            return "The weak reference " + t.brief(t.step.chunk) + " keeps its referent: " + t.holder() +
                   " was reached.";
        }},
    Row{StepKind::weak_cleared,
        [](const Telling& t) {
            return "The weak reference " + t.brief(t.step.chunk) + " loses its referent: " + t.holder() +
                   " was not reached.";
        }},
    Row{StepKind::segment_cut,
        [](const Telling& t) {
            return "The stack segments of thread " + t.thread() + " beyond the current one are cut off.";
        }},
    Row{StepKind::swept, tell_swept},
    Row{StepKind::whitened, tell_whitened},
    Row{StepKind::class_unloaded,
        [](const Telling& t) {
            return "The class " + code(spoken(utf_text(t.heap(), t.step.a))) +
                   " was not reached: it is unloaded, its parts with it.";
        }},
    Row{StepKind::collect_end,
        [](const Telling& t) {
            return "Collection " + std::to_string(t.step.b) + " ends with " + t.size(t.step.a) + " free.";
        }},
    Row{StepKind::said, [](const Telling& t) { return tell_text(t, ""); }},
    Row{StepKind::bookmarked, [](const Telling& t) { return tell_text(t, "Bookmark: "); }},
    Row{StepKind::expect_held, [](const Telling& t) { return "As expected, " + tell_expectation(t) + "."; }},
    Row{StepKind::expect_failed,
        [](const Telling& t) { return "It does not hold that " + tell_expectation(t) + "."; }},
    Row{StepKind::settled,
        [](const Telling&) { return std::string("The operation lets go of what it held meanwhile."); }},
};
static_assert(tellers.size() == static_cast<std::size_t>(StepKind::count_));

constexpr bool tellers_are_in_order() {
    for (std::size_t i = 0; i < tellers.size(); ++i)
        if (static_cast<std::size_t>(tellers[i].kind) != i) return false;
    return true;
}
static_assert(tellers_are_in_order());

}  // namespace

std::string narrate(const Machine& machine, const Trace& trace, const Step& step) {
    assert(step.kind < StepKind::count_ && "a step has a sentence");
    return tellers[static_cast<std::size_t>(step.kind)].tell({machine, trace, step});
}

std::string_view phase_text(const Heap& heap) {
    return phase_text(static_cast<Phase>(heap.get(Register::phase)));
}

std::string_view phase_text(Phase phase) {
    switch (phase) {
        case Phase::interned: return "Mark, interned";
        case Phase::transient: return "Mark, transient";
        case Phase::permanent: return "Mark, permanent";
        case Phase::threads: return "Mark, threads";
        case Phase::pinned: return "Mark, pinned";
        case Phase::weak: return "Weak references";
        case Phase::sweep: return "Sweep";
        case Phase::done: return "Collected";
        default: return "Mutator";
    }
}

std::string address_text(const Heap& heap, Offset offset) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "0x%08llx",
                  static_cast<unsigned long long>(heap.memory.address_of(offset)));
    return text.data();
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
    const bool is_mega = bytes >= 1024 * 1024;
    const double value = static_cast<double>(bytes) / (is_mega ? 1024.0 * 1024 : 1024.0);
    std::string text = decimal(value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text + (is_mega ? " MiB" : " KiB");
}

std::string percent_text(double part) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%.0f%%", part * 100);
    return text.data();
}

std::string count_text(std::uint64_t count) {
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3;)
        text.insert(at -= 3, ",");
    return text;
}

namespace {

/// What a chunk is by its type and contents; what it stands for goes before its own class.
std::string kind_of(const Heap& heap, Offset chunk) {
    const AllocationType type = heap.header(chunk).type();
    if (type == AllocationType::data || type == AllocationType::static_data)
        return std::string(word_of(type)) + " chunk";
    if (is_class_type(type)) return std::string(word_of(type));
    const auto of = class_of(heap, chunk);
    const std::string name = of ? class_text(class_name(heap, *of)) : "";
    return name.empty() ? std::string(word_of(type)) : name;
}

/// A class's own name in full, an array's as people write it.
std::string spoken(const std::string& name) { return name.starts_with('[') ? class_text(name) : name; }

/// "class `Node`" or "the Class object of `Node`" for what stands for a class.
std::string as_class(const Heap& heap, Offset chunk) {
    if (is_class_type(heap.header(chunk).type())) {
        const auto own = class_at(heap, heap.memory.address_of(user_of(chunk)));
        const std::string name = own ? class_name(heap, *own) : "";
        return name.empty() ? "" : "class " + code(spoken(name));
    }
    const auto of = class_of(heap, chunk);
    if (!of || heap.memory.address_of(*of) != heap.get(Register::class_class)) return "";
    const Offset place = user_of(chunk) + heap.objects().class_object_class;
    const auto stands_for = class_at(heap, heap.memory.load_word(place));
    return stands_for ? "the Class object of " + code(spoken(class_name(heap, *stands_for))) : "";
}

}  // namespace

std::string describe_chunk(const Machine& machine, const Trace& trace, Offset chunk) {
    const Heap& heap = machine.heap();
    if (chunk == no_chunk || chunk >= heap.size_bytes()) return "nothing";
    if (!heap.header(chunk).is_in_use()) return "the free chunk at " + address_text(heap, chunk);
    if (const std::string of_class = as_class(heap, chunk); !of_class.empty()) return of_class;
    const NameId name = machine.name_of(chunk);
    if (name != no_id && name < trace.names.size())
        return kind_of(heap, chunk) + " " + code(trace.names[name]);
    return "the " + kind_of(heap, chunk) + " at " + address_text(heap, chunk);
}

std::string class_text(std::string_view name) {
    return name.starts_with('[') ? type_text(name) : std::string(name.substr(name.rfind('/') + 1));
}

std::string type_text(std::string_view signature) {
    constexpr std::string_view codes = "ZBCSIJFD";
    constexpr std::array<std::string_view, 8> words = {"boolean", "byte", "char",  "short",
                                                       "int",     "long", "float", "double"};
    const std::size_t dimensions = std::min(signature.find_first_not_of('['), signature.size());
    const std::string_view element = signature.substr(dimensions);
    std::string text(element);
    if (element.size() > 1 && element.front() == 'L' && element.back() == ';') {
        const std::string_view name = element.substr(1, element.size() - 2);
        text = name.substr(name.rfind('/') + 1);
    } else if (element.size() == 1 && codes.find(element[0]) != std::string_view::npos) {
        text = words[codes.find(element[0])];
    }
    for (std::size_t i = 0; i < dimensions; ++i)
        text += "[]";
    return text;
}

std::string describe_freed(const Machine& machine, const Trace& trace, Offset chunk) {
    const Heap& heap = machine.heap();
    if (is_class_type(heap.header(chunk).type())) {
        const Offset place = user_of(chunk) + heap.objects().class_name;
        const std::string text = utf_text(heap, heap.memory.load_word(place));
        if (!text.empty()) return "class " + code(spoken(text));
    }
    const std::uint32_t name = heap.origin_of(chunk).name;
    if (name != 0 && name <= trace.names.size())
        return kind_of(heap, chunk) + " " + code(trace.names[name - 1]);
    return "the " + kind_of(heap, chunk) + " at " + address_text(heap, chunk);
}

}  // namespace tricolour
