#include "app/model/answers.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::no_chunk;
using heapcore::Offset;
using heapcore::Session;

constexpr double rest_seconds = 0.15;  // before work begins that a move would undo
constexpr std::uint64_t most_chunks_at_once = 30'000;
constexpr std::uint64_t most_chunks_while_playing = 2'000;

/// The same trace and branch, whatever the position.
bool is_same_way(Instant one, const Instant& other) {
    one.position = other.position;
    return one == other;
}

bool has_birth(const Session& session, Offset chunk, std::uint32_t birth) {
    const heapcore::Heap& heap = session.heap();
    if (chunk >= heap.size_bytes() || !heap.is_sane(chunk) || !heap.header(chunk).is_in_use()) return false;
    return birth == 0 || heap.origin_of(chunk).birth == birth;
}

}  // namespace

void Answers::clear() {
    stop();
    work_.take_end();
    question_ = {};
    here_ = {};
    is_there_ = is_pending_ = false;
    waiting_text_.clear();
    holding_.reset();
    graphs_ = std::make_unique<HeapGraph>();
    demise_.reset();
    placement_.reset();
    placed_birth_ = 0;
    history_.reset();
    history_place_ = no_chunk;
    found_.reset();
}

void Answers::update(const Session& session, const Question& question, double now_seconds, bool is_playing) {
    follow(session, question, now_seconds);
    is_pending_ = false;
    waiting_text_.clear();
    if (question_.chunk == no_chunk) return;
    is_resting_ = !is_playing && now_seconds - rested_since_ >= rest_seconds;
    take_found(session);
    if (is_there_) find_holding(session, is_playing);
    if (is_playing) return;
    if (!work_.is_running()) find_next(session);
    if (work_.is_running()) wait(work_text_);
}

// What does not hold any more is forgotten.
void Answers::follow(const Session& session, const Question& question, double now_seconds) {
    Instant here = instant_of(session);
    const bool is_same =
        here == here_ && question.chunk == question_.chunk && question.birth == question_.birth;
    question_ = question;
    if (is_same) return;
    stop();
    found_.reset();
    holding_.reset();
    demise_.reset();
    if (!is_same_way(here_, here)) {
        placed_birth_ = 0;
        history_place_ = no_chunk;
    }
    if (here != here_) {
        rested_since_ = now_seconds;
        threads_.update(session);
    }
    here_ = std::move(here);
    if (placed_birth_ != question.birth) placement_.reset();
    if (!knows_history_of(question)) history_.reset();
    is_there_ = question.chunk != no_chunk && has_birth(session, question.chunk, question.birth);
}

// A history goes on being told of when one of those that had the place is asked about.
bool Answers::knows_history_of(const Question& question) const {
    if (!history_ || history_place_ == no_chunk || here_.position.operation > history_end_) return false;
    return question.chunk == history_place_ || (question.birth != 0 && history_->of_birth(question.birth));
}

void Answers::take_found(const Session& session) {
    if (!work_.take_end() || !found_) return;
    if (found_->has_graph) graphs_->take(session, std::move(found_->graph));
    if (found_->holding) hold(std::move(found_->holding));
    if (found_->demise) demise_ = std::move(found_->demise);
    if (found_->placed_birth != 0) {
        placement_ = std::move(found_->placement);
        placed_birth_ = found_->placed_birth;
    }
    if (found_->history) history_ = std::move(found_->history);
    found_.reset();
}

void Answers::wait(std::string text) {
    is_pending_ = true;
    waiting_text_ = std::move(text);
}

void Answers::start(std::string text, Work work) {
    work_text_ = std::move(text);
    found_ = std::make_shared<Found>();
    work_.start(
        [found = found_, work = std::move(work)](const Beside::GoesOn& goes_on) { work(*found, goes_on); });
}

void Answers::hold(std::unique_ptr<Holding> holding) {
    holding_ = std::move(holding);
    ++holding_number_;
}

// A large heap's graph is asked for once the position rests, and so are the chains in it.
void Answers::find_holding(const Session& session, bool is_playing) {
    const heapcore::Graph* const graph =
        graphs_->look(session, is_playing ? most_chunks_while_playing : most_chunks_at_once);
    if (holding_) return;
    is_small_ = graph && graph->size() <= most_chunks_at_once;
    if (graphs_->is_impossible()) {
        waiting_text_ = "There are more links in this heap than a graph of it can hold.";
    } else if (is_small_) {
        hold(std::make_unique<Holding>(session, *graph, threads_, question_.chunk));
    } else if (graph) {
        if (!work_.is_running())
            start("Looking for the chains that lead to it.",
                  [this, &session, graph, chunk = question_.chunk](Found& found,
                                                                   const Beside::GoesOn& goes_on) {
                      found.holding = std::make_unique<Holding>(session, *graph, threads_, chunk,
                                                                [&] { return !goes_on(0); });
                  });
    } else if (is_playing) {
        waiting_text_ = "Not looked for while a large heap plays.";
    } else {
        wait("Looking through the heap.");
        if (!is_resting_ || work_.is_running()) return;
        start("Looking through the heap.", [&session](Found& found, const Beside::GoesOn& goes_on) {
            found.graph = heapcore::Graph::of(session.heap(), [&] { return !goes_on(0); });
            found.has_graph = true;
        });
    }
}

/// The chunk that is dead, as far as is known; 0: none.
std::uint32_t Answers::dead_birth() const {
    if (is_there_) {
        if (!holding_ || holding_->is_alive) return 0;
        return question_.birth;
    }
    if (question_.birth != 0) return question_.birth;
    const Tenancy* const last = last_tenancy();
    return last ? last->birth : 0;
}

const Tenancy* Answers::last_tenancy() const {
    if (!history_) return nullptr;
    if (question_.birth != 0) return history_->of_birth(question_.birth);
    const auto& tenancies = history_->tenancies;
    const auto later = std::find_if(tenancies.begin(), tenancies.end(), [&](const Tenancy& tenancy) {
        return !tenancy.events.empty() && tenancy.events.front().position > here_.position;
    });
    return later == tenancies.begin() ? nullptr : &*std::prev(later);
}

// One piece of work after the other, the one asked for most first.
void Answers::find_next(const Session& session) {
    const bool is_free = !is_there_ && question_.birth == 0;
    const bool wants_history = (question_.wants_history || is_free) && !history_;
    const std::uint32_t dead = demise_ ? 0 : dead_birth();
    const std::uint32_t birth = question_.birth;
    const bool has_origin = birth != 0 && (is_there_ || demise_);
    const bool wants_placement = has_origin && placed_birth_ != birth;
    if (dead == 0 && !wants_placement && !wants_history) return;
    if (!is_resting_) return wait("");
    if (dead != 0) {
        start("Looking for the operation that cut it off.",
              [&session, dead](Found& found, const Beside::GoesOn& goes_on) {
                  found.demise = demise_of(session, dead, {.goes_on = goes_on});
              });
    } else if (wants_placement) {
        const std::size_t operation =
            is_there_ ? session.heap().origin_of(question_.chunk).operation : demise_->born;
        start("Looking at how it came to its place.",
              [&session, operation, birth](Found& found, const Beside::GoesOn& goes_on) {
                  found.placement = placement_of(session, operation, birth, [&] { return !goes_on(0); });
                  found.placed_birth = birth;
              });
    } else {
        history_place_ = question_.chunk;
        history_end_ = session.position().operation;
        start("Carrying out the trace again.",
              [&session, place = history_place_](Found& found, const Beside::GoesOn& goes_on) {
                  found.history = history_of(session, place, {.goes_on = goes_on});
              });
    }
}

}  // namespace tricolour
