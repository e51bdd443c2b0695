#include "app/model/unfolding.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::HeapSample;
using heapcore::Phase;
using heapcore::Register;
using heapcore::Step;
using heapcore::StepKind;

constexpr std::uint64_t steps_between_looks = 4096;  // whether to stop
constexpr std::size_t most_unfoldings = 4096;

HeapSample joined(const HeapSample& first, HeapSample second) {
    second.least_free_bytes = std::min(first.least_free_bytes, second.least_free_bytes);
    return second;
}

class Unfolder final : public heapcore::StepListener {
public:
    Unfolder(const heapcore::Heap& heap, const Rerun::ShouldStop& should_stop)
        : heap_(heap), should_stop_(should_stop) {
        settle();
    }

    void on_step(const Step& step) override {
        if (step.kind == StepKind::phase) enter(static_cast<Phase>(step.detail));
        add_sample();
        ++found_.steps;
        if (found_.steps % steps_between_looks == 0 && should_stop_ && should_stop_()) {
            is_stopped_ = true;
            throw heapcore::Journal::LimitReached{};
        }
    }

    std::optional<Unfolding> finish() {
        if (is_stopped_) return std::nullopt;
        leave();
        settle();
        if (!found_.samples.empty()) found_.samples.back() = joined(found_.samples.back(), settled_);
        return std::move(found_);
    }

private:
    void enter(Phase phase) {
        leave();
        phase_ = phase == Phase::done ? Phase::idle : phase;
        begin_ = found_.steps;
    }
    void leave() {
        if (phase_ != Phase::idle) found_.phases.push_back({phase_, begin_, found_.steps});
        phase_ = Phase::idle;
    }

    void settle() {
        settled_.free_bytes = settled_.least_free_bytes =
            static_cast<std::uint32_t>(heap_.get(Register::heap_free));
        settled_.largest_free_bytes = heap_.largest_free_bytes();
    }

    void add_sample() {
        if (phase_ != Phase::idle) settle();
        const HeapSample& sample = settled_;
        auto& samples = found_.samples;
        const auto slot = static_cast<std::size_t>(found_.steps / found_.steps_each);
        if (slot < samples.size()) {
            samples[slot] = joined(samples[slot], sample);
            return;
        }
        samples.push_back(sample);
        if (samples.size() < most_inner_samples) return;
        for (std::size_t i = 0; 2 * i + 1 < samples.size(); ++i)
            samples[i] = joined(samples[2 * i], samples[2 * i + 1]);
        samples.resize(samples.size() / 2);
        found_.steps_each *= 2;
    }

    const heapcore::Heap& heap_;
    const Rerun::ShouldStop& should_stop_;
    Unfolding found_;
    HeapSample settled_;
    Phase phase_ = Phase::idle;
    std::uint64_t begin_ = 0;
    bool is_stopped_ = false;
};

}  // namespace

Phase Unfolding::phase_of(std::uint64_t step) const {
    for (const PhaseSteps& span : phases)
        if (step >= span.first && step < span.last) return span.phase;
    return Phase::idle;
}

std::optional<Unfolding> unfold(Rerun& rerun, const Rerun::ShouldStop& should_stop) {
    Unfolder unfolder(rerun.heap(), should_stop);
    const bool is_carried_out = rerun.carry_out(&unfolder);
    auto found = unfolder.finish();
    if (found && !is_carried_out) return Unfolding{};
    return found;
}

const Unfolding* Unfoldings::find(std::size_t operation) const {
    const auto found = known_.find(operation);
    return found == known_.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> Unfoldings::steps_of(std::size_t operation) const {
    const Unfolding* const found = find(operation);
    return found && found->steps > 0 ? std::optional(found->steps) : std::nullopt;
}

void Unfoldings::add(std::size_t operation, Unfolding unfolding) {
    known_.insert_or_assign(operation, std::move(unfolding));
    ++version_;
    if (known_.size() <= most_unfoldings) return;
    const std::size_t to_first = operation - known_.begin()->first;
    const std::size_t to_last = known_.rbegin()->first - operation;
    known_.erase(to_first > to_last ? known_.begin() : std::prev(known_.end()));
}

void Unfoldings::clear() {
    known_.clear();
    ++version_;
}

}  // namespace tricolour
