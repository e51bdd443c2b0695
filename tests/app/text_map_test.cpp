#include "app/model/text_map.h"

#include "tests/app/session_of.h"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

namespace tricolour {
namespace {

using heapcore::AllocationType;
using heapcore::Colour;

/// The lines of the map of a session.
std::vector<std::string> lines_of(const heapcore::Session& session, TextMapOptions options = {}) {
    MapModel map;
    map.sync(session);
    options.name_of = [&](heapcore::Offset chunk) {
        const heapcore::NameId name = session.machine().name_of(chunk);
        return name == heapcore::no_id ? std::string() : std::string(session.trace().names[name]);
    };
    std::ostringstream out;
    TextMap(map, session.heap(), options).write(out);
    std::istringstream text(out.str());
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    return lines;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

/// A row of 32 cells.
std::string row(const std::string& address, std::string cells) {
    cells.resize(64, ' ');
    return address + " |" + cells + "|";
}

std::string list_of_nodes(int nodes) {
    std::string text = "heap size=1M word=8 gc=manual\nclass Node next:ref\n";
    for (int i = 0; i < nodes; ++i)
        text += "new n" + std::to_string(i) + " Node\n";
    for (int i = 0; i + 1 < nodes; ++i)
        text += "set n" + std::to_string(i) + ".next n" + std::to_string(i + 1) + "\n";
    return "tricolour 1\n" + text + "permanent n0\ngc\n";
}

TEST(TextMap, gives_each_type_a_letter_and_each_colour_a_sign_of_its_own) {
    std::set<char> letters;
    for (std::uint32_t type = 0; type < heapcore::allocation_type_count; ++type)
        letters.insert(letter_of(static_cast<AllocationType>(type)));
    EXPECT_EQ(letters.size(), heapcore::allocation_type_count);
    EXPECT_EQ(glyph_of(AllocationType::object, Colour::white), "o.");
    EXPECT_EQ(glyph_of(AllocationType::object, Colour::grey), "o+");
    EXPECT_EQ(glyph_of(AllocationType::object, Colour::black), "O#");
    EXPECT_EQ(glyph_of(static_cast<AllocationType>(13), static_cast<Colour>(3)), "??");
}

TEST(TextMap, shows_a_chunk_from_its_letter_to_its_end_and_free_memory_blank) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K word=8\nalloc a data 28\nalloc b string 60\nalloc c static 28\nfree "
        "b\n");
    EXPECT_EQ(lines_of(*session),
              (std::vector<std::string>{row("0x10000000", "d......." + repeated(" ", 16) + "t......."),
                                        "            a                       c",
                                        "0x10000100 ... 1,023 rows free, 255.8 KiB"}));
}

TEST(TextMap, tells_rows_within_one_chunk_in_a_line) {
    const auto session =
        session_of("tricolour 1\nheap size=256K word=8\nalloc a data 1020\nalloc b data 28\n");
    EXPECT_EQ(lines_of(*session),
              (std::vector<std::string>{row("0x10000000", "d" + repeated(".", 63)), "            a",
                                        "0x10000100 ... 3 rows more of this chunk, 768 bytes",
                                        row("0x10000400", "d......."), "            b",
                                        "0x10000500 ... 1,019 rows free, 254.8 KiB"}));
}

TEST(TextMap, has_small_cells_for_small_words) {
    const auto session = session_of("tricolour 1\nheap size=256K word=4\nalloc a data 12\n");
    EXPECT_EQ(lines_of(*session).front(), row("0x10000000", "d......."));
}

TEST(TextMap, says_where_several_chunks_begin_in_a_cell_and_where_one_ends_in_it) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K word=8\nalloc a data 28\nalloc b data 28\nalloc c string 60\n"
        "alloc d string 92\nalloc e object 220\n");
    TextMapOptions options;
    options.cell_bytes = 128;
    const auto lines = lines_of(*session, options);
    EXPECT_EQ(lines[0], row("0x10000000", "s:s:..."));
    EXPECT_EQ(lines[1], "0x10001000 ... 63 rows free, 252 KiB") << "names have no room";

    options.cell_bytes = 256;
    EXPECT_EQ(lines_of(*session, options)[0], row("0x10000000", "s:. "));
}

TEST(TextMap, points_at_the_chunk_that_the_step_is_about) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K word=8\nalloc a data 28\nalloc b data 28\nalloc c data 28\nfree b\n");
    TextMapOptions options;
    options.now = 32;
    EXPECT_EQ(lines_of(*session, options)[1], "            a       ^       c");
    options.now = 64;
    EXPECT_EQ(lines_of(*session, options)[1], "            a               ^c");
    options.now = 96;
    EXPECT_EQ(lines_of(*session, options)[2], "0x10000100 ... 1,023 rows free, 255.8 KiB");
    options.cell_bytes = 4096;
    options.now = 0;
    EXPECT_EQ(lines_of(*session, options)[1], "            ^");
}

TEST(TextMap, keeps_both_ends_of_a_name_that_has_no_room) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K word=8\nalloc orphan_a data 28\nalloc orphan_b data 28\n"
        "alloc with_a_long_name_indeed data 28\n");
    EXPECT_EQ(lines_of(*session)[1], "            orp~n_a orp~n_b with_a_long_name_indeed");
}

TEST(TextMap, puts_a_name_beneath_the_row_where_it_has_more_room) {
    const auto session = session_of(
        "tricolour 1\nheap size=256K word=8\nalloc a data 244\nalloc crossing data 28\nalloc c data 28\n");
    const auto lines = lines_of(*session);
    EXPECT_EQ(lines[0], row("0x10000000", "d" + repeated(".", 61) + "d."));
    EXPECT_EQ(lines[1], "            a");
    EXPECT_EQ(lines[3], "            cr~ng c") << lines[2];
}

TEST(TextMap, ends_where_the_heap_ends) {
    const auto session = session_of("tricolour 1\nheap size=262160 word=8\nalloc a data 262148\n");
    const auto lines = lines_of(*session);
    EXPECT_EQ(lines.back(), "0x10000100 ... 1,024 rows more of this chunk, 255.8 KiB");
    TextMapOptions options;
    options.cell_bytes = 1024;
    options.first = 262144;
    EXPECT_EQ(lines_of(*session, options), (std::vector<std::string>{"0x10040000 |..|"}));
}

TEST(TextMap, shows_the_whole_rows_of_a_range_and_as_many_cells_as_have_room) {
    const auto session = session_of(list_of_nodes(100));
    TextMapOptions options;
    options.first = 1040;
    options.end = 1048;
    const auto narrow = lines_of(*session, options);
    ASSERT_EQ(narrow.size(), 2u);
    EXPECT_TRUE(narrow[0].starts_with("0x10000400 |")) << narrow[0];
    options.columns = 160;
    const auto wide = lines_of(*session, options);
    EXPECT_EQ(wide[0].size(), 11u + 2 + 128);
    options.columns = 40;
    EXPECT_LE(lines_of(*session, options)[0].size(), 40u);
}

TEST(TextMap, is_short_however_full_the_heap_is) {
    const auto session = session_of(list_of_nodes(20'000));
    EXPECT_LE(lines_of(*session).size(), 26u);
}

TEST(TextMap, says_the_same_with_colours_behind_the_signs) {
    const auto session = session_of(list_of_nodes(100));
    const Palette palette = load_palette("dark");
    TextMapOptions options;
    const auto plain = lines_of(*session, options);
    options.palette = &palette;
    auto coloured = lines_of(*session, options);
    EXPECT_NE(coloured, plain);
    const std::regex escape("\x1b\\[[0-9;]*m");
    for (std::string& line : coloured) {
        const std::size_t last = std::min(line.rfind('\x1b'), line.size());
        EXPECT_TRUE(last == line.size() || line.substr(last, 4) == "\x1b[0m")
            << "the terminal is left as it was";
        line = std::regex_replace(line, escape, "");
    }
    EXPECT_EQ(coloured, plain);
}

/// The signs of the cells, row by row.
std::string signs_of(const heapcore::Session& session) {
    TextMapOptions options;
    options.cell_bytes = 256;
    std::string signs;
    for (const std::string& line : lines_of(session, options)) {
        const std::size_t bar = line.find('|');
        for (std::size_t at = bar; bar != std::string::npos && at + 2 < line.size(); at += 2)
            signs += line[at + 2];
    }
    return signs;
}

TEST(TextMap, shows_a_mark_as_a_tide) {
    constexpr int nodes = 800;
    const auto session = session_of(list_of_nodes(nodes));
    const std::size_t collection = session->trace().operations.size() - 1;
    const auto count = [&](char sign) {
        const std::string signs = signs_of(*session);
        return std::count(signs.begin(), signs.end(), sign);
    };
    session->seek({collection, 0});
    EXPECT_EQ(count('*') + count('%') + count('@'), 0);
    const auto white = count(':');
    EXPECT_GT(white, nodes / 8 - 4);

    std::ptrdiff_t grey = 0;
    for (std::uint64_t step = 1; grey < white / 2; step += 16) {
        ASSERT_TRUE(session->seek({collection, step}));
        EXPECT_GE(count('*'), grey) << "grey runs down the list";
        grey = count('*');
    }
    EXPECT_GT(count(':'), white / 4);
    EXPECT_EQ(signs_of(*session).rfind('*') + 1, signs_of(*session).find(':', signs_of(*session).find('*')));

    ASSERT_TRUE(step_into(*session, heapcore::Phase::sweep));
    EXPECT_EQ(count('*') + count('+'), 0);
    EXPECT_GT(count('@'), nodes / 8 - 4) << "all of the list is black";
}

}  // namespace
}  // namespace tricolour
