#include "app/model/place_history.h"

#include "app/model/narration.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::MarkReason;
using heapcore::Offset;
using heapcore::Step;
using heapcore::StepKind;

/// What of a chunk's life a step tells.
std::optional<LifeEvent::Kind> kind_of(const Step& step) {
    switch (step.kind) {
        case StepKind::alloc: return LifeEvent::made;
        case StepKind::retyped: return LifeEvent::retyped;
        case StepKind::grey: return LifeEvent::grey;
        case StepKind::black:
            if (step.detail == static_cast<std::uint8_t>(MarkReason::again)) return std::nullopt;
            return LifeEvent::black;
        case StepKind::whitened: return LifeEvent::survived;
        case StepKind::weak_cleared: return LifeEvent::cleared;
        case StepKind::free: return LifeEvent::given_back;
        case StepKind::swept: return LifeEvent::swept;
        default: return std::nullopt;
    }
}

bool is_end(LifeEvent::Kind kind) { return kind == LifeEvent::given_back || kind == LifeEvent::swept; }

class Chronicle : public heapcore::StepListener {
public:
    Chronicle(const heapcore::Session& session, const Rerun& rerun, Offset place,
              const HistoryOptions& options)
        : session_(session), rerun_(rerun), place_(place), options_(options) {}

    void begin_operation() { step_ = 0; }

    void on_step(const Step& step) override {
        ++step_;
        const bool begins =
            step.kind == StepKind::alloc && step.chunk <= place_ && place_ - step.chunk < step.a;
        if (begins) begin_tenancy(step);
        const auto kind = kind_of(step);
        if (!is_taken_ || !kind || step.chunk != now().chunk) return;
        add(*kind, step);
        if (is_end(*kind)) end_tenancy();
    }

    PlaceHistory finish(bool is_whole) {
        if (is_taken_) now().title = describe_chunk(rerun_.machine(), session_.trace(), now().chunk);
        history_.is_whole = is_whole && !is_full_;
        return std::move(history_);
    }
    bool is_full() const { return is_full_; }

private:
    Tenancy& now() { return history_.tenancies.back(); }

    void begin_tenancy(const Step& step) {
        is_full_ = history_.tenancies.size() >= options_.most_tenancies;
        if (is_full_) return;
        Tenancy tenancy;
        tenancy.birth = step.b;
        tenancy.chunk = step.chunk;
        tenancy.bytes = static_cast<std::uint32_t>(step.a);
        history_.tenancies.push_back(std::move(tenancy));
        is_taken_ = true;
    }

    void add(LifeEvent::Kind kind, const Step& step) {
        if (kind == LifeEvent::survived) ++now().collections_survived;
        if (now().events.size() >= options_.most_events && !is_end(kind)) {
            now().is_cut = true;
            return;
        }
        now().events.push_back(
            {kind, {rerun_.operation(), step_}, narrate(rerun_.machine(), session_.trace(), step)});
    }

    // Its memory tells what it was until something else is laid there.
    void end_tenancy() {
        now().title = describe_freed(rerun_.machine(), session_.trace(), now().chunk);
        now().is_over = true;
        is_taken_ = false;
    }

    const heapcore::Session& session_;
    const Rerun& rerun_;
    Offset place_;
    const HistoryOptions& options_;
    PlaceHistory history_;
    std::uint64_t step_ = 0;
    bool is_taken_ = false;
    bool is_full_ = false;
};

}  // namespace

const Tenancy* PlaceHistory::of_birth(std::uint32_t birth) const {
    const auto found = std::find_if(tenancies.begin(), tenancies.end(),
                                    [&](const Tenancy& tenancy) { return tenancy.birth == birth; });
    return found == tenancies.end() ? nullptr : &*found;
}

PlaceHistory history_of(const heapcore::Session& session, Offset place, const HistoryOptions& options) {
    Rerun rerun(session);
    Chronicle chronicle(session, rerun, place, options);
    const std::size_t end = session.position().operation;
    for (std::size_t operation = 0; operation < end && !chronicle.is_full(); ++operation) {
        const double part = static_cast<double>(operation) / static_cast<double>(end);
        if (options.goes_on && !options.goes_on(part)) return chronicle.finish(false);
        chronicle.begin_operation();
        const auto should_stop = [&] { return options.goes_on && !options.goes_on(part); };
        if (!rerun.carry_out(&chronicle, should_stop)) return chronicle.finish(false);
    }
    return chronicle.finish(true);
}

}  // namespace tricolour
