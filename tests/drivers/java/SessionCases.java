// What is long, and what belongs to a session: batches, portions, COPY, large objects, settings.
import java.io.*;
import java.sql.*;
import java.util.*;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.*;

class SessionCases extends JdbcCases {
    @Case
    void batches() throws Exception {
        for (String rewrite : new String[] {"false", "true"}) {
            try (Connection own = connect("reWriteBatchedInserts", rewrite)) {
                try (PreparedStatement insert =
                                own.prepareStatement("insert into " + table + " values (?, ?)")) {
                    for (int id = 1000; id < 1600; ++id) {
                        insert.setInt(1, id);
                        insert.setString(2, "batched " + id);
                        insert.addBatch();
                    }
                    equal(insert.executeBatch().length, 600);
                }
                equal(value(own, "select word from " + table + " where id = ?", 1599),
                        "batched 1599");
                try (PreparedStatement insert =
                                own.prepareStatement("insert into " + table + " values (?, 'x')")) {
                    for (int id : new int[] {5000, 1000, 5001}) {
                        insert.setInt(1, id);
                        insert.addBatch();
                    }
                    BatchUpdateException broken =
                            (BatchUpdateException) fails("23505", insert::executeBatch);
                    equal(broken.getUpdateCounts().length, 3);
                }
                equal(value(own, "select count(*) from " + table + " where id >= 5000"), "0");
                equal(run(own, "delete from " + table + " where id >= 1000"), 600);
            }
        }
    }

    @Case
    void generatedKeys() throws Exception {
        try (Connection own = connect(); PreparedStatement insert = own.prepareStatement(
                                                 "insert into " + table + " values (?, 'keyed')",
                                                 Statement.RETURN_GENERATED_KEYS)) {
            insert.setInt(1, 700);
            equal(insert.executeUpdate(), 1);
            try (ResultSet keys = insert.getGeneratedKeys()) {
                equal(keys.next() ? keys.getString("word") : "none", "keyed");
            }
            equal(run(own, "delete from " + table + " where id = 700"), 1);
        }
    }

    @Case
    void rowsInPortions() throws Exception {
        try (Connection own = connect()) {
            own.setAutoCommit(false);
            try (PreparedStatement statement =
                            own.prepareStatement("select i from generate_series(1, ?) i")) {
                statement.setInt(1, 3000);
                statement.setFetchSize(70); // Execute with a row limit, PortalSuspended
                try (ResultSet rows = statement.executeQuery()) {
                    long sum = 0;
                    for (int seen = 1; rows.next(); ++seen) {
                        sum += rows.getInt(1);
                        if (seen == 500) { // another statement between two portions
                            equal(value(own, "select count(*) from " + table + " where id <= 10"),
                                    "10");
                        }
                    }
                    equal(sum, 4501500L);
                }
            }
            own.commit();
        }
    }

    @Case
    void largeResult() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select i, repeat('x', 200) from generate_series(1, 10000) i")) {
            int count = 0;
            while (rows.next()) {
                equal(rows.getString(2).length(), 200);
                equal(rows.getInt(1), ++count);
            }
            equal(count, 10000);
        }
    }

    @Case
    void copy() throws Exception {
        try (Connection own = connect()) {
            CopyManager copies = own.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder text = new StringBuilder();
            for (int id = 20000; id < 23000; ++id) text.append(id).append("\tcopied\n");
            equal(copies.copyIn("copy " + table + " from stdin", new StringReader(text.toString())),
                    3000L);
            StringWriter out = new StringWriter();
            copies.copyOut(
                    "copy (select * from " + table + " where id >= 20000 order by id) to stdout",
                    out);
            equal(out.toString().equals(text.toString()), true);
            fails("22P02",
                    ()
                            -> copies.copyIn("copy " + table + " from stdin",
                                    new StringReader("nonsense\tx\n")));
            equal(run(own, "delete from " + table + " where id >= 20000"), 3000);
        }
    }

    @Case
    void largeObjects() throws Exception {
        try (Connection own = connect()) {
            own.setAutoCommit(false);
            LargeObjectManager objects = own.unwrap(PGConnection.class).getLargeObjectAPI();
            long object = objects.createLO(); // by the fast path
            byte[] data = new byte[200000];
            new Random(number).nextBytes(data);
            LargeObject open = objects.open(object, LargeObjectManager.WRITE);
            open.write(data);
            open.close();
            own.commit();
            open = objects.open(object, LargeObjectManager.READ);
            equal(Arrays.equals(open.read(data.length), data), true);
            open.close();
            objects.delete(object);
            own.commit();
        }
    }

    @Case
    void cancel() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement()) {
            statement.setQueryTimeout(1); // pgjdbc sends a CancelRequest
            fails("57014", () -> statement.execute("select pg_sleep(60)"));
            fails("57014",
                    () -> statement.execute("update " + table + " set word = pg_sleep(60)::text"));
            statement.setQueryTimeout(0);
            equal(value(own, "select 'alive'"), "alive");
        }
    }

    @Case
    void warnings() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement()) {
            statement.execute("do $$ begin raise warning 'by " + number + "'; end $$");
            equal(statement.getWarnings().getMessage(), "by " + number);
        }
    }

    @Case
    void notifications() throws Exception {
        oneAtATime.lock();
        try (Connection listener = connect(); Connection speaker = connect()) {
            run(listener, "listen jdbc_" + number);
            run(speaker, "notify jdbc_" + number + ", 'hello'");
            org.postgresql.PGNotification[] heard =
                    listener.unwrap(PGConnection.class).getNotifications(20000);
            equal(heard == null ? "nothing" : heard[0].getParameter(), "hello");
            run(listener, "unlisten *");
        } finally {
            oneAtATime.unlock();
        }
    }

    @Case
    void settings() throws Exception {
        try (Connection own = connect("ApplicationName", "jdbc " + number, "currentSchema",
                     "js" + number % 3, "options", "-c statement_timeout=50s")) {
            for (int turn = 0; turn < 4; ++turn) {
                equal(value(own, "show application_name"), "jdbc " + number);
                equal(value(own, "show search_path"), "js" + number % 3);
                equal(value(own, "show statement_timeout"), "50s");
                equal(value(own, "show extra_float_digits"),
                        "3"); // pgjdbc's own start-up parameter
            }
            own.setSchema("other" + number);
            own.setClientInfo("ApplicationName", "renamed " + number);
            for (int turn = 0; turn < 4; ++turn) {
                equal(own.getSchema(), null); // there is none of that name
                equal(value(own, "show search_path"), "other" + number);
                equal(value(own, "show application_name"), "renamed " + number);
            }
            run(own, "discard all");
            equal(value(own, "show search_path"), "js" + number % 3);
        }
    }

    @Case
    void metadata() throws Exception {
        try (Connection own = connect()) {
            try (ResultSet columns = own.getMetaData().getColumns(null, "public", table, "%")) {
                String names = "";
                while (columns.next()) names += columns.getString("COLUMN_NAME") + " ";
                equal(names, "id word ");
            }
            try (PreparedStatement statement = own.prepareStatement(
                         "select id, word from " + table + " where id = ?")) {
                equal(statement.getMetaData().getColumnTypeName(1),
                        "int4"); // Describe without Execute
                equal(statement.getParameterMetaData().getParameterTypeName(1), "int4");
                statement.setInt(1, 3);
                try (ResultSet row = statement.executeQuery()) {
                    equal(row.next() ? row.getString(2) : "none", "word 3");
                }
            }
            equal(own.isValid(5), true);
        }
    }

    @Case
    void changedSchema() throws Exception {
        String changing = "changing_j" + number;
        try (Connection own = connect("prepareThreshold", "1", "autosave", "conservative")) {
            run(own,
                    "drop table if exists " + changing + "; create table " + changing
                            + " (a int); insert into " + changing + " values (1)");
            try (PreparedStatement statement = own.prepareStatement("select * from " + changing)) {
                for (int turn = 0; turn < 3; ++turn) statement.executeQuery().close();
                run(own, "alter table " + changing + " add column b text default 'new'");
                try (ResultSet row = statement.executeQuery()) { // pgjdbc prepares again at 0A000
                    equal(row.next() ? row.getMetaData().getColumnCount() : 0, 2);
                    equal(row.getString(2), "new");
                }
            }
            run(own, "drop table " + changing);
        }
    }

    @Case
    void readsOwnWrites() throws Exception {
        try (Connection own = connect()) {
            for (int id = 2000; id < 2030; ++id) {
                equal(run(own, "insert into " + table + " values (" + id + ", 'own')"), 1);
                equal(value(own, "select word from " + table + " where id = ?", id), "own");
            }
            equal(run(own, "delete from " + table + " where id >= 2000"), 30);
        }
    }
}
