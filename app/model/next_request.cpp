#include "app/model/next_request.h"

#include "app/model/narration.h"
#include "heapcore/object.h"

#include <algorithm>
#include <array>

namespace tricolour {
namespace {

using heapcore::Heap;
using heapcore::Machine;
using heapcore::Operation;
using heapcore::OperationKind;

constexpr std::size_t most_operations_ahead = 4096;

/// User bytes of the chunk that an operation is named after; none if it cannot be known beforehand.
using Asked = std::optional<std::uint64_t> (*)(const Machine&, const Operation&);

std::optional<std::uint64_t> cloned(const Machine& machine, const Operation& operation) {
    const auto original = machine.chunk_named(operation.other);
    if (!original) return std::nullopt;
    return machine.heap().header(*original).size_bytes();
}

std::optional<std::uint64_t> instance(const Machine& machine, const Operation& operation) {
    const auto of = machine.chunk_named(operation.other);
    if (!of || !heapcore::is_instance_class(machine.heap(), heapcore::user_of(*of))) return std::nullopt;
    const std::uint64_t cells = 1 + heapcore::instance_cells(machine.heap(), heapcore::user_of(*of));
    return cells * machine.heap().geometry().word_bytes;
}

std::optional<std::uint64_t> array(const Machine& machine, const Operation& operation) {
    const heapcore::ObjectLayout& objects = machine.heap().objects();
    const auto element = static_cast<heapcore::ElementType>(operation.choice);
    return objects.array_elements + operation.number * heapcore::element_bytes(element, objects.word);
}

template <std::uint32_t heapcore::ObjectLayout::*bytes>
std::optional<std::uint64_t> structure(const Machine& machine, const Operation&) {
    return machine.heap().objects().*bytes;
}

struct AskedRow {
    OperationKind kind;
    Asked asked;
};
constexpr std::array asked_rows = {
    AskedRow{OperationKind::alloc,
             [](const Machine&, const Operation& operation) { return std::optional(operation.number); }},
    AskedRow{OperationKind::clone, cloned},
    AskedRow{OperationKind::new_object, instance},
    AskedRow{OperationKind::array, array},
    AskedRow{OperationKind::string, structure<&heapcore::ObjectLayout::string_bytes>},
    AskedRow{OperationKind::weak, structure<&heapcore::ObjectLayout::weak_bytes>},
    AskedRow{OperationKind::loader, structure<&heapcore::ObjectLayout::loader_bytes>},
    AskedRow{OperationKind::define_class, structure<&heapcore::ObjectLayout::instance_class_bytes>},
};

// Steps of the operation under way that are still to come.
std::optional<std::uint32_t> still_asked(const heapcore::Session& session) {
    const heapcore::Journal* const journal = session.current_journal();
    if (session.position().step == 0 || !journal) return std::nullopt;
    const std::uint64_t end = std::min(journal->end(), session.current_step_number() + most_operations_ahead);
    for (std::uint64_t i = std::max(journal->first(), session.current_step_number()); i < end; ++i) {
        const heapcore::Step& step = journal->step(i);
        if (step.kind == heapcore::StepKind::taken || step.kind == heapcore::StepKind::search_failed)
            return step.b;
    }
    return std::nullopt;
}

}  // namespace

Request next_request(const heapcore::Session& session, std::optional<heapcore::Offset> selected) {
    const heapcore::Machine& machine = session.machine();
    const auto& operations = session.trace().operations;
    if (const auto needed = still_asked(session))
        return {Request::under_way, *needed, session.position().operation};
    const std::size_t first = session.position().operation + (session.position().step > 0 ? 1 : 0);
    const std::size_t last = std::min(operations.size(), first + most_operations_ahead);
    for (std::size_t i = first; i < last; ++i) {
        const auto row = std::ranges::find(asked_rows, operations[i].kind, &AskedRow::kind);
        if (row == asked_rows.end()) continue;
        const auto asked = row->asked(machine, operations[i]);
        const auto needed = asked ? machine.heap().geometry().chunk_bytes_for(*asked) : std::nullopt;
        if (needed) return {Request::next_operation, *needed, i};
        break;
    }
    if (selected) return {Request::selection, machine.heap().header(*selected).size_bytes(), 0};
    return {};
}

std::string text_of(const Request& request) {
    const std::string bytes = count_text(request.needed_bytes) + " bytes";
    switch (request.source) {
        case Request::under_way:
        case Request::next_operation:
            return "operation " + count_text(request.operation + 1) + " needs a chunk of " + bytes;
        case Request::selection: return "as large as the selection: " + bytes;
        default: return "no allocation follows; select a chunk to ask for its size";
    }
}

}  // namespace tricolour
