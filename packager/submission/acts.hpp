// What is done at a station, as lines of its log (docs/formats/record.md, "Of the station"): an act is a plain struct,
// record_of() its line, StationLog::note() appends it and StationLog::seal() makes it durable. Names and reasons may be
// any text. Decides nothing: who may do what is the business of the command.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/line/tree.hpp"
#include "tally/line/write.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::submission {

// So many digests fit into a line beside its other fields.
inline constexpr std::size_t digests_per_line = 20;

// From here on the site file has this version; `digest` is the SHA-256 of its signed text.
struct SiteChanged {
    std::uint64_t version = 1;
    line::Hash digest{};
};

// From here on hosts are to record by this policy; `digest` is the SHA-256 of its canonical line.
struct PolicyChanged {
    line::Hash digest{};
    std::uint64_t epoch = 0; // of the pseudonym secret
};

// A file for one host was signed: its package, or an acknowledgement. `digest` is the SHA-256 of the file.
enum class Issue : std::uint8_t { package, ack };
struct Issued {
    Issue what = Issue::package;
    HostId log;
    line::Hash digest{};
};

// Nothing is expected of `log` from `at` (UTC seconds) on.
struct Retired {
    HostId log;
    std::uint64_t at = 0;
    std::string reason;
};

// An officer's signature over a bundle, made or brought here. `digest`: SHA-256 of what was signed, hex.
struct Released {
    std::string agreement;
    std::uint64_t n = 0;
    std::string digest;
    std::string officer; // as the site file calls the person
    std::string key;     // its printed id
};

// Volumes are complete on a medium, read back.
struct Written {
    std::string agreement;
    std::uint64_t n = 0;
    std::vector<std::string> digests; // SHA-256 in hex, at most digests_per_line
    std::string medium;               // serial, label or what people call it
    std::string filesystem;
    std::string method; // of reading back
};

// A verifier's receipt was taken in; `n` is its own number, `digest` the SHA-256 of its file.
struct ReceiptTaken {
    std::string agreement;
    std::uint64_t n = 0;
    line::Hash digest{};
    std::string status;
    std::string verifier;             // printed id of its key
    std::vector<std::string> bundles; // SHA-256 in hex, at most digests_per_line
};

// Lines of `log` before `below` are no longer kept here.
struct Pruned {
    HostId log;
    std::uint64_t below = 0;
};

// Terms under which the site owes reports (obligations.hpp). Days are counted from 1970-01-01.
struct AgreementTerms {
    std::string id; // the agreement of channels: 1–24 characters of A-Z 0-9 _
    std::string licensee;
    std::string cadence; // "monthly", "quarterly", "half-yearly", "yearly", "180 days", "2 months", "none"
    std::uint64_t due_days = 10, grace_days = 0;
    std::int64_t start = 0;          // first day
    std::optional<std::int64_t> end; // last day
    std::string zone;                // IANA name: whose midnight ends a day of the site
};

// The site's word about [from, to), UTC seconds; without `to`: until further notice.
enum class Word : std::uint8_t { gap, nil, justification };
struct Declared {
    Word word = Word::gap;
    std::string agreement, reason;
    std::optional<HostId> about; // nothing: the whole site
    std::uint64_t from = 0;
    std::optional<std::uint64_t> to;
    std::vector<std::string> products; // of a nil return: the only ones that it is about; empty: what the agreement is
    std::optional<std::uint64_t> sessions =
        {}; // of a nil return: that began in the time, as far as the station holds any
};

// The site corrects what it reported of [from, to), UTC seconds; the lines of then stay as they are.
struct Amended {
    std::string agreement, reason;
    std::uint64_t from = 0, to = 0;
    std::optional<HostId> log; // of the line that is meant, if it is one
    std::uint64_t seq = 0;
};

[[nodiscard]] line::Object record_of(const SiteChanged& act);
[[nodiscard]] line::Object record_of(const PolicyChanged& act);
[[nodiscard]] line::Object record_of(const Issued& act);
[[nodiscard]] line::Object record_of(const Retired& act);
[[nodiscard]] line::Object record_of(const Released& act);
[[nodiscard]] line::Object record_of(const Written& act);
[[nodiscard]] line::Object record_of(const ReceiptTaken& act);
[[nodiscard]] line::Object record_of(const Pruned& act);
[[nodiscard]] line::Object record_of(const AgreementTerms& act);
[[nodiscard]] line::Object record_of(const Declared& act);
[[nodiscard]] line::Object record_of(const Amended& act);

// Whether a line of this type is a reason to make a bundle. One that only tells of the way of an earlier bundle, or of
// the log itself, leaves with the next.
[[nodiscard]] bool worth_packing(std::string_view type);

} // namespace tally::submission
