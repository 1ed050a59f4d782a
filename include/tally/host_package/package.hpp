// The host package (docs/formats/host-package.md): what a station tells one host, with the site's pseudonym secrets
// sealed to the host's box key. Reader and writer of the one canonical line; whether its signature counts, and whether
// it is for this host, is the question of whoever applies it.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/crypto/box.hpp"
#include "tally/line/tree.hpp"
#include "tally/pseudonym/policy.hpp"
#include "tally/pseudonym/secret.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::host_package {

inline constexpr std::size_t max_package = pseudonym::max_policy + (8U << 10U);
inline constexpr std::size_t max_secrets = 16;
inline constexpr std::string_view package_format = "tally-host-1";
inline constexpr std::string_view letter_note = "letter of Tallystick to a host"; // untrusted comment

struct SealedSecret {
    static constexpr std::size_t size = pseudonym::Secret::size + crypto_box_SEALBYTES;

    std::uint64_t epoch = 1;
    std::array<std::uint8_t, size> box{};
    bool operator==(const SealedSecret&) const = default;
};

[[nodiscard]] SealedSecret seal_secret(const pseudonym::Secret& secret, const crypto::BoxPublicKey& key);
// Nothing when it was sealed to another key or altered.
[[nodiscard]] std::optional<pseudonym::Secret> open_secret(const SealedSecret& sealed, const crypto::BoxKey& key);

struct Names {
    pseudonym::Policy policy;
    std::vector<SealedSecret> secrets; // epochs ascend; at least one, the last is in force
    bool operator==(const Names&) const = default;
};

struct Package {
    SiteId site;
    line::Hash fingerprint{};    // of the site file
    std::uint64_t version = 1;   // of the site file
    crypto::PublicKey station{}; // first key of its log
    HostId host;
    crypto::BoxPublicKey box;
    std::uint64_t n = 1;
    std::optional<Names> names;
    std::optional<line::Hash> catalogue;
    bool operator==(const Package&) const = default;
};

// The line and its LF.
[[nodiscard]] std::string package_text(const Package& package);
// One spelling only.
[[nodiscard]] Result<Package> read_package(std::string_view bytes);

[[nodiscard]] std::string package_name(const HostId& host);        // HOST_<log>.json
[[nodiscard]] std::string package_comment(const Package& package); // tally-host-1 SITE HOST N

} // namespace tally::host_package
