#include "tally/line/seal.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::line;

namespace {

struct Log {
    crypto::SecretKey key = crypto::SecretKey::generate();
    crypto::PublicKey first = key.public_key();
    std::string host = log_id(first).text();
    CompactRange range;
    TreeHasher hasher;
    Epoch epoch;
    std::vector<std::string> lines;

    void add(std::string line) {
        range.append(hasher, hasher.leaf(line));
        lines.push_back(std::move(line));
    }
    void record(std::string_view type) {
        add(Object().token("host", host).integer("seq", range.size()).token("t", type).str());
    }
    [[nodiscard]] Object fields() const {
        return Object()
            .token("host", host)
            .integer("seq", range.size())
            .token("boot", "b")
            .integer("up", 1)
            .integer("wall", 2)
            .token("reason", "test")
            .token("erasure", "best_effort");
    }
    void seal() {
        auto next = crypto::SecretKey::generate();
        add(make_seal(fields(), epoch, range.root(hasher), next.public_key(), key));
        key = std::move(next);
        epoch = epoch.next();
    }
};

Chain::Fault feed_all(const Log& log, const std::vector<std::string>& lines) {
    Chain chain(log.host, {}, {}, log.first);
    Chain::Fault fault = Chain::Fault::none;
    for (const auto& line : lines) {
        fault = chain.feed(line);
    }
    return fault;
}

} // namespace

TEST_CASE("an honest log of several epochs is one unbroken chain") {
    Log log;
    for (int epoch = 0; epoch < 5; ++epoch) {
        log.record("genesis");
        log.record("start");
        log.seal();
    }

    Chain chain(log.host, {}, {}, log.first);
    for (const auto& line : log.lines) {
        REQUIRE(chain.feed(line) == Chain::Fault::none);
    }

    CHECK(chain.sealed());
    CHECK(chain.epoch() == Epoch{5});
    CHECK(chain.range() == log.range);
}

TEST_CASE("an altered line breaks the next seal") {
    Log log;
    log.record("genesis");
    log.record("start");
    log.seal();
    auto lines = log.lines;
    lines[1].replace(lines[1].find("start"), 5, "stort");

    CHECK(feed_all(log, lines) == Chain::Fault::wrong_root);
}

TEST_CASE("a seal by another key, a repeated epoch and a foreign host are each named") {
    Log log;
    log.record("genesis");
    Log thief = log.host.empty() ? Log() : Log();
    thief.host = log.host;
    thief.range = log.range;
    thief.lines = log.lines;
    thief.seal();
    CHECK(feed_all(log, thief.lines) == Chain::Fault::wrong_signature);

    log.seal();
    log.epoch = {0};
    log.seal();
    CHECK(feed_all(log, log.lines) == Chain::Fault::wrong_epoch);

    Log other;
    other.record("genesis");
    CHECK(feed_all(log, other.lines) == Chain::Fault::wrong_host);
}
