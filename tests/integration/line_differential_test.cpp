#include "tally/line/parse.hpp"
#include "tests/support/command.hpp"
#include "tests/support/random_line.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fstream>

using namespace tally;

namespace {

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

} // namespace

TEST_CASE("jq writes every accepted line as the same bytes") {
    const std::uint32_t seed = test::fresh_seed();
    INFO("TALLY_TEST_SEED=" << seed);
    test::RandomLine random(seed);
    const test::TempDir dir;
    std::vector<std::string> accepted;
    std::size_t refused = 0;
    line::Fields fields;
    while (accepted.size() < 4'000 || refused < 10'000) {
        const std::string honest = random.object().str();
        for (const std::string& line : {honest, random.damaged(honest), random.damaged(honest)}) {
            if (line.find('\n') == std::string::npos && !fields.parse(line, line::max_manifest)) {
                accepted.push_back(line);
            } else {
                ++refused;
            }
        }
    }
    {
        std::ofstream out((dir / "accepted.jsonl").string());
        for (const auto& line : accepted) {
            out << line << '\n';
        }
    }

    const auto ran = test::run("jq -cS . " + (dir / "accepted.jsonl").string() + " > " + (dir / "jq.jsonl").string());

    INFO(ran.out);
    REQUIRE(ran.exit == 0);
    const auto rewritten = lines_of((dir / "jq.jsonl").string());
    REQUIRE(rewritten.size() == accepted.size());
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        REQUIRE(rewritten[i] == accepted[i]);
    }
}
