// Values, statements with and without a name, errors, transactions.
#include <cstdint>
#include <cstring>

#include "cases.hpp"
#include "session.hpp"

namespace {

void values_as_text(const client&) {
    const session own;
    const result got = own.run(
        "select $1::int, $2::bigint, $3::text, $4::bytea, $5::text, $6::bool, $7::numeric, "
        "$8::date, "
        "$9::interval, $10::int[], $11::jsonb",
        {"7", "1099511627776", "t\xc3\xa9 \xf0\x9f\x8c\x8a", "\\x00ff", std::nullopt, "true",
         "1.50", "2024-02-29", "5 hours", "{1,2,3}", "{\"a\": 1}"});
    check_equal(
        got.all(),
        "7,1099511627776,t\xc3\xa9 \xf0\x9f\x8c\x8a,\\x00ff,(null),t,1.50,2024-02-29,05:00:00,"
        "{1,2,3},{\"a\": 1}",
        "values");
    check(PQftype(got.raw(), 3) == 17 && PQftype(got.raw(), 10) == 3802, "types of the columns");
}

void values_in_binary(const client&) {
    const session own;
    const unsigned char number[] = {0, 0, 0x30, 0x39};
    const char bytes[] = {'\0', '\x7f', '\xff', '\0'};
    const char* values[] = {reinterpret_cast<const char*>(number), bytes, nullptr};
    const int lengths[] = {4, 4, 0};
    const int formats[] = {1, 1, 1};
    const Oid types[] = {23, 17, 25};
    for (int turn = 0; turn < 3; ++turn) {
        const result got(PQexecParams(own.raw(), "select $1, $2, $3, 1::int8 << 40", 3, types,
                                      values, lengths, formats, 1));
        got.must_be(PGRES_TUPLES_OK, "binary values");
        check(PQfformat(got.raw(), 0) == 1, "the answer is binary");
        check_equal(got.value(0, 0), std::string("\0\0\x30\x39", 4), "int4");
        check_equal(got.value(0, 1), std::string(bytes, 4), "bytea");
        check(PQgetisnull(got.raw(), 0, 2) == 1, "null");
        check_equal(got.value(0, 3), std::string("\0\0\x01\0\0\0\0\0", 8), "int8");
    }
}

void named_statements(const client& who) {
    const session own;
    const std::string mark = std::to_string(who.number * 1000);
    for (const char* name : {"one", "two", "three"}) {
        own.prepare(name, std::string("select '") + name + "', $1::int + " + mark);
    }
    for (int turn = 0; turn < 10; ++turn) {
        for (const std::string name : {"one", "two", "three"}) {
            check_equal(own.run_prepared(name, {std::to_string(turn)}).all(),
                        name + "," + std::to_string(who.number * 1000 + turn), "prepared " + name);
        }
    }
    const result described(PQdescribePrepared(own.raw(), "two"));
    described.must_be(PGRES_COMMAND_OK, "describe");
    check(PQnparams(described.raw()) == 1 && PQparamtype(described.raw(), 0) == 23,
          "its parameters");
    check(PQnfields(described.raw()) == 2 && PQftype(described.raw(), 1) == 23, "its columns");
}

void misuse_of_names(const client&) {
    const session own;
    own.prepare("taken", "select 1");
    const result twice(PQprepare(own.raw(), "taken", "select 2", 0, nullptr));
    check_equal(twice.sqlstate(), "42P05", "a name prepared twice");
    check_equal(own.run_prepared("taken", {}).value(), "1", "the first one stays");
    const result missing(PQexecPrepared(own.raw(), "missing", 0, nullptr, nullptr, nullptr, 0));
    check_equal(missing.sqlstate(), "26000", "an unknown name");
    const result portal(PQdescribePortal(own.raw(), "nowhere"));
    check_equal(portal.sqlstate(), "34000", "an unknown portal");
    const result wrong(PQprepare(own.raw(), "wrong", "selec 1", 0, nullptr));
    check_equal(wrong.sqlstate(), "42601", "a statement that does not parse");
    own.prepare("wrong", "select 3");
    check_equal(own.run_prepared("wrong", {}).value(), "3", "its name is still free");
    own.is_alive();
}

void one_name_space_with_sql(const client& who) {
    const session own;
    const std::string mark = std::to_string(who.number);
    own.run("prepare by_sql (int) as select $1 + " + mark);
    check_equal(own.run_prepared("by_sql", {"100"}).value(), std::to_string(100 + who.number),
                "PREPARE, then Bind");
    own.prepare("by_protocol", "select $1::int * 2 + " + mark);
    check_equal(own.value("execute by_protocol (50)"), std::to_string(100 + who.number),
                "Parse, then EXECUTE");
    check_equal(own.run("select name, from_sql from pg_prepared_statements order by name").all(),
                "by_protocol,f;by_sql,t", "pg_prepared_statements");
    own.run("deallocate by_protocol");
    const result gone(PQexecPrepared(own.raw(), "by_protocol", 0, nullptr, nullptr, nullptr, 0));
    check_equal(gone.sqlstate(), "26000", "after DEALLOCATE");
    own.fails("prepare by_sql as select 1", "42P05");
    own.run("deallocate all");
    own.fails("execute by_sql (1)", "26000");
    check_equal(own.value("select count(*) from pg_prepared_statements"), "0",
                "after DEALLOCATE ALL");
}

void errors_and_recovery(const client& who) {
    const session own;
    const std::pair<std::string, std::string> wrong[] = {
        {"select 1/0", "22012"},
        {"selec 1", "42601"},
        {"select * from missing_table", "42P01"},
        {"select missing_column", "42703"},
        {"select missing_function()", "42883"},
        {"select 'x'::int", "22P02"},
        {"insert into " + who.table + " values (1, 'twice')", "23505"},
        {"insert into " + who.table + " values (null, 'x')", "23502"},
        {"rollback to nowhere", "25P01"},
        {"set nonsense = 1", "42704"},
        {"select 1; select 1/0; select 2", "22012"},
    };
    for (const auto& [sql, code] : wrong) {
        own.fails(sql, code);
        if (sql.find(';') == std::string::npos) {
            const result got(
                PQexecParams(own.raw(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
            check_equal(got.sqlstate(), code, sql + ", extended");
            own.is_alive();
        }
    }
    const result twice = own.fails("insert into " + who.table + " values (1, 'twice')", "23505");
    check_equal(twice.field(PG_DIAG_TABLE_NAME), who.table, "the error's table");
    check_equal(twice.field(PG_DIAG_CONSTRAINT_NAME), who.table + "_pkey",
                "the error's constraint");
    check_equal(twice.field(PG_DIAG_MESSAGE_DETAIL), "Key (id)=(1) already exists.",
                "the error's detail");
    check_equal(own.fails("select  nowhere", "42703").field(PG_DIAG_STATEMENT_POSITION), "9",
                "the error's position");
}

void transactions(const client& who) {
    const session own;
    own.run("begin");
    check(own.transaction() == PQTRANS_INTRANS, "in a transaction after BEGIN");
    own.run("insert into " + who.table + " values (100, 'kept')");
    own.run("savepoint s");
    own.fails("insert into " + who.table + " values (100, 'twice')", "23505");
    check(own.transaction() == PQTRANS_INERROR, "the transaction failed");
    own.fails("select 1", "25P02");
    own.run("rollback to s");
    own.run("insert into " + who.table + " values (101, 'kept too')");
    check_equal(own.run("commit").tag(), "COMMIT", "tag");
    check(own.transaction() == PQTRANS_IDLE, "idle after COMMIT");
    own.run("begin");
    own.run("delete from " + who.table);
    check_equal(own.value("select count(*) from " + who.table), "0", "inside");
    own.run("rollback");
    check_equal(own.value("select string_agg(word, '+' order by id) from " + who.table +
                          " where id in (100, 101)"),
                "kept+kept too", "after ROLLBACK");
    own.run("begin");
    own.fails("select 1/0", "22012");
    check_equal(own.run("commit").tag(), "ROLLBACK", "COMMIT of a failed transaction");
    own.run("delete from " + who.table + " where id in (100, 101)");
}

void isolation_and_read_only(const client& who) {
    const session own;
    own.run("begin isolation level repeatable read");
    check_equal(own.value("show transaction_isolation"), "repeatable read", "isolation");
    own.run("commit");
    own.run("begin read only");
    check_equal(own.value("select count(*) from " + who.table + " where id <= 10"), "10", "a read");
    own.fails("insert into " + who.table + " values (500, 'no')", "25006");
    own.run("rollback");
    own.run("begin; select 1; commit");
    own.run("start transaction");
    check_equal(own.value("show transaction_read_only"), "off", "read-write");
    own.run("rollback");
    check_equal(own.value("select pg_is_in_recovery()"), "f", "as the primary answers");
}

void several_statements_in_one_query(const client& who) {
    const session own;
    const std::string sql = "select 1; update " + who.table +
                            " set word = word; select 2, 3; ; begin; " + "insert into " +
                            who.table + " values (700, 'x'); rollback; select 4";
    check(PQsendQuery(own.raw(), sql.c_str()) == 1, "send");
    std::string tags;
    while (const result got = own.next()) {
        check(got.status() == PGRES_TUPLES_OK || got.status() == PGRES_COMMAND_OK,
              PQresultErrorMessage(got.raw()));
        tags += (tags.empty() ? "" : " ") + got.tag();
    }
    check_equal(tags, "SELECT 1 UPDATE 10 SELECT 1 BEGIN INSERT 0 1 ROLLBACK SELECT 1", "tags");
    own.run("insert into " + who.table + " values (701, 'a'); insert into " + who.table +
            " values (702, 'b')");
    own.fails("delete from " + who.table + " where id = 701; select 1/0", "22012");
    check_equal(own.value("select count(*) from " + who.table + " where id in (701, 702)"), "2",
                "an implicit transaction is undone as a whole");
    own.run("delete from " + who.table + " where id in (701, 702)");
    check(own.run("").status() == PGRES_EMPTY_QUERY, "an empty query");
}

void reads_own_writes(const client& who) {
    const session own;
    for (int turn = 2000; turn < 2040; ++turn) {
        const std::string id = std::to_string(turn);
        own.run("insert into " + who.table + " values ($1::int, 'own')", {id});
        check_equal(own.run("select id from " + who.table + " where id = $1::int", {id}).all(), id,
                    "what was just written");
    }
    check_equal(own.run("delete from " + who.table + " where id >= 2000").tag(), "DELETE 40",
                "tag");
    check_equal(own.value("select count(*) from " + who.table + " where id >= 2000"), "0",
                "deleted");
}

void changed_result_type(const client& who) {
    const session own;
    const std::string table = "changing" + std::to_string(who.number);
    own.run("drop table if exists " + table + "; create table " + table + " (a int); insert into " +
            table + " values (1)");
    own.prepare("changing", "select * from " + table);
    check_equal(own.run_prepared("changing", {}).all(), "1", "before");
    own.run("alter table " + table + " add column b text default 'new'");
    const result refused(PQexecPrepared(own.raw(), "changing", 0, nullptr, nullptr, nullptr, 0));
    refused.must_be(PGRES_FATAL_ERROR, "after ALTER TABLE");
    check_equal(refused.sqlstate(), "0A000", "after ALTER TABLE");
    check_equal(refused.field(PG_DIAG_SOURCE_FUNCTION), "RevalidateCachedQuery",
                "the routine drivers look at");
    own.run("deallocate changing");
    own.prepare("changing", "select * from " + table);
    check_equal(own.run_prepared("changing", {}).all(), "1,new", "prepared again");
    own.run("drop table " + table);
}

}  // namespace

const std::vector<named_case> query_cases = {
    {"values_as_text", values_as_text},
    {"values_in_binary", values_in_binary},
    {"named_statements", named_statements},
    {"misuse_of_names", misuse_of_names},
    {"one_name_space_with_sql", one_name_space_with_sql},
    {"errors_and_recovery", errors_and_recovery},
    {"transactions", transactions},
    {"isolation_and_read_only", isolation_and_read_only},
    {"several_statements_in_one_query", several_statements_in_one_query},
    {"reads_own_writes", reads_own_writes},
    {"changed_result_type", changed_result_type},
};
