#include "heapcore/object.h"

#include <algorithm>

namespace heapcore {
namespace {

constexpr std::uint32_t deepest_hierarchy = 4096;

// Flags of a scan: two bits say how far it is, the rest count superclasses.
constexpr std::uint32_t stage_mask = 3;
constexpr std::uint32_t level_step = 4;

Address word_at(const Heap& heap, Offset place) { return heap.memory.load_word(place); }

// A word inside the chunk's body, or null beyond it.
Address body_word(const Heap& heap, Offset chunk, std::uint32_t offset_from_user) {
    const Offset place = user_of(chunk) + offset_from_user;
    return place + heap.geometry().word_bytes <= body_end(heap, chunk) ? word_at(heap, place) : 0;
}

}  // namespace

std::uint32_t field_count(const Heap& heap, Offset class_user) {
    return heap.memory.load16(class_user + heap.objects().field_count);
}
std::uint32_t first_instance_field(const Heap& heap, Offset class_user) {
    return std::min<std::uint32_t>(heap.memory.load16(class_user + heap.objects().first_instance_field),
                                   field_count(heap, class_user));
}

bool is_instance_class(const Heap& heap, Offset class_user) {
    return heap.header(chunk_of(class_user)).type() == AllocationType::instance_class &&
           class_user + heap.objects().instance_class_bytes <= body_end(heap, chunk_of(class_user));
}

std::optional<Offset> field_at(const Heap& heap, Offset class_user, std::uint32_t index) {
    const auto table = heap.chunk_at(word_at(heap, class_user + heap.objects().fields));
    if (!table) return std::nullopt;
    const Offset field = user_of(*table) + index * heap.objects().field_bytes;
    if (std::uint64_t{field} + heap.objects().field_bytes > body_end(heap, *table)) return std::nullopt;
    return field;
}

bool is_reference_field(const Heap& heap, Offset field) {
    const auto utf = heap.chunk_at(word_at(heap, field + heap.objects().field_signature));
    if (!utf) return false;
    const Address data = word_at(heap, user_of(*utf) + heap.objects().utf_data);
    if (!heap.is_in_heap(data)) return false;
    const std::uint8_t first = heap.memory.load8(static_cast<Offset>(data - heap.memory.base()));
    return first == 'L' || first == '[';
}

namespace {

ScanStep reference(Offset place, Address target, MarkReason reason) {
    return {ScanStep::reference, reason, place, target, no_chunk};
}
ScanStep blacken(Offset chunk, MarkReason reason) { return {ScanStep::blacken, reason, 0, 0, chunk}; }

ScanStep next_of_object(const Heap& heap, Offset chunk, ScanState& state) {
    while (state.class_user != 0) {
        const std::uint32_t fields = field_count(heap, state.class_user);
        while (state.cursor < fields) {
            const auto field = field_at(heap, state.class_user, state.cursor++);
            if (!field || !is_reference_field(heap, *field)) continue;
            const std::uint32_t cell = heap.memory.load16(*field + heap.objects().field_value);
            const std::uint32_t from_user = heap.objects().object_fields + cell * heap.geometry().word_bytes;
            if (const Address target = body_word(heap, chunk, from_user))
                return reference(user_of(chunk) + from_user, target, MarkReason::field);
        }
        state.flags += level_step;
        const auto super = state.flags / level_step < deepest_hierarchy
                               ? superclass_of(heap, state.class_user)
                               : std::nullopt;
        state.class_user = super.value_or(0);
        if (super) state.cursor = first_instance_field(heap, *super);
    }
    return {};
}

// The element at the cursor turns black once it is done.
ScanStep next_of_object_array(const Heap& heap, Offset chunk, ScanState& state) {
    const auto place = [&] {
        return user_of(chunk) + heap.objects().array_elements + state.cursor * heap.geometry().word_bytes;
    };
    if (state.flags & stage_mask) {
        state.flags = 0;
        if (const auto element = heap.chunk_at(word_at(heap, place())))
            return blacken(*element, MarkReason::again);
    }
    while (state.cursor > 0) {
        --state.cursor;
        if (const Address target = word_at(heap, place())) {
            state.flags = 1;
            return reference(place(), target, MarkReason::element);
        }
    }
    return {};
}

ScanStep loader_of(const Heap& heap, Offset class_user) {
    const Offset place = class_user + heap.objects().class_loader;
    const Address loader = body_word(heap, chunk_of(class_user), heap.objects().class_loader);
    return loader ? reference(place, loader, MarkReason::class_loader) : ScanStep{};
}

ScanStep next_of_instance_class(const Heap& heap, ScanState& state) {
    while (state.class_user != 0) {
        const Offset class_user = state.class_user;
        if ((state.flags & stage_mask) == 0) {
            state.flags |= 1;
            state.cursor = first_instance_field(heap, class_user);
            if (const ScanStep loader = loader_of(heap, class_user); loader.kind) return loader;
        }
        while (state.cursor > 0) {
            const auto field = field_at(heap, class_user, --state.cursor);
            if (!field || !is_reference_field(heap, *field)) continue;
            const Offset place = *field + heap.objects().field_value;
            if (const Address target = word_at(heap, place))
                return reference(place, target, MarkReason::static_field);
        }
        const bool is_first = state.flags / level_step == 0;
        state.flags = (state.flags & ~stage_mask) + level_step;
        state.class_user =
            state.flags / level_step < deepest_hierarchy ? superclass_of(heap, class_user).value_or(0) : 0;
        return blacken(chunk_of(class_user), is_first ? MarkReason::all_scanned : MarkReason::superclass);
    }
    return {};
}

}  // namespace

ScanState begin_scan(const Heap& heap, Offset chunk) {
    switch (heap.header(chunk).type()) {
        case AllocationType::object: {
            const auto of = class_of(heap, chunk);
            if (!of || !is_instance_class(heap, *of)) return {};
            return {*of, first_instance_field(heap, *of), 0};
        }
        case AllocationType::object_array: return {0, array_length(heap, chunk), 0};
        case AllocationType::instance_class:
            return {is_instance_class(heap, user_of(chunk)) ? user_of(chunk) : 0, 0, 0};
        default: return {};
    }
}

ScanStep next_scan(const Heap& heap, Offset chunk, ScanState& state) {
    switch (heap.header(chunk).type()) {
        case AllocationType::object: return next_of_object(heap, chunk, state);
        case AllocationType::object_array: return next_of_object_array(heap, chunk, state);
        case AllocationType::instance_class: return next_of_instance_class(heap, state);
        case AllocationType::string:
            if (state.flags++ == 0)
                if (const auto chars = heap.chunk_at(body_word(heap, chunk, heap.objects().string_chars)))
                    return blacken(*chars, MarkReason::chars);
            return {};
        case AllocationType::array_class:
        case AllocationType::primitive_class:
            return state.flags++ == 0 ? loader_of(heap, user_of(chunk)) : ScanStep{};
        default: return {};
    }
}

bool add_reference_cells(const Heap& heap, Offset class_user, std::vector<ReferenceCell>& cells) {
    constexpr std::uint32_t most_levels = 64;
    const ObjectLayout& objects = heap.objects();
    const auto permanent_at = [&](Address address) {
        const auto chunk = heap.chunk_at(address);
        return chunk && heap.header(*chunk).type() == AllocationType::static_data ? chunk : std::nullopt;
    };
    Offset of = class_user;
    for (std::uint32_t level = 0; level < most_levels; ++level) {
        if (!is_instance_class(heap, of)) return false;
        const std::uint32_t fields = field_count(heap, of);
        if (fields != 0 && !permanent_at(word_at(heap, of + objects.fields))) return false;
        for (std::uint32_t i = first_instance_field(heap, of); i < fields; ++i) {
            const auto field = field_at(heap, of, i);
            const auto utf =
                field ? permanent_at(word_at(heap, *field + objects.field_signature)) : std::nullopt;
            if (!utf) return false;
            const Address data = word_at(heap, user_of(*utf) + objects.utf_data);
            const Address body = heap.memory.address_of(user_of(*utf));
            if (data < body || data >= heap.memory.address_of(body_end(heap, *utf))) return false;
            if (is_reference_field(heap, *field))
                cells.push_back(
                    {objects.object_fields + heap.memory.load16(*field + objects.field_value) * objects.word,
                     {of, i + 1, level * level_step}});
        }
        const Address super = word_at(heap, of + objects.class_super);
        if (super == 0) return true;
        const auto next = superclass_of(heap, of);
        if (!next) return false;
        of = *next;
    }
    return false;
}

std::optional<Offset> class_at(const Heap& heap, Address address) {
    const auto chunk = heap.chunk_at(address);
    if (!chunk || !is_class_type(heap.header(*chunk).type())) return std::nullopt;
    if (body_end(heap, *chunk) < user_of(*chunk) + heap.objects().class_loader + heap.geometry().word_bytes)
        return std::nullopt;
    if (heap.memory.load32(user_of(*chunk)) != class_magic_number) return std::nullopt;
    return user_of(*chunk);
}

std::optional<Offset> class_of(const Heap& heap, Offset chunk) {
    return class_at(heap, word_at(heap, user_of(chunk)));
}

std::string class_name(const Heap& heap, Offset class_user) {
    return utf_text(heap, word_at(heap, class_user + heap.objects().class_name));
}

std::vector<Field> fields_of(const Heap& heap, Offset class_user) {
    std::vector<Field> fields;
    if (!is_instance_class(heap, class_user)) return fields;
    const ObjectLayout& objects = heap.objects();
    const std::uint32_t first_instance = first_instance_field(heap, class_user);
    const std::uint32_t count = field_count(heap, class_user);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto place = field_at(heap, class_user, i);
        if (!place) break;
        Field field;
        field.name = utf_text(heap, word_at(heap, *place + objects.field_name));
        field.signature = utf_text(heap, word_at(heap, *place + objects.field_signature));
        field.is_static = i < first_instance;
        field.declaring_class = class_user;
        field.place = field.is_static ? *place + objects.field_value
                                      : objects.object_fields +
                                            heap.memory.load16(*place + objects.field_value) * objects.word;
        fields.push_back(std::move(field));
    }
    return fields;
}

std::optional<Field> find_field(const Heap& heap, Offset class_user, std::string_view name) {
    std::optional<Offset> at = class_user;
    for (std::uint32_t level = 0; at && level < deepest_hierarchy; ++level) {
        for (Field& field : fields_of(heap, *at))
            if (field.name == name) return std::move(field);
        at = superclass_of(heap, *at);
    }
    return std::nullopt;
}

std::optional<Offset> superclass_of(const Heap& heap, Offset class_user) {
    const auto super = class_at(heap, word_at(heap, class_user + heap.objects().class_super));
    if (!super || !is_instance_class(heap, *super)) return std::nullopt;
    return super;
}

std::uint32_t instance_cells(const Heap& heap, Offset class_user) {
    return heap.memory.load16(class_user + heap.objects().instance_cells);
}

bool is_native_method(const Heap& heap, Address method) {
    const ObjectLayout& objects = heap.objects();
    if (!heap.is_in_heap(method) || !heap.is_in_heap(method + objects.method_bytes - 1)) return false;
    const auto place = static_cast<Offset>(method - heap.memory.base());
    const auto of = class_at(heap, word_at(heap, place));
    if (!of || !is_instance_class(heap, *of)) return false;
    const auto table = heap.chunk_at(word_at(heap, *of + objects.methods));
    return table && place >= user_of(*table) && place < body_end(heap, *table) &&
           (heap.memory.load16(place + objects.method_flags) & native_flag);
}

bool unlink_from_table(Heap& heap, Register table, std::uint32_t next_field, Offset user) {
    const auto buckets = heap.memory.offset_of(heap.get(table));
    if (!buckets) return false;
    const Address wanted = heap.memory.address_of(user);
    for (std::uint32_t bucket = 0; bucket < pool_buckets; ++bucket) {
        Offset place = *buckets + bucket * heap.geometry().word_bytes;
        std::uint32_t left = heap.most_chunks();
        for (Address at = word_at(heap, place); at != 0 && left-- > 0; at = word_at(heap, place)) {
            const auto chunk = heap.chunk_at(at);
            if (!chunk) break;
            const Offset next = user_of(*chunk) + next_field;
            if (at == wanted) {
                heap.memory.store_word(place, word_at(heap, next));
                return true;
            }
            place = next;
        }
    }
    return false;
}

std::string utf_text(const Heap& heap, Address utf) {
    const auto chunk = heap.chunk_at(utf);
    if (!chunk || user_of(*chunk) + heap.objects().utf_bytes > body_end(heap, *chunk)) return {};
    const std::uint32_t length = heap.memory.load16(user_of(*chunk));
    const Address data = word_at(heap, user_of(*chunk) + heap.objects().utf_data);
    if (!heap.is_in_heap(data) || !heap.is_in_heap(data + length)) return {};
    const auto bytes =
        heap.memory.bytes().subspan(static_cast<std::size_t>(data - heap.memory.base()), length);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void append_utf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0 | code >> 6);
        text += static_cast<char>(0x80 | (code & 63));
    } else if (code < 0x10000) {
        text += static_cast<char>(0xe0 | code >> 12);
        text += static_cast<char>(0x80 | (code >> 6 & 63));
        text += static_cast<char>(0x80 | (code & 63));
    } else {
        text += static_cast<char>(0xf0 | code >> 18);
        text += static_cast<char>(0x80 | (code >> 12 & 63));
        text += static_cast<char>(0x80 | (code >> 6 & 63));
        text += static_cast<char>(0x80 | (code & 63));
    }
}

std::string string_text(const Heap& heap, Offset chunk) {
    const ObjectLayout& objects = heap.objects();
    const auto chars = heap.chunk_at(body_word(heap, chunk, objects.string_chars));
    if (!chars) return {};
    const auto first = static_cast<std::uint32_t>(body_word(heap, chunk, objects.string_offset));
    const auto length = static_cast<std::uint32_t>(body_word(heap, chunk, objects.string_length));
    const Offset elements = user_of(*chars) + objects.array_elements;
    const std::uint64_t fits = (body_end(heap, *chars) - elements) / 2;
    std::string text;
    for (std::uint64_t i = first; i < std::uint64_t{first} + length && i < fits; ++i) {
        const auto unit = [&](std::uint64_t at) {
            return std::uint32_t{heap.memory.load16(elements + 2 * static_cast<Offset>(at))};
        };
        std::uint32_t code = unit(i);
        const bool is_pair =
            code >= 0xd800 && code < 0xdc00 && i + 1 < fits && unit(i + 1) >= 0xdc00 && unit(i + 1) < 0xe000;
        if (is_pair) code = 0x10000 + ((code - 0xd800) << 10) + (unit(++i) - 0xdc00);
        append_utf8(text, code);
    }
    return text;
}

std::uint32_t array_element_bytes(const Heap& heap, Offset chunk) {
    if (heap.header(chunk).type() == AllocationType::object_array) return heap.geometry().word_bytes;
    const auto of = class_of(heap, chunk);
    if (!of) return 0;
    const std::string name = class_name(heap, *of);
    if (name.size() < 2 || name[0] != '[') return 0;
    switch (name[1]) {
        case 'Z':
        case 'B': return 1;
        case 'C':
        case 'S': return 2;
        case 'I':
        case 'F': return 4;
        case 'J':
        case 'D': return 8;
        default: return heap.geometry().word_bytes;
    }
}

std::uint32_t array_length(const Heap& heap, Offset chunk) {
    const ObjectLayout& objects = heap.objects();
    const Offset elements = user_of(chunk) + objects.array_elements;
    if (elements > body_end(heap, chunk)) return 0;
    const auto stored = static_cast<std::uint32_t>(word_at(heap, user_of(chunk) + objects.array_length));
    const std::uint32_t bytes = std::max(1u, array_element_bytes(heap, chunk));
    return std::min(stored, (body_end(heap, chunk) - elements) / bytes);
}

}  // namespace heapcore
