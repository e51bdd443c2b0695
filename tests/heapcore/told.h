// A trace carried out, and what its last operation did, told in names.
#pragma once

#include "heapcore/machine.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace heapcore {

class Told {
public:
    explicit Told(const std::string& text) : trace_(parsed(text)), machine_(trace_.settings) {
        for (std::size_t i = 0; i < trace_.operations.size() && outcome_.kind == Outcome::done; ++i) {
            journal_ = Journal();
            machine_.memory().attach(&journal_);
            outcome_ = machine_.apply(trace_, i);
            machine_.memory().attach(nullptr);
        }
    }

    const Machine& machine() const { return machine_; }
    const Heap& heap() const { return machine_.heap(); }
    const Outcome& outcome() const { return outcome_; }
    const Trace& trace() const { return trace_; }
    const Journal& journal() const { return journal_; }
    Binding binding(const std::string& name) const { return machine_.binding(*trace_.names.find(name)); }
    bool is_live(const std::string& name) const {
        return machine_.chunk_named(*trace_.names.find(name)).has_value();
    }
    Offset chunk(const std::string& name) const { return *machine_.chunk_named(*trace_.names.find(name)); }

    /// The chunk's newest name; without one its type in brackets.
    std::string name_of(Offset chunk) const {
        const NameId name = machine_.name_of(chunk);
        return name != no_id ? std::string(trace_.names[name])
                             : "<" + std::string(word_of(heap().header(chunk).type())) + ">";
    }

    /// What turned grey and black in a phase of the last operation's collection: "a grey, a black".
    /// An old colour that is not the usual one stands in brackets.
    std::string colours(Phase wanted) const {
        std::string text;
        Phase phase = Phase::idle;
        for (std::uint64_t i = 0; i < journal_.end(); ++i) {
            const Step& step = journal_.step(i);
            if (step.kind == StepKind::phase) phase = static_cast<Phase>(step.detail);
            if (phase != wanted) continue;
            if (step.kind == StepKind::grey) add(text, name_of(step.chunk) + " grey");
            if (step.kind == StepKind::black)
                add(text, name_of(step.chunk) + " black" +
                              (step.a == 0   ? "(white)"
                               : step.a == 2 ? "(black)"
                                             : ""));
        }
        return text;
    }
    /// Chunks of the last operation's steps of one kind, in order.
    std::string chunks(StepKind kind) const {
        std::string text;
        for (std::uint64_t i = 0; i < journal_.end(); ++i)
            if (journal_.step(i).kind == kind) add(text, name_of(journal_.step(i).chunk));
        return text;
    }
    std::vector<Step> steps(StepKind kind) const {
        std::vector<Step> found;
        for (std::uint64_t i = 0; i < journal_.end(); ++i)
            if (journal_.step(i).kind == kind) found.push_back(journal_.step(i));
        return found;
    }

private:
    static Trace parsed(const std::string& text) {
        auto trace = parse_trace("tricolour 1\n" + text, "told.trace");
        if (!trace) throw std::runtime_error(trace.error().text());
        return std::move(*trace);
    }
    static void add(std::string& text, const std::string& more) { text += (text.empty() ? "" : ", ") + more; }

    Trace trace_;
    Machine machine_;
    Journal journal_;
    Outcome outcome_;
};

}  // namespace heapcore
