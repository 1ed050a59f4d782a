#include "tests/support/ledger_site.hpp"
#include "tests/support/seed.hpp"
#include "verifier/ledger/days.hpp"
#include "verifier/ledger/usage.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <tuple>

using namespace tally;

namespace {

constexpr std::int64_t day0 = 1'651'363'200; // 2022-05-01T00:00:00Z
constexpr std::int64_t slot = 1800;          // all instants are multiples of it
constexpr std::int64_t slots_a_day = 48;

line::Object of_type(std::string_view type) { return line::Object().token("t", type); }

struct Range {
    std::int64_t from = 0, to = 0;
};
line::Object at(line::Object record, Range time) {
    return time.from == time.to ? record.integer("at", static_cast<std::uint64_t>(time.from))
                                : record.integer("at_from", static_cast<std::uint64_t>(time.from))
                                      .integer("at_to", static_cast<std::uint64_t>(time.to));
}

// A log's lines about random sessions, in an order a recorder could have written them in; `{start}` stands for a seq.
struct Chronicle {
    struct Entry {
        line::Object record;
        int names = -1; // the entry whose seq it points to
        const char* with = "start";
    };
    std::vector<Entry> entries;

    std::mt19937 random;
    std::string server;
    bool watches; // its host sees programs too

    Chronicle(std::uint32_t seed, std::string source, bool sees, int sessions)
        : random(seed), server(std::move(source)), watches(sees) {
        for (int i = 0; i < sessions; ++i) {
            add_session();
        }
        shuffle();
    }
    std::int64_t below(std::int64_t bound) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
    }

    void add_session() {
        const bool by_host = watches && below(3) == 0;
        const std::int64_t from = day0 + slot * below(4 * slots_a_day);
        const Range start{from, from + slot * (below(5) == 0 ? 1 + below(4) : 0)};
        const std::int64_t until = start.to + slot * (below(6) == 0 ? below(2 * slots_a_day) : below(6));
        const Range end{until, until + slot * (below(5) == 0 ? 1 + below(4) : 0)};
        line::Object who = line::Object()
                               .token("src", by_host ? "host" : server)
                               .token("feature", "F" + std::to_string(below(2)))
                               .token("user", "u" + std::to_string(below(2)))
                               .token("client", "c" + std::to_string(below(2)))
                               .token("layer", by_host         ? "feature"
                                               : below(3) == 0 ? "package"
                                                               : "component");
        line::Object begin = at(line::Object(who).token("t", "start"), start);
        if (by_host) {
            begin.token("version", std::to_string(2024 + below(2)))
                .token("class", below(3) == 0 ? "automation" : "interactive");
        }
        if (below(12) == 0) {
            begin.integer("borrow", static_cast<std::uint64_t>(until + 5 * slot));
        }
        const auto first = static_cast<int>(entries.size());
        const auto way = below(10);
        if (way == 0 && !by_host) { // the end is known before the start, or alone
            entries.push_back(
                {at(line::Object(who).token("t", "end").token("kind", "returned").integer("orphan", 1), end)});
            if (watches && below(2) == 0) {
                entries.push_back({begin, first, "end"});
            }
            return;
        }
        entries.push_back({begin});
        if (way < 3) { // still open
            entries.push_back({of_type("open").integer("at", static_cast<std::uint64_t>(until)), first});
        } else {
            entries.push_back({at(of_type("end").token("kind", "returned"), end), first});
        }
    }
    // Sessions overlap in the log: entries move, but never before the one they name.
    void shuffle() {
        for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
            if (below(2) == 0 && entries[i + 1].names != static_cast<int>(i)) {
                std::swap(entries[i], entries[i + 1]);
                for (auto& entry : entries) {
                    entry.names = entry.names == static_cast<int>(i)       ? static_cast<int>(i) + 1
                                  : entry.names == static_cast<int>(i) + 1 ? static_cast<int>(i)
                                                                           : entry.names;
                }
            }
        }
    }
};

// Writes a chronicle into a log, a part at a time.
struct Writer {
    test::Log* log;
    const Chronicle* chronicle;
    std::size_t done = 0;
    std::vector<std::uint64_t> seqs{};

    void write(std::size_t count) {
        for (; count > 0 && done < chronicle->entries.size(); --count, ++done) {
            const auto& entry = chronicle->entries[done];
            line::Object record(entry.record);
            if (entry.names >= 0) {
                record.integer(entry.with, seqs[static_cast<std::size_t>(entry.names)]);
            }
            seqs.push_back(log->add(record));
        }
        log->seal();
    }
    [[nodiscard]] bool finished() const { return done == chronicle->entries.size(); }
};

using Row = std::tuple<std::string, std::string, std::string, std::string, std::string, std::int64_t>;
struct Counted {
    std::uint32_t starts = 0;
    std::int64_t lower = 0, upper = 0, first = ledger::unknown;
    bool automation = true;

    bool operator==(const Counted&) const = default;
};
using Rows = std::map<Row, Counted>;

std::ostream& operator<<(std::ostream& out, const Rows& rows) {
    for (const auto& [row, counted] : rows) {
        out << "\n  " << std::get<0>(row) << ' ' << std::get<1>(row) << ' ' << std::get<2>(row) << ' '
            << std::get<3>(row) << " [" << std::get<4>(row).substr(0, 4) << "] day " << std::get<5>(row) - day0 / 86'400
            << ": " << counted.starts << " starts, " << counted.lower / slot << " to " << counted.upper / slot
            << " slots, first " << counted.first << (counted.automation ? " automation" : "");
    }
    return out;
}

// From the sessions alone, slot by slot.
Rows from_scratch(const ledger::Usage& usage, const ledger::DayLimits& limits) {
    Rows rows;
    std::map<Row, std::set<std::int64_t>> lower;
    std::map<Row, std::set<std::int64_t>> upper;
    for (const auto& session : usage.sessions) {
        if (session.layer == ledger::Layer::package || session.borrowed) {
            continue;
        }
        const bool by_host = session.watched == ledger::Watched::host;
        Row row{usage.users[session.user],     usage.features[session.feature],        usage.versions[session.version],
                usage.clients[session.client], by_host ? usage.logs[session.log] : "", 0};
        const auto on = [&](std::int64_t instant) -> Counted& {
            std::get<5>(row) = instant / 86'400;
            Counted& counted = rows[row];
            counted.automation = counted.automation && session.automation;
            return counted;
        };
        const bool begins = session.start_from != 0;
        if (begins && session.start_from >= limits.from && session.start_from < limits.until) {
            Counted& counted = on(session.start_from);
            ++counted.starts;
            counted.first = std::min(counted.first, session.start_from);
        } else if (!begins && session.end_from > limits.from && session.end_from <= limits.until) {
            on(session.end_from - 1);
        }
        for (std::int64_t now = limits.from; now < limits.until; now += slot) {
            if (session.start_from <= now && now < session.end_to) {
                on(now);
                upper[row].insert(now);
            }
            if (session.start_to <= now && now < session.end_from) {
                lower[row].insert(now);
            }
        }
    }
    for (auto& [row, counted] : rows) {
        counted.lower = slot * static_cast<std::int64_t>(lower[row].size());
        counted.upper = slot * static_cast<std::int64_t>(upper[row].size());
    }
    return rows;
}

Rows from_sheets(const ledger::Ledger& ledger, const ledger::DayLimits& limits) {
    const auto use = ledger::load_days(ledger, limits);
    Rows rows;
    for (const auto& day : use.days) {
        const Row row{use.tables.users[day.user],       use.tables.features[day.feature],
                      use.tables.versions[day.version], use.tables.clients[day.client],
                      use.tables.logs[day.log],         day.day};
        CHECK(rows.try_emplace(
                      row, Counted{day.starts, day.seconds_lower, day.seconds_upper, day.first_start, day.automation})
                  .second);
    }
    return rows;
}

// The bytes of all sheets by what they stand for: log names differ from run to run, so host logs go by label.
std::string sheets_of(const ledger::Ledger& ledger) {
    std::multiset<std::string> sheets;
    sqlite::Statement row(
        ledger.database(),
        "SELECT user.text, feature.text, coalesce(version.text, ''), client.text, coalesce(label, ''), "
        "block, hex(uses) FROM sheet JOIN user ON user.id = user JOIN feature ON feature.id = feature "
        "LEFT JOIN version ON version.id = version JOIN client ON client.id = client "
        "LEFT JOIN log ON log.id = log");
    while (row.step()) {
        std::string text;
        for (int i = 0; i < 7; ++i) {
            text += std::string(row.text(i)) + " ";
        }
        sheets.insert(text);
    }
    std::string all;
    for (const auto& sheet : sheets) {
        all += sheet + "\n";
    }
    return all;
}

// A host that sees programs itself and reads one server's log, and two that both read the log of another server.
struct History {
    Chronicle own, shared;

    explicit History(std::uint32_t seed)
        : own(seed, "flexnet:S:d", true, 20), shared(seed + 1, "flexnet:T:d", false, 20) {}
};

struct Told : test::LedgerSite {
    std::vector<Writer> writers;

    explicit Told(const History& history) {
        for (const auto* chronicle : {&history.own, &history.shared, &history.shared}) {
            auto& host = site.host("H" + std::to_string(writers.size()));
            writers.push_back({&host, chronicle});
        }
    }
    void send(std::size_t which, std::size_t count) {
        writers[which].write(count);
        site.arrive(*writers[which].log, 0);
        deliver();
    }
    [[nodiscard]] bool finished() const {
        return std::all_of(writers.begin(), writers.end(), [](const Writer& one) { return one.finished(); });
    }
};

// Everything that is kept of the sessions, but the line of an end.
void check_packed(const ledger::Usage& whole, const ledger::Usage& usage) {
    const auto& packed = usage.packed;
    REQUIRE(usage.sessions.empty());
    REQUIRE(packed.size() == whole.sessions.size());
    for (std::uint32_t i = 0; i < packed.size(); ++i) {
        const auto& session = whole.sessions[i];
        CHECK(packed.kind(i) == static_cast<const ledger::SessionKind&>(session));
        CHECK(packed.client(i) == session.client);
        CHECK(packed.start_from(i) == session.start_from);
        if (packed.is_exact(i)) {
            CHECK(session.start_to == session.start_from);
            CHECK(packed.end(i) == session.end_from);
            CHECK(packed.end(i) == session.end_to);
            CHECK(packed.start_seq(i) == session.start_seq);
            CHECK(session.end_seq != ledger::no_seq);
        } else {
            const auto& odd = packed.whole(i);
            CHECK(std::tie(odd.start_to, odd.end_from, odd.end_to, odd.start_seq, odd.end_seq) ==
                  std::tie(session.start_to, session.end_from, session.end_to, session.start_seq, session.end_seq));
        }
    }
}

// Sessions without the lines that tell them, which come to lie elsewhere when a log is sealed elsewhere.
std::multiset<std::string> sessions_of(const ledger::Ledger& ledger) {
    const auto usage = ledger::load_usage(ledger);
    std::multiset<std::string> all;
    for (const auto& one : usage.sessions) {
        std::ostringstream text;
        text << usage.users[one.user] << ' ' << usage.clients[one.client] << ' ' << usage.features[one.feature] << ' '
             << static_cast<int>(one.layer) << ' ' << static_cast<int>(one.kind) << ' ' << one.start_from << ' '
             << one.start_to << ' ' << one.end_from << ' ' << one.end_to;
        all.insert(text.str());
    }
    return all;
}

} // namespace

TEST_CASE("days of use kept up to date by bundles in any parts are those that all sessions give") {
    const auto seed = test::usual_seed();
    const int histories = test::full_size() ? 300 : 12;
    for (int i = 0; i < histories; ++i) {
        const auto number = seed + static_cast<std::uint32_t>(2 * i);
        INFO("TALLY_TEST_SEED=" << number);
        const History history(number);
        const ledger::DayLimits limits{day0, day0 + 6 * 86'400, ledger::unknown};
        std::mt19937 random(number);
        Told pieces(history);
        while (!pieces.finished()) {
            pieces.send(random() % pieces.writers.size(), 1 + random() % 20);
            const auto wanted = from_scratch(ledger::load_usage(pieces.ledger), limits);
            const auto found = from_sheets(pieces.ledger, limits);
            INFO("wanted" << wanted << "\nfound" << found);
            REQUIRE(found == wanted);
        }
        Told whole(history);
        for (const std::size_t which : {2U, 1U, 0U}) {
            whole.send(which, 1000);
        }
        CHECK(sheets_of(pieces.ledger) == sheets_of(whole.ledger));
        CHECK(sheets_of(whole.ledger).size() > 0);
    }
}

TEST_CASE("sessions told late, in parts and in any order are those told at once, whole or packed") {
    const auto seed = test::usual_seed();
    const int histories = test::full_size() ? 100 : 6;
    for (int i = 0; i < histories; ++i) {
        const auto number = seed + 1000 + static_cast<std::uint32_t>(2 * i);
        INFO("TALLY_TEST_SEED=" << number);
        const History history(number);
        std::mt19937 random(number);
        Told pieces(history);
        while (!pieces.finished()) {
            pieces.send(random() % pieces.writers.size(), 1 + random() % 40);
            check_packed(ledger::load_usage(pieces.ledger), ledger::load_packed_usage(pieces.ledger));
        }
        Told whole(history);
        for (const std::size_t which : {2U, 1U, 0U}) {
            whole.send(which, 1000);
        }
        CHECK(sessions_of(pieces.ledger) == sessions_of(whole.ledger));
        CHECK(sessions_of(whole.ledger).size() > 0);
    }
}
