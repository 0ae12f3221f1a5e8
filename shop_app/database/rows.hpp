// The rows of one statement. Owns libpq's result; columns are read by position.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>

namespace shop::database {

class rows {
public:
    explicit rows(PGresult* result) : result_(result) {}

    int count() const { return PQntuples(result_.get()); }
    bool is_empty() const { return count() == 0; }

    // The command tag: what the server says it has done.
    std::string tag() const { return PQcmdStatus(result_.get()); }

    // A NULL reads as "".
    std::string text(int row, int column) const;
    std::int64_t number(int row, int column) const;

private:
    struct clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    std::unique_ptr<PGresult, clear> result_;
};

}  // namespace shop::database
