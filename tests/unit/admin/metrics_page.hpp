// Reads Prometheus' text format 0.0.4 strictly, line by line, so that what breaks its rules is
// found.
#pragma once

#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::admin::testing {

using label_map = std::map<std::string, std::string>;

struct metric_sample {
    std::string name;
    label_map labels;  // unescaped
    double value = 0;
};

class metrics_page {
public:
    explicit metrics_page(const std::string& text) {
        if (text.empty() || text.back() != '\n') complain("the last line has no end", text);
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find('\n', at), text.size());
            take_line(text.substr(at, end - at));
            at = end + 1;
        }
        for (const auto& sample : samples_) check_bucket(sample);
    }

    const std::vector<std::string>& complaints() const { return complaints_; }
    const std::map<std::string, std::string>& types() const { return types_; }
    const std::vector<metric_sample>& samples() const { return samples_; }

    /// The value of the only sample of that name whose labels include these; else nothing.
    std::optional<double> value(const std::string& name, const label_map& labels = {}) const {
        const auto found = all(name, labels);
        return found.size() == 1 ? std::optional(found.front().value) : std::nullopt;
    }
    std::vector<metric_sample> all(const std::string& name, const label_map& labels = {}) const {
        std::vector<metric_sample> found;
        for (const auto& sample : samples_) {
            bool fits = sample.name == name;
            for (const auto& [key, wanted] : labels) {
                const auto own = sample.labels.find(key);
                fits = fits && own != sample.labels.end() && own->second == wanted;
            }
            if (fits) found.push_back(sample);
        }
        return found;
    }

private:
    void complain(const std::string& why, const std::string& line) {
        complaints_.push_back(why + ": " + line);
    }

    static bool is_name(const std::string& text) {
        const char* const letters =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
        return !text.empty() && (text[0] < '0' || text[0] > '9') &&
               text.find_first_not_of(letters) == text.npos;
    }

    void take_line(const std::string& line) {
        if (line.starts_with("# HELP ")) return take_help(line);
        if (line.starts_with("# TYPE ")) return take_type(line);
        if (line.empty() || line[0] == '#') return complain("neither sample nor comment", line);
        take_sample(line);
    }

    void take_help(const std::string& line) {
        const auto name = line.substr(7, line.find(' ', 7) - 7);
        if (!is_name(name)) complain("no name", line);
        if (line.size() < 7 + name.size() + 10) complain("no help", line);
        if (!families_.insert(name).second) complain("a family told twice", line);
        family_ = name;
    }

    void take_type(const std::string& line) {
        const auto name = line.substr(7, line.find(' ', 7) - 7);
        const auto type = line.substr(std::min(line.size(), 7 + name.size() + 1));
        if (name != family_ || types_.contains(name)) complain("TYPE not behind its HELP", line);
        if (type != "counter" && type != "gauge" && type != "histogram") complain("no type", line);
        if ((type == "counter") != name.ends_with("_total"))
            complain("counters, and they alone, end in _total", line);
        types_[name] = type;
    }

    void take_sample(const std::string& line) {
        metric_sample sample;
        std::size_t at = line.find_first_of("{ ");
        sample.name = line.substr(0, at);
        if (!is_name(sample.name)) return complain("no name", line);
        if (at != line.npos && line[at] == '{' && !take_labels(line, at, sample))
            return complain("labels that cannot be read", line);
        if (at == line.npos || line[at] != ' ') return complain("no value", line);
        const auto digits = line.substr(at + 1);
        if (digits.empty() || digits.find_first_not_of("0123456789.-") != digits.npos)
            return complain("no plain number", line);
        char* end = nullptr;
        sample.value = std::strtod(digits.c_str(), &end);
        if (*end != '\0') complain("no number", line);
        if (!series_.insert(line.substr(0, at)).second) complain("a series told twice", line);
        check_family(sample, line);
        samples_.push_back(std::move(sample));
    }

    /// at: the opening brace; afterwards behind the closing one.
    static bool take_labels(const std::string& line, std::size_t& at, metric_sample& into) {
        while (line[at] != '}') {
            const auto equals = line.find("=\"", ++at);
            if (equals == line.npos) return false;
            const auto name = line.substr(at, equals - at);
            std::string value;
            for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
                if (line[at] != '\\') {
                    value += line[at];
                    continue;
                }
                const char escaped = ++at < line.size() ? line[at] : '?';
                if (escaped != '\\' && escaped != '"' && escaped != 'n') return false;
                value += escaped == 'n' ? '\n' : escaped;
            }
            if (!is_name(name) || !into.labels.emplace(name, value).second) return false;
            if (++at >= line.size() || (line[at] != ',' && line[at] != '}')) return false;
        }
        ++at;
        return true;
    }

    void check_family(const metric_sample& sample, const std::string& line) {
        const auto& type = types_[family_];
        bool belongs = sample.name == family_;
        if (type == "histogram") {
            belongs = sample.name == family_ + "_bucket" || sample.name == family_ + "_sum" ||
                      sample.name == family_ + "_count";
            if (sample.name.ends_with("_bucket") != sample.labels.contains("le"))
                complain("le belongs to buckets", line);
        }
        if (!belongs) complain("a sample of another family than " + family_, line);
        if (type != "gauge" && sample.value < 0) complain("below 0", line);
    }

    /// Buckets never sink, and the last one is +Inf and the count.
    void check_bucket(const metric_sample& sample) {
        if (!sample.name.ends_with("_bucket")) return;
        const auto family = sample.name.substr(0, sample.name.size() - 7);
        auto labels = sample.labels;
        const auto le = labels.extract("le").mapped();
        const auto same = all(sample.name, labels);
        for (const auto& other : same) {
            const bool higher = std::strtod(other.labels.at("le").c_str(), nullptr) >=
                                std::strtod(le.c_str(), nullptr);
            if (higher && other.value < sample.value) complain("buckets that sink", family);
        }
        if (same.back().labels.at("le") != "+Inf") complain("the last bucket is not +Inf", family);
        if (value(family + "_count", labels) != same.back().value)
            complain("+Inf is not the count", family);
        if (!value(family + "_sum", labels)) complain("no sum", family);
    }

    std::map<std::string, std::string> types_;
    std::vector<metric_sample> samples_;
    std::vector<std::string> complaints_;
    std::string family_;
    std::set<std::string> families_;
    std::set<std::string> series_;
};

}  // namespace weir::admin::testing
