#include "heapcore/machine.h"

#include "heapcore/audit.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace heapcore {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// An operation that cannot be carried out, and the token at fault.
struct BadArgument {
    ArgumentKind argument;
    std::string message;
};

struct FailedExpectation {
    std::string message;
};

std::string line_text(std::uint32_t line) {
    return line == 0 ? "by an operation typed in" : "at line " + std::to_string(line);
}

std::string how_it_died(std::string_view name, const Binding& binding) {
    const std::string where = binding.line == 0 ? " typed in" : " at line " + std::to_string(binding.line);
    switch (binding.kind) {
        case Binding::dead_freed: return quoted(name) + " was freed " + line_text(binding.line);
        case Binding::dead_collected: return quoted(name) + " was collected by the gc" + where;
        case Binding::exited: return quoted(name) + " exited " + line_text(binding.line);
        default: return quoted(name) + " is dead";
    }
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
    return std::rotl(hash, 29);
}

// A place's own number, far from every other's: a value that moves on and grows by as much, as pointers do,
// is another one.
std::uint64_t mark_of(std::size_t place) { return (place + 1) * 0xbf58476d1ce4e5b9ull; }

std::uint64_t hash_bytes(std::uint64_t hash, std::span<const std::byte> bytes) {
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t value;
        std::memcpy(&value, bytes.data() + i, 8);
        // Zero words stand for themselves by place, so that memory never touched costs one test.
        if (value != 0) hash = mix(hash, value ^ mark_of(i));
    }
    for (; i < bytes.size(); ++i)
        if (bytes[i] != std::byte{0}) hash = mix(hash, static_cast<std::uint64_t>(bytes[i]) ^ mark_of(i));
    return hash;
}

}  // namespace

Machine::Machine(const HeapSettings& settings) : vm_(settings, this) {}
Machine::Machine(const Machine& other)
    : vm_(other.vm_, static_cast<SweepListener*>(this)), line_(other.line_) {}

// In portions, since growing copies all of the memory.
void Machine::make_room_for_names(std::uint32_t count) {
    constexpr std::uint32_t portion = 1024;
    const std::uint32_t rounded = (count + portion - 1) / portion * portion;
    const std::uint32_t needed = vm_.heap.layout().names + rounded * binding_bytes;
    if (needed > memory().size_bytes()) memory().grow(needed);
}

Binding Machine::binding(NameId name) const {
    const Offset place = binding_place(name);
    const Memory& memory = heap().memory;
    if (place + binding_bytes > memory.size_bytes()) return {};
    return {memory.load32(place),      memory.load32(place + 4),  memory.load32(place + 8),
            memory.load32(place + 12), memory.load32(place + 16), memory.load32(place + 20)};
}

void Machine::store_binding(NameId name, const Binding& binding) {
    const Offset place = binding_place(name);
    memory().store32(place, binding.kind);
    memory().store32(place + 4, binding.offset);
    memory().store32(place + 8, binding.birth);
    memory().store32(place + 12, binding.line);
    memory().store32(place + 16, binding.next);
    memory().store32(place + 20, binding.previous);
}

std::optional<Offset> Machine::chunk_named(NameId name) const {
    const Binding binding = this->binding(name);
    if (binding.kind != Binding::chunk) return std::nullopt;
    return binding.offset;
}

NameId Machine::name_of(Offset chunk) const {
    const std::uint32_t name = heap().origin_of(chunk).name;
    if (name == 0 || !heap().header(chunk).is_in_use()) return no_id;
    const Binding binding = this->binding(name - 1);
    const bool is_its = binding.kind == Binding::chunk && binding.offset == chunk;
    return is_its ? name - 1 : no_id;
}

// A name that moves on leaves the list of names of the chunk it stood for.
void Machine::unlink_name(NameId name) {
    const Binding old = binding(name);
    if (old.kind != Binding::chunk) return;
    if (old.next != 0) memory().store32(binding_place(old.next - 1) + 20, old.previous);
    if (old.previous != 0)
        memory().store32(binding_place(old.previous - 1) + 16, old.next);
    else
        vm_.heap.set_origin_name(old.offset, old.next);
}

void Machine::bind(NameId name, Offset chunk) {
    unlink_name(name);
    const Origin origin = heap().origin_of(chunk);
    if (origin.name != 0) memory().store32(binding_place(origin.name - 1) + 20, name + 1);
    store_binding(name, {Binding::chunk, chunk, origin.birth, 0, origin.name, 0});
    vm_.heap.set_origin_name(chunk, name + 1);
    vm_.report(StepKind::named, chunk, name);
}

void Machine::bury(Offset chunk, Binding::Kind how) {
    for (std::uint32_t name = heap().origin_of(chunk).name; name != 0;) {
        const Binding binding = this->binding(name - 1);
        store_binding(name - 1, {how, 0, binding.birth, line_, 0, 0});
        name = binding.next;
    }
}

void Machine::before_swept(Offset chunk) { bury(chunk, Binding::dead_collected); }

std::uint64_t Machine::hash() const {
    const MemoryLayout& layout = heap().layout();
    const auto used = static_cast<std::uint32_t>(heap().get(Register::mark_top)) * mark_entry_bytes;
    const auto bytes = heap().memory.bytes();
    std::uint64_t hash = hash_bytes(0x7472696f, bytes.first(layout.mark_stack + used));
    return hash_bytes(hash, bytes.subspan(layout.names));
}

bool Machine::is_same_as(const Machine& other) const {
    const MemoryLayout& layout = heap().layout();
    const auto mine = heap().memory.bytes();
    const auto theirs = other.heap().memory.bytes();
    const auto used = static_cast<std::uint32_t>(heap().get(Register::mark_top)) * mark_entry_bytes;
    const std::size_t front = layout.mark_stack + used;
    if (other.heap().layout().names != layout.names) return false;
    if (std::memcmp(mine.data(), theirs.data(), front) != 0) return false;
    // Names not used yet may or may not have room already.
    const std::size_t common = std::min(mine.size(), theirs.size());
    if (std::memcmp(mine.data() + layout.names, theirs.data() + layout.names, common - layout.names) != 0)
        return false;
    const auto longer = mine.size() > common ? mine : theirs;
    return std::all_of(longer.begin() + static_cast<std::ptrdiff_t>(common), longer.end(),
                       [](std::byte byte) { return byte == std::byte{0}; });
}

/// Carries one operation out: what each kind does, with its arguments looked up and checked.
class Operator {
public:
    Operator(Machine& machine, const Trace& trace, const Operation& operation, Outcome& outcome)
        : machine_(machine),
          vm_(machine.vm_),
          heap_(machine.vm_.heap),
          trace_(trace),
          operation_(operation),
          outcome_(outcome) {}

    void carry_out();
    void report_expectation(StepKind kind);

private:
    // Looking arguments up.
    std::string name_text(NameId name) const { return std::string(trace_.names[name]); }
    Binding live(NameId name, ArgumentKind argument) const;
    Offset chunk(NameId name, ArgumentKind argument) const;
    Address reference(NameId name, ArgumentKind argument) const;
    Offset thread(NameId name, ArgumentKind argument) const;
    Offset class_named(NameId name, ArgumentKind argument) const;
    Offset loader_named(NameId name) const;
    std::uint64_t cell_value() const;
    AllocationType type() const { return static_cast<AllocationType>(operation_.choice); }
    std::string_view text() const { return trace_.texts[operation_.text]; }
    struct Place {
        Offset offset = 0;  ///< of the value in memory
        Offset holder = no_chunk;
        std::uint32_t bytes = 0;
        bool is_reference = false;
        std::uint8_t detail = 0;  ///< 0 field, 1 static field, 2 element, 3 referent
        ElementType element = ElementType::object;
    };
    Place field_place(NameId name, TextId field, ArgumentKind argument) const;
    Place element_place() const;

    // Operations.
    void made(Offset chunk);
    void free_chunk();
    void retype();
    void require_room_for_fields(const ClassDeclaration& declaration, std::optional<Offset> superclass) const;
    void define_class();
    void make_object();
    void make_array();
    void set(const Place& place);
    void expect();
    void expect_name(ExpectKind kind);
    void expect_number(std::string_view what, std::uint64_t actual);

    Machine& machine_;
    Vm& vm_;
    Heap& heap_;
    const Trace& trace_;
    const Operation& operation_;
    Outcome& outcome_;
};

Binding Operator::live(NameId name, ArgumentKind argument) const {
    const Binding binding = machine_.binding(name);
    switch (binding.kind) {
        case Binding::chunk:
        case Binding::thread:
        case Binding::failed: return binding;
        case Binding::unbound:
            throw BadArgument{argument, quoted(trace_.names[name]) +
                                            " is not bound: expected a name that an operation "
                                            "before this one made"};
        default: throw BadArgument{argument, how_it_died(trace_.names[name], binding)};
    }
}

Offset Operator::chunk(NameId name, ArgumentKind argument) const {
    const Binding binding = live(name, argument);
    if (binding.kind == Binding::failed)
        throw BadArgument{argument, quoted(trace_.names[name]) + " is null: its allocation could not be met"};
    if (binding.kind == Binding::thread)
        throw BadArgument{argument,
                          quoted(trace_.names[name]) + " is a thread; expected the name of a chunk"};
    return binding.offset;
}

Address Operator::reference(NameId name, ArgumentKind argument) const {
    if (live(name, argument).kind == Binding::failed) return 0;
    return heap_.memory.address_of(user_of(chunk(name, argument)));
}

Offset Operator::thread(NameId name, ArgumentKind argument) const {
    const Binding binding = live(name, argument);
    if (binding.kind != Binding::thread)
        throw BadArgument{
            argument, quoted(trace_.names[name]) + " is not a thread: expected a name that 'thread' started"};
    return binding.offset;
}

Offset Operator::class_named(NameId name, ArgumentKind argument) const {
    const Offset chunk = this->chunk(name, argument);
    const auto found = class_at(heap_, heap_.memory.address_of(user_of(chunk)));
    if (!found)
        throw BadArgument{argument,
                          quoted(trace_.names[name]) + " is not a class: expected a name that 'class' made"};
    return *found;
}

Offset Operator::loader_named(NameId name) const {
    const Offset chunk = this->chunk(name, ArgumentKind::class_options);
    if (!vm_.is_loader(chunk))
        throw BadArgument{
            ArgumentKind::class_options,
            quoted(trace_.names[name]) + " is not a class loader: expected a name that 'loader' made"};
    return chunk;
}

// A value for a cell of a stack: kept as it is.
std::uint64_t Operator::cell_value() const {
    if (operation_.value == ValueKind::name) return reference(operation_.other, ArgumentKind::value);
    if (operation_.value != ValueKind::integer) return 0;
    const auto value = static_cast<std::int64_t>(operation_.number);
    if (heap_.geometry().word_bytes == 4 && (value < INT32_MIN || value > INT64_C(0xffffffff)))
        throw BadArgument{ArgumentKind::value,
                          "a cell of this heap holds 4 bytes: expected an "
                          "integer of 32 bits"};
    return operation_.number;
}

Operator::Place Operator::field_place(NameId name, TextId field, ArgumentKind argument) const {
    const Offset holder = chunk(name, argument);
    const std::string_view wanted = trace_.texts[field];
    const std::uint32_t word = heap_.geometry().word_bytes;
    const ObjectLayout& objects = heap_.objects();
    const auto subject = [&] { return quoted(trace_.names[name]); };
    const auto unknown = [&](const std::string& of) -> BadArgument {
        return {argument, subject() + " has no " + of + quoted(wanted)};
    };
    if (is_class_type(heap_.header(holder).type())) {
        const auto found = find_field(heap_, class_named(name, argument), wanted);
        if (!found || !found->is_static) throw unknown("static field ");
        const auto table = heap_.chunk_at(heap_.memory.load_word(found->declaring_class + objects.fields));
        return {found->place, table.value_or(holder), word, found->is_reference(), 1};
    }
    if (heap_.header(holder).type() == AllocationType::weak_reference) {
        if (wanted != "referent") throw unknown("field ");
        const Offset place = user_of(holder) + objects.weak_referent;
        if (place + word > body_end(heap_, holder)) throw unknown("room for a field ");
        return {place, holder, word, true, 3};
    }
    const auto of = class_of(heap_, holder);
    if (!of) throw BadArgument{argument, subject() + " has no class, so it has no fields"};
    const auto found = find_field(heap_, *of, wanted);
    if (!found) throw unknown("field ");
    if (found->is_static) return {found->place, holder, word, found->is_reference(), 1};
    const Offset place = user_of(holder) + found->place;
    if (place + word > body_end(heap_, holder)) throw unknown("room for a field ");
    return {place, holder, word, found->is_reference(), 0};
}

Operator::Place Operator::element_place() const {
    const Offset holder = chunk(operation_.target, ArgumentKind::place);
    const Header header = heap_.header(holder);
    const auto subject = [&] { return quoted(trace_.names[operation_.target]); };
    if (header.type() != AllocationType::object_array && header.type() != AllocationType::primitive_array)
        throw BadArgument{ArgumentKind::place, subject() + " is not an array"};
    const std::uint32_t bytes = array_element_bytes(heap_, holder);
    const std::uint32_t length = array_length(heap_, holder);
    if (bytes == 0)
        throw BadArgument{ArgumentKind::place, subject() + " has no class, so it has no elements"};
    if (operation_.index >= length)
        throw BadArgument{ArgumentKind::place,
                          subject() + " has " + std::to_string(length) + " elements, numbered from 0"};
    ElementType element = ElementType::object;
    if (header.type() == AllocationType::primitive_array) {
        constexpr std::string_view codes = "LZBCSIJFD";
        const std::string name = class_name(heap_, *class_of(heap_, holder));
        element = static_cast<ElementType>(codes.find(name[1]));
    }
    return {user_of(holder) + heap_.objects().array_elements + operation_.index * bytes,
            holder,
            bytes,
            header.type() == AllocationType::object_array,
            2,
            element};
}

void Operator::set(const Place& place) {
    std::uint64_t value = 0;
    if (place.is_reference) {
        if (operation_.value == ValueKind::integer)
            throw BadArgument{ArgumentKind::value, "a reference is stored here: expected a name or null"};
        if (operation_.value == ValueKind::name) value = reference(operation_.other, ArgumentKind::value);
    } else {
        if (operation_.value != ValueKind::integer)
            throw BadArgument{ArgumentKind::value, "a number is stored here: expected an integer"};
        value = operation_.number;
        const auto number = static_cast<std::int64_t>(value);
        const std::int64_t bound = place.bytes == 8 ? 0 : std::int64_t{1} << (8 * place.bytes);
        if (place.element == ElementType::float_)
            value = std::bit_cast<std::uint32_t>(static_cast<float>(number));
        else if (place.element == ElementType::double_)
            value = std::bit_cast<std::uint64_t>(static_cast<double>(number));
        else if (bound != 0 && (number >= bound || number < -bound / 2))
            throw BadArgument{ArgumentKind::value,
                              "expected an integer of " + std::to_string(8 * place.bytes) + " bits"};
    }
    switch (place.bytes) {
        case 1: heap_.memory.store8(place.offset, static_cast<std::uint8_t>(value)); break;
        case 2: heap_.memory.store16(place.offset, static_cast<std::uint16_t>(value)); break;
        case 4: heap_.memory.store32(place.offset, static_cast<std::uint32_t>(value)); break;
        default: heap_.memory.store64(place.offset, value); break;
    }
    vm_.report(StepKind::stored, place.holder, value, place.offset - place.holder, place.detail);
}

void Operator::made(Offset chunk) {
    outcome_.allocated = chunk;
    vm_.end_operation();
    machine_.bind(operation_.target, chunk);
}

void Operator::free_chunk() {
    const Offset chunk = this->chunk(operation_.target, ArgumentKind::name);
    if (const ChunkFault fault = heap_.fault_of(chunk); fault != ChunkFault::none)
        throw BadArgument{ArgumentKind::name, quoted(trace_.names[operation_.target]) +
                                                  " cannot be freed: its chunk " +
                                                  std::string(word_of(fault))};
    machine_.bury(chunk, Binding::dead_freed);
    vm_.free(chunk);
}

void Operator::retype() { vm_.retype(chunk(operation_.target, ArgumentKind::name), type()); }

void Operator::require_room_for_fields(const ClassDeclaration& declaration,
                                       std::optional<Offset> superclass) const {
    std::uint32_t above = 0;
    for (auto at = superclass; at && above <= most_superclasses; at = superclass_of(heap_, *at))
        ++above;
    if (above > most_superclasses)
        throw BadArgument{ArgumentKind::class_options, "classes nest too deep: a class has at most " +
                                                           std::to_string(most_superclasses) +
                                                           " superclasses"};
    const auto own = std::count_if(declaration.fields.begin(), declaration.fields.end(),
                                   [](const FieldDeclaration& field) { return !field.is_static; });
    if (own + (superclass ? instance_cells(heap_, *superclass) : 0) > most_instance_cells)
        throw BadArgument{ArgumentKind::class_options, "an object has at most " +
                                                           std::to_string(most_instance_cells) +
                                                           " fields, those of superclasses included"};
}

void Operator::define_class() {
    const ClassDeclaration& declaration = trace_.classes[operation_.index];
    const bool has_loader = declaration.loader != no_id;
    std::optional<Offset> superclass;
    if (declaration.superclass != no_id) {
        superclass = class_named(declaration.superclass, ArgumentKind::class_options);
        if (heap_.header(chunk_of(*superclass)).type() != AllocationType::instance_class)
            throw BadArgument{ArgumentKind::class_options,
                              quoted(trace_.names[declaration.superclass]) +
                                  " is not an instance class, so it cannot be extended"};
    }
    const Offset loader = has_loader ? loader_named(declaration.loader) : no_chunk;
    require_room_for_fields(declaration, superclass);
    vm_.require_permanent_room(vm_.missing({Register::class_class}) + (has_loader ? 0 : 1));
    std::vector<NewField> fields;
    for (const FieldDeclaration& field : declaration.fields)
        fields.push_back(
            {trace_.texts[field.name], field.is_reference ? "Ljava/lang/Object;" : "I", field.is_static});
    made(chunk_of(vm_.make_class(trace_.names[operation_.target], superclass, loader, fields)));
}

void Operator::make_object() {
    const Offset of = class_named(operation_.other, ArgumentKind::other_name);
    if (heap_.header(chunk_of(of)).type() != AllocationType::instance_class)
        throw BadArgument{ArgumentKind::other_name,
                          quoted(trace_.names[operation_.other]) + " is not an instance class"};
    made(vm_.make_object(of));
}

void Operator::make_array() {
    const auto element = static_cast<ElementType>(operation_.choice);
    Offset of = 0;
    if (element == ElementType::object) {
        const Offset component = class_named(operation_.other, ArgumentKind::element);
        vm_.require_permanent_room(vm_.missing({Register::class_class}) + 1);
        of = vm_.object_array_class(component);
    } else {
        vm_.require_permanent_room(vm_.missing({Register::class_class}) + 1);
        of = vm_.primitive_array_class(element);
    }
    made(vm_.make_array(element, of, static_cast<std::uint32_t>(operation_.number)));
}

void Operator::expect_number(std::string_view what, std::uint64_t actual) {
    if (actual != operation_.number)
        throw FailedExpectation{"expected " + std::to_string(operation_.number) + " " + std::string(what) +
                                ", there are " + std::to_string(actual)};
}

void Operator::expect_name(ExpectKind kind) {
    const Binding binding = machine_.binding(operation_.target);
    const std::string name = quoted(trace_.names[operation_.target]);
    if (binding.kind == Binding::unbound) live(operation_.target, ArgumentKind::expectation);
    const bool is_alive = binding.kind == Binding::chunk || binding.kind == Binding::thread;
    const std::string state = is_alive ? name + " is live"
                              : binding.kind == Binding::failed
                                  ? name + " is null: its allocation could not be met"
                                  : how_it_died(trace_.names[operation_.target], binding);
    const auto fail = [&](const std::string& wanted) {
        throw FailedExpectation{"expected " + name + " to be " + wanted + "; " + state};
    };
    switch (kind) {
        case ExpectKind::live:
            if (!is_alive) fail("live");
            break;
        case ExpectKind::dead:
            if (is_alive || binding.kind == Binding::failed) fail("dead");
            break;
        case ExpectKind::failed:
            if (binding.kind != Binding::failed) fail("a failed allocation");
            break;
        case ExpectKind::null: {
            if (binding.kind != Binding::chunk) fail("live, with a field that is null");
            const Place place = field_place(operation_.target, operation_.text, ArgumentKind::expectation);
            if (const std::uint64_t value = heap_.memory.load_word(place.offset))
                throw FailedExpectation{"expected " + name_text(operation_.target) + "." +
                                        std::string(text()) + " to be null; it holds " +
                                        std::to_string(value)};
            break;
        }
        case ExpectKind::offset:
            if (binding.kind != Binding::chunk) fail("at offset " + std::to_string(operation_.number));
            if (binding.offset != operation_.number)
                throw FailedExpectation{"expected " + name + " at offset " +
                                        std::to_string(operation_.number) + "; it is at " +
                                        std::to_string(binding.offset)};
            break;
        default: {
            const std::string wanted(word_of(static_cast<Colour>(operation_.colour)));
            if (binding.kind != Binding::chunk) fail(wanted);
            const Colour colour = heap_.header(binding.offset).colour();
            if (colour != static_cast<Colour>(operation_.colour))
                throw FailedExpectation{"expected " + name + " to be " + wanted + "; it is " +
                                        std::string(word_of(colour))};
        }
    }
}

void Operator::report_expectation(StepKind kind) {
    const bool has_name = operation_.target != no_id;
    const std::uint64_t subject = has_name ? operation_.target : operation_.number;
    const auto wanted = static_cast<ExpectKind>(operation_.choice) == ExpectKind::colour
                            ? operation_.colour
                            : static_cast<std::uint32_t>(operation_.number);
    const auto chunk = has_name ? machine_.chunk_named(operation_.target) : std::nullopt;
    vm_.report(kind, chunk.value_or(no_chunk), subject, wanted, operation_.choice);
}

void Operator::expect() {
    switch (static_cast<ExpectKind>(operation_.choice)) {
        case ExpectKind::free: expect_number("bytes free", heap_.get(Register::heap_free)); break;
        case ExpectKind::chunks: expect_number("chunks", heap_.get(Register::chunks)); break;
        case ExpectKind::free_chunks: expect_number("free chunks", heap_.get(Register::free_chunks)); break;
        default: expect_name(static_cast<ExpectKind>(operation_.choice));
    }
    report_expectation(StepKind::expect_held);
}

void Operator::carry_out() {
    const Operation& op = operation_;
    using enum OperationKind;
    switch (op.kind) {
        case alloc: made(vm_.allocate(type(), op.number)); break;
        case free: free_chunk(); break;
        case retype: this->retype(); break;
        case clone: {
            const Offset original = chunk(op.other, ArgumentKind::other_name);
            if (const ChunkFault fault = heap_.fault_of(original); fault != ChunkFault::none)
                throw BadArgument{ArgumentKind::other_name, quoted(trace_.names[op.other]) +
                                                                " cannot be cloned: its chunk " +
                                                                std::string(word_of(fault))};
            made(vm_.clone(original));
            break;
        }
        case loader:
            vm_.require_permanent_room(vm_.missing({Register::class_class, Register::loader_class}));
            made(vm_.make_loader());
            break;
        case OperationKind::define_class: this->define_class(); break;
        case new_object: make_object(); break;
        case array: make_array(); break;
        case string:
        case intern: {
            vm_.require_permanent_room(vm_.missing(
                {Register::class_class, Register::string_class,
                 static_cast<Register>(static_cast<std::uint32_t>(Register::primitive_array_classes) +
                                       static_cast<std::uint32_t>(ElementType::char_) - 1)}));
            if (op.kind == string) {
                made(vm_.make_string(text()));
                break;
            }
            bool was_there = false;
            const Offset pooled = vm_.intern(text(), was_there);
            outcome_.asked_for_chunk = !was_there;
            made(pooled);
            break;
        }
        case weak: {
            const Address referent = reference(op.other, ArgumentKind::other_name);
            vm_.require_permanent_room(vm_.missing({Register::class_class, Register::weak_class}));
            made(vm_.make_weak(heap_.chunk_at(referent).value_or(no_chunk)));
            break;
        }
        case set_field: set(field_place(op.target, op.text, ArgumentKind::place)); break;
        case set_element: set(element_place()); break;
        case permanent: vm_.push_permanent(reference(op.target, ArgumentKind::name)); break;
        case begin: vm_.open_block(); break;
        case end: vm_.close_block(); break;
        case transient: vm_.push_transient(reference(op.target, ArgumentKind::name)); break;
        case OperationKind::thread: {
            if (machine_.binding(op.target).kind == Binding::thread)
                throw BadArgument{ArgumentKind::new_name,
                                  quoted(trace_.names[op.target]) + " is a thread that runs already"};
            const Address object = op.other == no_id ? 0 : reference(op.other, ArgumentKind::object_option);
            const Offset started = vm_.start_thread(op.target, object);
            if (!heap_.is_end(started)) outcome_.allocated = chunk_of(started);
            machine_.unlink_name(op.target);
            machine_.store_binding(op.target, {Binding::thread, started, 0, 0, 0, 0});
            vm_.end_operation();
            vm_.report(StepKind::named, outcome_.allocated.value_or(no_chunk), op.target);
            break;
        }
        case exit: {
            const Offset exiting = this->thread(op.target, ArgumentKind::name);
            machine_.store_binding(op.target, {Binding::exited, 0, 0, op.line, 0, 0});
            vm_.exit_thread(exiting, op.target);
            break;
        }
        case call:
            vm_.push_frame(this->thread(op.target, ArgumentKind::name), op.other,
                           static_cast<std::uint32_t>(op.number));
            break;
        case return_: vm_.pop_frame(this->thread(op.target, ArgumentKind::name)); break;
        case local:
            vm_.store_local(this->thread(op.target, ArgumentKind::name), op.index, cell_value(),
                            op.value == ValueKind::integer);
            break;
        case push:
            vm_.push_operand(this->thread(op.target, ArgumentKind::name), cell_value(),
                             op.value == ValueKind::integer);
            break;
        case pop: vm_.pop_operand(this->thread(op.target, ArgumentKind::name)); break;
        case throw_: {
            const Offset thrower = this->thread(op.target, ArgumentKind::name);
            vm_.set_exception(thrower, reference(op.other, ArgumentKind::other_name));
            break;
        }
        case catch_: vm_.set_exception(this->thread(op.target, ArgumentKind::name), 0); break;
        case pin: vm_.pin(chunk(op.target, ArgumentKind::name)); break;
        case unpin:
            if (!vm_.unpin(chunk(op.target, ArgumentKind::name)))
                throw BadArgument{ArgumentKind::name, quoted(trace_.names[op.target]) + " is not pinned"};
            break;
        case gc: vm_.collect(CollectReason::requested); break;
        case say: vm_.report(StepKind::said, no_chunk, op.text); break;
        case bookmark: vm_.report(StepKind::bookmarked, no_chunk, op.text); break;
        case OperationKind::expect: this->expect(); break;
        case count_: break;
    }
}

namespace {

bool binds_allocation(OperationKind kind, VmMode vm) {
    switch (kind) {
        case OperationKind::alloc:
        case OperationKind::clone:
        case OperationKind::loader:
        case OperationKind::define_class:
        case OperationKind::new_object:
        case OperationKind::array:
        case OperationKind::string:
        case OperationKind::intern:
        case OperationKind::weak: return true;
        case OperationKind::thread: return vm == VmMode::unified;
        default: return false;
    }
}

}  // namespace

Outcome Machine::apply(const Trace& trace, std::size_t index) {
    const Operation& operation = trace.operations[index];
    Outcome outcome;
    make_room_for_names(trace.names.size());
    line_ = operation.line;
    outcome.asked_for_chunk = binds_allocation(operation.kind, heap().settings().vm);
    vm_.begin_operation(static_cast<std::uint32_t>(index));
    const auto refuse = [&](ArgumentKind argument, std::string message) {
        vm_.undo_operation();
        outcome = {Outcome::refused, argument, std::move(message), false, std::nullopt};
    };
    Operator work(*this, trace, operation, outcome);
    try {
        work.carry_out();
        vm_.end_operation();
    } catch (const OutOfMemory&) {
        vm_.undo_operation();
        outcome.allocated.reset();
        if (binds_allocation(operation.kind, VmMode::unified)) {
            unlink_name(operation.target);
            store_binding(operation.target, {Binding::failed, 0, 0, operation.line, 0, 0});
            vm_.report(StepKind::name_failed, no_chunk, operation.target);
        } else {
            refuse(ArgumentKind::none, "out of memory: no room for another stack segment");
        }
    } catch (const Refusal& refusal) {
        refuse(refusal.argument, refusal.message);
    } catch (const BadArgument& bad) {
        refuse(bad.argument, bad.message);
    } catch (const FailedExpectation& failed) {
        work.report_expectation(StepKind::expect_failed);
        vm_.end_operation();
        outcome.kind = Outcome::expectation_failed;
        outcome.message = failed.message;
    }
    if (Journal* journal = memory().journal(); journal && journal->has_loose_stores())
        vm_.report(StepKind::settled, no_chunk);
    if constexpr (HEAPCORE_CHECK >= 2) assert_sound(heap());
    return outcome;
}

}  // namespace heapcore
