// Command choice: every command as something to choose by its name, and which of them are meant by what
// was typed. A command that takes a number or a text stands for each that it can take, or hands over to
// one that asks for it.
#pragma once

#include "app/commands.h"
#include "app/model/view.h"
#include "app/ui_state.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

struct CommandChoice {
    Command command;
    std::string name;  ///< "Next object"; with what it takes "Speed: 100"
    std::string_view key;
    std::string help;
    std::string_view obstacle;  ///< why it cannot be carried out now; empty: it can
};
std::vector<CommandChoice> command_choices(const View& view, const UiState& state);

/// Why a command cannot be carried out now, in a few words; empty if it can.
std::string_view obstacle_to(CommandId id, const View& view, const UiState& state);
/// Whether it takes a number or a text, so that it cannot stand in a menu as it is.
bool takes_argument(CommandId id);
/// The command that asks for what this one takes; count_ if it is chosen from a list.
CommandId asked_for_by(CommandId id);

struct CommandMatch {
    std::size_t choice = 0;            ///< index
    std::vector<std::size_t> letters;  ///< bytes of its name that were typed, ascending
    bool is_recent = false;
    int worth = 0;
    bool operator==(const CommandMatch&) const = default;
};
/// Those that are meant by what was typed, the likeliest first; all of them if nothing was. `recent`:
/// names of those used before, newest first.
std::vector<CommandMatch> matches_of(std::span<const CommandChoice> choices, std::string_view typed,
                                     std::span<const std::string> recent);

/// A panel in menus, and the command whose key shows it.
struct PanelRow {
    Panel panel;
    std::string_view name;
    CommandId key_of;
};
std::span<const PanelRow> panel_rows();

std::string_view file_name(std::string_view path);
/// "weak references" for the scenario's path.
std::string scenario_name(std::string_view path);

}  // namespace tricolour
