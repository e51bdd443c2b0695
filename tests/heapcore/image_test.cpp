// A heap's image, out and in again, and images that are none.
#include "heapcore/image.h"

#include "heap_check.h"
#include "told.h"

#include <cstring>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

/// The image of our own heap, as another VM would give it: the markers somewhere else.
HeapImage image_of(const Heap& heap) {
    HeapImage image;
    image.list_start = 0x1000;
    image.list_end = 0x2000;
    image.bytes = image_bytes(heap, image.list_start, image.list_end);
    image.word_bytes = heap.geometry().word_bytes;
    image.base = heap.memory.base();
    const FreeList& list = heap.free_list();
    const Offset first = list.first(heap.memory);
    image.first_free = first == list.end() ? image.list_end : heap.memory.address_of(first);
    image.last_free = first == list.end() ? image.list_start : heap.memory.address_of(list.last(heap.memory));
    image.permanent_array = heap.get(Register::permanent_array);
    image.permanent_top = static_cast<std::uint32_t>(heap.get(Register::permanent_top));
    image.transient_array = heap.get(Register::transient_array);
    image.transient_top = static_cast<std::uint32_t>(heap.get(Register::transient_top));
    image.permanent_depth = heap.settings().permanent_depth;
    image.transient_depth = heap.settings().transient_depth;
    image.class_pool = heap.get(Register::class_pool);
    image.utf_pool = heap.get(Register::utf_pool);
    image.intern_pool = heap.get(Register::intern_pool);
    image.native_pool = heap.get(Register::native_pool);
    image.threads = heap.get(Register::threads);
    return image;
}

std::string program(const std::string& word) {
    return "heap size=256K vm=unified word=" + word +
           " permanent=30 transient=30\nclass A f:ref static.s:ref\nnew o A\nnew p A\nset o.f p\ntransient "
           "o\n"
           "alloc h1 data 100\nalloc k1 data 8\nalloc h2 data 300\nalloc k2 data 8\nalloc h3 data 100\nalloc "
           "k3 data 8\n"
           "free h1\nfree h2\nfree h3\ntransient k2\nintern i \"pooled\"\nthread T object=p\ncall T m "
           "locals=2\n"
           "local T 0 k1\nlocal T 1 o\nweak w k3\ntransient w\n"
           "alloc h4 data 900\nalloc k4 data 8\nalloc h5 data 1900\nalloc k5 data 8\nfree h4\nfree h5\n";
}

TEST(Image, goes_in_as_it_came_out_and_is_collected_the_same) {
    for (const std::string word : {"4", "8"}) {
        const Told told(program(word));
        ASSERT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
        const HeapImage image = image_of(told.heap());
        HeapSettings settings = settings_of(image);
        ASSERT_EQ(normalise(settings), std::nullopt);
        Vm vm(settings);
        ASSERT_EQ(put_image(vm.heap, image), std::nullopt);
        EXPECT_EQ(broken_invariant(vm.heap), "");
        EXPECT_EQ(image_bytes(vm.heap, image.list_start, image.list_end), image.bytes);
        vm.collect(CollectReason::requested);
        const Told collected(program(word) + "gc\n");
        EXPECT_EQ(image_bytes(vm.heap, 1, 2), image_bytes(collected.heap(), 1, 2));
        EXPECT_EQ(broken_invariant(vm.heap), "");
    }
}

TEST(Image, of_a_full_heap_has_an_empty_list) {
    const Told told("heap size=256K vm=unified permanent=8 transient=8\n");
    const Told full("heap size=256K vm=unified permanent=8 transient=8\nalloc a data " +
                    std::to_string(told.heap().largest_free_bytes() - 4) + "\n");
    ASSERT_EQ(full.heap().get(Register::heap_free), 0u);
    const HeapImage image = image_of(full.heap());
    Heap heap(settings_of(image));
    ASSERT_EQ(put_image(heap, image), std::nullopt);
    EXPECT_EQ(broken_invariant(heap), "");
}

TEST(Image, that_is_none_is_refused_with_a_reason) {
    const Told told(program("8"));
    const HeapImage good = image_of(told.heap());
    const auto fault_of = [](const HeapImage& image) {
        Heap heap(settings_of(image));
        return put_image(heap, image).value_or("no fault");
    };
    const auto with_word = [&](Offset place, std::uint64_t word) {
        HeapImage image = good;
        std::memcpy(image.bytes.data() + place, &word, 8);
        return image;
    };
    const Offset hole = told.heap().free_list().first(told.heap().memory);
    EXPECT_EQ(fault_of(good), "no fault");
    EXPECT_EQ(fault_of(with_word(0, 0)), "the chunk at offset 0 is smaller than the smallest chunk");
    EXPECT_EQ(fault_of(with_word(0, 0xfffffff1)), "the chunk at offset 0 has an unknown allocation type");
    EXPECT_EQ(fault_of(with_word(hole + 8, 0)), "the free list leads to no free chunk at offset 4026531840");
    EXPECT_EQ(fault_of(with_word(hole + 8, good.base + hole)),
              "the free list is broken before the chunk at offset " + std::to_string(hole));
    HeapImage lost = good;
    lost.first_free = 0x99;
    EXPECT_EQ(fault_of(lost), "the free list's ends lie outside the heap");
    HeapImage stray = good;
    stray.threads = good.base + 5000;
    EXPECT_EQ(fault_of(stray), "a thread's structure lies in no chunk");
    HeapImage table = good;
    table.intern_pool = good.base + good.bytes.size() - 8;
    EXPECT_EQ(fault_of(table), "the interned string pool lies in no chunk that holds it");
    HeapImage deep = good;
    deep.permanent_top = 10000;
    EXPECT_EQ(fault_of(deep), "the permanent root stack lies in no chunk that holds it");
}

}  // namespace
}  // namespace heapcore
