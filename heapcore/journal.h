// Journal: the steps of one operation and the words they stored, old and new.
//
// Applying a step's new words goes forward, applying the old ones goes back, exactly.
// A window and a budget bound its memory: of a long operation only the last steps are kept. Steps
// and stores lie in blocks that never move, so that recording is a compare and a few moves.
// A limit stops the engine right after a step by throwing LimitReached: all that the machine knows
// lies in its flat memory, so what is on the C++ stack then is worth nothing. Or it tells a listener,
// who can let another journal listen to what follows.
#pragma once

#include "heapcore/step.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace heapcore {

/// One 32-bit word of the flat memory that changed.
struct Store {
    Offset offset;
    std::uint32_t before;
    std::uint32_t after;
};

struct RecordedStep : Step {
    std::uint32_t stores_end;  ///< the number of the store behind its last one; its low 32 bits
};
static_assert(sizeof(RecordedStep) == 24, "a step's number of stores lies in its padding");

/// Hears of each step right when it was made: the machine stands after it.
class StepListener {
public:
    virtual void on_step(const Step& step) = 0;

protected:
    ~StepListener() = default;
};

/// Hears of a journal's limit: the machine stands after its last step.
class LimitListener {
public:
    virtual void on_limit() = 0;

protected:
    ~LimitListener() = default;
};

/// Entries numbered from 0, added at the end and let go of at the beginning. They never move but
/// for the first few, so that a short sequence is small.
template <typename Entry>
class Blocks {
public:
    static constexpr std::uint32_t block_entries = 4096;

    void add(const Entry& entry) {
        if (end_ == room_end_) [[unlikely]]
            make_room();
        last_[end_++ % block_entries] = entry;
    }
    std::uint64_t end() const { return end_; }
    /// Precondition: it was added, and nothing behind it was dropped.
    const Entry& operator[](std::uint64_t number) const {
        return blocks_[static_cast<std::size_t>(number / block_entries - dropped_blocks_)]
                      [number % block_entries];
    }
    /// Lets go of blocks that hold only entries before this one.
    void drop_before(std::uint64_t number) {
        const std::uint64_t blocks = std::min<std::uint64_t>(number / block_entries - dropped_blocks_,
                                                             blocks_.empty() ? 0 : blocks_.size() - 1);
        blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(blocks));
        dropped_blocks_ += blocks;
    }
    std::size_t bytes() const {
        const std::size_t entries = blocks_.size() <= 1 && dropped_blocks_ == 0
                                        ? static_cast<std::size_t>(room_end_)
                                        : blocks_.size() * block_entries;
        return entries * sizeof(Entry);
    }

private:
    [[gnu::noinline]] void make_room() {
        constexpr std::uint64_t first_entries = 32;
        const bool is_growing = room_end_ > 0 && room_end_ < block_entries;
        const std::uint64_t entries = room_end_ == 0 ? first_entries
                                      : is_growing   ? room_end_ * 2
                                                     : block_entries;
        auto block = std::make_unique_for_overwrite<Entry[]>(entries);
        if (is_growing) {
            std::copy(last_, last_ + end_, block.get());
            blocks_.pop_back();
        }
        last_ = block.get();
        blocks_.push_back(std::move(block));
        room_end_ = is_growing ? entries : room_end_ + entries;
    }

    std::vector<std::unique_ptr<Entry[]>> blocks_;
    Entry* last_ = nullptr;       ///< the block being filled
    std::uint64_t end_ = 0;       ///< number of the entry added next
    std::uint64_t room_end_ = 0;  ///< number of the first entry for which there is no room
    std::uint64_t dropped_blocks_ = 0;
};

/// What bounds a journal's memory: more than `window_steps` steps stay as long as they fit the
/// budget, twice as many at most; a few hundred stay whatever they take.
struct JournalBounds {
    std::uint32_t window_steps = 1u << 20;
    std::uint64_t budget_bytes = std::numeric_limits<std::uint64_t>::max();
};

class Journal {
public:
    struct LimitReached {};

    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    explicit Journal(JournalBounds bounds = {}, std::uint64_t limit = unlimited)
        : bounds_(bounds), limit_(limit) {
        look_again();
    }
    explicit Journal(std::uint32_t window_steps, std::uint64_t limit = unlimited)
        : Journal(JournalBounds{.window_steps = window_steps}, limit) {}

    void stored(Offset offset, std::uint32_t before, std::uint32_t after) {
        stores_.add({offset, before, after});
    }

    void reported(const Step& step) {
        steps_.add({step, static_cast<std::uint32_t>(stores_.end())});
        if (steps_.end() >= next_look_) [[unlikely]]
            look(step);
    }

    void tell(StepListener* listener) {
        listener_ = listener;
        look_again();
    }

    /// At the limit the engine goes on once this was told.
    void tell_limit(LimitListener* listener) { at_limit_ = listener; }

    /// Number of the first step kept, from 0, and of the step after the last.
    std::uint64_t first() const { return first_; }
    std::uint64_t end() const { return steps_.end(); }
    bool holds(std::uint64_t step) const { return step >= first_ && step < end(); }

    /// Precondition: holds(step).
    const Step& step(std::uint64_t step) const { return steps_[step]; }
    /// The step's stores by number, the first and the one behind the last.
    std::uint64_t stores_begin(std::uint64_t step) const {
        return step == first_ ? first_store_ : stores_end(step - 1);
    }
    std::uint64_t stores_end(std::uint64_t step) const {
        // Fewer than 2^32 are kept, so the low half tells which.
        return stores_.end() - static_cast<std::uint32_t>(static_cast<std::uint32_t>(stores_.end()) -
                                                          steps_[step].stores_end);
    }
    const Store& store(std::uint64_t number) const { return stores_[number]; }

    /// Stores made after the last step. Every operation ends with none.
    bool has_loose_stores() const {
        return stores_.end() > (end() == first_ ? first_store_ : stores_end(end() - 1));
    }

    std::size_t bytes() const { return steps_.bytes() + stores_.bytes(); }

private:
    static constexpr std::uint64_t interval = 512;  ///< steps between looks at the budget

    // What is seldom due: a listener to tell, memory to give back, a limit reached.
    [[gnu::noinline]] void look(const Step& step) {
        if (listener_) listener_->on_step(step);
        if (end() >= limit_) {
            if (!at_limit_) throw LimitReached{};
            limit_ = unlimited;
            at_limit_->on_limit();
        }
        const std::uint64_t kept = end() - first_;
        if (kept > 2 * std::uint64_t{bounds_.window_steps})
            drop_before(end() - bounds_.window_steps - 1);
        else if (bytes() > bounds_.budget_bytes && kept >= interval)
            drop_before(first_ + kept / 2);
        look_again();
    }
    void look_again() {
        const std::uint64_t full = first_ + 2 * std::uint64_t{bounds_.window_steps} + 1;
        next_look_ = listener_ ? 0 : std::min({full, limit_, end() + interval});
    }
    void drop_before(std::uint64_t step) {
        first_store_ = stores_end(step - 1);
        first_ = step;
        steps_.drop_before(first_);
        stores_.drop_before(first_store_);
    }

    Blocks<Store> stores_;
    Blocks<RecordedStep> steps_;
    std::uint64_t first_ = 0;
    std::uint64_t first_store_ = 0;
    std::uint64_t next_look_ = 0;  ///< number of steps at which look() is due
    JournalBounds bounds_;
    std::uint64_t limit_;
    StepListener* listener_ = nullptr;
    LimitListener* at_limit_ = nullptr;
};

}  // namespace heapcore
