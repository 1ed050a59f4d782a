#include "recorder/capture/survey.hpp"

#include "recorder/capture/civil.hpp"
#include "tally/base/encoding.hpp"

#include <algorithm>

namespace tally::capture {
namespace {

constexpr std::size_t most_daemons = 64;
constexpr std::size_t most_packages = 4096;
constexpr std::size_t most_components = 1024;
constexpr std::size_t longest_name = 192;
constexpr std::uint64_t watch_every_lines = 1U << 16U;

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

class Surveyor {
public:
    explicit Surveyor(Survey& survey) : survey_(&survey) {}

    void see(const SourceLine& source) {
        line_ = FlexnetLine{};
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

    Result<void> finish() {
        auto days = dating_.finish();
        if (too_many_) {
            return Fault{"names more than 64 daemons: not one licence server's log", 0};
        }
        survey_->remarks = dating_.remarks();
        if (!days) {
            return days.fault();
        }
        survey_->days = std::move(days.value());
        survey_->first_local_s = survey_->days.front().day * day_s + first_second_;
        survey_->last_local_s = (survey_->days.back().day + survey_->days.back().later) * day_s + last_second_;
        survey_->several_servers =
            second_manager_.empty() ? contradiction_ : survey_->server + " and " + second_manager_;
        return {};
    }

private:
    void read_names(std::string_view text) {
        const std::string_view message = line_.message;
        if (line_.daemon != known_name_ && !switch_to(line_.daemon)) {
            return;
        }
        note_use(text);
        if (known_name_ != "lmgrd" && block_->read(message, survey_->packages[known_name_])) {
            known_->used = true;
        }
        if (const ServerName server = server_in(message); server.rank > 0 && is_name(server.host)) {
            name_server(lowered(server.host), server.rank);
        }
    }

    bool switch_to(std::string_view daemon) {
        auto place = survey_->daemons.find(daemon);
        if (place == survey_->daemons.end()) {
            if (survey_->daemons.size() >= most_daemons) {
                too_many_ = true;
                return false;
            }
            place = survey_->daemons.emplace(std::string(daemon), ServerOfDaemon{}).first;
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
        const bool manager = known_name_ == "lmgrd";
        if (message.empty() || message[0] == '(' ||
            (!manager && (known_->used || first_letters.find(message[0]) == std::string_view::npos))) {
            return;
        }
        const FlexnetLine whole = read_line(text);
        known_->used = known_->used || whole.form == Form::activity || (whole.form == Form::stopped && !manager);
        if (manager && (whole.form == Form::started || whole.form == Form::stopped) && !whole.subject.empty() &&
            survey_->daemons.size() < most_daemons) {
            survey_->daemons[std::string(whole.subject)].used = true;
        }
    }

    void name_server(const std::string& host, int rank) {
        if (known_name_ == "lmgrd") {
            second_manager_ = survey_->server.empty() || survey_->server == host ? second_manager_ : host;
            survey_->server = survey_->server.empty() ? host : survey_->server;
        }
        if (known_->rank == rank && known_->host != host) {
            contradiction_ = known_->host + " and " + host;
        }
        if (rank > known_->rank) {
            known_->host = host;
            known_->rank = rank;
        }
    }

    Survey* survey_;
    Dating dating_;
    FlexnetLine line_;
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

} // namespace

Result<Survey> survey(LineSource& source, const std::function<void(std::uint64_t)>& watch) {
    Survey result;
    result.name = source.name();
    Surveyor surveyor(result);
    SourceLine line;
    while (source.next(line)) {
        surveyor.see(line);
        if (watch && line.number % watch_every_lines == 0) {
            watch(source.bytes());
        }
    }
    if (const auto whole = source.fault(); !whole) {
        return whole.fault();
    }
    result.lines = line.number;
    result.bytes = source.bytes();
    result.digest = to_hex(source.digest());
    if (result.bytes == 0) {
        return Fault{"is empty", 0};
    }
    if (const auto dated = surveyor.finish(); !dated) {
        return dated.fault();
    }
    return result;
}

} // namespace tally::capture
