#include "verifier/count/joins.hpp"

namespace tally::count {
namespace {

using Names = std::vector<std::string>;

struct Recorded {
    Names persons, hosts, products;
};

// What the records name, each once, as the facts call it.
Recorded recorded(const Facts& facts) {
    std::vector<bool> persons(facts.persons.size()), words(facts.words.size());
    for (const auto& kind : facts.stays.kinds()) {
        persons[kind.person] = words[kind.word] = true;
    }
    Recorded names;
    for (std::size_t i = 1; i < persons.size(); ++i) {
        if (persons[i]) {
            names.persons.push_back(facts.persons[i].name);
        }
    }
    for (std::uint32_t i = 1; i < facts.devices.size(); ++i) {
        if (facts.stays.has_seen(i)) {
            names.hosts.push_back(facts.devices[i].name);
        }
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i]) {
            names.products.push_back(facts.products[i].name);
        }
    }
    return names;
}

Names products_bought(const Facts& facts) {
    Names names;
    for (const auto& pool : facts.pools) {
        for (const auto& word : pool.words) {
            names.push_back(facts.display_name(word));
        }
    }
    return names;
}

// A product of an assignment may be written as a line: then it is what the line covers.
Names products_assigned(const Facts& facts) {
    Names names;
    for (const auto& row : facts.inputs->assignments) {
        const Pool* covering = nullptr;
        for (const auto& pool : facts.pools) {
            covering = covering == nullptr && assigned_from(facts, pool, row) ? &pool : covering;
        }
        const auto word = facts.word(row.product);
        names.push_back(covering != nullptr && !covering->words.empty() ? facts.display_name(covering->words.front())
                        : word != nobody                                ? facts.display_name(word)
                                                                        : row.product);
    }
    return names;
}

Names person_names(const Facts& facts, const auto& rows) {
    Names names;
    for (const auto& row : rows) {
        const auto person = facts.person(row.user);
        names.push_back(person == nobody ? row.user : facts.persons[person].name);
    }
    return names;
}

} // namespace

std::vector<inputs::Join> joins(const Facts& facts) {
    const Recorded names = recorded(facts);
    std::vector<inputs::Join> all;
    const auto add = [&all](std::string left, const Names& a, std::string right, const Names& b) {
        if (auto joined = inputs::join(std::move(left), a, std::move(right), b)) {
            all.push_back(std::move(*joined));
        }
    };
    Names listed_hosts, listed_products;
    for (const auto& host : facts.inputs->hosts) {
        listed_hosts.push_back(host.host);
    }
    for (const auto& product : facts.inputs->products) {
        listed_products.push_back(product.name.empty() ? product.product : product.name);
    }
    add("persons recorded", names.persons, "persons in the directory", person_names(facts, facts.inputs->directory));
    add("persons recorded", names.persons, "persons assigned", person_names(facts, facts.inputs->assignments));
    add("persons recorded", names.persons, "persons in the vendor's usage",
        person_names(facts, facts.inputs->usage_exports));
    add("hosts recorded", names.hosts, "hosts in the table of hosts", listed_hosts);
    add("products used", names.products, "products in the table of products", listed_products);
    add("products used", names.products, "products bought", products_bought(facts));
    add("products assigned", products_assigned(facts), "products bought", products_bought(facts));
    for (auto& joined : inputs::joins(*facts.inputs)) {
        all.push_back(std::move(joined));
    }
    return all;
}

} // namespace tally::count
