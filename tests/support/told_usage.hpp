// All that a Usage says, as text: two are the same when their texts are. Indices are written as what they stand for, in
// the order of the rows, so a difference is easy to read.
#pragma once

#include "verifier/ledger/usage.hpp"

#include <sstream>

namespace tally::test {

namespace told {

inline void names(std::ostream& out, const char* what, const std::vector<std::string>& texts) {
    out << what;
    for (const auto& text : texts) {
        out << " [" << text << "]";
    }
    out << '\n';
}

inline void session(std::ostream& out, const ledger::Usage& usage, const ledger::Session& one) {
    out << "session " << usage.logs[one.log] << ' ' << usage.sources[one.source] << ' ' << usage.features[one.feature]
        << ' ' << usage.features[one.package] << ' ' << usage.users[one.user] << ' ' << usage.clients[one.client] << ' '
        << usage.versions[one.version] << ' ' << usage.accounts[one.account] << ' ' << usage.addresses[one.address]
        << ' ' << usage.pools[one.pool] << ' ' << one.count << ' ' << static_cast<int>(one.layer) << ' '
        << static_cast<int>(one.kind) << ' ' << static_cast<int>(one.watched) << one.automation << one.idle_known
        << one.borrowed << ' ' << one.start_from << '-' << one.start_to << ' ' << one.end_from << '-' << one.end_to
        << ' ' << one.start_seq << ' ' << one.end_seq << '\n';
}

inline void beside(std::ostream& out, const ledger::Usage& usage) {
    for (const auto& one : usage.installations) {
        out << "installed " << usage.logs[one.log] << ' ' << usage.features[one.feature] << ' '
            << usage.versions[one.version] << ' ' << one.from << '-' << one.to << ' ' << one.seq << '\n';
    }
    for (const auto& one : usage.unobserved) {
        out << "unobserved " << usage.logs[one.log] << ' ' << static_cast<int>(one.kind) << ' '
            << usage.sources[one.source] << ' ' << one.from << '-' << one.to << ' ' << one.count << ' ' << one.seq
            << '\n';
    }
    for (const auto& one : usage.identities) {
        out << "identity " << usage.logs[one.log] << ' ' << one.name << ' ' << one.domain << ' ' << one.address << ' '
            << one.os << ' ' << one.since << ' ' << one.seq << '\n';
    }
    for (const auto& one : usage.clock_steps) {
        out << "clock " << usage.logs[one.log] << ' ' << one.at << ' ' << one.by_ms << ' ' << one.seq << '\n';
    }
    for (const auto& one : usage.feature_uses) {
        out << "used " << one.session << ' ' << one.name << ' ' << one.count << ' ' << one.seq << '\n';
    }
    for (const auto& one : usage.idle) {
        out << "idle " << one.session << ' ' << one.from << '-' << one.to << '\n';
    }
    const auto by = [&](const ledger::Reported& who) {
        out << usage.users[who.user] << ' ' << usage.features[who.feature] << ' ' << usage.versions[who.version] << ' '
            << who.day << ' ';
    };
    for (const auto& one : usage.command_uses) {
        out << "commands ";
        by(one.by);
        out << usage.commands[one.name] << ' ' << one.started << ' ' << one.completed << ' ' << one.cancelled << ' '
            << one.undone << '\n';
    }
    for (const auto& one : usage.timings) {
        out << "timing ";
        by(one.by);
        out << static_cast<int>(one.measure) << ' ' << one.samples << ' ' << one.ms << ' ' << one.documents << ' '
            << one.bytes << '\n';
    }
    for (const auto& one : usage.declarations) {
        out << "declared " << usage.logs[one.log] << ' ' << static_cast<int>(one.kind) << ' ' << one.site << ' '
            << one.agreement << ' ' << one.about << ' ' << one.reason << ' ' << one.from << '-' << one.to << ' '
            << one.seq << '\n';
    }
    for (const auto& one : usage.deliveries) {
        out << "delivery " << one.site << ' ' << one.agreement << ' ' << one.n << ' ' << one.made << ' ' << one.received
            << ' ' << one.through << ' ' << one.reach << '\n';
    }
}

} // namespace told

inline std::string to_text(const ledger::Usage& usage) {
    std::ostringstream out;
    told::names(out, "logs", usage.logs);
    told::names(out, "sites", usage.log_sites);
    told::names(out, "labels", usage.log_labels);
    for (const auto& one : usage.sessions) {
        told::session(out, usage, one);
    }
    for (const auto& one : usage.refusals) {
        out << "refusal " << usage.logs[one.log] << ' ' << usage.sources[one.source] << ' '
            << usage.features[one.feature] << ' ' << usage.users[one.user] << ' ' << usage.clients[one.client] << ' '
            << one.count << ' ' << static_cast<int>(one.verb) << ' ' << one.at_from << '-' << one.at_to << ' '
            << one.seq << '\n';
    }
    told::beside(out, usage);
    return out.str();
}

} // namespace tally::test
