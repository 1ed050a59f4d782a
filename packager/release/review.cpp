#include "packager/release/review.hpp"

#include "tally/line/write.hpp"
#include "tally/pseudonym/pseudonym.hpp"

#include <algorithm>

namespace tally::release {
namespace {

bool holds_value(const std::vector<Inspection>& against, const std::string& field, const std::string& value) {
    return std::any_of(against.begin(), against.end(), [&](const auto& other) {
        const auto there = other.fields.find(field);
        return there != other.fields.end() && there->second.values.contains(value);
    });
}

NewValues new_values_of(const std::string& name, const FieldSeen& field, const std::vector<Inspection>& against) {
    NewValues found;
    found.new_field = true;
    found.comparable = field.complete;
    for (const auto& other : against) {
        if (const auto there = other.fields.find(name); there != other.fields.end()) {
            found.new_field = false;
            found.comparable = found.comparable && there->second.complete;
        }
    }
    if (!found.comparable) {
        return found;
    }
    for (const auto& [value, count] : field.values) {
        if (!is_identifier(value) && !holds_value(against, name, value)) {
            found.some.push_back(value);
        }
    }
    found.count = found.some.size();
    std::sort(found.some.begin(), found.some.end());
    found.some.resize(std::min(found.some.size(), kept_new_values));
    return found;
}

void compare_values(const Inspection& seen, const std::vector<Inspection>& against, Review& into) {
    for (const auto& [type, count] : seen.types) {
        const bool known = std::any_of(against.begin(), against.end(),
                                       [&, &sought = type](const auto& other) { return other.types.contains(sought); });
        if (!known) {
            into.new_types.push_back(type);
        }
    }
    for (const auto& [name, field] : seen.fields) {
        if (field.numeric && field.count > 0) {
            continue;
        }
        auto found = new_values_of(name, field, against);
        if (found.count > 0 || found.new_field || !found.comparable) {
            into.new_values.emplace(name, std::move(found));
        }
    }
}

void take_logs(const Inspection& seen, const std::vector<Inspection>& against, Review& into) {
    std::map<std::string, std::pair<std::string, std::string>> enrolled;
    for (const auto& one : seen.enrolled) {
        enrolled[one.log] = {one.label, one.group};
    }
    std::set<HostId> here;
    for (const auto& log : seen.logs) {
        const auto& [label, group] = enrolled[log.row.host.text()];
        const LogChange change{log.row.host, label.empty() ? log.label : label, group, log.row.first, log.row.next};
        const bool known = std::any_of(against.begin(), against.end(), [&](const auto& other) {
            return std::any_of(other.logs.begin(), other.logs.end(),
                               [&](const auto& there) { return there.row.host == log.row.host; });
        });
        here.insert(log.row.host);
        const bool fresh = against.empty() ? log.row.first == 0 : !known;
        (fresh ? into.new_logs : log.row.first == log.row.next ? into.silent_logs : into.grown_logs).push_back(change);
    }
    for (const auto& other : against) {
        for (const auto& log : other.logs) {
            if (here.insert(log.row.host).second) {
                into.gone_logs.push_back(log.row.host);
            }
        }
    }
}

std::optional<site_file::Chain> chain_of(const Inspection& seen) {
    std::string bytes;
    for (const auto& line : seen.site) {
        bytes += line + "\n";
    }
    auto chain = site_file::read_chain(bytes);
    return chain ? std::optional(std::move(*chain)) : std::nullopt;
}

std::vector<KeyListed> keys_of(const site_file::Version& version) {
    std::vector<KeyListed> keys;
    const auto add = [&](const char* role, const std::vector<minisig::PublicKey>& listed) {
        for (const auto& key : listed) {
            keys.push_back({role, minisig::to_text(key), ""});
        }
    };
    add("root", version.roots);
    add("export", version.exports);
    add("verifier", version.verifiers);
    for (const auto& officer : version.officers) {
        if (!officer.until) {
            keys.push_back({"officer", minisig::to_text(officer.key), officer.person.text()});
        }
    }
    return keys;
}

std::vector<KeyListed> without(const std::vector<KeyListed>& keys, const std::vector<KeyListed>& others) {
    std::vector<KeyListed> left;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(left),
                 [&](const auto& key) { return std::find(others.begin(), others.end(), key) == others.end(); });
    return left;
}

// Against the newest version in the bundles handed in, else against the version before: what the last change was.
void take_keys(const Inspection& seen, const std::vector<Inspection>& against, Review& into) {
    const auto chain = chain_of(seen);
    if (!chain) {
        return;
    }
    into.site_version = chain->current().number;
    into.keys = keys_of(chain->current());
    std::vector<KeyListed> before;
    std::uint64_t newest = 0;
    for (const auto& other : against) {
        if (const auto there = chain_of(other); there && there->current().number > newest) {
            newest = there->current().number;
            before = keys_of(there->current());
        }
    }
    if (against.empty() && chain->versions().size() > 1) {
        before = keys_of(chain->versions()[chain->versions().size() - 2]);
    }
    into.new_keys = without(into.keys, before);
    into.gone_keys = without(before, into.keys);
}

bool may_name(const std::string& field) {
    static const std::set<std::string> others{"label", "group", "licensee", "officer", "medium", "hostname", "os"};
    const auto& all = pseudonym::all_fields();
    return others.contains(field) ||
           std::any_of(all.begin(), all.end(), [&](auto one) { return pseudonym::name_of(one) == field; });
}

Names names_of(const FieldSeen& field) {
    Names names;
    names.complete = field.complete;
    for (const auto& [value, count] : field.values) {
        if (value.empty()) {
            ++names.empty;
        } else if (const auto spelled = pseudonym::read_pseudonym(value)) {
            ++names.pseudonyms;
            names.epochs.insert(spelled->epoch);
            names.some_pseudonyms.push_back(value);
        } else {
            ++names.clear;
            names.some_clear.push_back(value);
        }
    }
    for (auto* some : {&names.some_pseudonyms, &names.some_clear}) {
        std::sort(some->begin(), some->end());
        some->resize(std::min(some->size(), kept_names));
    }
    return names;
}

} // namespace

bool is_identifier(std::string_view value) {
    constexpr std::size_t shortest = 24;
    const auto all = [&](auto is) { return value.size() >= shortest && std::all_of(value.begin(), value.end(), is); };
    const bool hex = all([](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    const bool log = value.size() == shortest + 1 && value[0] == 'H' &&
                     all([](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
    return hex || log;
}

Review review(const Inspection& seen, const std::vector<Inspection>& against, std::optional<Scan> scan) {
    Review made;
    made.scan = std::move(scan);
    if (!seen.bundle) {
        return made;
    }
    const auto& manifest = seen.bundle->manifest();
    if (manifest.receipt) {
        made.receipt = manifest.receipt->n;
    }
    for (const auto& other : against) {
        made.against.push_back(other.path.string());
        made.is_previous = made.is_previous || manifest.previous == other.sha256_bytes;
        made.same_channel = made.same_channel && other.bundle && other.bundle->manifest().site == manifest.site &&
                            other.bundle->manifest().agreement == manifest.agreement;
    }
    take_logs(seen, against, made);
    take_keys(seen, against, made);
    if (!against.empty()) {
        compare_values(seen, against, made);
    }
    for (const auto& [name, field] : seen.fields) {
        auto names = names_of(field);
        if (names.pseudonyms > 0 || may_name(name)) {
            made.names.emplace(name, std::move(names));
        }
    }
    return made;
}

} // namespace tally::release
