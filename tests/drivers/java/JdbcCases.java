// pgjdbc: unnamed and then named statements, binary, batches, COPY, large objects.
// CLIENTS threads run all cases at once, each beginning with another one, and print
// "case <tab> client <tab> begun | ok | what broke". PGHOST and so on say where.
// Run with `java -cp postgresql.jar JdbcCases.java`.
import java.io.*;
import java.lang.annotation.*;
import java.lang.reflect.*;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.locks.*;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.*;

public class JdbcCases {
    @Retention(RetentionPolicy.RUNTIME) @interface Case {}

    static final Lock oneAtATime = new ReentrantLock();
    final int number;
    final String table;  // (id integer primary key, word text): this client's own, ten rows at first

    JdbcCases(int number) {
        this.number = number;
        this.table = "t" + number;
    }

    public static void main(String[] arguments) throws Exception {
        String only = System.getenv("CASE");
        List<Method> cases = new ArrayList<>();
        for (Method method : JdbcCases.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Case.class) && (only == null || only.equals(method.getName()))) {
                cases.add(method);
            }
        }
        cases.sort(Comparator.comparing(Method::getName));
        int clients = Integer.parseInt(Optional.ofNullable(System.getenv("CLIENTS")).orElse("1"));
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < clients; ++number) {
            JdbcCases client = new JdbcCases(number);
            threads.add(new Thread(() -> client.runAll(cases)));
        }
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
    }

    void runAll(List<Method> cases) {
        for (int turn = 0; turn < cases.size(); ++turn) {
            Method one = cases.get((turn + number) % cases.size());
            report(one, "begun");
            try {
                one.invoke(this);
                report(one, "ok");
            } catch (InvocationTargetException thrown) {
                Throwable cause = thrown.getCause();
                String line = "?";
                for (StackTraceElement element : cause.getStackTrace()) {
                    if (element.getMethodName().equals(one.getName())) line = "" + element.getLineNumber();
                }
                String code = cause instanceof SQLException ? ((SQLException) cause).getSQLState() + " " : "";
                report(one, "line " + line + ": " + code + cause);
            } catch (ReflectiveOperationException wrong) {
                report(one, wrong.toString());
            }
        }
    }

    void report(Method one, String said) {
        String text = one.getName() + "\t" + number + "\t" + said.replaceAll("\\s+", " ") + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        synchronized (System.out) {
            System.out.write(bytes, 0, bytes.length);
            System.out.flush();
        }
    }

    Connection connect(String... more) throws SQLException {
        Properties wanted = new Properties();
        wanted.setProperty("user", System.getenv("PGUSER"));
        wanted.setProperty("password", System.getenv("PGPASSWORD"));
        wanted.setProperty("sslmode", "disable");
        wanted.setProperty("connectTimeout", "60");
        for (int at = 0; at < more.length; at += 2) wanted.setProperty(more[at], more[at + 1]);
        return DriverManager.getConnection("jdbc:postgresql://" + System.getenv("PGHOST") + ":"
            + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE"), wanted);
    }

    interface Work { void run() throws Exception; }

    static void equal(Object is, Object shouldBe) {
        if (!Objects.equals(is, shouldBe)) {
            throw new AssertionError("is '" + is + "' and should be '" + shouldBe + "'");
        }
    }

    static SQLException fails(String state, Work work) throws Exception {
        try {
            work.run();
        } catch (SQLException error) {
            if (!state.equals(error.getSQLState())) throw error;
            return error;
        }
        throw new AssertionError("no error, and there should be " + state);
    }

    static String value(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int at = 0; at < parameters.length; ++at) statement.setObject(at + 1, parameters[at]);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : "no row";
            }
        }
    }

    static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return statement.getUpdateCount();
        }
    }

    @Case void values() throws Exception {
        // Unnamed four times, then by a name of the server's, and binary from then on.
        try (Connection own = connect(); PreparedStatement statement = own.prepareStatement(
                "select ?::int4, ?::int8, ?::text, ?::bytea, ?::text, ?::bool, ?::float8, ?::numeric, ?::date, "
                + "?::timestamptz, ?::int4[], ?::uuid")) {
            UUID uuid = new UUID(7, number);
            OffsetDateTime at = OffsetDateTime.of(2024, 2, 29, 12, 30, 0, 250000, ZoneOffset.UTC);
            for (int turn = 0; turn < 9; ++turn) {
                Object[] sent = {turn, 1L << 40, "t\u00e9 \ud83c\udf0a", new byte[] {0, -1}, null, true, 1.5,
                    new BigDecimal("1.50"), LocalDate.of(2024, 2, 29), at,
                    own.createArrayOf("int4", new Integer[] {1, 2, 3}), uuid};
                for (int index = 0; index < sent.length; ++index) statement.setObject(index + 1, sent[index]);
                try (ResultSet row = statement.executeQuery()) {
                    equal(row.next(), true);
                    equal(row.getInt(1), turn);
                    equal(row.getLong(2), 1L << 40);
                    equal(row.getString(3), sent[2]);
                    equal(Arrays.toString(row.getBytes(4)), "[0, -1]");
                    equal(row.getString(5), null);
                    equal(row.getBoolean(6), true);
                    equal(row.getDouble(7), 1.5);
                    equal(row.getBigDecimal(8), sent[7]);
                    equal(row.getObject(9, LocalDate.class), sent[8]);
                    equal(row.getObject(10, OffsetDateTime.class).toInstant(), at.toInstant());
                    equal(Arrays.toString((Integer[]) row.getArray(11).getArray()), "[1, 2, 3]");
                    equal(row.getObject(12), uuid);
                }
            }
        }
    }

    @Case void preparedByTheServer() throws Exception {
        try (Connection own = connect("prepareThreshold", "1", "preparedStatementCacheQueries", "4")) {
            for (int turn = 1; turn <= 8; ++turn) {
                for (int statement = 0; statement < 7; ++statement) {  // more than its cache keeps
                    equal(value(own, "select ? + " + (number * 100 + statement), turn),
                          "" + (number * 100 + statement + turn));
                }
                equal(value(own, "select word from " + table + " where id = ?", turn), "word " + turn);
            }
        }
    }

    @Case void simpleQueryMode() throws Exception {
        try (Connection own = connect("preferQueryMode", "simple")) {
            equal(value(own, "select ? || ?", "a", number), "a" + number);
            own.setAutoCommit(false);
            run(own, "update " + table + " set word = 'lost'");
            own.rollback();
            equal(value(own, "select word from " + table + " where id = 1"), "word 1");
            own.commit();
        }
    }

    @Case void extendedForPreparedOnly() throws Exception {
        try (Connection own = connect("preferQueryMode", "extendedForPrepared")) {
            equal(run(own, "update " + table + " set word = word where id < 4"), 3);
            equal(value(own, "select ?::int + 1", number), "" + (number + 1));
        }
    }

    @Case void severalStatements() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement()) {
            equal(statement.execute("select 1; update " + table + " set word = word; select 2"), true);
            equal(statement.getMoreResults(), false);
            equal(statement.getUpdateCount(), 10);
            equal(statement.getMoreResults(), true);
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                equal(rows.getInt(1), 2);
            }
        }
    }

    @Case void transactions() throws Exception {
        try (Connection own = connect()) {
            own.setAutoCommit(false);
            run(own, "insert into " + table + " values (100, 'kept')");
            Savepoint savepoint = own.setSavepoint();
            fails("23505", () -> run(own, "insert into " + table + " values (100, 'twice')"));
            fails("25P02", () -> run(own, "select 1"));
            own.rollback(savepoint);
            own.commit();
            run(own, "delete from " + table);
            own.rollback();
            equal(value(own, "select count(*) from " + table), "11");
            own.commit();
            own.setAutoCommit(true);
            equal(run(own, "delete from " + table + " where id = 100"), 1);
        }
    }

    @Case void readOnlyAndIsolation() throws Exception {
        try (Connection own = connect()) {
            own.setReadOnly(true);
            own.setAutoCommit(false);
            equal(value(own, "select count(*) from " + table + " where id <= ?", 10), "10");
            fails("25006", () -> run(own, "delete from " + table));
            own.rollback();
            own.setReadOnly(false);
            own.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            equal(value(own, "show transaction_isolation"), "serializable");
            own.commit();
            own.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            equal(value(own, "show transaction_isolation"), "read committed");
            equal(value(own, "show transaction_read_only"), "off");
            own.commit();
        }
    }

    @Case void autosave() throws Exception {
        // A savepoint before each statement: pgjdbc's way through errors in transactions.
        try (Connection own = connect("autosave", "always")) {
            own.setAutoCommit(false);
            run(own, "insert into " + table + " values (150, 'kept')");
            for (int turn = 0; turn < 5; ++turn) {
                fails("23505", () -> run(own, "insert into " + table + " values (150, 'twice')"));
                equal(value(own, "select word from " + table + " where id = ?", 150), "kept");
            }
            own.rollback();
        }
    }

    @Case void errors() throws Exception {
        String[][] wrong = {{"select 1/0", "22012"}, {"selec 1", "42601"}, {"select * from nowhere", "42P01"},
            {"insert into " + table + " values (1, 'twice')", "23505"}, {"select 'x'::int", "22P02"},
            {"set nonsense = 1", "42704"}};
        try (Connection own = connect("prepareThreshold", "1")) {
            for (String[] each : wrong) {
                for (int turn = 0; turn < 3; ++turn) {
                    fails(each[1], () -> run(own, each[0]));
                    fails(each[1], () -> value(own, each[0]));
                    equal(value(own, "select ?", 1), "1");
                }
            }
            SQLException twice = fails("23505", () -> run(own, wrong[3][0]));
            org.postgresql.util.ServerErrorMessage told = ((org.postgresql.util.PSQLException) twice).getServerErrorMessage();
            equal(told.getConstraint(), table + "_pkey");
            equal(told.getDetail(), "Key (id)=(1) already exists.");
        }
    }

    @Case void batches() throws Exception {
        for (String rewrite : new String[] {"false", "true"}) {
            try (Connection own = connect("reWriteBatchedInserts", rewrite)) {
                try (PreparedStatement insert = own.prepareStatement("insert into " + table + " values (?, ?)")) {
                    for (int id = 1000; id < 1600; ++id) {
                        insert.setInt(1, id);
                        insert.setString(2, "batched " + id);
                        insert.addBatch();
                    }
                    equal(insert.executeBatch().length, 600);
                }
                equal(value(own, "select word from " + table + " where id = ?", 1599), "batched 1599");
                try (PreparedStatement insert = own.prepareStatement("insert into " + table + " values (?, 'x')")) {
                    for (int id : new int[] {5000, 1000, 5001}) {
                        insert.setInt(1, id);
                        insert.addBatch();
                    }
                    BatchUpdateException broken = (BatchUpdateException) fails("23505", insert::executeBatch);
                    equal(broken.getUpdateCounts().length, 3);
                }
                equal(value(own, "select count(*) from " + table + " where id >= 5000"), "0");
                equal(run(own, "delete from " + table + " where id >= 1000"), 600);
            }
        }
    }

    @Case void generatedKeys() throws Exception {
        try (Connection own = connect(); PreparedStatement insert = own.prepareStatement(
                "insert into " + table + " values (?, 'keyed')", Statement.RETURN_GENERATED_KEYS)) {
            insert.setInt(1, 700);
            equal(insert.executeUpdate(), 1);
            try (ResultSet keys = insert.getGeneratedKeys()) {
                equal(keys.next() ? keys.getString("word") : "none", "keyed");
            }
            equal(run(own, "delete from " + table + " where id = 700"), 1);
        }
    }

    @Case void rowsInPortions() throws Exception {
        try (Connection own = connect()) {
            own.setAutoCommit(false);
            try (PreparedStatement statement = own.prepareStatement("select i from generate_series(1, ?) i")) {
                statement.setInt(1, 3000);
                statement.setFetchSize(70);  // Execute with a row limit, PortalSuspended
                try (ResultSet rows = statement.executeQuery()) {
                    long sum = 0;
                    for (int seen = 1; rows.next(); ++seen) {
                        sum += rows.getInt(1);
                        if (seen == 500) {  // another statement between two portions
                            equal(value(own, "select count(*) from " + table + " where id <= 10"), "10");
                        }
                    }
                    equal(sum, 4501500L);
                }
            }
            own.commit();
        }
    }

    @Case void largeResult() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement();
             ResultSet rows = statement.executeQuery("select i, repeat('x', 200) from generate_series(1, 10000) i")) {
            int count = 0;
            while (rows.next()) {
                equal(rows.getString(2).length(), 200);
                equal(rows.getInt(1), ++count);
            }
            equal(count, 10000);
        }
    }

    @Case void copy() throws Exception {
        try (Connection own = connect()) {
            CopyManager copies = own.unwrap(PGConnection.class).getCopyAPI();
            StringBuilder text = new StringBuilder();
            for (int id = 20000; id < 23000; ++id) text.append(id).append("\tcopied\n");
            equal(copies.copyIn("copy " + table + " from stdin", new StringReader(text.toString())), 3000L);
            StringWriter out = new StringWriter();
            copies.copyOut("copy (select * from " + table + " where id >= 20000 order by id) to stdout", out);
            equal(out.toString().equals(text.toString()), true);
            fails("22P02", () -> copies.copyIn("copy " + table + " from stdin", new StringReader("nonsense\tx\n")));
            equal(run(own, "delete from " + table + " where id >= 20000"), 3000);
        }
    }

    @Case void largeObjects() throws Exception {
        try (Connection own = connect()) {
            own.setAutoCommit(false);
            LargeObjectManager objects = own.unwrap(PGConnection.class).getLargeObjectAPI();
            long object = objects.createLO();  // by the fast path
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

    @Case void cancel() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement()) {
            statement.setQueryTimeout(1);  // pgjdbc sends a CancelRequest
            fails("57014", () -> statement.execute("select pg_sleep(60)"));
            fails("57014", () -> statement.execute("update " + table + " set word = pg_sleep(60)::text"));
            statement.setQueryTimeout(0);
            equal(value(own, "select 'alive'"), "alive");
        }
    }

    @Case void warnings() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement()) {
            statement.execute("do $$ begin raise warning 'by " + number + "'; end $$");
            equal(statement.getWarnings().getMessage(), "by " + number);
        }
    }

    @Case void notifications() throws Exception {
        oneAtATime.lock();
        try (Connection listener = connect(); Connection speaker = connect()) {
            run(listener, "listen jdbc_" + number);
            run(speaker, "notify jdbc_" + number + ", 'hello'");
            org.postgresql.PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(20000);
            equal(heard == null ? "nothing" : heard[0].getParameter(), "hello");
            run(listener, "unlisten *");
        } finally {
            oneAtATime.unlock();
        }
    }

    @Case void settings() throws Exception {
        try (Connection own = connect("ApplicationName", "jdbc " + number, "currentSchema", "js" + number,
                                      "options", "-c statement_timeout=50s")) {
            for (int turn = 0; turn < 4; ++turn) {
                equal(value(own, "show application_name"), "jdbc " + number);
                equal(value(own, "show search_path"), "js" + number);
                equal(value(own, "show statement_timeout"), "50s");
                equal(value(own, "show extra_float_digits"), "3");  // pgjdbc's own start-up parameter
            }
            own.setSchema("other" + number);
            own.setClientInfo("ApplicationName", "renamed " + number);
            for (int turn = 0; turn < 4; ++turn) {
                equal(own.getSchema(), null);  // there is none of that name
                equal(value(own, "show search_path"), "other" + number);
                equal(value(own, "show application_name"), "renamed " + number);
            }
            run(own, "discard all");
            equal(value(own, "show search_path"), "js" + number);
        }
    }

    @Case void metadata() throws Exception {
        try (Connection own = connect()) {
            try (ResultSet columns = own.getMetaData().getColumns(null, "public", table, "%")) {
                String names = "";
                while (columns.next()) names += columns.getString("COLUMN_NAME") + " ";
                equal(names, "id word ");
            }
            try (PreparedStatement statement = own.prepareStatement("select id, word from " + table + " where id = ?")) {
                equal(statement.getMetaData().getColumnTypeName(1), "int4");  // Describe without Execute
                equal(statement.getParameterMetaData().getParameterTypeName(1), "int4");
                statement.setInt(1, 3);
                try (ResultSet row = statement.executeQuery()) {
                    equal(row.next() ? row.getString(2) : "none", "word 3");
                }
            }
            equal(own.isValid(5), true);
        }
    }

    @Case void changedSchema() throws Exception {
        String changing = "changing_j" + number;
        try (Connection own = connect("prepareThreshold", "1", "autosave", "conservative")) {
            run(own, "drop table if exists " + changing + "; create table " + changing + " (a int); insert into "
                + changing + " values (1)");
            try (PreparedStatement statement = own.prepareStatement("select * from " + changing)) {
                for (int turn = 0; turn < 3; ++turn) statement.executeQuery().close();
                run(own, "alter table " + changing + " add column b text default 'new'");
                try (ResultSet row = statement.executeQuery()) {  // pgjdbc prepares again at 0A000
                    equal(row.next() ? row.getMetaData().getColumnCount() : 0, 2);
                    equal(row.getString(2), "new");
                }
            }
            run(own, "drop table " + changing);
        }
    }

    @Case void readsOwnWrites() throws Exception {
        try (Connection own = connect()) {
            for (int id = 2000; id < 2030; ++id) {
                equal(run(own, "insert into " + table + " values (" + id + ", 'own')"), 1);
                equal(value(own, "select word from " + table + " where id = ?", id), "own");
            }
            equal(run(own, "delete from " + table + " where id >= 2000"), 30);
        }
    }
}
