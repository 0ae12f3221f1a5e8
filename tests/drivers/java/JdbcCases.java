// pgjdbc: what each case stands on, and main: CLIENTS threads run all cases at once, each beginning
// with another one, and print "case <tab> client <tab> begun | ok | what broke". PGHOST and so on
// say where.
import java.lang.annotation.*;
import java.lang.reflect.*;
import java.nio.charset.StandardCharsets;
import java.sql.*;
import java.util.*;
import java.util.concurrent.locks.*;

public abstract class JdbcCases {
    @Retention(RetentionPolicy.RUNTIME)
    @interface Case {}

    static final Lock oneAtATime = new ReentrantLock();
    int number;
    String table; // (id integer primary key, word text): this client's own, ten rows at first

    public static void main(String[] arguments) throws Exception {
        String only = System.getenv("CASE");
        List<Method> cases = new ArrayList<>();
        for (Class<?> kind : List.of(QueryCases.class, SessionCases.class)) {
            for (Method method : kind.getDeclaredMethods()) {
                boolean wanted = only == null || only.equals(method.getName());
                if (method.isAnnotationPresent(Case.class) && wanted) cases.add(method);
            }
        }
        cases.sort(Comparator.comparing(Method::getName));
        int clients = Integer.parseInt(Optional.ofNullable(System.getenv("CLIENTS")).orElse("1"));
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < clients; ++number) {
            int own = number;
            threads.add(new Thread(() -> runAll(cases, own)));
        }
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
    }

    static void runAll(List<Method> cases, int number) {
        for (int turn = 0; turn < cases.size(); ++turn) {
            Method one = cases.get((turn + number) % cases.size());
            report(one, number, "begun");
            try {
                JdbcCases client =
                        (JdbcCases) one.getDeclaringClass().getDeclaredConstructor().newInstance();
                client.number = number;
                client.table = "t" + number;
                one.invoke(client);
                report(one, number, "ok");
            } catch (InvocationTargetException thrown) {
                Throwable cause = thrown.getCause();
                String line = "?";
                for (StackTraceElement element : cause.getStackTrace()) {
                    if (element.getMethodName().equals(one.getName()))
                        line = "" + element.getLineNumber();
                }
                String code = cause instanceof SQLException
                        ? ((SQLException) cause).getSQLState() + " "
                        : "";
                report(one, number, "line " + line + ": " + code + cause);
            } catch (ReflectiveOperationException wrong) {
                report(one, number, wrong.toString());
            }
        }
    }

    static void report(Method one, int number, String said) {
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
                        + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE"),
                wanted);
    }

    interface Work {
        void run() throws Exception;
    }

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

    static String value(Connection connection, String sql, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int at = 0; at < parameters.length; ++at)
                statement.setObject(at + 1, parameters[at]);
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
}
