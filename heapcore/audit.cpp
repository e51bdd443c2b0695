#include "heapcore/audit.h"

#include "heapcore/object.h"
#include "heapcore/roots.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace heapcore {
namespace {

using enum ViolationKind;

constexpr auto rows = std::to_array<ViolationRow>({
    {chunk_chain, "chunk-chain", "the chunks do not cover the heap from its first byte to its last", true},
    {previous_free_bit, "previous-free-bit", "P of a chunk does not say whether the one before it is free",
     true},
    {free_neighbours, "free-neighbours", "two free chunks lie side by side and were not joined", true},
    {back_pointer, "back-pointer", "the last word of a free chunk is not a pointer to its start", true},
    {list_link, "list-link", "the free list leads to what is no free chunk, or back to itself", true},
    {list_back_link, "list-back-link", "the free list read backwards is not what it is forwards", true},
    {list_order, "list-order", "a smaller chunk stands behind a larger one in the free list", true},
    {list_missing, "list-missing", "a free chunk is not on the free list", true},
    {chunk_count, "chunk-count", "the count of chunks is not how many there are", true},
    {free_chunk_count, "free-chunk-count", "the count of free chunks is not how many there are", true},
    {free_bytes, "free-bytes", "heap_free is not the sum of all free chunks", true},
    {root_stack, "root-stack", "a root stack lies or reaches beyond its bounds", true},
    {collector_state, "collector-state", "phase, cursor or mark stack are none that a collection has", true},
    {colour, "colour", "a chunk is grey or black although no collection needs it so", true},
    {tricolour, "tricolour", "a reference that the marking has passed leads to a white chunk", true},
    {reference, "reference", "a reference does not lead to the start of a chunk in use", false},
    {root, "root", "a root does not lead to the start of a chunk in use", false},
    {class_gone, "class-gone", "an object is left whose class is gone", false},
    {class_magic, "class-magic", "a class does not begin with the magic number", false},
    {class_table, "class-table", "the class table leads to what is no class", true},
    {unfinished, "unfinished", "the classes are too entangled to look at every reference", false},
});
static_assert(rows.size() == static_cast<std::size_t>(ViolationKind::count_));

/// References and classes looked at before the audit gives up: no sane heap has so many.
constexpr std::uint64_t most_looks = 1ull << 28;
constexpr std::uint32_t deepest_hierarchy = 4096;

/// Offsets in the heap that chunks may begin at.
class OffsetSet {
public:
    OffsetSet(std::uint32_t heap_bytes, std::uint32_t granule_bytes)
        : heap_bytes_(heap_bytes), granule_bytes_(granule_bytes), bits_(heap_bytes / granule_bytes + 1) {}

    void add(Offset offset) { bits_[offset / granule_bytes_] = true; }
    bool has(Offset offset) const {
        return offset < heap_bytes_ && offset % granule_bytes_ == 0 && bits_[offset / granule_bytes_];
    }

private:
    std::uint32_t heap_bytes_;
    std::uint32_t granule_bytes_;
    std::vector<bool> bits_;
};

/// The references that a class's own field table describes.
struct ClassPlan {
    struct Cell {
        std::uint32_t field;      ///< number in the class's table
        std::uint32_t from_user;  ///< where an instance has it
    };
    struct Static {
        std::uint32_t field;
        Offset place;
    };
    std::vector<Cell> cells;
    std::vector<Static> statics;
    Offset superclass = 0;  ///< user offset; 0: none
};

/// A stack of trusted cells.
struct RootStack {
    std::string_view name;
    Register top;
    std::uint64_t depth;
    std::optional<Offset> cells;  ///< none: it lies outside the memory
};

class Audit {
public:
    Audit(const Heap& heap, std::size_t limit, const std::function<bool()>& should_stop)
        : should_stop_(should_stop),
          heap_(heap),
          memory_(heap.memory),
          objects_(heap.objects()),
          word_(heap.geometry().word_bytes),
          limit_(limit),
          in_use_(heap.size_bytes(), heap.geometry().alignment_bytes),
          free_(heap.size_bytes(), heap.geometry().alignment_bytes) {}

    /// None if it was stopped.
    std::optional<std::vector<Violation>> run() {
        look_at_all();
        if (is_stopped_ || (should_stop_ && should_stop_())) return std::nullopt;
        return std::move(found_);
    }

private:
    void look_at_all() {
        const bool is_whole = walk_chunks();
        check_stacks();
        check_registers();
        if (!is_whole) return;
        check_list();
        check_counts();
        check_roots();
        check_class_table();
        check_contents();
        if (is_marking()) check_marking();
    }

    /// Asked before each chunk, and before each look at a reference. What is found once it is false is not
    /// told.
    bool goes_on() {
        if (++asked_ % stride == 0 && should_stop_) is_stopped_ = is_stopped_ || should_stop_();
        return !is_stopped_;
    }

    // --- telling --------------------------------------------------------------------------------

    std::string address_text(Address address) const {
        std::array<char, 24> text{};
        std::snprintf(text.data(), text.size(), "0x%08llx", static_cast<unsigned long long>(address));
        return text.data();
    }
    std::string at(Offset offset) const { return address_text(memory_.address_of(offset)); }
    std::string name_of(Offset chunk) const {
        const Header header = heap_.header(chunk);
        return (header.is_in_use() ? std::string(word_of(header.type())) : "free chunk") + " at " + at(chunk);
    }
    void tell(ViolationKind kind, Offset chunk, std::string sentence) {
        if (found_.size() < limit_) found_.push_back({kind, chunk, std::move(sentence)});
    }
    /// Whether one more look is allowed.
    bool may_look() {
        if (!goes_on()) return false;
        if (looks_++ < most_looks) return true;
        if (looks_ == most_looks + 1)
            tell(unfinished, no_chunk, "the audit gave up: objects have more references than words");
        return false;
    }

    // --- chunks ---------------------------------------------------------------------------------

    Phase phase() const { return static_cast<Phase>(heap_.get(Register::phase)); }
    bool is_marking() const { return phase() > Phase::idle && phase() < Phase::sweep; }
    /// Where the sweep stands; what lies before it is swept.
    Offset sweep_cursor() const {
        if (is_marking()) return 0;
        if (phase() != Phase::sweep) return heap_.size_bytes();
        return static_cast<Offset>(std::min<std::uint64_t>(heap_.get(Register::cursor), heap_.size_bytes()));
    }
    /// Not swept yet, but it will be: what it refers to may be gone already.
    bool is_garbage(Offset chunk) const {
        return phase() == Phase::sweep && chunk >= sweep_cursor() &&
               heap_.header(chunk).colour() == Colour::white;
    }

    bool walk_chunks() {
        const Offset swept = sweep_cursor();
        bool was_free = false;
        for (Offset chunk = 0; !heap_.is_end(chunk) && goes_on(); chunk = heap_.next_chunk(chunk)) {
            const ChunkFault fault = heap_.fault_of(chunk);
            if (fault != ChunkFault::none && fault != ChunkFault::not_in_use) {
                tell(chunk_chain, chunk, "the chunk at " + at(chunk) + " " + std::string(word_of(fault)));
                return false;
            }
            check_bits(chunk, was_free, swept);
            was_free = fault == ChunkFault::not_in_use;
            ++chunks_;
            (was_free ? free_ : in_use_).add(chunk);
            if (was_free) check_free(chunk);
        }
        return true;
    }

    void check_bits(Offset chunk, bool was_free, Offset swept) {
        const Header header = heap_.header(chunk);
        if (chunk != 0 && header.is_previous_free() != was_free)
            tell(previous_free_bit, chunk,
                 "the " + name_of(chunk) + (was_free ? " lacks P, but" : " has P set, but") +
                     " the chunk before it is " + (was_free ? "free" : "in use"));
        if (was_free && !header.is_in_use())
            tell(free_neighbours, chunk, "the " + name_of(chunk) + " lies behind another free chunk");
        if (chunk < swept && header.colour() != Colour::white)
            tell(colour, chunk,
                 "the " + name_of(chunk) + " is " + std::string(word_of(header.colour())) +
                     (phase() == Phase::sweep ? " behind the sweep" : " outside a collection"));
    }

    void check_free(Offset chunk) {
        const std::uint32_t size = heap_.header(chunk).size_bytes();
        ++free_chunks_;
        free_bytes_ += size;
        const Address back = memory_.load_word(chunk + size - word_);
        if (back != memory_.address_of(chunk))
            tell(back_pointer, chunk,
                 "the " + name_of(chunk) + " ends in a pointer to " + address_text(back) +
                     " instead of its own start");
    }

    // --- free list ------------------------------------------------------------------------------

    Address next_address(Offset at) const { return memory_.load_word(at + heap_.geometry().next_offset); }
    Address previous_address(Offset at) const {
        return memory_.load_word(at + heap_.geometry().previous_offset);
    }
    std::string list_name(Offset at) const {
        if (at == heap_.free_list().start()) return "list's start";
        return at == heap_.free_list().end() ? "list's end" : name_of(at);
    }

    void check_list() {
        const FreeList& list = heap_.free_list();
        OffsetSet listed(heap_.size_bytes(), heap_.geometry().alignment_bytes);
        const Address end = memory_.address_of(list.end());
        std::uint32_t size = 0;
        Offset before = list.start();
        for (Address next = next_address(before); next != end && goes_on(); next = next_address(before)) {
            const auto chunk = memory_.offset_of(next);
            if (!chunk || !free_.has(*chunk))
                return tell(list_link, in_heap(before),
                            "the free list goes from the " + list_name(before) + " to " + address_text(next) +
                                ", where no free chunk begins");
            if (listed.has(*chunk))
                return tell(
                    list_link, in_heap(before),
                    "the free list goes from the " + list_name(before) + " back to the " + name_of(*chunk));
            listed.add(*chunk);
            check_back_link(*chunk, before);
            check_order(*chunk, size);
            size = heap_.header(*chunk).size_bytes();
            before = *chunk;
        }
        check_back_link(list.end(), before);
        for (Offset chunk = 0; !heap_.is_end(chunk) && goes_on(); chunk = heap_.next_chunk(chunk))
            if (free_.has(chunk) && !listed.has(chunk))
                tell(list_missing, chunk, "the " + name_of(chunk) + " is not on the free list");
    }

    Offset in_heap(Offset at) const { return at < heap_.size_bytes() ? at : no_chunk; }

    void check_back_link(Offset at, Offset before) {
        const Address back = previous_address(at);
        if (back == memory_.address_of(before)) return;
        tell(list_back_link, in_heap(at),
             "the " + list_name(at) + " points back to " + address_text(back) + ", but the " +
                 list_name(before) + " stands before it on the free list");
    }

    void check_order(Offset chunk, std::uint32_t size_before) {
        const std::uint32_t size = heap_.header(chunk).size_bytes();
        if (size >= size_before) return;
        tell(list_order, chunk,
             "the " + name_of(chunk) + ", " + std::to_string(size) + " bytes, stands behind a chunk of " +
                 std::to_string(size_before) + " bytes on the free list");
    }

    void check_counts() {
        const struct {
            Register which;
            ViolationKind kind;
            std::string_view what;
            std::uint64_t counted;
        } counts[] = {
            {Register::chunks, chunk_count, "chunks", chunks_},
            {Register::free_chunks, free_chunk_count, "free chunks", free_chunks_},
            {Register::heap_free, free_bytes, "free bytes", free_bytes_},
        };
        for (const auto& count : counts)
            if (const std::uint64_t kept = heap_.get(count.which); kept != count.counted)
                tell(count.kind, no_chunk,
                     "the heap counts " + std::to_string(kept) + " " + std::string(count.what) +
                         ", there are " + std::to_string(count.counted));
    }

    // --- registers ------------------------------------------------------------------------------

    bool fits_memory(Offset place, std::uint64_t bytes) const {
        return place + bytes <= memory_.size_bytes();
    }

    std::optional<Offset> table_at(Register which, std::uint64_t cells) const {
        const auto place = memory_.offset_of(heap_.get(which));
        return place && fits_memory(*place, cells * word_) ? place : std::nullopt;
    }

    std::array<RootStack, 4> root_stacks() const {
        const HeapSettings& settings = heap_.settings();
        const MemoryLayout& layout = heap_.layout();
        return {{{"permanent", Register::permanent_top, settings.permanent_depth,
                  table_at(Register::permanent_array, settings.permanent_depth)},
                 {"transient", Register::transient_top, settings.transient_depth,
                  table_at(Register::transient_array, settings.transient_depth)},
                 {"pin", Register::pin_top, most_pins, layout.pins},
                 {"operation", Register::operation_top, most_operation_roots, layout.operation_roots}}};
    }

    void check_stacks() {
        for (const RootStack& stack : root_stacks()) {
            const std::string name = "the " + std::string(stack.name) + " root stack";
            if (const std::uint64_t top = heap_.get(stack.top); top > stack.depth)
                tell(root_stack, no_chunk,
                     name + " holds " + std::to_string(top) + " roots, but has room for " +
                         std::to_string(stack.depth));
            // A bare heap, without a VM, has none.
            else if (!stack.cells && top > 0)
                tell(root_stack, no_chunk, name + " lies outside the memory");
        }
        check_blocks();
    }

    void check_blocks() {
        const std::uint64_t depth = heap_.get(Register::block_top);
        if (depth > most_blocks)
            return tell(root_stack, no_chunk,
                        std::to_string(depth) + " transient blocks are open; " + std::to_string(most_blocks) +
                            " can be");
        std::uint64_t least = 0;
        for (Offset i = 0; i < depth; ++i) {
            const std::uint64_t begin = memory_.load32(heap_.layout().blocks + 4 * i);
            if (begin < least || begin > heap_.get(Register::transient_top))
                return tell(root_stack, no_chunk,
                            "transient block " + std::to_string(i) + " begins at root " +
                                std::to_string(begin) + ", out of order or beyond the stack's top");
            least = begin;
        }
    }

    void check_registers() {
        if (heap_.get(Register::phase) >= static_cast<std::uint64_t>(Phase::count_))
            tell(collector_state, no_chunk,
                 "the collector is in phase " + std::to_string(heap_.get(Register::phase)) +
                     ", which there is none of");
        const std::uint64_t top = heap_.get(Register::mark_top);
        if (top > heap_.layout().mark_capacity)
            tell(collector_state, no_chunk,
                 "the mark stack holds " + std::to_string(top) + " chunks, but has room for " +
                     std::to_string(heap_.layout().mark_capacity));
        else if (top > 0 && !is_marking())
            tell(collector_state, no_chunk, "the mark stack holds chunks although nothing is being marked");
    }

    // --- roots ----------------------------------------------------------------------------------

    std::optional<Offset> chunk_at(Address user) const {
        const auto offset = memory_.offset_of(user);
        if (!offset || *offset < header_bytes || !in_use_.has(chunk_of(*offset))) return std::nullopt;
        return chunk_of(*offset);
    }

    void check_root(Address target, const std::string& what) {
        if (target != 0 && !chunk_at(target))
            tell(root, no_chunk,
                 what + " refers to " + address_text(target) + ", where no chunk in use has its data");
    }

    void check_roots() {
        for (const RootStack& stack : root_stacks()) {
            const std::uint64_t top = heap_.get(stack.top);
            if (!stack.cells || top > stack.depth) continue;
            for (Offset i = 0; i < top; ++i)
                check_root(memory_.load_word(*stack.cells + i * word_),
                           "root " + std::to_string(i) + " of the " + std::string(stack.name) + " stack");
        }
        check_pool();
        check_threads();
    }

    void check_pool() {
        const auto pool = table_at(Register::intern_pool, pool_buckets);
        if (!pool || heap_.get(Register::intern_pool) == 0) return;
        for (std::uint32_t bucket = 0; bucket < pool_buckets; ++bucket) {
            std::uint32_t left = heap_.most_chunks();
            Address string = memory_.load_word(*pool + bucket * word_);
            for (; string != 0; --left) {
                const std::string what = "bucket " + std::to_string(bucket) + " of the interned strings";
                if (left == 0) return tell(root, no_chunk, what + " runs in a circle");
                check_root(string, what);
                const auto chunk = chunk_at(string);
                if (!chunk || user_of(*chunk) + objects_.interned_bytes > body_end(heap_, *chunk)) break;
                string = memory_.load_word(user_of(*chunk) + objects_.string_next);
            }
        }
    }

    void check_threads() {
        std::uint32_t left = most_threads + heap_.most_chunks();
        for (Address address = heap_.get(Register::threads); address != 0; --left) {
            const auto thread = memory_.offset_of(address);
            const bool is_there = thread && fits_memory(*thread, objects_.thread_bytes) &&
                                  (*thread >= heap_.size_bytes() || chunk_at(address));
            if (!is_there)
                return tell(root, no_chunk,
                            "the threads lead to " + address_text(address) + ", which is none");
            if (left == 0) return tell(root, no_chunk, "the threads run in a circle");
            check_root(memory_.load_word(*thread + objects_.thread_object),
                       "the thread object of the thread at " + address_text(address));
            check_root(memory_.load_word(*thread + objects_.thread_exception),
                       "the pending exception of the thread at " + address_text(address));
            address = memory_.load_word(*thread + objects_.thread_next);
        }
    }

    // --- classes --------------------------------------------------------------------------------

    bool is_class(Offset chunk) const {
        return in_use_.has(chunk) && is_class_type(heap_.header(chunk).type());
    }

    void check_class_table() {
        const auto pool = table_at(Register::class_pool, pool_buckets);
        if (!pool || heap_.get(Register::class_pool) == 0) return;
        for (std::uint32_t bucket = 0; bucket < pool_buckets; ++bucket) {
            std::uint32_t left = heap_.most_chunks();
            Address next = memory_.load_word(*pool + bucket * word_);
            for (; next != 0; --left) {
                const std::string what = "bucket " + std::to_string(bucket) + " of the class table";
                const auto chunk = chunk_at(next);
                const bool is_one = chunk && is_class(*chunk) &&
                                    user_of(*chunk) + objects_.class_next + word_ <= body_end(heap_, *chunk);
                if (!is_one)
                    return tell(class_table, no_chunk,
                                what + " leads to " + address_text(next) + ", which is no class");
                if (left == 0) return tell(class_table, no_chunk, what + " runs in a circle");
                check_magic(*chunk);
                next = memory_.load_word(user_of(*chunk) + objects_.class_next);
            }
        }
    }

    void check_magic(Offset chunk) {
        const std::uint32_t magic = memory_.load32(user_of(chunk));
        if (magic == class_magic_number || !magicless_.insert(chunk).second) return;
        tell(
            class_magic, chunk,
            "the " + name_of(chunk) + " begins with " + address_text(magic) + " instead of the magic number");
    }

    void check_class_of(Offset chunk) {
        const Address of = memory_.load_word(user_of(chunk));
        if (of == 0) return;
        const auto found = chunk_at(of);
        if (found && is_class(*found)) return check_magic(*found);
        tell(class_gone, chunk,
             "the class of the " + name_of(chunk) + " is gone: no class is at " + address_text(of));
    }

    const ClassPlan& plan_of(Offset class_user) {
        if (class_user == last_class_) return *last_plan_;
        const auto [entry, is_new] = plans_.try_emplace(class_user);
        if (is_new) entry->second = plan_made(class_user);
        last_class_ = class_user;
        last_plan_ = &entry->second;
        return *last_plan_;
    }

    ClassPlan plan_made(Offset class_user) {
        ClassPlan plan;
        const std::uint32_t first_instance = first_instance_field(heap_, class_user);
        const std::uint32_t count = field_count(heap_, class_user);
        for (std::uint32_t i = 0; i < count && may_look(); ++i) {
            const auto field = field_at(heap_, class_user, i);
            if (!field) break;
            if (!is_reference_field(heap_, *field)) continue;
            const Offset value = *field + objects_.field_value;
            if (i < first_instance)
                plan.statics.push_back({i, value});
            else
                plan.cells.push_back({i, objects_.object_fields + memory_.load16(value) * word_});
        }
        plan.superclass = superclass_of(heap_, class_user).value_or(0);
        return plan;
    }

    // --- references -----------------------------------------------------------------------------

    /// Tells `see(place)` each word of the chunk that the collector follows; with a state of its scan, only
    /// those that it has passed.
    template <typename See>
    void each_reference(Offset chunk, const ScanState* state, See see) {
        switch (heap_.header(chunk).type()) {
            case AllocationType::object: return each_field(chunk, state, see);
            case AllocationType::object_array: {
                const Offset elements = user_of(chunk) + objects_.array_elements;
                const std::uint32_t length = array_length(heap_, chunk);
                for (std::uint32_t i = state ? state->cursor : 0; i < length && may_look(); ++i)
                    see(elements + i * word_);
                return;
            }
            case AllocationType::string:
                if (!state) see_body(chunk, objects_.string_chars, see);
                return;
            case AllocationType::array_class:
            case AllocationType::primitive_class:
                if (!state || state->flags > 0) see_body(chunk, objects_.class_loader, see);
                return;
            case AllocationType::instance_class: return each_static(chunk, state, see);
            default: return;
        }
    }

    template <typename See>
    void see_body(Offset chunk, std::uint32_t from_user, See see) {
        const Offset place = user_of(chunk) + from_user;
        if (place + word_ <= body_end(heap_, chunk)) see(place);
    }

    template <typename See>
    void each_field(Offset chunk, const ScanState* state, See see) {
        const auto of = class_of(heap_, chunk);
        if (!of || !is_instance_class(heap_, *of)) return;
        Offset at = *of;
        for (std::uint32_t level = 0; at != 0 && level < deepest_hierarchy && may_look(); ++level) {
            const ClassPlan& plan = plan_of(at);
            const bool is_under_way = state && state->class_user == at;
            for (const ClassPlan::Cell& cell : plan.cells)
                if ((!is_under_way || cell.field < state->cursor) && may_look())
                    see_body(chunk, cell.from_user, see);
            if (is_under_way) return;
            at = plan.superclass;
        }
    }

    /// The class's own: its superclasses are chunks of their own.
    template <typename See>
    void each_static(Offset chunk, const ScanState* state, See see) {
        const Offset user = user_of(chunk);
        if (!is_instance_class(heap_, user)) return;
        const bool is_under_way = state && state->class_user == user;
        if (is_under_way && (state->flags & 3) == 0) return;
        see_body(chunk, objects_.class_loader, see);
        for (const ClassPlan::Static& field : plan_of(user).statics)
            if ((!is_under_way || field.field >= state->cursor) && may_look()) see(field.place);
    }

    void check_contents() {
        for (Offset chunk = 0; !heap_.is_end(chunk) && goes_on(); chunk = heap_.next_chunk(chunk)) {
            const Header header = heap_.header(chunk);
            if (!header.is_in_use() || is_garbage(chunk)) continue;
            if (is_object_type(header.type())) check_class_of(chunk);
            // What `alloc` makes of a class type is all zeros, and no class.
            if (is_class_type(header.type()) && memory_.load32(user_of(chunk)) != 0) check_magic(chunk);
            const auto see = [&](Offset place) { check_reference(chunk, place); };
            each_reference(chunk, nullptr, see);
            if (header.type() == AllocationType::weak_reference) see_body(chunk, objects_.weak_referent, see);
        }
    }

    void check_reference(Offset chunk, Offset place) {
        const Address target = memory_.load_word(place);
        if (target == 0 || chunk_at(target)) return;
        tell(reference, chunk,
             "the " + name_of(chunk) + " refers to " + address_text(target) +
                 ", where no chunk in use has its data, by the word at " + at(place));
    }

    // --- marking --------------------------------------------------------------------------------

    /// A black chunk refers to no white one; neither does one being scanned by what is passed already. What
    /// an array's cycle turned black early is still being scanned.
    void check_marking() {
        OffsetSet scanned(heap_.size_bytes(), heap_.geometry().alignment_bytes);
        const std::uint64_t top =
            std::min<std::uint64_t>(heap_.get(Register::mark_top), heap_.layout().mark_capacity);
        for (Offset i = 0; i < top; ++i)
            if (!check_entry(heap_.layout().mark_stack + i * mark_entry_bytes, scanned)) return;
        for (Offset chunk = 0; !heap_.is_end(chunk) && goes_on(); chunk = heap_.next_chunk(chunk)) {
            const Header header = heap_.header(chunk);
            if (!header.is_in_use() || header.colour() != Colour::black) continue;
            if (header.type() == AllocationType::instance_class) check_superclass(chunk);
            if (scanned.has(chunk) || is_being_interned(chunk)) continue;
            each_reference(chunk, nullptr, [&](Offset place) { check_not_white(chunk, place); });
        }
    }

    bool check_entry(Offset entry, OffsetSet& scanned) {
        const Offset chunk = memory_.load32(entry);
        if (!heap_.is_sane(chunk)) {
            tell(collector_state, no_chunk,
                 "the mark stack holds " + address_text(memory_.address_of(chunk)) + ", which is no chunk");
            return false;
        }
        const ScanState state{memory_.load32(entry + 4), memory_.load32(entry + 8),
                              memory_.load32(entry + 12)};
        scanned.add(chunk);
        if (heap_.header(chunk).type() == AllocationType::instance_class)
            chains_under_way_.insert(state.class_user);
        each_reference(chunk, &state, [&](Offset place) { check_not_white(chunk, place); });
        return true;
    }

    /// A pooled string turns black one step before its characters.
    bool is_being_interned(Offset chunk) const {
        return phase() == Phase::interned &&
               heap_.get(Register::sub_cursor) == memory_.address_of(user_of(chunk));
    }

    void check_not_white(Offset chunk, Offset place) {
        const auto target = chunk_at(memory_.load_word(place));
        if (!target || heap_.header(*target).colour() != Colour::white) return;
        tell(tricolour, chunk,
             "the " + std::string(word_of(heap_.header(chunk).colour())) + " " + name_of(chunk) +
                 " refers to the white " + name_of(*target) + " by the word at " + at(place));
    }

    /// Superclasses turn black one after the other, each when its own references are done.
    void check_superclass(Offset chunk) {
        const Offset user = user_of(chunk);
        if (!is_instance_class(heap_, user)) return;
        const auto superclass = superclass_of(heap_, user);
        if (!superclass || heap_.header(chunk_of(*superclass)).colour() != Colour::white) return;
        if (chains_under_way_.contains(user) || chains_under_way_.contains(*superclass)) return;
        tell(tricolour, chunk,
             "the superclass of the black " + name_of(chunk) + " is white: the " +
                 name_of(chunk_of(*superclass)));
    }

    static constexpr std::uint32_t stride = 1u << 13;  ///< chunks and looks from one question to the next

    const std::function<bool()>& should_stop_;
    std::uint32_t asked_ = 0;
    bool is_stopped_ = false;

    const Heap& heap_;
    const Memory& memory_;
    const ObjectLayout& objects_;
    const std::uint32_t word_;
    const std::size_t limit_;
    std::vector<Violation> found_;
    OffsetSet in_use_;
    OffsetSet free_;
    std::uint64_t chunks_ = 0;
    std::uint64_t free_chunks_ = 0;
    std::uint64_t free_bytes_ = 0;
    std::uint64_t looks_ = 0;
    std::unordered_set<Offset> magicless_;  ///< told already
    std::unordered_map<Offset, ClassPlan> plans_;
    Offset last_class_ = no_chunk;
    const ClassPlan* last_plan_ = nullptr;
    std::unordered_set<Offset> chains_under_way_;  ///< where chains of superclasses stand
};

}  // namespace

std::span<const ViolationRow> violation_rows() { return rows; }
const ViolationRow& row_of(ViolationKind kind) { return rows[static_cast<std::size_t>(kind)]; }

std::vector<Violation> audit(const Heap& heap, std::size_t limit) {
    const std::function<bool()> never;
    return Audit(heap, limit, never).run().value_or(std::vector<Violation>{});
}

std::optional<std::vector<Violation>> audit_until(const Heap& heap,
                                                  const std::function<bool()>& should_stop) {
    return Audit(heap, most_violations, should_stop).run();
}

bool is_settled(const Heap& heap, const Step& step) {
    if (static_cast<Phase>(heap.get(Register::phase)) == Phase::idle) return false;
    return step.kind != StepKind::swept && step.kind != StepKind::merged_previous &&
           step.kind != StepKind::merged_next;
}

void assert_sound(const Heap& heap) {
    for (const Violation& violation : audit(heap))
        if (const ViolationRow& row = row_of(violation.kind); row.is_of_engine)
            assertion_failed(row.word.data(), violation.sentence.c_str(), __FILE__, __LINE__);
}

}  // namespace heapcore
