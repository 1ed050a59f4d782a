#include "verifier/inputs/joins.hpp"

#include "verifier/inputs/columns.hpp"

#include <map>

namespace tally::inputs {
namespace {

std::map<std::string, std::string> by_folded(const std::vector<std::string>& names) {
    std::map<std::string, std::string> folded;
    for (const auto& name : names) {
        if (!name.empty()) {
            folded.emplace(folded_case(name), name);
        }
    }
    return folded;
}

// The names that `name_of` finds in the rows.
template <class Rows, class Name>
std::vector<std::string> names_in(const Rows& rows, Name name_of) {
    std::vector<std::string> names;
    for (const auto& row : rows) {
        names.push_back(name_of(row));
    }
    return names;
}

template <class Row>
std::vector<std::string> names_in(const std::vector<Row>& rows, std::string Row::*name) {
    return names_in(rows, [name](const Row& row) { return row.*name; });
}

std::vector<std::string> directory_groups(const Inputs& inputs) {
    std::vector<std::string> names;
    for (const auto& entry : inputs.directory) {
        names.insert(names.end(), entry.groups.begin(), entry.groups.end());
    }
    return names;
}

} // namespace

std::optional<Join> join(std::string left, const std::vector<std::string>& left_names, std::string right,
                         const std::vector<std::string>& right_names) {
    const auto a = by_folded(left_names);
    const auto b = by_folded(right_names);
    if (a.empty() || b.empty()) {
        return std::nullopt;
    }
    Join joined{std::move(left), std::move(right), 0, {}, {}};
    for (const auto& [folded, name] : a) {
        if (b.contains(folded)) {
            ++joined.both;
        } else {
            joined.left_only.push_back(name);
        }
    }
    for (const auto& [folded, name] : b) {
        if (!a.contains(folded)) {
            joined.right_only.push_back(name);
        }
    }
    return joined;
}

std::vector<Join> joins(const Inputs& inputs) {
    std::map<std::string, std::string> persons;
    for (const auto& alias : inputs.aliases) {
        persons.emplace(folded_case(alias.account), alias.user);
    }
    const auto person = [&persons](const auto& row) {
        const auto found = persons.find(folded_case(row.user));
        return found == persons.end() ? row.user : found->second;
    };
    const auto directory = names_in(inputs.directory, &DirectoryEntry::user);
    const auto granting = names_in(inputs.groups, &GroupGrant::group);
    const auto lines = names_in(inputs.entitlements, &Entitlement::line);
    std::vector<Join> all;
    const auto add = [&all](std::string left, const std::vector<std::string>& a, std::string right,
                            const std::vector<std::string>& b) {
        if (auto joined = join(std::move(left), a, std::move(right), b)) {
            all.push_back(std::move(*joined));
        }
    };
    add("persons assigned", names_in(inputs.assignments, person), "persons in the directory", directory);
    add("persons in the vendor's usage", names_in(inputs.usage_exports, person), "persons in the directory", directory);
    add("administrators", names_in(inputs.administrators, person), "administrators approved",
        names_in(inputs.approved_administrators, person));
    add("administrators", names_in(inputs.administrators, person), "persons in the directory", directory);
    add("groups of persons in the directory", directory_groups(inputs), "groups that grant a product", granting);
    add("groups that gave an assignment", names_in(inputs.assignments, &Assignment::group),
        "groups that grant a product", granting);
    add("lines billed", names_in(inputs.billing, &Bill::line), "lines bought", lines);
    add("agreements of lines", names_in(inputs.entitlements, &Entitlement::agreement), "agreements",
        names_in(inputs.agreements, &Agreement::id));
    add("token pools of packs", names_in(inputs.token_packs, &TokenPack::pool), "token pools of lines",
        names_in(inputs.entitlements, &Entitlement::pool));
    add("hosts with installations", names_in(inputs.installations, &InstalledRow::host), "hosts in the table of hosts",
        names_in(inputs.hosts, &Host::host));
    return all;
}

} // namespace tally::inputs
