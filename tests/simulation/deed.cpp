#include "simulation/deed.hpp"

namespace weir::simulation {

std::string deed::text() const {
    switch (does) {
        case verb::read: return hint + "select v, '" + mark + "' from r where k = " + std::to_string(key);
        case verb::scan: return hint + "select v, '" + mark + "' from r";
        case verb::update: return "update r set v = " + value + " where k = " + std::to_string(key);
        case verb::divide: return "select 1/0";
        case verb::begin:
            return std::string("begin") + (repeatable ? " isolation level repeatable read" : "") +
                   (read_only ? " read only" : "");
        case verb::commit: return "commit";
        case verb::rollback: return "rollback";
        case verb::set: return "set " + name + " = '" + value + '\'';
        case verb::show: return "show " + name;
        case verb::reset: return "reset " + name;
        case verb::reset_all: return "reset all";
        case verb::discard_all: return "discard all";
        default: return "";
    }
}

std::string deed::prepared_text() const {
    switch (does) {
        case verb::read: return "select v, $1 from r where k = $2";
        case verb::scan: return "select v, $1 from r";
        case verb::update: return "update r set v = $1 where k = $2";
        default: return text();
    }
}

std::vector<std::string> deed::values() const {
    switch (does) {
        case verb::read: return {mark, std::to_string(key)};
        case verb::scan: return {mark};
        case verb::update: return {value, std::to_string(key)};
        default: return {};
    }
}

std::string deed::statement_name() const {
    switch (does) {
        case verb::read: return "reading";
        case verb::scan: return "scanning";
        case verb::update: return "updating";
        default: return "";
    }
}

std::string deed::tag() const {
    switch (does) {
        case verb::read: return "SELECT 1";
        case verb::scan: return "SELECT 6";
        case verb::update: return "UPDATE 1";
        case verb::begin: return "BEGIN";
        case verb::commit: return "COMMIT";
        case verb::rollback: return "ROLLBACK";
        case verb::set: return "SET";
        case verb::show: return "SHOW";
        case verb::reset:
        case verb::reset_all: return "RESET";
        case verb::discard_all: return "DISCARD ALL";
        default: return "";
    }
}

}  // namespace weir::simulation
