#include "tests/unit/sessions/scripted_day.hpp"

using namespace tally;
using namespace tally::test;

TEST_CASE("a program that starts and exits is a start and an end to the second") {
    Day day;
    day.pass(9);
    day.start(100);
    day.pass(30);
    day.end(100);
    day.pass(0.001);
    day.commit();
    CHECK(day.take() == Texts{"{at:" + Day::at(10) +
                                  ",class:interactive,client:n04,feature:revit,fidelity:exact,"
                                  "layer:feature,src:host,t:start,user:hig,version:2026}",
                              "{at:" + Day::at(40) + ",kind:exit,start:0,t:end}"});
    CHECK(day.drawer.rows.size() == 2); // host, life
}

TEST_CASE("how a program ended is told") {
    const auto [ending, kind] = GENERATE(
        table<Ending, std::string>({{Ending::signal, "signal"}, {Ending::core, "core"}, {Ending::logoff, "logoff"}}));
    Day day;
    day.start(100);
    day.pass(1);
    day.end(100, ending);
    day.pass(1);
    day.commit();
    CHECK(day.take("end") == Texts{"{at:" + Day::at(2) + ",kind:" + kind + ",start:0,t:end}"});
}

TEST_CASE("several processes of a user with a product are one session until the last one ends") {
    Day day;
    day.start(100);
    day.pass(1);
    day.start(101);
    day.start(100); // told twice
    day.pass(1);
    day.end(100);
    day.pass(5);
    day.commit();
    CHECK(day.take("end").empty());
    day.end(101, Ending::signal);
    day.end(101);
    day.pass(1);
    day.commit();
    CHECK(day.notes.all.size() == 2);
    CHECK(day.take("end") == Texts{"{at:" + Day::at(8) + ",kind:signal,start:0,t:end}"});
}

TEST_CASE("another user, another release and another class are sessions of their own") {
    Day day;
    day.start(100);
    day.start(101, Day::subject("ana"));
    day.start(102, Day::subject("hig", "2025"));
    Subject batch = Day::subject();
    batch.user_class = Class::automation;
    day.start(103, batch);
    CHECK(day.take("start").size() == 4);
}

TEST_CASE("a start goes on with a session that ended at most the merge gap before") {
    const auto [gap_ms, apart_ms, sessions] = GENERATE(table<std::uint64_t, int, std::size_t>(
        {{0, 0, 1}, {0, 1, 2}, {2000, 1999, 1}, {2000, 2000, 1}, {2000, 2001, 2}}));
    Rules rules;
    rules.merge_gap_ms = gap_ms;
    Day day(rules);
    day.start(100);
    day.pass(10);
    day.end(100);
    day.commit();
    day.pass(apart_ms / 1000.0);
    day.commit();
    day.start(101);
    day.pass(10);
    day.end(101);
    day.pass(60);
    day.commit();
    CHECK(day.take("start").size() == sessions);
    day.taken = 0;
    CHECK(day.take("end").size() == sessions);
    CHECK(day.book->sessions().empty());
}

TEST_CASE("the same process number again is another process") {
    Day day;
    day.start(100);
    day.pass(5);
    day.end(100);
    day.pass(1);
    day.book->started({Day::process(100, 8), Day::subject(), When::at(day.up())});
    day.book->ended(Day::process(100, 7), Ending::exit, When::at(day.up())); // of the first one, late
    day.pass(1);
    day.commit();
    CHECK(day.take("start").size() == 2);
    CHECK(day.book->sessions().size() == 1);
}

TEST_CASE("what was found running is a start within a range") {
    Day day;
    day.pass(100);
    day.book->started({Day::process(100), Day::subject(), When::between(20'000, day.up()), "poll_2"});
    CHECK(day.take("start").front().starts_with("{at_from:" + Day::at(20) + ",at_to:" + Day::at(101) + ","));
}

TEST_CASE("an end that was seen only by its absence is a range") {
    Day day;
    day.start(100);
    day.pass(10);
    day.book->ended(Day::process(100), Ending::exit, When::between(9'000, 11'000));
    day.pass(1);
    day.commit();
    CHECK(day.take("end") == Texts{"{at_from:" + Day::at(9) + ",at_to:" + Day::at(11) + ",kind:exit,start:0,t:end}"});
}

TEST_CASE("a recorder that was killed ends what is gone since its last sign of life, and goes on with the rest") {
    Day day;
    day.start(100);
    day.start(101, Day::subject("ana"));
    day.pass(60);
    day.commit();
    day.pass(20);
    day.start(102, Day::subject("leo")); // not durable
    day.kill();
    day.running = {Day::process(101)};
    day.pass(40);
    day.run();
    day.pass(0.001);
    day.commit();
    CHECK(day.take("gap") == Texts{"{from:" + Day::at(61) + ",kind:recorder_off,t:gap,to:" + Day::at(121) + "}"});
    day.taken = 0;
    CHECK(day.take("end") ==
          Texts{"{at_from:" + Day::at(61) + ",at_to:" + Day::at(121) + ",kind:lost_recorder_restart,start:0,t:end}"});
    day.end(101);
    day.pass(1);
    day.commit();
    CHECK(day.take("end") == Texts{"{at:" + Day::at(121) + ",kind:exit,start:1,t:end}"});
}

TEST_CASE("what a restarted recorder finds began after the last sign of life of the one before") {
    Day day;
    day.pass(60);
    day.commit();
    day.kill();
    day.pass(40);
    day.book = std::make_unique<Book>(
        day.rules, [&] { return day.moment; }, day.notes, day.drawer, day.naming);
    day.book->resume(day.host, {});
    day.book->started({Day::process(100), Day::subject(), When::between(5'000, day.up())});
    day.book->scanned([](const ProcessId&) { return true; });
    CHECK(day.take("start").front().starts_with("{at_from:" + Day::at(61) + ",at_to:" + Day::at(101) + ","));
}

TEST_CASE("a reboot ends everything, and the time is told apart into on and off") {
    Day day;
    day.start(100);
    day.pass(60);
    day.commit();
    day.kill();
    day.take();
    day.pass(20);
    SECTION("by the record of the shutdown") {
        day.reboot(3600);
        day.off = {{static_cast<std::int64_t>(epoch_ms / 1000) + 81, static_cast<std::int64_t>(epoch_ms / 1000) + 3671,
                    "wtmp"}};
        day.run();
        CHECK(day.take() ==
              Texts{"{at_from:" + Day::at(61) + ",at_to:" + Day::at(81) + ",kind:lost_reboot,start:0,t:end}",
                    "{from:" + Day::at(61) + ",kind:recorder_off,t:gap,to:" + Day::at(81) + "}",
                    "{from:" + Day::at(81) + ",how:wtmp,kind:host_off,t:gap,to:" + Day::at(3671) + "}",
                    "{from:" + Day::at(3671) + ",kind:recorder_off,t:gap,to:" + Day::at(3681) + "}"});
    }
    SECTION("without one") {
        day.reboot(3600);
        day.run();
        CHECK(day.take("end") ==
              Texts{"{at_from:" + Day::at(61) + ",at_to:" + Day::at(3671) + ",kind:lost_reboot,start:0,t:end}"});
        day.taken = 0;
        CHECK(day.take("gap") == Texts{"{from:" + Day::at(61) + ",kind:recorder_off,t:gap,to:" + Day::at(3681) + "}"});
    }
    SECTION("with a clock that went back") {
        day.reboot(3600);
        day.set_clock(-100'000);
        day.run();
        CHECK(day.take() == Texts{"{at:" + Day::at(61) + ",kind:lost_reboot,start:0,t:end}"});
    }
    CHECK(day.book->sessions().empty());
}

TEST_CASE("a recorder that was stopped in order leaves a gap to the second") {
    Day day;
    day.start(100);
    day.pass(30);
    day.book->stop();
    day.pass(5);
    day.run();
    CHECK(day.take("gap") == Texts{"{from:" + Day::at(31) + ",kind:recorder_off,t:gap,to:" + Day::at(36) + "}"});
    CHECK(day.book->sessions().size() == 1);
}

TEST_CASE("a session lasts as long as it lasted, however the clock was set meanwhile") {
    const std::int64_t step = GENERATE(-7200, -1, 1, 86400);
    Day day;
    day.start(100);
    day.pass(10);
    day.set_clock(step);
    day.pass(10);
    day.end(100);
    day.start(101, Day::subject("ana"));
    day.pass(1);
    day.commit();
    CHECK(day.take("end") == Texts{"{at:" + Day::at(21) + ",kind:exit,start:0,t:end}"});
    day.taken = 1;
    CHECK(day.take("start").front().starts_with("{at:" + Day::at(21 + step) + ","));
}

TEST_CASE("time in suspension is idle time of what was open") {
    Day day;
    day.start(100);
    day.pass(10);
    day.commit();
    day.pass(1);
    day.sleep(100);
    day.commit();
    CHECK(day.take("idle") ==
          Texts{"{from:" + Day::at(12) + ",start:0,t:idle,to:" + Day::at(111) + "}"}); // 99 to 100 of it
    day.pass(1);
    day.commit();
    CHECK(day.take("idle").empty());
}

TEST_CASE("a heartbeat without news writes one row and no line") {
    Day day;
    day.start(100);
    day.commit();
    const auto rows = day.drawer.rows;
    CHECK(day.book->next_wake() == day.up() + 60'000);
    day.pass(59.999);
    day.commit();
    CHECK(day.drawer.rows == rows);
    day.pass(0.001);
    day.commit();
    CHECK(day.drawer.rows != rows);
    day.drawer.rows["life"] = rows.at("life");
    CHECK(day.drawer.rows == rows);
    CHECK(day.notes.all.size() == 1);
}

TEST_CASE("what is open is told before lines leave") {
    Day day;
    day.start(100);
    day.start(101, Day::subject("ana"));
    day.pass(5);
    day.end(101);
    day.book->tell_open();
    CHECK(day.take("open") == Texts{"{at:" + Day::at(6) + ",start:0,t:open}"});
}

TEST_CASE("lost events and another name of the host are told") {
    Day day;
    day.pass(10);
    day.book->lost(12, When::between(4'000, 9'500));
    CHECK(day.take() == Texts{"{count:12,from:" + Day::at(4) + ",src:host,t:loss,to:" + Day::at(9) + "}"});
    day.book->identity(day.host);
    CHECK(day.take().empty());
    day.book->identity({"n05", "holm", "", "Linux 7"});
    CHECK(day.take() == Texts{"{at:" + Day::at(11) + ",domain:holm,name:n05,os:Linux 7,t:identity}"});
}

TEST_CASE("the longest texts make a line that a log can hold") {
    Day day;
    const std::string longest(5000, '\xff');
    day.book->identity({longest, longest, longest, longest});
    day.start(100, {longest, longest, longest, longest, longest, longest, Class::automation});
    for (const auto& line : day.take()) {
        CHECK(line.size() + 40 < line::max_record - 250); // quotes, and what every line has beside
    }
}

TEST_CASE("rows that are none are passed over and taken away") {
    Day day;
    day.start(100);
    day.commit();
    day.drawer.rows["s/x"] = "{}";
    day.drawer.rows["p/1.2"] = R"({"session":0})";
    day.drawer.rows["p/1.2.3"] = R"({"session":77})";
    day.drawer.rows["r/abc"] = R"({"session":77})";
    day.drawer.rows["zzz"] = "no line";
    day.run();
    CHECK(day.book->sessions().size() == 1);
    CHECK(day.book->processes() == std::set<ProcessId>{Day::process(100)});
    CHECK(!day.drawer.rows.contains("zzz"));
}

TEST_CASE("gaps cover the whole time between two runs, without a hole") {
    CHECK(gaps_between(10, 10, {}).empty());
    CHECK(gaps_between(20, 10, {{12, 14, "wtmp"}}).empty());
    CHECK(gaps_between(10, 20, {{15, 30, "wtmp"}, {0, 12, "wtmp"}}) ==
          std::vector<Gap>{{Darkness::host_off, 10, 12, "wtmp"},
                           {Darkness::recorder_off, 12, 15, ""},
                           {Darkness::host_off, 15, 20, "wtmp"}});
    CHECK(gaps_between(10, 20, {{11, 14, "wtmp"}, {13, 16, "wtmp"}, {14, 14, "wtmp"}}) ==
          std::vector<Gap>{{Darkness::recorder_off, 10, 11, ""},
                           {Darkness::host_off, 11, 14, "wtmp"},
                           {Darkness::host_off, 14, 16, "wtmp"},
                           {Darkness::recorder_off, 16, 20, ""}});
}
