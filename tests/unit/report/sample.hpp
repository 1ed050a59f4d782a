// A report of the real fourteen days with the demonstration's inputs and a made-up basis.
#pragma once

#include "tests/unit/reconcile/real_usage.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/report/page.hpp"

#include "tally/os/file.hpp"

namespace tally::test {

inline inputs::Inputs demo_inputs() {
    inputs::Inputs inputs;
    const std::string ent = os::read_file("data/demo/ent.csv", 1U << 20U);
    const std::string asg = os::read_file("data/demo/asg.csv", 1U << 20U);
    inputs.entitlements = inputs::read_entitlements(ent).value().rows;
    inputs.assignments = inputs::read_assignments(asg).value().rows;
    inputs.files = {{1, inputs::Kind::entitlements, "ent.csv", std::string(64, 'a'), 0, inputs.entitlements.size()},
                    {2, inputs::Kind::assignments, "asg.csv", std::string(64, 'b'), 0, inputs.assignments.size()}};
    for (auto& row : inputs.entitlements) {
        row.at.file = 1;
    }
    for (auto& row : inputs.assignments) {
        row.at.file = 2;
    }
    return inputs;
}

inline report::Basis demo_basis(const ledger::Usage& usage) {
    report::Basis basis;
    const std::int64_t made = instant("2026-01-12T09:30Z") * 1000;
    basis.logs = {{"HSTATIONAAAAAAAAAAAAAAAAA", "STATION", "SITE1", "station", 12, 2, made, made},
                  {usage.logs.at(1), "LICSRV", "SITE1", "recorder", 5116, 3, made, made}};
    std::map<std::int64_t, std::uint64_t> events;
    for (const auto& session : usage.sessions) {
        events[text::day_of(session.start_from)] += 2;
    }
    for (const auto& [day, count] : events) {
        basis.days.push_back({1, day, 0, 0, count});
    }
    basis.imports = {{usage.logs.at(1), "flexnet:flexlm02:adskflex", "adskflex-first-14-days.log", std::string(64, 'c'),
                      "Europe/Madrid", 5115, 8744, instant("2022-05-05T06:42Z"), instant("2022-05-18T23:01Z")}};
    basis.bundles = {
        {"SITE1_2026Q1_000001_V1OF1.tally", std::string(64, 'd'), "SITE1", 1, 1, 1, 412'672, 5128, 5, made}};
    basis.trust = {{"SITE1", std::string(64, 'e'), 1}};
    basis.program_version = "0.1.0";
    return basis;
}

} // namespace tally::test
