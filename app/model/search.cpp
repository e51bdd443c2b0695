#include "app/model/search.h"

#include "app/model/cell_text.h"
#include "app/model/heap_place.h"
#include "app/model/narration.h"
#include "app/model/text_match.h"
#include "app/model/trace_view.h"
#include "heapcore/object.h"
#include "heapcore/trace_tokens.h"

#include <algorithm>
#include <cctype>

namespace tricolour {

using namespace heapcore;

namespace {

constexpr std::uint32_t chunks_between_looks = 128;  // at the clock
constexpr std::uint32_t most_looked_for_example = 4'000;

constexpr std::array kind_rows = {
    HitKindRow{HitKind::place, "Places of the trace", "An operation, a step or a phase of it, or a line."},
    HitKindRow{HitKind::bookmark, "Bookmarks", "Bookmarks of the trace by their titles."},
    HitKindRow{HitKind::byte, "Places of the heap", "The chunk that holds an address or an offset."},
    HitKindRow{HitKind::name, "Names",
               "Chunks by the names that the trace gives them; a name typed in full first."},
    HitKindRow{HitKind::of_class, "Classes", "Classes by their names."},
    HitKindRow{HitKind::instance, "Instances",
               "Objects, arrays, strings and weak references of such a class."},
    HitKindRow{HitKind::text, "Text in strings", "Strings by the text they hold."},
};
static_assert(kind_rows.size() == hit_kind_count);

bool is_in_trace(HitKind kind) { return kind == HitKind::place || kind == HitKind::bookmark; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string capital(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

/// What can be nothing but a place of the trace.
bool looks_like_place(std::string_view typed) {
    if (is_of_a_line(typed)) return true;
    const std::size_t digits = std::min(typed.find_first_not_of("0123456789"), typed.size());
    return digits > 0 && (digits == typed.size() || typed[digits] == '.');
}

/// A chunk's name, or what it is where it has none; its address stands beside it.
std::string title_of(const Session& session, Offset chunk) {
    std::string title = describe_chunk(session.machine(), session.trace(), chunk);
    std::erase(title, '`');
    if (const std::size_t at = title.find(" at 0x"); at != std::string::npos) title.resize(at);
    if (title.starts_with("the ")) title.erase(0, 4);
    return title;
}

/// The part of a string's text that holds what was typed.
std::string quotation(const std::string& text, std::string_view typed) {
    constexpr std::size_t most_before = 12;
    std::size_t from = find_alike(text, typed).value_or(0);
    from = from > most_before ? from - most_before : 0;
    while (from > 0 && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80)
        --from;
    const std::string part = row_text(std::string_view(text).substr(from), 120);
    return (from > 0 ? "\xe2\x80\xa6" : "\"") + part + (part.ends_with("\xe2\x80\xa6") ? "" : "\"");
}

HitText place_text(const Session& session, const TracePlace& place) {
    const Trace& trace = session.trace();
    const Position position = place.position;
    const bool is_within = position.step > 0 || place.phase;
    if (position.operation == 0 && !is_within) return {"Start", "before the first operation"};
    const std::size_t number = position.operation + (is_within ? 1 : 0);
    const Operation& operation = trace.operations[number - 1];
    HitText text{"Operation " + count_text(number), row_text(line_text(trace, operation))};
    if (position.step > 0) text.title += ", step " + count_text(position.step);
    if (place.phase) text.title += ", " + std::string(word_of(*place.phase));
    if (operation.line > 0) text.title += " \xc2\xb7 line " + count_text(operation.line);
    return text;
}

}  // namespace

const HitKindRow& row_of(HitKind kind) { return kind_rows[static_cast<std::size_t>(kind)]; }

HitText text_of(const Session& session, const Hit& hit, std::string_view typed) {
    const Heap& heap = session.heap();
    const Trace& trace = session.trace();
    if (hit.kind == HitKind::place) return place_text(session, hit.place);
    if (hit.kind == HitKind::bookmark) {
        const Operation& operation = trace.operations[hit.place.position.operation - 1];
        return {row_text(trace.texts[operation.text]),
                "operation " + count_text(hit.place.position.operation)};
    }
    if (hit.kind == HitKind::text)
        return {quotation(string_text(heap, hit.chunk), typed), address_text(heap, hit.chunk)};
    HitText text{title_of(session, hit.chunk), address_text(heap, hit.chunk)};
    if (hit.kind == HitKind::byte && hit.byte != hit.chunk)
        text.detail += " + " + count_text(hit.byte - hit.chunk);
    return text;
}

// --- looking ------------------------------------------------------------------------------------

void Search::update(const Session& session, const MapModel& map, std::string_view typed,
                    const std::function<bool()>& should_stop) {
    Key key{instant_of(session), std::string(trimmed(typed)), session.index().bookmarks.size()};
    if (key != key_) {
        clear();
        key_ = std::move(key);
        typed_ = key_.typed;
        begin(session, map);
    }
    const Offset granule = map.granule_bytes();
    for (std::uint32_t looks = 0; is_under_way_ && cursor_ < map.granules();
         cursor_ = map.start_after(cursor_)) {
        if (++looks % chunks_between_looks == 0 && should_stop()) return;
        look_at(session, cursor_ * granule);
    }
    is_under_way_ = false;
}

bool Search::is_of(std::string_view typed) const { return trimmed(typed) == typed_; }

void Search::begin(const Session& session, const MapModel& map) {
    if (typed_.empty()) return;
    is_under_way_ = true;
    find_places(session);
    find_byte(session, map);
    find_exact_name(session);
}

void Search::find_places(const Session& session) {
    const Trace& trace = session.trace();
    if (const auto place = read_counted_place(trace, typed_))
        places_.push_back(*place);
    else if (looks_like_place(typed_))
        problem_ = capital(place.error()) + '.';
    for (const std::size_t index : session.index().bookmarks)
        if (find_alike(trace.texts[trace.operations[index].text], typed_))
            bookmarks_.push_back({{index + 1, 0}, {}});
}

void Search::find_byte(const Session& session, const MapModel& map) {
    const auto place = read_heap_place(session.heap(), typed_);
    if (!place) return;
    if (*place) {
        found(HitKind::byte).push_back(**place);
        chunk_of_byte_ = map.chunk_at(**place);
    }
    problem_ = *place ? "" : capital(place->error()) + '.';
}

void Search::find_exact_name(const Session& session) {
    const auto name = session.trace().names.find(typed_);
    if (!name) return;
    const auto chunk = session.machine().chunk_named(*name);
    if (!chunk) {
        problem_ = shown(typed_) + " names no chunk at this position.";
    } else if (!is_class_meant(session.heap(), *chunk)) {
        exact_name_ = *chunk;
        found(HitKind::name).push_back(*chunk);
    }
}

// A class's chunk is listed as that and not by its name once more.
void Search::look_at(const Session& session, Offset chunk) {
    const Heap& heap = session.heap();
    const Header header = heap.header(chunk);
    bool is_hit = chunk == chunk_of_byte_ || chunk == exact_name_;
    const auto add = [&](HitKind kind) {
        found(kind).push_back(chunk);
        is_hit = true;
    };
    if (header.is_in_use()) {
        const NameId name = session.machine().name_of(chunk);
        if (is_class_meant(heap, chunk))
            add(HitKind::of_class);
        else if (name != no_id && chunk != exact_name_ && find_alike(session.trace().names[name], typed_))
            add(HitKind::name);
        if (is_object_type(header.type()) && is_instance_meant(heap, chunk)) add(HitKind::instance);
        if (header.type() == AllocationType::string && find_alike(string_text(heap, chunk), typed_))
            add(HitKind::text);
    }
    if (is_hit) chunks_.push_back(chunk);
}

bool Search::is_class_meant(const Heap& heap, Offset chunk) const {
    return is_class_type(heap.header(chunk).type()) &&
           find_alike(class_text(class_name(heap, user_of(chunk))), typed_);
}

bool Search::is_instance_meant(const Heap& heap, Offset chunk) {
    if (user_of(chunk) + heap.geometry().word_bytes > body_end(heap, chunk)) return false;
    const Address address = heap.memory.load_word(user_of(chunk));
    const auto [known, is_new] = is_meant_.try_emplace(address, false);
    if (is_new)
        if (const auto user = class_of(heap, chunk))
            known->second = find_alike(class_text(class_name(heap, *user)), typed_).has_value();
    return known->second;
}

// --- what was found -----------------------------------------------------------------------------

std::uint64_t Search::count(HitKind kind) const {
    if (kind == HitKind::place) return places_.size();
    if (kind == HitKind::bookmark) return bookmarks_.size();
    return found_[static_cast<std::size_t>(kind)].size();
}

std::uint64_t Search::count() const {
    std::uint64_t all = 0;
    for (const HitKindRow& row : kind_rows)
        all += count(row.kind);
    return all;
}

Hit Search::hit(std::uint64_t index) const {
    for (const HitKindRow& row : kind_rows) {
        if (index >= count(row.kind)) {
            index -= count(row.kind);
            continue;
        }
        if (is_in_trace(row.kind))
            return {row.kind, (row.kind == HitKind::place ? places_ : bookmarks_)[index], no_chunk, 0};
        const Offset at = found_[static_cast<std::size_t>(row.kind)][index];
        return {row.kind,
                {},
                row.kind == HitKind::byte ? chunk_of_byte_ : at,
                row.kind == HitKind::byte ? at : 0};
    }
    return {};
}

std::optional<std::uint64_t> Search::index_of(const Hit& hit) const {
    std::uint64_t before = 0;
    for (const HitKindRow& row : kind_rows) {
        if (row.kind == hit.kind) break;
        before += count(row.kind);
    }
    const auto index_in = [&](const auto& hits, auto found) -> std::optional<std::uint64_t> {
        if (found == hits.end()) return std::nullopt;
        return before + static_cast<std::uint64_t>(found - hits.begin());
    };
    if (hit.kind == HitKind::place) return index_in(places_, std::ranges::find(places_, hit.place));
    if (hit.kind == HitKind::bookmark) return index_in(bookmarks_, std::ranges::find(bookmarks_, hit.place));
    // Ascending but for a name typed in full, which stands first.
    const auto& offsets = found_[static_cast<std::size_t>(hit.kind)];
    const Offset wanted = hit.kind == HitKind::byte ? hit.byte : hit.chunk;
    if (!offsets.empty() && offsets.front() == wanted) return before;
    const auto rest = offsets.begin() + (offsets.empty() ? 0 : 1);
    const auto place = std::lower_bound(rest, offsets.end(), wanted);
    return index_in(offsets, place != offsets.end() && *place == wanted ? place : offsets.end());
}

std::string Search::count_text(std::optional<std::uint64_t> index) const {
    const std::uint64_t all = count();
    if (all == 0) return {};
    const std::string hits = tricolour::count_text(all) + (all == 1 ? " hit" : " hits");
    return (index ? tricolour::count_text(*index + 1) + " of " : "") + hits +
           (is_under_way_ ? " so far" : "");
}

std::string Search::state_text() const {
    if (typed_.empty() || count() > 0) return {};
    if (is_under_way_) return "Looking\xe2\x80\xa6";
    if (!problem_.empty()) return problem_;
    return "No name, class, text or bookmark here has " + shown(typed_) + " in it.";
}

// --- what can be typed --------------------------------------------------------------------------

std::vector<SearchExample> examples_of(const Session& session, const MapModel& map) {
    const Heap& heap = session.heap();
    const Trace& trace = session.trace();
    std::string name, class_named, word;
    Offset chunk = no_chunk;
    std::uint32_t granule = 0;
    const auto has_all = [&] { return !name.empty() && !class_named.empty() && !word.empty(); };
    for (std::uint32_t looks = 0; looks < most_looked_for_example && granule < map.granules() && !has_all();
         ++looks, granule = map.start_after(granule)) {
        const Offset at = granule * map.granule_bytes();
        const Header header = heap.header(at);
        if (!header.is_in_use()) continue;
        const NameId id = session.machine().name_of(at);
        if (name.empty() && id != no_id && is_object_type(header.type())) {
            name = trace.names[id];
            chunk = at;
        }
        const auto user = is_object_type(header.type()) ? class_of(heap, at) : std::nullopt;
        if (class_named.empty() && user) class_named = class_text(class_name(heap, *user));
        if (word.empty() && header.type() == AllocationType::string) {
            const std::string text = row_text(string_text(heap, at), 24);
            word = text.substr(0, text.find(' '));
        }
    }
    if (chunk == no_chunk) chunk = map.chunk_at(map.used_end() > 0 ? map.used_end() - 1 : 0);

    std::vector<SearchExample> examples;
    const auto add = [&](std::string typed, std::string_view what) {
        if (!typed.empty()) examples.push_back({std::move(typed), what});
    };
    add(name, "a chunk by its name");
    add(class_named, "a class and its instances");
    add(word, "text in a string");
    add(address_text(heap, chunk), "an address");
    add("+" + hex_text(chunk), "an offset from the heap's start");
    if (trace.operations.empty()) return examples;
    const std::size_t middle = trace.operations.size() / 2;
    add(std::to_string(middle + 1), "an operation");
    if (!session.index().collections.empty())
        add(std::to_string(session.index().collections.front() + 1) + ".sweep", "where it begins to sweep");
    if (trace.operations[middle].line > 0)
        add("line:" + std::to_string(trace.operations[middle].line), "a line of the trace");
    if (!session.index().bookmarks.empty())
        add(row_text(trace.texts[trace.operations[session.index().bookmarks.front()].text], 60),
            "a bookmark");
    return examples;
}

}  // namespace tricolour
