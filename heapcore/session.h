// Session: a trace, a machine, and a position in it; forwards, backwards, anywhere.
//
// A position is (operations carried out, steps into the next one). Between keyframes the way is
// replayed; within an operation its journal is applied in either direction. The index says where
// collections and bookmarks are and how full the heap was; it is made by a machine of its own that
// runs ahead (extend_index), so that a long trace can be looked at before all of it was run.
//
// Memory is bounded. The trace: its text, 8 bytes a line, 32 an operation (twice that once something
// was typed in), about 70 a name. Three machines, a fourth while a seek goes into a collection (see
// MemoryLayout: the heap, 1 to 2 times its size beside it, 24 bytes a name). The index: 8 bytes for
// each collection, bookmark and failed allocation, 3 MiB of samples. Keyframes and journals: their
// budgets, and what two keyframes or the stores of one step take where that is more: each keyframe at
// most twice what a machine takes, the stores three times the heap. Each thread that records or reads
// journals: Journal::spare_bytes, and 2 MiB of what it read last.
#pragma once

#include "heapcore/keyframes.h"
#include "heapcore/machine.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace heapcore {

struct Position {
    std::size_t operation = 0;  ///< operations carried out whole
    std::uint64_t step = 0;     ///< steps of the next one carried out; less than it has
    auto operator<=>(const Position&) const = default;
};

/// How full the heap was over some operations, for the timeline.
struct HeapSample {
    std::uint32_t free_bytes = 0;  ///< after the last of them
    std::uint32_t least_free_bytes = 0;
    std::uint32_t largest_free_bytes = 0;
    std::uint32_t chunks = 0;
    std::uint32_t free_chunks = 0;
    std::uint32_t highest_used = 0;  ///< end of the last chunk in use, bytes from the heap's start
};

/// What is known of the whole trace so far.
struct SessionIndex {
    std::size_t operations = 0;    ///< carried out by the index's machine so far
    bool is_complete = false;      ///< up to the end, or to an error
    std::size_t samples_each = 1;  ///< operations a sample
    std::vector<HeapSample> samples;
    std::vector<std::size_t> collections;  ///< operations during which a collection ran, ascending
    std::vector<std::size_t> bookmarks;    ///< `bookmark` operations, ascending
    struct Note {
        std::size_t operation;
        TraceError error;
    };
    std::vector<Note> failed_expectations;  ///< the first ones, most_failures_noted at most
    std::vector<std::size_t> failed_allocations;
    std::optional<Note> error;  ///< the operation that could not be carried out
};

/// Which granules of the heap may have changed since the last look.
class HeapChanges {
public:
    void mark(Offset offset) {
        if (!all_) words_[offset >> shift_ >> 6] |= std::uint64_t{1} << (offset >> shift_ & 63);
        any_ = true;
    }
    void mark_all() { all_ = any_ = true; }
    bool is_all() const { return all_; }
    bool is_any() const { return any_; }
    /// Bit i: something in granule i (of the heap's alignment) was stored to.
    const std::vector<std::uint64_t>& words() const { return words_; }
    void clear();
    void resize(std::uint32_t heap_bytes, std::uint32_t granule_bytes);

private:
    std::vector<std::uint64_t> words_;
    std::uint32_t shift_ = 3;
    bool all_ = true;
    bool any_ = true;
};

struct SessionOptions {
    std::uint64_t keyframe_budget_bytes = 512ull << 20;
    std::uint64_t journal_budget_bytes = 64ull << 20;  ///< all journals, also those being made
    std::uint32_t journal_window = 1u << 20;           ///< steps of one operation kept at a time
};

/// Failed expectations noted; a trace can have as many as operations.
inline constexpr std::size_t most_failures_noted = 10'000;

/// One way that the trace went: operations typed in, at places of the trace.
struct Branch {
    struct Edit {
        std::size_t index;  ///< in the branch's operations, at the time it was made
        Operation operation;
    };
    std::vector<Edit> edits;  ///< empty: the trace as it was read
};

class Session {
public:
    explicit Session(Trace trace, SessionOptions options = {});
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const Trace& trace() const { return trace_; }
    const Machine& machine() const { return machine_; }
    const Heap& heap() const { return machine_.heap(); }
    Position position() const { return position_; }
    const SessionIndex& index() const { return index_; }
    const Keyframes& keyframes() const { return keyframes_; }
    /// What the journals take, of their budget.
    std::uint64_t journal_bytes() const;

    /// The operation whose step was carried out last; none at the very start.
    std::optional<std::size_t> current_operation() const;
    /// Steps of it carried out, and how many it has.
    std::uint64_t current_step_number() const;
    std::uint64_t current_step_count() const;
    /// The step carried out last.
    std::optional<Step> current_step() const;
    /// Steps of the current operation: [first, end) are at hand.
    const Journal* current_journal() const { return journal_.get(); }
    /// What came of the current operation, once it is carried out whole.
    const Outcome& current_outcome() const { return outcome_; }

    bool is_at_start() const { return position_ == Position{}; }
    bool is_at_end() const;

    /// Goes to a position; one beyond the end or beyond an error ends there. Returns whether it
    /// got to exactly that position.
    bool seek(Position target);
    /// The next or previous stop on a rung. False, and nothing moved, if there is none.
    bool next(Rung rung);
    bool back(Rung rung);
    /// Many steps at once, for playing: stops at the end or the start. Returns how many were made.
    std::uint64_t advance(std::uint64_t steps);
    std::uint64_t retreat(std::uint64_t steps);
    bool seek_end();

    /// Runs the index's machine ahead until `should_stop` says so or all is known.
    void extend_index(const std::function<bool()>& should_stop);

    /// Carries out an operation typed in at the current position (in the middle of an operation:
    /// after it). The trace goes on after it as before. On an error nothing changed; the error's
    /// column counts in `line`.
    Result<Position, TraceError> type_in(std::string_view line);
    /// Takes back the newest operation typed in on this branch; false if there is none.
    bool undo_edit();
    const std::vector<Branch>& branches() const { return branches_; }
    std::size_t branch() const { return branch_; }
    void select_branch(std::size_t branch);
    bool has_edits() const { return !branches_[branch_].edits.empty(); }

    /// Granules that changed since clear_changes().
    const HeapChanges& changes() const { return changes_; }
    void clear_changes() { changes_.clear(); }

    /// This moment, to be looked at whatever this session does later: trace, machine, position and the
    /// steps at hand, without index and keyframes. It is not to be moved.
    std::unique_ptr<Session> still() const;

    /// Where an outcome's error stands in the trace's file.
    TraceError error_at(std::size_t operation, const Outcome& outcome) const;

private:
    struct KeptJournal {
        std::size_t operation;
        std::shared_ptr<Journal> journal;
        Outcome outcome;
    };

    struct Still {};
    Session(const Session& moment, Still);

    /// How an operation of more steps than a journal keeps ends.
    struct Ending {
        std::uint64_t steps = 0;
        Outcome outcome;
    };

    bool go_to_operation(std::size_t operation);
    void stand_before(std::size_t operation);
    bool run_whole(bool is_recorded);
    bool enter_operation();
    bool enter_up_to(std::uint64_t step);
    bool has_collection(std::size_t operation) const;
    void load_window(std::uint64_t step);
    Ending carry_out_to_limit(std::size_t operation, Journal& journal);
    void remember(std::size_t operation, const Ending& ending);
    void move_within(std::uint64_t step);
    void keep_start(std::size_t operation);
    bool restore_start(std::size_t operation);
    bool leave_to_start();
    bool step_back_one_operation();
    JournalBounds journal_bounds() const;
    const KeptJournal* kept(std::size_t operation) const;
    void keep(std::size_t operation, std::shared_ptr<Journal> journal, const Outcome& outcome);
    void forget_journals();
    void redo(const Journal& journal, std::uint64_t from, std::uint64_t to);
    void undo(const Journal& journal, std::uint64_t from, std::uint64_t to);
    void mark_changes(const Journal& journal);
    bool find_in_operation_forward(bool (*is_stop)(const Step&));
    bool find_in_operation_back(bool (*is_stop)(const Step&));
    void invalidate_from(std::size_t operation);
    void index_one();
    std::uint64_t cost_since(std::uint64_t collections, std::uint64_t free_bytes) const;
    void add_sample(std::size_t operation);
    void rebuild_operations();
    void begin_index();

    Trace trace_;
    SessionOptions options_;
    Machine machine_;
    Position position_;
    std::shared_ptr<Journal> journal_;  ///< of the current operation
    std::size_t journal_operation_ = 0;
    std::uint64_t journal_total_ = 0;  ///< steps of the whole operation
    Outcome outcome_;
    std::deque<KeptJournal> kept_;  ///< newest last
    std::uint64_t kept_bytes_ = 0;
    std::map<std::size_t, Ending> endings_;  ///< known ones, by operation
    HeapChanges changes_;
    std::unique_ptr<Machine> start_;  ///< before a long operation, to get about in it; null: none
    std::size_t start_operation_ = 0;

    std::unique_ptr<Machine> indexer_;
    std::uint64_t index_cost_ = 0;  ///< of the operations it carried out, in that of a small one
    SessionIndex index_;
    Keyframes keyframes_;

    std::vector<Operation> recorded_operations_;  ///< as read; kept once something was typed in
    std::vector<Branch> branches_{1};
    std::size_t branch_ = 0;
};

}  // namespace heapcore
