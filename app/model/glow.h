// Glow: which chunks the last steps touched and when, so that the map can let them fade.
//
// Steps are taken over however the position moved: those carried out going forward, those undone going
// back. Of many only the last ones count.
#pragma once

#include "app/model/instant.h"

#include <span>
#include <vector>

namespace tricolour {

class Glow {
public:
    static constexpr std::size_t most = 256;
    static constexpr std::size_t most_of_a_jump = 12;

    struct Lit {
        heapcore::Offset chunk;
        double since;  ///< seconds
    };

    /// What was touched since the last look lights up.
    void follow(const heapcore::Session& session, double now_seconds);
    /// What can be seen no more goes out; with a time constant of 0 everything.
    void fade(double now_seconds, double time_constant_seconds);
    /// Longest ago first.
    std::span<const Lit> lit() const { return lit_; }
    bool is_dark() const { return lit_.empty(); }
    /// 1 when it lights up, 0 once it has gone out.
    static float strength(double age_seconds, double time_constant_seconds);

private:
    void light(heapcore::Offset chunk, double now_seconds);

    Instant seen_;
    std::optional<std::size_t> operation_;
    std::uint64_t step_number_ = 0;
    std::vector<Lit> lit_;
};

}  // namespace tricolour
