// Arguments, window, frame loop.

#include "app/application.h"
#include "app/assets.h"
#include "app/keys.h"
#include "app/model/check.h"
#include "app/model/replay.h"
#include "app/model/show.h"
#include "app/settings.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <glad/gl.h>
#include <imgui.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace tricolour {
namespace {

volatile std::sig_atomic_t was_interrupted = 0;

/// What a run without a window looks at. An atomic without a lock may be set by a signal handler.
heapcore::ParseProgress run_progress;
static_assert(std::atomic<bool>::is_always_lock_free);

// The first Ctrl-C stops at the next operation, also a read that waits; a second one ends at once.
heapcore::ParseProgress* stopped_by_interrupt() {
    struct sigaction action {};
    action.sa_handler = [](int) {
        run_progress.cancel = true;
        close(STDIN_FILENO);  // a stream goes on with a read that a signal broke off
    };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    return &run_progress;
}

/// Hands log lines to the log panel.
class PanelSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit PanelSink(Application& application) : application_(application) {}

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        using namespace std::chrono;
        const auto since = message.time.time_since_epoch();
        const std::time_t seconds = system_clock::to_time_t(message.time);
        std::tm local{};
        localtime_r(&seconds, &local);
        LogLine line;
        line.level = message.level >= spdlog::level::err    ? LogLine::Level::error
                     : message.level == spdlog::level::warn ? LogLine::Level::warning
                     : message.level == spdlog::level::info ? LogLine::Level::info
                                                            : LogLine::Level::debug;
        line.time = fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec,
                                duration_cast<milliseconds>(since).count() % 1000);
        line.text.assign(message.payload.data(), message.payload.size());
        application_.log(std::move(line));
    }
    void flush_() override {}

private:
    Application& application_;
};

/// What the callbacks of the window leave for the frame.
struct Input {
    Application* application = nullptr;
    bool happened = true;
    int frames_wanted = 3;
    /// ImGui before 1.87 looks at keys once a frame: one pressed and released in between would be lost.
    struct Release {
        int key, scancode, modifiers;
    };
    std::vector<int> pressed{};       ///< since the last frame
    std::vector<Release> releases{};  ///< of these, for after the next one
};

Input& input_of(GLFWwindow* window) { return *static_cast<Input*>(glfwGetWindowUserPointer(window)); }

void wake(GLFWwindow* window) { input_of(window).happened = true; }

#if IMGUI_VERSION_NUM < 18700
// Stands before ImGui's backend.
void hold_short_keys(GLFWwindow* window) {
    glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int scancode, int action, int modifiers) {
        Input& input = input_of(w);
        if (action == GLFW_PRESS) input.pressed.push_back(key);
        if (action == GLFW_RELEASE && std::ranges::find(input.pressed, key) != input.pressed.end())
            return input.releases.push_back({key, scancode, modifiers});
        ImGui_ImplGlfw_KeyCallback(w, key, scancode, action, modifiers);
    });
}

void release_short_keys(GLFWwindow* window) {
    Input& input = input_of(window);
    input.pressed.clear();
    for (const Input::Release& one : std::exchange(input.releases, {})) {
        ImGui_ImplGlfw_KeyCallback(window, one.key, one.scancode, GLFW_RELEASE, one.modifiers);
        input.happened = true;
    }
}
#else
void hold_short_keys(GLFWwindow*) {}
void release_short_keys(GLFWwindow*) {}
#endif

// ImGui's backend chains to these when it installs its own.
void install_callbacks(GLFWwindow* window) {
    glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int scancode, int action, int modifiers) {
        wake(w);
        if (action == GLFW_RELEASE) return;
        const std::string name = name_of_key(key, scancode, modifiers);
        if (!name.empty())
            input_of(w).application->press(name, action == GLFW_REPEAT, ImGui::GetIO().WantTextInput);
    });
    glfwSetCharCallback(window, [](GLFWwindow* w, unsigned int character) {
        wake(w);
        const std::string name = name_of_character(character);
        if (!name.empty()) input_of(w).application->press(name, false, ImGui::GetIO().WantTextInput);
    });
    // Another monitor, or the same at another scale: fonts follow with the next frame.
    glfwSetWindowContentScaleCallback(window, [](GLFWwindow* w, float, float) { wake(w); });
    glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int, int, int) { wake(w); });
    glfwSetScrollCallback(window, [](GLFWwindow* w, double, double) { wake(w); });
    glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { wake(w); });
    glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int) { wake(w); });
    glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int) { wake(w); });
    glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { wake(w); });
    glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { wake(w); });
    glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
        wake(w);
        input_of(w).application->drop(std::vector<std::string>(paths, paths + count));
    });
}

/// The monitor under the window's centre; the primary one where that cannot be known.
GLFWmonitor* monitor_of(GLFWwindow* window) {
    int x = 0, y = 0, width = 0, height = 0, count = 0;
    glfwGetWindowPos(window, &x, &y);
    glfwGetWindowSize(window, &width, &height);
    GLFWmonitor** const monitors = glfwGetMonitors(&count);
    for (int i = 0; i < count; ++i) {
        const GLFWvidmode* const mode = glfwGetVideoMode(monitors[i]);
        int left = 0, top = 0;
        glfwGetMonitorPos(monitors[i], &left, &top);
        const int from_left = x + width / 2 - left, from_top = y + height / 2 - top;
        if (mode && from_left >= 0 && from_left < mode->width && from_top >= 0 && from_top < mode->height)
            return monitors[i];
    }
    return glfwGetPrimaryMonitor();
}

class FullScreen {
public:
    void toggle(GLFWwindow* window) {
        if (glfwGetWindowMonitor(window)) {
            glfwSetWindowMonitor(window, nullptr, x_, y_, width_, height_, GLFW_DONT_CARE);
            return;
        }
        GLFWmonitor* monitor = monitor_of(window);
        const GLFWvidmode* mode = monitor ? glfwGetVideoMode(monitor) : nullptr;
        if (!mode) return;
        glfwGetWindowPos(window, &x_, &y_);
        glfwGetWindowSize(window, &width_, &height_);
        glfwSetWindowMonitor(window, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
    }

private:
    int x_ = 0, y_ = 0, width_ = 1280, height_ = 720;
};

struct WindowOptions {
    std::string trace;
    std::string size;  ///< WIDTHxHEIGHT, or empty
    std::string state_file;
    std::string log_level = "info";
    std::uint64_t keyframe_megabytes = 512;
    std::uint64_t journal_megabytes = 64;
    bool is_dev = false;
};

std::string first_line(const char* text) {
    const std::string whole = text ? text : "";
    return whole.substr(0, whole.find('\n'));
}

void set_log_level(const std::string& level) { spdlog::set_level(spdlog::level::from_str(level)); }

int run_window(const WindowOptions& options) {
    set_log_level(options.log_level);
    glfwSetErrorCallback([](int code, const char* text) { spdlog::debug("GLFW {}: {}", code, text); });
    if (!glfwInit()) {
        const char* text = nullptr;
        glfwGetError(&text);
        std::cerr << "tricolour: no display can be opened (" << first_line(text)
                  << "); 'tricolour replay TRACE' works without one\n";
        return 3;
    }
    struct Terminate {
        ~Terminate() { glfwTerminate(); }
    } const terminate;

    ApplicationOptions application_options;
    application_options.session.keyframe_budget_bytes = options.keyframe_megabytes << 20;
    application_options.session.journal_budget_bytes = options.journal_megabytes << 20;
    application_options.state_file = options.state_file;
    if (options.is_dev) application_options.source_folder = TRICOLOUR_SOURCE_DIR;
    UiState remembered;
    WindowPlace place;
    const std::string settings_problem = load_settings(remembered, place);

    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
    int width = place.width, height = place.height;
    if (!options.size.empty()) std::sscanf(options.size.c_str(), "%dx%d", &width, &height);
    GLFWmonitor* monitor = glfwGetPrimaryMonitor();
    if (const GLFWvidmode* mode = monitor ? glfwGetVideoMode(monitor) : nullptr; mode) {
        if (width <= 0) width = std::min(mode->width * 9 / 10, 1920);
        if (height <= 0) height = std::min(mode->height * 9 / 10, 1080);
        width = std::min(width, mode->width);
        height = std::min(height, mode->height);
    }
    GLFWwindow* window =
        glfwCreateWindow(std::max(width, 640), std::max(height, 400), "Tricolour", nullptr, nullptr);
    if (!window) {
        const char* text = nullptr;
        glfwGetError(&text);
        std::cerr << "tricolour: no window with OpenGL 3.3 can be opened (" << first_line(text)
                  << "); 'tricolour replay TRACE' works without one\n";
        return 3;
    }
    glfwMakeContextCurrent(window);
    if (!gladLoadGL(reinterpret_cast<GLADloadfunc>(glfwGetProcAddress))) {
        std::cerr << "tricolour: OpenGL 3.3 is not here; 'tricolour replay TRACE' works without it\n";
        return 3;
    }
    glfwSwapInterval(1);
    glfwSetWindowSizeLimits(window, 640, 400, GLFW_DONT_CARE, GLFW_DONT_CARE);

    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.ConfigWindowsMoveFromTitleBarOnly = true;
    {
        Application application(application_options);
        application.state = std::move(remembered);
        auto sink = std::make_shared<PanelSink>(application);
        spdlog::default_logger()->sinks().push_back(sink);
        if (!settings_problem.empty()) spdlog::warn("{}", settings_problem);
        Input input{&application};
        glfwSetWindowUserPointer(window, &input);
        install_callbacks(window);
        ImGui_ImplGlfw_InitForOpenGL(window, true);
        hold_short_keys(window);
        ImGui_ImplOpenGL3_Init("#version 330 core");
        application.open_first(options.trace);

        const auto monitor_scale = [&] {
            float x = 1, y = 1;
            glfwGetWindowContentScale(window, &x, &y);
            return std::max(x, y);
        };
        float scale = 0;
        FullScreen full_screen;
        std::string title;
        bool is_shown = false;
        double before = glfwGetTime();
        while (!glfwWindowShouldClose(window) && !application.wants_quit() && !was_interrupted) {
            const bool is_moving = application.wants_frames();
            // At rest nothing is drawn; the caret of a line being typed blinks, files are looked at.
            if (is_moving || input.frames_wanted > 0)
                glfwPollEvents();
            else
                glfwWaitEventsTimeout(io.WantTextInput ? 0.25 : 0.5);
            if (std::exchange(input.happened, false)) input.frames_wanted = 3;
            const double now = glfwGetTime();
            application.update(now, std::min(now - before, 0.25));
            before = now;
            if (application.wants_frames() || io.WantTextInput)
                input.frames_wanted = std::max(input.frames_wanted, 2);
            if (input.frames_wanted <= 0 && is_shown) continue;
            --input.frames_wanted;

            const float wanted = application.scale(monitor_scale());
            if (wanted != scale || application.wants_fonts()) {
                scale = wanted;
                application.set_scale(scale);
#if IMGUI_VERSION_NUM < 19200  // since then the backend makes them when they are missed
                ImGui_ImplOpenGL3_DestroyFontsTexture();
                ImGui_ImplOpenGL3_CreateFontsTexture();
#endif
            }
            if (application.window_title() != title) {
                title = application.window_title();
                glfwSetWindowTitle(window, title.c_str());
            }
            ImGui_ImplOpenGL3_NewFrame();
            ImGui_ImplGlfw_NewFrame();
            ImGui::NewFrame();
            application.draw(io.DisplaySize.x, io.DisplaySize.y);
            const double laid_out = glfwGetTime();
            ImGui::Render();
            release_short_keys(window);
            int pixels_wide = 0, pixels_high = 0;
            glfwGetFramebufferSize(window, &pixels_wide, &pixels_high);
            glViewport(0, 0, pixels_wide, pixels_high);
            const Rgba& clear = application.palette().window;
            glClearColor(clear.red, clear.green, clear.blue, 1);
            glClear(GL_COLOR_BUFFER_BIT);
            ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
            const double drawn = glfwGetTime();
            application.spend(FramePart::drawing, drawn - laid_out);
            glfwSwapBuffers(window);
            application.spend(FramePart::screen, glfwGetTime() - drawn);
            application.finish(now);
            if (!is_shown) {
                glfwShowWindow(window);
                is_shown = true;
                input.frames_wanted = 3;
            }
            if (application.take_full_screen_toggle()) full_screen.toggle(window);
        }
        if (!glfwGetWindowMonitor(window)) glfwGetWindowSize(window, &place.width, &place.height);
        if (const std::string problem = save_settings(application.state, place); !problem.empty())
            spdlog::warn("{}", problem);
        std::erase(spdlog::default_logger()->sinks(), std::static_pointer_cast<spdlog::sinks::sink>(sink));
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
    }
    ImGui::DestroyContext();
    glfwDestroyWindow(window);
    return 0;
}

/// Columns of the terminal that standard output is; 80 if it is none.
std::size_t terminal_columns() {
    winsize size{};
    const bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? std::max<std::size_t>(size.ws_col, narrowest_page) : 80;
}

// Source: no-color.org; COLORTERM as terminals set it that know more than a palette.
bool has_terminal_colours() {
    const auto value_of = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value ? value : "");
    };
    const std::string depth = value_of("COLORTERM");
    return isatty(STDOUT_FILENO) && value_of("NO_COLOR").empty() &&
           (depth == "truecolor" || depth == "24bit");
}

void add_show_options(CLI::App& command, ShowOptions& options, std::string& trace) {
    options.columns = terminal_columns();
    options.has_colours = has_terminal_colours();
    command.add_option("TRACE", trace, "trace to show; - for standard input")->required();
    command
        .add_option(
            "--at", options.at,
            "OPERATION, OPERATION.STEP, OPERATION.PHASE, the same with line:N, start, end, or a bookmark")
        ->type_name("PLACE")
        ->capture_default_str();
    command.add_option("--range", options.range, "part of the heap: FROM..TO, an address, or a chunk's name")
        ->type_name("RANGE");
    command
        .add_option("--cell", options.cell_bytes, "bytes that a cell of the map stands for, a power of two")
        ->check(CLI::Validator(
            [](std::string& text) {
                std::uint32_t bytes = 0;
                const bool is_good = CLI::detail::lexical_cast(text, bytes) && std::has_single_bit(bytes) &&
                                     bytes >= 4 && bytes <= 1u << 24;
                return is_good ? "" : "expected a power of two from 4 to 16777216; got '" + text + "'";
            },
            ""))
        ->type_name("BYTES");
    command.add_option("--width", options.columns, "columns of a line; without it the terminal's, or 80")
        ->check(CLI::Range(narrowest_page, std::size_t{1000}));
    command.add_flag("--map", options.wants_map, "print the map");
    command.add_flag("--chunks", options.wants_chunks, "print the chunks' headers, in order of address");
    command.add_flag("--free-list", options.wants_free_list, "print the free list, smallest first");
    command.add_flag("--roots", options.wants_roots, "print the roots, and during a mark its stack");
    command.add_flag("--all", options.wants_all, "print tables to their ends");
    command.footer(
        "Without --map, --chunks, --free-list, --roots: the first three. Exit status: 0 shown; 2 the trace "
        "or "
        "the command line could not be used; 130 Ctrl-C stopped it.");
}

int run(int argc, char** argv) {
    CLI::App cli{
        "Tricolour: watch a heap being allocated, marked and swept, one step at a time, forwards and back."};
    cli.set_version_flag("--version", "tricolour " TRICOLOUR_VERSION);
    WindowOptions window;
    const std::vector<std::string> levels = {"trace", "debug", "info", "warning", "error", "critical", "off"};
    cli.add_option("TRACE", window.trace, "trace to open (.trace or .trace.gz); none: a built-in scenario");
    cli.add_option("--log-level", window.log_level, "least level of the log")
        ->check(CLI::IsMember(levels))
        ->capture_default_str();
    cli.add_option("--state-file", window.state_file,
                   "file to keep the window's state in, as JSON, for tests and tools");
    cli.add_option("--size", window.size, "size of the window, as 1280x720")
        ->check(CLI::Validator(
            [](std::string& text) {
                int w = 0, h = 0, end = 0;
                const bool is_good = std::sscanf(text.c_str(), "%dx%d%n", &w, &h, &end) == 2 &&
                                     end == static_cast<int>(text.size()) && w >= 640 && h >= 400;
                return is_good ? ""
                               : "expected WIDTHxHEIGHT of at least 640x400, as 1280x720; got '" + text + "'";
            },
            "WIDTHxHEIGHT"));
    cli.add_option("--keyframe-budget", window.keyframe_megabytes, "most memory for keyframes, in MiB")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    cli.add_option("--journal-budget", window.journal_megabytes,
                   "most memory for the steps of operations, for stepping back, in MiB")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    cli.add_flag("--dev", window.is_dev, "read shaders, palettes and scenarios from the source folder");

    ReplayOptions replay_options;
    std::string replay_trace;
    CLI::App* replay_command = cli.add_subcommand("replay", "carries a whole trace out without a window");
    replay_command->add_option("TRACE", replay_trace, "trace to carry out; - for standard input")->required();
    replay_command->add_option("--dump", replay_options.dump,
                               "file for the state at the end, as JSON; - for standard output");
    replay_command->add_option("--events", replay_options.events,
                               "file for the engine's steps, as JSON lines; - for standard output");
    replay_command->add_flag("--stats", replay_options.wants_stats, "print figures about the run");
    replay_command->add_flag("--tables", replay_options.wants_tables,
                             "print the heap and its free list at the end as tables");
    replay_command->add_flag("--leaks", replay_options.wants_leaks,
                             "at the end forget every root, collect, and print what is left");
    replay_command->footer(
        "Exit status: 0 all carried out; 1 an expectation failed; 2 the trace or the command line could not "
        "be used; 130 Ctrl-C stopped it.");

    CheckOptions check_options;
    std::string check_trace;
    std::uint64_t check_every = 0;
    CLI::App* check_command =
        cli.add_subcommand("check", "carries a whole trace out and audits the heap after its operations");
    check_command->add_option("TRACE", check_trace, "trace to check; - for standard input")->required();
    CLI::Option* every_option =
        check_command
            ->add_option("--every", check_every,
                         "operations from one audit to the next; without it 1, more where it would take long")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 32));
    check_command->footer(
        "Prints FILE:LINE: violation: ... for each new one. Exit status: 0 no violation; 1 violations; 2 the "
        "trace "
        "or the command line could not be used; 130 Ctrl-C stopped it.");

    ShowOptions show_options;
    std::string show_trace;
    CLI::App* show_command =
        cli.add_subcommand("show", "prints a position of a trace as text: the map, chunks, the free list");
    add_show_options(*show_command, show_options, show_trace);

    try {
        cli.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return cli.exit(help);
    } catch (const CLI::CallForVersion& version) {
        return cli.exit(version);
    } catch (const CLI::ParseError& error) {
        std::cerr << "tricolour: " << error.what() << "; 'tricolour --help' lists what there is\n";
        return 2;
    }
    if (replay_command->parsed()) {
        std::ios::sync_with_stdio(false);
        replay_options.trace = replay_trace;
        replay_options.progress = stopped_by_interrupt();
        if (isatty(STDERR_FILENO)) replay_options.terminal = &std::cerr;
        return replay(replay_options, std::cout, std::cerr);
    }
    if (check_command->parsed()) {
        std::ios::sync_with_stdio(false);
        check_options.trace = check_trace;
        check_options.progress = stopped_by_interrupt();
        if (isatty(STDERR_FILENO)) check_options.terminal = &std::cerr;
        if (*every_option) check_options.every = check_every;
        return check(check_options, std::cout, std::cerr);
    }
    if (show_command->parsed()) {
        std::ios::sync_with_stdio(false);
        show_options.trace = show_trace;
        show_options.progress = stopped_by_interrupt();
        return show(show_options, std::cout, std::cerr);
    }
    spdlog::set_default_logger(spdlog::stderr_color_mt("tricolour"));
    if (window.is_dev) read_assets_from(TRICOLOUR_SOURCE_DIR);
    std::signal(SIGINT, [](int) { was_interrupted = 1; });
    std::signal(SIGTERM, [](int) { was_interrupted = 1; });
    return run_window(window);
}

}  // namespace
}  // namespace tricolour

int main(int argc, char** argv) {
    try {
        return tricolour::run(argc, argv);
    } catch (const std::bad_alloc&) {
        std::cerr << "tricolour: out of memory\n";
    } catch (const std::exception& error) {
        std::cerr << "tricolour: " << error.what() << '\n';
    }
    return 3;
}
