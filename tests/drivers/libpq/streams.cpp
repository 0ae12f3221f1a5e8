// What is long: COPY both ways, results row by row, cursors, large objects, large values.
#include <libpq/libpq-fs.h>

#include <algorithm>

#include "cases.hpp"
#include "session.hpp"

namespace {

void put(const session& own, const std::string& data) {
    check(PQputCopyData(own.raw(), data.data(), static_cast<int>(data.size())) == 1,
          "put copy data");
}

result end_copy(const session& own, const char* error = nullptr) {
    check(PQputCopyEnd(own.raw(), error) == 1, "end of copy");
    result last = own.next();
    own.no_more("copy");
    return last;
}

std::string copied_out(const session& own, const std::string& sql) {
    own.run("select 1");
    check(PQsendQuery(own.raw(), sql.c_str()) == 1, "send");
    own.next_must_be(PGRES_COPY_OUT, sql);
    std::string all;
    char* piece = nullptr;
    int length = 0;
    while ((length = PQgetCopyData(own.raw(), &piece, 0)) > 0) {
        all.append(piece, static_cast<std::size_t>(length));
        PQfreemem(piece);
    }
    check(length == -1, std::string("copy out: ") + PQerrorMessage(own.raw()));
    own.next_must_be(PGRES_COMMAND_OK, sql);
    own.no_more(sql);
    return all;
}

void copy_in_and_out(const client& who) {
    const session own;
    result(PQexec(own.raw(), ("copy " + who.table + " from stdin").c_str()))
        .must_be(PGRES_COPY_IN, "copy");
    std::string wanted;
    for (int id = 10000; id < 15000; ++id) {
        const std::string line = std::to_string(id) + "\tcopied " + std::to_string(id) + "\n";
        put(own, line);
        wanted += line;
    }
    check_equal(end_copy(own).must_be(PGRES_COMMAND_OK, "copy in").tag(), "COPY 5000", "tag");
    const std::string out = copied_out(own, "copy (select id, word from " + who.table +
                                                " where id >= 10000 order by id) to stdout");
    check(out == wanted, "what was copied in comes out");
    check_equal(copied_out(own, "copy (select 1, null, E'a\\tb') to stdout (format csv)"),
                "1,,a\tb\n", "csv");
    own.run("delete from " + who.table + " where id >= 10000");
    own.is_alive();
}

void binary_copy(const client& who) {
    const session own;
    const std::string out = copied_out(own,
                                       "copy (select i, 'binary'::text from generate_series(20000, "
                                       "20999) i) to stdout (format binary)");
    check_equal(out.substr(0, 11), std::string("PGCOPY\n\377\r\n\0", 11), "signature");
    result(PQexec(own.raw(), ("copy " + who.table + " from stdin (format binary)").c_str()))
        .must_be(PGRES_COPY_IN, "copy");
    for (std::size_t at = 0; at < out.size(); at += 777) {  // pieces that do not end where rows do
        put(own, out.substr(at, 777));
    }
    check_equal(end_copy(own).must_be(PGRES_COMMAND_OK, "binary copy in").tag(), "COPY 1000",
                "tag");
    check_equal(own.value("select sum(id) from " + who.table + " where word = 'binary'"),
                "20499500", "sum");
    own.run("delete from " + who.table + " where id >= 10000");
}

void copies_that_fail(const client& who) {
    const session own;
    const std::string copy = "copy " + who.table + " from stdin";
    result(PQexec(own.raw(), copy.c_str())).must_be(PGRES_COPY_IN, "copy");
    put(own, "20000\tnever\n");
    check_equal(end_copy(own, "given up").sqlstate(), "57014", "CopyFail");
    own.is_alive();
    result(PQexec(own.raw(), copy.c_str())).must_be(PGRES_COPY_IN, "copy");
    put(own, "20000\tok\nnonsense\tx\n");
    for (int turn = 0; turn < 2000; ++turn) {  // it has failed by now, and is still fed
        put(own, "20001\t" + std::string(100, 'y') + "\n");
    }
    check_equal(end_copy(own).sqlstate(), "22P02", "an error in the middle");
    own.is_alive();
    own.fails("copy missing_table from stdin", "42P01");
    own.fails("copy (select 1/0) to stdout", "22012");
    own.run("begin");
    result(PQexec(own.raw(), copy.c_str())).must_be(PGRES_COPY_IN, "copy");
    put(own, "1\ttwice\n");
    check_equal(end_copy(own).sqlstate(), "23505", "in a transaction");
    check(own.transaction() == PQTRANS_INERROR, "the transaction failed");
    own.run("rollback");
    check_equal(own.value("select count(*) from " + who.table + " where id >= 10000"), "0",
                "nothing stayed");
}

void copy_by_the_extended_protocol(const client& who) {
    const session own;
    own.send("copy " + who.table + " from stdin");
    own.next_must_be(PGRES_COPY_IN, "extended copy");
    put(own, "20100\textended\n");
    check_equal(end_copy(own).must_be(PGRES_COMMAND_OK, "extended copy").tag(), "COPY 1", "tag");
    own.prepare("out", "copy (select word from " + who.table + " where id = 20100) to stdout");
    for (int turn = 0; turn < 3; ++turn) {
        own.send_prepared("out", {});
        own.next_must_be(PGRES_COPY_OUT, "prepared copy");
        char* piece = nullptr;
        const int length = PQgetCopyData(own.raw(), &piece, 0);
        check(length == 9, "one line");
        check_equal(std::string(piece, 9), "extended\n", "its text");
        PQfreemem(piece);
        check(PQgetCopyData(own.raw(), &piece, 0) == -1, "no more");
        own.next_must_be(PGRES_COMMAND_OK, "prepared copy");
        own.no_more("prepared copy");
    }
    own.run("delete from " + who.table + " where id >= 10000");
}

void row_by_row(const client&) {
    const session own;
    own.send("select i, repeat('r', 100) from generate_series(1, $1::int) i", {"20000"});
    check(PQsetSingleRowMode(own.raw()) == 1, "single row mode");
    long long sum = 0;
    while (const result got = own.next()) {
        if (got.status() == PGRES_TUPLES_OK) {
            check(got.rows() == 0, "the last one has no row");
            continue;
        }
        got.must_be(PGRES_SINGLE_TUPLE, "a row");
        sum += std::stoll(got.value());
    }
    check(sum == 200010000, "sum");
    own.send("select 10 / (5 - i) from generate_series(1, 10) i");
    check(PQsetSingleRowMode(own.raw()) == 1, "single row mode");
    std::string seen;
    while (const result got = own.next()) {
        seen += got.status() == PGRES_SINGLE_TUPLE ? got.value() + " " : got.sqlstate();
    }
    check_equal(seen, "2 3 5 10 22012", "rows, then an error");
    own.is_alive();
}

void cursors(const client& who) {
    const session own;
    own.run("begin");
    own.run("declare c cursor for select i from generate_series(1, 1000) i");
    check_equal(own.run("fetch 3 from c").all(), "1;2;3", "fetch");
    check_equal(own.run("move 500 in c").tag(), "MOVE 500", "move");
    own.run("update " + who.table + " set word = word where id = 4");
    check_equal(own.run("fetch 1 from c").all(), "504", "after a write");
    result described(PQdescribePortal(own.raw(), "c"));
    check(PQnfields(described.raw()) == 1, "describe of a portal that SQL declared");
    own.run("close c");
    own.fails("fetch 1 from c", "34000");
    own.run("rollback");
    own.fails("declare c cursor for select 1", "25P01");
    own.fails("fetch 1 from c", "34000");
}

void held_cursors(const client&) {
    const session own;
    own.run(
        "begin; declare h cursor with hold for select i from generate_series(1, 100) i; commit");
    check_equal(own.run("fetch 2 from h").all(), "1;2", "after COMMIT");
    own.is_alive();
    check_equal(own.run("fetch 2 from h").all(), "3;4", "the same cursor");
    own.run("close h");
    own.fails("fetch 1 from h", "34000");
}

void large_objects(const client&) {
    const session own;
    own.run("begin");
    const Oid object = lo_creat(own.raw(), INV_READ | INV_WRITE);
    check(object != 0, "create");
    int handle = lo_open(own.raw(), object, INV_READ | INV_WRITE);
    check(handle >= 0, "open");
    std::string data(300000, '\0');
    for (std::size_t at = 0; at < data.size(); ++at) {
        data[at] = static_cast<char>(at * 7);
    }
    check(lo_write(own.raw(), handle, data.data(), data.size()) == 300000, "write");
    check(lo_lseek64(own.raw(), handle, 100000, SEEK_SET) == 100000, "seek");
    std::string piece(1000, '\0');
    check(lo_read(own.raw(), handle, piece.data(), piece.size()) == 1000, "read");
    check(piece == data.substr(100000, 1000), "the bytes at 100000");
    check(lo_close(own.raw(), handle) == 0, "close");
    own.run("commit");
    own.run("begin");
    handle = lo_open(own.raw(), object, INV_READ);
    check(handle >= 0, "open again");
    std::string again(data.size(), '\0');
    check(lo_read(own.raw(), handle, again.data(), again.size()) == 300000 && again == data,
          "read all");
    own.run("commit");
    check(lo_unlink(own.raw(), object) == 1, "unlink");
    own.run("begin");
    check(lo_open(own.raw(), object, INV_READ) < 0, "it is gone");
    own.run("rollback");
    own.is_alive();
}

void large_values(const client& who) {
    const session own;
    const std::string large(3000000, 'v');
    check(own.run("select $1::text", {large}).value() == large, "there and back");
    own.run("update " + who.table + " set word = $1 where id = 10", {large});
    check(own.value("select word from " + who.table + " where id = 10") == large, "stored");
    own.run("update " + who.table + " set word = 'word 10' where id = 10");
    check(own.run("select repeat('z', 20000) from generate_series(1, 200)").rows() == 200,
          "many large rows");
}

}  // namespace

const std::vector<named_case> stream_cases = {
    {"copy_in_and_out", copy_in_and_out},
    {"binary_copy", binary_copy},
    {"copies_that_fail", copies_that_fail},
    {"copy_by_the_extended_protocol", copy_by_the_extended_protocol},
    {"row_by_row", row_by_row},
    {"cursors", cursors},
    {"held_cursors", held_cursors},
    {"large_objects", large_objects},
    {"large_values", large_values},
};
