// server: the main thread's object: owns the workers, gives each new client to the least loaded one,
// carries messages between workers, answers the console, reloads and drains.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "config/load.hpp"
#include "net/chronicle.hpp"
#include "net/handover.hpp"
#include "net/hold_desk.hpp"
#include "net/http/http_server.hpp"
#include "net/listener.hpp"
#include "net/peers.hpp"
#include "net/worker.hpp"
#include "status/admin_port.hpp"

namespace weir::net {

class server final : public shared_services, public status::control {
public:
    using reload_function = std::function<config::load_result()>;

    server(config::config initial, reload_function reload, status::admin_port& answers);
    ~server() override;

    /// Listens and runs until drained. A fault: it could not start.
    result<void> run();

    // shared_services, from any thread
    pool::ledger& books() override { return books_; }
    buffer_budget& buffers() override { return buffers_; }
    void spread(unsigned from, const pool::pool_key& key) override;
    void move(unsigned to, std::shared_ptr<backend> what, const pool::pool_key& key) override;
    void cancel(cancel_key key, cancel_done done) override;
    void client_ended() override;
    catalog_desk::subscription want_catalog(std::size_t hub, const std::shared_ptr<cluster_hub>& of,
                                            const std::string& database) override;
    door_desk& door() override { return door_; }
    void ask_secret(std::size_t hub, std::string user, secret_desk::answer_function answer) override;
    void doubt_secret(std::string user) override;
    void console(unsigned from, session_id who, std::uint32_t pid, std::vector<session::console_step> steps,
                 status::console_right has) override;
    void cancel_console(unsigned from, session_id who, std::uint32_t pid) override;

    // status::control, on the main thread
    status::report gather(status::extent with) override;
    result<std::vector<std::string>> reload() override;
    result<void> set(const std::string& key, const std::string& value) override;
    void forget_learned() override;
    void forget_digests() override;
    result<status::table> explain(const std::string& statement, const std::string& user,
                                  const std::string& database) override;
    result<bool> pause(const std::string& database) override { return holds_.pause(database); }
    result<void> resume(const std::string& database) override { return holds_.resume(database); }
    result<bool> drain(const std::string& node) override { return holds_.drain(node); }
    result<void> undrain(const std::string& node) override { return holds_.undrain(node); }
    result<std::size_t> kill(const std::string& database) override;
    result<void> kill_client(std::uint32_t pid) override;

private:
    result<worker_settings> make_settings(const config::config& from);
    void make_hubs();
    void note_changes(const std::string& name, const cluster::snapshot_ptr& before,
                      const cluster::snapshot_ptr& after);
    void wait_for_first_probes();
    cluster_hub& add_hub(const config::cluster_settings& from, const config::node_tls_settings& tls);
    std::unique_ptr<listener> make_listener(const config::listen_address& where);

    // server_reload.cpp
    struct fresh_doors {
        std::vector<std::unique_ptr<listener>> listeners;
        std::unique_ptr<http_server> http;
    };
    std::string note_refused_reload(std::vector<std::string> why);
    fault refuse_reload(const fault& why);
    result<fresh_doors> open_fresh(const config::server_settings& wanted);
    void use_doors(fresh_doors opened, const config::server_settings& wanted);
    std::vector<cluster_hub*> use_clusters(const config::config& fresh);
    void use_settings(const config::config& fresh, worker_settings settings);

    // server_console.cpp
    std::optional<status::table> take_step(const session::console_step& step, status::console_right has,
                                           session::console_answered& to);
    void answer_console(const hold_desk::console& who, const result<status::table>& answer);
    void tell_console(const hold_desk::console& who, session::console_answered answer);
    std::size_t ask_worker(worker& which, std::function<std::size_t(worker&)> question);
    result<passed_sockets> find_passed_sockets();
    result<void> open_listeners(passed_sockets& passed);
    result<void> check_all_taken(const passed_sockets& passed);

    // server_clients.cpp
    void on_client(int fd, int family, std::string address);
    void cancel_own(cancel_key key, cancel_done done);

    // server_restart.cpp
    result<void> take_place();
    std::vector<int> listening_on();
    std::string objection_to_handover() const;
    cancel_done cancel_before(const cancel_key& key, cancel_done done);
    void on_relieved(pid_t by);
    void wait_relieved();
    void wait_for_signals();
    void on_signal(int number);
    void begin_drain();
    void close_listeners();
    void check_drained();

    boost::asio::io_context io_{1};
    config::config config_;
    reload_function reload_;
    status::admin_port& answers_;
    std::uint64_t generation_ = 0;
    std::uint64_t reloads_ = 0;
    std::uint64_t reloads_refused_ = 0;
    chronicle past_;  // before what writes into it
    instant started_;
    pool::ledger books_;
    buffer_budget buffers_;
    std::vector<std::shared_ptr<cluster_hub>> hubs_;
    std::vector<std::unique_ptr<worker>> workers_;
    hold_desk holds_;
    std::unique_ptr<catalog_desk> catalogs_;
    const pid_layout pids_;
    peers peers_;
    door_desk door_;
    secret_desk secrets_;
    std::vector<std::unique_ptr<listener>> listeners_;
    std::unique_ptr<http_server> http_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer drain_timer_;
    instant drain_until_ = never;
    std::atomic<std::size_t> clients_{0};
    std::uint64_t accepted_ = 0;
    std::uint64_t refused_ = 0;
    std::shared_ptr<predecessor> predecessor_;  // whose place this one takes; not changed once workers run
    std::unique_ptr<handover_desk> handover_;
    bool sockets_kept_ = false;  // systemd keeps their files
    bool relieved_ = false;
    bool draining_ = false;
};

}  // namespace weir::net
