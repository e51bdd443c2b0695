// The order of colours, by the memory model's table of what is scanned and its phases. The expected
// stories are worked out by hand; "(black)" stands where a chunk turned black that was black already.
#include "heapcore/collector.h"

#include "told.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

std::string in_transient(const std::string& text) { return Told(text + "gc\n").colours(Phase::transient); }

TEST(Scan, an_object_gives_its_class_fields_first_to_last_then_its_superclass) {
    EXPECT_EQ(in_transient(
                  "class A a1:ref a0:int a2:ref\nclass B extends=A b1:ref b2:ref\nnew o B\nnew p A\nnew q A\n"
                  "new r A\nnew s A\nset o.b1 p\nset o.b2 q\nset o.a1 r\nset o.a2 s\ntransient o\n"),
              "o grey, p grey, p black, q grey, q black, r grey, r black, s grey, s black, o black");
}

TEST(Scan, an_object_does_not_mark_its_class) {
    const Told told("loader l\nclass A loader=l\nnew o A\ntransient o\ngc\n");
    EXPECT_TRUE(told.is_live("o"));
    EXPECT_FALSE(told.is_live("A"));
    EXPECT_EQ(class_of(told.heap(), told.chunk("o")), std::nullopt);
}

TEST(Scan, an_object_whose_class_is_gone_gives_nothing_and_is_told) {
    const Told told("loader l\nclass A loader=l f:ref\nnew o A\nnew p A\nset o.f p\ntransient o\ngc\ngc\n");
    EXPECT_TRUE(told.is_live("o"));
    EXPECT_FALSE(told.is_live("p"));
    EXPECT_EQ(told.chunks(StepKind::bad_class), "o");
}

TEST(Scan, an_object_array_gives_its_elements_last_to_first_each_black_again) {
    EXPECT_EQ(
        in_transient("class A\nnew x A\nnew y A\narray arr A 3\nset arr[0] x\nset arr[2] y\ntransient arr\n"),
        "arr grey, y grey, y black, y black(black), x grey, x black, x black(black), arr black");
}

TEST(Scan, an_ancestor_met_in_a_cycle_turns_black_early) {
    EXPECT_EQ(in_transient("class A f:ref\nnew o A\narray arr A 2\nset o.f arr\nset arr[1] o\nnew x A\n"
                           "set arr[0] x\ntransient o\n"),
              "o grey, arr grey, o black, x grey, x black, x black(black), arr black, o black(black)");
    EXPECT_EQ(in_transient("class A\narray arr A 2\nset arr[1] arr\nnew x A\nset arr[0] x\ntransient arr\n"),
              "arr grey, arr black, x grey, x black, x black(black), arr black(black)");
}

TEST(Scan, an_array_of_arrays_goes_depth_first) {
    EXPECT_EQ(in_transient(
                  "class A\narray in A 1\narray out A 2\nnew x A\nset in[0] x\nset out[1] in\nset out[0] x\n"
                  "transient out\n"),
              "out grey, in grey, x grey, x black, x black(black), in black, in black(black), x "
              "black(black), out black");
}

TEST(Scan, a_string_colours_its_characters_black_at_once) {
    EXPECT_EQ(in_transient("string s \"x\"\ntransient s\n"),
              "s grey, <primitive-array> black(white), s black");
}

TEST(Scan, a_primitive_array_data_and_permanent_data_hold_nothing) {
    EXPECT_EQ(in_transient(
                  "array a int 3\nalloc d data 3\nalloc s static 4\ntransient a\ntransient d\ntransient s\n"),
              "s grey, s black, d grey, d black, a grey, a black");
}

TEST(Scan, a_weak_reference_is_not_followed) {
    const Told told("class A\nnew o A\nweak w o\ntransient w\ngc\n");
    EXPECT_EQ(told.colours(Phase::transient), "w grey, w black");
    EXPECT_FALSE(told.is_live("o"));
    EXPECT_EQ(told.heap().memory.load_word(user_of(told.chunk("w")) + told.heap().objects().weak_referent),
              0u);
}

TEST(Scan, a_class_gives_its_loader_then_its_statics_last_to_first_then_its_superclasses) {
    EXPECT_EQ(in_transient("loader l\nclass P loader=l static.p:ref\n"
                           "class C extends=P loader=l static.a:ref static.n:int static.b:ref\n"
                           "new pa P\nnew a P\nnew b P\nset P.p pa\nset C.a a\nset C.b b\ntransient C\n"),
              // The loader's array: Class object of C, which leads back to C, then that of P and all of P.
              "C grey, l grey, <object-array> grey, <object> grey, <object> black, <object> black(black), "
              "<object> grey, P grey, pa grey, pa black, P black, P black(black), <object> black, "
              "<object> black(black), <object-array> black, l black, "
              "b grey, b black, a grey, a black, C black, P black(black), C black(black)");
}

TEST(Scan, an_array_class_gives_its_loader) {
    EXPECT_EQ(in_transient("loader l\nclass P loader=l\narray x P 1\ntransient l\n"),
              "l grey, <object-array> grey, <object> grey, <array-class> grey, <array-class> black, <object> "
              "black, "
              "<object> black(black), <object> grey, P grey, P black, P black(black), <object> black, "
              "<object> black(black), <object-array> black, l black");
}

TEST(Scan, a_chunk_of_any_type_that_holds_zeros_gives_nothing) {
    EXPECT_EQ(in_transient(
                  "alloc c6 array-class 60\nalloc c7 primitive-class 60\nalloc c8 instance-class 200\n"
                  "alloc o object 30\nalloc oa object-array 40\nalloc s string 8\nalloc w weak-reference 8\n"
                  "transient c6\ntransient c7\ntransient c8\ntransient o\ntransient oa\ntransient "
                  "s\ntransient w\n"),
              "w grey, w black, s grey, s black, oa grey, oa black, o grey, o black, c8 grey, c8 black, "
              "c8 black(black), c7 grey, c7 black, c6 grey, c6 black");
}

// --- phases ---------------------------------------------------------------------------------

TEST(Phases, interned_strings_turn_black_and_never_grey) {
    const Told told("intern s \"x\"\ntransient s\ngc\n");
    EXPECT_EQ(told.colours(Phase::interned), "s black(white), <primitive-array> black(white)");
    EXPECT_EQ(told.colours(Phase::transient), "");
}

TEST(Phases, the_pools_buckets_go_last_to_first_and_the_newest_string_of_a_bucket_first) {
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "intern s" + std::to_string(i) + " \"" + std::to_string(i) + "\"\n";
    const Told told(text + "gc\n");
    const Offset pool = *told.heap().memory.offset_of(told.heap().get(Register::intern_pool));
    std::string expected;
    for (std::uint32_t bucket = 64; bucket-- > 0;)
        for (auto string = told.heap().chunk_at(told.heap().memory.load_word(pool + 8 * bucket)); string;
             string = told.heap().chunk_at(told.heap().memory.load_word(user_of(*string) + 40)))
            expected += (expected.empty() ? "" : ", ") + told.name_of(*string) +
                        " black(white), <primitive-array> black(white)";
    EXPECT_EQ(told.colours(Phase::interned), expected);
}

TEST(Phases, root_stacks_go_top_to_bottom) {
    const Told told(
        "class A\nnew o A\nnew q A\nnew r A\npermanent o\nbegin\ntransient q\nbegin\ntransient r\ngc\n");
    EXPECT_EQ(told.colours(Phase::transient), "r grey, r black, q grey, q black");
    EXPECT_TRUE(
        told.colours(Phase::permanent).starts_with("o grey, o black, <object> grey, A grey, A black"));
}

TEST(Phases, a_thread_gives_its_object_its_frames_newest_first_and_its_exception) {
    const std::string text =
        "class A f:ref\nnew t1 A\nnew a A\nnew b A\nnew c A\nnew e A\nthread T object=t1\n"
        "call T m locals=2\nlocal T 0 a\nlocal T 1 b\ncall T m locals=1\nlocal T 0 c\npush T a\n"
        "throw T e\nset e.f c\ngc\n";
    const std::string cells = "c grey, c black, a grey, a black, b grey, b black, e grey, e black";
    EXPECT_EQ(Told(text).colours(Phase::threads), "t1 black(white), " + cells);
    EXPECT_EQ(Told("heap vm=unified\n" + text).colours(Phase::threads),
              "<data> black(white), t1 black(white), <data> black(white), " + cells);
}

TEST(Phases, a_thread_object_and_an_exception_are_marked_even_if_they_are_black) {
    EXPECT_EQ(
        Told("class A f:ref\nnew e A\nnew x A\nset e.f x\ntransient e\nthread T object=e\nthrow T e\ngc\n")
            .colours(Phase::threads),
        "e black(black), e grey, e black");
}

TEST(Phases, threads_go_newest_first) {
    EXPECT_EQ(
        Told("class A\nnew a A\nnew b A\nthread T\nthread U\ncall T m\ncall U m\npush T a\npush U b\ngc\n")
            .colours(Phase::threads),
        "b grey, b black, a grey, a black");
}

TEST(Phases, a_thread_that_exited_or_has_no_frame_holds_nothing) {
    const Told told("class A\nnew a A\nthread T\ncall T m\npush T a\nexit T\nthread U\ngc\n");
    EXPECT_FALSE(told.is_live("a"));
}

TEST(Phases, pinned_objects_go_newest_first) {
    EXPECT_EQ(Told("class A\nnew o A\nnew q A\npin o\npin q\ngc\n").colours(Phase::pinned),
              "q grey, q black, o grey, o black");
}

TEST(Phases, the_newest_weak_reference_met_comes_first_and_only_dead_referents_are_cleared) {
    const Told told(
        "class A\nnew o A\nnew p A\nweak w1 o\nweak w2 p\nweak w3 w1\ntransient w1\ntransient w2\n"
        "transient w3\ntransient p\ngc\n");
    EXPECT_EQ(told.chunks(StepKind::weak_met), "w3, w2, w1");
    EXPECT_EQ(told.chunks(StepKind::weak_kept), "w2, w3");
    EXPECT_EQ(told.chunks(StepKind::weak_cleared), "w1");
}

TEST(Phases, a_weak_reference_is_met_once_however_it_is_reached) {
    for (const std::string roots :
         {"transient w\nthread T object=w\nthrow T w\n", "thread T object=w\nthrow T w\n",
          "thread T\nthrow T w\n", "pin w\nthread T object=w\n"}) {
        const Told told("class A\nnew o A\nweak w o\n" + roots + "gc\n");
        EXPECT_EQ(told.chunks(StepKind::weak_met), "w") << roots;
        EXPECT_EQ(told.chunks(StepKind::weak_cleared), "w") << roots;
    }
}

TEST(Phases, the_sweep_goes_by_address_and_leaves_everything_white) {
    const Told told(
        "alloc a data 8\nalloc b data 8\nalloc c data 8\nalloc d static 8\nalloc e data 8\ntransient "
        "c\ngc\n");
    std::vector<Offset> swept;
    for (const Step& step : told.steps(StepKind::swept))
        swept.push_back(step.chunk);
    EXPECT_EQ(swept, (std::vector<Offset>{0, 32, 128}));
    for (Offset chunk = 0; !told.heap().is_end(chunk); chunk = told.heap().next_chunk(chunk))
        EXPECT_EQ(told.heap().header(chunk).colour(), Colour::white);
    EXPECT_TRUE(told.is_live("d"));
}

TEST(Phases, come_in_order_and_each_once) {
    const Told told("alloc a data 8\ngc\n");
    std::vector<Phase> phases;
    for (const Step& step : told.steps(StepKind::phase))
        phases.push_back(static_cast<Phase>(step.detail));
    EXPECT_EQ(phases, (std::vector<Phase>{Phase::interned, Phase::transient, Phase::permanent, Phase::threads,
                                          Phase::pinned, Phase::weak, Phase::sweep, Phase::done}));
}

// --- classes go -----------------------------------------------------------------------------

TEST(Unloading, a_class_goes_with_its_loader_and_takes_its_parts_and_its_place_in_the_table_along) {
    const std::string make = "loader keep\ntransient keep\nclass K loader=keep\narray ka K 1\n";
    const Told before(make + "gc\n");
    const Told after(
        make +
        "loader l\nclass C loader=l f:ref static.g:ref\nclass D extends=C loader=l\narray x D 2\n"
        "new o D\ngc\n");
    EXPECT_FALSE(after.is_live("l"));
    EXPECT_FALSE(after.is_live("C"));
    EXPECT_FALSE(after.is_live("D"));
    EXPECT_TRUE(after.is_live("K"));
    EXPECT_EQ(after.steps(StepKind::class_unloaded).size(), 3u);  // C, D, D's array class
    // What stays is the text of names in the pool: l's classes' and fields', "g", "C", "D", "f".
    const auto used = [](const Told& told) {
        return told.heap().get(Register::chunks) - told.heap().get(Register::free_chunks);
    };
    EXPECT_EQ(used(after), used(before) + 4);
}

TEST(Unloading, a_class_lives_as_long_as_its_loader_is_reached) {
    for (const std::string root : {"transient l", "transient C", "transient o\nset o.f C", "pin l"}) {
        const Told told("class B f:ref\nnew o B\nloader l\nclass C loader=l\nclass D loader=l\n" + root +
                        "\ngc\n");
        EXPECT_TRUE(told.is_live("C")) << root;
        EXPECT_TRUE(told.is_live("D")) << root;
        EXPECT_TRUE(told.is_live("l")) << root;
    }
}

// --- cells ----------------------------------------------------------------------------------

struct CellCase {
    const char* name;
    std::string made;     ///< with `x` as the chunk in question
    std::int64_t beyond;  ///< added to the address of x's user data
    CellVerdict verdict;
};

std::ostream& operator<<(std::ostream& out, const CellCase& cell) { return out << cell.name; }

class Cells : public testing::TestWithParam<std::tuple<CellCase, std::uint32_t>> {};

TEST_P(Cells, are_trusted_only_as_far_as_the_memory_model_says) {
    const auto& [cell, word] = GetParam();
    const std::string head = "heap word=" + std::to_string(word) + "\n";
    const Told made(head + cell.made);
    ASSERT_EQ(made.outcome().kind, Outcome::done) << made.outcome().message;
    const Binding binding = made.binding("x");
    const auto value =
        static_cast<std::int64_t>(made.heap().memory.address_of(user_of(binding.offset))) + cell.beyond;
    const Told told(head + cell.made + "thread T\ncall T m locals=1\nlocal T 0 " + std::to_string(value) +
                    "\ngc\n");
    ASSERT_EQ(told.outcome().kind, Outcome::done) << told.outcome().message;
    const auto looked = told.steps(StepKind::cell_looked);
    ASSERT_EQ(looked.size(), 1u);
    EXPECT_EQ(word_of(static_cast<CellVerdict>(looked[0].detail)), word_of(cell.verdict));
    EXPECT_EQ(looked[0].a, static_cast<std::uint64_t>(value));
}

INSTANTIATE_TEST_SUITE_P(
    Value, Cells,
    testing::Combine(
        testing::Values(
            CellCase{"object", "class A f:ref\nnew x A\n", 0, CellVerdict::reference},
            CellCase{"object_array", "class A\narray x A 3\n", 0, CellVerdict::reference},
            CellCase{"primitive_array", "array x int 9\n", 0, CellVerdict::reference},
            CellCase{"string", "string x \"a\"\n", 0, CellVerdict::reference},
            CellCase{"weak_reference", "class A\nnew o A\nweak x o\n", 0, CellVerdict::reference},
            CellCase{"pooled_string_is_black", "intern x \"a\"\n", 0, CellVerdict::not_white},
            CellCase{"marked_object", "class A\nnew x A\ntransient x\n", 0, CellVerdict::not_white},
            CellCase{"class", "class x\n", 0, CellVerdict::no_class},
            CellCase{"chunk_without_class", "alloc x object 20\n", 0, CellVerdict::no_class},
            CellCase{"retyped_to_data", "class A\nnew x A\nretype x data\n", 0, CellVerdict::not_an_object},
            CellCase{"its_header", "class A\nnew x A\n", -4, CellVerdict::no_class},
            CellCase{"odd", "class A\nnew x A\n", 1, CellVerdict::misaligned},
            CellCase{"before_the_heap", "alloc x data 8\n", -8, CellVerdict::outside_heap},
            CellCase{"behind_the_heap", "alloc x data 8\n", 1 << 20, CellVerdict::outside_heap}),
        testing::Values(4u, 8u)),
    [](const auto& param) {
        return std::string(std::get<0>(param.param).name) + "_word" +
               std::to_string(std::get<1>(param.param));
    });

TEST(Frames, an_element_that_points_to_a_class_looks_like_an_object_inside_a_chunk) {
    // The element holds the class's address, so a cell that points at it passes the first checks.
    const Told made("class A\narray x A 3\nset x[0] A\n");
    const Address element =
        made.heap().memory.address_of(user_of(made.chunk("x")) + made.heap().objects().array_elements);
    const Told told("class A\narray x A 3\nset x[0] A\nthread T\ncall T m locals=1\nlocal T 0 " +
                    std::to_string(element) + "\ngc\n");
    EXPECT_EQ(static_cast<CellVerdict>(told.steps(StepKind::cell_looked)[0].detail),
              CellVerdict::not_a_chunk);
    EXPECT_FALSE(told.is_live("x"));
}

TEST(Frames, residue_in_the_live_part_of_a_stack_keeps_an_object_alive) {
    const std::string old_frame =
        "class A\nnew o A\nthread T\ncall T m\ncall T m\npush T 1\npush T o\nreturn T\n";
    EXPECT_FALSE(Told(old_frame + "gc\n").is_live("o"));
    // The new frame's second local lies where o was pushed, and was never stored to.
    EXPECT_TRUE(Told(old_frame + "call T m locals=2\ngc\n").is_live("o"));
    EXPECT_FALSE(Told(old_frame + "call T m locals=2\nlocal T 1 null\ngc\n").is_live("o"));
    EXPECT_FALSE(Told(old_frame + "call T m locals=1\ngc\n").is_live("o"));
}

TEST(Frames, what_was_popped_is_not_looked_at) {
    const std::string pushed = "class A\nnew o A\nthread T\ncall T m\npush T o\n";
    EXPECT_TRUE(Told(pushed + "gc\n").is_live("o"));
    EXPECT_FALSE(Told(pushed + "pop T\ngc\n").is_live("o"));
    EXPECT_TRUE(Told(pushed + "pop T\npush T 0\npop T\ncall T m\ngc\n").steps(StepKind::cell_looked).empty());
}

TEST(Frames, an_integer_that_is_an_address_keeps_an_object_alive) {
    const Told made("class A\nnew o A\n");
    const Address address = made.heap().memory.address_of(user_of(made.chunk("o")));
    EXPECT_TRUE(Told("class A\nnew o A\nthread T\ncall T m\npush T " + std::to_string(address) + "\ngc\n")
                    .is_live("o"));
    EXPECT_FALSE(
        Told("class A\nnew o A\nthread T\ncall T m\npush T " + std::to_string(address + 8) + "\ngc\n")
            .is_live("o"));
}

TEST(Frames, segments_beyond_the_current_one_are_cut_off_and_swept) {
    std::string text = "heap vm=unified\nthread T\n";
    for (int i = 0; i < 30; ++i)
        text += "call T m locals=10\n";
    const Told deep(text + "gc\n");
    for (int i = 0; i < 30; ++i)
        text += "return T\n";
    const Told back(text + "gc\n");
    EXPECT_EQ(deep.steps(StepKind::segment_cut).size(), 0u);
    EXPECT_EQ(back.steps(StepKind::segment_cut).size(), 1u);
    EXPECT_EQ(back.steps(StepKind::swept).size(), 2u);
    EXPECT_LT(back.heap().get(Register::chunks), deep.heap().get(Register::chunks));
    const Told again(text + "gc\ncall T m locals=10\ngc\n");
    EXPECT_EQ(again.outcome().kind, Outcome::done);
}

// --- depth ----------------------------------------------------------------------------------

TEST(Depth, a_list_of_a_million_objects_is_marked) {
    HeapSettings settings;
    settings.word_bytes = 4;
    settings.size_bytes = largest_heap_bytes(4);
    Vm vm(settings);
    vm.begin_operation(0);
    const Offset of = vm.make_class("Node", std::nullopt, no_chunk, {{"next", "LNode;"}});
    vm.end_operation();
    Address next = 0;
    std::uint32_t made = 0;
    while (vm.heap.get(Register::heap_free) > 64) {
        vm.begin_operation(1);
        const Offset node = vm.make_object(of);
        vm.end_operation();
        vm.heap.memory.store_word(user_of(node) + 4, next);
        next = vm.heap.memory.address_of(user_of(node));
        ++made;
    }
    EXPECT_GT(made, 1'000'000u);
    vm.push_permanent(next);
    const std::uint64_t chunks = vm.heap.get(Register::chunks);
    vm.collect(CollectReason::requested);
    EXPECT_EQ(vm.heap.get(Register::chunks), chunks);
    vm.heap.set(Register::permanent_top, vm.heap.get(Register::permanent_top) - 1);
    vm.collect(CollectReason::requested);
    EXPECT_LT(vm.heap.get(Register::chunks), 100u);
}

}  // namespace
}  // namespace heapcore
