#include "tests/faults/workloads.hpp"

#include "packager/commands.hpp"
#include "packager/secret_keys.hpp"
#include "packager/submission/station.hpp"
#include "recorder/journal/outbox.hpp"
#include "recorder/journal/verify.hpp"
#include "tally/segment/segment.hpp"
#include "verifier/check/check.hpp"
#include "verifier/commands.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/usage.hpp"

namespace tally::faults {
namespace {

namespace fs = os::fs;

constexpr std::uint64_t notes = 6, at_once = 2;

const SiteId& site() {
    static const SiteId id = *SiteId::parse("SITE1");
    return id;
}
fs::path recorder_in(const fs::path& top) { return top / "r"; }
fs::path ledger_in(const fs::path& top) { return top / "v.db"; }

void demand(bool good, const std::string& what) {
    if (!good) {
        throw Error("examine", "", what);
    }
}

journal::Journal open(const fs::path& top) { return {recorder_in(top), os::system_clock(), {"machine-one", {}}}; }

std::uint64_t notes_in(journal::Store& store, std::uint64_t lines) {
    std::uint64_t count = 0;
    line::Fields fields;
    for (std::uint64_t seq = 0; seq < lines; ++seq) {
        const auto line = store.line(seq);
        demand(line && !fields.parse(*line, line::max_record), "line " + std::to_string(seq) + " cannot be read");
        count += fields.string("t") == "note" ? 1U : 0U;
    }
    return count;
}

// The same log as at the beginning, whole, with so many notes.
std::string look_at_log(const fs::path& top, std::uint64_t acknowledged) {
    const std::string host = os::read_file(top / "host", 100);
    journal::Store store(recorder_in(top), journal::Access::read);
    const auto proof = journal::verify(store);
    demand(proof.holds(), proof.problem);
    demand(proof.host == host, "another log stands in the place of " + host);
    const auto found = notes_in(store, proof.lines);
    demand(found >= acknowledged, "acknowledged lines are gone: " + std::to_string(found));
    demand(found % at_once == 0, "half a group: " + std::to_string(found));
    return std::to_string(found) + " notes";
}

Exit commit(const fs::path& top, const Acknowledge& acknowledge) {
    auto journal = open(top);
    for (auto there = notes_in(journal.store(), journal.size()); there < notes; there += at_once) {
        for (std::uint64_t i = 0; i < at_once; ++i) {
            journal.append(line::Object().token("t", "note").integer("n", there + i));
        }
        journal.commit();
        acknowledge(there + at_once);
    }
    return Exit::ok;
}

Exit seal(const fs::path& top, const Acknowledge&) {
    auto journal = open(top);
    journal.seal("test");
    return Exit::ok;
}
std::string look_at_seals(const fs::path& top, std::uint64_t) {
    const std::string text = look_at_log(top, notes);
    const auto proof = journal::verify(recorder_in(top));
    return text + (proof.sealed == proof.lines ? ", sealed" : ", open");
}

Exit drop(const fs::path& top, const Acknowledge&) {
    auto journal = open(top);
    static_cast<void>(journal::drop_segments(journal));
    return Exit::ok;
}
std::string look_at_outbox(const fs::path& top, std::uint64_t) {
    std::string text = look_at_seals(top, 0);
    journal::Store store(recorder_in(top), journal::Access::read);
    for (const auto& entry : journal::list_segments(recorder_in(top), store)) {
        text += entry.present ? ", a segment" : ", a segment to come";
    }
    const auto outbox = recorder_in(top) / journal::outbox_name;
    for (fs::directory_iterator at(fs::exists(outbox) ? outbox : top), end; at != end; ++at) {
        const std::string file = at->path().filename().string();
        if (const auto name = segment::Name::parse(file)) {
            const auto packed = os::read_file(at->path(), segment::max_packed);
            demand(segment::read(*name, as_bytes(packed)).ok(), "half a segment: " + file);
        }
    }
    return text;
}

Exit collect(const fs::path& top, const Acknowledge&) {
    return packager::run_collect(
        {station_in(top), {(recorder_in(top) / journal::outbox_name).string()}, packager::Output::text});
}
std::string look_at_archive(const fs::path& top, std::uint64_t) {
    const submission::Station station(station_in(top), os::system_clock());
    std::string text;
    for (const auto& log : station.archive.roster()) {
        const auto next = station.archive.next(log.id);
        std::uint64_t lines = 0;
        station.archive.for_each_line(log.id, 0, next, [&](std::uint64_t, std::string_view) { ++lines; });
        demand(lines == next, "lines of the archive are gone");
        text += log.label + " " + std::to_string(next) + ", waiting " +
                std::to_string(station.archive.waiting(log.id).size()) + "\n";
    }
    demand(station.quarantine.list().empty(), "an honest segment lies in quarantine");
    return text;
}

Exit pack(const fs::path& top, const Acknowledge&) {
    packager::PackOptions options;
    options.state = station_in(top);
    options.out = out_in(top);
    return packager::run_pack(options);
}
check::Outcome checked(const fs::path& top, const fs::path& bundle) {
    check::Options options;
    options.bundle = bundle;
    return check::check_bundle(options, {check::Trust::Basis::enrolled,
                                         {os::read_file(station_in(top) / submission::site_file_name, 1U << 20U)},
                                         nullptr});
}
std::string look_at_bundles(const fs::path& top, std::uint64_t) {
    std::string text = look_at_archive(top, 0);
    for (fs::directory_iterator at(fs::exists(out_in(top)) ? out_in(top) : top), end; at != end; ++at) {
        if (at->path().extension() == ".minisig") {
            const auto outcome = checked(top, at->path().parent_path() / at->path().stem());
            demand(outcome.report.verdict == check::Verdict::ok,
                   outcome.report.findings.empty() ? "" : check::to_text(outcome.report.findings[0]));
            text += "bundle of " + std::to_string(outcome.report.n) + " with " +
                    std::to_string(outcome.report.logs.size()) + " logs\n";
        }
    }
    return text;
}

Exit accept(const fs::path& top, const Acknowledge&) {
    verifier::AcceptOptions options;
    options.bundles = {bundle_in(top).string()};
    options.ledger = ledger_in(top);
    return verifier::run_accept(options);
}
std::string look_at_ledger(const fs::path& top, std::uint64_t) {
    const ledger::Ledger ledger(ledger_in(top), sqlite::Mode::read_write);
    const auto bundles = ledger.bundles();
    for (const auto& bundle : bundles) {
        const auto copy = ledger.bundles_directory() / (bundle.digest + ".tally");
        demand(to_hex(crypto::sha256(os::read_file(copy, 1U << 24U))) == bundle.digest, "half a copy");
    }
    std::uint64_t lines = 0;
    for (const auto& day : ledger::load_coverage(ledger).days) {
        lines += day.lines;
    }
    return std::to_string(bundles.size()) + " bundles, " + std::to_string(lines) + " lines";
}

Exit check_with_ledger(const fs::path& top, const fs::path& bundle) {
    verifier::CheckOptions options;
    options.bundles = {bundle.string()};
    options.ledger = ledger_in(top);
    return verifier::run_check(options);
}
Exit check_good(const fs::path& top, const Acknowledge&) {
    const Exit exit = check_with_ledger(top, bundle_in(top));
    demand(exit != Exit::findings || checked(top, bundle_in(top)).report.verdict == check::Verdict::ok,
           "the file itself is altered");
    return exit;
}
Exit check_bad(const fs::path& top, const Acknowledge&) {
    return check_with_ledger(top, top / "bad.tally") == Exit::ok ? Exit::failure : Exit::ok;
}
std::string nothing(const fs::path&, std::uint64_t) { return ""; }

void set_up_station(const fs::path& top, const journal::Genesis& host) {
    const auto root = minisig::SecretKey::generate();
    const auto exporter = minisig::SecretKey::generate();
    const auto state = station_in(top);
    fs::create_directories(state / submission::keys_folder);
    submission::StationLog::create(state / submission::log_folder, site(), "STATION", os::system_clock());
    {
        journal::Store store(state / submission::log_folder, journal::Access::read);
        const auto genesis = journal::read_genesis(store.line(0).value_or(""));
        site_file::Version version{site(), 1, {root.public_key()}, 1, genesis->key, {exporter.public_key()}, {}, 0};
        const auto officer = minisig::SecretKey::generate();
        version.officers = {{officer.public_key(), *SiteId::parse("ANNA"), std::nullopt}};
        os::replace_file(top / officer_key, minisig::secret_key_file(officer), 0600);
        const std::vector<const minisig::SecretKey*> signers{&root};
        os::replace_file(state / submission::site_file_name, site_file::signed_line(version, signers) + "\n");
    }
    os::replace_file(packager::secret_key_path(state, packager::export_key), minisig::secret_key_file(exporter));
    submission::Station station(state, os::system_clock());
    station.log.enrol(host, "HOST", "");
    station.log.seal("enrol", station.archive);
    const std::string chain = os::read_file(state / submission::site_file_name, 1U << 20U);
    ledger::Ledger ledger(ledger_in(top), sqlite::Mode::create);
    ledger.add_trust({"SITE1", to_hex(site_file::read_chain(chain)->fingerprint()), 1, 1'790'000'000, chain});
}

} // namespace

void set_up(const fs::path& top) {
    journal::Journal::create(recorder_in(top), {site(), "HOST", journal::Role::recorder, "0.1.0"}, os::system_clock(),
                             {"machine-one", {}});
    const auto journal = open(top);
    os::replace_file(top / "host", journal.host().text());
    set_up_station(top, journal.genesis());
    set_up_way_out(top);
}

std::vector<Workload> workloads() {
    std::vector<Workload> all{{"journal commit", commit, look_at_log},
                              {"seal", seal, look_at_seals},
                              {"segment", drop, look_at_outbox},
                              {"collect", collect, look_at_archive},
                              {"pack", pack, look_at_bundles}};
    for (auto& workload : way_out()) {
        all.push_back(std::move(workload));
    }
    all.push_back({"accept", accept, look_at_ledger});
    all.push_back({"check of a good file", check_good, nothing});
    all.push_back({"check of a bad file", check_bad, nothing});
    return all;
}

void copy_tree(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(from)) {
        const auto target = to / entry.path().filename();
        if (fs::is_directory(entry.path())) {
            copy_tree(entry.path(), target);
        } else {
            fs::copy_file(entry.path(), target);
        }
    }
    fs::permissions(to, fs::status(from).permissions());
}

} // namespace tally::faults
