#include "packager/duties.hpp"
#include "packager/hosts/packages.hpp"
#include "packager/obligations/standing.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"

#include <set>

namespace tally::packager {
namespace {

using submission::Station;

std::string count_of(std::uint64_t number, const std::string& one) {
    return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

std::string ids_of(const std::vector<minisig::PublicKey>& keys) {
    std::vector<std::string> ids;
    for (const auto& key : keys) {
        ids.push_back(minisig::printed_id(key.id));
    }
    return joined(ids);
}

std::vector<std::string> persons_of(const site_file::Version& version) {
    std::set<std::string> persons;
    for (const auto& officer : version.officers) {
        if (!officer.until) {
            persons.insert(officer.person.text());
        }
    }
    return {persons.begin(), persons.end()};
}

std::string who(const Station& station) {
    const auto& version = station.site.current();
    std::string text = "## Who\n\n";
    text += "- Site file: version " + std::to_string(version.number) + ", fingerprint " +
            site_file::fingerprint_words(station.site.fingerprint()) + ".\n";
    text += "- A change of it is signed with " + std::to_string(version.threshold) + " of the root keys " +
            ids_of(version.roots) + ". They lie apart from the station.\n";
    text += "- Bundles are signed with the export key " + ids_of(version.exports) + ".\n";
    text += version.releases == 0 ? "- Nobody has to release a bundle before it leaves.\n"
                                  : "- Before a bundle leaves, " + count_of(version.releases, "person") +
                                        " of these read and release it: " + joined(persons_of(version)) + ".\n";
    text += version.verifiers.empty()
                ? "- No verifier's key is listed: receipts cannot be taken in.\n"
                : "- Receipts are signed with the verifier's key " + ids_of(version.verifiers) + ".\n";
    const auto privacy = pseudonym::load_privacy(station.state);
    text += privacy ? "- Names are recorded by policy, epoch " + std::to_string(privacy->current().epoch()) +
                          "; `privacy.json` can undo that and is read by nobody else.\n"
                    : "- Names are recorded in clear: there is no policy.\n";
    return text;
}

std::string owed(const std::vector<submission::AgreementTerms>& agreements) {
    std::string text = "\n## What is owed\n\n";
    for (const auto& terms : agreements) {
        text += "- " + terms.id + ", " + terms.licensee + ": " + terms.cadence + " from " +
                text::format_day(terms.start) + (terms.end ? " to " + text::format_day(*terms.end) : "") + ", due " +
                count_of(terms.due_days, "day") + " after the end of a period, " + count_of(terms.grace_days, "day") +
                " of grace, days of " + terms.zone + ".\n";
    }
    return agreements.empty() ? text + "No agreement is noted: `tally-packager agreement add`.\n" : text;
}

std::vector<std::string> labels_of(Station& station, std::string& listed) {
    const auto retired = hosts::retirements(station);
    std::vector<std::string> labels;
    const auto& roster = station.log.roster();
    for (auto log = roster.begin() + 1; log != roster.end(); ++log) {
        if (!retired.contains(log->id)) {
            const std::string label = line::decode_text(log->label);
            labels.push_back(label);
            listed += "- " + label + (log->group.empty() ? "" : " (" + line::decode_text(log->group) + ")") + ": log " +
                      log->id.text() + ".\n";
        }
    }
    return labels;
}

std::string at_hosts(const std::string& listed) {
    return "\n## Hosts\n\n" + (listed.empty() ? "No host is enrolled: `tally-packager site enrol`.\n" : listed) +
           R"(
On each of them, every day: `tally-recorder import`, then `tally-recorder seal`. What lies in `outbox/` goes to the
station; what comes from the station: `tally-recorder enrol FOLDER`. Keys, `box.key` and `privacy.json` go into no backup.

## Every week, at the station

- [ ] `tally-packager status`: it ends with 6 when a report is due.
)";
}

std::string steps(const submission::AgreementTerms& terms, const site_file::Version& version,
                  const std::vector<std::string>& labels) {
    std::string text = "\n## When a period of " + terms.id + " is over\n\n";
    const auto step = [&](const std::string& what) { text += "- [ ] " + what + "\n"; };
    step("Collect from " + (labels.empty() ? "the hosts" : joined(labels)) +
         ": `tally-packager collect FOLDER`, until "
         "`tally-packager status` names none of them under waiting.");
    step("Say what the lines cannot say: `tally-packager declare nil`, `gap`, `amendment`.");
    step("`tally-packager pack --agreement " + terms.id + " --out out`");
    step("Read it: `tally-packager inspect out/" + version.site.text() + "_…tally --all`");
    if (version.releases > 0) {
        step(count_of(version.releases, "person") + " of " + joined(persons_of(version)) +
             ": `tally-packager release out/…tally --key KEY`");
    }
    step("`tally-packager write out/…tally --to MEDIUM --medium NAME --paper note.txt`");
    step("Take the medium out, put it in elsewhere: `tally-packager verify-media --site SITE.jsonl MEDIUM`");
    step("Hand it to the courier, with the note. Carried by: ____________  on: ____________");
    if (!version.verifiers.empty()) {
        step("When the receipt comes: `tally-packager receipt import FOLDER`, then `tally-packager ack --out letters`, "
             "and "
             "the letters to the hosts.");
    }
    step("Done by: ____________  on: ____________");
    return text;
}

constexpr const char* exceptions = R"(
## When something goes wrong

- A medium is lost or damaged: write the same bundle to another one; `tally-packager pack --again N --out out` makes it
  once more, to the same bytes. Tell those who released it.
- A bundle is refused: the receipt says why. Bring the same one again, or tell the other side.
- FORK, ROLLBACK or a broken log: delete nothing on either side, and find out which machine it was.
- A host was set up anew: enrol its new request, `tally-packager site retire` the old log.
- A key got out: `tally-packager site revise --new-export --revoke KEY`, and tell those who verify by telephone.
- Root keys are lost: `tally-packager site restart`, and read the new words to everybody.
)";

} // namespace

Exit run_procedure(const ProcedureOptions& options) {
    Station station(options.state, os::system_clock());
    const auto agreements = obligations::agreements_of(station.log);
    std::string listed;
    const auto labels = labels_of(station, listed);
    std::string text =
        "# How " + station.site.current().site.text() +
        " reports its use\n\nMade by `tally-packager procedure` from what the station knows. Print it anew "
        "when any of it changes.\n\n" +
        who(station) + owed(agreements) + at_hosts(listed);
    for (const auto& terms : agreements) {
        text += steps(terms, station.site.current(), labels);
    }
    cli::print(text + exceptions);
    return Exit::ok;
}

} // namespace tally::packager
