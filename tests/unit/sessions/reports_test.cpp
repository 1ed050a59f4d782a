#include "tests/unit/sessions/scripted_day.hpp"

using namespace tally;
using namespace tally::test;

namespace {

const std::string a(32, 'a');
const std::string b(32, 'b');

} // namespace

TEST_CASE("a program that reports opens and ends a session, once however often it says so") {
    Day day;
    CHECK(day.book->begin(day.report(a)) == Taken::taken);
    CHECK(day.book->begin(day.report(a)) == Taken::known);
    day.pass(10);
    CHECK(day.book->end(a, 0, When::at(day.up()), {}) == Taken::taken);
    day.pass(1);
    day.commit();
    CHECK(day.book->end(a, 0, When::at(day.up()), {}) == Taken::known);
    CHECK(day.book->begin(day.report(a)) == Taken::known);
    CHECK(day.book->heartbeat(a, 0) == Taken::not_open);
    CHECK(day.notes.all.size() == 2);
    CHECK(day.take("end") == Texts{"{at:" + Day::at(11) + ",kind:exit,start:0,t:end}"});
}

TEST_CASE("a program that is watched and reports too is one session, whichever is seen first") {
    Day day;
    const bool watched_first = GENERATE(true, false);
    if (watched_first) {
        day.start(100, Day::subject("hig", "2026.1"));
        day.book->begin(day.report(a, 100));
    } else {
        day.book->begin(day.report(a, 100));
        day.start(100, Day::subject("hig", "2026.1"));
    }
    day.pass(5);
    day.book->end(a, 0, When::at(day.up()), {});
    day.pass(5);
    day.commit();
    CHECK(day.book->sessions().size() == 1);
    day.end(100, Ending::core);
    day.pass(1);
    day.commit();
    CHECK(day.notes.all.size() == 2);
    CHECK(day.take("end") == Texts{"{at:" + Day::at(11) + ",kind:core,start:0,t:end}"});
}

TEST_CASE("the end of its process ends a report") {
    Day day;
    day.book->begin(day.report(a, 100));
    day.book->feature(a, 0, "NASTRAN", 2);
    day.pass(3);
    day.end(100, Ending::signal);
    day.pass(1);
    day.commit();
    CHECK(day.take() == Texts{day.notes.all[0], "{count:2,name:NASTRAN,start:0,t:used}",
                              "{at:" + Day::at(4) + ",kind:signal,start:0,t:end}"});
}

TEST_CASE("a report without a sign for three beats ends between its last one and now") {
    Day day;
    day.book->begin(day.report(a));
    day.pass(60);
    day.book->heartbeat(a, 0);
    day.commit();
    const std::uint64_t due = day.up() + 180'001;
    day.pass(180);
    day.commit();
    CHECK(day.take("end").empty());
    CHECK(day.book->next_wake() == due);
    day.pass(0.001);
    day.commit();
    day.pass(0.01);
    day.commit();
    CHECK(day.take("end") ==
          Texts{"{at_from:" + Day::at(61) + ",at_to:" + Day::at(241) + ",kind:lost_heartbeat,start:0,t:end}"});
}

TEST_CASE("counts are gathered, and no message counts twice") {
    Day day;
    day.book->begin(day.report(a, 100));
    CHECK(day.book->feature(a, 1, "NASTRAN", 2) == Taken::taken);
    CHECK(day.book->feature(a, 1, "NASTRAN", 2) == Taken::known);
    CHECK(day.book->commands(a, 2, "TRIM", {5, 4, 1, 0}) == Taken::taken);
    CHECK(day.book->commands(a, 3, "TRIM", {7, 5, 1, 0}) == Taken::taken);
    day.take();
    day.pass(900);
    day.commit();
    CHECK(day.take() == Texts{"{count:2,name:NASTRAN,start:0,t:used}",
                              "{cancelled:1,completed:5,name:TRIM,start:0,started:7,t:commands,undone:0}"});
    day.kill();
    day.running = {Day::process(100)};
    day.run();
    day.take();
    CHECK(day.book->commands(a, 3, "TRIM", {7, 5, 1, 0}) == Taken::known);
    day.book->commands(a, 4, "TRIM", {9, 5, 1, 1});
    day.book->commands(a, 5, "TRIM", {1, 0, 0, 0}); // from zero again
    day.pass(900);
    day.commit();
    CHECK(day.take() == Texts{"{cancelled:0,completed:0,name:TRIM,start:0,started:3,t:commands,undone:1}"});
}

TEST_CASE("counts that are in no line yet outlive a kill") {
    Day day;
    day.book->begin(day.report(a, 100));
    day.book->feature(a, 0, "NASTRAN", 2);
    day.book->commands(a, 0, "TRIM", {5, 4, 1, 0});
    day.commit();
    day.kill();
    day.pass(100);
    day.run(); // the process is gone
    day.take("start");
    CHECK(day.notes.all.size() == 4);
    CHECK(day.notes.all[1] == "{from:" + Day::at(1) + ",kind:recorder_off,t:gap,to:" + Day::at(101) + "}");
    CHECK(day.notes.all[2] == "{count:2,name:NASTRAN,start:0,t:used}");
    day.pass(1);
    day.commit();
    CHECK(day.notes.all[4] ==
          "{at_from:" + Day::at(1) + ",at_to:" + Day::at(101) + ",kind:lost_recorder_restart,start:0,t:end}");
}

TEST_CASE("a report holds so many names and no more") {
    Rules rules;
    rules.most_names = 2;
    Day day(rules);
    day.book->begin(day.report(a));
    CHECK(day.book->feature(a, 0, "x", 1) == Taken::taken);
    CHECK(day.book->feature(a, 0, "y", 1) == Taken::taken);
    CHECK(day.book->feature(a, 0, "z", 1) == Taken::too_many_names);
    CHECK(day.book->feature(a, 0, "x", UINT64_MAX) == Taken::taken);
    CHECK(day.book->commands(a, 0, "x", {}) == Taken::taken);
    day.book->end(a, 0, When::at(day.up()), {});
    CHECK(day.take("used") ==
          Texts{"{count:9007199254740991,name:x,start:0,t:used}", "{count:1,name:y,start:0,t:used}"});
}

TEST_CASE("a sample is a line of its session") {
    Day day;
    day.pass(10);
    day.book->begin(day.report(a));
    day.pass(5);
    CHECK(day.book->sample(a, 1, {"open", When::at(day.up() - 2310), 2310, 4718592}) == Taken::taken);
    day.book->sample(a, 2, {"save", When::at(day.up()), 3, 0});
    CHECK(day.take("sample") == Texts{"{at:" + Day::at(13) + ",bytes:4718592,kind:open,ms:2310,start:0,t:sample}",
                                      "{at:" + Day::at(16) + ",kind:save,ms:3,start:0,t:sample}"});
}

TEST_CASE("idle time is what all programs of a session say, back-dated and without overlap") {
    Day day;
    Begun telling = day.report(a, 100);
    telling.idle_known = true;
    day.book->begin(telling);
    CHECK(day.take("start").front().find(",idle:1,") != std::string::npos);
    day.pass(100);
    day.book->idle(a, 0, When::at(day.up() - 60'000));
    day.pass(100);
    day.book->active(a, 0, When::at(day.up()));
    CHECK(day.take() == Texts{"{from:" + Day::at(41) + ",start:0,t:idle,to:" + Day::at(201) + "}"});
    day.book->idle(a, 0, When::at(day.up() - 60'000)); // back-dated over what is told
    day.pass(10);
    telling = day.report(b, 101);
    telling.idle_known = true;
    day.book->begin(telling); // at work: the session is not idle any more
    CHECK(day.take() == Texts{"{from:" + Day::at(201) + ",start:0,t:idle,to:" + Day::at(211) + "}"});
    day.pass(50);
    day.book->idle(b, 0, When::at(day.up() - 10'000));
    day.pass(20);
    day.end(101);
    day.end(100);
    day.pass(1);
    day.commit();
    CHECK(day.take("idle") == Texts{"{from:" + Day::at(251) + ",start:0,t:idle,to:" + Day::at(281) + "}"});
}

TEST_CASE("a session that a program tells afterwards has its own time, and nothing joins it") {
    Day day;
    day.pass(1000);
    day.start(100);
    Begun late = day.report(a);
    late.when = When::at_utc(epoch_ms - 5000);
    day.book->begin(late);
    day.book->end(a, 0, When::at_utc(epoch_ms), {});
    day.commit();
    CHECK(day.take("end") == Texts{"{at:" + Day::at(0) + ",kind:exit,start:1,t:end}"});
    CHECK(day.notes.all[1].starts_with("{at:" + Day::at(-5) + ","));
    CHECK(day.book->sessions().size() == 1);
}

TEST_CASE("an end whose start nobody knows is kept as that") {
    Day day;
    CHECK(day.book->end(a, 3, When::at(day.up()), Day::subject()) == Taken::taken);
    CHECK(day.book->end(a, 3, When::at(day.up()), Day::subject()) == Taken::known);
    CHECK(day.take() == Texts{"{at:" + Day::at(1) +
                              ",client:n04,feature:revit,kind:exit,layer:feature,orphan:1,src:host,"
                              "t:end,user:hig}"});
}

TEST_CASE("a program that lives on comes back after a restart, one that does not is lost") {
    Day day;
    day.book->begin(day.report(a));
    Begun other = day.report(b);
    other.subject.user = "ana";
    day.book->begin(other);
    day.commit();
    day.kill();
    day.pass(20);
    day.run();
    day.book->heartbeat(a, 0);
    day.pass(181);
    day.book->heartbeat(a, 0);
    day.commit();
    day.pass(1);
    day.commit();
    CHECK(day.take("end") ==
          Texts{"{at_from:" + Day::at(1) + ",at_to:" + Day::at(202) + ",kind:lost_heartbeat,start:1,t:end}"});
    CHECK(day.book->sessions().size() == 1);
}

TEST_CASE("ids that ended are forgotten after their time") {
    Day day;
    day.book->begin(day.report(a));
    day.book->end(a, 0, When::at(day.up()), {});
    day.pass(1);
    day.commit();
    day.pass(30 * 86'400 + 2.0);
    day.run();
    CHECK(day.book->end(a, 0, When::at(day.up()), Day::subject()) == Taken::taken);
    CHECK(day.take("end").back().find("orphan") != std::string::npos);
}
