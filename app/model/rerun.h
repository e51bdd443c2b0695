// Rerun: a machine of its own on a session's trace, for looking at what happened elsewhere in it without
// moving the session. It starts from the session's keyframes. The session stands still meanwhile.
#pragma once

#include "heapcore/session.h"

#include <cstddef>
#include <functional>
#include <optional>

namespace tricolour {

class Rerun {
public:
    using ShouldStop = std::function<bool()>;

    explicit Rerun(const heapcore::Session& session);

    /// To the state before an operation. `should_stop` is asked between operations and while a keyframe is
    /// put in: false then, and the machine is worth nothing until it is sent somewhere again. False too if
    /// an operation is refused on the way.
    bool go_to(std::size_t operation, const ShouldStop& should_stop = {});
    /// Carries the next operation out, told step by step; the machine stands after each when it is told.
    /// A listener that has heard enough throws Journal::LimitReached, and `should_stop` is asked after each
    /// step that is told: false then, and go_to() is to follow.
    bool carry_out(heapcore::StepListener* listener = nullptr, const ShouldStop& should_stop = {});
    /// Carries out only so many steps of it, at most all of them, and tells the last of these, if there is
    /// one. False if it is refused. go_to() is to follow.
    bool carry_out_part(std::uint64_t steps, std::optional<heapcore::Step>& last);

    std::size_t operation() const { return operation_; }
    const heapcore::Machine& machine() const { return machine_; }
    const heapcore::Heap& heap() const { return machine_.heap(); }

private:
    bool apply();

    const heapcore::Session& session_;
    heapcore::Machine machine_;
    std::size_t operation_ = 0;
    bool is_broken_ = false;  ///< stopped in the middle of something
};

}  // namespace tricolour
