// Who may use it and who administers it.
#pragma once

#include "verifier/inputs/row.hpp"

namespace tally::inputs {

struct Assignment {
    RowRef at;
    std::string user, product, source, group, team, status, role; // source: manual, group
    Moment assigned;
    std::optional<Moment> unassigned, last_accessed;
    bool operator==(const Assignment&) const = default;
};

enum class PersonKind : std::uint8_t { employee, contractor, service, shared };
struct DirectoryEntry {
    RowRef at;
    std::string user, domain, team, entity;
    bool enabled = true;
    PersonKind kind = PersonKind::employee;
    std::optional<Day> joined, left;
    std::vector<std::string> groups;
    bool operator==(const DirectoryEntry&) const = default;
};

// `account` is `user` from one day to another.
struct Alias {
    RowRef at;
    std::string account, user;
    Day from = 0, to = for_ever;
    bool operator==(const Alias&) const = default;
};

struct GroupGrant {
    RowRef at;
    std::string group, product;
    bool operator==(const GroupGrant&) const = default;
};

struct Administrator {
    RowRef at;
    std::string agreement, user, role;
    std::optional<Day> granted, last_active;
    bool operator==(const Administrator&) const = default;
};

struct ApprovedAdministrator {
    RowRef at;
    std::string agreement, user;
    bool operator==(const ApprovedAdministrator&) const = default;
};

} // namespace tally::inputs
