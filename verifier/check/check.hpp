// Checks one bundle, in the order of docs/formats/bundle.md, from one private copy of the file.
// Guarantees: fails closed; looks at everything that can still be looked at; memory is bounded whatever the file says;
// nothing in the bundle names a path that is opened. It knows no ledger: what it may rest on is handed in.
// It does not show that a record is true, only that nothing was altered since it was sealed (docs/threat-model.md).
#pragma once

#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/crypto/ed25519.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/tree.hpp"
#include "tally/os/file.hpp"
#include "tally/releases/releases.hpp"
#include "verifier/check/finding.hpp"
#include "verifier/check/sandbox.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tally::check {

using line::Hash;

// Where a log stood when the verifier last accepted lines of it.
struct Position {
    line::CompactRange range; // its size is the next seq
    Epoch epoch;              // of the next seal
    crypto::PublicKey key{};  // of the next seal
    std::uint64_t wall = 0;   // of the last line, UTC ms; not told of a seal
};

struct RosterEntry {
    std::string host, label;
    crypto::PublicKey first_key{};
};

// A receipt as a bundle names it, or as it was issued here.
struct NamedReceipt {
    std::uint64_t n = 0;
    Hash hash{}; // SHA-256 of its file
    std::array<std::uint8_t, 16> challenge{};
    bool operator==(const NamedReceipt&) const = default;
};

// A volume of an export that was accepted. `set` is equal for volumes of one set only; all zeros of one that is whole.
struct KnownVolume {
    std::uint64_t k = 1, n = 1;
    Hash set{};
};

// The station's word that a log had that tree when its lines arrived there.
struct Arrival {
    std::string host;
    std::uint64_t next = 0;
    Hash root{};
};

// What the verifier remembers of earlier bundles. Implemented by the ledger; must outlive the check.
class Memory {
public:
    Memory() = default;
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    virtual ~Memory() = default;
    [[nodiscard]] virtual std::optional<Position> position(const std::string& host) const = 0;
    // Root of the tree of `size` lines, for every size that ended with an accepted seal.
    [[nodiscard]] virtual std::optional<Hash> root_at(const std::string& host, std::uint64_t size) const = 0;
    // Logs enrolled by accepted lines of that site's station.
    [[nodiscard]] virtual std::vector<RosterEntry> roster(const std::string& site) const = 0;
    // Digests of the accepted volumes of the bundle with that number, empty when none was accepted.
    [[nodiscard]] virtual std::vector<Hash> accepted(const std::string& site, const std::string& agreement,
                                                     std::uint64_t n) const = 0;
    // The accepted volumes of the bundle with that number.
    [[nodiscard]] virtual std::vector<KnownVolume> volumes(const std::string&, const std::string&,
                                                           std::uint64_t) const {
        return {};
    }
    // Arrivals of lines of that log that were told in accepted bundles and have not been accepted yet.
    [[nodiscard]] virtual std::vector<Arrival> arrivals(const std::string&) const { return {}; }
    // The receipt with that number that was issued here.
    [[nodiscard]] virtual std::optional<NamedReceipt> issued(const std::string&, const std::string&,
                                                             std::uint64_t) const {
        return std::nullopt;
    }
    // The highest number of a receipt that an accepted bundle of a number below that one names; 0 when none does.
    [[nodiscard]] virtual std::uint64_t newest_named(const std::string&, const std::string&, std::uint64_t) const {
        return 0;
    }
};

// A site whose root keys were lost: from `at` (UTC seconds) on it is trusted under another fingerprint than before.
struct Reenrolled {
    std::string site, former, reason; // former: fingerprint in hex
    std::int64_t at = 0;
};

struct Trust {
    // none: nobody said whom to believe; the bundle can only be found consistent with itself (UNANCHORED).
    enum class Basis : std::uint8_t { none, enrolled };
    Basis basis = Basis::none;
    std::vector<std::string> chains; // bytes of each enrolled SITE.jsonl
    const Memory* memory = nullptr;
    std::vector<Hash> audiences = {}; // SHA-256 of the public keys with which receipts are signed here
    std::vector<Reenrolled> reenrolled = {};
};

enum class Recompress : std::uint8_t { no, yes };
// A verdict alone takes the same memory for any number of lines.
enum class Wanted : std::uint8_t { verdict, bundle };

struct Options {
    os::fs::path bundle;
    os::fs::path signature;                 // "": bundle + ".minisig"
    os::fs::path private_directory;         // where the private copy is made; "": the system's temporary directory
    Recompress recompress = Recompress::no; // also prove that no member has another encoding
    unsigned workers = 2;
    Wanted wanted = Wanted::bundle;
    std::optional<releases::Beside> releases = {}; // nothing: what lies beside the bundle
};

// What the bundle holds of one log.
struct LogCoverage {
    std::string host, label, role;
    std::uint64_t first = 0, next = 0, fresh_lines = 0, seals = 0, sessions = 0, imports = 0;
    std::uint64_t first_wall = 0, last_wall = 0;         // UTC ms by the host's clock, 0 when there is no line
    std::uint64_t imported_first = 0, imported_last = 0; // UTC s, dated events of the imports
    std::optional<Hash> root; // of the tree of `next` lines; nothing when these lines do not prove it
};

// A release that holds.
struct Release {
    std::string person, key, file; // the key as minisign prints its id
};

struct Report {
    Verdict verdict = Verdict::rejected;
    std::vector<Finding> findings; // in the order of check
    std::string file;              // as asked for
    Hash digest{};                 // SHA-256 of the file
    std::string site, agreement;
    std::uint64_t n = 0, volume = 1, volumes = 1, bytes = 0, lines = 0, seals = 0;
    std::vector<LogCoverage> logs;       // in roster order
    std::optional<NamedReceipt> receipt; // the newest that the site had taken in, as the bundle says
    std::vector<Release> releases;       // by officers of the enrolled site file
    std::uint64_t releases_needed = 0;   // different persons, by the enrolled policy
    std::optional<Sandbox> sandbox; // what the reader of the bundle had given up; nothing: it was the caller's process
};

// A seal that was checked, and the log right after it.
struct AcceptedSeal {
    std::uint32_t log = 0; // index into VerifiedBundle::logs
    std::uint64_t seq = 0; // of the seal line: the size of the tree it signs
    Epoch epoch;
    Hash root{};
    Position after; // range includes the seal line itself
};

struct VerifiedLog {
    std::string host, label, role;
    crypto::PublicKey first_key{};
    std::uint64_t first = 0; // of the lines in the bundle
    std::uint64_t fresh = 0; // lines before it were accepted earlier
    std::uint64_t next = 0;
};

// A line of a verified bundle; views live during the callback.
struct LineView {
    std::uint32_t log = 0; // index into VerifiedBundle::logs
    std::uint64_t seq = 0;
    std::string_view bytes;
    const line::Fields* fields = nullptr;
};

// Made only by check, when nothing refuses it and an enrolled anchor holds it. Owns the private copy. Of a bundle that
// was accepted before (REPLAY) it has neither logs nor lines: they were not looked at again.
class VerifiedBundle {
public:
    VerifiedBundle(VerifiedBundle&&) noexcept;
    VerifiedBundle& operator=(VerifiedBundle&&) noexcept;
    ~VerifiedBundle();

    [[nodiscard]] const Report& report() const;
    [[nodiscard]] const std::string& signature() const;     // bytes of the signature file that was held against it
    [[nodiscard]] const releases::Beside& releases() const; // the files that were held against it
    [[nodiscard]] std::uint64_t created_ms() const;
    [[nodiscard]] const std::vector<VerifiedLog>& logs() const;     // roster order
    [[nodiscard]] const std::vector<AcceptedSeal>& seals() const;   // of fresh lines, in order
    [[nodiscard]] const std::vector<RosterEntry>& enrolled() const; // by the station's lines in this bundle
    [[nodiscard]] const std::vector<Arrival>& arrivals() const;     // told in this bundle, of lines still to come
    [[nodiscard]] const Hash& set() const;                          // see KnownVolume
    // Fresh lines only, in order of log and seq, called from the caller's thread.
    void for_each_line(const std::function<void(const LineView&)>& take) const;
    // Writes the exact bytes of the bundle to an open file.
    void copy_to(const os::Descriptor& file, const os::fs::path& name) const;

private:
    friend class Checker;
    friend class ConfinedCheck;
    struct State;
    explicit VerifiedBundle(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// A volume behind one that is missing: signed by its site and sound as far as can be told, and not to be believed
// further until the missing one was accepted. Gives no lines, only its bytes, to be kept and checked again.
class WaitingVolume {
public:
    WaitingVolume(os::Descriptor copy, std::uint64_t bytes, std::string signature, releases::Beside releases)
        : copy_(std::move(copy)), bytes_(bytes), signature_(std::move(signature)), releases_(std::move(releases)) {}
    [[nodiscard]] const std::string& signature() const { return signature_; } // bytes of its signature file
    [[nodiscard]] const releases::Beside& releases() const { return releases_; }
    void copy_to(const os::Descriptor& file, const os::fs::path& name) const;

private:
    os::Descriptor copy_;
    std::uint64_t bytes_;
    std::string signature_;
    releases::Beside releases_;
};

struct Outcome {
    Report report;
    std::optional<VerifiedBundle> bundle = {}; // nothing when REJECTED, UNANCHORED or waiting, or not wanted
    std::optional<WaitingVolume> waiting = {}; // VOLUME_MISSING and nothing that refuses
};

// Throws Error when the machine refuses (the bundle cannot be read, no room for the private copy).
[[nodiscard]] Outcome check_bundle(const Options& options, const Trust& trust);

// The same, but whatever looks into the file or its signature runs in a child process that has given up files, network
// and other programs (sandbox.hpp). The lines of the VerifiedBundle come out of that process too.
// A child that dies is an Error, never a verdict. Not for a process with other threads.
[[nodiscard]] Outcome check_confined(const Options& options, const Trust& trust);

// Lines [first, next) of one log out of a kept copy of an accepted bundle, parsed again as strictly as by check.
// Fault when the copy is not the file with that digest, or cannot give them.
using TakeLine = std::function<void(std::uint64_t seq, std::string_view bytes)>;
[[nodiscard]] Result<void> read_kept_lines(const os::fs::path& copy, const Hash& digest, const std::string& host,
                                           std::uint64_t first, std::uint64_t next, const TakeLine& take);
// The same in a child process, as check_confined does it.
[[nodiscard]] Result<void> read_kept_confined(const os::fs::path& copy, const Hash& digest, const std::string& host,
                                              std::uint64_t first, std::uint64_t next, const TakeLine& take);

} // namespace tally::check
