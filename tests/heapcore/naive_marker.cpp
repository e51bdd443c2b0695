#include "naive_marker.h"

#include <algorithm>

namespace heapcore {

std::set<Offset> NaiveMarker::survivors() {
    reach_roots();
    while (!pending_.empty()) {
        const Word user = pending_.back();
        pending_.pop_back();
        scan(user);
    }
    std::set<Offset> left;
    std::vector<Word> dead_classes;
    for (Offset chunk = 0; !heap_.is_end(chunk); chunk = heap_.next_chunk(chunk)) {
        const Header header = heap_.header(chunk);
        if (!header.is_in_use()) continue;
        const Word user = heap_.memory.address_of(user_of(chunk));
        const bool is_permanent = header.type() == AllocationType::static_data && user != left_out_;
        if (reached_.contains(user) || is_permanent)
            left.insert(chunk);
        else if (is_class(user))
            dead_classes.push_back(user);
    }
    for (const Word of_class : dead_classes)
        free_parts(of_class, left);
    return left;
}

void NaiveMarker::free_parts(Word of_class, std::set<Offset>& left) const {
    const auto drop = [&](Word user) {
        if (const auto chunk = heap_.chunk_at(user)) left.erase(*chunk);
    };
    switch (header_of(of_class).type()) {
        case AllocationType::array_class: return drop(at(of_class + objects_.class_name));
        case AllocationType::instance_class:
            for (const std::uint32_t part : {objects_.constant_pool, objects_.fields, objects_.interfaces,
                                             objects_.static_longs, objects_.methods})
                drop(at(of_class + part));
            return;
        default: return;
    }
}

void NaiveMarker::reach_roots() {
    const Word pool = heap_.get(Register::intern_pool);
    for (std::uint32_t i = 0; i < 64; ++i)
        for (Word string = at(pool + i * objects_.word); string != 0;
             string = at(string + objects_.string_next)) {
            reach_only(string);
            if (string != left_out_) reach_only(at(string + objects_.string_chars));
        }
    const auto stack = [&](Register array, Register top) {
        for (Word i = 0; i < heap_.get(top); ++i)
            reach(at(heap_.get(array) + i * objects_.word));
    };
    stack(Register::transient_array, Register::transient_top);
    stack(Register::permanent_array, Register::permanent_top);
    for (Word thread = heap_.get(Register::threads); thread != 0; thread = at(thread + objects_.thread_next))
        reach_thread(thread);
    for (std::uint32_t i = 0; i < heap_.get(Register::pin_top); ++i)
        reach(heap_.memory.load_word(heap_.layout().pins + i * objects_.word));
}

void NaiveMarker::reach_thread(Word thread) {
    reach_only(thread);
    reach(at(thread + objects_.thread_object));
    reach(at(thread + objects_.thread_exception));
    const Word current = at(thread + objects_.thread_segment);
    for (Word segment = at(thread + objects_.thread_segments);;
         segment = at(segment + objects_.segment_next)) {
        reach_only(segment);
        if (segment == current) break;
    }
    Word locals = at(thread + objects_.thread_locals);
    Word pointer = at(thread + objects_.thread_pointer);
    while (locals != 0) {
        for (Word cell = locals; cell < pointer; cell += objects_.word)
            reach_cell(at(cell));
        pointer = at(locals - 6 * objects_.word);
        locals = at(locals - 7 * objects_.word);
    }
}

// White is not asked for: what is marked already is reached.
void NaiveMarker::reach_cell(Word value) {
    if (!heap_.is_in_heap(value) || value % 4 != 0 || !heap_.is_in_heap(value + objects_.word - 1)) return;
    const Word of_class = at(value);
    if (!heap_.is_in_heap(of_class) || !heap_.is_in_heap(of_class + 3)) return;
    if (magic_at(of_class) != class_magic_number) return;
    if (is_chunk(value) && is_object_type(header_of(value).type())) reach(value);
}

void NaiveMarker::scan(Word user) {
    switch (header_of(user).type()) {
        case AllocationType::object: {
            Word of_class = at(user);
            if (!is_full_class(of_class)) return;
            for (; is_full_class(of_class); of_class = at(of_class + objects_.class_super))
                scan_fields(user, of_class, false);
            return;
        }
        case AllocationType::object_array: {
            const Word length = static_cast<std::uint32_t>(at(user + objects_.array_length));
            const Word room =
                std::max(header_of(user).size_bytes() - 4, objects_.array_elements) - objects_.array_elements;
            for (Word i = 0; i < length && i * objects_.word < room; ++i)
                reach(at(user + objects_.array_elements + i * objects_.word));
            return;
        }
        case AllocationType::string: return reach_only(at(user + objects_.string_chars));
        case AllocationType::array_class:
        case AllocationType::primitive_class:
            if (header_of(user).size_bytes() < 4 + objects_.class_loader + objects_.word) return;
            return reach(at(user + objects_.class_loader));
        case AllocationType::instance_class:
            for (Word of_class = user; is_full_class(of_class) && of_class != left_out_;
                 of_class = at(of_class + objects_.class_super)) {
                reach_only(of_class);
                reach(at(of_class + objects_.class_loader));
                scan_fields(0, of_class, true);
            }
            return;
        default: return;
    }
}

void NaiveMarker::scan_fields(Word holder, Word of_class, bool is_static) {
    const std::uint32_t count = half_at(of_class + objects_.field_count);
    const std::uint32_t first_instance = half_at(of_class + objects_.first_instance_field);
    for (std::uint32_t i = is_static ? 0 : first_instance; i < (is_static ? first_instance : count); ++i) {
        const Word field = at(of_class + objects_.fields) + i * objects_.field_bytes;
        const Word signature = at(at(field + objects_.field_signature) + objects_.utf_data);
        const std::uint32_t letter = half_at(signature) & 0xff;
        if (letter != 'L' && letter != '[') continue;
        reach(is_static ? at(field + objects_.field_value)
                        : at(holder + objects_.object_fields +
                             half_at(field + objects_.field_value) * objects_.word));
    }
}

}  // namespace heapcore
