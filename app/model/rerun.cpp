#include "app/model/rerun.h"

namespace tricolour {

Rerun::Rerun(const heapcore::Session& session) : session_(session), machine_(session.trace().settings) {}

bool Rerun::go_to(std::size_t operation, const ShouldStop& should_stop) {
    const auto keyframe = session_.keyframes().nearest(operation);
    const bool is_shorter = is_broken_ || operation_ > operation || (keyframe && *keyframe > operation_);
    if (is_shorter && keyframe) {
        const auto restored = session_.keyframes().restore(machine_, operation, should_stop);
        is_broken_ = !restored;
        if (is_broken_) return false;
        operation_ = *restored;
    }
    while (operation_ < operation) {
        if (should_stop && should_stop()) return false;
        if (!carry_out()) return false;
    }
    return true;
}

namespace {

/// Passes steps on, and stops the engine after one.
class Told final : public heapcore::StepListener {
public:
    Told(heapcore::StepListener& listener, const Rerun::ShouldStop& should_stop)
        : listener_(listener), should_stop_(should_stop) {}
    void on_step(const heapcore::Step& step) override {
        listener_.on_step(step);
        if (should_stop_ && should_stop_()) throw heapcore::Journal::LimitReached{};
    }

private:
    heapcore::StepListener& listener_;
    const Rerun::ShouldStop& should_stop_;
};

}  // namespace

bool Rerun::carry_out(heapcore::StepListener* listener, const ShouldStop& should_stop) {
    if (operation_ >= session_.trace().operations.size()) return false;
    if (!listener) return apply();
    Told told(*listener, should_stop);
    heapcore::Journal journal(1);
    journal.tell(&told);
    machine_.memory().attach(&journal);
    bool is_done = false;
    try {
        is_done = apply();
    } catch (const heapcore::Journal::LimitReached&) {
        is_broken_ = true;
    }
    machine_.memory().attach(nullptr);
    return is_done;
}

bool Rerun::carry_out_part(std::uint64_t steps, std::optional<heapcore::Step>& last) {
    last.reset();
    if (operation_ >= session_.trace().operations.size()) return false;
    if (steps == 0) return true;
    heapcore::Journal journal(1, steps);
    is_broken_ = true;
    const heapcore::Listening listening(machine_.memory(), journal);
    try {
        if (machine_.apply(session_.trace(), operation_).kind == heapcore::Outcome::refused) return false;
    } catch (const heapcore::Journal::LimitReached&) {
    }
    if (journal.end() > 0) last = journal.step(journal.end() - 1);
    return true;
}

bool Rerun::apply() {
    if (machine_.apply(session_.trace(), operation_).kind == heapcore::Outcome::refused) return false;
    ++operation_;
    return true;
}

}  // namespace tricolour
