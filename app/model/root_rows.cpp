#include "app/model/root_rows.h"

#include "app/model/narration.h"
#include "heapcore/object.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::Address;
using heapcore::AllocationType;
using heapcore::chunk_of;
using heapcore::Colour;
using heapcore::Field;
using heapcore::Heap;
using heapcore::MarkEntry;
using heapcore::Offset;
using heapcore::Phase;
using heapcore::Register;
using heapcore::Root;
using heapcore::RootKind;
using heapcore::user_of;

constexpr std::uint32_t most_levels = 256;  // of a class hierarchy that is looked through
constexpr std::uint32_t most_weak_listed = 65'536;
// Flags of a scan, as heapcore/object.cpp keeps them: two bits of stage, then superclasses done.
constexpr std::uint32_t stage_mask = 3;
constexpr std::uint32_t level_shift = 2;

constexpr std::array<RootSectionRow, root_section_count> rows = {{
    {RootSection::mark_stack, "Mark stack", "Chunks whose scan has begun and is not done, the newest on top.",
     "Empty: everything found is scanned."},
    {RootSection::weak_met, "Weak references met",
     "Their referents are looked at when marking is done: one that is still white is set to null.",
     "None met so far."},
    {RootSection::permanent, "Permanent", "The permanent root stack, top first. It never shrinks.",
     "Nothing pushed."},
    {RootSection::transient, "Transient",
     "The transient root stack, top first. Closing a block drops what was pushed in it.", "Nothing pushed."},
    {RootSection::operation, "The operation's own", "What the operation under way has made so far.", ""},
    {RootSection::threads, "Threads",
     "Frames newest first. Their cells are not trusted: each is looked at by itself.", "No thread runs."},
    {RootSection::exceptions, "Pending exceptions", "An exception that a thread has not caught yet.", ""},
    {RootSection::interned, "Interned strings", "The pool's buckets, last to first.", "The pool is empty."},
    {RootSection::pins, "Pinned", "What a debugger holds.", "Nothing pinned."},
}};

std::optional<RootSection> section_of(RootKind kind) {
    switch (kind) {
        case RootKind::interned: return RootSection::interned;
        case RootKind::transient: return RootSection::transient;
        case RootKind::permanent: return RootSection::permanent;
        case RootKind::exception: return RootSection::exceptions;
        case RootKind::pin: return RootSection::pins;
        case RootKind::operation: return RootSection::operation;
        default: return std::nullopt;
    }
}

std::string of_text(std::uint64_t done, std::uint64_t all) {
    return count_text(done) + " of " + count_text(all);
}

// Reference fields come in the order of the scan: of the class, then of its superclass, and so on.
std::string object_progress(const Heap& heap, const MarkEntry& entry) {
    const std::uint32_t level_now = entry.flags >> level_shift;
    std::uint64_t done = 0;
    std::uint64_t all = 0;
    std::string current;
    auto at = heapcore::class_of(heap, entry.chunk);
    for (std::uint32_t level = 0; at && level < most_levels; ++level) {
        const std::vector<Field> fields = heapcore::fields_of(heap, *at);
        for (std::uint32_t i = 0; i < fields.size(); ++i) {
            if (fields[i].is_static || !fields[i].is_reference()) continue;
            ++all;
            const bool is_begun = level < level_now || (level == level_now && i < entry.cursor);
            if (!is_begun) continue;
            ++done;
            current = fields[i].name;
        }
        at = heapcore::superclass_of(heap, *at);
    }
    if (all == 0) return "no reference fields";
    if (done == 0) return "about to be scanned";
    return "field `" + current + "` · " + of_text(done, all);
}

std::string array_progress(const Heap& heap, const MarkEntry& entry) {
    const std::uint32_t length = heapcore::array_length(heap, entry.chunk);
    if (entry.cursor >= length) return length == 0 ? "no elements" : "about to be scanned";
    return "element [" + count_text(entry.cursor) + "] · " + of_text(length - entry.cursor, length);
}

std::string class_progress(const Heap& heap, const MarkEntry& entry) {
    if (entry.class_user == 0) return "no fields";
    const std::uint32_t level = entry.flags >> level_shift;
    const auto of = heapcore::class_at(heap, heap.memory.address_of(entry.class_user));
    const std::string superclass =
        level == 0 || !of ? "" : "superclass `" + heapcore::class_name(heap, *of) + "`";
    if ((entry.flags & stage_mask) == 0)
        return superclass.empty() ? "about to be scanned" : "next: its " + superclass;
    const std::string owner = superclass.empty() ? "" : " of " + superclass;
    std::uint64_t done = 0;
    std::uint64_t all = 0;
    std::string current;
    const std::vector<Field> fields = of ? heapcore::fields_of(heap, *of) : std::vector<Field>{};
    for (auto i = static_cast<std::uint32_t>(fields.size()); i-- > 0;) {
        if (!fields[i].is_static || !fields[i].is_reference()) continue;
        ++all;
        if (i < entry.cursor) continue;
        ++done;
        current = fields[i].name;
    }
    if (done == 0) return "class loader" + owner;
    return "static field `" + current + "`" + owner + " · " + of_text(done, all);
}

std::string stack_index(const heapcore::Frame& frame, std::uint32_t index) {
    if (index < frame.local_count) return "local " + std::to_string(index);
    return "operand " + std::to_string(index - frame.local_count);
}

}  // namespace

const RootSectionRow& row_of(RootSection section) { return rows[static_cast<std::size_t>(section)]; }

MarkEntry mark_entry(const Heap& heap, std::uint64_t index) {
    const Offset place = heap.layout().mark_stack + static_cast<Offset>(index) * heapcore::mark_entry_bytes;
    return {heap.memory.load32(place), heap.memory.load32(place + 4), heap.memory.load32(place + 8),
            heap.memory.load32(place + 12)};
}

std::uint64_t mark_depth(const Heap& heap) {
    return std::min<std::uint64_t>(heap.get(Register::mark_top), heap.layout().mark_capacity);
}

std::string scan_progress(const Heap& heap, const MarkEntry& entry) {
    if (!heap.is_sane(entry.chunk)) return "no chunk is there any more";
    switch (heap.header(entry.chunk).type()) {
        case AllocationType::object:
            return entry.class_user == 0 && !heapcore::class_of(heap, entry.chunk)
                       ? "its class is gone"
                       : object_progress(heap, entry);
        case AllocationType::object_array: return array_progress(heap, entry);
        case AllocationType::instance_class: return class_progress(heap, entry);
        case AllocationType::string: return entry.flags == 0 ? "about to be scanned" : "its characters";
        case AllocationType::array_class:
        case AllocationType::primitive_class:
            return entry.flags == 0 ? "about to be scanned" : "its class loader";
        default: return "nothing to scan";
    }
}

void RootRows::update(const heapcore::Session& session) {
    Instant now = instant_of(session);
    if (now == instant_) return;
    instant_ = std::move(now);
    thread_names_.update(session);
    clear();
    phase_ = static_cast<Phase>(heap().get(Register::phase));
    add_roots();
    if (is_collecting()) add_weak();
}

void RootRows::clear() {
    for (auto& section : items_) {
        section.clear();
    }
    counts_.fill(0);
    frames_.clear();
    weak_.clear();
    is_weak_list_cut_ = false;
}

void RootRows::add_roots() {
    roots_ = heapcore::roots_of(heap());
    threads_ = heapcore::threads_of(heap());
    std::array<std::vector<std::uint32_t>, root_section_count> by_section;
    std::vector<std::uint32_t> of_threads;
    for (std::uint32_t i = 0; i < roots_.size(); ++i) {
        if (const auto section = section_of(roots_[i].kind)) {
            by_section[static_cast<std::size_t>(*section)].push_back(i);
        } else {
            of_threads.push_back(i);
        }
    }
    for (std::size_t i = 0; i < root_section_count; ++i) {
        const auto section = static_cast<RootSection>(i);
        if (section == RootSection::transient) {
            add_transient(by_section[i]);
        } else if (section != RootSection::threads) {
            add_stack(section, by_section[i]);
        }
    }
    add_threads(of_threads);
}

void RootRows::add_stack(RootSection section, const std::vector<std::uint32_t>& roots) {
    counts_[static_cast<std::size_t>(section)] = roots.size();
    for (const std::uint32_t root : roots) {
        items(section).push_back({Item::root, root, 0});
    }
}

// Roots come top first, so a block's boundary stands below the roots that were pushed in it.
void RootRows::add_transient(const std::vector<std::uint32_t>& roots) {
    constexpr auto section = RootSection::transient;
    counts_[static_cast<std::size_t>(section)] = roots.size();
    const auto depth = std::min<std::uint64_t>(heap().get(Register::block_top), heapcore::most_blocks);
    auto block = static_cast<std::uint32_t>(depth);
    const auto close_down_to = [&](std::uint64_t top) {
        while (block > 0 && heap().memory.load32(heap().layout().blocks + 4 * (block - 1)) >= top) {
            items(section).push_back({Item::block, --block, 0});
        }
    };
    for (const std::uint32_t root : roots) {
        close_down_to(std::uint64_t{roots_[root].index} + 1);
        items(section).push_back({Item::root, root, 0});
    }
    close_down_to(0);
}

void RootRows::add_threads(const std::vector<std::uint32_t>& roots) {
    auto& list = items(RootSection::threads);
    counts_[static_cast<std::size_t>(RootSection::threads)] = threads_.size();
    std::size_t next = 0;
    const auto is_of = [&](Offset thread, RootKind kind) {
        return next < roots.size() && roots_[roots[next]].thread == thread &&
               roots_[roots[next]].kind == kind;
    };
    for (std::uint32_t i = 0; i < threads_.size(); ++i) {
        const Offset thread = threads_[i];
        list.push_back({Item::thread, i, 0});
        if (is_of(thread, RootKind::thread)) list.push_back({Item::root, roots[next++], 0});
        std::uint32_t number = 0;
        for (const heapcore::Frame& frame : heapcore::frames_of(heap(), thread)) {
            const auto listed = static_cast<std::uint32_t>(frames_.size());
            frames_.push_back({frame, thread, number++});
            list.push_back({Item::frame, listed, 0});
            while (is_of(thread, RootKind::frame_cell) && roots_[roots[next]].place >= frame.locals &&
                   roots_[roots[next]].place < frame.pointer) {
                list.push_back({Item::root, roots[next++], listed});
            }
        }
        while (is_of(thread, RootKind::frame_cell)) {
            ++next;
        }
    }
}

void RootRows::add_weak() {
    auto chunk = heap().chunk_at(heap().get(Register::weak_head));
    while (chunk && weak_.size() < most_weak_listed) {
        weak_.push_back(*chunk);
        const Offset next = user_of(*chunk) + heap().objects().weak_next;
        chunk = heap().chunk_at(heap().memory.load_word(next));
    }
    is_weak_list_cut_ = chunk.has_value();
}

std::uint64_t RootRows::count(RootSection section) const {
    switch (section) {
        case RootSection::mark_stack: return is_collecting() ? mark_depth(heap()) : 0;
        case RootSection::weak_met: return weak_.size();
        default: return counts_[static_cast<std::size_t>(section)];
    }
}

std::uint64_t RootRows::row_count(RootSection section) const {
    if (section == RootSection::mark_stack || section == RootSection::weak_met) return count(section);
    return items_[static_cast<std::size_t>(section)].size();
}

RootRow RootRows::row(RootSection section, std::uint64_t index) const {
    if (index >= row_count(section)) return {};
    if (section == RootSection::mark_stack) return mark_row(index);
    if (section == RootSection::weak_met) return weak_row(weak_[index]);
    const Item& item = items_[static_cast<std::size_t>(section)][index];
    switch (item.kind) {
        case Item::thread: return thread_row(threads_[item.index]);
        case Item::frame: return frame_row(frames_[item.index]);
        case Item::block: return block_row(item.index);
        case Item::root: break;
    }
    const Root& root = roots_[item.index];
    return root.kind == RootKind::frame_cell ? cell_row(root, frames_[item.in_frame]) : root_row(root);
}

std::string RootRows::describe(Offset chunk) const {
    return describe_chunk(instant_.session->machine(), instant_.session->trace(), chunk);
}

RootRow RootRows::trusted_row(std::uint32_t index, Address target) const {
    RootRow row;
    row.label = count_text(index);
    row.number = index;
    if (target == 0) {
        row.text = "null";
        row.tone = Tone::dim;
        return row;
    }
    row.chunk = heap().chunk_at(target);
    row.text = row.chunk ? describe(*row.chunk) : hex_text(target);
    if (row.chunk) return row;
    row.note = "refers to no chunk in use";
    row.tone = Tone::alarm;
    return row;
}

RootRow RootRows::root_row(const Root& root) const {
    RootRow row = trusted_row(root.index, root.target);
    if (root.kind == RootKind::thread) {
        row.label = "thread object";
        row.number.reset();
        row.indent = 1;
    } else if (root.kind == RootKind::exception) {
        row.label = thread_names_.of(root.thread);
        row.number.reset();
    }
    return row;
}

RootRow RootRows::cell_row(const Root& root, const ListedFrame& frame) const {
    CellText cell = cell_text(*instant_.session, root.target);
    RootRow row;
    row.indent = 2;
    row.label = stack_index(frame.frame, root.index);
    row.text = std::move(cell.text);
    row.note = std::move(cell.note);
    row.short_note = std::move(cell.short_note);
    row.tone = cell.tone;
    row.chunk = cell.chunk;
    return row;
}

RootRow RootRows::thread_row(Offset thread) const {
    RootRow row;
    row.kind = RootRow::heading;
    row.text = "Thread " + thread_names_.of(thread);
    const bool is_in_heap = thread < heap().size_bytes() && thread >= heapcore::header_bytes;
    if (is_in_heap && heap().is_sane(chunk_of(thread))) row.chunk = chunk_of(thread);
    const bool has_frames = std::any_of(frames_.begin(), frames_.end(),
                                        [&](const ListedFrame& frame) { return frame.thread == thread; });
    if (!has_frames) row.note = "no frame";
    return row;
}

RootRow RootRows::frame_row(const ListedFrame& frame) const {
    const heapcore::Frame& of = frame.frame;
    const std::uint32_t word = heap().geometry().word_bytes;
    const std::uint32_t cells = of.pointer > of.locals ? (of.pointer - of.locals) / word : 0;
    const std::uint32_t operands = cells > of.local_count ? cells - of.local_count : 0;
    RootRow row;
    row.kind = RootRow::heading;
    row.indent = 1;
    row.text = "Frame " + method_text(instant_.session->trace(), of.method);
    row.note = count_text(of.local_count) + (of.local_count == 1 ? " local" : " locals") + ", " +
               count_text(operands) + (operands == 1 ? " operand" : " operands");
    return row;
}

RootRow RootRows::block_row(std::uint32_t block) const {
    RootRow row;
    row.kind = RootRow::boundary;
    row.text = "block " + count_text(block + 1) + " begins";
    row.tone = Tone::dim;
    return row;
}

RootRow RootRows::mark_row(std::uint64_t from_top) const {
    const std::uint64_t top = mark_depth(heap());
    const MarkEntry entry = mark_entry(heap(), top - 1 - from_top);
    RootRow row;
    row.label = count_text(top - from_top);
    if (!heap().is_sane(entry.chunk)) {
        row.text = hex_text(heap().memory.address_of(entry.chunk));
        row.tone = Tone::alarm;
    } else {
        row.text = describe(entry.chunk);
        row.chunk = entry.chunk;
    }
    row.note = scan_progress(heap(), entry);
    return row;
}

RootRow RootRows::weak_row(Offset chunk) const {
    RootRow row;
    row.chunk = chunk;
    row.text = describe(chunk);
    const Offset place = user_of(chunk) + heap().objects().weak_referent;
    const Address target = heap().memory.load_word(place);
    const auto referent = heap().chunk_at(target);
    if (target == 0) {
        row.note = "cleared";
        row.tone = Tone::dim;
    } else if (!referent) {
        row.note = "its referent is gone";
        row.tone = Tone::alarm;
    } else {
        const Colour colour = heap().header(*referent).colour();
        row.note = "→ " + describe(*referent) + ", " + std::string(heapcore::word_of(colour)) +
                   (colour == Colour::white ? " so far" : ": kept");
    }
    return row;
}

std::string RootRows::phase_text() const {
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Phase::count_)> words = {
        "",        "interned strings", "transient roots", "permanent roots",
        "threads", "pinned objects",   "weak references", "sweep",
        "done"};
    const auto index = static_cast<std::size_t>(phase_);
    if (!is_collecting()) return "No collection runs";
    return "Collection " + count_text(heap().get(Register::gc_count)) + " · " +
           std::string(index < words.size() ? words[index] : "unknown phase");
}

std::string RootRows::stack_cursor_text(std::string_view what) const {
    const std::uint64_t left = heap().get(Register::cursor);
    if (left == 0) return "all looked at";
    const std::uint64_t transient = heap().get(Register::transient_top);
    const bool is_own = phase_ == Phase::transient && left > transient;
    return "next: " + std::string(is_own ? "the operation's own root" : what) + " " +
           count_text(left - 1 - (is_own ? transient : 0)) + ", " + count_text(left) + " left";
}

std::string RootRows::thread_cursor_text() const {
    // The stages of a thread's visit, in the order of the collector's.
    enum Stage : std::uint64_t { enter, object, cut, begin_frame, scan_frame, exception, leave };
    const auto thread = heapcore::place_of(heap(), heap().get(Register::cursor));
    if (!thread) return "all looked at";
    const std::string name = "thread " + thread_names_.of(*thread);
    const auto frame = std::find_if(frames_.begin(), frames_.end(), [&](const ListedFrame& listed) {
        return listed.thread == *thread &&
               heap().memory.address_of(listed.frame.locals) == heap().get(Register::frame_locals);
    });
    switch (heap().get(Register::sub_cursor)) {
        case enter: return "next: " + name;
        case object: return name + ", next: its thread object";
        case cut: return name + ", next: its stack segments";
        case begin_frame:
        case scan_frame: break;
        case exception: return name + ", next: its pending exception";
        default: return name + ", done";
    }
    if (frame == frames_.end()) return name;
    const std::string where = name + ", frame " + method_text(instant_.session->trace(), frame->frame.method);
    const Address cell = heap().get(Register::cell);
    const Address first = heap().memory.address_of(frame->frame.locals);
    const Address end = heap().memory.address_of(frame->frame.pointer);
    if (cell < first || cell >= end) return where + ", all cells looked at";
    const auto index = static_cast<std::uint32_t>((cell - first) / heap().geometry().word_bytes);
    return where + ", next: " + stack_index(frame->frame, index);
}

std::string RootRows::cursor_text() const {
    const std::uint64_t cursor = is_collecting() ? heap().get(Register::cursor) : 0;
    switch (phase_) {
        case Phase::interned:
            return of_text(heapcore::pool_buckets - std::min<std::uint64_t>(cursor, heapcore::pool_buckets),
                           heapcore::pool_buckets) +
                   " buckets looked at";
        case Phase::transient: return stack_cursor_text("transient root");
        case Phase::permanent: return stack_cursor_text("permanent root");
        case Phase::threads: return thread_cursor_text();
        case Phase::pinned: return stack_cursor_text("pin");
        case Phase::weak: {
            const auto chunk = heap().chunk_at(cursor);
            return chunk ? "next: " + describe(*chunk) : "all looked at";
        }
        case Phase::sweep: {
            if (cursor >= heap().size_bytes()) return "all swept";
            const std::uint64_t percent = cursor * 100 / heap().size_bytes();
            return "at " + address_text(heap(), static_cast<Offset>(cursor)) + ", " +
                   std::to_string(percent) + "% of the heap";
        }
        default: return {};
    }
}

std::optional<Offset> RootRows::cursor_chunk() const {
    if (!is_collecting()) return std::nullopt;
    const std::uint64_t cursor = heap().get(Register::cursor);
    if (phase_ == Phase::weak) return heap().chunk_at(cursor);
    if (phase_ == Phase::sweep && cursor < heap().size_bytes()) return static_cast<Offset>(cursor);
    return std::nullopt;
}

}  // namespace tricolour
