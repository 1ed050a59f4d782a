// One log of a bundle: its lines must continue, hash by hash and key by key, what the verifier may rest on
// (docs/formats/bundle.md, "Anchors"). What HOSTS.jsonl claims about the state at `first` proves nothing: it is used to
// start the fold, and the fold must then arrive at what is remembered.
#pragma once

#include "tally/bundle/manifest.hpp"
#include "tally/line/seal.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/findings.hpp"
#include "verifier/check/member_digest.hpp"

#include <map>
#include <span>

namespace tally::check {

// What holds a log in place. `basis` none: nobody is trusted, first_key is the bundle's own word.
struct Anchor {
    Trust::Basis basis = Trust::Basis::none;
    std::optional<Position> position;           // of the last accepted lines
    std::optional<crypto::PublicKey> first_key; // enrolled
    std::optional<Hash> root_at_next;           // remembered root of the tree of size HostRow::next
    std::string label;
    std::map<std::uint64_t, Hash> arrived;            // what the station's log says: tree size -> root
    bool behind_missing = false;                      // what comes before is in a volume that was not accepted yet
    std::optional<std::uint64_t> until_ms;            // what came later was not asked for
    std::string_view claimed_in = bundle::hosts_name; // the member that says how the log stands at its first line
};

// What follows the lines of a log that were in the volume.
enum class Rest : std::uint8_t { nothing, later_volume };

class LogCheck {
public:
    // Fresh seals are added to `seals` where they are wanted: they are what a check keeps of every few thousand lines.
    // `row` with the state where the volume begins; `index` is that in VerifiedBundle::logs.
    LogCheck(const bundle::HostRow& row, Anchor anchor, std::string role, std::uint32_t index, Findings& findings,
             std::vector<AcceptedSeal>* seals);

    // The next run of this log's lines; `leaves` are those of its member.
    void feed(const Run& run, const std::vector<Hash>& leaves, const std::string& member);
    // That many lines stand here that could not be read; why was reported.
    void skip(std::uint64_t lines);
    // After the last run: what is missing, unsealed, or not as HOSTS.jsonl and the station say.
    void finish(Rest rest);

    [[nodiscard]] std::uint64_t position() const { return position_; } // seq of the next line
    [[nodiscard]] const bundle::HostRow& row() const { return row_; }
    [[nodiscard]] bool anchored() const { return anchored_; }
    [[nodiscard]] const LogCoverage& coverage() const { return coverage_; }
    [[nodiscard]] VerifiedLog verified() const;

private:
    enum class Witness : std::uint8_t { missing, there };

    Finding& report(Code code, std::string text);
    Finding& report(Code code, Severity severity, std::string text);
    void start();
    void start_from_memory();
    crypto::PublicKey first_key();
    void append(std::span<const Hash> leaves);
    void append_part(std::span<const Hash> leaves);
    void append_seal(const KeptLine& kept, const std::string& member);
    void look_at(const KeptLine& kept, const std::string& member);
    void look_at_policy(const KeptLine& kept, const line::Fields& fields);
    void look_at_word(const KeptLine& kept, const line::Fields& fields);
    void look_at_genesis(const KeptLine& kept, const line::Fields& fields, const std::string& member);
    void look_at_clock(const Run& run);
    void after_seal(std::uint64_t seal_seq);
    void finish_root();
    void finish_arrived();
    [[nodiscard]] bool not_asked_for() const;
    [[nodiscard]] bool is_first_key(std::string_view hex) const;
    [[nodiscard]] std::uint64_t end() const { return partial_ ? position_ : row_.next; }
    [[nodiscard]] bool is_station() const { return coverage_.role == "station"; }

    bundle::HostRow row_;
    Anchor anchor_;
    std::uint32_t index_;
    Findings& findings_;
    std::vector<AcceptedSeal>* seals_;
    std::optional<line::Chain> chain_;
    std::uint64_t position_;
    std::uint64_t fresh_;                // lines before it were accepted earlier
    Witness witness_ = Witness::missing; // the station's log says that the lines up to `next` arrived
    bool anchored_ = true;
    bool failed_ = false; // nothing later of this log can be proved
    bool ends_sealed_ = false;
    bool partial_ = false; // later volumes go on with it
    std::optional<Stamp> latest_;
    std::uint64_t epoch_ = 1; // of the secret under which names were written last
    LogCoverage coverage_;
};

} // namespace tally::check
