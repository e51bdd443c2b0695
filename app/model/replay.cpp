#include "app/model/replay.h"

#include "app/model/heap_tables.h"
#include "app/model/interruption.h"
#include "app/model/narration.h"
#include "app/model/progress_line.h"
#include "heapcore/machine.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <vector>

#include <nlohmann/json.hpp>

namespace tricolour {

using namespace heapcore;

namespace {

/// A file, or standard output for `-`. A file is written beside its place and put there once it is whole;
/// what is no plain file, a pipe for instance, is written to at once.
class Output {
public:
    Output(const std::string& name, std::ostream& standard) : name_(name), stream_(&standard) {
        if (name == "-") return;
        std::error_code error;
        place_ = std::filesystem::weakly_canonical(name, error);
        if (error) place_ = name;
        const bool is_there = std::filesystem::exists(place_, error);
        if (!is_there || std::filesystem::is_regular_file(place_, error)) {
            beside_ = place_;
            beside_ += ".being-written";
        }
        file_.open(beside_.empty() ? place_ : beside_, std::ios::binary);
        stream_ = &file_;
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() {
        if (beside_.empty() || !file_.is_open()) return;
        file_.close();
        std::error_code ignored;
        std::filesystem::remove(beside_, ignored);
    }

    bool is_open() const { return stream_ != &file_ || file_.is_open(); }
    std::ostream& stream() { return *stream_; }
    /// Puts the file in its place. False if not all could be written.
    bool finish() {
        stream_->flush();
        if (!stream_->good()) return false;
        if (beside_.empty()) return true;
        std::error_code error;
        if (std::filesystem::exists(place_, error))
            std::filesystem::permissions(beside_, std::filesystem::status(place_, error).permissions(),
                                         error);
        std::filesystem::rename(beside_, place_, error);
        if (error) return false;
        beside_.clear();
        return true;
    }
    const std::string& name() const { return name_; }

private:
    std::string name_;
    std::filesystem::path place_, beside_;  ///< beside: empty where it is written to at once
    std::ofstream file_;
    std::ostream* stream_;
};

std::string quoted(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

struct Asked {
    std::uint32_t line;
    std::optional<Offset> offset;
};

void write_offset(std::ostream& out, std::optional<Offset> offset) {
    if (offset)
        out << *offset;
    else
        out << "null";
}

/// False if it was interrupted.
bool write_dump(std::ostream& out, const Machine& machine, const Trace& trace,
                const std::vector<Asked>& asked, const Interruption& interruption) {
    const Heap& heap = machine.heap();
    out << "{\"heap\": {\"size\": " << heap.size_bytes() << ", \"word\": " << heap.geometry().word_bytes
        << ", \"base\": " << heap.memory.base() << ", \"free\": " << heap.get(Register::heap_free)
        << "},\n\"chunks\": [";
    const char* separator = "";
    for (Offset chunk = 0; !heap.is_end(chunk); chunk = heap.next_chunk(chunk)) {
        if (interruption.is_wanted()) return false;
        const Header header = heap.header(chunk);
        out << separator << '[' << chunk << ", " << header.size_bytes() << ", "
            << static_cast<int>(header.type()) << ", " << static_cast<int>(header.colour()) << ", "
            << (header.is_in_use() ? 1 : 0) << ", " << (header.is_previous_free() ? 1 : 0) << ']';
        separator = ", ";
    }
    out << "],\n\"free_list\": [";
    separator = "";
    const FreeList& list = heap.free_list();
    for (Offset chunk = list.first(heap.memory); chunk != list.end(); chunk = list.next(heap.memory, chunk)) {
        if (interruption.is_wanted()) return false;
        out << separator << chunk;
        separator = ", ";
    }
    out << "],\n\"names\": {";
    separator = "";
    for (NameId name = 0; name < trace.names.size(); ++name) {
        if (interruption.is_wanted()) return false;
        const Binding binding = machine.binding(name);
        std::optional<Offset> offset;
        if (binding.kind == Binding::unbound) continue;
        if (binding.kind == Binding::chunk) offset = binding.offset;
        if (binding.kind == Binding::thread && !heap.is_end(binding.offset))
            offset = chunk_of(binding.offset);
        out << separator << quoted(trace.names[name]) << ": ";
        write_offset(out, offset);
        separator = ", ";
    }
    out << "},\n\"allocations\": [";
    separator = "";
    for (const Asked& one : asked) {
        if (interruption.is_wanted()) return false;
        out << separator << '[' << one.line << ", ";
        write_offset(out, one.offset);
        out << ']';
        separator = ", ";
    }
    out << "]}\n";
    return true;
}

/// Writes each step as a JSON line when it happens, and stops the engine when it is interrupted.
class EventWriter final : public StepListener {
public:
    EventWriter(std::ostream& out, const Machine& machine, const Trace& trace,
                const Interruption& interruption)
        : out_(out), machine_(machine), trace_(trace), interruption_(interruption) {}

    void begin(std::size_t operation) {
        operation_ = operation;
        step_ = 0;
    }

    void on_step(const Step& step) override {
        out_ << "{\"line\": " << trace_.operations[operation_].line << ", \"kind\": \""
             << row_of(step.kind).word << "\", \"chunk\": ";
        if (step.chunk == no_chunk)
            out_ << "null";
        else
            out_ << step.chunk;
        out_ << ", \"operation\": " << operation_ + 1 << ", \"step\": " << ++step_;
        write_details(step);
        out_ << ", \"text\": " << quoted(narrate(machine_, trace_, step)) << "}\n";
        if (interruption_.is_wanted()) throw Journal::LimitReached{};
    }

private:
    void write_details(const Step& step) {
        switch (step.kind) {
            case StepKind::phase:
                out_ << ", \"phase\": \"" << word_of(static_cast<Phase>(step.detail)) << '"';
                break;
            case StepKind::alloc:
            case StepKind::free:
            case StepKind::swept:
                out_ << ", \"size\": " << step.a << ", \"type\": \""
                     << word_of(static_cast<AllocationType>(step.detail)) << '"';
                break;
            case StepKind::grey:
            case StepKind::passed:
                if (step.a != no_chunk) out_ << ", \"holder\": " << step.a;
                break;
            case StepKind::weak_cleared:
            case StepKind::weak_kept: out_ << ", \"referent\": " << step.a; break;
            default: break;
        }
    }

    std::ostream& out_;
    const Machine& machine_;
    const Trace& trace_;
    const Interruption& interruption_;
    std::size_t operation_ = 0;
    std::uint64_t step_ = 0;
};

/// Carries an operation out; only the writer listens, so nothing of the journal needs keeping. None if it
/// was interrupted.
std::optional<Outcome> apply_aloud(Machine& machine, const Trace& trace, std::size_t operation,
                                   EventWriter& writer) {
    Journal journal(1);
    journal.tell(&writer);
    writer.begin(operation);
    machine.memory().attach(&journal);
    std::optional<Outcome> outcome;
    try {
        outcome = machine.apply(trace, operation);
    } catch (const Journal::LimitReached&) {
    }
    machine.memory().attach(nullptr);
    return outcome;
}

struct Counts {
    std::size_t operations = 0;
    std::size_t asked = 0;
    std::size_t failed = 0;
    std::size_t failed_expectations = 0;
};

void write_stats(std::ostream& out, const Machine& machine, const Trace& trace, const Counts& counts,
                 double seconds) {
    const Heap& heap = machine.heap();
    const std::uint64_t free = heap.get(Register::heap_free);
    const std::uint64_t largest = heap.largest_free_bytes();
    const auto line = [&](std::string_view what, const std::string& value) {
        out << what << std::string(what.size() < 22 ? 22 - what.size() : 1, ' ') << value << '\n';
    };
    line("trace", trace.file);
    line("heap",
         bytes_text(heap.size_bytes()) + ", " + std::to_string(heap.geometry().word_bytes) + "-byte words");
    line("operations", count_text(counts.operations));
    line("chunks asked for", count_text(counts.asked));
    line("failed allocations", count_text(counts.failed));
    line("allocations in all", count_text(heap.get(Register::next_birth)));
    line("collections", count_text(heap.get(Register::gc_count)));
    line("chunks", count_text(heap.get(Register::chunks)));
    line("free chunks", count_text(heap.get(Register::free_chunks)));
    line("used", bytes_text(heap.size_bytes() - free));
    line("free", bytes_text(free));
    line("largest free chunk", bytes_text(largest));
    line("fragmentation", std::to_string(free == 0 ? 0
                                                   : static_cast<int>(100.0 -
                                                                      100.0 * static_cast<double>(largest) /
                                                                          static_cast<double>(free) +
                                                                      0.5)) +
                              "%");
    line("failed expectations", count_text(counts.failed_expectations));
    line("seconds", std::to_string(seconds));
}

}  // namespace

int replay(const ReplayOptions& options, std::ostream& output, std::ostream& errors) {
    const Interruption interruption(options.progress);
    ProgressLine progress(options.terminal, options.progress);
    auto trace = read_trace(options.trace, options.progress);
    if (!trace) progress.end();
    if (interruption.is_wanted()) return Interruption::tell_reading(errors, options.trace.string());
    if (!trace) {
        errors << trace.error().text() << '\n';
        return 2;
    }
    std::optional<Output> dump, events;
    if (options.dump) dump.emplace(*options.dump, output);
    if (options.events) events.emplace(*options.events, output);
    for (auto* file : {&dump, &events}) {
        if (!*file || (*file)->is_open()) continue;
        progress.end();
        errors << "tricolour: cannot write '" << (*file)->name()
               << "': expected a file in a folder that can be written to\n";
        return 2;
    }

    const auto began = std::chrono::steady_clock::now();
    progress.begin_operations(trace->operations.size());
    Machine machine(trace->settings);
    std::optional<EventWriter> writer;
    if (events) writer.emplace(events->stream(), machine, *trace, interruption);
    std::vector<Asked> asked;
    Counts counts;
    const auto where = [&](std::size_t i, const Outcome& outcome) {
        const Operation& operation = trace->operations[i];
        return trace->file + ":" + std::to_string(operation.line) + ":" +
               std::to_string(
                   column_of(trace->source_line(operation.line), operation.kind, outcome.argument));
    };
    for (std::size_t i = 0; i < trace->operations.size(); ++i) {
        if (interruption.is_wanted()) {
            progress.end();
            return Interruption::tell_before(errors, trace->file, trace->operations[i].line);
        }
        progress.carried_out(i);
        const std::optional<Outcome> carried_out =
            writer ? apply_aloud(machine, *trace, i, *writer) : machine.apply(*trace, i);
        if (!carried_out) {
            progress.end();
            return Interruption::tell_within(errors, trace->file, trace->operations[i].line);
        }
        const Outcome& outcome = *carried_out;
        if (outcome.kind == Outcome::refused) {
            progress.end();
            errors << where(i, outcome) << ": error: " << outcome.message << '\n';
            if (events) events->finish();  // what led to it
            return 2;
        }
        ++counts.operations;
        if (outcome.kind == Outcome::expectation_failed) {
            ++counts.failed_expectations;
            progress.aside(
                [&] { errors << where(i, outcome) << ": expect failed: " << outcome.message << '\n'; });
        }
        if (!outcome.asked_for_chunk) continue;
        ++counts.asked;
        if (!outcome.allocated) ++counts.failed;
        if (dump) asked.push_back({trace->operations[i].line, outcome.allocated});
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    progress.end();
    if (dump && !write_dump(dump->stream(), machine, *trace, asked, interruption)) {
        if (events) events->finish();  // they are whole
        return Interruption::tell_writing(errors, dump->name());
    }
    for (auto* file : {&dump, &events}) {
        if (!*file || (*file)->finish()) continue;
        errors << "tricolour: '" << (*file)->name()
               << "' could not be written to its end: is the disk full?\n";
        return 2;
    }
    const bool is_output_taken = options.dump == "-" || options.events == "-";
    std::ostream& text = is_output_taken ? errors : output;
    const bool is_written =
        (!options.wants_tables || write_heap_tables(text, machine, *trace, interruption)) &&
        (!options.wants_leaks || write_leaks(text, machine, *trace, interruption));
    if (!is_written) return Interruption::tell_writing(errors, "tables");
    if (options.wants_stats) write_stats(text, machine, *trace, counts, seconds);
    return counts.failed_expectations ? 1 : 0;
}

}  // namespace tricolour
