#include "packager/submission/released.hpp"

#include "tally/releases/releases.hpp"

#include <algorithm>

namespace tally::submission {
namespace {

using Persons = std::set<std::string>;

// SHA-256 of RELEASE.json of a set of these files, in hex; empty when there is none.
std::string list_digest(const site_file::Version& policy, const Export& made) {
    const auto agreement = SiteId::parse(made.agreement);
    releases::SetList list{policy.site, agreement.value_or(policy.site), made.n, {}};
    for (const auto& digest : made.digests) {
        if (!agreement || !from_hex(digest, list.digests.emplace_back())) {
            return "";
        }
    }
    return made.digests.size() < 2 ? "" : to_hex(crypto::sha256(releases::set_file(list)));
}

bool is_listed(const site_file::Version& policy, std::string_view person, std::string_view key) {
    return std::any_of(policy.officers.begin(), policy.officers.end(), [&](const auto& officer) {
        return officer.person.text() == person && minisig::printed_id(officer.key.id) == key;
    });
}

} // namespace

ReleasedBy released_by(StationLog& log, const site_file::Version& policy, const Export& made) {
    const std::string list = list_digest(policy, made);
    std::vector<Persons> by_file(made.digests.size());
    log.for_each("release", [&](const line::Fields& fields) {
        const auto person = fields.string("officer").value_or("");
        if (fields.string("agreement") != made.agreement || fields.integer("n") != made.n ||
            !is_listed(policy, person, fields.string("key").value_or(""))) {
            return;
        }
        const auto digest = fields.string("digest").value_or("");
        for (std::size_t i = 0; i < by_file.size(); ++i) {
            if (digest == made.digests[i] || (!list.empty() && digest == list)) {
                by_file[i].emplace(person);
            }
        }
    });
    ReleasedBy released{by_file.empty() ? Persons() : by_file.front(), policy.releases == 0 || !by_file.empty()};
    for (const auto& persons : by_file) {
        std::erase_if(released.persons, [&](const auto& person) { return !persons.contains(person); });
        released.enough = released.enough && persons.size() >= policy.releases;
    }
    return released;
}

} // namespace tally::submission
