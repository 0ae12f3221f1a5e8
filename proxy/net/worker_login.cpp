// worker: clients that log in: what is asked for them, and which pools they get.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "config/find_database.hpp"
#include "net/host_name.hpp"
#include "net/worker.hpp"

namespace weir::net {

void worker::turn_away(std::uint64_t ticket) {
    boost::asio::post(io_, [this, ticket] {
        const auto found = logging_in_.find(ticket);
        if (found == logging_in_.end()) return;
        const auto f = frontends_[found->second];
        f->make_room();
    });
}

void worker::leave_waiting_room(frontend& f) {
    const auto ticket = std::exchange(f.ticket, 0);
    if (ticket == 0) return;
    logging_in_.erase(ticket);
    services_.door().leave(ticket);
}

/// Of the user that all clients of this database are at the nodes.
std::string worker::password_of(const config::database_settings& database) const {
    if (!database.password.empty()) return database.password;
    const auto known = settings_.policy->users.find(database.user);
    return known == settings_.policy->users.end() ? "" : known->second.password;
}

std::size_t worker::hub_for(const std::string& database) const {
    const auto* found = config::find_database(settings_.databases, database);
    for (std::size_t i = 0; found != nullptr && i < settings_.hubs.size(); ++i)
        if (settings_.hubs[i]->settings.name == found->cluster) return i;
    return 0;  // the console's users, and those of no database, are asked for like all others
}

void worker::look_up_secret(frontend& f) {
    const auto& who = f.machine().claimed();
    services_.ask_secret(hub_for(who.database), who.user,
                         [this, asks = f.weak_from_this()](const session::secret_known& found) {
                             boost::asio::post(io_, [asks, found] {
                                 if (auto still = asks.lock()) still->tell(session::secret_known(found));
                             });
                         });
}

void worker::look_up_host(frontend& f) {
    look_up_host_name(f.address(), [mailbox = mailbox_, asks = f.weak_from_this()](std::string name) {
        mailbox->post([asks, name = std::move(name)] {
            if (auto still = asks.lock()) still->tell(session::host_name_known{name});
        });
    });
}

tenant_pools* worker::find_tenant(const session::identity& who, fault& why) {
    const auto* found = config::find_database(settings_.databases, who.database);
    if (found == nullptr) {
        why = {sqlstate::invalid_catalog_name, "database \"" + who.database + "\" does not exist", "",
               "Weir has no [database] section of this name, nor one for \"*\"."};
        return nullptr;
    }
    const bool as_itself = found->user.empty();
    pool::tenant whose{found->cluster, found->dbname.empty() ? who.database : found->dbname,
                       as_itself ? who.user : found->user, {}};
    for (const auto& p : who.parameters)
        if (who.replication || p.name != "application_name") whose.parameters.emplace_back(p.name, p.value);
    std::sort(whose.parameters.begin(), whose.parameters.end());
    for (const auto& hub : settings_.hubs) {
        if (hub->settings.name != found->cluster) continue;
        auto& t = desk_.find_tenant(whose, hub, who.database);
        t.credentials = as_itself ? node_credentials{who.password, who.keys} : node_credentials{password_of(*found), {}};
        return &t;
    }
    why = {sqlstate::invalid_catalog_name, "database \"" + who.database + "\" has no cluster"};
    return nullptr;
}

}  // namespace weir::net
