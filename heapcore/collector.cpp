#include "heapcore/collector.h"

#include "heapcore/marker.h"
#include "heapcore/scribe.h"

namespace heapcore {
namespace {

// How far the visit of one thread is; kept in Register::sub_cursor.
enum ThreadStage : std::uint64_t {
    enter_thread,
    mark_object,
    cut_stack,
    begin_frame,
    scan_frame,
    mark_exception,
    leave_thread
};

template <typename Enum>
std::uint8_t byte_of(Enum value) {
    return static_cast<std::uint8_t>(value);
}

}  // namespace

void Collector::begin(CollectReason reason) {
    HEAPCORE_ASSERT(!is_running(), "a collection begins when none is under way");
    heap_.set(Register::gc_count, heap_.get(Register::gc_count) + 1);
    heap_.set(Register::weak_head, 0);
    heap_.set(Register::mark_top, 0);
    report(StepKind::collect_begin, no_chunk, heap_.get(Register::heap_free),
           static_cast<std::uint32_t>(heap_.get(Register::gc_count)), byte_of(reason));
    enter(Phase::interned);
}

void Collector::enter(Phase phase) {
    std::uint64_t cursor = 0;
    switch (phase) {
        case Phase::interned: cursor = pool_buckets; break;
        case Phase::transient:
            cursor = heap_.get(Register::transient_top) + heap_.get(Register::operation_top);
            break;
        case Phase::permanent: cursor = heap_.get(Register::permanent_top); break;
        case Phase::threads: cursor = heap_.get(Register::threads); break;
        case Phase::pinned: cursor = heap_.get(Register::pin_top) + name_roots(); break;
        case Phase::weak: cursor = heap_.get(Register::weak_head); break;
        default: break;
    }
    heap_.set(Register::phase, byte_of(phase));
    heap_.set(Register::cursor, cursor);
    heap_.set(Register::sub_cursor, 0);
    report(StepKind::phase, no_chunk, 0, 0, byte_of(phase));
}

bool Collector::run(std::uint64_t budget) {
    while (budget-- > 0)
        if (!step()) return false;
    return true;
}

void Collector::collect(CollectReason reason) {
    begin(reason);
    run_to(Phase::idle);
}

void Collector::run_to(Phase stop) {
    if (heap_.memory.journal()) {
        Scribe scribe(heap_, listener_);
        do
            if (phase() != stop) scribe.go_on();
        while (phase() != stop && step());
        return;
    }
    Marker marker(heap_);
    while (phase() != stop) {
        if (heap_.get(Register::mark_top) == 1) {
            const Offset chunk = heap_.memory.load32(entry(0));
            heap_.set(Register::mark_top, 0);
            marker.mark_from(chunk);
        }
        if (phase() == Phase::sweep) sweep_unheard();
        if (!step()) return;
    }
}

bool Collector::step() {
    if (heap_.get(Register::mark_top) > 0) {
        step_mark();
        return true;
    }
    switch (phase()) {
        case Phase::idle: return false;
        case Phase::interned: step_interned(); break;
        case Phase::transient: step_stack(RootKind::transient); break;
        case Phase::permanent: step_stack(RootKind::permanent); break;
        case Phase::threads: step_threads(); break;
        case Phase::pinned: step_pinned(); break;
        case Phase::weak: step_weak(); break;
        case Phase::sweep: step_sweep(); break;
        default:
            heap_.set(Register::phase, byte_of(Phase::idle));
            report(StepKind::collect_end, no_chunk, heap_.get(Register::heap_free),
                   static_cast<std::uint32_t>(heap_.get(Register::gc_count)));
            return false;
    }
    return true;
}

// Buckets from last to first; each white string turns black, its char array with it, never grey.
void Collector::step_interned() {
    const Address string = heap_.get(Register::sub_cursor);
    if (string == 0) {
        const std::uint64_t bucket = heap_.get(Register::cursor);
        const auto pool = place_of(heap_, heap_.get(Register::intern_pool));
        if (bucket == 0 || !pool) return enter(Phase::transient);
        heap_.set(Register::cursor, bucket - 1);
        heap_.set(Register::sub_cursor, heap_.memory.load_word(*pool + static_cast<Offset>(bucket - 1) *
                                                                           heap_.geometry().word_bytes));
        return;
    }
    const auto chunk = heap_.chunk_at(string);
    if (!chunk) {
        report(StepKind::bad_reference, no_chunk, string);
        return heap_.set(Register::sub_cursor, 0);
    }
    // A pooled string that was freed and made again can link back: what is marked was here before.
    if (heap_.header(*chunk).colour() != Colour::white) return heap_.set(Register::sub_cursor, 0);
    turn_black(*chunk, MarkReason::interned);
    blacken_if_chunk(heap_.memory.load_word(user_of(*chunk) + heap_.objects().string_chars),
                     MarkReason::chars);
    heap_.set(Register::sub_cursor, heap_.memory.load_word(user_of(*chunk) + heap_.objects().string_next));
}

// A stack of trusted cells, from its top down. The running operation's temporaries stand on top of
// the transient stack.
void Collector::step_stack(RootKind kind) {
    const std::uint64_t left = heap_.get(Register::cursor);
    if (left == 0) {
        const Phase now = phase();
        return enter(static_cast<Phase>(byte_of(now) + 1));
    }
    heap_.set(Register::cursor, left - 1);
    auto index = static_cast<std::uint32_t>(left - 1);
    const std::uint32_t word = heap_.geometry().word_bytes;
    const bool is_permanent = kind == RootKind::permanent;
    const auto top = static_cast<std::uint32_t>(
        heap_.get(is_permanent ? Register::permanent_top : Register::transient_top));
    if (!is_permanent && index >= top) {
        index -= top;
        return look_at_root(RootKind::operation, index, heap_.layout().operation_roots + index * word);
    }
    const auto array =
        place_of(heap_, heap_.get(is_permanent ? Register::permanent_array : Register::transient_array));
    if (array) look_at_root(kind, index, *array + index * word);
}

// What the embedding program named stands on top of the pins.
void Collector::step_pinned() {
    const std::uint64_t left = heap_.get(Register::cursor);
    if (left == 0) return enter(Phase::weak);
    heap_.set(Register::cursor, left - 1);
    const auto index = static_cast<std::uint32_t>(left - 1);
    const auto pins = static_cast<std::uint32_t>(heap_.get(Register::pin_top));
    if (index < pins)
        look_at_root(RootKind::pin, index, heap_.layout().pins + index * heap_.geometry().word_bytes);
    else if (index - pins < named_.size())
        look_at_target(RootKind::embedder, index - pins, no_chunk, named_[index - pins]);
}

std::size_t Collector::name_roots() {
    named_.clear();
    if (source_) source_(named_);
    return named_.size();
}

void Collector::look_at_root(RootKind kind, std::uint32_t index, Offset place) {
    look_at_target(kind, index, place, heap_.memory.load_word(place));
}

void Collector::look_at_target(RootKind kind, std::uint32_t index, Offset place, Address target) {
    if (heap_.memory.journal())
        report(StepKind::root_looked, heap_.chunk_at(target).value_or(no_chunk), target, index,
               byte_of(kind));
    if (target != 0) visit(target, {place, no_chunk, MarkReason::root});
}

void Collector::step_threads() {
    const auto thread = place_of(heap_, heap_.get(Register::cursor));
    if (!thread) return enter(Phase::pinned);
    const ObjectLayout& objects = heap_.objects();
    const auto go_on = [&](ThreadStage stage) { heap_.set(Register::sub_cursor, stage); };
    const auto begin_frame_at = [&](Address locals, Address pointer, std::uint64_t method) {
        const auto place = place_of(heap_, locals);
        if (!place || !has_saved_cells(heap_, *place) || method == 0) return go_on(mark_exception);
        const CellRange cells = cells_of_frame(heap_, *place, pointer, method);
        heap_.set(Register::frame_locals, locals);
        heap_.set(Register::cell, cells.begin);
        heap_.set(Register::frame_pointer, cells.end);
        go_on(begin_frame);
    };
    switch (heap_.get(Register::sub_cursor)) {
        case enter_thread:
            if (heap_.memory.load32(*thread) & ended_status) return unlink_thread(*thread);
            go_on(mark_object);
            report(StepKind::thread_visited, no_chunk, 0, *thread);
            blacken_if_chunk(heap_.memory.address_of(*thread), MarkReason::thread);
            break;
        case mark_object:
            // Scanned whatever its colour, without turning grey; black once it is done.
            go_on(cut_stack);
            if (const auto object = heap_.chunk_at(thread_word(heap_, *thread, objects.thread_object))) {
                if (is_unmet_weak(*object)) meet_weak(*object);
                scan(*object);
            }
            break;
        case cut_stack:
            cut_segments(*thread);
            begin_frame_at(thread_word(heap_, *thread, objects.thread_locals),
                           thread_word(heap_, *thread, objects.thread_pointer),
                           thread_word(heap_, *thread, objects.thread_method));
            break;
        case begin_frame: {
            go_on(scan_frame);
            report(StepKind::frame_visited, no_chunk, heap_.get(Register::frame_locals), *thread);
            break;
        }
        case scan_frame:
            if (heap_.get(Register::cell) < heap_.get(Register::frame_pointer)) return step_frame_cell();
            if (const auto locals = place_of(heap_, heap_.get(Register::frame_locals)))
                begin_frame_at(saved_cell(heap_, *locals, frame_cell::locals),
                               saved_cell(heap_, *locals, frame_cell::pointer),
                               saved_cell(heap_, *locals, frame_cell::method));
            break;
        case mark_exception:
            // Turned grey whatever its colour.
            go_on(leave_thread);
            if (const auto exception = heap_.chunk_at(thread_word(heap_, *thread, objects.thread_exception)))
                turn_grey(*exception, {*thread + objects.thread_exception, no_chunk, MarkReason::exception});
            break;
        default:
            heap_.set(Register::cursor, thread_word(heap_, *thread, objects.thread_next));
            go_on(enter_thread);
            break;
    }
}

// A thread that has ended leaves the list, and is swept.
void Collector::unlink_thread(Offset thread) {
    const std::uint32_t next_field = heap_.objects().thread_next;
    const Address gone = heap_.memory.address_of(thread);
    const Address next = thread_word(heap_, thread, next_field);
    heap_.set(Register::cursor, next);
    if (heap_.get(Register::threads) == gone) return heap_.set(Register::threads, next);
    for (const Offset other : threads_of(heap_))
        if (thread_word(heap_, other, next_field) == gone) heap_.memory.store_word(other + next_field, next);
}

void Collector::step_frame_cell() {
    const Address cell = heap_.get(Register::cell);
    heap_.set(Register::cell, cell + heap_.geometry().word_bytes);
    const auto place = heap_.memory.offset_of(cell);
    if (!place) return heap_.set(Register::cell, heap_.get(Register::frame_pointer));
    const std::uint64_t value = heap_.memory.load_word(*place);
    const CellLook look = look_at_cell(heap_, value);
    report(StepKind::cell_looked, look.chunk, value, *place, byte_of(look.verdict));
    if (look.verdict == CellVerdict::reference) turn_grey(look.chunk, {*place, no_chunk, MarkReason::root});
}

void Collector::cut_segments(Offset thread) {
    const ObjectLayout& objects = heap_.objects();
    const Address current = thread_word(heap_, thread, objects.thread_segment);
    Address segment = thread_word(heap_, thread, objects.thread_segments);
    for (auto place = place_of(heap_, segment); place; place = place_of(heap_, segment)) {
        blacken_if_chunk(segment, MarkReason::segment);
        const Offset next = *place + objects.segment_next;
        const Address beyond = heap_.memory.load_word(next);
        if (segment == current && beyond != 0) {
            heap_.memory.store_word(next, 0);
            report(StepKind::segment_cut, heap_.chunk_at(beyond).value_or(no_chunk), beyond, thread);
        }
        if (segment == current) break;
        segment = beyond;
    }
}

// The referents that nothing else reached are set to null.
void Collector::step_weak() {
    const auto chunk = heap_.chunk_at(heap_.get(Register::cursor));
    if (!chunk) return enter(Phase::sweep);
    const Offset user = user_of(*chunk);
    heap_.set(Register::cursor, heap_.memory.load_word(user + heap_.objects().weak_next));
    const Offset place = user + heap_.objects().weak_referent;
    const auto referent = heap_.chunk_at(heap_.memory.load_word(place));
    if (!referent) return;
    if (heap_.header(*referent).colour() != Colour::white)
        return report(StepKind::weak_kept, *chunk, *referent);
    heap_.memory.store_word(place, 0);
    report(StepKind::weak_cleared, *chunk, *referent);
}

void Collector::step_sweep() {
    const auto chunk = static_cast<Offset>(heap_.get(Register::cursor));
    if (heap_.is_end(chunk)) return enter(Phase::done);
    const Header header = heap_.header(chunk);
    const bool is_dead = header.is_in_use() && header.colour() == Colour::white &&
                         header.type() != AllocationType::static_data;
    if (is_dead) {
        if (is_class_type(header.type())) free_class_parts(chunk);
        sweep_one(chunk, false);
        return;
    }
    heap_.set_colour(chunk, Colour::white);
    heap_.set(Register::cursor, heap_.next_chunk(chunk));
    report(StepKind::whitened, chunk, byte_of(header.colour()), 0, byte_of(header.type()),
           header.is_in_use() ? 0 : 1);
}

// All that step_sweep() does, up to the heap's end.
void Collector::sweep_unheard() {
    const auto is_dead_at = [this](Offset chunk) {
        const Header header = heap_.header(chunk);
        return header.is_in_use() && header.colour() == Colour::white &&
               header.type() != AllocationType::static_data && !is_class_type(header.type());
    };
    const auto before = [this](Offset chunk) {
        if (listener_) listener_->before_swept(chunk);
    };
    for (auto chunk = static_cast<Offset>(heap_.get(Register::cursor)); !heap_.is_end(chunk);) {
        const Header header = heap_.header(chunk);
        if (is_dead_at(chunk)) {
            chunk = heap_.sweep_run(chunk, is_dead_at, before);
        } else if (is_class_type(header.type()) && header.is_in_use() && header.colour() == Colour::white) {
            heap_.set(Register::cursor, chunk);
            step_sweep();
            chunk = static_cast<Offset>(heap_.get(Register::cursor));
        } else {
            if (header.colour() != Colour::white) heap_.set_colour(chunk, Colour::white);
            chunk += header.size_bytes();
        }
    }
    heap_.set(Register::cursor, heap_.size_bytes());
}

void Collector::sweep_one(Offset chunk, bool is_part) {
    if (listener_) listener_->before_swept(chunk);
    const Offset joined = heap_.sweep_free(chunk, is_part);
    if (!is_part) heap_.set(Register::cursor, joined + heap_.header(joined).size_bytes());
}

// A class takes its parts with it. They are permanent data, so nothing else frees them.
void Collector::free_class_parts(Offset chunk) {
    const Offset user = user_of(chunk);
    if (!class_at(heap_, heap_.memory.address_of(user))) return;
    const ObjectLayout& objects = heap_.objects();
    report(StepKind::class_unloaded, chunk, heap_.memory.load_word(user + objects.class_name));
    // A clone of a class stands in no table, and its parts are not its own.
    if (!unlink_from_table(heap_, Register::class_pool, objects.class_next, user)) return;
    report(StepKind::linked, chunk, 0, 0, 1);
    for_each_part(heap_, user, [this](Address part) { free_part(part); });
}

void Collector::free_part(Address user) {
    if (const auto chunk = heap_.chunk_at(user)) sweep_one(*chunk, true);
}

// One transition of the scan on top of the mark stack.
void Collector::step_mark() {
    const std::uint64_t top = heap_.get(Register::mark_top);
    const Offset place = entry(top - 1);
    const Offset chunk = heap_.memory.load32(place);
    ScanState state{heap_.memory.load32(place + 4), heap_.memory.load32(place + 8),
                    heap_.memory.load32(place + 12)};
    const ScanStep next = next_scan(heap_, chunk, state);
    if (next.kind == ScanStep::end) {
        // Recorded once more: whoever goes back to here from the collection's end, where other scratch
        // may lie, needs the entry.
        heap_.memory.store64_over_scratch(place, heap_.memory.load64(place));
        heap_.memory.store64_over_scratch(place + 8, heap_.memory.load64(place + 8));
        heap_.set(Register::mark_top, top - 1);
        return turn_black(chunk, MarkReason::all_scanned);
    }
    heap_.memory.store32(place + 4, state.class_user);
    heap_.memory.store64(place + 8, std::uint64_t{state.flags} << 32 | state.cursor);
    if (next.kind == ScanStep::reference)
        visit(next.target, {next.place, chunk, next.reason});
    else
        turn_black(next.chunk, next.reason);
}

void Collector::visit(Address target, const Visit& from) {
    const auto chunk = heap_.chunk_at(target);
    if (!chunk) return report(StepKind::bad_reference, from.holder, target, from.place);
    if (heap_.header(*chunk).colour() == Colour::white) return turn_grey(*chunk, from);
    report(StepKind::passed, *chunk, from.holder, from.place, byte_of(from.reason));
}

void Collector::turn_grey(Offset chunk, const Visit& from) {
    const bool is_met_first = is_unmet_weak(chunk);
    heap_.set_colour(chunk, Colour::grey);
    report(StepKind::grey, chunk, from.holder, from.place, byte_of(from.reason));
    if (is_met_first) meet_weak(chunk);
    scan(chunk);
}

// Pushes the chunk, so that it is scanned before anything else goes on.
void Collector::scan(Offset chunk) {
    const Header header = heap_.header(chunk);
    switch (header.type()) {
        case AllocationType::primitive_array:
        case AllocationType::weak_reference:
        case AllocationType::data:
        case AllocationType::static_data: return turn_black(chunk, MarkReason::nothing_to_scan);
        default: break;
    }
    const ScanState state = begin_scan(heap_, chunk);
    if (header.type() == AllocationType::object && state.class_user == 0) {
        const Address of = heap_.memory.load_word(user_of(chunk));
        if (of != 0) report(StepKind::bad_class, chunk, of);
    }
    const std::uint64_t top = heap_.get(Register::mark_top);
    HEAPCORE_ASSERT(top < heap_.layout().mark_capacity, "the mark stack holds every chunk");
    const Offset place = entry(top);
    heap_.memory.store64_over_scratch(place, std::uint64_t{state.class_user} << 32 | chunk);
    heap_.memory.store64_over_scratch(place + 8, std::uint64_t{state.flags} << 32 | state.cursor);
    heap_.set(Register::mark_top, top + 1);
}

void Collector::turn_black(Offset chunk, MarkReason reason) {
    const Colour before = heap_.header(chunk).colour();
    if (reason == MarkReason::again && before == Colour::grey) reason = MarkReason::early;
    heap_.set_colour(chunk, Colour::black);
    report(StepKind::black, chunk, byte_of(before), 0, byte_of(reason));
}

bool Collector::is_unmet_weak(Offset chunk) const {
    const Header header = heap_.header(chunk);
    return header.type() == AllocationType::weak_reference && header.colour() == Colour::white;
}

void Collector::meet_weak(Offset chunk) {
    const Offset user = user_of(chunk);
    if (user + heap_.objects().weak_bytes > body_end(heap_, chunk)) return;
    heap_.memory.store_word(user + heap_.objects().weak_next, heap_.get(Register::weak_head));
    heap_.set(Register::weak_head, heap_.memory.address_of(user));
    report(StepKind::weak_met, chunk, heap_.memory.load_word(user + heap_.objects().weak_referent));
}

void Collector::blacken_if_chunk(Address user, MarkReason reason) {
    if (const auto chunk = heap_.chunk_at(user)) turn_black(*chunk, reason);
}

}  // namespace heapcore
