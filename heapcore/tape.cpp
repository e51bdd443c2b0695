#include "heapcore/tape.h"

#include "heapcore/layout.h"

#include <array>
#include <utility>

namespace heapcore {
namespace {

template <typename Enum>
std::uint8_t byte_of(Enum value) {
    return static_cast<std::uint8_t>(value);
}

class TapeReader {
public:
    TapeReader(const std::uint32_t* begin, Unfolded& into) : at_(begin), into_(into) {}

    void read_to(const std::uint32_t* end) {
        while (at_ != end)
            read(*at_++);
    }

private:
    /// An entry of the mark stack, whether it is on it or was.
    struct Known {
        std::array<std::uint32_t, 4> words;
        Header header;
    };
    static constexpr std::size_t class_word = 1, cursor_word = 2, flags_word = 3;

    std::uint32_t next() { return *at_++; }

    void read(std::uint32_t first) {
        const std::uint32_t above = first >> 8;
        switch (first & 1 ? first & 0xff : 0) {
            case 0: return read_store(first);
            case tape::step: return read_step();
            case tape::store: return read_store(next());
            case tape::marking: return begin_marking(above);
            case tape::entry: return read_entry();
            case tape::passed:
            case tape::passed_up: return follow(above, first & 0xff, false);
            case tape::passed_element: return follow_element(above, false);
            case tape::grey:
            case tape::grey_up: return follow(above, first & 0xff, true);
            case tape::grey_element: return follow_element(above, true);
            case tape::black_element: return blacken_element();
            case tape::black_chars: return blacken_chars();
            case tape::popped: return pop(above);
            case tape::sweeping: return sweep(above);
            default: return;
        }
    }

    // --- what is written in full ---

    void read_store(Offset offset) {
        const std::uint32_t before = next();
        into_.stores.push_back({offset, before, next()});
    }

    void read_step() {
        Step step;
        const std::uint32_t kind = next();
        step.kind = static_cast<StepKind>(kind & 0xff);
        step.detail = static_cast<std::uint8_t>(kind >> 8);
        step.extra = static_cast<std::uint16_t>(kind >> 16);
        step.chunk = next();
        step.a = next();
        step.a |= std::uint64_t{next()} << 32;
        step.b = next();
        tell(step);
    }

    void tell(const Step& step) {
        into_.steps.push_back({step, static_cast<std::uint32_t>(into_.stores.size())});
    }
    void change(Offset offset, std::uint32_t before, std::uint32_t after) {
        if (before != after) into_.stores.push_back({offset, before, after});
    }

    // --- marking ---

    void begin_marking(std::uint32_t word_bytes) {
        objects_ = &object_layout_of(word_bytes);
        entries_ = begun_at_ = next();
        mark_stack_ = next();
        top_register_ = next();
        above_.clear();
        below_.clear();
    }

    /// Precondition: it is known.
    Known& known(std::uint32_t index) {
        return index >= begun_at_ ? above_[index - begun_at_] : below_[begun_at_ - 1 - index];
    }
    Known& top() { return known(entries_ - 1); }
    Offset entry_place(std::uint32_t index) const { return mark_stack_ + index * mark_entry_bytes; }
    Offset chunk_of_top() { return top().words[0]; }

    void read_entry() {
        Known entry;
        for (std::uint32_t& word : entry.words)
            word = next();
        entry.header = Header(next());
        below_.push_back(entry);
    }

    void set_top(std::size_t word, std::uint32_t value) {
        std::uint32_t& now = top().words[word];
        change(entry_place(entries_ - 1) + 4 * static_cast<std::uint32_t>(word), now, value);
        now = value;
    }

    void follow(std::uint32_t slot, std::uint32_t kind, bool is_white) {
        const Offset chunk = next();
        const std::uint32_t cursor = next();
        if (kind == tape::passed_up || kind == tape::grey_up) {
            set_top(class_word, next());
            set_top(cursor_word, cursor);
            set_top(flags_word, next());
        } else {
            set_top(cursor_word, cursor);
        }
        visit(chunk, slot, MarkReason::field, is_white);
    }

    void follow_element(std::uint32_t slot, bool is_white) {
        const Offset chunk = next();
        set_top(cursor_word, (slot - header_bytes - objects_->array_elements) / objects_->word);
        set_top(flags_word, 1);
        visit(chunk, slot, MarkReason::element, is_white);
    }

    void visit(Offset chunk, std::uint32_t slot, MarkReason reason, bool is_white) {
        const Offset holder = chunk_of_top();
        const auto step_of = [&](StepKind kind) {
            return Step{kind, byte_of(reason), 0, chunk, holder, holder + slot};
        };
        if (!is_white) return tell(step_of(StepKind::passed));
        const Header header(next());
        const Header grey = header.with_colour(Colour::grey);
        change(chunk, header.bits(), grey.bits());
        tell(step_of(StepKind::grey));
        if (tape::is_pushed(header.type()))
            push(chunk, grey);
        else
            blacken(chunk, grey, MarkReason::nothing_to_scan);
    }

    void push(Offset chunk, Header header) {
        Known entry{{chunk, 0, 0, 0}, header};
        if (header.type() == AllocationType::object) entry.words[class_word] = next();
        if (header.type() != AllocationType::string) entry.words[cursor_word] = next();
        const std::uint32_t index = entries_++;
        if (index == begun_at_ + above_.size()) {
            Known& lay_there = above_.emplace_back();
            for (std::uint32_t& word : lay_there.words)
                word = next();
        }
        Known& place = known(index);
        for (std::uint32_t i = 0; i < 4; ++i)
            into_.stores.push_back({entry_place(index) + 4 * i, place.words[i], entry.words[i]});
        place = entry;
        change(top_register_, index, entries_);
    }

    void pop(std::uint32_t colour) {
        const Known entry = top();
        const std::uint32_t index = --entries_;
        for (std::uint32_t i = 0; i < 4; ++i)
            into_.stores.push_back({entry_place(index) + 4 * i, entry.words[i], entry.words[i]});
        change(top_register_, index + 1, index);
        blacken(entry.words[0], entry.header.with_colour(static_cast<Colour>(colour)),
                MarkReason::all_scanned);
    }

    void blacken(Offset chunk, Header header, MarkReason reason) {
        change(chunk, header.bits(), header.with_colour(Colour::black).bits());
        tell({StepKind::black, byte_of(reason), 0, chunk, byte_of(header.colour()), 0});
    }

    void blacken_element() {
        const Offset chunk = next();
        const Header header(next());
        set_top(flags_word, 0);
        blacken(chunk, header, header.colour() == Colour::grey ? MarkReason::early : MarkReason::again);
    }

    void blacken_chars() {
        const Offset chunk = next();
        const Header header(next());
        set_top(flags_word, 1);
        blacken(chunk, header, MarkReason::chars);
    }

    // --- sweeping ---

    struct Sweep {
        const ChunkGeometry* geometry;
        Offset registers;
        std::uint32_t heap_bytes;
        Offset list_end;
        Address base;
        std::array<std::uint64_t, 3> counts;  ///< heap_free, chunks, free_chunks
    };

    std::uint64_t next_double() {
        const std::uint64_t low = next();
        return low | std::uint64_t{next()} << 32;
    }
    void change_double(Offset offset, std::uint64_t before, std::uint64_t after) {
        change(offset, static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(after));
        change(offset + 4, static_cast<std::uint32_t>(before >> 32), static_cast<std::uint32_t>(after >> 32));
    }
    /// What it held comes next.
    void change_word(const Sweep& sweep, Offset offset, Offset after) {
        const Address address = sweep.base + after;
        if (sweep.geometry->word_bytes == 8) return change_double(offset, next_double(), address);
        change(offset, next(), static_cast<std::uint32_t>(address));
    }
    static Offset place_of(const Sweep& sweep, Register which) {
        return sweep.registers + 8 * static_cast<std::uint32_t>(which);
    }
    void count(Sweep& sweep, Register which, std::uint64_t by) {
        std::uint64_t& now = sweep.counts[static_cast<std::size_t>(which)];
        change_double(place_of(sweep, which), now, now + by);
        now += by;
    }

    void sweep(std::uint32_t count) {
        Sweep sweep{};
        sweep.geometry = &geometry_of(next());
        Offset chunk = next();
        sweep.registers = next();
        sweep.heap_bytes = next();
        sweep.list_end = next();
        sweep.base = next_double();
        for (std::uint64_t& counted : sweep.counts)
            counted = next_double();
        for (; count > 0; --count) {
            const Header header(next());
            const Offset behind =
                tape::is_dead(header) ? free(sweep, chunk, header) : whiten(sweep, chunk, header);
            if (tape::is_dead(header)) change(place_of(sweep, Register::cursor), chunk, behind);
            chunk = behind;
        }
    }

    Offset whiten(const Sweep& sweep, Offset chunk, Header header) {
        const Offset behind = chunk + header.size_bytes();
        change(chunk, header.bits(), header.with_colour(Colour::white).bits());
        change(place_of(sweep, Register::cursor), chunk, behind);
        const auto is_free = static_cast<std::uint16_t>(header.is_in_use() ? 0 : 1);
        tell({StepKind::whitened, byte_of(header.type()), is_free, chunk, byte_of(header.colour()), 0});
        return behind;
    }

    Offset free(Sweep& sweep, Offset chunk, Header header) {
        std::uint32_t size = header.size_bytes();
        std::uint32_t size_before = header.with_in_use(false).bits();
        change(chunk, header.bits(), size_before);
        tell({StepKind::swept, byte_of(header.type()), 0, chunk, size, 0});
        count(sweep, Register::heap_free, size);
        if (chunk != 0 && header.is_previous_free()) {
            const Offset swallowed = chunk;
            chunk = next();
            size_before = next();
            unlist(sweep);
            size += Header(size_before).size_bytes();
            join(sweep, chunk, size_before, size);
            size_before = Header::of_size(size).bits();
            tell({StepKind::merged_previous, 0, 0, chunk, swallowed, size});
        }
        const Offset behind = chunk + size;
        if (behind < sweep.heap_bytes)
            if (const Header follower(next()); !follower.is_in_use()) {
                unlist(sweep);
                size += follower.size_bytes();
                join(sweep, chunk, size_before, size);
                tell({StepKind::merged_next, 0, 0, chunk, behind, size});
            }
        const Offset after = list(sweep, chunk);
        const Offset end = chunk + size;
        if (end < sweep.heap_bytes) {
            const Header follower(next());
            change(end, follower.bits(), follower.with_previous_free(true).bits());
        }
        change_word(sweep, end - sweep.geometry->word_bytes, chunk);
        count(sweep, Register::free_chunks, 1);
        tell({StepKind::inserted, 0, 0, chunk, after == sweep.list_end ? no_chunk : after, size});
        return end;
    }

    void join(Sweep& sweep, Offset chunk, std::uint32_t before, std::uint32_t size) {
        change(chunk, before, Header::of_size(size).bits());
        count(sweep, Register::chunks, ~std::uint64_t{0});
        count(sweep, Register::free_chunks, ~std::uint64_t{0});
    }

    void unlist(const Sweep& sweep) {
        const Offset before = next();
        const Offset after = next();
        if (before == no_chunk) return;
        change_word(sweep, before + sweep.geometry->next_offset, after);
        change_word(sweep, after + sweep.geometry->previous_offset, before);
    }

    Offset list(const Sweep& sweep, Offset chunk) {
        const Offset before = next();
        const Offset after = next();
        if (before == no_chunk) return after;
        change_word(sweep, before + sweep.geometry->next_offset, chunk);
        change_word(sweep, chunk + sweep.geometry->previous_offset, before);
        change_word(sweep, chunk + sweep.geometry->next_offset, after);
        change_word(sweep, after + sweep.geometry->previous_offset, chunk);
        return after;
    }

    const std::uint32_t* at_;
    Unfolded& into_;
    // While marking:
    const ObjectLayout* objects_ = nullptr;
    Offset mark_stack_ = 0;
    Offset top_register_ = 0;
    std::uint32_t entries_ = 0;
    std::uint32_t begun_at_ = 0;  ///< entries when it began
    std::vector<Known> above_;    ///< entries from there on
    std::vector<Known> below_;    ///< entries before, from there down
};

}  // namespace

void unfold(const std::uint32_t* begin, const std::uint32_t* end, Unfolded& into) {
    TapeReader(begin, into).read_to(end);
}

}  // namespace heapcore
