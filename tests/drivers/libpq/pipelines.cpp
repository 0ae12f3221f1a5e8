// Pipeline mode (protocol manual, 55.2.4): many statements on the way, errors among them, Flush.
#include "cases.hpp"
#include "session.hpp"

namespace {

/// A session in pipeline mode that leaves it, and is alive, at the end of a case.
class pipeline : public session {
public:
    pipeline() { check(PQenterPipelineMode(raw()) == 1, "enter pipeline mode"); }

    void sync() const { check(PQpipelineSync(raw()) == 1, "sync"); }
    void sync_arrives() const { next_must_be(PGRES_PIPELINE_SYNC, "sync"); }
    std::string value_arrives(const std::string& what) const {
        const std::string text = next_must_be(PGRES_TUPLES_OK, what).all();
        no_more(what);
        return text;
    }
    void command_arrives(const std::string& tag) const {
        check_equal(next_must_be(PGRES_COMMAND_OK, tag).tag(), tag, "tag");
        no_more(tag);
    }
    void error_arrives(const std::string& sqlstate) const {
        check_equal(next_must_be(PGRES_FATAL_ERROR, "the error").sqlstate(), sqlstate, "SQLSTATE");
        no_more(sqlstate);
    }
    void skipped_arrives() const {
        next_must_be(PGRES_PIPELINE_ABORTED, "what was skipped");
        no_more("what was skipped");
    }
    void leave() const {
        check(PQexitPipelineMode(raw()) == 1, std::string("leave: ") + PQerrorMessage(raw()));
        is_alive();
    }
};

void reads_and_writes_mixed(const client& who) {
    const pipeline own;
    for (int turn = 0; turn < 50; ++turn) {
        own.send("insert into " + who.table + " values ($1::int, $2)",
                 {std::to_string(3000 + turn), "piped"});
        own.send("select count(*) from " + who.table + " where id >= 3000");
        if (turn % 7 == 0) {
            own.sync();
        }
    }
    own.send("delete from " + who.table + " where id >= 3000");
    own.sync();
    for (int turn = 0; turn < 50; ++turn) {
        own.command_arrives("INSERT 0 1");
        check_equal(own.value_arrives("count"), std::to_string(turn + 1), "rows so far");
        if (turn % 7 == 0) {
            own.sync_arrives();
        }
    }
    own.command_arrives("DELETE 50");
    own.sync_arrives();
    own.leave();
}

void an_error_skips_to_its_sync(const client& who) {
    const pipeline own;
    own.send("update " + who.table + " set word = 'lost' where id = 1");
    own.send("select 1/0");
    own.send("update " + who.table + " set word = 'skipped' where id = 2");
    own.sync();
    own.send("select word from " + who.table + " where id in (1, 2) order by id");
    own.sync();
    own.command_arrives("UPDATE 1");
    own.error_arrives("22012");
    own.skipped_arrives();
    check(PQpipelineStatus(own.raw()) == PQ_PIPELINE_ABORTED, "the pipeline says aborted");
    own.sync_arrives();
    check_equal(own.value_arrives("after it"), "word 1;word 2", "undone up to the Sync");
    own.sync_arrives();
    own.leave();
}

void errors_at_every_step(const client&) {
    const pipeline own;
    for (int turn = 0; turn < 20; ++turn) {
        own.send("select $1::int", {std::to_string(turn)});
        own.send(turn % 3 == 0   ? "selec"
                 : turn % 3 == 1 ? "select * from missing"
                                 : "select 'x'::int");
        own.send("select 'never'");
        own.sync();
    }
    const char* codes[] = {"42601", "42P01", "22P02"};
    for (int turn = 0; turn < 20; ++turn) {
        check_equal(own.value_arrives("before it"), std::to_string(turn), "before the error");
        own.error_arrives(codes[turn % 3]);
        own.skipped_arrives();
        own.sync_arrives();
    }
    own.leave();
}

void answers_at_a_flush(const client& who) {
    const pipeline own;
    for (int turn = 0; turn < 5; ++turn) {
        own.send("select $1::int + 1", {std::to_string(turn)});
        check(PQsendFlushRequest(own.raw()) == 1, "flush request");
        check(PQflush(own.raw()) == 0, "flush");
        check_equal(own.value_arrives("at a Flush"), std::to_string(turn + 1),
                    "the answer at a Flush");
    }
    own.send("update " + who.table + " set word = word where id = 3");
    check(PQsendFlushRequest(own.raw()) == 1, "flush request");
    check(PQflush(own.raw()) == 0, "flush");
    own.command_arrives("UPDATE 1");
    own.send("select 1/0");
    check(PQsendFlushRequest(own.raw()) == 1, "flush request");
    check(PQflush(own.raw()) == 0, "flush");
    own.error_arrives("22012");
    own.send("select 'skipped'");
    own.sync();
    own.skipped_arrives();
    own.sync_arrives();
    own.leave();
}

void prepared_in_a_pipeline(const client& who) {
    const pipeline own;
    const std::string base = std::to_string(who.number * 100);
    check(PQsendPrepare(own.raw(), "p", ("select $1::int + " + base).c_str(), 0, nullptr) == 1,
          "prepare");
    check(PQsendDescribePrepared(own.raw(), "p") == 1, "describe");
    own.send_prepared("p", {"1"});
    own.send("deallocate p");
    own.send_prepared("p", {"2"});
    own.sync();
    check(PQsendPrepare(own.raw(), "p", "select 'second'", 0, nullptr) == 1, "prepare again");
    own.send_prepared("p", {});
    own.send("deallocate all");
    own.send("select count(*) from pg_prepared_statements");
    own.sync();
    own.command_arrives("");
    check(PQnparams(own.next_must_be(PGRES_COMMAND_OK, "describe").raw()) == 1, "its parameters");
    own.no_more("describe");
    check_equal(own.value_arrives("executed"), std::to_string(who.number * 100 + 1), "its value");
    own.command_arrives("DEALLOCATE");
    own.error_arrives("26000");
    own.sync_arrives();
    own.command_arrives("");
    check_equal(own.value_arrives("the second"), "second", "its value");
    own.command_arrives("DEALLOCATE ALL");
    check_equal(own.value_arrives("how many"), "0", "nothing is left");
    own.sync_arrives();
    own.leave();
}

void transactions_in_a_pipeline(const client& who) {
    const pipeline own;
    own.send("begin");
    own.send("insert into " + who.table + " values (4000, 'in')");
    own.sync();
    own.send("select word from " + who.table + " where id = 4000");
    own.send("rollback");
    own.send("select count(*) from " + who.table + " where id = 4000");
    own.sync();
    own.send("begin");
    own.send("select 1/0");
    own.sync();
    own.send("select 1");
    own.sync();
    own.send("rollback");
    own.sync();
    own.command_arrives("BEGIN");
    own.command_arrives("INSERT 0 1");
    own.sync_arrives();
    check_equal(own.value_arrives("inside"), "in", "inside");
    own.command_arrives("ROLLBACK");
    check_equal(own.value_arrives("after"), "0", "after ROLLBACK");
    own.sync_arrives();
    own.command_arrives("BEGIN");
    own.error_arrives("22012");
    own.sync_arrives();
    own.error_arrives("25P02");
    own.sync_arrives();
    own.command_arrives("ROLLBACK");
    own.sync_arrives();
    own.leave();
}

void settings_in_a_pipeline(const client& who) {
    const pipeline own;
    const std::string mine = "piped " + std::to_string(who.number);
    own.send("select set_config('application_name', $1, false)", {mine});
    own.send("show application_name");
    own.sync();
    own.send("set application_name = 'lost'");
    own.send("select 1/0");
    own.sync();
    own.send("show application_name");
    own.sync();
    check_equal(own.value_arrives("set_config"), mine, "set_config");
    check_equal(own.value_arrives("show"), mine, "show");
    own.sync_arrives();
    own.command_arrives("SET");
    own.error_arrives("22012");
    own.sync_arrives();
    check_equal(own.value_arrives("after the error"), mine, "an aborted SET is undone");
    own.sync_arrives();
    own.leave();
}

void a_thousand_on_the_way(const client&) {
    const pipeline own;
    const std::string filling(300, 'x');
    PQsetnonblocking(own.raw(), 1);
    int sent = 0;
    int received = 0;
    while (received <
           1000) {  // both directions move at once: else the buffers of both ends fill up
        for (; sent < 1000 && sent < received + 400; ++sent) {
            own.send("select $1::int, $2", {std::to_string(sent), filling});
            if (sent % 100 == 99) {
                own.sync();
            }
        }
        PQflush(own.raw());
        check(PQsendFlushRequest(own.raw()) == 1 && PQflush(own.raw()) >= 0, "flush");
        check_equal(own.value_arrives("one of many"), std::to_string(received) + "," + filling,
                    "its value");
        if (received % 100 == 99) {
            own.sync_arrives();
        }
        ++received;
    }
    PQsetnonblocking(own.raw(), 0);
    own.leave();
}

}  // namespace

const std::vector<named_case> pipeline_cases = {
    {"reads_and_writes_mixed", reads_and_writes_mixed},
    {"an_error_skips_to_its_sync", an_error_skips_to_its_sync},
    {"errors_at_every_step", errors_at_every_step},
    {"answers_at_a_flush", answers_at_a_flush},
    {"prepared_in_a_pipeline", prepared_in_a_pipeline},
    {"transactions_in_a_pipeline", transactions_in_a_pipeline},
    {"settings_in_a_pipeline", settings_in_a_pipeline},
    {"a_thousand_on_the_way", a_thousand_on_the_way},
};
