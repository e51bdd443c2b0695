// Each picture of tests/data/show is what `tricolour show` prints, byte for byte. After a change that is
// meant, write them anew and look at the difference:
//   TRICOLOUR_WRITE_GOLDEN=1 build/release/model_tests --gtest_filter='*Golden*'
#include "app/model/show.h"

#include "interrupter.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <ostream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tricolour {
namespace {

namespace fs = std::filesystem;

struct Picture {
    const char* name;
    const char* trace;  ///< in the source folder
    void (*choose)(ShowOptions&);
};

void PrintTo(const Picture& picture, std::ostream* out) { *out << picture.name; }

const fs::path data = fs::path(TRICOLOUR_TEST_DATA);
constexpr const char* first_collection = "assets/scenarios/01-first-collection.trace";

const Picture pictures[] = {
    {"first_collection_end", first_collection, [](ShowOptions&) {}},
    {"first_collection_lost_ring", first_collection,
     [](ShowOptions& options) {
         options.at = "the ring is lost";
         options.wants_map = true;
     }},
    {"first_collection_mid_mark", first_collection, [](ShowOptions& options) { options.at = "line:57.27"; }},
    {"first_collection_sweep_160_columns", first_collection,
     [](ShowOptions& options) {
         options.at = "line:57.sweep";
         options.columns = 160;
     }},
    {"weak_references_roots", "assets/scenarios/05-weak-references.trace",
     [](ShowOptions& options) {
         options.at = "line:26.44";
         options.wants_roots = true;
     }},
    {"fragmentation_end", "assets/scenarios/08-fragmentation-until-out-of-memory.trace",
     [](ShowOptions& options) {
         options.wants_map = true;
         options.wants_free_list = true;
     }},
    {"recorded_threads_end", "tests/data/vm/threads.trace.gz",
     [](ShowOptions& options) { options.columns = 100; }},
};

class Golden : public testing::TestWithParam<Picture> {};

TEST_P(Golden, picture_is_what_is_shown) {
    const fs::path source = data.parent_path().parent_path();
    ShowOptions options;
    options.trace = source / GetParam().trace;
    GetParam().choose(options);
    std::ostringstream output, errors;
    EXPECT_EQ(show(options, output, errors), 0) << errors.str();
    std::string shown = output.str();
    ASSERT_TRUE(shown.starts_with(source.string() + "/"));
    shown.erase(0, source.string().size() + 1);

    const fs::path file = data / "show" / (std::string(GetParam().name) + ".txt");
    if (std::getenv("TRICOLOUR_WRITE_GOLDEN")) std::ofstream(file, std::ios::binary) << shown;
    std::ifstream golden(file, std::ios::binary);
    EXPECT_EQ(shown, std::string(std::istreambuf_iterator<char>(golden), {})) << file;
}

INSTANTIATE_TEST_SUITE_P(Each, Golden, testing::ValuesIn(pictures),
                         [](const auto& param) { return std::string(param.param.name); });

/// A trace in a file of its own, and what showing it gave.
class Show : public testing::Test {
protected:
    void SetUp() override {
        trace_ = fs::temp_directory_path() /
                 ("tricolour-show-" + std::to_string(getpid()) + "-" +
                  testing::UnitTest::GetInstance()->current_test_info()->name() + ".trace");
    }
    void TearDown() override { fs::remove(trace_); }

    int run(const std::string& text, ShowOptions options = {}) {
        std::ofstream(trace_) << "tricolour 1\n" << text;
        options.trace = trace_;
        output_.str({});
        errors_.str({});
        return show(options, output_, errors_);
    }
    bool says(std::string_view text) const { return output_.str().find(text) != std::string::npos; }

    fs::path trace_;
    std::ostringstream output_, errors_;
};

std::string many_chunks() {
    std::string text;
    for (int i = 0; i < 100; ++i)
        text += "alloc a" + std::to_string(i) + " data 28\n";
    return text;
}

TEST_F(Show, lists_the_chunks_around_the_one_that_the_step_is_about) {
    EXPECT_EQ(run(many_chunks() + "free a70\n"), 0);
    EXPECT_TRUE(says("Chunks: 101.")) << output_.str();
    EXPECT_TRUE(says("... 50 before these (--all)\nmap ")) << output_.str();
    EXPECT_TRUE(says("\n  ^  0x100008c0    32  data  white   free   -  -     -\n")) << output_.str();
    EXPECT_TRUE(says("\n... and 11 more (--all)\n")) << output_.str();
    ShowOptions options;
    options.wants_all = true;
    EXPECT_EQ(run(many_chunks(), options), 0);
    EXPECT_FALSE(says("(--all)")) << output_.str();
}

TEST_F(Show, lists_only_the_chunks_of_a_range) {
    ShowOptions options;
    options.wants_chunks = true;
    for (const char* range : {"a2", "0x10000048", "0x10000044..0x10000060"}) {
        options.range = range;
        EXPECT_EQ(run(many_chunks(), options), 0) << errors_.str();
        EXPECT_TRUE(says("Chunks: 1.") && says("0x10000040")) << range << '\n' << output_.str();
    }
}

TEST_F(Show, says_what_is_wrong_with_a_range) {
    ShowOptions options;
    for (const char* range :
         {"0x10000000..0x20000000", "0x10000040..0x10000040", "5", "nothing", "..", "0x10100000"}) {
        options.range = range;
        EXPECT_EQ(run("alloc a data 8\n", options), 2) << range;
        EXPECT_EQ(errors_.str(),
                  "tricolour: --range '" + std::string(range) +
                      "': expected FROM..TO within 0x10000000..0x10100000, an address in it, or a name\n");
        EXPECT_EQ(output_.str(), "");
    }
    options.range = "a";
    EXPECT_EQ(run("alloc a data 8\nfree a\n", options), 2);
    EXPECT_EQ(errors_.str(), "tricolour: --range 'a': 'a' names no chunk here\n");
}

TEST_F(Show, says_what_is_wrong_with_a_place) {
    ShowOptions options;
    options.at = "1.77";
    EXPECT_EQ(run("alloc a data 8\n", options), 2);
    EXPECT_TRUE(errors_.str().starts_with("tricolour: --at '1.77': operation 1 has ")) << errors_.str();
    EXPECT_EQ(output_.str(), "");
}

TEST_F(Show, shows_the_state_before_an_error_of_the_trace) {
    EXPECT_EQ(run("alloc b data 8\nfree b\nfree b\nsay \"never\"\n"), 2);
    EXPECT_EQ(errors_.str(), trace_.string() + ":4:6: error: 'b' was freed at line 3\n");
    EXPECT_TRUE(says(":3: operation 2 of 4, ")) << output_.str();
}

TEST_F(Show, tells_an_expectation_that_failed) {
    EXPECT_EQ(run("alloc b data 8\nexpect dead b\n"), 0);
    EXPECT_TRUE(says("Expect failed: ")) << output_.str();
}

TEST_F(Show, takes_a_trace_without_operations) {
    EXPECT_EQ(run(""), 0);
    EXPECT_TRUE(says(": before the first of 0 operations\n")) << output_.str();
}

TEST_F(Show, keeps_sentences_and_the_map_within_the_width) {
    ShowOptions options;
    options.columns = narrowest_page;
    options.wants_map = true;
    EXPECT_EQ(run(many_chunks(), options), 0);
    const std::string text = output_.str().substr(output_.str().find("\nHeap: ") + 1);
    EXPECT_TRUE(text.ends_with("|\n") || text.ends_with("KiB\n")) << text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const bool is_of_table = line.find("white .") != std::string::npos || line.ends_with(" 3,200");
        EXPECT_TRUE(is_of_table || line.size() <= narrowest_page) << line;
    }
}

TEST_F(Show, says_in_one_line_that_it_was_interrupted) {
    heapcore::ParseProgress progress;
    progress.cancel = true;
    ShowOptions options;
    options.progress = &progress;
    EXPECT_EQ(run("alloc a data 8\n", options), 130);
    EXPECT_EQ(errors_.str(), "tricolour: interrupted while reading " + trace_.string() + "\n");
    EXPECT_EQ(output_.str(), "");
}

TEST_F(Show, stops_within_a_long_page) {
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "alloc a" + std::to_string(i) + " data 8\n";
    std::ofstream(trace_) << "tricolour 1\n" << text;
    heapcore::ParseProgress progress;
    Interrupter buffer(progress, 1);
    std::ostream output(&buffer);
    ShowOptions options;
    options.trace = trace_.string();
    options.progress = &progress;
    options.wants_chunks = options.wants_all = true;
    EXPECT_EQ(show(options, output, errors_), 130);
    EXPECT_EQ(errors_.str(), "tricolour: interrupted while writing the page\n");
    EXPECT_LT(buffer.str().size(), 1000u);
}

}  // namespace
}  // namespace tricolour
