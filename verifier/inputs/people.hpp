// Who may use it and who administers it.
#pragma once

#include "verifier/inputs/row.hpp"

namespace tally::inputs {

struct Assignment {
    RowRef at;
    std::string user, product, source, group, team, status, role; // source: manual, group
    Moment assigned;
    std::optional<Moment> unassigned, last_accessed;
};

enum class PersonKind : std::uint8_t { employee, contractor, service, shared };
struct DirectoryEntry {
    RowRef at;
    std::string user, domain, team, entity;
    bool enabled = true;
    PersonKind kind = PersonKind::employee;
    std::optional<Day> joined, left;
    std::vector<std::string> groups;
};

// `account` is `user` from one day to another.
struct Alias {
    RowRef at;
    std::string account, user;
    Day from = 0, to = for_ever;
};

struct GroupGrant {
    RowRef at;
    std::string group, product;
};

struct Administrator {
    RowRef at;
    std::string agreement, user, role;
    std::optional<Day> granted, last_active;
};

struct ApprovedAdministrator {
    RowRef at;
    std::string agreement, user;
};

} // namespace tally::inputs
