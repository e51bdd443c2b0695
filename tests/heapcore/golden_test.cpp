// Every build leaves the same bytes and makes the same steps: what the traces at hand leave, as hashes that
// stand in a file. No build may differ from it, whatever its compiler, its options and its checks.
#include "recorded.h"

#include <fstream>
#include <iomanip>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

namespace heapcore {
namespace {

std::filesystem::path golden_file() { return test_data() / "golden.txt"; }

/// What a trace comes to.
struct Golden {
    std::uint64_t memory = 0;  ///< Machine::hash() at the end
    std::uint64_t steps = 0;   ///< over the numbers of every step, in order
    bool operator==(const Golden&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Golden& golden) {
    return out << std::hex << std::setfill('0') << std::setw(16) << golden.memory << ' ' << std::setw(16)
               << golden.steps;
}

/// FNV-1a over each step's numbers, low byte first: not over its bytes, of which some are padding.
class StepHash final : public StepListener {
public:
    void on_step(const Step& step) override {
        add(static_cast<std::uint64_t>(step.kind), 1);
        add(step.detail, 1);
        add(step.extra, 2);
        add(step.chunk, 4);
        add(step.a, 8);
        add(step.b, 4);
    }
    std::uint64_t value() const { return value_; }

private:
    void add(std::uint64_t number, int bytes) {
        for (int i = 0; i < bytes; ++i)
            value_ = (value_ ^ (number >> 8 * i & 0xff)) * 0x100000001b3;
    }
    std::uint64_t value_ = 0xcbf29ce484222325;
};

/// The traces by their names in the file: the scenarios, and what was recorded.
std::map<std::string, std::filesystem::path> traces() {
    std::map<std::string, std::filesystem::path> found;
    const auto add = [&](const std::string& kind, const std::filesystem::path& folder, const char* ending) {
        for (const std::string& name : names_in(folder, ending))
            found[kind + "/" + name] = folder / (name + ending);
    };
    add("scenarios", TRICOLOUR_SCENARIOS, ".trace");
    for (const char* kind : {"alloc", "vm"})
        add(kind, test_data() / kind, ".trace.gz");
    return found;
}

std::map<std::string, Golden> golden_of_file() {
    std::map<std::string, Golden> golden;
    std::ifstream file(golden_file());
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream text(line);
        std::string name;
        Golden value;
        if (text >> name >> std::hex >> value.memory >> value.steps) golden[name] = value;
    }
    return golden;
}

/// Carried out twice: where nothing listens, collections go another way to the same bytes.
Golden replayed(const std::filesystem::path& path) {
    const auto trace = read_trace(path);
    if (!trace) throw std::runtime_error(trace.error().text());
    Machine silent(trace->settings);
    Machine heard(trace->settings);
    StepHash steps;
    Journal journal(1);
    journal.tell(&steps);
    heard.memory().attach(&journal);
    for (std::size_t i = 0; i < trace->operations.size(); ++i) {
        (void)silent.apply(*trace, i);
        (void)heard.apply(*trace, i);
    }
    EXPECT_TRUE(heard.is_same_as(silent)) << path << " leaves other bytes where nothing listens";
    return {silent.hash(), steps.value()};
}

/// The file anew, for a change that is meant to change what traces leave.
void write(const std::map<std::string, Golden>& golden) {
    std::ofstream file(golden_file());
    file << "# What each trace leaves: a hash of the memory after it and one of the steps it took, in hex.\n";
    for (const auto& [name, value] : golden)
        file << name << ' ' << value << '\n';
}

TEST(Golden, every_trace_leaves_the_bytes_and_makes_the_steps_that_it_always_did) {
    std::map<std::string, Golden> found;
    for (const auto& [name, path] : traces())
        found[name] = replayed(path);
    if (std::getenv("TRICOLOUR_WRITE_GOLDEN")) write(found);
    std::map<std::string, Golden> expected = golden_of_file();
    for (const auto& [name, value] : found)
        EXPECT_EQ(value, expected[name]) << name;
    EXPECT_EQ(found.size(), expected.size()) << "a trace of the file is not there";
    if (HasFailure())
        FAIL() << "if that is meant, TRICOLOUR_WRITE_GOLDEN=1 build/release/heapcore_tests "
                  "--gtest_filter='Golden.*' writes "
               << golden_file() << " anew";
}

TEST(Golden, a_pointer_that_moves_on_and_grows_by_as_much_is_told_from_the_one_before) {
    Machine before{HeapSettings{}};
    Machine after{HeapSettings{}};
    before.memory().store64(1000, 500);
    after.memory().store64(1008, 492);
    EXPECT_NE(before.hash(), after.hash());
    after.memory().store64(1008, 508);
    EXPECT_NE(before.hash(), after.hash());
}

}  // namespace
}  // namespace heapcore
