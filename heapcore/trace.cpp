#include "heapcore/trace.h"

#include <algorithm>

namespace heapcore {
namespace {

/// Neighbours in name (n120, n121, …) get neighbouring slots: traces use them together.
std::uint32_t hash_of(std::string_view text) {
    std::uint64_t hash = text.size();
    for (const char c : text) {
        hash = hash * 0x9e3779b97f4a7c15 + static_cast<unsigned char>(c);
    }
    return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

/// The first bytes and how long the text is: all of it, if it is no longer than they are.
constexpr std::size_t beginning_bytes = 7;
std::uint64_t beginning_of(std::string_view text) {
    std::uint64_t beginning = std::min(text.size(), beginning_bytes + 1) << 56;
    for (std::size_t i = 0; i < std::min(text.size(), beginning_bytes); ++i) {
        beginning |= std::uint64_t{static_cast<unsigned char>(text[i])} << 8 * i;
    }
    return beginning;
}

}  // namespace

std::uint32_t StringTable::add(std::string_view text) {
    if (strings_.size() >= slots_.size() / 2) {
        grow();
    }
    const std::uint32_t hash = hash_of(text);
    const std::uint64_t beginning = beginning_of(text);
    Slot& slot = slot_for(text, beginning, hash);
    if (slot.id == no_id) {
        slot = {beginning, hash, size()};
        strings_.push_back(keep(text));
    }
    return slot.id;
}

std::optional<std::uint32_t> StringTable::find(std::string_view text) const {
    if (slots_.empty()) {
        return std::nullopt;
    }
    const std::uint32_t id =
        const_cast<StringTable*>(this)->slot_for(text, beginning_of(text), hash_of(text)).id;
    return id == no_id ? std::nullopt : std::optional(id);
}

StringTable::StringTable(const StringTable& other) : slots_(other.slots_) {
    strings_.reserve(other.strings_.size());
    for (const std::string_view text : other.strings_) {
        strings_.push_back(keep(text));
    }
}

StringTable& StringTable::operator=(const StringTable& other) { return *this = StringTable(other); }

std::string_view StringTable::keep(std::string_view text) {
    constexpr std::size_t smallest_block = 1 << 10;
    constexpr std::size_t largest_block = 1 << 20;
    if (blocks_.empty() || blocks_.back().capacity - blocks_.back().used < text.size()) {
        const std::size_t doubled = blocks_.empty() ? smallest_block : blocks_.back().capacity * 2;
        const std::size_t capacity = std::max(text.size(), std::min(doubled, largest_block));
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(capacity), 0, capacity});
    }
    Block& block = blocks_.back();
    char* const bytes = block.bytes.get() + block.used;
    std::copy(text.begin(), text.end(), bytes);
    block.used += text.size();
    return {bytes, text.size()};
}

StringTable::Slot& StringTable::slot_for(std::string_view text, std::uint64_t beginning, std::uint32_t hash) {
    const std::size_t mask = slots_.size() - 1;
    const bool is_whole = text.size() <= beginning_bytes;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        Slot& slot = slots_[at];
        if (slot.id == no_id) {
            return slot;
        }
        if (slot.beginning != beginning || slot.hash != hash) {
            continue;
        }
        if (is_whole || strings_[slot.id] == text) {
            return slot;
        }
    }
}

void StringTable::grow() {
    std::vector<Slot> old = std::move(slots_);
    slots_.assign(std::max<std::size_t>(16, old.size() * 2), Slot{});
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.id != no_id) {
            std::size_t at = slot.hash & mask;
            while (slots_[at].id != no_id) {
                at = (at + 1) & mask;
            }
            slots_[at] = slot;
        }
    }
}

std::string TraceLimits::largest_text() const {
    constexpr unsigned gib = 30;
    const bool is_gib = bytes >> gib << gib == bytes;
    return "a trace has at most " + std::to_string(is_gib ? bytes >> gib : bytes) +
           (is_gib ? " GiB" : " bytes");
}

std::string_view Trace::source_line(std::uint32_t line) const {
    if (!source || line == 0 || line > line_starts.size()) {
        return {};
    }
    const std::uint64_t begin = line_starts[line - 1];
    const std::uint64_t end = line < line_starts.size() ? line_starts[line] : source->size();
    std::string_view text = std::string_view(*source).substr(begin, end - begin);
    text.remove_suffix(text.ends_with('\n') ? 1 : 0);
    text.remove_suffix(text.ends_with('\r') ? 1 : 0);
    return text;
}

std::string TraceError::text() const {
    std::string place = file.empty() ? "" : file + ":";
    if (line != 0) {
        place += std::to_string(line) + ":" + std::to_string(column) + ":";
    }
    return place + (place.empty() ? "" : " ") + "error: " + message;
}

}  // namespace heapcore
