#include "app/model/violations.h"

#include "app/model/narration.h"

#include <algorithm>
#include <cctype>

namespace tricolour {

using namespace heapcore;

namespace {

constexpr double patience_seconds = 0.25;  // that a position of a large heap rests before it is audited
constexpr std::uint64_t small_looks = 20'000;

/// Chunks looked at, and what an audit costs even if there are none.
std::uint64_t looks_of(const Heap& heap) {
    constexpr std::uint32_t bytes_per_look = 1024;
    return heap.get(Register::chunks) + heap.size_bytes() / bytes_per_look;
}

bool may_audit(const Session& session) {
    if (session.position().step == 0) return true;
    const auto step = session.current_step();
    return step && is_settled(session.heap(), *step);
}

std::string capital(std::string_view text) {
    std::string sentence(text);
    if (!sentence.empty())
        sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
    return sentence;
}

std::string words_of(ViolationKind kind) {
    std::string words = capital(row_of(kind).word);
    std::ranges::replace(words, '-', ' ');
    return words;
}

std::string meaning_of(ViolationKind kind) {
    const ViolationRow& row = row_of(kind);
    return capital(row.meaning) + "." +
           (row.is_of_engine ? " No program can bring this about: the engine itself is wrong." : "");
}

ViolationText text_of(const Session& session, const Violation& violation) {
    ViolationText text{
        words_of(violation.kind), capital(violation.sentence) + ".", meaning_of(violation.kind), {}};
    if (violation.chunk == no_chunk) return text;
    text.chunk = violation.chunk;
    // Nothing can be said of what lies where the chain of chunks is broken.
    if (violation.kind != ViolationKind::chunk_chain)
        text.subject = capital(describe_chunk(session.machine(), session.trace(), violation.chunk));
    return text;
}

bool is_near(const Instant& found, const Instant& here) {
    const std::size_t first = std::min(found.position.operation, here.position.operation);
    const std::size_t last = std::max(found.position.operation, here.position.operation);
    return found.session == here.session && found.source == here.source &&
           found.operations == here.operations && found.branch == here.branch && found.edits == here.edits &&
           last - first <= 1;
}

}  // namespace

void Violations::update(const Session& session, double now_seconds, bool is_playing) {
    const Instant here = instant_of(session);
    if (here != here_ || is_playing) {
        here_ = here;
        rested_since_ = now_seconds;
    }
    if (here == audited_) {
        state_ = State::current;
        return;
    }
    forget_what_is_far(here);
    const bool is_large = looks_of(session.heap()) > small_looks;
    if (!may_audit(session))
        state_ = State::under_way;
    else if (is_large && now_seconds < rested_since_ + patience_seconds)
        state_ = State::waiting;
    else
        audit(session);
}

bool Violations::audit_now(const Session& session) {
    if (!may_audit(session)) return false;
    audit(session);
    return true;
}

void Violations::audit(const Session& session) {
    rows_.clear();
    chunks_.clear();
    for (const Violation& violation : heapcore::audit(session.heap())) {
        rows_.push_back(text_of(session, violation));
        if (violation.chunk != no_chunk) chunks_.push_back(violation.chunk);
    }
    std::ranges::sort(chunks_);
    chunks_.erase(std::unique(chunks_.begin(), chunks_.end()), chunks_.end());
    audited_ = here_ = instant_of(session);
    state_ = State::current;
}

void Violations::forget_what_is_far(const Instant& here) {
    if (is_near(audited_, here)) return;
    audited_ = {};
    rows_.clear();
    chunks_.clear();
}

bool Violations::is_at_fault(Offset chunk) const { return std::ranges::binary_search(chunks_, chunk); }

std::optional<std::size_t> Violations::row_about(Offset chunk) const {
    const auto row = std::ranges::find(rows_, std::optional(chunk), &ViolationText::chunk);
    if (row == rows_.end()) return std::nullopt;
    return static_cast<std::size_t>(row - rows_.begin());
}

std::string Violations::count_text() const {
    if (rows_.empty()) return {};
    return tricolour::count_text(count()) + (is_cut() ? "+" : "") +
           (count() == 1 ? " violation" : " violations");
}

std::string Violations::state_text() const {
    const bool is_known = !rows_.empty();
    switch (state_) {
        case State::nothing: return "What does not hold in the heap, once a trace is open.";
        case State::current: return is_known ? "" : "Every invariant holds at this position.";
        case State::waiting:
            return is_known ? "As found nearby. The heap is audited once the position rests."
                            : "The heap is audited once the position rests.";
        case State::under_way:
            return is_known ? "As found nearby. An operation is under way: the heap is audited at its end."
                            : "An operation is under way: the heap is audited at its end.";
    }
    return {};
}

}  // namespace tricolour
