// The VM: what stands between a mutator and the raw heap. It makes classes, strings, arrays and
// threads out of chunks with the real layouts, keeps its pools and root stacks, and decides when
// an allocation collects.
//
// What an operation has made so far is held by the operation's own roots until it is complete; one
// that cannot be completed gives everything back. Source: the memory model.
#pragma once

#include "heapcore/collector.h"
#include "heapcore/operation.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace heapcore {

/// An allocation could not be met, even after a collection.
struct OutOfMemory {};

/// The VM refuses: a stack is full, a thread has no frame. Nothing was changed.
struct Refusal {
    std::string message;
    ArgumentKind argument = ArgumentKind::none;  ///< the token at fault
};

struct NewField {
    std::string_view name;
    std::string_view signature;
    bool is_static = false;
};

class Vm {
public:
    /// Makes the VM's tables: beside the heap, or, with vm=unified, as chunks in it.
    explicit Vm(const HeapSettings& settings, SweepListener* listener = nullptr)
        : heap(settings), collector_(heap, listener) {
        make_tables();
    }
    Vm(const Vm& other, SweepListener* listener) : heap(other.heap), collector_(heap, listener) {}

    Heap heap;
    Collector& collector() { return collector_; }

    /// Brackets an operation. `origin` is noted with every chunk it makes.
    void begin_operation(std::uint32_t operation_index);
    void end_operation();
    /// Gives back what the operation made, newest first.
    void undo_operation();

    /// A zeroed chunk held until the operation ends; collects as the gc mode says. Throws OutOfMemory.
    Offset allocate(AllocationType type, std::uint64_t user_bytes);
    /// Holds a chunk that the operation works with.
    void hold(Offset chunk);
    void collect(CollectReason reason) { collector_.collect(reason); }

    Offset clone(Offset original);
    /// Gives a chunk back at the program's wish. The VM's tables lead to it no longer, so that they
    /// never lead to what takes its place.
    void free(Offset chunk);
    void retype(Offset chunk, AllocationType type);

    // Classes, as user offsets. `loader`: chunk of the loader object, or no_chunk for a bootstrap
    // class, which the permanent root stack holds through its Class object.
    Offset make_class(std::string_view name, std::optional<Offset> superclass, Offset loader,
                      const std::vector<NewField>& fields);
    Offset primitive_array_class(ElementType element);
    Offset object_array_class(Offset component_class);
    Offset string_class();
    Offset weak_class();
    Offset loader_class();

    Offset make_loader();
    bool is_loader(Offset chunk) const;
    Offset make_object(Offset class_user);
    Offset make_array(ElementType element, Offset class_user, std::uint32_t length);
    Offset make_string(std::string_view text);
    /// The pooled string with that text; `was_there` tells whether it was made before.
    Offset intern(std::string_view text, bool& was_there);
    Offset make_weak(Offset referent);

    void push_permanent(Address target);
    void push_transient(Address target);
    void open_block();
    void close_block();
    void pin(Offset chunk);
    bool unpin(Offset chunk);

    /// Forgets every root there is, as when the VM exits: its own classes, the pooled strings and what an
    /// embedding program names with them. What a collection then leaves is a leak.
    void clear_roots();
    /// Chunks of the VM's tables and of the texts in its pool, in order of address: permanent data of its
    /// own.
    std::vector<Offset> own_data() const;

    /// The thread's structure, as user offset. Throws Refusal when no room is left beside the heap.
    Offset start_thread(std::uint32_t name, Address thread_object);
    void exit_thread(Offset thread, std::uint32_t name);
    void push_frame(Offset thread, std::uint32_t method, std::uint32_t locals);
    void pop_frame(Offset thread);
    /// `is_number`: the trace stored an integer, not a reference; for the step only.
    void store_local(Offset thread, std::uint32_t index, std::uint64_t value, bool is_number);
    void push_operand(Offset thread, std::uint64_t value, bool is_number);
    void pop_operand(Offset thread);
    void set_exception(Offset thread, Address exception);

    /// Permanent roots that making this many bootstrap classes would push, for a check beforehand.
    void require_permanent_room(std::uint32_t pushes) const;
    std::uint32_t missing(std::initializer_list<Register> hidden_classes) const;

    void report(StepKind kind, Offset chunk, std::uint64_t a = 0, std::uint32_t b = 0,
                std::uint8_t detail = 0, std::uint16_t extra = 0) {
        heap.memory.report({kind, detail, extra, chunk, a, b});
    }

private:
    void make_tables();
    Offset make_class_object(Offset class_user);
    Offset class_class();
    Address make_utf(std::string_view text);
    Address pooled_utf(std::string_view text);
    Offset make_chars(std::string_view text);
    void lay_string(Offset string, std::string_view text);
    void lay_fields(Offset class_user, const std::vector<NewField>& fields, std::uint32_t first_cell);
    Offset make_array_class(std::string name, Offset component_class, Offset loader);
    void leave_class_table(Offset chunk);
    Offset lay_class(AllocationType type, std::uint32_t user_bytes, Address name, Offset loader);
    void complete_class(Offset class_user, std::string_view name, Offset loader);
    void adopt(Offset class_object, Offset loader);
    void enter_class_table(Offset class_user, std::string_view name);
    Offset bucket_place(Register pool, std::string_view text) const;
    Offset frame_start(Offset thread, std::uint32_t cells);
    std::uint64_t word(Offset place) const { return heap.memory.load_word(place); }
    void put(Offset place, std::uint64_t value) { heap.memory.store_word(place, value); }
    Address address(Offset place) const { return heap.memory.address_of(place); }
    Offset segment_end(Offset segment_user) const;

    Collector collector_;
    std::uint32_t operation_ = 0;
    std::vector<Offset> made_;  ///< chunks of the operation under way, for undo
};

}  // namespace heapcore
