// statement: one text with its parameter types, shared by all sessions of a worker that prepared it, and
// the store that finds it again. Its id names it on every backend connection ("weir_<id>").
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "query/verdict_cache.hpp"

namespace weir::session {

struct statement {
    std::uint64_t id = 0;  // unique in the process, because backends move between workers
    std::string text;
    bytes parameter_types;  // as in the Parse message
    std::shared_ptr<const query::facts> known;
    query::hint wish = query::hint::none;
    query::digest shape = {};

    /// Prepared by SQL's PREPARE, which `text` is; it has no name but the client's.
    bool by_sql() const { return parameter_types == sql_prepare; }
    static constexpr std::string_view sql_prepare = "sql";  // no Parse message has such types

    std::string server_name() const { return server_prefix + std::to_string(id); }
    static constexpr const char* server_prefix = "weir_";
};
using statement_ptr = std::shared_ptr<const statement>;

class statement_store {
public:
    /// The statement of this text and these types; made where no session holds one.
    statement_ptr intern(bytes_view text, bytes_view parameter_types, query::verdict_cache& verdicts);

    /// One that no other session shares: what EXECUTE returns depends on the session's own names.
    statement_ptr make_own(bytes_view text, bytes_view parameter_types, const query::verdict& known);

    /// As intern(), for a BEGIN that Weir sends: nobody holds it between two transactions, and yet it is
    /// to be found prepared by the next. The store itself holds the last few short ones.
    statement_ptr intern_lasting(bytes_view text, bytes_view parameter_types,
                                 query::verdict_cache& verdicts);

    std::size_t size() const { return known_.size(); }

    /// DDL has been seen, by any worker: texts that are prepared from now on are new statements, with
    /// new plans on every connection. Those that sessions hold stay what they are.
    static void tables_changed();
    static std::uint64_t table_changes();

private:
    void forget_unused();

    static constexpr std::size_t lasting_count = 64;
    static constexpr std::size_t lasting_bytes = 256;

    std::unordered_map<std::string, std::weak_ptr<const statement>> known_;
    std::string key_;  // of the one that is looked for: its memory is used again
    std::vector<statement_ptr> lasting_;
    std::size_t next_lasting_ = 0;
    std::size_t purge_at_ = 1024;
    std::uint64_t changes_seen_ = 0;
};

}  // namespace weir::session
