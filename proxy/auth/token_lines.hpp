// token_lines: what pg_hba.conf and pg_ident.conf have in common: lines of fields, fields of tokens, quotes,
// comments, continued lines, @file and include (manual, 21.1). Reads files through the functions it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::auth {

/// What is wrong in one of the files.
struct complaint {
    std::string file;
    std::uint32_t line = 0;
    std::string message;
    std::string hint = {};

    bool operator==(const complaint&) const = default;
};

struct token {
    std::string text;
    bool quoted = false;  // began with a quote: no keyword, no role, no file

    bool operator==(const token&) const = default;
};

using field = std::vector<token>;  // never empty

struct token_line {
    std::string file;
    std::uint32_t number = 0;  // 1-based; of the first of continued lines
    std::vector<field> fields;
};

/// What is read besides the text: the contents of a file, the paths of a directory's files, or what is in the way.
struct file_access {
    struct missing {
        std::string why;
    };
    std::function<std::variant<std::string, missing>(const std::string& path)> read;
    std::function<std::variant<std::vector<std::string>, missing>(const std::string& directory)> list;
};

struct token_lines {
    std::vector<token_line> lines;
    std::vector<complaint> faults;
};

/// The lines of a file and of all that it includes, ten files deep at most. A relative path starts where the file is
/// that names it.
token_lines read_token_lines(const std::string& path, const file_access& files);

}  // namespace weir::auth
