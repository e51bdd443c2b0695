#include "app/model/command_choice.h"

#include "tests/app/session_of.h"

#include <algorithm>
#include <map>
#include <set>

namespace tricolour {
namespace {

/// A window with a trace open, at its start.
struct Window {
    std::unique_ptr<heapcore::Session> session = session_at_start("tricolour 1\nalloc a data 8\n");
    MapModel map;
    Violations violations;
    View view;
    UiState state;

    Window() {
        view.session = session.get();
        view.violations = &violations;
        view.map = &map;
        view.scenarios = {"assets/scenarios/05-weak-references.trace"};
    }
    std::vector<CommandChoice> choices() const { return command_choices(view, state); }
    /// The names meant, likeliest first.
    std::vector<std::string> meant_by(std::string_view typed,
                                      const std::vector<std::string>& recent = {}) const {
        const auto all = choices();
        std::vector<std::string> names;
        for (const CommandMatch& match : matches_of(all, typed, recent))
            names.push_back(all[match.choice].name);
        return names;
    }
    std::string first_meant_by(std::string_view typed, const std::vector<std::string>& recent = {}) const {
        const auto names = meant_by(typed, recent);
        return names.empty() ? "" : names.front();
    }
};

TEST(CommandChoice, stands_for_every_command_of_the_table_or_for_the_one_that_asks_for_what_it_takes) {
    Window window;
    window.state.recent_files = {"/home/someone/first.trace"};
    ASSERT_TRUE(window.session->type_in("alloc b data 8"));
    std::set<CommandId> listed;
    for (const CommandChoice& choice : window.choices())
        listed.insert(choice.command.id);
    for (const CommandRow& row : command_rows()) {
        const CommandId asked = asked_for_by(row.id);
        EXPECT_TRUE(listed.contains(asked == CommandId::count_ ? row.id : asked)) << row.name;
    }
}

TEST(CommandChoice, has_a_name_of_its_own) {
    std::set<std::string> names;
    for (const CommandChoice& choice : Window().choices())
        EXPECT_TRUE(names.insert(choice.name).second) << choice.name;
}

// Escape ends whatever can be ended.
TEST(CommandTable, gives_each_key_to_one_command) {
    std::map<std::string_view, std::string_view> owners;
    for (const CommandRow& row : command_rows()) {
        if (row.key.empty() || row.key == "Escape") continue;
        const auto [owner, is_free] = owners.emplace(row.key, row.name);
        EXPECT_TRUE(is_free) << row.key << ": " << owner->second << " and " << row.name;
    }
    EXPECT_GT(owners.size(), 80u);
}

TEST(CommandChoice, carries_what_its_command_takes) {
    const Window window;
    const auto choices = window.choices();
    const auto find = [&](std::string_view name) {
        return std::ranges::find(choices, name, &CommandChoice::name);
    };
    const auto rung = find("Unit of playing: phase");
    ASSERT_NE(rung, choices.end());
    EXPECT_EQ(rung->command.number, static_cast<std::uint64_t>(heapcore::Rung::phase));
    const auto scenario = find("Open a built-in scenario: 05 weak references");
    ASSERT_NE(scenario, choices.end());
    EXPECT_EQ(scenario->command.text, window.view.scenarios.front());
    const auto panel = find("Show or hide a panel: Legend");
    ASSERT_NE(panel, choices.end());
    EXPECT_EQ(panel->command.number, static_cast<std::uint64_t>(Panel::legend));
}

TEST(CommandChoice, says_why_it_cannot_be_carried_out_now) {
    Window window;
    EXPECT_EQ(obstacle_to(CommandId::step_forward, window.view, window.state), "");
    EXPECT_EQ(obstacle_to(CommandId::fit_selection, window.view, window.state), "nothing is selected");
    EXPECT_EQ(obstacle_to(CommandId::undo_edit, window.view, window.state),
              "nothing was typed in on this branch");
    EXPECT_EQ(obstacle_to(CommandId::reload, window.view, window.state),
              "a built-in scenario has no file to read again");
    EXPECT_EQ(obstacle_to(CommandId::view_back, window.view, window.state), "the map was not moved before");
    window.state.selection = Selection{0, 0};
    window.state.has_view_past = true;
    window.view.path = "/home/someone/first.trace";
    for (const CommandId id : {CommandId::fit_selection, CommandId::reload, CommandId::view_back})
        EXPECT_EQ(obstacle_to(id, window.view, window.state), "") << row_of(id).name;
}

TEST(CommandChoice, without_a_trace_leaves_what_is_about_the_window_and_opening) {
    Window window;
    window.view.session = nullptr;
    for (const CommandId id : {CommandId::open_dialog, CommandId::quit, CommandId::toggle_theme,
                               CommandId::show_help, CommandId::open_scenario})
        EXPECT_EQ(obstacle_to(id, window.view, window.state), "") << row_of(id).name;
    for (const CommandId id : {CommandId::step_forward, CommandId::save, CommandId::search, CommandId::play,
                               CommandId::undo_edit, CommandId::fit_heap})
        EXPECT_EQ(obstacle_to(id, window.view, window.state), "no trace is open") << row_of(id).name;
}

TEST(CommandMatch, is_every_command_in_the_order_of_the_table_if_nothing_was_typed) {
    const Window window;
    const auto all = window.choices();
    const auto matches = matches_of(all, "  ", {});
    ASSERT_EQ(matches.size(), all.size());
    for (std::size_t i = 0; i < matches.size(); ++i)
        EXPECT_EQ(matches[i].choice, i);
}

TEST(CommandMatch, begins_with_those_used_before_the_newest_first) {
    const Window window;
    const std::vector<std::string> recent = {"Light or dark", "Save"};
    const auto names = window.meant_by("", recent);
    EXPECT_EQ(names[0], "Light or dark");
    EXPECT_EQ(names[1], "Save");
    EXPECT_EQ(names[2], "Step");
    EXPECT_EQ(window.first_meant_by("s", recent), "Save");
    EXPECT_EQ(window.first_meant_by("step", {"Step back"}), "Step") << "the whole name counts for more";
}

TEST(CommandMatch, finds_a_command_however_it_is_typed) {
    const Window window;
    for (const auto& [typed, name] : {std::pair{"next obj", "Next object"},
                                      {"NEXT", "Next object"},
                                      {"nc", "Next collection"},
                                      {"object next", "Next object"},
                                      {"quit", "Quit"},
                                      {"ctrl+q", "Quit"},
                                      {"fth", "Fit the heap"},
                                      {"weak", "Open a built-in scenario: 05 weak references"},
                                      {"nxtcol", "Next collection"},
                                      {"back", "Step back"},
                                      {"whole heap", "Fit the heap"}})
        EXPECT_EQ(window.first_meant_by(typed), name) << typed;
}

TEST(CommandMatch, is_none_where_nothing_is_meant) {
    const Window window;
    EXPECT_TRUE(window.meant_by("xyzzy").empty());
    EXPECT_TRUE(window.meant_by("tlw").empty()) << "its letters stand far apart in some names";
    EXPECT_TRUE(window.meant_by("next xyzzy").empty()) << "every word counts";
}

TEST(CommandMatch, knows_the_letters_that_were_typed) {
    const Window window;
    const auto all = window.choices();
    const auto letters_of = [&](std::string_view typed) {
        const CommandMatch match = matches_of(all, typed, {}).front();
        std::string letters;
        for (const std::size_t at : match.letters)
            letters += all[match.choice].name[at];
        return letters;
    };
    EXPECT_EQ(letters_of("next obj"), "Next obj");
    EXPECT_EQ(letters_of("fth"), "Fth");
    EXPECT_EQ(letters_of("object next"), "Nextobject");
    EXPECT_EQ(letters_of("ctrl+q"), "");
}

TEST(CommandMatch, puts_a_name_before_a_help_sentence) {
    const Window window;
    const auto names = window.meant_by("dark theme");
    ASSERT_FALSE(names.empty());
    EXPECT_EQ(names.front(), "Light or dark") << "whose help alone has it";
    const auto saves = window.meant_by("save");
    EXPECT_EQ(saves[0], "Save");
    EXPECT_TRUE(saves[1].starts_with("Save as")) << saves[1];
}

}  // namespace
}  // namespace tricolour
