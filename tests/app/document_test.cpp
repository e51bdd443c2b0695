// The open document: read beside the window, and what stays meanwhile.
#include "app/model/document.h"

#include "../heapcore/long_trace.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tricolour {
namespace {

class DocumentTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("tricolour-document-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "long.trace") << heapcore::long_trace(60'000, 2000);
        std::ofstream(folder_ / "short.trace") << "tricolour 1\nalloc a data 8\n";
        std::ofstream(folder_ / "bad.trace") << "tricolour 1\nalloc\n";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// Frames until what is being read is there, or cannot be read.
    static bool read(Document& document) {
        for (int frame = 0; frame < 20'000; ++frame) {
            if (document.poll()) return true;
            const Loading* const loading = document.loading();
            if (!loading) return false;
            EXPECT_LE(loading->progress, 1.001f);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ADD_FAILURE() << "it is still being read";
        return false;
    }

    std::filesystem::path folder_;
    Document document_{{}};
};

TEST_F(DocumentTest, stays_open_until_the_next_one_is_read) {
    document_.open(folder_ / "short.trace");
    ASSERT_TRUE(read(document_)) << document_.error();
    const heapcore::Session* const first = document_.session();
    EXPECT_EQ(first->trace().operations.size(), 1u);
    document_.open(folder_ / "long.trace");
    EXPECT_EQ(document_.session(), first);
    ASSERT_TRUE(read(document_)) << document_.error();
    EXPECT_GT(document_.session()->trace().operations.size(), 50'000u);
    document_.open(folder_ / "bad.trace");
    EXPECT_FALSE(read(document_));
    EXPECT_NE(document_.error(), "");
    EXPECT_EQ(document_.title(), "long.trace");
}

TEST_F(DocumentTest, can_be_opened_again_cancelled_and_left_while_it_is_being_read) {
    for (int i = 0; i < 5; ++i) {
        Document document{{}};
        document.open(folder_ / "long.trace");
        std::this_thread::sleep_for(std::chrono::milliseconds(5 * i));
        document.open(folder_ / "short.trace");
        if (i % 2) document.open(folder_ / "long.trace");
        std::this_thread::sleep_for(std::chrono::milliseconds(5 * i));
        if (i == 3) document.cancel();
        if (i == 4) {
            EXPECT_TRUE(read(document));
        }
    }
    document_.open(folder_ / "short.trace");
    ASSERT_TRUE(read(document_));
    EXPECT_EQ(document_.title(), "short.trace");
}

}  // namespace
}  // namespace tricolour
