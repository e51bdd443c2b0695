// An operation unfolded: how many steps it has, where the phases of its collections lie among them, and how
// full the heap was on the way.
#pragma once

#include "app/model/rerun.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tricolour {

/// Steps [first, last) of an operation, numbered from 0, that belong to a phase of a collection. The first
/// one enters it.
struct PhaseSteps {
    heapcore::Phase phase = heapcore::Phase::idle;
    std::uint64_t first = 0, last = 0;
    bool operator==(const PhaseSteps&) const = default;
};

struct Unfolding {
    std::uint64_t steps = 0;  ///< 0: it cannot be carried out
    std::vector<PhaseSteps> phases;
    /// How full the heap was after steps, joined as the index's samples are; without highest_used and chunks.
    /// Outside of a collection as before and after the operation: while an allocation splits a free chunk all
    /// of it counts as used.
    std::uint64_t steps_each = 1;
    std::vector<heapcore::HeapSample> samples;

    /// The phase that a step belongs to; idle outside of a collection.
    heapcore::Phase phase_of(std::uint64_t step) const;
};

inline constexpr std::size_t most_inner_samples = 1024;  ///< of one operation

/// Carries the next operation out. None if `should_stop` said so on the way.
std::optional<Unfolding> unfold(Rerun& rerun, const Rerun::ShouldStop& should_stop = {});

/// Operations that were unfolded, by their number. Bounded: those farthest from what is wanted go first.
class Unfoldings {
public:
    const Unfolding* find(std::size_t operation) const;
    std::optional<std::uint64_t> steps_of(std::size_t operation) const;
    void add(std::size_t operation, Unfolding unfolding);
    void clear();
    /// Another number with each change.
    std::uint64_t version() const { return version_; }
    std::size_t size() const { return known_.size(); }

private:
    std::map<std::size_t, Unfolding> known_;
    std::uint64_t version_ = 0;
};

}  // namespace tricolour
