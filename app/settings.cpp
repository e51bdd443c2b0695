#include "app/settings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

namespace tricolour {
namespace {

constexpr std::size_t most_recent = 10;
constexpr std::size_t most_history = 200;

std::filesystem::path settings_file() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    const std::filesystem::path folder = config && *config ? std::filesystem::path(config)
                                         : home            ? std::filesystem::path(home) / ".config"
                                                           : std::filesystem::path(".");
    return folder / "tricolour" / "settings.json";
}

template <typename T>
void read(const nlohmann::json& json, const char* key, T& value, T low, T high) {
    if (const auto found = json.find(key); found != json.end() && found->is_number())
        value = std::clamp(found->get<T>(), low, high);
}

void read_strings(const nlohmann::json& json, const char* key, std::vector<std::string>& strings,
                  std::size_t most) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_array()) return;
    for (const auto& entry : *found)
        if (entry.is_string() && strings.size() < most) strings.push_back(entry.get<std::string>());
}

}  // namespace

std::string load_settings(UiState& state, WindowPlace& window) {
    std::ifstream file(settings_file());
    if (!file) return {};
    const auto json = nlohmann::json::parse(file, nullptr, false);
    if (!json.is_object()) return settings_file().string() + ": not a JSON object; defaults are used";
    read(json, "left_width", state.left_width, 120.0f, 1200.0f);
    read(json, "right_width", state.right_width, 160.0f, 1200.0f);
    read(json, "timeline_height", state.timeline_height, 60.0f, 600.0f);
    read(json, "tables_height", state.tables_height, 80.0f, 1200.0f);
    read(json, "legend_height", state.legend_height, 60.0f, 900.0f);
    read(json, "roots_share", state.roots_share, 0.1f, 0.85f);
    read(json, "interface_scale", state.interface_scale, 0.0f, 3.0f);
    read(json, "speed", state.speed, 1.0, 1e6);
    int tab = static_cast<int>(state.lower_tab);
    read(json, "lower_tab", tab, 0, static_cast<int>(LowerTab::count_) - 1);
    state.lower_tab = static_cast<LowerTab>(tab);
    int table = static_cast<int>(state.tables.shown);
    read(json, "table", table, 0, static_cast<int>(TableId::count_) - 1);
    state.tables.shown = static_cast<TableId>(table);
    read(json, "width", window.width, 0, 16384);
    read(json, "height", window.height, 0, 16384);
    int rung = static_cast<int>(state.rung);
    read(json, "rung", rung, 0, static_cast<int>(heapcore::Rung::count_) - 1);
    state.rung = static_cast<heapcore::Rung>(rung);
    if (const auto lens = json.find("lens"); lens != json.end() && lens->is_string())
        state.lens = lens_named(lens->get<std::string>()).value_or(state.lens);
    read(json, "row_bytes", state.row_bytes, 0u, 1u << 30);
    if (const auto layout = json.find("layout"); layout != json.end() && layout->is_string())
        state.camera.layout = layout_named(layout->get<std::string>()).value_or(state.camera.layout);
    if (const auto animated = json.find("is_animated"); animated != json.end() && animated->is_boolean())
        state.is_animated = animated->get<bool>();
    read(json, "glow_seconds", state.glow_seconds, 0.0, 10.0);
    if (const auto links = json.find("free_links"); links != json.end() && links->is_boolean())
        state.shows_free_links = links->get<bool>();
    if (const auto dark = json.find("is_dark"); dark != json.end() && dark->is_boolean())
        state.is_dark = dark->get<bool>();
    if (const auto curves = json.find("curves"); curves != json.end() && curves->is_array())
        for (std::size_t i = 0; i < std::min(curve_count, curves->size()); ++i)
            if ((*curves)[i].is_boolean()) state.timeline.shows_curve[i] = (*curves)[i].get<bool>();
    if (const auto open = json.find("panels"); open != json.end() && open->is_array())
        for (std::size_t i = 0; i < std::min(state.is_open.size(), open->size()); ++i)
            if ((*open)[i].is_boolean()) state.is_open[i] = (*open)[i].get<bool>();
    state.tour.was_shown = true;
    std::size_t step = Tour::length;
    read(json, "tour", step, std::size_t{0}, Tour::length);
    if (step < Tour::length) state.tour.tour.begin(static_cast<TourStep>(step));
    if (const auto kept = json.find("breakpoints"); kept != json.end())
        state.kept_breakpoints = KeptBreakpoints::from_json(*kept);
    if (const auto kept = json.find("places"); kept != json.end())
        state.kept_places = KeptPlaces::from_json(*kept);
    read_strings(json, "recent_files", state.recent_files, most_recent);
    read_strings(json, "recent_commands", state.command_palette.recent, most_recent);
    read_strings(json, "console_history", state.console_history, most_history);
    return {};
}

std::string save_settings(const UiState& state, const WindowPlace& window) {
    const std::filesystem::path path = settings_file();
    std::error_code problem;
    std::filesystem::create_directories(path.parent_path(), problem);
    std::vector<std::string> history = state.console_history;
    if (history.size() > most_history)
        history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(most_history));
    const nlohmann::json json = {
        {"left_width", state.left_width},
        {"right_width", state.right_width},
        {"timeline_height", state.timeline_height},
        {"legend_height", state.legend_height},
        {"tables_height", state.tables_height},
        {"table", static_cast<int>(state.tables.shown)},
        {"roots_share", state.roots_share},
        {"lower_tab", static_cast<int>(state.lower_tab)},
        {"interface_scale", state.interface_scale},
        {"speed", state.speed},
        {"rung", static_cast<int>(state.rung)},
        {"lens", word_of(state.lens)},
        {"layout", word_of(state.camera.layout)},
        {"row_bytes", state.row_bytes},
        {"is_animated", state.is_animated},
        {"glow_seconds", state.glow_seconds},
        {"free_links", state.shows_free_links},
        {"is_dark", state.is_dark},
        {"tour", static_cast<std::size_t>(state.tour.tour.step().value_or(TourStep::farewell))},
        {"panels", state.is_open},
        {"curves", state.timeline.shows_curve},
        {"recent_files", state.recent_files},
        {"breakpoints", state.kept_breakpoints.as_json()},
        {"places", state.kept_places.as_json()},
        {"recent_commands", state.command_palette.recent},
        {"console_history", history},
        {"width", window.width},
        {"height", window.height},
    };
    const std::filesystem::path beside = path.string() + ".new";
    std::ofstream file(beside);
    file << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    file.close();
    if (!file) return "the settings could not be written to " + path.string();
    std::filesystem::rename(beside, path, problem);
    return problem ? "the settings could not be written to " + path.string() : "";
}

}  // namespace tricolour
