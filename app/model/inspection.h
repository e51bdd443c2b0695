// Inspection: everything that is known of one chunk, read off the heap at one instant.
//
// Nothing is trusted: a chunk of any type with any contents can be inspected. The body's rows are
// made when they are asked for, so that an array of 16 MB costs what a panel shows of it.
#pragma once

#include "app/model/cell_text.h"
#include "app/model/referrers.h"
#include "heapcore/object.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

/// How the bytes of a row are read.
enum class Reading : std::uint8_t {
    raw,     ///< anything: may be guessed at
    unused,  ///< room that its structure has no use for
    stale,   ///< left over in a free chunk
    zeros,   ///< many words of these that are all zero, in one row
    class_pointer,
    reference,
    weak_referent,
    class_loader,
    structure,  ///< to a structure of the VM
    utf,        ///< to a utf string
    address,    ///< to a place within something
    signed_integer,
    unsigned_integer,
    boolean,
    character,
    real,       ///< 32 bits
    long_real,  ///< 64 bits
    magic,
    method,
    stored_length,
    list_next,
    list_previous,
    back_pointer,
    field_flags,
    field_value,
    stack_cell,
    // Several elements a row:
    bytes,
    booleans,
    shorts,
    units,  ///< of UTF-16
    letters
};

/// One row of a chunk's body.
struct BodyRow {
    std::uint32_t offset = 0;  ///< from the chunk
    std::uint32_t bytes = 0;
    std::string digits;   ///< hexadecimal: a number, or several elements in the order of memory; of
                          ///< many zero words the first
    std::string label;    ///< "class", "next", "[7]"
    std::string meaning;  ///< "Node `b`", "null", "42"
    std::string note;     ///< more about it, for a tooltip
    Tone tone = Tone::plain;
    std::optional<heapcore::Offset> target;  ///< chunk that it leads to
};

/// One of the five fields of a header.
struct HeaderField {
    std::string_view name;
    std::uint32_t first_bit = 0;  ///< its highest
    std::uint32_t bits = 0;
    std::uint32_t value = 0;
    std::string text;  ///< "48", "white"
    std::string help;  ///< one sentence
};

/// One word or less of a structure.
struct BodySlot {
    std::uint32_t offset = 0;  ///< from the chunk, or from its entry of a table
    std::uint32_t bytes = 0;
    Reading reading = Reading::raw;
    std::string label;
    std::string note;
};

struct Inspection {
    /// Looks at the chunk at that offset of the session's heap.
    Inspection(const heapcore::Session& session, heapcore::Offset chunk, const ThreadNames& threads);

    std::uint64_t row_count() const { return rows_; }
    BodyRow row(std::uint64_t index) const;

    heapcore::Offset chunk = heapcore::no_chunk;
    bool is_chunk = false;  ///< false: no chunk can begin there, and nothing below is valid
    heapcore::Header header;
    std::array<HeaderField, 5> header_fields;
    std::string title;  ///< "Node `b`", "Free chunk"
    std::string what;   ///< "An object of class Node", "A string of 5 characters"
    Tone what_tone = Tone::plain;
    std::string text;     ///< what a string, a class's name or a utf string says, quoted
    std::string address;  ///< of the header
    std::uint32_t user_bytes = 0;

    // In use:
    std::vector<std::string> names;
    std::uint32_t birth = 0;               ///< 0: not known
    std::optional<std::size_t> operation;  ///< that asked for it
    std::string operation_place;           ///< "line 10", "typed in", "made with the VM"
    std::string operation_text;            ///< "new b Node"
    std::uint32_t collections_survived = 0;

private:
    /// Rows that follow each other at equal distances and are read alike.
    struct Part {
        std::uint64_t first_row;
        std::uint64_t rows;
        std::uint32_t offset;  ///< of its first row, from the chunk
        std::uint32_t stride;
        std::uint32_t end;  ///< its last row may be shorter
        Reading reading;
        bool is_elements;  ///< labels are [index]
        bool is_entries;   ///< a table: rows of one entry are entry_slots_
        std::string label;
        std::string note;
    };
    struct LiveFrame {
        heapcore::Frame frame;
        std::string where;  ///< "thread `main`, frame `run`"
    };

    const heapcore::Heap& heap() const { return session_->heap(); }
    std::uint32_t word() const { return heap().geometry().word_bytes; }
    std::uint64_t load(heapcore::Offset place, std::uint32_t bytes) const;
    std::uint64_t user_word(std::uint32_t offset) const;
    std::string describe(heapcore::Offset at) const;

    void read_origin();
    void read_names();
    void lay_body();
    bool is_listed() const;
    void lay_free();
    void lay_object();
    void lay_array(bool is_object_array);
    void lay_string();
    void lay_class();
    bool lay_vm_table();
    bool lay_thread();
    bool lay_segment();
    bool lay_utf();
    bool lay_entries();
    void lay_slots(const std::vector<BodySlot>& slots);
    void note_frames_in(heapcore::Offset segment_user, std::uint32_t cells);

    std::uint32_t end() const { return header.size_bytes(); }
    void add(Part part);
    bool is_zero(std::uint32_t from, std::uint32_t to) const;
    void add_slot(BodySlot slot);
    void fill_to(std::uint32_t offset, Reading reading = Reading::raw);
    void add_elements(std::uint32_t offset, std::uint64_t count, std::uint32_t element_bytes,
                      Reading reading);

    BodyRow read(std::uint32_t offset, std::uint32_t bytes, Reading reading) const;
    void read_reference(BodyRow& row, std::uint64_t value) const;
    void read_class_pointer(BodyRow& row, std::uint64_t value) const;
    void read_structure(BodyRow& row, std::uint64_t value) const;
    void read_guess(BodyRow& row, std::uint64_t value) const;
    void read_list_link(BodyRow& row, std::uint64_t value) const;
    void read_back_pointer(BodyRow& row, std::uint64_t value) const;
    void read_field_value(BodyRow& row) const;
    void read_stack_cell(BodyRow& row, std::uint64_t value) const;
    void read_address(BodyRow& row, std::uint64_t value) const;
    void read_several(BodyRow& row, Reading reading) const;

    const heapcore::Session* session_;
    const ThreadNames* threads_;  ///< while it is made
    std::vector<Part> parts_;
    std::vector<BodySlot> entry_slots_;
    std::vector<LiveFrame> frames_;  ///< of a stack segment, by place
    std::uint64_t rows_ = 0;
    std::uint32_t laid_to_ = 0;  ///< bytes from the chunk that have rows
};

/// What the inspector keeps from one frame to the next.
class Inspector {
public:
    /// The chunk as it is now.
    const Inspection& look(const heapcore::Session& session, heapcore::Offset chunk);
    /// Who refers to the chunk looked at last: at once, or null where that takes a pass over so many
    /// chunks that it is to be asked for.
    const Referrers* referrers(bool is_asked_for, std::uint64_t most_chunks = 200'000);
    /// The same if it is known already, of that chunk at that instant.
    const Referrers* known_referrers(const heapcore::Session& session, heapcore::Offset chunk) const {
        const bool is_of_it = referrers_ && inspection_->chunk == chunk && instant_ == instant_of(session);
        return is_of_it ? &*referrers_ : nullptr;
    }
    ReferrerText text(const Referrer& referrer) const {
        return text_of(*instant_.session, threads_, referrer);
    }

private:
    Instant instant_;
    ThreadNames threads_;
    std::optional<Inspection> inspection_;
    std::optional<Referrers> referrers_;
};

}  // namespace tricolour
