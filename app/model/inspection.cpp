#include "app/model/inspection.h"

#include "app/model/narration.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <span>

namespace tricolour {
namespace {

using heapcore::Address;
using heapcore::AllocationType;
using heapcore::Binding;
using heapcore::chunk_of;
using heapcore::Field;
using heapcore::Header;
using heapcore::header_bytes;
using heapcore::Heap;
using heapcore::ObjectLayout;
using heapcore::Offset;
using heapcore::Register;
using heapcore::user_of;

constexpr std::uint32_t most_levels = 256;   // of a class hierarchy that is looked through
constexpr std::size_t most_fields = 65'536;  // of an object that are listed
constexpr std::size_t most_names = 64;
constexpr std::size_t longest_text = 200;  // characters of a string shown in the title

/// A row of a structure: where it lies in the real VM's layout, and how it is read.
struct LayoutRow {
    std::string_view label;
    std::uint32_t ObjectLayout::*offset;  ///< null: 0
    std::uint32_t bytes;                  ///< 0: a word
    Reading reading;
};

constexpr LayoutRow object_class_row = {"class", nullptr, 0, Reading::class_pointer};
constexpr LayoutRow string_rows[] = {
    object_class_row,
    {"characters", &ObjectLayout::string_chars, 0, Reading::reference},
    {"offset", &ObjectLayout::string_offset, 0, Reading::signed_integer},
    {"length", &ObjectLayout::string_length, 0, Reading::signed_integer},
};
constexpr LayoutRow interned_rows[] = {
    {"utf string", &ObjectLayout::string_utf, 0, Reading::utf},
    {"next in bucket", &ObjectLayout::string_next, 0, Reading::structure},
};
constexpr LayoutRow weak_rows[] = {
    object_class_row,
    {"referent", &ObjectLayout::weak_referent, 0, Reading::weak_referent},
    {"next met", &ObjectLayout::weak_next, 0, Reading::structure},
};
constexpr LayoutRow class_rows[] = {
    {"magic", &ObjectLayout::class_magic, 4, Reading::magic},
    {"state", &ObjectLayout::class_state, 4, Reading::unsigned_integer},
    {"access flags", &ObjectLayout::class_flags, 2, Reading::unsigned_integer},
    {"name", &ObjectLayout::class_name, 0, Reading::utf},
    {"Class object", &ObjectLayout::class_object, 0, Reading::structure},
    {"superclass", &ObjectLayout::class_super, 0, Reading::structure},
    {"next in table", &ObjectLayout::class_next, 0, Reading::structure},
    {"loader", &ObjectLayout::class_loader, 0, Reading::class_loader},
};
constexpr LayoutRow instance_class_rows[] = {
    {"constant pool", &ObjectLayout::constant_pool, 0, Reading::structure},
    {"interfaces", &ObjectLayout::interfaces, 0, Reading::structure},
    {"field count", &ObjectLayout::field_count, 2, Reading::unsigned_integer},
    {"static fields", &ObjectLayout::first_instance_field, 2, Reading::unsigned_integer},
    {"field table", &ObjectLayout::fields, 0, Reading::structure},
    {"static longs", &ObjectLayout::static_longs, 0, Reading::structure},
    {"method count", &ObjectLayout::method_count, 2, Reading::unsigned_integer},
    {"methods", &ObjectLayout::methods, 0, Reading::structure},
    {"instance cells", &ObjectLayout::instance_cells, 2, Reading::unsigned_integer},
};
constexpr LayoutRow array_class_rows[] = {
    {"component type", &ObjectLayout::component_type, 4, Reading::unsigned_integer},
    {"component class", &ObjectLayout::component_class, 0, Reading::structure},
};
constexpr LayoutRow field_rows[] = {
    {"class", &ObjectLayout::field_class, 0, Reading::structure},
    {"flags", &ObjectLayout::field_flags, 2, Reading::field_flags},
    {"name", &ObjectLayout::field_name, 0, Reading::utf},
    {"signature", &ObjectLayout::field_signature, 0, Reading::utf},
    {"value", &ObjectLayout::field_value, 0, Reading::field_value},
};
constexpr LayoutRow method_rows[] = {
    {"class", nullptr, 0, Reading::structure},
    {"exceptions", &ObjectLayout::method_exceptions, 0, Reading::structure},
    {"code", &ObjectLayout::method_code, 0, Reading::structure},
    {"line numbers", &ObjectLayout::method_line_numbers, 0, Reading::structure},
};
constexpr LayoutRow utf_rows[] = {
    {"length", nullptr, 2, Reading::unsigned_integer},
    {"characters at", &ObjectLayout::utf_data, 0, Reading::address},
    {"next in bucket", &ObjectLayout::utf_next, 0, Reading::structure},
};
constexpr LayoutRow segment_rows[] = {
    {"height", &ObjectLayout::segment_height, 0, Reading::unsigned_integer},
    {"top", &ObjectLayout::segment_top, 0, Reading::address},
    {"next segment", &ObjectLayout::segment_next, 0, Reading::structure},
};
constexpr LayoutRow thread_rows[] = {
    {"status", nullptr, 4, Reading::unsigned_integer},
    {"thread object", &ObjectLayout::thread_object, 0, Reading::reference},
    {"segments", &ObjectLayout::thread_segments, 0, Reading::structure},
    {"segment now", &ObjectLayout::thread_segment, 0, Reading::structure},
    {"stack pointer", &ObjectLayout::thread_pointer, 0, Reading::address},
    {"pc", &ObjectLayout::thread_pc, 0, Reading::unsigned_integer},
    {"locals", &ObjectLayout::thread_locals, 0, Reading::address},
    {"method", &ObjectLayout::thread_method, 0, Reading::method},
    {"exception", &ObjectLayout::thread_exception, 0, Reading::reference},
    {"next thread", &ObjectLayout::thread_next, 0, Reading::structure},
};

/// The VM's own tables, which it makes before anything else.
struct TableRow {
    Register which;
    std::string_view what;
    std::string_view label;
};
constexpr TableRow table_rows[] = {
    {Register::class_pool, "The VM's class table", "buckets"},
    {Register::utf_pool, "The VM's utf string pool", "buckets"},
    {Register::intern_pool, "The VM's interned string pool", "buckets"},
    {Register::native_pool, "The VM's native method pool", "buckets"},
    {Register::transient_array, "The transient root stack", "roots"},
    {Register::permanent_array, "The permanent root stack", "roots"},
};

constexpr std::array<std::string_view, heapcore::frame_cell::count + 1> saved_words = {
    "",         "saved lock",        "saved segment",       "saved method",
    "saved pc", "saved previous pc", "saved stack pointer", "saved locals"};

std::vector<BodySlot> slots_of(std::span<const LayoutRow> rows, const ObjectLayout& objects,
                               std::uint32_t start) {
    std::vector<BodySlot> slots;
    for (const LayoutRow& row : rows) {
        slots.push_back({start + (row.offset ? objects.*row.offset : 0),
                         row.bytes ? row.bytes : objects.word,
                         row.reading,
                         std::string(row.label),
                         {}});
    }
    return slots;
}

void append(std::vector<BodySlot>& slots, std::vector<BodySlot> more) {
    slots.insert(slots.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// What cannot be printed is shown as a dot.
void append_printable(std::string& text, std::uint32_t code) {
    const bool is_printable = code >= 0x20 && code != 0x7f && (code < 0xd800 || code >= 0xe000);
    heapcore::append_utf8(text, is_printable ? code : 0xb7);
}

std::string text_of_units(const Heap& heap, Offset first, std::uint64_t count) {
    std::string text;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto unit = [&](std::uint64_t at) {
            return std::uint32_t{heap.memory.load16(first + 2 * static_cast<Offset>(at))};
        };
        std::uint32_t code = unit(i);
        const bool is_pair =
            code >= 0xd800 && code < 0xdc00 && i + 1 < count && unit(i + 1) >= 0xdc00 && unit(i + 1) < 0xe000;
        if (is_pair) code = 0x10000 + ((code - 0xd800) << 10) + (unit(++i) - 0xdc00);
        append_printable(text, code);
    }
    return text;
}

std::string quoted(std::string text, bool is_cut) { return "\"" + std::move(text) + (is_cut ? "…\"" : "\""); }

/// Bytes that may be anything, as text; cut to what a title holds.
std::string quoted_bytes(std::string_view bytes) {
    std::string text;
    const std::string_view shown = bytes.substr(0, longest_text);
    for (std::size_t i = 0; i < shown.size();) {
        const auto lead = static_cast<unsigned char>(shown[i]);
        const std::size_t length = lead < 0x80   ? 1
                                   : lead < 0xc2 ? 0
                                   : lead < 0xe0 ? 2
                                   : lead < 0xf0 ? 3
                                   : lead < 0xf5 ? 4
                                                 : 0;
        std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
        bool is_whole = length > 0 && i + length <= shown.size();
        for (std::size_t k = 1; is_whole && k < length; ++k) {
            const auto next = static_cast<unsigned char>(shown[i + k]);
            is_whole = (next & 0xc0) == 0x80;
            code = code << 6 | (next & 63);
        }
        append_printable(text, is_whole ? code : 0);
        i += is_whole ? length : 1;
    }
    return quoted(std::move(text), shown.size() < bytes.size());
}

Reading reading_of(char signature) {
    switch (signature) {
        case 'L':
        case '[': return Reading::reference;
        case 'Z': return Reading::boolean;
        case 'C': return Reading::character;
        case 'F': return Reading::real;
        case 'D': return Reading::long_real;
        default: return Reading::signed_integer;
    }
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
    return count_text(count) + " " + std::string(count == 1 ? one : many);
}

template <typename Real>
std::string number_text(Real value) {
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

/// "The Class object …": what stands for itself in a title. A type's name stays as it is.
std::string titled(std::string text) {
    if (text.starts_with("the ")) text[0] = 'T';
    return text;
}

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::array<HeaderField, 5> fields_of_header(Header header) {
    const std::uint32_t bits = header.bits();
    return {{
        {"size", 31, 24, header.size_bytes(), count_text(header.size_bytes()),
         "Bytes of the whole chunk, header included."},
        {"type", 7, 4, bits >> 4 & 15, std::to_string(bits >> 4 & 15),
         "The allocation type, " + std::string(heapcore::word_of(header.type())) +
             ": tells the collector how to scan the chunk."},
        {"colour", 3, 2, bits >> 2 & 3, std::string(heapcore::word_of(header.colour())),
         "What the collector thinks of the chunk."},
        {"P", 1, 1, bits >> 1 & 1, header.is_previous_free() ? "free" : "used",
         header.is_previous_free() ? "P is set: the chunk before this one is free."
                                   : "P is clear: the chunk before this one is in use, or there is none."},
        {"U", 0, 1, bits & 1, header.is_in_use() ? "used" : "free",
         header.is_in_use() ? "U is set: this chunk is in use." : "U is clear: this chunk is free."},
    }};
}

bool can_be_chunk(const Heap& heap, Offset chunk) {
    const heapcore::ChunkGeometry& geometry = heap.geometry();
    if (chunk >= heap.size_bytes() || chunk % geometry.alignment_bytes != 0) return false;
    if (heap.size_bytes() - chunk < geometry.smallest_chunk_bytes) return false;
    const std::uint32_t size = heap.header(chunk).size_bytes();
    return size >= geometry.smallest_chunk_bytes && size % geometry.alignment_bytes == 0 &&
           size <= heap.size_bytes() - chunk;
}

}  // namespace

Inspection::Inspection(const heapcore::Session& session, Offset at, const ThreadNames& threads)
    : chunk(at), is_chunk(can_be_chunk(session.heap(), at)), session_(&session), threads_(&threads) {
    if (!is_chunk) return;
    header = heap().header(chunk);
    header_fields = fields_of_header(header);
    address = address_text(heap(), chunk);
    user_bytes = header.size_bytes() - header_bytes;
    title = header.is_in_use() ? titled(describe(chunk)) : "Free chunk";
    laid_to_ = header_bytes;
    if (header.is_in_use()) {
        read_names();
        lay_body();
        read_origin();
    } else {
        lay_free();
    }
    threads_ = nullptr;
}

std::uint64_t Inspection::load(Offset place, std::uint32_t bytes) const {
    const auto memory = heap().memory.bytes();
    std::uint64_t value = 0;
    if (bytes <= 8 && place <= memory.size() && memory.size() - place >= bytes) {
        std::memcpy(&value, memory.data() + place, bytes);
    }
    return value;
}

std::uint64_t Inspection::user_word(std::uint32_t offset) const {
    return header_bytes + offset + word() <= end() ? load(user_of(chunk) + offset, word()) : 0;
}

std::string Inspection::describe(Offset at) const {
    return describe_chunk(session_->machine(), session_->trace(), at);
}

void Inspection::read_names() {
    const heapcore::Machine& machine = session_->machine();
    for (std::uint32_t name = heap().origin_of(chunk).name; name != 0 && names.size() < most_names;) {
        const Binding binding = machine.binding(name - 1);
        if (binding.kind != Binding::chunk || binding.offset != chunk) return;
        if (name > session_->trace().names.size()) return;
        names.emplace_back(session_->trace().names[name - 1]);
        name = binding.next;
    }
}

void Inspection::read_origin() {
    const heapcore::Origin origin = heap().origin_of(chunk);
    const heapcore::Trace& trace = session_->trace();
    birth = origin.birth;
    const auto begun = static_cast<std::uint32_t>(heap().get(Register::gc_count));
    const bool is_running = heap().get(Register::phase) != 0;
    const std::uint32_t since = begun > origin.collection ? begun - origin.collection : 0;
    collections_survived = since > 0 && is_running ? since - 1 : since;
    if (!operation_place.empty() || birth == 0 || origin.operation >= trace.operations.size()) return;
    const heapcore::Operation& by = trace.operations[origin.operation];
    operation = origin.operation;
    operation_place = by.line == 0 ? "typed in" : "line " + count_text(by.line);
    operation_text = std::string(trimmed(trace.source_line(by.line)));
    if (by.line == 0 || operation_text.empty()) operation_text = heapcore::print_operation(trace, by);
}

// --- laying the body out in rows -------------------------------------------------------------

void Inspection::add(Part part) {
    part.first_row = rows_;
    rows_ += part.rows;
    laid_to_ = std::max(laid_to_, part.end);
    parts_.push_back(std::move(part));
}

void Inspection::add_slot(BodySlot slot) {
    if (slot.offset < laid_to_ || std::uint64_t{slot.offset} + slot.bytes > end()) return;
    fill_to(slot.offset, Reading::unused);
    add({0, 1, slot.offset, slot.bytes, slot.offset + slot.bytes, slot.reading, false, false,
         std::move(slot.label), std::move(slot.note)});
}

void Inspection::fill_to(std::uint32_t offset, Reading reading) {
    offset = std::min(offset, end());
    if (offset <= laid_to_) return;
    const std::uint32_t bytes = offset - laid_to_;
    const bool is_of_interest = reading != Reading::unused && reading != Reading::stale;
    if (!is_of_interest && bytes > word() && is_zero(laid_to_, offset)) {
        return add({0, 1, laid_to_, bytes, offset, Reading::zeros, false, false, {}, {}});
    }
    add({0, (bytes + word() - 1) / word(), laid_to_, word(), offset, reading, false, false, {}, {}});
}

bool Inspection::is_zero(std::uint32_t from, std::uint32_t to) const {
    const auto bytes = heap().memory.bytes().subspan(chunk + from, to - from);
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

void Inspection::add_elements(std::uint32_t offset, std::uint64_t count, std::uint32_t element_bytes,
                              Reading reading) {
    if (offset < laid_to_ || offset > end() || element_bytes == 0) return;
    count = std::min<std::uint64_t>(count, (end() - offset) / element_bytes);
    if (count == 0) return;
    fill_to(offset, Reading::unused);
    const std::uint32_t stride = element_bytes < 4 ? word() : element_bytes;
    const auto bytes = static_cast<std::uint32_t>(count * element_bytes);
    add({0, (bytes + stride - 1) / stride, offset, stride, offset + bytes, reading, true, false, {}, {}});
}

void Inspection::lay_slots(const std::vector<BodySlot>& slots) {
    for (const BodySlot& slot : slots) {
        add_slot(slot);
    }
}

/// Whether the list leads to the chunk: not until what frees it has put it in.
bool Inspection::is_listed() const {
    const heapcore::ChunkGeometry& geometry = heap().geometry();
    const auto before = heap().memory.offset_of(load(chunk + geometry.previous_offset, word()));
    return before && load(*before + geometry.next_offset, word()) == heap().memory.address_of(chunk);
}

void Inspection::lay_free() {
    const heapcore::ChunkGeometry& geometry = heap().geometry();
    if (!is_listed()) {
        what = "Free, but at this step not in the free list";
        return fill_to(end(), Reading::stale);
    }
    what = "Free, in the free list by its size";
    add_slot({geometry.next_offset, word(), Reading::list_next, "next",
              "The next larger chunk of the free list."});
    add_slot({geometry.previous_offset, word(), Reading::list_previous, "previous",
              "The next smaller chunk of the free list."});
    const std::uint32_t last = end() - word();
    fill_to(last, Reading::stale);
    add_slot(
        {last, word(), Reading::back_pointer, "back-pointer",
         "The last word of a free chunk points to its own start, so that the chunk after it can find it."});
}

void Inspection::lay_body() {
    switch (header.type()) {
        case AllocationType::object: lay_object(); break;
        case AllocationType::primitive_array: lay_array(false); break;
        case AllocationType::object_array: lay_array(true); break;
        case AllocationType::string: lay_string(); break;
        case AllocationType::weak_reference:
            what = user_word(heap().objects().weak_referent) == 0
                       ? "A weak reference to nothing"
                       : "A weak reference: does not keep its referent";
            lay_slots(slots_of(weak_rows, heap().objects(), header_bytes));
            break;
        case AllocationType::array_class:
        case AllocationType::primitive_class:
        case AllocationType::instance_class: lay_class(); break;
        case AllocationType::data:
        case AllocationType::static_data:
            if (lay_vm_table() || lay_thread() || lay_segment() || lay_utf() || lay_entries()) {
                if (names.empty()) title = what;
                what = header.type() == AllocationType::data ? "Data of the VM" : "Permanent data of the VM";
                break;
            }
            what = header.type() == AllocationType::data ? "Raw data" : "Permanent data";
            break;
        default:
            what = "Of an allocation type that does not exist";
            what_tone = Tone::alarm;
            break;
    }
    const bool is_known = laid_to_ > header_bytes;
    const bool has_class =
        heapcore::is_object_type(header.type()) && heapcore::class_of(heap(), chunk).has_value();
    fill_to(end(), is_known && (has_class || !heapcore::is_object_type(header.type())) ? Reading::unused
                                                                                       : Reading::raw);
}

void Inspection::lay_object() {
    const ObjectLayout& objects = heap().objects();
    lay_slots(slots_of({&object_class_row, 1}, objects, header_bytes));
    const auto of = heapcore::class_of(heap(), chunk);
    if (!of) {
        const bool has_none = user_word(0) == 0;
        what = has_none ? "An object without a class" : "An object whose class is gone";
        what_tone = has_none ? Tone::plain : Tone::alarm;
        return;
    }
    what = "An object of class " + heapcore::class_name(heap(), *of);
    const bool is_class_object = heap().memory.address_of(*of) == heap().get(Register::class_class);
    std::vector<BodySlot> slots;
    std::optional<Offset> at = of;
    for (std::uint32_t level = 0; at && level < most_levels && slots.size() < most_fields; ++level) {
        const std::string owner = heapcore::class_name(heap(), *at);
        for (const Field& field : heapcore::fields_of(heap(), *at)) {
            if (field.is_static) continue;
            const char code = field.signature.empty() ? 'I' : field.signature[0];
            const std::uint32_t bytes = code == 'J' || code == 'D' ? 8 : word();
            const bool stands_for = is_class_object && field.name == "class";
            slots.push_back({header_bytes + field.place, bytes, reading_of(code),
                             stands_for ? "stands for" : field.name,
                             type_text(field.signature) + ", declared in " + owner});
        }
        at = heapcore::superclass_of(heap(), *at);
    }
    std::stable_sort(slots.begin(), slots.end(),
                     [](const BodySlot& a, const BodySlot& b) { return a.offset < b.offset; });
    lay_slots(slots);
}

void Inspection::lay_array(bool is_object_array) {
    const ObjectLayout& objects = heap().objects();
    lay_slots(slots_of({&object_class_row, 1}, objects, header_bytes));
    add_slot({header_bytes + objects.array_length, word(), Reading::stored_length, "length", {}});
    const auto of = heapcore::class_of(heap(), chunk);
    const std::string name = of ? heapcore::class_name(heap(), *of) : "";
    const char code = name.size() > 1 && name[0] == '[' ? name[1] : '?';
    const std::uint32_t bytes = heapcore::array_element_bytes(heap(), chunk);
    const std::uint32_t length = heapcore::array_length(heap(), chunk);
    const std::string element = code == '?' ? "" : " of type " + type_text(std::string_view(name).substr(1));
    const std::string kind = is_object_array ? " reference" : " element";
    what = "An array of " + plural(length, kind.substr(1), kind.substr(1) + "s") + element;
    if (!of && user_word(0) != 0) {
        what = "An array whose class is gone";
        what_tone = Tone::alarm;
    }
    if (bytes == 0) return;
    Reading reading = is_object_array ? Reading::reference : reading_of(code);
    if (!is_object_array && bytes == 1) reading = code == 'Z' ? Reading::booleans : Reading::bytes;
    if (!is_object_array && bytes == 2) reading = code == 'C' ? Reading::units : Reading::shorts;
    add_elements(header_bytes + objects.array_elements, length, bytes, reading);
}

void Inspection::lay_string() {
    const ObjectLayout& objects = heap().objects();
    std::vector<BodySlot> slots = slots_of(string_rows, objects, header_bytes);
    const bool is_interned = user_bytes >= objects.interned_bytes;
    if (is_interned) append(slots, slots_of(interned_rows, objects, header_bytes));
    lay_slots(slots);
    const auto chars = heap().chunk_at(user_word(objects.string_chars));
    const std::uint64_t length = user_word(objects.string_length);
    what = (is_interned && user_word(objects.string_utf) != 0 ? "A pooled string of " : "A string of ") +
           plural(length, "character", "characters");
    if (!chars) {
        what = "A string without characters";
        return;
    }
    const Offset elements = user_of(*chars) + objects.array_elements;
    const std::uint64_t fits = (heapcore::body_end(heap(), *chars) - elements) / 2;
    const std::uint64_t first = std::min(user_word(objects.string_offset), fits);
    const std::uint64_t count = std::min(length, fits - first);
    const std::uint64_t shown = std::min<std::uint64_t>(count, longest_text);
    text = quoted(text_of_units(heap(), elements + 2 * static_cast<Offset>(first), shown), shown < count);
}

void Inspection::lay_class() {
    const ObjectLayout& objects = heap().objects();
    std::vector<BodySlot> slots = slots_of(class_rows, objects, header_bytes);
    const bool is_instance = header.type() == AllocationType::instance_class;
    if (is_instance) append(slots, slots_of(instance_class_rows, objects, header_bytes));
    if (header.type() == AllocationType::array_class)
        append(slots, slots_of(array_class_rows, objects, header_bytes));
    lay_slots(slots);
    const auto own = heapcore::class_at(heap(), heap().memory.address_of(user_of(chunk)));
    if (!own) {
        what = "Of a class type, but it holds no class";
        what_tone = Tone::alarm;
        return;
    }
    const std::string name = heapcore::class_name(heap(), *own);
    if (!is_instance) {
        what = header.type() == AllocationType::array_class ? "The class of " + type_text(name)
                                                            : "A primitive class";
        return;
    }
    const auto superclass = heapcore::superclass_of(heap(), *own);
    const std::size_t fields = heapcore::fields_of(heap(), *own).size();
    what = "A class with " + plural(fields, "field", "fields") +
           (superclass ? ", extends " + heapcore::class_name(heap(), *superclass) : "");
}

bool Inspection::lay_vm_table() {
    const Address own = heap().memory.address_of(user_of(chunk));
    for (const TableRow& table : table_rows) {
        if (heap().get(table.which) != own) continue;
        what = table.what;
        operation_place = "made with the VM";
        const bool is_roots = table.label == "roots";
        const auto top =
            table.which == Register::permanent_array ? Register::permanent_top : Register::transient_top;
        const std::uint64_t cells = is_roots ? heap().get(top) : heapcore::pool_buckets;
        add_elements(header_bytes, cells, word(),
                     table.which == Register::utf_pool ? Reading::utf : Reading::structure);
        fill_to(end(), Reading::unused);
        return true;
    }
    return false;
}

bool Inspection::lay_thread() {
    const std::vector<Offset> threads = heapcore::threads_of(heap());
    if (std::find(threads.begin(), threads.end(), user_of(chunk)) == threads.end()) return false;
    what = "The VM's structure of thread " + threads_->of(user_of(chunk));
    lay_slots(slots_of(thread_rows, heap().objects(), header_bytes));
    return true;
}

bool Inspection::lay_segment() {
    const ObjectLayout& objects = heap().objects();
    if (user_bytes < objects.segment_body) return false;
    const std::uint64_t cells = user_word(objects.segment_height);
    if (cells == 0 || cells > (user_bytes - objects.segment_body) / word()) return false;
    const Offset body = user_of(chunk) + objects.segment_body;
    const Offset top = body + static_cast<Offset>(cells) * word();
    if (user_word(objects.segment_top) != heap().memory.address_of(top)) return false;
    note_frames_in(user_of(chunk), static_cast<std::uint32_t>(cells));
    what =
        frames_.empty() ? "A stack segment without a frame" : "A stack segment of " + frames_.front().where;
    lay_slots(slots_of(segment_rows, objects, header_bytes));
    add_elements(header_bytes + objects.segment_body, cells, word(), Reading::stack_cell);
    return true;
}

void Inspection::note_frames_in(Offset segment_user, std::uint32_t cells) {
    const Offset body = segment_user + heap().objects().segment_body;
    const Offset body_end = body + cells * word();
    for (const Offset thread : heapcore::threads_of(heap())) {
        for (const heapcore::Frame& frame : heapcore::frames_of(heap(), thread)) {
            if (frame.locals >= body && frame.locals <= body_end)
                frames_.push_back({frame, "thread " + threads_->of(thread)});
        }
    }
    std::sort(frames_.begin(), frames_.end(),
              [](const LiveFrame& a, const LiveFrame& b) { return a.frame.locals < b.frame.locals; });
}

bool Inspection::lay_utf() {
    const ObjectLayout& objects = heap().objects();
    if (user_bytes < objects.utf_bytes) return false;
    const Offset characters = user_of(chunk) + objects.utf_bytes;
    const auto length = static_cast<std::uint32_t>(load(user_of(chunk), 2));
    if (user_word(objects.utf_data) != heap().memory.address_of(characters)) return false;
    if (length > user_bytes - objects.utf_bytes) return false;
    what = "A utf string of " + plural(length, "byte", "bytes");
    text = quoted_bytes(heapcore::utf_text(heap(), heap().memory.address_of(user_of(chunk))));
    lay_slots(slots_of(utf_rows, objects, header_bytes));
    add_elements(header_bytes + objects.utf_bytes, length, 1, Reading::letters);
    return true;
}

// A class's table of fields or methods: the class that its first entry names refers back to it.
bool Inspection::lay_entries() {
    const ObjectLayout& objects = heap().objects();
    const auto of = heapcore::class_at(heap(), user_word(0));
    if (!of || heap().header(chunk_of(*of)).type() != AllocationType::instance_class) return false;
    if (*of + objects.instance_class_bytes > heapcore::body_end(heap(), chunk_of(*of))) return false;
    const Address own = heap().memory.address_of(user_of(chunk));
    const bool is_fields = load(*of + objects.fields, word()) == own;
    if (!is_fields && load(*of + objects.methods, word()) != own) return false;
    const std::uint32_t bytes = is_fields ? objects.field_bytes : objects.method_bytes;
    const auto stored =
        static_cast<std::uint32_t>(load(*of + (is_fields ? objects.field_count : objects.method_count), 2));
    const std::uint32_t count = std::min(stored, user_bytes / bytes);
    entry_slots_ = is_fields ? slots_of(field_rows, objects, 0) : slots_of(method_rows, objects, 0);
    what = (is_fields ? "The field table of class " : "The method table of class ") +
           heapcore::class_name(heap(), *of);
    if (count > 0) {
        add({0,
             std::uint64_t{count} * entry_slots_.size(),
             header_bytes,
             bytes,
             header_bytes + count * bytes,
             Reading::raw,
             false,
             true,
             {},
             {}});
    }
    return true;
}

// --- reading a row ---------------------------------------------------------------------------

BodyRow Inspection::row(std::uint64_t index) const {
    if (index >= rows_) return {};
    const auto after =
        std::upper_bound(parts_.begin(), parts_.end(), index,
                         [](std::uint64_t row, const Part& part) { return row < part.first_row; });
    const Part& part = *(after - 1);
    const std::uint64_t at = index - part.first_row;
    if (part.is_entries) {
        const std::uint64_t entry = at / entry_slots_.size();
        const BodySlot& slot = entry_slots_[at % entry_slots_.size()];
        const auto start = part.offset + static_cast<std::uint32_t>(entry) * part.stride;
        BodyRow row = read(start + slot.offset, slot.bytes, slot.reading);
        row.label = "[" + count_text(entry) + "] " + slot.label;
        return row;
    }
    const std::uint32_t offset = part.offset + static_cast<std::uint32_t>(at) * part.stride;
    BodyRow row = read(offset, std::min(part.stride, part.end - offset), part.reading);
    if (!part.label.empty()) row.label = part.label;
    if (row.note.empty()) row.note = part.note;
    if (!part.is_elements || !row.label.empty()) return row;
    const bool is_bytes = part.reading == Reading::bytes || part.reading == Reading::booleans ||
                          part.reading == Reading::letters;
    const bool is_pairs = part.reading == Reading::shorts || part.reading == Reading::units;
    const std::uint64_t each = is_bytes ? part.stride : is_pairs ? part.stride / 2 : 1;
    row.label = "[" + count_text(at * each) + "]";
    return row;
}

BodyRow Inspection::read(std::uint32_t offset, std::uint32_t bytes, Reading reading) const {
    BodyRow row;
    row.offset = offset;
    row.bytes = bytes;
    const std::uint64_t value = load(chunk + offset, bytes);
    row.digits = hex_digits(value, reading == Reading::zeros ? word() : bytes);
    switch (reading) {
        case Reading::raw: read_guess(row, value); break;
        case Reading::unused:
            row.tone = Tone::dim;
            row.meaning = "unused";
            break;
        case Reading::zeros:
            row.meaning = count_text(bytes) + " bytes, all zero";
            row.tone = Tone::dim;
            break;
        case Reading::stale: row.tone = Tone::dim; break;
        case Reading::class_pointer: read_class_pointer(row, value); break;
        case Reading::reference: read_reference(row, value); break;
        case Reading::weak_referent:
            read_reference(row, value);
            row.note =
                "The collector does not follow it; set to null when nothing else reaches the referent.";
            break;
        case Reading::class_loader:
            read_structure(row, value);
            if (value == 0) row.meaning = "null, a bootstrap class";
            break;
        case Reading::structure: read_structure(row, value); break;
        case Reading::utf:
            read_structure(row, value);
            if (row.target) row.meaning = quoted_bytes(heapcore::utf_text(heap(), value));
            break;
        case Reading::address: read_address(row, value); break;
        case Reading::signed_integer: row.meaning = std::to_string(signed_of(value, bytes)); break;
        case Reading::unsigned_integer: row.meaning = std::to_string(value); break;
        case Reading::boolean: row.meaning = value == 0 ? "false" : "true"; break;
        case Reading::character:
            row.meaning =
                "'" + text_of_units(heap(), chunk + offset, 1) + "' " + std::to_string(value & 0xffff);
            break;
        case Reading::real: {
            const auto single = std::bit_cast<float>(static_cast<std::uint32_t>(value));
            row.meaning = number_text(single);
            break;
        }
        case Reading::long_real: row.meaning = number_text(std::bit_cast<double>(value)); break;
        case Reading::magic:
            row.meaning =
                value == heapcore::class_magic_number ? "the mark of a class" : "not the magic number";
            if (value != heapcore::class_magic_number) row.tone = Tone::alarm;
            break;
        case Reading::method:
            row.meaning = value == 0 ? "none" : method_text(session_->trace(), heapcore::method_name(value));
            if (value == 0) row.tone = Tone::dim;
            break;
        case Reading::stored_length: {
            const std::uint32_t fits = heapcore::array_length(heap(), chunk);
            row.meaning = count_text(value);
            if (value <= fits || heapcore::array_element_bytes(heap(), chunk) == 0) break;
            row.meaning += ", more than fits";
            row.note = "The chunk has room for " + plural(fits, "element", "elements") + ".";
            row.tone = Tone::alarm;
            break;
        }
        case Reading::list_next:
        case Reading::list_previous: read_list_link(row, value); break;
        case Reading::back_pointer: read_back_pointer(row, value); break;
        case Reading::field_flags:
            row.meaning = value & heapcore::static_flag ? "static" : value == 0 ? "none" : hex_text(value);
            break;
        case Reading::field_value: read_field_value(row); break;
        case Reading::stack_cell: read_stack_cell(row, value); break;
        case Reading::bytes:
        case Reading::booleans:
        case Reading::shorts:
        case Reading::units:
        case Reading::letters: read_several(row, reading); break;
    }
    return row;
}

void Inspection::read_reference(BodyRow& row, std::uint64_t value) const {
    if (value == 0) {
        row.meaning = "null";
        row.tone = Tone::dim;
        return;
    }
    row.target = heap().chunk_at(value);
    if (row.target) {
        row.meaning = describe(*row.target);
        return;
    }
    row.meaning = heap().is_in_heap(value) ? "gone: no chunk there" : "outside the heap";
    row.tone = Tone::alarm;
}

void Inspection::read_class_pointer(BodyRow& row, std::uint64_t value) const {
    if (value == 0) {
        row.meaning = "none";
        row.tone = Tone::dim;
        return;
    }
    const auto of = heapcore::class_at(heap(), value);
    if (!of) {
        row.meaning = "is gone";
        row.note = "Its class is gone: what it points to is no class any more.";
        row.tone = Tone::alarm;
        return;
    }
    row.target = chunk_of(*of);
    row.meaning = class_text(heapcore::class_name(heap(), *of));
}

// Links between the VM's structures may also lead beside the heap.
void Inspection::read_structure(BodyRow& row, std::uint64_t value) const {
    const bool is_beside =
        value != 0 && !heap().is_in_heap(value) && heap().memory.offset_of(value).has_value();
    if (!is_beside) return read_reference(row, value);
    row.meaning = "beside the heap";
    row.tone = Tone::dim;
}

void Inspection::read_guess(BodyRow& row, std::uint64_t value) const {
    if (value == 0 || row.bytes != word()) {
        row.tone = Tone::dim;
        return;
    }
    row.target = heap().chunk_at(value);
    if (!row.target) return;
    row.meaning = describe(*row.target) + "?";
    row.note = "A guess: the word looks like a reference to " + describe(*row.target) + ".";
    row.tone = Tone::guess;
}

void Inspection::read_list_link(BodyRow& row, std::uint64_t value) const {
    const auto at = heap().memory.offset_of(value);
    const bool is_marker = at && (*at == heap().free_list().end() || *at == heap().free_list().start());
    if (is_marker) {
        row.meaning = *at == heap().free_list().end() ? "end of the list" : "start of the list";
        row.tone = Tone::dim;
    } else if (at && can_be_chunk(heap(), *at) && !heap().header(*at).is_in_use()) {
        row.target = at;
        row.meaning = "free, " + bytes_text(heap().header(*at).size_bytes());
    } else {
        row.meaning = "no free chunk there";
        row.tone = Tone::alarm;
    }
}

void Inspection::read_back_pointer(BodyRow& row, std::uint64_t value) const {
    const bool is_right = value == heap().memory.address_of(chunk);
    row.meaning = is_right ? "this chunk" : "not this chunk";
    if (!is_right) row.tone = Tone::alarm;
}

void Inspection::read_address(BodyRow& row, std::uint64_t value) const {
    const auto at = heap().memory.offset_of(value);
    if (value == 0) {
        row.meaning = "null";
        row.tone = Tone::dim;
    } else if (at && *at >= chunk && *at - chunk <= end()) {
        row.meaning = "+" + std::to_string(*at - chunk) + " in this chunk";
    } else if (at) {
        row.meaning = heap().is_in_heap(value) ? "in the heap" : "beside the heap";
    } else {
        row.meaning = "outside the heap";
        row.tone = Tone::alarm;
    }
}

void Inspection::read_field_value(BodyRow& row) const {
    const ObjectLayout& objects = heap().objects();
    const Offset entry = chunk + row.offset - objects.field_value;
    const std::string signature = heapcore::utf_text(heap(), load(entry + objects.field_signature, word()));
    const bool is_static = load(entry + objects.field_flags, 2) & heapcore::static_flag;
    const std::uint64_t value = load(chunk + row.offset, row.bytes);
    if (!is_static) {
        row.meaning = "cell " + std::to_string(value & 0xffff);
        row.note = "An instance field: the value is in the object's cell of that number.";
    } else if (reading_of(signature.empty() ? 'I' : signature[0]) == Reading::reference) {
        read_reference(row, value);
    } else {
        row.meaning = std::to_string(signed_of(value, row.bytes));
    }
}

void Inspection::read_stack_cell(BodyRow& row, std::uint64_t value) const {
    const Offset place = chunk + row.offset;
    const Offset saved = heapcore::frame_cell::count * word();
    const LiveFrame* live = nullptr;
    for (const LiveFrame& frame : frames_) {
        if (frame.frame.locals <= place + saved) live = &frame;
    }
    CellText cell = cell_text(*session_, value);
    row.meaning = std::move(cell.text);
    row.note = std::move(cell.note);
    row.tone = cell.tone;
    row.target = cell.chunk;
    if (!live || place >= live->frame.pointer) {
        row.label = "residue";
        row.note = "Beyond the stack pointer: the collector does not look at it.";
        if (!row.target) row.meaning.clear();
        row.tone = Tone::dim;
        return;
    }
    const heapcore::Frame& frame = live->frame;
    if (place < frame.locals) {
        row.label =
            saved_words[std::min<std::size_t>((frame.locals - place) / word(), saved_words.size() - 1)];
        row.note =
            "A register of the caller, kept before the frame's first local. The collector does not look at "
            "it.";
        if (frame.locals - place == heapcore::frame_cell::method * word() && value != 0)
            row.meaning = method_text(session_->trace(), heapcore::method_name(value));
        row.tone = Tone::dim;
        return;
    }
    const std::uint32_t index = (place - frame.locals) / word();
    const bool is_local = index < frame.local_count;
    row.label =
        is_local ? "local " + std::to_string(index) : "operand " + std::to_string(index - frame.local_count);
}

void Inspection::read_several(BodyRow& row, Reading reading) const {
    const Offset first = chunk + row.offset;
    const bool is_pairs = reading == Reading::units || reading == Reading::shorts;
    const std::uint32_t each = is_pairs ? 2 : 1;
    row.digits.clear();
    for (std::uint32_t i = 0; i + each <= row.bytes; i += each) {
        const std::uint64_t value = load(first + i, each);
        row.digits += hex_digits(value, each);
        if (reading == Reading::units) continue;
        if (reading == Reading::letters) {
            append_printable(row.meaning, value < 0x80 ? static_cast<std::uint32_t>(value) : 0);
        } else {
            if (!row.meaning.empty()) row.meaning += ' ';
            row.meaning += std::to_string(reading == Reading::booleans ? static_cast<std::int64_t>(value)
                                                                       : signed_of(value, each));
        }
    }
    if (reading == Reading::units) row.meaning = text_of_units(heap(), first, row.bytes / 2);
    if (reading == Reading::units || reading == Reading::letters)
        row.meaning = quoted(std::move(row.meaning), false);
    row.note = row.meaning;
}

// --- what the inspector keeps ----------------------------------------------------------------

const Inspection& Inspector::look(const heapcore::Session& session, Offset chunk) {
    Instant now = instant_of(session);
    if (inspection_ && inspection_->chunk == chunk && now == instant_) return *inspection_;
    threads_.update(session);
    instant_ = std::move(now);
    referrers_.reset();
    inspection_.emplace(session, chunk, threads_);
    return *inspection_;
}

const Referrers* Inspector::referrers(bool is_asked_for, std::uint64_t most_chunks) {
    if (!inspection_ || !inspection_->is_chunk) return nullptr;
    const heapcore::Session& session = *instant_.session;
    const bool is_small = session.heap().get(Register::chunks) <= most_chunks;
    if (!referrers_ && (is_small || is_asked_for)) referrers_ = referrers_of(session, inspection_->chunk);
    return referrers_ ? &*referrers_ : nullptr;
}

}  // namespace tricolour
