// The map at its largest: about 1,000,000 chunks in 16 MiB. What changed is taken over, uploaded, and
// the map drawn at 1400 x 900. CPU is that of all threads: the software renderer has its own.
#include "app/model/map.h"
#include "app/model/map_level.h"

#include <cstdint>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#ifdef TRICOLOUR_BENCH_GUI
#include "app/render/map_renderer.h"
#include "tests/gui/offscreen.h"
#endif

namespace tricolour {
namespace {

using heapcore::Offset;

constexpr std::uint32_t most_chunks = 1'000'000;

// Small chunks of all types, one in eight freed again; then work for the frames to come.
heapcore::Trace large_trace() {
    std::string text = "tricolour 1\nheap size=16777212 word=4 gc=manual\n";
    constexpr const char* types[] = {"object", "object-array", "string",         "primitive-array",
                                     "object", "data",         "weak-reference", "instance-class",
                                     "object", "static"};
    for (std::uint32_t i = 0; i < most_chunks; ++i)
        text += "alloc a" + std::to_string(i) + " " + types[(i / 7 + i / 1024) % 10] + " 12\n";
    for (std::uint32_t i = 0; i < most_chunks; i += 8)
        text += "free a" + std::to_string(i) + "\n";
    for (std::uint32_t i = 0; i < most_chunks / 8; ++i)
        text += "alloc b" + std::to_string(i) + " string 12\n";
    for (std::uint32_t i = 0; i < most_chunks / 8; ++i)
        text += "free a" + std::to_string((i * 7919u % (most_chunks / 8)) * 8 + 1) + "\n";
    return *heapcore::parse_trace(std::move(text), "bench");
}

heapcore::Session& large_session() {
    static heapcore::Session session(large_trace());
    static const bool is_there = session.seek({most_chunks + most_chunks / 8, 0});
    (void)is_there;
    return session;
}

void take_over(benchmark::State& state) {
    heapcore::Session& session = large_session();
    session.seek({most_chunks + most_chunks / 8, 0});
    MapModel map;
    map.sync(session);
    session.clear_changes();
    const auto steps = static_cast<std::uint64_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        if (session.advance(steps) < steps) session.seek({most_chunks + most_chunks / 8, 0});
        map.clear_dirty();
        state.ResumeTiming();
        map.sync(session);
        session.clear_changes();
    }
}
BENCHMARK(take_over)->Arg(1)->Arg(1000)->Arg(16000)->Unit(benchmark::kMicrosecond)->Iterations(20);

void take_over_everything(benchmark::State& state) {
    const heapcore::Heap& heap = large_session().heap();
    MapModel map;
    for (auto _ : state)
        map.rebuild(heap);
}
BENCHMARK(take_over_everything)->Unit(benchmark::kMillisecond);

void level_from_scratch(benchmark::State& state) {
    MapModel map;
    map.rebuild(large_session().heap());
    MapLevel level;
    level.shape(static_cast<unsigned>(state.range(0)), 11, map.granules());
    for (auto _ : state) {
        level.mark_all();
        level.update(map.texels(), ~0u);
        level.clear_dirty();
    }
}
BENCHMARK(level_from_scratch)->DenseRange(1, 4)->Unit(benchmark::kMillisecond);

#ifdef TRICOLOUR_BENCH_GUI

constexpr int width = 1400, height = 900;

struct Stage {
    test::Offscreen screen{width, height};
    std::unique_ptr<MapRenderer> renderer;
    MapModel map;
    Stage() {
        if (!screen.is_usable()) return;
        renderer = std::make_unique<MapRenderer>();
        renderer->set_palette(load_palette("dark"));
        map.rebuild(large_session().heap());
    }
};
Stage& stage() {
    static Stage it;
    return it;
}

Camera camera_at(double scale) {
    Camera camera;
    camera.row_length = 2048;
    camera.centre_x = 1024;
    camera.centre_y = 1024;
    camera.scale = scale;
    return camera;
}

void draw(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    const Camera camera = camera_at(static_cast<double>(state.range(0)) / 100);
    do
        it.renderer->update(it.map, camera);
    while (it.renderer->is_behind());
    for (auto _ : state) {
        it.renderer->draw(camera, {0, 0, width, height}, {0, 0, width, height}, 1);
        glFinish();
    }
}
// The whole heap, between, close, and closer.
BENCHMARK(draw)
    ->Arg(44)
    ->Arg(100)
    ->Arg(230)
    ->Arg(500)
    ->Arg(1600)
    ->Arg(6000)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// What a frame of playing costs before anything is drawn: everything that changed taken over, levels and
// uploads too.
void update_and_upload(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    heapcore::Session& session = large_session();
    session.seek({most_chunks + most_chunks / 8, 0});
    it.map.sync(session);
    session.clear_changes();
    const Camera camera = camera_at(static_cast<double>(state.range(0)) / 100);
    const auto steps = static_cast<std::uint64_t>(state.range(1));
    do
        it.renderer->update(it.map, camera);
    while (it.renderer->is_behind());
    glFinish();
    for (auto _ : state) {
        state.PauseTiming();
        if (session.advance(steps) < steps) session.seek({most_chunks + most_chunks / 8, 0});
        it.map.clear_dirty();
        state.ResumeTiming();
        it.map.sync(session);
        session.clear_changes();
        it.renderer->update(it.map, camera);
    }
}
BENCHMARK(update_and_upload)
    ->ArgsProduct({{44, 1600}, {1, 1000, 16000}})
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(20);

#endif

}  // namespace
}  // namespace tricolour
