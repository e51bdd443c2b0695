// The roots that a program which embeds the heap names to the collector.
#include "heap_check.h"
#include "heapcore/audit.h"
#include "heapcore/vm.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

class RootSources : public testing::Test {
protected:
    Vm vm{HeapSettings{}};
    std::vector<Address> handles;
    int times_asked = 0;

    RootSources() { vm.collector().ask(source()); }

    RootSource source() {
        return [this](std::vector<Address>& roots) {
            ++times_asked;
            roots.insert(roots.end(), handles.begin(), handles.end());
        };
    }

    Address address_of(Offset chunk) const { return vm.heap.memory.address_of(user_of(chunk)); }
    bool is_in_use(Offset chunk) const { return chunks_in_use(vm.heap).contains(chunk); }

    /// Chunks that nothing holds once the operation that made them is over.
    Offset make_data() {
        vm.begin_operation(0);
        const Offset chunk = vm.allocate(AllocationType::data, 100);
        vm.end_operation();
        return chunk;
    }
    Offset make_weak(Offset referent) {
        vm.begin_operation(0);
        const Offset weak = vm.make_weak(referent);
        vm.end_operation();
        return weak;
    }
};

TEST_F(RootSources, keep_what_they_name_and_all_that_it_leads_to) {
    vm.begin_operation(0);
    const Offset named = vm.make_string("named");
    const Offset forgotten = vm.make_string("forgotten");
    vm.end_operation();
    const auto chars =
        vm.heap.chunk_at(vm.heap.memory.load_word(user_of(named) + vm.heap.objects().string_chars));
    handles = {address_of(named)};
    vm.collect(CollectReason::requested);
    EXPECT_TRUE(is_in_use(named));
    EXPECT_TRUE(is_in_use(*chars));
    EXPECT_FALSE(is_in_use(forgotten));

    handles.clear();
    vm.collect(CollectReason::requested);
    EXPECT_FALSE(is_in_use(named));
    EXPECT_FALSE(is_in_use(*chars));
    EXPECT_TRUE(audit(vm.heap).empty());
}

TEST_F(RootSources, hold_through_the_collections_of_an_allocation) {
    const Offset named = make_data();
    handles = {address_of(named)};
    for (int i = 0; i < 20'000; ++i)
        make_data();
    EXPECT_GT(vm.heap.get(Register::gc_count), 0u);
    EXPECT_TRUE(is_in_use(named));
}

TEST_F(RootSources, may_name_null_and_one_chunk_twice) {
    const Offset named = make_data();
    handles = {0, address_of(named), 0, address_of(named)};
    vm.collect(CollectReason::requested);
    EXPECT_TRUE(is_in_use(named));
}

TEST_F(RootSources, lead_nothing_astray_with_what_is_no_chunk) {
    const Offset named = make_data();
    handles = {1, vm.heap.memory.base() + vm.heap.size_bytes(), address_of(named) + 8, address_of(named)};
    vm.collect(CollectReason::requested);
    EXPECT_TRUE(is_in_use(named));
    EXPECT_EQ(broken_invariant(vm.heap), "");
}

TEST_F(RootSources, are_asked_once_in_each_collection_and_no_more_when_they_are_taken_back) {
    vm.collect(CollectReason::requested);
    vm.collect(CollectReason::requested);
    EXPECT_EQ(times_asked, 2);
    vm.collector().ask(nullptr);
    vm.collect(CollectReason::requested);
    EXPECT_EQ(times_asked, 2);
}

TEST_F(RootSources, come_before_the_pins_the_last_one_first) {
    const Offset pinned = make_data();
    vm.pin(pinned);
    handles = {address_of(make_data()), address_of(make_data())};
    Journal journal;
    vm.heap.memory.attach(&journal);
    vm.collect(CollectReason::requested);
    vm.heap.memory.attach(nullptr);
    std::vector<std::pair<RootKind, Address>> looked;
    for (std::uint64_t i = 0; i < journal.end(); ++i)
        if (const Step& step = journal.step(i); step.kind == StepKind::root_looked)
            looked.emplace_back(static_cast<RootKind>(step.detail), step.a);
    EXPECT_EQ(looked, (std::vector<std::pair<RootKind, Address>>{{RootKind::embedder, handles[1]},
                                                                 {RootKind::embedder, handles[0]},
                                                                 {RootKind::pin, address_of(pinned)}}));
}

TEST_F(RootSources, are_looked_at_one_a_transition_with_the_same_bytes_in_the_end) {
    for (int i = 0; i < 5; ++i)
        handles.push_back(address_of(make_weak(make_data())));
    make_weak(make_data());
    Vm stepped(vm, nullptr);
    stepped.collector().ask(source());
    vm.collect(CollectReason::requested);
    stepped.collector().begin(CollectReason::requested);
    std::vector<std::uint64_t> left;  // of the roots named, whenever it changed
    while (stepped.collector().step()) {
        const std::uint64_t cursor = stepped.heap.get(Register::cursor);
        const bool is_news = left.empty() || left.back() != cursor;
        if (stepped.collector().phase() == Phase::pinned && is_news) left.push_back(cursor);
    }
    EXPECT_EQ(left, (std::vector<std::uint64_t>{5, 4, 3, 2, 1, 0}));
    const auto bytes = vm.heap.memory.bytes().first(vm.heap.layout().mark_stack);
    const auto others = stepped.heap.memory.bytes().first(vm.heap.layout().mark_stack);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), others.begin()));
}

TEST_F(RootSources, are_not_a_part_of_a_copy) {
    const Offset named = make_data();
    handles = {address_of(named)};
    Vm copy(vm, nullptr);
    copy.collect(CollectReason::requested);
    EXPECT_FALSE(chunks_in_use(copy.heap).contains(named));
    vm.collect(CollectReason::requested);
    EXPECT_TRUE(is_in_use(named));
}

TEST_F(RootSources, are_forgotten_with_every_other_root) {
    handles = {address_of(make_data())};
    vm.clear_roots();
    vm.collect(CollectReason::exit);
    EXPECT_EQ(times_asked, 0);
    EXPECT_TRUE(chunks_in_use(vm.heap).empty());
}

}  // namespace
}  // namespace heapcore
