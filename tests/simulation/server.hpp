// server: one connection at a simulated node: the server's half of protocol v3 byte by byte, with transactions,
// prepared statements, portals and settings. It answers the sentences that it knows and nothing else.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "simulation/node.hpp"
#include "simulation/sentence.hpp"
#include "wire/backend.hpp"

namespace weir::simulation {

class server : public std::enable_shared_from_this<server> {
public:
    server(surroundings& in, node& at, wire_pair by);

    void begin();
    void go_on();
    /// The node is gone: what is under way is lost in part.
    void tear();
    /// FATAL, and the end.
    void end_with(const fault& why);
    bool is_idle_in_transaction() const { return !busy_ && inbox_.empty() && status_ == status::in_block; }
    bool is_over() const { return over_; }
    bool runs(std::uint64_t transaction) const { return !over_ && transaction_ == transaction; }

    /// Weir lent this connection as one to a replica: no write may come.
    bool lent_as_replica = false;

private:
    using status = wire::backend::transaction_status;
    using row = std::vector<std::optional<bytes>>;

    struct portal {
        sentence what;
        std::vector<std::string> values;
        std::optional<std::vector<row>> left;  // rows that no Execute has asked for yet
        std::size_t rows = 0;
    };

    // server.cpp: messages
    void on_bytes(bytes_view data);
    bool start_up();
    bool take_next();
    void take(char type, bytes body);
    void take_extended(char type, bytes_view body);
    void parse(bytes_view body);
    void bind(bytes_view body);
    void describe(bytes_view body);
    void close(bytes_view body);
    void execute(bytes_view body);
    void query(bytes_view body);
    void query_on(std::vector<sentence> rest);
    void sync();
    void describe_rows(const sentence& what);
    void after_a_while(duration most, std::function<void()> then);
    void done();
    void send();
    void fail(const fault& why);
    void ready();

    // server_run.cpp: statements
    /// What it answers; the rows are appended to `rows`. then: runs when it is done, at once or later.
    std::optional<fault> run(const sentence& what, const std::vector<std::string>& values, std::vector<row>& rows);
    std::optional<fault> read(const sentence& what, const std::vector<std::string>& values, std::vector<row>& rows);
    std::optional<fault> update(const sentence& what, const std::vector<std::string>& values);
    std::optional<fault> show(const std::string& name, std::vector<row>& rows);
    void set(const std::string& name, const std::string& value);
    void reset(const std::string& name);
    void inspect(const sentence& what, std::vector<row>& rows) const;
    row start() const;
    std::optional<fault> mark_commit(std::vector<row>& rows);
    std::optional<fault> tell_outcome(const sentence& what, std::vector<row>& rows) const;
    void report_name();
    std::string tag_of(const sentence& what, std::size_t rows) const;
    std::vector<bytes> columns_of(const sentence& what) const;
    void begin_transaction(const sentence& how);
    void roll_back();
    /// then: when it is safe.
    void commit(std::function<void()> then);
    std::size_t snapshot();
    std::string value_now(int key, std::size_t at) const;

    surroundings& in_;
    node& node_;
    wire_pair wire_;
    bytes inbox_;
    bytes out_;
    bool started_ = false;
    bool busy_ = false;
    bool over_ = false;
    bool ending_ = false;  // nobody is at the other end; what came is still done
    bool skipping_ = false;
    std::function<void()> held_up_;  // what the node goes on with when it goes on

    status status_ = status::idle;
    bool read_only_ = false;
    bool repeatable_ = false;
    std::optional<std::size_t> snapshot_;
    std::size_t on_disk_then_ = 0;  // when that was taken: more than it shows while a synchronous standby is waited for
    std::vector<change> changes_;  // of the transaction under way
    std::uint64_t transaction_ = 0;  // its id, where it was asked for
    std::map<std::string, std::string> settings_;  // by SET, apart from what it began with
    std::map<std::string, std::string> settings_before_;
    std::set<std::string> custom_;  // names with a dot that it has ever had
    std::string user_;
    std::string start_name_;
    std::string told_name_;
    std::map<std::string, sentence> prepared_;
    std::map<std::string, portal> portals_;
};

}  // namespace weir::simulation
