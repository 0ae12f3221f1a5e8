// What belongs to a session: settings, temporary tables, locks, notices, notifications, cancel.
#include <dlfcn.h>
#include <poll.h>

#include <cstdlib>

#include "cases.hpp"
#include "session.hpp"

namespace {

void settings_stay_with_their_session(const client& who) {
    const session own("application_name=started");
    const std::string number = std::to_string(who.number);
    const std::string zone = "Etc/GMT-" + std::to_string(who.number % 12);
    own.run("create schema if not exists s" + number);
    own.run("drop table if exists s" + number + ".only_here; create table s" + number +
            ".only_here as select " + number + " as mine");
    own.run("set search_path to s" + number + ", public");
    own.run("set timezone to '" + zone + "'");
    own.run("set application_name to 'client " + number + "'");
    own.run("set app.mine to 'custom " + number + "'");
    check_equal(PQparameterStatus(own.raw(), "application_name"), "client " + number,
                "reported name");
    check_equal(PQparameterStatus(own.raw(), "TimeZone"), zone, "reported zone");
    for (int turn = 0; turn < 10; ++turn) {
        check_equal(own.value("select mine from only_here"), number, "search_path");
        check_equal(own.value("show timezone"), zone, "timezone");
        check_equal(own.value("select current_setting('application_name')"), "client " + number,
                    "name");
        check_equal(own.value("select current_setting('app.mine')"), "custom " + number,
                    "custom setting");
    }
    own.run("reset application_name");
    check_equal(own.value("show application_name"), "started", "RESET goes back to the start");
    own.run("reset all");
    check_equal(own.value("show search_path"), "\"$user\", public", "RESET ALL");
    own.fails("select mine from only_here", "42P01");
}

void settings_and_rollback(const client& who) {
    const session own;
    const std::string mine = "r" + std::to_string(who.number);
    own.run("set application_name = '" + mine + "'");
    own.run("begin; set application_name = 'undone'; rollback");
    check_equal(own.value("show application_name"), mine, "undone by ROLLBACK");
    own.run("begin");
    own.run("set local application_name = 'local'");
    check_equal(own.value("show application_name"), "local", "SET LOCAL inside");
    own.run("savepoint s");
    own.run("set application_name = 'in savepoint'");
    own.run("rollback to s");
    check_equal(own.value("show application_name"), "local", "undone by ROLLBACK TO");
    own.run("commit");
    check_equal(own.value("show application_name"), mine, "SET LOCAL ends with the transaction");
    own.run("begin; set application_name = 'kept'; commit");
    check_equal(own.value("show application_name"), "kept", "kept by COMMIT");
    own.run("set work_mem = '3MB'");
    own.fails("set work_mem = 'nonsense'", "22023");
    check_equal(own.value("show work_mem"), "3MB", "a refused SET changes nothing");
    check_equal(own.run("discard all").tag(), "DISCARD ALL", "tag");
    check_equal(own.value("show work_mem"), "4MB", "after DISCARD ALL");
}

void start_up_parameters(const client& who) {
    const session own("options='-c search_path=s_start -c work_mem=5MB' application_name=named" +
                      std::to_string(who.number));
    check_equal(own.value("show search_path"), "s_start", "search_path of options");
    own.run("set work_mem = '6MB'");
    own.run("discard all");
    check_equal(own.value("show work_mem"), "5MB", "DISCARD ALL goes back to the start");
    check_equal(own.value("show application_name"), "named" + std::to_string(who.number), "name");
}

void a_new_session_is_pristine(const client&) {
    const session own("application_name=pristine");
    check_equal(
        own.run(
               "select (select count(*) from pg_prepared_statements), (select count(*) from "
               "pg_cursors), "
               "(select count(*) from pg_listening_channels()), current_setting('app.mine', true), "
               "(select count(*) from pg_locks where locktype = 'advisory' and pid = "
               "pg_backend_pid())")
            .all(),
        "0,0,0,(null),0", "what sessions leave behind");
    check_equal(own.run("select name, setting from pg_settings where source = 'session' "
                        "and name <> 'application_name' order by name")
                    .all(),
                "", "settings of other sessions");
    own.fails("select * from only_temporary", "42P01");
}

void temporary_tables(const client& who) {
    const session own;
    own.run("create temp table only_temporary as select " + std::to_string(who.number) +
            " as mine");
    for (int turn = 0; turn < 5; ++turn) {
        check_equal(own.value("select mine from only_temporary"), std::to_string(who.number),
                    "own table");
        own.value("select count(*) from " + who.table);
    }
    own.run("drop table only_temporary");
    own.fails("select mine from only_temporary", "42P01");
}

void advisory_locks(const client& who) {
    const session own;
    const std::string key = std::to_string(who.number);
    own.run("select pg_advisory_lock(42, " + key + ")");
    check_equal(
        own.value("select count(*) from pg_locks where locktype = 'advisory' and classid = 42 "
                  "and objid = " +
                  key),
        "1", "it is held");
    check_equal(own.value("select pg_advisory_unlock(42, " + key + ")"), "t", "unlock");
    check_equal(own.value("select pg_advisory_unlock(42, " + key + ")"), "f",
                "nothing left to unlock");
    own.run("select pg_advisory_lock(43, " + key + ")");  // left to the end of the session
}

void notices(const client& who) {
    const session own;
    std::string heard;
    PQsetNoticeReceiver(
        own.raw(),
        [](void* all, const PGresult* notice) {
            *static_cast<std::string*>(all) +=
                std::string(PQresultErrorField(notice, PG_DIAG_SEVERITY)) + " " +
                PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY) + ";";
        },
        &heard);
    own.run("do $$ begin raise notice 'first " + std::to_string(who.number) +
            "'; raise warning 'second'; end $$");
    own.run("drop table if exists never_was");
    own.run("begin");
    own.run("begin");
    own.run("commit");
    own.run("rollback");
    check_equal(heard,
                "NOTICE first " + std::to_string(who.number) +
                    ";WARNING second;NOTICE table \"never_was\" does not exist, skipping;"
                    "WARNING there is already a transaction in progress;"
                    "WARNING there is no transaction in progress;",
                "notices");
}

void notifications(const client& who) {
    const session listener;
    const std::string channel = "channel" + std::to_string(who.number);
    listener.run("listen " + channel);
    check_equal(listener.value("select pg_listening_channels()"), channel, "channels");
    const session speaker;
    speaker.run("begin; notify " + channel + ", 'undone'; rollback");
    speaker.run("notify " + channel + ", 'first'");
    speaker.run("select pg_notify($1, 'second')", {channel});
    listener.run("notify " + channel + ", 'own'");
    std::string heard;
    for (int count = 0; count < 3;) {
        PQconsumeInput(listener.raw());
        if (PGnotify* got = PQnotifies(listener.raw())) {
            const bool by_itself = got->be_pid == PQbackendPID(listener.raw());
            heard += std::string(got->extra) + (by_itself ? " (own) " : " ");
            PQfreemem(got);
            ++count;
            continue;
        }
        pollfd readable{PQsocket(listener.raw()), POLLIN, 0};
        check(poll(&readable, 1, 20000) == 1,
              "notifications arrive at an idle client; so far " + heard);
    }
    check_equal(heard, "first second own (own) ", "notifications");
    listener.run("unlisten *");
    speaker.run("notify " + channel + ", 'unheard'");
    listener.is_alive();
    check(PQnotifies(listener.raw()) == nullptr, "silence after UNLISTEN");
}

/// Cancels until the statement has ended: a cancel that is early finds nothing to cancel.
result cancelled(const session& own, const std::string& sql) {
    own.send(sql);
    PGcancel* key = PQgetCancel(own.raw());
    check(key != nullptr, "the connection has a key to cancel with");
    char error[256] = "";
    for (int turn = 0; turn < 100 && PQisBusy(own.raw()) == 1; ++turn) {
        const bool sent = PQcancel(key, error, sizeof error) == 1;
        pollfd readable{PQsocket(own.raw()), POLLIN, 0};
        if (!sent || poll(&readable, 1, 200) == 1) {
            PQconsumeInput(own.raw());
        }
    }
    PQfreeCancel(key);
    check(PQisBusy(own.raw()) == 0, std::string("a cancel ends the statement: ") + error);
    result got = own.next();
    while (own.next()) {
    }
    return got;
}

void cancel(const client& who) {
    const session own;
    for (const std::string& sql :
         {std::string("select pg_sleep(60)"),
          std::string("select count(*) from generate_series(1, 10000000000)"),
          "update " + who.table + " set word = pg_sleep(60)::text"}) {
        check_equal(cancelled(own, sql).sqlstate(), "57014", sql);
        own.is_alive();
    }
    own.run("begin");
    own.run("select 1");
    check_equal(cancelled(own, "select pg_sleep(60)").sqlstate(), "57014", "in a transaction");
    check(own.transaction() == PQTRANS_INERROR, "the transaction failed");
    own.run("rollback");
    own.is_alive();
}

void statement_timeout(const client&) {
    const session own;
    own.run("begin");  // waiting for a connection would count, too: here it has one
    own.run("select 1");
    own.run("set local statement_timeout = '100ms'");
    own.fails("select pg_sleep(60)", "57014");
    own.run("rollback");
    own.run("set statement_timeout = '50s'");
    check_equal(own.value("show statement_timeout"), "50s", "of the session");
    own.run("reset statement_timeout");
    check_equal(own.value("select pg_sleep(0.15)::text || 'done'"), "done", "no time-out any more");
}

/// WANTED_PROTOCOL=30002 where the environment asks libpq for 3.2: it must not be less.
void protocol_version(const client&) {
    const session own;
    using version_function = int (*)(const PGconn*);
    const auto full =
        reinterpret_cast<version_function>(dlsym(RTLD_DEFAULT, "PQfullProtocolVersion"));
    const char* wanted = std::getenv("WANTED_PROTOCOL");
    const int version = full == nullptr ? PQprotocolVersion(own.raw()) * 10000 : full(own.raw());
    check_equal(std::to_string(version), wanted == nullptr ? "30000" : wanted, "protocol");
}

}  // namespace

const std::vector<named_case> session_cases = {
    {"settings_stay_with_their_session", settings_stay_with_their_session},
    {"settings_and_rollback", settings_and_rollback},
    {"start_up_parameters", start_up_parameters},
    {"a_new_session_is_pristine", a_new_session_is_pristine},
    {"temporary_tables", temporary_tables},
    {"advisory_locks", advisory_locks},
    {"notices", notices},
    {"notifications", notifications, true},
    {"cancel", cancel},
    {"statement_timeout", statement_timeout},
    {"protocol_version", protocol_version},
};
