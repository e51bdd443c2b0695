#include "heapcore/session.h"

#include <algorithm>

namespace heapcore {
namespace {

constexpr std::size_t recorded_approach = 16;   // last operations of a replay whose journals are kept
constexpr std::size_t most_samples = 1u << 17;  // beyond it samples are joined in pairs

bool is_phase_stop(const Step& step) { return step.kind == StepKind::phase; }
bool is_object_stop(const Step& step) { return row_of(step.kind).is_object; }

/// Lets an operation go on beyond its journal's limit, where its steps are only counted, and puts the
/// machine back to the limit.
class Beyond final : public LimitListener {
public:
    explicit Beyond(Memory& memory) : memory_(memory) {}
    void on_limit() override {
        at_limit_.emplace(memory_);
        memory_.attach(&rest_);
    }
    /// Steps made beyond the limit; 0 if it was not reached.
    std::uint64_t take_back() {
        if (at_limit_) memory_.restore(0, at_limit_->bytes());
        return rest_.end();
    }

private:
    Memory& memory_;
    std::optional<Memory> at_limit_;
    Journal rest_{JournalBounds{.budget_bytes = 0}};
};

}  // namespace

void HeapChanges::clear() {
    if (any_) std::fill(words_.begin(), words_.end(), 0);
    all_ = any_ = false;
}

void HeapChanges::resize(std::uint32_t heap_bytes, std::uint32_t granule_bytes) {
    shift_ = granule_bytes == 4 ? 2 : 3;
    words_.assign((heap_bytes >> shift_) / 64 + 1, 0);
    mark_all();
}

Session::Session(Trace trace, SessionOptions options)
    : trace_(std::move(trace)),
      options_(options),
      machine_(trace_.settings),
      keyframes_(options.keyframe_budget_bytes) {
    changes_.resize(heap().size_bytes(), heap().geometry().alignment_bytes);
    begin_index();
}

// A journal is not written to once it was recorded.
Session::Session(const Session& moment, Still)
    : trace_(moment.trace_),
      options_(moment.options_),
      machine_(moment.machine_),
      position_(moment.position_),
      journal_(moment.journal_),
      journal_operation_(moment.journal_operation_),
      journal_total_(moment.journal_total_),
      outcome_(moment.outcome_),
      keyframes_(0),
      branches_(moment.branches_),
      branch_(moment.branch_) {
    changes_.resize(heap().size_bytes(), heap().geometry().alignment_bytes);
}

std::unique_ptr<Session> Session::still() const {
    return std::unique_ptr<Session>(new Session(*this, Still{}));
}

void Session::begin_index() {
    indexer_ = std::make_unique<Machine>(trace_.settings);
    index_ = {};
    index_cost_ = 0;
    keyframes_.forget_after(0);
    keyframes_.capture(*indexer_, 0, 0);
}

std::optional<std::size_t> Session::current_operation() const {
    if (position_.step > 0) return position_.operation;
    if (position_.operation == 0) return std::nullopt;
    return position_.operation - 1;
}

std::uint64_t Session::current_step_number() const {
    return position_.step > 0 ? position_.step : current_step_count();
}

std::uint64_t Session::current_step_count() const { return journal_ ? journal_total_ : 0; }

std::optional<Step> Session::current_step() const {
    const std::uint64_t done = current_step_number();
    if (!journal_ || done == 0 || !journal_->holds(done - 1)) return std::nullopt;
    return journal_->step(done - 1);
}

bool Session::is_at_end() const {
    if (position_.step > 0) return false;
    if (position_.operation >= trace_.operations.size()) return true;
    return index_.error && index_.error->operation == position_.operation;
}

TraceError Session::error_at(std::size_t operation, const Outcome& outcome) const {
    const Operation& op = trace_.operations[operation];
    return {trace_.file, op.line, column_of(trace_.source_line(op.line), op.kind, outcome.argument),
            outcome.message};
}

// --- journals -------------------------------------------------------------------------------

// Half of the budget for those kept, a quarter each for the current one and one being made.
JournalBounds Session::journal_bounds() const {
    return {options_.journal_window, options_.journal_budget_bytes / 4};
}

std::uint64_t Session::journal_bytes() const {
    const bool is_kept = std::any_of(kept_.begin(), kept_.end(),
                                     [this](const KeptJournal& kept) { return kept.journal == journal_; });
    return kept_bytes_ + (journal_ && !is_kept ? journal_->bytes() : 0);
}

const Session::KeptJournal* Session::kept(std::size_t operation) const {
    for (auto it = kept_.rbegin(); it != kept_.rend(); ++it)
        if (it->operation == operation) return &*it;
    return nullptr;
}

void Session::keep(std::size_t operation, std::shared_ptr<Journal> journal, const Outcome& outcome) {
    if (kept(operation)) return;
    kept_bytes_ += journal->bytes();
    kept_.push_back({operation, std::move(journal), outcome});
    constexpr std::size_t most_kept = 512;
    while ((kept_bytes_ > options_.journal_budget_bytes / 2 || kept_.size() > most_kept) &&
           kept_.size() > 1) {
        kept_bytes_ -= kept_.front().journal->bytes();
        kept_.pop_front();
    }
}

void Session::forget_journals() {
    kept_.clear();
    kept_bytes_ = 0;
}

void Session::redo(const Journal& journal, std::uint64_t from, std::uint64_t to) {
    if (from >= to) return;
    const std::uint64_t end = journal.stores_end(to - 1);
    for (std::uint64_t number = journal.stores_begin(from); number < end; ++number) {
        const Store& store = journal.store(number);
        machine_.memory().restore(store.offset, store.after);
        if (store.offset < heap().size_bytes()) changes_.mark(store.offset);
    }
}

void Session::undo(const Journal& journal, std::uint64_t from, std::uint64_t to) {
    if (from <= to) return;
    const std::uint64_t begin = journal.stores_begin(to);
    for (std::uint64_t number = journal.stores_end(from - 1); number-- > begin;) {
        const Store& store = journal.store(number);
        machine_.memory().restore(store.offset, store.before);
        if (store.offset < heap().size_bytes()) changes_.mark(store.offset);
    }
}

void Session::mark_changes(const Journal& journal) {
    if (journal.first() > 0) return changes_.mark_all();
    if (journal.end() == 0) return;
    const std::uint64_t end = journal.stores_end(journal.end() - 1);
    for (std::uint64_t number = journal.stores_begin(0); number < end; ++number)
        if (const Offset offset = journal.store(number).offset; offset < heap().size_bytes())
            changes_.mark(offset);
}

// --- moving ---------------------------------------------------------------------------------

// Puts the machine into the state before an operation, whatever state it is in.
void Session::stand_before(std::size_t operation) {
    const std::size_t from = *keyframes_.restore(machine_, operation);
    for (std::size_t i = from; i < operation; ++i)
        (void)machine_.apply(trace_, i);
}

// Carries the next operation out whole, from its start. False if it is refused; nothing moved then.
bool Session::run_whole(bool is_recorded) {
    const std::size_t operation = position_.operation;
    if (operation >= trace_.operations.size()) return false;
    if (!is_recorded) {
        // A refusal leaves the bytes of a collection made on the way; the way back is a keyframe.
        const Outcome outcome = machine_.apply(trace_, operation);
        changes_.mark_all();
        if (outcome.kind == Outcome::refused) {
            stand_before(operation);
            return false;
        }
        outcome_ = outcome;
        journal_.reset();
        ++position_.operation;
        return true;
    }
    auto journal = std::make_shared<Journal>(journal_bounds());
    Outcome outcome;
    {
        const Listening listening(machine_.memory(), *journal);
        outcome = machine_.apply(trace_, operation);
    }
    mark_changes(*journal);
    if (outcome.kind == Outcome::refused) {
        if (journal->first() == 0) {
            undo(*journal, journal->end(), 0);
            return false;
        }
        stand_before(operation);
        return false;
    }
    journal_total_ = journal->end();
    journal_ = journal;
    journal_operation_ = operation;
    outcome_ = outcome;
    if (journal->first() > 0) remember(operation, {journal_total_, outcome});
    keep(operation, std::move(journal), outcome);
    ++position_.operation;
    position_.step = 0;
    return true;
}

// To the state before an operation, with the journal of the one before it at hand.
bool Session::go_to_operation(std::size_t target) {
    if (position_.step > 0) {
        const bool is_whole = journal_->first() == 0 && journal_->end() == journal_total_;
        if (!is_whole) {
            position_ = {std::numeric_limits<std::size_t>::max(), 0};  // only a keyframe helps
        } else if (target <= position_.operation) {
            undo(*journal_, position_.step, 0);
            position_.step = 0;
        } else {
            redo(*journal_, position_.step, journal_total_);
            position_ = {position_.operation + 1, 0};
        }
    }
    const bool is_lost = position_.operation == std::numeric_limits<std::size_t>::max();
    while (!is_lost && position_.operation > target) {
        const KeptJournal* before = kept(position_.operation - 1);
        if (!before || before->journal->first() > 0) break;
        undo(*before->journal, before->journal->end(), 0);
        --position_.operation;
    }
    const std::size_t approach = target == 0 ? 0 : target - 1;
    const bool has_journal = target == 0 || kept(target - 1);
    if (position_.operation != target || !has_journal) {
        const auto keyframe = keyframes_.nearest(approach);
        const bool is_ahead = position_.operation > approach;
        if (is_ahead || (keyframe && *keyframe > position_.operation)) {
            position_ = {*keyframes_.restore(machine_, approach), 0};
            changes_.mark_all();
        }
        while (position_.operation < target)
            if (!run_whole(target - position_.operation <= recorded_approach)) break;
    }
    journal_.reset();
    if (position_.operation > 0) {
        if (const KeptJournal* last = kept(position_.operation - 1)) {
            journal_ = last->journal;
            journal_operation_ = last->operation;
            journal_total_ = last->journal->end();
            outcome_ = last->outcome;
        }
    }
    return position_.operation == target;
}

// From the state before an operation into it: its journal at hand, all its steps carried out.
bool Session::enter_operation() {
    const std::size_t operation = position_.operation;
    if (operation >= trace_.operations.size()) return false;
    if (const KeptJournal* known = kept(operation); known && known->journal->first() == 0) {
        journal_ = known->journal;
        journal_operation_ = operation;
        journal_total_ = journal_->end();
        outcome_ = known->outcome;
        redo(*journal_, 0, journal_total_);
        position_ = {operation + 1, 0};
        return true;
    }
    if (has_collection(operation)) keep_start(operation);
    return run_whole(true);
}

// From the state before an operation into it, up to a step, at most its last. Of a collection only the
// journal around that step is made.
bool Session::enter_up_to(std::uint64_t step) {
    const std::size_t operation = position_.operation;
    const KeptJournal* known = kept(operation);
    const bool is_kept = known && known->journal->first() == 0;
    if (has_collection(operation) && !is_kept) {
        journal_operation_ = operation;
        load_window(step);
        return true;
    }
    if (!enter_operation()) return false;
    if (step < journal_total_) move_within(step);
    return true;
}

bool Session::has_collection(std::size_t operation) const {
    return std::binary_search(index_.collections.begin(), index_.collections.end(), operation);
}

// To a step of the current operation, 0 to all of them. Precondition: its journal is at hand.
void Session::move_within(std::uint64_t step) {
    const std::size_t operation = journal_operation_;
    const std::uint64_t now = current_step_number();
    const std::uint64_t low = std::min(now, step);
    const std::uint64_t high = std::max(now, step);
    if (low >= journal_->first() && high <= journal_->end()) {
        if (step > now)
            redo(*journal_, now, step);
        else
            undo(*journal_, now, step);
        position_ = step == journal_total_ ? Position{operation + 1, 0} : Position{operation, step};
    } else {
        load_window(step);
    }
    if (position_ == Position{operation, 0}) go_to_operation(operation);
}

// Keeps the machine as it stands before an operation that may have more steps than a journal keeps.
void Session::keep_start(std::size_t operation) {
    if (start_ && start_->heap().memory.size_bytes() == heap().memory.size_bytes())
        start_->memory().restore(0, heap().memory.bytes());
    else
        start_ = std::make_unique<Machine>(machine_);
    start_operation_ = operation;
}

bool Session::restore_start(std::size_t operation) {
    if (!start_ || start_operation_ != operation) return false;
    machine_.memory().restore(0, start_->heap().memory.bytes());
    return true;
}

// An operation of more steps than a journal keeps: carried out again up to a bit beyond the step, at
// most its last.
void Session::load_window(std::uint64_t step) {
    const std::size_t operation = journal_operation_;
    // A fraction of what fits the budget, as long as steps store no more than usual.
    constexpr std::uint64_t bytes_ahead = 512;
    const JournalBounds bounds = journal_bounds();
    std::uint64_t ahead = std::min<std::uint64_t>(bounds.window_steps / 2, bounds.budget_bytes / bytes_ahead);
    std::shared_ptr<Journal> journal;
    Ending ending;
    for (;; ahead = 0) {
        if (!restore_start(operation)) {
            go_to_operation(operation);
            keep_start(operation);
        }
        journal = std::make_shared<Journal>(bounds, step + ahead + 1);
        ending = carry_out_to_limit(operation, *journal);
        step = std::min(step, ending.steps);
        if (journal->first() <= step || ahead == 0) break;
    }
    changes_.mark_all();
    journal_operation_ = operation;
    journal_total_ = ending.steps;
    outcome_ = std::move(ending.outcome);
    undo(*journal, journal->end(), step);
    position_ = step == journal_total_ ? Position{operation + 1, 0} : Position{operation, step};
    journal_ = std::move(journal);
    if (journal_->first() == 0 && journal_->end() == journal_total_) keep(operation, journal_, outcome_);
}

// Carries an operation out, from the state before it, up to its journal's limit. The first time it is
// carried out to its end, to learn how it ends.
Session::Ending Session::carry_out_to_limit(std::size_t operation, Journal& journal) {
    const Listening listening(machine_.memory(), journal);
    if (const auto known = endings_.find(operation); known != endings_.end()) {
        try {
            (void)machine_.apply(trace_, operation);
        } catch (const Journal::LimitReached&) {
        }
        return known->second;
    }
    Beyond beyond(machine_.memory());
    journal.tell_limit(&beyond);
    Ending ending{0, machine_.apply(trace_, operation)};
    journal.tell_limit(nullptr);
    ending.steps = journal.end() + beyond.take_back();
    remember(operation, ending);
    return ending;
}

void Session::remember(std::size_t operation, const Ending& ending) {
    constexpr std::size_t most_remembered = 4096;
    if (endings_.size() >= most_remembered) endings_.clear();
    endings_.insert_or_assign(operation, ending);
}

bool Session::seek(Position target) {
    const auto current = current_operation();
    const bool is_inside = journal_ && current == target.operation && journal_operation_ == *current;
    if (is_inside && target.step > 0 && target.step <= journal_total_) {
        move_within(target.step);
        return true;
    }
    if (!go_to_operation(target.operation)) return false;
    if (target.step == 0) return true;
    return enter_up_to(target.step) && target.step <= journal_total_;
}

bool Session::seek_end() {
    return seek({index_.error ? index_.error->operation : trace_.operations.size(), 0});
}

std::uint64_t Session::advance(std::uint64_t steps) {
    std::uint64_t made = 0;
    while (made < steps) {
        if (position_.step == 0) {
            if (!enter_up_to(steps - made)) break;
            made += current_step_number();
            continue;
        }
        const std::uint64_t left = journal_total_ - position_.step;
        const std::uint64_t now = std::min(left, steps - made);
        move_within(position_.step + now);
        made += now;
    }
    return made;
}

std::uint64_t Session::retreat(std::uint64_t steps) {
    std::uint64_t made = 0;
    while (made < steps && !is_at_start()) {
        if (!journal_) go_to_operation(position_.operation);
        if (!journal_) break;
        const std::uint64_t done = current_step_number();
        const std::uint64_t now = std::min(done, steps - made);
        if (now == done)
            go_to_operation(journal_operation_);
        else
            move_within(done - now);
        made += now;
    }
    return made;
}

// The next step of the current operation that is a stop; at the operation's end there is none.
bool Session::find_in_operation_forward(bool (*is_stop)(const Step&)) {
    while (position_.step > 0) {
        if (!journal_->holds(position_.step)) load_window(position_.step);
        const std::uint64_t end = journal_->end();
        for (std::uint64_t step = position_.step; step < end; ++step) {
            if (!is_stop(journal_->step(step))) continue;
            move_within(step + 1);
            return true;
        }
        move_within(end);
    }
    return false;
}

// The last step before the current one, in its operation, that is a stop.
bool Session::find_in_operation_back(bool (*is_stop)(const Step&)) {
    std::uint64_t done = current_step_number();
    while (done > 1) {
        if (!journal_->holds(done - 2)) {
            load_window(done - 1);
            done = current_step_number() + 1;
        }
        std::uint64_t step = done - 1;
        while (step-- > journal_->first()) {
            if (!is_stop(journal_->step(step))) continue;
            move_within(step + 1);
            return true;
        }
        done = journal_->first() + 1;
        if (done > 1) move_within(done - 1);
    }
    return false;
}

bool Session::next(Rung rung) {
    const Position origin = position_;
    const auto beyond = [&](const std::vector<std::size_t>& stops) -> std::optional<std::size_t> {
        const auto at = std::lower_bound(stops.begin(), stops.end(), position_.operation);
        for (auto it = at; it != stops.end(); ++it)
            if (Position{*it, 0} > position_) return *it;
        return std::nullopt;
    };
    switch (rung) {
        case Rung::step: return advance(1) == 1;
        case Rung::operation: return go_to_operation(position_.operation + 1);
        case Rung::collection: {
            const auto stop = beyond(index_.collections);
            return stop && seek({*stop, 0});
        }
        case Rung::bookmark:
            for (const std::size_t mark : index_.bookmarks)
                if (Position{mark + 1, 0} > position_) return seek({mark + 1, 0});
            return false;
        default: break;
    }
    const bool is_phase = rung == Rung::phase;
    const auto is_stop = is_phase ? is_phase_stop : is_object_stop;
    while (true) {
        if (position_.step > 0 && find_in_operation_forward(is_stop)) return true;
        if (is_phase) {
            const auto at =
                std::lower_bound(index_.collections.begin(), index_.collections.end(), position_.operation);
            if (at == index_.collections.end() || !seek({*at, 0})) break;
        }
        if (!enter_operation()) break;
        const std::uint64_t total = journal_total_;
        for (std::uint64_t step = journal_->first(); step < total; ++step) {
            if (journal_->first() > 0) break;
            if (!is_stop(journal_->step(step))) continue;
            if (step + 1 < total) move_within(step + 1);
            return true;
        }
        if (journal_->first() > 0) {
            move_within(1);
            if (is_stop(journal_->step(0))) return true;
        }
    }
    seek(origin);
    return false;
}

bool Session::back(Rung rung) {
    const Position origin = position_;
    if (is_at_start()) return false;
    switch (rung) {
        case Rung::step: return retreat(1) == 1;
        case Rung::operation:
            return go_to_operation(position_.step > 0 ? position_.operation : position_.operation - 1);
        case Rung::collection:
            for (auto it = index_.collections.rbegin(); it != index_.collections.rend(); ++it)
                if (Position{*it, 0} < position_) return seek({*it, 0});
            return false;
        case Rung::bookmark:
            for (auto it = index_.bookmarks.rbegin(); it != index_.bookmarks.rend(); ++it)
                if (Position{*it + 1, 0} < position_) return seek({*it + 1, 0});
            return false;
        default: break;
    }
    const bool is_phase = rung == Rung::phase;
    const auto is_stop = is_phase ? is_phase_stop : is_object_stop;
    while (!is_at_start()) {
        if (!journal_) go_to_operation(position_.operation);
        if (!journal_) break;
        if (find_in_operation_back(is_stop)) return true;
        std::size_t before = journal_operation_;
        if (is_phase) {
            const auto at = std::lower_bound(index_.collections.begin(), index_.collections.end(), before);
            if (at == index_.collections.begin()) break;
            before = *std::prev(at) + 1;
        }
        // At the end of the operation before: its last step is a stop itself, perhaps.
        if (!go_to_operation(before) || before == 0) break;
        const auto step = current_step();
        if (step && is_stop(*step)) return true;
    }
    if (!is_phase && is_at_start()) return true;
    seek(origin);
    return false;
}

// --- index ----------------------------------------------------------------------------------

void Session::add_sample(std::size_t operation) {
    const Heap& heap = indexer_->heap();
    HeapSample sample;
    sample.free_bytes = sample.least_free_bytes = static_cast<std::uint32_t>(heap.get(Register::heap_free));
    sample.largest_free_bytes = heap.largest_free_bytes();
    sample.chunks = static_cast<std::uint32_t>(heap.get(Register::chunks));
    sample.free_chunks = static_cast<std::uint32_t>(heap.get(Register::free_chunks));
    const Offset last = heap.free_list().last(heap.memory);
    sample.highest_used =
        sample.largest_free_bytes && heap.next_chunk(last) == heap.size_bytes() ? last : heap.size_bytes();

    const auto join = [](const HeapSample& first, HeapSample second) {
        second.least_free_bytes = std::min(first.least_free_bytes, second.least_free_bytes);
        second.highest_used = std::max(first.highest_used, second.highest_used);
        return second;
    };
    std::vector<HeapSample>& samples = index_.samples;
    const std::size_t slot = operation / index_.samples_each;
    if (slot < samples.size()) {
        samples[slot] = join(samples[slot], sample);
        return;
    }
    samples.push_back(sample);
    if (samples.size() < most_samples) return;
    for (std::size_t i = 0; 2 * i + 1 < samples.size(); ++i)
        samples[i] = join(samples[2 * i], samples[2 * i + 1]);
    samples.resize(samples.size() / 2);
    index_.samples_each *= 2;
}

// About what carrying an operation out takes, small ones being 1: a collection visits each chunk, a
// large chunk is zeroed.
std::uint64_t Session::cost_since(std::uint64_t collections, std::uint64_t free_bytes) const {
    constexpr std::uint64_t chunks_each = 4, bytes_each = 2048;
    const Heap& heap = indexer_->heap();
    const std::uint64_t visited =
        (heap.get(Register::gc_count) - collections) * heap.get(Register::chunks) / chunks_each;
    const std::uint64_t free_now = heap.get(Register::heap_free);
    const std::uint64_t zeroed = free_now < free_bytes ? (free_bytes - free_now) / bytes_each : 0;
    return 1 + visited + zeroed;
}

void Session::index_one() {
    const std::size_t operation = index_.operations;
    const std::uint64_t collections = indexer_->heap().get(Register::gc_count);
    const std::uint64_t free_bytes = indexer_->heap().get(Register::heap_free);
    if (keyframes_.is_due(index_cost_)) keyframes_.capture(*indexer_, operation, index_cost_);
    const Outcome outcome = indexer_->apply(trace_, operation);
    if (outcome.kind == Outcome::refused) {
        index_.error = {operation, error_at(operation, outcome)};
        index_.is_complete = true;
        return;
    }
    index_cost_ += cost_since(collections, free_bytes);
    if (outcome.kind == Outcome::expectation_failed &&
        index_.failed_expectations.size() < most_failures_noted)
        index_.failed_expectations.push_back({operation, error_at(operation, outcome)});
    if (outcome.asked_for_chunk && !outcome.allocated) index_.failed_allocations.push_back(operation);
    if (indexer_->heap().get(Register::gc_count) != collections) index_.collections.push_back(operation);
    if (trace_.operations[operation].kind == OperationKind::bookmark) index_.bookmarks.push_back(operation);
    add_sample(operation);
    ++index_.operations;
}

void Session::extend_index(const std::function<bool()>& should_stop) {
    constexpr std::uint64_t cost_each = 64;  // between looks whether to stop
    std::uint64_t look = index_cost_ + cost_each;
    while (!index_.is_complete) {
        if (index_.operations == trace_.operations.size()) {
            index_.is_complete = true;
            break;
        }
        index_one();
        if (index_cost_ < look) continue;
        look = index_cost_ + cost_each;
        if (should_stop()) break;
    }
}

// The trace changed from this operation on: what was known beyond is forgotten.
void Session::invalidate_from(std::size_t operation) {
    keyframes_.forget_after(operation);
    // The index's machine made the keyframes, so it stood at or beyond the newest one left.
    const std::size_t known = *keyframes_.restore(*indexer_, operation);
    index_.operations = known;
    index_cost_ = keyframes_.newest_cost();
    index_.samples.resize(
        std::min(index_.samples.size(), (known + index_.samples_each - 1) / index_.samples_each));
    const auto cut = [known](std::vector<std::size_t>& list) {
        list.erase(std::lower_bound(list.begin(), list.end(), known), list.end());
    };
    cut(index_.collections);
    cut(index_.bookmarks);
    cut(index_.failed_allocations);
    std::erase_if(index_.failed_expectations, [known](const auto& note) { return note.operation >= known; });
    index_.error.reset();
    index_.is_complete = false;
    start_.reset();
    endings_.erase(endings_.lower_bound(operation), endings_.end());
    std::erase_if(kept_, [&](const KeptJournal& journal) {
        if (journal.operation < operation) return false;
        kept_bytes_ -= journal.journal->bytes();
        return true;
    });
}

// --- editing --------------------------------------------------------------------------------

Result<Position, TraceError> Session::type_in(std::string_view line) {
    auto parsed = parse_operation(trace_, line);
    if (!parsed) return Failure{parsed.error()};
    parsed->line = 0;
    const std::size_t at = position_.step > 0 ? position_.operation + 1 : position_.operation;
    const Position origin = position_;
    if (!go_to_operation(at))
        return Failure{TraceError{{}, 0, 1, "the trace cannot be carried out up to here"}};

    const bool was_recorded = recorded_operations_.empty() && branches_.size() == 1;
    std::vector<Operation> before;
    if (was_recorded) before = trace_.operations;
    trace_.operations.insert(trace_.operations.begin() + static_cast<std::ptrdiff_t>(at), *parsed);
    Journal trial(journal_bounds());
    Outcome outcome;
    {
        const Listening listening(machine_.memory(), trial);
        outcome = machine_.apply(trace_, at);
    }
    mark_changes(trial);
    const bool is_undone = trial.first() == 0;
    if (is_undone) undo(trial, trial.end(), 0);
    if (outcome.kind == Outcome::refused) {
        trace_.operations.erase(trace_.operations.begin() + static_cast<std::ptrdiff_t>(at));
        if (!is_undone) position_ = {std::numeric_limits<std::size_t>::max(), 0};
        seek(origin);
        return Failure{TraceError{{}, 0, column_of(line, parsed->kind, outcome.argument), outcome.message}};
    }
    if (was_recorded) recorded_operations_ = std::move(before);
    const std::vector<Branch::Edit>& edits = branches_[branch_].edits;
    const bool edits_the_past =
        branch_ == 0 ||
        std::any_of(edits.begin(), edits.end(), [at](const Branch::Edit& edit) { return edit.index >= at; });
    if (edits_the_past) {
        branches_.push_back(branches_[branch_]);
        branch_ = branches_.size() - 1;
    }
    branches_[branch_].edits.push_back({at, *parsed});
    invalidate_from(at);
    if (!is_undone) position_ = {std::numeric_limits<std::size_t>::max(), 0};
    go_to_operation(at + 1);
    return position_;
}

void Session::rebuild_operations() {
    if (branches_.size() == 1) return;
    trace_.operations = recorded_operations_;
    for (const Branch::Edit& edit : branches_[branch_].edits)
        trace_.operations.insert(trace_.operations.begin() + static_cast<std::ptrdiff_t>(edit.index),
                                 edit.operation);
}

bool Session::undo_edit() {
    if (!has_edits()) return false;
    const std::size_t at = branches_[branch_].edits.back().index;
    const Position origin = position_;
    go_to_operation(std::min(at, position_.operation));
    branches_[branch_].edits.pop_back();
    rebuild_operations();
    invalidate_from(at);
    seek(origin.operation > at ? Position{origin.operation - 1, 0} : origin);
    return true;
}

void Session::select_branch(std::size_t branch) {
    if (branch == branch_ || branch >= branches_.size()) return;
    // The two agree up to the first edit that differs, at least up to the lowest index edited.
    std::size_t at = trace_.operations.size();
    for (const std::size_t which : {branch_, branch})
        for (const Branch::Edit& edit : branches_[which].edits)
            at = std::min(at, edit.index);
    const Position origin = position_;
    go_to_operation(std::min(at, position_.operation));
    branch_ = branch;
    rebuild_operations();
    invalidate_from(at);
    seek({std::min(origin.operation, trace_.operations.size()), 0});
}

}  // namespace heapcore
