#include "app/model/demise.h"

#include "app/model/narration.h"
#include "app/model/referrers.h"

#include <algorithm>
#include <array>

namespace tricolour {
namespace {

using heapcore::Chain;
using heapcore::Graph;
using heapcore::Heap;
using heapcore::Link;
using heapcore::Offset;
using heapcore::OperationKind;
using heapcore::Register;
using heapcore::Session;
using heapcore::Step;
using heapcore::StepKind;

/// Operations after which something may be reachable that was not before: they store what may be a reference,
/// or let a stack's residue or another type of chunk be looked at.
bool may_hold_again(OperationKind kind) {
    constexpr std::array kinds = {
        OperationKind::retype,      OperationKind::clone,     OperationKind::set_field,
        OperationKind::set_element, OperationKind::permanent, OperationKind::transient,
        OperationKind::thread,      OperationKind::call,      OperationKind::local,
        OperationKind::push,        OperationKind::throw_,    OperationKind::pin,
        OperationKind::define_class};
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// Notes where a birth is given, and how a chunk is freed.
class Watch : public heapcore::StepListener {
public:
    Watch(std::uint32_t birth, Offset where) : chunk(where), birth_(birth) {}
    void on_step(const Step& step) override {
        if (step.kind == StepKind::alloc && step.b == birth_) chunk = step.chunk;
        if (step.chunk != chunk || is_freed) return;
        is_freed = step.kind == StepKind::free || step.kind == StepKind::swept;
        was_swept = step.kind == StepKind::swept;
    }

    Offset chunk;
    bool is_freed = false;
    bool was_swept = false;

private:
    std::uint32_t birth_;
};

class Search {
public:
    Search(const Session& session, std::uint32_t birth, const DemiseOptions& options)
        : session_(session), options_(options), birth_(birth), rerun_(session) {}

    Demise run() {
        const std::size_t now = session_.position().operation;
        if (!find_birth(now) || !find_death(now) || !find_cut()) return is_stopped_ ? Demise{} : found_;
        if (found_.kind == Demise::cut_off || found_.kind == Demise::given_back) tell_holder();
        if (is_stopped_) return {};
        tell();
        return found_;
    }

private:
    bool go_to(std::size_t operation) {
        is_stopped_ = is_stopped_ || !rerun_.go_to(operation, should_stop_);
        return !is_stopped_;
    }
    bool carry_out(heapcore::StepListener* listener = nullptr) {
        return rerun_.carry_out(listener, should_stop_);
    }
    bool is_held() { return heapcore::is_reachable(rerun_.heap(), found_.chunk, should_stop_); }

    /// The first of [from, to] for which it holds; to + 1 if none. It holds for all that follow.
    template <typename Holds>
    std::size_t first_where(std::size_t from, std::size_t to, Holds holds) {
        std::size_t end = to + 1;
        while (from < end && !is_stopped_) {
            const std::size_t middle = from + (end - from) / 2;
            if (go_to(middle) && holds())
                end = middle;
            else
                from = middle + 1;
        }
        return end;
    }

    bool find_birth(std::size_t now) {
        const std::size_t after =
            first_where(0, now, [this] { return rerun_.heap().get(Register::next_birth) >= birth_; });
        if (is_stopped_ || after == 0 || after > now || birth_ == 0) return false;
        found_.born = after - 1;
        if (!go_to(found_.born)) return false;
        Watch watch(birth_, heapcore::no_chunk);
        carry_out(&watch);
        found_.chunk = watch.chunk;
        part_ = 0.1;
        return !is_stopped_ && watch.chunk != heapcore::no_chunk;
    }

    bool is_there() const {
        const Heap& heap = rerun_.heap();
        return heap.origin_of(found_.chunk).birth == birth_ && heap.is_sane(found_.chunk);
    }

    bool find_death(std::size_t now) {
        const std::size_t gone = first_where(found_.born + 1, now, [this] { return !is_there(); });
        if (is_stopped_) return false;
        end_ = gone - 1;
        part_ = 0.2;
        if (gone > now) return true;
        found_.freed = gone - 1;
        if (!go_to(gone - 1)) return false;
        Watch watch(birth_, found_.chunk);
        carry_out(&watch);
        found_.was_swept = watch.was_swept;
        return !is_stopped_;
    }

    /// Whether it is reachable before that operation.
    bool is_held_at(std::size_t operation) {
        ++looks_;
        return go_to(operation) && is_there() && is_held();
    }

    // Between its making and its end: positions from born + 1 to end_ at which it was there.
    bool find_cut() {
        const std::size_t first = found_.born + 1;
        if (end_ < first) {
            found_.kind = Demise::never_held;
            return true;
        }
        if (is_held_at(end_)) {
            found_.kind = found_.freed ? Demise::given_back : Demise::alive;
            found_.operation = found_.freed;
            held_ = end_;
            return !is_stopped_;
        }
        std::size_t held = is_held_at(first) ? first : next_held(first + 1);
        while (held != 0 && !is_stopped_) {
            held_ = last_held_from(held);
            held = next_held(held_ + 2);
        }
        if (is_stopped_) return false;
        found_.is_certain = looks_ < options_.most_looks;
        found_.kind = held_ == 0 ? Demise::never_held : Demise::cut_off;
        if (held_ != 0) found_.operation = held_;
        return true;
    }

    // Of a position at which it is reachable: the last one before it is cut off, one time or other.
    std::size_t last_held_from(std::size_t held) {
        return first_where(held + 1, end_,
                           [this] {
                               ++looks_;
                               return !is_held();
                           }) -
               1;
    }

    // The next position at which it is reachable, where it was not before; 0: none.
    std::size_t next_held(std::size_t from) {
        const auto& operations = session_.trace().operations;
        for (std::size_t at = from; at <= end_ && looks_ < options_.most_looks && !is_stopped_; ++at) {
            part_ = 0.3 + 0.7 * static_cast<double>(at) / static_cast<double>(end_ + 1);
            if (may_hold_again(operations[at - 1].kind) && is_held_at(at)) return at;
        }
        return 0;
    }

    // The chain by which it was held last, and what of it is gone after the operation.
    void tell_holder() {
        const auto& machine = rerun_.machine();
        const auto& operations = session_.trace().operations;
        if (!go_to(held_)) return;
        const auto graph = Graph::of(rerun_.heap(), should_stop_);
        if (!graph) return;
        const auto chains = heapcore::chains_to(rerun_.heap(), *graph, found_.chunk, 1, should_stop_);
        if (chains.rows.empty()) return;
        const Chain& chain = chains.rows.front();
        ThreadNames threads;
        threads.update(session_);
        for (const Link& link : chain) {
            if (should_stop_()) return;
            found_.chain.push_back(joined(text_of(machine, session_.trace(), threads, link)));
        }
        found_.broken_link = chain.size() - 1;
        if (found_.kind == Demise::given_back || held_ >= operations.size() || !carry_out()) return;
        const auto roots = heapcore::root_links(rerun_.heap());
        for (std::size_t i = 0; i < chain.size() && !should_stop_(); ++i) {
            if (holds(roots, chain[i])) continue;
            found_.broken_link = i;
            break;
        }
    }

    bool holds(const std::vector<Link>& roots, const Link& link) const {
        const auto is_same = [&](const Link& other) {
            return other.kind == link.kind && other.place == link.place && other.target == link.target;
        };
        if (link.holder == heapcore::no_chunk || link.kind == Link::by_thread)
            return std::any_of(roots.begin(), roots.end(), is_same);
        if (!rerun_.heap().is_sane(link.holder)) return false;
        const std::vector<Link> links = heapcore::links_of(rerun_.heap(), link.holder);
        return std::any_of(links.begin(), links.end(), is_same);
    }

    /// "`set a.next null` in line 12".
    std::string spoken(std::size_t operation) const {
        const heapcore::Operation& it = session_.trace().operations[operation];
        std::string text = "`" + heapcore::print_operation(session_.trace(), it) + "`";
        return it.line != 0 ? text + " in line " + std::to_string(it.line) : text + ", typed in,";
    }

    void tell() {
        std::string& text = found_.text;
        const std::string holder = found_.chain.empty() ? "something" : found_.chain[found_.broken_link];
        switch (found_.kind) {
            case Demise::alive: text = "It is alive."; return;
            case Demise::never_held:
                text =
                    "Nothing held it once the operation that made it, " + spoken(found_.born) + ", was done.";
                break;
            case Demise::given_back:
                text = spoken(*found_.operation) + " gave it back, while " + holder + " still held it.";
                return;
            default: {
                const std::size_t left = found_.chain.size() - found_.broken_link;
                text = spoken(*found_.operation) + " cut it off. Until then " + holder +
                       (left > 1 ? " led to it in " + count_text(left) + " links." : " held it.");
            }
        }
        if (found_.freed)
            text += (found_.was_swept ? " A collection freed it: " : " It was given back: ") +
                    spoken(*found_.freed) + ".";
        else
            text += " It lies there until a collection frees it.";
        if (!found_.is_certain) text += " Not all operations since then were looked at.";
    }

    const Session& session_;
    const DemiseOptions& options_;
    std::uint32_t birth_;
    Rerun rerun_;
    Demise found_;
    std::size_t end_ = 0;   ///< last position at which it was there
    std::size_t held_ = 0;  ///< last position at which it was reachable, as far as is known; 0: none
    std::uint32_t looks_ = 0;
    bool is_stopped_ = false;
    double part_ = 0;
    /// Once it says so, it is.
    const heapcore::ShouldStop should_stop_ = [this] {
        is_stopped_ = is_stopped_ || (options_.goes_on && !options_.goes_on(part_));
        return is_stopped_;
    };
};

}  // namespace

Demise demise_of(const Session& session, std::uint32_t birth, const DemiseOptions& options) {
    return Search(session, birth, options).run();
}

}  // namespace tricolour
