#include "packager/submission/site_revision.hpp"

#include "packager/submission/station.hpp"

#include <algorithm>
#include <set>

namespace tally::submission {
namespace {

using Keys = std::vector<minisig::PublicKey>;

// Stock minisign prints an id without its leading zeros.
bool is_named(const minisig::PublicKey& key, const std::string& name) {
    const std::string id = minisig::printed_id(key.id);
    return minisig::to_text(key) == name ||
           (!name.empty() && name.size() <= id.size() && std::string(id.size() - name.size(), '0') + name == id);
}

std::optional<minisig::PublicKey> drop(Keys& keys, const std::string& name) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return is_named(key, name); });
    if (found == keys.end()) {
        return std::nullopt;
    }
    const auto key = *found;
    keys.erase(found);
    return key;
}

bool forget(std::vector<site_file::RetiredKey>& retired, const std::string& name) {
    return std::erase_if(retired, [&](const auto& one) { return is_named(one.key, name); }) > 0;
}

bool leave(std::vector<site_file::Officer>& officers, const std::string& name, std::uint64_t station_size) {
    const auto found = std::find_if(officers.begin(), officers.end(),
                                    [&](const auto& one) { return !one.until && is_named(one.key, name); });
    if (found != officers.end()) {
        found->until = station_size;
    }
    return found != officers.end();
}

bool forget(std::vector<site_file::Officer>& officers, const std::string& name) {
    return std::erase_if(officers, [&](const auto& one) { return is_named(one.key, name); }) > 0;
}

bool by_text(const minisig::PublicKey& a, const minisig::PublicKey& b) {
    return minisig::to_text(a) < minisig::to_text(b);
}

void add(Keys& keys, const Keys& more) {
    for (const auto& key : more) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            keys.push_back(key);
        }
    }
    std::sort(keys.begin(), keys.end(), by_text);
}

void add(std::vector<site_file::Officer>& officers, const std::vector<site_file::Officer>& more) {
    for (const auto& officer : more) {
        if (std::find(officers.begin(), officers.end(), officer) == officers.end()) {
            officers.push_back(officer);
        }
    }
    std::sort(officers.begin(), officers.end(), [](const auto& a, const auto& b) { return by_text(a.key, b.key); });
}

// How many different persons may release from now on.
std::uint64_t persons_of(const std::vector<site_file::Officer>& officers) {
    std::set<std::string> persons;
    for (const auto& officer : officers) {
        if (!officer.until) {
            persons.insert(officer.person.text());
        }
    }
    return persons.size();
}

} // namespace

Result<site_file::Version> revised(const site_file::Version& current, const Revision& revision,
                                   std::uint64_t station_size) {
    site_file::Version next = current;
    const auto unknown = [&](const std::string& name) {
        return Fault{"version " + std::to_string(current.number) + " has no key " + name};
    };
    for (const auto& name : revision.drop) {
        if (const auto key = drop(next.exports, name)) {
            next.retired.push_back({*key, station_size});
        } else if (!drop(next.roots, name) && !drop(next.verifiers, name) &&
                   !leave(next.officers, name, station_size)) {
            return unknown(name);
        }
    }
    for (const auto& name : revision.revoke) {
        if (!drop(next.exports, name) && !forget(next.retired, name) && !forget(next.officers, name)) {
            return unknown(name);
        }
    }
    std::sort(next.retired.begin(), next.retired.end(),
              [](const auto& a, const auto& b) { return by_text(a.key, b.key); });
    add(next.roots, revision.add_roots);
    add(next.exports, revision.add_exports);
    add(next.verifiers, revision.add_verifiers);
    next.threshold = revision.threshold.value_or(current.threshold);
    next.releases = revision.releases.value_or(current.releases);
    add(next.officers, revision.add_officers);
    if (const auto persons = persons_of(next.officers); persons < next.releases) {
        return Fault{"asks for the release of " + std::to_string(next.releases) + " persons and lists " +
                     std::to_string(persons)};
    }
    if (site_file::signed_text(next) == site_file::signed_text(current)) {
        return Fault{"nothing would change"};
    }
    ++next.number;
    return next;
}

std::optional<site_file::SignedVersion> read_proposal(const os::fs::path& state, const site_file::Chain& chain) {
    const auto path = state / proposal_name;
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    std::string line = os::read_file(path, line::max_roster + 1);
    // Left by a run that ended between making it current and removing it.
    if (line == chain.lines().back() + "\n") {
        withdraw(state);
        return std::nullopt;
    }
    const bool ends = !line.empty() && line.back() == '\n';
    line.resize(line.size() - (ends ? 1 : 0));
    auto proposal = site_file::read_proposal(chain, line);
    if (!ends || !proposal) {
        throw Error("read", path.string(), ends ? proposal.fault().what : "no line end",
                    {"take it back with `tally-packager site revise --withdraw` and propose it again"});
    }
    return std::move(*proposal);
}

Settled settle(const os::fs::path& state, const site_file::Chain& chain, const site_file::SignedVersion& proposal) {
    const std::string line = site_file::proposal_line(proposal) + "\n";
    os::replace_file(state / proposal_text_name, site_file::signed_text(proposal.version));
    os::replace_file(state / proposal_name, line);
    if (!wanting(chain, proposal).nothing()) {
        return Settled::pending;
    }
    std::string file;
    for (const auto& version : chain.lines()) {
        file += version + "\n";
    }
    file += line;
    if (const auto whole = site_file::read_chain(file); !whole) {
        throw Error("complete", (state / proposal_name).string(), whole.fault().what);
    }
    os::replace_file(state / site_file_name, file);
    withdraw(state);
    return Settled::complete;
}

bool withdraw(const os::fs::path& state) {
    const bool there = os::fs::remove(state / proposal_name);
    os::fs::remove(state / proposal_text_name);
    os::sync_directory(state);
    return there;
}

} // namespace tally::submission
