// Traces compared by value: their numbers for names and texts may differ.
#pragma once

#include "heapcore/trace.h"

#include <algorithm>
#include <string>

namespace heapcore {

inline std::string string_of(const StringTable& table, std::uint32_t id) {
    return id == no_id ? "(none)" : std::string(table[id]);
}

inline bool is_same_declaration(const Trace& a, const ClassDeclaration& left, const Trace& b,
                                const ClassDeclaration& right) {
    const auto is_same_field = [&](const FieldDeclaration& x, const FieldDeclaration& y) {
        return a.texts[x.name] == b.texts[y.name] && x.is_reference == y.is_reference &&
               x.is_static == y.is_static;
    };
    return string_of(a.names, left.superclass) == string_of(b.names, right.superclass) &&
           string_of(a.names, left.loader) == string_of(b.names, right.loader) &&
           std::equal(left.fields.begin(), left.fields.end(), right.fields.begin(), right.fields.end(),
                      is_same_field);
}

/// Lines may differ too.
inline bool is_same_operation(const Trace& a, const Operation& left, const Trace& b, const Operation& right) {
    const bool is_class = left.kind == OperationKind::define_class;
    return left.kind == right.kind && left.choice == right.choice && left.value == right.value &&
           left.colour == right.colour && left.number == right.number &&
           string_of(a.names, left.target) == string_of(b.names, right.target) &&
           string_of(a.names, left.other) == string_of(b.names, right.other) &&
           string_of(a.texts, left.text) == string_of(b.texts, right.text) &&
           (is_class ? is_same_declaration(a, a.classes[left.index], b, b.classes[right.index])
                     : left.index == right.index);
}

inline bool is_same_trace(const Trace& a, const Trace& b) {
    return a.settings == b.settings &&
           std::equal(a.operations.begin(), a.operations.end(), b.operations.begin(), b.operations.end(),
                      [&](const Operation& x, const Operation& y) { return is_same_operation(a, x, b, y); });
}

}  // namespace heapcore
