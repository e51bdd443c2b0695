// The files of shaders/ and assets/: embedded in the program, or read from disk while they are edited.
//
// A path is relative to the project and uses slashes: "shaders/map.frag", "assets/scenarios/first.trace".
// A returned view stays valid until the program ends, and a zero byte follows it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

struct Asset {
    std::string_view path;
    std::string_view bytes;
};

// From disk, this is the file as it is now: ask again to see an edit.
std::optional<std::string_view> asset(std::string_view path);

// The paths that start with the prefix, sorted.
std::vector<std::string> asset_list(std::string_view prefix);

// From now on assets come from this folder, which holds shaders/ and assets/; an empty path goes back to
// the embedded ones.
void read_assets_from(std::filesystem::path folder);

// What was embedded, sorted by path.
const std::vector<Asset>& embedded_assets();

}  // namespace tricolour
