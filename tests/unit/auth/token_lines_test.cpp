#include "auth/token_lines.hpp"

#include <gmock/gmock.h>

#include "unit/auth/files.hpp"

namespace weir::auth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Fields between bars, tokens between commas, quoted ones in quotes.
std::vector<std::string> shown(const token_lines& read) {
    std::vector<std::string> made;
    for (const auto& line : read.lines) {
        std::string text = std::to_string(line.number);
        for (const auto& f : line.fields) {
            text += "|";
            for (const auto& t : f) text += (&t == &f.front() ? "" : ",") + (t.quoted ? "'" + t.text + "'" : t.text);
        }
        made.push_back(text);
    }
    return made;
}

TEST(TokenLines, FieldsAreSeparatedByBlanksAndTokensByCommas) {
    files f;
    EXPECT_THAT(shown(f.read("host all  a,b\t10.0.0.0/8 md5\n\n   \n# comment\nlocal all all trust # behind\n")),
                ElementsAre("1|host|all|a,b|10.0.0.0/8|md5", "5|local|all|all|trust"));
    EXPECT_THAT(shown(f.read("host a, b c ,d x")), ElementsAre("1|host|a,b|c|d|x"));
}

TEST(TokenLines, QuotesKeepBlanksCommasAndKeywords) {
    files f;
    EXPECT_THAT(shown(f.read("host \"all\" \"a b,c\" \"say \"\"hi\"\"\" \"#x\"")),
                ElementsAre("1|host|'all'|'a b,c'|'say \"hi\"'|'#x'"));
    EXPECT_THAT(shown(f.read("host \"/^db\\d{2,4}$\"")), ElementsAre("1|host|'/^db\\d{2,4}$'"));
}

TEST(TokenLines, ALineIsContinuedByABackslash) {
    files f;
    EXPECT_THAT(shown(f.read("host all \\\n all \\\n 1.2.3.4/32 trust\nlocal all all peer\n")),
                ElementsAre("1|host|all|all|1.2.3.4/32|trust", "4|local|all|all|peer"));
}

TEST(TokenLines, AnOpenQuoteIsToldWithItsLine) {
    files f;
    const auto read = f.read("local all all trust\nhost \"all all\n");
    EXPECT_THAT(told(read.faults), ElementsAre("2: a quote is not closed"));
    EXPECT_EQ(read.lines.size(), 1u);
}

TEST(TokenLines, AFileOfNames) {
    files f;
    f.texts["/etc/admins"] = "ann, bob\n# nobody\n\"carol d\"\n";
    EXPECT_THAT(shown(f.read("host all @admins,dave x")), ElementsAre("1|host|all|ann,bob,'carol d',dave|x"));
    EXPECT_THAT(told(f.read("host all @missing x").faults), ElementsAre("1: /etc/missing cannot be read"));
}

TEST(TokenLines, IncludedFilesStandWhereTheyAreNamed) {
    files f;
    f.texts["/etc/more/b.conf"] = "b";
    f.texts["/etc/more/a.conf"] = "a\n";
    f.texts["/etc/more/.hidden.conf"] = "hidden";
    f.texts["/etc/more/notes.txt"] = "notes";
    f.texts["/etc/one"] = "one\ninclude more/a.conf\n";
    EXPECT_THAT(shown(f.read("first\ninclude one\ninclude_dir more\ninclude_if_exists nothing\nlast")),
                ElementsAre("1|first", "1|one", "1|a", "1|a", "1|b", "5|last"));
    const auto read = f.read("include nothing\ninclude\ninclude a b\ninclude_dir nowhere");
    EXPECT_THAT(told(read.faults), ElementsAre("1: /etc/nothing cannot be read", "2: include names one path",
                                               "3: include names one path", "4: /etc/nowhere cannot be read"));
}

TEST(TokenLines, ACircleOfIncludesEnds) {
    files f;
    const auto read = f.read("include hba.conf");
    ASSERT_EQ(read.faults.size(), 1u);
    EXPECT_THAT(read.faults.front().message, testing::HasSubstr("11th file included"));
    f.texts["/etc/names"] = "@names";
    EXPECT_EQ(f.read("host all @names").faults.size(), 1u);
}

TEST(TokenLines, NothingInAnEmptyFile) {
    files f;
    EXPECT_THAT(f.read("").lines, IsEmpty());
    EXPECT_THAT(f.read("\\").lines.size(), 1u);
    EXPECT_THAT(told(f.read(std::string("host\0all", 8)).faults), ElementsAre("1: a NUL byte"));
}

}  // namespace
}  // namespace weir::auth
