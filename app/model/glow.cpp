#include "app/model/glow.h"

#include <algorithm>
#include <cmath>

namespace tricolour {

using heapcore::Offset;

namespace {

constexpr float least_strength = 0.05f;  // that can be seen

}  // namespace

float Glow::strength(double age_seconds, double time_constant_seconds) {
    if (time_constant_seconds <= 0) return 0;
    const auto strength = static_cast<float>(std::exp(-std::max(0.0, age_seconds) / time_constant_seconds));
    return strength < least_strength ? 0 : strength;
}

void Glow::light(Offset chunk, double now_seconds) {
    std::erase_if(lit_, [&](const Lit& lit) { return lit.chunk == chunk; });
    lit_.push_back({chunk, now_seconds});
}

void Glow::follow(const heapcore::Session& session, double now_seconds) {
    const Instant now = instant_of(session);
    if (now == seen_) return;
    const bool is_same_session = now.session == seen_.session && now.source == seen_.source;
    const auto operation = session.current_operation();
    const std::uint64_t number = session.current_step_number();
    const std::uint64_t before = step_number_;
    const bool is_same_operation = is_same_session && operation == operation_;
    const bool is_next = is_same_session && operation && *operation == operation_.value_or(0) + 1;
    seen_ = now;
    operation_ = operation;
    step_number_ = number;
    if (!is_same_session) return lit_.clear();
    const heapcore::Journal* const journal = session.current_journal();
    if (!journal) return;
    const auto light_step = [&](std::uint64_t at) {
        if (!journal->holds(at)) return;
        const Offset chunk = journal->step(at).chunk;
        if (chunk < session.heap().size_bytes()) light(chunk, now_seconds);
    };
    if (is_same_operation && number < before) {
        for (std::uint64_t at = std::min(before, number + most); at > number; --at)
            light_step(at - 1);
    } else {
        const std::uint64_t limit = is_same_operation || is_next ? most : most_of_a_jump;
        const std::uint64_t from = std::max(is_same_operation ? before : 0, number - std::min(number, limit));
        for (std::uint64_t at = from; at < number; ++at)
            light_step(at);
    }
    if (lit_.size() > most) lit_.erase(lit_.begin(), lit_.end() - static_cast<std::ptrdiff_t>(most));
}

void Glow::fade(double now_seconds, double time_constant_seconds) {
    std::erase_if(
        lit_, [&](const Lit& lit) { return strength(now_seconds - lit.since, time_constant_seconds) <= 0; });
}

}  // namespace tricolour
