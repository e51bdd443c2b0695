#include "app/assets.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

namespace tricolour {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view asset_folders[] = {"shaders", "assets"};

// Every version of a file that was ever handed out stays here, so that views of it stay valid.
struct FilesOnDisk {
    std::mutex mutex;
    fs::path folder;
    std::map<fs::path, std::deque<std::string>> versions;
};

FilesOnDisk& files_on_disk() {
    static FilesOnDisk files;
    return files;
}

bool is_asset_path(const fs::path& path) {
    if (path.empty() || path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end()) {
        return false;
    }
    return std::find(std::begin(asset_folders), std::end(asset_folders), *path.begin()) !=
           std::end(asset_folders);
}

std::optional<std::string> read_file(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        return std::nullopt;
    }
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) {
        return std::nullopt;
    }
    return bytes;
}

std::optional<std::string_view> asset_on_disk(FilesOnDisk& files, const fs::path& path) {
    if (!is_asset_path(path)) {
        return std::nullopt;
    }
    const fs::path full_path = files.folder / path;
    std::optional<std::string> bytes = read_file(full_path);
    if (!bytes) {
        return std::nullopt;
    }
    std::deque<std::string>& versions = files.versions[full_path];
    if (versions.empty() || versions.back() != *bytes) {
        versions.push_back(std::move(*bytes));
    }
    return versions.back();
}

std::vector<std::string> paths_on_disk(const fs::path& folder) {
    std::vector<std::string> paths;
    for (const std::string_view asset_folder : asset_folders) {
        std::error_code error;
        fs::recursive_directory_iterator entries(folder / asset_folder, error);
        for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
            std::error_code ignored;
            if (entries->is_regular_file(ignored)) {
                paths.push_back(entries->path().lexically_relative(folder).generic_string());
            }
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

std::optional<std::string_view> asset(std::string_view path) {
    FilesOnDisk& files = files_on_disk();
    const std::lock_guard lock(files.mutex);
    if (!files.folder.empty()) {
        return asset_on_disk(files, path);
    }
    const std::vector<Asset>& assets = embedded_assets();
    const auto found = std::lower_bound(assets.begin(), assets.end(), path,
                                        [](const Asset& a, std::string_view p) { return a.path < p; });
    if (found == assets.end() || found->path != path) {
        return std::nullopt;
    }
    return found->bytes;
}

std::vector<std::string> asset_list(std::string_view prefix) {
    FilesOnDisk& files = files_on_disk();
    const std::lock_guard lock(files.mutex);
    std::vector<std::string> paths;
    if (!files.folder.empty()) {
        paths = paths_on_disk(files.folder);
    } else {
        for (const Asset& embedded : embedded_assets()) {
            paths.emplace_back(embedded.path);
        }
    }
    std::erase_if(paths, [&](const std::string& path) { return !path.starts_with(prefix); });
    return paths;
}

void read_assets_from(std::filesystem::path folder) {
    FilesOnDisk& files = files_on_disk();
    const std::lock_guard lock(files.mutex);
    files.folder = std::move(folder);
}

}  // namespace tricolour
