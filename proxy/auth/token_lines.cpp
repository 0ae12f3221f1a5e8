#include "auth/token_lines.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::auth {
namespace {

constexpr int deepest = 10;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

std::string beside(const std::string& from, const std::string& path) {
    if (path.starts_with('/')) return path;
    const auto slash = from.rfind('/');
    return slash == std::string::npos ? path : from.substr(0, slash + 1) + path;
}

/// One line from the left, as next_token() of PostgreSQL's hba.c reads it.
class line_scanner {
public:
    explicit line_scanner(std::string_view line) : line_(line) {}

    /// Nothing is left but blanks and a comment.
    bool at_end() {
        while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
        return at_ == line_.size() || line_[at_] == '#';
    }

    /// The next token of a field; comma_follows: the field goes on. Nothing: a quote is not closed.
    std::optional<token> next(bool& comma_follows) {
        token made;
        comma_follows = false;
        while (at_ < line_.size() && (is_blank(line_[at_]) || line_[at_] == ',')) ++at_;
        made.quoted = at_ < line_.size() && line_[at_] == '"';
        bool in_quotes = false;
        for (; at_ < line_.size(); ++at_) {
            const char c = line_[at_];
            if (!in_quotes && (is_blank(c) || c == '#')) break;
            if (!in_quotes && c == ',') {
                comma_follows = true;
                ++at_;
                break;
            }
            if (c != '"') {
                made.text += c;
            } else if (in_quotes && at_ + 1 < line_.size() && line_[at_ + 1] == '"') {
                made.text += '"';
                ++at_;
            } else {
                in_quotes = !in_quotes;
            }
        }
        if (in_quotes) return std::nullopt;
        return made;
    }

private:
    std::string_view line_;
    std::size_t at_ = 0;
};

class file_reader {
public:
    file_reader(const file_access& files, token_lines& out) : files_(files), out_(out) {}

    void read(const std::string& path, std::optional<complaint> named_by, bool may_be_missing = false);

private:
    using line_function = std::function<void(std::string_view line, std::uint32_t number)>;

    void complain(std::uint32_t line, std::string message, std::string hint = {}) {
        out_.faults.push_back({file_, line, std::move(message), std::move(hint)});
    }
    static void each_line(std::string_view text, const line_function& take);
    void take_line(std::string_view text, std::uint32_t number);
    std::optional<field> take_field(line_scanner& line, std::uint32_t number);
    void add_names_of(const std::string& path, std::uint32_t number, field& to);
    bool take_include(const token_line& line);
    void include_directory(const std::string& path, std::uint32_t number);

    const file_access& files_;
    token_lines& out_;
    std::string file_;
    int depth_ = 0;
};

void file_reader::each_line(std::string_view text, const line_function& take) {
    std::string joined;
    std::uint32_t number = 0;
    std::uint32_t began = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (joined.empty()) began = number;
        joined += line;
        if (joined.ends_with('\\') && !text.empty()) {
            joined.back() = ' ';
            continue;
        }
        take(joined, began);
        joined.clear();
    }
}

void file_reader::read(const std::string& path, std::optional<complaint> named_by, bool may_be_missing) {
    if (depth_ >= deepest) {
        named_by->message = path + " would be the " + std::to_string(deepest + 1) + "th file included one by the other";
        out_.faults.push_back(std::move(*named_by));
        return;
    }
    const auto text = files_.read(path);
    if (const auto* missing = std::get_if<file_access::missing>(&text)) {
        if (may_be_missing) return;
        if (!named_by) named_by = complaint{path, 0, "", ""};
        named_by->message = path + " " + missing->why;
        out_.faults.push_back(std::move(*named_by));
        return;
    }
    const std::string before = std::exchange(file_, path);
    ++depth_;
    each_line(std::get<std::string>(text), [this](std::string_view line, std::uint32_t number) { take_line(line, number); });
    --depth_;
    file_ = before;
}

void file_reader::take_line(std::string_view text, std::uint32_t number) {
    if (text.find('\0') != std::string_view::npos) return complain(number, "a NUL byte");
    line_scanner scan(text);
    token_line line{file_, number, {}};
    while (!scan.at_end()) {
        auto next = take_field(scan, number);
        if (!next) return;
        if (!next->empty()) line.fields.push_back(std::move(*next));
    }
    if (line.fields.empty() || take_include(line)) return;
    out_.lines.push_back(std::move(line));
}

/// Nothing: it is wrong, and that is noted. Empty: a file that names nobody.
std::optional<field> file_reader::take_field(line_scanner& line, std::uint32_t number) {
    field made;
    bool more = true;
    while (more) {
        auto next = line.next(more);
        if (!next) {
            complain(number, "a quote is not closed");
            return std::nullopt;
        }
        if (!next->quoted && next->text.size() > 1 && next->text.starts_with('@')) {
            add_names_of(beside(file_, next->text.substr(1)), number, made);
        } else if (next->quoted || !next->text.empty()) {
            made.push_back(std::move(*next));
        }
        if (more && line.at_end()) more = false;
    }
    return made;
}

/// "@file" stands for all names in it, however they are set out.
void file_reader::add_names_of(const std::string& path, std::uint32_t number, field& to) {
    token_lines inside;
    file_reader reader(files_, inside);
    reader.depth_ = depth_;
    reader.read(path, complaint{file_, number, "", ""});
    for (auto& line : inside.lines)
        for (auto& each : line.fields)
            for (auto& name : each) to.push_back(std::move(name));
    for (auto& fault : inside.faults) out_.faults.push_back(std::move(fault));
}

bool file_reader::take_include(const token_line& line) {
    const auto& first = line.fields.front().front();
    if (first.quoted || !first.text.starts_with("include")) return false;
    const bool is_one = first.text == "include" || first.text == "include_if_exists" || first.text == "include_dir";
    if (!is_one) return false;
    if (line.fields.size() != 2 || line.fields[1].size() != 1) {
        complain(line.number, first.text + " names one path");
        return true;
    }
    const std::string path = beside(file_, line.fields[1].front().text);
    if (first.text == "include_dir") {
        include_directory(path, line.number);
    } else {
        read(path, complaint{file_, line.number, "", ""}, first.text == "include_if_exists");
    }
    return true;
}

/// As PostgreSQL: what ends in ".conf" and does not begin with a point, in the order of the names.
void file_reader::include_directory(const std::string& path, std::uint32_t number) {
    auto found = files_.list(path);
    if (const auto* missing = std::get_if<file_access::missing>(&found))
        return complain(number, path + " " + missing->why);
    auto& names = std::get<std::vector<std::string>>(found);
    std::sort(names.begin(), names.end());
    for (const auto& name : names)
        if (name.ends_with(".conf") && !name.starts_with('.'))
            read(path + (path.ends_with('/') ? "" : "/") + name, complaint{file_, number, "", ""});
}

}  // namespace

token_lines read_token_lines(const std::string& path, const file_access& files) {
    token_lines made;
    file_reader(files, made).read(path, std::nullopt);
    return made;
}

}  // namespace weir::auth
