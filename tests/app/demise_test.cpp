// Why chunks are dead: on the built-in scenarios, and on random programs against a look at every operation's
// end.
#include "app/model/demise.h"

#include "../heapcore/long_trace.h"
#include "../heapcore/random_program.h"
#include "heapcore/graph.h"
#include "scenario_session.h"

namespace tricolour {
namespace {

using namespace heapcore;

/// Of what a name stands for before an operation, at the end of the scenario.
Demise demise(const std::string& scenario, std::string_view line, std::string_view name) {
    auto session = scenario_before(scenario, line);
    const std::uint32_t birth = session->heap().origin_of(chunk_named(*session, name)).birth;
    session->seek_end();
    const Demise found = demise_of(*session, birth);
    EXPECT_TRUE(session->is_at_end()) << "the session does not move";
    return found;
}

TEST(Demise, is_told_with_the_local_that_was_overwritten) {
    const Demise ring = demise("01-first-collection", "local main 1 null", "orphan_a");
    EXPECT_EQ(ring.kind, Demise::cut_off);
    EXPECT_TRUE(ring.was_swept);
    EXPECT_EQ(
        ring.text,
        "`local main 1 null` in line 52 cut it off. Until then Thread `main`: frame `run`, local 1 held "
        "it. A collection freed it: `gc` in line 57.");
}

TEST(Demise, is_told_with_the_first_link_of_the_chain_that_broke) {
    const Demise tail = demise("01-first-collection", "set third.next newcomer", "tail");
    EXPECT_EQ(tail.chain.size(), 5u);
    EXPECT_EQ(tail.broken_link, 3u);
    EXPECT_EQ(
        tail.text.substr(0, tail.text.find(" A collection")),
        "`set third.next newcomer` in line 78 cut it off. Until then Node `third`: field `next` led to it in "
        "2 links.");
}

TEST(Demise, of_what_nothing_ever_held_is_its_making) {
    const Demise key = demise("04-forgotten-transient-root", "new broken Entry", "lost_key");
    EXPECT_EQ(key.kind, Demise::never_held);
    EXPECT_TRUE(
        key.text.starts_with("Nothing held it once the operation that made it, `new lost_key Key` in line "))
        << key.text;
}

TEST(Demise, may_be_that_a_class_is_gone_which_a_stack_cell_was_judged_by) {
    const Demise codec = demise("07-class-unloading", "alloc overlay static 172", "codec");
    EXPECT_EQ(codec.kind, Demise::cut_off);
    EXPECT_TRUE(codec.text.starts_with("`alloc overlay static 172` in line ")) << codec.text;
}

TEST(Demise, of_what_is_given_back_while_it_is_held) {
    auto session = session_of("tricolour 1\nheap size=256K\nalloc a data 16\npin a\nfree a\n");
    const Demise found = demise_of(*session, 1);
    EXPECT_EQ(found.kind, Demise::given_back);
    EXPECT_EQ(found.text, "`free a` in line 5 gave it back, while pinned by a debugger still held it.");
}

TEST(Demise, is_none_of_what_lives_and_unknown_where_it_is_stopped) {
    auto session = scenario_before("01-first-collection", "local main 1 null");
    const std::uint32_t birth = session->heap().origin_of(chunk_named(*session, "orphan_a")).birth;
    EXPECT_EQ(demise_of(*session, birth).kind, Demise::alive);
    EXPECT_EQ(demise_of(*session, 99'999).kind, Demise::unknown);
    EXPECT_EQ(demise_of(*session, 0).kind, Demise::unknown);
    DemiseOptions options;
    options.goes_on = [](double) { return false; };
    EXPECT_EQ(demise_of(*session, birth, options).kind, Demise::unknown);
}

TEST(Rerun, that_was_stopped_anywhere_is_as_good_as_before_when_it_is_sent_on) {
    auto session = session_of(heapcore::long_trace(3000, 300));
    const std::size_t end = session->position().operation;
    Rerun whole(*session);
    ASSERT_TRUE(whole.go_to(end - 5));
    Rerun rerun(*session);
    int stops = 0;
    for (int at = 1;; at += 7) {
        int asked = 0;
        if (rerun.go_to(end - 5, [&] { return ++asked >= at; })) break;
        ++stops;
        ASSERT_LE(rerun.operation(), end - 5);
    }
    EXPECT_GT(stops, 3);
    EXPECT_TRUE(rerun.machine().is_same_as(whole.machine()));
}

/// What a look at the end of each operation tells.
struct Watched {
    std::size_t held = 0;  ///< last position at which it was reachable
    std::size_t there = 0;
};

TEST(Demise, is_the_last_cut_of_all_in_random_programs) {
    std::size_t cuts = 0, flips = 0;
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
        ProgramOptions options{.seed = 500 + seed, .operations = 90};
        options.vm = seed % 2 ? VmMode::unified : VmMode::none;
        RandomProgram program(options);
        ASSERT_EQ(program.run(), "");
        auto session = session_of(program.text());
        Machine machine(session->trace().settings);
        const std::uint64_t own_births = machine.heap().get(Register::next_birth);  // of the VM's tables
        std::map<std::uint32_t, Watched> watched;
        for (std::size_t i = 0; i < session->trace().operations.size(); ++i) {
            (void)machine.apply(session->trace(), i);
            const auto graph = Graph::of(machine.heap());
            for (Graph::Node node = 0; node < graph->size(); ++node) {
                Watched& it = watched[machine.heap().origin_of(graph->chunk(node)).birth];
                it.there = i + 1;
                if (!graph->is_reachable(node)) continue;
                flips += it.held != 0 && it.held != i;
                it.held = i + 1;
            }
        }
        const std::size_t end = session->trace().operations.size();
        for (const auto& [birth, truth] : watched) {
            const bool is_cut = truth.held != 0 && truth.held != end;
            if (birth <= own_births || (!is_cut && birth % 16 != 0)) continue;
            const Demise found = demise_of(*session, birth);
            ASSERT_EQ(found.freed.has_value(), truth.there < end) << birth << '\n' << program.text();
            ASSERT_EQ(found.freed.value_or(truth.there), truth.there);
            if (truth.held == 0) {
                ASSERT_EQ(found.kind, Demise::never_held) << birth << '\n' << program.text();
            } else if (truth.held == end) {
                ASSERT_EQ(found.kind, Demise::alive) << birth;
            } else {
                ASSERT_EQ(found.operation, truth.held) << birth << '\n' << program.text();
                ASSERT_FALSE(found.chain.empty());
                ASSERT_TRUE(found.is_certain);
                ++cuts;
            }
        }
    }
    EXPECT_GT(cuts, 40u);
    EXPECT_GT(flips, 4u) << "held again after a cut";
}

}  // namespace
}  // namespace tricolour
