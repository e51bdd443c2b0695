// What fuzz targets share: an input read as small numbers, and a fault that is told with the trace that led
// to it before the program ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

/// Numbers drawn from an input, a byte each; zeros behind its end.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    bool is_empty() const { return size_ == 0; }
    std::uint32_t below(std::uint32_t bound) { return next() % bound; }

private:
    std::uint32_t next() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    const std::uint8_t* data_;
    std::size_t size_;
};

inline void require(bool is_held, const std::string& sentence, const std::string& trace = {}) {
    if (is_held) return;
    std::fprintf(stderr, "%s\n%s", sentence.c_str(), trace.c_str());
    std::abort();
}
