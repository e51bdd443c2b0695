// A long trace like a program's: objects that refer to each other from a table that keeps them alive,
// arrays, raw chunks freed by hand, names used again and again, now and then a collection.
#pragma once

#include <random>
#include <string>

namespace heapcore {

/// The largest heap; `objects`: slots of the table, 32 bytes a slot are in use once it is full.
inline std::string long_trace(std::uint32_t operations, std::uint32_t objects, std::uint32_t seed = 1) {
    constexpr std::uint32_t raw_chunks = 2000, arrays = 512;
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t limit) { return std::to_string(random() % limit); };
    std::string text =
        "tricolour 1\nheap size=16777208\nclass Node left:ref right:ref key:int\narray table Node " +
        std::to_string(objects) + "\npermanent table\narray arrays Node " + std::to_string(arrays) +
        "\npermanent arrays\n";
    std::uint32_t made = 0;
    std::string is_raw_there(raw_chunks, '\0');
    for (std::uint32_t i = 5; i < operations; ++i) {
        const auto draw = static_cast<std::uint32_t>(random() % 10'000);
        if (made < objects || draw < 2500) {
            const std::string slot = made < objects ? std::to_string(made++) : below(objects);
            text += "new n" + slot + " Node\nset table[" + slot + "] n" + slot + "\n";
            ++i;
        } else if (draw < 5500) {
            text += "set n" + below(made) + (draw % 2 ? ".left n" : ".right n") + below(made) + "\n";
        } else if (draw < 6500) {
            text += "set n" + below(made) + (draw % 2 ? ".left null\n" : ".key 42\n");
        } else if (draw < 8500) {
            const auto raw = static_cast<std::uint32_t>(random() % raw_chunks);
            text += (is_raw_there[raw] ? "free d" : "alloc d") + std::to_string(raw) +
                    (is_raw_there[raw] ? "\n" : " static " + below(300) + "\n");
            is_raw_there[raw] ^= 1;
        } else if (draw < 9500) {
            const std::string array = below(arrays);
            text += "array a" + array + " int " + below(300) + "\nset arrays[" + array + "] a" + array + "\n";
            ++i;
        } else if (draw < 9999) {
            text += "begin\ntransient n" + below(made) + "\nend\n";
            i += 2;
        } else {
            text += random() % 4 ? "bookmark \"here\"\n" : "gc\n";
        }
    }
    return text;
}

/// A heap full of small objects, a million of them at most: lists of 1,000, each held by a slot of a
/// permanent table, with links across at random. At the end lists are cut off one by one, and nothing is
/// collected.
inline std::string crowded_trace(std::uint32_t objects, std::uint32_t cuts = 100, std::uint32_t seed = 1) {
    constexpr std::uint32_t list_objects = 1000;
    std::mt19937 random(seed);
    std::string text =
        "tricolour 1\nheap size=16777212 word=4 gc=manual\nclass Node next:ref across:ref\narray table "
        "Node " +
        std::to_string(objects / list_objects + 1) + "\npermanent table\n";
    for (std::uint32_t i = 0; i < objects; ++i) {
        const std::string name = "n" + std::to_string(i);
        text += "new " + name + " Node\nset ";
        text += i % list_objects == 0 ? "table[" + std::to_string(i / list_objects) + "] "
                                      : "n" + std::to_string(i - 1) + ".next ";
        text += name + "\n";
        if (i % 16 == 0) text += "set " + name + ".across n" + std::to_string(random() % (i + 1)) + "\n";
    }
    for (std::uint32_t i = 0; i < cuts; ++i)
        text += "set table[" + std::to_string(random() % (objects / list_objects + 1)) + "] null\n";
    return text;
}

}  // namespace heapcore
