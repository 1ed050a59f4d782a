#include "packager/release/release.hpp"

#include <algorithm>

namespace tally::release {
namespace {

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

releases::Case case_of(const Inspection& seen) {
    TALLY_ASSERT(seen.clean() && !seen.logs.empty());
    const bundle::Manifest& manifest = seen.bundle->manifest();
    return {{manifest.site, manifest.n, manifest.volume},
            manifest.agreement,
            seen.sha256_bytes,
            seen.blake2b512,
            seen.logs.front().row.next};
}

Standing standing_of(const Inspection& seen, const site_file::Version& policy) {
    Standing standing;
    const auto beside = releases::read_beside(seen.path);
    standing.judged = releases::judge(beside, case_of(seen), policy);
    standing.persons = releases::persons_of(standing.judged);
    standing.needed = policy.releases;
    for (const auto& one : standing.judged) {
        if (one.flaw == releases::Flaw::none) {
            const bool of_set = beside.set && one.file.starts_with(beside.set->name);
            standing.holding.push_back(
                {one.person, one.key, one.file,
                 of_set ? crypto::sha256(std::get<std::string>(beside.set->bytes)) : seen.sha256_bytes});
        }
    }
    return standing;
}

Releasable single(const Inspection& seen) { return {seen.path, "", case_of(seen).subject, seen.blake2b512}; }

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
    return {*path, bytes, {list.site, list.n, {0, volumes.size()}}, minisig::digest(as_bytes(bytes))};
}

void lay_list(const Releasable& what) {
    if (!what.list.empty() && !os::fs::exists(what.path)) {
        os::replace_file(what.path, what.list);
    }
}

releases::Judged judge_one(const Releasable& what, const Inspection& of, const site_file::Version& policy,
                           const releases::File& file) {
    releases::Beside beside;
    if (what.list.empty()) {
        beside.own = {file};
    } else {
        beside.set = releases::File{what.path.filename().string(), what.list};
        beside.of_set = {file};
    }
    const auto judged = releases::judge(beside, case_of(of), policy);
    TALLY_ASSERT(judged.size() == 1);
    return judged.front();
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
