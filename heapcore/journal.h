// Journal: the steps of one operation and the words they stored, old and new.
//
// Applying a step's new words goes forward, applying the old ones goes back, exactly.
// A window bounds its memory: only the last steps are kept, at least `window` of them.
// A limit stops the engine right after a step by throwing LimitReached: all that the machine knows
// lies in its flat memory, so what is on the C++ stack then is worth nothing.
#pragma once

#include "heapcore/step.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace heapcore {

/// One 32-bit word of the flat memory that changed.
struct Store {
    Offset offset;
    std::uint32_t before;
    std::uint32_t after;
};

struct RecordedStep {
    Step step;
    std::uint32_t stores_end;  ///< its stores end here in Journal::stores
};

/// Hears of each step right when it was made: the machine stands after it.
class StepListener {
public:
    virtual void on_step(const Step& step) = 0;

protected:
    ~StepListener() = default;
};

class Journal {
public:
    struct LimitReached {};

    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    explicit Journal(std::uint32_t window = 1u << 20, std::uint64_t limit = unlimited)
        : window_(window), limit_(limit) {}

    void stored(Offset offset, std::uint32_t before, std::uint32_t after) {
        stores_.push_back({offset, before, after});
    }

    void reported(const Step& step) {
        if (steps_.size() >= 2 * std::size_t{window_}) drop_oldest();
        steps_.push_back({step, static_cast<std::uint32_t>(stores_.size())});
        if (listener_) listener_->on_step(step);
        if (first_ + steps_.size() >= limit_) throw LimitReached{};
    }

    void tell(StepListener* listener) { listener_ = listener; }

    /// Number of the first step kept, from 0, and of the step after the last.
    std::uint64_t first() const { return first_; }
    std::uint64_t end() const { return first_ + steps_.size(); }
    bool holds(std::uint64_t step) const { return step >= first_ && step < end(); }

    /// Precondition: holds(step).
    const Step& step(std::uint64_t step) const {
        return steps_[static_cast<std::size_t>(step - first_)].step;
    }
    const Store* stores_begin(std::uint64_t step) const {
        const auto index = static_cast<std::size_t>(step - first_);
        return stores_.data() + (index == 0 ? 0 : steps_[index - 1].stores_end);
    }
    const Store* stores_end(std::uint64_t step) const {
        return stores_.data() + steps_[static_cast<std::size_t>(step - first_)].stores_end;
    }

    /// Stores made after the last step. Every operation ends with none.
    bool has_loose_stores() const { return stores_.size() > (steps_.empty() ? 0 : steps_.back().stores_end); }

    std::size_t bytes() const {
        return steps_.capacity() * sizeof(RecordedStep) + stores_.capacity() * sizeof(Store);
    }

private:
    void drop_oldest() {
        const std::size_t kept_from = steps_.size() - window_;
        const std::uint32_t dropped = steps_[kept_from - 1].stores_end;
        stores_.erase(stores_.begin(), stores_.begin() + dropped);
        steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(kept_from));
        for (RecordedStep& step : steps_)
            step.stores_end -= dropped;
        first_ += kept_from;
    }

    std::vector<RecordedStep> steps_;
    std::vector<Store> stores_;
    std::uint64_t first_ = 0;
    std::uint32_t window_;
    std::uint64_t limit_;
    StepListener* listener_ = nullptr;
};

}  // namespace heapcore
