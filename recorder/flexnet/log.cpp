#include "recorder/flexnet/log.hpp"

#include "recorder/capture/civil.hpp"

#include <algorithm>

namespace tally::flexnet {
namespace {

using capture::day_s;
using capture::LineState;
using capture::LogTime;
using capture::ServerOfDaemon;
using capture::SourceLine;
using capture::Survey;
using capture::UsageEvent;

constexpr std::string_view manager = "lmgrd";

constexpr std::size_t most_daemons = 64;
constexpr std::size_t most_packages = 4096;
constexpr std::size_t most_components = 1024;
constexpr std::size_t longest_name = 192;

LogTime at_second(std::int64_t local_s) { return {local_s, local_s, {}}; }

std::string lowered(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != '"' && c != '\\' && c != 0x7F; });
}

// "PACKAGE (consisting of: COMPONENT COMPONENT …)", wrapped over any number of lines of one daemon.
class PackageBlock {
public:
    using Packages = std::map<std::string, std::vector<std::string>>;

    bool read(std::string_view message, Packages& packages) {
        static constexpr std::string_view opening = "(consisting of:";
        const bool inside_before = !package_.empty();
        if (!inside_before && (message.starts_with("(@") || message.find(opening) == std::string_view::npos)) {
            return false;
        }
        std::string_view word;
        while (next_word(message, word)) {
            if (package_.empty()) {
                if (message.starts_with(opening) && is_name(word) && packages.size() < most_packages) {
                    package_ = word;
                    message.remove_prefix(opening.size());
                }
                continue;
            }
            const bool last = word.ends_with(')');
            word.remove_suffix(last ? 1 : 0);
            auto& components = packages[package_];
            if (is_name(word) && components.size() < most_components &&
                std::find(components.begin(), components.end(), word) == components.end()) {
                components.emplace_back(word);
            }
            package_ = last ? std::string() : package_;
        }
        lines_ = package_.empty() ? 0 : lines_ + 1;
        package_ = lines_ > most_components ? std::string() : package_; // never closed: not a package
        return true;
    }

private:
    // The rest is left at the next word.
    static bool next_word(std::string_view& rest, std::string_view& word) {
        constexpr std::string_view space = " \t";
        rest.remove_prefix(std::min(rest.find_first_not_of(space), rest.size()));
        const auto end = std::min(rest.find_first_of(space), rest.size());
        word = rest.substr(0, end);
        rest.remove_prefix(end);
        rest.remove_prefix(std::min(rest.find_first_not_of(space), rest.size()));
        return !word.empty();
    }

    std::string package_; // of the open bracket
    std::size_t lines_ = 0;
};

} // namespace

class Log::Surveyor {
public:
    void see(const SourceLine& source) {
        line_ = Line{};
        if (source.state != LineState::whole || !read_stamp(source.text, line_)) {
            return;
        }
        dating_.see(source.number, line_);
        last_second_ = line_.stamp.second;
        if (first_line_ == 0) {
            first_line_ = source.number;
            first_second_ = last_second_;
        }
        read_names(source.text);
    }

    Result<std::vector<DaySpan>> finish(Survey& into) {
        auto days = dating_.finish();
        if (too_many_) {
            return Fault{"names more than 64 daemons: not one licence server's log", 0};
        }
        if (!days) {
            return days.fault();
        }
        const std::int64_t last_s = days->back().day * day_s + last_second_;
        into.first = at_second(days->front().day * day_s + first_second_);
        into.last = {last_s, last_s + days->back().later * day_s, {}};
        into.several_servers = second_manager_.empty() ? contradiction_ : told_.server + " and " + second_manager_;
        into.manager = manager;
        into.server = std::move(told_.server);
        into.daemons = std::move(told_.daemons);
        into.packages = std::move(told_.packages);
        into.remarks = dating_.remarks();
        return days;
    }

private:
    void read_names(std::string_view text) {
        const std::string_view message = line_.message;
        if (line_.daemon != known_name_ && !switch_to(line_.daemon)) {
            return;
        }
        note_use(text);
        if (known_name_ != manager && block_->read(message, told_.packages[known_name_])) {
            known_->used = true;
        }
        if (const ServerName server = server_in(message); server.rank > 0 && is_name(server.host)) {
            name_server(lowered(server.host), server.rank);
        }
    }

    bool switch_to(std::string_view daemon) {
        auto place = told_.daemons.find(daemon);
        if (place == told_.daemons.end()) {
            if (told_.daemons.size() >= most_daemons) {
                too_many_ = true;
                return false;
            }
            place = told_.daemons.emplace(std::string(daemon), ServerOfDaemon{}).first;
        }
        known_name_ = place->first;
        known_ = &place->second;
        block_ = &blocks_[known_name_];
        return true;
    }

    // A daemon counts when it gives licences out, starts or stops.
    void note_use(std::string_view text) {
        static constexpr std::string_view first_letters = "OIDQUE";
        const std::string_view message = line_.message;
        const bool of_manager = known_name_ == manager;
        if (message.empty() || message[0] == '(' ||
            (!of_manager && (known_->used || first_letters.find(message[0]) == std::string_view::npos))) {
            return;
        }
        const Line whole = read_line(text);
        known_->used = known_->used || whole.form == Form::activity || (whole.form == Form::stopped && !of_manager);
        if (of_manager && (whole.form == Form::started || whole.form == Form::stopped) && !whole.subject.empty() &&
            told_.daemons.size() < most_daemons) {
            told_.daemons[std::string(whole.subject)].used = true;
        }
    }

    void name_server(const std::string& host, int rank) {
        if (known_name_ == manager) {
            second_manager_ = told_.server.empty() || told_.server == host ? second_manager_ : host;
            told_.server = told_.server.empty() ? host : told_.server;
        }
        if (known_->rank == rank && known_->host != host) {
            contradiction_ = known_->host + " and " + host;
        }
        if (rank > known_->rank) {
            known_->host = host;
            known_->rank = rank;
        }
    }

    Survey told_;
    Dating dating_;
    Line line_;
    std::map<std::string, PackageBlock, std::less<>> blocks_;
    std::string known_name_;
    ServerOfDaemon* known_ = nullptr;
    PackageBlock* block_ = nullptr;
    std::string second_manager_;
    bool too_many_ = false;
    std::string contradiction_;
    std::uint64_t first_line_ = 0;
    std::int32_t first_second_ = 0;
    std::int32_t last_second_ = 0;
};

Log::Log() : surveyor_(std::make_unique<Surveyor>()) {}
Log::~Log() = default;

void Log::survey(const SourceLine& line) { surveyor_->see(line); }

Result<void> Log::finish_survey(Survey& into) {
    auto days = surveyor_->finish(into);
    surveyor_.reset();
    if (!days) {
        return days.fault();
    }
    days_ = std::move(days).value();
    return {};
}

void Log::read(const SourceLine& source, UsageEvent& event) {
    const Line line = read_line(source.text);
    if (line.stamp.second < 0) {
        return;
    }
    while (span_ + 1 < days_.size() && days_[span_ + 1].line <= source.number) {
        ++span_;
    }
    const DaySpan& span = days_[span_];
    const std::int64_t local_s = (line.stamp.day ? *line.stamp.day : span.day) * day_s + line.stamp.second;
    event.at = LogTime{local_s, line.stamp.day ? local_s : local_s + span.later * day_s, line.stamp.offset_s};
    event.form = line.form == Form::activity && capture::has_control_bytes(source.text) ? Form::malformed : line.form;
    event.problem = "begins like a licence event but does not go on like one";
    event.verb = line.verb;
    event.ending = line.reason == "SHUTDOWN" || line.reason == "server died" ? capture::Ending::server_shutdown
                                                                             : capture::Ending::returned;
    event.count = line.count;
    event.daemon = line.daemon;
    event.feature = line.feature;
    event.user = line.user;
    event.client = line.client;
    event.cdata = line.cdata;
    event.reason = line.reason;
    event.subject = line.subject;
}

} // namespace tally::flexnet
