// Roots, frames and the mark stack as tables: the rows of the roots panel without its sections.
#include "app/model/narration.h"
#include "app/model/referrers.h"
#include "app/model/root_rows.h"
#include "app/model/table_rows.h"

#include <algorithm>
#include <vector>

namespace tricolour {
namespace {

using heapcore::Heap;
using heapcore::Offset;

constexpr std::uint32_t rows_between_looks = 64;  // at the clock

/// Rows that speak of one chunk each; a row that speaks of none has no numbers of it.
class RowsAboutChunks : public TableRows {
public:
    explicit RowsAboutChunks(const heapcore::Session& session) : session_(session) { rows_.update(session); }

protected:
    const Heap& heap() const { return session_.heap(); }
    std::uint64_t size_of(std::optional<Offset> chunk) const {
        return chunk ? heap().header(*chunk).size_bytes() : no_number;
    }
    std::uint64_t address_of(std::optional<Offset> chunk) const {
        return chunk ? heap().memory.address_of(*chunk) : no_number;
    }
    TableCell colour_of(std::optional<Offset> chunk) const {
        return {chunk ? std::string(heapcore::word_of(heap().header(*chunk).colour())) : "", Tone::plain};
    }

    const heapcore::Session& session_;
    RootRows rows_;
};

class RootTableRows : public RowsAboutChunks {
public:
    using RowsAboutChunks::RowsAboutChunks;

    bool extend(const ShouldStop& should_stop) override {
        for (; section_ < root_section_count; ++section_, row_ = 0) {
            const auto section = static_cast<RootSection>(section_);
            if (!is_listed(section)) continue;
            while (row_ < rows_.row_count(section)) {
                const RootRow row = rows_.row(section, row_);
                if (row.kind == RootRow::root) listed_.push_back({section, row_, row.number, row.chunk});
                if (++row_ % rows_between_looks == 0 && should_stop()) return false;
            }
        }
        return true;
    }

    std::uint64_t count() const override { return listed_.size(); }
    std::optional<Offset> chunk(std::uint64_t row) const override { return listed_[row].chunk; }

    std::uint64_t number(std::uint64_t row, std::size_t column) const override {
        switch (column) {
            case 1: return listed_[row].number ? *listed_[row].number : no_number;
            case 3: return size_of(listed_[row].chunk);
            default: return address_of(listed_[row].chunk);
        }
    }

    TableCell text(std::uint64_t row, std::size_t column) const override {
        const Listed& listed = listed_[row];
        if (column == 0) return {kind_text(listed), Tone::plain};
        if (column == 4) return colour_of(listed.chunk);
        const RootRow of = rows_.row(listed.section, listed.row);
        return {of.text, of.tone, of.chunk};
    }

private:
    struct Listed {
        RootSection section;
        std::uint64_t row;
        std::optional<std::uint32_t> number;
        std::optional<Offset> chunk;
    };

    static bool is_listed(RootSection section) {
        return section != RootSection::mark_stack && section != RootSection::weak_met &&
               section != RootSection::threads;
    }

    std::string kind_text(const Listed& listed) const {
        std::string kind(row_of(listed.section).title);
        if (listed.section == RootSection::exceptions)
            return "Exception of " + rows_.row(listed.section, listed.row).label;
        return kind;
    }

    std::size_t section_ = 0;
    std::uint64_t row_ = 0;
    std::vector<Listed> listed_;
};

class FrameRows : public RowsAboutChunks {
public:
    using RowsAboutChunks::RowsAboutChunks;

    bool extend(const ShouldStop& should_stop) override {
        constexpr auto section = RootSection::threads;
        while (now_.row < rows_.row_count(section)) {
            add(rows_.row(section, now_.row));
            if (++now_.row % rows_between_looks == 0 && should_stop()) return false;
        }
        return true;
    }

    std::uint64_t count() const override { return listed_.size(); }
    std::optional<Offset> chunk(std::uint64_t row) const override { return listed_[row].chunk; }

    std::uint64_t number(std::uint64_t row, std::size_t column) const override {
        if (column == 1) return listed_[row].frame ? listed_[row].frame_number : no_number;
        return address_of(listed_[row].chunk);
    }

    TableCell text(std::uint64_t row, std::size_t column) const override {
        const Listed& listed = listed_[row];
        switch (column) {
            case 0: return {last_word(listed.thread), Tone::plain};
            case 2: return {listed.frame ? last_word(*listed.frame) : "", Tone::plain};
            default: break;
        }
        const RootRow of = rows_.row(RootSection::threads, listed.row);
        if (column == 3) return {of.label, Tone::dim};
        if (column == 4) return {of.text, of.tone, of.chunk};
        if (!of.note.empty()) return {of.note, of.tone == Tone::alarm ? Tone::alarm : Tone::dim};
        return {of.chunk ? "a reference" : "", Tone::dim};
    }

private:
    struct Listed {
        std::uint64_t thread = 0, row = 0;
        std::optional<std::uint64_t> frame;
        std::uint64_t frame_number = 0;
        std::optional<Offset> chunk;
    };

    void add(const RootRow& row) {
        now_.chunk = row.chunk;
        if (row.kind == RootRow::root) {
            listed_.push_back(now_);
        } else if (row.indent == 0) {
            now_.thread = now_.row;
            now_.frame.reset();
            now_.frame_number = 0;
        } else {
            now_.frame = now_.row;
            ++now_.frame_number;
        }
    }

    /// "`main`" of "Thread `main`".
    std::string last_word(std::uint64_t heading) const {
        const std::string text = rows_.row(RootSection::threads, heading).text;
        return text.substr(text.find(' ') + 1);
    }

    Listed now_;  ///< the row to look at next
    std::vector<Listed> listed_;
};

class MarkStackRows : public RowsAboutChunks {
public:
    explicit MarkStackRows(const heapcore::Session& session)
        : RowsAboutChunks(session), depth_(mark_depth(heap())) {
        threads_.update(session);
    }

    bool extend(const ShouldStop&) override { return true; }
    std::uint64_t count() const override { return rows_.count(RootSection::mark_stack); }

    std::optional<Offset> chunk(std::uint64_t row) const override {
        const Offset chunk = entry(row).chunk;
        return heap().is_sane(chunk) ? std::optional(chunk) : std::nullopt;
    }

    std::uint64_t number(std::uint64_t row, std::size_t column) const override {
        switch (column) {
            case 0: return depth_ - row;
            case 4: return size_of(chunk(row));
            default: return address_of(chunk(row));
        }
    }

    TableCell text(std::uint64_t row, std::size_t column) const override {
        switch (column) {
            case 1: {
                const RootRow of = rows_.row(RootSection::mark_stack, row);
                return {of.text, of.tone, of.chunk};
            }
            case 2: return {scan_progress(heap(), entry(row)), Tone::dim};
            default: return row + 1 < count() ? holder(row + 1) : root_of(row);
        }
    }

private:
    heapcore::MarkEntry entry(std::uint64_t row) const { return mark_entry(heap(), depth_ - 1 - row); }

    // Depth first: what lies below was being scanned when the chunk was found.
    TableCell holder(std::uint64_t below) const {
        const std::string progress = scan_progress(heap(), entry(below));
        const auto of = chunk(below);
        if (!of) return {};
        const std::string place = progress.substr(0, progress.find(" \xc2\xb7 "));
        return {describe_chunk(session_.machine(), session_.trace(), *of) + ", " + place, Tone::plain, of};
    }

    // The first root that refers to it, of the kind that the phase is about.
    TableCell root_of(std::uint64_t row) const {
        const auto of = chunk(row);
        if (!of) return {};
        const auto phase = rows_.phase();
        for (const heapcore::Link& link : heapcore::root_links(heap()))
            if (link.target == *of && phase_of(link) == phase)
                return {joined(text_of(session_.machine(), session_.trace(), threads_, link)), Tone::plain};
        return {"a root", Tone::dim};
    }

    static heapcore::Phase phase_of(const heapcore::Link& link) {
        using heapcore::Phase;
        using heapcore::RootKind;
        if (link.kind != heapcore::Link::by_root) return Phase::threads;
        switch (link.root.kind) {
            case RootKind::interned: return Phase::interned;
            case RootKind::transient:
            case RootKind::operation: return Phase::transient;
            case RootKind::permanent: return Phase::permanent;
            case RootKind::pin:
            case RootKind::embedder: return Phase::pinned;
            default: return Phase::threads;
        }
    }

    std::uint64_t depth_;
    ThreadNames threads_;
};

}  // namespace

std::unique_ptr<TableRows> root_table_rows(const heapcore::Session& session, const MapModel&) {
    return std::make_unique<RootTableRows>(session);
}
std::unique_ptr<TableRows> frame_rows(const heapcore::Session& session, const MapModel&) {
    return std::make_unique<FrameRows>(session);
}
std::unique_ptr<TableRows> mark_stack_rows(const heapcore::Session& session, const MapModel&) {
    return std::make_unique<MarkStackRows>(session);
}

}  // namespace tricolour
