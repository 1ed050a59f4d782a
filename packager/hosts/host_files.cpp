#include "packager/hosts/host_files.hpp"

namespace tally::hosts {
namespace {

constexpr std::size_t max_request = line::max_record + 1;
constexpr const char* request_name = "enrolment.json";

std::string signature_name(const os::fs::path& file) { return file.string() + ".minisig"; }

} // namespace

HostFiles::HostFiles(const os::fs::path& state, HostId host)
    : host_(std::move(host)), folder_(state / hosts_folder / host_.text()) {}

os::fs::path HostFiles::package_path() const { return folder_ / host_package::package_name(host_); }

std::optional<journal::Genesis> HostFiles::request() const {
    const auto path = folder_ / request_name;
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    auto request = journal::read_enrolment(os::read_file(path, max_request));
    if (!request || request->host != host_) {
        throw Error("read", path.string(), request ? "it is that of another host" : request.fault().what,
                    {"remove it and enrol the host again: tally-packager site enrol"});
    }
    return std::move(*request);
}

std::optional<SignedPackage> HostFiles::package() const {
    const auto path = package_path();
    if (!os::fs::exists(path) || !os::fs::exists(signature_name(path))) {
        return std::nullopt;
    }
    std::string text = os::read_file(path, host_package::max_package);
    auto package = host_package::read_package(text);
    const auto signature =
        minisig::read_signature_file(os::read_file(signature_name(path), minisig::max_signature_file));
    if (!package || !signature) {
        throw Error("read", path.string(), package ? signature.fault().what : package.fault().what,
                    {"remove it and its signature; the next package has a higher number all the same"});
    }
    return SignedPackage{std::move(*package), std::move(text), *signature};
}

bool HostFiles::keep_request(const std::string& bytes) const {
    const auto path = folder_ / request_name;
    if (os::fs::exists(path) && os::read_file(path, max_request) == bytes) {
        return false;
    }
    os::make_directories(folder_);
    os::replace_file(path, bytes, 0600);
    return true;
}

void HostFiles::keep_package(const SignedPackage& package) const {
    os::make_directories(folder_);
    write_package(folder_, package);
}

void write_package(const os::fs::path& folder, const SignedPackage& package) {
    const auto path = folder / host_package::package_name(package.package.host);
    os::fs::remove(signature_name(path)); // a signature never stands beside another file's bytes
    os::replace_file(path, package.text);
    os::replace_file(signature_name(path), minisig::signature_file(package.signature));
}

} // namespace tally::hosts
