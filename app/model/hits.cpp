#include "app/model/hits.h"

#include "app/model/narration.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tricolour {

using namespace heapcore;

namespace {

constexpr std::uint32_t one_step = 1;  // that a journal keeps: each is judged when it was made

bool is_same(const Branch::Edit& first, const Branch::Edit& second) {
    return first.index == second.index && first.operation == second.operation;
}

/// The first operation that can differ between two branches of one trace.
std::size_t first_difference(std::span<const Branch::Edit> first, std::span<const Branch::Edit> second) {
    const auto differ = std::ranges::mismatch(first, second, is_same);
    std::size_t index = std::numeric_limits<std::size_t>::max();
    for (auto edit = differ.in1; edit != first.end(); ++edit)
        index = std::min(index, edit->index);
    for (auto edit = differ.in2; edit != second.end(); ++edit)
        index = std::min(index, edit->index);
    return index;
}

/// Takes a hit into the stop that it belongs to, if it is not another one's.
void join(std::optional<Stop>& stop, Position position, BreakpointId id) {
    if (!stop || stop->position != position) stop = Stop{position, {}};
    if (std::ranges::find(stop->breakpoints, id) == stop->breakpoints.end())
        stop->breakpoints.insert(std::ranges::upper_bound(stop->breakpoints, id), id);
}

}  // namespace

std::size_t operation_before(Position position) {
    return position.step > 0 ? position.operation : position.operation - 1;
}

// --- a scan ---------------------------------------------------------------------------------

HitScan::HitScan(const Session& session, std::size_t operation)
    : session_(session),
      machine_(session.trace().settings),
      operation_(session.keyframes().restore(machine_, operation).value_or(0)) {}

// What the index does not know yet may collect.
bool HitScan::may_collect() const {
    const SessionIndex& index = session_.index();
    return operation_ >= index.operations || std::ranges::binary_search(index.collections, operation_);
}

std::span<const HitScan::Found> HitScan::carry_out(std::span<const Breakpoint* const> watched) {
    const auto watches = [&](BreakpointScope scope) {
        return std::ranges::any_of(watched,
                                   [=](const Breakpoint* b) { return row_of(b->kind).scope == scope; });
    };
    const bool looks_at_steps =
        watches(BreakpointScope::anywhere) || (watches(BreakpointScope::collections) && may_collect());
    const bool audits = watches(BreakpointScope::operation_ends);
    if (audits && violations_are_before_ != operation_) violations_ = audit(machine_.heap());

    found_.clear();
    Outcome outcome;
    std::uint64_t steps = 0;
    if (looks_at_steps) {
        Journal journal(one_step);
        journal.tell(this);
        journal_ = &journal;
        watched_ = watched;
        const Listening listening(machine_.memory(), journal);
        outcome = machine_.apply(session_.trace(), operation_);
        steps = journal.end();
    } else {
        outcome = machine_.apply(session_.trace(), operation_);
    }
    if (outcome.kind == Outcome::refused) {
        is_refused_ = true;
        found_.clear();
        return found_;
    }
    for (Found& found : found_)
        if (found.position.step == steps) found.position = {operation_ + 1, 0};
    if (audits) judge_end(watched);
    ++operation_;
    return found_;
}

void HitScan::on_step(const Step& step) {
    const std::uint64_t number = journal_->end() - 1;
    const Moment moment{machine_.heap(), step, journal_, number};
    for (std::size_t i = 0; i < watched_.size(); ++i)
        if (is_hit(*watched_[i], moment)) found_.push_back({i, {operation_, number + 1}});
}

void HitScan::judge_end(std::span<const Breakpoint* const> watched) {
    const Step none{};
    const Moment moment{machine_.heap(), none, nullptr, 0, finds_new_violation()};
    for (std::size_t i = 0; i < watched.size(); ++i)
        if (row_of(watched[i]->kind).scope == BreakpointScope::operation_ends && is_hit(*watched[i], moment))
            found_.push_back({i, {operation_ + 1, 0}});
}

bool HitScan::finds_new_violation() {
    const std::vector<Violation> before = std::exchange(violations_, audit(machine_.heap()));
    violations_are_before_ = operation_ + 1;
    return std::ranges::any_of(violations_, [&](const Violation& violation) {
        return std::ranges::find(before, violation) == before.end();
    });
}

// --- the hits of a trace --------------------------------------------------------------------

BreakpointId Hits::add(Breakpoint breakpoint) {
    known_.push_back({next_id_, std::move(breakpoint), true, {}, 0, false});
    scan_.reset();
    return next_id_++;
}

std::vector<KnownHits>::iterator Hits::place_of(BreakpointId id) {
    return std::ranges::find(known_, id, &KnownHits::id);
}

void Hits::remove(BreakpointId id) {
    if (const auto place = place_of(id); place != known_.end()) known_.erase(place);
}

void Hits::enable(BreakpointId id, bool is_enabled) {
    const auto place = place_of(id);
    if (place == known_.end() || place->is_enabled == is_enabled) return;
    place->is_enabled = is_enabled;
    scan_.reset();
}

void Hits::clear() {
    known_.clear();
    scan_.reset();
}

const KnownHits* Hits::find(BreakpointId id) const {
    const auto found = std::ranges::find(known_, id, &KnownHits::id);
    return found == known_.end() ? nullptr : &*found;
}

const KnownHits* Hits::find(const Breakpoint& breakpoint) const {
    const auto found = std::ranges::find(known_, breakpoint, &KnownHits::breakpoint);
    return found == known_.end() ? nullptr : &*found;
}

bool Hits::has_enabled() const { return std::ranges::any_of(known_, &KnownHits::is_enabled); }

void Hits::forget_from(std::size_t operation) {
    for (KnownHits& hits : known_) {
        if (hits.operations <= operation) continue;
        const auto beyond = std::ranges::partition_point(hits.positions, [operation](Position position) {
            return operation_before(position) < operation;
        });
        hits.positions.erase(beyond, hits.positions.end());
        hits.operations = operation;
        hits.is_cut = false;
    }
    refused_.reset();
    scan_.reset();
}

void Hits::follow(const Session& session) {
    const std::vector<Branch::Edit>& edits = session.branches()[session.branch()].edits;
    const bool is_same_session = text_.session == &session && text_.source == session.trace().source;
    operations_ = session.trace().operations.size();
    if (is_same_session && std::ranges::equal(text_.edits, edits, is_same)) return;
    forget_from(is_same_session ? first_difference(text_.edits, edits) : 0);
    text_ = {&session, session.trace().source, edits};
}

bool Hits::is_known(const KnownHits& hits) const {
    return hits.operations >= refused_.value_or(operations_) || hits.is_cut;
}

void Hits::extend(const Session& session, const std::function<bool()>& should_stop) {
    while (!is_complete()) {
        if (!scan_) {
            std::size_t first = operations_;
            for (const KnownHits& hits : known_)
                if (hits.is_enabled && !is_known(hits)) first = std::min(first, hits.operations);
            scan_ = std::make_unique<HitScan>(session, first);
        }
        carry_out_one();
        if (should_stop()) break;
    }
    if (is_complete()) scan_.reset();
}

// Each breakpoint is looked for from where its own hits are known on.
void Hits::carry_out_one() {
    const std::size_t operation = scan_->operation();
    std::vector<KnownHits*> waiting;
    std::vector<const Breakpoint*> watched;
    for (KnownHits& hits : known_) {
        if (!hits.is_enabled || hits.operations != operation || is_known(hits)) continue;
        waiting.push_back(&hits);
        watched.push_back(&hits.breakpoint);
    }
    for (const HitScan::Found& found : scan_->carry_out(watched))
        waiting[found.breakpoint]->positions.push_back(found.position);
    if (scan_->operation() == operation) refused_ = operation;
    for (KnownHits* hits : waiting) {
        hits->operations = scan_->operation();
        hits->is_cut = hits->positions.size() >= most_hits;
    }
}

std::size_t Hits::operations() const {
    std::size_t least = operations_;
    for (const KnownHits& hits : known_)
        if (hits.is_enabled && !is_known(hits)) least = std::min(least, hits.operations);
    return least;
}

bool Hits::is_complete() const {
    return std::ranges::all_of(known_,
                               [this](const KnownHits& hits) { return !hits.is_enabled || is_known(hits); });
}

double Hits::progress() const {
    const std::size_t all = refused_.value_or(operations_);
    return all == 0 || is_complete() ? 1 : static_cast<double>(operations()) / static_cast<double>(all);
}

std::optional<Stop> Hits::next(Position position) const {
    std::optional<Stop> stop;
    for (const KnownHits& hits : known_) {
        const auto hit = std::ranges::upper_bound(hits.positions, position);
        if (!hits.is_enabled || hit == hits.positions.end() || (stop && stop->position < *hit)) continue;
        join(stop, *hit, hits.id);
    }
    return stop;
}

std::optional<Stop> Hits::previous(Position position) const {
    std::optional<Stop> stop;
    for (const KnownHits& hits : known_) {
        const auto beyond = std::ranges::lower_bound(hits.positions, position);
        if (!hits.is_enabled || beyond == hits.positions.begin()) continue;
        const Position hit = *std::prev(beyond);
        if (!stop || stop->position <= hit) join(stop, hit, hits.id);
    }
    return stop;
}

std::vector<BreakpointId> Hits::at(Position position) const {
    std::vector<BreakpointId> ids;
    for (const KnownHits& hits : known_)
        if (hits.is_enabled && std::ranges::binary_search(hits.positions, position)) ids.push_back(hits.id);
    return ids;
}

PlayLimit play_limit(const Hits& hits, Position from, bool is_forward) {
    PlayLimit limit;
    limit.is_forward = is_forward;
    const bool knows_all = hits.is_complete();
    const std::size_t known = hits.operations();
    if (is_forward) {
        limit.is_waiting = !knows_all && from.operation >= known;
        limit.stop = hits.next(from);
        const bool is_sure = limit.stop && (knows_all || operation_before(limit.stop->position) < known);
        if (!is_sure) limit.stop.reset();
        if (!is_sure && !knows_all) limit.position = Position{known, 0};
    } else if (from != Position{}) {
        limit.is_waiting = !knows_all && operation_before(from) >= known;
        limit.stop = hits.previous(from);
    }
    if (limit.stop) limit.position = limit.stop->position;
    return limit;
}

std::string stop_text(const Hits& hits, std::span<const BreakpointId> breakpoints, const Heap& heap) {
    const KnownHits* const first = breakpoints.empty() ? nullptr : hits.find(breakpoints.front());
    if (!first) return {};
    const std::size_t others = breakpoints.size() - 1;
    return sentence_of(first->breakpoint, heap) +
           (others == 0
                ? ""
                : ", and " + count_text(others) + (others == 1 ? " more breakpoint" : " more breakpoints"));
}

// --- a search -------------------------------------------------------------------------------

HitSearch::HitSearch(const Session& session, const Hits& hits, Position from, bool is_back)
    : session_(session), from_(from), is_back_(is_back) {
    for (const KnownHits& known : hits.breakpoints()) {
        if (!known.is_enabled) continue;
        breakpoints_.push_back(known.breakpoint);
        ids_.push_back(known.id);
        // Of one with too many hits less is known than of the others.
        known_ = known.id == ids_.front() ? known.operations : std::min(known_, known.operations);
    }
    for (const Breakpoint& breakpoint : breakpoints_)
        watched_.push_back(&breakpoint);
    const std::size_t own_operation = from == Position{} ? 0 : operation_before(from);
    if (is_back) {
        known_stop_ = hits.previous(from);
        begin_ = end_ = from == Position{} ? 0 : own_operation + 1;
        end_block();
    } else {
        const std::optional<Stop> known_stop = hits.next(from);
        is_done_ = breakpoints_.empty();
        if (known_stop && operation_before(known_stop->position) < known_) {
            stop_ = known_stop;
            is_done_ = true;
        }
        begin_ = std::max(from.operation, known_);
        end_ = session.trace().operations.size();
    }
}

// Back: from the keyframe before what was looked through, up to there.
void HitSearch::begin_block() {
    end_ = begin_;
    begin_ = std::max(known_, session_.keyframes().nearest(end_ - 1).value_or(0));
    scan_.reset();
}

void HitSearch::end_block() {
    is_done_ = stop_.has_value();
    if (is_done_) return;
    if (begin_ > known_ && !breakpoints_.empty()) return begin_block();
    stop_ = known_stop_;
    is_done_ = true;
}

bool HitSearch::extend(const std::function<bool()>& should_stop) {
    while (!is_done_) {
        extend_one();
        if (should_stop()) break;
    }
    return is_done_;
}

void HitSearch::extend_one() {
    if (!scan_) scan_ = std::make_unique<HitScan>(session_, begin_);
    const bool is_at_end = scan_->is_at_end() || scan_->operation() >= end_;
    if (is_at_end && is_back_) return end_block();
    if (is_at_end)
        is_done_ = true;
    else if (scan_->operation() < begin_)
        (void)scan_->carry_out();
    else
        take(scan_->carry_out(watched_));
}

// Forward the first stop counts, back the last one.
void HitSearch::take(std::span<const HitScan::Found> found) {
    for (const HitScan::Found& hit : found) {
        const bool is_on_the_way = is_back_ ? hit.position < from_ : hit.position > from_;
        const bool is_beyond = !is_back_ && stop_ && hit.position > stop_->position;
        if (is_on_the_way && !is_beyond) join(stop_, hit.position, ids_[hit.breakpoint]);
    }
    if (!is_back_ && stop_) is_done_ = true;
}

double HitSearch::progress() const {
    if (is_done_) return 1;
    const std::size_t last = is_back_ ? operation_before(from_) + 1 : end_;
    const std::size_t first = is_back_ ? known_ : std::max(from_.operation, known_);
    if (last <= first) return 0;
    const std::size_t now = scan_ ? std::max(scan_->operation(), begin_) : begin_;
    const std::size_t done = is_back_ ? last - end_ + (now - begin_) : now - first;
    return std::clamp(static_cast<double>(done) / static_cast<double>(last - first), 0.0, 1.0);
}

}  // namespace tricolour
