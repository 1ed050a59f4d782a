#include "tally/host_package/package.hpp"

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

#include <algorithm>

namespace tally::host_package {
namespace {

bool read_hash(const line::Fields& fields, std::string_view key, std::span<std::uint8_t> into) {
    return from_hex(fields.string(key).value_or(""), into);
}

Result<std::vector<SealedSecret>> read_secrets(std::string_view array) {
    const Fault malformed{"secrets is no list of 1 to 16 sealed secrets in the order of their epochs"};
    std::vector<SealedSecret> secrets;
    line::Items items(array);
    for (line::Value item; items.next(item);) {
        line::Fields entry;
        if (item.kind != line::Kind::object || entry.parse(item.text, max_package) || entry.size() != 2 ||
            secrets.size() == max_secrets) {
            return malformed;
        }
        const std::uint64_t epoch = entry.integer("epoch").value_or(0);
        const auto box = from_base64(entry.string("sealed").value_or(""));
        if (!box || box->size() != SealedSecret::size || epoch < 1 || epoch > pseudonym::max_epoch ||
            (!secrets.empty() && secrets.back().epoch >= epoch)) {
            return malformed;
        }
        secrets.push_back({epoch, {}});
        std::copy(box->begin(), box->end(), secrets.back().box.begin());
    }
    return secrets.empty() ? Result<std::vector<SealedSecret>>(malformed) : secrets;
}

Result<std::optional<Names>> read_names(const line::Fields& fields) {
    const bool has_policy = fields.find("policy") != nullptr;
    if (has_policy != (fields.find("secrets") != nullptr)) {
        return Fault{"policy and secrets are there together or not at all"};
    }
    if (!has_policy) {
        return std::optional<Names>();
    }
    auto policy = pseudonym::read_policy(fields.object("policy").value_or(""));
    if (!policy) {
        return Fault{"policy: " + policy.fault().what};
    }
    auto secrets = read_secrets(fields.array("secrets").value_or("[]"));
    if (!secrets) {
        return secrets.fault();
    }
    return std::optional<Names>(Names{std::move(*policy), std::move(*secrets)});
}

line::Object names_object(const Names& names) {
    std::vector<line::Object> secrets(names.secrets.size());
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        secrets[i].integer("epoch", names.secrets[i].epoch).token("sealed", to_base64(names.secrets[i].box));
    }
    line::Object object;
    return object.value("policy", pseudonym::policy_object(names.policy)).objects("secrets", secrets);
}

} // namespace

SealedSecret seal_secret(const pseudonym::Secret& secret, const crypto::BoxPublicKey& key) {
    SealedSecret sealed{secret.epoch(), {}};
    const auto box = crypto::seal_to(key, secret.bytes());
    std::copy(box.begin(), box.end(), sealed.box.begin());
    return sealed;
}

std::optional<pseudonym::Secret> open_secret(const SealedSecret& sealed, const crypto::BoxKey& key) {
    crypto::SecretBytes bytes(pseudonym::Secret::size);
    std::optional<pseudonym::Secret> secret;
    if (key.open(sealed.box, bytes.all<pseudonym::Secret::size>())) {
        secret.emplace(sealed.epoch, std::move(bytes));
    }
    return secret;
}

std::string package_text(const Package& package) {
    line::Object object;
    object.token("format", package_format)
        .token("site", package.site.text())
        .token("fingerprint", to_hex(package.fingerprint))
        .integer("version", package.version)
        .token("station", to_hex(package.station))
        .token("host", package.host.text())
        .token("box", to_hex(package.box.point))
        .integer("n", package.n);
    if (package.names) {
        object.add(names_object(*package.names));
    }
    if (package.catalogue) {
        object.token("catalogue", to_hex(*package.catalogue));
    }
    return object.str() + "\n";
}

Result<Package> read_package(std::string_view bytes) {
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with one line feed", bytes.size()};
    }
    line::Fields fields;
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), max_package - 1)) {
        return Fault{problem.what, problem.at};
    }
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto host = HostId::parse(fields.string("host").value_or(""));
    const std::uint64_t version = fields.integer("version").value_or(0);
    const std::uint64_t n = fields.integer("n").value_or(0);
    if (fields.string("format") != package_format || !site || !host || version == 0 || n == 0) {
        return Fault{"not a package of the format " + std::string(package_format)};
    }
    Package package{*site, {}, version, {}, *host, {}, n, std::nullopt, std::nullopt};
    if (!read_hash(fields, "fingerprint", package.fingerprint) || !read_hash(fields, "station", package.station) ||
        !crypto::acceptable(package.station)) {
        return Fault{"fingerprint or station is malformed"};
    }
    if (!read_hash(fields, "box", package.box.point) || !crypto::acceptable(package.box)) {
        return Fault{"box is no acceptable key"};
    }
    if (fields.find("catalogue") != nullptr && !read_hash(fields, "catalogue", package.catalogue.emplace())) {
        return Fault{"catalogue is no SHA-256"};
    }
    auto names = read_names(fields);
    if (!names) {
        return names.fault();
    }
    package.names = std::move(*names);
    if (fields.size() != 8U + (package.names ? 2U : 0U) + (package.catalogue ? 1U : 0U)) {
        return Fault{"has other fields than a package"};
    }
    return package;
}

std::string package_name(const HostId& host) { return "HOST_" + host.text() + ".json"; }

std::string package_comment(const Package& package) {
    return std::string(package_format) + " " + package.site.text() + " " + package.host.text() + " " +
           std::to_string(package.n);
}

} // namespace tally::host_package
