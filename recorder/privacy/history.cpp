#include "recorder/privacy/history.hpp"

#include <algorithm>

namespace tally::privacy {
namespace {

using pseudonym::Consent;
using pseudonym::Given;
using pseudonym::Rule;

Rule rule_named(std::string_view word) {
    for (const Rule rule : {Rule::clear, Rule::coarse, Rule::omit}) {
        if (name_of(rule) == word) {
            return rule;
        }
    }
    return Rule::pseudonym;
}

} // namespace

bool History::see(std::string_view text) {
    line::Fields fields;
    if (fields.parse(text, line::max_record)) {
        return false;
    }
    const auto type = fields.string("t").value_or("");
    if (type == "consent") {
        consent_ = fields.string("state") == name_of(ConsentState::given) ? Given::yes : Given::no;
        return true;
    }
    const auto object = fields.object("rules");
    line::Fields rules;
    if (type != "policy" || !object || rules.parse(*object, line::max_record)) {
        return false;
    }
    if (!has_policy() && fields.integer("clear") == 1U) {
        add({});
    }
    digest_ = fields.string("digest").value_or("");
    epoch_ = fields.integer("epoch").value_or(0);
    Regime regime{{}, rules.string("consent") == "required" ? Consent::required : Consent::not_required, epoch_};
    for (const auto field : pseudonym::all_fields()) {
        regime.rules[static_cast<std::size_t>(field)] = rule_named(rules.string(name_of(field)).value_or(""));
    }
    add(regime);
    return true;
}

void History::add(const Regime& regime) {
    if (std::find(regimes_.begin(), regimes_.end(), regime) == regimes_.end()) {
        regimes_.push_back(regime);
    }
}

bool History::is_in_force(const pseudonym::Privacy& privacy) const {
    return digest_ == policy_digest(privacy.policy) && epoch_ == privacy.current().epoch();
}

line::Object policy_line(const pseudonym::Privacy& privacy, Before before) {
    line::Object rules;
    for (const auto field : pseudonym::all_fields()) {
        rules.token(name_of(field), name_of(privacy.policy.of(field)));
    }
    rules.token("consent", privacy.policy.consent == Consent::required ? "required" : "not_required");
    line::Object record;
    record.token("t", "policy").token("digest", policy_digest(privacy.policy));
    record.integer("epoch", privacy.current().epoch()).value("rules", rules.str());
    if (before == Before::names_in_clear) {
        record.integer("clear", 1);
    }
    return record;
}

std::string_view name_of(ConsentState state) {
    static constexpr std::array<std::string_view, 3> names{"given", "refused", "withdrawn"};
    return names[static_cast<std::size_t>(state)];
}

line::Object consent_line(ConsentState state, std::string_view basis, std::uint64_t at_s) {
    line::Object record;
    record.token("t", "consent").token("about", "persons").token("state", name_of(state)).text("basis", basis);
    return record.integer("at", at_s);
}

} // namespace tally::privacy
