// Tables of large heaps: all of a table, and the longest of its slices of 4 ms.
#include "app/model/table.h"

#include <algorithm>
#include <chrono>
#include <string>

#include <benchmark/benchmark.h>

namespace tricolour {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double slice_milliseconds = 4;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A million nodes; or as many chunks of two sizes, each second one of 200,000 freed.
heapcore::Session& session_of(std::string text) {
    auto* const session = new heapcore::Session(*heapcore::parse_trace(std::move(text), "bench"));
    session->seek_end();
    return *session;
}

heapcore::Session& many_nodes() {
    static heapcore::Session& session = [&]() -> heapcore::Session& {
        std::string text = "tricolour 1\nheap size=16777212 word=4 gc=manual\nclass Node next:ref\n";
        for (int i = 0; i < 1'000'000; ++i)
            text += "new n" + std::to_string(i) + " Node\n";
        return session_of(std::move(text));
    }();
    return session;
}

heapcore::Session& many_holes() {
    static heapcore::Session& session = [&]() -> heapcore::Session& {
        std::string text = "tricolour 1\nheap size=16777208 gc=manual\n";
        for (int i = 0; i < 200'000; ++i)
            text += "alloc n" + std::to_string(i) + " data " + std::to_string(20 + i % 40) + "\n";
        for (int i = 0; i < 200'000; i += 2)
            text += "free n" + std::to_string(i) + "\n";
        return session_of(std::move(text));
    }();
    return session;
}

void make_table(benchmark::State& state, heapcore::Session& (*session_of)(), const TableWish& wish) {
    const heapcore::Session& session = session_of();
    MapModel map;
    map.rebuild(session.heap());
    double longest = 0;
    std::uint64_t slices = 0;
    Table table;
    for (auto _ : state) {
        table.clear();
        do {
            const auto start = Clock::now();
            table.update(session, map, wish, 1,
                         [&] { return milliseconds_since(start) > slice_milliseconds; });
            longest = std::max(longest, milliseconds_since(start));
            ++slices;
        } while (table.is_behind());
    }
    state.counters["chunks"] = static_cast<double>(session.heap().get(heapcore::Register::chunks));
    state.counters["rows"] = static_cast<double>(table.count());
    state.counters["slices"] = static_cast<double>(slices) / static_cast<double>(state.iterations());
    state.counters["longest_slice_ms"] = longest;
}

TableWish free_list(std::size_t column, std::string typed) {
    return {TableId::free_list, {column, false}, std::move(typed)};
}
BENCHMARK_CAPTURE(make_table, free_list, many_holes, free_list(0, ""))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(make_table, free_list_by_address, many_holes, free_list(3, ""))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(make_table, free_list_by_size_below_48, many_holes, free_list(1, "<48"))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(make_table, free_list_beside_a_name, many_holes, free_list(0, "n777"))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(make_table, classes, many_nodes, {TableId::classes, {2, true}, ""})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricolour
