// Every limit of a trace: what just keeps it is taken, one more gets an error that names it and its place.
#include "heapcore/limits.h"

#include "complaints.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

/// Classes C1, C2, …, each the subclass of the one before.
std::string subclasses(int count, std::uint32_t fields_each = 0) {
    std::string fields;
    for (std::uint32_t i = 0; i < fields_each; ++i)
        fields += " f" + std::to_string(i) + ":int";
    std::string text;
    for (int i = 1; i <= count; ++i)
        text += "class C" + std::to_string(i) + " extends=C" + std::to_string(i - 1) + fields + "\n";
    return text;
}

std::string class_with(std::uint32_t fields) {
    std::string line = "class C";
    for (std::uint32_t i = 0; i < fields; ++i)
        line += " f" + std::to_string(i) + ":ref";
    return line + "\n";
}

/// A trace of exactly so many bytes, its head included.
std::string of_bytes(std::size_t bytes) {
    return std::string(bytes - std::string("tricolour 1\n").size(), '\n');
}

struct Limit {
    std::string constant;  ///< its name in heapcore/limits.h
    std::string within, beyond;
    std::string error;        ///< of what is beyond
    TraceLimits limits = {};  ///< lower ones, where the real one takes gigabytes to reach
};

std::vector<Limit> limits() {
    const std::string held = "alloc a data 1\n";
    const std::string hierarchy = "heap size=8M permanent=2048\nclass C0\n";
    const std::string name(longest_name_bytes, 'n');
    return {
        {"largest_trace_bytes",
         of_bytes(100),
         of_bytes(101),
         "t: error: a trace has at most 100 bytes",
         {.bytes = 100}},
        {"longest_line_bytes", std::string(longest_line_bytes, '#'), std::string(longest_line_bytes + 1, '#'),
         "t:2:65537: error: a line has at most 65536 bytes"},
        {"longest_name_bytes", "alloc " + name + " data 8", "alloc n" + name + " data 8",
         "t:2:7: error: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...' is longer than 256 bytes; expected alloc "
         "NAME TYPE BYTES"},
        {"most_operations",
         "gc\ngc\n",
         "gc\ngc\ngc\n",
         "t:4:1: error: a trace has at most 2 operations",
         {.operations = 2}},
        {"most_lines", "gc\n", "gc\n#\n", "t:3:1: error: a trace has at most 2 lines", {.lines = 2}},
        {"most_names",
         held + "clone b a\nfree b\n",
         held + "clone b a\nclone c b\n",
         "t:4:7: error: a trace has at most 2 different names; expected clone NEW NAME",
         {.names = 2}},
        {"most_texts",
         "say \"a\"\nclass A a:ref b:int\nsay \"b\"\n",
         "say \"a\"\nclass A a:ref b:int c:int\n",
         "t:3:21: error: a trace has at most 2 different texts, fields' names among them; expected class "
         "NAME "
         "[extends=CLASS] [loader=LOADER] [FIELD...]",
         {.texts = 2}},
        {"most_fields", class_with(most_fields), class_with(most_fields + 1),
         "t:2:9139: error: a class declares at most 1024 fields; expected class NAME [extends=CLASS] "
         "[loader=LOADER] [FIELD...]"},
        {"most_locals", "thread t\ncall t m locals=1024\n", "thread t\ncall t m locals=1025\n",
         "t:3:10: error: '1025' is more than 1024; expected call THREAD METHOD [locals=N]"},
        {"smallest_heap_bytes", "heap size=262143\n", "heap size=262136\n",
         "t:2:6: error: the heap's size must be 262144 to 16777208 bytes with 8-byte words"},
        {"largest_heap_bytes", "heap size=16777208\n", "heap size=16777209\n",
         "t:2:6: error: the heap's size must be 262144 to 16777208 bytes with 8-byte words"},
        {"largest_heap_bytes", "heap word=4 size=16777212\n", "heap word=4 size=16777213\n",
         "t:2:13: error: the heap's size must be 262144 to 16777212 bytes with 4-byte words"},
        {"deepest_root_stack", "heap transient=65536 permanent=65536\n", "heap permanent=65537\n",
         "t:2:6: error: the depth of the permanent root stack must be 1 to 65536 cells"},
        {"deepest_root_stack", "heap transient=2\n" + held + repeated(2, "transient a"),
         "heap transient=2\n" + held + repeated(3, "transient a"),
         "t:6:1: error: the transient root stack is full: it holds 2 roots (heap option transient=)"},
        {"deepest_root_stack", "heap permanent=2\n" + held + repeated(2, "permanent a"),
         "heap permanent=2\n" + held + repeated(3, "permanent a"),
         "t:6:1: error: the permanent root stack is full: it holds 2 roots (heap option permanent=)"},
        {"deepest_root_stack", "heap permanent=2\nclass A\n", "heap permanent=1\nclass A\n",
         "t:3:1: error: the permanent root stack is full: it holds 1 roots (heap option permanent=)"},
        {"most_blocks", repeated(1024, "begin") + repeated(1024, "end") + "begin\n", repeated(1025, "begin"),
         "t:1026:1: error: transient blocks nest too deep: 1024 are open already"},
        {"most_pins", held + repeated(256, "pin a") + "unpin a\npin a\n", held + repeated(257, "pin a"),
         "t:259:1: error: too many pins: a debugger holds 256 objects at most"},
        {"most_superclasses", "heap permanent=2048\nclass C0\n" + subclasses(256),
         "heap permanent=2048\nclass C0\n" + subclasses(257),
         "t:260:12: error: classes nest too deep: a class has at most 256 superclasses"},
        {"most_instance_cells", hierarchy + subclasses(63, 1024), hierarchy + subclasses(64, 1024),
         "t:67:11: error: an object has at most 65534 fields, those of superclasses included"},
        {"most_threads", repeated(64, "thread t#") + "exit t7\nthread more\n", repeated(65, "thread t#"),
         "t:66:1: error: too many threads: 64 are running"},
        {"beside_segment_cells", "thread t\n" + repeated(340, "call t m locals=5"),
         "thread t\n" + repeated(600, "call t m locals=5"),
         "t:343:1: error: stack overflow: the thread's stack has room for 4096 cells"},
        {"most_locals", "heap vm=unified\nthread t\ncall t m locals=234\n",
         "heap vm=unified\nthread t\ncall t m locals=1024\n",
         "t:4:1: error: stack overflow: a frame has room for 234 locals in one stack segment"},
        {"beside_segment_cells", "heap vm=unified\nthread t\ncall t m\n" + repeated(250, "push t 1"),
         "heap vm=unified\nthread t\ncall t m\n" + repeated(251, "push t 1"),
         "t:255:1: error: stack overflow: the frame's operand stack is full"},
    };
}

TEST(Limits, are_kept_to_the_last_and_named_with_their_place_beyond_it) {
    for (const Limit& limit : limits()) {
        EXPECT_EQ(complaints(limit.within, limit.limits), "") << limit.constant;
        EXPECT_EQ(complaints(limit.beyond, limit.limits), limit.error) << limit.constant;
    }
}

TEST(Limits, have_a_row_here_for_each_that_a_trace_can_meet) {
    std::ifstream file(std::string(TRICOLOUR_SOURCE) + "/heapcore/limits.h");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::set<std::string> declared, tried;
    const std::regex constant(R"(constexpr \S+ (\w+)(?: =|\())");
    for (std::sregex_iterator found(text.begin(), text.end(), constant), end; found != end; ++found)
        declared.insert((*found)[1]);
    for (const Limit& limit : limits())
        tried.insert(limit.constant);
    EXPECT_EQ(declared, tried);
}

TEST(Limits, of_a_line_hold_for_one_typed_in) {
    Trace trace;
    const auto column_of_error = [&](const std::string& line) {
        const auto read = parse_operation(trace, line);
        return read ? 0 : read.error().column;
    };
    const std::string name(longest_name_bytes, 'n');
    EXPECT_EQ(column_of_error("free " + name), 0u);
    EXPECT_EQ(column_of_error("free n" + name), 6u);
    EXPECT_EQ(column_of_error(std::string(longest_line_bytes + 1, '#')), longest_line_bytes + 1);
    std::string line = class_with(most_fields);
    line.pop_back();
    EXPECT_EQ(column_of_error(line), 0u);
    EXPECT_EQ(column_of_error(line + " one-more:int"), line.size() + 2);
}

}  // namespace
}  // namespace heapcore
