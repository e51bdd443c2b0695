// Journal: the steps of one operation and the words they stored, old and new.
//
// Applying a step's new words goes forward, applying the old ones goes back, exactly.
// A window and a budget bound its memory: of a long operation only the last steps are kept. They are
// written on tape (see tape.h), in stretches that never move, so that recording is a compare and a few
// moves; what is read is unfolded a stretch at a time. Each thread keeps the few that it read last, of at
// most half a megabyte each.
// A limit stops the engine right after a step by throwing LimitReached: all that the machine knows
// lies in its flat memory, so what is on the C++ stack then is worth nothing. Or it tells a listener,
// who can let another journal listen to what follows.
#pragma once

#include "heapcore/step.h"
#include "heapcore/tape.h"

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace heapcore {

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
    Journal(Journal&& other) noexcept;
    Journal& operator=(Journal&& other) noexcept;
    ~Journal();

    explicit Journal(std::uint32_t window_steps, std::uint64_t limit = unlimited)
        : Journal(JournalBounds{.window_steps = window_steps}, limit) {}

    /// What journals gave back and a thread keeps for the next ones, at most.
    static constexpr std::size_t spare_bytes = 16u << 20;

    void stored(Offset offset, std::uint32_t before, std::uint32_t after) {
        std::uint32_t* record = begin_record();
        if (offset & 1) [[unlikely]]
            *record++ = tape::store;
        record[0] = offset;
        record[1] = before;
        record[2] = after;
        at_ = record + tape::store_words;
        ++stores_;
    }

    void reported(const Step& step) {
        std::uint32_t* const record = begin_record();
        record[0] = tape::step;
        record[1] = static_cast<std::uint32_t>(step.kind) | std::uint32_t{step.detail} << 8 |
                    std::uint32_t{step.extra} << 16;
        record[2] = step.chunk;
        record[3] = static_cast<std::uint32_t>(step.a);
        record[4] = static_cast<std::uint32_t>(step.a >> 32);
        record[5] = step.b;
        at_ = record + tape::step_words;
        told_stores_ = stores_;
        if (++end_ >= next_look_) [[unlikely]]
            look(step);
    }

    /// Room for records that somebody else writes, who counts what they say. All of them are of steps
    /// made in full.
    struct Room {
        std::uint32_t* at;
        std::uint32_t* end;
        std::uint64_t steps;  ///< at most; 0: what comes next has to be reported
    };
    static constexpr std::uint32_t least_room = 256;
    Room room() {
        if (end_ + 1 >= next_look_) return {at_, at_, 0};
        if (room_end_ - at_ < least_room) make_room(least_room);
        return {at_, room_end_, next_look_ - 1 - end_};
    }
    /// It was written up to there; so many of the stores belong to the steps, the others to the next one.
    void wrote(std::uint32_t* at, std::uint64_t steps, std::uint64_t stores, std::uint64_t told_stores) {
        at_ = at;
        if (steps > 0) told_stores_ = stores_ + told_stores;
        end_ += steps;
        stores_ += stores;
    }

    void tell(StepListener* listener) {
        listener_ = listener;
        look_again();
    }

    /// At the limit the engine goes on once this was told.
    void tell_limit(LimitListener* listener) { at_limit_ = listener; }

    /// Number of the first step kept, from 0, and of the step after the last.
    std::uint64_t first() const { return first_; }
    std::uint64_t end() const { return end_; }
    bool holds(std::uint64_t step) const { return step >= first_ && step < end(); }

    /// Precondition: holds(step).
    Step step(std::uint64_t step) const {
        const Reading& reading = reading_of_step(step);
        return reading.unfolded.steps[static_cast<std::size_t>(step - reading.first_step)].step;
    }
    /// The step's stores by number, the first and the one behind the last.
    std::uint64_t stores_begin(std::uint64_t step) const {
        const Reading& reading = reading_of_step(step);
        return step == reading.first_step ? reading.untold_store : stores_end_in(reading, step - 1);
    }
    std::uint64_t stores_end(std::uint64_t step) const { return stores_end_in(reading_of_step(step), step); }
    /// Precondition: it belongs to a step that is held, or was stored after the last one.
    Store store(std::uint64_t number) const {
        const Reading& reading = reading_of_store(number);
        return reading.unfolded.stores[static_cast<std::size_t>(number - reading.first_store)];
    }

    /// Stores made after the last step. Every operation ends with none.
    bool has_loose_stores() const { return stores_ > told_stores_; }

    std::size_t bytes() const { return bytes_; }

private:
    static constexpr std::uint64_t interval = 512;  ///< steps that stay whatever they take
    static constexpr std::uint32_t stretch_words = 8192;

    using Words = std::unique_ptr<std::uint32_t[]>;
    class Spares;

    /// A piece of the tape. Steps stand in the stretch that they are reported in, stores in the one that
    /// they are written in.
    struct Stretch {
        Words words;
        std::uint32_t room;          ///< words
        std::uint32_t used;          ///< words; of the last stretch `at_` says it
        std::uint64_t first_step;    ///< number of the first step in it
        std::uint64_t first_store;   ///< number of the first store in it
        std::uint64_t untold_store;  ///< number of the first store of the first step in it
    };

    /// A stretch unfolded.
    struct Reading {
        std::uint64_t journal = 0;  ///< its identity
        std::uint64_t stretch = 0;  ///< from the first one ever
        std::uint32_t words = 0;    ///< so many were read
        std::uint64_t first_step = 0;
        std::uint64_t first_store = 0;
        std::uint64_t untold_store = 0;
        Unfolded unfolded;
    };
    struct Readings {
        std::array<Reading, 4> all;
        std::size_t next = 0;  ///< to be given up
    };

    static std::uint64_t next_identity();

    std::uint32_t* begin_record() {
        if (room_end_ - at_ < tape::step_words) [[unlikely]]
            make_room(tape::step_words);
        return at_;
    }
    void make_room(std::uint32_t words);
    void give_back(std::size_t count);
    void look(const Step& step);
    void look_again();
    void drop_before(std::uint64_t step);

    static std::uint64_t stores_end_in(const Reading& reading, std::uint64_t step) {
        return reading.first_store +
               reading.unfolded.steps[static_cast<std::size_t>(step - reading.first_step)].stores_end;
    }
    const Reading& reading_of_step(std::uint64_t step) const {
        const Reading& last = *last_reading_;
        if (last.journal == identity_ && step - last.first_step < last.unfolded.steps.size()) [[likely]]
            return last;
        return read_step(step);
    }
    const Reading& reading_of_store(std::uint64_t number) const {
        const Reading& last = *last_reading_;
        if (last.journal == identity_ && number - last.first_store < last.unfolded.stores.size()) [[likely]]
            return last;
        return read_store(number);
    }
    const Reading& read_step(std::uint64_t step) const;
    const Reading& read_store(std::uint64_t number) const;
    const Reading& read(std::size_t index) const;

    static const Reading no_reading_;
    static thread_local constinit const Reading* last_reading_;

    std::uint64_t identity_ = next_identity();
    std::uint32_t* at_ = nullptr;        ///< where the next record is written
    std::uint32_t* room_end_ = nullptr;  ///< the last stretch's end
    std::uint64_t end_ = 0;
    std::uint64_t stores_ = 0;       ///< so many were made
    std::uint64_t told_stores_ = 0;  ///< of these, belong to steps
    std::uint64_t first_ = 0;
    std::uint64_t next_look_ = 0;  ///< number of steps at which look() is due
    std::vector<Stretch> stretches_;
    std::uint64_t dropped_stretches_ = 0;
    std::size_t bytes_ = 0;
    JournalBounds bounds_;
    std::uint64_t limit_;
    StepListener* listener_ = nullptr;
    LimitListener* at_limit_ = nullptr;
};

}  // namespace heapcore
