// The medium is pulled out at every call that writes to it: the driver of its file system is killed in that moment. What
// is there afterwards is never taken for whole when it is not, what was there before is untouched, and the same command
// again completes it.
#include "tests/media/calls.hpp"
#include "tests/media/parcels.hpp"
#include "tests/media/stick.hpp"
#include "tests/support/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <random>

using namespace tally;
using namespace tally::media_test;

namespace {

const std::string foreign_text(3000, 'f');

struct Tally {
    std::uint64_t points = 0, signed_before = 0, nothing_yet = 0, mended = 0, resumed = 0, drivers_gone = 0;
};

class Yank {
public:
    Yank(FileSystem kind, std::size_t bundles, std::size_t cluster) : bundles_(bundles), stick_(kind, "", cluster) {
        stick_.put_in();
        os::replace_file(stick_.path() / "HOLIDAY.JPG", foreign_text);
        fs::create_directory(stick_.path() / "TALLY");
        os::replace_file(stick_.path() / "TALLY" / "NOTES.TXT", foreign_text);
        stick_.take_out();
        stick_.save();
    }

    // How many calls an undisturbed write makes.
    std::uint64_t calls() {
        stick_.put_in();
        arm(never, {});
        static_cast<void>(write_all(stick_.path(), parcels_));
        const auto count = disarm();
        REQUIRE(look(stick_.path(), bundles_).sound());
        stick_.take_out();
        stick_.restore();
        return count;
    }

    void at(std::uint64_t call) {
        INFO(name_of(stick_.kind()) << ", pulled out at call " << call);
        stick_.put_in();
        arm(call, [&] { stick_.kill_driver(); });
        CHECK_THROWS_AS(write_all(stick_.path(), parcels_), Error);
        disarm();
        stick_.pull_out();
        ++tally.points;

        put_in_again();
        judge();
        // As a desktop offers it when the medium comes back; what is kept open by nobody is mended.
        stick_.take_out();
        stick_.mend();
        stick_.put_in();
        judge();
        static_cast<void>(write_all(stick_.path(), parcels_));
        const auto seen = look(stick_.path(), bundles_);
        CHECK(seen.sound());
        CHECK(seen.whole.size() == parcels_.size());
        CHECK(slurp(stick_.path() / "HOLIDAY.JPG") == foreign_text);
        ++tally.resumed;
        stick_.take_out();
        stick_.restore();
    }

    Tally tally;

private:
    void put_in_again() {
        try {
            stick_.put_in();
        } catch (const std::exception&) {
            stick_.pull_out();
            stick_.mend();
            stick_.put_in();
            ++tally.mended;
        }
        // A driver may give up by itself on what it finds; that is its answer to the medium, and says nothing about us.
        if (slurp(stick_.path() / "HOLIDAY.JPG") != foreign_text && stick_.driver_ends()) {
            ++tally.drivers_gone;
            stick_.pull_out();
            stick_.mend();
            stick_.put_in();
        }
    }

    void judge() {
        CHECK(slurp(stick_.path() / "HOLIDAY.JPG") == foreign_text);
        CHECK(slurp(stick_.path() / "TALLY" / "NOTES.TXT") == foreign_text);
        const auto seen = look(stick_.path(), bundles_);
        std::size_t complete = 0;
        for (const auto& parcel : parcels_) {
            const auto folder = folder_on(stick_.path(), parcel);
            const bool all = std::all_of(parcel.pieces.begin(), parcel.pieces.end(), [&](const auto& piece) {
                return slurp(folder / piece.name) == bytes_of(bundles_, piece);
            });
            complete += all ? 1U : 0U;
            const bool said = std::any_of(seen.whole.begin(), seen.whole.end(),
                                          [&](const auto& whole) { return whole.folder == parcel.folder; });
            CHECK(said == all);
            const bool committed = slurp(folder / parcel.pieces.back().name) == parcel.pieces.back().text;
            CHECK(committed == all);
        }
        CHECK(seen.sound() == (complete == parcels_.size())); // pulled out while the last signature was read back
        ++(complete == 0 ? tally.nothing_yet : tally.signed_before);
    }

    Bundles bundles_;
    std::vector<media::Parcel> parcels_ = bundles_.parcels();
    Stick stick_;
};

// How many points were tried: `wanted` of them, or one for each call.
std::uint64_t try_out(FileSystem kind, std::size_t wanted, std::size_t bundles, std::size_t cluster) {
    Yank yank(kind, bundles, cluster);
    const auto calls = yank.calls();
    std::vector<std::uint64_t> points(calls);
    for (std::uint64_t i = 0; i < calls; ++i) {
        points[i] = i;
    }
    const auto seed = test::usual_seed();
    std::mt19937 random(seed);
    std::shuffle(points.begin(), points.end(), random);
    points.resize(std::min<std::size_t>(points.size(), wanted));
    std::sort(points.begin(), points.end());
    for (const auto point : points) {
        yank.at(point);
    }
    std::printf(
        "%s, clusters of %zu, %zu bundles: pulled out at %llu of %llu calls (TALLY_TEST_SEED=%u), with some "
        "bundle complete %llu looks, with none %llu, completed afterwards %llu; drivers that gave up by themselves "
        "%llu\n",
        name_of(kind).c_str(), cluster, bundles, static_cast<unsigned long long>(yank.tally.points),
        static_cast<unsigned long long>(calls), static_cast<unsigned>(seed),
        static_cast<unsigned long long>(yank.tally.signed_before),
        static_cast<unsigned long long>(yank.tally.nothing_yet), static_cast<unsigned long long>(yank.tally.resumed),
        static_cast<unsigned long long>(yank.tally.drivers_gone));
    std::fflush(stdout);
    CHECK(yank.tally.points == points.size());
    CHECK(yank.tally.drivers_gone * 50 <= points.size());
    return yank.tally.points;
}

// At full size: every call of deliveries of two to five bundles, each on two layouts. More bundles would only repeat
// the same calls, and looking at all of them after every point makes the time grow with their square.
void try_file_system(FileSystem kind) {
    demand_media();
    if (!test::full_size()) {
        try_out(kind, 100, 2, 0);
        return;
    }
    std::uint64_t points = 0;
    for (const std::size_t cluster : {0U, 4096U}) {
        for (const std::size_t bundles : {2U, 3U, 4U, 5U}) {
            points += try_out(kind, std::numeric_limits<std::size_t>::max(), bundles, cluster);
        }
    }
    CHECK(points >= 2'000);
}

} // namespace

TEST_CASE("a FAT32 medium pulled out at any call is never taken for whole, and is completed by the same command") {
    try_file_system(FileSystem::fat32);
}

TEST_CASE("an exFAT medium pulled out at any call is never taken for whole, and is completed by the same command") {
    try_file_system(FileSystem::exfat);
}

TEST_CASE("an ext4 medium pulled out at any call is never taken for whole, and is completed by the same command") {
    try_file_system(FileSystem::ext4);
}
