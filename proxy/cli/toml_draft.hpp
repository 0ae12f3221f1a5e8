// toml_draft: a configuration that is being written: sections in order, each with lines and remarks.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

class toml_draft {
public:
    static std::string quoted(std::string_view text) {
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        return out + '"';
    }

    /// value: as TOML.
    void set(const std::string& section, const std::string& key, const std::string& value) {
        line(section, key + " = " + value);
    }
    void remark(const std::string& section, const std::string& words) { line(section, "# " + words); }
    /// What does not map: at the end, each with its reason.
    void leave_out(const std::string& what, const std::string& why) { left_out_.push_back("#   " + what + ": " + why); }

    std::string text() const {
        std::string out = head_;
        for (const auto& s : sections_) {
            out += "\n[" + s.name + "]\n";
            for (const auto& each : s.lines) out += each + '\n';
        }
        if (!left_out_.empty()) out += "\n# Left out:\n";
        for (const auto& each : left_out_) out += each + '\n';
        return out;
    }
    void begin_with(const std::string& words) { head_ += "# " + words + '\n'; }

private:
    struct part {
        std::string name;
        std::vector<std::string> lines;
    };
    void line(const std::string& name, std::string text) {
        auto found = std::find_if(sections_.begin(), sections_.end(), [&](const auto& s) { return s.name == name; });
        if (found == sections_.end()) found = sections_.insert(found, {name, {}});
        found->lines.push_back(std::move(text));
    }

    std::string head_;
    std::vector<part> sections_;
    std::vector<std::string> left_out_;
};

}  // namespace weir::cli
