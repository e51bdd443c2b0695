#include "app/model/rerun.h"

namespace tricolour {

Rerun::Rerun(const heapcore::Session& session) : session_(session), machine_(session.trace().settings) {}

bool Rerun::go_to(std::size_t operation, const ShouldStop& should_stop) {
    const auto keyframe = session_.keyframes().nearest(operation);
    const bool is_shorter = is_within_ || operation_ > operation || (keyframe && *keyframe > operation_);
    if (is_shorter && keyframe) {
        operation_ = *session_.keyframes().restore(machine_, operation);
        is_within_ = false;
    }
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
    heapcore::Outcome outcome;
    try {
        outcome = machine_.apply(session_.trace(), operation_);
    } catch (const heapcore::Journal::LimitReached&) {
        outcome.kind = heapcore::Outcome::refused;
        is_within_ = true;
    }
    machine_.memory().attach(nullptr);
    if (outcome.kind == heapcore::Outcome::refused) return false;
    ++operation_;
    return true;
}

bool Rerun::carry_out_part(std::uint64_t steps, std::optional<heapcore::Step>& last) {
    last.reset();
    if (operation_ >= session_.trace().operations.size()) return false;
    if (steps == 0) return true;
    heapcore::Journal journal(1, steps);
    is_within_ = true;
    const heapcore::Listening listening(machine_.memory(), journal);
    try {
        if (machine_.apply(session_.trace(), operation_).kind == heapcore::Outcome::refused) return false;
    } catch (const heapcore::Journal::LimitReached&) {
    }
    if (journal.end() > 0) last = journal.step(journal.end() - 1);
    return true;
}

}  // namespace tricolour
