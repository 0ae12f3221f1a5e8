// statement_names: which names a client has given to which statements, with the changes whose replies
// are still owed. A change counts at once for what follows in the pipeline and is undone where the
// server's answer is an error.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/ring.hpp"
#include "session/statement.hpp"

namespace weir::session {

class statement_names {
public:
    /// Nothing where the name is not known. The unnamed statement is the empty name.
    statement_ptr find(std::string_view name) const;
    /// An unnamed statement replaces the last one; a named one must not exist.
    void add(std::string_view name, statement_ptr what);
    void remove(std::string_view name);
    /// All but the unnamed one, as DEALLOCATE ALL and DISCARD ALL do. One change.
    void remove_all();

    /// For good, whatever becomes of changes that are not settled.
    void forget_unnamed();
    /// The named ones as they stood before the changes that are not settled.
    std::map<std::string, statement_ptr, std::less<>> before() const;

    /// The oldest change has been answered: it stands.
    void settle_oldest();
    /// An error: every change not settled yet was refused or skipped with it, and is undone.
    void undo_all();
    bool has_unsettled() const { return !unsettled_.empty(); }

    std::size_t size() const { return names_.size(); }

private:
    using table = std::map<std::string, statement_ptr, std::less<>>;
    struct change {
        std::string name;
        statement_ptr before;         // null: the name was not there
        std::optional<table> all = {};  // of remove_all(): what there was
    };
    void note(std::string_view name);

    table names_;
    ring<change> unsettled_;
};

}  // namespace weir::session
