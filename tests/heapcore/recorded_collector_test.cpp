// The collector against the real VM: its heap's image before a collection, what it did in order,
// and its images after marking and after sweeping. Images and logs stay in the shared data.
#include "heapcore/collector.h"
#include "heapcore/image.h"
#include "recorded.h"

#include <cstring>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

Address address_in(const Json& registers, const char* key) {
    const Json& value = registers.at(key);
    return value.is_string() ? std::stoull(value.get<std::string>(), nullptr, 16) : value.get<Address>();
}

HeapImage image_of(const std::string& name) {
    const auto path = shared_data() / "vm" / "images" / name;
    const Json json = Json::parse(contents_of(path.string() + ".json"));
    const std::string raw = contents_of(path.string() + ".bin.gz");
    const auto at = [&](const char* key) { return address_in(json, key); };
    HeapImage image;
    const auto* bytes = reinterpret_cast<const std::byte*>(raw.data());
    image.bytes.assign(bytes, bytes + raw.size());
    image.word_bytes = json["word"];
    image.base = at("base");
    image.list_start = address_in(json["free_list_start"], "addr");
    image.list_end = address_in(json["free_list_end"], "addr");
    image.first_free = address_in(json["free_list_start"], "next");
    image.last_free = address_in(json["free_list_end"], "prev");
    image.collections = json["gc"].get<std::uint64_t>() - 1;
    image.weak_head = at("weak_refs_head");
    image.permanent_array = at("permanent_roots_array");
    image.transient_array = at("transient_roots_array");
    image.permanent_top = json["permanent_roots_top"];
    image.transient_top = json["transient_roots_top"];
    image.permanent_depth = json["permanent_roots_depth"];
    image.transient_depth = json["transient_roots_depth"];
    image.class_pool = at("clazz_pool");
    image.utf_pool = at("utfstring_pool");
    image.intern_pool = at("internstring_pool");
    image.native_pool = at("native_method_pool");
    image.threads = at("threads");
    image.current_thread = at("thread_current");
    image.live = {at("rx_stack"), at("rx_sp"), at("rx_pc"), at("rx_locals"), at("rx_method")};
    image.class_class = at("CLASS_CLAZZ");
    image.string_class = at("STRING_CLAZZ");
    image.loader_class = at("CLASSLOADER_CLAZZ");
    return image;
}

std::string line(char kind, std::initializer_list<std::uint64_t> numbers) {
    std::string text(1, kind);
    for (const std::uint64_t number : numbers)
        text += " " + std::to_string(number);
    return text;
}

/// The log's lines of one collection: C colour changes, V threads, S stack cells taken as roots,
/// W weak references with a referent, F chunks swept.
std::vector<std::string> events_in_log(const std::string& program, std::uint64_t collection) {
    std::istringstream log(contents_of(shared_data() / "vm" / (program + ".log.gz")));
    std::vector<std::string> events;
    const std::string begin = "G " + std::to_string(collection) + " ";
    bool is_in = false;
    for (std::string text; std::getline(log, text);) {
        if (text.starts_with(begin)) is_in = true;
        if (!is_in) continue;
        if (text[0] == 'g') break;
        if (std::string_view("CVSWF").find(text[0]) != std::string_view::npos) events.push_back(text);
    }
    return events;
}

/// The same lines, from what our collector did.
class Told {
public:
    explicit Told(const Heap& heap) : heap_(heap) {}

    void tell(const Step& step) {
        using enum StepKind;
        switch (step.kind) {
            case grey:
                add(line('C', {step.chunk, 1, colour_of(step.chunk)})), colours_[step.chunk] = 1;
                break;
            case black: add(line('C', {step.chunk, 2, step.a})), colours_[step.chunk] = 2; break;
            case thread_visited: add(line('V', {chunk_of(step.b), heap_.memory.load32(step.b)})); break;
            case cell_looked:
                if (static_cast<CellVerdict>(step.detail) == CellVerdict::reference)
                    add(line('S', {step.b, step.chunk}));
                break;
            case weak_kept: add(line('W', {step.chunk, step.a, 0})); break;
            case weak_cleared: add(line('W', {step.chunk, step.a, 1})); break;
            case swept:
                freed_ = "F " + std::to_string(step.chunk) + " " + std::to_string(step.a) +
                         (step.extra ? " C " : " S ");
                break;
            case inserted: add(freed_ + std::to_string(step.chunk) + " " + std::to_string(step.b)); break;
            default: break;
        }
    }
    const std::vector<std::string>& events() const { return events_; }

private:
    void add(std::string event) { events_.push_back(std::move(event)); }
    std::uint64_t colour_of(Offset chunk) const {
        const auto found = colours_.find(chunk);
        return found == colours_.end() ? 0 : found->second;
    }

    const Heap& heap_;
    std::map<Offset, std::uint64_t> colours_;
    std::string freed_;
    std::vector<std::string> events_;
};

/// Words that differ, but for pointers to the free list's two markers: these lie elsewhere.
std::string first_difference(const Heap& heap, const HeapImage& expected) {
    const std::vector<std::byte> ours = image_bytes(heap, expected.list_start, expected.list_end);
    const auto word_at = [&](const std::vector<std::byte>& bytes, Offset place) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + place, heap.geometry().word_bytes);
        return word;
    };
    const auto is_marker = [&](Offset place) {
        if (place + heap.geometry().word_bytes > ours.size()) return false;
        const std::uint64_t mine = word_at(ours, place);
        const std::uint64_t theirs = word_at(expected.bytes, place);
        const FreeList& list = heap.free_list();
        return (theirs == expected.list_start && mine == heap.memory.address_of(list.start())) ||
               (theirs == expected.list_end && mine == heap.memory.address_of(list.end()));
    };
    Offset chunk = 0;
    for (Offset place = 0; place < ours.size(); place += 4) {
        while (place >= heap.next_chunk(chunk))
            chunk = heap.next_chunk(chunk);
        if (std::memcmp(ours.data() + place, expected.bytes.data() + place, 4) == 0) continue;
        if (is_marker(place)) {
            place += heap.geometry().word_bytes - 4;
            continue;
        }
        std::ostringstream text;
        text << "byte " << place - chunk << " of the chunk at " << chunk << " (" << std::hex
             << heap.header(chunk).bits() << "): ours " << word_at(ours, place) << ", the real one's "
             << word_at(expected.bytes, place);
        return text.str();
    }
    return {};
}

void expect_same(const std::vector<std::string>& ours, const std::vector<std::string>& theirs) {
    const auto at = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    if (at.first == ours.end() && at.second == theirs.end()) return;
    std::ostringstream text;
    const auto place = at.first - ours.begin();
    for (auto i = std::max<std::ptrdiff_t>(0, place - 5); i < place; ++i)
        text << "  both: " << ours[static_cast<std::size_t>(i)] << '\n';
    for (auto it = at.first; it != ours.end() && it < at.first + 5; ++it)
        text << "  ours: " << *it << '\n';
    for (auto it = at.second; it != theirs.end() && it < at.second + 5; ++it)
        text << "  real: " << *it << '\n';
    ADD_FAILURE() << "event " << place << " of " << theirs.size() << ":\n" << text.str();
}

class RecordedCollection : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (!exists(shared_data() / "vm" / "images"))
            GTEST_SKIP() << "needs the shared data: set TRICOLOUR_SHARED_DATA to its folder";
    }
    static std::string image(const char* moment) { return std::string(GetParam()) + "_" + moment; }
};

TEST_P(RecordedCollection, colours_marks_and_sweeps_as_the_real_one) {
    const HeapImage before = image_of(image("pre"));
    HeapSettings settings = settings_of(before);
    ASSERT_EQ(normalise(settings), std::nullopt);
    Heap heap(settings);
    ASSERT_EQ(put_image(heap, before), std::nullopt);

    Journal journal(1u << 24);
    heap.memory.attach(&journal);
    Collector collector(heap);
    collector.begin(CollectReason::requested);
    while (collector.phase() != Phase::sweep && collector.step()) {
    }
    EXPECT_EQ(first_difference(heap, image_of(image("marked"))), "");
    while (collector.step()) {
    }
    const HeapImage after = image_of(image("swept"));
    EXPECT_EQ(first_difference(heap, after), "");
    EXPECT_EQ(heap.get(Register::threads), after.threads);

    Told told(heap);
    for (std::uint64_t i = 0; i < journal.end(); ++i)
        told.tell(journal.step(i));
    const std::string name = GetParam();
    const std::size_t cut = name.rfind("_gc");
    expect_same(told.events(), events_in_log(name.substr(0, cut), before.collections + 1));
}

INSTANTIATE_TEST_SUITE_P(Image, RecordedCollection,
                         testing::Values("listchurn_gc3", "listchurn_gc9", "oom_gc1", "strings_gc2",
                                         "threads_gc1", "threads_gc2", "threads_gc3", "trees_gc3",
                                         "trees_gc11", "w4_listchurn_gc2", "w4_weakrefs_gc1",
                                         "w4_weakrefs_gc2", "weakrefs_gc1", "weakrefs_gc2", "weakrefs_gc3"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace heapcore
