// A trace finds the breakpoints again that it had when it was open last.
#include "app/model/kept_breakpoints.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tricolour {
namespace {

using nlohmann::json;

/// One of each kind, every field set.
std::vector<KnownHits> of_every_kind() {
    std::vector<KnownHits> all;
    for (std::size_t i = 0; i < breakpoint_kind_count; ++i) {
        KnownHits known;
        known.id = static_cast<BreakpointId>(i + 1);
        known.is_enabled = i % 2 == 0;
        known.breakpoint = {.kind = static_cast<BreakpointKind>(i),
                            .phase = heapcore::Phase::pinned,
                            .colour = heapcore::Colour::grey,
                            .chunk = {64, 7, "Node `b`"},
                            .type = heapcore::AllocationType::data,
                            .bytes = 100,
                            .first = 72,
                            .end = 80,
                            .cell = "`next`"};
        all.push_back(known);
    }
    return all;
}

TEST(KeptBreakpoints, come_back_from_a_file_with_all_that_their_kind_asks_for) {
    const std::vector<KnownHits> set = of_every_kind();
    KeptBreakpoints kept;
    kept.keep("/x.trace", set);
    const json written = json::parse(kept.as_json().dump());
    const auto back = KeptBreakpoints::from_json(written).of("/x.trace");
    ASSERT_EQ(back.size(), set.size());
    for (std::size_t i = 0; i < set.size(); ++i) {
        const Breakpoint wanted = reduced(set[i].breakpoint);
        EXPECT_EQ(back[i].breakpoint, wanted) << row_of(wanted.kind).word;
        EXPECT_EQ(back[i].breakpoint.chunk.name, wanted.chunk.name);
        EXPECT_EQ(back[i].is_enabled, set[i].is_enabled);
    }
    EXPECT_TRUE(KeptBreakpoints::from_json(written).of("/y.trace").empty());
}

TEST(KeptBreakpoints, are_those_that_the_trace_had_last) {
    const std::vector<KnownHits> set = of_every_kind();
    KeptBreakpoints kept;
    kept.keep("/x.trace", set);
    kept.keep("/x.trace", std::span(set).first(2));
    EXPECT_EQ(kept.of("/x.trace").size(), 2u);
    kept.keep("/x.trace", {});
    EXPECT_TRUE(kept.of("/x.trace").empty());
    EXPECT_TRUE(kept.as_json().empty());
}

TEST(KeptBreakpoints, of_the_trace_changed_longest_ago_are_forgotten_first) {
    const std::vector<KnownHits> set = of_every_kind();
    KeptBreakpoints kept;
    for (std::size_t i = 0; i <= KeptBreakpoints::most_traces; ++i)
        kept.keep(std::to_string(i), set);
    EXPECT_TRUE(kept.of("0").empty());
    EXPECT_FALSE(kept.of("1").empty());
    const std::vector<KnownHits> many(KeptBreakpoints::most_of_a_trace + 1, set.front());
    kept.keep("many", many);
    EXPECT_EQ(kept.of("many").size(), KeptBreakpoints::most_of_a_trace);
}

TEST(KeptBreakpoints, leave_out_what_is_broken_in_a_file) {
    KeptBreakpoints kept;
    kept.keep("/x.trace", of_every_kind());
    const json good = kept.as_json();
    const std::size_t count = of_every_kind().size();
    for (const auto& [key, value] : good[0]["breakpoints"][3].items()) {
        if (key == "is_enabled") continue;
        for (const json& wrong : {json(-1), json(1e30), json("unheard of"), json::array(), json(true)}) {
            if (key == "name" || key == "cell")
                if (wrong.is_string()) continue;
            json broken = good;
            broken[0]["breakpoints"][3][key] = wrong;
            EXPECT_EQ(KeptBreakpoints::from_json(broken).of("/x.trace").size(), count - 1) << key << wrong;
        }
    }
    for (const json& broken : {json(), json(3), json::array({1, "x"}), json::array({json::object()}),
                               json::parse(R"([{"trace": 5, "breakpoints": []}])"),
                               json::parse(R"([{"trace": "/x.trace", "breakpoints": {}}])")})
        EXPECT_TRUE(KeptBreakpoints::from_json(broken).of("/x.trace").empty());
}

}  // namespace
}  // namespace tricolour
