#include "app/model/check.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tricolour {
namespace {

/// A trace in a file of its own, and what checking it gave.
class Check : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("tricolour-check-" + std::to_string(getpid()) + "-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(folder_);
        trace_ = folder_ / "demo.trace";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    int run(const std::string& text, CheckOptions options = {}) {
        std::ofstream(trace_) << "tricolour 1\n" << text;
        options.trace = trace_;
        output_.str({});
        errors_.str({});
        return check(options, output_, errors_);
    }
    /// A line of the output, after the file's name and a colon.
    std::string line(int number) const {
        std::istringstream lines(output_.str());
        std::string text;
        for (int i = 0; i < number; ++i)
            if (!std::getline(lines, text)) return "";
        const std::string head = trace_.string() + ":";
        return text.starts_with(head) ? text.substr(head.size()) : "another head: " + text;
    }

    std::filesystem::path folder_, trace_;
    std::ostringstream output_, errors_;
};

constexpr const char* freed_in_use =
    "class N a:ref\nnew x N\nnew y N\npermanent x\nset x.a y\nfree y\ngc\nsay \"done\"\n";

TEST_F(Check, finds_nothing_where_all_is_well) {
    EXPECT_EQ(run("class N a:ref\nnew x N\npermanent x\nnew y N\ngc\n"), 0) << output_.str();
    EXPECT_EQ(line(1), " no violation in 5 audits over 5 operations");
    EXPECT_EQ(errors_.str(), "");
}

TEST_F(Check, tells_a_violation_once_with_the_line_that_it_came_up_at) {
    EXPECT_EQ(run(freed_in_use), 1);
    EXPECT_TRUE(line(1).starts_with("7: violation: the object at 0x")) << output_.str();
    EXPECT_EQ(line(2), " 1 violation in 8 audits over 8 operations");
    EXPECT_EQ(line(3), "");
}

TEST_F(Check, tells_a_violation_again_that_had_gone) {
    EXPECT_EQ(run("alloc a data 8\npermanent a\nfree a\nalloc b data 8\nfree b\n"), 1);
    EXPECT_TRUE(line(1).starts_with("4: violation: root 0 of the permanent stack")) << output_.str();
    EXPECT_TRUE(line(2).starts_with("6: violation: root 0 of the permanent stack")) << output_.str();
}

TEST_F(Check, audits_after_every_so_many_operations_and_after_the_last) {
    CheckOptions options;
    options.every = 4;
    EXPECT_EQ(run(std::string(freed_in_use) + "say \"end\"\n", options), 1);
    EXPECT_TRUE(line(1).starts_with("9: violation: ")) << output_.str();
    EXPECT_EQ(line(2), " 1 violation in 3 audits over 9 operations");
}

TEST_F(Check, audits_less_often_where_there_is_much_to_look_at) {
    std::string text = "heap size=16777208\n";
    for (int i = 0; i < 60'000; ++i)
        text += "alloc a" + std::to_string(i) + " data 8\n";
    EXPECT_EQ(run(text), 0);
    const std::string said = line(1);
    EXPECT_TRUE(said.starts_with(" no violation in ")) << said;
    const auto audits = std::stoul(said.substr(std::string(" no violation in ").size()));
    EXPECT_LT(audits, 60u) << said;
}

TEST_F(Check, says_what_is_wrong_with_a_trace_that_cannot_be_used) {
    EXPECT_EQ(run("alloc b data 8\nfree b\nfree b\n"), 2);
    EXPECT_EQ(errors_.str(), trace_.string() + ":4:6: error: 'b' was freed at line 3\n");
    CheckOptions options;
    options.trace = folder_ / "missing.trace";
    EXPECT_EQ(check(options, output_, errors_), 2);
}

TEST_F(Check, takes_a_trace_without_operations) {
    EXPECT_EQ(run(""), 0);
    EXPECT_EQ(line(1), " no violation in 0 audits over 0 operations");
}

TEST_F(Check, says_in_one_line_that_it_was_interrupted) {
    heapcore::ParseProgress progress;
    progress.cancel = true;
    CheckOptions options;
    options.progress = &progress;
    EXPECT_EQ(run("alloc a data 8\n", options), 130);
    EXPECT_EQ(errors_.str(), "tricolour: interrupted while reading " + trace_.string() + "\n");
    EXPECT_EQ(output_.str(), "");
}

/// Interrupts when something is written to it.
class Interrupter final : public std::stringbuf {
public:
    explicit Interrupter(heapcore::ParseProgress& progress) : progress_(progress) {}

protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        progress_.cancel = true;
        return std::stringbuf::xsputn(text, size);
    }

private:
    heapcore::ParseProgress& progress_;
};

TEST_F(Check, stops_before_the_next_operation_when_it_is_interrupted) {
    heapcore::ParseProgress progress;
    Interrupter buffer(progress);
    std::ostream output(&buffer);
    std::ofstream(trace_) << "tricolour 1\n" << freed_in_use;
    EXPECT_EQ(check({.trace = trace_, .every = {}, .progress = &progress}, output, errors_), 130);
    EXPECT_EQ(errors_.str(), "tricolour: interrupted before " + trace_.string() + ":8\n");
    EXPECT_EQ(buffer.str().find("audits"), std::string::npos) << buffer.str();
}

TEST_F(Check, stops_within_an_audit_when_it_is_interrupted) {
    std::string text = "heap size=16777208\n";
    for (int i = 0; i < 100'000; ++i)
        text += "alloc a" + std::to_string(i) + " data 8\n";
    heapcore::ParseProgress progress;
    std::thread interrupter([&] {
        while (progress.bytes_total == 0 || progress.bytes_done < progress.bytes_total)
            std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        progress.cancel = true;
    });
    CheckOptions options;
    options.every = 1;
    options.progress = &progress;
    EXPECT_EQ(run(text, options), 130);
    interrupter.join();
    EXPECT_TRUE(errors_.str().starts_with("tricolour: interrupted while auditing the heap after " +
                                          trace_.string() + ":"))
        << errors_.str();
    EXPECT_EQ(output_.str(), "");
}

}  // namespace
}  // namespace tricolour
