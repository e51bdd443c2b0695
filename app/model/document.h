// Document: the trace that is open. Reads in the background with progress, saves, notices when the
// file changed on disk. What was open stays until the new one is ready.
#pragma once

#include "app/model/view.h"
#include "heapcore/session.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace tricolour {

class Document {
public:
    explicit Document(heapcore::SessionOptions options);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// Starts reading; one that is being read is cancelled.
    void open(const std::filesystem::path& path);
    void open_scenario(const std::string& asset_path);
    /// Reads the file again; the position is kept as far as the new trace has it.
    void reload();
    void cancel();

    /// Takes over what was read. True if another session is open now.
    bool poll();
    /// Whether the file on disk is newer than what was read; asked at most twice a second.
    bool has_changed_on_disk(double now_seconds);

    /// Writes the trace with what was typed in. Returns what went wrong.
    std::optional<std::string> save(const std::filesystem::path& path);

    heapcore::Session* session() { return session_.get(); }
    const heapcore::Session* session() const { return session_.get(); }
    const std::string& title() const { return title_; }
    const std::filesystem::path& path() const { return path_; }  ///< empty: a scenario
    bool is_changed() const;
    const Loading* loading() const { return job_ ? &loading_ : nullptr; }

    const std::string& error() const { return error_; }  ///< why the last one could not be opened
    void dismiss_error() { error_.clear(); }

private:
    struct Job;
    void start(std::unique_ptr<Job> job);
    void note_saved();

    heapcore::SessionOptions options_;
    std::unique_ptr<heapcore::Session> session_;
    std::string title_;
    std::filesystem::path path_;
    std::filesystem::file_time_type read_at_{};
    double asked_at_ = -1;
    std::size_t saved_branch_ = 0;
    std::size_t saved_edits_ = 0;

    std::unique_ptr<Job> job_;
    Loading loading_;
    std::string error_;
};

}  // namespace tricolour
