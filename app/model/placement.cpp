#include "app/model/placement.h"

#include "app/model/narration.h"

namespace tricolour {
namespace {

using heapcore::Heap;
using heapcore::Offset;
using heapcore::Step;
using heapcore::StepKind;

/// Follows each search for a place until the allocation that is wanted.
class Searches : public heapcore::StepListener {
public:
    Searches(const Heap& heap, std::uint32_t birth) : heap_(heap), birth_(birth) {}

    void on_step(const Step& step) override {
        if (found_) return;
        switch (step.kind) {
            case StepKind::search_skipped: searching(step).passed_over = step.a; break;
            case StepKind::search_looked: add_candidate(step, false); break;
            case StepKind::search_found:
                add_candidate(step, true);
                now_.as_large = others_as_large(step.chunk);
                break;
            case StepKind::search_failed: fail(step); break;
            case StepKind::split:
                if (is_placing_) now_.rest_bytes = now_.candidates.back().bytes - step.b;
                break;
            case StepKind::alloc: place(step); break;
            default: break;
        }
    }

    const std::optional<Placement>& found() const { return found_; }

private:
    /// The search that the step is a part of; one that begins with it if none is under way.
    Placement& searching(const Step& step) {
        if (is_placing_) return now_;
        const bool collected = has_failed_;
        const std::uint32_t largest = now_.largest_before_bytes;
        now_ = {};
        now_.collected_first = collected;
        now_.largest_before_bytes = collected ? largest : 0;
        now_.needed_bytes = step.b;
        is_placing_ = true;
        has_failed_ = false;
        return now_;
    }

    void add_candidate(const Step& step, bool is_chosen) {
        searching(step).candidates.push_back({step.chunk, static_cast<std::uint32_t>(step.a), is_chosen});
    }

    void fail(const Step& step) {
        searching(step).largest_before_bytes = static_cast<std::uint32_t>(step.a);
        is_placing_ = false;
        has_failed_ = true;
    }

    void place(const Step& step) {
        is_placing_ = false;
        if (step.b != birth_) return;
        now_.birth = birth_;
        now_.chunk = step.chunk;
        now_.chunk_bytes = static_cast<std::uint32_t>(step.a);
        found_ = now_;
    }

    // Those of the same size follow the chosen one in the list.
    std::uint32_t others_as_large(Offset chosen) const {
        std::uint32_t count = 0;
        const heapcore::FreeList& list = heap_.free_list();
        for (Offset at = list.next(heap_.memory, chosen);
             at != list.end() && heap_.header(at).size_bytes() == heap_.header(chosen).size_bytes();
             at = list.next(heap_.memory, at))
            ++count;
        return count;
    }

    const Heap& heap_;
    std::uint32_t birth_;
    Placement now_;
    bool is_placing_ = false;
    bool has_failed_ = false;
    std::optional<Placement> found_;
};

std::string size(std::uint64_t bytes) { return count_text(bytes) + (bytes == 1 ? " byte" : " bytes"); }

std::string search_sentence(const Placement& placement) {
    const std::uint64_t smaller = placement.passed_over + placement.candidates.size() - 1;
    const std::string chosen = size(placement.candidates.back().bytes);
    if (smaller == 0) return "The smallest free chunk, of " + chosen + ", holds it.";
    return count_text(smaller) + (smaller == 1 ? " free chunk is" : " free chunks are") +
           " too small; the next one has " + chosen + ", and is the best fit.";
}

std::string outcome_sentence(const Placement& placement, std::uint32_t smallest_bytes) {
    if (placement.rest_bytes > 0)
        return "It keeps " + size(placement.chunk_bytes) + " of it; the rest, " + size(placement.rest_bytes) +
               ", is split off and given back.";
    if (placement.wasted_bytes() == 0) return "It fits exactly.";
    return "The " + size(placement.wasted_bytes()) + " left over are too few for a chunk, which takes " +
           count_text(smallest_bytes) + ", so they go along and are wasted until it is freed.";
}

void tell(Placement& placement, const Heap& heap) {
    auto& sentences = placement.sentences;
    sentences.push_back("It needs a chunk of " + size(placement.needed_bytes) + ", header included.");
    if (placement.collected_first)
        sentences.push_back("Nothing held that at first: the largest free chunk had " +
                            size(placement.largest_before_bytes) +
                            ". So the heap collected, and the search began again.");
    sentences.push_back(search_sentence(placement));
    if (placement.as_large > 0)
        sentences.push_back(count_text(placement.as_large) +
                            (placement.as_large == 1 ? " other has" : " others have") +
                            " the same size: among equals the one that entered the list last comes first.");
    sentences.push_back(outcome_sentence(placement, heap.geometry().smallest_chunk_bytes));
}

}  // namespace

std::optional<Placement> placement_of(const heapcore::Session& session, std::size_t operation,
                                      std::uint32_t birth, const Rerun::ShouldStop& should_stop) {
    Rerun rerun(session);
    if (!rerun.go_to(operation, should_stop)) return std::nullopt;
    Searches searches(rerun.heap(), birth);
    if (!rerun.carry_out(&searches, should_stop)) return std::nullopt;
    std::optional<Placement> placement = searches.found();
    if (!placement) return std::nullopt;
    placement->operation = operation;
    tell(*placement, rerun.heap());
    return placement;
}

}  // namespace tricolour
