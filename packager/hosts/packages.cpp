#include "packager/hosts/packages.hpp"

#include "tally/crypto/sha256.hpp"

#include <algorithm>

namespace tally::hosts {
namespace {

using host_package::Package;

// Everything but number and sealed secrets.
Result<Package> wanted(const submission::Station& station, const HostId& host, const Saying& saying) {
    const HostFiles files(station.state, host);
    const auto request = files.request();
    if (!request) {
        return Fault{"its enrolment request is not kept here: enrol it again with its enrolment.json"};
    }
    if (!request->box) {
        return Fault{"its enrolment request has no box key: it was made by an earlier recorder"};
    }
    const auto& now = station.site.current();
    Package package{now.site,    station.site.fingerprint(), now.number, now.log, host, *request->box, 1, std::nullopt,
                    std::nullopt};
    const auto last = files.package();
    package.catalogue = saying.catalogue ? saying.catalogue : last ? last->package.catalogue : std::nullopt;
    return package;
}

bool same_names(const std::optional<host_package::Names>& names, const pseudonym::Privacy* privacy) {
    if (!names || privacy == nullptr) {
        return !names && privacy == nullptr;
    }
    return names->policy == privacy->policy &&
           std::equal(names->secrets.begin(), names->secrets.end(), privacy->secrets.begin(), privacy->secrets.end(),
                      [](const auto& sealed, const auto& secret) { return sealed.epoch == secret.epoch(); });
}

// What a package says about names as the `policy` line of the station says it.
std::optional<submission::PolicyChanged> policy_of(const SignedPackage& package) {
    if (!package.package.names) {
        return std::nullopt;
    }
    const auto& names = *package.package.names;
    submission::PolicyChanged act{{}, names.secrets.back().epoch};
    const bool hex = from_hex(pseudonym::policy_digest(names.policy), act.digest);
    TALLY_ASSERT(hex);
    return act;
}

void note_policy(submission::Station& station, const submission::PolicyChanged& now) {
    bool known = false;
    station.log.for_each("policy", [&](const line::Fields& fields) {
        known = fields.string("digest") == to_hex(now.digest) && fields.integer("epoch") == now.epoch;
    });
    if (!known) {
        station.log.note(now);
    }
}

} // namespace

std::map<HostId, Retirement> retirements(submission::Station& station) {
    std::map<HostId, Retirement> retired;
    station.log.for_each("retire", [&](const line::Fields& fields) {
        if (const auto log = HostId::parse(fields.string("log").value_or(""))) {
            retired.emplace(*log, Retirement{fields.integer("at").value_or(0),
                                             line::decode_text(fields.string("reason").value_or(""))});
        }
    });
    return retired;
}

Result<std::optional<SignedPackage>> current_package(const submission::Station& station, const HostId& host,
                                                     const Saying& saying) {
    const auto package = wanted(station, host, saying);
    if (!package) {
        return package.fault();
    }
    auto kept = HostFiles(station.state, host).package();
    if (!kept || kept->package.fingerprint != package->fingerprint || kept->package.box != package->box ||
        kept->package.catalogue != package->catalogue || !same_names(kept->package.names, saying.privacy)) {
        return std::optional<SignedPackage>();
    }
    const auto& exports = station.site.current().exports;
    const bool counts =
        std::any_of(exports.begin(), exports.end(), [&](const auto& key) { return key.id == kept->signature.key; });
    return counts ? std::move(kept) : std::nullopt;
}

std::map<HostId, std::uint64_t> issued_packages(submission::Station& station) {
    std::map<HostId, std::uint64_t> issued;
    station.log.for_each("issued", [&](const line::Fields& fields) {
        const auto log = HostId::parse(fields.string("log").value_or(""));
        if (log && fields.string("what") == "package") {
            ++issued[*log];
        }
    });
    return issued;
}

Result<SignedPackage> next_package(const submission::Station& station, const HostId& host, const Saying& saying,
                                   std::uint64_t issued, const minisig::SecretKey& key) {
    auto package = wanted(station, host, saying);
    if (!package) {
        return package.fault();
    }
    const auto last = HostFiles(station.state, host).package();
    package->n = std::max(last ? last->package.n : 0U, issued) + 1;
    if (saying.privacy != nullptr) {
        auto& names = package->names.emplace(host_package::Names{saying.privacy->policy, {}});
        for (const auto& secret : saying.privacy->secrets) {
            names.secrets.push_back(host_package::seal_secret(secret, package->box));
        }
    }
    std::string text = host_package::package_text(*package);
    const auto signature =
        minisig::sign(key, minisig::digest(as_bytes(text)),
                      {std::string(host_package::letter_note), host_package::package_comment(*package)});
    return SignedPackage{std::move(*package), std::move(text), signature};
}

void issue(submission::Station& station, const std::vector<SignedPackage>& packages) {
    for (const auto& package : packages) {
        if (const auto policy = policy_of(package)) {
            note_policy(station, *policy);
            break; // one policy for the whole site
        }
    }
    for (const auto& package : packages) {
        station.log.note(
            submission::Issued{submission::Issue::package, package.package.host, crypto::sha256(package.text)});
    }
    station.log.seal("package", station.archive);
    for (const auto& package : packages) {
        HostFiles(station.state, package.package.host).keep_package(package);
    }
}

} // namespace tally::hosts
