// Hits: the steps of a trace at which breakpoints stop.
//
// A hit's position is right after its step, whichever way it is come to. The hits of the whole trace are
// found by a machine of its own that runs ahead (Hits::extend), one operation after another, so that they are
// known up to some operation and are forgotten from an edit on. A search (HitSearch) needs not wait for that:
// it begins at the position, and goes forward, or back from one keyframe to the one before.
#pragma once

#include "app/model/breakpoints.h"
#include "heapcore/audit.h"
#include "heapcore/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tricolour {

using BreakpointId = std::uint32_t;

/// The operation that the step before a position is a part of. Precondition: not at the start.
std::size_t operation_before(heapcore::Position position);

/// Carries a trace out on a machine of its own, and tells which of its steps hit.
class HitScan final : private heapcore::StepListener {
public:
    /// Stands before an operation, or at a keyframe before it.
    HitScan(const heapcore::Session& session, std::size_t operation);

    /// The operation to be carried out next.
    std::size_t operation() const { return operation_; }
    /// Whether there is none, or it cannot be carried out.
    bool is_at_end() const { return is_refused_ || operation_ >= session_.trace().operations.size(); }

    struct Found {
        std::size_t breakpoint;  ///< index of what was watched for
        heapcore::Position position;
    };
    /// Carries the next operation out and tells what was hit, in the order of steps. It stays valid until the
    /// next call. Precondition: not at the end; nothing was typed in since it was made.
    std::span<const Found> carry_out(std::span<const Breakpoint* const> watched = {});

private:
    void on_step(const heapcore::Step& step) override;
    bool may_collect() const;
    void judge_end(std::span<const Breakpoint* const> watched);
    bool finds_new_violation();

    const heapcore::Session& session_;
    heapcore::Machine machine_;
    std::size_t operation_ = 0;
    bool is_refused_ = false;
    std::vector<Found> found_;
    std::vector<heapcore::Violation> violations_;       ///< found last
    std::optional<std::size_t> violations_are_before_;  ///< the operation that they were found before
    // During an operation:
    heapcore::Journal* journal_ = nullptr;
    std::span<const Breakpoint* const> watched_;
};

/// Where playing stops, and on account of which breakpoints.
struct Stop {
    heapcore::Position position;
    std::vector<BreakpointId> breakpoints;  ///< ascending
};

/// A breakpoint and what is known of its hits.
struct KnownHits {
    BreakpointId id = 0;
    Breakpoint breakpoint;
    bool is_enabled = true;
    std::vector<heapcore::Position> positions;  ///< ascending
    std::size_t operations = 0;                 ///< looked through
    bool is_cut = false;                        ///< there are too many: no further ones are kept
};

class Hits {
public:
    static constexpr std::size_t most_hits = 1u << 20;  ///< kept of a breakpoint

    BreakpointId add(Breakpoint breakpoint);
    void remove(BreakpointId id);
    void enable(BreakpointId id, bool is_enabled);
    void clear();
    std::span<const KnownHits> breakpoints() const { return known_; }
    const KnownHits* find(BreakpointId id) const;
    /// The first breakpoint that is the same.
    const KnownHits* find(const Breakpoint& breakpoint) const;
    bool has_enabled() const;

    /// Forgets what was found beyond what was typed in or taken back; all of it in another session.
    void follow(const heapcore::Session& session);
    /// Runs ahead until `should_stop` says so or all hits are known. Precondition: followed.
    void extend(const heapcore::Session& session, const std::function<bool()>& should_stop);
    /// Operations whose hits are known of every enabled breakpoint; all of a trace without any.
    std::size_t operations() const;
    bool is_complete() const;
    double progress() const;  ///< 0 to 1

    /// The first stop after a position, the last one before it, among what is known.
    std::optional<Stop> next(heapcore::Position position) const;
    std::optional<Stop> previous(heapcore::Position position) const;
    /// The enabled breakpoints that stop right there.
    std::vector<BreakpointId> at(heapcore::Position position) const;

private:
    /// What a session's operations are made of; the session only to be told apart.
    struct Text {
        const heapcore::Session* session = nullptr;
        std::shared_ptr<const std::string> source;
        std::vector<heapcore::Branch::Edit> edits;
    };
    void forget_from(std::size_t operation);
    void carry_out_one();
    std::vector<KnownHits>::iterator place_of(BreakpointId id);
    bool is_known(const KnownHits& hits) const;

    std::vector<KnownHits> known_;  ///< in the order they were added
    BreakpointId next_id_ = 1;
    Text text_;
    std::size_t operations_ = 0;          ///< of the trace
    std::optional<std::size_t> refused_;  ///< the operation that cannot be carried out
    std::unique_ptr<HitScan> scan_;
};

/// How far playing may go at a time: to the next stop, or as far as hits are known.
struct PlayLimit {
    bool is_forward = true;
    bool is_waiting = false;                     ///< nothing is known of what lies ahead
    std::optional<heapcore::Position> position;  ///< none: as far as it likes
    std::optional<Stop> stop;                    ///< if it is one

    bool is_passed(heapcore::Position now) const {
        if (!position) return false;
        return is_forward ? now >= *position : now <= *position;
    }
};
PlayLimit play_limit(const Hits& hits, heapcore::Position from, bool is_forward);

/// "Node `b` turns black, and 2 more breakpoints".
std::string stop_text(const Hits& hits, std::span<const BreakpointId> breakpoints,
                      const heapcore::Heap& heap);

/// Looks for the next stop from a position, or the previous one, a slice at a time.
class HitSearch {
public:
    /// Precondition: `hits` follows the session, which must not change while this lives.
    HitSearch(const heapcore::Session& session, const Hits& hits, heapcore::Position from, bool is_back);

    /// Goes on until `should_stop` says so; true once it is done.
    bool extend(const std::function<bool()>& should_stop);
    bool is_done() const { return is_done_; }
    bool is_back() const { return is_back_; }
    const std::optional<Stop>& stop() const { return stop_; }  ///< once done; none: there is no further one
    double progress() const;                                   ///< 0 to 1

private:
    void extend_one();
    void begin_block();
    void end_block();
    void take(std::span<const HitScan::Found> found);

    const heapcore::Session& session_;
    heapcore::Position from_;
    bool is_back_;
    bool is_done_ = false;
    std::vector<Breakpoint> breakpoints_;
    std::vector<const Breakpoint*> watched_;
    std::vector<BreakpointId> ids_;
    std::optional<Stop> stop_;
    std::optional<Stop> known_stop_;   ///< back: what is known of all before known_
    std::size_t known_ = 0;            ///< operations that need no look
    std::size_t begin_ = 0, end_ = 0;  ///< operations looked through now
    std::unique_ptr<HitScan> scan_;
};

}  // namespace tricolour
