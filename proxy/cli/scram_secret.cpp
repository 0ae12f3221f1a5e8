#include "cli/scram_secret.hpp"

#include <signal.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <istream>
#include <optional>
#include <ostream>
#include <string>

#include "wire/scram.hpp"

namespace weir::cli {

namespace {

termios shown;  // the terminal as it was, for the signal handler

/// A terminal left without echo would outlive us.
void show_and_end(int number) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    signal(number, SIG_DFL);
    raise(number);
}

/// While it lives, what is typed on standard input is not shown.
class hidden_typing {
public:
    hidden_typing() : hides_(tcgetattr(STDIN_FILENO, &shown) == 0) {
        if (!hides_) return;
        for (std::size_t i = 0; i < ends.size(); ++i) before_[i] = signal(ends[i], show_and_end);
        termios hidden = shown;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        hidden.c_lflag |= ECHONL;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~hidden_typing() {
        if (!hides_) return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        for (std::size_t i = 0; i < ends.size(); ++i) signal(ends[i], before_[i]);
    }
    hidden_typing(const hidden_typing&) = delete;
    hidden_typing& operator=(const hidden_typing&) = delete;

private:
    static constexpr std::array ends{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    bool hides_;
    std::array<sighandler_t, ends.size()> before_{};
};

std::optional<std::string> read_line(std::istream& in) {
    std::string line;
    if (!std::getline(in, line)) return std::nullopt;
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

/// Typed twice at a terminal; else the first line.
std::optional<std::string> read_password(const streams& with) {
    if (!with.is_terminal) {
        auto line = read_line(with.in);
        if (!line) with.err << "weir: no password on standard input\n";
        return line;
    }
    const hidden_typing hidden;
    with.err << "Password: " << std::flush;
    const auto once = read_line(with.in);
    with.err << "Once more: " << std::flush;
    const auto again = read_line(with.in);
    if (once && once == again) return once;
    with.err << "weir: the passwords differ\n";
    return std::nullopt;
}

}  // namespace

int print_scram_secret(const scram_secret_command& c, const streams& with) {
    const auto password = read_password(with);
    if (!password) return exit_code::answer_is_no;
    if (password->empty() || password->find('\0') != std::string::npos) {
        with.err << "weir: a password cannot be empty, nor hold a zero byte\n";
        return exit_code::answer_is_no;
    }
    std::array<char, 16> salt;  // as long as PostgreSQL's own
    if (getrandom(salt.data(), salt.size(), 0) != static_cast<ssize_t>(salt.size())) {
        with.err << "weir: the system gives no random bytes\n";
        return exit_code::could_not_start;
    }
    const bytes_view view(salt.data(), salt.size());
    with.out << to_string(wire::make_scram_secret(*password, view, c.iterations)) << "\n";
    return exit_code::fine;
}

}  // namespace weir::cli
