#include "tally/base/encoding.hpp"
#include "tally/os/guarded.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <optional>

using namespace tally;

namespace {

std::string refusal(const os::fs::path& folder) {
    try {
        os::refuse_other_hands(folder);
    } catch (const Error& error) {
        std::string text = error.what();
        for (const auto& hint : error.hints) {
            text += "\n" + hint;
        }
        return text;
    }
    return "";
}

class Trusting {
public:
    explicit Trusting(const char* names) { ::setenv(os::trust_variable, names, 1); }
    Trusting(const Trusting&) = delete;
    Trusting& operator=(const Trusting&) = delete;
    ~Trusting() { ::unsetenv(os::trust_variable); }
};

void set_mode(const os::fs::path& path, mode_t mode) { REQUIRE(::chmod(path.c_str(), mode) == 0); }

// A group that is not the user's own, where the machine lets us give a folder away to it.
std::optional<std::string> give_to_other_group(const os::fs::path& path) {
    const group* other = ::getgrnam("nogroup");
    if (other == nullptr || ::chown(path.c_str(), static_cast<uid_t>(-1), other->gr_gid) != 0) {
        return std::nullopt;
    }
    return other->gr_name;
}

} // namespace

TEST_CASE("a folder that everybody may write into is refused, with the command that mends it") {
    const test::TempDir directory;
    const auto state = directory / "state";
    os::fs::create_directory(state);

    for (const mode_t fine : {0700U, 0750U, 0755U, 0711U}) {
        set_mode(state, fine);
        CHECK(refusal(state).empty());
    }
    for (const mode_t open : {0777U, 0757U, 0702U, 01777U}) {
        set_mode(state, open);
        const auto why = refusal(state);
        CHECK_THAT(why, Catch::Contains("everybody on this machine may write into it"));
        CHECK_THAT(why, Catch::Contains("chmod o-w " + os::fs::canonical(state).string()));
    }
    const Trusting everybody("somebody,everybody");
    CHECK(refusal(state).empty());
}

TEST_CASE("a folder above counts as well, but one where nobody removes what is another's does no harm") {
    const test::TempDir directory;
    const auto state = directory / "above/state";
    os::fs::create_directories(state);

    set_mode(directory / "above", 0777);
    CHECK_THAT(refusal(state), Catch::Contains("above: everybody"));
    CHECK_THAT(refusal(state / "not/there/yet"), Catch::Contains("above: everybody"));
    set_mode(directory / "above", 01777);
    CHECK(refusal(state).empty());
    os::fs::create_directory_symlink(state, directory / "link");
    set_mode(directory / "above", 0777);
    CHECK_THAT(refusal(directory / "link"), Catch::Contains("above: everybody"));
}

TEST_CASE("a group that may write is refused unless it has nobody else in it, or is named as trusted") {
    const test::TempDir directory;
    const auto state = directory / "state";
    os::fs::create_directory(state);
    const auto name = give_to_other_group(state);
    if (!name) {
        WARN("skip: this user cannot give a folder to another group");
        return;
    }

    set_mode(state, 0770);
    CHECK_THAT(refusal(state), Catch::Contains("the group " + *name + " may write into it"));
    CHECK_THAT(refusal(state), Catch::Contains("chmod g-w"));
    set_mode(state, 0750);
    CHECK(refusal(state).empty());
    set_mode(state, 02770);
    {
        const Trusting group(("alice," + *name).c_str());
        CHECK(refusal(state).empty());
    }
    const Trusting part(name->substr(1).c_str());
    CHECK_FALSE(refusal(state).empty());
}

TEST_CASE("a folder of another user is refused, unless that user is named as trusted; root may work below one") {
    const test::TempDir directory;
    const auto state = directory / "theirs/state";
    os::fs::create_directories(state);
    constexpr uid_t other = 12345;
    if (::chown(state.c_str(), other, static_cast<gid_t>(-1)) != 0) {
        WARN("skip: this user cannot give a folder away");
        return;
    }

    CHECK_THAT(refusal(state), Catch::Contains("it belongs to another user, 12345"));
    {
        const Trusting them("12345");
        CHECK(refusal(state).empty());
    }
    REQUIRE(::chown(state.c_str(), ::geteuid(), static_cast<gid_t>(-1)) == 0);
    REQUIRE(::chown((directory / "theirs").c_str(), other, static_cast<gid_t>(-1)) == 0);
    CHECK(refusal(state).empty());
}

TEST_CASE("a file is read whole into given memory, or not at all") {
    const test::TempDir directory;
    const auto path = directory / "file";
    os::replace_file(path, "12345");
    std::array<std::uint8_t, 5> bytes{};

    CHECK(os::read_file_into(os::open_regular(path), bytes, path) == 5);
    CHECK(as_text(bytes) == "12345");
    os::replace_file(path, "123");
    CHECK(os::read_file_into(os::open_regular(path), bytes, path) == 3);
    os::replace_file(path, "123456");
    CHECK_THROWS_AS(os::read_file_into(os::open_regular(path), bytes, path), Error);
}
