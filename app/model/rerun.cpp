#include "app/model/rerun.h"

namespace tricolour {

Rerun::Rerun(const heapcore::Session& session) : session_(session), machine_(session.trace().settings) {}

bool Rerun::go_to(std::size_t operation, const ShouldStop& should_stop) {
    const auto keyframe = session_.keyframes().nearest(operation);
    const bool is_shorter = operation_ > operation || (keyframe && *keyframe > operation_);
    if (is_shorter && keyframe) operation_ = *session_.keyframes().restore(machine_, operation);
    while (operation_ < operation) {
        if (should_stop && should_stop()) return false;
        if (!carry_out()) return false;
    }
    return true;
}

bool Rerun::carry_out(heapcore::StepListener* listener) {
    if (operation_ >= session_.trace().operations.size()) return false;
    heapcore::Journal journal(1);
    journal.tell(listener);
    if (listener) machine_.memory().attach(&journal);
    const heapcore::Outcome outcome = machine_.apply(session_.trace(), operation_);
    machine_.memory().attach(nullptr);
    if (outcome.kind == heapcore::Outcome::refused) return false;
    ++operation_;
    return true;
}

}  // namespace tricolour
