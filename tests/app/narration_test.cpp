#include "app/model/narration.h"

#include "heapcore/machine.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

using namespace heapcore;

// Twenty small free chunks, and a request that passes over them.
std::string many_holes() {
    std::string text = "tricolour 1\nheap size=256K\n";
    for (int i = 0; i < 40; ++i)
        text += "alloc n" + std::to_string(i) + " data 20\n";
    for (int i = 0; i < 40; i += 2)
        text += "free n" + std::to_string(i) + "\n";
    return text + "alloc big data 500\n";
}

// Traces that together make every kind of step.
const std::vector<std::string> traces = {
    R"(tricolour 1
heap size=256K
alloc a data 40
alloc b data 40
alloc c data 40
alloc d data 40
alloc e data 40
free b
free d
alloc small data 200
free a
free c
retype e object
clone f e
alloc huge data 300K
alloc wide data 90000000
)", many_holes(),
    R"(tricolour 1
heap size=256K
class Node next:ref
new a Node
new b Node
set a.next b
permanent a
free b
gc
)",
    R"(tricolour 1
heap size=256K
class Node next:ref value:int static.shared:ref
new a Node
new b Node
set a.next b
set a.value 7
set Node.shared b
array list Node 2
set list[0] list
set list[1] b
string s "hello"
intern k "pooled"
weak w a
weak v b
permanent v
permanent w
permanent list
permanent s
begin
transient b
end
pin b
thread main object=b
call main run locals=2
local main 0 a
local main 1 42
push main b
pop main
throw main a
gc
catch main
local main 0 null
return main
exit main
unpin b
loader L
class Plugin loader=L static.x:ref
gc
say "This is said."
bookmark "here"
expect live b
expect dead b
)",
    R"(tricolour 1
heap size=256K vm=unified permanent=64 transient=64
thread main
call main a locals=200
call main b locals=200
return main
gc
)",
    R"(tricolour 1
heap size=256K
loader L
class C loader=L x:ref
new keep C
permanent keep
gc
gc
)",
    R"(tricolour 1
heap size=256K gc=manual
array full byte 261000
array more int 100
string late "a text that needs more room than there is, so that the operation is given up"
)",
};

std::map<StepKind, std::string> first_sentences() {
    std::map<StepKind, std::string> sentences;
    for (const std::string& text : traces) {
        auto trace = parse_trace(text, "test.trace");
        EXPECT_TRUE(trace) << trace.error().text();
        Machine machine(trace->settings);
        struct Listener final : StepListener {
            void on_step(const Step& step) override {
                const std::string sentence = narrate(machine, trace, step);
                EXPECT_FALSE(sentence.empty());
                EXPECT_NE(sentence.front(), ' ');
                if (step.kind != StepKind::said && step.kind != StepKind::bookmarked) {
                    EXPECT_EQ(sentence.back(), '.') << sentence;
                }
                EXPECT_TRUE(sentence.front() == '`' ||
                            std::isupper(static_cast<unsigned char>(sentence.front())))
                    << sentence;
                sentences.emplace(step.kind, sentence);
            }
            const Machine& machine;
            const Trace& trace;
            std::map<StepKind, std::string>& sentences;
            Listener(const Machine& m, const Trace& t, std::map<StepKind, std::string>& s)
                : machine(m), trace(t), sentences(s) {}
        } listener(machine, *trace, sentences);
        for (std::size_t i = 0; i < trace->operations.size(); ++i) {
            Journal journal(1);
            journal.tell(&listener);
            machine.memory().attach(&journal);
            const Outcome outcome = machine.apply(*trace, i);
            machine.memory().attach(nullptr);
            EXPECT_NE(outcome.kind, Outcome::refused)
                << "line " << trace->operations[i].line << ": " << outcome.message;
        }
    }
    return sentences;
}

// The first sentence of each kind that the traces above make.
const std::map<std::string_view, std::string_view> expected = {
    {"search-skipped", "Best fit passes over 4 smaller chunks: too small for 504 bytes."},
    {"search-looked", "Best fit looks at 48 bytes at 0x10000090: too small for 208."},
    {"search-found",
     "Best fit takes 262,144 bytes at 0x10000000: the first chunk of the free list that holds 48."},
    {"search-failed", "Best fit finds nothing for 307,208 bytes: the largest free chunk has 261,696."},
    {"taken", "The chunk at 0x10000000 leaves the free list; 0 bytes stay free."},
    {"split",
     "The chunk at 0x10000000 is larger than needed: it keeps 48 bytes, and the rest from 0x10000030 goes "
     "back."},
    {"alloc", "Allocation 1: the chunk at 0x10000000, 48 bytes, is in use as data, white."},
    {"out-of-memory", "Out of memory: a request for 307,200 bytes cannot be met."},
    {"free", "Data chunk `b`, 48 bytes, is given back."},
    {"merged-previous", "The chunk before it is free too: they join at 0x10000000 to 144 bytes."},
    {"merged-next", "The chunk after it, at 0x10000030, is free too: they join to 96 bytes."},
    {"inserted", "The free chunk at 0x10000030, 262,096 bytes, enters the free list at its large end."},
    {"retyped", "Object `e` changes its type from data to object."},
    {"cloned", "The object at 0x10000000 receives the contents of object `e`."},
    {"named", "`a` names the chunk at 0x10000000."},
    {"name-failed", "`huge` is null: its allocation could not be met."},
    {"class-made", "The class `java/lang/Class` is complete."},
    {"stored", "Node `a`, field `next`, now holds Node `b`."},
    {"filled", "The static chunk at 0x10000000 receives its contents."},
    {"linked", "The static chunk at 0x10000000 is entered in its table."},
    {"undone",
     "Class `java/lang/String` is given back: the operation that asked for it cannot be completed."},
    {"root-pushed", "The Class object of `java/lang/Class` is pushed onto the permanent roots, at 0."},
    {"block-opened", "Transient block 1 opens."},
    {"block-closed", "The transient block closes and drops 1 root."},
    {"thread-started", "Thread `main` starts with an empty stack."},
    {"thread-exited", "Thread `main` ends; its stack is no root any more."},
    {"frame-pushed", "Thread `main` calls `run`: a frame with 2 locals on top, holding whatever lay there."},
    {"frame-popped", "Thread `main` returns from `run`; the frame's cells stay as residue."},
    {"local-stored", "Frame `run` local 0 now holds Node `a`."},
    {"operand-pushed", "Frame `run` pushes Node `b`."},
    {"operand-popped", "Frame `run` pops Node `b`, which stays in the stack's memory as residue."},
    {"exception-set", "Node `a` is now the pending exception of thread `main`."},
    {"exception-cleared", "Thread `main` has no pending exception any more."},
    {"pinned", "A debugger pins Node `b`."},
    {"unpinned", "A debugger lets go of Node `b`."},
    {"collect-begin", "Collection 1 begins with 261,832 bytes free: an allocation could not be met."},
    {"phase", "Mark begins with the interned strings: the pool's buckets, last to first."},
    {"root-looked", "Permanent root 2 holds Node `a`, which is white."},
    {"thread-visited", "Thread `main` is visited."},
    {"frame-visited", "Frame `run` of thread `main` is scanned from its first local upwards."},
    {"cell-looked",
     "Frame `run` local 0 holds 0x10000454, which looks like a reference to Node `a`: it counts as a root."},
    {"grey", "Permanent root 2 holds 0x100003a4: Node `a`, white, turns grey."},
    {"black", "Node `a` turns black: all that it refers to is done."},
    {"passed", "Element 0 of Node[] `list` refers to Node[] `list`, which is grey already."},
    {"bad-reference", "Node `a` holds 0x100003c4, which refers to no chunk in use: it is left alone."},
    {"bad-class", "Object `keep` has lost its class, which was at 0x1000060c: its fields cannot be scanned."},
    {"weak-met",
     "WeakReference `w` goes to the head of the list of weak references met; its referent is not followed."},
    {"weak-kept", "The weak reference `v` keeps its referent: Node `b` was reached."},
    {"weak-cleared", "The weak reference `w` loses its referent: Node `a` was not reached."},
    {"segment-cut", "The stack segments of thread `main` beyond the current one are cut off."},
    {"swept", "Object `f` is white and in use: nothing reached it, so the sweep frees its 56 bytes."},
    {"whitened", "The sweep passes the free chunk at 0x10000000."},
    {"class-unloaded", "The class `Plugin` was not reached: it is unloaded, its parts with it."},
    {"collect-end", "Collection 1 ends with 262,144 bytes free."},
    {"said", "This is said."},
    {"bookmarked", "Bookmark: here"},
    {"expect-held", "As expected, `b` is live."},
    {"expect-failed", "It does not hold that `b` is dead."},
    {"settled", "The operation lets go of what it held meanwhile."},
};

TEST(Narration, has_a_sentence_for_every_kind_of_step) {
    const auto sentences = first_sentences();
    for (const StepRow& row : step_rows())
        EXPECT_TRUE(sentences.contains(row.kind)) << "no trace here makes the step " << row.word;
    for (const auto& [kind, sentence] : sentences) {
        const auto wanted = expected.find(row_of(kind).word);
        ASSERT_NE(wanted, expected.end()) << row_of(kind).word;
        EXPECT_EQ(sentence, wanted->second);
    }
}

TEST(Narration, calls_array_classes_as_people_do) {
    EXPECT_EQ(class_text("[LNode;"), "Node[]");
    EXPECT_EQ(class_text("[[I"), "int[][]");
    EXPECT_EQ(class_text("java/lang/String"), "String");
}

TEST(Narration, writes_sizes_in_binary_units_and_counts_in_groups) {
    EXPECT_EQ(bytes_text(1), "1 byte");
    EXPECT_EQ(bytes_text(1023), "1023 bytes");
    EXPECT_EQ(bytes_text(262144), "256 KiB");
    EXPECT_EQ(bytes_text(1536), "1.5 KiB");
    EXPECT_EQ(bytes_text(16777208), "16 MiB");
    EXPECT_EQ(count_text(999), "999");
    EXPECT_EQ(count_text(1234567), "1,234,567");
}

}  // namespace
}  // namespace tricolour
