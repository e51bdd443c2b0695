// Where everything lies: the regions of the flat memory, and the VM's structures inside chunks.
//
// Structure offsets are the real VM's, in bytes from the user pointer, so that a raw image of its
// heap can be read by the same code. Source: the memory model (object layouts) and the recorded
// tables layout64.json and layout32.json.
#pragma once

#include "heapcore/chunk.h"
#include "heapcore/limits.h"
#include "heapcore/settings.h"

namespace heapcore {

/// The machine's registers, 8 bytes each, right behind the heap.
enum class Register : std::uint32_t {
    heap_free,        ///< bytes of all free chunks, headers included
    chunks,           ///< number of chunks
    free_chunks,      ///< number of free chunks
    next_birth,       ///< births given so far; the first chunk's is 1
    gc_count,         ///< collections begun
    phase,            ///< Phase
    cursor,           ///< where the phase stands: bucket, index, thread, chunk
    sub_cursor,       ///< a string in a bucket; a state within a thread
    frame_locals,     ///< frame being scanned
    frame_pointer,    ///< its stack pointer
    cell,             ///< cell being scanned
    mark_top,         ///< entries of the mark stack
    weak_head,        ///< list of weak references met, address
    permanent_array,  ///< address of the permanent root stack
    permanent_top,    ///< roots in it
    transient_array,
    transient_top,
    block_top,   ///< open transient blocks
    class_pool,  ///< address of the class table's buckets
    utf_pool,
    intern_pool,
    native_pool,
    threads,  ///< newest thread, address
    pin_top,
    operation_top,  ///< temporaries of the operation under way
    // Classes the VM makes for itself when they are first needed; 0 until then.
    class_class,
    string_class,
    loader_class,
    weak_class,
    primitive_array_classes,  ///< 8 of them, boolean to double
    primitive_array_classes_end = primitive_array_classes + 7,
    count_
};

inline constexpr std::uint32_t pool_buckets = 64;
inline constexpr std::uint32_t native_pool_buckets = 16;
inline constexpr std::uint32_t most_operation_roots = 64;
inline constexpr std::uint32_t segment_cells = 257;  ///< vm=unified: a segment's body

/// What the machine knows of the chunk that begins in a slot; valid while the chunk is in use.
struct Origin {
    std::uint32_t birth = 0;       ///< number of the allocation; 0: none
    std::uint32_t operation = 0;   ///< index of the operation that asked for it
    std::uint32_t name = 0;        ///< NameId + 1 of its newest name (see Binding::next); 0: none
    std::uint32_t collection = 0;  ///< collections begun when it was allocated
};

/// An entry of the mark stack: a chunk being scanned, and where its scan stands.
struct MarkEntry {
    Offset chunk;
    Offset class_user;  ///< class whose fields are being scanned, as user offset
    std::uint32_t cursor;
    std::uint32_t flags;
};
inline constexpr std::uint32_t mark_entry_bytes = 16;

/// What a name is bound to, in memory behind everything else.
struct Binding {
    enum Kind : std::uint32_t { unbound, chunk, failed, dead_freed, dead_collected, thread, exited };
    std::uint32_t kind = unbound;
    Offset offset = 0;           ///< chunk, or a thread's structure as user offset
    std::uint32_t birth = 0;     ///< the chunk's
    std::uint32_t line = 0;      ///< line at which it died; 0: an operation typed in
    std::uint32_t next = 0;      ///< NameId + 1 of the next older name of the same chunk; 0: none
    std::uint32_t previous = 0;  ///< NameId + 1 of the next newer one; 0: it is the newest
};
inline constexpr std::uint32_t binding_bytes = 24;

/// The regions of the flat memory, in order of address.
struct MemoryLayout {
    std::uint32_t heap_bytes;
    Offset registers;
    Offset list_start;       ///< the free list's start marker, laid out as a chunk
    Offset list_end;         ///< its end marker
    Offset blocks;           ///< transient top at the begin of each open block, 32 bits each
    Offset pins;             ///< words
    Offset operation_roots;  ///< words
    Offset permanent;        ///< words; used with vm=none
    Offset transient;        ///< words; used with vm=none
    Offset pools;            ///< buckets of the class, utf and intern pools; used with vm=none
    Offset threads;          ///< slots of thread structure + stack; used with vm=none
    std::uint32_t thread_slot_bytes;
    Offset origins;  ///< one Origin for each smallest chunk's worth of heap
    Offset mark_stack;
    std::uint32_t mark_capacity;  ///< entries: more than chunks that fit the heap
    Offset names;                 ///< Bindings, to the end of memory; grows

    explicit MemoryLayout(const HeapSettings& settings);

    Offset at(Register which) const { return registers + 8 * static_cast<std::uint32_t>(which); }
};

/// Bytes of the heap that the VM's tables take with vm=unified.
std::uint64_t table_bytes(const HeapSettings& settings);

/// Offsets of the VM's structures, from the user pointer.
struct ObjectLayout {
    std::uint32_t word;
    // object
    std::uint32_t object_fields;
    // array
    std::uint32_t array_length, array_elements;
    // string
    std::uint32_t string_chars, string_offset, string_length, string_bytes, string_utf, string_next,
        interned_bytes;
    // weak reference
    std::uint32_t weak_referent, weak_next, weak_bytes;
    // Class object
    std::uint32_t class_object_class, class_object_bytes;
    // class loader object
    std::uint32_t loader_count, loader_classes, loader_bytes;
    // class, any
    std::uint32_t class_magic, class_state, class_flags, class_name, class_object, class_super, class_next,
        class_loader;
    // instance class
    std::uint32_t constant_pool, interfaces, field_count, first_instance_field, fields, static_longs,
        method_count, methods, instance_cells, instance_class_bytes;
    // array class
    std::uint32_t component_type, component_class, array_class_bytes;
    // field
    std::uint32_t field_class, field_flags, field_name, field_signature, field_value, field_bytes;
    // method
    std::uint32_t method_flags, method_exceptions, method_code, method_line_numbers, method_bytes;
    // utf string: length 0
    std::uint32_t utf_data, utf_next, utf_bytes;
    // stack segment
    std::uint32_t segment_height, segment_top, segment_next, segment_body;
    // thread: status 0
    std::uint32_t thread_object, thread_segments, thread_segment, thread_pointer, thread_pc, thread_locals,
        thread_method, thread_exception, thread_next, thread_bytes;
};

inline constexpr ObjectLayout layout_of_word8{
    8,  8,  8,  16, 8,  16, 24,  32,  32,  40,  48,  8,   16,  24,  8,  24, 16, 24, 48, 0,   4,   8,  16,
    32, 40, 48, 56, 80, 96, 104, 106, 112, 120, 128, 136, 144, 176, 72, 80, 88, 0,  8,  16,  24,  40, 48,
    8,  16, 40, 56, 88, 8,  16,  24,  0,   8,   16,  24,  8,   16,  24, 32, 40, 48, 56, 104, 120, 248};

inline constexpr ObjectLayout layout_of_word4{
    4,  4,  4,  8,  4,  8,  12, 16, 16, 20, 24, 4,  8,  12, 4,  12, 8,  12, 24, 0,  4,  8,  12,
    20, 24, 28, 32, 44, 52, 56, 58, 60, 64, 68, 72, 76, 92, 40, 44, 48, 0,  4,  8,  12, 20, 24,
    4,  8,  20, 32, 52, 4,  8,  12, 0,  4,  8,  12, 4,  8,  12, 16, 20, 24, 28, 56, 64, 140};

constexpr const ObjectLayout& object_layout_of(std::uint32_t word_bytes) {
    return word_bytes == 4 ? layout_of_word4 : layout_of_word8;
}

inline constexpr std::uint32_t class_magic_number = 0xCAFEBABE;
inline constexpr std::uint16_t static_flag = 0x0008;  ///< a field's access flags
inline constexpr std::uint16_t native_flag = 0x0100;  ///< a method's access flags
inline constexpr std::uint32_t ended_status = 0x40;   ///< bit of a thread's status

/// Saved registers of the caller, in words before a frame's first local.
namespace frame_cell {
inline constexpr std::uint32_t segment = 2, method = 3, pc = 4, pointer = 6, locals = 7, count = 7;
}

}  // namespace heapcore
