#include "tally/pseudonym/policy.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

#include <algorithm>
#include <optional>

namespace tally::pseudonym {
namespace {

constexpr std::string_view folding = "fold1";

std::optional<Rule> rule_named(std::string_view word) {
    for (const Rule rule : {Rule::clear, Rule::coarse, Rule::omit, Rule::pseudonym}) {
        if (name_of(rule) == word) {
            return rule;
        }
    }
    return std::nullopt;
}

bool is_folded(std::string_view text) {
    return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// A source is told by its server: without a name the events of two servers would be taken for those of one.
bool allowed(Field field, Rule rule) {
    return (rule != Rule::coarse || field == Field::address) && (rule != Rule::omit || field != Field::server);
}

Result<void> read_aliases(std::string_view array, Policy& policy) {
    line::Items items(array);
    for (line::Value item; items.next(item);) {
        const std::string text = line::decode_text(item.text);
        const std::size_t equals = text.find('=');
        if (item.kind != line::Kind::string || equals == std::string::npos || item.text.size() > line::max_text) {
            return Fault{"an alias is not FROM=TO", 0};
        }
        std::string from = text.substr(0, equals);
        std::string to = text.substr(equals + 1);
        if (!is_folded(from) || !is_folded(to)) {
            return Fault{"an alias is empty or not in lower case", 0};
        }
        if (!policy.aliases.empty() && policy.aliases.back().first >= from) {
            return Fault{"aliases are not ascending", 0};
        }
        if (policy.aliases.size() == max_aliases) {
            return Fault{"more aliases than allowed", 0};
        }
        policy.aliases.emplace_back(std::move(from), std::move(to));
    }
    return {};
}

} // namespace

std::string_view name_of(Field field) {
    static constexpr std::array<std::string_view, field_count> names{"account", "address", "cdata",  "client", "domain",
                                                                     "file",    "pool",    "reason", "server", "user"};
    return names[static_cast<std::size_t>(field)];
}

const std::array<Field, field_count>& all_fields() {
    static constexpr std::array<Field, field_count> fields{Field::account, Field::address, Field::cdata, Field::client,
                                                           Field::domain,  Field::file,    Field::pool,  Field::reason,
                                                           Field::server,  Field::user};
    return fields;
}

std::string_view name_of(Rule rule) {
    static constexpr std::array<std::string_view, 4> names{"clear", "coarse", "omit", "pseudonym"};
    return names[static_cast<std::size_t>(rule)];
}

Policy Policy::standard() {
    Policy policy;
    const auto set = [&](Field field, Rule rule) { policy.rules[static_cast<std::size_t>(field)] = rule; };
    set(Field::user, Rule::pseudonym);
    set(Field::account, Rule::pseudonym);
    set(Field::address, Rule::coarse);
    set(Field::domain, Rule::omit);
    set(Field::cdata, Rule::omit);
    set(Field::file, Rule::omit);
    return policy;
}

Result<void> check_rules(const Policy& policy) {
    for (const Field field : all_fields()) {
        if (!allowed(field, policy.of(field))) {
            return Fault{std::string(name_of(field)) + " cannot be " + std::string(name_of(policy.of(field))), 0};
        }
    }
    return {};
}

std::string policy_object(const Policy& policy) {
    line::Object object;
    for (const Field field : all_fields()) {
        TALLY_ASSERT(allowed(field, policy.of(field)));
        object.token(name_of(field), name_of(policy.of(field)));
    }
    if (!policy.aliases.empty()) {
        std::vector<std::string> aliases;
        aliases.reserve(policy.aliases.size());
        for (const auto& [from, to] : policy.aliases) {
            aliases.push_back(line::encode_text(from + "=" + to));
        }
        object.tokens("aliases", aliases);
    }
    object.token("consent", policy.consent == Consent::required ? "required" : "not_required");
    return object.token("fold", folding).str();
}

Result<Policy> read_policy(std::string_view object) {
    line::Fields fields;
    if (const auto problem = fields.parse(object, max_policy)) {
        return Fault{problem.what, problem.at};
    }
    Policy policy;
    for (const Field field : all_fields()) {
        const auto rule = rule_named(fields.string(name_of(field)).value_or(""));
        if (!rule || !allowed(field, *rule)) {
            return Fault{"no rule that there is for " + std::string(name_of(field)), 0};
        }
        policy.rules[static_cast<std::size_t>(field)] = *rule;
    }
    const auto consent = fields.string("consent").value_or("");
    policy.consent = consent == "required" ? Consent::required : Consent::not_required;
    if (const auto aliases = fields.array("aliases")) {
        if (const auto read = read_aliases(*aliases, policy); !read) {
            return read.fault();
        }
    }
    if (fields.string("fold") != folding || policy_object(policy) != object) {
        return Fault{"not the one spelling of a policy with " + std::string(folding), 0};
    }
    return policy;
}

std::string policy_digest(const Policy& policy) { return to_hex(crypto::sha256(policy_object(policy))); }

} // namespace tally::pseudonym
