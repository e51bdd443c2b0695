// Each operation of a trace: what it does, what it refuses and where the error stands, and that an
// operation which cannot be completed leaves nothing behind.
#include "complaints.h"
#include "heap_check.h"
#include "heapcore/session.h"
#include "told.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

struct ErrorCase {
    std::string text;
    std::string error;
};

TEST(Errors, name_the_token_and_what_was_expected) {
    const std::string small = "heap size=256K\nalloc a data 1M\n";
    const ErrorCase cases[] = {
        {"free a\n",
         "t:2:6: error: 'a' is not bound: expected a name that an operation before this one made"},
        {"alloc a data 1\nfree a\nfree a\n", "t:4:6: error: 'a' was freed at line 3"},
        {"alloc a data 1\ngc\nclone b a\n", "t:4:9: error: 'a' was collected by the gc at line 3"},
        {"thread a\nfree a\n", "t:3:6: error: 'a' is a thread; expected the name of a chunk"},
        {small + "free a\n", "t:4:6: error: 'a' is null: its allocation could not be met"},
        {small + "clone b a\n", "t:4:9: error: 'a' is null: its allocation could not be met"},
        {small + "pin a\n", "t:4:5: error: 'a' is null: its allocation could not be met"},
        {"thread a\nexit a\ncall a m\n", "t:4:6: error: 'a' exited at line 3"},
        {"alloc a data 1\nnew o a\n", "t:3:7: error: 'a' is not a class: expected a name that 'class' made"},
        {"alloc B data 1\nclass A extends=B\n",
         "t:3:9: error: 'B' is not a class: expected a name that 'class' made"},
        {"class B\nnew o B\nclass A loader=o\n",
         "t:4:9: error: 'o' is not a class loader: expected a name that 'loader' made"},
        {"array a A 3\n",
         "t:2:9: error: 'A' is not bound: expected a name that an operation before this one made"},
        {"class A f:ref\nnew o A\nset o.g null\n", "t:4:5: error: 'o' has no field 'g'"},
        {"class A f:ref\nnew o A\nset o.f 3\n",
         "t:4:9: error: a reference is stored here: expected a name or null"},
        {"class A n:int\nnew o A\nset o.n null\n",
         "t:4:9: error: a number is stored here: expected an integer"},
        {"heap word=4\nclass A n:int\nnew o A\nset o.n 0x100000000\n",
         "t:5:9: error: expected an integer of 32 bits"},
        {"class A f:ref\nset A.f null\n", "t:3:5: error: 'A' has no static field 'f'"},
        {"array a int 3\nset a[3] 1\n", "t:3:5: error: 'a' has 3 elements, numbered from 0"},
        {"array a byte 3\nset a[0] 255\nset a[0] -129\n", "t:4:10: error: expected an integer of 8 bits"},
        {"array a char 3\nset a[0] 65535\nset a[0] 65536\n", "t:4:10: error: expected an integer of 16 bits"},
        {"class A\narray a A 3\nset a[0] 1\n",
         "t:4:10: error: a reference is stored here: expected a name or null"},
        {"alloc a object 30\nset a.x 3\n", "t:3:5: error: 'a' has no class, so it has no fields"},
        {"alloc a primitive-array 40\nset a[0] 3\n", "t:3:5: error: 'a' has no class, so it has no elements"},
        {"string s \"x\"\nset s[0] 1\n", "t:3:5: error: 's' is not an array"},
        {"end\n", "t:2:1: error: no transient block is open: 'end' needs a 'begin' before it"},
        {"alloc a data 1\ncall a m\n",
         "t:3:6: error: 'a' is not a thread: expected a name that 'thread' started"},
        {"thread t\nreturn t\n", "t:3:8: error: the thread has no frame: 'call' pushes one"},
        {"thread t\nlocal t 0 5\n", "t:3:7: error: the thread has no frame: 'call' pushes one"},
        {"thread t\ncall t m locals=1\nlocal t 1 5\n",
         "t:4:9: error: the frame has 1 locals, numbered from 0"},
        {"thread t\ncall t m locals=1\npop t\n",
         "t:4:1: error: the frame's operand stack is empty: nothing to pop"},
        {"heap word=4\nthread t\ncall t m\npush t 0x100000000\n",
         "t:5:8: error: a cell of this heap holds 4 bytes: expected an integer of 32 bits"},
        {"thread t\nthread t\n", "t:3:8: error: 't' is a thread that runs already"},
        {"thread t\nthread u object=t\n", "t:3:10: error: 't' is a thread; expected the name of a chunk"},
        {"alloc a data 1\nunpin a\n", "t:3:7: error: 'a' is not pinned"},
        {"expect live x\n",
         "t:2:8: error: 'x' is not bound: expected a name that an operation before this one made"},
        {"heap vm=unified size=256K permanent=65536\n",
         "t:2:6: error: with vm=unified the VM's tables lie in the heap and take 534192 bytes: expected a "
         "larger "
         "heap or less deep root stacks"},
    };
    for (const ErrorCase& one : cases)
        EXPECT_EQ(complaints(one.text), one.error) << one.text;
}

TEST(Errors, leave_the_machine_as_it_was) {
    for (const std::string vm : {"none", "unified"})
        for (const std::string line :
             {"class C extends=x", "class C loader=o f:ref", "new n x", "array n x 3", "clone n nothing",
              "weak n nothing", "set o.g 1", "set x.f 1", "free t", "local t 1023 1", "call t m locals=1024",
              "thread t", "unpin x", "end", "array n D 1", "loader n"}) {
            const std::string text = "heap vm=" + vm +
                                     " permanent=3\nclass D\nnew o D\nalloc x data 8\nthread t\n" +
                                     (line == "array n D 1" || line == "loader n" ? "permanent o\n" : "");
            const Told before(text + "call t m\n" +
                              (vm == "none" ? repeated(4, "call t m locals=1000") : ""));
            const Told after(text + "call t m\n" + (vm == "none" ? repeated(4, "call t m locals=1000") : "") +
                             line + "\n");
            EXPECT_EQ(after.outcome().kind, Outcome::refused) << line;
            EXPECT_TRUE(before.machine().is_same_as(after.machine())) << line << " with vm=" << vm;
        }
}

TEST(Expect, tells_what_is_instead) {
    EXPECT_EQ(complaints("alloc a data 1\nexpect dead a\nexpect live a\nexpect failed a\nexpect offset a 32\n"
                         "expect colour a black\nexpect free 1\nexpect chunks 7\nexpect free-chunks 9\n"),
              "expected 'a' to be dead; 'a' is live\nexpected 'a' to be a failed allocation; 'a' is live\n"
              "expected 'a' at offset 32; it is at 0\nexpected 'a' to be black; it is white\n"
              "expected 1 bytes free, there are 1048544\nexpected 7 chunks, there are 2\n"
              "expected 9 free chunks, there are 1\n");
    EXPECT_EQ(
        complaints("alloc a data 1\nfree a\nexpect dead a\nexpect live a\nexpect free 1M\nexpect chunks 1\n"),
        "expected 'a' to be live; 'a' was freed at line 3\n");
    EXPECT_EQ(complaints("heap size=256K\nalloc a data 1M\nexpect failed a\nexpect dead a\n"),
              "expected 'a' to be dead; 'a' is null: its allocation could not be met\n");
    EXPECT_EQ(complaints("class A f:ref\nnew o A\nexpect null o.f\nweak w o\nexpect colour w white\nthread "
                         "t\nexpect live t\n"
                         "exit t\nexpect dead t\n"),
              "");
}

TEST(Operations, a_failed_name_is_null_wherever_a_value_stands) {
    EXPECT_EQ(
        complaints("heap size=256K\nalloc a data 1M\nclass A f:ref\nnew o A\nset o.f a\nexpect null o.f\n"
                   "transient a\npermanent a\nthread t object=a\ncall t m locals=1\nlocal t 0 a\npush t "
                   "a\nthrow t a\n"
                   "weak w a\nexpect null w.referent\ngc\n"),
        "");
}

TEST(Operations, alloc_zeroes_what_lay_there) {
    const Told told("array a int 20\n" + repeated(20, "set a[#] -1") + "free a\nalloc b data 96\n");
    for (Offset place = user_of(told.chunk("b")); place < body_end(told.heap(), told.chunk("b")); place += 4)
        ASSERT_EQ(told.heap().memory.load32(place), 0u);
}

TEST(Operations, a_clone_is_a_word_larger_and_holds_the_same) {
    for (const std::string word : {"4", "8"}) {
        const Told told("heap word=" + word + "\narray a int 10\n" + repeated(10, "set a[#] #") +
                        "clone b a\nclone c b\n");
        const auto size = [&](const char* name) { return told.heap().header(told.chunk(name)).size_bytes(); };
        EXPECT_EQ(size("b"), size("a") + told.heap().geometry().word_bytes);
        EXPECT_EQ(size("c"), size("b") + told.heap().geometry().word_bytes);
        const auto bytes = told.heap().memory.bytes();
        EXPECT_TRUE(std::equal(bytes.begin() + user_of(told.chunk("a")),
                               bytes.begin() + body_end(told.heap(), told.chunk("a")),
                               bytes.begin() + user_of(told.chunk("c"))));
        EXPECT_EQ(told.heap().memory.load32(body_end(told.heap(), told.chunk("c")) - 4), 0u);
    }
}

TEST(Operations, intern_gives_one_string_for_one_text) {
    const Told told("intern a \"one\"\nintern b \"two\"\nintern c \"one\"\n");
    EXPECT_EQ(told.chunk("a"), told.chunk("c"));
    EXPECT_NE(told.chunk("a"), told.chunk("b"));
    EXPECT_EQ(string_text(told.heap(), told.chunk("a")), "one");
    EXPECT_FALSE(told.outcome().asked_for_chunk);
}

TEST(Operations, texts_come_back_as_they_were_written) {
    const Told told("string s \"a\u00e9\u20ac\U0001f600\\\"\\\\\\n\\t\"\nstring e \"\"\n");
    EXPECT_EQ(string_text(told.heap(), told.chunk("s")), "a\u00e9\u20ac\U0001f600\"\\\n\t");
    EXPECT_EQ(string_text(told.heap(), told.chunk("e")), "");
}

TEST(Operations, two_names_of_one_chunk_die_together_and_a_rebound_name_leaves_it) {
    const Told told("intern a \"x\"\nintern b \"x\"\nalloc b data 8\nfree a\n");
    EXPECT_EQ(told.binding("a").kind, Binding::dead_freed);
    EXPECT_EQ(told.binding("b").kind, Binding::chunk);
    const Told both("intern a \"x\"\nintern b \"x\"\nintern c \"x\"\nfree b\n");
    for (const char* name : {"a", "b", "c"})
        EXPECT_EQ(both.binding(name).kind, Binding::dead_freed);
}

TEST(Operations, fields_are_found_in_superclasses_and_statics_through_subclasses_and_objects) {
    const Told told(
        "class A a:ref n:int static.s:int\nclass B extends=A b:ref\nnew o B\nset o.a o\nset o.b A\nset o.n "
        "7\n"
        "set B.s 9\nset o.s 9\n");
    ASSERT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
    const auto cell = [&](std::uint32_t index) {
        return told.heap().memory.load_word(user_of(told.chunk("o")) + 8 + 8 * index);
    };
    EXPECT_EQ(cell(0), told.heap().memory.address_of(user_of(told.chunk("o"))));
    EXPECT_EQ(cell(1), 7u);
    EXPECT_EQ(cell(2), told.heap().memory.address_of(user_of(told.chunk("A"))));
}

// --- what a program may break ---------------------------------------------------------------

TEST(Broken, a_pooled_string_freed_by_hand_leaves_the_pool) {
    const Told told("intern a \"x\"\nfree a\nintern b \"x\"\n");
    EXPECT_TRUE(told.outcome().asked_for_chunk);
    EXPECT_EQ(string_text(told.heap(), told.chunk("b")), "x");
    // All in few buckets, freed and made again in the same places: no chain leads in a circle.
    std::string text;
    for (int round = 0; round < 4; ++round)
        for (int i = 0; i < 150; ++i) {
            const std::string name = "s" + std::to_string(i);
            if (round > 0 && i % (round + 1) == 0) text += "free " + name + "\n";
            text += "intern " + name + " \"" + std::to_string(round * 1000 + i) + "\"\n";
        }
    const Told many(text + "gc\n");
    ASSERT_EQ(many.outcome().kind, Outcome::done) << many.outcome().message;
    EXPECT_TRUE(many.steps(StepKind::bad_reference).empty());
    for (int i = 0; i < 150; ++i)
        EXPECT_TRUE(many.is_live("s" + std::to_string(i)));
}

TEST(Broken, a_class_freed_or_retyped_by_hand_leaves_the_class_table) {
    for (const std::string broken : {"free C", "retype C data"}) {
        const Told told("loader l\nclass C loader=l\n" + broken +
                        "\ngc\nclass C loader=l\narray a C 1\ngc\ngc\n");
        EXPECT_EQ(told.outcome().kind, Outcome::refused);  // the loader was collected
        const Told held("loader l\ntransient l\nclass C loader=l\n" + broken +
                        "\ngc\nclass D loader=l\narray a D 1\nclass E loader=l f:ref\ngc\narray b D 1\n");
        EXPECT_EQ(held.outcome().kind, Outcome::done) << held.outcome().message;
        EXPECT_EQ(broken_invariant(held.heap()), "");
    }
}

TEST(Broken, a_clone_of_a_class_does_not_take_the_parts_of_its_original_along) {
    const Told told("class C f:ref\nclone D C\ngc\nnew o C\nset o.f o\nexpect live C\n");
    EXPECT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
    EXPECT_FALSE(told.is_live("D"));
}

TEST(Broken, a_loader_whose_fields_a_program_stored_to_harms_nothing) {
    for (const std::string store :
         {"set l.count -1", "set l.count 1000000", "set l.classes null", "set l.count -1\nset l.classes l",
          "array b byte 30\nset l.classes b\nset l.count 29", "retype l data\ngc\nretype l object"}) {
        const Told told("loader l\ntransient l\nclass A loader=l\n" + store +
                        "\nclass B loader=l\narray a B 2\nclass C loader=l\nclass D loader=l\ngc\n");
        EXPECT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
        EXPECT_EQ(broken_invariant(told.heap()), "") << store;
    }
}

// --- when an allocation collects --------------------------------------------------------------

constexpr const char* garbage_then_big = "alloc a data 200000\nalloc b data 200000\n";

TEST(GcMode, auto_collects_once_and_tries_again) {
    const Told told(std::string("heap size=256K gc=auto\n") + garbage_then_big);
    EXPECT_TRUE(told.is_live("b"));
    EXPECT_FALSE(told.is_live("a"));
    EXPECT_EQ(told.heap().get(Register::gc_count), 1u);
    const Told full(
        std::string("heap size=256K gc=auto\nalloc a data 200000\ntransient a\nalloc b data 200000\n"));
    EXPECT_EQ(full.binding("b").kind, Binding::failed);
    EXPECT_EQ(full.heap().get(Register::gc_count), 1u);
    EXPECT_EQ(full.steps(StepKind::search_failed).size(), 2u);
}

TEST(GcMode, manual_just_fails) {
    const Told told(std::string("heap size=256K gc=manual\n") + garbage_then_big);
    EXPECT_TRUE(told.is_live("a"));
    EXPECT_EQ(told.binding("b").kind, Binding::failed);
    EXPECT_EQ(told.heap().get(Register::gc_count), 0u);
}

TEST(GcMode, stress_collects_before_every_allocation) {
    const Told told("heap gc=stress\nalloc a data 8\nalloc b data 8\nalloc c data 8\n");
    EXPECT_EQ(told.heap().get(Register::gc_count), 3u);
    EXPECT_FALSE(told.is_live("b"));
    EXPECT_TRUE(told.is_live("c"));
}

TEST(GcMode, an_operation_under_stress_loses_nothing_it_works_with) {
    for (const std::string vm : {"none", "unified"}) {
        const Told told(
            "heap gc=stress vm=" + vm +
            "\nloader l\ntransient l\nclass A loader=l f:ref static.s:ref\n"
            "class B extends=A loader=l g:ref\nclass C loader=l\nclass D loader=l\nclass E loader=l\n"
            "new o B\ntransient o\narray a B 3\nset o.f a\nset a[2] o\nstring s \"text\"\nset a[1] s\n"
            "intern i \"pooled\"\nweak w s\nset a[0] w\nclone k a\nset o.g k\nthread t object=o\n"
            "call t m locals=2\nlocal t 0 k\nstring u \"a thread's alone\"\nthread n object=u\n"
            "array more E 1\ngc\n");
        ASSERT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
        for (const char* name : {"l", "A", "B", "C", "D", "E", "o", "a", "s", "i", "w", "k", "u"})
            EXPECT_TRUE(told.is_live(name)) << name;
        EXPECT_FALSE(told.is_live("more"));
        EXPECT_EQ(broken_invariant(told.heap()), "");
        EXPECT_EQ(string_text(told.heap(), told.chunk("s")), "text");
        EXPECT_EQ(string_text(told.heap(), told.chunk("i")), "pooled");
    }
}

// --- out of memory on the way -------------------------------------------------------------------

/// Everything that operation texts and hidden classes need is there already, so that what the
/// operation makes is all its own.
class OutOfMemoryAt : public testing::TestWithParam<std::string> {};

TEST_P(OutOfMemoryAt, any_of_its_allocations_leaves_nothing_behind) {
    const std::string line = GetParam();
    for (const std::string word : {"4", "8"})
        for (const std::string vm : {"none", "unified"}) {
            if (line.starts_with("thread") && vm == "none") continue;
            int failures = 0;
            bool has_fitted = false;
            for (int room = -8; room <= 4000 && !has_fitted; room += 8) {
                // One free chunk of about `room` bytes, everything else taken and held.
                const std::string text =
                    "heap size=256K gc=auto word=" + word + " vm=" + vm + " permanent=80 transient=40\n" +
                    "loader l\ntransient l\nclass Used loader=l f:ref static.s:ref n:int\nstring used "
                    "\"pooled\"\n"
                    "intern kept \"kept\"\narray ca Used 1\narray ci int 1\nweak uw used\nthread "
                    "ut\ntransient used\ntransient uw\ntransient ca\ntransient ci\n" +
                    repeated(2, "class U# loader=l") + "alloc hole data " +
                    std::to_string(std::max(room, 0)) + "\nalloc fence data 8\ntransient fence\n";
                const Told fenced(text);
                const std::uint64_t rest = fenced.heap().largest_free_bytes() - 4;
                // Names and signatures go to the pool, where they stay: made beforehand.
                const std::string filled = text + "alloc rest data " + std::to_string(rest) +
                                           "\ntransient rest\ntransient hole\ngc\n" +
                                           (room < 0 ? "" : "free hole\n");
                const Told before(filled);
                ASSERT_EQ(before.outcome().kind, Outcome::done) << before.outcome().message;
                const Told after(filled + line + "\n");
                ASSERT_EQ(after.outcome().kind, Outcome::done) << after.outcome().message;
                ASSERT_EQ(broken_invariant(after.heap()), "") << room;
                if (after.outcome().allocated) {
                    has_fitted = true;
                    continue;
                }
                ++failures;
                ASSERT_EQ(after.binding("n").kind, Binding::failed);
                ASSERT_EQ(after.heap().get(Register::heap_free), before.heap().get(Register::heap_free))
                    << line << room;
                ASSERT_EQ(chunks_in_use(after.heap()), chunks_in_use(before.heap())) << line << room;
                ASSERT_EQ(after.heap().get(Register::operation_top), 0u);
                ASSERT_EQ(after.heap().get(Register::permanent_top),
                          before.heap().get(Register::permanent_top));
            }
            EXPECT_TRUE(has_fitted) << line << " word=" << word << " vm=" << vm;
            EXPECT_GT(failures, 0) << line;
        }
}

INSTANTIATE_TEST_SUITE_P(Operation, OutOfMemoryAt,
                         testing::Values("alloc n data 500", "string n \"thirty characters and some more\"",
                                         "new n Used", "array n Used 100", "array n int 100", "clone n used",
                                         "weak n used", "class n loader=l",
                                         "class n extends=Used loader=l f:ref static.s:ref", "loader n",
                                         "thread n"),
                         [](const auto& param) {
                             std::string name = param.param;
                             for (char& c : name)
                                 if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                             return name;
                         });

TEST(OutOfMemory, thousands_of_failures_of_every_operation_keep_the_heap_sound) {
    for (const std::string vm : {"none", "unified"}) {
        std::string text =
            "heap size=256K vm=" + vm + " permanent=60 transient=900\nclass A f:ref\nloader l\ntransient l\n";
        for (int i = 0; i < 800; ++i) {
            const std::string n = std::to_string(i);
            text += "alloc a" + n + " data " + std::to_string(40 + i * 37 % 700) + "\n";
            if (i % 9) text += "transient a" + n + "\n";
            if (i % 3 == 0) text += "class C" + n + " loader=l f" + n + ":ref static.s:ref\n";
            if (i % 4 == 0) text += "string s" + n + " \"string " + n + "\"\n";
            if (i % 5 == 0) text += "intern i" + n + " \"interned " + n + "\"\n";
            if (i % 6 == 0) text += "array r" + n + " A " + std::to_string(i % 50) + "\n";
            if (i % 7 == 0) text += "clone k" + n + " l\n";
        }
        const Told told(text);
        ASSERT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
        EXPECT_GT(told.heap().get(Register::gc_count), 500u);
        EXPECT_EQ(broken_invariant(told.heap()), "");
    }
}

}  // namespace
}  // namespace heapcore
