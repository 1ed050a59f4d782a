// What this station keeps of its talk with each host, under STATE/hosts/<log>/: the enrolment request whose fingerprint
// was compared, and the last host package with its signature. Only what has a line in the station's log has happened;
// these files can be made again from the host's request.
#pragma once

#include "recorder/journal/enrolment.hpp"
#include "tally/host_package/package.hpp"
#include "tally/minisig/signature.hpp"

#include <optional>
#include <string>

namespace tally::hosts {

inline constexpr const char* hosts_folder = "hosts";

struct SignedPackage {
    host_package::Package package;
    std::string text; // with LF
    minisig::Signature signature;
};

class HostFiles {
public:
    HostFiles(const os::fs::path& state, HostId host);

    // Nothing when the host was enrolled without one. Error when it is damaged.
    [[nodiscard]] std::optional<journal::Genesis> request() const;
    [[nodiscard]] std::optional<SignedPackage> package() const;

    // Durable on return. False when the very same is kept already.
    bool keep_request(const std::string& bytes) const;
    void keep_package(const SignedPackage& package) const;

private:
    [[nodiscard]] os::fs::path package_path() const;

    HostId host_;
    os::fs::path folder_;
};

// FILE and FILE.minisig in `folder`, as they go to the host; the signature last.
void write_package(const os::fs::path& folder, const SignedPackage& package);

} // namespace tally::hosts
