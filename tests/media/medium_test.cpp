// Media that are full, write-protected, of the wrong kind, with traps on them, or with a device that lies.
#include "packager/media/image.hpp"
#include "packager/media/medium.hpp"
#include "tests/media/parcels.hpp"
#include "tests/media/stick.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <sys/mount.h>
#include <sys/wait.h>

using namespace tally;
using namespace tally::media_test;

namespace {

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

media::Need need_of(const std::vector<media::Parcel>& parcels) {
    media::Need need{{}, 3, 80};
    for (const auto& parcel : parcels) {
        for (const auto& piece : parcel.pieces) {
            need.files.push_back(piece.size);
        }
    }
    return need;
}

std::string obstacle_of(const fs::path& medium, const media::Need& need, media::Place place = media::Place::medium,
                        const std::vector<fs::path>& own = {}) {
    std::string all;
    for (const auto& obstacle : media::obstacles(media::look_at(medium), need, place, own)) {
        all += obstacle.what + "\n";
    }
    return all;
}

class Liar {
public:
    explicit Liar(const std::string& mode) : mode_(mode) {
        demand_media();
        fs::create_directory(dir_ / "kept");
        fs::create_directory(path());
        put_in(mode_);
    }
    Liar(const Liar&) = delete;
    Liar& operator=(const Liar&) = delete;
    ~Liar() { take_out(); }
    void put_in_again() {
        take_out();
        put_in("honest");
    }
    [[nodiscard]] fs::path path() const { return dir_ / "mount"; }

private:
    void put_in(const std::string& mode) {
        struct stat before {
        }, now{};
        ::stat(path().c_str(), &before);
        const std::string program = (fs::read_symlink("/proc/self/exe").parent_path() / "lying_fs").string();
        const std::string kept = (dir_ / "kept").string(), mount = path().string();
        daemon_ = ::fork();
        if (daemon_ == 0) {
            ::execl(program.c_str(), "lying_fs", mode.c_str(), kept.c_str(), mount.c_str(), nullptr);
            ::_exit(127);
        }
        for (int waited = 0; ::stat(path().c_str(), &now) != 0 || now.st_dev == before.st_dev; ++waited) {
            REQUIRE(waited < 20'000);
            ::usleep(500);
        }
    }
    void take_out() {
        ::umount2(path().c_str(), 0);
        ::waitpid(daemon_, nullptr, 0);
    }

    std::string mode_;
    test::TempDir dir_{test::TempDir::Where::in_memory};
    pid_t daemon_ = 0;
};

bool any_signature(const fs::path& medium, const std::vector<media::Parcel>& parcels) {
    return std::any_of(parcels.begin(), parcels.end(), [&](const auto& parcel) {
        return fs::exists(folder_on(medium, parcel) / parcel.pieces.back().name);
    });
}

} // namespace

TEST_CASE("bundles are written once, found equal the second time, and whole after the medium was put in again") {
    demand_media();
    const Bundles bundles(2);
    const auto parcels = bundles.parcels();
    for (const auto kind : all_file_systems) {
        INFO(name_of(kind));
        Stick stick(kind);
        stick.put_in();
        for (const auto& step : write_all(stick.path(), parcels)) {
            CHECK(step.there == media::There::absent);
            CHECK(step.method != media::Method::memory);
        }
        for (const auto& step : write_all(stick.path(), parcels)) {
            CHECK(step.there == media::There::equal);
        }
        stick.take_out();
        stick.put_in();
        const auto seen = look(stick.path(), bundles);
        CHECK(seen.sound());
        CHECK(seen.remarks.empty());
        CHECK(seen.whole.size() == 2);
        stick.take_out();
    }
}

TEST_CASE("a file system is called by its own serial number or UUID") {
    demand_media();
    const auto id = [](FileSystem kind) {
        const Stick stick(kind);
        return media::id_in(slurp(stick.image()).substr(0, 2048));
    };
    CHECK(id(FileSystem::fat32) == "3A21-07FF");
    CHECK(id(FileSystem::ext4) == "6f2c1b0a-0000-4000-8000-00000000abcd");
    CHECK(id(FileSystem::exfat).size() == 9);
    CHECK(media::id_in(std::string(2048, 'x')).empty());
}

TEST_CASE("a medium that becomes full keeps what is complete, and takes the rest when there is room") {
    demand_media();
    const Bundles bundles(6, 3000);
    const auto parcels = bundles.parcels();
    for (const auto kind : {FileSystem::exfat, FileSystem::ext4}) {
        INFO(name_of(kind));
        Stick stick(kind, "6M");
        stick.put_in();
        std::string ballast(1000, 'b');
        std::uint64_t size = 0;
        {
            std::ofstream out((stick.path() / "ballast").string(), std::ios::binary);
            while (out.write(ballast.data(), 1000) && out.flush()) {
                size += 1000;
            }
        }
        fs::resize_file(stick.path() / "ballast", size > 150'000 ? size - 150'000 : 0);
        CHECK(holds(obstacle_of(stick.path(), need_of(parcels)), "no room"));
        CHECK(holds(refusal([&] { write_all(stick.path(), parcels); }), "no space left"));
        const auto seen = look(stick.path(), bundles);
        CHECK_FALSE(seen.sound());
        CHECK(seen.whole.size() < parcels.size());
        fs::remove(stick.path() / "ballast");
        static_cast<void>(write_all(stick.path(), parcels));
        CHECK(look(stick.path(), bundles).sound());
        stick.take_out();
    }
}

TEST_CASE("a read-only medium is refused before anything is written, and can be looked at") {
    demand_media();
    const Bundles bundles(2);
    const auto parcels = bundles.parcels();
    auto first = bundles.parcels();
    first.pop_back();
    for (const auto kind : all_file_systems) {
        INFO(name_of(kind));
        Stick stick(kind);
        stick.put_in();
        static_cast<void>(write_all(stick.path(), first));
        stick.take_out();
        stick.put_in("ro");
        if (kind != FileSystem::ext4) { // its driver keeps to itself that it may not write
            CHECK(holds(obstacle_of(stick.path(), need_of(parcels)), "read-only"));
        }
        CHECK(holds(refusal([&] { write_all(stick.path(), parcels); }), "read-only"));
        const auto seen = look(stick.path(), bundles);
        CHECK(seen.whole.size() == 1);
        REQUIRE(seen.remarks.size() == 1);
        CHECK(seen.remarks[0].doubt == media::Doubt::missing);
        stick.take_out();
    }
}

TEST_CASE("memory, the station's own disk, too large a file and too long a name are obstacles, all told at once") {
    const test::TempDir memory(test::TempDir::Where::in_memory), disk;
    const media::Need small{{100}, 1, 20};
    if (media::kind_of(media::look_at(memory.path()).mount.type).keeps == media::Keeps::memory) {
        CHECK(holds(obstacle_of(memory.path(), small), "it is memory"));
        CHECK(obstacle_of(memory.path(), small, media::Place::staging).empty());
    }
    CHECK(holds(obstacle_of(disk.path(), small, media::Place::medium, {disk.path()}), "nothing would leave"));
    CHECK(obstacle_of(disk.path(), small, media::Place::staging, {disk.path()}).empty());
    auto medium = media::look_at(disk.path());
    medium.kind = media::kind_of("vfat");
    medium.longest_name = 30;
    medium.mount.read_only = true;
    CHECK(media::obstacles(medium, {{std::uint64_t{1} << 32U}, 1, 84}, media::Place::staging, {}).size() >= 3);
    medium.mount.read_only = false;
    CHECK(media::obstacles(medium, {{(std::uint64_t{1} << 32U) - 1}, 1, 30}, media::Place::staging, {}).size() <= 1);
    CHECK(media::kind_of("nfs4").keeps == media::Keeps::network);
    CHECK(media::kind_of("proc").keeps == media::Keeps::nothing);
}

TEST_CASE("what the kernel lists as mounts is read with its escapes, and lines of another form are left out") {
    const auto mounts =
        media::parse_mounts("36 35 98:0 /mnt1 /my\\040stick rw,noatime master:1 - vfat /dev/sd\\134b1 rw,x\n"
                            "37 35 0:3 / /p ro,relatime - tmpfs none rw\n"
                            "38 35 0:4 / /q rw - tmpfs none ro\nrubbish\n0 1 2 3 4 5 - 6 7 8\n");
    REQUIRE(mounts.size() == 3);
    CHECK(mounts[0].point == "/my stick");
    CHECK(mounts[0].source == "/dev/sd\\b1");
    CHECK(mounts[0].device == "98:0");
    CHECK_FALSE(mounts[0].read_only);
    CHECK(mounts[1].read_only);
    CHECK(mounts[2].read_only);
}

TEST_CASE("links, pipes and folders in the place of files are named and left, and nothing behind a link is written") {
    const Bundles bundles(1);
    const auto parcels = bundles.parcels();
    const auto& name = parcels[0].pieces[0].name;
    const std::string folder = "TALLY/SITE1/" + parcels[0].folder;
    for (const std::string trap : {"TALLY", "TALLY/SITE1", folder.c_str()}) {
        const test::TempDir medium, elsewhere;
        fs::create_directories((medium / trap).parent_path());
        fs::create_symlink(elsewhere.path(), medium / trap);
        INFO(trap);
        CHECK(holds(refusal([&] { write_all(medium.path(), parcels); }), "not a folder"));
        CHECK(fs::is_empty(elsewhere.path()));
        CHECK(fs::is_symlink(medium / trap));
        CHECK_FALSE(look(medium.path(), bundles).sound());
    }
    for (const std::string& trap : {folder + "/" + name, folder + "/" + name + ".part", folder + "/SITE.jsonl"}) {
        for (const int how : {0, 1, 2}) {
            const test::TempDir medium, elsewhere;
            const auto target = elsewhere / "target";
            os::replace_file(target, "precious");
            fs::create_directories((medium / trap).parent_path());
            if (how == 0) {
                fs::create_symlink(target, medium / trap);
            } else if (how == 1) {
                REQUIRE(::mkfifo((medium / trap).c_str(), 0644) == 0);
            } else {
                fs::create_directory(medium / trap);
            }
            INFO(trap << " " << how);
            CHECK(holds(refusal([&] { write_all(medium.path(), parcels); }), "not a file has this name"));
            CHECK(slurp(target) == "precious");
            CHECK(fs::exists(fs::symlink_status(medium / trap)));
            CHECK_FALSE(any_signature(medium.path(), parcels));
        }
    }
}

TEST_CASE("a leftover is replaced, another bundle of the same name and a damaged one are not, foreign files stay") {
    const Bundles bundles(1);
    const auto parcels = bundles.parcels();
    const auto& name = parcels[0].pieces[0].name;
    const test::TempDir medium;
    const auto folder = folder_on(medium.path(), parcels[0]);
    fs::create_directories(folder);
    os::replace_file(folder / "VERIFY.TXT", "half");
    os::replace_file(folder / (name + ".part"), "half");
    os::replace_file(folder / "mine.txt", "mine");
    static_cast<void>(write_all(medium.path(), parcels));
    CHECK(look(medium.path(), bundles).sound());
    CHECK_FALSE(fs::exists(folder / (name + ".part")));
    CHECK(slurp(folder / "mine.txt") == "mine");
    REQUIRE(look(medium.path(), bundles).remarks.size() == 1);
    CHECK(look(medium.path(), bundles).remarks[0].doubt == media::Doubt::foreign);

    const auto whole = slurp(folder / name);
    auto damaged = whole;
    damaged[700] = static_cast<char>(damaged[700] ^ 1);
    os::replace_file(folder / name, damaged);
    CHECK(holds(refusal([&] { write_all(medium.path(), parcels); }), "damaged now"));
    CHECK(slurp(folder / name) == damaged);
    CHECK_FALSE(look(medium.path(), bundles).sound());

    test::Site other{"other"};
    const auto signature = minisig::sign(other.exporter, minisig::digest(as_bytes(damaged)), {"a", "b"});
    os::replace_file(folder / (name + ".minisig"), minisig::signature_file(signature));
    CHECK(holds(refusal([&] { write_all(medium.path(), parcels); }), "another bundle of that name"));
    CHECK(slurp(folder / name) == damaged);
}

TEST_CASE("a bundle that is not signed by a listed key, altered, renamed or of another site is not carried") {
    Bundles bundles(2);
    const auto& path = bundles.paths[0];
    const auto whole = slurp(path);
    const auto refused = [&] { return refusal([&] { static_cast<void>(bundles.parcels()); }); };
    CHECK(refused().empty());
    auto altered = whole;
    altered[900] = static_cast<char>(altered[900] ^ 4);
    os::replace_file(path, altered);
    CHECK_FALSE(refused().empty());
    os::replace_file(path, whole);
    const auto signature = slurp(path.string() + ".minisig");
    os::replace_file(path.string() + ".minisig", slurp(bundles.paths[1].string() + ".minisig"));
    CHECK_FALSE(refused().empty());
    test::Site other{"other"};
    os::replace_file(path.string() + ".minisig", minisig::signature_file(minisig::sign(
                                                     other.exporter, minisig::digest(as_bytes(whole)), {"a", "b"})));
    CHECK(holds(refused(), "does not list"));
    fs::remove(path.string() + ".minisig");
    CHECK(holds(refused(), "no such file"));
    os::replace_file(path.string() + ".minisig", signature);
    bundles.chain = *site_file::read_chain(other.signed_by_root(other.version()));
    CHECK_FALSE(refused().empty());
}

TEST_CASE("a medium that gives back other bytes is named while it is written, and gets no signature") {
    const Bundles bundles(2, 2000);
    const auto parcels = bundles.parcels();
    for (const std::string mode : {"flip", "tail", "wrap"}) {
        INFO(mode);
        const Liar liar(mode);
        const auto said = refusal([&] { write_all(liar.path(), parcels); });
        CHECK(holds(said, "does not give back"));
        CHECK_FALSE(look(liar.path(), bundles).sound());
        CHECK(look(liar.path(), bundles).whole.size() < 2);
        CHECK((mode == "wrap" || !any_signature(liar.path(), parcels)));
    }
}

TEST_CASE("a medium that forgets when it is taken out is named when it is looked at again") {
    const Bundles bundles(1, 500);
    Liar liar("forget");
    static_cast<void>(write_all(liar.path(), bundles.parcels())); // its read-back cannot know
    CHECK(look(liar.path(), bundles).sound());
    liar.put_in_again();
    const auto seen = look(liar.path(), bundles);
    CHECK_FALSE(seen.sound());
    CHECK(seen.whole.empty());
}

TEST_CASE("a medium that answers two readings differently is named when it is looked at") {
    const Bundles bundles(1, 500);
    const Liar liar("two_faced");
    static_cast<void>(write_all(liar.path(), bundles.parcels()));
    CHECK_FALSE(look(liar.path(), bundles).sound());
}

TEST_CASE("what the station wrote and is not there is missing, and an empty medium is not sound") {
    const Bundles bundles(2);
    const auto parcels = bundles.parcels();
    const test::TempDir medium;
    CHECK_FALSE(look(medium.path(), bundles).sound());
    static_cast<void>(write_all(medium.path(), parcels));
    CHECK(look(medium.path(), bundles).sound());
    fs::remove_all(folder_on(medium.path(), parcels[1]));
    const auto seen = look(medium.path(), bundles);
    CHECK_FALSE(seen.sound());
    CHECK(seen.whole.size() == 1);
    CHECK(seen.remarks.at(0).doubt == media::Doubt::missing);
}

TEST_CASE("an image of a disc holds what a medium holds, to the same bytes each time, and must fit") {
    if (::access("/usr/bin/xorriso", X_OK) != 0) {
        std::printf("skip: xorriso is not installed (tests/packages.txt)\n");
        std::fflush(stdout);
        std::_Exit(77);
    }
    const Bundles bundles(2);
    const auto parcels = bundles.parcels();
    const test::TempDir dir;
    const auto& cd = media::presets[2];
    const auto first = media::make_image(dir / "1.iso", parcels, cd, bundles.chain);
    const auto second = media::make_image(dir / "2.iso", parcels, cd, bundles.chain);
    CHECK(first.sha256 == second.sha256);
    CHECK(crypto::sha256(slurp(first.path)) == first.sha256);
    CHECK(holds(refusal([&] { static_cast<void>(media::make_image(dir / "1.iso", parcels, cd, bundles.chain)); }),
                "is there"));
    const media::Preset small{"small", 4096, UINT64_MAX};
    CHECK(holds(refusal([&] { static_cast<void>(media::make_image(dir / "3.iso", parcels, small, bundles.chain)); }),
                "do not fit"));
    CHECK_FALSE(fs::exists(dir / "3.iso"));
    CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 2);
}
