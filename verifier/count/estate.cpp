// Who, on which computer, with which product: the records' names joined with the tables that describe them.
#include "verifier/count/prepare.hpp"

#include "tally/base/encoding.hpp"
#include "tally/text/date.hpp"
#include "verifier/inputs/columns.hpp"

#include <algorithm>
#include <map>

namespace tally::count {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool take_suffix(std::string_view& text, std::string_view suffix) {
    if (text.size() <= suffix.size() || text.substr(text.size() - suffix.size()) != suffix) {
        return false;
    }
    text.remove_suffix(suffix.size());
    return true;
}

// "_2022" at the end of `text`; 0 when there is none.
unsigned take_release(std::string_view& text) {
    if (text.size() < 6 || text[text.size() - 5] != '_') {
        return 0;
    }
    unsigned year = 0;
    for (const char c : text.substr(text.size() - 4)) {
        if (!is_digit(c)) {
            return 0;
        }
        year = year * 10 + static_cast<unsigned>(c - '0');
    }
    text.remove_suffix(5);
    return year;
}

} // namespace

Product product_of(std::string_view feature) {
    std::string_view rest = feature;
    unsigned release = 0;
    if (take_suffix(rest, "_0F")) {
        release = take_release(rest);
        if (release == 0) {
            return {std::string(feature), Family::generic, 0};
        }
    } else if (!take_suffix(rest, "_F")) {
        return {std::string(feature), Family::generic, 0};
    }
    take_suffix(rest, "_T");
    const bool coded = rest.size() > 5 && std::all_of(rest.begin(), rest.begin() + 5, is_digit);
    const std::string_view mnemonic = coded ? rest.substr(5) : std::string_view();
    const bool plain = std::all_of(mnemonic.begin(), mnemonic.end(), [](char c) { return is_digit(c) || is_upper(c); });
    if (!coded || !plain || std::none_of(mnemonic.begin(), mnemonic.end(), is_upper)) {
        return {std::string(feature), Family::generic, 0};
    }
    return {std::string(mnemonic), Family::autodesk, release};
}

std::string product_word(std::string_view word) {
    std::string name = product_of(word).name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return name;
}

std::string folded(std::string name) { return inputs::folded_case(name); }

unsigned release_of(std::string_view version) {
    unsigned number = 0;
    for (std::size_t i = 0; i < version.size() && i < 4 && version[i] >= '0' && version[i] <= '9'; ++i) {
        number = number * 10 + static_cast<unsigned>(version[i] - '0');
    }
    return number;
}

const inputs::DirectoryEntry* Person::entry_on(std::int64_t day) const {
    const inputs::DirectoryEntry* best = nullptr;
    for (const auto* entry : directory) {
        const bool here = (!entry->joined || *entry->joined <= day) && (!entry->left || day <= *entry->left);
        if (here) {
            return entry;
        }
        if (best == nullptr || best->left.value_or(inputs::for_ever) < entry->left.value_or(inputs::for_ever)) {
            best = entry;
        }
    }
    return best;
}

ProductIndex::ProductIndex(const inputs::Inputs& inputs, Facts& facts) : facts_(&facts) {
    facts.words.emplace_back();
    facts.products.emplace_back();
    facts.word_ids.emplace("", 0);
    for (const auto& row : inputs.products) {
        const std::string word = product_word(row.product);
        canonical_.emplace(word, word);
        canonical_.emplace(product_word(row.name), word);
        for (const auto& alias : row.words) {
            canonical_.emplace(product_word(alias), word);
        }
    }
    for (const auto& row : inputs.products) {
        auto& product = facts.products[id(row.product)];
        product.row = &row;
        product.type = row.type;
        product.name = row.name.empty() ? row.product : row.name;
        product.known = true;
    }
    for (const auto& row : inputs.collections) {
        const std::uint32_t collection = id(row.collection);
        const std::uint32_t part = id(row.product);
        facts.products[collection].parts.push_back(part);
        facts.products[part].collections.push_back(collection);
        facts.products[collection].known = facts.products[part].known = true;
    }
    for (const auto& [alias, word] : canonical_) { // in any order: all their products have numbers already
        facts.word_ids.try_emplace(alias, id(word));
    }
}

std::uint32_t ProductIndex::add(const std::string& word) {
    const auto [place, is_new] = facts_->word_ids.try_emplace(word, static_cast<std::uint32_t>(facts_->words.size()));
    if (is_new) {
        facts_->words.push_back(word);
        ProductFact product;
        product.word = product.name = word;
        facts_->products.push_back(std::move(product));
    }
    return place->second;
}

std::uint32_t ProductIndex::id(std::string_view feature) {
    if (feature.empty()) {
        return 0;
    }
    const std::string word = product_word(feature);
    const auto found = canonical_.find(word);
    const std::uint32_t number = add(found == canonical_.end() ? word : found->second);
    facts_->word_ids.try_emplace(word, number);
    return number;
}

PersonIndex::PersonIndex(const inputs::Inputs& inputs, Facts& facts) : facts_(&facts) {
    facts.persons.emplace_back();
    facts.person_ids.emplace("", nobody);
    for (const auto& alias : inputs.aliases) {
        aliases_[person_key(facts, alias.account)].push_back(&alias);
    }
    for (const auto& entry : inputs.directory) {
        Person& person = facts.persons[add(entry.user)];
        person.directory.push_back(&entry);
        person.listed_account = person.listed_account && entry.kind != inputs::PersonKind::service &&
                                entry.kind != inputs::PersonKind::shared;
    }
}

std::uint32_t PersonIndex::add(const std::string& name) {
    const auto [place, is_new] =
        facts_->person_ids.try_emplace(person_key(*facts_, name), static_cast<std::uint32_t>(facts_->persons.size()));
    if (is_new) {
        facts_->persons.emplace_back().name = name;
    }
    return place->second;
}

bool PersonIndex::has_alias(const std::string& account) const {
    return !aliases_.empty() && aliases_.contains(person_key(*facts_, account));
}

std::uint32_t PersonIndex::id(const std::string& account, std::int64_t day) {
    const auto found = aliases_.find(person_key(*facts_, account));
    if (found != aliases_.end()) {
        for (const auto* alias : found->second) {
            if (alias->from <= day && day <= alias->to) {
                return add(alias->user);
            }
        }
    }
    return add(account);
}

DeviceIndex::DeviceIndex(const ledger::Usage& usage, const inputs::Inputs& inputs, Facts& facts)
    : usage_(&usage), facts_(&facts) {
    facts.devices.emplace_back();
    facts.device_of_log.resize(usage.logs.size());
    for (const auto& row : inputs.hosts) {
        rows_[folded(row.host)] = &row;
    }
    // A machine that was set up anew goes on in another log: its device is that of the newest one.
    std::unordered_map<std::uint32_t, std::uint32_t> followed_by;
    for (std::uint32_t log = 0; log < usage.log_replaces.size(); ++log) {
        if (usage.log_replaces[log] != 0 && usage.log_replaces[log] != log) {
            followed_by[usage.log_replaces[log]] = log;
        }
    }
    const auto newest_log = [&](std::uint32_t log) {
        for (std::size_t step = 0; step <= followed_by.size() && followed_by.contains(log); ++step) {
            log = followed_by[log];
        }
        return log;
    };
    std::map<std::uint32_t, const ledger::HostIdentity*> newest;
    for (const auto& identity : usage.identities) {
        auto& known = newest[newest_log(identity.log)];
        known = known == nullptr || known->since <= identity.since ? &identity : known;
    }
    for (const auto& [log, identity] : newest) {
        Device device;
        device.name = identity->name;
        device.log = log;
        device.site = log < usage.log_sites.size() ? usage.log_sites[log] : "";
        facts.device_of_log[log] = add(std::move(device));
    }
    for (const auto& identity : usage.identities) { // earlier names mean the same host
        const std::uint32_t number = facts.device_of_log[newest_log(identity.log)];
        facts.device_of_log[identity.log] = number;
        by_name_.try_emplace(folded(identity.name), number);
    }
}

std::uint32_t DeviceIndex::add(Device device) {
    const auto row = rows_.find(folded(device.name));
    device.row = row == rows_.end() ? nullptr : row->second;
    if (device.site.empty() && device.row != nullptr) {
        device.site = device.row->site;
    }
    const auto number = static_cast<std::uint32_t>(facts_->devices.size());
    by_name_[folded(device.name)] = number;
    facts_->devices.push_back(std::move(device));
    return number;
}

std::uint32_t DeviceIndex::id(const ledger::SessionKind& session, std::uint32_t number) {
    if (session.watched == ledger::Watched::host) {
        if (const std::uint32_t known = facts_->device_of_log[session.log]) {
            return known;
        }
    }
    const std::string& client = usage_->clients[number];
    if (client.empty() && session.watched != ledger::Watched::host) {
        return nobody;
    }
    const auto named = by_name_.find(folded(client));
    if (named != by_name_.end()) {
        return named->second;
    }
    Device device;
    device.name = client;
    if (session.watched == ledger::Watched::host) {
        device.log = session.log;
        device.site = session.log < usage_->log_sites.size() ? usage_->log_sites[session.log] : "";
        return facts_->device_of_log[session.log] = add(std::move(device));
    }
    return add(std::move(device));
}

namespace {

std::vector<std::uint64_t> epochs_of(const std::vector<std::string>& texts, names::Of kind) {
    std::vector<std::uint64_t> epochs;
    epochs.reserve(texts.size());
    for (const auto& text : texts) {
        epochs.push_back(names::epoch_of(text, kind));
    }
    return epochs;
}

bool has_pseudonym(const std::vector<std::uint64_t>& epochs) {
    return std::any_of(epochs.begin(), epochs.end(), [](std::uint64_t epoch) { return epoch != 0; });
}

void read_people(Facts& facts) {
    const auto epochs = epochs_of(facts.usage->users, names::Of::person);
    if (!has_pseudonym(epochs)) {
        return;
    }
    for (const auto& kind : facts.stays.kinds()) {
        if (kind.person != nobody) {
            facts.people.see(kind.person, {facts.site_of_log[kind.session->log], epochs[kind.session->user]});
        }
    }
    for (std::uint32_t person = 1; person < facts.persons.size(); ++person) {
        facts.people.know(person, names::epoch_of(facts.persons[person].name, names::Of::person));
    }
    facts.people.settle();
    std::unordered_map<std::string, std::uint32_t> first;
    for (std::uint32_t person = 0; facts.people.is_mixed() && person < facts.persons.size(); ++person) {
        facts.spelled_alike.push_back(first.try_emplace(folded(facts.persons[person].name), person).first->second);
    }
}

void read_computers(Facts& facts) {
    const auto& usage = *facts.usage;
    const auto epochs = epochs_of(usage.clients, names::Of::computer);
    std::vector<std::uint64_t> own;
    for (const auto& identity : usage.identities) {
        own.push_back(names::epoch_of(identity.name, names::Of::computer));
    }
    if (!has_pseudonym(epochs) && !has_pseudonym(own)) {
        return;
    }
    for (std::size_t i = 0; i < usage.identities.size(); ++i) {
        const std::uint32_t log = usage.identities[i].log;
        facts.computers.see(facts.device_of_log[log], {facts.site_of_log[log], own[i]});
    }
    std::vector<std::uint32_t> told_by(usage.clients.size(), static_cast<std::uint32_t>(-1)); // the log, last
    for (std::uint32_t i = 0; i < facts.stays.size(); ++i) {
        const auto& kind = facts.stays.kind(i);
        const std::uint32_t client = facts.stays.client(i);
        const std::uint32_t device = facts.stays.device(i);
        if (!kind.by_host() && device != nobody && told_by[client] != kind.session->log) {
            told_by[client] = kind.session->log;
            facts.computers.see(device, {facts.site_of_log[kind.session->log], epochs[client]});
        }
    }
    for (std::uint32_t device = 1; device < facts.devices.size(); ++device) {
        facts.computers.know(device, names::epoch_of(facts.devices[device].name, names::Of::computer));
    }
    facts.computers.settle();
}

Bounds counted(const names::Names& names, std::vector<std::uint32_t> all, const std::vector<std::uint32_t>& alike) {
    const auto once = [&all] {
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
    };
    once();
    const auto most = static_cast<std::int64_t>(all.size());
    if (!names.is_mixed()) {
        return {most, most};
    }
    for (auto& name : all) {
        name = alike.empty() ? name : alike[name];
    }
    once();
    names::Heads heads(names);
    for (const auto name : all) {
        heads.change(name, 1);
    }
    return {heads.least(), most};
}

} // namespace

void read_names(Facts& facts) {
    std::unordered_map<std::string, std::uint32_t> sites;
    for (std::uint32_t log = 0; log < facts.usage->logs.size(); ++log) {
        const auto& of = facts.usage->log_sites;
        facts.site_of_log.push_back(sites.try_emplace(log < of.size() ? of[log] : "", log).first->second);
    }
    read_people(facts);
    read_computers(facts);
}

Bounds people_in(const Facts& facts, std::vector<std::uint32_t> persons) {
    return counted(facts.people, std::move(persons), facts.spelled_alike);
}

Bounds computers_in(const Facts& facts, std::vector<std::uint32_t> devices) {
    return counted(facts.computers, std::move(devices), {});
}

} // namespace tally::count
