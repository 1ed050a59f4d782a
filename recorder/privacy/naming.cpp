#include "recorder/privacy/naming.hpp"

#include <algorithm>

namespace tally::privacy {
namespace {

constexpr std::size_t most_known = 1U << 16U;
constexpr std::size_t most_earlier = 8; // each costs a hash for every event

const pseudonym::Secret* secret_of(const pseudonym::Privacy& privacy, std::uint64_t epoch) {
    const auto& secrets = privacy.secrets;
    const auto place =
        std::find_if(secrets.begin(), secrets.end(), [&](const auto& one) { return one.epoch() == epoch; });
    return epoch == 0 ? &privacy.current() : place == secrets.end() ? nullptr : &*place;
}

} // namespace

const EncodedName& Spelling::of(pseudonym::Field field, std::string_view raw) {
    Known& known = known_[static_cast<std::size_t>(field)];
    const auto place = known.find(raw);
    if (place != known.end()) {
        return place->second;
    }
    if (known.size() == most_known) {
        known.clear();
    }
    const auto name = pseudonym::spelled(field, raw, policy_, *secret_, consent_);
    return known.emplace(raw, EncodedName{line::encode_text(name.text), line::encode_text(name.domain)}).first->second;
}

std::string Spelling::raw_of(pseudonym::Field field, std::string_view raw) const {
    return pseudonym::spelled(field, raw, policy_, *secret_, consent_).text;
}

Naming::Naming(pseudonym::Privacy privacy, const History& history)
    : privacy_(std::make_unique<pseudonym::Privacy>(std::move(privacy))) {
    const auto& policy = privacy_->policy;
    const Regime present{policy.rules, policy.consent, privacy_->current().epoch()};
    spellings_.emplace_back(policy, privacy_->current(), history.consent());
    const auto& regimes = history.regimes();
    for (auto regime = regimes.rbegin(); regime != regimes.rend() && spellings_.size() <= most_earlier; ++regime) {
        const auto* secret = secret_of(*privacy_, regime->epoch);
        if (secret == nullptr) {
            continue;
        }
        pseudonym::Policy earlier{regime->rules, regime->consent, policy.aliases};
        const bool asks = regime->consent == pseudonym::Consent::required;
        for (const auto given : {pseudonym::Given::yes, pseudonym::Given::no}) {
            const bool is_present = *regime == present && (!asks || given == history.consent());
            if (!is_present && (asks || given == pseudonym::Given::yes)) {
                spellings_.emplace_back(earlier, *secret, given);
            }
        }
    }
}

} // namespace tally::privacy
