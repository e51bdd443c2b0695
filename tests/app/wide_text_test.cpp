#include "app/model/wide_text.h"

#include <string>

#include <gtest/gtest.h>

namespace tricolour {
namespace {

TEST(WideText, is_each_character_once_that_no_alphabet_has) {
    EXPECT_EQ(wide_characters("string s \"\xe6\xbc\xa2\xe5\xad\x97 \xe6\xbc\xa2\"\n"),
              std::vector<char16_t>({u'字', u'漢'}));
    EXPECT_EQ(wide_characters("\xed\x95\x9c\xe3\x81\x82"), std::vector<char16_t>({u'あ', u'한'}));
    EXPECT_TRUE(wide_characters("gr\xc3\xbc\xc3\x9f \xce\xb1 \xe2\x86\x92 \xe2\x82\xac").empty());
}

TEST(WideText, leaves_out_what_is_damaged_or_beyond_what_a_font_is_asked_for) {
    EXPECT_TRUE(wide_characters("\xe6\xbc").empty());
    EXPECT_TRUE(wide_characters("\xe6-\xa2 \xf0\x9f\x98\x80").empty()) << "an emoji has four bytes";
    EXPECT_TRUE(wide_characters("\xed\xa0\x80 \xee\x80\x80 \xef\xbf\xbf").empty());
    EXPECT_EQ(wide_characters("\xe6\xe6\xbc\xa2"), std::vector<char16_t>({u'漢'}));
    std::string all;
    for (unsigned i = 0x4e00; i < 0x4e00 + 2 * most_wide_characters; ++i)
        all += {static_cast<char>(0xe0 | i >> 12), static_cast<char>(0x80 | (i >> 6 & 0x3f)),
                static_cast<char>(0x80 | (i & 0x3f))};
    EXPECT_EQ(wide_characters(all).size(), most_wide_characters);
}

}  // namespace
}  // namespace tricolour
