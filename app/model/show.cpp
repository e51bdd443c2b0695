#include "app/model/show.h"

#include "app/model/chunk_cells.h"
#include "app/model/heap_place.h"
#include "app/model/interruption.h"
#include "app/model/legend.h"
#include "app/model/narration.h"
#include "app/model/root_rows.h"
#include "app/model/text_map.h"
#include "app/model/text_table.h"
#include "app/model/timeline.h"
#include "app/model/trace_place.h"
#include "app/model/trace_view.h"
#include "heapcore/trace_tokens.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace tricolour {

using namespace heapcore;

namespace {

constexpr std::size_t most_chunks_listed = 40;
constexpr std::size_t most_free_listed = 20;
constexpr std::uint64_t most_roots_listed = 20;
constexpr std::size_t operations_between_looks = 1u << 16;  // at an interruption

std::string counted(std::uint64_t count, std::string_view noun) {
    return count_text(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

/// Bytes of the heap, [first, end).
struct ByteRange {
    Offset first = 0;
    Offset end = 0;
};

/// Which rows of a table are listed: so many, with one that matters in their middle.
struct Excerpt {
    std::size_t first = 0;
    std::size_t end = 0;

    Excerpt(std::size_t rows, std::size_t most, std::size_t centre)
        : first(std::min(centre - std::min(centre, most / 2), rows - std::min(rows, most))),
          end(first + std::min(rows, most)) {}
};

/// The text of `tricolour show`, part by part.
class Page {
public:
    Page(std::ostream& out, const Session& session, const MapModel& map, const ShowOptions& options)
        : out_(out), session_(session), map_(map), options_(options), interruption_(options.progress) {
        if (const auto step = session.current_step(); step && step->chunk < heap().size_bytes())
            now_ = map.chunk_at(step->chunk);
    }

    void write_place() const;
    void write_heap() const;
    void write_map(ByteRange range) const;
    void write_chunks(ByteRange range) const;
    void write_free_list(ByteRange) const;
    void write_roots(ByteRange) const;

private:
    const Heap& heap() const { return session_.heap(); }
    const Trace& trace() const { return session_.trace(); }
    std::string newest_say() const;
    void write_sentence(std::string_view text) const;
    void write_key(const TextMap& text_map) const;
    void write_legend() const;
    std::string map_cell(Offset chunk) const;
    std::vector<Offset> chunks_in(ByteRange range) const;
    /// The listed free chunks; `end`: where the list leads behind the last of them.
    std::vector<Offset> free_list(Offset& end) const;
    void write_excerpt(const TextTable& table, const Excerpt& shown, std::size_t rows) const;
    void write_left_out(std::uint64_t rows) const;
    std::size_t most(std::size_t listed) const { return options_.wants_all ? heap().most_chunks() : listed; }

    std::ostream& out_;
    const Session& session_;
    const MapModel& map_;
    const ShowOptions& options_;
    const Interruption interruption_;
    Offset now_ = no_chunk;
};

/// The signs of the window's sentences that a terminal may lack or a screen reader may swallow, replaced.
std::string in_ascii(std::string text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 2> replacements = {
        {{" \xc2\xb7 ", ", "}, {"\xe2\x86\x92", "->"}}};
    for (const auto& [sign, ascii] : replacements)
        for (std::size_t at = 0; (at = text.find(sign, at)) != std::string::npos; at += ascii.size())
            text.replace(at, sign.size(), ascii);
    return text;
}

/// Breaks lines between words.
std::string wrapped(std::string_view text, std::size_t columns) {
    std::string lines;
    std::size_t column = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string_view word = text.substr(at, end - at);
        const auto width = static_cast<std::size_t>(std::ranges::count_if(
            word, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
        if (column > 0 && column + 1 + width > columns) {
            lines += '\n';
            column = 0;
        } else if (column > 0) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += width;
        at = end + 1;
    }
    return lines;
}

void Page::write_sentence(std::string_view text) const {
    out_ << wrapped(row_text(text), options_.columns) << '\n';
}

std::string Page::newest_say() const {
    std::size_t end = session_.current_operation().value_or(0);
    while (end-- > 0) {
        const Operation& operation = trace().operations[end];
        if (operation.kind == OperationKind::say) return std::string(trace().texts[operation.text]);
    }
    return {};
}

void Page::write_place() const {
    const auto current = session_.current_operation();
    const std::string all = counted(trace().operations.size(), "operation");
    if (!current) {
        out_ << trace().file << ": before the first of " << all << '\n';
        return;
    }
    const Operation& operation = trace().operations[*current];
    out_ << trace().file << ':' << operation.line << ": operation " << count_text(*current + 1) << " of "
         << all.substr(0, all.find(' ')) << ", step " << count_text(session_.current_step_number()) << " of "
         << count_text(session_.current_step_count()) << '\n';
    out_ << "    " << row_text(line_text(trace(), operation)) << '\n';
    const auto step = session_.current_step();
    if (const std::string said = newest_say(); !said.empty() && !(step && step->kind == StepKind::said))
        write_sentence('"' + said + '"');
    if (step) {
        const std::string phase(heap().get(Register::phase) ? std::string(phase_text(heap())) + ". " : "");
        write_sentence(phase + narrate(session_.machine(), trace(), *step));
    }
    if (session_.position().step == 0 && session_.current_outcome().kind == Outcome::expectation_failed)
        write_sentence("Expect failed: " + session_.current_outcome().message);
}

void Page::write_heap() const {
    const HeapFigures figures = figures_of(heap());
    const std::uint64_t free_chunks = heap().get(Register::free_chunks);
    const std::uint64_t used_chunks = heap().get(Register::chunks) - free_chunks;
    const std::string used = bytes_text(figures.used_bytes()) + " in " + counted(used_chunks, "chunk");
    std::string free = bytes_text(figures.free_bytes) + " in " + counted(free_chunks, "chunk");
    if (free_chunks > 1) free += ", the largest " + bytes_text(figures.largest_free_bytes);
    write_sentence("Heap: " + bytes_text(figures.heap_bytes) + " from " + address_text(heap(), 0) +
                   ", words of " + std::to_string(heap().geometry().word_bytes) +
                   " bytes. In use: " + (used_chunks == 0 ? "nothing" : used) +
                   ". Free: " + (free_chunks == 0 ? "nothing" : free) + '.');
}

void Page::write_map(ByteRange range) const {
    const ChunkCells cells(session_.machine(), trace());
    TextMapOptions options;
    options.first = range.first;
    options.end = range.end;
    options.columns = options_.columns;
    options.cell_bytes = options_.cell_bytes;
    options.now = now_;
    const Palette palette = options_.has_colours ? load_palette("dark") : Palette{};
    if (options_.has_colours) options.palette = &palette;
    options.name_of = [&](Offset chunk) {
        const std::string name = cells.name(chunk);
        return name == ChunkCells::none ? std::string() : name;
    };
    const TextMap text_map(map_, heap(), options);
    write_key(text_map);
    out_ << '\n';
    write_legend();
    out_ << '\n';
    text_map.write(out_);
}

void Page::write_key(const TextMap& text_map) const {
    out_ << "Map\n";
    for (const std::string& sentence : text_map.key())
        write_sentence(sentence);
    if (now_ == no_chunk) return;
    write_sentence("^ under a chunk: the step is about it, " +
                   describe_chunk(session_.machine(), trace(), now_) + '.');
}

void Page::write_legend() const {
    const Legend legend = legend_of(map_, heap());
    std::vector<TextTable::Column> columns = {{"letter"}, {"type"}};
    std::vector<std::string> titles;
    for (std::uint32_t i = 0; i < colour_count; ++i)
        titles.push_back(std::string(word_of(static_cast<Colour>(i))) + ' ' +
                         sign_of(static_cast<Colour>(i)));
    for (const std::string& title : titles)
        columns.push_back({title, true});
    columns.push_back({"bytes", true});
    TextTable table(columns);
    const auto add = [&](std::string letter, std::string type, const std::array<Tally, colour_count>& colours,
                         const Tally& total) {
        std::vector<std::string> row = {std::move(letter), std::move(type)};
        for (const Tally& tally : colours)
            row.push_back(tally.chunks ? count_text(tally.chunks) : ChunkCells::none);
        row.push_back(count_text(total.bytes));
        table.add(std::move(row));
    };
    for (const LegendRow& row : legend.rows)
        if (row.total.chunks > 0)
            add(std::string(1, letter_of(row.type)), std::string(word_of(row.type)), row.colours, row.total);
    add("", "in use", legend.colours, legend.in_use);
    table.write(out_, interruption_);
}

std::string Page::map_cell(Offset chunk) const {
    const Header header = heap().header(chunk);
    return (header.is_in_use() ? glyph_of(header.type(), header.colour()) : "  ") +
           (chunk == now_ ? "^" : "");
}

std::vector<Offset> Page::chunks_in(ByteRange range) const {
    std::vector<Offset> chunks;
    const std::uint32_t granule = map_.granule_bytes();
    for (std::uint32_t at = map_.start_before(range.first / granule);
         at < map_.granules() && at * granule < range.end; at = map_.start_after(at))
        chunks.push_back(at * granule);
    return chunks;
}

void Page::write_excerpt(const TextTable& table, const Excerpt& shown, std::size_t rows) const {
    if (shown.first > 0) out_ << "... " << count_text(shown.first) << " before these (--all)\n";
    if (!table.is_empty()) table.write(out_, interruption_);
    write_left_out(rows - shown.end);
}

void Page::write_left_out(std::uint64_t rows) const {
    if (rows > 0) out_ << "... and " << count_text(rows) << " more (--all)\n";
}

void Page::write_chunks(ByteRange range) const {
    const ChunkCells cells(session_.machine(), trace());
    const std::vector<Offset> chunks = chunks_in(range);
    const auto now = std::ranges::lower_bound(chunks, now_);
    const bool has_now = now != chunks.end() && *now == now_;
    const Excerpt shown(chunks.size(), most(most_chunks_listed),
                        has_now ? static_cast<std::size_t>(now - chunks.begin()) : 0);
    TextTable table(
        {{"map"}, {"address"}, {"size", true}, {"type"}, {"colour"}, {"state"}, {"P"}, {"name"}, {"class"}});
    for (std::size_t i = shown.first; i < shown.end; ++i) {
        const Header header = heap().header(chunks[i]);
        table.add({map_cell(chunks[i]), address_text(heap(), chunks[i]), cells.size(chunks[i]),
                   cells.type(chunks[i]), cells.colour(chunks[i]), header.is_in_use() ? "used" : "free",
                   header.is_previous_free() ? "P" : ChunkCells::none, cells.name(chunks[i]),
                   cells.class_of_object(chunks[i])});
    }
    out_ << "Chunks: " << count_text(chunks.size()) << ". P: the one before is free.\n";
    write_excerpt(table, shown, chunks.size());
}

// A program may have broken the list: nothing in it is trusted.
std::vector<Offset> Page::free_list(Offset& end) const {
    const FreeList& list = heap().free_list();
    const auto is_free_chunk = [&](Offset at) {
        return at < heap().size_bytes() && map_.chunk_at(at) == at && !heap().header(at).is_in_use();
    };
    std::vector<Offset> chunks;
    for (end = list.first(heap().memory); is_free_chunk(end) && chunks.size() <= heap().most_chunks();
         end = list.next(heap().memory, end))
        chunks.push_back(end);
    return chunks;
}

void Page::write_free_list(ByteRange) const {
    Offset end = no_chunk;
    const std::vector<Offset> chunks = free_list(end);
    const auto now = static_cast<std::size_t>(std::ranges::find(chunks, now_) - chunks.begin());
    const Excerpt shown(chunks.size(), most(most_free_listed), now < chunks.size() ? now : 0);
    TextTable table({{"number", true}, {"address"}, {"size", true}});
    for (std::size_t i = shown.first; i < shown.end; ++i)
        table.add({count_text(i + 1), address_text(heap(), chunks[i]) + (i == now ? " ^" : ""),
                   std::to_string(heap().header(chunks[i]).size_bytes())});
    out_ << "Free list: " << counted(chunks.size(), "chunk")
         << (chunks.size() > 1 ? ", smallest first.\n" : ".\n");
    write_excerpt(table, shown, chunks.size());
    if (end != heap().free_list().end()) out_ << "From there it leads to no free chunk.\n";
}

void Page::write_roots(ByteRange) const {
    RootRows rows;
    rows.update(session_);
    out_ << "Roots\n";
    for (std::size_t i = 0; i < root_section_count; ++i) {
        const auto section = static_cast<RootSection>(i);
        const std::uint64_t count = rows.row_count(section);
        const bool is_about_marking = section == RootSection::mark_stack || section == RootSection::weak_met;
        if (is_about_marking && !rows.is_collecting()) continue;
        const RootSectionRow& about = row_of(section);
        if (count == 0 && about.empty.empty()) continue;
        out_ << about.title << ": "
             << (count == 0 ? std::string(about.empty) : count_text(rows.count(section))) << '\n';
        const std::uint64_t listed = options_.wants_all ? count : std::min(count, most_roots_listed);
        for (std::uint64_t j = 0; j < listed && !interruption_.is_wanted(); ++j) {
            const RootRow row = rows.row(section, j);
            out_ << std::string(2 + 2 * std::size_t{row.indent}, ' ') << row.label
                 << (row.label.empty() ? "" : "  ") << in_ascii(row.text)
                 << (row.note.empty() ? "" : "  (" + in_ascii(row.note) + ")") << '\n';
        }
        write_left_out(count - listed);
    }
}

/// The bytes that the text names; otherwise what is wrong with it.
Result<ByteRange, std::string> read_range(const Session& session, const MapModel& map,
                                          const std::string& text) {
    const Heap& heap = session.heap();
    const ByteRange whole{0, heap.size_bytes()};
    if (text.empty()) return whole;
    const auto chunk_range = [&](Offset chunk) {
        const std::uint32_t granule = map.granule_bytes();
        return ByteRange{chunk, map.start_after(chunk / granule) * granule};
    };
    if (const auto name = session.trace().names.find(text)) {
        if (const auto chunk = session.machine().chunk_named(*name)) return chunk_range(*chunk);
        return Failure{shown(text) + " names no chunk here"};
    }
    const std::size_t dots = text.find("..");
    const auto first = offset_of_address(heap, text.substr(0, dots));
    const auto end = dots == std::string::npos ? first : offset_of_address(heap, text.substr(dots + 2));
    const bool is_good =
        first && end && *first < heap.size_bytes() && (dots == std::string::npos || *first < *end);
    if (!is_good)
        return Failure{"expected FROM..TO within " + heap_range_text(heap) + ", an address in it, or a name"};
    return dots == std::string::npos ? chunk_range(map.chunk_at(*first)) : ByteRange{*first, *end};
}

/// Carries operations out up to a position or an error. False if it was interrupted.
bool approach(Session& session, Position target, const Interruption& interruption) {
    while (session.position().operation < target.operation) {
        if (interruption.is_wanted()) return false;
        const std::size_t next =
            std::min(session.position().operation + operations_between_looks, target.operation);
        if (!session.seek({next, 0})) return true;
    }
    return true;
}

/// Why nothing after the position is carried out; none if the trace goes on.
std::optional<std::string> error_after(Session& session) {
    const std::size_t next = session.position().operation;
    session.extend_index([&] { return session.index().operations > next; });
    const auto& error = session.index().error;
    return error && error->operation == next ? std::optional(error->error.text()) : std::nullopt;
}

struct Part {
    bool ShowOptions::*wanted;
    bool is_usual;  ///< written when none is chosen
    void (Page::*write)(ByteRange) const;
};
constexpr Part parts[] = {{&ShowOptions::wants_map, true, &Page::write_map},
                          {&ShowOptions::wants_chunks, true, &Page::write_chunks},
                          {&ShowOptions::wants_free_list, true, &Page::write_free_list},
                          {&ShowOptions::wants_roots, false, &Page::write_roots}};

int refuse(std::ostream& errors, std::string_view option, const std::string& value,
           const std::string& problem) {
    errors << "tricolour: " << option << ' ' << shown(value) << ": " << problem << '\n';
    return 2;
}

}  // namespace

int show(const ShowOptions& options, std::ostream& output, std::ostream& errors) {
    const Interruption interruption(options.progress);
    auto trace = read_trace(options.trace, options.progress);
    if (interruption.is_wanted()) return Interruption::tell_reading(errors, options.trace.string());
    if (!trace) {
        errors << trace.error().text() << '\n';
        return 2;
    }
    const auto place = read_place(*trace, options.at);
    if (!place) return refuse(errors, "--at", options.at, place.error());

    Session session(std::move(*trace));
    if (!approach(session, approach_to(*place), interruption)) {
        const Operation& next = session.trace().operations[session.position().operation];
        return Interruption::tell_before(errors, session.trace().file, next.line);
    }
    int status = 0;
    if (const auto problem = go_to(session, *place)) {
        const auto error = error_after(session);
        if (!error) return refuse(errors, "--at", options.at, *problem);
        errors << *error << '\n';
        status = 2;
    }
    MapModel map;
    map.sync(session);
    const auto range = read_range(session, map, options.range);
    if (!range) return refuse(errors, "--range", options.range, range.error());

    const Page page(output, session, map, options);
    page.write_place();
    page.write_heap();
    const bool is_chosen = std::ranges::any_of(parts, [&](const Part& part) { return options.*part.wanted; });
    for (const Part& part : parts) {
        if (is_chosen ? !(options.*part.wanted) : !part.is_usual) continue;
        output << '\n';
        (page.*part.write)(*range);
        if (interruption.is_wanted()) return Interruption::tell_writing(errors, "the page");
    }
    return status;
}

}  // namespace tricolour
