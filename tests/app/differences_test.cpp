// What differs between two moments, and which operation is to blame: on scenarios, and on random programs
// against a comparison of chunks by birth and a replay that looks at the machine after every operation.
#include "app/model/differences.h"

#include "../heapcore/random_program.h"
#include "heapcore/graph.h"
#include "scenario_session.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

namespace tricolour {
namespace {

using namespace heapcore;
using Kind = DifferenceKind;

/// What a moment holds, in maps: property -> value, for everything a difference can be about.
struct Listed {
    std::map<std::uint32_t, Offset> used;                             ///< by birth
    std::map<std::uint32_t, Header> headers;                          ///< by birth
    std::map<std::pair<std::uint32_t, Offset>, std::uint32_t> words;  ///< by birth and place
    std::map<Offset, std::tuple<std::uint32_t, Offset, Offset>> free;
    std::set<std::tuple<int, int, Offset, Offset>> roots;

    explicit Listed(const Machine& machine) {
        const Heap& heap = machine.heap();
        for (Offset chunk = 0; chunk < heap.size_bytes(); chunk = heap.next_chunk(chunk)) {
            const Header header = heap.header(chunk);
            if (!header.is_in_use()) {
                free[chunk] = {header.size_bytes(), heap.free_list().next(heap.memory, chunk),
                               heap.free_list().previous(heap.memory, chunk)};
                continue;
            }
            const std::uint32_t birth = heap.origin_of(chunk).birth;
            used[birth] = chunk;
            headers[birth] = header;
            for (Offset at = chunk + 4; at < chunk + header.size_bytes(); at += 4)
                words[{birth, at}] = heap.memory.load32(at);
        }
        for (const Link& link : root_links(heap)) {
            const bool is_thread = link.kind == Link::by_thread;
            roots.insert({link.kind, static_cast<int>(is_thread ? RootKind::thread : link.root.kind),
                          is_thread ? link.holder : link.place, link.target});
        }
    }
    std::optional<Header> header(std::uint32_t birth) const {
        const auto found = headers.find(birth);
        return found == headers.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<std::uint64_t> word(std::uint32_t birth, Offset place, std::uint32_t bytes) const {
        const auto low = words.find({birth, place});
        if (low == words.end()) return std::nullopt;
        return bytes == 4 ? low->second : low->second | std::uint64_t{words.at({birth, place + 4})} << 32;
    }
};

std::string text_of(const Difference& it) {
    return std::string(row_of(it.kind).one) + " chunk " + std::to_string(it.chunk) + " birth " +
           std::to_string(it.birth) + " place " + std::to_string(it.place);
}

/// How many differences of each kind two moments have: by maps alone.
std::map<Kind, std::size_t> counts(const Listed& then, const Listed& now, std::uint32_t word) {
    std::map<Kind, std::size_t> count;
    for (const auto& [birth, chunk] : now.used) {
        const auto was = then.header(birth);
        const Header is = now.headers.at(birth);
        if (!was) {
            ++count[Kind::born];
            continue;
        }
        count[Kind::recoloured] += was->colour() != is.colour();
        count[Kind::retyped] += was->type() != is.type();
        for (Offset at = chunk + 4; at < chunk + is.size_bytes();) {
            const std::uint32_t bytes = std::min(word, chunk + is.size_bytes() - at);
            count[Kind::stored] += then.word(birth, at, bytes) != now.word(birth, at, bytes);
            at += bytes;
        }
    }
    for (const auto& [birth, chunk] : then.used)
        count[Kind::freed] += !now.used.contains(birth);  // by hand or swept
    for (const auto& [chunk, is] : now.free) {
        const auto was = then.free.find(chunk);
        if (was == then.free.end())
            ++count[Kind::free_made];
        else if (std::get<0>(was->second) != std::get<0>(is))
            ++count[Kind::free_resized];
        else
            count[Kind::free_moved] += was->second != is;
    }
    for (const auto& [chunk, was] : then.free)
        count[Kind::free_gone] += !now.free.contains(chunk);
    for (const auto& root : now.roots)
        count[Kind::rooted] += !then.roots.contains(root);
    for (const auto& root : then.roots)
        count[Kind::unrooted] += !now.roots.contains(root);
    return count;
}

/// Whether what the difference is about is another at the two moments.
bool differs(const Difference& it, const Listed& one, const Listed& other) {
    const auto of = [&](auto value) { return value(one) != value(other); };
    switch (it.kind) {
        case Kind::born:
        case Kind::freed:
        case Kind::swept: return of([&](const Listed& at) { return at.used.contains(it.birth); });
        case Kind::recoloured:
            return of([&](const Listed& at) {
                const auto header = at.header(it.birth);
                return header ? static_cast<int>(header->colour()) : -1;
            });
        case Kind::retyped:
            return of([&](const Listed& at) {
                const auto header = at.header(it.birth);
                return header ? static_cast<int>(header->type()) : -1;
            });
        case Kind::stored: return of([&](const Listed& at) { return at.word(it.birth, it.place, it.bytes); });
        case Kind::rooted:
        case Kind::unrooted:
            return of([&](const Listed& at) {
                return std::ranges::any_of(at.roots, [&](const auto& root) {
                    return std::get<1>(root) == it.detail && std::get<2>(root) == it.place &&
                           std::get<3>(root) == it.chunk;
                });
            });
        default: return of([&](const Listed& at) { return at.free.contains(it.chunk); });
    }
}

Differences compared(const Session& session, const Session& one, const Session& other) {
    return differences_between(session, {&one.machine(), one.position()},
                               {&other.machine(), other.position()});
}

/// Compares two moments of the session, and looks at every operation between them.
void check(Session& session, Position first, Position second) {
    session.seek(first);
    const auto one = session.still();
    session.seek(second);
    const auto other = session.still();
    const bool is_in_order = one->position() <= other->position();
    const Session& earlier = is_in_order ? *one : *other;
    const Session& later = is_in_order ? *other : *one;
    const Differences found = compared(session, *one, *other);
    ASSERT_TRUE(found.is_whole);
    EXPECT_EQ(found.earlier, earlier.position());
    EXPECT_EQ(found.later, later.position());

    const Listed then(earlier.machine()), now(later.machine());
    auto wanted = counts(then, now, session.heap().geometry().word_bytes);
    EXPECT_EQ(found.tally(Kind::freed).count + found.tally(Kind::swept).count, wanted[Kind::freed]);
    for (const Kind kind :
         {Kind::born, Kind::recoloured, Kind::retyped, Kind::stored, Kind::rooted, Kind::unrooted,
          Kind::free_made, Kind::free_gone, Kind::free_resized, Kind::free_moved})
        EXPECT_EQ(found.tally(kind).count, wanted[kind]) << row_of(kind).one;
    const auto births = [](const Session& at) { return at.heap().get(Register::next_birth); };
    EXPECT_EQ(found.passing.count + found.tally(Kind::born).count, births(later) - births(earlier));

    // The moments at which operations end, from the earlier one to the later one.
    std::vector<Listed> states{then};
    std::vector<std::size_t> operations;
    for (std::size_t at = earlier.position().operation; at < later.position().operation; ++at) {
        session.seek({at + 1, 0});
        states.emplace_back(session.machine());
        operations.push_back(at);
    }
    if (later.position().step > 0) {
        states.push_back(now);
        operations.push_back(later.position().operation);
    }
    std::size_t rows = 0;
    for (const DifferenceCause& cause : found.causes) {
        ASSERT_EQ(cause.first, rows);
        rows = cause.end;
        ASSERT_NE(cause.operation, DifferenceCause::unknown) << text_of(found.rows[cause.first]);
        for (std::size_t i = cause.first; i < cause.end; ++i) {
            const Difference& it = found.rows[i];
            ASSERT_TRUE(it.kind == Kind::free_resized || it.kind == Kind::free_moved ||
                        differs(it, then, now))
                << text_of(it);
            if (it.kind == Kind::free_resized || it.kind == Kind::free_moved) continue;
            std::size_t last = states.size() - 1;
            while (last > 0 && !differs(it, states[last - 1], states[last]))
                --last;
            ASSERT_GT(last, 0u) << text_of(it);
            EXPECT_EQ(cause.operation, operations[last - 1]) << text_of(it);
            if (it.kind == Kind::stored) {
                EXPECT_EQ(it.before, then.word(it.birth, it.place, it.bytes)) << text_of(it);
                EXPECT_EQ(it.after, now.word(it.birth, it.place, it.bytes)) << text_of(it);
            }
            const bool is_collection = session.trace().operations[cause.operation].kind == OperationKind::gc;
            if (it.kind == Kind::swept) {
                EXPECT_EQ(it.phase, Phase::sweep);
                EXPECT_GT(cause.collection, 0u);
            }
            if (it.kind == Kind::recoloured && is_collection) {
                EXPECT_NE(it.phase, Phase::idle);
            }
        }
    }
    EXPECT_EQ(rows, found.rows.size());
}

/// A position anywhere, in the middle of an operation as often as not.
Position any_position(Session& session, std::mt19937& random) {
    session.seek({random() % (session.trace().operations.size() + 1), 0});
    if (random() % 2 == 0) session.advance(random() % 60);
    return session.position();
}

class DifferencesOf : public testing::TestWithParam<std::uint32_t> {};

TEST_P(DifferencesOf, random_programs_are_what_two_walks_and_a_replay_find) {
    ProgramOptions options;
    options.seed = GetParam();
    options.operations = 90;
    options.word_bytes = GetParam() % 2 ? 4 : 8;
    options.vm = GetParam() % 3 == 0 ? VmMode::unified : VmMode::none;
    options.has_loaders = GetParam() % 4 == 0;
    RandomProgram program(options);
    ASSERT_EQ(program.run(), "");
    const auto session = session_of(program.text());
    std::mt19937 random(GetParam());
    for (int i = 0; i < 12 && !HasFailure(); ++i) {
        const Position one = any_position(*session, random), other = any_position(*session, random);
        SCOPED_TRACE(testing::Message() << "seed " << GetParam() << ": " << one.operation << "." << one.step
                                        << " and " << other.operation << "." << other.step);
        check(*session, one, other);
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, DifferencesOf, testing::Range(0u, 24u));

TEST(Differences, of_every_scenario_are_what_two_walks_and_a_replay_find) {
    std::mt19937 random(7);
    for (const auto& entry : std::filesystem::directory_iterator(TRICOLOUR_SCENARIOS)) {
        auto trace = read_trace(entry.path());
        if (!trace || trace->operations.size() > 400) continue;
        Session session(std::move(*trace));
        session.extend_index([] { return false; });
        SCOPED_TRACE(entry.path().filename().string());
        check(session, {}, {session.trace().operations.size(), 0});
        for (int i = 0; i < 4 && !testing::Test::HasFailure(); ++i)
            check(session, any_position(session, random), any_position(session, random));
    }
}

TEST(Differences, count_the_net_and_say_what_came_and_went) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K\nalloc a data 16\nalloc b data 64\nfree b\nfree a\n"
        "alloc c data 32\n");
    const auto end = session->still();
    session->seek({1, 0});
    const auto start = session->still();
    for (const bool is_forward : {true, false}) {
        const Differences found =
            is_forward ? compared(*session, *start, *end) : compared(*session, *end, *start);
        ASSERT_TRUE(found.is_whole);
        EXPECT_EQ(found.earlier, start->position());
        EXPECT_EQ(found.tally(Kind::born).count, 1u);
        EXPECT_EQ(found.tally(Kind::freed).count, 1u);
        EXPECT_EQ(found.tally(Kind::swept).count, 0u);
        EXPECT_EQ(found.passing.count, 1u) << "b";
        ASSERT_EQ(found.causes.front().operation, 3u);
        EXPECT_EQ(found.rows[found.causes.front().first].kind, Kind::freed);
    }
    EXPECT_TRUE(compared(*session, *start, *start).rows.empty());
}

TEST(Differences, blame_the_collection_and_its_phase_and_not_one_that_left_things_as_they_were) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K\nclass Node next:ref\nnew a Node\npin a\nnew lost Node\ngc\ngc\n");
    session->seek({4, 0});
    const auto before = session->still();
    session->seek_end();
    const Differences found = compared(*session, *before, *session->still());
    ASSERT_EQ(found.tally(Kind::swept).count, 1u);
    EXPECT_EQ(found.tally(Kind::recoloured).count, 0u) << "white again";
    for (const DifferenceCause& cause : found.causes) {
        if (cause.tallies[static_cast<std::size_t>(Kind::swept)].count == 0) continue;
        EXPECT_EQ(cause.operation, 4u) << "the first collection";
        EXPECT_EQ(cause.collection, 1u);
    }

    // In the middle of the second one what is marked has changed colour.
    session->seek({5, 0});
    ASSERT_TRUE(step_into(*session, Phase::sweep));
    const Differences marked = compared(*session, *before, *session->still());
    ASSERT_GT(marked.tally(Kind::recoloured).count, 0u);
    for (const Difference& it : marked.rows)
        if (it.kind == Kind::recoloured) {
            EXPECT_EQ(it.after, static_cast<std::uint64_t>(Colour::black));
            EXPECT_NE(it.phase, Phase::idle);
            EXPECT_NE(it.phase, Phase::sweep);
        }
    EXPECT_EQ(marked.causes.back().operation, 5u);
    EXPECT_EQ(marked.causes.back().collection, 2u);
}

TEST(Differences, stop_when_they_are_told_to) {
    const auto session =
        session_of("tricolour 1\nheap size=256K\nalloc a data 16\nalloc b data 16\nfree a\n");
    const auto end = session->still();
    session->seek({});
    int asked = 0;
    const Differences found =
        differences_between(*session, {&session->machine(), {}}, {&end->machine(), end->position()},
                            {.goes_on = [&](double part) {
                                EXPECT_GE(part, 0);
                                EXPECT_LE(part, 1);
                                return ++asked < 3;
                            }});
    EXPECT_FALSE(found.is_whole);
    EXPECT_TRUE(found.rows.empty());
    EXPECT_EQ(asked, 3);
}

TEST(Differences, are_told_in_one_line) {
    DifferenceTallies tallies{};
    tallies[static_cast<std::size_t>(Kind::born)] = {3, 96};
    tallies[static_cast<std::size_t>(Kind::stored)] = {1, 8};
    EXPECT_EQ(tricolour::text_of(tallies), "3 born (96 bytes), 1 word stored");
}

}  // namespace
}  // namespace tricolour
