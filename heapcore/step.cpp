#include "heapcore/step.h"

#include <array>
#include <cassert>

namespace heapcore {
namespace {

constexpr std::array rows = {
    StepRow{StepKind::search_skipped, "search-skipped", false},
    StepRow{StepKind::search_looked, "search-looked", false},
    StepRow{StepKind::search_found, "search-found", false},
    StepRow{StepKind::search_failed, "search-failed", false},
    StepRow{StepKind::taken, "taken", false},
    StepRow{StepKind::split, "split", false},
    StepRow{StepKind::alloc, "alloc", true},
    StepRow{StepKind::out_of_memory, "out-of-memory", true},
    StepRow{StepKind::free, "free", true},
    StepRow{StepKind::merged_previous, "merged-previous", false},
    StepRow{StepKind::merged_next, "merged-next", false},
    StepRow{StepKind::inserted, "inserted", false},
    StepRow{StepKind::retyped, "retyped", false},
    StepRow{StepKind::cloned, "cloned", false},
    StepRow{StepKind::named, "named", false},
    StepRow{StepKind::name_failed, "name-failed", false},
    StepRow{StepKind::class_made, "class-made", false},
    StepRow{StepKind::stored, "stored", false},
    StepRow{StepKind::filled, "filled", false},
    StepRow{StepKind::linked, "linked", false},
    StepRow{StepKind::undone, "undone", false},
    StepRow{StepKind::root_pushed, "root-pushed", false},
    StepRow{StepKind::block_opened, "block-opened", false},
    StepRow{StepKind::block_closed, "block-closed", false},
    StepRow{StepKind::thread_started, "thread-started", false},
    StepRow{StepKind::thread_exited, "thread-exited", false},
    StepRow{StepKind::frame_pushed, "frame-pushed", false},
    StepRow{StepKind::frame_popped, "frame-popped", false},
    StepRow{StepKind::local_stored, "local-stored", false},
    StepRow{StepKind::operand_pushed, "operand-pushed", false},
    StepRow{StepKind::operand_popped, "operand-popped", false},
    StepRow{StepKind::exception_set, "exception-set", false},
    StepRow{StepKind::exception_cleared, "exception-cleared", false},
    StepRow{StepKind::pinned, "pinned", false},
    StepRow{StepKind::unpinned, "unpinned", false},
    StepRow{StepKind::collect_begin, "collect-begin", false},
    StepRow{StepKind::phase, "phase", false},
    StepRow{StepKind::root_looked, "root-looked", false},
    StepRow{StepKind::thread_visited, "thread-visited", false},
    StepRow{StepKind::frame_visited, "frame-visited", false},
    StepRow{StepKind::cell_looked, "cell-looked", false},
    StepRow{StepKind::grey, "grey", false},
    StepRow{StepKind::black, "black", true},
    StepRow{StepKind::passed, "passed", false},
    StepRow{StepKind::bad_reference, "bad-reference", false},
    StepRow{StepKind::bad_class, "bad-class", false},
    StepRow{StepKind::weak_met, "weak-met", false},
    StepRow{StepKind::weak_kept, "weak-kept", false},
    StepRow{StepKind::weak_cleared, "weak-cleared", false},
    StepRow{StepKind::segment_cut, "segment-cut", false},
    StepRow{StepKind::swept, "swept", true},
    StepRow{StepKind::whitened, "whitened", false},
    StepRow{StepKind::class_unloaded, "class-unloaded", false},
    StepRow{StepKind::collect_end, "collect-end", false},
    StepRow{StepKind::said, "said", false},
    StepRow{StepKind::bookmarked, "bookmarked", false},
    StepRow{StepKind::expect_held, "expect-held", false},
    StepRow{StepKind::expect_failed, "expect-failed", false},
    StepRow{StepKind::settled, "settled", false},
};
static_assert(rows.size() == static_cast<std::size_t>(StepKind::count_));

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].kind) != i) return false;
    return true;
}
static_assert(rows_are_in_order());

template <std::size_t size, typename Enum>
std::string_view word(const std::array<std::string_view, size>& words, Enum value) {
    static_assert(size == static_cast<std::size_t>(Enum::count_));
    const auto index = static_cast<std::size_t>(value);
    return index < size ? words[index] : "unknown";
}

constexpr std::array<std::string_view, 9> root_words = {
    "interned", "transient", "permanent", "thread", "frame", "exception", "pin", "operation", "embedder"};
constexpr std::array<std::string_view, 9> phase_words = {
    "idle", "interned", "transient", "permanent", "threads", "pinned", "weak", "sweep", "done"};
constexpr std::array<std::string_view, 6> rung_words = {"step",      "object",     "phase",
                                                        "operation", "collection", "bookmark"};
constexpr std::array<std::string_view, 10> verdict_words = {
    "reference", "zero",       "outside the heap", "misaligned", "no class",
    "no magic",  "not in use", "not an object",    "not white",  "not a chunk"};

}  // namespace

std::span<const StepRow> step_rows() { return rows; }

const StepRow& row_of(StepKind kind) {
    assert(kind < StepKind::count_ && "a step has a row");
    return rows[static_cast<std::size_t>(kind)];
}

std::string_view word_of(RootKind kind) { return word(root_words, kind); }
std::string_view word_of(Phase phase) { return word(phase_words, phase); }
std::string_view word_of(Rung rung) { return word(rung_words, rung); }
std::string_view word_of(CellVerdict verdict) { return word(verdict_words, verdict); }

}  // namespace heapcore
