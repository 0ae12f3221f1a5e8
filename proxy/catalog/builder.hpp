// builder: rows -> a snapshot, and back. The rows of the loader's queries and of a saved snapshot are the
// same lines in COPY's text format; the first field tells the kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "catalog/copy_text.hpp"
#include "catalog/snapshot.hpp"

namespace weir::catalog {

class builder {
public:
    /// line: with or without its end. What is wrong with it, if anything; then nothing comes of the rest.
    std::optional<std::string> add(std::string_view line);
    /// The snapshot of what was added, which is gone from here.
    snapshot_ptr finish(std::uint64_t version);

private:
    bool add_reaches(std::string_view line);
    void add_function(const std::vector<field>& f);
    void add_type(const std::vector<field>& f);
    void add_relation(const std::vector<field>& f);
    void attach();

    contents made_;
    std::vector<std::pair<oid, oid>> children_;  // parent, child
    std::vector<std::pair<object_ref, std::vector<object_ref>>> reaches_;
};

/// A saved snapshot; a fault says what is wrong with it, and in which line.
result<snapshot_ptr> read(std::string_view text, std::uint64_t version = 1);
/// The text that read() takes.
std::string write(const snapshot& what);

/// First field of the first line, and the second: what this Weir reads.
inline constexpr std::string_view format_mark = "weir-catalog";
inline constexpr std::string_view format_number = "1";

}  // namespace weir::catalog
