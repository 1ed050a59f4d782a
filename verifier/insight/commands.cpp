// Which commands are used in the review period and how they end, by category of the table command-categories.
#include "verifier/insight/insight.hpp"
#include "verifier/insight/reported.hpp"

#include "tally/text/date.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace tally::insight {
namespace {

constexpr std::size_t top_commands = 10; // of a product: presentation, the sums have all of them

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

struct Tally {
    CommandCounts of;
    std::set<std::uint32_t> persons;
    void add(const ledger::CommandUse& use, std::uint32_t person) {
        of.started = sum(of.started, use.started);
        of.completed = sum(of.completed, use.completed);
        of.cancelled = sum(of.cancelled, use.cancelled);
        of.undone = sum(of.undone, use.undone);
        persons.insert(person);
    }
};

// The category of each name of the records; a program that tells no more than a category names it.
std::vector<std::string> categories_of(const Facts& facts) {
    std::map<std::string, std::string> of_command, categories;
    for (const auto& row : facts.inputs->command_categories) {
        of_command[count::folded(row.command)] = row.category;
        categories[count::folded(row.category)] = row.category;
    }
    std::vector<std::string> all;
    for (const auto& command : facts.usage->commands) {
        const auto folded = count::folded(command);
        const auto known = of_command.find(folded);
        const auto category = categories.find(folded);
        all.push_back(known != of_command.end()      ? known->second
                      : category != categories.end() ? category->second
                      : of_command.empty()           ? ""
                                                     : "not in the table");
    }
    return all;
}

struct Product {
    std::int64_t first_day = 0;
    Tally all;
    std::map<std::string, Tally> categories;
    std::map<std::uint32_t, Tally> commands; // by name
};

// How many people they are at least, where one of them may bear two names (R-NAMES).
std::int64_t surely(const Facts& facts, const Tally& tally) {
    return count::people_in(facts, {tally.persons.begin(), tally.persons.end()}).lower;
}

std::int64_t share(const Tally& part, const Tally& all) {
    const auto of = std::max<std::uint64_t>(1, all.of.started);
    const auto limited = std::min<std::uint64_t>(part.of.started, std::numeric_limits<std::uint64_t>::max() / 2000);
    return static_cast<std::int64_t>((limited * 2000 + of) / (2 * of));
}

CommandRow row_of(const std::string& product, const std::string& category, const std::string& command,
                  const Tally& tally, const Tally& all) {
    return {product, category, command, tally.of, static_cast<std::int64_t>(tally.persons.size()), share(tally, all)};
}

void most_first(std::vector<CommandRow>& rows, std::size_t from) {
    std::stable_sort(rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end(),
                     [](const auto& a, const auto& b) { return a.of.started > b.of.started; });
}

void fill_product(const Facts& facts, std::uint32_t word, const Product& product,
                  const std::vector<std::string>& categories, Insights& insights) {
    const auto name = facts.display_name(word);
    const auto enough = [&](const Tally& tally) { // fewer would show what single persons do
        return surely(facts, tally) >= facts.rules->insight_persons;
    };
    const std::size_t first = insights.categories.size();
    for (const auto& [category, tally] : product.categories) {
        if (!category.empty() && enough(tally)) {
            insights.categories.push_back(row_of(name, category, "", tally, product.all));
        }
    }
    most_first(insights.categories, first);
    const std::size_t top = insights.top_commands.size();
    for (const auto& [command, tally] : product.commands) {
        if (enough(tally)) {
            insights.top_commands.push_back(
                row_of(name, categories[command], facts.usage->commands[command], tally, product.all));
        }
    }
    most_first(insights.top_commands, top);
    insights.top_commands.resize(std::min(insights.top_commands.size(), top + top_commands));
}

std::map<std::uint32_t, Product> gather(const Facts& facts, const std::vector<std::string>& categories) {
    std::map<std::uint32_t, Product> products;
    Reporters reporters(facts);
    for (const auto& use : facts.usage->command_uses) {
        const auto who = reporters.of(use.by);
        if (use.by.day >= facts.as_of_day()) {
            continue;
        }
        auto [found, is_new] = products.try_emplace(who.word);
        Product& product = found->second;
        product.first_day = is_new ? use.by.day : std::min(product.first_day, use.by.day);
        if (use.by.day >= text::day_of(facts.period.from)) {
            product.all.add(use, who.person);
            product.categories[categories[use.name]].add(use, who.person);
            product.commands[use.name].add(use, who.person);
        }
    }
    return products;
}

} // namespace

void fill_commands(const Facts& facts, Insights& insights) {
    const auto categories = categories_of(facts);
    std::map<std::uint32_t, Reports> reports;
    std::set<std::uint32_t> told;
    std::vector<std::pair<std::string, std::uint32_t>> by_name;
    const auto products = gather(facts, categories);
    for (const auto& [word, product] : products) {
        const auto persons = surely(facts, product.all);
        reports[word] = {product.first_day, persons};
        if (persons >= facts.rules->insight_persons &&
            facts.as_of_day() - product.first_day >= facts.rules->insight_days) {
            told.insert(word);
            by_name.emplace_back(facts.display_name(word), word);
        }
    }
    std::sort(by_name.begin(), by_name.end());
    for (const auto& [name, word] : by_name) {
        fill_product(facts, word, products.at(word), categories, insights);
    }
    say_states(facts, InsightKind::commands, reports, told, insights);
}

} // namespace tally::insight
