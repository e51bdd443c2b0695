// The built-in scenarios: each replays without a fault, and shows what it is there to show.
#include "heapcore/machine.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using namespace heapcore;
namespace fs = std::filesystem;

constexpr std::size_t most_scenario_operations = 80;
constexpr std::ptrdiff_t longest_say = 140;
constexpr std::ptrdiff_t longest_bookmark = 40;

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(TRICOLOUR_SCENARIOS))
        if (entry.path().extension() == ".trace") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

Trace scenario(const std::string& name) {
    auto trace = read_trace(fs::path(TRICOLOUR_SCENARIOS) / (name + ".trace"));
    if (!trace) throw std::runtime_error(trace.error().text());
    return std::move(*trace);
}

std::ptrdiff_t characters_of(std::string_view text) {
    return std::count_if(text.begin(), text.end(),
                         [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; });
}

std::vector<Operation> operations_of(const Trace& trace, OperationKind kind) {
    std::vector<Operation> found;
    for (const Operation& operation : trace.operations)
        if (operation.kind == kind) found.push_back(operation);
    return found;
}

/// A scenario carried out to its end, with all that was seen on the way.
class Played {
public:
    struct Seen {
        std::size_t operation;
        Step step;
    };
    using AfterOperation = std::function<void(const Played&, std::size_t operation)>;

    explicit Played(const std::string& name, const AfterOperation& after = {})
        : trace(scenario(name)), machine(trace.settings) {
        for (std::size_t i = 0; i < trace.operations.size(); ++i) {
            Journal journal;
            machine.memory().attach(&journal);
            outcomes.push_back(machine.apply(trace, i));
            machine.memory().attach(nullptr);
            for (std::uint64_t step = journal.first(); step < journal.end(); ++step)
                steps.push_back({i, journal.step(step)});
            if (after) after(*this, i);
        }
    }

    template <typename Wanted>
    std::ptrdiff_t count(StepKind kind, Wanted wanted) const {
        return std::count_if(steps.begin(), steps.end(),
                             [&](const Seen& seen) { return seen.step.kind == kind && wanted(seen.step); });
    }
    std::ptrdiff_t count(StepKind kind) const {
        return count(kind, [](const Step&) { return true; });
    }
    /// How many steps of a kind an operation took.
    std::ptrdiff_t count_in(std::size_t operation, StepKind kind) const {
        return std::count_if(steps.begin(), steps.end(), [&](const Seen& seen) {
            return seen.operation == operation && seen.step.kind == kind;
        });
    }
    bool collected_because(CollectReason reason) const {
        return count(StepKind::collect_begin,
                     [&](const Step& step) { return step.detail == static_cast<std::uint8_t>(reason); }) > 0;
    }
    std::ptrdiff_t cells_judged(CellVerdict verdict) const {
        return count(StepKind::cell_looked,
                     [&](const Step& step) { return step.detail == static_cast<std::uint8_t>(verdict); });
    }
    std::ptrdiff_t blackened(MarkReason reason) const {
        return count(StepKind::black,
                     [&](const Step& step) { return step.detail == static_cast<std::uint8_t>(reason); });
    }
    std::ptrdiff_t swept(AllocationType type) const {
        return count(StepKind::swept, [&](const Step& step) {
            return step.extra == 0 && step.detail == static_cast<std::uint8_t>(type);
        });
    }

    /// The operation that made a name.
    std::size_t maker_of(std::string_view name) const {
        const auto id = trace.names.find(name);
        for (std::size_t i = 0; id && i < trace.operations.size(); ++i)
            if (trace.operations[i].target == *id && trace.operations[i].kind != OperationKind::expect)
                return i;
        throw std::runtime_error("no operation makes '" + std::string(name) + "'");
    }
    std::optional<Offset> offset_of(std::string_view name) const {
        return outcomes[maker_of(name)].allocated;
    }

    Trace trace;
    Machine machine;
    std::vector<Outcome> outcomes;
    std::vector<Seen> steps;
};

// --- Each of them ------------------------------------------------------------------------------

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, replays_with_every_expectation_held) {
    const Played played(GetParam());
    for (std::size_t i = 0; i < played.outcomes.size(); ++i)
        EXPECT_EQ(played.outcomes[i].kind, Outcome::done)
            << "line " << played.trace.operations[i].line << ": " << played.outcomes[i].message;
}

TEST_P(Scenario, tells_a_story_short_enough_to_follow) {
    const Trace trace = scenario(GetParam());
    EXPECT_LE(trace.operations.size(), most_scenario_operations);
    EXPECT_EQ(trace.settings.size_bytes, smallest_heap_bytes);
    EXPECT_GE(operations_of(trace, OperationKind::expect).size(), 3u);
    EXPECT_TRUE(trace.source_line(3).starts_with('#')) << "a comment at the head says what the idea is";

    const auto says = operations_of(trace, OperationKind::say);
    EXPECT_GE(says.size(), 3u);
    for (const Operation& say : says) {
        const std::string_view text = trace.texts[say.text];
        EXPECT_LE(characters_of(text), longest_say) << text;
        EXPECT_TRUE(text.ends_with('.')) << text;
        EXPECT_EQ(text.find('!'), std::string_view::npos) << text;
    }

    std::set<std::string_view> titles;
    for (const Operation& bookmark : operations_of(trace, OperationKind::bookmark)) {
        const std::string_view title = trace.texts[bookmark.text];
        EXPECT_LE(characters_of(title), longest_bookmark) << title;
        EXPECT_TRUE(titles.insert(title).second) << "two bookmarks: " << title;
    }
    EXPECT_FALSE(titles.empty());
}

TEST_P(Scenario, is_the_same_after_being_saved) {
    const Trace trace = scenario(GetParam());
    const auto saved = parse_trace(print_trace(trace), trace.file);
    ASSERT_TRUE(saved) << saved.error().text();
    EXPECT_EQ(saved->operations, trace.operations);
    EXPECT_EQ(saved->settings, trace.settings);
}

INSTANTIATE_TEST_SUITE_P(Each, Scenario, testing::ValuesIn(scenario_names()), [](const auto& param) {
    std::string name = param.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

// --- What each is there to show ----------------------------------------------------------------

TEST(Scenarios, are_numbered_from_the_first_that_a_newcomer_sees) {
    const auto names = scenario_names();
    ASSERT_EQ(names.size(), 10u);
    EXPECT_EQ(names.front(), "01-first-collection");
    for (std::size_t i = 0; i < names.size(); ++i)
        EXPECT_EQ(std::stoul(names[i]), i + 1) << names[i];
}

TEST(Scenarios, show_both_word_sizes) {
    std::set<std::uint32_t> words;
    for (const std::string& name : scenario_names())
        words.insert(scenario(name).settings.word_bytes);
    EXPECT_EQ(words, (std::set<std::uint32_t>{4, 8}));
}

TEST(Scenarios, first_collection_keeps_the_list_and_frees_the_ring) {
    const Played played("01-first-collection");
    EXPECT_EQ(played.count(StepKind::collect_begin), 2);
    EXPECT_EQ(played.swept(AllocationType::object), 5);
    EXPECT_EQ(played.offset_of("newcomer"), played.offset_of("orphan_a"));
    EXPECT_EQ(played.machine.heap().get(Register::free_chunks), 1u);
}

TEST(Scenarios, allocation_splits_takes_whole_and_fails) {
    const Played played("02-allocation-and-splitting");
    EXPECT_EQ(played.count(StepKind::collect_begin), 0);
    EXPECT_EQ(played.count_in(played.maker_of("half"), StepKind::split), 1);
    EXPECT_EQ(played.count_in(played.maker_of("roomy"), StepKind::split), 0);
    EXPECT_GT(played.count_in(played.maker_of("snug"), StepKind::search_looked), 0);
    EXPECT_EQ(played.offset_of("everything"), std::nullopt);
}

TEST(Scenarios, coalescing_joins_previous_next_both_and_nothing) {
    std::set<std::pair<std::ptrdiff_t, std::ptrdiff_t>> ways;
    AllocationType stale_type = AllocationType::data;
    const Played played("03-three-ways-to-coalesce", [&](const Played& so_far, std::size_t i) {
        if (so_far.trace.operations[i].kind != OperationKind::free) return;
        const auto previous = so_far.count_in(i, StepKind::merged_previous);
        const auto next = so_far.count_in(i, StepKind::merged_next);
        ways.emplace(previous, next);
        if (so_far.trace.names[so_far.trace.operations[i].target] != "lone") return;
        EXPECT_EQ(previous + next, 0);
        const Header header = so_far.machine.heap().header(*so_far.offset_of("lone"));
        EXPECT_FALSE(header.is_in_use());
        stale_type = header.type();
    });
    EXPECT_EQ(ways.size(), 4u);
    EXPECT_EQ(stale_type, AllocationType::string);
    EXPECT_EQ(played.machine.heap().get(Register::chunks), 1u);
}

TEST(Scenarios, a_forgotten_transient_root_is_collected_and_its_place_taken) {
    const Played played("04-forgotten-transient-root");
    EXPECT_TRUE(played.collected_because(CollectReason::allocation_failed));
    for (const char* maker : {"entry", "broken"})
        EXPECT_EQ(played.count_in(played.maker_of(maker), StepKind::collect_begin), 1) << maker;
    EXPECT_EQ(played.offset_of("broken"), played.offset_of("lost_key"));
}

TEST(Scenarios, a_weak_reference_keeps_and_loses_its_referent) {
    const Played played("05-weak-references");
    EXPECT_GE(played.count(StepKind::weak_kept), 1);
    EXPECT_EQ(played.count(StepKind::weak_cleared), 2);
    EXPECT_EQ(played.swept(AllocationType::weak_reference), 1);
}

TEST(Scenarios, a_stack_cell_is_judged_by_its_looks) {
    const Played played("06-conservative-stack");
    EXPECT_EQ(played.cells_judged(CellVerdict::reference), 3);
    EXPECT_GE(played.cells_judged(CellVerdict::outside_heap), 1);
    EXPECT_GE(played.cells_judged(CellVerdict::no_class), 1);
    EXPECT_EQ(played.swept(AllocationType::object), 3);

    // The number that looks like a reference is one in the trace, too.
    const auto chance = played.offset_of("chance");
    ASSERT_TRUE(chance);
    const Address address = played.machine.heap().memory.address_of(user_of(*chance));
    const auto locals = operations_of(played.trace, OperationKind::local);
    EXPECT_EQ(std::count_if(locals.begin(), locals.end(),
                            [&](const Operation& local) {
                                return local.value == ValueKind::integer && local.number == address;
                            }),
              1);
}

TEST(Scenarios, classes_are_unloaded_and_an_instance_may_be_left_dangling) {
    const Played played("07-class-unloading");
    EXPECT_EQ(played.count(StepKind::class_unloaded), 3);
    EXPECT_EQ(played.count(StepKind::bad_class), 1);
    EXPECT_EQ(played.cells_judged(CellVerdict::no_magic), 1);
    EXPECT_EQ(played.offset_of("overlay"), played.offset_of("Codec"));
}

TEST(Scenarios, memory_runs_out_with_more_than_enough_free) {
    std::uint64_t free_at_failure = 0;
    std::uint64_t needed = 0;
    const Played played("08-fragmentation-until-out-of-memory", [&](const Played& so_far, std::size_t i) {
        if (so_far.count_in(i, StepKind::out_of_memory) == 0) return;
        free_at_failure = so_far.machine.heap().get(Register::heap_free);
        needed = so_far.trace.operations[i].number;
    });
    EXPECT_EQ(played.count(StepKind::out_of_memory), 1);
    EXPECT_GT(needed, 0u);
    EXPECT_GT(free_at_failure, 5 * needed);
    EXPECT_EQ(played.count_in(played.maker_of("wanted"), StepKind::collect_begin), 1);
    EXPECT_TRUE(played.offset_of("met"));
}

TEST(Scenarios, a_text_is_interned_once_and_an_array_in_a_cycle_is_black_early) {
    const Played played("09-interned-and-arrays");
    EXPECT_FALSE(played.outcomes[played.maker_of("same_constant")].asked_for_chunk);
    EXPECT_EQ(played.offset_of("same_constant"), played.offset_of("constant"));
    EXPECT_NE(played.offset_of("title"), played.offset_of("copy"));
    EXPECT_GE(played.blackened(MarkReason::interned), 1);
    EXPECT_GE(played.blackened(MarkReason::early), 1);
    EXPECT_EQ(played.swept(AllocationType::object_array), 2);
}

TEST(Scenarios, a_unified_vm_lies_in_its_own_heap) {
    const Played played("10-vm-unified");
    EXPECT_EQ(played.trace.settings.vm, VmMode::unified);
    EXPECT_EQ(played.count(StepKind::segment_cut), 1);
    EXPECT_GE(played.blackened(MarkReason::thread), 1);
    EXPECT_EQ(played.count(StepKind::grey,
                           [](const Step& step) {
                               return step.detail == static_cast<std::uint8_t>(MarkReason::exception);
                           }),
              1);
    EXPECT_EQ(played.swept(AllocationType::data), 3) << "two segments and the thread";
}

}  // namespace
}  // namespace tricolour
