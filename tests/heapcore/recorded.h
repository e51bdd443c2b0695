// Recorded data: files of tests/data, and of the shared data that are not copied there.
#pragma once

#include "heapcore/machine.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <zlib.h>

namespace heapcore {

using Json = nlohmann::json;

inline std::filesystem::path test_data() { return TRICOLOUR_TEST_DATA; }
inline std::filesystem::path shared_data() {
    const char* elsewhere = std::getenv("TRICOLOUR_SHARED_DATA");
    return elsewhere ? elsewhere : TRICOLOUR_SHARED_DATA;
}

/// The bytes of a file, decompressed if they are compressed.
inline std::string contents_of(const std::filesystem::path& path) {
    gzFile file = gzopen(path.c_str(), "rb");
    if (!file) throw std::runtime_error("cannot open " + path.string());
    std::string bytes;
    std::vector<char> part(1 << 16);
    for (int count; (count = gzread(file, part.data(), static_cast<unsigned>(part.size()))) > 0;)
        bytes.append(part.data(), static_cast<std::size_t>(count));
    gzclose(file);
    return bytes;
}

inline Json json_of(const std::filesystem::path& path) { return Json::parse(contents_of(path)); }

/// Files of a folder whose name ends so, without that ending, sorted.
inline std::vector<std::string> names_in(const std::filesystem::path& folder, std::string_view ending) {
    std::vector<std::string> names;
    if (!std::filesystem::is_directory(folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::string name = entry.path().filename();
        if (!name.ends_with(ending)) continue;
        name.resize(name.size() - ending.size());
        names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// A name that a parameterised test may have.
inline std::string test_name_of(std::string text) {
    for (char& c : text)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return text;
}

/// [offset, size, type, colour, in_use, prev_free] of each chunk, as in a dump.
inline std::vector<std::vector<std::uint32_t>> chunk_rows(const Heap& heap) {
    std::vector<std::vector<std::uint32_t>> rows;
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        const Header header = heap.header(chunk);
        rows.push_back({chunk, header.size_bytes(), static_cast<std::uint32_t>(header.type()),
                        static_cast<std::uint32_t>(header.colour()), header.is_in_use(),
                        header.is_previous_free()});
    }
    return rows;
}

inline std::vector<Offset> free_list_of(const Heap& heap) {
    std::vector<Offset> list;
    const FreeList& free_list = heap.free_list();
    for (Offset chunk = free_list.first(heap.memory); chunk != free_list.end();
         chunk = free_list.next(heap.memory, chunk))
        list.push_back(chunk);
    return list;
}

}  // namespace heapcore
