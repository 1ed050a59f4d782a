// Mutated files before our readers and before the stock tools of the same formats: minisign, GNU tar, zstd. Ours never
// accepts what the other rejects, and what both accept means the same to both. About a third of the mutations are of the
// kind that a reader may accept, so that agreement is tried as well as refusal. (Lines against jq: line_differential.)
#include "tally/bundle/bundle_reader.hpp"
#include "tests/support/bundle_builder.hpp"
#include "tests/support/command.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <sys/mman.h>

using namespace tally;

namespace {

std::size_t mutations() { return test::full_size() ? 3'400 : 250; }

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return engine_() % bound; }
    std::string text(std::size_t longest) {
        static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz 0123456789{}\":,\n";
        std::string out(1 + below(longest), ' ');
        std::generate(out.begin(), out.end(), [&] { return letters[below(letters.size())]; });
        return out;
    }
    std::string word(std::size_t longest) {
        std::string out(1 + below(longest), ' ');
        std::generate(out.begin(), out.end(), [&] { return static_cast<char>('!' + below(94)); });
        return out;
    }
    // One to three changes anywhere.
    std::string damaged(std::string bytes) {
        for (std::size_t times = 1 + below(3); times > 0; --times) {
            const std::size_t at = below(bytes.size() + 1);
            const std::size_t size = 1 + below(16);
            switch (below(7)) {
            case 0:
            case 1:
                if (at < bytes.size()) {
                    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(8)));
                }
                break;
            case 2:
                bytes.insert(at, size, static_cast<char>(below(256)));
                break;
            case 3:
                bytes.erase(at, size);
                break;
            case 4:
                bytes.insert(at, bytes.substr(at / 2, size * 8));
                break;
            case 5:
                bytes.resize(at);
                break;
            default:
                bytes += bytes.substr(bytes.size() - std::min(bytes.size(), size));
            }
        }
        return bytes;
    }

private:
    std::mt19937 engine_;
};

void put(const os::fs::path& path, std::string_view bytes) { std::ofstream(path.string(), std::ios::binary) << bytes; }
std::string get(const os::fs::path& path) { return os::read_file(path, 64U << 20U); }

// Files NUMBER.EXTENSION in a folder of their own, and the stock tool's answers to all of them in one go.
class Cases {
public:
    void add(const std::string& extension, std::string_view bytes) {
        put(directory_ / (std::to_string(count_) + extension), bytes);
    }
    void next() { ++count_; }
    // `command` sees $n; its exit code decides. What it prints is kept in NUMBER.out.
    void ask(const std::string& command) {
        const auto ran = test::run("cd " + directory_.path().string() + " && n=0; while [ $n -lt " +
                                   std::to_string(count_) + " ]; do if { " + command +
                                   "; } > $n.out 2> /dev/null; then echo yes; else echo no; fi; n=$((n + 1)); done");
        std::istringstream lines(ran.out);
        for (std::string line; std::getline(lines, line);) {
            accepted_.push_back(line == "yes");
        }
        REQUIRE(accepted_.size() == count_);
    }
    [[nodiscard]] bool accepted(std::size_t number) const { return accepted_[number]; }
    [[nodiscard]] std::string said(std::size_t number, const std::string& extension = ".out") const {
        return get(directory_ / (std::to_string(number) + extension));
    }

private:
    test::TempDir directory_{test::TempDir::Where::in_memory};
    std::size_t count_ = 0;
    std::vector<bool> accepted_;
};

// What ours made of each case: nothing when it was refused, else what it means.
using Meanings = std::vector<std::optional<std::string>>;

// Prints the counts; ours must have accepted some and refused some, or nothing was shown.
void conclude(const std::string& tool, const Meanings& ours, const Cases& cases, std::uint32_t seed) {
    std::size_t both = 0;
    std::size_t only_stock = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        both += ours[i] && cases.accepted(i) ? 1U : 0U;
        only_stock += !ours[i] && cases.accepted(i) ? 1U : 0U;
    }
    std::cout << tool << ": " << ours.size() << " mutated inputs, accepted by both " << both
              << ", by the stock tool alone " << only_stock << ", TALLY_TEST_SEED=" << seed << "\n";
    CHECK(both > ours.size() / 20);
    CHECK(both < ours.size() * 19 / 20);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        INFO(tool << " case " << i << ", TALLY_TEST_SEED=" << seed);
        if (ours[i]) {
            REQUIRE(cases.accepted(i));
            REQUIRE(*ours[i] == cases.said(i));
        }
    }
}

std::optional<std::string> our_trusted_comment(const std::string& key_file, const std::string& signature_file,
                                               const std::string& message) {
    const auto key = minisig::read_public_key_file(key_file);
    const auto signature = minisig::read_signature_file(signature_file);
    if (!key || !signature ||
        minisig::verify(*key, minisig::digest(as_bytes(message)), *signature) != minisig::Verdict::good) {
        return std::nullopt;
    }
    return signature->comments.trusted + "\n";
}

// Every member's data, one after the other; nothing unless ours takes the file for an archive.
std::optional<std::string> our_members(const std::string& file, std::string& listed) {
    os::Descriptor memory(::memfd_create("bundle", MFD_CLOEXEC));
    os::write_all(memory, file, "bundle");
    auto opened = bundle::UnverifiedBundle::open(std::move(memory), file.size());
    if (!std::holds_alternative<bundle::UnverifiedBundle>(opened)) {
        return std::nullopt;
    }
    const auto& read = std::get<bundle::UnverifiedBundle>(opened);
    std::string data = read.manifest_line() + "\n";
    listed = std::to_string(data.size()) + " " + std::string(bundle::manifest_name) + "\n";
    for (std::size_t i = 0; i < read.members().size(); ++i) {
        const auto& member = read.members()[i];
        listed += std::to_string(member.size) + " " + member.name + "\n";
        data += file.substr(read.offset(i), member.size);
    }
    return data;
}

test::Draft draft_of(test::Site& site) {
    auto& host = site.host("H1");
    host.session(0, 60);
    host.seal();
    site.arrive(host, 0);
    return site.draft();
}

// Another byte in the data of a member, or of the manifest's own values: a reader of archives alone may accept it.
std::string with_other_data(const test::Draft& draft, Random& random) {
    auto members = draft.members();
    auto& packed = members[random.below(members.size())].packed;
    packed[random.below(packed.size())] = static_cast<char>(random.below(256));
    return test::Draft::pack(draft.head, members);
}

} // namespace

TEST_CASE("minisign accepts every signature that is accepted here, with the same trusted comment") {
    const std::uint32_t seed = test::usual_seed();
    Random random(seed);
    const auto key = test::signer_of("differential");
    const auto other = test::signer_of("another");
    Cases cases;
    Meanings ours;
    for (std::size_t i = 0; i < mutations(); ++i) {
        std::string message = random.text(300);
        std::string public_key = minisig::public_key_file(key.public_key());
        const bool by_other = random.below(12) == 0;
        std::string signature = minisig::signature_file(minisig::sign(
            by_other ? other : key, minisig::digest(as_bytes(message)), {random.word(60), random.word(200)}));
        switch (random.below(6)) {
        case 0:
            message = random.damaged(message);
            break;
        case 1:
            public_key = random.damaged(public_key);
            break;
        case 2:
        case 3:
            signature = random.damaged(signature);
            break;
        case 4:
            signature.replace(19, signature.find('\n') - 19, random.word(100)); // the comment that nothing covers
            break;
        default:
            break;
        }
        ours.push_back(our_trusted_comment(public_key, signature, message));
        cases.add(".msg", message);
        cases.add(".pub", public_key);
        cases.add(".sig", signature);
        cases.next();
    }

    cases.ask("minisign -V -Q -p $n.pub -m $n.msg -x $n.sig");

    conclude("minisign", ours, cases, seed);
}

TEST_CASE("tar reads every archive that is accepted here: the same names, sizes and contents") {
    const std::uint32_t seed = test::usual_seed();
    Random random(seed);
    test::Site site{"differential"};
    const auto draft = draft_of(site);
    const std::string honest = draft.bytes();
    Cases cases;
    Meanings ours;
    std::vector<std::string> lists;
    for (std::size_t i = 0; i < mutations(); ++i) {
        const bool gently = random.below(3) == 0;
        const std::string file = gently ? with_other_data(draft, random) : random.damaged(honest);
        lists.emplace_back();
        ours.push_back(our_members(file, lists.back()));
        cases.add(".tar", file);
        cases.next();
    }

    cases.ask("tar -tv --numeric-owner --full-time -f $n.tar > $n.list && tar -xO -f $n.tar");

    conclude("tar", ours, cases, seed);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (ours[i]) {
            std::istringstream lines(cases.said(i, ".list"));
            std::string listed;
            std::string mode, owner, size, day, time, name;
            while (lines >> mode >> owner >> size >> day >> time >> name) {
                listed += size + " " + name + "\n";
            }
            REQUIRE(listed == lists[i]);
        }
    }
}

TEST_CASE("zstd decompresses every frame that is accepted here to the same bytes") {
    const std::uint32_t seed = test::usual_seed();
    Random random(seed);
    zstd::Decompressor decompressor;
    Cases cases;
    Meanings ours;
    for (std::size_t i = 0; i < mutations(); ++i) {
        const std::string raw = random.text(random.below(4) == 0 ? 200'000 : 3000);
        std::string packed = zstd::Compressor(1 + static_cast<int>(random.below(9))).compress(raw);
        if (random.below(3) > 0) {
            packed = random.damaged(packed);
        }
        const auto read = decompressor.decompress(as_bytes(packed), 1U << 20U);
        ours.push_back(read ? std::optional(*read) : std::nullopt);
        cases.add(".zst", packed);
        cases.next();
    }

    cases.ask("zstd -dcq $n.zst");

    conclude("zstd", ours, cases, seed);
}
