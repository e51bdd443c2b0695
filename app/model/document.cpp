#include "app/model/document.h"

#include "app/assets.h"

namespace tricolour {

using namespace heapcore;

struct Document::Job {
    std::filesystem::path path;  ///< empty: `text` is a scenario
    std::string title;
    std::string text;
    std::optional<Position> position;  ///< to go to once it is read

    ParseProgress parsing;
    std::atomic<std::size_t> operations_done{0};
    std::atomic<std::size_t> operations_total{0};
    std::atomic<bool> is_done{false};
    std::filesystem::file_time_type read_at{};
    std::unique_ptr<Session> session;
    std::string error;
    std::thread thread;

    ~Job() {
        parsing.cancel = true;
        if (thread.joinable()) thread.join();
    }

    void work(SessionOptions options) {
        std::error_code ignored;
        if (!path.empty()) read_at = std::filesystem::last_write_time(path, ignored);
        auto trace =
            path.empty() ? parse_trace(std::move(text), title, &parsing) : read_trace(path, &parsing);
        if (!trace) {
            error = trace.error().text();
        } else {
            operations_total = trace->operations.size();
            session = std::make_unique<Session>(std::move(*trace), options);
            session->extend_index([this] {
                operations_done = session->index().operations;
                return parsing.cancel.load();
            });
        }
        is_done = true;
    }
};

Document::Document(SessionOptions options) : options_(options) {}
Document::~Document() = default;

void Document::start(std::unique_ptr<Job> job) {
    job_ = std::move(job);
    loading_ = {job_->title, 0, "reading"};
    job_->thread = std::thread([job = job_.get(), options = options_] { job->work(options); });
}

void Document::open(const std::filesystem::path& path) {
    auto job = std::make_unique<Job>();
    job->path = path;
    job->title = path.filename().string();
    start(std::move(job));
}

void Document::open_scenario(const std::string& asset_path) {
    const auto text = asset(asset_path);
    auto job = std::make_unique<Job>();
    job->title = std::filesystem::path(asset_path).filename().string();
    if (!text) {
        error_ = "no built-in scenario '" + asset_path + "'";
        return;
    }
    job->text = std::string(*text);
    start(std::move(job));
}

void Document::reload() {
    if (!session_ || path_.empty()) return;
    auto job = std::make_unique<Job>();
    job->path = path_;
    job->title = title_;
    job->position = session_->position();
    start(std::move(job));
}

void Document::cancel() { job_.reset(); }

bool Document::poll() {
    if (!job_) return false;
    const std::uint64_t total = job_->parsing.bytes_total;
    const std::size_t operations = job_->operations_total;
    if (operations > 0) {
        loading_.activity = "carrying out";
        loading_.progress =
            0.3f + 0.7f * static_cast<float>(job_->operations_done) / static_cast<float>(operations);
    } else if (total > 0) {
        loading_.progress = 0.3f * static_cast<float>(job_->parsing.bytes_done) / static_cast<float>(total);
    }
    if (!job_->is_done) return false;
    const std::unique_ptr<Job> job = std::move(job_);
    job->thread.join();
    if (!job->session) {
        error_ = job->error;
        return false;
    }
    error_.clear();
    session_ = std::move(job->session);
    title_ = job->title;
    path_ = job->path;
    read_at_ = job->read_at;
    note_saved();
    if (job->position) session_->seek({std::min(job->position->operation, session_->index().operations), 0});
    return true;
}

bool Document::has_changed_on_disk(double now_seconds) {
    if (path_.empty() || job_ || now_seconds < asked_at_ + 0.5) return false;
    asked_at_ = now_seconds;
    std::error_code gone;
    const auto written = std::filesystem::last_write_time(path_, gone);
    if (gone || written == read_at_) return false;
    read_at_ = written;
    return true;
}

void Document::note_saved() {
    saved_branch_ = session_->branch();
    saved_edits_ = session_->branches()[saved_branch_].edits.size();
}

bool Document::is_changed() const {
    if (!session_) return false;
    const std::size_t branch = session_->branch();
    if (saved_edits_ == 0 && session_->branches()[branch].edits.empty()) return false;
    return branch != saved_branch_ || session_->branches()[branch].edits.size() != saved_edits_;
}

std::optional<std::string> Document::save(const std::filesystem::path& path) {
    if (!session_) return "nothing is open";
    if (auto problem = write_trace(session_->trace(), path)) return problem;
    path_ = path;
    title_ = path.filename().string();
    std::error_code ignored;
    read_at_ = std::filesystem::last_write_time(path, ignored);
    note_saved();
    return std::nullopt;
}

}  // namespace tricolour
