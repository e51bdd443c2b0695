#include "app/model/search_walk.h"

#include "app/model/narration.h"

namespace tricolour {
namespace {

using heapcore::Step;
using heapcore::StepKind;

bool is_searching(StepKind kind) {
    return kind == StepKind::search_skipped || kind == StepKind::search_looked ||
           kind == StepKind::search_found || kind == StepKind::search_failed;
}

/// What follows a search.
bool is_placing(StepKind kind) {
    return kind == StepKind::taken || kind == StepKind::split || kind == StepKind::inserted ||
           kind == StepKind::alloc || kind == StepKind::out_of_memory;
}

bool ends_search(StepKind kind) { return kind == StepKind::search_found || kind == StepKind::search_failed; }

void add(SearchWalk& walk, const Step& step) {
    walk.needed_bytes = step.b;
    const std::uint64_t number = walk.passed_over + walk.candidates.size() + 1;
    const auto bytes = static_cast<std::uint32_t>(step.a);
    switch (step.kind) {
        case StepKind::search_skipped:
            walk.passed_over = step.a;
            walk.last_passed = step.chunk;
            break;
        case StepKind::search_looked: walk.candidates.push_back({step.chunk, bytes, number, false}); break;
        case StepKind::search_found:
            walk.candidates.push_back({step.chunk, bytes, number, true});
            walk.is_done = true;
            break;
        default: walk.has_failed = walk.is_done = true; break;
    }
}

}  // namespace

SearchWalk search_walk_of(const heapcore::Session& session) {
    SearchWalk walk;
    const heapcore::Journal* const journal = session.current_journal();
    if (!journal) return walk;
    const std::uint64_t end = session.current_step_number();
    std::uint64_t begin = end;
    while (journal->holds(begin - 1) && is_placing(journal->step(begin - 1).kind))
        --begin;
    // What was freed enters the list too; and of two searches in a row the first one ends with its find.
    const std::uint64_t found = begin;
    while (journal->holds(begin - 1) && is_searching(journal->step(begin - 1).kind)) {
        if (begin != found && ends_search(journal->step(begin - 1).kind)) break;
        --begin;
    }
    if (begin == found || (found < end && !ends_search(journal->step(found - 1).kind))) return walk;
    walk.smallest_chunk_bytes = session.heap().geometry().smallest_chunk_bytes;
    for (std::uint64_t at = begin; at < found; ++at)
        add(walk, journal->step(at));
    return walk;
}

std::string SearchWalk::reason(const Candidate& candidate) const {
    if (!candidate.is_accepted) return "too small for " + count_text(needed_bytes);
    const std::uint32_t over = candidate.bytes - needed_bytes;
    if (over == 0) return "fits exactly, taken whole";
    if (over >= smallest_chunk_bytes) return "fits, splits leaving " + count_text(over);
    return "fits, taken whole: " + count_text(over) + " over are too few to split off";
}

std::string SearchWalk::text() const {
    if (!is_under_way()) return {};
    std::string text = needed_bytes == 0xffffffff ? "search for more than any heap holds"
                                                  : "search for " + count_text(needed_bytes) + " bytes";
    const std::uint64_t rejected = candidates.size() - (accepted() ? 1 : 0);
    std::string what;
    if (passed_over > 0) what = count_text(passed_over) + " smaller passed over";
    if (rejected > 0) what += (what.empty() ? "" : ", ") + count_text(rejected) + " too small";
    if (const Candidate* taken = accepted())
        what += (what.empty() ? "" : ", ") + ("number " + count_text(taken->number)) + " taken";
    if (has_failed) what += (what.empty() ? "" : ", ") + std::string("nothing fits");
    return text + ": " + what;
}

}  // namespace tricolour
