#include "verifier/comply/scope.hpp"

#include "tally/text/date.hpp"
#include "verifier/inputs/columns.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace tally::comply {
namespace {

bool same(std::string_view a, std::string_view b) { return inputs::folded_case(a) == inputs::folded_case(b); }

bool listed(const std::vector<std::string>& list, std::string_view item) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& one) { return same(one, item); });
}

bool holds_on(const inputs::Agreement& agreement, inputs::Day day) {
    return agreement.start <= day && day <= agreement.end;
}

using Places = std::vector<std::string> inputs::Agreement::*;

// Whether the rows of the agreement that hold on that day, taken together, name places at all.
bool restricts(const Facts& facts, std::string_view id, inputs::Day day, Places places) {
    bool any = false;
    for (const auto& agreement : facts.inputs->agreements) {
        if (agreement.id == id && holds_on(agreement, day)) {
            if ((agreement.*places).empty()) {
                return false;
            }
            any = true;
        }
    }
    return any;
}

bool names(const Facts& facts, std::string_view id, inputs::Day day, Places places, std::string_view place) {
    return std::any_of(facts.inputs->agreements.begin(), facts.inputs->agreements.end(), [&](const auto& agreement) {
        return agreement.id == id && holds_on(agreement, day) && listed(agreement.*places, place);
    });
}

bool hosts_have_countries(const Facts& facts) {
    return std::any_of(facts.inputs->hosts.begin(), facts.inputs->hosts.end(),
                       [](const auto& host) { return !host.country.empty(); });
}

} // namespace

Whereabouts whereabouts_of(const Facts& facts, std::uint32_t device, std::uint32_t log) {
    Whereabouts where;
    const Device& host = facts.devices[device];
    where.site = host.site;
    if (where.site.empty() && log < facts.usage->log_sites.size()) {
        where.site = facts.usage->log_sites[log];
    }
    if (host.row != nullptr) {
        where.country = host.row->country;
        where.entity = host.row->entity;
    }
    return where;
}

Allowed allowed_at(const Facts& facts, const inputs::Entitlement& line, const Whereabouts& where, inputs::Day day) {
    const auto refuses = [&](const std::vector<std::string>& own, Places agreed, std::string_view place) {
        return !place.empty() &&
               ((!own.empty() && !listed(own, place)) ||
                (restricts(facts, line.agreement, day, agreed) && !names(facts, line.agreement, day, agreed, place)));
    };
    if (refuses(line.countries, &inputs::Agreement::countries, where.country)) {
        return {Within::no, std::string(where.country)};
    }
    if (refuses(line.sites, &inputs::Agreement::sites, where.site)) {
        return {Within::no, std::string(where.site)};
    }
    if (refuses(line.entities, &inputs::Agreement::entities, where.entity)) {
        return {Within::no, std::string(where.entity)};
    }
    const bool is_open =
        where.country.empty() &&
        (!line.countries.empty() || restricts(facts, line.agreement, day, &inputs::Agreement::countries)) &&
        hosts_have_countries(facts);
    return {is_open ? Within::unknown : Within::yes, ""};
}

namespace {

// The domain that an account is written with: "EXT\mueller", "mueller@ext.example".
std::string_view domain_of(std::string_view account) {
    if (const auto slash = account.find('\\'); slash != std::string_view::npos) {
        return account.substr(0, slash);
    }
    if (const auto at = account.rfind('@'); at != std::string_view::npos) {
        return account.substr(at + 1);
    }
    return {};
}

// A domain's short name, as accounts are written with it, is its first label.
bool is_domain(std::string_view domain, std::string_view listed_domain) {
    return same(domain, listed_domain) || (domain.find('.') == std::string_view::npos &&
                                           same(domain, listed_domain.substr(0, listed_domain.find('.'))));
}

std::vector<std::string> domains_of(const Facts& facts, std::string_view agreement, inputs::Day day) {
    std::vector<std::string> domains;
    for (const auto& row : facts.inputs->agreements) {
        if ((agreement.empty() || row.id == agreement) && holds_on(row, day)) {
            domains.insert(domains.end(), row.domains.begin(), row.domains.end());
        }
    }
    return domains;
}

struct AddressRange {
    std::uint32_t address = 0;
    int bits = 0;
};

// "10.0.0.0/8" or one address. Nothing for anything else, IPv6 included: such a network is compared as text.
std::optional<AddressRange> range_of(std::string_view text) {
    AddressRange range;
    range.bits = 32;
    std::array<unsigned, 5> parts{};
    std::size_t part = 0;
    std::size_t digits = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9' && digits < 3) {
            parts.at(part) = parts.at(part) * 10 + static_cast<unsigned>(c - '0');
            ++digits;
        } else if (digits > 0 && part < 4 && c == (part < 3 ? '.' : '/')) {
            ++part;
            digits = 0;
        } else {
            return std::nullopt;
        }
    }
    if (digits == 0 || part < 3 || std::any_of(parts.begin(), parts.begin() + 4, [](unsigned v) { return v > 255; }) ||
        parts[4] > 32) {
        return std::nullopt;
    }
    range.address = parts[0] << 24U | parts[1] << 16U | parts[2] << 8U | parts[3];
    range.bits = part == 4 ? static_cast<int>(parts[4]) : 32;
    return range;
}

bool inside(std::string_view address, std::string_view network) {
    const auto one = range_of(address);
    const auto all = range_of(network);
    if (!one || !all) {
        return same(address, network.substr(0, network.find('/')));
    }
    const std::uint32_t mask = all->bits == 0 ? 0 : ~std::uint32_t{0} << static_cast<unsigned>(32 - all->bits);
    return (one->address & mask) == (all->address & mask);
}

} // namespace

std::vector<std::string> outsider_reasons(const Facts& facts, const Stay& stay, std::string_view agreement) {
    const inputs::Day day = text::day_of(stay.upper.from);
    const Person& person = facts.persons[stay.person];
    const Device& device = facts.devices[stay.device];
    const auto* entry = person.entry_on(day);
    const std::string& account = stay.session->account != 0 ? facts.usage->accounts[stay.session->account]
                                                            : facts.usage->users[stay.session->user];
    std::string_view domain = domain_of(account);
    const bool local = !domain.empty() && (same(domain, device.name) || domain == ".");
    if (domain.empty() && entry != nullptr) {
        domain = entry->domain;
    }
    const auto domains = domains_of(facts, agreement, day);
    std::vector<std::string> reasons;
    if (entry != nullptr && entry->kind == inputs::PersonKind::contractor) {
        reasons.emplace_back("kind");
    }
    if (local) {
        reasons.emplace_back("local account");
    } else if (!domain.empty() && !domains.empty() &&
               std::none_of(domains.begin(), domains.end(), [&](const auto& one) { return is_domain(domain, one); })) {
        reasons.emplace_back("domain");
    }
    if (device.row != nullptr && device.row->owner == inputs::HostOwner::third_party) {
        reasons.emplace_back("host owner");
    }
    const std::string& address = facts.usage->addresses[stay.session->address];
    const auto& networks = facts.inputs->networks;
    if (!address.empty() && !networks.empty() &&
        std::none_of(networks.begin(), networks.end(), [&](const auto& row) { return inside(address, row.cidr); })) {
        reasons.emplace_back("network");
    }
    return reasons;
}

} // namespace tally::comply
