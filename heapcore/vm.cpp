#include "heapcore/vm.h"

#include <algorithm>
#include <array>

namespace heapcore {
namespace {

constexpr std::uint32_t loaded_state = 3;  // as the real VM marks a class ready for use
constexpr std::uint32_t running_status = 2;
constexpr std::uint32_t least_operands = 16;     // room a frame finds above its locals
constexpr std::uint32_t first_loader_slots = 4;  // classes a new loader has room for

constexpr std::array<char, 9> signatures = {'L', 'Z', 'B', 'C', 'S', 'I', 'J', 'F', 'D'};

std::uint32_t hash_of(std::string_view text) {
    std::uint32_t hash = 2166136261u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

// UTF-8, which the trace's reader has checked, to UTF-16.
std::vector<std::uint16_t> utf16_of(std::string_view text) {
    std::vector<std::uint16_t> units;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 63);
        i += length;
        if (code < 0x10000) {
            units.push_back(static_cast<std::uint16_t>(code));
        } else {
            units.push_back(static_cast<std::uint16_t>(0xd800 + ((code - 0x10000) >> 10)));
            units.push_back(static_cast<std::uint16_t>(0xdc00 + ((code - 0x10000) & 0x3ff)));
        }
    }
    return units;
}

}  // namespace

// The real VM's order: class, utf string and interned string pools, native methods, transient and
// permanent root stacks.
void Vm::make_tables() {
    const MemoryLayout& layout = heap.layout();
    const std::uint32_t word_bytes = heap.geometry().word_bytes;
    const HeapSettings& settings = heap.settings();
    Offset beside_pool = layout.pools;
    const auto table = [&](Register which, std::uint32_t cells, Offset beside) {
        Offset place = beside;
        if (settings.vm == VmMode::unified) {
            const auto chunk = heap.allocate(AllocationType::static_data, cells * word_bytes);
            if (!chunk) throw OutOfMemory{};
            place = user_of(*chunk);
            heap.memory.zero(place, body_end(heap, *chunk) - place);
        }
        heap.set(which, address(place));
    };
    for (const Register pool : {Register::class_pool, Register::utf_pool, Register::intern_pool}) {
        table(pool, pool_buckets, beside_pool);
        beside_pool += pool_buckets * word_bytes;
    }
    if (settings.vm == VmMode::unified) table(Register::native_pool, native_pool_buckets, 0);
    table(Register::transient_array, settings.transient_depth, layout.transient);
    table(Register::permanent_array, settings.permanent_depth, layout.permanent);
}

void Vm::begin_operation(std::uint32_t operation_index) {
    operation_ = operation_index;
    made_.clear();
}

void Vm::end_operation() {
    made_.clear();
    if (heap.get(Register::operation_top) != 0) heap.set(Register::operation_top, 0);
}

void Vm::undo_operation() {
    heap.set(Register::operation_top, 0);
    while (!made_.empty()) {
        const Offset chunk = made_.back();
        made_.pop_back();
        if (heap.get(Register::class_class) == address(user_of(chunk))) heap.set(Register::class_class, 0);
        report(StepKind::undone, chunk);
        heap.free(chunk);
    }
}

void Vm::hold(Offset chunk) {
    const std::uint64_t top = heap.get(Register::operation_top);
    HEAPCORE_ASSERT(top < most_operation_roots, "an operation holds few chunks");
    put(heap.layout().operation_roots + static_cast<Offset>(top) * heap.geometry().word_bytes,
        address(user_of(chunk)));
    heap.set(Register::operation_top, top + 1);
}

Offset Vm::allocate(AllocationType type, std::uint64_t user_bytes) {
    const auto origin = [this] {
        return Origin{0, operation_, 0, static_cast<std::uint32_t>(heap.get(Register::gc_count))};
    };
    const GcMode gc = heap.settings().gc;
    if (gc == GcMode::stress) collect(CollectReason::stress);
    auto chunk = heap.allocate(type, user_bytes, origin());
    if (!chunk && gc == GcMode::automatic) {
        collect(CollectReason::allocation_failed);
        chunk = heap.allocate(type, user_bytes, origin());
    }
    if (!chunk) {
        report(StepKind::out_of_memory, no_chunk, user_bytes,
               heap.geometry().chunk_bytes_for(user_bytes).value_or(0xffffffff));
        throw OutOfMemory{};
    }
    heap.memory.zero(user_of(*chunk), body_end(heap, *chunk) - user_of(*chunk));
    made_.push_back(*chunk);
    // Permanent data needs no holding: no sweep frees it.
    if (type != AllocationType::static_data) hold(*chunk);
    return *chunk;
}

// The real VM asks for as many user bytes as the original chunk's whole size.
Offset Vm::clone(Offset original) {
    hold(original);
    const Header header = heap.header(original);
    const Offset chunk = allocate(header.type(), header.size_bytes());
    heap.memory.copy(user_of(chunk), user_of(original), header.size_bytes() - header_bytes);
    report(StepKind::cloned, chunk, original);
    return chunk;
}

void Vm::free(Offset chunk) {
    leave_class_table(chunk);
    const Address string_class = heap.get(Register::string_class);
    if (string_class != 0 && word(user_of(chunk)) == string_class)
        unlink_from_table(heap, Register::intern_pool, heap.objects().string_next, user_of(chunk));
    heap.free(chunk);
}

void Vm::retype(Offset chunk, AllocationType type) {
    const Header before = heap.header(chunk);
    if (!is_class_type(type)) leave_class_table(chunk);
    heap.memory.store_header(chunk, before.with_type(type));
    report(StepKind::retyped, chunk, static_cast<std::uint64_t>(before.type()), 0,
           static_cast<std::uint8_t>(type));
}

void Vm::leave_class_table(Offset chunk) {
    if (class_at(heap, address(user_of(chunk))))
        unlink_from_table(heap, Register::class_pool, heap.objects().class_next, user_of(chunk));
}

Offset Vm::bucket_place(Register pool, std::string_view text) const {
    const auto buckets = heap.memory.offset_of(heap.get(pool));
    return *buckets + hash_of(text) % pool_buckets * heap.geometry().word_bytes;
}

Address Vm::make_utf(std::string_view text) {
    const ObjectLayout& objects = heap.objects();
    const Offset utf = user_of(allocate(AllocationType::static_data, objects.utf_bytes + text.size() + 1));
    heap.memory.store16(utf, static_cast<std::uint16_t>(text.size()));
    put(utf + objects.utf_data, address(utf + objects.utf_bytes));
    for (std::uint32_t i = 0; i < text.size(); ++i)
        heap.memory.store8(utf + objects.utf_bytes + i, static_cast<std::uint8_t>(text[i]));
    report(StepKind::filled, chunk_of(utf));
    return address(utf);
}

Address Vm::pooled_utf(std::string_view text) {
    const Offset bucket = bucket_place(Register::utf_pool, text);
    std::uint32_t left = heap.most_chunks();
    for (Address utf = word(bucket); utf != 0 && left-- > 0;) {
        if (utf_text(heap, utf) == text) return utf;
        const auto chunk = heap.chunk_at(utf);
        if (!chunk) break;
        utf = word(user_of(*chunk) + heap.objects().utf_next);
    }
    const Address utf = make_utf(text);
    const Offset user = *heap.memory.offset_of(utf);
    put(user + heap.objects().utf_next, word(bucket));
    put(bucket, utf);
    // It belongs to the pool from now on, so that an operation undone leaves it there.
    std::erase(made_, chunk_of(user));
    report(StepKind::linked, chunk_of(user));
    return utf;
}

std::uint32_t Vm::missing(std::initializer_list<Register> hidden_classes) const {
    return static_cast<std::uint32_t>(std::count_if(hidden_classes.begin(), hidden_classes.end(),
                                                    [this](Register which) { return heap.get(which) == 0; }));
}

void Vm::require_permanent_room(std::uint32_t pushes) const {
    if (heap.get(Register::permanent_top) + pushes > heap.settings().permanent_depth)
        throw Refusal{"the permanent root stack is full: it holds " +
                      std::to_string(heap.settings().permanent_depth) + " roots (heap option permanent=)"};
}

Offset Vm::class_class() {
    if (const Address known = heap.get(Register::class_class)) return *heap.memory.offset_of(known);
    // Its own Class object needs it, so make_class_object() finds it half made in the register.
    return make_class("java/lang/Class", std::nullopt, no_chunk,
                      {{"class", "Ljava/lang/Class;"}, {"initThread", "I"}});
}

Offset Vm::make_class_object(Offset class_user) {
    const ObjectLayout& objects = heap.objects();
    const Offset of = class_class();
    const Offset object = allocate(AllocationType::object, objects.class_object_bytes);
    put(user_of(object), address(of));
    put(user_of(object) + objects.class_object_class, address(class_user));
    put(class_user + objects.class_object, address(user_of(object)));
    report(StepKind::filled, object);
    return object;
}

// What every class begins with.
Offset Vm::lay_class(AllocationType type, std::uint32_t user_bytes, Address name, Offset loader) {
    const ObjectLayout& objects = heap.objects();
    const Offset made = user_of(allocate(type, user_bytes));
    heap.memory.store32(made + objects.class_magic, class_magic_number);
    heap.memory.store32(made + objects.class_state, loaded_state);
    put(made + objects.class_name, name);
    if (loader != no_chunk) put(made + objects.class_loader, address(user_of(loader)));
    return made;
}

// Its Class object, its holder and its place in the class table.
void Vm::complete_class(Offset class_user, std::string_view name, Offset loader) {
    adopt(make_class_object(class_user), loader);
    enter_class_table(class_user, name);
    report(StepKind::class_made, chunk_of(class_user), word(class_user + heap.objects().class_name));
}

Offset Vm::make_class(std::string_view name, std::optional<Offset> superclass, Offset loader,
                      const std::vector<NewField>& fields) {
    const ObjectLayout& objects = heap.objects();
    const std::size_t made_before = made_.size();
    if (superclass) hold(chunk_of(*superclass));
    if (loader != no_chunk) hold(loader);
    const bool is_class_class = name == "java/lang/Class" && heap.get(Register::class_class) == 0;
    if (!is_class_class) class_class();

    const Offset made =
        lay_class(AllocationType::instance_class, objects.instance_class_bytes, pooled_utf(name), loader);
    if (superclass) put(made + objects.class_super, address(*superclass));
    if (is_class_class) heap.set(Register::class_class, address(made));
    report(StepKind::filled, chunk_of(made));

    lay_fields(made, fields, superclass ? instance_cells(heap, *superclass) : 0);
    complete_class(made, name, loader);
    made_.resize(made_before);  // complete: the class stays even if its operation fails
    return made;
}

// The field table: static fields first, as the scan of a class expects.
void Vm::lay_fields(Offset class_user, const std::vector<NewField>& fields, std::uint32_t first_cell) {
    const ObjectLayout& objects = heap.objects();
    std::vector<NewField> ordered = fields;
    const auto first_instance = std::stable_partition(ordered.begin(), ordered.end(),
                                                      [](const NewField& field) { return field.is_static; });
    const auto statics = static_cast<std::uint32_t>(first_instance - ordered.begin());
    const auto count = static_cast<std::uint32_t>(ordered.size());
    std::uint32_t cell = first_cell;
    if (count > 0) {
        std::vector<std::pair<Address, Address>> texts;
        for (const NewField& field : ordered) {
            // Not both within the call: compilers differ in which they make first.
            const Address signature = pooled_utf(field.signature);
            texts.emplace_back(pooled_utf(field.name), signature);
        }
        const Offset table =
            user_of(allocate(AllocationType::static_data, std::uint64_t{count} * objects.field_bytes));
        for (std::uint32_t i = 0; i < count; ++i) {
            const Offset field = table + i * objects.field_bytes;
            put(field + objects.field_class, address(class_user));
            if (ordered[i].is_static) heap.memory.store16(field + objects.field_flags, static_flag);
            put(field + objects.field_name, texts[i].first);
            put(field + objects.field_signature, texts[i].second);
            if (!ordered[i].is_static)
                heap.memory.store16(field + objects.field_value, static_cast<std::uint16_t>(cell++));
        }
        put(class_user + objects.fields, address(table));
        report(StepKind::filled, chunk_of(table));
    }
    heap.memory.store16(class_user + objects.field_count, static_cast<std::uint16_t>(count));
    heap.memory.store16(class_user + objects.first_instance_field, static_cast<std::uint16_t>(statics));
    heap.memory.store16(class_user + objects.instance_cells, static_cast<std::uint16_t>(cell));
}

// A class is held through its Class object: by the permanent root stack, or by its loader's array,
// which grows when it is full.
void Vm::adopt(Offset class_object, Offset loader) {
    const ObjectLayout& objects = heap.objects();
    if (loader == no_chunk) return push_permanent(address(user_of(class_object)));
    const Offset loader_user = user_of(loader);
    // Its fields are a program's to store into as well: nothing is made of them but an array.
    auto array = heap.chunk_at(word(loader_user + objects.loader_classes));
    if (array && heap.header(*array).type() != AllocationType::object_array) array.reset();
    const std::uint32_t room = array ? array_length(heap, *array) : 0;
    const auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(room, word(loader_user + objects.loader_count)));
    Offset elements = array ? user_of(*array) : 0;
    if (count >= room) {
        const std::uint32_t grown = room == 0 ? first_loader_slots : room * 2;
        const Offset larger = allocate(AllocationType::object_array,
                                       objects.array_elements + std::uint64_t{grown} * objects.word);
        if (array) {
            put(user_of(larger), word(user_of(*array)));
            heap.memory.copy(user_of(larger) + objects.array_elements,
                             user_of(*array) + objects.array_elements, count * objects.word);
        }
        put(user_of(larger) + objects.array_length, grown);
        put(loader_user + objects.loader_classes, address(user_of(larger)));
        elements = user_of(larger);
    }
    const Offset place = elements + objects.array_elements + count * objects.word;
    put(place, address(user_of(class_object)));
    put(loader_user + objects.loader_count, count + 1);
    report(StepKind::stored, chunk_of(elements), address(user_of(class_object)), place - chunk_of(elements),
           2);
}

void Vm::enter_class_table(Offset class_user, std::string_view name) {
    const Offset bucket = bucket_place(Register::class_pool, name);
    put(class_user + heap.objects().class_next, word(bucket));
    put(bucket, address(class_user));
    report(StepKind::linked, chunk_of(class_user));
}

// The name of an array class is its own, not the pool's, and goes with it.
Offset Vm::make_array_class(std::string name, Offset component_class, Offset loader) {
    const ObjectLayout& objects = heap.objects();
    const std::size_t made_before = made_.size();
    if (component_class != 0) hold(chunk_of(component_class));
    if (loader != no_chunk) hold(loader);
    class_class();
    const Offset made =
        lay_class(AllocationType::array_class, objects.array_class_bytes, make_utf(name), loader);
    if (component_class != 0) put(made + objects.component_class, address(component_class));
    report(StepKind::filled, chunk_of(made));
    complete_class(made, name, loader);
    made_.resize(made_before);  // complete: the class stays even if its operation fails
    return made;
}

Offset Vm::primitive_array_class(ElementType element) {
    const auto which = static_cast<Register>(static_cast<std::uint32_t>(Register::primitive_array_classes) +
                                             static_cast<std::uint32_t>(element) - 1);
    if (const Address known = heap.get(which)) return *heap.memory.offset_of(known);
    const Offset made =
        make_array_class(std::string("[") + signatures[static_cast<std::size_t>(element)], 0, no_chunk);
    heap.set(which, address(made));
    return made;
}

Offset Vm::object_array_class(Offset component_class) {
    const ObjectLayout& objects = heap.objects();
    const std::string component = class_name(heap, component_class);
    const std::string name = component.starts_with('[') ? "[" + component : "[L" + component + ";";
    const Address wanted = address(component_class);
    std::uint32_t left = heap.most_chunks();
    for (auto at = class_at(heap, word(bucket_place(Register::class_pool, name))); at && left-- > 0;
         at = class_at(heap, word(*at + objects.class_next)))
        if (heap.header(chunk_of(*at)).type() == AllocationType::array_class &&
            word(*at + objects.component_class) == wanted)
            return *at;
    const auto loader = heap.chunk_at(word(component_class + objects.class_loader));
    return make_array_class(name, component_class, loader && is_loader(*loader) ? *loader : no_chunk);
}

namespace {
struct HiddenClass {
    std::string_view name;
    std::vector<NewField> fields;
};
}  // namespace

static Offset hidden_class(Vm& vm, Register which, const HiddenClass& declaration) {
    if (const Address known = vm.heap.get(which)) return *vm.heap.memory.offset_of(known);
    const Offset made = vm.make_class(declaration.name, std::nullopt, no_chunk, declaration.fields);
    vm.heap.set(which, vm.heap.memory.address_of(made));
    return made;
}

Offset Vm::string_class() {
    return hidden_class(*this, Register::string_class,
                        {"java/lang/String", {{"chars", "[C"}, {"offset", "I"}, {"length", "I"}}});
}
Offset Vm::weak_class() {
    return hidden_class(*this, Register::weak_class,
                        {"java/lang/ref/WeakReference", {{"referent", "Ljava/lang/Object;"}, {"next", "I"}}});
}
Offset Vm::loader_class() {
    return hidden_class(*this, Register::loader_class,
                        {"java/lang/ClassLoader",
                         {{"parent", "Ljava/lang/ClassLoader;"},
                          {"count", "I"},
                          {"classes", "[Ljava/lang/Class;"},
                          {"paths", "[Ljava/lang/String;"},
                          {"protectionDomain", "Ljava/lang/Object;"}}});
}

Offset Vm::make_loader() {
    const Offset of = loader_class();
    const Offset loader = allocate(AllocationType::object, heap.objects().loader_bytes);
    put(user_of(loader), address(of));
    report(StepKind::filled, loader);
    return loader;
}

bool Vm::is_loader(Offset chunk) const {
    const auto of = class_of(heap, chunk);
    return of && address(*of) == heap.get(Register::loader_class) &&
           heap.header(chunk).type() == AllocationType::object &&
           user_of(chunk) + heap.objects().loader_bytes <= body_end(heap, chunk);
}

Offset Vm::make_object(Offset class_user) {
    hold(chunk_of(class_user));
    const std::uint32_t cells = 1 + instance_cells(heap, class_user);
    const Offset object = allocate(AllocationType::object, std::uint64_t{cells} * heap.geometry().word_bytes);
    put(user_of(object), address(class_user));
    report(StepKind::filled, object);
    return object;
}

Offset Vm::make_array(ElementType element, Offset class_user, std::uint32_t length) {
    const ObjectLayout& objects = heap.objects();
    hold(chunk_of(class_user));
    const Offset array = allocate(
        element == ElementType::object ? AllocationType::object_array : AllocationType::primitive_array,
        objects.array_elements + std::uint64_t{length} * element_bytes(element, objects.word));
    put(user_of(array), address(class_user));
    put(user_of(array) + objects.array_length, length);
    report(StepKind::filled, array);
    return array;
}

Offset Vm::make_chars(std::string_view text) {
    const Offset of = primitive_array_class(ElementType::char_);
    const std::vector<std::uint16_t> units = utf16_of(text);
    const Offset chars = make_array(ElementType::char_, of, static_cast<std::uint32_t>(units.size()));
    const Offset elements = user_of(chars) + heap.objects().array_elements;
    for (std::uint32_t i = 0; i < units.size(); ++i)
        heap.memory.store16(elements + 2 * i, units[i]);
    report(StepKind::filled, chars);
    return chars;
}

// The string first, then its characters, as the real VM does.
void Vm::lay_string(Offset string, std::string_view text) {
    const ObjectLayout& objects = heap.objects();
    const Offset chars = make_chars(text);
    put(user_of(string) + objects.string_chars, address(user_of(chars)));
    put(user_of(string) + objects.string_length, array_length(heap, chars));
    report(StepKind::filled, string);
}

Offset Vm::make_string(std::string_view text) {
    const Offset of = string_class();
    primitive_array_class(ElementType::char_);
    const Offset string = allocate(AllocationType::string, heap.objects().string_bytes);
    put(user_of(string), address(of));
    lay_string(string, text);
    return string;
}

Offset Vm::intern(std::string_view text, bool& was_there) {
    const ObjectLayout& objects = heap.objects();
    const Offset bucket = bucket_place(Register::intern_pool, text);
    std::uint32_t left = heap.most_chunks();
    for (auto string = heap.chunk_at(word(bucket)); string && left-- > 0;
         string = heap.chunk_at(word(user_of(*string) + objects.string_next))) {
        if (string_text(heap, *string) != text) continue;
        was_there = true;
        return *string;
    }
    was_there = false;
    const Offset of = string_class();
    primitive_array_class(ElementType::char_);
    const Address utf = pooled_utf(text);
    const Offset string = allocate(AllocationType::string, objects.interned_bytes);
    put(user_of(string), address(of));
    put(user_of(string) + objects.string_utf, utf);
    lay_string(string, text);
    put(user_of(string) + objects.string_next, word(bucket));
    put(bucket, address(user_of(string)));
    report(StepKind::linked, string);
    return string;
}

Offset Vm::make_weak(Offset referent) {
    const ObjectLayout& objects = heap.objects();
    if (referent != no_chunk) hold(referent);
    const Offset of = weak_class();
    const Offset weak = allocate(AllocationType::weak_reference, objects.weak_bytes);
    put(user_of(weak), address(of));
    if (referent != no_chunk) put(user_of(weak) + objects.weak_referent, address(user_of(referent)));
    report(StepKind::filled, weak);
    return weak;
}

void Vm::push_permanent(Address target) {
    require_permanent_room(1);
    const std::uint64_t top = heap.get(Register::permanent_top);
    const Offset array = *heap.memory.offset_of(heap.get(Register::permanent_array));
    put(array + static_cast<Offset>(top) * heap.geometry().word_bytes, target);
    heap.set(Register::permanent_top, top + 1);
    report(StepKind::root_pushed, heap.chunk_at(target).value_or(no_chunk), target,
           static_cast<std::uint32_t>(top), static_cast<std::uint8_t>(RootKind::permanent));
}

void Vm::push_transient(Address target) {
    const std::uint64_t top = heap.get(Register::transient_top);
    if (top >= heap.settings().transient_depth)
        throw Refusal{"the transient root stack is full: it holds " +
                      std::to_string(heap.settings().transient_depth) + " roots (heap option transient=)"};
    const Offset array = *heap.memory.offset_of(heap.get(Register::transient_array));
    put(array + static_cast<Offset>(top) * heap.geometry().word_bytes, target);
    heap.set(Register::transient_top, top + 1);
    report(StepKind::root_pushed, heap.chunk_at(target).value_or(no_chunk), target,
           static_cast<std::uint32_t>(top), static_cast<std::uint8_t>(RootKind::transient));
}

void Vm::open_block() {
    const std::uint64_t depth = heap.get(Register::block_top);
    if (depth >= most_blocks)
        throw Refusal{"transient blocks nest too deep: " + std::to_string(most_blocks) + " are open already"};
    heap.memory.store32(heap.layout().blocks + 4 * static_cast<Offset>(depth),
                        static_cast<std::uint32_t>(heap.get(Register::transient_top)));
    heap.set(Register::block_top, depth + 1);
    report(StepKind::block_opened, no_chunk, 0, static_cast<std::uint32_t>(depth + 1));
}

void Vm::close_block() {
    const std::uint64_t depth = heap.get(Register::block_top);
    if (depth == 0) throw Refusal{"no transient block is open: 'end' needs a 'begin' before it"};
    const std::uint32_t top = heap.memory.load32(heap.layout().blocks + 4 * static_cast<Offset>(depth - 1));
    const std::uint64_t dropped = heap.get(Register::transient_top) - top;
    heap.set(Register::transient_top, top);
    heap.set(Register::block_top, depth - 1);
    report(StepKind::block_closed, no_chunk, dropped, static_cast<std::uint32_t>(depth - 1));
}

void Vm::pin(Offset chunk) {
    const std::uint64_t top = heap.get(Register::pin_top);
    if (top >= most_pins)
        throw Refusal{"too many pins: a debugger holds " + std::to_string(most_pins) + " objects at most"};
    put(heap.layout().pins + static_cast<Offset>(top) * heap.geometry().word_bytes, address(user_of(chunk)));
    heap.set(Register::pin_top, top + 1);
    report(StepKind::pinned, chunk, 0, static_cast<std::uint32_t>(top));
}

bool Vm::unpin(Offset chunk) {
    const std::uint32_t word_bytes = heap.geometry().word_bytes;
    const auto top = static_cast<std::uint32_t>(heap.get(Register::pin_top));
    const auto place = [&](std::uint32_t i) { return heap.layout().pins + i * word_bytes; };
    for (std::uint32_t i = top; i-- > 0;) {
        if (word(place(i)) != address(user_of(chunk))) continue;
        for (std::uint32_t k = i; k + 1 < top; ++k)
            put(place(k), word(place(k + 1)));
        heap.set(Register::pin_top, top - 1);
        report(StepKind::unpinned, chunk, 0, i);
        return true;
    }
    return false;
}

void Vm::clear_roots() {
    collector_.ask(nullptr);
    for (const Register which :
         {Register::permanent_top, Register::transient_top, Register::block_top, Register::pin_top,
          Register::operation_top, Register::threads, Register::class_class, Register::string_class,
          Register::loader_class, Register::weak_class})
        heap.set(which, 0);
    for (auto i = static_cast<std::uint32_t>(Register::primitive_array_classes);
         i <= static_cast<std::uint32_t>(Register::primitive_array_classes_end); ++i)
        heap.set(static_cast<Register>(i), 0);
    const Offset pool = *heap.memory.offset_of(heap.get(Register::intern_pool));
    heap.memory.zero(pool, pool_buckets * heap.geometry().word_bytes);
}

std::vector<Offset> Vm::own_data() const {
    std::vector<Offset> own;
    for (const Register which : {Register::class_pool, Register::utf_pool, Register::intern_pool,
                                 Register::native_pool, Register::transient_array, Register::permanent_array})
        if (const auto chunk = heap.chunk_at(heap.get(which))) own.push_back(*chunk);
    const Offset pool = *heap.memory.offset_of(heap.get(Register::utf_pool));
    std::uint32_t left = heap.most_chunks();
    for (std::uint32_t bucket = 0; bucket < pool_buckets; ++bucket)
        for (auto utf = heap.chunk_at(word(pool + bucket * heap.geometry().word_bytes)); utf && left-- > 0;
             utf = heap.chunk_at(word(user_of(*utf) + heap.objects().utf_next)))
            own.push_back(*utf);
    std::sort(own.begin(), own.end());
    return own;
}

Offset Vm::start_thread(std::uint32_t name, Address thread_object) {
    const ObjectLayout& objects = heap.objects();
    const MemoryLayout& layout = heap.layout();
    Offset thread = 0;
    Offset segment = 0;
    std::uint32_t cells = segment_cells;
    if (heap.settings().vm == VmMode::unified) {
        if (const auto object = heap.chunk_at(thread_object)) hold(*object);
        thread = user_of(allocate(AllocationType::data, objects.thread_bytes));
        segment = user_of(
            allocate(AllocationType::data, objects.segment_body + std::uint64_t{cells} * objects.word));
    } else {
        cells = beside_segment_cells;
        std::uint32_t slot = 0;
        while (slot < most_threads &&
               heap.memory.load32(layout.threads + slot * layout.thread_slot_bytes) != 0)
            ++slot;
        if (slot == most_threads)
            throw Refusal{"too many threads: " + std::to_string(most_threads) + " are running"};
        thread = layout.threads + slot * layout.thread_slot_bytes;
        segment = thread + objects.thread_bytes;
        heap.memory.zero(thread, objects.thread_bytes + objects.segment_body);
    }
    put(segment + objects.segment_height, cells);
    put(segment + objects.segment_top, address(segment + objects.segment_body + cells * objects.word));
    heap.memory.store32(thread, running_status);
    put(thread + objects.thread_object, thread_object);
    put(thread + objects.thread_segments, address(segment));
    put(thread + objects.thread_segment, address(segment));
    put(thread + objects.thread_pointer, address(segment + objects.segment_body));
    put(thread + objects.thread_next, heap.get(Register::threads));
    heap.set(Register::threads, address(thread));
    report(StepKind::thread_started, no_chunk, name, thread);
    return thread;
}

void Vm::exit_thread(Offset thread, std::uint32_t name) {
    const ObjectLayout& objects = heap.objects();
    const Address gone = address(thread);
    const Address next = word(thread + objects.thread_next);
    if (heap.get(Register::threads) == gone) {
        heap.set(Register::threads, next);
    } else {
        for (const Offset other : threads_of(heap))
            if (word(other + objects.thread_next) == gone) put(other + objects.thread_next, next);
    }
    heap.memory.store32(thread, 0);
    report(StepKind::thread_exited, no_chunk, name, thread);
}

Offset Vm::segment_end(Offset segment_user) const {
    return *heap.memory.offset_of(word(segment_user + heap.objects().segment_top) - 1) + 1;
}

// Where a frame of so many cells begins: above the top frame, or in the next segment.
Offset Vm::frame_start(Offset thread, std::uint32_t cells) {
    const ObjectLayout& objects = heap.objects();
    const std::uint32_t bytes = (cells + least_operands) * objects.word;
    const Offset segment = *heap.memory.offset_of(word(thread + objects.thread_segment));
    const Offset pointer = *heap.memory.offset_of(word(thread + objects.thread_pointer));
    if (pointer + bytes <= segment_end(segment)) return pointer;
    if (heap.settings().vm == VmMode::none)
        throw Refusal{"stack overflow: the thread's stack has room for " +
                      std::to_string(beside_segment_cells) + " cells"};
    if (cells + least_operands > segment_cells)
        throw Refusal{"stack overflow: a frame has room for " +
                      std::to_string(segment_cells - least_operands - frame_cell::count) +
                      " locals in one stack segment"};
    Address next = word(segment + objects.segment_next);
    if (next == 0) {
        const Offset made = user_of(allocate(
            AllocationType::data, objects.segment_body + std::uint64_t{segment_cells} * objects.word));
        put(made + objects.segment_height, segment_cells);
        put(made + objects.segment_top, address(made + objects.segment_body + segment_cells * objects.word));
        next = address(made);
        put(segment + objects.segment_next, next);
        report(StepKind::linked, chunk_of(made));
    }
    put(thread + objects.thread_segment, next);
    return *heap.memory.offset_of(next) + objects.segment_body;
}

void Vm::push_frame(Offset thread, std::uint32_t method, std::uint32_t locals) {
    const ObjectLayout& objects = heap.objects();
    const auto field = [&](std::uint32_t which) { return word(thread + which); };
    const Address segment_before = field(objects.thread_segment);
    const Offset start = frame_start(thread, frame_cell::count + locals);
    const Offset first = start + frame_cell::count * objects.word;
    const auto save = [&](std::uint32_t which, std::uint64_t value) {
        put(first - which * objects.word, value);
    };
    save(1, 0);
    save(frame_cell::segment, segment_before);
    save(frame_cell::method, field(objects.thread_method));
    save(frame_cell::pc, field(objects.thread_pc));
    save(5, 0);
    save(frame_cell::pointer, field(objects.thread_pointer));
    save(frame_cell::locals, field(objects.thread_locals));
    put(thread + objects.thread_locals, address(first));
    put(thread + objects.thread_pointer, address(first + locals * objects.word));
    put(thread + objects.thread_method, method + 1);
    put(thread + objects.thread_pc, locals);
    report(StepKind::frame_pushed, no_chunk, method, thread, 0, static_cast<std::uint16_t>(locals));
}

namespace {
Offset top_frame(const Heap& heap, Offset thread) {
    const auto locals = place_of(heap, thread_word(heap, thread, heap.objects().thread_locals));
    if (!locals) throw Refusal{"the thread has no frame: 'call' pushes one", ArgumentKind::name};
    return *locals;
}
}  // namespace

void Vm::pop_frame(Offset thread) {
    const ObjectLayout& objects = heap.objects();
    const Offset locals = top_frame(heap, thread);
    const std::uint32_t method = method_name(word(thread + objects.thread_method));
    const auto saved = [&](std::uint32_t which) { return saved_cell(heap, locals, which); };
    put(thread + objects.thread_segment, saved(frame_cell::segment));
    put(thread + objects.thread_method, saved(frame_cell::method));
    put(thread + objects.thread_pc, saved(frame_cell::pc));
    put(thread + objects.thread_pointer, saved(frame_cell::pointer));
    put(thread + objects.thread_locals, saved(frame_cell::locals));
    report(StepKind::frame_popped, no_chunk, method, thread);
}

void Vm::store_local(Offset thread, std::uint32_t index, std::uint64_t value, bool is_number) {
    const ObjectLayout& objects = heap.objects();
    const Offset locals = top_frame(heap, thread);
    const std::uint64_t count = word(thread + objects.thread_pc);
    if (index >= count)
        throw Refusal{"the frame has " + std::to_string(count) + " locals, numbered from 0",
                      ArgumentKind::index};
    put(locals + index * objects.word, value);
    report(StepKind::local_stored, no_chunk, value, thread, is_number, static_cast<std::uint16_t>(index));
}

void Vm::push_operand(Offset thread, std::uint64_t value, bool is_number) {
    const ObjectLayout& objects = heap.objects();
    top_frame(heap, thread);
    const Offset pointer = *heap.memory.offset_of(word(thread + objects.thread_pointer));
    const Offset segment = *heap.memory.offset_of(word(thread + objects.thread_segment));
    if (pointer + objects.word > segment_end(segment))
        throw Refusal{"stack overflow: the frame's operand stack is full"};
    put(pointer, value);
    put(thread + objects.thread_pointer, address(pointer + objects.word));
    report(StepKind::operand_pushed, no_chunk, value, thread, is_number);
}

void Vm::pop_operand(Offset thread) {
    const ObjectLayout& objects = heap.objects();
    const Offset locals = top_frame(heap, thread);
    const Offset pointer = *heap.memory.offset_of(word(thread + objects.thread_pointer));
    const auto count = static_cast<std::uint32_t>(word(thread + objects.thread_pc));
    if (pointer <= locals + count * objects.word)
        throw Refusal{"the frame's operand stack is empty: nothing to pop"};
    put(thread + objects.thread_pointer, address(pointer - objects.word));
    report(StepKind::operand_popped, no_chunk, word(pointer - objects.word), thread);
}

void Vm::set_exception(Offset thread, Address exception) {
    put(thread + heap.objects().thread_exception, exception);
    if (exception == 0)
        report(StepKind::exception_cleared, no_chunk, 0, thread);
    else
        report(StepKind::exception_set, heap.chunk_at(exception).value_or(no_chunk), exception, thread);
}

}  // namespace heapcore
