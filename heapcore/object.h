// Objects: what the body of a chunk means, by its allocation type.
//
// The scan of a chunk is one sequence for the collector, the graph and the inspector: which words
// are references, in which order, and which chunks turn black on the way. Nothing here trusts what
// it reads: a class that is gone, a length beyond the chunk or a pointer to nowhere ends a scan.
// Source: the memory model (allocation types, and how each is scanned; object layouts).
#pragma once

#include "heapcore/heap.h"

#include <optional>
#include <string>
#include <vector>

namespace heapcore {

/// Where a scan stands: what a mark stack's entry keeps.
struct ScanState {
    Offset class_user = 0;  ///< class whose fields come next, as user offset; 0: none
    std::uint32_t cursor = 0;
    std::uint32_t flags = 0;
};

struct ScanStep {
    enum Kind : std::uint8_t { end, reference, blacken };
    Kind kind = end;
    MarkReason reason = MarkReason::field;
    Offset place = 0;         ///< reference: offset of the word in memory
    Address target = 0;       ///< reference: what it holds, not null
    Offset chunk = no_chunk;  ///< blacken: the chunk
};

ScanState begin_scan(const Heap& heap, Offset chunk);
/// The next reference that is not null, or chunk that turns black on the way; `end` when done.
ScanStep next_scan(const Heap& heap, Offset chunk, ScanState& state);

/// A reference of an instance, in the order of its scan.
struct ReferenceCell {
    std::uint32_t place;  ///< from the user pointer
    ScanState after;      ///< where the scan stands once it is looked at
};
/// Adds an instance's references. False if the class or a class above it is not as the engine lays one
/// down: what lies there may change while a collection marks.
bool add_reference_cells(const Heap& heap, Offset class_user, std::vector<ReferenceCell>& cells);

/// A class's user offset, if the address is a sane chunk in use of a class type with its magic.
std::optional<Offset> class_at(const Heap& heap, Address address);
/// The class of an object, array, string or weak reference; none if it has none or it is gone.
std::optional<Offset> class_of(const Heap& heap, Offset chunk);
std::string class_name(const Heap& heap, Offset class_user);

/// Whether it is of that type and its chunk holds all of an instance class.
bool is_instance_class(const Heap& heap, Offset class_user);
/// Number of fields of an instance class, and of the first that is not static.
std::uint32_t field_count(const Heap& heap, Offset class_user);
std::uint32_t first_instance_field(const Heap& heap, Offset class_user);
/// A field's structure, if the class's table really holds it.
std::optional<Offset> field_at(const Heap& heap, Offset class_user, std::uint32_t index);
bool is_reference_field(const Heap& heap, Offset field);

struct Field {
    std::string name;
    std::string signature;
    bool is_static = false;
    Offset declaring_class = 0;  ///< user offset
    Offset place = 0;            ///< static: offset of its value in memory; instance: from the user pointer
    bool is_reference() const { return !signature.empty() && (signature[0] == 'L' || signature[0] == '['); }
};
/// Fields of the class itself, in table order: static ones first.
std::vector<Field> fields_of(const Heap& heap, Offset class_user);
/// Finds a field by name in the class and its superclasses.
std::optional<Field> find_field(const Heap& heap, Offset class_user, std::string_view name);
std::optional<Offset> superclass_of(const Heap& heap, Offset class_user);
std::uint32_t instance_cells(const Heap& heap, Offset class_user);
/// Whether the address is a method of a class, and a native one. A NameId + 1 never is.
bool is_native_method(const Heap& heap, Address method);

/// The characters of a utf string, given the address that refers to it; empty if it is none.
std::string utf_text(const Heap& heap, Address utf);
/// Appends a code point below 0x110000.
void append_utf8(std::string& text, std::uint32_t code);
/// The text of a string chunk as UTF-8.
std::string string_text(const Heap& heap, Offset chunk);
/// Length of an array chunk as stored, cut to what its chunk can hold.
std::uint32_t array_length(const Heap& heap, Offset chunk);
/// Element size in bytes of an array chunk, by its class; 0 if its class tells nothing.
std::uint32_t array_element_bytes(const Heap& heap, Offset chunk);

/// Takes a structure out of one of the VM's tables of buckets; whether it was there. `next_field`:
/// where it keeps the next one in its bucket.
bool unlink_from_table(Heap& heap, Register table, std::uint32_t next_field, Offset user);

/// Calls take(address) for each structure that the sweep frees together with a class, in its order.
template <typename Take>
void for_each_part(const Heap& heap, Offset class_user, Take take);

/// End of the chunk's user data, as offset in memory.
inline Offset body_end(const Heap& heap, Offset chunk) { return chunk + heap.header(chunk).size_bytes(); }

template <typename Take>
void for_each_part(const Heap& heap, Offset class_user, Take take) {
    const ObjectLayout& objects = heap.objects();
    const auto part = [&](std::uint32_t field) { return heap.memory.load_word(class_user + field); };
    const AllocationType type = heap.header(chunk_of(class_user)).type();
    if (type == AllocationType::array_class) return take(part(objects.class_name));
    if (type != AllocationType::instance_class) return;
    take(part(objects.constant_pool));
    take(part(objects.fields));
    take(part(objects.interfaces));
    take(part(objects.static_longs));
    const Address methods = part(objects.methods);
    const auto table = heap.chunk_at(methods);
    if (!table) return;
    const std::uint32_t count = heap.memory.load16(class_user + objects.method_count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Offset method = user_of(*table) + i * objects.method_bytes;
        if (method + objects.method_bytes > body_end(heap, *table)) break;
        take(heap.memory.load_word(method + objects.method_code));
        take(heap.memory.load_word(method + objects.method_exceptions));
        take(heap.memory.load_word(method + objects.method_line_numbers));
    }
    take(methods);
}

}  // namespace heapcore
