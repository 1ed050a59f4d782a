#include "verifier/view/people.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <map>

namespace tally::view {
namespace {

bool in_name(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           std::string_view("._-@+").find(c) != std::string_view::npos;
}

// The words of a text without case that could be names: a full stop at the end is the sentence's.
template <class Each>
void each_word(const std::string& text, Each each) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && in_name(text[end])) {
            ++end;
        }
        std::size_t last = end;
        each(text.substr(at, end - at));
        while (last > at && (text[last - 1] == '.' || text[last - 1] == '-')) {
            --last;
        }
        if (last != end) {
            each(text.substr(at, last - at));
        }
        at = end + 1;
    }
}

} // namespace

People::People(const Subject& all, count::Spelling spelling) : all_(all), spelling_(spelling) {
    for (const auto& name : everybody()) {
        known_.insert(key(name));
    }
}

std::string People::folded(std::string_view name) { return count::folded(std::string(name)); }

std::string People::key(std::string_view name) const {
    return spelling_ == count::Spelling::fold_case ? folded(name) : std::string(name);
}

void People::add_user(const std::string& name) {
    std::string person = key(name);
    for (const auto& alias : all_.inputs.aliases) {
        person = key(alias.account) == key(name) ? key(alias.user) : person;
    }
    if (!known_.contains(key(name))) {
        return;
    }
    own_.insert(person);
    std::map<std::string, bool> accounts; // whether it never was another's
    for (const auto& alias : all_.inputs.aliases) {
        const auto found = accounts.try_emplace(key(alias.account), true).first;
        found->second = found->second && key(alias.user) == person;
    }
    for (const auto& [account, is_own] : accounts) {
        if (is_own) {
            own_.insert(account);
        }
    }
}

void People::add_team(const std::string& team) {
    const std::string wanted = folded(team);
    std::map<std::string, const inputs::DirectoryEntry*> last;
    for (const auto& row : all_.inputs.directory) {
        auto& entry = last[key(row.user)];
        const bool later = entry == nullptr ||
                           row.left.value_or(inputs::for_ever) > entry->left.value_or(inputs::for_ever) ||
                           (row.left == entry->left && folded(row.team) == wanted);
        entry = later ? &row : entry;
    }
    for (const auto& [name, entry] : last) {
        if (folded(entry->team) == wanted) {
            add_user(entry->user);
        }
    }
    for (const auto& row : all_.inputs.assignments) {
        if (folded(row.team) == wanted && !last.contains(key(row.user))) {
            add_user(row.user);
        }
    }
    for (const auto& row : all_.inputs.hosts) {
        if (folded(row.team) == wanted) {
            hosts_.insert(folded(row.host));
        }
    }
}

std::set<std::string> People::everybody() const {
    std::set<std::string> names;
    const auto add = [&](const auto& rows, auto member) {
        for (const auto& row : rows) {
            names.insert(row.*member);
        }
    };
    add(all_.inputs.directory, &inputs::DirectoryEntry::user);
    add(all_.inputs.assignments, &inputs::Assignment::user);
    add(all_.inputs.aliases, &inputs::Alias::account);
    add(all_.inputs.aliases, &inputs::Alias::user);
    add(all_.inputs.administrators, &inputs::Administrator::user);
    add(all_.inputs.approved_administrators, &inputs::ApprovedAdministrator::user);
    add(all_.inputs.usage_exports, &inputs::ExportedUse::user);
    add(all_.outcome.users, &findings::UserUse::user);
    add(all_.outcome.requests, &findings::Request::user);
    add(all_.outcome.charges, &findings::TokenCharge::person);
    add(all_.outcome.advice.seats, &findings::SeatUse::person);
    for (const auto* findings : {&all_.outcome.findings, &all_.outcome.absorbed}) {
        for (const auto& finding : *findings) {
            names.insert(finding.person);
            for (const auto& person : finding.persons) {
                names.insert(person);
            }
        }
    }
    names.erase("");
    return names;
}

std::set<std::string> People::every_host() const {
    std::set<std::string> names;
    for (const auto& row : all_.inputs.hosts) {
        names.insert(folded(row.host));
    }
    for (const auto& row : all_.outcome.watched.hosts) {
        names.insert(folded(row.host));
    }
    for (const auto& row : all_.outcome.requests) {
        names.insert(folded(row.client));
    }
    for (const auto& row : all_.basis.logs) {
        names.insert(folded(row.label));
    }
    names.erase("");
    return names;
}

void People::close() {
    std::set<std::string> mine;
    for (const auto& name : own_) {
        mine.insert(folded(name));
    }
    std::set<std::string> others;
    for (const auto& name : everybody()) {
        others.insert(folded(name));
    }
    if (own_.empty()) { // a view without people shows no computers either: they are often called after somebody
        others.merge(every_host());
    }
    for (const auto& name : others) {
        if (!mine.contains(name)) {
            if (std::all_of(name.begin(), name.end(), in_name)) {
                words_.insert(name);
            } else {
                long_names_.push_back(name);
            }
        }
    }
}

bool People::names_others(std::string_view text) const {
    const std::string plain = folded(text);
    bool found = false;
    each_word(plain, [&](const std::string& word) { found = found || words_.contains(word); });
    return found || std::any_of(long_names_.begin(), long_names_.end(),
                                [&](const auto& name) { return plain.find(name) != std::string::npos; });
}

bool People::names_others(const findings::Finding& finding) const {
    const auto stranger = [&](const std::string& name) { return !name.empty() && !has(name); };
    return stranger(finding.person) || std::any_of(finding.persons.begin(), finding.persons.end(), stranger) ||
           names_others(finding.subject) || names_others(finding.text) || names_others(finding.remedy) ||
           std::any_of(finding.details.begin(), finding.details.end(),
                       [&](const auto& detail) { return names_others(detail.second); });
}

} // namespace tally::view
