#include "app/model/two_moments.h"

#include "app/model/inspection.h"
#include "app/model/narration.h"
#include "app/model/trace_view.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

namespace tricolour {
namespace {

using heapcore::Session;

constexpr double rest_seconds = 0.15;  // before work begins that a move would undo
// What is found within a frame.
constexpr std::size_t most_operations_at_once = 2000;
constexpr std::uint32_t most_bytes_at_once = 1u << 20;
constexpr double at_once_seconds = 0.003;
/// What the lens of changes may look through in each frame; more waits until the session rests.
constexpr std::uint32_t most_granules_at_once = 1u << 18;

/// The same trace and branch, whatever the position.
bool is_same_way(Instant one, const Instant& other) {
    one.position = other.position;
    return one == other;
}

std::string lower(std::string_view text) {
    std::string lowered(text);
    if (!lowered.empty() && lowered.front() >= 'A' && lowered.front() <= 'Z') lowered.front() |= 0x20;
    return lowered;
}

std::string phase_words(heapcore::Phase phase) {
    return phase == heapcore::Phase::idle ? "" : " in " + lower(phase_text(phase));
}

/// How the word at a place reads: "next", "Node `a`".
struct WordText {
    std::string label, value;
};
WordText word_at(const Session& session, const Difference& difference, std::uint64_t value) {
    const std::uint32_t offset = difference.place - difference.chunk;
    const Inspection inspection(session, difference.chunk, ThreadNames());
    std::uint64_t low = 0, end = inspection.is_chunk ? inspection.row_count() : 0;
    while (end - low > 1) {
        const std::uint64_t middle = low + (end - low) / 2;
        (inspection.row(middle).offset <= offset ? low : end) = middle;
    }
    WordText word{"+" + count_text(offset), hex_text(value)};
    if (end == low) return word;
    const BodyRow row = inspection.row(low);
    if (row.offset != offset || row.bytes > difference.bytes) return word;
    if (!row.label.empty()) word.label = row.label;
    if (!row.meaning.empty()) word.value = row.meaning;
    return word;
}

}  // namespace

DifferenceText text_of(const Difference& difference, const Session& earlier, const Session& later) {
    using enum DifferenceKind;
    const auto describe = [&](const Session& session) {
        std::string text = describe_chunk(session.machine(), session.trace(), difference.chunk);
        if (!text.empty()) text.front() = static_cast<char>(std::toupper(text.front()));
        return text;
    };
    const auto colour = [](std::uint64_t value) {
        return std::string(heapcore::word_of(static_cast<heapcore::Colour>(value)));
    };
    const auto type = [](std::uint64_t value) {
        return std::string(heapcore::word_of(static_cast<heapcore::AllocationType>(value)));
    };
    const std::string bytes = bytes_text(difference.bytes);
    switch (difference.kind) {
        case recoloured:
            return {describe(later), colour(difference.before) + " → " + colour(difference.after) +
                                         phase_words(difference.phase)};
        case retyped: return {describe(later), type(difference.before) + " → " + type(difference.after)};
        case stored: {
            const WordText before = word_at(earlier, difference, difference.before);
            const WordText after = word_at(later, difference, difference.after);
            const bool reads_alike = before.value == after.value;
            return {describe(later),
                    after.label + ": " +
                        (reads_alike ? hex_text(difference.before) + " → " + hex_text(difference.after)
                                     : before.value + " → " + after.value)};
        }
        case rooted:
        case unrooted:
            return {describe(difference.kind == rooted ? later : earlier),
                    std::string(word_of(static_cast<heapcore::RootKind>(difference.detail)))};
        case free_resized:
            return {describe(later), bytes_text(difference.before) + " → " + bytes_text(difference.after)};
        case free_moved:
        case free_made:
        case born: return {describe(later), bytes};
        default: return {describe(earlier), bytes};
    }
}

std::string place_text(const Session& session) {
    const auto current = session.current_operation();
    if (!current) return "the start";
    std::string text = "operation " + count_text(*current + 1);
    if (session.position().step > 0) text += ", step " + count_text(session.position().step);
    return text;
}

std::string doing_text(const Session& session) {
    const auto current = session.current_operation();
    if (!current) return {};
    std::string text = row_text(line_text(session.trace(), session.trace().operations[*current]));
    const bool is_collecting =
        session.heap().get(heapcore::Register::phase) != static_cast<std::uint64_t>(heapcore::Phase::idle);
    if (is_collecting && session.position().step > 0) {
        text += ", " + lower(phase_text(session.heap()));
    }
    return text;
}

void TwoMoments::pin(const Session& session) {
    drop();
    pinned_ = session.still();
    map_.sync(*pinned_);
    lens_.mirror();
    lens_.sync(*pinned_, map_, LensId::type_and_colour, {});
    pinned_->clear_changes();
}

void TwoMoments::drop() {
    stop();
    differences_.reset();
    ++number_;
    pinned_.reset();
    map_.reset();
    lens_.reset();
    way_ = mirrored_ = here_ = tried_ = {};
    is_on_way_ = is_pending_ = false;
}

void TwoMoments::stop() {
    if (!work_.is_running()) return;
    work_.stop();
    found_.reset();
}

bool TwoMoments::is_on_way(const Session& session) const {
    if (!pinned_) return false;
    const auto& then = pinned_->trace().operations;
    const auto& now = session.trace().operations;
    const heapcore::Position at = pinned_->position();
    const std::size_t count = at.operation + (at.step > 0 ? 1 : 0);
    return now.size() >= count &&
           std::equal(then.begin(), then.begin() + static_cast<std::ptrdiff_t>(count), now.begin());
}

void TwoMoments::follow(const Session& session, double now_seconds) {
    Instant here = instant_of(session);
    if (here == here_) return;
    stop();
    differences_.reset();
    ++number_;
    rested_since_ = now_seconds;
    if (way_.session == nullptr || !is_same_way(way_, here)) {
        is_on_way_ = is_on_way(session);
        way_ = here;
    }
    here_ = std::move(here);
}

// What the pinned map's lens of changes looks at is the session's map of now.
void TwoMoments::mirror(const Session& session, const MapModel& map, const Wanted& wanted) {
    if (wanted.lens != LensId::changes || mirrored_ == here_) return;
    if (map.granules() > most_granules_at_once && !is_resting_) {
        is_pending_ = true;
        return;
    }
    lens_.mark(session, map);
    mirrored_ = here_;
}

void TwoMoments::update(const Session& session, const MapModel& map, const Wanted& wanted, double now_seconds,
                        bool is_playing) {
    is_pending_ = false;
    if (!pinned_) return;
    follow(session, now_seconds);
    is_playing_ = is_playing;
    is_resting_ = !is_playing && now_seconds - rested_since_ >= rest_seconds;
    if (wanted.map) {
        mirror(session, map, wanted);
        map_.clear_dirty();
        lens_.clear_dirty();
        lens_.sync(*pinned_, map_, wanted.lens, wanted.selected);
        is_pending_ |= lens_.is_behind();
    }
    if (work_.take_end() && found_) {
        if (found_->is_whole) differences_ = std::make_unique<Differences>(std::move(*found_));
        found_.reset();
        ++number_;
    }
    if (wanted.differences && is_on_way_ && !is_playing && !differences_) find_differences(session);
}

// In a small heap, and not far, they are found at once: the list does not blink when one steps on.
bool TwoMoments::find_at_once(const Session& session) {
    const std::size_t here = session.position().operation, there = pinned_->position().operation;
    const bool is_near = std::max(here, there) - std::min(here, there) <= most_operations_at_once;
    const heapcore::Heap& heap = session.heap();
    if (tried_ == here_ || !is_near || heap.size_bytes() > most_bytes_at_once) return false;
    tried_ = here_;
    const auto began = std::chrono::steady_clock::now();
    const auto goes_on = [&](double) {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() <
               at_once_seconds;
    };
    Differences found = differences_between(session, {&pinned_->machine(), pinned_->position()},
                                            {&session.machine(), session.position()}, {.goes_on = goes_on});
    if (!found.is_whole) return false;
    differences_ = std::make_unique<Differences>(std::move(found));
    ++number_;
    return true;
}

void TwoMoments::find_differences(const Session& session) {
    if (!work_.is_running() && find_at_once(session)) return;
    is_pending_ = true;
    if (!is_resting_ || work_.is_running()) return;
    found_ = std::make_shared<Differences>();
    work_.start([found = found_, &session, this](const Beside::GoesOn& goes_on) {
        *found = differences_between(session, {&pinned_->machine(), pinned_->position()},
                                     {&session.machine(), session.position()}, {.goes_on = goes_on});
    });
}

std::string TwoMoments::waiting_text() const {
    if (!pinned_) return "No moment is pinned.";
    if (!is_on_way_)
        return "The pinned moment is on another branch: no operations lead from one to the other.";
    if (differences_) return {};
    if (is_playing_) return "Not looked for while playing.";
    if (!work_.is_running()) return "Comparing.";
    return "Attributing: " + percent_text(work_.part());
}

}  // namespace tricolour
