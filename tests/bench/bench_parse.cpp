// Strict reading of canonical lines against a general JSON tool on the same lines.
#include "tests/bench/measure.hpp"
#include "tests/bench/render.hpp"

#include "tally/line/parse.hpp"

#include <fstream>

using namespace tally;
using namespace tally::bench;

namespace {

std::string some_lines(std::uint64_t sessions) {
    SessionStream events(sessions);
    LineSpeller speller("HAAAAAAAAAAAAAAAAAAAAAAAA");
    std::string text;
    std::uint64_t seq = 0;
    for (Event event; events.next(event); ++seq) {
        text += speller.spell(event, seq);
        text += '\n';
    }
    return text;
}

// Sum of all seq: shows that every line was read.
std::uint64_t sum_of_seq(const std::string& text, line::Fields& fields, std::uint64_t& lines) {
    std::uint64_t sum = 0;
    lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        const std::size_t end = text.find('\n', at);
        require(!fields.parse(std::string_view(text).substr(at, end - at), line::max_record), "a line is refused");
        sum += *fields.integer("seq");
        at = end + 1;
    }
    return sum;
}

} // namespace

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 200'000);
    const std::string text = some_lines(plan.size);
    const test::TempDir dir;
    const std::string file = (dir / "lines.jsonl").string();
    std::ofstream(file, std::ios::binary) << text;
    line::Fields fields;
    std::uint64_t lines = 0;
    const std::uint64_t sum = sum_of_seq(text, fields, lines);
    require(lines > 0 && sum == lines * (lines - 1) / 2, "sum of seq");

    const std::string command = "jq -n 'reduce inputs.seq as $n (0; . + $n)' " + file;
    compare(plan, "parse", static_cast<double>(lines), "lines",
            {{"tally line::Fields, one core", [&] { require(sum_of_seq(text, fields, lines) == sum, "sum of seq"); }},
             {output_of("jq --version | tr -d '\\n'") + ": jq -n 'reduce inputs.seq as $n (0; . + $n)'",
              [&] { require(std::stoull(output_of(command)) == sum, "jq's sum of seq"); }}});
}
