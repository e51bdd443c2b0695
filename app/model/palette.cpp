#include "app/model/palette.h"

#include "app/assets.h"

#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace tricolour {
namespace {

using Json = nlohmann::json;

struct ColourRow {
    const char* key;
    Rgba Palette::*colour;
    std::uint32_t dark, light;  // built in
};

constexpr ColourRow colour_rows[] = {
    {"free", &Palette::free, 0x1a2029, 0xe6e9ee},
    {"quiet", &Palette::quiet, 0x4a5361, 0xc6ccd6},
    {"free-outline", &Palette::free_outline, 0x333d4b, 0xc3cad4},
    {"map-background", &Palette::map_background, 0x10141a, 0xf4f6f9},
    {"gap", &Palette::gap, 0x10141a, 0xf4f6f9},
    {"now", &Palette::now, 0xffa51f, 0xe86a00},
    {"selection", &Palette::selection, 0xffffff, 0x101418},
    {"hover", &Palette::hover, 0xd6dde8, 0x3a4452},
    {"hit", &Palette::hit, 0x3dffd0, 0x00806c},
    {"alarm", &Palette::alarm, 0xff4a55, 0xd1122a},
    {"good", &Palette::good, 0x58c98b, 0x1c8a52},
    {"window", &Palette::window, 0x14181f, 0xe9ecf1},
    {"panel", &Palette::panel, 0x1a1f28, 0xfbfcfd},
    {"panel-raised", &Palette::panel_raised, 0x252c38, 0xe8ecf2},
    {"border", &Palette::border, 0x303947, 0xccd3dd},
    {"text", &Palette::text, 0xe6eaf0, 0x171c24},
    {"text-dim", &Palette::text_dim, 0x97a3b4, 0x566274},
    {"header-white", &Palette::header_white, 0xffffff, 0xffffff},
    {"header-grey", &Palette::header_grey, 0x8a8f97, 0x8a8f97},
    {"header-black", &Palette::header_black, 0x000000, 0x000000},
};

constexpr Rgba from_hex(std::uint32_t hex) {
    const auto part = [hex](unsigned shift) { return static_cast<float>(hex >> shift & 255) / 255; };
    return {part(16), part(8), part(0), 1};
}

// A plain wheel of hues: enough to work with when no file can be read.
Rgba from_hue(float hue, float saturation, float lightness) {
    const auto channel = [&](float n) {
        const float k = std::fmod(n + hue / 30, 12.0f);
        const float reach = saturation * std::min(lightness, 1 - lightness);
        return lightness - reach * std::max(-1.0f, std::min({k - 3, 9 - k, 1.0f}));
    };
    return {channel(0), channel(8), channel(4), 1};
}

Palette built_in(bool is_dark) {
    Palette palette;
    palette.name = is_dark ? "dark" : "light";
    palette.is_dark = is_dark;
    constexpr float hues[] = {215, 150, 185, 95, 330, 40, 275, 240, 300, 210};
    constexpr float saturations[] = {.7f, .6f, .6f, .6f, .6f, .2f, .6f, .6f, .6f, .15f};
    constexpr float lightness[] = {.85f, .55f, .3f};
    for (std::size_t type = 0; type < heapcore::allocation_type_count; ++type)
        for (std::size_t colour = 0; colour < heapcore::colour_count; ++colour)
            palette.chunk[type][colour] = from_hue(hues[type], saturations[type], lightness[colour]);
    for (std::size_t type = 0; type < heapcore::allocation_type_count; ++type)
        palette.types[type] = from_hue(hues[type], saturations[type], type % 2 ? .45f : .7f);
    for (std::size_t colour = 0; colour < heapcore::colour_count; ++colour)
        palette.colours[colour] = from_hue(215, .05f, lightness[colour]);
    for (std::size_t i = 0; i < palette.ramp.size(); ++i) {
        const float part = static_cast<float>(i) / 8;
        palette.ramp[i] = from_hue(240 - 80 * part, .5f, is_dark ? .35f + .55f * part : .85f - .6f * part);
        palette.category[i] = from_hue(360 * part, .7f, i % 2 ? .4f : .7f);
    }
    for (const ColourRow& row : colour_rows)
        palette.*row.colour = from_hex(is_dark ? row.dark : row.light);
    palette.curve = {palette.chunk[0][1], palette.chunk[1][1], palette.chunk[3][1], palette.text_dim};
    palette.band = {palette.panel_raised, palette.chunk[8][1]};
    for (std::size_t phase = 0; phase < palette.phase.size(); ++phase)
        palette.phase[phase] = from_hue(300 - 22 * static_cast<float>(phase), .4f, phase % 2 ? .4f : .75f);
    palette.breakpoint = {palette.chunk[2][is_dark ? 0 : 2], palette.chunk[4][is_dark ? 0 : 2],
                          palette.chunk[3][is_dark ? 0 : 2], palette.chunk[7][is_dark ? 0 : 2]};
    return palette;
}

std::optional<Rgba> parse_colour(const Json& json) {
    if (!json.is_string()) return std::nullopt;
    const auto& text = json.get_ref<const std::string&>();
    if ((text.size() != 7 && text.size() != 9) || text[0] != '#') return std::nullopt;
    if (text.find_first_not_of("0123456789abcdefABCDEF", 1) != std::string::npos) return std::nullopt;
    const auto part = [&text](std::size_t at) {
        return static_cast<float>(std::stoul(text.substr(at, 2), nullptr, 16)) / 255;
    };
    return Rgba{part(1), part(3), part(5), text.size() == 9 ? part(7) : 1};
}

// Reads a palette over the built-in one and keeps the first thing that was wrong.
class Reader {
public:
    explicit Reader(const Json& json) : json_(json) {}

    void colour(const Json& holder, const std::string& key, Rgba& to) {
        const auto found = holder.find(key);
        if (found == holder.end()) return complain("the colour \"" + key + "\" is missing");
        if (const auto read = parse_colour(*found))
            to = *read;
        else
            complain("\"" + key + "\" is no colour: expected \"#rrggbb\" or \"#rrggbbaa\"");
    }
    template <std::size_t count>
    void colours(const Json& holder, const std::string& key, std::array<Rgba, count>& to) {
        const auto found = holder.find(key);
        if (found == holder.end() || !found->is_array() || found->size() != count)
            return complain("\"" + key + "\" is not a list of " + std::to_string(count) + " colours");
        for (std::size_t i = 0; i < count; ++i) {
            if (const auto read = parse_colour((*found)[i]))
                to[i] = *read;
            else
                complain("\"" + key + "\" holds something that is no colour");
        }
    }
    void read(Palette& palette) {
        for (const ColourRow& row : colour_rows)
            colour(json_, row.key, palette.*row.colour);
        colours(json_, "type", palette.types);
        colours(json_, "colour", palette.colours);
        colours(json_, "ramp", palette.ramp);
        colours(json_, "category", palette.category);
        colours(json_, "curve", palette.curve);
        colours(json_, "band", palette.band);
        colours(json_, "phase", palette.phase);
        colours(json_, "breakpoint", palette.breakpoint);
        const auto chunks = json_.find("chunk");
        if (chunks == json_.end() || !chunks->is_object()) return complain("\"chunk\" is missing");
        for (std::size_t type = 0; type < heapcore::allocation_type_count; ++type)
            colours(*chunks, std::string(heapcore::allocation_type_words[type]), palette.chunk[type]);
    }
    const std::string& problem() const { return problem_; }

private:
    void complain(std::string what) {
        if (problem_.empty()) problem_ = std::move(what);
    }
    const Json& json_;
    std::string problem_;
};

}  // namespace

Rgba mixed(const Rgba& first, const Rgba& second, float part) {
    const auto between = [part](float a, float b) { return a + (b - a) * part; };
    return {between(first.red, second.red), between(first.green, second.green),
            between(first.blue, second.blue), between(first.alpha, second.alpha)};
}

Palette load_palette(std::string_view name, std::string* problem) {
    std::string path = "assets/palettes/";
    path.append(name).append(".json");
    Palette palette = built_in(name != "light");
    palette.name = name;
    const auto complain = [&](const std::string& what) {
        if (problem) *problem = path + ": " + what;
    };
    if (problem) problem->clear();
    const auto text = asset(path);
    if (!text) {
        complain("there is no such file");
        return palette;
    }
    const Json json = Json::parse(text->begin(), text->end(), nullptr, false);
    if (!json.is_object()) {
        complain("this is not JSON");
        return palette;
    }
    Reader reader(json);
    reader.read(palette);
    if (!reader.problem().empty()) complain(reader.problem());
    return palette;
}

}  // namespace tricolour
