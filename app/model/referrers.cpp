#include "app/model/referrers.h"

#include "app/model/narration.h"
#include "heapcore/object.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::Address;
using heapcore::AllocationType;
using heapcore::Field;
using heapcore::Heap;
using heapcore::Link;
using heapcore::MarkReason;
using heapcore::Offset;
using heapcore::Root;
using heapcore::RootKind;
using heapcore::user_of;

constexpr std::size_t most_listed = 10'000;
constexpr std::uint32_t most_levels = 256;

class Search {
public:
    Search(const Heap& heap, Offset chunk)
        : heap_(heap),
          chunk_(chunk),
          address_(heap.memory.address_of(user_of(chunk))),
          is_class_(heapcore::is_class_type(heap.header(chunk).type())),
          is_permanent_(heap.header(chunk).type() == AllocationType::static_data) {}

    Referrers run() {
        for (const Link& link : heapcore::root_links(heap_))
            if (link.target == chunk_) add({link, false});
        look_at_chunks();
        return std::move(found_);
    }

private:
    void add(const Referrer& referrer) {
        ++found_.total;
        if (found_.rows.size() < most_listed) found_.rows.push_back(referrer);
    }

    void look_at_chunks() {
        for (Offset at = 0; !heap_.is_end(at); at = heap_.next_chunk(at)) {
            const std::uint32_t size = heap_.header(at).size_bytes();
            if (size < heap_.geometry().smallest_chunk_bytes || size > heap_.size_bytes() - at) return;
            if (heap_.header(at).is_in_use()) look_at_chunk(at);
        }
    }

    void look_at_chunk(Offset holder) {
        const AllocationType type = heap_.header(holder).type();
        if (is_class_ && heapcore::is_object_type(type)) {
            found_.instances += heap_.memory.load_word(user_of(holder)) == address_;
        }
        if (type == AllocationType::weak_reference) return look_at_weak(holder);
        heapcore::for_each_reference(heap_, holder, [&](Offset place, Address address, MarkReason reason) {
            if (address == address_) add({{Link::by_chunk, reason, holder, place, chunk_, {}}, false});
        });
        if (!is_permanent_ || !heapcore::is_class_type(type)) return;
        for (const Link& link : heapcore::links_of(heap_, holder))
            if (link.kind == Link::by_class && link.target == chunk_) add({link, false});
    }

    void look_at_weak(Offset holder) {
        const Offset place = user_of(holder) + heap_.objects().weak_referent;
        if (place + heap_.geometry().word_bytes > heapcore::body_end(heap_, holder)) return;
        if (heap_.memory.load_word(place) == address_)
            add({{Link::by_chunk, MarkReason::field, holder, place, chunk_, {}}, true});
    }

    const Heap& heap_;
    Offset chunk_;
    Address address_;
    bool is_class_;
    bool is_permanent_;
    Referrers found_;
};

std::string field_text(const Heap& heap, Offset holder, Offset place, bool is_static) {
    auto at = is_static ? heapcore::class_at(heap, heap.memory.address_of(user_of(holder)))
                        : heapcore::class_of(heap, holder);
    for (std::uint32_t level = 0; at && level < most_levels; ++level) {
        for (const Field& field : heapcore::fields_of(heap, *at)) {
            if (field.is_static != is_static) continue;
            const Offset field_place = is_static ? field.place : user_of(holder) + field.place;
            if (field_place == place) return (is_static ? "static field `" : "field `") + field.name + "`";
        }
        at = heapcore::superclass_of(heap, *at);
    }
    return is_static ? "static field" : "field";
}

std::string place_text(const Heap& heap, const Link& link) {
    switch (link.reason) {
        case MarkReason::field: return field_text(heap, link.holder, link.place, false);
        case MarkReason::static_field: return field_text(heap, link.holder, link.place, true);
        case MarkReason::element: {
            const Offset first = user_of(link.holder) + heap.objects().array_elements;
            return "element [" + count_text((link.place - first) / heap.geometry().word_bytes) + "]";
        }
        case MarkReason::class_loader: return "class loader";
        case MarkReason::chars: return "characters";
        case MarkReason::superclass: return "superclass";
        default: return {};
    }
}

ReferrerText root_text(const heapcore::Machine& machine, const heapcore::Trace& trace,
                       const ThreadNames& threads, const Root& root) {
    const std::string index = count_text(root.index);
    switch (root.kind) {
        case RootKind::permanent: return {"", "permanent root " + index, {}};
        case RootKind::transient: return {"", "transient root " + index, {}};
        case RootKind::operation: return {"", "the operation's own root " + index, {}};
        case RootKind::interned: return {"", "interned string pool, bucket " + index, {}};
        case RootKind::pin: return {"", "pinned by a debugger", {}};
        case RootKind::exception:
            return {"Thread " + threads.of(machine, root.thread), "pending exception", {}};
        case RootKind::thread: return {"Thread " + threads.of(machine, root.thread), "thread object", {}};
        default: break;
    }
    std::string cell = "cell " + index;
    for (const heapcore::Frame& frame : heapcore::frames_of(machine.heap(), root.thread)) {
        if (root.place < frame.locals || root.place >= frame.pointer) continue;
        const bool is_local = root.index < frame.local_count;
        cell = is_local ? "local " + index : "operand " + count_text(root.index - frame.local_count);
        break;
    }
    return {"Thread " + threads.of(machine, root.thread),
            "frame " + method_text(trace, root.method) + ", " + cell,
            {}};
}

}  // namespace

Referrers referrers_of(const heapcore::Session& session, Offset chunk) {
    return Search(session.heap(), chunk).run();
}

ReferrerText text_of(const heapcore::Machine& machine, const heapcore::Trace& trace,
                     const ThreadNames& threads, const Link& link) {
    const auto holder = [&] { return describe_chunk(machine, trace, link.holder); };
    switch (link.kind) {
        case Link::by_root: return root_text(machine, trace, threads, link.root);
        case Link::by_thread:
            return {"Thread " + threads.of(machine, link.holder),
                    link.reason == MarkReason::segment ? "stack segment" : "its own structure",
                    {}};
        case Link::by_itself: return {"", "permanent data, which no sweep frees", {}};
        case Link::by_class: return {holder(), "a part of the class", link.holder};
        default: return {holder(), place_text(machine.heap(), link), link.holder};
    }
}

ReferrerText text_of(const heapcore::Session& session, const ThreadNames& threads, const Referrer& referrer) {
    ReferrerText text = text_of(session.machine(), session.trace(), threads, referrer.link);
    if (referrer.is_weak) text.place = "referent, not followed";
    return text;
}

std::string joined(const ReferrerText& text) {
    if (text.holder.empty()) return text.place;
    return text.place.empty() ? text.holder : text.holder + ": " + text.place;
}

}  // namespace tricolour
