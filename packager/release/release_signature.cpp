#include "tally/releases/releases.hpp"

#include "tally/base/encoding.hpp"

#include <algorithm>
#include <set>

namespace tally::releases {
namespace {

constexpr std::string_view release_purpose = "tally-release-1";

std::variant<std::string, Fault> read_bounded(const os::fs::path& path, std::size_t limit) {
    boost::system::error_code failed;
    if (os::fs::symlink_status(path, failed).type() != os::fs::regular_file) {
        return Fault{"not a regular file"};
    }
    if (os::fs::file_size(path, failed) > limit || failed) {
        return Fault{"larger than " + std::to_string(limit) + " bytes"};
    }
    return os::read_file(path, limit);
}

bool is_there(const os::fs::path& path) {
    boost::system::error_code failed;
    const auto type = os::fs::symlink_status(path, failed).type();
    return type != os::fs::file_not_found && type != os::fs::status_error;
}

std::vector<File> signatures_beside(const os::fs::path& released) {
    std::vector<File> files;
    for (std::size_t number = 1; number <= max_files; ++number) {
        const auto path = release_path(released, number);
        if (is_there(path)) {
            files.push_back({path.filename().string(), read_bounded(path, minisig::max_signature_file)});
        }
    }
    return files;
}

bool lists(const std::vector<minisig::PublicKey>& keys, const minisig::KeyId& id) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.id == id; });
}

Judged unlisted(Judged judged, const minisig::KeyId& id, const site_file::Version& policy) {
    const bool other_role =
        lists(policy.roots, id) || lists(policy.exports, id) || lists(policy.verifiers, id) ||
        std::any_of(policy.retired.begin(), policy.retired.end(), [&](const auto& one) { return one.key.id == id; });
    judged.flaw = other_role ? Flaw::other_role : Flaw::not_listed;
    judged.what = "key " + minisig::printed_id(id) +
                  (other_role ? " has another role: it is nobody's who may release" : " is not that of an officer");
    return judged;
}

class Judge {
public:
    Judge(const Subject& subject, const minisig::Digest& digest, const Case& released, const site_file::Version& policy)
        : subject_(subject), digest_(digest), released_(released), policy_(policy) {}

    [[nodiscard]] Judged operator()(const File& file) const {
        Judged judged;
        judged.file = file.name;
        const auto* bytes = std::get_if<std::string>(&file.bytes);
        const auto signature = bytes == nullptr ? Result<minisig::Signature>(std::get<Fault>(file.bytes))
                                                : minisig::read_signature_file(*bytes);
        if (!signature) {
            judged.flaw = Flaw::malformed;
            judged.what = signature.fault().what;
            return judged;
        }
        judged.key = minisig::printed_id(signature->key);
        const auto officer = std::find_if(policy_.officers.begin(), policy_.officers.end(),
                                          [&](const auto& one) { return one.key.id == signature->key; });
        return officer == policy_.officers.end() ? unlisted(std::move(judged), signature->key, policy_)
                                                 : of_officer(std::move(judged), *signature, *officer);
    }

private:
    [[nodiscard]] Judged of_officer(Judged judged, const minisig::Signature& signature,
                                    const site_file::Officer& officer) const {
        judged.person = officer.person.text();
        const std::string expected = release_comment(subject_, officer.person);
        if (const auto verdict = minisig::verify(officer.key, digest_, signature); verdict != minisig::Verdict::good) {
            judged.flaw = Flaw::does_not_hold;
            judged.what = minisig::describe(verdict);
        } else if (signature.comments.trusted != expected || signature.comments.untrusted != release_note) {
            judged.flaw = Flaw::other_subject;
            judged.what = "its comments are not '" + std::string(release_note) + "' and '" + expected + "'";
        } else if (officer.until && released_.station_size > *officer.until) {
            judged.flaw = Flaw::not_listed;
            judged.what = judged.person + " left at line " + std::to_string(*officer.until) +
                          " of the station's log, this bundle goes on to " + std::to_string(released_.station_size);
        }
        return judged;
    }

    const Subject& subject_;
    const minisig::Digest& digest_;
    const Case& released_;
    const site_file::Version& policy_;
};

// What is wrong with the list of a set, as far as this bundle is concerned; empty when nothing is.
std::string misfit(const Result<SetList>& list, const Case& released) {
    if (!list) {
        return list.fault().what;
    }
    const Subject& subject = released.subject;
    if (list->site != subject.site || list->agreement != released.agreement || list->n != subject.n ||
        list->digests.size() != subject.volume.n) {
        return "it lists another set";
    }
    return list->digests[subject.volume.k - 1] == released.sha256 ? "" : "it lists another file for this volume";
}

} // namespace

std::string release_comment(const Subject& subject, const SiteId& person) {
    return std::string(release_purpose) + " " + subject.site.text() + " " + std::to_string(subject.n) + " " +
           std::to_string(subject.volume.k) + "/" + std::to_string(subject.volume.n) + " " + person.text();
}

os::fs::path release_path(const os::fs::path& released, std::size_t number) {
    return released.string() + ".rel" + std::to_string(number) + ".minisig";
}

Beside read_beside(const os::fs::path& bundle) {
    Beside beside{signatures_beside(bundle), std::nullopt, {}};
    const auto set = set_path(bundle);
    if (set && is_there(*set)) {
        beside.set = File{set->filename().string(), read_bounded(*set, max_set_file)};
        beside.of_set = signatures_beside(*set);
    }
    return beside;
}

std::vector<Judged> judge(const Beside& beside, const Case& released, const site_file::Version& policy) {
    std::vector<Judged> all;
    const Judge own(released.subject, released.blake2b, released, policy);
    std::transform(beside.own.begin(), beside.own.end(), std::back_inserter(all), own);
    if (!beside.set) {
        return all;
    }
    const auto* bytes = std::get_if<std::string>(&beside.set->bytes);
    const auto list = bytes == nullptr ? Result<SetList>(std::get<Fault>(beside.set->bytes)) : read_set_file(*bytes);
    if (const std::string what = misfit(list, released); !what.empty()) {
        all.push_back({beside.set->name, list ? Flaw::other_subject : Flaw::malformed, "", "", what});
        return all;
    }
    const Subject set{list->site, list->n, {0, released.subject.volume.n}};
    const auto digest = minisig::digest(as_bytes(*bytes));
    std::transform(beside.of_set.begin(), beside.of_set.end(), std::back_inserter(all),
                   Judge(set, digest, released, policy));
    return all;
}

std::vector<std::string> persons_of(const std::vector<Judged>& judged) {
    std::set<std::string> persons;
    for (const auto& one : judged) {
        if (one.flaw == Flaw::none) {
            persons.insert(one.person);
        }
    }
    return {persons.begin(), persons.end()};
}

std::vector<std::string> others_of(const site_file::Version& policy, const std::vector<std::string>& released) {
    std::set<std::string> persons;
    for (const auto& officer : policy.officers) {
        if (!officer.until && std::find(released.begin(), released.end(), officer.person.text()) == released.end()) {
            persons.insert(officer.person.text());
        }
    }
    return {persons.begin(), persons.end()};
}

} // namespace tally::releases
