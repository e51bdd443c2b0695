#include "linear_heap.h"

#include <algorithm>
#include <cstring>

namespace linear {

namespace {
constexpr std::uint32_t used = 1;
constexpr std::uint32_t previous_is_free = 2;
}  // namespace

LinearHeap::LinearHeap(std::uint32_t size_bytes, std::uint32_t word_bytes)
    : bytes_(size_bytes), alignment_(word_bytes), smallest_(word_bytes == 8 ? 32 : 16) {
    put_header(0, size_bytes << 8);
    give(0);
}

std::uint32_t LinearHeap::header(std::uint32_t chunk) const {
    std::uint32_t bits;
    std::memcpy(&bits, &bytes_[chunk], sizeof bits);
    return bits;
}

void LinearHeap::put_header(std::uint32_t chunk, std::uint32_t bits) {
    std::memcpy(&bytes_[chunk], &bits, sizeof bits);
}

std::optional<std::uint32_t> LinearHeap::chunk_before(std::uint32_t chunk) const {
    std::optional<std::uint32_t> before;
    for (std::uint32_t at = 0; at < chunk; at = end_of(at))
        before = at;
    return before;
}

void LinearHeap::unlist(std::uint32_t chunk) { std::erase(free_list_, chunk); }

std::optional<std::uint32_t> LinearHeap::allocate(std::uint32_t type, std::uint64_t request) {
    std::uint64_t needed =
        std::max<std::uint64_t>((request + 4 + alignment_ - 1) / alignment_ * alignment_, smallest_);
    if (request > bytes_.size()) return std::nullopt;
    const auto found = std::find_if(free_list_.begin(), free_list_.end(),
                                    [&](std::uint32_t at) { return size_of(at) >= needed; });
    if (found == free_list_.end()) return std::nullopt;
    const std::uint32_t chunk = *found;
    free_list_.erase(found);
    const std::uint32_t size = size_of(chunk);
    free_bytes_ -= size;
    if (size >= needed + smallest_) {
        const auto kept = static_cast<std::uint32_t>(needed);
        put_header(chunk + kept, (size - kept) << 8);
        put_header(chunk, kept << 8);
        give(chunk + kept);
    }
    if (end_of(chunk) < bytes_.size()) put_header(end_of(chunk), header(end_of(chunk)) & ~previous_is_free);
    put_header(chunk, (header(chunk) & ~0xfcu) | type << 4 | used);
    return chunk;
}

// What is free and in no list yet: joined with what follows if that is free, then listed.
void LinearHeap::give(std::uint32_t chunk) {
    free_bytes_ += size_of(chunk);
    const std::uint32_t next = end_of(chunk);
    if (next < bytes_.size() && !(header(next) & used)) {
        unlist(next);
        put_header(chunk, (size_of(chunk) + size_of(next)) << 8);
    }
    const auto place = std::find_if(free_list_.begin(), free_list_.end(),
                                    [&](std::uint32_t at) { return size_of(at) >= size_of(chunk); });
    free_list_.insert(place, chunk);
    if (end_of(chunk) < bytes_.size()) put_header(end_of(chunk), header(end_of(chunk)) | previous_is_free);
}

std::uint32_t LinearHeap::free(std::uint32_t chunk) {
    put_header(chunk, header(chunk) & ~used);
    const auto before = chunk_before(chunk);
    if (before && !(header(*before) & used)) {
        unlist(*before);
        free_bytes_ -= size_of(*before);
        put_header(*before, (size_of(*before) + size_of(chunk)) << 8);
        chunk = *before;
    }
    give(chunk);
    return size_of(chunk);
}

void LinearHeap::retype(std::uint32_t chunk, std::uint32_t type) {
    put_header(chunk, (header(chunk) & ~0xf0u) | type << 4);
}

std::optional<std::uint32_t> LinearHeap::clone(std::uint32_t chunk) {
    return allocate(header(chunk) >> 4 & 15, size_of(chunk));
}

}  // namespace linear
