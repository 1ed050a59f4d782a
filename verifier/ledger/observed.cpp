#include "verifier/ledger/observed.hpp"

namespace tally::ledger {
namespace {

std::string decoded(const line::Fields& fields, std::string_view key) {
    const auto text = fields.string(key);
    return text ? line::decode_text(*text) : "";
}

// check insists on what a type must have; what may be missing is 0 or empty.
std::uint64_t number(const line::Fields& fields, std::string_view key) { return fields.integer(key).value_or(0); }

} // namespace

Observed::Observed(sqlite::Database& database, Dimension& sources, Dimension& features, Dimension& versions)
    : sources_(sources), features_(features), versions_(versions), modules_(database, "module"),
      insert_use_(database, "INSERT INTO module_use (log, seq, start, module, count) VALUES (?,?,?,?,?)"),
      insert_idle_(database, "INSERT INTO idle (log, seq, start, since, span) VALUES (?,?,?,?,?)"),
      insert_scan_(database, "INSERT INTO scanned (log, seq, feature, version, at, there) VALUES (?,?,?,?,?,?)"),
      insert_unobserved_(database, "INSERT INTO unobserved (log, seq, kind, source, since, until, count) "
                                   "VALUES (?,?,?,?,?,?,?)"),
      insert_identity_(database,
                       "INSERT INTO identity (log, seq, name, domain, address, os, at) VALUES (?,?,?,?,?,?,?)"),
      insert_clock_(database, "INSERT INTO clock_step (log, seq, was, became) VALUES (?,?,?,?)"),
      insert_declaration_(database, "INSERT INTO declaration (log, seq, kind, agreement, about, reason, since, until) "
                                    "VALUES (?,?,?,?,?,?,?,?)") {}

void Observed::take(std::string_view type, const line::Fields& fields, const Place& place, Speaker speaker) {
    if (type == "used") {
        used(fields, place);
    } else if (type == "idle") {
        idle(fields, place);
    } else if (type == "installed" || type == "removed") {
        scanned(fields, place, type == "installed");
    } else if (type == "gap") {
        unobserved(fields, place, fields.string("kind") == "host_off" ? Darkness::host_off : Darkness::recorder_off);
    } else if (type == "loss") {
        unobserved(fields, place, Darkness::source_loss);
    } else if (type == "identity") {
        identity(fields, place);
    } else if (type == "clock") {
        clock(fields, place);
    } else if (type == "declare" && speaker == Speaker::station) {
        declare(fields, place);
    } else if (type == "retire" && speaker == Speaker::station) {
        retire(fields, place);
    }
}

void Observed::used(const line::Fields& fields, const Place& place) {
    insert_use_
        .bind(place.log, place.seq, number(fields, "start"), modules_.id(*fields.string("name")),
              number(fields, "count"))
        .run();
}

void Observed::idle(const line::Fields& fields, const Place& place) {
    const std::uint64_t from = number(fields, "from");
    insert_idle_.bind(place.log, place.seq, number(fields, "start"), from, number(fields, "to") - from).run();
}

void Observed::scanned(const line::Fields& fields, const Place& place, bool there) {
    insert_scan_
        .bind(place.log, place.seq, features_.id(*fields.string("feature")),
              versions_.id(fields.string("version").value_or("")), number(fields, "at"), there ? 1 : 0)
        .run();
}

void Observed::unobserved(const line::Fields& fields, const Place& place, Darkness kind) {
    insert_unobserved_
        .bind(place.log, place.seq, static_cast<int>(kind), sources_.id(fields.string("src").value_or("")),
              number(fields, "from"), number(fields, "to"), number(fields, "count"))
        .run();
}

void Observed::identity(const line::Fields& fields, const Place& place) {
    const std::string name = decoded(fields, "name");
    const std::string domain = decoded(fields, "domain");
    const std::string address = decoded(fields, "address");
    const std::string os = decoded(fields, "os");
    insert_identity_
        .bind(place.log, place.seq, std::string_view(name), std::string_view(domain), std::string_view(address),
              std::string_view(os), number(fields, "at"))
        .run();
}

void Observed::clock(const line::Fields& fields, const Place& place) {
    insert_clock_.bind(place.log, place.seq, number(fields, "from"), number(fields, "to")).run();
}

void Observed::declare(const line::Fields& fields, const Place& place) {
    const auto kind = fields.string("kind");
    const auto meant = kind == "nil"   ? DeclarationKind::nil
                       : kind == "gap" ? DeclarationKind::gap
                                       : DeclarationKind::justification;
    const std::string agreement = decoded(fields, "agreement");
    const std::string about = decoded(fields, "about");
    const std::string reason = decoded(fields, "reason");
    insert_declaration_
        .bind(place.log, place.seq, static_cast<int>(meant), std::string_view(agreement), std::string_view(about),
              std::string_view(reason), number(fields, "from"), fields.integer("to"))
        .run();
}

void Observed::retire(const line::Fields& fields, const Place& place) {
    const std::string about = decoded(fields, "log");
    const std::string reason = decoded(fields, "reason");
    insert_declaration_
        .bind(place.log, place.seq, static_cast<int>(DeclarationKind::retired), std::string_view(),
              std::string_view(about), std::string_view(reason), number(fields, "at"), std::optional<std::int64_t>())
        .run();
}

} // namespace tally::ledger
