// Writes the report of an estate that is made up here: many persons, many products, a year, findings of many kinds.
// The same arguments give the same bytes. usage: report_of_many PERSONS PRODUCTS FILE [reporting]
// reporting: the programs also tell how fast they are and which commands are used.
#include "tests/support/usage_builder.hpp"
#include "verifier/report/page.hpp"

#include <cstdio>
#include <fstream>

namespace tally::test {
namespace {

struct Estate {
    UsageBuilder b;
    inputs::Inputs inputs;
    std::uint32_t persons = 0, products = 0;
    std::uint32_t random = 1;
    bool reporting = false;

    std::uint32_t next(std::uint32_t below) {
        random = random * 1664525U + 1013904223U;
        return (random >> 8U) % below;
    }
    static std::string numbered(const std::string& word, std::uint32_t number) {
        std::string digits = std::to_string(number);
        return word + std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
    }

    void name_everything() {
        for (std::uint32_t i = 0; i < persons; ++i) {
            b.usage.users.push_back(numbered("person", i));
            b.usage.clients.push_back(numbered("WS", i));
        }
        for (std::uint32_t i = 0; i < products; ++i) {
            b.usage.features.push_back(numbered("PRODUCT", i));
        }
    }
    void categorise() {
        b.usage.commands = {"", "LINE", "TRIM", "DIMENSION"};
        for (const auto* row : {"LINE", "TRIM", "DIMENSION"}) {
            inputs.command_categories.push_back({{}, row, std::string(row) == "DIMENSION" ? "annotate" : "draw"});
        }
    }
    void report(const ledger::Session& session) {
        const ledger::Reported by{session.user, session.feature, 0, session.start_from / text::seconds_per_day};
        for (const auto measure : {ledger::Measure::startup, ledger::Measure::open, ledger::Measure::save}) {
            b.usage.timings.push_back({by, measure, 2, 2000 + next(9000), 1, 1'000'000U + next(9'000'000)});
        }
        for (std::uint32_t name = 1; name < b.usage.commands.size(); ++name) {
            const std::uint64_t started = 5 + next(60);
            b.usage.command_uses.push_back({by, name, started, started - 2, 1, 1});
        }
    }
    void buy() {
        for (std::uint32_t i = 0; i < products; ++i) {
            const bool named = i % 3 != 0;
            inputs.entitlements.push_back(line(numbered("L", i), numbered("PRODUCT", i),
                                               named ? inputs::Metric::named : inputs::Metric::concurrent,
                                               persons * (named ? 3 : 1) / products, "2025-01-01", "2026-12-31"));
            inputs.entitlements.back().list_price_units = 1200'0000;
            inputs.entitlements.back().currency = "EUR";
        }
    }
    void use(std::uint32_t person, std::uint32_t product, std::uint32_t times) {
        static const std::int64_t year = instant("2025-01-01T00:00Z");
        for (std::uint32_t i = 0; i < times; ++i) {
            const std::int64_t start =
                year + (360LL * i / times + next(20)) * 86400 + (7 + next(8)) * 3600 + next(3600);
            ledger::Session session;
            session.log = 1;
            session.user = 1 + person;
            session.client = 1 + person;
            session.feature = 1 + product;
            session.layer = ledger::Layer::feature;
            session.kind = ledger::EndKind::returned;
            session.start_from = session.start_to = start;
            session.end_from = session.end_to = start + 600 + next(20000);
            session.start_seq = 2 * b.usage.sessions.size() + 1;
            session.end_seq = session.start_seq + 1;
            b.usage.sessions.push_back(session);
            if (reporting) {
                report(session);
            }
        }
    }
    void work() {
        for (std::uint32_t person = 0; person < persons; ++person) {
            for (std::uint32_t i = 0; i < 3; ++i) {
                const std::uint32_t product = (person + i * 17) % products;
                if (product % 3 != 0 && (i != 2 || person % 40 != 0)) {
                    inputs.assignments.push_back(
                        seat(numbered("person", person), numbered("PRODUCT", product), "2025-01-01"));
                }
                if ((person + i) % 10 != 0) { // every tenth seat lies unused
                    use(person, product, 14 + next(4));
                }
            }
        }
    }
};

findings::Watched watched(std::uint32_t hosts) {
    findings::Watched all;
    const std::int64_t first = *text::parse_day("2025-01-01");
    for (std::uint32_t i = 0; i < hosts; ++i) {
        findings::HostCoverage host;
        host.host = Estate::numbered("WS", i);
        host.site = "SITE" + std::to_string(1 + i / 2500);
        host.first_day = first;
        for (std::int64_t day = 0; day < 365; ++day) {
            const bool weekend = (first + day + 3) % 7 >= 5;
            const bool lost = i % 200 == 7 && day > 300;
            host.days.push_back(lost      ? findings::DayClass::missing
                                : weekend ? findings::DayClass::host_off
                                          : findings::DayClass::observed);
        }
        host.through_day = first + (i % 200 == 7 ? 300 : 364);
        all.hosts.push_back(host);
    }
    return all;
}

std::string page_of(std::uint32_t persons, std::uint32_t products, bool reporting) {
    Estate estate;
    estate.persons = persons;
    estate.products = products;
    estate.reporting = reporting;
    estate.name_everything();
    if (reporting) {
        estate.categorise();
    }
    estate.buy();
    estate.work();
    auto outcome = reconcile::reconcile(estate.b.usage, estate.inputs);
    outcome.watched = watched(persons);
    std::printf("persons %u, products %u, sessions %llu, findings %zu, rows of persons %zu, seats %zu\n", persons,
                products, static_cast<unsigned long long>(outcome.sessions), outcome.findings.size(),
                outcome.users.size(), outcome.advice.seats.size());
    return report::to_html({outcome, estate.inputs, {}});
}

} // namespace
} // namespace tally::test

int main(int argc, char** argv) {
    if (argc != 4 && argc != 5) {
        std::fprintf(stderr, "usage: report_of_many PERSONS PRODUCTS FILE [reporting]\n");
        return 2;
    }
    const auto page = tally::test::page_of(static_cast<std::uint32_t>(std::stoul(argv[1])),
                                           static_cast<std::uint32_t>(std::stoul(argv[2])), argc == 5);
    std::ofstream(argv[3], std::ios::binary) << page;
    std::printf("bytes %zu\n", page.size());
    return 0;
}
