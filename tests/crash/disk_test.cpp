// The model of the disk itself, on calls written by hand.
#include "tests/crash/disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;
using namespace tally::crash;

namespace {

using Kind = Call::Kind;

struct Given {
    std::vector<Call> calls;
    std::string text(const Choice& choice, const std::string& name, std::size_t first_calls = 99) {
        Disk disk({});
        for (std::size_t i = 0; i < std::min(first_calls, calls.size()); ++i) {
            disk.apply(calls[i]);
        }
        const Tree tree = disk.surviving(choice);
        const auto place = tree.find(name);
        return place == tree.end() ? "absent" : place->second ? place->second->bytes : "directory";
    }
};

Given replaced_file() {
    return {{{Kind::create_file, 0, "a.part", "", 0, ""},
             {Kind::write, 0, "", "", 0, "hello"},
             {Kind::rename, 0, "a.part", "a", 0, ""},
             {Kind::sync_file, 0, "", "", 0, ""},
             {Kind::sync_directory, 0, "", "", 0, ""}}};
}

} // namespace

TEST_CASE("what was synced survives, what was not may be gone") {
    auto given = replaced_file();

    CHECK(given.text({2, {Fate::lost()}}, "a", 3).empty());
    CHECK(given.text({2, {Fate::length_only()}}, "a", 3) == std::string(5, '\0'));
    CHECK(given.text({2, {Fate{0, 2, false}}}, "a", 3) == "he");
    CHECK(given.text({2, {Fate{3, std::string::npos, false}}}, "a", 3) == std::string("\0\0\0lo", 5));
    CHECK(given.text({1, {Fate::kept()}}, "a", 3) == "absent");
    CHECK(given.text({1, {Fate::kept()}}, "a.part", 3) == "hello");
    CHECK(given.text({0, {}}, "a", 4) == "absent");
    CHECK(given.text({0, {}}, "a", 5) == "hello");
}

TEST_CASE("a file in a directory whose name was not synced is gone with it") {
    Given given{{{Kind::create_directory, 0, "d", "", 0, ""},
                 {Kind::create_file, 0, "d/a", "", 0, ""},
                 {Kind::sync_directory, 0, "d", "", 0, ""}}};

    CHECK(given.text({0, {}}, "d/a") == "absent");
    CHECK(given.text({1, {}}, "d/a").empty());
}

TEST_CASE("a file system that was synced as a whole keeps every name and every byte before that") {
    Given given{{{Kind::create_directory, 0, "d", "", 0, ""},
                 {Kind::create_file, 0, "d/a.part", "", 0, ""},
                 {Kind::write, 0, "", "", 0, "hello"},
                 {Kind::rename, 0, "d/a.part", "d/a", 0, ""},
                 {Kind::sync_all, 0, "", "", 0, ""},
                 {Kind::write, 0, "", "", 5, " more"}}};

    CHECK(given.text({0, {Fate::lost()}}, "d/a", 4) == "absent");
    CHECK(given.text({0, {}}, "d/a", 5) == "hello");
    CHECK(given.text({0, {Fate::lost()}}, "d/a") == "hello");
}

TEST_CASE("a recording replayed gives what lies on the disk") {
    const test::TempDir place;
    os::replace_file(place / "before", "old");
    Recording recording(place.path());
    os::replace_file(place / "before", "new");
    os::fs::create_directory(place / "d");
    const auto file = os::open(place / "d" / "x", O_RDWR | O_CREAT, 0600);
    os::write_all(file, "0123456789", "x");
    REQUIRE(::ftruncate(file.get(), 4) == 0);
    REQUIRE(::pwrite(file.get(), "AB", 2, 1) == 2);
    os::fs::remove(place / "before");

    const History history = recording.finish(); // compares by itself

    CHECK(history.before.at("before")->bytes == "old");
    CHECK(history.after.at("d/x")->bytes == "0AB3");
    CHECK_FALSE(history.after.contains("before"));
}
