// A frame of the map as its panel draws it, with what lies over it: about 1,000,000 chunks, at 1400 x 900, in
// a frame of nothing else. CPU is that of all threads: the software renderer has its own. "at rest" nothing
// moved since the frame before, otherwise the map is dragged by a pixel each frame.
#ifdef TRICOLOUR_BENCH_GUI

#include "app/model/lens_map.h"
#include "app/render/map_panel.h"
#include "app/style/style.h"
#include "tests/bench/large_trace.h"
#include "tests/gui/offscreen.h"

#include <memory>
#include <string>

#include <backends/imgui_impl_opengl3.h>
#include <benchmark/benchmark.h>
#include <imgui.h>

namespace tricolour {
namespace {

constexpr int width = 1400, height = 900;
/// What the program has around the panel.
struct Stage {
    test::Offscreen screen{width, height};
    heapcore::Session session{large_trace()};
    Palette palette = load_palette("dark");
    MapColours colours = map_colours(palette, LensId::type_and_colour);
    MapModel map;
    LensMap lens;
    Violations violations;
    View view;
    UiState state;
    Commands commands;
    std::unique_ptr<MapPanel> panel;

    Stage() {
        if (!screen.is_usable()) return;
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().DisplaySize = {width, height};
        ImGui::GetIO().DeltaTime = 1.0f / 60;
        make_fonts(1, {});
        ImGui_ImplOpenGL3_Init("#version 330 core");
        panel = std::make_unique<MapPanel>();
        session.seek({large_trace_laid, 0});
        map.sync(session);
        lens.sync(session, map, LensId::type_and_colour, {});
        session.clear_changes();
        view.session = &session;
        view.map = &map;
        view.lens = &lens;
        view.map_colours = &colours;
        view.palette = &palette;
        view.violations = &violations;
        state.is_animated = false;
        for (int i = 0; i < 3; ++i)
            frame();
    }
    void frame() {
        view.time += 1;
        ImGui_ImplOpenGL3_NewFrame();
        ImGui::NewFrame();
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize({width, height});
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
        ImGui::Begin("map", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground);
        panel->draw(view, state, commands);
        ImGui::End();
        ImGui::PopStyleVar();
        ImGui::Render();
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        glFinish();
        map.clear_dirty();
        lens.clear_dirty();
    }
};

void map_frame(benchmark::State& state) {
    static Stage it;
    if (!it.panel) return state.SkipWithError("no OpenGL");
    const bool is_moved = state.range(2) != 0;
    Camera camera;
    camera.layout = static_cast<LayoutId>(state.range(1));
    camera.row_length = 2048;
    camera.centre_x = camera.centre_y = 1024;
    camera.scale = static_cast<double>(state.range(0)) / 100;
    camera.is_set = true;
    state.SetLabel(std::string(word_of(camera.layout)) + (is_moved ? ", dragged" : ", at rest"));
    it.state.camera = camera;
    it.state.is_camera_moved = true;
    do
        it.frame();
    while (it.panel->is_animating());
    bool is_right = false;
    for (auto _ : state) {
        if (is_moved) it.state.camera.centre_x += (is_right ? 1 : -1) / camera.scale;
        is_right = !is_right;
        it.frame();
    }
}
BENCHMARK(map_frame)
    ->ArgsProduct({{44, 100, 230, 500, 1000, 1800, 2600, 4500, 10000, 16000}, {0, 1}, {0, 1}})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricolour

#endif
