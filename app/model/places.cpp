#include "app/model/places.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include <nlohmann/json.hpp>

namespace tricolour {

using heapcore::Heap;
using heapcore::Offset;
using nlohmann::json;

namespace {

auto order_of(const MarkedPlace& place) { return std::pair(place.chunk, place.birth); }

std::optional<std::uint32_t> number_in(const json& from, const char* key) {
    const auto found = from.find(key);
    if (found == from.end() || !found->is_number_unsigned()) return std::nullopt;
    const auto number = found->get<std::uint64_t>();
    if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(number);
}

std::optional<MarkedPlace> read_place(const json& from) {
    if (!from.is_object()) return std::nullopt;
    const auto chunk = number_in(from, "chunk"), birth = number_in(from, "birth");
    const auto text = from.find("text");
    if (!chunk || !birth || text == from.end() || !text->is_string()) return std::nullopt;
    return MarkedPlace{*chunk, *birth, text->get<std::string>()};
}

}  // namespace

bool is_there(const Heap& heap, const MarkedPlace& place) {
    if (place.chunk >= heap.size_bytes()) return false;
    return place.birth == 0 ||
           (heap.is_sane(place.chunk) && heap.origin_of(place.chunk).birth == place.birth);
}

Places::Places(std::vector<MarkedPlace> places) : rows_(std::move(places)) {
    std::ranges::stable_sort(rows_, {}, order_of);
    const auto are_same = [](const MarkedPlace& a, const MarkedPlace& b) {
        return order_of(a) == order_of(b);
    };
    rows_.erase(std::unique(rows_.begin(), rows_.end(), are_same), rows_.end());
    if (rows_.size() > most) rows_.resize(most);
}

std::optional<bool> Places::turn_over(MarkedPlace place) {
    const auto at = std::ranges::lower_bound(rows_, order_of(place), {}, order_of);
    if (at != rows_.end() && order_of(*at) == order_of(place)) {
        rows_.erase(at);
        return false;
    }
    if (rows_.size() >= most) return std::nullopt;
    rows_.insert(at, std::move(place));
    return true;
}

const MarkedPlace* Places::find(Offset chunk, std::uint32_t birth) const {
    const auto at = std::ranges::lower_bound(rows_, std::pair(chunk, birth), {}, order_of);
    return at != rows_.end() && order_of(*at) == std::pair(chunk, birth) ? &*at : nullptr;
}

const MarkedPlace* Places::beside(std::optional<Offset> chunk, std::uint32_t birth, bool is_back) const {
    if (rows_.empty()) return nullptr;
    if (!chunk) return is_back ? &rows_.back() : &rows_.front();
    const std::pair here(*chunk, birth);
    if (is_back) {
        const auto at = std::ranges::lower_bound(rows_, here, {}, order_of);
        return at == rows_.begin() ? &rows_.back() : &*std::prev(at);
    }
    const auto at = std::ranges::upper_bound(rows_, here, {}, order_of);
    return at == rows_.end() ? &rows_.front() : &*at;
}

void KeptPlaces::keep(const std::string& trace, std::span<const MarkedPlace> places) {
    std::erase_if(traces_, [&](const auto& kept) { return kept.first == trace; });
    if (places.empty()) return;
    traces_.emplace(traces_.begin(), trace, std::vector<MarkedPlace>(places.begin(), places.end()));
    if (traces_.size() > most_traces) traces_.pop_back();
}

std::vector<MarkedPlace> KeptPlaces::of(const std::string& trace) const {
    const auto found = std::ranges::find(traces_, trace, [](const auto& kept) { return kept.first; });
    return found == traces_.end() ? std::vector<MarkedPlace>() : found->second;
}

json KeptPlaces::as_json() const {
    json all = json::array();
    for (const auto& [trace, places] : traces_) {
        json rows = json::array();
        for (const MarkedPlace& place : places)
            rows.push_back({{"chunk", place.chunk}, {"birth", place.birth}, {"text", place.text}});
        all.push_back({{"trace", trace}, {"places", std::move(rows)}});
    }
    return all;
}

KeptPlaces KeptPlaces::from_json(const json& from) {
    KeptPlaces kept;
    if (!from.is_array()) return kept;
    for (const json& one : from) {
        if (!one.is_object() || kept.traces_.size() == most_traces) continue;
        const json trace = one.value("trace", json()), rows = one.value("places", json());
        if (!trace.is_string() || !rows.is_array()) continue;
        std::vector<MarkedPlace> places;
        for (const json& row : rows)
            if (auto place = read_place(row); place && places.size() < Places::most)
                places.push_back(std::move(*place));
        if (!places.empty()) kept.traces_.emplace_back(trace.get<std::string>(), std::move(places));
    }
    return kept;
}

}  // namespace tricolour
