// What hosts and stations recorded beside sessions (docs/formats/record.md): what was installed, what was not observed,
// how a host was called, what a site declared, when evidence arrived. Instants are UTC seconds, `seq` is the line in
// `log` (index into Usage::logs). Plain data; decides nothing.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace tally::ledger {

inline constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint64_t no_seq = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::int64_t seconds_per_day = 86'400;

// A product found on a host, from one scan to the one that no longer found it (`to` unknown: still there).
struct Installation {
    std::uint32_t log = 0, feature = 0, version = 0; // indices into Usage::features and Usage::versions
    std::int64_t from = 0, to = unknown;
    std::uint64_t seq = no_seq;
};

// host_off: proved by boot records, so nothing ran. recorder_off: the machine ran unobserved. source_loss: `count`
// events of a source were lost.
enum class Darkness : std::uint8_t { host_off, recorder_off, source_loss };
struct Unobserved {
    std::uint32_t log = 0;
    Darkness kind = Darkness::recorder_off;
    std::int64_t from = 0, to = 0;
    std::uint64_t count = 0;
    std::uint64_t seq = no_seq;
    std::uint32_t source = 0; // of a loss
};

// How a host is called from `since` on.
struct HostIdentity {
    std::uint32_t log = 0;
    std::string name, domain, address, os;
    std::int64_t since = 0;
    std::uint64_t seq = no_seq;
};

// The wall clock jumped: `by_ms` > 0 forward.
struct ClockStep {
    std::uint32_t log = 0;
    std::int64_t at = 0, by_ms = 0;
    std::uint64_t seq = no_seq;
};

// A feature or module used inside a session (index into Usage::sessions).
struct FeatureUse {
    std::uint32_t session = 0;
    std::string name;
    std::uint64_t count = 1;
    std::uint64_t seq = no_seq;
};

// Whose a session is that a program reported from, and the UTC day: of its start, of a timing that on which it was taken.
// Indices into Usage::users, ::features and ::versions.
struct Reported {
    std::uint32_t user = 0, feature = 0, version = 0;
    std::int64_t day = 0;
};

// Commands of one name inside a session, all that its program reported together.
struct CommandUse {
    Reported by;
    std::uint32_t name = 0; // index into Usage::commands
    std::uint64_t started = 0, completed = 0, cancelled = 0, undone = 0;
};

// How long something took in a session, all samples of one UTC day together; `bytes` of the `documents` whose size was
// said. other: a kind this version does not know.
enum class Measure : std::uint8_t { startup, open, save, other };
struct Timing {
    Reported by;
    Measure measure = Measure::other;
    std::uint64_t samples = 0, ms = 0, documents = 0, bytes = 0;
};

// Nobody at work in a session that is watched for it, [from, to).
struct IdleSpan {
    std::uint32_t session = 0;
    std::int64_t from = 0, to = 0;
};

// Signed words of a station's log. gap: `about` (a log, empty: the site) is silent on purpose in [from, to). nil: no use
// in [from, to). retired: `about` leaves the roster at `from`. justification: why nothing is sent automatically.
enum class DeclarationKind : std::uint8_t { gap, nil, retired, justification };
struct Declaration {
    std::uint32_t log = 0; // the station's
    DeclarationKind kind = DeclarationKind::gap;
    std::string site, agreement, about, reason;
    std::int64_t from = 0, to = unknown;
    std::uint64_t seq = no_seq;
};

// An accepted bundle, all volumes of it, as the answer to an obligation: `through` is the instant up to which every
// active log of it is sealed, `reach` the one up to which any of them is, `received` when the last volume came to the
// verifier. Active is a recorder's log that goes further than in the channel's bundle before, unless the station retired
// it or declared it silent then; a host that was off right after its last seal is sealed until it came back. Without any
// both are `made`. By the hosts' clocks.
struct Delivery {
    std::string site, agreement;
    std::uint64_t n = 0;
    std::int64_t made = 0, received = 0, through = 0, reach = 0;
};

} // namespace tally::ledger
