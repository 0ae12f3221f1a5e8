// Logs in once for each line of standard input: a JDBC URL, TAB, user, TAB, password. Answers with a line each: "in",
// or the SQLSTATE.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

public class Knock {
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split("\t", -1);
            try (Connection session = DriverManager.getConnection(parts[0], parts[1], parts[2])) {
                System.out.println(session.isValid(5) ? "in" : "not valid");
            } catch (SQLException refused) {
                System.out.println(refused.getSQLState());
            }
        }
    }
}
