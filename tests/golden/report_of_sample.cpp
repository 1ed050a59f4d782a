// Prints the page of a fixed estate in which every section has something to show: the real fourteen days with the inputs
// of the demonstration, and hosts, tokens and requests that are made up here. Runs in the folder tests/.
#include "tests/unit/report/sample.hpp"

#include <cstdio>

namespace tally::test {
namespace {

findings::HostCoverage host(const std::string& name, const std::string& site, std::int64_t lost_from,
                            findings::DayClass lost) {
    findings::HostCoverage row;
    row.host = name;
    row.site = site;
    row.first_day = *text::parse_day("2022-05-05");
    for (std::int64_t day = 0; day < 14; ++day) {
        const bool weekend = (row.first_day + day + 3) % 7 >= 5;
        row.days.push_back(day >= lost_from ? lost
                           : weekend        ? findings::DayClass::host_off
                                            : findings::DayClass::observed);
    }
    row.through_day = row.first_day + std::min<std::int64_t>(lost_from, 14) - 1;
    return row;
}

void add_tokens(findings::Outcome& outcome) {
    findings::TokenPackUse pack;
    pack.agreement = "AG-2022";
    pack.pool = "Flex";
    pack.pack = "P1";
    pack.tokens = 200;
    pack.start_day = *text::parse_day("2022-05-01");
    pack.end_day = *text::parse_day("2022-09-30");
    for (std::int64_t day = 0; day < 12; ++day) {
        findings::TokenCharge charge;
        charge.person = "hig";
        charge.product = "ACD";
        charge.at = instant("2022-05-05T07:00Z") + day * text::seconds_per_day;
        charge.tokens = {day % 4 == 3 ? 0 : 7, 7};
        charge.pool = pack.pool;
        charge.pack = pack.pack;
        pack.used.lower += charge.tokens.lower;
        pack.used.upper += charge.tokens.upper;
        outcome.charges.push_back(charge);
    }
    pack.left = {pack.tokens - pack.used.upper, pack.tokens - pack.used.lower};
    outcome.packs.push_back(pack);
}

std::string page() {
    const auto usage = real_usage();
    const auto inputs = demo_inputs();
    const auto basis = demo_basis(usage);
    auto outcome = reconcile::reconcile(usage, inputs);
    outcome.watched.hosts = {host("ws-01", "NORD", 14, findings::DayClass::missing),
                             host("ws-02", "NORD", 9, findings::DayClass::missing),
                             host("ws-03", "SUED", 11, findings::DayClass::declared),
                             host("ws-04", "SUED", 12, findings::DayClass::recorder_off)};
    outcome.watched.complete_through = *text::parse_day("2022-05-13");
    outcome.watched.complete_until_host = "ws-02";
    add_tokens(outcome);
    outcome.watched.vendor_use = {
        {"hig", "ACD", *text::parse_day("2022-05-05"), *text::parse_day("2022-05-12"), 6, {6, 7}, 9, 11, ""},
        {"hig",
         "RVT",
         *text::parse_day("2022-05-05"),
         *text::parse_day("2022-05-12"),
         4,
         {0, 0},
         {},
         0,
         "not_recorded"},
        {"", "ACD", *text::parse_day("2022-05-05"), *text::parse_day("2022-05-12"), 2, {0, 0}, {}, 0, "hidden_person"},
        {"mue",
         "ACD",
         *text::parse_day("2022-05-05"),
         *text::parse_day("2022-05-12"),
         0,
         {2, 3},
         {},
         4,
         "not_exported"}};
    findings::Request request;
    request.at = instant("2022-05-06T08:15Z");
    request.verb = "DENIED";
    request.product = "ACD";
    request.user = "hig";
    request.client = "ws-01";
    request.record = {usage.logs.at(1), 4711};
    outcome.requests = {request};
    return report::to_html({outcome, inputs, basis});
}

} // namespace
} // namespace tally::test

int main() {
    const std::string page = tally::test::page();
    return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
