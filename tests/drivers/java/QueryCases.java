// Values, statements unnamed and named, errors, transactions.
import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.util.*;

class QueryCases extends JdbcCases {
    @Case
    void values() throws Exception {
        // Unnamed four times, then by a name of the server's, and binary from then on.
        try (Connection own = connect();
                PreparedStatement statement = own.prepareStatement(
                        "select ?::int4, ?::int8, ?::text, ?::bytea, ?::text, ?::bool, ?::float8, "
                        + "?::numeric, ?::date, "
                        + "?::timestamptz, ?::int4[], ?::uuid")) {
            UUID uuid = new UUID(7, number);
            OffsetDateTime at = OffsetDateTime.of(2024, 2, 29, 12, 30, 0, 250000, ZoneOffset.UTC);
            for (int turn = 0; turn < 9; ++turn) {
                Object[] sent = {turn, 1L << 40, "t\u00e9 \ud83c\udf0a", new byte[] {0, -1}, null,
                        true, 1.5, new BigDecimal("1.50"), LocalDate.of(2024, 2, 29), at,
                        own.createArrayOf("int4", new Integer[] {1, 2, 3}), uuid};
                for (int index = 0; index < sent.length; ++index)
                    statement.setObject(index + 1, sent[index]);
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

    @Case
    void preparedByTheServer() throws Exception {
        try (Connection own =
                        connect("prepareThreshold", "1", "preparedStatementCacheQueries", "4")) {
            for (int turn = 1; turn <= 8; ++turn) {
                for (int statement = 0; statement < 7; ++statement) { // more than its cache keeps
                    equal(value(own, "select ? + " + (number * 100 + statement), turn),
                            "" + (number * 100 + statement + turn));
                }
                equal(value(own, "select word from " + table + " where id = ?", turn),
                        "word " + turn);
            }
        }
    }

    @Case
    void simpleQueryMode() throws Exception {
        try (Connection own = connect("preferQueryMode", "simple")) {
            equal(value(own, "select ? || ?", "a", number), "a" + number);
            own.setAutoCommit(false);
            run(own, "update " + table + " set word = 'lost'");
            own.rollback();
            equal(value(own, "select word from " + table + " where id = 1"), "word 1");
            own.commit();
        }
    }

    @Case
    void extendedForPreparedOnly() throws Exception {
        try (Connection own = connect("preferQueryMode", "extendedForPrepared")) {
            equal(run(own, "update " + table + " set word = word where id < 4"), 3);
            equal(value(own, "select ?::int + 1", number), "" + (number + 1));
        }
    }

    @Case
    void severalStatements() throws Exception {
        try (Connection own = connect(); Statement statement = own.createStatement()) {
            equal(statement.execute("select 1; update " + table + " set word = word; select 2"),
                    true);
            equal(statement.getMoreResults(), false);
            equal(statement.getUpdateCount(), 10);
            equal(statement.getMoreResults(), true);
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                equal(rows.getInt(1), 2);
            }
        }
    }

    @Case
    void transactions() throws Exception {
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

    @Case
    void readOnlyAndIsolation() throws Exception {
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

    @Case
    void autosave() throws Exception {
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

    @Case
    void errors() throws Exception {
        String[][] wrong = {{"select 1/0", "22012"}, {"selec 1", "42601"},
                {"select * from nowhere", "42P01"},
                {"insert into " + table + " values (1, 'twice')", "23505"},
                {"select 'x'::int", "22P02"}, {"set nonsense = 1", "42704"}};
        try (Connection own = connect("prepareThreshold", "1")) {
            for (String[] each : wrong) {
                for (int turn = 0; turn < 3; ++turn) {
                    fails(each[1], () -> run(own, each[0]));
                    fails(each[1], () -> value(own, each[0]));
                    equal(value(own, "select ?", 1), "1");
                }
            }
            SQLException twice = fails("23505", () -> run(own, wrong[3][0]));
            org.postgresql.util.ServerErrorMessage told =
                    ((org.postgresql.util.PSQLException) twice).getServerErrorMessage();
            equal(told.getConstraint(), table + "_pkey");
            equal(told.getDetail(), "Key (id)=(1) already exists.");
        }
    }
}
