// The bundles of tests/vectors/bundle, made from the documents by a maker that shares no code with the product: each has
// one defect and the findings that verdicts.tsv says, and is OK without it.
#include "tally/site_file/chain.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/vector_table.hpp"
#include "verifier/ledger/ledger.hpp"
#include "verifier/ledger/reenrolment.hpp"
#include "verifier/receipt/answers.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>

using namespace tally;

namespace {

using Names = std::set<std::string>;
const std::string folder = "vectors/bundle/";

struct Vector {
    std::string name, bundle, trust;
    std::vector<std::string> before;
    std::string by, verdict;
    Names findings; // "refuse:BAD_HASH"
    std::string member, undone;

    [[nodiscard]] bool raises(const std::string& code) const {
        return std::any_of(findings.begin(), findings.end(),
                           [&](const auto& finding) { return finding.substr(finding.find(':') + 1) == code; });
    }
};

std::vector<std::string> list_of(const std::string& cell) {
    return cell == "-" ? std::vector<std::string>() : test::split(cell, ',');
}

const std::map<std::string, Vector>& vectors() {
    static const auto table = [] {
        std::map<std::string, Vector> all;
        for (const auto& row : test::read_table(folder + "verdicts.tsv", 10)) {
            const auto findings = list_of(row[6]);
            all[row[0]] = {row[0],
                           row[1],
                           row[2],
                           list_of(row[3]),
                           row[4],
                           row[5],
                           {findings.begin(), findings.end()},
                           row[7] == "-" ? "" : row[7],
                           row[8]};
        }
        return all;
    }();
    return table;
}

std::string bytes_of(const std::string& path) { return os::read_file(path, 1U << 20U); }

check::Options options_for(const Vector& vector) {
    check::Options options;
    options.bundle = folder + "cases/" + vector.bundle + ".tally";
    options.signature = folder + "cases/" + vector.name + ".tally.minisig";
    options.releases = releases::read_beside(folder + "cases/" + vector.name + ".tally");
    options.recompress = check::Recompress::yes;
    options.workers = 1;
    return options;
}

check::Outcome check_one(const Vector& vector, const check::Trust& trust) {
    return check::check_bundle(options_for(vector), trust);
}

ledger::TrustedSite site_of(const std::string& name) {
    const std::string chain = bytes_of(folder + "trust/" + name + ".jsonl");
    const auto read = site_file::read_chain(chain);
    REQUIRE(read);
    return {read->current().site.text(), to_hex(read->fingerprint()), read->current().number, 1'790'000'000, chain};
}

const std::string issued = "receipt:"; // of names in `before` that are no bundles

// A ledger that trusts, has accepted and has issued what a vector asks for.
struct State {
    test::TempDir directory{test::TempDir::Where::in_memory};
    ledger::Ledger ledger{directory / "v.db", sqlite::Mode::create};
    std::optional<receipt::Answers> answers;

    explicit State(const Vector& vector) {
        for (const auto& name : list_of(vector.trust)) {
            const auto mark = name.find('>');
            if (mark == std::string::npos) {
                ledger.add_trust(site_of(name));
            } else {
                ledger.add_trust(site_of(name.substr(0, mark)));
                ledger::replace_trust(ledger, site_of(name.substr(mark + 1)), "keys lost");
            }
        }
        answers.emplace(ledger);
        for (const auto& name : vector.before) {
            if (name.starts_with(issued)) {
                issue(name.substr(issued.size()));
                continue;
            }
            auto outcome = check_one(vectors().at(name), answers->trust());
            REQUIRE(outcome.bundle);
            answers->note(outcome.report);
            ledger.accept(std::move(*outcome.bundle));
        }
    }
    void issue(const std::string& name) {
        const std::string file = bytes_of(folder + "receipts/" + name + ".json");
        const auto read = receipt::read_receipt(file);
        REQUIRE(read);
        answers->keep({*read, file, "", ""});
        answers->note(site_file::read_chain(ledger.trusted().front().chain).value().current().verifiers.front());
    }
};

check::Trust trust_of(const Vector& vector, const State& state) {
    return vector.trust == "none" ? check::Trust() : state.answers->trust();
}

check::Report report_on(const Vector& vector, std::map<std::string, State>& states) {
    std::string key = vector.trust;
    for (const auto& name : vector.before) {
        key += " " + name;
    }
    Vector bare = vector;
    bare.trust = vector.trust == "none" ? "-" : vector.trust;
    if (vector.by == "accept") {
        State own(bare);
        auto outcome = check_one(vector, own.answers->trust());
        REQUIRE(outcome.bundle);
        const auto more = own.ledger.accept(std::move(*outcome.bundle)).findings;
        outcome.report.findings.insert(outcome.report.findings.end(), more.begin(), more.end());
        outcome.report.verdict = check::verdict_of(outcome.report.findings);
        return outcome.report;
    }
    return check_one(vector, trust_of(vector, states.try_emplace(key, bare).first->second)).report;
}

Names names_of(const std::vector<check::Finding>& findings) {
    Names names;
    for (const auto& finding : findings) {
        names.insert(std::string(name(finding.severity)) + ":" + std::string(name(finding.code)));
    }
    return names;
}

std::string worst_member(const std::vector<check::Finding>& findings) {
    const auto worst = std::max_element(findings.begin(), findings.end(),
                                        [](const auto& a, const auto& b) { return a.severity < b.severity; });
    return worst == findings.end() ? "" : worst->member;
}

Names all_codes() {
    Names codes;
    for (std::size_t code = 0; code < check::code_count; ++code) {
        codes.insert(std::string(check::name(static_cast<check::Code>(code))));
    }
    return codes;
}

// The sections "### CODE, CODE" of docs/reference/findings.md with their text.
std::map<std::string, std::string> sections() {
    std::map<std::string, std::string> found;
    std::vector<std::string> open;
    for (const auto& line : test::split(bytes_of("../docs/reference/findings.md"), '\n')) {
        if (line.starts_with("#")) {
            open = line.starts_with("### ") ? test::split(line.substr(4), ',') : std::vector<std::string>();
            for (auto& code : open) {
                code.erase(0, code.find_first_not_of(' '));
                found[code];
            }
        }
        for (const auto& code : open) {
            found[code] += line + "\n";
        }
    }
    return found;
}

Names keys_of(const std::map<std::string, std::string>& map) {
    Names keys;
    for (const auto& [key, value] : map) {
        keys.insert(key);
    }
    return keys;
}

} // namespace

TEST_CASE("each of the made bundles has the verdict, the findings and the place that the documents give it") {
    std::map<std::string, State> states;
    REQUIRE(vectors().size() >= 300);
    for (const auto& [name, vector] : vectors()) {
        const auto report = report_on(vector, states);

        std::string found;
        for (const auto& finding : report.findings) {
            found += "\n  " + to_text(finding);
        }
        INFO(name << found);
        CHECK(names_of(report.findings) == vector.findings);
        CHECK(std::string(check::name(report.verdict)) == vector.verdict);
        CHECK(worst_member(report.findings) == vector.member);
    }
}

TEST_CASE("a confined check of a made bundle knows what was accepted, issued, released and enrolled before as well") {
    std::size_t checked = 0;
    for (const auto& [name, vector] : vectors()) {
        if (vector.by != "check" || (vector.before.empty() && vector.trust == "site")) {
            continue;
        }
        INFO(name);
        Vector bare = vector;
        bare.trust = vector.trust == "none" ? "-" : vector.trust;
        const State state(bare);
        const auto trust = trust_of(vector, state);
        const auto here = check_one(vector, trust);
        const auto there = check::check_confined(options_for(vector), trust);
        CHECK(names_of(there.report.findings) == names_of(here.report.findings));
        CHECK(there.report.receipt == here.report.receipt);
        CHECK(there.report.releases.size() == here.report.releases.size());
        CHECK(there.report.releases_needed == here.report.releases_needed);
        CHECK(there.waiting.has_value() == here.waiting.has_value());
        REQUIRE(there.bundle.has_value() == here.bundle.has_value());
        if (there.bundle) {
            CHECK(there.bundle->set() == here.bundle->set());
            CHECK(there.bundle->arrivals().size() == here.bundle->arrivals().size());
            CHECK(there.bundle->releases().own.size() == here.bundle->releases().own.size());
        }
        ++checked;
    }
    CHECK(checked >= 80);
}

TEST_CASE("every made bundle with a defect is OK without it") {
    std::size_t defects = 0;
    for (const auto& [name, vector] : vectors()) {
        INFO(name);
        if (vector.undone == "-") {
            CHECK(vector.verdict == "OK");
            CHECK((vector.findings.empty() || vector.findings == Names{"note:HOST_SILENT"}));
        } else {
            ++defects;
            CHECK_FALSE(vector.findings.empty());
            REQUIRE(vectors().count(vector.undone) == 1);
            CHECK(vectors().at(vector.undone).undone == "-");
        }
    }
    CHECK(defects >= 150);
}

TEST_CASE("every finding code has its section in the reference, and no other has") {
    CHECK(keys_of(sections()) == all_codes());
}

TEST_CASE("the section of every code names a bundle that raises it and an honest one that does not") {
    const std::regex wanted("Bundle: `([a-z0-9_]+)`[^.;]*; honest: `([a-z0-9_]+)`");
    for (const auto& [code, section] : sections()) {
        INFO(code << "\n" << section);
        auto pair = std::sregex_iterator(section.begin(), section.end(), wanted);
        bool raised = false;
        REQUIRE(pair != std::sregex_iterator());
        for (; pair != std::sregex_iterator(); ++pair) {
            REQUIRE(vectors().count((*pair)[1]) == 1);
            REQUIRE(vectors().count((*pair)[2]) == 1);
            raised = raised || vectors().at((*pair)[1]).raises(code);
            CHECK_FALSE(vectors().at((*pair)[2]).raises(code));
            CHECK(vectors().at((*pair)[2]).verdict == "OK");
        }
        CHECK(raised);
        for (const auto* word : {"Innocent causes", "Do:"}) {
            CHECK(section.find(word) != std::string::npos);
        }
    }
}
