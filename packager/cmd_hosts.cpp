#include "packager/commands.hpp"
#include "packager/hosts/packages.hpp"
#include "packager/secret_keys.hpp"
#include "tally/cli/output.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/text/json.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

using cli::print;
using hosts::SignedPackage;
using submission::Station;

constexpr std::size_t max_enrolment = line::max_record + 1;
constexpr std::size_t max_catalogue = 16U << 20U;

// What is asked of the packages: the site's policy as it is now, and the catalogue if one is given.
struct Asked {
    std::optional<pseudonym::Privacy> privacy;
    hosts::Saying saying;

    Asked(const os::fs::path& state, const os::fs::path& catalogue) : privacy(pseudonym::load_privacy(state)) {
        saying.privacy = privacy ? &*privacy : nullptr;
        if (!catalogue.empty()) {
            saying.catalogue = crypto::sha256(os::read_file(catalogue, max_catalogue));
        }
    }
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
};

// A package as it stands for one host, or why there is none.
struct Answer {
    archive::EnrolledLog log;
    std::optional<SignedPackage> package;
    bool is_new = false;
    std::string problem = {};
};

std::string site_lines(const site_file::Chain& site) {
    std::string bytes;
    for (const auto& text : site.lines()) {
        bytes += text + "\n";
    }
    return bytes;
}

// One answer for each log. The key is opened when the first new package is needed.
std::vector<Answer> answers_for(const Station& station, const std::vector<archive::EnrolledLog>& logs,
                                const hosts::Saying& saying) {
    std::vector<Answer> answers;
    for (const auto& log : logs) {
        Answer answer{log, std::nullopt};
        auto current = hosts::current_package(station, log.id, saying);
        if (!current) {
            answer.problem = current.fault().what;
        } else {
            answer.package = std::move(*current);
            answer.is_new = !answer.package;
        }
        answers.push_back(std::move(answer));
    }
    return answers;
}

void issue_new(Station& station, std::vector<Answer>& answers, const hosts::Saying& saying,
               std::optional<int> passphrase_fd) {
    if (std::none_of(answers.begin(), answers.end(), [](const auto& answer) { return answer.is_new; })) {
        return;
    }
    const auto key = open_listed_key(station.state, export_key, station.site.current().exports, passphrase_fd);
    const auto issued = hosts::issued_packages(station);
    std::vector<SignedPackage> made;
    for (auto& answer : answers) {
        if (!answer.is_new) {
            continue;
        }
        const auto before = issued.find(answer.log.id);
        auto package =
            hosts::next_package(station, answer.log.id, saying, before == issued.end() ? 0 : before->second, key);
        answer.package = std::move(package).value();
        made.push_back(*answer.package);
    }
    hosts::issue(station, made);
}

void write_out(const Station& station, const std::vector<Answer>& answers, const os::fs::path& folder) {
    os::make_directories(folder);
    for (const auto& answer : answers) {
        if (answer.package) {
            hosts::write_package(folder, *answer.package);
        }
    }
    os::replace_file(folder / submission::site_file_name, site_lines(station.site));
}

std::string package_words(const Answer& answer) {
    return answer.package ? "package " + std::to_string(answer.package->package.n) + (answer.is_new ? " (new)" : "") +
                                (answer.package->package.names ? "" : ", says nothing of names")
           : answer.is_new ? "a new package"
                           : "no package: " + answer.problem;
}

std::string label_named(const std::string& text) {
    if (!SiteId::parse(text)) { // labels follow the same rule as site names
        throw Error("enrol", text, "not a label", {"1 to 24 characters A-Z, 0-9 and _"}, Exit::usage);
    }
    return text;
}

std::string spaceless(std::string text) {
    std::erase(text, ' ');
    return text;
}

journal::Genesis read_request(const os::fs::path& path, const std::string& bytes) {
    auto request = journal::read_enrolment(bytes);
    if (!request || journal::enrolment_request(*request) != bytes) {
        throw Error("read", path.string(),
                    "not an enrolment request: " + (request ? "not its one spelling" : request.fault().what),
                    {"tally-recorder init makes it: enrolment.json in the recorder's state directory"});
    }
    return std::move(*request);
}

void demand_enrollable(const journal::Genesis& request, const Station& station, const SiteEnrolOptions& options,
                       const std::string& fingerprint) {
    const auto& site = station.site.current().site;
    if (request.log.site != site) {
        throw Error("enrol", options.request.string(),
                    "made for site " + request.log.site.text() + ", this is the station of " + site.text());
    }
    if (request.log.role != journal::Role::recorder) {
        throw Error("enrol", options.request.string(), "not the log of a recorder");
    }
    if (!options.fingerprint.empty() && spaceless(options.fingerprint) != spaceless(fingerprint)) {
        throw Error("enrol", options.request.string(), "its fingerprint is not the one given",
                    {"the request has " + fingerprint, "take the file from the host again, and have the fingerprint "
                                                       "read out from the host's own screen"});
    }
}

void print_enrolled(const Answer& answer, bool now, const std::string& fingerprint, const SiteEnrolOptions& options) {
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("log", answer.log.id.text()).member("label", answer.log.label).member("enrolled", now);
        json.member("fingerprint", fingerprint);
        if (answer.package) {
            json.member("package", (options.out / host_package::package_name(answer.log.id)).string());
            json.member("n", answer.package->package.n);
        }
        print(json.end_object().str() + "\n");
        return;
    }
    const bool out = !options.out.empty();
    print(std::string(now ? "enrolled     " : "enrolled before: ") + answer.log.id.text() + " (" + answer.log.label +
          ")\n" + "fingerprint  " + fingerprint + "\n" +
          (out ? "package      " + package_words(answer) + ", in " + options.out.string() + "\n" : "") +
          "Compare it with the one that tally-recorder init printed on the host: what is enrolled is believed.\n" +
          (out ? "Take the folder back to the host: tally-recorder enrol --state STATE " + options.out.string() +
                     " --fingerprint WORDS, the words that tally-packager site show prints.\n"
               : ""));
}

std::vector<archive::EnrolledLog> hosts_of(Station& station) {
    const auto& roster = station.log.roster();
    return {roster.begin() + 1, roster.end()};
}

// By the log's name or its label, which must be of one host only.
archive::EnrolledLog host_named(Station& station, const std::string& name) {
    std::vector<archive::EnrolledLog> found;
    for (const auto& log : hosts_of(station)) {
        if (log.id.text() == name || log.label == name) {
            found.push_back(log);
        }
    }
    if (found.size() != 1) {
        throw Error("find", name, found.empty() ? "no such host is enrolled" : "several hosts are called so",
                    {"tally-packager site hosts lists them; a log's name is unique"}, Exit::usage);
    }
    return found.front();
}

} // namespace

Exit run_site_enrol(const SiteEnrolOptions& options) {
    const std::string bytes = os::read_file(options.request, max_enrolment);
    const auto request = read_request(options.request, bytes);
    const std::string fingerprint = journal::fingerprint(bytes);
    Station station(options.state, os::system_clock());
    demand_enrollable(request, station, options, fingerprint);
    if (hosts::retirements(station).contains(request.host)) {
        throw Error("enrol", options.request.string(), "this log was retired: its name is never given again",
                    {"begin a new log on the host: tally-recorder init with another state directory"});
    }
    const std::string label = options.label.empty() ? request.log.label : label_named(options.label);
    const bool now = station.log.enrol(request, label, options.group) == submission::Enrolled::now;
    station.log.seal("enrol", station.archive);
    hosts::HostFiles(options.state, request.host).keep_request(bytes);

    Answer answer{host_named(station, request.host.text()), std::nullopt};
    if (!options.out.empty()) {
        const Asked asked(options.state, options.catalogue);
        auto answers = answers_for(station, {answer.log}, asked.saying);
        issue_new(station, answers, asked.saying, options.passphrase_fd);
        write_out(station, answers, options.out);
        answer = std::move(answers.front());
    }
    print_enrolled(answer, now, fingerprint, options);
    return now || answer.is_new ? Exit::ok : Exit::nothing_to_do;
}

Exit run_site_policy(const SitePolicyOptions& options) {
    Station station(options.state, os::system_clock());
    const auto retired = hosts::retirements(station);
    std::vector<archive::EnrolledLog> logs;
    for (const auto& log : hosts_of(station)) {
        if (!retired.contains(log.id) && (options.group.empty() || log.group == line::encode_text(options.group)) &&
            (options.host.empty() || log.id == host_named(station, options.host).id)) {
            logs.push_back(log);
        }
    }
    const Asked asked(options.state, options.catalogue);
    auto answers = answers_for(station, logs, asked.saying);
    if (options.dry_run == DryRun::no) {
        issue_new(station, answers, asked.saying, options.passphrase_fd);
        write_out(station, answers, options.out);
    }
    text::Json json;
    json.object().member("out", options.out.string()).key("hosts").array();
    std::string text;
    for (const auto& answer : answers) {
        json.object().member("log", answer.log.id.text()).member("label", answer.log.label);
        json.member("group", answer.log.group).member("new", answer.is_new);
        if (answer.package) {
            json.member("n", answer.package->package.n);
        } else if (!answer.problem.empty()) {
            json.member("problem", answer.problem);
        }
        json.end_object();
        text += answer.log.id.text() + "  " + answer.log.label + "  " + package_words(answer) + "\n";
    }
    print(options.output == Output::json ? json.end_array().end_object().str() + "\n" : text);
    const auto any = [&](auto&& is) { return std::any_of(answers.begin(), answers.end(), is); };
    if (any([](const auto& answer) { return !answer.problem.empty(); })) {
        std::fprintf(stderr, "tally-packager: warning: some hosts get no package\n");
        return Exit::findings;
    }
    return any([](const auto& answer) { return answer.is_new; }) ? Exit::ok : Exit::nothing_to_do;
}

Exit run_site_retire(const SiteRetireOptions& options) {
    Station station(options.state, os::system_clock());
    const auto host = host_named(station, options.host);
    const auto retired = hosts::retirements(station);
    const auto before = retired.find(host.id);
    const std::uint64_t at = before == retired.end() ? os::system_clock()().wall_ms / 1000 : before->second.at;
    const std::string reason = before == retired.end() ? options.reason : before->second.reason;
    if (before == retired.end()) {
        station.log.note(submission::Retired{host.id, at, reason});
        station.log.seal("retire", station.archive);
    }
    const bool now = before == retired.end();
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("log", host.id.text()).member("label", host.label).member("retired", now);
        print(json.member("at", at).member("reason", reason).end_object().str() + "\n");
    } else {
        print(std::string(now ? "retired      " : "retired before: ") + host.id.text() + " (" + host.label +
              "): " + reason + "\nIts lines stay; nothing is expected of it any more, and it gets no packages.\n");
    }
    return now ? Exit::ok : Exit::nothing_to_do;
}

Exit run_site_hosts(const SiteHostsOptions& options) {
    Station station(options.state, os::system_clock());
    const auto retired = hosts::retirements(station);
    text::Json json;
    json.object().key("hosts").array();
    std::string text;
    for (const auto& log : hosts_of(station)) {
        if (!options.group.empty() && log.group != line::encode_text(options.group)) {
            continue;
        }
        const auto package = hosts::HostFiles(options.state, log.id).package();
        const auto gone = retired.find(log.id);
        json.object().member("log", log.id.text()).member("label", log.label).member("group", log.group);
        json.member("arrived", station.archive.next(log.id));
        if (package) {
            json.member("package", package->package.n);
        }
        if (gone != retired.end()) {
            json.key("retired").object().member("at", gone->second.at).member("reason", gone->second.reason);
            json.end_object();
        }
        json.end_object();
        text += log.id.text() + "  " + log.label + (log.group.empty() ? "" : "  [" + log.group + "]") + "  " +
                std::to_string(station.archive.next(log.id)) + " lines  " +
                (package ? "package " + std::to_string(package->package.n) : "no package") +
                (gone == retired.end() ? "" : "  retired: " + gone->second.reason) + "\n";
    }
    const bool none = text.empty();
    print(options.output == Output::json ? json.end_array().end_object().str() + "\n" : text);
    return none ? Exit::nothing_to_do : Exit::ok;
}

} // namespace tally::packager
