#include "heapcore/trace.h"

#include "heapcore/chunk.h"
#include "same_trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

namespace fs = std::filesystem;

constexpr const char* head = "tricolour 1\nheap size=256K word=8\n";

Trace parsed(const std::string& text) {
    auto trace = parse_trace(text, "test.trace");
    EXPECT_TRUE(trace) << trace.error().text();
    return trace ? std::move(*trace) : Trace{};
}

TraceError error_of(const std::string& text) {
    const auto trace = parse_trace(text, "test.trace");
    EXPECT_FALSE(trace) << text;
    return trace ? TraceError{} : trace.error();
}

Operation operation_of(Trace& trace, const std::string& line) {
    const auto operation = parse_operation(trace, line);
    EXPECT_TRUE(operation) << line << ": " << operation.error().message;
    return operation ? *operation : Operation{};
}

TraceError operation_error(const std::string& line) {
    Trace trace;
    const auto operation = parse_operation(trace, line);
    EXPECT_FALSE(operation) << line;
    return operation ? TraceError{} : operation.error();
}

/// Every operation, in as many ways as it can be written; each is printed as it stands.
constexpr std::string_view every_operation[] = {
    "alloc a data 40",
    "alloc a static 18446744073709551615",
    "free a",
    "retype a weak-reference",
    "clone b a",
    "loader l",
    "class C",
    "class C extends=B loader=l next:ref value:int static.head:ref static.static:int",
    "new n C",
    "array a C 0",
    "array a boolean 4294967295",
    "array a double 3",
    "string s \"\"",
    R"(string s "a # \"b\" \\ \n \t é")",
    "intern s \"x\"",
    "weak w s",
    "set a.next b",
    "set a.next null",
    "set a.value -9223372036854775808",
    "set a[4294967295] 5",
    "permanent a",
    "begin",
    "end",
    "transient a",
    "thread main",
    "thread main object=a",
    "exit main",
    "call main run",
    "call main run locals=1024",
    "return main",
    "local main 3 -1",
    "push main a-b$c@d_1",
    "pop main",
    "throw main a",
    "catch main",
    "pin a",
    "unpin a",
    "gc",
    "say \"hello\"",
    "bookmark \"here\"",
    "expect live a",
    "expect dead a",
    "expect null a.next",
    "expect failed a",
    "expect free 262144",
    "expect chunks 12",
    "expect free-chunks 1",
    "expect offset a 64",
    "expect colour a black",
};

std::string trace_of_every_operation() {
    std::string text = head;
    for (const std::string_view line : every_operation) {
        text += std::string(line) + "\n";
    }
    return text;
}

// --- Language ----------------------------------------------------------------------------------

TEST(Trace, prints_every_operation_as_it_was_written) {
    std::set<OperationKind> kinds;
    for (const std::string_view line : every_operation) {
        Trace trace;
        const Operation operation = operation_of(trace, std::string(line));
        EXPECT_EQ(print_operation(trace, operation), line);
        kinds.insert(operation.kind);
    }
    EXPECT_EQ(kinds.size(), operation_rows().size()) << "an operation has no example";
}

TEST(Trace, has_a_row_at_the_place_of_each_kind) {
    for (std::size_t i = 0; i < operation_rows().size(); ++i) {
        const OperationRow& row = operation_rows()[i];
        EXPECT_EQ(static_cast<std::size_t>(row.kind), i);
        EXPECT_EQ(row_of(row.kind).usage, row.usage);
        EXPECT_TRUE(row.usage.starts_with(row.word)) << row.usage;
        EXPECT_TRUE(row.help.ends_with('.')) << row.help;
        ASSERT_NE(find_row(row.word), nullptr) << row.word;
        EXPECT_EQ(find_row(row.word)->word, row.word);
    }
    EXPECT_EQ(find_row("set")->kind, OperationKind::set_field);
    EXPECT_EQ(find_row("aloc"), nullptr);
    EXPECT_EQ(find_row(""), nullptr);
}

TEST(Trace, fills_the_fields_that_an_operation_needs) {
    Trace trace;
    const Operation alloc = operation_of(trace, "alloc a object-array 1K");
    EXPECT_EQ(alloc.kind, OperationKind::alloc);
    EXPECT_EQ(trace.names[alloc.target], "a");
    EXPECT_EQ(alloc.choice, static_cast<std::uint8_t>(AllocationType::object_array));
    EXPECT_EQ(alloc.number, 1024u);
    EXPECT_EQ(alloc.line, 0u);

    const Operation element = operation_of(trace, "set a[7] b");
    EXPECT_EQ(element.kind, OperationKind::set_element);
    EXPECT_EQ(element.index, 7u);
    EXPECT_EQ(element.value, ValueKind::name);
    EXPECT_EQ(trace.names[element.other], "b");

    const Operation made = operation_of(trace, "class C extends=B next:ref static.count:int");
    const ClassDeclaration& declaration = trace.classes[made.index];
    EXPECT_EQ(trace.names[declaration.superclass], "B");
    EXPECT_EQ(declaration.loader, no_id);
    ASSERT_EQ(declaration.fields.size(), 2u);
    EXPECT_EQ(trace.texts[declaration.fields[0].name], "next");
    EXPECT_TRUE(declaration.fields[0].is_reference);
    EXPECT_TRUE(declaration.fields[1].is_static);

    const Operation colour = operation_of(trace, "expect colour a grey");
    EXPECT_EQ(colour.choice, static_cast<std::uint8_t>(ExpectKind::colour));
    EXPECT_EQ(colour.colour, static_cast<std::uint8_t>(Colour::grey));
    EXPECT_TRUE(trace.operations.empty()) << "parse_operation adds to the tables only";
}

TEST(Trace, reads_sizes_in_every_notation) {
    const std::pair<const char*, std::uint64_t> sizes[] = {{"0", 0},
                                                           {"007", 7},
                                                           {"64K", 65536},
                                                           {"1M", 1048576},
                                                           {"0x1F", 31},
                                                           {"0xffffffffffffffff", ~0ull},
                                                           {"18446744073709551615", ~0ull},
                                                           {"17592186044415M", 17592186044415ull << 20}};
    for (const auto& [written, bytes] : sizes) {
        Trace trace;
        EXPECT_EQ(operation_of(trace, std::string("alloc a data ") + written).number, bytes) << written;
    }
    for (const char* wrong : {"18446744073709551616", "17592186044416M", "0x10000000000000000", "-1", "+1",
                              "1k", "K", "0x", "0x10K", "1KK", "1.5", "4e3", "ten"}) {
        const TraceError error = operation_error(std::string("alloc a data ") + wrong);
        EXPECT_EQ(error.column, 14u) << wrong;
        EXPECT_NE(error.message.find(wrong), std::string::npos) << error.message;
    }
}

TEST(Trace, stores_integers_as_twos_complement) {
    const std::pair<const char*, std::uint64_t> values[] = {
        {"-5", ~4ull}, {"-0", 0}, {"0x10", 16}, {"-0x1", ~0ull}, {"18446744073709551615", ~0ull}};
    for (const auto& [written, number] : values) {
        Trace trace;
        const Operation operation = operation_of(trace, std::string("push t ") + written);
        EXPECT_EQ(operation.number, number) << written;
        EXPECT_EQ(operation.value, ValueKind::integer);
        EXPECT_EQ(operation_of(trace, print_operation(trace, operation)), operation);
    }
    EXPECT_EQ(operation_error("push t -9223372036854775809").column, 8u);
    EXPECT_EQ(operation_error("push t 1K").column, 8u);
}

TEST(Trace, takes_allocation_types_as_words_or_numbers) {
    for (std::uint32_t type = 0; type < allocation_type_count; ++type) {
        Trace trace;
        EXPECT_EQ(operation_of(trace, "retype a " + std::to_string(type)).choice, type);
        EXPECT_EQ(operation_of(trace, "retype a " + std::string(allocation_type_words[type])).choice, type);
    }
    EXPECT_EQ(operation_error("retype a 12").message,
              "allocation type '12' is not one of 0..9; expected retype NAME TYPE");
    EXPECT_EQ(operation_error("retype a dta").message,
              "'dta' is not an allocation type (did you mean 'data'?); expected retype NAME TYPE");
}

TEST(Trace, keeps_texts_byte_for_byte) {
    Trace trace;
    const Operation operation = operation_of(trace, R"(say "a \"quoted\" # \\ back\n\ttab	ü 🎈")");
    EXPECT_EQ(trace.texts[operation.text], "a \"quoted\" # \\ back\n\ttab\tü 🎈");
    for (const char* wrong : {R"("open)", R"("open\")", R"("bad \x")", R"("a"b)", R"(bare)", "\"\xff\"",
                              "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\""}) {
        EXPECT_EQ(operation_error(std::string("say ") + wrong).column, 5u) << wrong;
    }
}

TEST(Trace, finds_comments_anywhere_outside_quotes) {
    const Trace trace = parsed(
        "# \xff\xfe any bytes\n\ntricolour 1# head\n\t \nheap word=4 # 32 bits\n  gc#now\r\nsay \"#\"\r\n");
    EXPECT_EQ(trace.settings.word_bytes, 4u);
    ASSERT_EQ(trace.operations.size(), 2u);
    EXPECT_EQ(trace.operations[0].line, 6u);
    EXPECT_EQ(trace.source_line(6), "  gc#now");
    EXPECT_EQ(trace.source_line(0), "");
    EXPECT_EQ(trace.source_line(8), "");
}

TEST(Trace, tolerates_a_byte_order_mark_and_a_missing_last_line_end) {
    const Trace trace = parsed("\xef\xbb\xbftricolour 1\ngc");
    EXPECT_EQ(trace.operations.size(), 1u);
    EXPECT_EQ(trace.source_line(1), "tricolour 1");
    EXPECT_EQ(trace.source_line(2), "gc");
    EXPECT_EQ(error_of("\xef\xbb\xbfheap").column, 1u);
}

// --- Errors ------------------------------------------------------------------------------------

TEST(Trace, reports_the_column_of_the_token_at_fault) {
    struct Case {
        const char* line;
        std::uint32_t column;
        const char* message;
    };
    const Case cases[] = {
        {"aloc a data 4", 1, "unknown operation 'aloc'; did you mean 'alloc'?"},
        {"  ALLOC a data 4", 3, "unknown operation 'ALLOC'; did you mean 'alloc'?"},
        {"frobnicate", 1, "unknown operation 'frobnicate'"},
        {"alloc", 6, "NAME is missing; expected alloc NAME TYPE BYTES"},
        {"alloc a data", 13, "BYTES is missing; expected alloc NAME TYPE BYTES"},
        {"alloc a data  # 40", 13, "BYTES is missing; expected alloc NAME TYPE BYTES"},
        {"alloc a data 4 5", 16, "unexpected '5'; expected alloc NAME TYPE BYTES"},
        {"alloc\t9a data 4", 7, "'9a' is not a name; expected alloc NAME TYPE BYTES"},
        {"free null", 6, "'null' is not a name; expected free NAME"},
        {"free \"a\"", 6, "'\"a\"' is not a name; expected free NAME"},
        {"gc now", 4, "unexpected 'now'; expected gc"},
        {"array a int 4294967296", 13,
         "'4294967296' is more than 4294967295; expected array NAME ELEMENT LENGTH"},
        {"set a 5", 5,
         "'a' is not a field NAME.FIELD or an element NAME[INDEX]; expected set NAME.FIELD VALUE"},
        {"set a[1 5", 5,
         "'a[1' is not a field NAME.FIELD or an element NAME[INDEX]; expected set NAME.FIELD VALUE"},
        {"set a[x] 5", 5, "'x' is not a number such as 7 or 0x1f; expected set NAME[INDEX] VALUE"},
        {"set a[0]", 9, "VALUE is missing; expected set NAME[INDEX] VALUE"},
        {"set a.b.c 5", 5, "'b.c' is not a field's name; expected set NAME.FIELD VALUE"},
        {"set a.b 5x", 9, "'5x' is not an integer such as 7, -7 or 0x1f; expected set NAME.FIELD VALUE"},
        {"set a.b ?", 9, "'?' is not a value: a name, null or an integer; expected set NAME.FIELD VALUE"},
        {"class C x:long", 9,
         "'x:long' is not a field: name:ref or name:int, or static. before it; expected class NAME "
         "[extends=CLASS] [loader=LOADER] [FIELD...]"},
        {"class C x:int y:int x:ref", 21,
         "field 'x' is declared twice; expected class NAME [extends=CLASS] [loader=LOADER] [FIELD...]"},
        {"class C extends=A extends=B", 19,
         "'extends=B' is a second extends=; expected class NAME [extends=CLASS] [loader=LOADER] [FIELD...]"},
        {"class C :int", 9,
         "'' is not a field's name; expected class NAME [extends=CLASS] [loader=LOADER] [FIELD...]"},
        {"call t m locals=1025", 10, "'1025' is more than 1024; expected call THREAD METHOD [locals=N]"},
        {"call t m 4", 10, "unexpected '4'; expected call THREAD METHOD [locals=N]"},
        {"thread t object=", 10, "'' is not a name; expected thread THREAD [object=NAME]"},
        {"local t 4294967296 a", 9,
         "'4294967296' is more than 4294967295; expected local THREAD INDEX VALUE"},
        {"expect", 7, "CONDITION is missing; expected expect CONDITION"},
        {"expect lively a", 8,
         "'lively' is not something to expect (did you mean 'live'?); expected expect CONDITION"},
        {"expect offset a", 16, "BYTES is missing; expected expect offset NAME BYTES"},
        {"expect null a[1]", 13, "'a[1]' is not a field NAME.FIELD; expected expect null NAME.FIELD"},
        {"expect colour a gray", 17,
         "'gray' is not a colour (did you mean 'grey'?); expected expect colour NAME white|grey|black"},
        {"say \"open", 5, "the text has no closing '\"'; expected say \"text\""},
        {"say \"a\\qb\"", 5, R"(the text has an escape other than \", \\, \n and \t; expected say "text")"},
        {"heap size=1M", 1, "'heap' stands at most once, right after 'tricolour 1'"},
        {"tricolour 1", 1, "'tricolour 1' stands once, at the beginning"},
        {"", 1, "expected an operation"},
        {"   # nothing", 1, "expected an operation"},
    };
    for (const Case& wrong : cases) {
        const TraceError error = operation_error(wrong.line);
        EXPECT_EQ(error.column, wrong.column) << wrong.line;
        EXPECT_EQ(error.message, wrong.message) << wrong.line;
    }
}

TEST(Trace, names_file_line_and_column_of_an_error) {
    EXPECT_EQ(error_of(std::string(head) + "alloc a data 4\nalloc b dta 4\n").text(),
              "test.trace:4:9: error: 'dta' is not an allocation type (did you mean 'data'?); expected alloc "
              "NAME TYPE BYTES");
    EXPECT_EQ((TraceError{"x.trace", 0, 0, "cancelled"}).text(), "x.trace: error: cancelled");
    EXPECT_EQ((TraceError{"", 0, 3, "no"}).text(), "error: no");
}

TEST(Trace, shows_odd_tokens_in_messages_short_and_printable) {
    EXPECT_EQ(operation_error("\x1b[31m\xff").message, "unknown operation '?[31m?'");
    EXPECT_LT(operation_error("free " + std::string(60000, '-')).message.size(), 120u);
    EXPECT_EQ(operation_error(std::string("gc\0x", 4)).column, 3u);
    EXPECT_EQ(operation_error("gc\nfree a").column, 3u);
}

TEST(Trace, wants_its_head_first) {
    const std::pair<const char*, std::pair<std::uint32_t, const char*>> cases[] = {
        {"", {1, "there is no trace here; expected tricolour 1"}},
        {"# nothing\n\n", {1, "there is no trace here; expected tricolour 1"}},
        {"alloc a data 4\n", {1, "'alloc' is not the head of a trace; expected tricolour 1"}},
        {"\x89PNG\n", {1, "'?PNG' is not the head of a trace; expected tricolour 1"}},
        {"tricolour", {10, "the version is missing; expected tricolour 1"}},
        {"tricolour 2\n", {11, "version '2' is not known; expected tricolour 1"}},
        {"tricolour 1 1\n", {13, "unexpected '1'; expected tricolour 1"}},
    };
    for (const auto& [text, expected] : cases) {
        const TraceError error = error_of(text);
        EXPECT_EQ(error.line, 1u) << text;
        EXPECT_EQ(error.column, expected.first) << text;
        EXPECT_EQ(error.message, expected.second);
    }
    EXPECT_EQ(error_of("tricolour 1\nheap\nheap\n").line, 3u);
    EXPECT_EQ(error_of("tricolour 1\ngc\nheap\n").line, 3u);
    EXPECT_EQ(error_of("tricolour 1\ntricolour 1\n").line, 2u);
}

TEST(Trace, refuses_bytes_that_are_no_text) {
    const TraceError error =
        error_of(std::string("\x7f"
                             "ELF\2\1\1\0\0\0",
                             10));
    EXPECT_EQ(error.line, 1u);
    EXPECT_EQ(error.column, 8u);
    EXPECT_EQ(error.message, "this is not text: a byte is 0");
}

// --- Settings ----------------------------------------------------------------------------------

TEST(Trace, reads_every_setting_of_the_heap) {
    const HeapSettings settings =
        parsed(
            "tricolour 1\nheap vm=unified gc=stress freed=zeroed transient=1 permanent=60000 "
            "base=0x20000000 word=4 size=262145")
            .settings;
    EXPECT_EQ(settings.size_bytes, 262148u) << "rounded up to the word";
    EXPECT_EQ(settings.word_bytes, 4u);
    EXPECT_EQ(settings.base, 0x20000000u);
    EXPECT_EQ(settings.permanent_depth, 60000u);
    EXPECT_EQ(settings.transient_depth, 1u);
    EXPECT_EQ(settings.gc, GcMode::stress);
    EXPECT_EQ(settings.vm, VmMode::unified);
    EXPECT_EQ(settings.freed, FreedMode::zeroed);
    EXPECT_EQ(parsed("tricolour 1\nheap\n").settings, HeapSettings{});
    EXPECT_EQ(parsed("tricolour 1\n").settings, HeapSettings{});
}

TEST(Trace, reports_a_setting_at_its_column) {
    const std::pair<const char*, std::uint32_t> cases[] = {
        {"heap size=262136", 6},
        {"heap word=8 size=16777209", 13},
        {"heap size=16777213 word=4", 6},
        {"heap size=0xffffffffffffffff", 6},
        {"heap size=", 6},
        {"heap size", 6},
        {"heap word=2", 6},
        {"heap word=4294967300", 6},
        {"heap base=0", 6},
        {"heap base=0x10000004", 6},
        {"heap word=4 base=0xfb000008", 13},
        {"heap base=0x7ffffffffb000008", 6},
        {"heap permanent=0", 6},
        {"heap transient=65537", 6},
        {"heap gc=never", 6},
        {"heap gc=auto gc=auto", 14},
        {"heap vm=some", 6},
        {"heap freed=burnt", 6},
        {"heap colour=red", 6},
        {"heap size = 1M", 6},
    };
    for (const auto& [line, column] : cases) {
        const TraceError error = error_of(std::string("tricolour 1\n") + line + "\n");
        EXPECT_EQ(error.line, 2u);
        EXPECT_EQ(error.column, column) << line << ": " << error.message;
        EXPECT_EQ(error.message.find("4294967295"), std::string::npos) << error.message;
    }
    for (const char* line : {"heap size=16777208", "heap size=16777212 word=4", "heap word=4 base=0xfb000000",
                             "heap base=0x7ffffffffb000000", "heap size=262143"}) {
        parsed(std::string("tricolour 1\n") + line + "\n");
    }
}

TEST(Settings, have_a_row_for_each_key) {
    for (std::size_t i = 0; i < setting_rows().size(); ++i) {
        const SettingRow& row = setting_rows()[i];
        EXPECT_EQ(static_cast<std::size_t>(row.key), i);
        EXPECT_TRUE(row.usage.starts_with(std::string(row.word) + "="));
        HeapSettings settings;
        const std::uint64_t value = value_of(settings, row.key);
        set_value(settings, row.key, value);
        EXPECT_EQ(settings, HeapSettings{});
        set_value(settings, row.key, value == 0 ? 1 : value - 1);
        EXPECT_NE(settings, HeapSettings{});
    }
}

// --- Printing ----------------------------------------------------------------------------------

TEST(Trace, reads_what_it_prints_as_the_same_trace) {
    Trace trace = parsed(trace_of_every_operation());
    EXPECT_EQ(print_trace(trace), trace_of_every_operation());
    trace.source.reset();
    EXPECT_EQ(print_trace(trace), trace_of_every_operation());
    trace.settings.base = 0x12345678;
    trace.settings.gc = GcMode::manual;
    EXPECT_TRUE(is_same_trace(parsed(print_trace(trace)), trace));
}

TEST(Trace, prints_settings_that_differ_from_the_default) {
    Trace trace;
    EXPECT_EQ(print_trace(trace), "tricolour 1\nheap size=1M word=8\n");
    trace.settings = {.size_bytes = 262148, .word_bytes = 4, .base = 0x20000000, .gc = GcMode::stress};
    EXPECT_EQ(print_trace(trace), "tricolour 1\nheap size=262148 word=4 base=0x20000000 gc=stress\n");
}

TEST(Trace, keeps_the_source_around_operations_typed_in) {
    Trace trace = parsed(
        "# about\ntricolour 1\n\nheap size=1M # big\n# first\nalloc  a data 0x28 # forty\n\ngc\n# last");
    trace.operations.insert(trace.operations.begin() + 1, operation_of(trace, "free a"));
    trace.operations.insert(trace.operations.begin(), operation_of(trace, "begin"));
    trace.operations.push_back(operation_of(trace, "end"));
    EXPECT_EQ(print_trace(trace),
              "# about\ntricolour 1\n\nheap size=1M # big\nbegin\n# first\nalloc  a data 0x28 # forty\nfree "
              "a\n\ngc\n"
              "end\n# last");
}

TEST(Trace, drops_lines_of_operations_that_are_gone) {
    Trace trace = parsed("tricolour 1\n# one\ngc\n# two\nbegin\n# three\nend");
    trace.operations.erase(trace.operations.begin() + 1);
    EXPECT_EQ(print_trace(trace), "tricolour 1\n# one\ngc\n# two\n# three\nend");
    trace.operations.pop_back();
    trace.operations.push_back(operation_of(trace, "gc"));
    EXPECT_EQ(print_trace(trace), "tricolour 1\n# one\ngc\ngc\n# two\n# three\n");
}

TEST(Trace, prints_operations_in_their_order_even_when_lines_are_not) {
    Trace trace = parsed("tricolour 1\nbegin\n# c\nend\n");
    std::swap(trace.operations[0], trace.operations[1]);
    EXPECT_EQ(print_trace(trace), "tricolour 1\n# c\nend\nbegin\n");
    trace.operations.push_back(trace.operations[0]);
    EXPECT_EQ(print_trace(trace), "tricolour 1\n# c\nend\nbegin\nend\n");
}

TEST(Trace, prints_settings_changed_since_it_was_read) {
    Trace with_line = parsed("tricolour 1\n# c\nheap size=256K # small\ngc\n");
    with_line.settings.word_bytes = 4;
    EXPECT_EQ(print_trace(with_line), "tricolour 1\n# c\nheap size=256K word=4\ngc\n");
    Trace without_line = parsed("tricolour 1\r\n# c\r\ngc\r\n");
    without_line.settings.word_bytes = 4;
    EXPECT_EQ(print_trace(without_line), "tricolour 1\r\nheap size=1M word=4\r\n# c\r\ngc\r\n");
}

TEST(Trace, survives_a_copy) {
    Trace copy;
    {
        const Trace trace = parsed(trace_of_every_operation());
        copy = trace;
    }
    copy.source.reset();
    EXPECT_EQ(print_trace(copy), trace_of_every_operation());
    Trace moved = std::move(copy);
    EXPECT_TRUE(parse_operation(copy, "free again")) << "a trace moved from is an empty one";  // NOLINT
    EXPECT_EQ(print_trace(moved), trace_of_every_operation());
}

TEST(StringTable, gives_each_string_one_number) {
    StringTable table;
    EXPECT_FALSE(table.find("a"));
    std::vector<std::string_view> views;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        ASSERT_EQ(table.add("n" + std::to_string(i)), i);
        views.push_back(table[i]);
    }
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        const std::string text = "n" + std::to_string(i);
        ASSERT_EQ(table.find(text), i);
        ASSERT_EQ(table.add(text), i);
        ASSERT_EQ(views[i], text) << "views stay valid";
    }
    EXPECT_EQ(table.add(""), 100'000u);
    EXPECT_EQ(table.find(std::string(5000, 'x')), std::nullopt);
    EXPECT_EQ(table[table.add(std::string(5'000'000, 'x'))].size(), 5'000'000u);
}

// --- Columns and completion --------------------------------------------------------------------

TEST(Trace, finds_the_column_of_an_argument) {
    EXPECT_EQ(column_of("  alloc a\tdata 40", OperationKind::alloc, ArgumentKind::none), 3u);
    EXPECT_EQ(column_of("  alloc a\tdata 40", OperationKind::alloc, ArgumentKind::new_name), 9u);
    EXPECT_EQ(column_of("  alloc a\tdata 40", OperationKind::alloc, ArgumentKind::bytes), 16u);
    EXPECT_EQ(column_of("set a[1] b", OperationKind::set_element, ArgumentKind::value), 10u);
    EXPECT_EQ(column_of("expect offset a 5", OperationKind::expect, ArgumentKind::expectation), 8u);
    EXPECT_EQ(column_of("expect offset a 5", OperationKind::expect, ArgumentKind::name), 15u);
    EXPECT_EQ(column_of("expect offset a 5", OperationKind::expect, ArgumentKind::bytes), 17u);
    EXPECT_EQ(column_of("expect offset a 5", OperationKind::expect, ArgumentKind::colour), 1u);
    EXPECT_EQ(column_of("thread t", OperationKind::thread, ArgumentKind::object_option), 1u);
    EXPECT_EQ(column_of("thread t object=a", OperationKind::thread, ArgumentKind::object_option), 10u);
    EXPECT_EQ(column_of("", OperationKind::gc, ArgumentKind::none), 1u);
}

TEST(Trace, completes_what_may_stand_there) {
    Trace trace;
    operation_of(trace, "class node next:ref");
    operation_of(trace, "new nut node");
    using Words = std::vector<std::string>;
    EXPECT_EQ(completions(trace, "").size(), operation_rows().size() - 1) << "set stands once";
    EXPECT_EQ(completions(trace, "th"), (Words{"thread", "throw"}));
    EXPECT_EQ(completions(trace, "free "), (Words{"node", "nut"}));
    EXPECT_EQ(completions(trace, "free nu"), (Words{"nut"}));
    EXPECT_EQ(completions(trace, "free nut "), Words{});
    EXPECT_EQ(completions(trace, "alloc "), Words{});
    EXPECT_EQ(completions(trace, "alloc x pr"), (Words{"primitive-array", "primitive-class"}));
    EXPECT_EQ(completions(trace, "array x b"), (Words{"boolean", "byte"}));
    EXPECT_EQ(completions(trace, "array x no"), (Words{"node"}));
    EXPECT_EQ(completions(trace, "set nut."), (Words{"nut.next", "nut.referent"}));
    EXPECT_EQ(completions(trace, "set nut.next nu"), (Words{"null", "nut"}));
    EXPECT_EQ(completions(trace, "class x "), (Words{"extends=", "loader=", "static."}));
    EXPECT_EQ(completions(trace, "class x a:int b:int ext"), (Words{"extends="}));
    EXPECT_EQ(completions(trace, "class x extends=n"), (Words{"extends=node", "extends=nut"}));
    EXPECT_EQ(completions(trace, "call t m "), (Words{"locals="}));
    EXPECT_EQ(completions(trace, "thread t object=nu"), (Words{"object=nut"}));
    EXPECT_EQ(completions(trace, "expect f"), (Words{"failed", "free", "free-chunks"}));
    EXPECT_EQ(completions(trace, "expect colour nut "), (Words{"black", "grey", "white"}));
    EXPECT_EQ(completions(trace, "expect wrong "), Words{});
    EXPECT_EQ(completions(trace, "wrong "), Words{});
    EXPECT_EQ(completions(trace, "free # n"), Words{});
    EXPECT_EQ(completions(trace, "say \"#"), Words{});
}

// --- Files -------------------------------------------------------------------------------------

class TraceFile : public testing::Test {
protected:
    void SetUp() override {
        const testing::TestInfo* const test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = fs::temp_directory_path() /
                  ("tricolour-" + std::to_string(std::random_device{}()) + test->name());
        fs::create_directory(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path path(const char* name) const { return folder_ / name; }
    std::string read(const fs::path& file) const {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    fs::path write(const char* name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }
    std::string error_in(const fs::path& file) const {
        const auto trace = read_trace(file);
        EXPECT_FALSE(trace);
        return trace ? "" : trace.error().text();
    }
    std::size_t file_count() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
    }

    fs::path folder_;
};

TEST_F(TraceFile, is_read_back_as_it_was_written) {
    const Trace trace = parsed(trace_of_every_operation());
    for (const char* name : {"plain.trace", "packed.trace.gz"}) {
        ASSERT_EQ(write_trace(trace, path(name)), std::nullopt);
        const auto again = read_trace(path(name));
        ASSERT_TRUE(again) << again.error().text();
        EXPECT_TRUE(is_same_trace(trace, *again));
        EXPECT_EQ(*again->source, trace_of_every_operation());
        EXPECT_EQ(again->file, path(name).string());
    }
    EXPECT_EQ(read(path("packed.trace.gz")).substr(0, 2), "\x1f\x8b");
    EXPECT_EQ(file_count(), 2u) << "nothing is left beside the files";
}

TEST_F(TraceFile, reports_what_cannot_be_read_in_one_line) {
    EXPECT_EQ(error_in(path("missing")),
              path("missing").string() + ": error: cannot be opened: No such file or directory");
    EXPECT_EQ(error_in(folder_), folder_.string() + ": error: is a directory; expected a trace");
    EXPECT_EQ(error_in(write("empty", "")),
              path("empty").string() + ":1:1: error: there is no trace here; expected tricolour 1");
    fs::permissions(write("secret", head), fs::perms::none);
    if (!std::ifstream(path("secret"))) {  // the superuser may read everything
        EXPECT_EQ(error_in(path("secret")),
                  path("secret").string() + ": error: cannot be opened: Permission denied");
    }
}

TEST_F(TraceFile, reports_damaged_compression) {
    ASSERT_EQ(write_trace(parsed(trace_of_every_operation()), path("whole.gz")), std::nullopt);
    const std::string whole = read(path("whole.gz"));
    for (const std::size_t size : {2u, 10u, 40u}) {
        EXPECT_EQ(error_in(write("cut.gz", whole.substr(0, size))),
                  path("cut.gz").string() + ": error: the compressed file ends too early");
    }
    EXPECT_TRUE(error_in(write("cut.gz", whole.substr(0, whole.size() - 1))).ends_with("ends too early"));
    std::string damaged = whole;
    damaged[whole.size() / 2] = static_cast<char>(~damaged[whole.size() / 2]);
    EXPECT_TRUE(error_in(write("damaged.gz", damaged)).ends_with("the compressed file is damaged"));
    EXPECT_TRUE(error_in(write("tail.gz", whole + "tail")).ends_with("the compressed file is damaged"));
}

TEST_F(TraceFile, may_be_compressed_in_several_pieces) {
    ASSERT_EQ(write_trace(parsed("tricolour 1\ngc\n"), path("one.gz")), std::nullopt);
    Trace comment = parsed("tricolour 1\n");
    comment.source = std::make_shared<const std::string>("# more\n");
    comment.line_starts = {0};
    ASSERT_EQ(write_trace(comment, path("two.gz")), std::nullopt);
    const auto trace = read_trace(write("both.gz", read(path("one.gz")) + read(path("two.gz"))));
    ASSERT_TRUE(trace) << trace.error().text();
    EXPECT_EQ(*trace->source, "tricolour 1\ngc\n# more\n");
}

TEST_F(TraceFile, stops_decompressing_at_a_callers_limit) {
    ASSERT_EQ(write_trace(parsed("tricolour 1\n" + std::string(1 << 20, '\n')), path("lines.gz")),
              std::nullopt);
    const auto trace = read_trace(path("lines.gz"), nullptr, {.bytes = 100'000});
    ASSERT_FALSE(trace);
    EXPECT_TRUE(trace.error().text().ends_with("a trace has at most 100000 bytes once decompressed"));
}

TEST_F(TraceFile, stops_decompressing_at_the_limit) {
    std::string comments = "tricolour 1\n";
    while (comments.size() < 16 << 20) {
        comments += "#" + std::string(60'000, ' ') + "\n";
    }
    ASSERT_EQ(write_trace(parsed(comments), path("piece.gz")), std::nullopt);
    const std::string piece = read(path("piece.gz"));
    std::string bomb;
    for (std::uint64_t bytes = 0; bytes <= largest_trace_bytes; bytes += comments.size()) {
        bomb += piece;
    }
    EXPECT_TRUE(error_in(write("bomb.gz", bomb)).ends_with("a trace has at most 1 GiB once decompressed"));
}

TEST_F(TraceFile, keeps_the_old_file_when_it_cannot_be_written) {
    const Trace trace = parsed(head);
    fs::create_directory(path("folder"));
    EXPECT_EQ(write_trace(trace, path("folder")),
              "cannot write " + path("folder").string() + ": it is not a file");
    EXPECT_NE(write_trace(trace, path("no-such-folder") / "a.trace"), std::nullopt);
    EXPECT_EQ(file_count(), 1u);
}

TEST_F(TraceFile, keeps_its_permissions_and_links) {
    write("real.trace", "old");
    fs::permissions(path("real.trace"), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("real.trace", path("link.trace"));
    ASSERT_EQ(write_trace(parsed(head), path("link.trace")), std::nullopt);
    EXPECT_TRUE(fs::is_symlink(path("link.trace")));
    EXPECT_EQ(read(path("real.trace")), head);
    EXPECT_EQ(fs::status(path("real.trace")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

#ifdef TRICOLOUR_SHARED_DATA
TEST(Trace, reads_recorded_runs) {
    const fs::path folder = fs::path(TRICOLOUR_SHARED_DATA) / "vm";
    if (!fs::exists(folder)) {
        GTEST_SKIP() << folder << " is not there";
    }
    for (const char* name : {"hello", "oom", "threads", "w4_weakrefs"}) {
        auto trace = read_trace(folder / (std::string(name) + ".trace.gz"));
        ASSERT_TRUE(trace) << trace.error().text();
        EXPECT_GT(trace->operations.size(), 1000u);
        EXPECT_EQ(print_trace(*trace), *trace->source);
        trace->source.reset();
        EXPECT_TRUE(is_same_trace(*trace, parsed(print_trace(*trace))));
    }
}
#endif

// --- Progress and mutations --------------------------------------------------------------------

TEST(Trace, tells_how_far_it_has_read_and_can_be_cancelled) {
    std::string text = head;
    while (text.size() < 1 << 20) {
        text += "gc\n";
    }
    ParseProgress progress;
    ASSERT_TRUE(parse_trace(text, "", &progress));
    EXPECT_EQ(progress.bytes_done, text.size());
    EXPECT_EQ(progress.bytes_total, text.size());
    progress.cancel = true;
    const auto cancelled = parse_trace(text, "test.trace", &progress);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().text(), "test.trace: error: cancelled");
}

/// A few of its bytes overwritten, cut out, doubled or swapped.
std::string mutated(std::string text, std::mt19937& random) {
    const auto any_place = [&] {
        return std::uniform_int_distribution<std::size_t>(0, text.size() - 1)(random);
    };
    const auto edits = 1 + random() % 4;
    for (unsigned i = 0; i < edits && text.size() > 8; ++i) {
        const std::size_t at = any_place();
        const std::size_t size = 1 + random() % 8;
        switch (random() % 5) {
            case 0: text[at] = static_cast<char>(random() & 0xff); break;
            case 1: text.erase(at, size); break;
            case 2: text.insert(any_place(), text.substr(at, size)); break;
            case 3: text[at] = "\"\\#.[]=:\n\t -0K"[random() % 14]; break;
            default: std::swap(text[at], text[any_place()]); break;
        }
    }
    return text;
}

bool is_place_in(const std::string& text, const TraceError& error) {
    std::istringstream stream(text);
    std::string line;
    for (std::uint32_t i = 0; i < error.line && std::getline(stream, line); ++i) {
    }
    const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    return error.line >= 1 && error.line <= lines && error.column >= 1 && error.column <= line.size() + 1;
}

TEST(Trace, survives_a_thousand_mutations) {
    std::mt19937 random(1);
    const std::string whole = trace_of_every_operation();
    int read = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::string_view line = every_operation[random() % std::size(every_operation)];
        const std::string text =
            i % 4 == 0 ? mutated(whole, random) : head + mutated(std::string(line), random) + "\n";
        auto trace = parse_trace(text, "test.trace");
        if (!trace) {
            ASSERT_TRUE(is_place_in(text, trace.error())) << trace.error().text() << "\n" << text;
            ASSERT_FALSE(trace.error().message.empty());
            ASSERT_EQ(trace.error().message.find('\n'), std::string::npos) << trace.error().message;
            continue;
        }
        ++read;
        trace->source.reset();
        ASSERT_TRUE(is_same_trace(*trace, parsed(print_trace(*trace)))) << text;
    }
    EXPECT_GT(read, 50);
    EXPECT_LT(read, 950);
}

TEST(Trace, survives_mutations_of_lines_typed_in) {
    std::mt19937 random(2);
    Trace trace;
    for (int i = 0; i < 1000; ++i) {
        const std::string line =
            mutated(std::string(every_operation[random() % std::size(every_operation)]), random);
        completions(trace, line);
        const auto operation = parse_operation(trace, line);
        if (operation) {
            const std::string printed = print_operation(trace, *operation);
            const auto again = parse_operation(trace, printed);
            ASSERT_TRUE(again) << printed;
            EXPECT_EQ(print_operation(trace, *again), printed);
        } else {
            ASSERT_GE(operation.error().column, 1u);
            ASSERT_LE(operation.error().column, line.size() + 1) << line;
        }
    }
}

}  // namespace
}  // namespace heapcore
