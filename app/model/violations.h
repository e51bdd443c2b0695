// Violations: what an audit finds at the position shown, in words.
//
// It is looked for when the position comes to rest: at once in a heap that is looked through in no time,
// after a moment in a large one, and not in the middle of an operation that is cutting or joining chunks.
// What was found stays as long as the position is not far from where it was found.
#pragma once

#include "app/model/instant.h"
#include "heapcore/audit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

struct ViolationText {
    std::string subject;   ///< "Node `b`"; without a chunk what is at fault: "Root stack"
    std::string sentence;  ///< "The class of … is gone."
    std::string meaning;   ///< the invariant that does not hold, and whether a program can bring that about
    std::optional<heapcore::Offset> chunk;
};

class Violations {
public:
    enum class State : std::uint8_t {
        nothing,   ///< no trace is open
        current,   ///< what is known holds at the position
        waiting,   ///< the position has not rested for long enough
        under_way  ///< an operation is under way, whose chunks are being cut or joined
    };

    /// Audits if the position has come to rest, which that of a large heap does not while it plays. Cheap
    /// when it has not moved since.
    void update(const heapcore::Session& session, double now_seconds, bool is_playing = false);
    /// Audits at once, however large the heap. False in the middle of an operation.
    bool audit_now(const heapcore::Session& session);
    void clear() { *this = {}; }

    State state() const { return state_; }
    /// What was found, at the position or, unless the state is current, near it.
    const std::vector<ViolationText>& rows() const { return rows_; }
    std::uint64_t count() const { return rows_.size(); }
    /// Whether there may be more than are listed.
    bool is_cut() const { return rows_.size() >= heapcore::most_violations; }
    /// Chunks at fault, ascending, each once.
    const std::vector<heapcore::Offset>& chunks() const { return chunks_; }
    bool is_at_fault(heapcore::Offset chunk) const;
    /// The first row about a chunk.
    std::optional<std::size_t> row_about(heapcore::Offset chunk) const;

    /// "3 violations"; empty for none.
    std::string count_text() const;
    /// What the list means: that nothing is wrong, or why it may be out of date.
    std::string state_text() const;

private:
    void audit(const heapcore::Session& session);
    void forget_what_is_far(const Instant& here);

    State state_ = State::nothing;
    Instant here_;             ///< the position seen last
    double rested_since_ = 0;  ///< seconds
    Instant audited_;          ///< where rows_ were found
    std::vector<ViolationText> rows_;
    std::vector<heapcore::Offset> chunks_;
};

}  // namespace tricolour
