// The Merkle tree over lines against one plain hash over the same bytes.
#include "tests/bench/measure.hpp"
#include "tests/bench/render.hpp"

#include "tally/line/tree.hpp"

#include <fstream>

using namespace tally;
using namespace tally::bench;

namespace {

constexpr std::size_t hashed_at_once = 256;

line::Hash root_of(const std::vector<std::string>& lines) {
    line::TreeHasher hasher;
    line::CompactRange range;
    std::vector<std::string_view> batch;
    std::vector<line::Hash> leaves;
    for (const auto& line : lines) {
        batch.emplace_back(line);
        if (batch.size() == hashed_at_once || &line == &lines.back()) {
            hasher.add_leaves(batch, leaves);
            range.append(hasher, leaves);
            batch.clear();
            leaves.clear();
        }
    }
    return range.root(hasher);
}

// RFC 6962 §2.1 word for word.
line::Hash recursive_root(line::TreeHasher& hasher, const std::vector<std::string>& lines, std::size_t first,
                          std::size_t next) {
    if (next - first == 1) {
        return hasher.leaf(lines[first]);
    }
    std::size_t left = 1;
    while (left * 2 < next - first) {
        left *= 2;
    }
    return hasher.node(recursive_root(hasher, lines, first, first + left),
                       recursive_root(hasher, lines, first + left, next));
}

} // namespace

int main(int count, char** arguments) {
    const Plan plan = plan_from(count, arguments, 200'000);
    SessionStream events(plan.size);
    LineSpeller speller("HAAAAAAAAAAAAAAAAAAAAAAAA");
    std::vector<std::string> lines;
    const test::TempDir dir;
    const std::string file = (dir / "lines.jsonl").string();
    crypto::Sha256 whole;
    {
        std::ofstream out(file, std::ios::binary);
        for (Event event; events.next(event);) {
            lines.emplace_back(speller.spell(event, lines.size()));
            out << lines.back() << '\n';
            whole.update(lines.back() + "\n");
        }
    }
    line::TreeHasher hasher;
    const auto root = root_of(lines);
    require(root == recursive_root(hasher, lines, 0, lines.size()), "root of the tree");
    const std::string digest = to_hex(whole.finish());

    compare(plan, "tree", static_cast<double>(lines.size()), "lines",
            {{"tally line::CompactRange, one core", [&] { require(root_of(lines) == root, "root of the tree"); }},
             {output_of("openssl version | cut -d' ' -f1,2 | tr -d '\\n'") + ": openssl dgst -sha256", [&] {
                  require(output_of("openssl dgst -sha256 -r " + file).substr(0, 64) == digest, "openssl's digest");
              }}});
}
