// Open and save as: folders and traces, by mouse or by keys. A folder that cannot be read and a
// name that is no text are said or shown in place; nothing here throws.
#include "app/model/narration.h"
#include "app/panels/panels.h"
#include "app/panels/pieces.h"
#include "app/style/style.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <string>
#include <system_error>

namespace tricolour {
namespace {

namespace fs = std::filesystem;
using Entry = FileDialogState::Entry;
using Order = FileDialogState::Order;

constexpr double jump_seconds = 1;
constexpr const char* popup_name = "##files";

struct Dialog {
    const View& view;
    UiState& state;
    Commands& commands;

    FileDialogState& own() const { return state.file_dialog; }
    const Palette& palette() const { return *view.palette; }
    float scale() const { return view.scale; }
};

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return text;
}

bool is_trace(const std::string& name) {
    const std::string lower = lower_case(name);
    return lower.ends_with(".trace") || lower.ends_with(".trace.gz");
}

std::string date_text(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    if (seconds == 0 || localtime_r(&time, &parts) == nullptr) return "";
    std::array<char, 32> text{};
    return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts));
}

std::int64_t time_of(const fs::directory_entry& file) {
    std::error_code error;
    const fs::file_time_type time = file.last_write_time(error);
    if (error) return 0;
    const auto system = std::chrono::file_clock::to_sys(time);
    return std::chrono::duration_cast<std::chrono::seconds>(system.time_since_epoch()).count();
}

Entry entry_of(const fs::directory_entry& file) {
    Entry entry;
    std::error_code error;
    entry.path = file.path();
    entry.name = printable(file.path().filename().string());
    entry.is_folder = file.is_directory(error) && !error;
    if (!entry.is_folder && file.is_regular_file(error) && !error) {
        const std::uintmax_t size = file.file_size(error);
        if (!error) {
            entry.size = size;
            entry.size_text = bytes_text(size);
        }
    }
    entry.time = time_of(file);
    entry.date_text = date_text(entry.time);
    return entry;
}

bool is_before(const Entry& a, const Entry& b, Order order) {
    if (order == Order::size && a.size != b.size) return a.size < b.size;
    if (order == Order::date && a.time != b.time) return a.time < b.time;
    return lower_case(a.name) < lower_case(b.name);
}

void sort_entries(FileDialogState& own) {
    std::ranges::stable_sort(own.entries, [&](const Entry& a, const Entry& b) {
        if (a.is_folder != b.is_folder) return a.is_folder;
        return own.is_descending ? is_before(b, a, own.order) : is_before(a, b, own.order);
    });
}

void read_folder(FileDialogState& own) {
    own.entries.clear();
    own.error.clear();
    own.chosen.reset();
    own.hidden = 0;
    std::error_code error;
    fs::directory_iterator files(own.folder, error);
    for (; !error && files != fs::directory_iterator(); files.increment(error)) {
        Entry entry = entry_of(*files);
        const bool is_hidden = entry.name.starts_with('.') || (!entry.is_folder && !is_trace(entry.name));
        if (is_hidden && !own.shows_all) {
            own.hidden += entry.is_folder ? 0 : 1;
            continue;
        }
        own.entries.push_back(std::move(entry));
    }
    if (error) own.error = "The folder cannot be read: " + error.message() + ".";
    sort_entries(own);
}

void choose(FileDialogState& own, std::size_t entry, bool scrolls = true) {
    own.chosen = entry;
    own.wants_scroll = scrolls;
    if (own.is_saving && !own.entries[entry].is_folder)
        own.name = own.entries[entry].path.filename().string();
}

/// Enters a folder; the one that was left is chosen when it lies in it.
void go_to_folder(FileDialogState& own, const fs::path& folder) {
    const fs::path left = own.folder;
    own.folder = folder.lexically_normal();
    if (!own.folder.has_filename() && own.folder.has_parent_path() && own.folder != own.folder.root_path())
        own.folder = own.folder.parent_path();
    own.is_typing_path = false;
    own.to_overwrite.reset();
    own.jump.clear();
    read_folder(own);
    for (std::size_t i = 0; i < own.entries.size(); ++i)
        if (own.entries[i].path == left) choose(own, i);
    if (!own.chosen && !own.entries.empty() && !own.is_saving) choose(own, 0);
}

void go_up(FileDialogState& own) {
    if (own.folder.has_parent_path() && own.folder != own.folder.root_path())
        go_to_folder(own, own.folder.parent_path());
}

void close(const Dialog& dialog) {
    dialog.state.is_file_dialog_open = dialog.state.is_save_dialog_open = false;
    dialog.own().is_shown = false;
    ImGui::CloseCurrentPopup();
}

void save_to(const Dialog& dialog, const fs::path& path) {
    dialog.commands.push(CommandId::save_path, path.string());
    close(dialog);
}

bool has_other_ending(const fs::path& path) { return path.has_extension(); }

void save(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    if (own.name.empty()) {
        own.error = "Give the file a name.";
        own.wants_name_focus = true;
        return;
    }
    fs::path path = own.folder / own.name;
    if (!has_other_ending(path)) path += ".trace";
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) return go_to_folder(own, path);
    if (fs::exists(status))
        own.to_overwrite = path;
    else
        save_to(dialog, path);
}

void open_entry(const Dialog& dialog, const Entry& entry) {
    if (entry.is_folder) return go_to_folder(dialog.own(), fs::path(entry.path));
    if (dialog.own().is_saving) return save(dialog);
    dialog.commands.push(CommandId::open_path, entry.path.string());
    close(dialog);
}

void accept(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    const bool is_folder_chosen = own.chosen && own.entries[*own.chosen].is_folder;
    if (own.is_saving && !(is_folder_chosen && own.name.empty())) return save(dialog);
    if (own.chosen) open_entry(dialog, Entry(own.entries[*own.chosen]));
}

/// A path that was typed in: a folder is entered, a file taken.
void take_path(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    std::string text = own.path_text;
    const char* const home = std::getenv("HOME");
    if (home && (text == "~" || text.starts_with("~/"))) text = home + text.substr(1);
    const fs::path path = own.folder / text;
    std::error_code error;
    if (fs::is_directory(path, error)) return go_to_folder(own, path);
    if (own.is_saving) {
        go_to_folder(own, path.parent_path());
        own.name = path.filename().string();
        own.wants_name_focus = true;
    } else if (fs::exists(path, error)) {
        dialog.commands.push(CommandId::open_path, path.string());
        close(dialog);
    } else {
        own.error = "There is no " + printable(path.string()) + ".";
    }
}

void set_up(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    const bool is_saving = dialog.state.is_save_dialog_open;
    std::error_code error;
    const fs::path path = dialog.view.path;
    fs::path folder = path.has_parent_path() ? path.parent_path() : own.folder;
    if (folder.empty() || !fs::is_directory(folder, error)) folder = fs::current_path(error);
    if (folder.empty()) folder = "/";
    const fs::path whole = fs::absolute(folder, error);
    const bool shows_all = own.shows_all;
    own = {};
    own.shows_all = shows_all;
    own.is_shown = true;
    own.is_saving = own.wants_name_focus = is_saving;
    go_to_folder(own, error ? folder : whole);
    for (std::size_t i = 0; i < own.entries.size() && !is_saving; ++i)
        if (own.entries[i].path.filename() == path.filename()) choose(own, i);
    if (is_saving) own.name = path.has_filename() ? path.filename().string() : dialog.view.title;
    if (is_saving && !is_trace(own.name)) own.name += ".trace";
}

void draw_path_field(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
    if (own.wants_path_focus) ImGui::SetKeyboardFocusHere();
    const bool is_first = own.wants_path_focus;
    own.wants_path_focus = false;
    if (text_field("##path", "a folder or a file", own.path_text,
                   ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll))
        return take_path(dialog);
    if (!is_first && ImGui::IsItemDeactivated()) own.is_typing_path = false;
}

struct Crumb {
    std::string name;
    fs::path path;
};

std::vector<Crumb> crumbs_of(const fs::path& folder) {
    std::vector<Crumb> crumbs;
    fs::path path;
    for (const fs::path& part : folder) {
        path /= part;
        if (!part.empty()) crumbs.push_back({printable(part.string()), path});
    }
    return crumbs;
}

/// The last parts of the path that fit.
std::size_t first_crumb(const std::vector<Crumb>& crumbs, float room) {
    const float each = 2 * ImGui::GetStyle().FramePadding.x + 4 + text_width("\xe2\x80\xba");
    float width = text_width("\xe2\x80\xa6") + each;
    std::size_t first = crumbs.size();
    while (first > 0) {
        width += text_width(crumbs[first - 1].name) + each;
        if (width > room && first < crumbs.size()) break;
        --first;
    }
    return first;
}

void draw_crumbs(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    const std::vector<Crumb> crumbs = crumbs_of(own.folder);
    const float edit = text_width("Type a path") + 2 * ImGui::GetStyle().FramePadding.x;
    const float room = ImGui::GetContentRegionAvail().x - edit - 12 * dialog.scale();
    const std::size_t first = first_crumb(crumbs, room);
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    std::optional<fs::path> target;
    ImGui::PushStyleColor(ImGuiCol_Button, {0, 0, 0, 0});
    if (first > 0) {
        if (ImGui::Button("\xe2\x80\xa6##before")) target = crumbs[first - 1].path;
        ImGui::SameLine(0, 2);
    }
    for (std::size_t i = first; i < crumbs.size(); ++i) {
        if (i > std::max<std::size_t>(first, 1)) {
            ImGui::AlignTextToFramePadding();
            ImGui::TextDisabled("\xe2\x80\xba");
            ImGui::SameLine(0, 2);
        }
        ImGui::PushID(static_cast<int>(i));
        if (ImGui::Button(elided(crumbs[i].name, room * .8f).c_str())) target = crumbs[i].path;
        ImGui::PopID();
        ImGui::SameLine(0, 2);
    }
    ImGui::PopStyleColor();
    ImGui::SameLine(right - edit);
    if (ImGui::Button("Type a path")) {
        own.is_typing_path = own.wants_path_focus = true;
        own.path_text = own.folder.string();
    }
    if (target) go_to_folder(own, *target);
}

void draw_header(const Dialog& dialog, const char* name, Order order) {
    FileDialogState& own = dialog.own();
    const std::string mark = own.order != order ? "" : own.is_descending ? " \xe2\x86\x93" : " \xe2\x86\x91";
    ImGui::TableNextColumn();
    ImGui::PushStyleColor(ImGuiCol_Text, vec4(dialog.palette().text_dim));
    ImGui::PushStyleVar(ImGuiStyleVar_SelectableTextAlign, {order == Order::name ? 0.0f : 1.0f, 0});
    const bool is_clicked = ImGui::Selectable((std::string(name) + mark + "###" + name).c_str());
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    if (!is_clicked) return;
    own.is_descending = own.order == order && !own.is_descending;
    own.order = order;
    sort_entries(own);
    own.chosen.reset();
}

void right_aligned(const Dialog& dialog, const std::string& text) {
    const ImVec2 at = ImGui::GetCursorPos();
    const float room = ImGui::GetContentRegionAvail().x;
    ImGui::SetCursorPos({at.x + std::max(0.0f, room - text_width(text)), at.y + 2 * dialog.scale()});
    elided_text(text, ImGui::GetContentRegionAvail().x, dialog.palette().text_dim);
}

void draw_folder_sign(const Dialog& dialog, ImVec2 at, float size, bool is_folder) {
    ImDrawList* const draw = ImGui::GetWindowDrawList();
    const float scale = dialog.scale();
    const float top = std::floor(at.y + size * .22f), bottom = std::floor(at.y + size * .88f);
    if (is_folder) {
        const ImU32 colour = u32(mixed(dialog.palette().text_dim, dialog.palette().curve[0], .6f));
        draw->AddRectFilled({at.x, top - 2 * scale}, {at.x + size * .4f, bottom}, colour, 1.5f * scale);
        draw->AddRectFilled({at.x, top}, {at.x + size * .85f, bottom}, colour, 1.5f * scale);
    } else {
        draw->AddRect({at.x + size * .12f, top - 2 * scale}, {at.x + size * .72f, bottom},
                      u32(dialog.palette().text_dim), 1.5f * scale, 0, std::max(1.0f, scale));
    }
}

/// Returns whether the entry was opened, after which the entries are others.
bool draw_entry(const Dialog& dialog, std::size_t index) {
    FileDialogState& own = dialog.own();
    const Entry& entry = own.entries[index];
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushID(static_cast<int>(index));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float size = ImGui::GetFontSize();
    const bool is_clicked =
        ImGui::Selectable("##entry", own.chosen == index,
                          ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowDoubleClick,
                          {0, size + 4 * dialog.scale()});
    const bool is_hovered = ImGui::IsItemHovered();
    if (own.chosen == index && own.wants_scroll) {
        ImGui::SetScrollHereY();
        own.wants_scroll = false;
    }
    ImGui::PopID();
    draw_folder_sign(dialog, {at.x, at.y + 2 * dialog.scale()}, size, entry.is_folder);
    ImGui::SameLine(0, 0);
    const float left = at.x + size * 1.25f;
    const float width = at.x + ImGui::GetColumnWidth() - left - 4 * dialog.scale();
    const std::string shown = elided(entry.name, width);
    const bool is_quiet = !entry.is_folder && !is_trace(entry.name);
    draw_text({left, at.y + 2 * dialog.scale()},
              u32(is_quiet ? dialog.palette().text_dim : dialog.palette().text), shown);
    if (is_hovered && shown != entry.name) text_tooltip(entry.name);
    ImGui::TableNextColumn();
    right_aligned(dialog, entry.size_text);
    ImGui::TableNextColumn();
    right_aligned(dialog, entry.date_text);
    if (!is_clicked) return false;
    choose(own, index, false);
    if (!ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) return false;
    open_entry(dialog, Entry(entry));
    return true;
}

void draw_entries(const Dialog& dialog, float height) {
    FileDialogState& own = dialog.own();
    constexpr ImGuiTableFlags flags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_BordersOuter |
                                      ImGuiTableFlags_NoSavedSettings | ImGuiTableFlags_PadOuterX;
    if (!ImGui::BeginTable("##entries", 3, flags, {0, height})) return;
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableSetupColumn("name", ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupColumn("size", ImGuiTableColumnFlags_WidthFixed, text_width("8,888.8 KiB "));
    ImGui::TableSetupColumn("date", ImGuiTableColumnFlags_WidthFixed, text_width("2000-00-00 00:00 "));
    ImGui::TableNextRow();
    draw_header(dialog, "name", Order::name);
    draw_header(dialog, "size", Order::size);
    draw_header(dialog, "changed", Order::date);
    const float row = ImGui::GetFontSize() + 4 * dialog.scale() + 2 * ImGui::GetStyle().CellPadding.y;
    if (own.wants_scroll && own.chosen) {
        // The clipper skips rows out of sight, so the place is worked out from the row's number.
        const float y = static_cast<float>(*own.chosen) * row;
        const float seen = ImGui::GetWindowHeight() - 2 * row;
        if (y < ImGui::GetScrollY()) ImGui::SetScrollY(y);
        if (y > ImGui::GetScrollY() + seen - row) ImGui::SetScrollY(y - seen + row);
        own.wants_scroll = false;
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(own.entries.size()), row);
    bool is_opened = false;
    while (clipper.Step())
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd && !is_opened; ++i)
            is_opened = draw_entry(dialog, static_cast<std::size_t>(i));
    ImGui::EndTable();
}

void draw_empty_note(const Dialog& dialog) {
    const FileDialogState& own = dialog.own();
    std::string note = own.error;
    if (note.empty() && own.hidden > 0)
        note = count_text(own.hidden) + (own.hidden == 1 ? " other file" : " other files") + " not shown";
    if (note.empty() && own.entries.empty()) note = "The folder is empty.";
    elided_text(note, ImGui::GetContentRegionAvail().x,
                own.error.empty() ? dialog.palette().text_dim : dialog.palette().alarm);
}

void draw_name_field(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x);
    if (own.wants_name_focus) ImGui::SetKeyboardFocusHere();
    own.wants_name_focus = false;
    if (text_field("##name", "file name", own.name,
                   ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll))
        save(dialog);
}

float button_width(const char* label) { return text_width(label) + 2 * ImGui::GetStyle().FramePadding.x; }

void draw_overwrite_question(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    const fs::path path = *own.to_overwrite;
    const float buttons = button_width("Replace it") + button_width("Keep it") + 30 * dialog.scale();
    ImGui::AlignTextToFramePadding();
    elided_text(printable(path.filename().string()) + " is there already.",
                ImGui::GetContentRegionAvail().x - buttons, dialog.palette().alarm);
    ImGui::SameLine(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - buttons +
                    16 * dialog.scale());
    if (ImGui::Button("Keep it") || is_pressed(ImGuiKey_Escape, false)) {
        own.to_overwrite.reset();
        own.wants_name_focus = true;
    }
    ImGui::SameLine();
    if (ImGui::Button("Replace it")) save_to(dialog, path);
}

void draw_buttons(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    if (own.to_overwrite) return draw_overwrite_question(dialog);
    const char* const accept_label = own.is_saving ? "Save" : "Open";
    if (ImGui::Checkbox("Show all files", &own.shows_all)) go_to_folder(own, fs::path(own.folder));
    const float buttons =
        button_width(accept_label) + button_width("Cancel") + ImGui::GetStyle().ItemSpacing.x;
    ImGui::SameLine(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - buttons);
    if (ImGui::Button("Cancel")) close(dialog);
    ImGui::SameLine();
    ImGui::BeginDisabled(own.is_saving ? own.name.empty() : !own.chosen);
    if (ImGui::Button(accept_label)) accept(dialog);
    ImGui::EndDisabled();
}

/// Letters typed jump to the first entry that begins with them.
void jump_by_letters(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    const ImGuiIO& io = ImGui::GetIO();
    if (io.KeyCtrl || io.KeyAlt) return;
    if (dialog.view.time > own.jump_until) own.jump.clear();
    bool is_typed = false;
    for (int i = 0; i < io.InputQueueCharacters.Size; ++i) {
        const ImWchar c = io.InputQueueCharacters[i];
        if (c < ' ' || c >= 0x7f) continue;
        own.jump += static_cast<char>(std::tolower(static_cast<int>(c)));
        is_typed = true;
    }
    if (!is_typed) return;
    own.jump_until = dialog.view.time + jump_seconds;
    for (std::size_t i = 0; i < own.entries.size(); ++i)
        if (lower_case(own.entries[i].name).starts_with(own.jump)) return choose(own, i);
}

void move_choice(FileDialogState& own, std::ptrdiff_t by) {
    if (own.entries.empty()) return;
    const auto last = static_cast<std::ptrdiff_t>(own.entries.size()) - 1;
    const std::ptrdiff_t from =
        own.chosen ? static_cast<std::ptrdiff_t>(*own.chosen) : (by > 0 ? -1 : last + 1);
    choose(own, static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(from + by, 0, last)));
}

void take_keys(const Dialog& dialog, bool was_typing) {
    FileDialogState& own = dialog.own();
    if (!own.is_shown || own.is_typing_path || own.to_overwrite) return;
    constexpr std::ptrdiff_t page = 12;
    if (is_pressed(ImGuiKey_UpArrow)) move_choice(own, -1);
    if (is_pressed(ImGuiKey_DownArrow)) move_choice(own, 1);
    if (is_pressed(ImGuiKey_PageUp)) move_choice(own, -page);
    if (is_pressed(ImGuiKey_PageDown)) move_choice(own, page);
    if (was_typing || ImGui::IsAnyItemActive()) return;
    if (is_pressed(ImGuiKey_Escape, false)) return close(dialog);
    if (is_pressed(ImGuiKey_Backspace)) return go_up(own);
    if (is_enter_pressed()) return accept(dialog);
    jump_by_letters(dialog);
}

void draw_content(const Dialog& dialog) {
    FileDialogState& own = dialog.own();
    const bool was_typing = ImGui::GetIO().WantTextInput || ImGui::IsAnyItemActive();
    {
        const FontScope large(fonts().large);
        ImGui::TextUnformatted(own.is_saving ? "Save the trace as" : "Open a trace");
    }
    own.is_typing_path ? draw_path_field(dialog) : draw_crumbs(dialog);
    const ImGuiStyle& style = ImGui::GetStyle();
    float below = ImGui::GetFontSize() + style.ItemSpacing.y + ImGui::GetFrameHeight() + style.ItemSpacing.y;
    if (own.is_saving) below += ImGui::GetFrameHeight() + style.ItemSpacing.y;
    draw_entries(dialog, std::max(ImGui::GetContentRegionAvail().y - below, 60 * dialog.scale()));
    draw_empty_note(dialog);
    if (own.is_saving) draw_name_field(dialog);
    draw_buttons(dialog);
    take_keys(dialog, was_typing);
}

}  // namespace

void draw_file_dialog(const View& view, UiState& state, Commands& commands) {
    const Dialog dialog{view, state, commands};
    if (!state.is_file_dialog_open && !state.is_save_dialog_open) {
        state.file_dialog.is_shown = false;
        return;
    }
    if (!state.file_dialog.is_shown) {
        set_up(dialog);
        ImGui::OpenPopup(popup_name);
    }
    const ImGuiViewport& screen = *ImGui::GetMainViewport();
    const ImVec2 size = {std::min(820 * view.scale, screen.Size.x - 32 * view.scale),
                         std::min(580 * view.scale, screen.Size.y - 32 * view.scale)};
    ImGui::SetNextWindowPos(screen.GetCenter(), ImGuiCond_Always, {.5f, .5f});
    ImGui::SetNextWindowSize(size);
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                                       ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                       ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
    const CardStyle card(view, view.palette->border);
    if (ImGui::BeginPopupModal(popup_name, nullptr, flags)) {
        draw_content(dialog);
        ImGui::EndPopup();
    } else {
        state.is_file_dialog_open = state.is_save_dialog_open = false;
    }
}

}  // namespace tricolour
