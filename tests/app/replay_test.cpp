#include "app/model/replay.h"

#include "app/model/heap_tables.h"
#include "app/model/progress_line.h"
#include "interrupter.h"
#include "session_of.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace tricolour {
namespace {

/// A trace in a file of its own, and what replaying it gave.
class Replay : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("tricolour-replay-" + std::to_string(getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(folder_);
        trace_ = folder_ / "demo.trace";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    int run(const std::string& text, ReplayOptions options = {}) {
        std::ofstream(trace_) << text;
        options.trace = trace_;
        output_.str({});
        errors_.str({});
        return replay(options, output_, errors_);
    }

    std::filesystem::path folder_, trace_;
    std::ostringstream output_, errors_;
};

TEST_F(Replay, dumps_the_state_after_the_last_operation_as_one_JSON_object) {
    ReplayOptions options;
    options.dump = "-";
    ASSERT_EQ(run("tricolour 1\nheap size=256K gc=manual\nalloc a data 100\nalloc b object 8\nfree a\n"
                  "alloc c data 1M\n",
                  options),
              0)
        << errors_.str();
    const auto json = nlohmann::json::parse(output_.str());
    EXPECT_EQ(json["heap"],
              nlohmann::json::parse(R"({"size":262144,"word":8,"base":268435456,"free":262112})"));
    EXPECT_EQ(json["chunks"],
              nlohmann::json::parse("[[0,104,5,0,0,0],[104,32,0,0,1,1],[136,262008,0,0,0,0]]"));
    EXPECT_EQ(json["free_list"], nlohmann::json::parse("[0,136]"));
    EXPECT_EQ(json["names"], nlohmann::json::parse(R"({"a":null,"b":104,"c":null})"));
    EXPECT_EQ(json["allocations"], nlohmann::json::parse("[[3,0],[4,104],[6,null]]"));
}

TEST_F(Replay, writes_an_event_for_every_step_with_line_kind_chunk_and_a_sentence) {
    ReplayOptions options;
    options.events = "-";
    ASSERT_EQ(run("tricolour 1\nheap size=256K\nclass Node next:ref\nnew a Node\nnew b Node\npermanent a\n"
                  "weak w b\npermanent w\ngc\n",
                  options),
              0)
        << errors_.str();
    std::istringstream lines(output_.str());
    std::set<std::string> kinds;
    std::vector<std::string> phases;
    for (std::string line; std::getline(lines, line);) {
        const auto event = nlohmann::json::parse(line);
        EXPECT_TRUE(event["line"].is_number());
        EXPECT_TRUE(event.contains("chunk"));
        EXPECT_FALSE(event["text"].get<std::string>().empty());
        kinds.insert(event["kind"].get<std::string>());
        if (event["kind"] == "phase") phases.push_back(event["phase"].get<std::string>());
    }
    for (const char* kind : {"alloc", "grey", "black", "weak-cleared", "swept", "phase"})
        EXPECT_TRUE(kinds.contains(kind)) << kind;
    EXPECT_EQ(phases, (std::vector<std::string>{"interned", "transient", "permanent", "threads", "pinned",
                                                "weak", "sweep", "done"}));
}

TEST_F(Replay, goes_on_after_an_expectation_that_failed_and_exits_with_1) {
    ReplayOptions options;
    options.wants_stats = true;
    EXPECT_EQ(run("tricolour 1\nalloc a data 8\nexpect dead a\nexpect free 5\nalloc b data 8\n", options), 1);
    EXPECT_EQ(errors_.str(), trace_.string() + ":3:1: expect failed: expected 'a' to be dead; 'a' is live\n" +
                                 trace_.string() +
                                 ":4:1: expect failed: expected 5 bytes free, there are 1048544\n");
    EXPECT_NE(output_.str().find("operations            4"), std::string::npos) << output_.str();
}

TEST_F(Replay, stops_at_a_dead_name_and_says_on_which_line_it_died) {
    EXPECT_EQ(run("tricolour 1\nclass N x:ref\nnew b N\ngc\nset b.x null\n"), 2);
    EXPECT_EQ(errors_.str(), trace_.string() + ":5:5: error: 'b' was collected by the gc at line 4\n");
    EXPECT_EQ(run("tricolour 1\nalloc b data 8\nfree b\nfree b\n"), 2);
    EXPECT_EQ(errors_.str(), trace_.string() + ":4:6: error: 'b' was freed at line 3\n");
}

TEST_F(Replay, prints_heap_and_free_list_as_tables_that_line_up) {
    ReplayOptions options;
    options.wants_tables = true;
    ASSERT_EQ(run("tricolour 1\nheap size=256K\nalloc a data 100\nalloc b object 8\nfree a\n", options), 0);
    EXPECT_EQ(output_.str(),
              "heap: 262144 bytes, 262112 free, 3 chunks\n"
              "chunk    size  state  type    colour  P  class  name\n"
              "    0     104  free   data    white   -  -      -\n"
              "  104      32  used   object  white   P  -      b\n"
              "  136  262008  free   object  white   -  -      -\n"
              "\n"
              "free list: 2 chunks\n"
              "number  chunk    size  previous  next\n"
              "     1      0     104     start   136\n"
              "     2    136  262008         0   end\n");
}

TEST_F(Replay, reports_what_is_left_without_roots_as_a_leak) {
    ReplayOptions options;
    options.wants_leaks = true;
    for (const char* vm : {"none", "unified"}) {
        ASSERT_EQ(run("tricolour 1\nheap size=256K vm=" + std::string(vm) +
                          "\nclass N a:ref static.s:ref\nnew x N\npermanent x\nintern i \"pooled\"\nthread t "
                          "object=x\n"
                          "call t m locals=1\nlocal t 0 x\npin x\nbegin\ntransient x\nloader l\n"
                          "class M loader=l b:ref\npermanent l\narray q N 3\nset N.s q\nweak w x\n",
                      options),
                  0);
        EXPECT_EQ(output_.str(), "no leaks\n");
    }
    ASSERT_EQ(
        run("tricolour 1\nheap size=256K\nalloc lost static 100\nclass N a:ref\nnew x N\nretype x static\n",
            options),
        0);
    EXPECT_TRUE(output_.str().starts_with("leaks: 2 chunks, 136 bytes\n")) << output_.str();
    EXPECT_NE(output_.str().find("  0   104  static  -      lost     3\n"), std::string::npos)
        << output_.str();
    EXPECT_NE(output_.str().find(" 32  static  N      x        5\n"), std::string::npos) << output_.str();
}

TEST_F(Replay, says_in_one_line_what_is_wrong_with_a_file) {
    ReplayOptions options;
    options.trace = folder_ / "missing.trace";
    EXPECT_EQ(replay(options, output_, errors_), 2);
    const std::string said = errors_.str();
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    EXPECT_NE(said.find("missing.trace"), std::string::npos) << said;
    options.dump = (folder_ / "no" / "such" / "folder.json").string();
    EXPECT_EQ(run("tricolour 1\n", options), 2);
    EXPECT_NE(errors_.str().find("cannot write"), std::string::npos) << errors_.str();
}

TEST_F(Replay, says_in_one_line_that_it_was_interrupted) {
    heapcore::ParseProgress progress;
    progress.cancel = true;
    ReplayOptions options;
    options.progress = &progress;
    EXPECT_EQ(run("tricolour 1\nalloc a data 8\n", options), 130);
    EXPECT_EQ(errors_.str(), "tricolour: interrupted while reading " + trace_.string() + "\n");
    EXPECT_EQ(output_.str(), "");
}

TEST_F(Replay, stops_within_whatever_takes_long) {
    std::string text = "tricolour 1\n";
    for (int i = 0; i < 100; ++i)
        text += "alloc a" + std::to_string(i) + " static 8\n";
    std::ofstream(trace_) << text;
    struct Long {
        std::function<void(ReplayOptions&)> ask;
        std::string error;
    };
    const Long cases[] = {
        {[](ReplayOptions& options) { options.dump = "-"; }, "while writing -"},
        {[](ReplayOptions& options) { options.events = "-"; }, "within " + trace_.string() + ":2"},
        {[](ReplayOptions& options) { options.wants_tables = true; }, "while writing tables"},
        {[](ReplayOptions& options) { options.wants_leaks = true; }, "while writing tables"}};
    for (const Long& one : cases) {
        heapcore::ParseProgress progress;
        Interrupter buffer(progress, 1);
        std::ostream output(&buffer);
        ReplayOptions options;
        options.trace = trace_;
        options.progress = &progress;
        one.ask(options);
        errors_.str({});
        EXPECT_EQ(replay(options, output, errors_), 130) << one.error;
        EXPECT_EQ(errors_.str(), "tricolour: interrupted " + one.error + "\n");
        EXPECT_LT(buffer.str().size(), 1000u);
    }
}

TEST_F(Replay, leaves_no_file_half_written_when_it_is_interrupted) {
    const std::filesystem::path dump = folder_ / "dump.json", events = folder_ / "events.jsonl";
    std::ofstream(dump) << "older\n";
    std::ofstream(trace_) << "tricolour 1\nalloc a static 8\nalloc b static 8\n";
    const auto text_of = [](const std::filesystem::path& path) {
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    };
    const auto run_interrupted = [&](const std::string& dumped, const std::string& told) {
        heapcore::ParseProgress progress;
        Interrupter buffer(progress, 1);
        std::ostream output(&buffer);
        ReplayOptions options;
        options.trace = trace_;
        options.progress = &progress;
        options.dump = dumped;
        options.events = told;
        return replay(options, output, errors_);
    };
    EXPECT_EQ(run_interrupted(dump.string(), "-"), 130);
    EXPECT_EQ(text_of(dump), "older\n");
    EXPECT_EQ(run_interrupted("-", events.string()), 130);
    const std::string told = text_of(events);
    EXPECT_NE(told.find("`b` names the chunk"), std::string::npos) << "they were whole: " << told;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
        EXPECT_NE(entry.path().extension(), ".being-written");
}

TEST_F(Replay, replaces_a_file_and_keeps_its_permissions_and_links_to_it) {
    const std::filesystem::path dump = folder_ / "dump.json", link = folder_ / "link.json";
    std::ofstream(dump) << "older\n";
    std::filesystem::permissions(dump, std::filesystem::perms::owner_all);
    std::filesystem::create_symlink(dump, link);
    ReplayOptions options;
    options.dump = link.string();
    ASSERT_EQ(run("tricolour 1\nalloc a data 8\n", options), 0) << errors_.str();
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_EQ(std::filesystem::status(dump).permissions(), std::filesystem::perms::owner_all);
    EXPECT_EQ(nlohmann::json::parse(std::ifstream(dump))["heap"]["size"], 1048576);
    options.dump = "/dev/null";
    EXPECT_EQ(run("tricolour 1\nalloc a data 8\n", options), 0) << errors_.str();
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(Replay, keeps_the_events_that_led_to_an_error) {
    const std::filesystem::path events = folder_ / "events.jsonl";
    ReplayOptions options;
    options.events = events.string();
    EXPECT_EQ(run("tricolour 1\nalloc b data 8\nfree b\nfree b\n", options), 2);
    EXPECT_GT(std::filesystem::file_size(events), 0u);
}

TEST(HeapTables, are_not_even_begun_by_whoever_is_interrupted_while_they_are_made) {
    const auto session = session_of("tricolour 1\nheap size=256K\nalloc lost static 100\n");
    heapcore::ParseProgress progress;
    progress.cancel = true;
    const Interruption interruption(&progress);
    std::ostringstream output;
    EXPECT_FALSE(write_heap_tables(output, session->machine(), session->trace(), interruption));
    EXPECT_FALSE(write_leaks(output, session->machine(), session->trace(), interruption));
    EXPECT_EQ(output.str(), "");
}

TEST(ProgressLine, shows_how_far_a_long_run_is_and_is_gone_at_the_end) {
    using namespace std::chrono_literals;
    std::ostringstream terminal;
    {
        ProgressLine line(&terminal, nullptr, 0ms);
        line.begin_operations(2'000'000);
        line.carried_out(500'000);
        for (int i = 0; i < 100; ++i) {
            bool is_shown = false;
            line.aside([&] { is_shown = terminal.str().find("25%") != std::string::npos; });
            if (is_shown) break;
            std::this_thread::sleep_for(20ms);
        }
        line.aside([&] { terminal << "aside\n"; });
    }
    const std::string text = terminal.str();
    EXPECT_NE(text.find(" of 2,000,000 operations, 25%\r\033[K"), std::string::npos) << text;
    EXPECT_NE(text.find("aside\n"), std::string::npos);
    EXPECT_TRUE(text.ends_with("aside\n") || text.ends_with("\r\033[K")) << text;
}

TEST(ProgressLine, is_not_there_for_a_short_run_or_without_a_terminal) {
    std::ostringstream terminal;
    { ProgressLine line(&terminal, nullptr); }
    { ProgressLine line(nullptr, nullptr, std::chrono::milliseconds(0)); }
    EXPECT_EQ(terminal.str(), "");
}

}  // namespace
}  // namespace tricolour
