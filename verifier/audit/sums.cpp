#include "verifier/audit/sums.hpp"

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"

#include <algorithm>

namespace tally::audit {
namespace {

constexpr std::string_view between = "  ";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

} // namespace

bool well_formed_path(std::string_view path) {
    bool begins = true; // a part of it
    for (const char c : path) {
        if (c == '/' ? begins : !is_plain(c) || (begins && (c == '.' || c == '-'))) {
            return false;
        }
        begins = c == '/';
    }
    return !begins && path.size() <= max_path;
}

std::string to_text(std::vector<Sum> sums) {
    std::sort(sums.begin(), sums.end(), [](const Sum& a, const Sum& b) { return a.path < b.path; });
    std::string text;
    const std::string* before = nullptr;
    for (const auto& sum : sums) {
        TALLY_ASSERT(well_formed_path(sum.path) && (before == nullptr || *before < sum.path));
        text += to_hex(sum.digest) + std::string(between) + sum.path + "\n";
        before = &sum.path;
    }
    return text;
}

Result<std::vector<Sum>> read_sums(std::string_view bytes) {
    if (bytes.size() > max_sums) {
        return Fault{"longer than " + std::to_string(max_sums) + " bytes", 0};
    }
    std::vector<Sum> sums;
    for (std::size_t line = 1; !bytes.empty(); ++line) {
        const std::size_t end = bytes.find('\n');
        const std::string_view text = bytes.substr(0, end);
        Sum sum;
        if (end == std::string_view::npos || text.size() < 2 * sum.digest.size() + between.size() + 1 ||
            text.substr(2 * sum.digest.size(), between.size()) != between ||
            !from_hex(text.substr(0, 2 * sum.digest.size()), sum.digest)) {
            return Fault{"not 64 hex digits, two spaces, a path and a line feed", line};
        }
        sum.path = text.substr(2 * sum.digest.size() + between.size());
        if (!well_formed_path(sum.path)) {
            return Fault{"a path that no pack has", line};
        }
        if (!sums.empty() && sums.back().path >= sum.path) {
            return Fault{"not in the order of the paths, each once", line};
        }
        sums.push_back(std::move(sum));
        bytes.remove_prefix(end + 1);
    }
    return sums.empty() ? Result<std::vector<Sum>>(Fault{"it lists nothing", 1}) : Result<std::vector<Sum>>(sums);
}

} // namespace tally::audit
