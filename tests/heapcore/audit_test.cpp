// The audit names every invariant that is broken, and nothing else; and nothing where all is well.
#include "heapcore/audit.h"

#include "heapcore/machine.h"
#include "machine_kind.h"
#include "nightly.h"
#include "random_program.h"
#include "recorded.h"

#include <functional>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace heapcore {

void PrintTo(const Violation& violation, std::ostream* out) {
    *out << row_of(violation.kind).word << ": " << violation.sentence;
}

namespace {

Trace parsed(const std::string& text) {
    auto trace = parse_trace("tricolour 1\n" + text, "test.trace");
    if (!trace) throw std::runtime_error(trace.error().text());
    return std::move(*trace);
}

/// A small heap with something of everything in it.
constexpr const char* something_of_everything =
    "class N a:ref b:ref static.s:ref\nclass M extends=N c:ref\nclass Lone x:int\nnew x N\npermanent x\nnew "
    "y M\n"
    "set x.a y\narray q N 3\nset q[1] y\npermanent q\nset N.s q\nstring t \"abc\"\nset x.b t\nintern i "
    "\"pooled\"\n"
    "new z N\ntransient z\nweak w z\npermanent w\nalloc d1 data 100\nalloc d2 data 60\nalloc d3 data 60\n"
    "alloc d4 data 200\nalloc d5 data 60\nfree d1\nfree d3\nthread main\nbegin\nbegin\n";

class Built {
public:
    explicit Built(const std::string& text) : trace_(parsed(text)), machine_(trace_.settings) {
        for (std::size_t i = 0; i < trace_.operations.size(); ++i) {
            const Outcome outcome = machine_.apply(trace_, i);
            if (outcome.kind != Outcome::done) throw std::runtime_error(outcome.message);
        }
    }
    Heap& heap() { return machine_.vm().heap; }
    Memory& memory() { return machine_.memory(); }
    Offset chunk(const std::string& name) const { return *machine_.chunk_named(*trace_.names.find(name)); }
    Address address(const std::string& name) { return memory().address_of(user_of(chunk(name))); }
    std::uint32_t word() { return heap().geometry().word_bytes; }
    const ObjectLayout& objects() { return heap().objects(); }
    /// The first free chunk, which has chunks in use on both sides.
    Offset free_chunk() {
        Offset chunk = 0;
        while (heap().header(chunk).is_in_use())
            chunk = heap().next_chunk(chunk);
        return chunk;
    }
    void set_header(Offset chunk, Header header) { memory().store_header(chunk, header); }
    void add_to(Register which, std::int64_t by) {
        heap().set(which, heap().get(which) + static_cast<std::uint64_t>(by));
    }
    /// A word of a chunk's user data.
    void put(const std::string& name, std::uint32_t from_user, Address value) {
        memory().store_word(user_of(chunk(name)) + from_user, value);
    }
    void collect_up_to(Phase phase) {
        Collector& collector = machine_.vm().collector();
        collector.begin(CollectReason::requested);
        while (collector.phase() != phase)
            collector.step();
    }
    void sweep_beyond(Offset chunk) {
        while (heap().get(Register::cursor) <= chunk)
            machine_.vm().collector().step();
    }
    Offset class_object(const std::string& name) {
        const Address object = memory().load_word(user_of(chunk(name)) + heap().objects().class_object);
        return *heap().chunk_at(object);
    }

private:
    Trace trace_;
    Machine machine_;
};

struct Fault {
    const char* name;
    ViolationKind kind;
    std::function<void(Built&)> breaks;
};

using enum ViolationKind;

/// A list of its own over the same memory: what it changes the machine's index does not hear of.
FreeList list_of(Built& built) { return built.heap().free_list(); }

void unlink(Built& built, Offset chunk) { list_of(built).remove(built.memory(), chunk); }

// Cuts a free chunk in two, each as it should be but for lying side by side.
void cut_in_two(Built& built) {
    const Offset first = built.free_chunk();
    const std::uint32_t size = built.heap().header(first).size_bytes();
    unlink(built, first);
    const Offset second = first + 32;
    built.set_header(first, Header::of_size(32));
    built.set_header(second, Header::of_size(size - 32).with_previous_free(true));
    for (const Offset part : {first, second}) {
        const std::uint32_t bytes = built.heap().header(part).size_bytes();
        list_of(built).insert(built.memory(), part, bytes);
        built.memory().store_word(part + bytes - built.word(), built.memory().address_of(part));
    }
    built.add_to(Register::chunks, 1);
    built.add_to(Register::free_chunks, 1);
}

// Puts the smallest free chunk behind the next larger one.
void swap_in_list(Built& built) {
    const FreeList& list = built.heap().free_list();
    Memory& memory = built.memory();
    const ChunkGeometry& geometry = built.heap().geometry();
    const Offset first = list.first(memory);
    const Offset second = list.next(memory, first);
    const Offset third = list.next(memory, second);
    Offset before = list.start();
    for (const Offset chunk : {second, first, third}) {
        memory.store_word(before + geometry.next_offset, memory.address_of(chunk));
        memory.store_word(chunk + geometry.previous_offset, memory.address_of(before));
        before = chunk;
    }
}

const std::vector<Fault>& faults() {
    static const std::vector<Fault> all = {
        {"a_size_that_leads_beyond_the_end", chunk_chain,
         [](Built& b) { b.set_header(b.chunk("y"), b.heap().header(b.chunk("y")).with_size(0xfffff8)); }},
        {"a_size_of_nothing", chunk_chain,
         [](Built& b) { b.set_header(b.chunk("d2"), b.heap().header(b.chunk("d2")).with_size(0)); }},
        {"a_type_that_there_is_not", chunk_chain,
         [](Built& b) {
             b.set_header(b.chunk("d2"),
                          b.heap().header(b.chunk("d2")).with_type(static_cast<AllocationType>(12)));
         }},
        {"P_missing_behind_a_free_chunk", previous_free_bit,
         [](Built& b) {
             const Offset next = b.heap().next_chunk(b.free_chunk());
             b.set_header(next, b.heap().header(next).with_previous_free(false));
         }},
        {"P_set_behind_a_chunk_in_use", previous_free_bit,
         [](Built& b) {
             b.set_header(b.chunk("y"), b.heap().header(b.chunk("y")).with_previous_free(true));
         }},
        {"two_free_chunks_side_by_side", free_neighbours, cut_in_two},
        {"a_back_pointer_to_elsewhere", back_pointer,
         [](Built& b) { b.memory().store_word(b.heap().next_chunk(b.free_chunk()) - b.word(), 0x1234); }},
        {"a_link_to_a_chunk_in_use", list_link,
         [](Built& b) {
             b.memory().store_word(b.free_chunk() + b.heap().geometry().next_offset, b.address("y"));
         }},
        {"a_link_out_of_the_memory", list_link,
         [](Built& b) { b.memory().store_word(b.free_chunk() + b.heap().geometry().next_offset, 8); }},
        {"a_list_that_runs_in_a_circle", list_link,
         [](Built& b) {
             const Offset last = b.heap().free_list().last(b.memory());
             b.memory().store_word(last + b.heap().geometry().next_offset,
                                   b.memory().address_of(b.heap().free_list().first(b.memory())));
         }},
        {"a_link_back_to_elsewhere", list_back_link,
         [](Built& b) {
             b.memory().store_word(b.free_chunk() + b.heap().geometry().previous_offset, b.address("y"));
         }},
        {"a_list_out_of_order", list_order, swap_in_list},
        {"a_free_chunk_off_the_list", list_missing, [](Built& b) { unlink(b, b.free_chunk()); }},
        {"a_wrong_count_of_chunks", chunk_count, [](Built& b) { b.add_to(Register::chunks, 1); }},
        {"a_wrong_count_of_free_chunks", free_chunk_count,
         [](Built& b) { b.add_to(Register::free_chunks, -1); }},
        {"a_wrong_heap_free", free_bytes, [](Built& b) { b.add_to(Register::heap_free, 8); }},
        {"more_permanent_roots_than_there_is_room_for", root_stack,
         [](Built& b) { b.heap().set(Register::permanent_top, 1 << 20); }},
        {"more_pins_than_there_is_room_for", root_stack,
         [](Built& b) { b.heap().set(Register::pin_top, most_pins + 1); }},
        {"a_root_stack_outside_the_memory", root_stack,
         [](Built& b) { b.heap().set(Register::transient_array, 64); }},
        {"a_block_that_begins_beyond_the_top", root_stack,
         [](Built& b) { b.memory().store32(b.heap().layout().blocks + 4, 7); }},
        {"more_blocks_than_can_be", root_stack,
         [](Built& b) { b.heap().set(Register::block_top, most_blocks + 1); }},
        {"a_phase_that_there_is_not", collector_state, [](Built& b) { b.heap().set(Register::phase, 40); }},
        {"a_mark_stack_outside_a_collection", collector_state,
         [](Built& b) { b.heap().set(Register::mark_top, 1); }},
        {"a_mark_stack_of_what_is_no_chunk", collector_state,
         [](Built& b) {
             b.collect_up_to(Phase::weak);
             b.memory().store32(b.heap().layout().mark_stack, 13);
             b.heap().set(Register::mark_top, 1);
         }},
        {"a_grey_object_outside_a_collection", colour,
         [](Built& b) { b.heap().set_colour(b.chunk("y"), Colour::grey); }},
        {"a_black_free_chunk_outside_a_collection", colour,
         [](Built& b) { b.heap().set_colour(b.free_chunk(), Colour::black); }},
        {"a_black_chunk_behind_the_sweep", colour,
         [](Built& b) {
             b.collect_up_to(Phase::sweep);
             b.sweep_beyond(b.chunk("x"));
             b.heap().set_colour(b.chunk("x"), Colour::black);
         }},
        {"a_white_chunk_in_a_field_of_a_black_one", tricolour,
         [](Built& b) {
             b.collect_up_to(Phase::weak);
             b.heap().set_colour(b.chunk("t"), Colour::white);
         }},
        {"a_white_array_in_a_static_field", tricolour,
         [](Built& b) {
             b.collect_up_to(Phase::pinned);
             b.heap().set_colour(b.chunk("q"), Colour::white);
         }},
        {"a_white_superclass_of_a_black_class", tricolour,
         [](Built& b) {
             b.collect_up_to(Phase::weak);
             b.heap().set_colour(b.class_object("N"), Colour::white);
             b.heap().set_colour(b.chunk("N"), Colour::white);
         }},
        {"a_field_that_leads_into_the_middle_of_a_chunk", reference,
         [](Built& b) { b.put("x", b.word(), b.address("y") + 8); }},
        {"a_field_that_leads_out_of_the_heap", reference, [](Built& b) { b.put("y", b.word(), 4); }},
        {"an_element_that_leads_to_a_free_chunk", reference,
         [](Built& b) {
             b.put("q", b.objects().array_elements + b.word(),
                   b.memory().address_of(user_of(b.free_chunk())));
         }},
        {"a_string_without_its_characters", reference,
         [](Built& b) { b.put("t", b.objects().string_chars, 0x99); }},
        {"a_weak_reference_to_what_is_gone", reference,
         [](Built& b) {
             b.put("w", b.objects().weak_referent, b.memory().address_of(user_of(b.free_chunk())));
         }},
        {"a_static_field_that_leads_nowhere", reference,
         [](Built& b) {
             const auto field = find_field(b.heap(), user_of(b.chunk("N")), "s");
             b.memory().store_word(field->place, 0x77);
         }},
        {"a_permanent_root_that_leads_nowhere", root,
         [](Built& b) {
             const Offset array = *b.memory().offset_of(b.heap().get(Register::permanent_array));
             b.memory().store_word(array, 0x55);
         }},
        {"an_exception_that_is_gone", root,
         [](Built& b) {
             const Offset thread = *b.memory().offset_of(b.heap().get(Register::threads));
             b.memory().store_word(thread + b.objects().thread_exception, b.address("y") + 4);
         }},
        {"a_pool_that_runs_in_a_circle", root,
         [](Built& b) { b.put("i", b.objects().string_next, b.address("i")); }},
        {"threads_that_lead_nowhere", root, [](Built& b) { b.heap().set(Register::threads, 0x11); }},
        {"threads_that_run_in_a_circle", root,
         [](Built& b) {
             const Address thread = b.heap().get(Register::threads);
             b.memory().store_word(*b.memory().offset_of(thread) + b.objects().thread_next, thread);
         }},
        {"an_object_whose_class_is_gone", class_gone, [](Built& b) { b.put("t", 0, b.address("d2")); }},
        {"a_class_without_its_magic", class_magic,
         [](Built& b) { b.memory().store32(user_of(b.chunk("Lone")), 0); }},
        {"a_class_of_objects_without_its_magic", class_magic,
         [](Built& b) { b.memory().store32(user_of(b.chunk("M")), 0xCAFEBABF); }},
        {"a_class_table_that_leads_to_data", class_table,
         [](Built& b) { b.put("Lone", b.heap().objects().class_next, b.address("d2")); }},
        {"a_class_table_that_runs_in_a_circle", class_table,
         [](Built& b) { b.put("Lone", b.heap().objects().class_next, b.address("Lone")); }},
    };
    return all;
}

class AuditFault : public testing::TestWithParam<Fault> {};

TEST_P(AuditFault, is_named_and_nothing_else) {
    for (const std::string word : {"4", "8"}) {
        Built built("heap size=256K word=" + word + "\n" + something_of_everything);
        ASSERT_EQ(audit(built.heap()), std::vector<Violation>{});
        GetParam().breaks(built);
        const auto found = audit(built.heap());
        ASSERT_EQ(found.size(), 1u) << "word " << word << ": " << testing::PrintToString(found);
        EXPECT_EQ(found[0].kind, GetParam().kind) << "word " << word << ": " << testing::PrintToString(found);
        EXPECT_FALSE(found[0].sentence.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Break, AuditFault, testing::ValuesIn(faults()),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(AuditTable, has_a_row_and_a_fault_for_every_kind) {
    std::set<ViolationKind> broken{unfinished};  // below, since it takes more than one fault
    for (const Fault& fault : faults())
        broken.insert(fault.kind);
    for (std::size_t i = 0; i < violation_rows().size(); ++i) {
        const ViolationRow& row = violation_rows()[i];
        EXPECT_EQ(static_cast<std::size_t>(row.kind), i);
        EXPECT_TRUE(broken.contains(row.kind)) << row.word;
    }
}

TEST(Audit, gives_up_on_classes_that_are_their_own_superclass_and_have_many_objects) {
    std::string text = "heap size=2M word=4\nclass Lone\n";
    for (int i = 0; i < 66000; ++i)
        text += "new x Lone\n";
    Built built(text);
    ASSERT_EQ(audit(built.heap()), std::vector<Violation>{});
    built.put("Lone", built.objects().class_super, built.address("Lone"));
    const auto found = audit(built.heap());
    ASSERT_EQ(found.size(), 1u) << testing::PrintToString(found);
    EXPECT_EQ(found[0].kind, unfinished) << testing::PrintToString(found);
}

TEST(Audit, stops_soon_when_it_is_told_to) {
    std::string text = "heap size=2M word=4\nclass Lone\n";
    for (int i = 0; i < 66000; ++i)
        text += "new x Lone\n";
    Built built(text);
    built.put("Lone", built.objects().class_super, built.address("Lone"));
    EXPECT_EQ(audit_until(built.heap(), [] { return false; }), audit(built.heap()));
    for (const int most : {1, 5, 100}) {
        int asked = 0;
        EXPECT_EQ(audit_until(built.heap(), [&] { return ++asked == most; }), std::nullopt);
        EXPECT_EQ(asked, most) << "it goes on";
    }
}

/// The words that hold the heap together, with the bits of each that cannot differ unnoticed.
std::vector<std::pair<Offset, std::uint32_t>> words_that_matter(Built& built) {
    std::vector<std::pair<Offset, std::uint32_t>> words;
    const auto add_word = [&](Offset place) {
        for (Offset part = 0; part < built.word(); part += 4)
            words.emplace_back(place + part, 0xffffffff);
    };
    const Heap& heap = built.heap();
    const ChunkGeometry& geometry = heap.geometry();
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        // What a chunk's type was changed to may be as right. P of the first chunk is ignored.
        words.emplace_back(chunk, chunk == 0 ? 0xffffff0d : 0xffffff0f);
        if (heap.header(chunk).is_in_use()) continue;
        add_word(chunk + geometry.next_offset);
        add_word(chunk + geometry.previous_offset);
        add_word(heap.next_chunk(chunk) - geometry.word_bytes);
    }
    add_word(heap.free_list().start() + geometry.next_offset);
    add_word(heap.free_list().end() + geometry.previous_offset);
    for (const Register counted : {Register::heap_free, Register::chunks, Register::free_chunks})
        for (const Offset part : {0u, 4u})
            words.emplace_back(heap.layout().at(counted) + part, 0xffffffff);
    return words;
}

TEST(Audit, notices_every_flipped_bit_of_what_holds_the_heap_together) {
    for (const std::string word : {"4", "8"}) {
        Built built("heap size=256K word=" + word + "\n" + something_of_everything);
        for (const auto& [place, mask] : words_that_matter(built)) {
            const std::uint32_t right = built.memory().load32(place);
            for (std::uint32_t bit = 0; bit < 32; ++bit) {
                if (!(mask >> bit & 1)) continue;
                built.memory().store32(place, right ^ 1u << bit);
                EXPECT_FALSE(audit(built.heap(), 1).empty())
                    << "word " << word << ": bit " << bit << " of the word at " << place << ", " << right;
            }
            built.memory().store32(place, right);
        }
        EXPECT_EQ(audit(built.heap()), std::vector<Violation>{});
    }
}

TEST(Audit, tells_no_more_than_it_is_asked_for) {
    Built built("heap size=256K\n" + std::string(something_of_everything));
    for (Offset chunk = 0; !built.heap().is_end(chunk); chunk = built.heap().next_chunk(chunk))
        built.heap().set_colour(chunk, Colour::grey);
    EXPECT_EQ(audit(built.heap(), 3).size(), 3u);
    EXPECT_GT(audit(built.heap()).size(), 20u);
}

/// Audits after each step at which that can be done.
class StepAudit final : public StepListener {
public:
    explicit StepAudit(const Heap& heap) : heap_(heap) {}
    void on_step(const Step& step) override {
        if (!is_settled(heap_, step)) return;
        ++audits;
        for (Violation& violation : audit(heap_, 3))
            found.push_back(std::move(violation));
    }
    std::vector<Violation> found;
    std::size_t audits = 0;

private:
    const Heap& heap_;
};

using Allowed = std::set<ViolationKind>;

/// Carries the trace out, audits after every so many operations, and at each step if asked to.
std::size_t expect_no_violation(const Trace& trace, std::size_t every, bool at_each_step,
                                const Allowed& allowed = {}) {
    Machine machine(trace.settings);
    StepAudit steps(machine.heap());
    std::size_t audits = 0;
    for (std::size_t i = 0; i < trace.operations.size(); ++i) {
        Journal journal(1);
        journal.tell(&steps);
        if (at_each_step) machine.memory().attach(&journal);
        (void)machine.apply(trace, i);
        machine.memory().attach(nullptr);
        std::vector<Violation> found = std::move(steps.found);
        steps.found.clear();
        if (i % every == 0 || i + 1 == trace.operations.size()) {
            ++audits;
            for (Violation& violation : audit(machine.heap()))
                found.push_back(std::move(violation));
        }
        for (const Violation& violation : found) {
            if (allowed.contains(violation.kind)) continue;
            ADD_FAILURE() << trace.file << " line " << trace.operations[i].line << ": "
                          << testing::PrintToString(violation);
            return audits;
        }
    }
    return audits + steps.audits;
}

class AuditedScenario : public testing::TestWithParam<std::string> {};

TEST_P(AuditedScenario, is_right_at_every_step) {
    auto trace = read_trace(std::filesystem::path(TRICOLOUR_SCENARIOS) / (GetParam() + ".trace"));
    ASSERT_TRUE(trace);
    const bool shows_a_class_that_goes = GetParam() == "07-class-unloading";
    const Allowed allowed = shows_a_class_that_goes ? Allowed{class_gone} : Allowed{};
    EXPECT_GT(expect_no_violation(*trace, 1, true, allowed), trace->operations.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(All, AuditedScenario, testing::ValuesIn(names_in(TRICOLOUR_SCENARIOS, ".trace")),
                         [](const auto& param) { return test_name_of(param.param); });

TEST(AuditedRecordings, are_right_wherever_they_are_looked_at) {
    for (const char* folder : {"alloc", "vm"}) {
        for (const std::string& name : names_in(test_data() / folder, ".trace.gz")) {
            auto trace = read_trace(test_data() / folder / (name + ".trace.gz"));
            ASSERT_TRUE(trace) << name;
            expect_no_violation(*trace, trace->operations.size() / 60 + 1, false);
        }
    }
}

class AuditedPrograms : public testing::TestWithParam<MachineKind::Values> {};

// An object that outlives its loader is left without a class: what an audit is there to find.
TEST_P(AuditedPrograms, are_right_at_every_step) {
    const auto [word_bytes, vm, has_loaders] = GetParam();
    for (const std::uint32_t seed : seeds(40, 400)) {
        ProgramOptions options{.seed = seed * 8 + word_bytes, .operations = 60 + seed % 40 * 4};
        options.word_bytes = word_bytes;
        options.vm = vm;
        options.has_loaders = has_loaders;
        RandomProgram program(options);
        ASSERT_EQ(program.run(), "") << program.text();
        auto trace = parse_trace(program.text(), "random");
        ASSERT_TRUE(trace);
        expect_no_violation(*trace, 1, true, has_loaders ? Allowed{class_gone} : Allowed{});
        if (HasFailure()) FAIL() << program.text();
    }
}

INSTANTIATE_TEST_SUITE_P(Machines, AuditedPrograms, MachineKind::all(), MachineKind::name);

Violation only(const std::string& text) {
    Built built("heap size=256K\n" + text);
    const auto found = audit(built.heap());
    EXPECT_EQ(found.size(), 1u) << testing::PrintToString(found);
    return found.empty() ? Violation{} : found[0];
}

TEST(Audit, finds_what_a_program_frees_although_something_refers_to_it) {
    EXPECT_EQ(only("class N a:ref\nnew x N\nnew y N\npermanent x\nset x.a y\nfree y\n").kind, reference);
    EXPECT_EQ(only("alloc x data 8\npermanent x\nfree x\n").kind, root);
}

TEST(Audit, finds_an_object_that_outlives_its_loader) {
    const Violation found = only("loader l\nclass N loader=l\nnew x N\npermanent x\ngc\n");
    EXPECT_EQ(found.kind, class_gone);
    EXPECT_TRUE(found.sentence.starts_with("the class of the object at 0x")) << found.sentence;
}

TEST(AuditDeathTest, ends_the_program_with_a_sentence_when_the_engine_is_at_fault) {
    Built built("heap size=256K\n" + std::string(something_of_everything));
    built.put("x", 8, 0x99);
    assert_sound(built.heap());  // a trace can free what an object refers to
    built.add_to(Register::chunks, 1);
    EXPECT_DEATH(assert_sound(built.heap()),
                 "the heap counts [0-9]+ chunks, there are [0-9]+ \\(chunk-count\\)");
}

TEST(Audit, takes_any_bytes) {
    for (std::uint32_t seed = 0; seed < 400; ++seed) {
        std::mt19937 random(seed);
        Built built("heap size=256K word=" + std::string(seed % 2 ? "4" : "8") +
                    (seed % 4 < 2 ? " vm=unified\n" : "\n") + something_of_everything);
        if (seed % 3 == 0) built.collect_up_to(static_cast<Phase>(1 + random() % 7));
        Heap& heap = built.heap();
        const Offset end = seed % 5 == 0 ? heap.layout().names : heap.layout().blocks;
        const std::uint32_t changes = seed % 7 == 0 ? end / 4 : 1u << random() % 12;
        std::vector<Offset> chunks;
        for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk))
            chunks.push_back(chunk);
        for (std::uint32_t i = 0; i < changes; ++i) {
            const auto place = static_cast<Offset>(random() % (end / 4) * 4);
            const Offset chunk = chunks[random() % chunks.size()];
            const std::uint32_t values[] = {
                static_cast<std::uint32_t>(random()),
                static_cast<std::uint32_t>(built.memory().address_of(user_of(chunk))), 0, 0xffffffff};
            const bool is_in_chunk = random() % 2 && chunk + 200 < end;
            built.memory().store32(is_in_chunk ? chunk + 4 + static_cast<Offset>(random() % 40 * 4) : place,
                                   values[random() % 4]);
        }
        (void)audit(heap);
    }
}

}  // namespace
}  // namespace heapcore
