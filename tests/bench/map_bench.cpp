// The map at its largest: about 1,000,000 chunks in 16 MiB. What changed is taken over, uploaded, and
// the map drawn at 1400 x 900. CPU is that of all threads: the software renderer has its own.
#include "app/model/lens_map.h"
#include "app/model/map.h"
#include "app/model/map_level.h"
#include "tests/bench/large_trace.h"

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

heapcore::Session& large_session() {
    static heapcore::Session session(large_trace());
    static const bool is_there = session.seek({large_trace_laid, 0});
    (void)is_there;
    return session;
}

void take_over(benchmark::State& state) {
    heapcore::Session& session = large_session();
    session.seek({large_trace_laid, 0});
    MapModel map;
    map.sync(session);
    session.clear_changes();
    const auto steps = static_cast<std::uint64_t>(state.range(0));
    for (auto _ : state) {
        state.PauseTiming();
        if (session.advance(steps) < steps) session.seek({large_trace_laid, 0});
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
    level.shape(static_cast<unsigned>(state.range(0)), MapLayout::in_rows(11, map.granules()));
    for (auto _ : state) {
        level.mark_all();
        level.update(map.texels(), ~0u);
        level.clear_dirty();
    }
}
BENCHMARK(level_from_scratch)->DenseRange(1, 4)->Unit(benchmark::kMillisecond);

// A lens chosen: every value made.
void lens_from_scratch(benchmark::State& state) {
    heapcore::Session& session = large_session();
    MapModel map;
    map.sync(session);
    const auto lens = static_cast<LensId>(state.range(0));
    state.SetLabel(word_of(lens));
    for (auto _ : state) {
        LensMap shown;
        shown.sync(session, map, lens, {});
        benchmark::DoNotOptimize(shown.texels().data());
    }
}
BENCHMARK(lens_from_scratch)->DenseRange(3, 9)->Unit(benchmark::kMillisecond);

// A frame of playing with a lens, beyond what the map takes.
void lens_while_playing(benchmark::State& state) {
    heapcore::Session& session = large_session();
    session.seek({large_trace_laid, 0});
    MapModel map;
    map.sync(session);
    LensMap shown;
    const auto lens = static_cast<LensId>(state.range(0));
    state.SetLabel(word_of(lens));
    if (lens == LensId::changes) shown.mark(session, map);
    shown.sync(session, map, lens, {});
    session.clear_changes();
    for (auto _ : state) {
        state.PauseTiming();
        if (session.advance(1000) < 1000) session.seek({large_trace_laid, 0});
        map.clear_dirty();
        map.sync(session);
        shown.clear_dirty();
        state.ResumeTiming();
        shown.sync(session, map, lens, {});
        session.clear_changes();
    }
}
BENCHMARK(lens_while_playing)->DenseRange(3, 9)->Unit(benchmark::kMicrosecond)->Iterations(20);

// A frame at rest while what the roots lead to is looked for.
void lens_at_rest(benchmark::State& state) {
    heapcore::Session& session = large_session();
    session.seek({large_trace_laid, 0});
    MapModel map;
    map.sync(session);
    session.clear_changes();
    const auto lens = static_cast<LensId>(state.range(0));
    state.SetLabel(word_of(lens));
    LensMap shown;
    for (auto _ : state) {
        if (!shown.is_behind()) {
            state.PauseTiming();
            shown.reset();
            shown.sync(session, map, lens, heapcore::Offset{0});
            state.ResumeTiming();
        }
        shown.clear_dirty();
        shown.sync(session, map, lens, heapcore::Offset{0});
    }
}
BENCHMARK(lens_at_rest)->DenseRange(7, 8)->Unit(benchmark::kMicrosecond)->Iterations(200);

#ifdef TRICOLOUR_BENCH_GUI

constexpr int width = 1400, height = 900;

struct Stage {
    test::Offscreen screen{width, height};
    std::unique_ptr<MapRenderer> renderer;
    MapModel map;
    double seconds = 0;
    void show(LensId lens) {
        const Palette palette = load_palette("dark");
        renderer->set_colours(palette, map_colours(palette, lens));
    }
    void bring_up_to_date(const TexelPlane& plane, const Camera& camera) {
        do
            renderer->update(plane, camera, seconds += 1);
        while (renderer->is_behind());
    }
    Stage() {
        if (!screen.is_usable()) return;
        renderer = std::make_unique<MapRenderer>();
        show(LensId::type_and_colour);
        map.rebuild(large_session().heap());
    }
};
Stage& stage() {
    static Stage it;
    return it;
}

Camera camera_at(double scale, LayoutId layout = LayoutId::rows) {
    Camera camera;
    camera.layout = layout;
    camera.row_length = 2048;
    camera.centre_x = 1024;
    camera.centre_y = 1024;
    camera.scale = scale;
    return camera;
}

// By shaders, or by the processor as where shaders run on it: every frame painted anew, as while the map
// is moved, or shown again.
enum class Way : std::uint8_t { shaders, painted, shown_again };

void draw(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    const auto layout = static_cast<LayoutId>(state.range(1));
    const auto way = static_cast<Way>(state.range(2));
    constexpr const char* words[] = {"shaders", "painted", "shown again"};
    state.SetLabel(std::string(word_of(layout)) + ", " + words[static_cast<std::size_t>(way)]);
    const Camera camera = camera_at(static_cast<double>(state.range(0)) / 100, layout);
    const bool painted_before = it.renderer->paints();
    it.show(LensId::type_and_colour);
    it.bring_up_to_date(it.map, camera);
    it.renderer->set_painting(way != Way::shaders);
    for (auto _ : state) {
        if (way == Way::painted) it.renderer->set_painting(true);
        it.renderer->draw(camera, {0, 0, width, height}, {0, 0, width, height}, 1);
        glFinish();
    }
    it.renderer->set_painting(painted_before);
}
// The whole heap, between, close, and closer.
BENCHMARK(draw)
    ->ArgsProduct({{44, 100, 230, 500, 1600, 6000}, {0, 1}, {0, 1, 2}})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void draw_through_lens(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    const Camera camera = camera_at(static_cast<double>(state.range(1)) / 100);
    const auto lens = static_cast<LensId>(state.range(0));
    state.SetLabel(word_of(lens));
    heapcore::Session& session = large_session();
    MapModel map;
    map.sync(session);
    LensMap shown;
    shown.sync(session, map, lens, {});
    it.show(lens);
    it.bring_up_to_date(shown.plane(), camera);
    for (auto _ : state) {
        it.renderer->draw(camera, {0, 0, width, height}, {0, 0, width, height}, 1);
        glFinish();
    }
}
BENCHMARK(draw_through_lens)
    ->ArgsProduct({benchmark::CreateDenseRange(0, 9, 1), {44, 230, 1600}})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// Another lens chosen: the one longer frame, with a level from all granules and every upload.
void change_lens(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    const Camera camera = camera_at(static_cast<double>(state.range(0)) / 100);
    heapcore::Session& session = large_session();
    MapModel map;
    map.sync(session);
    LensMap shown;
    for (auto _ : state) {
        for (const LensId lens : {LensId::age, LensId::size}) {
            shown.sync(session, map, lens, {});
            it.show(lens);
            it.renderer->update(shown.plane(), camera, it.seconds += 1);
        }
        glFinish();
    }
}
BENCHMARK(change_lens)->Arg(44)->Arg(1600)->Unit(benchmark::kMillisecond);

// The other layout chosen: a level in another order, or what is in sight laid out anew, and the upload.
void change_layout(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    it.show(LensId::type_and_colour);
    const double scale = static_cast<double>(state.range(0)) / 100;
    for (auto _ : state)
        for (const LayoutId layout : {LayoutId::hilbert, LayoutId::rows}) {
            it.renderer->fade_from_here(it.seconds);
            it.renderer->update(it.map, camera_at(scale, layout), it.seconds += 1);
            it.renderer->draw(camera_at(scale, layout), {0, 0, width, height}, {0, 0, width, height}, 1);
            glFinish();
        }
}
BENCHMARK(change_layout)->Arg(44)->Arg(300)->Arg(1600)->Unit(benchmark::kMillisecond);

// What a frame of playing costs before anything is drawn: everything that changed taken over, levels and
// uploads too.
void update_and_upload(benchmark::State& state) {
    Stage& it = stage();
    if (!it.renderer) return state.SkipWithError("no OpenGL");
    heapcore::Session& session = large_session();
    session.seek({large_trace_laid, 0});
    it.map.sync(session);
    session.clear_changes();
    const auto layout = static_cast<LayoutId>(state.range(2));
    state.SetLabel(std::string(word_of(layout)));
    const Camera camera = camera_at(static_cast<double>(state.range(0)) / 100, layout);
    const auto steps = static_cast<std::uint64_t>(state.range(1));
    it.show(LensId::type_and_colour);
    it.bring_up_to_date(it.map, camera);
    glFinish();
    for (auto _ : state) {
        state.PauseTiming();
        if (session.advance(steps) < steps) session.seek({large_trace_laid, 0});
        it.map.clear_dirty();
        state.ResumeTiming();
        it.map.sync(session);
        session.clear_changes();
        it.renderer->update(it.map, camera, it.seconds);
    }
}
BENCHMARK(update_and_upload)
    ->ArgsProduct({{44, 1600}, {1, 1000, 16000}, {0, 1}})
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(20);

#endif

}  // namespace
}  // namespace tricolour
