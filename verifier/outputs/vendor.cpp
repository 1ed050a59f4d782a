#include "verifier/outputs/vendor.hpp"

#include "verifier/outputs/review_tables.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::outputs {
namespace {

using findings::UserUse;

// Thousandths of days a month, over the months that were observed.
Cell monthly_average(const UserUse& use, const findings::Span& observed) {
    const std::int64_t days = text::day_of(observed.to - 1) - text::day_of(observed.from) + 1;
    if (days <= 0) {
        return {};
    }
    constexpr std::int64_t year_days = 365, year_months = 12;
    const std::int64_t tenths = (use.days.lower * year_days * 10 + days * year_months / 2) / (days * year_months);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

// Tokens charged to a person for a product, by what is proved.
std::map<std::pair<std::string, std::string>, std::int64_t> tokens_of(const findings::Outcome& outcome) {
    std::map<std::pair<std::string, std::string>, std::int64_t> tokens;
    for (const auto& charge : outcome.charges) {
        tokens[{charge.person, charge.product}] += charge.tokens.lower;
    }
    return tokens;
}

// As the catalogue calls it; the word of the records when nobody does.
std::string offering(const findings::Outcome& outcome, const std::string& word) {
    for (const auto& row : outcome.products) {
        if (row.product == word && !row.name.empty()) {
            return row.name;
        }
    }
    return word;
}

Table usage_report(const Subject& subject) {
    const auto& outcome = subject.outcome;
    Table table{"usage_report",
                {"email", "first_name", "last_name", "offering_name", "days_used", "last_accessed", "days_inactive",
                 "monthly_average", "tokens_used", "user_activity"},
                {}};
    const auto tokens = tokens_of(outcome);
    const std::int64_t last_day = text::day_of(outcome.as_of - 1);
    for (const auto& use : outcome.users) {
        const auto charged = tokens.find({use.user, use.product});
        const std::int64_t last = text::day_of(std::max(use.first, use.last - 1));
        table.add({use.user, "", "", offering(outcome, use.product), use.days.lower, day(last),
                   std::max<std::int64_t>(0, last_day - last), monthly_average(use, outcome.observed),
                   charged == tokens.end() ? Cell() : Cell(charged->second),
                   use.days.lower > 0 ? "Active" : "Inactive"});
    }
    return table;
}

Table token_usage(const Subject& subject) {
    Table table{"token_usage", {"Email", "First name", "Last name", "Product", "Day used", "Tokens used"}, {}};
    for (const auto& charge : subject.outcome.charges) {
        table.add({charge.person, "", "", offering(subject.outcome, charge.product), day(text::day_of(charge.at)),
                   charge.tokens.lower});
    }
    return table;
}

// A product's name as part of a file's name.
std::string slug(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (plain) {
            out += c;
        } else if (!out.empty() && out.back() != '_') {
            out += '_';
        }
    }
    while (!out.empty() && out.back() == '_') {
        out.pop_back();
    }
    return out.substr(0, 60);
}

// One file a product, as the admin page takes them: it knows the product by where the file is given.
void add_lists(const std::string& what, const std::map<std::string, std::set<std::string>>& persons,
               std::vector<File>& files) {
    for (const auto& [product, names] : persons) {
        std::string name = what + "_" + slug(product);
        const auto taken = [&] {
            return std::any_of(files.begin(), files.end(),
                               [&](const File& file) { return file.name == name + ".csv"; });
        };
        for (int n = 2; taken(); ++n) {
            name = what + "_" + slug(product) + "_" + std::to_string(n);
        }
        Table table{name, {"First name", "Last name", "Email address"}, {}};
        for (const auto& person : names) {
            table.add({"", "", person});
        }
        files.push_back(to_csv(table));
    }
}

} // namespace

std::vector<File> vendor_files(const Subject& subject) {
    std::vector<File> files = {to_csv(usage_report(subject)), to_csv(token_usage(subject))};
    std::map<std::string, std::set<std::string>> assign, unassign;
    for (const auto& finding : subject.outcome.findings) {
        if (finding.code == findings::Code::use_unassigned && !finding.person.empty()) {
            assign[finding.product].insert(finding.person);
        }
    }
    for (const auto& seat : reclaimable(subject)) {
        unassign[seat.product].insert(seat.person);
    }
    add_lists("assign", assign, files);
    add_lists("unassign", unassign, files);
    if (!subject.outcome.what_if.empty()) { // the columns are the vendor's: only the name can say it
        for (auto& file : files) {
            file.name.replace(file.name.rfind('.'), 0, ".what-if");
        }
    }
    return files;
}

} // namespace tally::outputs
