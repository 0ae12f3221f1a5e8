// session_model: what one session must be like to its client: its transaction, its settings, what it has prepared, as
// if it had one PostgreSQL for itself.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/deed.hpp"

namespace weir::simulation {

class session_model {
public:
    enum class transaction { none, open, failed };

    transaction is() const { return is_; }
    bool in_repeatable() const { return repeatable_; }
    bool is_read_only() const { return read_only_; }
    /// Another statement of the transaction has been answered: its snapshot may be older than what comes.
    bool has_read() const { return has_read_; }
    char status() const { return is_ == transaction::none ? 'I' : is_ == transaction::open ? 'T' : 'E'; }

    /// This was done.
    void done(const deed& what, std::string_view tag);
    void failed();
    /// Its COMMIT was answered by an error: nothing of it is done, and it is over.
    void commit_failed();
    /// ReadyForQuery came. What was committed by it; nothing: the transaction goes on, or ended otherwise.
    struct outcome {
        std::vector<std::string> committed;
        std::vector<std::string> rolled_back;
    };
    outcome ready();
    /// Of the transaction under way.
    const std::vector<std::string>& written() const { return written_; }

    /// What SHOW must answer; nothing: error 42704.
    std::optional<std::string> shown(const std::string& name) const;

    bool has_prepared(const std::string& name) const { return prepared_.contains(name); }
    void prepared(const std::string& name) { prepared_.insert(name); }
    void closed(const std::string& name) { prepared_.erase(name); }

private:
    void end();

    transaction is_ = transaction::none;
    bool read_only_ = false;
    bool repeatable_ = false;
    bool has_read_ = false;
    bool implicit_failed_ = false;
    std::vector<std::string> written_;
    outcome ended_;
    std::map<std::string, std::string> settings_;
    std::map<std::string, std::string> settings_before_;
    std::set<std::string> custom_;
    std::set<std::string> prepared_;
};

}  // namespace weir::simulation
