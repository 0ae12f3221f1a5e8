#include "database/work.hpp"

namespace shop::database {

open_transaction::~open_transaction() {
    if (is_over_) return;
    try {
        on_.run("ROLLBACK");
    } catch (const failure&) {
        // The server rolls back a transaction whose connection ends.
    }
}

void open_transaction::commit() {
    is_over_ = true;
    try {
        // COMMIT of a failed transaction is no error: it answers ROLLBACK.
        if (on_.run("COMMIT").tag() == "COMMIT") return;
    } catch (const failure& error) {
        const bool is_rolled_back =
            error.kind() == failure_kind::conflict || error.kind() == failure_kind::refused;
        if (is_rolled_back) throw;
        throw failure(failure_kind::unknown, error.sqlstate(), error.what());
    }
    throw failure(failure_kind::refused, "25P02", "COMMIT was answered with ROLLBACK");
}

}  // namespace shop::database
