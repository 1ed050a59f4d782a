#include "verifier/audit/recompute.hpp"

#include "tally/base/encoding.hpp"
#include "tally/crypto/sha256.hpp"
#include "tally/site_file/chain.hpp"
#include "verifier/inputs/store.hpp"
#include "verifier/ledger/kept_releases.hpp"
#include "verifier/ledger/reenrolment.hpp"
#include "verifier/receipt/answers.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <set>

namespace tally::audit {
namespace {

using ledger::AcceptedBundle;
using Sequence = std::deque<AcceptedBundle>;

constexpr std::array<std::string_view, 3> order_names = {"as-accepted", "reverse", "shuffled"};

os::fs::path copy_of(const ledger::Ledger& from, const AcceptedBundle& bundle) {
    return from.bundles_directory() / (bundle.digest + ".tally");
}

// Before anything is built: what is missing, all of it.
void demand_all(const ledger::Ledger& from, const std::vector<AcceptedBundle>& bundles) {
    std::vector<std::string> missing;
    std::vector<std::string> unsigned_ones;
    for (const auto& bundle : bundles) {
        if (!os::fs::exists(copy_of(from, bundle))) {
            missing.push_back(bundle.name + " (" + bundle.digest + ".tally)");
        } else if (!from.signature_of(bundle.id)) {
            unsigned_ones.push_back(bundle.name);
        }
    }
    if (!missing.empty()) {
        missing.push_back("restore it, or them, from where the bundles came from; copies are named by their SHA-256");
        throw Error("read", from.bundles_directory().string(),
                    std::to_string(missing.size() - 1) + " of " + std::to_string(bundles.size()) +
                        " accepted bundles are not there",
                    missing);
    }
    if (!unsigned_ones.empty()) {
        throw Error("read", from.database().path(),
                    "the signature of bundle " + unsigned_ones.front() + " was not kept" +
                        (unsigned_ones.size() == 1
                             ? std::string()
                             : ", nor of " + std::to_string(unsigned_ones.size() - 1) + " others"),
                    {"accept the same bundles again, with the .minisig files beside them: that adds what is missing"});
    }
}

std::vector<Sequence> channels_of(const std::vector<AcceptedBundle>& bundles) {
    std::vector<Sequence> channels;
    std::map<std::pair<std::string, std::string>, std::size_t> places;
    for (const auto& bundle : bundles) {
        const auto [place, is_new] = places.try_emplace({bundle.site, bundle.agreement}, channels.size());
        if (is_new) {
            channels.emplace_back();
        }
        channels[place->second].push_back(bundle);
    }
    return channels;
}

Sequence mixed(std::vector<Sequence> channels, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Sequence result;
    std::size_t left = 0;
    for (const auto& channel : channels) {
        left += channel.size();
    }
    for (; left > 0; --left) { // the more a channel has left, the sooner it is taken
        std::uint64_t drawn = random() % left;
        auto channel = channels.begin();
        while (drawn >= channel->size()) {
            drawn -= channel->size();
            ++channel;
        }
        result.push_back(std::move(channel->front()));
        channel->pop_front();
    }
    return result;
}

Sequence ordered(const std::vector<AcceptedBundle>& bundles, const Rebuilding& options) {
    if (options.order == Order::as_accepted) {
        return {bundles.begin(), bundles.end()};
    }
    auto channels = channels_of(bundles);
    if (options.order == Order::shuffled) {
        return mixed(std::move(channels), options.seed);
    }
    Sequence result;
    for (auto channel = channels.rbegin(); channel != channels.rend(); ++channel) {
        std::move(channel->begin(), channel->end(), std::back_inserter(result));
    }
    return result;
}

// The site file as far as it went when the bundle was accepted. Where that was not kept, as far as each version that names
// the key, the newest first: bundles stay good when a later version replaces their key, or asks for more releases.
std::vector<std::string> chains_for(const std::string& whole, std::optional<std::uint64_t> version,
                                    const minisig::KeyId& key) {
    const auto chain = site_file::read_chain(whole);
    if (!chain) {
        throw Error("read", "the enrolled site file", chain.fault().what);
    }
    std::string bytes;
    std::vector<std::string> chains;
    for (std::size_t i = 0; i < chain->versions().size(); ++i) {
        bytes += chain->lines()[i] + "\n";
        if (version && chain->versions()[i].number == *version) {
            return {bytes};
        }
        const auto& exports = chain->versions()[i].exports;
        if (std::any_of(exports.begin(), exports.end(), [&](const auto& each) { return each.id == key; })) {
            chains.insert(chains.begin(), bytes);
        }
    }
    return chains.empty() ? std::vector<std::string>{whole} : chains;
}

bool asks_for_more_releases(const check::Report& report) {
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [](const auto& finding) { return finding.code == check::Code::release_missing; });
}

// What the ledger had answered before, so that bundles which name receipts find them.
void copy_answers(const ledger::Ledger& from, const std::vector<AcceptedBundle>& bundles, receipt::Answers& into) {
    const receipt::Answers before(from);
    for (const auto& key : before.keys()) {
        into.note(key);
    }
    std::set<std::pair<std::string, std::string>> channels;
    for (const auto& bundle : bundles) {
        channels.emplace(bundle.site, bundle.agreement);
    }
    for (const auto& channel : channels) {
        for (const auto& sent : before.sent(channel.first, channel.second)) {
            into.keep(sent);
        }
    }
}

class Rebuilder {
public:
    Rebuilder(const ledger::Ledger& from, ledger::Ledger& into, receipt::Answers& answers, const Rebuilding& options)
        : from_(from), into_(into), answers_(answers), options_(options) {}

    // False when it is refused as things stand.
    bool take(const AcceptedBundle& bundle) {
        const os::fs::path signature = options_.private_directory / (bundle.digest + ".minisig");
        const std::string bytes = from_.signature_of(bundle.id).value();
        os::replace_file(signature, bytes, 0600);
        check::Options wanted;
        wanted.bundle = copy_of(from_, bundle);
        wanted.signature = signature;
        wanted.private_directory = options_.private_directory;
        wanted.releases = ledger::releases_of(from_.database(), bundle.id);
        check::Outcome outcome;
        for (const auto& chain : chains_of(bundle, bytes)) {
            outcome = check::check_confined(wanted, trust_for(bundle, chain));
            if (!asks_for_more_releases(outcome.report)) {
                break;
            }
        }
        os::fs::remove(signature);
        if (to_hex(outcome.report.digest) != bundle.digest) {
            throw Error("read", wanted.bundle.string(), "it was altered since it was accepted as " + bundle.name,
                        {"restore it: its name is its SHA-256"});
        }
        if (!outcome.bundle) {
            std::string why = bundle.name + " is refused:";
            for (const auto& finding : outcome.report.findings) {
                why += finding.severity == check::Severity::refuse ? " " + std::string(check::name(finding.code)) : "";
            }
            why_ = why_.empty() ? why : why_; // of the first: others may be refused because of it
            return false;
        }
        why_.clear();
        answers_.note(outcome.report);
        static_cast<void>(into_.accept(std::move(*outcome.bundle), bundle.received));
        return true;
    }
    [[nodiscard]] const std::string& why() const { return why_; }

private:
    // Site files under which the bundle may have been accepted.
    [[nodiscard]] std::vector<std::string> chains_of(const AcceptedBundle& bundle, const std::string& signature) const {
        const auto read = minisig::read_signature_file(signature);
        const auto version = ledger::site_version_of(from_.database(), bundle.id);
        const auto some_of = [&](const std::string& whole) {
            return read ? chains_for(whole, version, read->key) : std::vector<std::string>{whole};
        };
        for (const auto& former : former_) {
            if (former.site == bundle.site && bundle.id <= former.last_bundle) {
                return some_of(former.chain);
            }
        }
        for (const auto& site : into_.trusted()) {
            if (site.site == bundle.site) {
                return some_of(site.chain);
            }
        }
        return {""};
    }

    [[nodiscard]] check::Trust trust_for(const AcceptedBundle& bundle, const std::string& chain) const {
        check::Trust trust = answers_.trust();
        std::erase_if(trust.reenrolled, [&](const auto& one) { return is_later(one, bundle); });
        trust.chains.clear();
        if (!chain.empty()) {
            trust.chains.push_back(chain);
        }
        for (const auto& site : into_.trusted()) {
            if (site.site != bundle.site) {
                trust.chains.push_back(site.chain);
            }
        }
        return trust;
    }

    // The site was enrolled again after that bundle had been accepted.
    [[nodiscard]] bool is_later(const check::Reenrolled& one, const AcceptedBundle& bundle) const {
        return std::any_of(former_.begin(), former_.end(), [&](const auto& former) {
            return former.site == one.site && former.fingerprint == one.former && bundle.id <= former.last_bundle;
        });
    }

    const ledger::Ledger& from_;
    ledger::Ledger& into_;
    receipt::Answers& answers_; // of `into`
    const Rebuilding& options_;
    std::vector<ledger::FormerSite> former_ = ledger::former_sites(from_.database());
    std::string why_;
};

std::size_t copy_inputs(const ledger::Ledger& from, ledger::Ledger& into) {
    const auto files = inputs::input_history(from.database());
    for (const auto& file : files) {
        const std::string bytes = inputs::stored_bytes(from.database(), file);
        inputs::store_file(into.database(), file, bytes);
    }
    return files.size();
}

bool same_order(const std::vector<AcceptedBundle>& before, const std::vector<AcceptedBundle>& now) {
    return std::equal(before.begin(), before.end(), now.begin(), now.end(),
                      [](const auto& a, const auto& b) { return a.id == b.id; });
}

} // namespace

std::string_view name(Order order) { return order_names[static_cast<std::size_t>(order)]; }

std::optional<Order> order_named(std::string_view name) {
    const auto place = std::find(order_names.begin(), order_names.end(), name);
    return place == order_names.end() ? std::nullopt : std::optional(static_cast<Order>(place - order_names.begin()));
}

Rebuilt rebuild(const ledger::Ledger& from, ledger::Ledger& into, const Rebuilding& options) {
    const auto bundles = from.bundles();
    demand_all(from, bundles);
    for (const auto& site : from.trusted()) {
        into.add_trust(site);
    }
    for (const auto& former : ledger::former_sites(from.database())) {
        ledger::keep_former(into.database(), former);
    }
    Rebuilt rebuilt;
    receipt::Answers answers(into);
    copy_answers(from, bundles, answers);
    Rebuilder rebuilder(from, into, answers, options);
    Sequence waiting = ordered(bundles, options);
    while (!waiting.empty()) {
        const auto next = std::find_if(waiting.begin(), waiting.end(),
                                       [&](const AcceptedBundle& bundle) { return rebuilder.take(bundle); });
        if (next == waiting.end()) {
            throw Error("recompute", from.database().path(), rebuilder.why(),
                        {"tally-verifier check says more about it: the kept copies are in " +
                         from.bundles_directory().string()},
                        Exit::findings);
        }
        rebuilt.bundles.push_back(std::move(*next));
        waiting.erase(next);
        if (options.progress) {
            options.progress(rebuilt.bundles.size(), bundles.size());
        }
    }
    rebuilt.other_order = !same_order(bundles, rebuilt.bundles);
    rebuilt.inputs = copy_inputs(from, into);
    return rebuilt;
}

} // namespace tally::audit
