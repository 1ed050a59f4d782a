#include "tally/os/private_directory.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace tally;

TEST_CASE("a folder for one run is its owner's alone and gone with the run") {
    const test::TempDir place;
    os::fs::path path;
    {
        const os::PrivateDirectory one(place.path(), "run");
        path = one.path();
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0700);
        os::fs::create_directories(path / "disc/folder");
        os::replace_file(path / "disc/folder/file", "x");
        REQUIRE(::chmod((path / "disc/folder").c_str(), 0500) == 0);
    }
    CHECK_FALSE(os::fs::exists(path));
}

TEST_CASE("what a killed run has left behind is removed by the next one, what is in use or another's is not") {
    const test::TempDir place;
    const auto left = place / "run-abcdef";
    os::fs::create_directory(left);
    os::replace_file(left / "ledger.db", "x");
    os::fs::create_directory(place / "run-abcdefg");
    os::fs::create_directory(place / "other-abcdef");
    os::replace_file(place / "run-ghijkl", "a file");
    os::fs::create_directory_symlink(place / "other-abcdef", place / "run-mnopqr");
    const os::PrivateDirectory working(place.path(), "run");

    CHECK_FALSE(os::fs::exists(left));
    const os::PrivateDirectory second(place.path(), "run");
    CHECK(os::fs::exists(working.path()));
    CHECK(os::fs::exists(place / "run-abcdefg"));
    CHECK(os::fs::exists(place / "other-abcdef"));
    CHECK(os::fs::exists(place / "run-ghijkl"));
    CHECK(os::fs::is_symlink(os::fs::symlink_status(place / "run-mnopqr")));
}
