// Runs the benchmarks, and prints those named "row/column" once more as one table: ours, its oracle, their
// ratio, and what else was measured in the same run.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <unistd.h>

namespace {

constexpr std::array columns = {"ours", "oracle", "mimalloc", "jemalloc", "libc", "Boehm"};

class Table : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override {
        ConsoleReporter::ReportRuns(runs);
        for (const Run& run : runs)
            if (!run.error_occurred && run.run_type == Run::RT_Iteration) note(run);
    }

    void Finalize() override {
        if (rows_.empty()) return;
        std::printf("\n%-44s", "");
        for (const std::string column : columns) {
            std::printf("%10s", column.c_str());
            if (column == "oracle") std::printf("%10s", "ratio");
        }
        std::printf("\n");
        for (const std::string& row : rows_)
            print(row);
    }

private:
    void note(const Run& run) {
        const std::string& name = run.run_name.function_name;
        const std::size_t slash = name.rfind('/');
        if (slash == std::string::npos) return;
        const std::string row = name.substr(0, slash);
        if (!nanoseconds_.contains(row)) rows_.push_back(row);
        nanoseconds_[row][name.substr(slash + 1)] =
            run.GetAdjustedCPUTime() / benchmark::GetTimeUnitMultiplier(run.time_unit) * 1e9;
    }

    void print(const std::string& row) const {
        const auto& cells = nanoseconds_.at(row);
        std::printf("%-44s", row.c_str());
        for (const std::string column : columns) {
            const auto cell = cells.find(column);
            std::printf("%10s", cell == cells.end() ? "" : time(cell->second).c_str());
            if (column != "oracle") continue;
            const bool has_ratio = cell != cells.end() && cells.contains("ours");
            std::printf("%10s", has_ratio ? ratio(cell->second / cells.at("ours")).c_str() : "");
        }
        std::printf("\n");
    }

    static std::string time(double nanoseconds) {
        constexpr std::array units = {"ns", "us", "ms", "s"};
        std::size_t unit = 0;
        for (; nanoseconds >= 1000 && unit + 1 < units.size(); ++unit)
            nanoseconds /= 1000;
        return number(nanoseconds) + " " + units[unit];
    }
    static std::string ratio(double ratio) { return "x" + number(ratio); }
    static std::string number(double value) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), value < 100 ? "%.1f" : "%.0f", value);
        return text.data();
    }

    std::vector<std::string> rows_;
    std::map<std::string, std::map<std::string, double>> nanoseconds_;
};

}  // namespace

int main(int argc, char** argv) {
    // Room for the thread-local data of allocators that are opened by name: asked for before a start.
    if (!std::getenv("GLIBC_TUNABLES")) {
        setenv("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=16384", 1);
        execv("/proc/self/exe", argv);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    Table table;
    benchmark::RunSpecifiedBenchmarks(&table);
    benchmark::Shutdown();
}
