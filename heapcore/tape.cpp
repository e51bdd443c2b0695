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
            case tape::whitened: return whiten(above);
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

    void whiten(std::uint32_t count) {
        Offset chunk = next();
        const Offset cursor = next();
        for (; count > 0; --count) {
            const Header header(next());
            change(chunk, header.bits(), header.with_colour(Colour::white).bits());
            change(cursor, chunk, chunk + header.size_bytes());
            tell({StepKind::whitened, byte_of(header.type()),
                  static_cast<std::uint16_t>(header.is_in_use() ? 0 : 1), chunk, byte_of(header.colour()),
                  0});
            chunk += header.size_bytes();
        }
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
