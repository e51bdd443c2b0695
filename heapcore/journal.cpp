#include "heapcore/journal.h"

#include <algorithm>
#include <atomic>

namespace heapcore {

const Journal::Reading Journal::no_reading_;
thread_local constinit const Journal::Reading* Journal::last_reading_ = &Journal::no_reading_;

std::uint64_t Journal::next_identity() {
    static std::atomic<std::uint64_t> given = 0;
    return ++given;
}

// --- memory ---------------------------------------------------------------------------------

// What one journal lets go of serves the next one: untouched memory costs more than what is written there.
class Journal::Spares {
public:
    Spares() = default;
    ~Spares() { is_over_ = true; }
    Spares(const Spares&) = delete;
    Spares& operator=(const Spares&) = delete;

    static Words take() {
        if (is_over_ || of_thread().words_.empty())
            return std::make_unique_for_overwrite<std::uint32_t[]>(stretch_words);
        Words words = std::move(of_thread().words_.back());
        of_thread().words_.pop_back();
        return words;
    }
    static void give(Words words) {
        if (!is_over_ && of_thread().words_.size() < most) of_thread().words_.push_back(std::move(words));
    }

private:
    static constexpr std::size_t most = spare_bytes / (stretch_words * sizeof(std::uint32_t));
    static Spares& of_thread() {
        static thread_local Spares spares;
        return spares;
    }
    static thread_local constinit bool is_over_;  // the thread ends: other things of it may hold journals

    std::vector<Words> words_;
};
thread_local constinit bool Journal::Spares::is_over_ = false;

Journal::Journal(Journal&& other) noexcept = default;

Journal& Journal::operator=(Journal&& other) noexcept = default;

Journal::~Journal() { give_back(stretches_.size()); }

void Journal::give_back(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (stretches_[i].room == stretch_words) Spares::give(std::move(stretches_[i].words));
}

// --- writing --------------------------------------------------------------------------------

// A short journal is small: its first stretch grows.
void Journal::make_room(std::uint32_t words) {
    constexpr std::uint32_t first_words = 64;
    const auto used =
        stretches_.empty() ? 0u : static_cast<std::uint32_t>(at_ - stretches_.back().words.get());
    const bool is_growing = stretches_.size() == 1 && dropped_stretches_ == 0 && bytes_ < stretch_words * 4;
    std::uint32_t room = stretch_words;
    if (stretches_.empty() || is_growing)
        for (room = first_words; room < std::min(used + words, stretch_words);)
            room *= 2;
    Words made =
        room == stretch_words ? Spares::take() : std::make_unique_for_overwrite<std::uint32_t[]>(room);
    std::uint32_t* const begin = made.get();
    if (is_growing) {
        std::copy_n(stretches_.back().words.get(), used, begin);
        stretches_.back().words = std::move(made);
        stretches_.back().room = room;
        bytes_ = room * sizeof(std::uint32_t);
        at_ = begin + used;
    } else {
        if (!stretches_.empty()) stretches_.back().used = used;
        stretches_.push_back({std::move(made), room, 0, end_, stores_, told_stores_});
        bytes_ += room * sizeof(std::uint32_t);
        at_ = begin;
        if (bytes_ > bounds_.budget_bytes) next_look_ = std::min(next_look_, end_ + 1);
    }
    room_end_ = begin + room;
}

// What is seldom due: a listener to tell, memory to give back, a limit reached.
void Journal::look(const Step& step) {
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

void Journal::look_again() {
    const std::uint64_t full = first_ + 2 * std::uint64_t{bounds_.window_steps} + 1;
    next_look_ = listener_ ? 0 : std::min(full, limit_);
}

// The stretches go that hold nothing of this step and those behind it.
void Journal::drop_before(std::uint64_t step) {
    first_ = step;
    const auto of_step = std::prev(std::ranges::upper_bound(stretches_, step, {}, &Stretch::first_step));
    auto kept = of_step;
    if (step == of_step->first_step)
        while (kept != stretches_.begin() && kept->first_store > of_step->untold_store)
            --kept;
    dropped_stretches_ += static_cast<std::uint64_t>(kept - stretches_.begin());
    if (kept != stretches_.begin()) {
        give_back(static_cast<std::size_t>(kept - stretches_.begin()));
        stretches_.erase(stretches_.begin(), kept);
        bytes_ = stretches_.size() * stretch_words * sizeof(std::uint32_t);
    }
}

// --- reading --------------------------------------------------------------------------------

const Journal::Reading& Journal::read_step(std::uint64_t step) const {
    const auto behind = std::ranges::upper_bound(stretches_, step, {}, &Stretch::first_step);
    return read(static_cast<std::size_t>(behind - stretches_.begin()) - 1);
}

const Journal::Reading& Journal::read_store(std::uint64_t number) const {
    const auto behind = std::ranges::upper_bound(stretches_, number, {}, &Stretch::first_store);
    return read(static_cast<std::size_t>(behind - stretches_.begin()) - 1);
}

// Of the stretch being written, only what was added since it was read last.
const Journal::Reading& Journal::read(std::size_t index) const {
    static thread_local Readings readings;
    const Stretch& stretch = stretches_[index];
    const std::uint64_t number = dropped_stretches_ + index;
    const auto known = std::ranges::find_if(readings.all, [&](const Reading& reading) {
        return reading.journal == identity_ && reading.stretch == number;
    });
    const bool is_known = known != readings.all.end();
    Reading& reading = is_known ? *known : readings.all[readings.next++ % readings.all.size()];
    if (!is_known) {
        reading.unfolded.steps.clear();
        reading.unfolded.stores.clear();
        reading.words = 0;
        reading.journal = identity_;
        reading.stretch = number;
        reading.first_step = stretch.first_step;
        reading.first_store = stretch.first_store;
        reading.untold_store = stretch.untold_store;
    }
    const bool is_last = index + 1 == stretches_.size();
    const std::uint32_t* const begin = stretch.words.get();
    const auto used = is_last ? static_cast<std::uint32_t>(at_ - begin) : stretch.used;
    unfold(begin + reading.words, begin + used, reading.unfolded);
    reading.words = used;
    last_reading_ = &reading;
    return reading;
}

}  // namespace heapcore
