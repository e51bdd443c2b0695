// The timeline of a trace of five million operations: what a frame costs where the view moves in each, and
// how long a glimpse of another moment and the unfolding of a long collection take beside the window.
#include "app/model/glimpse.h"
#include "app/model/timeline.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>

namespace tricolour {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t columns = 1872;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Nodes come and go in a heap of 16 MB; it collects about once in 10,000 operations.
std::unique_ptr<heapcore::Session> make_session(std::size_t operations) {
    std::string text = "tricolour 1\nheap size=16777208\nclass Node next:ref\n";
    std::mt19937 random(1);
    for (std::size_t i = 0; i < operations / 2; ++i) {
        const std::string name = "n" + std::to_string(i % 5000);
        text +=
            i % 5000 == 4999 ? "gc\n" : "alloc " + name + " data " + std::to_string(random() % 400) + "\n";
        text += "expect live " + (i % 5000 == 4999 ? "Node" : name) + "\n";
    }
    auto session = std::make_unique<heapcore::Session>(*heapcore::parse_trace(std::move(text), "bench"));
    session->extend_index([] { return false; });
    return session;
}

heapcore::Session& session_of(std::size_t operations) {
    static std::unique_ptr<heapcore::Session> session;
    if (!session || session->trace().operations.size() + 10 < operations ||
        session->trace().operations.size() > operations + 10)
        session = make_session(operations);
    return *session;
}

/// The columns of a frame in which the view moved.
void move_view(benchmark::State& state) {
    heapcore::Session& session = session_of(static_cast<std::size_t>(state.range(0)));
    const std::size_t operations = session.trace().operations.size();
    Timeline timeline;
    timeline.update(session, columns);
    double factor = 1;
    for (auto _ : state) {
        factor = factor > 1e5 ? 1 : factor * 1.07;
        const TimeWindow window = zoomed_at(whole_trace(operations), operations, factor,
                                            static_cast<double>(operations) * .37, 1e-6);
        timeline.update(session, window, columns, nullptr);
        benchmark::DoNotOptimize(timeline.columns().data());
    }
}

/// All of the trace again, with a sum over all samples anew: after an edit, and once when it is opened.
void sum_up(benchmark::State& state) {
    heapcore::Session& session = session_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        Timeline timeline;
        timeline.update(session, columns);
        benchmark::DoNotOptimize(timeline.columns().data());
    }
}

/// From the wish to the picture, without the time that the pointer has to rest.
void glimpse(benchmark::State& state) {
    heapcore::Session& session = session_of(static_cast<std::size_t>(state.range(0)));
    Glimpses glimpses;
    GlimpseWish wish;
    wish.picture.end = 4 << 20;
    std::mt19937 random(2);
    double now = 0, longest = 0, longest_frame = 0;
    for (auto _ : state) {
        wish.position = heapcore::Position{random() % session.trace().operations.size(), 0};
        glimpses.update(session, wish, now += 1);
        const auto start = Clock::now();
        while (!glimpses.at(*wish.position)) {
            const auto frame = Clock::now();
            glimpses.update(session, wish, now += 1);
            longest_frame = std::max(longest_frame, milliseconds_since(frame));
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        longest = std::max(longest, milliseconds_since(start));
    }
    state.counters["longest_ms"] = longest;
    state.counters["longest_frame_ms"] = longest_frame;
}

/// A collection in the middle of the trace, from where a machine stands that was elsewhere.
void unfold_collection(benchmark::State& state) {
    heapcore::Session& session = session_of(static_cast<std::size_t>(state.range(0)));
    const auto& collections = session.index().collections;
    const std::size_t collection = collections[collections.size() / 2];
    Rerun rerun(session);
    std::uint64_t steps = 0;
    for (auto _ : state) {
        rerun.go_to(0);
        rerun.go_to(collection);
        steps = unfold(rerun)->steps;
    }
    state.counters["steps"] = static_cast<double>(steps);
}

BENCHMARK(move_view)
    ->Name("timeline: a frame whose view moved")
    ->Arg(50'000)
    ->Arg(5'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(sum_up)->Name("timeline: all anew")->Arg(50'000)->Arg(5'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(glimpse)
    ->Name("timeline: a glimpse")
    ->Arg(50'000)
    ->Arg(5'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(unfold_collection)
    ->Name("timeline: a collection unfolded")
    ->Arg(5'000'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricolour
