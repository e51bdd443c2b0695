// What a program frees although the VM still lists it must not keep the engine in a circle.
#include "heapcore/machine.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

void carry_out(const std::string& text) {
    auto trace = parse_trace(text, "test.trace");
    ASSERT_TRUE(trace) << trace.error().text();
    Machine machine(trace->settings);
    for (std::size_t i = 0; i < trace->operations.size(); ++i)
        ASSERT_NE(machine.apply(*trace, i).kind, Outcome::refused) << "line " << trace->operations[i].line;
}

TEST(BrokenLists, a_pooled_string_freed_and_made_again_ends_the_walk_of_its_bucket) {
    carry_out(
        "tricolour 1\nheap size=256K\nintern a \"x\"\nfree a\nintern b \"x\"\ngc\n"
        "intern c \"y\"\nintern d \"x\"\ngc\n");
}

TEST(BrokenLists, a_class_freed_and_made_again_ends_the_walk_of_the_class_table) {
    carry_out(
        "tricolour 1\nheap size=256K\nclass N a:ref\nfree N\nclass N a:ref\nnew x N\narray q N 2\nfree N\n"
        "class N a:ref\narray r N 2\ngc\n");
}

}  // namespace
}  // namespace heapcore
