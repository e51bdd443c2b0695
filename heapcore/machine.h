// The machine: heap, VM, collector and names, all of it in one flat memory. A value: a copy is a
// keyframe, two machines are the same if their bytes are.
//
// apply() carries one operation out. What an operation cannot do is a value, said in a sentence;
// nothing is changed then.
#pragma once

#include "heapcore/trace.h"
#include "heapcore/vm.h"

#include <optional>
#include <string>

namespace heapcore {

/// What came of an operation.
struct Outcome {
    enum Kind : std::uint8_t {
        done,
        expectation_failed,  ///< `message` says how; the trace goes on
        refused              ///< an error of the trace: nothing was changed, nothing after it is carried out
    };
    Kind kind = done;
    ArgumentKind argument = ArgumentKind::none;  ///< the token at fault
    std::string message;

    bool asked_for_chunk = false;     ///< the operation names a chunk that it allocates
    std::optional<Offset> allocated;  ///< that chunk; none if it could not be met
};

class Machine final : private SweepListener {
public:
    explicit Machine(const HeapSettings& settings);
    Machine(const Machine& other);
    Machine& operator=(const Machine&) = delete;

    const Heap& heap() const { return vm_.heap; }
    Memory& memory() { return vm_.heap.memory; }
    Vm& vm() { return vm_; }

    /// Carries out operation number `index` of the trace. May throw Journal::LimitReached when a
    /// journal with a limit listens; the memory then stands right after that step.
    Outcome apply(const Trace& trace, std::size_t index);

    Binding binding(NameId name) const;
    /// The chunk that a name stands for, if it is alive.
    std::optional<Offset> chunk_named(NameId name) const;
    /// The newest name of a chunk in use; no_id if it has none.
    NameId name_of(Offset chunk) const;

    /// A hash over all that the machine knows (what lies unused behind the mark stack's top does
    /// not count). Equal machines have equal hashes.
    std::uint64_t hash() const;
    bool is_same_as(const Machine& other) const;

private:
    friend class Operator;
    void before_swept(Offset chunk) override;
    void bury(Offset chunk, Binding::Kind how);
    void bind(NameId name, Offset chunk);
    void store_binding(NameId name, const Binding& binding);
    void unlink_name(NameId name);
    void make_room_for_names(std::uint32_t count);
    Offset binding_place(NameId name) const { return vm_.heap.layout().names + name * binding_bytes; }

    Vm vm_;
    std::uint32_t line_ = 0;  ///< of the operation under way
};

}  // namespace heapcore
