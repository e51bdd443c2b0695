// Answers: what there is to know of one chunk besides what lies in it. Why it is alive or dead, why it lies
// where it lies, what had the place before.
//
// What takes no time is found at once. What takes a large graph waits until the position rests, and what
// takes a replay runs beside the window: the session has to stand still meanwhile, so stop() comes before
// whatever moves it.
#pragma once

#include "app/model/beside.h"
#include "app/model/demise.h"
#include "app/model/heap_graph.h"
#include "app/model/holding.h"
#include "app/model/place_history.h"
#include "app/model/placement.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tricolour {

/// What is asked for.
struct Question {
    heapcore::Offset chunk = heapcore::no_chunk;  ///< no_chunk: nothing
    std::uint32_t birth = 0;                      ///< 0: whatever is there
    bool wants_history = false;
};

class Answers {
public:
    Answers() = default;
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;

    /// Once a frame.
    void update(const heapcore::Session& session, const Question& question, double now_seconds,
                bool is_playing = false);
    /// Whatever reads the session beside the window has ended when it returns.
    void stop() { work_.stop(); }
    /// Forgets everything (another session).
    void clear();
    /// More will be known though nothing happens.
    bool is_pending() const { return is_pending_; }
    /// The session is being read beside the window.
    bool is_reading() const { return work_.is_running(); }

    const Question& question() const { return question_; }
    /// A chunk in use, and with a birth that one, is there.
    bool is_there() const { return is_there_; }
    /// Of a chunk that is there. Null: not known yet.
    const Holding* holding() const { return holding_.get(); }
    /// Another one with each holding.
    std::uint64_t holding_number() const { return holding_number_; }
    /// What is found of it is found in no time.
    bool is_small() const { return is_small_; }
    /// Of one that is dead or gone; of free memory, of what had the place last.
    const Demise* demise() const { return demise_ ? &*demise_ : nullptr; }
    /// Of one that an operation asked for.
    const Placement* placement() const { return placement_ ? &*placement_ : nullptr; }
    /// What had the place up to the position, or to a later one. None until it was asked for, unless free
    /// memory is what is asked about.
    const PlaceHistory* history() const { return history_ ? &*history_ : nullptr; }
    /// Operations that the history goes through.
    std::size_t history_end() const { return history_end_; }
    /// Of free memory, who had the place last; of anything else it itself. Null: not known.
    const Tenancy* last_tenancy() const;

    /// What is still being found out, or why it is not: "Looking through the heap." Empty: all is known.
    const std::string& waiting_text() const { return waiting_text_; }
    double part() const { return work_.part(); }

private:
    /// What a piece of work beside the window finds.
    struct Found {
        bool has_graph = false;
        std::optional<heapcore::Graph> graph;  ///< if has_graph; none: none can be made
        std::unique_ptr<Holding> holding;
        std::optional<Demise> demise;
        std::optional<Placement> placement;
        std::uint32_t placed_birth = 0;
        std::optional<PlaceHistory> history;
    };
    using Work = std::function<void(Found&, const Beside::GoesOn&)>;

    void follow(const heapcore::Session& session, const Question& question, double now_seconds);
    void take_found(const heapcore::Session& session);
    void hold(std::unique_ptr<Holding> holding);
    void find_holding(const heapcore::Session& session, bool is_playing);
    void find_next(const heapcore::Session& session);
    bool knows_history_of(const Question& question) const;
    std::uint32_t dead_birth() const;
    void start(std::string text, Work work);
    void wait(std::string text);

    Question question_;
    Instant here_;
    double rested_since_ = 0;
    bool is_resting_ = false;
    bool is_there_ = false;
    bool is_pending_ = false;
    std::string waiting_text_, work_text_;

    std::unique_ptr<HeapGraph> graphs_ = std::make_unique<HeapGraph>();
    ThreadNames threads_;
    std::unique_ptr<Holding> holding_;
    std::uint64_t holding_number_ = 0;
    bool is_small_ = true;
    std::optional<Demise> demise_;
    std::optional<Placement> placement_;
    std::uint32_t placed_birth_ = 0;  ///< that its placement was looked for, found or not
    std::optional<PlaceHistory> history_;
    heapcore::Offset history_place_ = heapcore::no_chunk;
    std::size_t history_end_ = 0;

    std::shared_ptr<Found> found_;
    Beside work_;  ///< last: ends before what it writes to
};

}  // namespace tricolour
