// files: what token_lines reads, in memory.
#pragma once

#include <map>
#include <string>

#include "auth/token_lines.hpp"

namespace weir::auth {

struct files {
    std::map<std::string, std::string> texts;

    file_access access() const {
        file_access made;
        made.read = [this](const std::string& path) -> std::variant<std::string, file_access::missing> {
            const auto found = texts.find(path);
            if (found == texts.end()) return file_access::missing{"cannot be read"};
            return found->second;
        };
        made.list = [this](const std::string& directory) -> std::variant<std::vector<std::string>, file_access::missing> {
            std::vector<std::string> names;
            for (const auto& [path, text] : texts)
                if (path.starts_with(directory + "/")) names.push_back(path.substr(directory.size() + 1));
            if (names.empty()) return file_access::missing{"cannot be read"};
            return names;
        };
        return made;
    }
    token_lines read(const std::string& text) {
        texts["/etc/hba.conf"] = text;
        return read_token_lines("/etc/hba.conf", access());
    }
};

/// "line: message" of each.
inline std::vector<std::string> told(const std::vector<complaint>& all) {
    std::vector<std::string> made;
    for (const auto& c : all) made.push_back(std::to_string(c.line) + ": " + c.message);
    return made;
}

}  // namespace weir::auth
