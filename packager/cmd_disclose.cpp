#include "packager/privacy_commands.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/pseudonym/disclosure.hpp"
#include "tally/pseudonym/privacy.hpp"
#include "tally/text/json.hpp"

#include <algorithm>

namespace tally::packager {
namespace {

// A disclosure is an act: who asks later what was given out finds it in the station's log, without the name.
struct Disclosed {
    std::string what;  // person, line, …
    std::string about; // the pseudonym, or the log
    std::optional<std::uint64_t> line = {};
};

line::Object record_of(const Disclosed& act) {
    line::Object record;
    record.token("t", "disclosed").token("what", act.what).token("about", act.about);
    return act.line ? record.integer("line", *act.line) : record;
}

template <class Options>
void give(const Options& options, submission::Station& station, const std::string& name, const std::string& bytes,
          const Disclosed& act) {
    if (options.dry_run == DryRun::no) {
        if (!station.log.holds(record_of(act))) {
            station.log.note(act);
            station.log.seal("disclosed", station.archive);
        }
        os::make_directories(options.out);
        os::replace_file(options.out / name, bytes);
    }
    if (options.output == Output::json) {
        text::Json json;
        json.object().member("file", (options.out / name).string()).member("what", act.what);
        cli::print(json.member("about", act.about).end_object().str() + "\n");
    } else {
        cli::print((options.dry_run == DryRun::yes ? "would write " : "wrote ") + (options.out / name).string() + ": " +
                   act.what + " " + act.about + (act.line ? ", line " + std::to_string(*act.line) : std::string()) +
                   "\n");
    }
}

pseudonym::Kind kind_named(const std::string& word) {
    for (const auto field : pseudonym::all_fields()) {
        if (name_of(field) == word) {
            return pseudonym::kind_of(field);
        }
    }
    throw Error("disclose", word, "no field that there is", {"see: tally-packager privacy show"}, Exit::usage);
}

HostId log_named(const submission::Station& station, const std::string& word) {
    std::vector<HostId> found;
    for (const auto& log : station.log.roster()) {
        if (log.id.text() == word || log.label == word) {
            found.push_back(log.id);
        }
    }
    if (found.size() != 1) {
        throw Error("disclose line of", word, found.empty() ? "no such log or label" : "several logs have this label",
                    {"see: tally-packager archive list"}, Exit::usage);
    }
    return found.front();
}

} // namespace

Exit run_disclose_person(const DisclosePersonOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const auto privacy = pseudonym::load_privacy(options.state);
    if (!privacy) {
        throw Error("disclose", "", "this site has no pseudonyms", {"see: tally-packager privacy set"});
    }
    const auto kind = kind_named(options.field);
    const std::string name = fold1(kind, options.name, privacy->policy).name;
    if (name.empty()) {
        throw Error("disclose", "", "an empty name has no pseudonym", {}, Exit::usage);
    }
    bool any = false;
    for (const auto& secret : privacy->secrets) {
        if (options.epoch != 0 && options.epoch != secret.epoch()) {
            continue;
        }
        const pseudonym::Disclosure disclosure{station.site.current().site, kind, secret.epoch(), name,
                                               name_key(secret, kind, name)};
        const std::string pseudonym = disclosure.pseudonym();
        give(options, station, "DISCLOSE_" + pseudonym + ".json", disclosure_text(disclosure),
             {std::string(name_of(kind)), pseudonym});
        any = true;
    }
    if (!any) {
        throw Error("disclose", "", "there is no epoch " + std::to_string(options.epoch), {}, Exit::usage);
    }
    return Exit::ok;
}

// Under the first seal that the archive has behind the line.
Exit run_disclose_line(const DiscloseLineOptions& options) {
    submission::Station station(options.state, os::system_clock());
    const HostId log = log_named(station, options.log);
    const auto seals =
        station.archive.seals(log, std::min(options.seq + 1, station.archive.next(log)), station.archive.next(log));
    if (seals.empty()) {
        throw Error("disclose line", std::to_string(options.seq), "the archive holds no seal behind it",
                    {"collect what the host has sealed since: tally-packager collect"});
    }
    if (const std::uint64_t begins = station.archive.begins(log); begins > 0) {
        throw Error("disclose line", std::to_string(options.seq),
                    "lines before " + std::to_string(begins) +
                        " of this log were removed here, and the proof of any line needs all before its seal",
                    {"every line up to there was received: the connected side holds it in a bundle"});
    }
    const std::uint64_t size = seals.front() - 1; // of the tree that this seal signs
    pseudonym::LineProof proof{station.site.current().site, log.text(), options.seq, {}, {}, {}};
    line::TreeHasher hasher;
    std::vector<line::Hash> leaves;
    station.archive.for_each_line(log, 0, seals.front(), [&](std::uint64_t seq, std::string_view text) {
        if (seq < size) {
            leaves.push_back(hasher.leaf(text));
        }
        if (seq == options.seq) {
            proof.line = text;
        }
        if (seq == size) {
            proof.seal_line = text;
        }
    });
    proof.path = inclusion_path(hasher, options.seq, leaves);
    give(options, station, "LINE_" + log.text() + "_" + std::to_string(options.seq) + ".jsonl", line_proof_text(proof),
         {"line", log.text(), options.seq});
    return Exit::ok;
}

} // namespace tally::packager
