#include "cli/manual.hpp"

#include "cli/arguments.hpp"
#include "config/manual.hpp"

namespace weir::cli {

std::string command_manual(std::string_view version) {
    using config::as_roff;
    std::string out = ".TH WEIR 1 \"\" \"Weir " + std::string(version) + "\" \"Weir\"\n";
    out += ".SH NAME\nweir \\- proxy for PostgreSQL that sends writes to the primary and spreads reads over replicas\n";
    out += ".SH SYNOPSIS\n.B weir serve \\-c\n.I FILE\n.br\n.B weir check \\-c\n.I FILE\n.RB [ \\-\\-connect ]\n";
    out += ".SH DESCRIPTION\n";
    out += as_roff(R"(An application connects to Weir as to one PostgreSQL server. Weir finds out which node is the primary, sends it all
writes, and spreads what is proved to be a read over the replicas, so that a session never goes back in time.
)");
    out += ".SH COMMANDS\n.nf\n" + as_roff(help_of_all()) + ".fi\n";
    out += ".SH SIGNALS\n";
    out += as_roff(R"(SIGHUP reads the configuration again; one with an error is refused, and the old one stays in force. SIGTERM drains: open
transactions may end within `drain_timeout_ms`; a second one ends at once. SIGUSR1 opens `log.file` anew.
)");
    out += ".SH EXIT STATUS\n.TP\n0\nfine\n.TP\n1\nthe answer is no\n.TP\n2\nwrong use\n.TP\n3\ncould not start\n";
    out += ".SH FILES\n.TP\n/etc/weir/weir.toml\nthe configuration of the service, weir.toml(5)\n";
    return out + ".SH SEE ALSO\nweir.toml(5), psql(1)\n";
}

}  // namespace weir::cli
