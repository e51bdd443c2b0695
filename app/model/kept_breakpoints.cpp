#include "app/model/kept_breakpoints.h"

#include <algorithm>
#include <concepts>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace tricolour {

using namespace heapcore;
using nlohmann::json;

namespace {

std::string_view word_of(BreakpointKind kind) { return row_of(kind).word; }

template <typename Enum>
constexpr std::size_t count_of = static_cast<std::size_t>(Enum::count_);
template <>
constexpr std::size_t count_of<Colour> = colour_count;
template <>
constexpr std::size_t count_of<AllocationType> = allocation_type_count;

/// Where a field stands in the file.
template <typename Visitor, typename Visited>
void visit(Visitor&& each, Visited& breakpoint) {
    each("when", breakpoint.kind);
    each("phase", breakpoint.phase);
    each("colour", breakpoint.colour);
    each("chunk", breakpoint.chunk.offset);
    each("birth", breakpoint.chunk.birth);
    each("name", breakpoint.chunk.name);
    each("type", breakpoint.type);
    each("bytes", breakpoint.bytes);
    each("first", breakpoint.first);
    each("end", breakpoint.end);
    each("cell", breakpoint.cell);
}

template <typename Value>
json json_of(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
        using heapcore::word_of;
        using tricolour::word_of;
        return word_of(value);
    } else {
        return value;
    }
}
template <typename Value>
json json_of(const std::optional<Value>& value) {
    return value ? json_of(*value) : json();
}

/// False: it is none.
template <typename Value>
bool read(const json& from, Value& value) {
    if constexpr (std::is_enum_v<Value>) {
        for (std::size_t i = 0; i < count_of<Value>; ++i) {
            value = static_cast<Value>(i);
            if (json_of(value) == from) return true;
        }
        return false;
    } else if constexpr (std::is_same_v<Value, std::string>) {
        if (from.is_string()) value = from.get<std::string>();
        return from.is_string();
    } else {
        const bool fits =
            from.is_number_unsigned() && from.get<std::uint64_t>() <= std::numeric_limits<Value>::max();
        if (fits) value = from.get<Value>();
        return fits;
    }
}
template <typename Value>
bool read(const json& from, std::optional<Value>& value) {
    if (from.is_null()) return true;
    return read(from, value.emplace());
}

json json_of(const KeptBreakpoints::Entry& entry) {
    json to = {{"is_enabled", entry.is_enabled}};
    visit([&](const char* key, const auto& field) { to[key] = json_of(field); }, entry.breakpoint);
    return to;
}

std::optional<KeptBreakpoints::Entry> read_entry(const json& from) {
    KeptBreakpoints::Entry entry;
    bool is_good = from.is_object();
    const auto read_field = [&](const char* key, auto& field) {
        is_good = is_good && from.contains(key) && read(from[key], field);
    };
    visit(read_field, entry.breakpoint);
    if (!is_good) return std::nullopt;
    entry.is_enabled = from.value("is_enabled", json(true)) != json(false);
    return entry;
}

}  // namespace

void KeptBreakpoints::keep(const std::string& trace, std::span<const KnownHits> breakpoints) {
    std::erase_if(traces_, [&](const auto& kept) { return kept.first == trace; });
    if (breakpoints.empty()) return;
    std::vector<Entry> entries;
    for (const KnownHits& known : breakpoints.first(std::min(breakpoints.size(), most_of_a_trace)))
        entries.push_back({reduced(known.breakpoint), known.is_enabled});
    traces_.emplace(traces_.begin(), trace, std::move(entries));
    if (traces_.size() > most_traces) traces_.pop_back();
}

std::vector<KeptBreakpoints::Entry> KeptBreakpoints::of(const std::string& trace) const {
    const auto found = std::ranges::find(traces_, trace, [](const auto& kept) { return kept.first; });
    return found == traces_.end() ? std::vector<Entry>() : found->second;
}

json KeptBreakpoints::as_json() const {
    json all = json::array();
    for (const auto& [trace, entries] : traces_) {
        json breakpoints = json::array();
        for (const Entry& entry : entries)
            breakpoints.push_back(json_of(entry));
        all.push_back({{"trace", trace}, {"breakpoints", std::move(breakpoints)}});
    }
    return all;
}

KeptBreakpoints KeptBreakpoints::from_json(const json& from) {
    KeptBreakpoints kept;
    if (!from.is_array()) return kept;
    for (const json& one : from) {
        if (!one.is_object() || kept.traces_.size() == most_traces) continue;
        const json trace = one.value("trace", json());
        const json breakpoints = one.value("breakpoints", json());
        if (!trace.is_string() || !breakpoints.is_array()) continue;
        std::vector<Entry> entries;
        for (const json& breakpoint : breakpoints)
            if (const auto entry = read_entry(breakpoint); entry && entries.size() < most_of_a_trace)
                entries.push_back(*entry);
        if (!entries.empty()) kept.traces_.emplace_back(trace.get<std::string>(), std::move(entries));
    }
    return kept;
}

}  // namespace tricolour
