// The collector: stop-the-world mark and sweep as a state machine.
//
// A chunk is white until it is found, grey while what it refers to is being marked, black when all
// of that is done. Depth first: a white chunk found is scanned at once, before its holder's scan
// goes on. The phase, its cursors and the mark stack lie in the flat memory, never on the C++
// stack: the collector can stop after any transition, and no graph can overflow it. The mark stack
// has room for every chunk that fits the heap.
// Source: the memory model (collect; allocation types, and how each is scanned).
#pragma once

#include "heapcore/heap.h"
#include "heapcore/object.h"
#include "heapcore/roots.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace heapcore {

/// Hears of each chunk that the sweep frees, right before it is freed.
class SweepListener {
public:
    virtual void before_swept(Offset chunk) = 0;

protected:
    ~SweepListener() = default;
};

/// The roots of a program that embeds the heap and keeps references outside its memory: appends each, as the
/// address of a chunk's user data or null. They are trusted like the cells of the permanent root stack. It is
/// asked once in each collection, when the pinned phase begins, and leaves the heap alone meanwhile. Its
/// roots are looked at before the pins, the last one first.
///
/// The heap is the state, and a source lies outside it: a copy of the machine has none, what is stepped back
/// or dumped lacks its roots, and roots_of() does not list them. No trace uses one.
using RootSource = std::function<void(std::vector<Address>& roots)>;

class Collector {
public:
    explicit Collector(Heap& heap, SweepListener* listener = nullptr) : heap_(heap), listener_(listener) {}

    /// Asks this source for roots from now on, or none.
    void ask(RootSource source) { source_ = std::move(source); }

    /// Starts a collection. Precondition: none is under way.
    void begin(CollectReason reason);
    bool is_running() const { return phase() != Phase::idle; }
    Phase phase() const { return static_cast<Phase>(heap_.get(Register::phase)); }

    /// Makes one transition: at most one chunk discovered, finished or swept, or one root looked
    /// at. Returns whether the collection goes on.
    bool step();
    /// Makes up to that many transitions.
    bool run(std::uint64_t budget);

    /// Goes on until that phase begins, or to the end. Marking and sweeping go on without a stop after each
    /// transition, and leave the same bytes, and the same journal.
    void run_to(Phase stop);
    /// A whole collection.
    void collect(CollectReason reason);

private:
    struct Visit {
        Offset place;  ///< the cell that held the reference, for the step
        Offset holder;
        MarkReason reason;
    };

    void enter(Phase phase);
    void step_interned();
    void step_stack(RootKind kind);
    void step_pinned();
    void step_threads();
    void step_frame_cell();
    void unlink_thread(Offset thread);
    void step_weak();
    void step_sweep();
    void step_mark();
    void sweep_unheard();

    std::size_t name_roots();
    void look_at_root(RootKind kind, std::uint32_t index, Offset place);
    void look_at_target(RootKind kind, std::uint32_t index, Offset place, Address target);
    void visit(Address target, const Visit& from);
    void turn_grey(Offset chunk, const Visit& from);
    void scan(Offset chunk);
    void turn_black(Offset chunk, MarkReason reason);
    bool is_unmet_weak(Offset chunk) const;
    void meet_weak(Offset chunk);
    void cut_segments(Offset thread);
    void blacken_if_chunk(Address user, MarkReason reason);
    void free_class_parts(Offset chunk);
    void free_part(Address user);
    void sweep_one(Offset chunk, bool is_part);

    Offset entry(std::uint64_t index) const {
        return heap_.layout().mark_stack + static_cast<Offset>(index) * mark_entry_bytes;
    }
    void report(StepKind kind, Offset chunk, std::uint64_t a = 0, std::uint32_t b = 0,
                std::uint8_t detail = 0, std::uint16_t extra = 0) {
        heap_.memory.report({kind, detail, extra, chunk, a, b});
    }

    Heap& heap_;
    SweepListener* listener_;
    RootSource source_;
    std::vector<Address> named_;  ///< what the source named; valid in the pinned phase
};

}  // namespace heapcore
