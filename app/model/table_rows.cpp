#include "app/model/table_rows.h"

#include "app/model/narration.h"

#include <array>

namespace tricolour {
namespace {

using heapcore::Heap;
using heapcore::Register;
using enum TableColumn::Kind;

constexpr std::array free_list_columns = {
    TableColumn{"#", "Its place in the list, which is searched from the smallest.", number, 6},
    TableColumn{"Size", "Bytes of the chunk, header included.", number, 10},
    TableColumn{"Alike", "Free chunks of this size, itself too.", number, 7, 0, true},
    TableColumn{"Address", "Where its header lies.", address, 12},
    TableColumn{"Previous", "The one before it in the list.", text, 12, 0, true},
    TableColumn{"Next", "The one behind it in the list.", text, 12, 0, true},
    TableColumn{"Before it", "What ends where it begins, and keeps it from growing.", text, 16, 44, true},
    TableColumn{"Behind it", "What begins where it ends, and keeps it from growing.", text, 16, 44, true},
};

constexpr std::array root_columns = {
    TableColumn{"Root", "Why it is one.", text, 18},
    TableColumn{"#", "Its place in its stack or its bucket.", number, 6},
    TableColumn{"Refers to", "The chunk that it holds.", text, 22, 64},
    TableColumn{"Size", "Bytes of that chunk, header included.", number, 10, 0, true},
    TableColumn{"Colour", "What the collector thinks of that chunk.", text, 7, 0, true},
    TableColumn{"Address", "Where that chunk's header lies.", address, 12, 0, true},
};

constexpr std::array frame_columns = {
    TableColumn{"Thread", "Whose stack it is.", text, 12, 0, true},
    TableColumn{"Frame", "Counted from the newest, 1.", number, 6, 0, true},
    TableColumn{"Method", "That runs in the frame.", text, 12},
    TableColumn{"Cell", "A local or an operand.", text, 13},
    TableColumn{"Holds", "What is in it.", text, 18, 56},
    TableColumn{"The collector", "What it makes of the cell, which it does not trust.", text, 18, 80, true},
    TableColumn{"Address", "Of the chunk that it holds.", address, 12, 0, true},
};

constexpr std::array mark_stack_columns = {
    TableColumn{"Depth", "Chunks that are being scanned below it, and itself.", number, 7},
    TableColumn{"Chunk", "That is being scanned.", text, 18, 48},
    TableColumn{"Scanned", "How far its scan is.", text, 20, 40},
    TableColumn{"Found through", "What led to it: what lies below it on the stack, or a root.", text, 22, 64,
                true},
    TableColumn{"Size", "Bytes of the chunk, header included.", number, 10, 0, true},
    TableColumn{"Address", "Where its header lies.", address, 12, 0, true},
};

constexpr std::array class_columns = {
    TableColumn{"Class", "Its name.", text, 18, 48},
    TableColumn{"Instances", "Objects, arrays, strings and weak references of exactly this class.", number,
                10},
    TableColumn{"Bytes", "Of the instances, headers included.", number, 11},
    TableColumn{"Loader", "What defined it, and keeps it.", text, 16, 0, true},
    TableColumn{"Address", "Where the header of the class itself lies.", address, 12, 0, true},
    TableColumn{"Static fields", "With what they hold.", text, 20, 240},
};

constexpr std::array interned_columns = {
    TableColumn{"Text", "What it says.", text, 20, 120},
    TableColumn{"Length", "Characters.", number, 7},
    TableColumn{"Bytes", "Of the string's chunk and its characters'.", number, 8, 0, true},
    TableColumn{"Held by", "Whether anything but the pool keeps it alive.", text, 16},
    TableColumn{"Colour", "What the collector thinks of it.", text, 7, 0, true},
    TableColumn{"Bucket", "Of the pool; a collection looks at the last one first.", number, 7, 0, true},
    TableColumn{"Address", "Where its header lies.", address, 12, 0, true},
};

std::string no_mark_stack(const Heap& heap) {
    return heap.get(Register::phase) == 0
               ? "Nothing on the mark stack: no collection is under way."
               : "Nothing on the mark stack: all that was found so far is scanned.";
}

constexpr std::array rows = {
    TableRow{TableId::free_list,
             "Free list",
             "Free chunks in the order in which they are tried: best fit.",
             "free chunk",
             "free chunks",
             free_list_columns,
             1,
             {0, false},
             [](const Heap&) -> std::string { return "No free chunk: all of the heap is in use."; },
             free_list_rows},
    TableRow{TableId::roots,
             "Roots",
             "Every root outside the threads' frames, with the reason it is one.",
             "root",
             "roots",
             root_columns,
             3,
             {0, false},
             [](const Heap&) -> std::string { return "No root: a collection would free everything."; },
             root_table_rows},
    TableRow{
        TableId::frames,
        "Frames",
        "The threads' frames cell by cell, newest first.",
        "cell",
        "cells",
        frame_columns,
        1,
        {1, false},
        [](const Heap&) -> std::string { return "No thread runs: `thread main` in the trace starts one."; },
        frame_rows},
    TableRow{TableId::mark_stack,
             "Mark stack",
             "Chunks whose scan has begun and is not done, the newest on top.",
             "entry",
             "entries",
             mark_stack_columns,
             0,
             {0, true},
             no_mark_stack,
             mark_stack_rows},
    TableRow{TableId::classes,
             "Classes",
             "How many instances there are of each class, and what its static "
             "fields hold.",
             "class",
             "classes",
             class_columns,
             1,
             {2, true},
             [](const Heap&) -> std::string {
                 return "No class yet: `class Node next:ref` in the trace makes one.";
             },
             class_rows},
    TableRow{TableId::interned,
             "Interned strings",
             "The strings of the pool, and what else holds them.",
             "string",
             "strings",
             interned_columns,
             1,
             {0, false},
             [](const Heap&) -> std::string {
                 return "The pool is empty: `intern s \"text\"` in the trace puts a string into it.";
             },
             interned_rows},
};
static_assert(rows.size() == table_count);

}  // namespace

std::span<const TableRow> table_rows() { return rows; }
const TableRow& row_of(TableId table) { return rows[static_cast<std::size_t>(table)]; }

TableCell cell_of(const TableRows& table, const TableColumn& column, std::uint64_t row, std::size_t index) {
    if (column.is_text()) return table.text(row, index);
    const std::uint64_t number = table.number(row, index);
    if (number == no_number) return {"\xe2\x80\x93", Tone::dim};
    return {column.kind == TableColumn::address ? hex_text(number) : count_text(number)};
}

}  // namespace tricolour
