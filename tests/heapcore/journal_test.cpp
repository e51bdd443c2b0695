// A journal gives back what it was told, whatever it had to let go of.
#include "heapcore/journal.h"

#include <gtest/gtest.h>

namespace heapcore {
namespace {

/// Step number n stores n % 5 words: at offset n, from n to n + 1.
void record(Journal& journal, std::uint32_t steps) {
    for (std::uint32_t n = 0; n < steps; ++n) {
        for (std::uint32_t i = 0; i < n % 5; ++i)
            journal.stored(n, n, n + i);
        Step step;
        step.a = n;
        journal.reported(step);
    }
}

testing::AssertionResult is_right(const Journal& journal) {
    for (std::uint64_t n = journal.first(); n < journal.end(); ++n) {
        if (journal.step(n).a != n) return testing::AssertionFailure() << "step " << n << " is another";
        if (journal.stores_end(n) - journal.stores_begin(n) != n % 5)
            return testing::AssertionFailure() << "step " << n << " has other stores";
        std::uint32_t i = 0;
        for (std::uint64_t at = journal.stores_begin(n); at < journal.stores_end(n); ++at, ++i) {
            const Store& store = journal.store(at);
            if (store.offset != n || store.before != n || store.after != n + i)
                return testing::AssertionFailure() << "store " << i << " of step " << n << " is another";
        }
    }
    return testing::AssertionSuccess();
}

TEST(Journal, keeps_every_step_and_store_in_order) {
    for (const std::uint32_t steps : {0u, 1u, 31u, 32u, 33u, 4095u, 4096u, 4097u, 50'000u}) {
        Journal journal;
        record(journal, steps);
        EXPECT_EQ(journal.first(), 0u);
        EXPECT_EQ(journal.end(), steps);
        EXPECT_FALSE(journal.has_loose_stores());
        EXPECT_TRUE(is_right(journal)) << steps;
    }
}

TEST(Journal, is_small_as_long_as_it_is_short) {
    Journal journal;
    EXPECT_EQ(journal.bytes(), 0u);
    record(journal, 10);
    EXPECT_LE(journal.bytes(), 2048u);
}

TEST(Journal, keeps_as_many_steps_as_its_window_and_at_most_twice_as_many) {
    for (const std::uint32_t window : {1u, 2u, 8u, 5000u}) {
        Journal journal(window);
        record(journal, 30'000);
        EXPECT_EQ(journal.end(), 30'000u);
        EXPECT_GE(journal.end() - journal.first(), window);
        EXPECT_LE(journal.end() - journal.first(), 2 * window);
        EXPECT_TRUE(is_right(journal)) << window;
    }
}

TEST(Journal, takes_no_more_than_its_budget_however_long_the_operation_is) {
    constexpr std::uint64_t slack = 96 << 10;  // stretches begun
    for (const std::uint64_t budget : {std::uint64_t{1}, std::uint64_t{300'000}, std::uint64_t{4} << 20}) {
        Journal journal(JournalBounds{.budget_bytes = budget});
        std::uint64_t most = 0;
        for (std::uint32_t n = 0; n < 400'000; ++n) {
            journal.stored(n, n, n);
            journal.stored(n, n, n);
            journal.reported({});
            most = std::max<std::uint64_t>(most, journal.bytes());
        }
        EXPECT_LE(most, budget + slack) << budget;
        EXPECT_GT(journal.end() - journal.first(), 200u) << budget;
        EXPECT_GT(most + slack, budget / 2) << budget;
    }
    Journal journal(JournalBounds{.budget_bytes = 1});
    record(journal, 30'000);
    EXPECT_TRUE(is_right(journal));
}

TEST(Journal, keeps_the_stores_of_one_step_together_whatever_its_budget) {
    Journal journal(JournalBounds{.budget_bytes = 1});
    record(journal, 1000);
    for (std::uint32_t i = 0; i < 100'000; ++i)
        journal.stored(i, 0, 1);
    EXPECT_TRUE(journal.has_loose_stores());
    journal.reported({});
    EXPECT_FALSE(journal.has_loose_stores());
    EXPECT_EQ(journal.stores_end(1000) - journal.stores_begin(1000), 100'000u);
}

TEST(Journal, stops_the_engine_right_after_the_step_at_its_limit) {
    for (const std::uint64_t limit : {1u, 2u, 511u, 512u, 513u, 5000u}) {
        Journal journal(1u << 20, limit);
        EXPECT_THROW(record(journal, 10'000), Journal::LimitReached);
        EXPECT_EQ(journal.end(), limit);
        EXPECT_TRUE(is_right(journal));
    }
}

TEST(Journal, tells_of_its_limit_once_and_lets_the_engine_go_on) {
    struct Ears final : LimitListener {
        explicit Ears(const Journal& heard) : journal(heard) {}
        void on_limit() override { ends.push_back(journal.end()); }
        const Journal& journal;
        std::vector<std::uint64_t> ends;
    };
    Journal journal(1u << 20, 700);
    Ears ears(journal);
    journal.tell_limit(&ears);
    record(journal, 10'000);
    EXPECT_EQ(ears.ends, std::vector<std::uint64_t>{700});
    EXPECT_EQ(journal.end(), 10'000u);
}

}  // namespace
}  // namespace heapcore
