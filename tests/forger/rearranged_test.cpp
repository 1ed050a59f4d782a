// An honest bundle whose lines, seals, logs and members are dropped, doubled, exchanged, moved, renumbered, or taken from
// another honest bundle; container, roster and signature made to fit by a thief of the export key. Each must be refused
// with the code of what was done. All of them at full size (TALLY_FULL=1), else a sample.
#include "tests/support/bundle_builder.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"
#include "verifier/check/check.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <numeric>
#include <set>

using namespace tally;

namespace {

using Codes = std::set<std::string>;
using Lines = std::vector<std::string>;

const std::string gap = "SEQUENCE_GAP";
const std::string canonical = "NON_CANONICAL";
const std::string broken = "SEAL_BROKEN";
const std::string tail = "UNSEALED_TAIL";
const std::string no_seal = "SEAL_MISSING";
const std::string anchor = "ANCHOR_MISMATCH";
const std::string unknown = "HOST_UNKNOWN";
// What a log looks like besides when lines of it are not where they belong.
const Codes incomplete{gap, tail, no_seal};

// What must be found, and what may be found besides; nothing else, notes aside.
struct Expected {
    Codes must, may;
    check::Verdict verdict = check::Verdict::rejected;
};

// `archive`: instead of the draft's own file.
struct Rearranged {
    test::Draft draft;
    Expected expected;
    std::string archive;
};

struct Mutation {
    std::string kind;
    std::function<Rearranged()> make; // nothing is changed: an empty `must`
};

bool is_seal(const std::string& line) { return line.find(R"("t":"seal")") != std::string::npos; }

// A site whose hosts have several epochs. Two of them are one site restored from a copy: other lines and keys.
struct World {
    test::Site site{"the site"};
    test::Draft draft;

    explicit World(const std::string& copy) : draft(fill(copy)) {}

private:
    test::Draft fill(const std::string& copy) {
        site.station.seal_seed = copy + "station";
        for (const char* label : {"H1", "H2", "H3"}) {
            site.host(label).seal_seed = copy + label;
        }
        for (auto& host : site.hosts) {
            for (unsigned number = 0; number < 20; ++number) {
                host.add(line::Object()
                             .token("t", "denial")
                             .token("src", "flexnet:S:d")
                             .token("feature", "F1")
                             .token("user", copy + std::to_string(number))
                             .token("client", "c1")
                             .token("verb", "DENIED")
                             .integer("at", 1'651'363'200 + number));
                if (number % 4 == 3) {
                    host.seal();
                }
            }
            site.arrive(host, 0);
        }
        return site.draft();
    }
};

std::vector<Lines> lines_of(const test::Draft& draft) {
    std::vector<Lines> logs;
    for (const auto& slice : draft.logs) {
        logs.push_back(slice.lines);
    }
    return logs;
}

test::Draft with_lines(test::Draft draft, const std::vector<Lines>& logs) {
    for (std::size_t log = 0; log < logs.size(); ++log) {
        draft.logs[log].lines = logs[log];
    }
    return draft;
}

Lines one_after_another(const std::vector<Lines>& logs) {
    Lines all;
    for (const auto& log : logs) {
        all.insert(all.end(), log.begin(), log.end());
    }
    return all;
}

// The station's own lines say who is enrolled and what was announced.
Expected found(Codes must, Codes may, bool station) {
    if (station) {
        may.insert({unknown, anchor, canonical});
    }
    return {std::move(must), std::move(may)};
}

// The same order of lines in the file is the same bundle, whatever log they were counted to.
Rearranged reordered(const test::Draft& honest, const std::vector<Lines>& logs, const Expected& expected) {
    const bool same = one_after_another(logs) == one_after_another(lines_of(honest));
    return {with_lines(honest, logs), same ? Expected() : expected, ""};
}

std::string numbered(std::string line, std::size_t seq) {
    const std::size_t at = line.find(R"("seq":)") + 6;
    return line.replace(at, line.find(',', at) - at, std::to_string(seq));
}

// A log whose lines are numbered again and whose row says what there is; no key is at hand.
Rearranged renumbered(test::Draft draft, std::size_t log, Lines lines) {
    auto& slice = draft.logs[log];
    const bool genesis_stays = !lines.empty() && lines[0] == slice.lines[0];
    const auto first_changed = std::mismatch(lines.begin(), lines.end(), slice.lines.begin(), slice.lines.end()).first;
    const bool sealed_behind = std::any_of(first_changed, lines.end(), is_seal);
    const bool shorter = first_changed == lines.end();
    const bool ends_sealed = !lines.empty() && is_seal(lines.back());
    line::TreeHasher hasher;
    line::CompactRange range;
    for (std::size_t seq = 0; seq < lines.size(); ++seq) {
        lines[seq] = numbered(lines[seq], seq);
        range.append(hasher, hasher.leaf(lines[seq]));
    }
    slice.row.next = lines.size();
    slice.row.root = range.root(hasher);
    const bool any_seal = std::any_of(lines.begin(), lines.end(), is_seal);
    slice.lines = std::move(lines);
    Expected expected{{}, {canonical, tail}};
    if (slice.lines.empty()) {
        return {std::move(draft), {{gap}, {}, check::Verdict::ok_with_findings}, ""};
    }
    if (shorter && ends_sealed) {
        return {std::move(draft), {{gap, anchor}, {}, check::Verdict::ok_with_findings}, ""};
    }
    if (sealed_behind) {
        expected.must.insert(broken);
    } else {
        expected.must.insert(any_seal ? tail : no_seal);
    }
    if (!genesis_stays) {
        expected.must.insert(canonical);
    }
    return {std::move(draft), expected, ""};
}

class Catalogue {
public:
    Catalogue(const test::Draft& honest, const test::Draft& other) : honest_(honest), other_(other) {
        within_a_log();
        between_logs();
        with_numbers_made_to_fit();
        spliced();
        logs_and_rows();
        members();
    }
    [[nodiscard]] const std::vector<Mutation>& all() const { return all_; }

private:
    // One log's lines changed by `change`, the roster as it was.
    void lines(const std::string& kind, std::size_t log, const Codes& must, std::function<void(Lines&)> change) {
        all_.push_back({kind, [this, log, must, change = std::move(change)] {
                            auto logs = lines_of(honest_);
                            change(logs[log]);
                            return reordered(honest_, logs, found(must, incomplete, log == 0));
                        }});
    }
    void fitted(const std::string& kind, std::size_t log, std::function<void(Lines&)> change) {
        all_.push_back({kind, [this, log, change = std::move(change)] {
                            auto lines = honest_.logs[log].lines;
                            change(lines);
                            if (lines == honest_.logs[log].lines) {
                                return Rearranged{honest_, {}, ""};
                            }
                            return renumbered(honest_, log, std::move(lines));
                        }});
    }

    void within_a_log() {
        for (std::size_t log = 0; log < honest_.logs.size(); ++log) {
            const auto size = static_cast<std::ptrdiff_t>(honest_.logs[log].lines.size());
            for (std::ptrdiff_t i = 0; i < size; ++i) {
                for (std::ptrdiff_t j = i + 1; j <= size; ++j) {
                    lines("drop lines", log, {gap},
                          [i, j](Lines& all) { all.erase(all.begin() + i, all.begin() + j); });
                }
                for (std::ptrdiff_t j = i + 1; j < size; ++j) {
                    lines("exchange two lines", log, {gap, canonical},
                          [i, j](Lines& all) { std::iter_swap(all.begin() + i, all.begin() + j); });
                }
                for (std::ptrdiff_t p = 0; p <= size; ++p) {
                    lines("double a line", log, {canonical},
                          [i, p](Lines& all) { all.insert(all.begin() + p, std::string(all.begin()[i])); });
                }
            }
        }
    }

    // Line i of log a, also or only, at place p of log b.
    void between_logs() {
        for (std::size_t a = 0; a < honest_.logs.size(); ++a) {
            for (std::size_t b = 0; b < honest_.logs.size(); ++b) {
                for (std::size_t i = 0; a != b && i < honest_.logs[a].lines.size(); ++i) {
                    for (std::size_t p = 0; p <= honest_.logs[b].lines.size(); ++p) {
                        across("move a line into another log", a, b, i, p, {gap, canonical}, true);
                        across("copy a line into another log", a, b, i, p, {canonical}, false);
                    }
                }
            }
        }
    }
    void across(const std::string& kind, std::size_t a, std::size_t b, std::size_t i, std::size_t p, const Codes& must,
                bool moved) {
        all_.push_back({kind, [=, this] {
                            auto logs = lines_of(honest_);
                            const std::string line = logs[a][i];
                            if (moved) {
                                logs[a].erase(logs[a].begin() + static_cast<std::ptrdiff_t>(i));
                            }
                            logs[b].insert(logs[b].begin() + static_cast<std::ptrdiff_t>(p), line);
                            return reordered(honest_, logs, found(must, incomplete, a == 0 || b == 0));
                        }});
    }

    // Hosts only: the station's lines say what the others must be.
    void with_numbers_made_to_fit() {
        for (std::size_t log = 1; log < honest_.logs.size(); ++log) {
            const auto size = static_cast<std::ptrdiff_t>(honest_.logs[log].lines.size());
            for (std::ptrdiff_t i = 0; i < size; ++i) {
                for (std::ptrdiff_t j = i + 1; j <= size; ++j) {
                    fitted("drop lines and number again", log,
                           [i, j](Lines& all) { all.erase(all.begin() + i, all.begin() + j); });
                }
                for (std::ptrdiff_t j = i + 1; j < size; ++j) {
                    fitted("exchange two lines and number again", log,
                           [i, j](Lines& all) { std::iter_swap(all.begin() + i, all.begin() + j); });
                }
                for (std::ptrdiff_t p = 0; p <= size; ++p) {
                    fitted("double a line and number again", log,
                           [i, p](Lines& all) { all.insert(all.begin() + p, std::string(all.begin()[i])); });
                }
            }
        }
    }

    // Lines [i, j) of a host as the other honest bundle has them: both are sealed by the log's own keys.
    void spliced() {
        for (std::size_t log = 1; log < honest_.logs.size(); ++log) {
            const std::size_t size = honest_.logs[log].lines.size();
            for (std::size_t i = 1; i < size; ++i) {
                for (std::size_t j = i + 1; j <= size; ++j) {
                    for (const bool row : {false, true}) {
                        all_.push_back({"splice two honest logs", [=, this] { return splice(log, i, j, row); }});
                    }
                }
            }
        }
    }
    [[nodiscard]] Rearranged splice(std::size_t log, std::size_t i, std::size_t j, bool row) const {
        test::Draft draft = honest_;
        auto& slice = draft.logs[log];
        std::copy(other_.logs[log].lines.begin() + static_cast<std::ptrdiff_t>(i),
                  other_.logs[log].lines.begin() + static_cast<std::ptrdiff_t>(j),
                  slice.lines.begin() + static_cast<std::ptrdiff_t>(i));
        if (row) {
            slice.row = other_.logs[log].row;
        }
        const bool whole = i == 1 && j == slice.lines.size();
        return {std::move(draft), whole ? Expected{{anchor}, {"BAD_HASH"}} : Expected{{broken}, {}}, ""};
    }

    void logs_and_rows() {
        std::vector<std::size_t> order(honest_.logs.size());
        std::iota(order.begin(), order.end(), 0U);
        while (std::next_permutation(order.begin(), order.end())) {
            for (const bool rows : {false, true}) {
                all_.push_back({"put logs in another order", [this, order, rows] {
                                    test::Draft draft = honest_;
                                    for (std::size_t i = 0; i < order.size(); ++i) {
                                        draft.logs[i].lines = honest_.logs[order[i]].lines;
                                        draft.logs[i].row = honest_.logs[rows ? order[i] : i].row;
                                    }
                                    const bool first = order[0] != 0 && rows;
                                    return Rearranged{std::move(draft),
                                                      found({first ? unknown : canonical}, incomplete, order[0] != 0),
                                                      ""};
                                }});
            }
        }
        for (std::size_t log = 1; log < honest_.logs.size(); ++log) {
            const auto at = static_cast<std::ptrdiff_t>(log);
            of_draft("leave out a log", {{"HOST_SILENT"}, {}, check::Verdict::ok_with_findings},
                     [at](test::Draft& draft) { draft.logs.erase(draft.logs.begin() + at); });
            of_draft("leave out a log's row", {{unknown, "HOST_SILENT"}, {}}, [at](test::Draft& draft) {
                const Lines lines = draft.logs[static_cast<std::size_t>(at)].lines;
                draft.logs.erase(draft.logs.begin() + at);
                auto& before = draft.logs[static_cast<std::size_t>(at - 1)].lines;
                before.insert(before.end(), lines.begin(), lines.end());
            });
            of_draft("double a log", {{canonical}, {}},
                     [at](test::Draft& draft) { draft.logs.push_back(draft.logs[static_cast<std::size_t>(at)]); });
            of_draft("take the row of the other bundle", {{"BAD_HASH"}, {}},
                     [this, log](test::Draft& draft) { draft.logs[log].row = other_.logs[log].row; });
        }
    }
    void of_draft(const std::string& kind, const Expected& expected, std::function<void(test::Draft&)> change) {
        all_.push_back({kind, [this, expected, change = std::move(change)] {
                            test::Draft draft = honest_;
                            change(draft);
                            return Rearranged{std::move(draft), expected, ""};
                        }});
    }

    // Random choices of the archive's members in a random order, some from the other bundle.
    void members() {
        for (std::uint32_t number = 0; number < 4000; ++number) {
            all_.push_back({"drop, double and exchange members", [this, number] { return archive(number); }});
        }
    }
    [[nodiscard]] Rearranged archive(std::uint32_t number) const;

    const test::Draft& honest_;
    const test::Draft& other_;
    std::vector<Mutation> all_;
};

struct Piece {
    std::string name, data;
};

// All members, the lines in six of them, so that there is something to exchange.
std::vector<Piece> pieces(test::Draft draft) {
    const Lines all = one_after_another(lines_of(draft));
    for (std::size_t part = 0; part < 6; ++part) {
        draft.members_of_lines.emplace_back();
        for (std::size_t i = all.size() * part / 6; i < all.size() * (part + 1) / 6; ++i) {
            draft.members_of_lines.back() += all[i] + "\n";
        }
    }
    const auto members = draft.members();
    bundle::Manifest manifest = draft.head;
    std::vector<Piece> made(1);
    for (const auto& member : members) {
        manifest.members.push_back(
            {member.name, member.raw.size(), member.packed.size(), crypto::sha256(member.packed)});
        made.push_back({member.name, member.packed});
    }
    made[0] = {std::string(bundle::manifest_name), bundle::write_manifest(manifest) + "\n"};
    return made;
}

// The code that the first member that is not the one of the manifest must give; "" when all are.
std::string first_defect(const std::vector<Piece>& expected, const std::vector<Piece>& there) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (i >= there.size()) {
            return "MISSING_MEMBER";
        }
        if (there[i].name != expected[i].name) {
            return i > 0 && there[i].name == bundle::manifest_name ? "EXTRA_MEMBER" : "MISSING_MEMBER";
        }
        if (there[i].data.size() != expected[i].data.size()) {
            return canonical;
        }
    }
    return there.size() > expected.size() ? "EXTRA_MEMBER" : "";
}

Rearranged Catalogue::archive(std::uint32_t number) const {
    std::mt19937 random(number);
    const auto honest = pieces(honest_);
    const auto other = pieces(other_);
    auto there = honest;
    for (auto step = 1 + random() % 3; step > 0; --step) {
        const auto i = static_cast<std::ptrdiff_t>(random() % there.size());
        const auto j = static_cast<std::ptrdiff_t>(random() % there.size());
        switch (random() % 4) {
        case 0:
            there.erase(there.begin() + i);
            break;
        case 1:
            there.insert(there.begin() + j, Piece(there.begin()[i]));
            break;
        case 2:
            std::iter_swap(there.begin() + i, there.begin() + j);
            break;
        default: {
            const std::size_t member = 1 + random() % (other.size() - 1);
            if (member < there.size()) {
                there[member] = other[member];
            }
        }
        }
    }
    std::string file;
    bool altered = false;
    for (std::size_t i = 0; i < there.size(); ++i) {
        test::Draft::put(file, there[i].name, there[i].data);
        altered = altered || (i < honest.size() && there[i].data != honest[i].data);
    }
    file += std::string(bundle::end_size, '\0');
    const std::string code = first_defect(honest, there);
    if (code.empty()) { // the six members themselves are not as full as they could be
        return {honest_, altered ? Expected{{"BAD_HASH"}, {canonical}} : Expected{}, file};
    }
    return {honest_, {{code}, {}}, file};
}

Codes codes_of(const check::Report& report) {
    Codes codes;
    for (const auto& finding : report.findings) {
        if (finding.severity != check::Severity::note) {
            codes.insert(std::string(check::name(finding.code)));
        }
    }
    return codes;
}

struct Judge {
    const World& world;
    test::TempDir directory{test::TempDir::Where::in_memory};

    check::Report operator()(const Rearranged& made) const {
        const auto path = directory / "b.tally";
        const std::string file = made.archive.empty() ? made.draft.bytes() : made.archive;
        os::replace_file(path, file);
        const auto& head = made.draft.head;
        const auto signature =
            minisig::sign(world.site.exporter, minisig::digest(as_bytes(file)),
                          {std::string(bundle::export_note), bundle::export_comment(head.site, head.n, head.volume)});
        os::replace_file(path.string() + ".minisig", minisig::signature_file(signature));
        check::Options options;
        options.bundle = path;
        options.private_directory = directory.path();
        options.workers = 1;
        check::Trust trust;
        trust.basis = check::Trust::Basis::enrolled;
        trust.chains = {world.site.file};
        return check::check_bundle(options, trust).report;
    }
};

std::string text_of(const check::Report& report) {
    std::string text;
    for (const auto& finding : report.findings) {
        text += "\n  " + check::to_text(finding);
    }
    return text;
}

std::string listed(const Codes& codes) {
    std::string text;
    for (const auto& code : codes) {
        text += " " + code;
    }
    return text;
}

} // namespace

TEST_CASE("lines, seals, logs and members that are dropped, doubled, moved or spliced give the finding that names it") {
    const World world("a");
    const World other("b");
    const Judge judge{world};
    REQUIRE(codes_of(judge({world.draft, {}, ""})).empty());
    const Catalogue catalogue(world.draft, other.draft);
    REQUIRE(catalogue.all().size() >= 20'000);
    const std::uint32_t seed = test::usual_seed();
    std::mt19937 random(seed);
    INFO("TALLY_TEST_SEED=" << seed);
    std::map<std::string, std::size_t> tried;
    for (std::size_t i = 0; i < catalogue.all().size(); ++i) {
        const auto& mutation = catalogue.all()[i];
        if (!test::full_size() && random() % 12 != 0) {
            continue;
        }
        const Rearranged made = mutation.make();
        if (made.expected.must.empty()) {
            continue; // it changed nothing
        }
        ++tried[mutation.kind];
        const auto report = judge(made);
        const Codes found = codes_of(report);
        Codes allowed = made.expected.may;
        allowed.insert(made.expected.must.begin(), made.expected.must.end());
        const bool right =
            report.verdict == made.expected.verdict &&
            std::includes(found.begin(), found.end(), made.expected.must.begin(), made.expected.must.end()) &&
            std::includes(allowed.begin(), allowed.end(), found.begin(), found.end());
        INFO("mutation " << i << ", " << mutation.kind << ": must" << listed(made.expected.must) << ", may"
                         << listed(made.expected.may) << text_of(report));
        CHECK(right);
    }
    std::size_t sum = 0;
    for (const auto& [kind, times] : tried) {
        std::cout << times << "  " << kind << "\n";
        sum += times;
    }
    std::cout << sum << " rearranged bundles, each refused with its code\n";
}
