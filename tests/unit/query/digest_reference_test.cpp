// The digest against a reference: PostgreSQL's own scanner, and the shape spelt out on its tokens in
// the plainest way. Two texts have one digest exactly where the reference gives them one shape.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "case_file.hpp"
#include "query/clock_words.hpp"
#include "query/digest.hpp"
#include "scanned_tokens.hpp"

namespace weir::query {
namespace {

constexpr digest_key key = {21, 22};

/// pg_query.proto, enum Token.
enum scanned : std::uint64_t {
    ident = 258,
    unicode_ident = 259,
    float_number = 260,
    string_literal = 261,
    unicode_string = 262,
    bit_string = 263,
    hex_string = 264,
    integer_number = 266,
    parameter = 267,
};

using symbols = std::vector<std::string>;

std::string folded(std::string name) {
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return name;
}

/// NAMEDATALEN cuts; of other names than ASCII ones only the database knows where.
std::string kept(const std::string& name) {
    for (const char c : name)
        if (static_cast<unsigned char>(c) >= 0x80) return name;
    return name.substr(0, 63);
}

std::string quoted_name(const std::string& text) {
    std::string name;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        name += text[i];
        if (text[i] == '"') ++i;
    }
    return "quoted " + kept(name);
}

std::string symbol_of(const testing::scanned_token& t, const std::string& piece) {
    switch (t.kind) {
        case float_number:
        case integer_number:
            return "number";
        case string_literal:
        case unicode_string:
        case bit_string:
        case hex_string:
            return literal_has_clock_word(piece) ? "clock" : "literal";
        case parameter:
            return "literal";
        case ident:
            return piece[0] == '"' ? quoted_name(piece) : "word " + kept(folded(piece));
        default:
            return (t.keyword ? "word " : "") + folded(piece);
    }
}

/// A sign belongs to the number behind it where nothing stands before it that it could add to.
symbols without_signs(const symbols& all) {
    static const std::set<std::string> before_expression = {
        "word select", "word where", "word and",  "word or",      "word not",  "word in",
        "word limit",  "word offset", "word then", "word else",    "word when", "word case",
        "word on",     "word any",    "word between", "word having", "word returning"};
    auto is_operator = [](const std::string& s) {
        return s.find_first_not_of("~!@#^&|`?+-*/%<>=") == std::string::npos;
    };
    symbols out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool sign = (all[i] == "-" || all[i] == "+") && i + 1 < all.size() && all[i + 1] == "number";
        const std::string before = i == 0 ? "(" : all[i - 1];
        const bool alone = is_operator(before) || before == "(" || before == "," || before == "[" ||
                           before == ";" || before_expression.count(before) > 0;
        if (!sign || !alone) out.push_back(all[i] == "number" ? "literal" : all[i]);
    }
    return out;
}

std::size_t closing(const symbols& all, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < all.size(); ++i) {
        if (all[i] == "(") ++depth;
        if (all[i] == ")" && --depth == 0) return i;
    }
    return all.size();
}

std::string shape_of(const symbols& all);

/// Equal neighbours once.
std::string listed(const std::vector<symbols>& items) {
    std::string out;
    std::string previous;
    for (const symbols& item : items) {
        const std::string shape = "<" + shape_of(item) + ">";
        if (shape != previous) out += shape;
        previous = shape;
    }
    return out;
}

std::vector<symbols> comma_parts(const symbols& all, std::size_t from, std::size_t to) {
    std::vector<symbols> parts(1);
    int depth = 0;
    for (std::size_t i = from; i < to; ++i) {
        depth += all[i] == "(" ? 1 : all[i] == ")" ? -1 : 0;
        if (all[i] == "," && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back().push_back(all[i]);
        }
    }
    return parts;
}

std::string shape_of(const symbols& all) {
    static const std::set<std::string> query = {"word select", "word with", "word values", "word table"};
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool opens = all[i] == "(" && i > 0;
        if (opens && all[i - 1] == "word in" && query.count(all.at(i + 1)) == 0) {
            const std::size_t end = closing(all, i);
            out += "( " + listed(comma_parts(all, i + 1, end)) + " ) ";
            i = end;
        } else if (opens && all[i - 1] == "word values") {
            std::vector<symbols> rows;
            std::size_t end = closing(all, i);
            rows.emplace_back(all.begin() + static_cast<long>(i), all.begin() + static_cast<long>(end) + 1);
            while (end + 2 < all.size() && all[end + 1] == "," && all[end + 2] == "(") {
                const std::size_t next = end + 2;
                end = closing(all, next);
                rows.emplace_back(all.begin() + static_cast<long>(next),
                                  all.begin() + static_cast<long>(end) + 1);
            }
            out += listed(rows) + " ";
            i = end;
        } else {
            out += all[i] + " ";
        }
    }
    return out;
}

bool balanced(const symbols& all) {
    int depth = 0;
    for (const std::string& s : all) {
        depth += s == "(" ? 1 : s == ")" ? -1 : 0;
        if (depth < 0) return false;
    }
    return depth == 0;
}

/// Empty: not for comparing. libpg_query tells wrong ends of U&'...', does not go on with a literal
/// behind a comment, and tokenises characters that its grammar then refuses.
std::string reference(const std::string& text) {
    for (const char* strange : {"u&'", "U&'", "u&\"", "U&\"", "uescape", "UESCAPE"})
        if (text.find(strange) != std::string::npos) return {};
    if (text.find_first_of("\\{}\v") != std::string::npos && text.find('\'') == std::string::npos)
        return {};
    const bool comment_and_literal =
        text.find("--") != std::string::npos && text.find('\'') != std::string::npos;
    const auto tokens = testing::scan(text);
    if (!tokens || comment_and_literal) return {};
    symbols all;
    for (const testing::scanned_token& t : *tokens) {
        const std::string piece = text.substr(t.start, t.end - t.start);
        if (piece == "\\" || piece == "{" || piece == "}" || piece == "$" || piece == "\v") return {};
        all.push_back(symbol_of(t, piece));
    }
    if (!balanced(all)) return {};
    return "shape: " + shape_of(without_signs(all));
}

std::vector<std::string> statements_of_files() {
    std::vector<std::string> out;
    for (const auto& f : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/sql")) {
        std::ifstream in(f.path(), std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        for (const std::string& s : testing::split(text.str(), ';'))
            if (s.find("$$") == std::string::npos) out.push_back(s);
    }
    return out;
}

/// Texts that differ from one in places which a digest must see or must not.
std::string mutated(const std::string& text, std::mt19937& random) {
    const auto tokens = testing::scan(text);
    if (!tokens || tokens->empty()) return text;
    static const std::vector<std::string> others = {
        "7",    "'x'",  "-1",   "+ 2.5", "$3",   "a",     "A",        "\"a\"",         "(1)",
        "1, 2", "a, a", "null", "now()", "'now'", "1, -1", "in (1,2)", "values (1), (2)", "::int"};
    const testing::scanned_token& t = (*tokens)[random() % tokens->size()];
    std::string out = text;
    const std::string blank = random() % 2 == 0 ? " " : " /* c */\n";
    if (random() % 3 == 0) return out.insert(t.start, blank);
    return out.replace(t.start, t.end - t.start, blank + others[random() % others.size()] + blank);
}

class comparison {
public:
    void take(const std::string& text) {
        const std::string shape = reference(text);
        if (shape.empty()) return;
        const digest_result made = make_digest(text, key);
        ASSERT_TRUE(made.well_formed) << text;
        const auto by_shape = digests_.emplace(shape, std::pair(made.shape, text)).first->second;
        ASSERT_EQ(by_shape.first, made.shape) << by_shape.second << "\n" << text << "\n" << shape;
        const auto by_digest = shapes_.emplace(made.shape, std::pair(shape, text)).first->second;
        ASSERT_EQ(by_digest.first, shape) << by_digest.second << "\n" << text;
        ++taken_;
    }
    int taken() const { return taken_; }
    std::size_t shapes() const { return shapes_.size(); }

private:
    std::map<std::string, std::pair<digest, std::string>> digests_;
    std::map<digest, std::pair<std::string, std::string>> shapes_;
    int taken_ = 0;
};

TEST(digest_reference, has_one_digest_for_one_shape_of_postgresqls_scanner) {
    comparison all;
    std::vector<std::string> corpus = statements_of_files();
    for (const auto& c : testing::all_cases()) corpus.push_back(c.statement);
    for (const std::string& text : corpus) ASSERT_NO_FATAL_FAILURE(all.take(text));
    EXPECT_GT(all.taken(), 450);
    std::mt19937 random(99);
    for (const std::string& text : corpus) {
        for (int round = 0; round < 40; ++round) {
            std::string other = mutated(text, random);
            ASSERT_NO_FATAL_FAILURE(all.take(other));
            ASSERT_NO_FATAL_FAILURE(all.take(mutated(other, random)));
        }
    }
    EXPECT_GT(all.taken(), 20'000);
    EXPECT_GT(all.shapes(), 5'000u);
    EXPECT_LT(all.shapes(), static_cast<std::size_t>(all.taken()) * 4 / 5);
}

}  // namespace
}  // namespace weir::query
