// What a log says about itself at its beginning: the genesis line and the enrolment request (docs/formats/record.md).
// The machine's identity goes in as a hash only; an absent identity is an identity too, so that it cannot appear later.
#pragma once

#include "tally/base/ids.hpp"
#include "tally/base/result.hpp"
#include "tally/crypto/box.hpp"
#include "tally/line/seal.hpp"
#include "tally/os/clock.hpp"
#include "tally/os/file.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tally::journal {

enum class Role : std::uint8_t { recorder, station };
[[nodiscard]] std::string_view name_of(Role role);

struct NewLog {
    SiteId site;
    std::string label; // [A-Z0-9_]{1,24}, as people call the machine; Error otherwise
    Role role = Role::recorder;
    std::string version;
};

// The log before this one on the same machine: up to where it can be proved, and why it ended.
struct Replaced {
    std::string host;
    std::uint64_t size = 0;
    line::Hash root{};
    std::string reason; // short printable word: machine_changed, key_mismatch, tree_mismatch, unreadable, missing
};

// Contents of /etc/machine-id or /var/lib/dbus/machine-id without the LF; "" when the machine has neither.
[[nodiscard]] std::string os_machine_id();
// SHA-256 in hex over "tally-machine-v1" LF + machine id.
[[nodiscard]] std::string machine_digest(std::string_view machine_id);

[[nodiscard]] std::string genesis_line(const NewLog& log, const crypto::PublicKey& key, const std::string& machine,
                                       const os::Stamp& stamp, const std::optional<Replaced>& replaces);

struct Genesis {
    HostId host;
    crypto::PublicKey key{};
    std::string machine; // digest in hex
    NewLog log;
    std::optional<Replaced> replaces;
    std::optional<crypto::BoxPublicKey> box = {}; // of a request; a genesis line has none
};
// Line 0 of a log, without its LF. The name must be that of the key.
[[nodiscard]] Result<Genesis> read_genesis(std::string_view bytes);

// {["box",]"format":"tally-enrolment-1","host","key","label","machine","site","version"} and LF; a station adds "role".
[[nodiscard]] std::string enrolment_request(const Genesis& genesis);
[[nodiscard]] Result<Genesis> read_enrolment(std::string_view bytes);
// SHA-256 over the request in groups of four hex digits: to be read aloud when the log is enrolled.
[[nodiscard]] std::string fingerprint(std::string_view enrolment_request);

} // namespace tally::journal
