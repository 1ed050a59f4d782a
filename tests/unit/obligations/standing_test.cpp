#include "packager/obligations/standing.hpp"

#include "tally/text/date.hpp"
#include "tests/support/day.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace tally;
using namespace tally::obligations;
using submission::Declared;
using submission::Word;

namespace {

using tally::test::day;
std::int64_t instant(const char* text) { return *text::parse_instant(text); }

// A station's log whose clock the test sets.
class Logged {
public:
    Logged() {
        StationLog::create(dir_.path() / "log", *SiteId::parse("SITE1"), "STATION", clock());
        journal::Store store(dir_.path() / "log", journal::Access::read);
        log_ = std::make_unique<StationLog>(dir_.path() / "log", clock(), journal::read_genesis(*store.line(0))->key);
        archive_ = std::make_unique<archive::Archive>(dir_.path() / "archive", log_->roster());
    }
    template <class Act>
    void note(const Act& act) {
        log_->note(act);
        log_->seal("test", *archive_); // the next line has a time of its own
    }
    void agree(const AgreementTerms& terms) { note(terms); }
    void nil(const char* from, const char* to) {
        note(Declared{Word::nil, "NORD", "shut", {}, at_s(from), at_s(to), {}});
    }
    // Export made at that instant, with the digest of one volume.
    std::uint64_t pack(const std::string& agreement, const char* when) {
        *now_ = static_cast<std::uint64_t>(instant(when)) * 1000;
        submission::Export wanted;
        wanted.agreement = agreement;
        wanted.label = "USAGE";
        wanted.zstd = "1.5.4";
        const std::uint64_t n = log_->begin_export(wanted).n;
        log_->finish_export(agreement, n, {std::string(64, static_cast<char>('0' + n))});
        log_->seal("test", *archive_);
        return n;
    }
    void receipt(std::uint64_t bundle, const std::string& status) {
        submission::ReceiptTaken taken;
        taken.agreement = "NORD";
        taken.n = bundle;
        taken.status = status;
        taken.bundles = {std::string(64, static_cast<char>('0' + bundle))};
        note(taken);
    }
    // What is owed as "2026-Q1 overdue, 2026-Q2 running".
    std::string owed(const char* when, ClockTrust trust = ClockTrust::fair) {
        standings_ = standings_of(*log_, {instant(when), trust});
        std::string text;
        for (const auto& duty : standings_.at(0).duties) {
            static const char* const words[] = {"running", "open", "due", "overdue", "answered", "nil"};
            text += (text.empty() ? "" : ", ") + duty.period.label + " " + words[static_cast<std::size_t>(duty.owed)];
            text += duty.warning ? "!" + std::to_string(*duty.warning) : "";
        }
        return text;
    }
    [[nodiscard]] const Standing& standing() const { return standings_.at(0); }
    [[nodiscard]] bool due() const { return is_due(standings_); }

private:
    static std::uint64_t at_s(const char* when) { return static_cast<std::uint64_t>(instant(when)); }
    [[nodiscard]] os::Clock clock() const {
        return [now = now_] { return os::Stamp{std::string(32, 'b'), *now, *now}; };
    }

    test::TempDir dir_{test::TempDir::Where::in_memory};
    std::shared_ptr<std::uint64_t> now_ = std::make_shared<std::uint64_t>(1'767'225'600'000); // 2026-01-01
    std::unique_ptr<StationLog> log_;
    std::unique_ptr<archive::Archive> archive_;
    std::vector<Standing> standings_;
};

AgreementTerms quarterly(const std::string& zone = "UTC") {
    return {"NORD", "Nordwerk AG", "quarterly", 10, 5, day("2026-01-01"), {}, zone};
}

} // namespace

TEST_CASE("a period is running, open, due and overdue in turn, with warnings 30, 14 and 7 days before it is due") {
    Logged at;
    at.agree(quarterly());
    CHECK(at.owed("2026-02-01T12:00Z") == "2026-Q1 running");
    CHECK(at.owed("2026-03-10T23:59Z") == "2026-Q1 running");
    CHECK(at.owed("2026-03-11T00:00Z") == "2026-Q1 running!30");
    CHECK(at.owed("2026-03-27T00:00Z") == "2026-Q1 running!14");
    CHECK(at.owed("2026-04-01T00:00Z") == "2026-Q1 open!14, 2026-Q2 running");
    CHECK(at.owed("2026-04-03T00:00Z") == "2026-Q1 open!7, 2026-Q2 running");
    CHECK_FALSE(at.due());
    CHECK(at.owed("2026-04-10T00:00Z") == "2026-Q1 due, 2026-Q2 running");
    CHECK(at.due());
    CHECK(at.owed("2026-04-15T23:59Z") == "2026-Q1 due, 2026-Q2 running");
    CHECK(at.owed("2026-04-16T00:00Z") == "2026-Q1 overdue, 2026-Q2 running");
    CHECK(at.due());
}

TEST_CASE("days are those of the agreement's zone") {
    Logged at;
    at.agree(quarterly("Asia/Tokyo"));
    CHECK(at.owed("2026-03-31T14:59Z") == "2026-Q1 running!14");
    CHECK(at.owed("2026-03-31T15:00Z") == "2026-Q1 open!14, 2026-Q2 running");
    CHECK(at.standing().zone_known);
    at.agree(quarterly("America/New_York")); // the newest terms of an agreement count
    CHECK(at.owed("2026-04-01T03:59Z") == "2026-Q1 running!14");
    CHECK(at.owed("2026-04-01T04:00Z") == "2026-Q1 open!14, 2026-Q2 running");
    at.agree(quarterly("Europe/Atlantis"));
    CHECK(at.owed("2026-03-31T23:59Z") == "2026-Q1 running!14");
    CHECK_FALSE(at.standing().zone_known);
}

TEST_CASE("a bundle answers the periods that ended before it was made, whichever it is of") {
    Logged at;
    at.agree(quarterly());
    at.pack("NORD", "2026-03-31T23:59Z");
    CHECK(at.owed("2026-04-20T00:00Z") == "2026-Q1 overdue, 2026-Q2 running");
    at.pack("OTHER", "2026-04-20T00:00Z"); // a channel that is no agreement's serves all
    CHECK(at.owed("2026-04-20T00:00Z") == "2026-Q1 answered, 2026-Q2 running");
    CHECK(at.standing().duties.at(0).bundle == 1);
    CHECK(at.owed("2026-10-20T00:00Z") == "2026-Q1 answered, 2026-Q2 overdue, 2026-Q3 overdue, 2026-Q4 running");
    auto other = quarterly();
    other.id = "OTHER";
    at.agree(other); // from now on it is one's own
    CHECK(at.owed("2026-04-20T00:00Z") == "2026-Q1 overdue, 2026-Q2 running");
}

TEST_CASE("a bundle that a receipt rejects answers nothing, one that was accepted does") {
    Logged at;
    at.agree(quarterly());
    const auto n = at.pack("NORD", "2026-04-05T00:00Z");
    at.receipt(n, "REJECTED");
    CHECK(at.owed("2026-04-12T00:00Z") == "2026-Q1 due, 2026-Q2 running");
    CHECK(at.standing().bundle->receipt == "REJECTED");
    at.receipt(at.pack("NORD", "2026-04-12T00:00Z"), "OK");
    CHECK(at.owed("2026-04-12T00:00Z") == "2026-Q1 answered, 2026-Q2 running");
    CHECK(at.standing().receipt->n == 2);
}

TEST_CASE("a nil return answers the periods that it covers whole") {
    Logged at;
    at.agree(quarterly("Europe/Berlin"));
    at.nil("2026-01-01T00:00Z", "2026-03-30T00:00Z");
    CHECK(at.owed("2026-05-01T00:00Z") == "2026-Q1 overdue, 2026-Q2 running");
    at.nil("2025-12-31T23:00Z", "2026-03-31T22:00Z");
    CHECK(at.owed("2026-05-01T00:00Z") == "2026-Q1 nil, 2026-Q2 running");
    CHECK_FALSE(at.due());
}

TEST_CASE("many unanswered periods are listed up to a bound, and that there are more is said") {
    Logged at;
    auto monthly = quarterly();
    monthly.cadence = "monthly";
    at.agree(monthly);
    at.owed("9999-12-31T23:59Z");
    CHECK(at.standing().duties.size() == listed_periods + 1);
    CHECK(at.standing().earlier);
    CHECK(at.standing().duties.back().period.label == "9999-12");
    CHECK(at.owed("1970-01-01T00:00Z").empty()); // before the agreement
    CHECK_FALSE(at.standing().earlier);
}

TEST_CASE("an agreement that ended owes what it owed, and nothing more") {
    Logged at;
    auto ended = quarterly();
    ended.end = day("2026-05-15");
    at.agree(ended);
    at.pack("NORD", "2026-04-02T00:00Z");
    CHECK(at.owed("2026-05-15T00:00Z") == "2026-Q1 answered, 2026-Q2 running!14");
    CHECK(at.owed("2027-01-01T00:00Z") == "2026-Q1 answered, 2026-Q2 overdue");
}

TEST_CASE("a clock at 1970 or behind the station's own log is not believed, one far ahead is doubted") {
    const auto ms = [](const char* when) { return static_cast<std::uint64_t>(instant(when)) * 1000; };
    const std::uint64_t last = ms("2026-04-01T00:00Z");
    CHECK(reckoned_now(0, last).trust == ClockTrust::behind);
    CHECK(reckoned_now(0, last).utc_s == instant("2026-04-01T00:00Z"));
    CHECK(reckoned_now(0, 0).trust == ClockTrust::behind);
    CHECK(reckoned_now(ms("2026-03-30T00:00Z"), last).trust == ClockTrust::behind);
    CHECK(reckoned_now(ms("2026-03-31T01:00Z"), last).trust == ClockTrust::fair);
    CHECK(reckoned_now(ms("2026-03-31T01:00Z"), last).utc_s == instant("2026-03-31T01:00Z"));
    CHECK(reckoned_now(ms("2027-05-01T00:00Z"), last).trust == ClockTrust::fair);
    CHECK(reckoned_now(ms("2027-05-07T00:00Z"), last).trust == ClockTrust::ahead);
    CHECK(reckoned_now(UINT64_MAX, last).utc_s == instant("9999-12-31T23:59:59Z"));
}

TEST_CASE("a justification holds from its first instant until it ends") {
    Logged at;
    at.agree(quarterly());
    const auto begin = static_cast<std::uint64_t>(instant("2026-02-01T00:00Z"));
    at.note(Declared{Word::justification, "", "no line out", {}, begin, begin + 86400, {}});
    at.owed("2026-01-31T23:59Z");
    CHECK_FALSE(at.standing().justified);
    at.owed("2026-02-01T00:00Z");
    CHECK(at.standing().justified);
    at.owed("2026-02-02T00:00Z");
    CHECK_FALSE(at.standing().justified);
}
