// Wherever a session goes, it stands where a straight replay stands, byte for byte.
#include "heapcore/session.h"

#include "random_program.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

Trace trace_of(const std::string& text) {
    auto trace = parse_trace(text, "session.trace");
    if (!trace) throw std::runtime_error(trace.error().text());
    return std::move(*trace);
}

void index_all(Session& session) {
    session.extend_index([] { return false; });
}

/// The state at any position, reached the straight way: whole operations one after another, the
/// last one cut short by its journal's limit. Nothing of a session's journals is used.
class Straight {
public:
    explicit Straight(const Trace& trace) : trace_(trace) {
        Machine machine(trace.settings);
        for (std::size_t i = 0; i < trace.operations.size(); ++i) {
            before_.emplace_back(machine);
            Journal journal;
            machine.memory().attach(&journal);
            const Outcome outcome = machine.apply(trace, i);
            machine.memory().attach(nullptr);
            EXPECT_NE(outcome.kind, Outcome::refused) << outcome.message;
            steps_.push_back(journal.end());
        }
        before_.emplace_back(machine);
    }
    std::size_t operations() const { return steps_.size(); }
    std::uint64_t steps(std::size_t operation) const { return steps_[operation]; }
    const Machine& before(std::size_t operation) const { return before_[operation]; }
    Machine at(Position position) const {
        Machine machine(before_[position.operation]);
        if (position.step == 0) return machine;
        Journal journal(1u << 20, position.step);
        machine.memory().attach(&journal);
        try {
            (void)machine.apply(trace_, position.operation);
        } catch (const Journal::LimitReached&) {
        }
        machine.memory().attach(nullptr);
        return machine;
    }
    /// All positions, operations' ends among them once.
    std::vector<Position> positions() const {
        std::vector<Position> all{{0, 0}};
        for (std::size_t i = 0; i < operations(); ++i) {
            for (std::uint64_t step = 1; step < steps_[i]; ++step)
                all.push_back({i, step});
            all.push_back({i + 1, 0});
        }
        return all;
    }

private:
    const Trace& trace_;
    std::vector<std::uint64_t> steps_;
    std::deque<Machine> before_;
};

testing::AssertionResult is_at(const Session& session, const Straight& straight, Position position) {
    if (session.position() != position)
        return testing::AssertionFailure()
               << "stands at (" << session.position().operation << ", " << session.position().step
               << "), not at (" << position.operation << ", " << position.step << ")";
    const Machine expected = straight.at(position);
    if (!session.machine().is_same_as(expected) || !expected.is_same_as(session.machine()))
        return testing::AssertionFailure()
               << "differs at (" << position.operation << ", " << position.step << ") of "
               << (position.operation < straight.operations() ? straight.steps(position.operation) : 0);
    if (session.machine().hash() != expected.hash()) return testing::AssertionFailure() << "has another hash";
    return testing::AssertionSuccess();
}

std::string random_text(std::uint32_t seed, std::uint32_t operations, bool has_loaders = false) {
    ProgramOptions options{.seed = seed, .operations = operations, .word_bytes = seed % 2 ? 8u : 4u};
    options.vm = VmMode::unified;
    options.has_loaders = has_loaders;
    RandomProgram program(options);
    EXPECT_EQ(program.run(), "");
    return program.text();
}

struct Budgets {
    const char* name;
    SessionOptions options;
};

std::ostream& operator<<(std::ostream& out, const Budgets& budgets) { return out << budgets.name; }

class Sessions : public testing::TestWithParam<Budgets> {};

TEST_P(Sessions, stand_after_any_seek_where_a_straight_replay_stands) {
    for (std::uint32_t seed = 0; seed < 4; ++seed) {
        const Trace trace = trace_of(random_text(seed, 150, seed == 3));
        const Straight straight(trace);
        const std::vector<Position> positions = straight.positions();
        Session session(trace, GetParam().options);
        if (seed % 2) index_all(session);
        std::mt19937 random(seed);
        for (int i = 0; i < 300; ++i) {
            const Position target = positions[random() % positions.size()];
            ASSERT_TRUE(session.seek(target)) << target.operation << ", " << target.step;
            ASSERT_TRUE(is_at(session, straight, target)) << "seed " << seed << ", seek " << i;
            if (i == 100) index_all(session);
        }
    }
}

// The mark stack keeps garbage of earlier collections, other garbage each time one gets there.
TEST_P(Sessions, stand_right_within_collections_after_other_collections) {
    std::string text =
        "tricolour 1\nheap size=256K vm=unified\nclass N next:ref other:ref\nnew root N\npermanent root\n";
    for (int round = 0; round < 4; ++round) {
        std::string before = "root";
        for (int i = 0; i < 300 + 90 * (round % 3); ++i) {
            const std::string name = "n" + std::to_string(i);
            text +=
                "new " + name + " N\nset " + before + (i % (2 + round) ? ".next " : ".other ") + name + "\n";
            before = name;
        }
        text += "gc\nset root.next null\nset root.other null\n";
    }
    const Trace trace = trace_of(text);
    const Straight straight(trace);
    std::vector<Position> inside;
    for (const Position position : straight.positions())
        if (position.step > 0 && trace.operations[position.operation].kind == OperationKind::gc)
            inside.push_back(position);
    ASSERT_GT(inside.size(), 500u);
    Session session(trace, GetParam().options);
    index_all(session);
    std::mt19937 random(1);
    for (int i = 0; i < 60; ++i) {
        const Position target = inside[random() % inside.size()];
        ASSERT_TRUE(session.seek(target));
        ASSERT_TRUE(is_at(session, straight, target)) << "seek " << i;
        ASSERT_EQ(session.current_operation(), target.operation);
        ASSERT_EQ(session.current_step_number(), target.step);
        ASSERT_EQ(session.current_step_count(), straight.steps(target.operation)) << "seek " << i;
    }
}

TEST_P(Sessions, go_to_a_collections_end_at_most_when_they_seek_beyond_its_steps) {
    const Trace trace = trace_of("tricolour 1\nheap size=256K\nalloc a object 10\nalloc b data 10\ngc\ngc\n");
    const Straight straight(trace);
    for (const std::size_t collection : {3u, 2u}) {
        Session session(trace, GetParam().options);
        index_all(session);
        for (const std::uint64_t beyond : {1u, 100'000u}) {
            EXPECT_FALSE(session.seek({collection, straight.steps(collection) + beyond}));
            EXPECT_TRUE(is_at(session, straight, {collection + 1, 0}));
            ASSERT_TRUE(session.seek({0, 0}));
        }
        ASSERT_TRUE(session.seek({collection, straight.steps(collection)}));
        EXPECT_TRUE(is_at(session, straight, {collection + 1, 0}));
        EXPECT_EQ(session.current_step_count(), straight.steps(collection));
    }
}

TEST_P(Sessions, step_through_everything_and_back_again) {
    const Trace trace = trace_of(random_text(11, 60));
    const Straight straight(trace);
    const std::vector<Position> positions = straight.positions();
    Session session(trace, GetParam().options);
    index_all(session);
    for (std::size_t i = 1; i < positions.size(); ++i) {
        ASSERT_TRUE(session.next(Rung::step));
        ASSERT_EQ(session.position(), positions[i]);
        if (i % 7 == 0) {
            ASSERT_TRUE(is_at(session, straight, positions[i]));
        }
    }
    EXPECT_TRUE(session.is_at_end());
    EXPECT_FALSE(session.next(Rung::step));
    for (std::size_t i = positions.size() - 1; i-- > 0;) {
        ASSERT_TRUE(session.back(Rung::step));
        ASSERT_EQ(session.position(), positions[i]);
        if (i % 7 == 0) {
            ASSERT_TRUE(is_at(session, straight, positions[i]));
        }
    }
    EXPECT_TRUE(session.is_at_start());
    EXPECT_FALSE(session.back(Rung::step));
}

TEST_P(Sessions, stop_on_each_rung_forwards_where_they_stop_backwards) {
    const Trace trace =
        trace_of(random_text(5, 120) + "bookmark \"one\"\ngc\nsay \"two\"\nbookmark \"three\"\ngc\n");
    const Straight straight(trace);
    const SessionOptions plenty;
    for (const Rung rung : {Rung::object, Rung::phase, Rung::operation, Rung::collection, Rung::bookmark}) {
        SCOPED_TRACE(word_of(rung));
        Session reference(trace, plenty);
        Session session(trace, GetParam().options);
        index_all(reference);
        index_all(session);
        std::vector<Position> stops;
        while (reference.next(rung))
            stops.push_back(reference.position());
        EXPECT_FALSE(stops.empty());
        EXPECT_TRUE(std::is_sorted(stops.begin(), stops.end()));
        for (const Position stop : stops) {
            ASSERT_TRUE(session.next(rung));
            ASSERT_EQ(session.position(), stop);
            ASSERT_TRUE(is_at(session, straight, stop));
        }
        ASSERT_FALSE(session.next(rung));
        ASSERT_TRUE(session.seek_end());
        ASSERT_TRUE(is_at(session, straight, {trace.operations.size(), 0}));
        if (!stops.empty() && stops.back() == session.position()) stops.pop_back();
        while (!stops.empty()) {
            ASSERT_TRUE(session.back(rung));
            ASSERT_EQ(session.position(), stops.back())
                << stops.back().operation << ' ' << stops.back().step << " not "
                << session.position().operation << ' ' << session.position().step;
            ASSERT_TRUE(is_at(session, straight, stops.back()));
            stops.pop_back();
        }
    }
}

TEST_P(Sessions, play_many_steps_at_once_in_both_directions) {
    const Trace trace = trace_of(random_text(21, 100));
    const Straight straight(trace);
    const std::vector<Position> positions = straight.positions();
    Session session(trace, GetParam().options);
    std::mt19937 random(3);
    std::size_t place = 0;
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t steps = random() % 90;
        if (random() % 2) {
            const std::uint64_t made = std::min<std::uint64_t>(steps, positions.size() - 1 - place);
            ASSERT_EQ(session.advance(steps), made);
            place += made;
        } else {
            const std::uint64_t made = std::min<std::uint64_t>(steps, place);
            ASSERT_EQ(session.retreat(steps), made);
            place -= made;
        }
        ASSERT_TRUE(is_at(session, straight, positions[place])) << "move " << i;
    }
}

constexpr Budgets budgets[] = {
    {"plenty", {}},
    {"window_8", {.journal_window = 8}},
    {"window_64", {.journal_window = 64}},
    {"no_keyframes_kept", {.keyframe_budget_bytes = 1}},
    {"no_journals_kept", {.journal_budget_bytes = 1}},
    {"hardly_anything", {.keyframe_budget_bytes = 1, .journal_budget_bytes = 1, .journal_window = 2}},
};

INSTANTIATE_TEST_SUITE_P(Budgets, Sessions, testing::ValuesIn(budgets),
                         [](const auto& param) { return std::string(param.param.name); });

// --- errors, edits ------------------------------------------------------------------------------

constexpr const char* head = "tricolour 1\nheap size=256K\n";

TEST(Session, ends_before_an_operation_that_is_refused) {
    const Trace trace = trace_of(std::string(head) + "alloc a data 10\nfree a\nfree a\nalloc b data 10\n");
    for (const bool is_indexed : {false, true}) {
        Session session(trace);
        if (is_indexed) {
            index_all(session);
            ASSERT_TRUE(session.index().error);
            EXPECT_EQ(session.index().error->operation, 2u);
            EXPECT_EQ(session.index().error->error.text(),
                      "session.trace:5:6: error: 'a' was freed at line 4");
        }
        EXPECT_FALSE(session.seek({4, 0}));
        EXPECT_EQ(session.position(), (Position{2, 0}));
        EXPECT_FALSE(session.next(Rung::operation));
        EXPECT_FALSE(session.next(Rung::step));
        EXPECT_EQ(session.position(), (Position{2, 0}));
        EXPECT_EQ(session.seek_end(), is_indexed);
        EXPECT_EQ(session.position(), (Position{2, 0}));
    }
}

TEST(Session, a_seek_beyond_the_end_or_beyond_an_operations_steps_ends_there) {
    const Trace trace = trace_of(std::string(head) + "alloc a data 10\nalloc b data 10\n");
    Session session(trace);
    EXPECT_FALSE(session.seek({9, 0}));
    EXPECT_EQ(session.position(), (Position{2, 0}));
    EXPECT_FALSE(session.seek({0, 1000}));
    EXPECT_EQ(session.position(), (Position{1, 0}));
}

TEST(Session, an_operation_typed_in_stands_in_the_trace_as_if_it_had_been_there) {
    const std::string text = random_text(8, 80);
    const Trace trace = trace_of(text);
    Session session(trace);
    index_all(session);
    ASSERT_TRUE(session.seek({40, 0}));
    ASSERT_TRUE(session.type_in("alloc typed data 500"));
    EXPECT_EQ(session.position(), (Position{41, 0}));
    ASSERT_TRUE(session.type_in("clone copy typed"));
    const auto refused = session.type_in("free nosuch");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().column, 6u);
    EXPECT_EQ(session.position(), (Position{42, 0}));
    EXPECT_EQ(session.trace().operations.size(), trace.operations.size() + 2);
    const Straight straight(session.trace());
    EXPECT_TRUE(is_at(session, straight, {42, 0}));
    index_all(session);
    for (const Position target :
         {Position{straight.operations(), 0}, Position{10, 0}, Position{43, 0}, Position{40, 3}}) {
        ASSERT_TRUE(session.seek(target));
        EXPECT_TRUE(is_at(session, straight, target));
    }
}

TEST(Session, random_edits_undone_and_branches_chosen_agree_with_a_straight_replay) {
    for (const Budgets& budget : budgets) {
        SCOPED_TRACE(budget.name);
        const Trace trace = trace_of(random_text(17, 70));
        Session session(trace, budget.options);
        std::mt19937 random(5);
        std::vector<std::vector<Operation>> branches;
        constexpr const char* typed[] = {"clone t2 t1",
                                         "alloc t1 data 100",
                                         "alloc t2 object 9",
                                         "say \"typed\"",
                                         "intern t3 \"typed\"",
                                         "string t4 \"more\"",
                                         "begin",
                                         "free t1"};
        for (int i = 0; i < 120; ++i) {
            const std::size_t size = session.trace().operations.size();
            switch (random() % 5) {
                case 0: session.undo_edit(); break;
                case 1: session.select_branch(random() % session.branches().size()); break;
                case 2: (void)session.type_in(typed[random() % std::size(typed)]); break;
                case 3:
                    if (random() % 4 == 0) index_all(session);
                    break;
                default: session.seek({random() % (size + 1), random() % 4 ? 0 : random() % 20});
            }
            Machine machine(session.trace().settings);
            const Position position = session.position();
            for (std::size_t k = 0; k < position.operation; ++k)
                ASSERT_NE(machine.apply(session.trace(), k).kind, Outcome::refused) << "edit " << i;
            if (position.step > 0) {
                Journal journal(1u << 20, position.step);
                machine.memory().attach(&journal);
                EXPECT_THROW((void)machine.apply(session.trace(), position.operation), Journal::LimitReached);
                machine.memory().attach(nullptr);
            }
            ASSERT_TRUE(machine.is_same_as(session.machine()))
                << "edit " << i << " at " << position.operation << ", " << position.step;
        }
    }
}

TEST(Session, undoing_every_edit_leaves_the_trace_as_it_was_read) {
    const Trace trace = trace_of(random_text(4, 50));
    Session session(trace);
    session.seek({30, 0});
    for (const char* line : {"gc", "alloc x data 8", "clone y x"})
        ASSERT_TRUE(session.type_in(line));
    session.seek({10, 0});
    ASSERT_TRUE(session.type_in("gc"));
    EXPECT_EQ(session.branches().size(), 3u);
    while (session.has_edits())
        ASSERT_TRUE(session.undo_edit());
    EXPECT_FALSE(session.undo_edit());
    EXPECT_EQ(session.trace().operations, trace.operations);
    session.select_branch(0);
    EXPECT_EQ(session.trace().operations, trace.operations);
}

void expect_same_index(const SessionIndex& a, const SessionIndex& b) {
    EXPECT_EQ(a.operations, b.operations);
    EXPECT_EQ(a.is_complete, b.is_complete);
    EXPECT_EQ(a.collections, b.collections);
    EXPECT_EQ(a.bookmarks, b.bookmarks);
    EXPECT_EQ(a.failed_allocations, b.failed_allocations);
    EXPECT_EQ(a.failed_expectations.size(), b.failed_expectations.size());
    EXPECT_EQ(a.error.has_value(), b.error.has_value());
    ASSERT_EQ(a.samples.size(), b.samples.size());
    for (std::size_t i = 0; i < a.samples.size(); ++i) {
        EXPECT_EQ(a.samples[i].free_bytes, b.samples[i].free_bytes) << i;
        EXPECT_EQ(a.samples[i].least_free_bytes, b.samples[i].least_free_bytes) << i;
        EXPECT_EQ(a.samples[i].highest_used, b.samples[i].highest_used) << i;
        EXPECT_EQ(a.samples[i].chunks, b.samples[i].chunks) << i;
    }
}

TEST(Session, an_index_after_edits_is_that_of_the_edited_trace) {
    const Trace trace =
        trace_of(random_text(6, 90) + "bookmark \"end\"\nexpect free 1\nalloc huge data 1M\n");
    Session session(trace);
    index_all(session);
    for (const std::size_t at : {70u, 20u, 45u}) {
        session.seek({at, 0});
        ASSERT_TRUE(session.type_in(at == 20 ? "gc" : "alloc big data 10000"));
        index_all(session);
        Trace edited = session.trace();
        Session fresh(edited);
        index_all(fresh);
        expect_same_index(session.index(), fresh.index());
    }
}

// --- one engine --------------------------------------------------------------------------------

TEST(Machine, a_journal_that_listens_changes_nothing) {
    for (std::uint32_t seed = 30; seed < 40; ++seed) {
        const Trace trace = trace_of(random_text(seed, 120, seed % 3 == 0));
        Machine silent(trace.settings);
        Machine heard(trace.settings);
        for (std::size_t i = 0; i < trace.operations.size(); ++i) {
            Journal journal;
            heard.memory().attach(&journal);
            (void)heard.apply(trace, i);
            heard.memory().attach(nullptr);
            (void)silent.apply(trace, i);
            ASSERT_FALSE(journal.has_loose_stores()) << "operation " << i;
            ASSERT_TRUE(silent.is_same_as(heard)) << "operation " << i;
        }
        EXPECT_EQ(silent.hash(), heard.hash());
    }
}

TEST(Machine, a_collection_made_in_single_steps_is_the_whole_one) {
    for (std::uint32_t seed = 50; seed < 60; ++seed) {
        const Trace trace = trace_of(random_text(seed, 120));
        Machine machine(trace.settings);
        for (std::size_t i = 0; i + 1 < trace.operations.size(); ++i)
            (void)machine.apply(trace, i);
        Machine whole(machine);
        whole.vm().collect(CollectReason::requested);
        Machine stepped(machine);
        stepped.vm().collector().begin(CollectReason::requested);
        std::uint64_t steps = 0;
        while (stepped.vm().collector().run(1))
            ++steps;
        EXPECT_GT(steps, 100u);
        EXPECT_TRUE(stepped.is_same_as(whole));
        Machine portions(machine);
        portions.vm().collector().begin(CollectReason::requested);
        while (portions.vm().collector().run(37)) {
        }
        EXPECT_TRUE(portions.is_same_as(whole));
    }
}

TEST(Machine, a_copy_goes_its_own_way) {
    Trace trace = trace_of(std::string(head) + "alloc a data 10\ngc\nalloc b data 20\n");
    Machine machine(trace.settings);
    (void)machine.apply(trace, 0);
    Machine copy(machine);
    EXPECT_TRUE(copy.is_same_as(machine));
    (void)copy.apply(trace, 1);
    EXPECT_FALSE(copy.is_same_as(machine));
    EXPECT_EQ(copy.binding(*trace.names.find("a")).kind, Binding::dead_collected);
    EXPECT_EQ(machine.binding(*trace.names.find("a")).kind, Binding::chunk);
}

}  // namespace
}  // namespace heapcore
