#include "packager/release/release.hpp"

#include <algorithm>

namespace tally::release {
namespace {

using bundle::UnverifiedBundle;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text.empty() ? "nobody" : text;
}

releases::Case case_of(const bundle::Manifest& manifest, std::uint64_t station_size, const bundle::Hash& sha256,
                       const minisig::Digest& blake2b) {
    return {{manifest.site, manifest.n, manifest.volume}, manifest.agreement, sha256, blake2b, station_size};
}

// A word of a shell; plain ones stay as they are.
std::string quoted(const std::string& word) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '/' || c == '-';
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) {
        return word;
    }
    std::string text = "'";
    for (const char c : word) {
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return text + "'";
}

} // namespace

Standing standing_of(const os::fs::path& path, const site_file::Version& policy) {
    auto copied = bundle::private_copy(path);
    if (const auto* defect = std::get_if<bundle::Defect>(&copied)) {
        throw Error("read", path.string(), defect->what);
    }
    auto& copy = std::get<bundle::PrivateCopy>(copied);
    auto opened = UnverifiedBundle::open(std::move(copy.file), copy.size);
    if (const auto* defect = std::get_if<bundle::Defect>(&opened)) {
        throw Error("read", path.string(), "not a bundle: " + defect->what,
                    {"tally-packager inspect says more: " + path.string()}, Exit::findings);
    }
    const auto& bundle = std::get<UnverifiedBundle>(opened);
    if (bundle.manifest().site != policy.site) {
        throw Error("read", path.string(),
                    "a bundle of site " + bundle.manifest().site.text() + ", this is " + policy.site.text(), {},
                    Exit::findings);
    }
    std::uint64_t station_size = UINT64_MAX;
    const auto defect = bundle.for_each_host(
        [&](const bundle::HostRow& row) { station_size = station_size == UINT64_MAX ? row.next : station_size; });
    static_cast<void>(defect); // of later rows: inspect's work
    Standing standing{case_of(bundle.manifest(), station_size, copy.sha256, copy.blake2b512), {}, {}, policy.releases};
    standing.judged = releases::judge(releases::read_beside(path), standing.released, policy);
    standing.persons = releases::persons_of(standing.judged);
    return standing;
}

void require_released(const os::fs::path& bundle, const site_file::Version& policy) {
    const Standing standing = standing_of(bundle, policy);
    if (standing.enough()) {
        return;
    }
    std::vector<std::string> hints{"another officer reads and releases it: tally-packager release " + bundle.string()};
    for (const auto& one : standing.judged) {
        if (one.flaw != releases::Flaw::none) {
            hints.push_back(one.file + " does not count: " + one.what);
        }
    }
    throw Error("release", bundle.string(),
                "must be released by " + std::to_string(standing.needed) + " persons, was by " +
                    joined(standing.persons),
                hints, Exit::findings);
}

releases::Case case_of(const Inspection& seen) {
    TALLY_ASSERT(seen.clean() && !seen.logs.empty());
    return case_of(seen.bundle->manifest(), seen.logs.front().row.next, seen.sha256_bytes, seen.blake2b512);
}

Releasable single(const Inspection& seen) { return {seen.path, case_of(seen).subject, seen.blake2b512}; }

Releasable whole_set(const std::vector<Inspection>& volumes) {
    TALLY_ASSERT(!volumes.empty());
    const auto& first = volumes.front().bundle->manifest();
    const auto path = releases::set_path(volumes.front().path);
    if (!path || volumes.size() != first.volume.n) {
        throw Error("release", volumes.front().path.string(),
                    "volume " + std::to_string(first.volume.k) + " of " + std::to_string(first.volume.n) +
                        ": a set is released with all its volumes, under their own names",
                    {"name all files of the set"}, Exit::usage);
    }
    releases::SetList list{first.site, first.agreement, first.n, std::vector<bundle::Hash>(volumes.size())};
    std::vector<bool> there(volumes.size());
    for (const auto& seen : volumes) {
        const auto& manifest = seen.bundle->manifest();
        const bool fits = manifest.site == list.site && manifest.agreement == list.agreement && manifest.n == list.n &&
                          manifest.volume.n == volumes.size() && releases::set_path(seen.path) == path;
        if (!fits || there[manifest.volume.k - 1]) {
            throw Error("release", seen.path.string(), "not a further volume of the same set in the same directory", {},
                        Exit::usage);
        }
        there[manifest.volume.k - 1] = true;
        list.digests[manifest.volume.k - 1] = seen.sha256_bytes;
    }
    const std::string bytes = releases::set_file(list);
    if (os::fs::exists(*path) && os::read_file(*path, releases::max_set_file) != bytes) {
        throw Error("release", path->string(), "lists other files than these",
                    {"if it was made by mistake, remove it with its .rel files"});
    }
    os::replace_file(*path, bytes);
    return {*path, {list.site, list.n, {0, volumes.size()}}, minisig::digest(as_bytes(bytes))};
}

os::fs::path free_release_path(const os::fs::path& released) {
    for (std::size_t number = 1; number <= releases::max_files; ++number) {
        auto path = releases::release_path(released, number);
        boost::system::error_code failed;
        if (os::fs::symlink_status(path, failed).type() == os::fs::file_not_found) {
            return path;
        }
    }
    throw Error("release", released.string(), "has " + std::to_string(releases::max_files) + " releases already");
}

std::string signature_of(const Releasable& what, const minisig::SecretKey& key, const SiteId& person) {
    return minisig::signature_file(minisig::sign(
        key, what.digest, {std::string(releases::release_note), releases::release_comment(what.subject, person)}));
}

std::string stock_command(const Releasable& what, const SiteId& person, const std::string& key) {
    return "minisign -S -s " + quoted(key) + " -m " + quoted(what.path.string()) + " -x " +
           quoted(free_release_path(what.path).string()) + " -c '" + std::string(releases::release_note) + "' -t '" +
           releases::release_comment(what.subject, person) + "'";
}

} // namespace tally::release
