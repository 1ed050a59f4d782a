// The site file (docs/formats/site-file.md): which keys a site's evidence may be signed with. One canonical line a
// version; version N+1 is signed by the threshold of N and of N+1. The reader answers only "is this a chain": whether
// its fingerprint is the one that was read over another channel is the caller's question.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/line/tree.hpp"
#include "tally/minisig/signature.hpp"

#include <optional>
#include <span>
#include <vector>

namespace tally::site_file {

inline constexpr std::size_t max_versions = 1024;

// An export key that signs no more: a bundle that it signed is good while the station's log in it ends at or before
// `until`, its size when the key was dropped.
struct RetiredKey {
    minisig::PublicKey key;
    std::uint64_t until = 0;
    bool operator==(const RetiredKey&) const = default;
};

// Who may release bundles. A person may hold several keys: releases are counted by persons.
struct Officer {
    minisig::PublicKey key;
    SiteId person;                      // same grammar as a site id
    std::optional<std::uint64_t> until; // of one who has left: as with a retired key
    bool operator==(const Officer&) const = default;
};

struct Version {
    SiteId site;
    std::uint64_t number = 1;
    std::vector<minisig::PublicKey> roots;     // who signs the next version; at least one
    std::uint64_t threshold = 1;               // 1 … roots.size()
    crypto::PublicKey log{};                   // first public key of the station's log
    std::vector<minisig::PublicKey> exports;   // who signs bundles; at least one
    std::vector<minisig::PublicKey> verifiers; // who signs receipts; may be empty
    std::uint64_t releases = 0;                // persons who must release a bundle
    std::vector<RetiredKey> retired = {};      // of exports of earlier versions
    std::vector<Officer> officers = {};        // sorted by the text of the key; may be empty
};

// The canonical line without `sigs` and without LF: what is signed, and what `jq -cjS 'del(.sigs)'` prints.
[[nodiscard]] std::string signed_text(const Version& version);
// The fixed trusted comment: "tally-site-1 SITE VERSION".
[[nodiscard]] std::string signature_comment(const Version& version);
// The line with its signatures (sorted by key) and without LF. Writers only: signs with the keys given, checks nothing.
[[nodiscard]] std::string signed_line(const Version& version, std::span<const minisig::SecretKey* const> signers);

class Chain {
public:
    [[nodiscard]] const Version& first() const { return versions_.front(); }
    [[nodiscard]] const Version& current() const { return versions_.back(); }
    [[nodiscard]] const std::vector<Version>& versions() const { return versions_; }
    [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; } // without LF
    // SHA-256 of signed_text(first()).
    [[nodiscard]] const line::Hash& fingerprint() const { return fingerprint_; }

private:
    friend Result<Chain> read_chain(std::string_view bytes);
    std::vector<Version> versions_;
    std::vector<std::string> lines_;
    line::Hash fingerprint_{};
};

// Whole bytes of a SITE.jsonl that starts at version 1, every line ended by LF. Fault.at is a line number.
[[nodiscard]] Result<Chain> read_chain(std::string_view bytes);

// What `shown` (from a bundle) is to `known` (enrolled): compared line by line as bytes.
enum class Relation : std::uint8_t { same, older, newer, different };
[[nodiscard]] Relation relate(const Chain& known, const Chain& shown);

// Eight proquints (arXiv:0901.4016) of the first 128 bits, joined by "-": "lusab-babad-…".
[[nodiscard]] std::string fingerprint_words(const line::Hash& fingerprint);
// `said` is 64 hex digits or the eight words, in either case of letters, words parted by "-" or single spaces.
[[nodiscard]] bool fingerprint_is(const line::Hash& fingerprint, std::string_view said);

} // namespace tally::site_file
