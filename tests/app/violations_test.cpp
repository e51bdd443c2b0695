#include "app/model/violations.h"

#include "tests/app/session_of.h"

#include <vector>

namespace tricolour {
namespace {

using namespace heapcore;
using State = Violations::State;

constexpr const char* outlived_loader = R"(tricolour 1
heap size=256K
loader l
class N loader=l
new x N
permanent x
gc
)";

constexpr const char* freed_in_use = R"(tricolour 1
heap size=256K
class N a:ref
new x N
new y N
permanent x
permanent y
set x.a y
free y
say "end"
say "of it"
)";

/// More chunks than are looked through in no time.
std::string large_trace() {
    std::string text = "tricolour 1\nheap size=4M\n";
    for (int i = 0; i < 20'000; ++i)
        text += "alloc c" + std::to_string(i) + " data 8\n";
    return text + "permanent c7\nfree c7\n";
}

Violations found_in(const Session& session) {
    Violations violations;
    violations.update(session, 0);
    return violations;
}

TEST(Violations, are_none_in_a_heap_that_is_right) {
    const auto session = session_of("tricolour 1\nalloc a data 8\npermanent a\n");
    const Violations violations = found_in(*session);
    EXPECT_EQ(violations.state(), State::current);
    EXPECT_EQ(violations.count(), 0u);
    EXPECT_EQ(violations.count_text(), "");
    EXPECT_EQ(violations.state_text(), "Every invariant holds at this position.");
    EXPECT_TRUE(violations.chunks().empty());
}

TEST(Violations, name_the_object_that_outlives_its_loader) {
    const auto session = session_of(outlived_loader);
    const Violations violations = found_in(*session);
    ASSERT_EQ(violations.count(), 1u);
    EXPECT_EQ(violations.count_text(), "1 violation");
    EXPECT_EQ(violations.state_text(), "");
    const ViolationText& row = violations.rows()[0];
    const Offset object = chunk_named(*session, "x");
    EXPECT_EQ(row.chunk, object);
    EXPECT_NE(row.subject.find("`x`"), std::string::npos) << row.subject;
    EXPECT_TRUE(row.sentence.starts_with("The class of the object at 0x")) << row.sentence;
    EXPECT_TRUE(row.sentence.ends_with(".")) << row.sentence;
    EXPECT_EQ(row.meaning, "An object is left whose class is gone.");
    EXPECT_TRUE(violations.is_at_fault(object));
    EXPECT_EQ(violations.row_about(object), 0u);
    EXPECT_EQ(violations.row_about(object + 8), std::nullopt);
}

TEST(Violations, without_a_chunk_name_what_is_at_fault) {
    const auto session = session_of(freed_in_use);
    const Violations violations = found_in(*session);
    ASSERT_EQ(violations.count(), 2u);
    EXPECT_EQ(violations.count_text(), "2 violations");
    EXPECT_EQ(violations.rows()[0].subject, "Root");
    EXPECT_EQ(violations.rows()[0].chunk, std::nullopt);
    EXPECT_EQ(violations.chunks(), std::vector<Offset>{chunk_named(*session, "x")});
}

TEST(Violations, come_and_go_with_the_position) {
    const auto session = session_of(outlived_loader);
    Violations violations = found_in(*session);
    EXPECT_EQ(violations.count(), 1u);
    session->seek({4, 0});
    violations.update(*session, 1);
    EXPECT_EQ(violations.state(), State::current);
    EXPECT_EQ(violations.count(), 0u);
    session->seek_end();
    violations.update(*session, 2);
    EXPECT_EQ(violations.count(), 1u);
}

TEST(Violations, are_looked_for_at_every_step_of_a_collection_that_cuts_and_joins_nothing) {
    const auto session = session_of(outlived_loader);
    session->seek({4, 0});
    Violations violations;
    int audited = 0, under_way = 0;
    while (session->next(Rung::step)) {
        violations.update(*session, 0);
        ++(violations.state() == State::current ? audited : under_way);
        for (const ViolationText& row : violations.rows())
            EXPECT_EQ(row.meaning, "An object is left whose class is gone.") << row.sentence;
    }
    EXPECT_GT(audited, 10);
    EXPECT_GT(under_way, 2);
    EXPECT_EQ(violations.count(), 1u);
}

TEST(Violations, found_before_an_operation_stay_while_it_is_under_way_and_say_so) {
    const auto session = session_of(std::string(freed_in_use) + "alloc z data 8\n");
    session->seek({9, 0});
    Violations violations = found_in(*session);
    EXPECT_EQ(violations.count(), 2u);
    ASSERT_TRUE(session->seek({9, 2}));
    violations.update(*session, 1);
    EXPECT_EQ(violations.state(), State::under_way);
    EXPECT_EQ(violations.count(), 2u);
    EXPECT_TRUE(violations.state_text().starts_with("As found nearby.")) << violations.state_text();
    EXPECT_FALSE(violations.audit_now(*session));
    ASSERT_TRUE(session->seek({0, 1}));
    violations.update(*session, 2);
    EXPECT_EQ(violations.state(), State::under_way);
    EXPECT_EQ(violations.count(), 0u) << "far from where they were found";
}

TEST(Violations, of_a_large_heap_wait_until_the_position_rests) {
    const auto session = session_of(large_trace());
    Violations violations;
    violations.update(*session, 10);
    EXPECT_EQ(violations.state(), State::waiting);
    violations.update(*session, 10.1);
    EXPECT_EQ(violations.state(), State::waiting);
    session->back(Rung::operation);
    violations.update(*session, 10.2);
    violations.update(*session, 10.4);
    EXPECT_EQ(violations.state(), State::waiting) << "it moved in between";
    violations.update(*session, 10.5);
    EXPECT_EQ(violations.state(), State::current);
    EXPECT_EQ(violations.count(), 0u);
    session->next(Rung::operation);
    violations.update(*session, 10.6);
    EXPECT_EQ(violations.state(), State::waiting);
    EXPECT_TRUE(violations.audit_now(*session));
    EXPECT_EQ(violations.state(), State::current);
    EXPECT_EQ(violations.count(), 1u);
}

TEST(Violations, are_looked_for_while_playing_only_in_a_small_heap) {
    const auto small = session_of(outlived_loader);
    Violations violations;
    violations.update(*small, 0, true);
    EXPECT_EQ(violations.state(), State::current);
    const auto large = session_of(large_trace());
    for (const double now : {1.0, 2.0, 3.0})
        violations.update(*large, now, true);
    EXPECT_EQ(violations.state(), State::waiting);
    violations.update(*large, 3.3);
    EXPECT_EQ(violations.state(), State::current);
}

TEST(Violations, are_those_of_the_session_that_is_open) {
    Violations violations;
    {
        const auto session = session_of(outlived_loader);
        violations.update(*session, 0);
        EXPECT_EQ(violations.count(), 1u);
    }
    const auto session = session_of("tricolour 1\nalloc a data 8\n");
    violations.update(*session, 0);
    EXPECT_EQ(violations.count(), 0u);
    violations.clear();
    EXPECT_EQ(violations.state(), State::nothing);
}

TEST(Violations, are_cut_where_there_are_too_many_to_list) {
    std::string text = "tricolour 1\nheap size=1M permanent=2000\nalloc a data 8\n";
    for (std::size_t i = 0; i < most_violations + 5; ++i)
        text += "permanent a\n";
    const auto session = session_of(text + "free a\n");
    const Violations violations = found_in(*session);
    EXPECT_TRUE(violations.is_cut());
    EXPECT_EQ(violations.count_text(), "1,000+ violations");
}

}  // namespace
}  // namespace tricolour
