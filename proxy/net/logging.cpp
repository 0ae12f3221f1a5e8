#include "net/logging.hpp"

#include <spdlog/async.h>
#include <spdlog/details/file_helper.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <string>

#include "net/log_limits.hpp"

namespace weir::net {
namespace {

constexpr std::size_t lines_kept = 2048;  // that are not written yet; half a kilobyte each, from the start on

/// A file that is opened anew when it is told to.
class file_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit file_sink(const std::string& path) : path_(path) { file_.open(path); }
    const std::string& path() const { return path_; }
    void reopen() { stale_.store(true); }

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (stale_.exchange(false)) file_.open(path_);
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        file_.write(line);
    }
    void flush_() override { file_.flush(); }

private:
    const std::string path_;
    spdlog::details::file_helper file_;
    std::atomic<bool> stale_{false};
};

/// Leads lines to where they are written; of warnings and errors of one kind, so many at a time and the number of
/// the others. What is told as information is asked for.
class limited_outlet final : public spdlog::sinks::dist_sink_mt {
protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (message.level < spdlog::level::warn) return dist_sink::sink_it_(message);
        auto& gate = limits_.gate_of({message.payload.data(), message.payload.size()});
        if (!gate.lets(std::chrono::steady_clock::now())) return;
        const auto others = gate.take_held_back();
        if (others == 0) return dist_sink::sink_it_(message);
        const std::string told = std::string(message.payload.data(), message.payload.size()) + ", and " +
                                 std::to_string(others) + " others of this kind before";
        auto counted = message;
        counted.payload = told;
        dist_sink::sink_it_(counted);
    }

private:
    log_limits limits_;
};

// On the main thread.
std::shared_ptr<file_sink> open_file;
std::shared_ptr<limited_outlet> outlet;

/// The message as the inside of a JSON string: names that clients chose may hold anything.
class json_message final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& out) override {
        for (const char c : message.payload) {
            const auto code = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\') {
                out.push_back('\\');
                out.push_back(c);
            } else if (code < 0x20) {
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
            } else {
                out.push_back(c);
            }
        }
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<json_message>();
    }
};

/// The message as people read it. No name that a client chose begins a line of its own, or moves the cursor.
class text_message final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& out) override {
        constexpr std::string_view next_line = "\n    ";
        for (const char c : message.payload) {
            const auto code = static_cast<unsigned char>(c);
            if (c == '\n') {
                out.append(next_line.data(), next_line.data() + next_line.size());
            } else {
                out.push_back(code < 0x20 || code == 0x7f ? '?' : c);
            }
        }
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<text_message>(); }
};

std::unique_ptr<spdlog::formatter> formatter_of(const config::log_settings& log) {
    auto made = std::make_unique<spdlog::pattern_formatter>();
    if (log.format == config::log_format::json) {
        made->add_flag<json_message>('*').set_pattern(
            R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","thread":%t,"message":"%*"})");
    } else {
        made->add_flag<text_message>('*').set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %*");
    }
    return made;
}

spdlog::sink_ptr sink_of(const config::log_settings& log) {
    if (log.file.empty()) {
        open_file = nullptr;
        return std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    }
    if (!open_file || open_file->path() != log.file) open_file = std::make_shared<file_sink>(log.file);
    return open_file;
}

/// The logger is never another one: all threads have it. What changes is where its outlet leads.
void begin() {
    spdlog::init_thread_pool(lines_kept, 1);
    outlet = std::make_shared<limited_outlet>();
    auto logger = std::make_shared<spdlog::async_logger>("weir", outlet, spdlog::thread_pool(),
                                                         spdlog::async_overflow_policy::overrun_oldest);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace

result<void> set_up_logging(const config::log_settings& log) {
    try {
        auto sink = sink_of(log);
        sink->set_formatter(formatter_of(log));
        if (!outlet) begin();
        outlet->set_sinks({std::move(sink)});
        spdlog::default_logger_raw()->set_level(spdlog::level::from_str(log.level));
        return {};
    } catch (const spdlog::spdlog_ex& e) {
        return fault{sqlstate::config_file_error, "the log cannot be written to \"" + log.file + "\"", e.what(),
                     "See file in the [log] section: its directory must exist and be writable."};
    }
}

void reopen_log() {
    if (open_file) open_file->reopen();
}

void end_logging() {
    spdlog::shutdown();
    open_file = nullptr;
    outlet = nullptr;
}

}  // namespace weir::net
