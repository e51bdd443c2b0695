#include "app/model/referrers.h"

#include "app/model/narration.h"
#include "heapcore/object.h"

#include <algorithm>

namespace tricolour {
namespace {

using heapcore::Address;
using heapcore::AllocationType;
using heapcore::CellVerdict;
using heapcore::Field;
using heapcore::Heap;
using heapcore::MarkReason;
using heapcore::no_chunk;
using heapcore::Offset;
using heapcore::Root;
using heapcore::RootKind;
using heapcore::ScanStep;
using heapcore::user_of;

constexpr std::size_t most_listed = 10'000;
constexpr std::uint32_t most_levels = 256;
constexpr std::uint32_t most_segments = 1u << 16;  // ends a walk along a broken list

class Search {
public:
    Search(const Heap& heap, Offset chunk)
        : heap_(heap),
          chunk_(chunk),
          address_(heap.memory.address_of(user_of(chunk))),
          is_class_(heapcore::is_class_type(heap.header(chunk).type())) {}

    Referrers run() {
        look_at_roots();
        look_at_threads();
        look_at_chunks();
        return std::move(found_);
    }

private:
    void add(const Referrer& referrer) {
        ++found_.total;
        if (found_.rows.size() < most_listed) found_.rows.push_back(referrer);
    }
    void add(Referrer::Kind kind, Offset holder, Offset place, MarkReason reason) {
        add({kind, holder, place, reason, {}});
    }

    void look_at_roots() {
        for (const Root& root : heapcore::roots_of(heap_)) {
            if (root.target != address_) continue;
            const bool is_taken = root.kind != RootKind::frame_cell ||
                                  root.verdict == CellVerdict::reference ||
                                  root.verdict == CellVerdict::not_white;
            if (is_taken) add({Referrer::by_root, no_chunk, root.place, MarkReason::root, root});
        }
    }

    // A thread that runs keeps its own structure and its stack segments.
    void look_at_threads() {
        for (const Offset thread : heapcore::threads_of(heap_)) {
            if (heap_.memory.address_of(thread) == address_)
                add(Referrer::by_thread, thread, thread, MarkReason::thread);
            const heapcore::ObjectLayout& objects = heap_.objects();
            Offset place = thread + objects.thread_segments;
            for (std::uint32_t i = 0; i < most_segments; ++i) {
                const Address segment = heap_.memory.load_word(place);
                if (segment == address_) return add(Referrer::by_thread, thread, place, MarkReason::segment);
                const auto at = heapcore::place_of(heap_, segment);
                if (!at || *at + objects.segment_body > heap_.memory.size_bytes()) break;
                place = *at + objects.segment_next;
            }
        }
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
        heapcore::ScanState state = heapcore::begin_scan(heap_, holder);
        for (;;) {
            const ScanStep step = heapcore::next_scan(heap_, holder, state);
            if (step.kind == ScanStep::end) return;
            if (step.kind == ScanStep::reference && step.target == address_) {
                add_reference(holder, step);
            } else if (step.kind == ScanStep::blacken && step.reason == MarkReason::chars &&
                       step.chunk == chunk_) {
                add(Referrer::by_chunk, holder, user_of(holder) + heap_.objects().string_chars,
                    MarkReason::chars);
            }
        }
    }

    // A superclass's loader and static fields are scanned with each of its subclasses.
    void add_reference(Offset holder, const ScanStep& step) {
        const bool is_own = step.reason == MarkReason::field || step.reason == MarkReason::element;
        const auto is_same = [&](const Referrer& known) { return known.place == step.place; };
        if (!is_own && std::any_of(found_.rows.begin(), found_.rows.end(), is_same)) return;
        add(Referrer::by_chunk, holder, step.place, step.reason);
    }

    void look_at_weak(Offset holder) {
        const Offset place = user_of(holder) + heap_.objects().weak_referent;
        if (place + heap_.geometry().word_bytes > heapcore::body_end(heap_, holder)) return;
        if (heap_.memory.load_word(place) == address_)
            add(Referrer::by_weak, holder, place, MarkReason::field);
    }

    const Heap& heap_;
    Offset chunk_;
    Address address_;
    bool is_class_;
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

std::string place_text(const Heap& heap, const Referrer& referrer) {
    switch (referrer.reason) {
        case MarkReason::field:
            return referrer.kind == Referrer::by_weak
                       ? "referent, not followed"
                       : field_text(heap, referrer.holder, referrer.place, false);
        case MarkReason::static_field: return field_text(heap, referrer.holder, referrer.place, true);
        case MarkReason::element: {
            const Offset first = user_of(referrer.holder) + heap.objects().array_elements;
            return "element [" + count_text((referrer.place - first) / heap.geometry().word_bytes) + "]";
        }
        case MarkReason::class_loader: return "class loader";
        case MarkReason::chars: return "characters";
        default: return {};
    }
}

ReferrerText root_text(const heapcore::Session& session, const ThreadNames& threads, const Root& root) {
    const std::string index = count_text(root.index);
    switch (root.kind) {
        case RootKind::permanent: return {"", "permanent root " + index, {}};
        case RootKind::transient: return {"", "transient root " + index, {}};
        case RootKind::operation: return {"", "the operation's own root " + index, {}};
        case RootKind::interned: return {"", "interned string pool, bucket " + index, {}};
        case RootKind::pin: return {"", "pinned by a debugger", {}};
        case RootKind::exception: return {"Thread " + threads.of(root.thread), "pending exception", {}};
        case RootKind::thread: return {"Thread " + threads.of(root.thread), "thread object", {}};
        default: break;
    }
    std::string cell = "cell " + index;
    for (const heapcore::Frame& frame : heapcore::frames_of(session.heap(), root.thread)) {
        if (root.place < frame.locals || root.place >= frame.pointer) continue;
        const bool is_local = root.index < frame.local_count;
        cell = is_local ? "local " + index : "operand " + count_text(root.index - frame.local_count);
        break;
    }
    return {"Thread " + threads.of(root.thread),
            "frame " + method_text(session.trace(), root.method) + ", " + cell,
            {}};
}

}  // namespace

Referrers referrers_of(const heapcore::Session& session, Offset chunk) {
    return Search(session.heap(), chunk).run();
}

ReferrerText text_of(const heapcore::Session& session, const ThreadNames& threads, const Referrer& referrer) {
    switch (referrer.kind) {
        case Referrer::by_root: return root_text(session, threads, referrer.root);
        case Referrer::by_thread:
            return {"Thread " + threads.of(referrer.holder),
                    referrer.reason == MarkReason::segment ? "stack segment" : "its own structure",
                    {}};
        default:
            return {describe_chunk(session.machine(), session.trace(), referrer.holder),
                    place_text(session.heap(), referrer), referrer.holder};
    }
}

}  // namespace tricolour
