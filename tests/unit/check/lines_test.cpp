#include "tests/unit/check/world.hpp"

using namespace tally;
using test::codes;
using test::Codes;

namespace {

std::vector<std::string>& lines_of_host(test::Draft& draft) { return draft.logs[1].lines; }

void replace_in(std::string& line, const std::string& from, const std::string& to) {
    const auto at = line.find(from);
    REQUIRE(at != std::string::npos);
    line.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("a line in another spelling is NON_CANONICAL although its log's keys sealed it") {
    for (const std::string odd : {R"({"t":"note", "a":1})", R"({"t":"note","a":1})", "not a line", ""}) {
        test::World world;
        world.host.append(odd);
        world.host.seal();

        const auto report = world.check(world.draft());

        INFO(odd << "\n" << certify::to_text(report));
        CHECK(codes(report) == Codes{"NON_CANONICAL"});
        REQUIRE(report.findings.size() == 1);
        CHECK(report.findings[0].member == "LINES_0001.jsonl.zst");
        CHECK(report.findings[0].line);
    }
}

TEST_CASE("a record without the fields of its type is NON_CANONICAL; of a type not known it is kept") {
    const auto asked = [](const line::Object& record) {
        test::World world;
        world.host.add(record);
        world.host.seal();
        return codes(world.check(world.draft()));
    };
    const line::Object denial = line::Object()
                                    .token("src", "s")
                                    .token("feature", "f")
                                    .token("user", "u")
                                    .token("client", "c")
                                    .token("verb", "DENIED")
                                    .integer("count", 1);
    const auto with = [](line::Object object, std::string_view key, std::uint64_t value) {
        return object.integer(key, value);
    };

    CHECK(asked(with(line::Object(denial).token("t", "denial"), "at", 5)).empty());
    CHECK(asked(line::Object(denial).token("t", "denial")) == Codes{"NON_CANONICAL"});
    CHECK(asked(with(line::Object(denial).token("t", "denial"), "at_from", 5)) == Codes{"NON_CANONICAL"});
    CHECK(asked(with(with(line::Object(denial).token("t", "denial"), "at_from", 5), "at_to", 5)) ==
          Codes{"NON_CANONICAL"});
    CHECK(asked(with(with(line::Object(denial).token("t", "denial"), "at_from", 5), "at_to", 6)).empty());
    CHECK(asked(line::Object(denial).token("t", "denial").token("at", "5")) == Codes{"NON_CANONICAL"});
    const auto end = [] { return line::Object().token("t", "end").token("kind", "returned").integer("at", 5); };
    CHECK(asked(line::Object().token("t", "open").integer("start", 1).integer("at", 5)).empty());
    CHECK(asked(line::Object().token("t", "open").token("start", "1").integer("at", 5)) == Codes{"NON_CANONICAL"});
    CHECK(asked(line::Object().token("t", "open").integer("at", 5)) == Codes{"NON_CANONICAL"});
    CHECK(asked(end().integer("start", 1)).empty());
    CHECK(asked(end().integer("start", 1'000)) == Codes{"NON_CANONICAL"}); // points forward
    CHECK(asked(end().integer("orphan", 1)).empty());
    CHECK(asked(end().integer("orphan", 1).integer("start", 1)) == Codes{"NON_CANONICAL"});
    CHECK(asked(end()) == Codes{"NON_CANONICAL"});
    const line::Object entry = line::Object().token("t", "packages").token("src", "s").token("package", "p");
    CHECK(asked(line::Object(entry).tokens("components", {"a"})).empty());
    CHECK(asked(line::Object(entry).tokens("componen", {"a"})) == Codes{"NON_CANONICAL"});
    CHECK(asked(line::Object(entry).tokens("componentt", {"a"})) == Codes{"NON_CANONICAL"});
    CHECK(asked(line::Object(entry).tokens("componen", {"a"}).tokens("components", {"a"}).tokens("componentz", {"a"}))
              .empty());
    CHECK(asked(line::Object().token("t", "weather").token("sky", "blue")).empty());
}

TEST_CASE("what a host sees itself has fields, words and an order of instants that a reader insists on") {
    const auto asked = [](const line::Object& record) {
        test::World world; // lines 0 to 3, the session begins at line 1
        world.host.add(record);
        world.host.seal();
        return codes(world.check(world.draft()));
    };
    const Codes wrong{"NON_CANONICAL"};
    const auto line = [](std::string_view type) { return line::Object().token("t", type); };
    const auto lasting = [&](std::string_view type, std::uint64_t from, std::uint64_t to) {
        return line(type).integer("from", from).integer("to", to);
    };
    const auto start = [&] {
        return line("start")
            .token("src", "host")
            .token("feature", "revit")
            .token("user", "u")
            .token("client", "n04")
            .token("layer", "feature")
            .integer("at", 5);
    };

    CHECK(asked(start()).empty());
    for (const std::string text : {"version", "account", "addr", "pool", "fidelity"}) {
        INFO(text);
        CHECK(asked(start().token(text, "x")).empty());
        CHECK(asked(start().integer(text, 1)) == wrong);
    }
    for (const std::string number : {"idle", "borrow"}) {
        INFO(number);
        CHECK(asked(start().integer(number, 1)).empty());
        CHECK(asked(start().token(number, "1")) == wrong);
    }
    CHECK(asked(start().token("class", "automation")).empty());
    CHECK(asked(start().token("class", "")) == wrong);
    CHECK(asked(lasting("idle", 5, 6).integer("start", 1)).empty());
    CHECK(asked(lasting("idle", 5, 5).integer("start", 1)) == wrong);
    CHECK(asked(lasting("idle", 5, 6).integer("start", 9)) == wrong);
    CHECK(asked(line("used").integer("start", 1).token("name", "x").integer("count", 1)).empty());
    CHECK(asked(line("used").integer("start", 9).token("name", "x").integer("count", 1)) == wrong);
    CHECK(asked(line("used").integer("start", 1).token("name", "x")) == wrong);
    const auto commands = [&] {
        return line("commands").integer("start", 1).integer("started", 3).integer("completed", 2).integer("undone", 0);
    };
    CHECK(asked(commands().token("name", "TRIM").integer("cancelled", 1)).empty());
    CHECK(asked(commands().token("name", "TRIM")) == wrong);
    CHECK(asked(commands().integer("cancelled", 1)) == wrong);
    CHECK(asked(commands().token("name", "TRIM").token("cancelled", "1")) == wrong);
    const auto sample = [&](std::uint64_t of) { return line("sample").integer("start", of).integer("at", 5); };
    CHECK(asked(sample(1).token("kind", "open").integer("ms", 9)).empty());
    CHECK(asked(sample(1).token("kind", "plot").integer("ms", 9).integer("bytes", 4)).empty());
    CHECK(asked(sample(9).token("kind", "open").integer("ms", 9)) == wrong);
    CHECK(asked(sample(1).token("kind", "open")) == wrong);
    CHECK(asked(sample(1).token("kind", "open").integer("ms", 9).token("bytes", "4")) == wrong);
    CHECK(asked(line("identity").token("name", "n04").integer("at", 5)).empty());
    CHECK(asked(line("identity").token("name", "n04")) == wrong);
    CHECK(asked(line("removed").token("feature", "f").integer("at", 5)).empty());
    CHECK(asked(line("installed").token("feature", "f").integer("at", 5).integer("version", 1)) == wrong);
    CHECK(asked(lasting("gap", 5, 6).token("kind", "recorder_off")).empty());
    CHECK(asked(lasting("gap", 5, 5).token("kind", "recorder_off")) == wrong);
    CHECK(asked(lasting("gap", 5, 6).token("kind", "asleep")) == wrong);
    CHECK(asked(lasting("loss", 5, 5).token("src", "host").integer("count", 2)).empty());
    CHECK(asked(lasting("loss", 5, 4).token("src", "host").integer("count", 2)) == wrong);
    CHECK(asked(line("clock").integer("from", 6).integer("to", 5)) == Codes{"CLOCK_STEP"}); // backwards
}

TEST_CASE("a station's word about a log has its kind, and ends after it begins if it ends") {
    const auto asked = [](const line::Object& record) {
        test::World world;
        world.site.station.add(record);
        return codes(world.check(world.draft()));
    };
    const auto declare = [](std::string_view kind) {
        return line::Object()
            .token("t", "declare")
            .token("kind", kind)
            .token("agreement", "AGR")
            .token("about", "")
            .token("reason", "repair")
            .integer("from", 5);
    };

    CHECK(asked(declare("gap").integer("to", 6)).empty());
    CHECK(asked(declare("justification")).empty());
    CHECK(asked(declare("gap").integer("to", 5)).count("NON_CANONICAL") == 1);
    CHECK(asked(declare("wish")).count("NON_CANONICAL") == 1);
    CHECK(asked(line::Object().token("t", "retire").token("log", "H").token("reason", "").integer("at", 5)).empty());
    CHECK(asked(line::Object().token("t", "retire").token("log", "H").token("reason", "")).count("NON_CANONICAL") == 1);
}

TEST_CASE("a line of 2049 bytes is LIMIT_EXCEEDED, one of 2048 is not") {
    const auto asked = [](std::size_t size) {
        test::World world;
        const std::string bare = world.host.stamped().token("t", "weather").token("x", "").str();
        world.host.add(line::Object().token("t", "weather").token("x", std::string(size - bare.size(), 'x')));
        REQUIRE(world.host.lines.back().size() == size);
        world.host.seal();
        return codes(world.check(world.draft()));
    };

    CHECK(asked(line::max_record).empty());
    CHECK(asked(line::max_record + 1) == Codes{"LIMIT_EXCEEDED"});
}

TEST_CASE("a signature file above its limit is LIMIT_EXCEEDED") {
    test::World world;
    const auto path = world.draft().write(world.directory.path(), world.site.exporter);
    os::replace_file(path.string() + ".minisig", std::string(minisig::max_signature_file + 1, 'x'));

    CHECK(codes(world.check(path)) == Codes{"LIMIT_EXCEEDED"});
}

TEST_CASE("an altered line, a foreign seal and a repeated epoch are SEAL_BROKEN, at the seal that shows it") {
    test::World world;
    world.host.session(5, 65);
    world.host.seal();
    const auto draft = world.draft();

    auto altered = draft;
    replace_in(lines_of_host(altered)[1], "\"u1\"", "\"u2\"");
    const auto report = world.check(altered);
    CHECK(codes(report) == Codes{"SEAL_BROKEN"});
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].host == world.host.host.text());
    CHECK(report.findings[0].seq == 3);

    auto resealed = draft;
    replace_in(lines_of_host(resealed)[3], "\"reason\":\"test\"", "\"reason\":\"tost\"");
    CHECK(codes(world.check(resealed)) == Codes{"SEAL_BROKEN"});
    CHECK(codes(world.check(draft)).empty());
}

TEST_CASE("a seal by a stolen machine's new key is SEAL_BROKEN") {
    test::World world;
    const auto honest = world.draft();
    test::Log thief("recorder", "H1");
    thief.host = world.host.host;
    thief.range = world.host.range;
    thief.epoch = world.host.epoch;
    thief.lines = world.host.lines;
    thief.session(0, 60);
    thief.seal();
    auto draft = honest;
    draft.logs[1].lines = thief.lines;
    draft.logs[1].row.next = thief.size();
    draft.logs[1].row.root = thief.root();

    CHECK(codes(world.check(draft)) == Codes{"SEAL_BROKEN"});
}

TEST_CASE("a missing line is SEQUENCE_GAP, in the middle and at the end; a line twice is NON_CANONICAL") {
    test::World world;
    const auto draft = world.draft();

    auto middle = draft;
    lines_of_host(middle).erase(lines_of_host(middle).begin() + 1);
    CHECK(codes(world.check(middle)) == Codes{"SEQUENCE_GAP"});
    auto all = draft;
    lines_of_host(all).clear();
    CHECK(codes(world.check(all)).count("SEQUENCE_GAP") == 1);
    auto twice = draft;
    lines_of_host(twice).insert(lines_of_host(twice).begin() + 1, lines_of_host(twice)[1]);
    CHECK(codes(world.check(twice)) == Codes{"NON_CANONICAL"});
}

TEST_CASE("logs out of the roster's order and lines of an unlisted log are refused") {
    test::World world;
    auto& second = world.site.host("H2");
    second.seal();
    world.site.arrive(second, 0);
    const auto draft = world.draft();

    auto swapped = draft;
    std::swap(swapped.logs[1].lines, swapped.logs[2].lines);
    CHECK(world.check(swapped).verdict == check::Verdict::rejected);
    auto unlisted = draft;
    unlisted.logs[1].lines.insert(unlisted.logs[1].lines.end(), unlisted.logs[2].lines.begin(),
                                  unlisted.logs[2].lines.end());
    unlisted.logs.erase(unlisted.logs.begin() + 2);
    CHECK(codes(world.check(unlisted)) == Codes{"HOST_SILENT", "HOST_UNKNOWN"});
    CHECK(codes(world.check(draft)).empty());
}

TEST_CASE("lines after the last seal are UNSEALED_TAIL, a log without any seal is SEAL_MISSING") {
    test::World world;
    const auto unsealed = [&](test::Log& log) {
        auto draft = world.draft();
        auto& slice = draft.logs[&log == &world.host ? 1 : 2];
        slice.lines = log.lines;
        slice.row.next = log.size();
        slice.row.root = log.root();
        return draft;
    };
    auto tail = world.draft();
    test::Log copy("recorder", "x");
    tail.logs[1].lines.push_back(world.host.stamped().token("t", "weather").str());
    line::CompactRange range = world.host.range;
    line::TreeHasher hasher;
    range.append(hasher, hasher.leaf(tail.logs[1].lines.back()));
    tail.logs[1].row.next = range.size();
    tail.logs[1].row.root = range.root(hasher);
    CHECK(codes(world.check(tail)) == Codes{"UNSEALED_TAIL"});

    auto& young = world.site.host("H2");
    young.seal();
    auto draft = unsealed(young);
    draft.logs[2].lines.pop_back();
    draft.logs[2].row.next = 1;
    range = {};
    range.append(hasher, hasher.leaf(young.lines[0]));
    draft.logs[2].row.root = range.root(hasher);
    CHECK(codes(world.check(draft)) == Codes{"SEAL_MISSING"});
}

TEST_CASE("a log that takes the place of another is LOG_REPLACED, a first log is not") {
    test::World world;
    auto& successor = world.site.host(
        "H2", line::Object().value(
                  "replaces", R"({"host":"HAAAAAAAAAAAAAAAAAAAAAAAA","reason":"inconsistent","root":"00","size":41})"));
    successor.seal();
    world.site.arrive(successor, 0);

    const auto report = world.check(world.draft());

    CHECK(codes(report) == Codes{"LOG_REPLACED"});
    CHECK(report.verdict == check::Verdict::ok_with_findings);
    CHECK(report.findings[0].host == successor.host.text());
}

TEST_CASE("a clock that moved is CLOCK_STEP, recorded or not; two seconds, a reboot and a suspend are not") {
    const auto asked = [](const std::function<void(test::Log&)>& happen) {
        test::World world;
        world.host.session(5, 65);
        happen(world.host);
        world.host.session(5, 65);
        world.host.seal();
        return codes(world.check(world.draft()));
    };

    CHECK(asked([](test::Log& log) { log.wall_ms += 3000; }) == Codes{"CLOCK_STEP"});
    CHECK(asked([](test::Log& log) { log.wall_ms -= 3'600'000; }) == Codes{"CLOCK_STEP"});
    CHECK(asked([](test::Log& log) {
              log.wall_ms += 86'400'000;
              log.add(line::Object()
                          .token("t", "clock")
                          .integer("from", log.wall_ms - 86'400'000)
                          .integer("to", log.wall_ms));
          }) == Codes{"CLOCK_STEP"});
    CHECK(asked([](test::Log& log) {
              log.boot = std::string(32, 'c');
              log.up_ms = 100;
              log.wall_ms -= 5000;
          }) == Codes{"CLOCK_STEP"});

    CHECK(asked([](test::Log& log) { log.wall_ms += 2000; }).empty());
    CHECK(asked([](test::Log& log) {
              log.wall_ms += 7'200'000;
              log.up_ms += 7'200'000;
          }).empty());
    CHECK(asked([](test::Log& log) {
              log.boot = std::string(32, 'c');
              log.up_ms = 100;
              log.wall_ms += 60'000;
          }).empty());
}

TEST_CASE("ten thousand bad lines are counted, not listed") {
    test::World world;
    for (int i = 0; i < 10'000; ++i) {
        world.host.append("bad");
    }
    world.host.seal();

    const auto report = world.check(world.draft());

    CHECK(codes(report) == Codes{"NON_CANONICAL"});
    CHECK(report.findings.size() < 100);
    CHECK(report.findings.back().text == "and 9992 more of this kind");
}
