// Console PORT MODE: the headings of SHOW POOLS and the number of nodes, by pgjdbc in this preferQueryMode.
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Properties;

public class Console {
    public static void main(String[] arguments) throws Exception {
        Properties how = new Properties();
        how.setProperty("user", "postgres");
        how.setProperty("password", "postgres");
        how.setProperty("sslmode", "disable");
        how.setProperty("preferQueryMode", arguments[1]);
        how.setProperty("prepareThreshold", "1");
        String where = "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/pgbouncer";
        try (Connection console = DriverManager.getConnection(where, how)) {
            for (int i = 0; i < 3; i++) {  // the second time by a name of its own
                try (PreparedStatement show = console.prepareStatement("SHOW POOLS"); ResultSet rows = show.executeQuery()) {
                    if (i == 2) System.out.println(rows.getMetaData().getColumnName(1) + " " + rows.getMetaData().getColumnName(3));
                }
            }
            int nodes = 0;
            try (ResultSet rows = console.createStatement().executeQuery("SHOW NODES")) {
                while (rows.next()) nodes += rows.getString("role").isEmpty() ? 0 : 1;
            }
            System.out.println(nodes);
        }
    }
}
