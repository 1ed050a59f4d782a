// Entitlement lines joined into pools, and which pool a claim counts in.
#include "verifier/count/prepare.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

namespace tally::count {

using text::seconds_per_day;

namespace {

std::vector<std::string> words_of(const inputs::Entitlement& line, ProductIndex& products, const Facts& facts) {
    std::vector<std::string> words;
    words.reserve(line.features.size() + 1);
    for (const auto& feature : line.features) {
        words.push_back(facts.words[products.id(feature)]);
    }
    if (words.empty()) {
        words.push_back(facts.words[products.id(line.product)]);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

void fill_quantities(Pool& pool) {
    constexpr std::int64_t unlimited = std::int64_t{1} << 62U;
    std::map<std::int64_t, std::pair<std::int64_t, int>> changes; // by how much the quantity and the valid lines change
    for (const auto* line : pool.lines) {
        auto& begin = changes[line->start_day * seconds_per_day];
        begin.first += line->quantity;
        ++begin.second;
        auto& end = changes[(line->end_day + 1) * seconds_per_day];
        end.first -= line->quantity;
        --end.second;
    }
    pool.tested.push_back({std::numeric_limits<std::int64_t>::min(), unlimited});
    std::int64_t quantity = 0;
    int valid = 0;
    for (const auto& [at, by] : changes) {
        quantity += by.first;
        valid += by.second;
        pool.tested.push_back({at, valid > 0 ? quantity : unlimited});
        if (by.first != 0) {
            pool.allowed.push_back({at, quantity});
        }
    }
}

} // namespace

std::vector<Pool> pools_of(const std::vector<inputs::Entitlement>& lines, ProductIndex& products, const Facts& facts) {
    std::map<std::string, Pool> pools;
    for (const auto& line : lines) {
        const auto words = words_of(line, products, facts);
        std::string key = line.agreement + '\n' + std::string(name(line.metric));
        for (const auto& word : words) {
            key += '\n' + word;
        }
        Pool& pool = pools[key];
        pool.words = words;
        pool.lines.push_back(&line);
    }
    std::vector<Pool> sorted;
    for (auto& [key, pool] : pools) {
        fill_quantities(pool);
        std::set<std::string> labels;
        for (const auto* line : pool.lines) {
            labels.insert(line->line);
        }
        for (const auto& label : labels) {
            pool.label += (pool.label.empty() ? "" : "+") + label;
        }
        sorted.push_back(std::move(pool));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Pool& a, const Pool& b) {
        return std::tie(a.first().agreement, a.label) < std::tie(b.first().agreement, b.label);
    });
    return sorted;
}

bool Pool::covers(const std::string& word) const { return std::binary_search(words.begin(), words.end(), word); }

bool Pool::valid_on(std::int64_t day) const {
    return std::any_of(lines.begin(), lines.end(),
                       [day](const auto* line) { return line->start_day <= day && day <= line->end_day; });
}

bool Pool::ended_before(std::int64_t day) const {
    return !valid_on(day) &&
           std::any_of(lines.begin(), lines.end(), [day](const auto* line) { return line->end_day < day; });
}

const inputs::Entitlement& Pool::priced_on(std::int64_t day) const {
    for (const auto* line : lines) {
        if (line->start_day <= day && day <= line->end_day) {
            return *line;
        }
    }
    return first();
}

bool assigned_from(const Facts& facts, const Pool& pool, const inputs::Assignment& row) {
    const std::string wanted = folded(row.product);
    return pool.covers(facts.words[facts.word(row.product)]) ||
           std::any_of(pool.lines.begin(), pool.lines.end(), [&](const auto* line) {
               return wanted == folded(line->product) || wanted == folded(line->name) || wanted == folded(line->line);
           });
}

} // namespace tally::count
