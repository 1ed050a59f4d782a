// How a world begins, what each step does, and what verifiers say and hold.
#include "tests/model/world.hpp"

#include "tally/site_file/chain.hpp"
#include "verifier/check/check.hpp"
#include "verifier/ledger/usage.hpp"

#include <functional>

namespace tally::model {
namespace {

std::string severity_of(const Findings& findings) {
    int worst = 0;
    for (const auto& [text, log] : findings) {
        worst = std::max(worst, text.starts_with("refuse") ? 2 : text.starts_with("warn") ? 1 : 0);
    }
    return worst == 2 ? "REJECTED" : worst == 1 ? "OK_WITH_FINDINGS" : "OK";
}

} // namespace

World::World(Tally& tally) : tally_(tally) {
    const auto site = *SiteId::parse("SITE1");
    station_machine_.directory = directory_ / "station";
    station_machine_.boot = ++boots_;
    os::fs::create_directory(station_machine_.directory);
    const auto log_folder = station_machine_.directory / submission::log_folder;
    submission::StationLog::create(log_folder, site, "STATION", clock(station_machine_));
    station_.log = {++logs_};
    station_.log.add({Kind::genesis}, time(station_machine_));
    journal::Store store(log_folder, journal::Access::read);
    const auto genesis = journal::read_genesis(*store.line(0));
    bind(store, genesis->host.text(), station_.log);

    const auto root = minisig::SecretKey::generate();
    const site_file::Version version{site, 1, {root.public_key()}, 1, genesis->key, {export_key_.public_key()}, {}, 0};
    const std::vector<const minisig::SecretKey*> signers{&root};
    const std::string chain = site_file::signed_line(version, signers) + "\n";
    os::replace_file(station_machine_.directory / submission::site_file_name, chain);

    for (int i = 0; i < 2; ++i) {
        Machine machine;
        machine.directory = fresh_path("host");
        machine.identity = "machine " + std::to_string(i);
        machine.boot = ++boots_;
        journal::Journal::create(machine.directory, {site, "HOST" + std::to_string(i), journal::Role::recorder, "0"},
                                 clock(machine), {machine.identity, {}});
        machine.journal = {++logs_};
        machine.journal.add({Kind::genesis}, time(machine));
        const journal::Genesis begun =
            *journal::read_genesis(*journal::Store(machine.directory, journal::Access::read).line(0));
        hosts_[machine.journal.log] = begun.host.text();
        machines_.push_back(machine);
        ledger::Ledger ledger(directory_ / ("ledger" + std::to_string(i)), sqlite::Mode::create);
        ledger.add_trust({"SITE1", to_hex(site_file::read_chain(chain)->fingerprint()), 1, 0, chain});
        verifiers_.push_back({std::move(ledger), {}});
    }
}

void World::agree(const std::string& what, const std::string& real, const std::string& model) const {
    if (real != model) {
        throw Disagreement(what + "\n  product: " + real + "\n  model:   " + model);
    }
}

std::string World::host(int log) const {
    const auto place = hosts_.find(log);
    return place == hosts_.end() ? "" : place->second;
}

std::string World::told(const Findings& findings) const {
    std::multiset<std::string> texts;
    for (const auto& [text, log] : findings) {
        texts.insert(text + " " + host(log) + "; ");
    }
    std::string all;
    for (const auto& text : texts) {
        all += text;
    }
    return all;
}

void World::check(const Made& made, unsigned verifier, bool accept) {
    Verifier* to = verifier < verifiers_.size() ? &verifiers_[verifier] : nullptr;
    check::Options options;
    options.bundle = made.path;
    options.private_directory = directory_.path();
    options.workers = 1;
    auto outcome = check::check_bundle(options, to == nullptr ? check::Trust() : to->real.trust());

    Findings expected = model::check(made.bundle, to == nullptr ? nullptr : &to->model);
    std::erase_if(expected, [&](const auto& finding) { return finding.first == tally_.forgotten; });
    const auto as_model = [&](const std::vector<check::Finding>& findings) {
        std::string text;
        std::multiset<std::string> texts;
        for (const auto& finding : findings) {
            texts.insert(std::string(check::name(finding.severity)) + " " + std::string(check::name(finding.code)) +
                         " " + finding.host + "; ");
        }
        for (const auto& entry : texts) {
            text += entry;
        }
        return text;
    };
    agree("findings", as_model(outcome.report.findings), told(expected));
    const std::string verdict = severity_of(expected);
    agree("verdict", std::string(check::name(outcome.report.verdict)), verdict);
    for (const auto& [text, log] : expected) {
        ++tally_.seen[text];
    }
    ++tally_.seen["verdict " + verdict];
    agree("what may be accepted", outcome.bundle.has_value(), to != nullptr && verdict != "REJECTED");
    const bool before = to != nullptr && to->model.has(made.bundle);
    agree("logs", outcome.report.logs.size(), before ? 0 : made.bundle.rows.size());
    for (std::size_t i = 0; i < outcome.report.logs.size(); ++i) {
        const auto& log = outcome.report.logs.at(i);
        agree("coverage", log.host + " " + std::to_string(log.first) + " " + std::to_string(log.next),
              host(made.bundle.rows[i].log) + " " + std::to_string(made.bundle.rows[i].first) + " " +
                  std::to_string(made.bundle.rows[i].lines.size()));
    }
    if (!accept || !outcome.bundle) {
        return;
    }
    const auto taken = to->real.accept(std::move(*outcome.bundle));
    agree("accepted before", taken.status == ledger::Acceptance::Status::already_there, before);
    if (!before) {
        const Findings found = to->model.accept(made.bundle);
        agree("findings of the ledger", as_model(taken.findings), told(found));
        agree("lines accepted", taken.lines, to->model.lines);
        agree("sessions accepted", taken.sessions, to->model.added);
        for (const auto& [text, log] : found) {
            ++tally_.seen[text];
        }
    }
    ++tally_.seen[before ? "accepted twice" : "accepted"];
    compare_ledger(verifier);
}

void World::compare_ledger(unsigned verifier) {
    const auto& [real, model] = verifiers_[verifier];
    std::map<std::string, std::uint64_t> sizes;
    for (const auto& [log, lines] : model.logs) {
        sizes[host(log)] = lines.size();
    }
    const auto coverage = ledger::load_coverage(real);
    const auto usage = ledger::load_usage(real);
    agree("logs of the ledger", coverage.logs.size(), sizes.size());
    for (const auto& log : coverage.logs) {
        agree("lines of " + usage.logs.at(log.log) + " in the ledger", log.size, sizes[usage.logs.at(log.log)]);
    }
    std::multiset<std::pair<std::string, bool>> counted;
    for (const auto& session : usage.sessions) {
        counted.emplace(usage.logs.at(session.log), session.end_to != ledger::unknown);
    }
    std::multiset<std::pair<std::string, bool>> expected;
    for (const auto& [start, ended] : model.sessions) {
        expected.emplace(host(start.first), ended);
    }
    agree("sessions in the ledger", counted.size(), expected.size());
    agree("sessions in the ledger, by log and whether they ended", counted == expected, true);
    std::size_t bundles = 0;
    for (const auto& [place, ids] : model.bundles) {
        bundles += ids.size();
    }
    agree("bundles in the ledger", real.bundles().size(), bundles);
}

void World::apply(const Step& step) {
    const std::string& verb = step.verb;
    const unsigned a = step.a;
    const unsigned b = step.b;
    now_ += 1000;
    ++tally_.seen["step " + verb];
    const std::size_t which = a % machines_.size();
    Machine& machine = machines_[which];
    const auto with_bundle = [&](const std::function<void(const Made&)>& act) {
        if (!made_.empty()) {
            act(Made(made_[a % 2 == 0 ? made_.size() - 1 : a / 2 % made_.size()])); // mostly what was just made
        }
    };
    if (verb == "record") {
        record(machine, 1 + b % 4, b >> 2U);
    } else if (verb == "import") {
        import(machine, b % 4);
    } else if (verb == "seal") {
        seal(machine);
    } else if (verb == "drop") {
        drop(machine);
    } else if (verb == "ship") {
        seal(machine);
        drop(machine);
    } else if (verb == "redrop") {
        redrop(machine);
    } else if (verb == "lose-segment") {
        lose_segment(a);
    } else if (verb == "snapshot") {
        snapshot(which);
    } else if (verb == "restore") {
        restore(which);
    } else if (verb == "restore-journal") {
        restore_journal_alone(which);
    } else if (verb == "clone") {
        clone(machine, b % 2 == 0);
    } else if (verb == "lose-keys") {
        lose_keys(machine);
    } else if (verb == "clock") {
        (b % 4 == 3 ? station_machine_ : machine).offset += (static_cast<std::int64_t>(b % 21) - 10) * 700;
    } else if (verb == "reboot") {
        Machine& booted = b % 4 == 3 ? station_machine_ : machine;
        booted.boot = ++boots_;
        booted.booted = now_;
    } else if (verb == "enrol") {
        enrol(machine);
    } else if (verb == "collect") {
        collect(a % 8, b);
    } else if (verb == "pack") {
        pack(a % 2, b % 8);
    } else if (verb == "pack-again") {
        pack_again(a, std::nullopt);
    } else if (verb == "pack-from") {
        pack_again(a, std::pair(b % 24, b / 24 % 24));
    } else if (verb == "lose-bundle") {
        if (!made_.empty()) {
            made_.erase(made_.begin() + static_cast<std::ptrdiff_t>(a % made_.size()));
        }
    } else if (verb == "snapshot-station") {
        const auto folder = fresh_path("station_snapshot");
        os::fs::copy(station_machine_.directory, folder, os::fs::copy_options::recursive);
        saved_station_ = {folder, station_};
    } else if (verb == "restore-station") {
        if (saved_station_) {
            os::fs::remove_all(station_machine_.directory);
            os::fs::copy(saved_station_->first, station_machine_.directory, os::fs::copy_options::recursive);
            station_ = saved_station_->second;
        }
    } else if (verb == "lose-index") {
        lose_index();
    } else if (verb == "check") {
        with_bundle([&](const Made& made) { check(made, b % 3, false); });
    } else if (verb == "accept") {
        with_bundle([&](const Made& made) { check(made, b % 2, true); });
    } else if (verb == "accept-twice") {
        with_bundle([&](const Made& made) {
            check(made, b % 2, true);
            check(made, b % 2, true);
        });
    } else {
        throw Disagreement("there is no step " + verb);
    }
    // Every step of the station left its log as the model's.
    if (verb == "enrol" || verb == "collect" || verb == "pack" || verb == "restore-station") {
        bind_station();
    }
}

} // namespace tally::model
