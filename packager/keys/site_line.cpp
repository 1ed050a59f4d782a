#include "packager/keys/site_line.hpp"

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"
#include "tally/site_file/proposal.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tally::site_file {
namespace {

constexpr std::string_view format = "tally-site-1";
constexpr std::string_view untrusted = "site file of Tallystick"; // not kept in the file: nothing signs it
constexpr std::size_t max_keys = 16;                              // of one role: the line limit is near there

std::vector<std::string> texts(const std::vector<minisig::PublicKey>& keys) {
    std::vector<std::string> list;
    list.reserve(keys.size());
    for (const auto& key : keys) {
        list.push_back(minisig::to_text(key));
    }
    return list;
}

line::Object unsigned_object(const Version& version) {
    line::Object object;
    object.token("format", format).token("site", version.site.text()).integer("version", version.number);
    object.tokens("roots", texts(version.roots)).integer("threshold", version.threshold);
    object.token("log", to_hex(version.log));
    object.tokens("exports", texts(version.exports)).tokens("verifiers", texts(version.verifiers));
    if (!version.retired.empty()) {
        std::vector<line::Object> retired(version.retired.size());
        for (std::size_t i = 0; i < retired.size(); ++i) {
            retired[i]
                .token("key", minisig::to_text(version.retired[i].key))
                .integer("until", version.retired[i].until);
        }
        object.objects("retired", retired);
    }
    if (!version.officers.empty()) {
        std::vector<line::Object> officers(version.officers.size());
        for (std::size_t i = 0; i < officers.size(); ++i) {
            const Officer& officer = version.officers[i];
            officers[i].token("key", minisig::to_text(officer.key)).token("person", officer.person.text());
            if (officer.until) {
                officers[i].integer("until", *officer.until);
            }
        }
        object.objects("officers", officers);
    }
    return object.integer("releases", version.releases);
}

Result<std::vector<minisig::PublicKey>> read_keys(const line::Fields& fields, std::string_view name) {
    const auto array = fields.array(name);
    if (!array) {
        return Fault{"no list " + std::string(name)};
    }
    std::vector<minisig::PublicKey> keys;
    line::Items items(*array);
    for (line::Value item; items.next(item);) {
        if (item.kind != line::Kind::string || keys.size() == max_keys) {
            return Fault{std::string(name) + " is not a list of at most " + std::to_string(max_keys) + " keys"};
        }
        auto key = minisig::parse_public_key(item.text);
        if (!key) {
            return Fault{std::string(name) + ": " + key.fault().what};
        }
        keys.push_back(*key);
    }
    return keys;
}

// Absent when there are none.
Result<std::vector<RetiredKey>> read_retired(const line::Fields& fields) {
    std::vector<RetiredKey> retired;
    if (fields.find("retired") == nullptr) {
        return retired;
    }
    line::Items items(fields.array("retired").value_or("[]"));
    for (line::Value item; items.next(item);) {
        line::Fields entry;
        if (item.kind != line::Kind::object || entry.parse(item.text, line::max_roster) || entry.size() != 2 ||
            retired.size() == max_keys) {
            return Fault{"retired is not a list of at most " + std::to_string(max_keys) + " keys with their ends"};
        }
        const auto until = entry.integer("until");
        auto key = minisig::parse_public_key(entry.string("key").value_or(""));
        if (!until || !key) {
            return Fault{"retired: " + (until ? key.fault().what : std::string("no until"))};
        }
        retired.push_back({*key, *until});
    }
    if (retired.empty()) {
        return Fault{"retired is no list, or an empty one"};
    }
    return retired;
}

// Absent when there are none.
Result<std::vector<Officer>> read_officers(const line::Fields& fields) {
    std::vector<Officer> officers;
    if (fields.find("officers") == nullptr) {
        return officers;
    }
    line::Items items(fields.array("officers").value_or("[]"));
    for (line::Value item; items.next(item);) {
        line::Fields entry;
        if (item.kind != line::Kind::object || entry.parse(item.text, line::max_roster) ||
            entry.size() != (entry.find("until") != nullptr ? 3U : 2U) || officers.size() == max_keys) {
            return Fault{"officers is not a list of at most " + std::to_string(max_keys) + " keys with their persons"};
        }
        const auto until = entry.integer("until");
        const auto person = SiteId::parse(entry.string("person").value_or(""));
        auto key = minisig::parse_public_key(entry.string("key").value_or(""));
        if (!person || !key || until.has_value() != (entry.size() == 3)) {
            return Fault{"officers: " + (key ? std::string("no person, or until is no number") : key.fault().what)};
        }
        officers.push_back({*key, *person, until});
    }
    if (officers.empty()) {
        return Fault{"officers is no list, or an empty one"};
    }
    return officers;
}

Result<SignedVersion> read_signatures(const line::Fields& fields, Version version) {
    SignedVersion result{std::move(version), {}};
    const auto array = fields.array("sigs");
    if (!array) {
        return Fault{"no list sigs"};
    }
    line::Items items(*array);
    std::string previous;
    for (line::Value item; items.next(item);) {
        line::Fields entry;
        if (item.kind != line::Kind::object || entry.parse(item.text, line::max_roster) || entry.size() != 4) {
            return Fault{"sigs holds something other than signatures"};
        }
        const auto comment = entry.string("comment");
        const auto global = entry.string("global");
        const auto text = entry.string("key");
        const auto value = entry.string("sig");
        if (!comment || !global || !text || !value) {
            return Fault{"a signature needs comment, global, key and sig"};
        }
        const auto key = minisig::parse_public_key(*text);
        auto signature = minisig::parse_signature(*value, *global, {std::string(untrusted), std::string(*comment)});
        if (!key || !signature) {
            return Fault{key ? signature.fault().what : key.fault().what};
        }
        if (*text <= previous) {
            return Fault{"signatures are not in the order of their keys, each once"};
        }
        previous = *text;
        result.signatures.emplace_back(*key, std::move(*signature));
    }
    return result;
}

} // namespace

Result<void> check_version(const Version& version) {
    if (version.roots.empty() || version.exports.empty() || version.threshold < 1 ||
        version.threshold > version.roots.size() || version.releases > max_keys) {
        return Fault{"needs a root key, an export key and a threshold that the root keys can reach"};
    }
    std::set<crypto::PublicKey> points{version.log};
    std::set<minisig::KeyId> ids;
    for (const auto* role : {&version.roots, &version.exports, &version.verifiers}) {
        if (!std::is_sorted(role->begin(), role->end(),
                            [](const auto& a, const auto& b) { return minisig::to_text(a) < minisig::to_text(b); })) {
            return Fault{"the keys of a role are not sorted"};
        }
        for (const auto& key : *role) {
            if (!points.insert(key.point).second || !ids.insert(key.id).second) {
                return Fault{"key " + minisig::printed_id(key.id) + " is listed twice: a key has one role"};
            }
        }
    }
    std::string previous;
    for (const auto& officer : version.officers) {
        const std::string text = minisig::to_text(officer.key);
        if (text <= previous || !points.insert(officer.key.point).second || !ids.insert(officer.key.id).second) {
            return Fault{"officer's key " + minisig::printed_id(officer.key.id) +
                         " is listed elsewhere too, or not in the order of the keys"};
        }
        previous = text;
    }
    previous.clear();
    for (const auto& retired : version.retired) {
        const std::string text = minisig::to_text(retired.key);
        if (text <= previous || !points.insert(retired.key.point).second || !ids.insert(retired.key.id).second) {
            return Fault{"retired key " + minisig::printed_id(retired.key.id) +
                         " is listed elsewhere too, or not in the order of the keys"};
        }
        previous = text;
    }
    return {};
}

Result<SignedVersion> read_version(std::string_view text) {
    line::Fields fields;
    if (const auto problem = fields.parse(text, line::max_roster)) {
        return Fault{std::string("not a canonical line: ") + problem.what + " at byte " + std::to_string(problem.at)};
    }
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto number = fields.integer("version");
    const auto threshold = fields.integer("threshold");
    const auto releases = fields.integer("releases");
    const auto log = fields.string("log");
    if (fields.string("format") != format || !site || !number || !threshold || !releases || !log ||
        fields.size() !=
            10U + (fields.find("retired") != nullptr ? 1U : 0U) + (fields.find("officers") != nullptr ? 1U : 0U)) {
        return Fault{"not a line of the format " + std::string(format)};
    }
    Version version{*site, *number, {}, *threshold, {}, {}, {}, *releases};
    if (!from_hex(*log, version.log) || !crypto::acceptable(version.log)) {
        return Fault{"the log's key is not an acceptable point"};
    }
    auto roots = read_keys(fields, "roots");
    auto exports = read_keys(fields, "exports");
    auto verifiers = read_keys(fields, "verifiers");
    for (const auto* keys : {&roots, &exports, &verifiers}) {
        if (!keys->ok()) {
            return keys->fault();
        }
    }
    version.roots = std::move(*roots);
    version.exports = std::move(*exports);
    version.verifiers = std::move(*verifiers);
    auto retired = read_retired(fields);
    if (!retired) {
        return retired.fault();
    }
    version.retired = std::move(*retired);
    auto officers = read_officers(fields);
    if (!officers) {
        return officers.fault();
    }
    version.officers = std::move(*officers);
    if (const auto rules = check_version(version); !rules) {
        return rules.fault();
    }
    return read_signatures(fields, std::move(version));
}

std::string signed_text(const Version& version) { return unsigned_object(version).str(); }

std::string signature_comment(const Version& version) {
    return std::string(format) + " " + version.site.text() + " " + std::to_string(version.number);
}

minisig::Signature sign_version(const Version& version, const minisig::SecretKey& key) {
    const auto digest = minisig::digest(as_bytes(signed_text(version)));
    return minisig::sign(key, digest, {std::string(untrusted), signature_comment(version)});
}

std::string line_of(const SignedVersion& line) {
    std::map<std::string, line::Object> sigs; // by key
    for (const auto& [signer, signature] : line.signatures) {
        const std::string key = minisig::to_text(signer);
        sigs[key]
            .token("comment", signature.comments.trusted)
            .token("global", minisig::global_text(signature))
            .token("key", key)
            .token("sig", minisig::value_text(signature));
    }
    std::vector<line::Object> list;
    list.reserve(sigs.size());
    for (const auto& [key, object] : sigs) {
        list.push_back(object);
    }
    return unsigned_object(line.version).objects("sigs", list).str();
}

std::string signed_line(const Version& version, std::span<const minisig::SecretKey* const> signers) {
    SignedVersion line{version, {}};
    for (const auto* signer : signers) {
        line.signatures.emplace_back(signer->public_key(), sign_version(version, *signer));
    }
    return line_of(line);
}

} // namespace tally::site_file
