#include "app/model/differences.h"

#include "app/model/narration.h"
#include "heapcore/graph.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tricolour {
namespace {

using namespace heapcore;
using enum DifferenceKind;

constexpr std::array<DifferenceRow, difference_kinds> difference_rows = {{
    {born, "born", "born", "born", "in use at the later moment, and not there at the earlier one"},
    {freed, "freed", "freed", "freed", "given back by hand"},
    {swept, "swept", "swept", "swept", "freed by a collection"},
    {recoloured, "colour", "changed colour", "changed colour",
     "the same chunk in another of the collector's colours"},
    {retyped, "type", "changed type", "changed type", "the same chunk with another allocation type"},
    {stored, "word", "word stored", "words stored",
     "another value in a word of a chunk that is there at both"},
    {rooted, "root +", "root added", "roots added", "a cell that is a root at the later moment only"},
    {unrooted, "root \xe2\x88\x92", "root dropped", "roots dropped",
     "a cell that was a root at the earlier moment only"},
    {free_made, "free +", "free chunk made", "free chunks made",
     "free memory that begins here at the later moment only"},
    {free_gone, "free \xe2\x88\x92", "free chunk gone", "free chunks gone",
     "taken, or joined with the free chunk before it"},
    {free_resized, "free size", "free chunk resized", "free chunks resized",
     "joined with the next one, or cut"},
    {free_moved, "free list", "moved in the free list", "moved in the free list",
     "free at both moments, between other chunks of the list"},
}};
constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < difference_rows.size(); ++i)
        if (static_cast<std::size_t>(difference_rows[i].kind) != i) return false;
    return true;
}
static_assert(rows_are_in_order());

constexpr std::uint32_t chunks_between_looks = 4096;
constexpr std::uint64_t steps_between_looks = 4096;
constexpr double comparing_part = 0.1;  // of the whole work, as it is told

// Which bits of a word count.
constexpr std::uint32_t colour_bits = 0xc, type_bits = 0xf0, size_bits = 0xffffff01, all_bits = 0xffffffff;

/// The chunks of a heap in address order. A header that cannot be right makes the rest one chunk.
class ChunkWalk {
public:
    explicit ChunkWalk(const Heap& heap) : heap_(heap) { look(); }
    bool is_done() const { return at_ >= heap_.size_bytes(); }
    Offset at() const { return at_; }
    std::uint32_t bytes() const { return end_ - at_; }
    Header header() const { return header_; }
    std::uint32_t birth() const { return heap_.origin_of(at_).birth; }
    void go_on() {
        at_ = end_;
        look();
    }

private:
    void look() {
        if (is_done()) return;
        header_ = heap_.header(at_);
        const std::uint32_t bytes = header_.size_bytes(), left = heap_.size_bytes() - at_;
        const bool is_sane =
            bytes >= heap_.geometry().smallest_chunk_bytes && bytes % heap_.geometry().alignment_bytes == 0;
        end_ = at_ + (is_sane && bytes <= left ? bytes : left);
    }

    const Heap& heap_;
    Offset at_ = 0, end_ = 0;
    Header header_;
};

/// What tells one root from another.
struct RootKey {
    Link::Kind by;
    RootKind kind;
    Offset place, target;
    auto operator<=>(const RootKey&) const = default;
};

std::vector<RootKey> root_keys(const Heap& heap) {
    std::vector<RootKey> keys;
    for (const Link& link : root_links(heap))
        keys.push_back({link.kind, link.kind == Link::by_thread ? RootKind::thread : link.root.kind,
                        link.kind == Link::by_thread ? link.holder : link.place, link.target});
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

/// Steps after which other cells may be roots.
bool may_change_roots(StepKind kind) {
    return (kind >= StepKind::root_pushed && kind <= StepKind::unpinned) || kind == StepKind::linked ||
           kind == StepKind::swept || kind == StepKind::class_unloaded || kind == StepKind::segment_cut ||
           kind == StepKind::settled;
}
/// The same where a stack's cell counts if it looks like a reference.
bool may_change_cells(StepKind kind) {
    return kind == StepKind::alloc || kind == StepKind::free || kind == StepKind::retyped ||
           kind == StepKind::filled || kind == StepKind::stored || kind == StepKind::cloned ||
           kind == StepKind::class_made || kind == StepKind::undone;
}
constexpr std::size_t many_roots = 2000;  // for a look after every operation

struct Blame {
    std::size_t operation = DifferenceCause::unknown;
    std::uint64_t number = 0;  ///< of the step, over all: the later of two counts
    Phase phase = Phase::idle;
    std::uint32_t collection = 0;
    bool is_swept = false;
};

// --- what differs ---------------------------------------------------------------------------

class Comparison {
public:
    Comparison(const Heap& earlier, const Heap& later, const DifferenceOptions& options,
               std::vector<Difference>& found)
        : earlier_(earlier), later_(later), options_(options), found_(found) {}

    /// False: stopped.
    bool run() {
        ChunkWalk then(earlier_), now(later_);
        for (std::uint32_t looks = 0; !then.is_done() || !now.is_done(); ++looks) {
            const bool wants_look = looks % chunks_between_looks == 0 && options_.goes_on;
            if (wants_look && !options_.goes_on(part_of(std::min(then.at(), now.at())))) return false;
            if (now.is_done() || (!then.is_done() && then.at() < now.at())) {
                add_gone(then);
                then.go_on();
            } else if (then.is_done() || now.at() < then.at()) {
                add_new(now);
                now.go_on();
            } else {
                compare(then, now);
                then.go_on();
                now.go_on();
            }
        }
        compare_roots();
        return true;
    }

private:
    double part_of(Offset at) const {
        return comparing_part * static_cast<double>(at) / static_cast<double>(later_.size_bytes());
    }

    Difference& add(DifferenceKind kind, const ChunkWalk& chunk) {
        Difference& added = found_.emplace_back();
        added.kind = kind;
        added.chunk = chunk.at();
        added.bytes = chunk.bytes();
        if (chunk.header().is_in_use()) added.birth = chunk.birth();
        return added;
    }
    // Whether it was freed or swept is told by what did it.
    void add_gone(const ChunkWalk& then) { add(then.header().is_in_use() ? freed : free_gone, then); }
    void add_new(const ChunkWalk& now) { add(now.header().is_in_use() ? born : free_made, now); }

    void compare(const ChunkWalk& then, const ChunkWalk& now) {
        const bool was_in_use = then.header().is_in_use(), is_in_use = now.header().is_in_use();
        if (was_in_use != is_in_use || (is_in_use && then.birth() != now.birth())) {
            add_gone(then);
            add_new(now);
        } else if (is_in_use) {
            compare_used(then, now);
        } else {
            compare_free(then, now);
        }
    }

    void compare_used(const ChunkWalk& then, const ChunkWalk& now) {
        if (then.header().colour() != now.header().colour()) {
            Difference& difference = add(recoloured, now);
            difference.before = static_cast<std::uint64_t>(then.header().colour());
            difference.after = static_cast<std::uint64_t>(now.header().colour());
        }
        if (then.header().type() != now.header().type()) {
            Difference& difference = add(retyped, now);
            difference.before = static_cast<std::uint64_t>(then.header().type());
            difference.after = static_cast<std::uint64_t>(now.header().type());
        }
        const Offset first = user_of(now.at()), end = now.at() + std::min(then.bytes(), now.bytes());
        if (std::memcmp(earlier_.memory.bytes().data() + first, later_.memory.bytes().data() + first,
                        end - first) == 0)
            return;
        // Words are counted from the user's first byte.
        const std::uint32_t word = later_.geometry().word_bytes;
        for (Offset place = first; place < end;) {
            const std::uint32_t bytes = std::min(word, end - place);
            compare_word(now, place, bytes);
            place += bytes;
        }
    }

    void compare_word(const ChunkWalk& now, Offset place, std::uint32_t bytes) {
        const auto value = [&](const Heap& heap) {
            return bytes == 8 ? heap.memory.load64(place) : heap.memory.load32(place);
        };
        const std::uint64_t before = value(earlier_), after = value(later_);
        if (before == after) return;
        Difference& difference = add(stored, now);
        difference.place = place;
        difference.bytes = bytes;
        difference.before = before;
        difference.after = after;
    }

    void compare_free(const ChunkWalk& then, const ChunkWalk& now) {
        if (then.bytes() != now.bytes()) {
            Difference& difference = add(free_resized, now);
            difference.before = then.bytes();
            difference.after = now.bytes();
        } else if (links(earlier_, now.at()) != links(later_, now.at())) {
            add(free_moved, now);
        }
    }
    static std::pair<Offset, Offset> links(const Heap& heap, Offset chunk) {
        return {heap.free_list().next(heap.memory, chunk), heap.free_list().previous(heap.memory, chunk)};
    }

    void compare_roots() {
        const std::vector<RootKey> then = root_keys(earlier_), now = root_keys(later_);
        const auto add_roots = [this](const auto& some, const auto& others, DifferenceKind kind) {
            const Heap& heap = kind == rooted ? later_ : earlier_;
            std::vector<RootKey> only;
            std::ranges::set_difference(some, others, std::back_inserter(only));
            for (const RootKey& key : only)
                found_.push_back({.kind = kind,
                                  .detail = static_cast<std::uint8_t>(key.kind),
                                  .chunk = key.target,
                                  .birth = heap.origin_of(key.target).birth,
                                  .bytes = heap.header(key.target).size_bytes(),
                                  .place = key.place,
                                  .before = static_cast<std::uint64_t>(key.by)});
        };
        add_roots(now, then, rooted);
        add_roots(then, now, unrooted);
    }

    const Heap& earlier_;
    const Heap& later_;
    const DifferenceOptions& options_;
    std::vector<Difference>& found_;
};

// --- who is to blame ------------------------------------------------------------------------

/// A word of which some bits are watched. What has its old value again at the operation's end was not changed
/// by it.
struct Watch {
    Offset place;
    std::uint32_t mask;
    Blame blame{}, pending{};  ///< pending: of the operation under way
    std::uint32_t before = 0;  ///< its value before that operation touched it
};

/// A place where a free chunk begins at one of the moments only; the same goes for it.
struct FreePlace {
    std::size_t difference;
    bool is_start;  ///< a chunk begins there now, free or not
    bool was_free;  ///< a free one did before the operation under way
    Blame blame{}, pending{};
};

class Inquest : public StepListener {
public:
    Inquest(const Session& session, const ComparedMoment& earlier, const ComparedMoment& later,
            const DifferenceOptions& options, const std::vector<Difference>& found)
        : session_(session),
          from_(earlier.position),
          to_(later.position),
          options_(options),
          found_(found),
          blames_(found.size()),
          operation_(from_.operation) {
        if (from_.step == 0) {
            machine_.emplace(*earlier.machine);
        } else {
            // In the middle of an operation a machine cannot go on.
            machine_.emplace(session.trace().settings);
            operation_ = session.keyframes().restore(*machine_, from_.operation).value_or(0);
        }
        start_ = operation_;
        has_stack_cells_ = std::ranges::any_of(found, [](const Difference& difference) {
            return is_of_root(difference) && static_cast<RootKind>(difference.detail) == RootKind::frame_cell;
        });
        watch();
        roots_ = root_keys(earlier.machine->heap());
    }

    bool run(const Heap& later) {
        while (operation_ < from_.operation) {
            if (!carry_out(false)) return false;
        }
        while (operation_ < to_.operation)
            if (!carry_out(true)) return false;
        if (to_.step > 0 && !carry_out(true)) return false;
        look_at_roots(later);
        for (std::size_t i = 0; i < found_.size(); ++i)
            judge(i);
        for (const auto& [chunk, place] : free_places_)
            blames_[place.difference] = place.blame;
        return true;
    }

    const Blame& blame(std::size_t difference) const { return blames_[difference]; }
    std::uint64_t allocations() const { return allocations_; }
    std::uint64_t allocated_bytes() const { return allocated_bytes_; }

    void on_step(const Step& step) override {
        const std::uint64_t number = journal_->end() - 1;
        if (number % steps_between_looks == 0 && !goes_on()) {
            is_stopped_ = true;
            throw Journal::LimitReached{};
        }
        if (operation_ == from_.operation && number < from_.step) return;
        ++steps_;
        for (std::uint64_t i = journal_->stores_begin(number); i < journal_->stores_end(number); ++i)
            note_store(journal_->store(i));
        note_step(step);
    }

private:
    static bool is_of_root(const Difference& difference) {
        return difference.kind == rooted || difference.kind == unrooted;
    }

    double part() const {
        const std::size_t all = to_.operation - start_ + 1;
        return comparing_part +
               (1 - comparing_part) * static_cast<double>(operation_ - start_) / static_cast<double>(all);
    }
    bool goes_on() const { return !options_.goes_on || options_.goes_on(part()); }

    void watch() {
        const Heap& heap = machine_->heap();
        const ChunkGeometry& geometry = heap.geometry();
        for (std::size_t i = 0; i < found_.size(); ++i) {
            const Difference& difference = found_[i];
            switch (difference.kind) {
                case freed: dying_[difference.chunk] = i; break;
                case free_made: free_places_.insert({difference.chunk, {i, false, false}}); break;
                case free_gone: free_places_.insert({difference.chunk, {i, true, true}}); break;
                case recoloured: watches_.push_back({difference.chunk, colour_bits}); break;
                case retyped: watches_.push_back({difference.chunk, type_bits}); break;
                case free_resized: watches_.push_back({difference.chunk, size_bits}); break;
                case stored: watch_word(difference.place, difference.bytes); break;
                case free_moved:
                    watch_word(difference.chunk + geometry.next_offset, geometry.word_bytes);
                    watch_word(difference.chunk + geometry.previous_offset, geometry.word_bytes);
                    break;
                default: break;
            }
        }
        std::ranges::sort(watches_, {}, [](const Watch& it) { return std::pair(it.place, it.mask); });
        is_watched_.assign(heap.size_bytes() / 4 / 64 + 1, 0);
        for (const Watch& it : watches_)
            is_watched_[it.place / 4 / 64] |= std::uint64_t{1} << it.place / 4 % 64;
    }
    void watch_word(Offset place, std::uint32_t bytes) {
        for (Offset at = place; at < place + bytes; at += 4)
            watches_.push_back({at, all_bits});
    }

    Blame blame_now() const {
        const Heap& heap = machine_->heap();
        const auto phase = static_cast<Phase>(heap.get(Register::phase));
        const bool is_collecting = phase != Phase::idle;
        return {operation_, steps_, phase,
                is_collecting ? static_cast<std::uint32_t>(heap.get(Register::gc_count)) : 0, false};
    }

    void note_store(const Store& store) {
        const std::uint32_t word = store.offset / 4;
        if (word / 64 >= is_watched_.size() || !(is_watched_[word / 64] >> word % 64 & 1)) return;
        const std::uint32_t changed = store.before ^ store.after;
        auto it = std::ranges::lower_bound(watches_, store.offset, {}, &Watch::place);
        for (; it != watches_.end() && it->place == store.offset; ++it) {
            if (!(changed & it->mask)) continue;
            if (it->pending.operation != operation_) {
                it->before = store.before;
                touched_.push_back(static_cast<std::size_t>(it - watches_.begin()));
            }
            it->pending = blame_now();
        }
    }

    void note_step(const Step& step) {
        if (step.kind == StepKind::alloc) {
            ++allocations_;
            allocated_bytes_ += step.a;
        }
        const bool is_swept = step.kind == StepKind::swept;
        if (is_swept || step.kind == StepKind::free || step.kind == StepKind::undone)
            note_end(step.chunk, is_swept);
        note_starts(step);
        changes_roots_ |= may_change_roots(step.kind);
        changes_cells_ |= may_change_cells(step.kind);
    }

    // Where chunks begin and no longer begin; whether they are free is read off their headers.
    void note_starts(const Step& step) {
        switch (step.kind) {
            case StepKind::merged_previous:
            case StepKind::merged_next: note_start(static_cast<Offset>(step.a), false); break;
            case StepKind::split: note_start(static_cast<Offset>(step.a), true); break;
            case StepKind::taken:
            case StepKind::alloc:
            case StepKind::free:
            case StepKind::swept:
            case StepKind::undone:
            case StepKind::inserted: note_start(step.chunk, true); break;
            default: break;
        }
    }
    void note_start(Offset chunk, bool is_start) {
        const auto found = free_places_.find(chunk);
        if (found == free_places_.end()) return;
        found->second.is_start = is_start;
        found->second.pending = blame_now();
        touched_places_.push_back(&*found);
    }

    // What the operation changed for good.
    void end_operation() {
        for (const std::size_t i : touched_) {
            Watch& it = watches_[i];
            const std::uint32_t now = machine_->heap().memory.load32(it.place);
            if ((now ^ it.before) & it.mask) it.blame = it.pending;
        }
        for (std::pair<const Offset, FreePlace>* const touched : touched_places_) {
            FreePlace& place = touched->second;
            const bool is_free = place.is_start && !machine_->heap().header(touched->first).is_in_use();
            if (is_free != place.was_free) place.blame = place.pending;
            place.was_free = is_free;
        }
        touched_.clear();
        touched_places_.clear();
    }

    // A chunk does not move: the first end at its place is its own.
    void note_end(Offset chunk, bool is_swept) {
        const auto found = dying_.find(chunk);
        if (found == dying_.end()) return;
        blames_[found->second] = blame_now();
        blames_[found->second].is_swept = is_swept;
        dying_.erase(found);
    }

    // Which cells are roots is looked up after each operation that may have changed it.
    void look_at_roots(const Heap& heap) {
        const bool has_any = std::ranges::any_of(found_, is_of_root);
        if (!has_any) return;
        std::vector<RootKey> now = root_keys(heap);
        const auto note_roots = [&](const auto& some, const auto& others, DifferenceKind kind) {
            std::vector<RootKey> only;
            std::ranges::set_difference(some, others, std::back_inserter(only));
            for (const RootKey& key : only)
                root_blames_[{kind, key}] = root_blame_;
        };
        note_roots(now, roots_, rooted);
        note_roots(roots_, now, unrooted);
        roots_ = std::move(now);
    }

    bool carry_out(bool is_told) {
        if (!goes_on()) return false;
        const bool is_last = is_told && operation_ == to_.operation;
        Journal journal(1, is_last ? to_.step : Journal::unlimited);
        changes_roots_ = changes_cells_ = false;
        if (is_told) {
            journal.tell(this);
            journal_ = &journal;
        }
        try {
            if (is_told) {
                const Listening listening(machine_->memory(), journal);
                if (machine_->apply(session_.trace(), operation_).kind == Outcome::refused) return false;
            } else if (machine_->apply(session_.trace(), operation_).kind == Outcome::refused) {
                return false;
            }
        } catch (const Journal::LimitReached&) {
            if (is_stopped_) return false;
        }
        if (is_told) {
            end_operation();
            root_blame_ = {operation_, steps_, Phase::idle, 0, false};
            // What an operation under way holds goes with it.
            const bool may_differ = changes_roots_ || operation_ == from_.operation;
            const bool looks =
                may_differ || (changes_cells_ && has_stack_cells_ && roots_.size() < many_roots);
            if (looks && !is_last) look_at_roots(machine_->heap());
        }
        if (!is_last) ++operation_;
        return true;
    }

    const Blame& watched(Offset place, std::uint32_t mask) const {
        return std::ranges::lower_bound(watches_, std::pair(place, mask), {},
                                        [](const Watch& it) { return std::pair(it.place, it.mask); })
            ->blame;
    }
    static const Blame& later_of(const Blame& one, const Blame& other) {
        return one.number >= other.number ? one : other;
    }
    const Blame& of_word(Offset place, std::uint32_t bytes) const {
        const Blame& low = watched(place, all_bits);
        return bytes == 4 ? low : later_of(low, watched(place + 4, all_bits));
    }

    void judge(std::size_t i) {
        const Difference& difference = found_[i];
        const ChunkGeometry& geometry = machine_->heap().geometry();
        switch (difference.kind) {
            case recoloured: blames_[i] = watched(difference.chunk, colour_bits); break;
            case retyped: blames_[i] = watched(difference.chunk, type_bits); break;
            case free_resized: blames_[i] = watched(difference.chunk, size_bits); break;
            case stored: blames_[i] = of_word(difference.place, difference.bytes); break;
            case free_moved:
                blames_[i] =
                    later_of(of_word(difference.chunk + geometry.next_offset, geometry.word_bytes),
                             of_word(difference.chunk + geometry.previous_offset, geometry.word_bytes));
                break;
            case rooted:
            case unrooted: {
                const RootKey key{static_cast<Link::Kind>(difference.before),
                                  static_cast<RootKind>(difference.detail), difference.place,
                                  difference.chunk};
                const auto found = root_blames_.find({difference.kind, key});
                if (found != root_blames_.end()) blames_[i] = found->second;
                break;
            }
            default: break;
        }
    }

    const Session& session_;
    Position from_, to_;
    const DifferenceOptions& options_;
    const std::vector<Difference>& found_;
    std::vector<Blame> blames_;
    std::optional<Machine> machine_;
    std::size_t operation_, start_ = 0;
    const Journal* journal_ = nullptr;
    std::uint64_t steps_ = 0;  ///< between the two moments so far
    bool is_stopped_ = false;

    std::vector<Watch> watches_;             ///< by place and mask
    std::vector<std::uint64_t> is_watched_;  ///< a bit a 32-bit word of the heap
    std::vector<std::size_t> touched_;       ///< watches, by the operation under way
    std::unordered_map<Offset, FreePlace> free_places_;
    std::vector<std::pair<const Offset, FreePlace>*> touched_places_;  ///< one may be there more than once
    std::unordered_map<Offset, std::size_t> dying_;
    std::vector<RootKey> roots_;
    std::map<std::pair<DifferenceKind, RootKey>, Blame> root_blames_;
    Blame root_blame_;
    bool changes_roots_ = false, changes_cells_ = false, has_stack_cells_ = false;
    std::uint64_t allocations_ = 0, allocated_bytes_ = 0;
};

// --- in order -------------------------------------------------------------------------------

void put_in_order(Differences& differences, const std::vector<Blame>& blames) {
    std::vector<std::size_t> order(blames.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    const std::vector<Difference>& found = differences.rows;
    std::ranges::sort(order, {}, [&](std::size_t i) {
        return std::tuple(blames[i].operation, found[i].kind, found[i].chunk, found[i].place, i);
    });
    std::vector<Difference> rows;
    rows.reserve(found.size());
    for (const std::size_t i : order) {
        const Blame& blame = blames[i];
        if (differences.causes.empty() || differences.causes.back().operation != blame.operation)
            differences.causes.push_back({blame.operation, rows.size(), rows.size(), 0, {}});
        DifferenceCause& cause = differences.causes.back();
        cause.end = rows.size() + 1;
        cause.collection = std::max(cause.collection, blame.collection);
        for (DifferenceTallies* const tallies : {&cause.tallies, &differences.tallies}) {
            DifferenceTally& tally = (*tallies)[static_cast<std::size_t>(found[i].kind)];
            ++tally.count;
            tally.bytes += found[i].bytes;
        }
        rows.push_back(found[i]);
    }
    differences.rows = std::move(rows);
}

}  // namespace

const DifferenceRow& row_of(DifferenceKind kind) { return difference_rows[static_cast<std::size_t>(kind)]; }

Differences differences_between(const Session& session, const ComparedMoment& one,
                                const ComparedMoment& other, const DifferenceOptions& options) {
    const bool is_in_order = one.position <= other.position;
    const ComparedMoment& earlier = is_in_order ? one : other;
    const ComparedMoment& later = is_in_order ? other : one;
    Differences differences;
    differences.earlier = earlier.position;
    differences.later = later.position;
    if (one.position == other.position) {
        differences.is_whole = true;
        return differences;
    }
    std::vector<Difference>& found = differences.rows;
    const bool is_compared = Comparison(earlier.machine->heap(), later.machine->heap(), options, found).run();
    if (!is_compared) return {};
    Inquest inquest(session, earlier, later, options, found);
    if (!inquest.run(later.machine->heap())) return {};

    std::vector<Blame> blames(found.size());
    std::uint64_t born_chunks = 0, born_bytes = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        Difference& difference = found[i];
        blames[i] = inquest.blame(i);
        if (difference.kind == born) {
            ++born_chunks;
            born_bytes += difference.bytes;
            if (difference.birth != 0)
                blames[i].operation = later.machine->heap().origin_of(difference.chunk).operation;
        }
        if (difference.kind == freed && blames[i].is_swept) difference.kind = swept;
        difference.phase = blames[i].phase;
        if (difference.kind == rooted || difference.kind == unrooted) difference.before = 0;
    }
    differences.passing = {inquest.allocations() - std::min(inquest.allocations(), born_chunks),
                           inquest.allocated_bytes() - std::min(inquest.allocated_bytes(), born_bytes)};
    put_in_order(differences, blames);
    differences.is_whole = true;
    return differences;
}

std::string text_of(const DifferenceTallies& tallies) {
    std::string text;
    for (const DifferenceRow& row : difference_rows) {
        const DifferenceTally& tally = tallies[static_cast<std::size_t>(row.kind)];
        if (tally.count == 0) continue;
        if (!text.empty()) text += ", ";
        text += count_text(tally.count) + " " + std::string(tally.count == 1 ? row.one : row.many);
        const bool counts_bytes = row.kind == born || row.kind == freed || row.kind == swept;
        if (counts_bytes) text += " (" + bytes_text(tally.bytes) + ")";
    }
    return text;
}

}  // namespace tricolour
