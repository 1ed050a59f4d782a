// Random days: whatever happens, and in whatever order, the lines of a session fit together.
#include "tally/line/parse.hpp"
#include "tests/support/seed.hpp"
#include "tests/unit/sessions/scripted_day.hpp"

#include <random>

using namespace tally;
using namespace tally::test;

namespace {

class RandomDay {
public:
    explicit RandomDay(std::uint64_t seed) : random_(seed), day_(rules_of(seed)) {}

    void live(int steps) {
        for (int i = 0; i < steps; ++i) {
            step(pick(16));
        }
        commit();
        day_.reboot(100); // ends whatever is open
        day_.run();
    }
    [[nodiscard]] const Texts& lines() const { return day_.notes.all; }
    [[nodiscard]] const Day& day() const { return day_; }
    [[nodiscard]] std::uint64_t told() const { return durably_told_; }

private:
    static Rules rules_of(std::uint64_t seed) {
        Rules rules;
        rules.merge_gap_ms = seed % 3 * 5000;
        rules.report_ms = 100'000;
        return rules;
    }
    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    std::string id() { return std::string(32, static_cast<char>('a' + pick(6))) + std::to_string(generation_); }
    int pid() { return static_cast<int>(100 + pick(5)); }
    When some_time() {
        const std::uint64_t back = std::min(day_.up(), pick(30'000));
        return pick(4) == 0 ? When::at_utc(day_.moment.stamp.wall_ms - back)
                            : When::between(day_.up() - back, day_.up() - back + pick(back + 1));
    }
    void commit() {
        day_.commit();
        durably_told_ = told_;
    }
    void step(std::uint64_t what) {
        const Subject subject = Day::subject(pick(2) == 0 ? "hig" : "ana", pick(2) == 0 ? "2025" : "2026");
        if (what < 3) {
            day_.pass(static_cast<double>(pick(90'000)) / 1000);
        } else if (what == 3) {
            const int process = pid();
            day_.running.insert(Day::process(process));
            day_.book->started({Day::process(process), subject, When::between(day_.up() - pick(day_.up()), day_.up())});
        } else if (what == 4) {
            const int process = pid();
            day_.running.erase(Day::process(process));
            day_.book->ended(Day::process(process), Ending::signal,
                             When::between(day_.up() - pick(day_.up()), day_.up()));
        } else if (what < 7) {
            Begun begun = day_.report(id(), pick(2) == 0 ? pid() : 0);
            begun.idle_known = pick(2) == 0;
            begun.when = some_time();
            begun.subject = subject;
            day_.running.insert(begun.process);
            day_.book->begin(begun);
        } else if (what == 7) {
            day_.book->end(id(), 0, some_time(), subject);
        } else if (what < 10) {
            const std::uint64_t count = 1 + pick(5);
            told_ += day_.book->feature(id(), 0, "x", count) == Taken::taken ? count : 0;
        } else if (what == 10) {
            day_.book->idle(id(), 0, some_time());
        } else if (what == 11) {
            day_.book->active(id(), 0, When::at(day_.up()));
        } else if (what == 12) {
            day_.sleep(static_cast<double>(pick(50'000)) / 1000);
            day_.set_clock(static_cast<std::int64_t>(pick(3)) * 100 - 100);
        } else if (what == 13) {
            commit();
            day_.book->tell_open();
        } else if (what == 14) {
            commit();
        } else {
            begin_again(pick(3));
        }
    }
    void begin_again(std::uint64_t how) {
        if (how == 0) {
            day_.book->stop();
            commit();
        }
        day_.kill();
        told_ = durably_told_;
        day_.pass(static_cast<double>(pick(200)));
        if (how == 2) {
            day_.reboot(static_cast<double>(pick(500)));
        } else if (pick(2) == 0) {
            day_.running.erase(Day::process(pid()));
        }
        ++generation_; // programs make new ids
        day_.run();
        durably_told_ = told_;
    }

    std::mt19937_64 random_;
    Day day_;
    std::uint64_t told_ = 0;
    std::uint64_t durably_told_ = 0;
    int generation_ = 0;
};

struct Seen {
    std::uint64_t ends = 0;
    std::int64_t from = 0;
    std::int64_t idle_until = 0;
    std::uint64_t used = 0;
};

// With its quotes again.
std::string quoted(const std::string& bare) {
    std::string text;
    const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    for (std::size_t i = 0; i < bare.size();) {
        if (std::string_view("{},:").find(bare[i]) != std::string_view::npos) {
            text += bare[i++];
            continue;
        }
        const std::size_t end = std::min(bare.find_first_of(",:}", i), bare.size());
        const std::string word = bare.substr(i, end - i);
        const bool is_text = is_word(word[0]) || text.ends_with("\"version\":");
        text += is_text ? '"' + word + '"' : word;
        i = end;
    }
    return text;
}

void check(const RandomDay& random) {
    std::map<std::uint64_t, Seen> sessions;
    std::uint64_t used = 0;
    line::Fields fields;
    for (std::size_t seq = 0; seq < random.lines().size(); ++seq) {
        const std::string text = quoted(random.lines()[seq]);
        INFO(text);
        REQUIRE_FALSE(fields.parse(text, line::max_record));
        const auto type = fields.string("t");
        const auto from = fields.integer("at") ? fields.integer("at") : fields.integer("at_from");
        if (const auto late = fields.integer("at_to")) {
            CHECK(*from < *late);
        }
        if (type == "start") {
            sessions[seq] = {0, static_cast<std::int64_t>(*from), 0, 0};
            continue;
        }
        const auto start = fields.integer("start");
        if (!start) {
            continue;
        }
        REQUIRE(sessions.contains(*start));
        Seen& session = sessions[*start];
        CHECK(session.ends == 0);
        if (type == "end") {
            ++session.ends;
            CHECK(static_cast<std::int64_t>(*from) >= session.from);
        } else if (type == "idle") {
            const auto since = static_cast<std::int64_t>(*fields.integer("from"));
            CHECK(since >= session.idle_until);
            session.idle_until = static_cast<std::int64_t>(*fields.integer("to"));
            CHECK(since < session.idle_until);
        } else if (type == "used") {
            used += *fields.integer("count");
        }
    }
    for (const auto& [seq, session] : sessions) {
        INFO(seq);
        CHECK(session.ends == 1);
    }
    CHECK(used == random.told());
    CHECK(random.day().book->sessions().empty());
    for (const auto& [key, body] : random.day().drawer.rows) {
        INFO(key << " " << body);
        CHECK((key == "host" || key == "life" || key.starts_with("d/")));
    }
}

} // namespace

TEST_CASE("whatever happens, every start has one end, spans do not overlap, and no count is lost or told twice") {
    const std::uint64_t seed = test::fresh_seed();
    for (std::uint64_t i = 0; i < 200; ++i) {
        INFO("TALLY_TEST_SEED=" << seed << ", history " << i);
        RandomDay random(seed + i);
        random.live(120);
        check(random);
    }
}
