#include "tally/site_file/chain.hpp"

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

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
    return object.integer("releases", version.releases);
}

// A version with the signatures that stand in its line.
struct Signed {
    Version version;
    std::vector<std::pair<minisig::PublicKey, minisig::Signature>> signatures;
};

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

Result<Signed> read_signatures(const line::Fields& fields, Version version) {
    Signed result{std::move(version), {}};
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

// Every key has one role in a version, and no two keys share an id.
Result<void> check_roles(const Version& version) {
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
    return {};
}

Result<Signed> read_version(std::string_view text) {
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
        fields.size() != 10) {
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
    if (version.roots.empty() || version.exports.empty() || version.threshold < 1 ||
        version.threshold > version.roots.size() || version.releases > max_keys) {
        return Fault{"needs a root key, an export key and a threshold that the root keys can reach"};
    }
    if (const auto roles = check_roles(version); !roles) {
        return roles.fault();
    }
    return read_signatures(fields, std::move(version));
}

// How many of `roots` have signed; every signature was checked before.
std::uint64_t signers_among(const std::vector<minisig::PublicKey>& roots, const Signed& line) {
    return static_cast<std::uint64_t>(std::count_if(roots.begin(), roots.end(), [&](const auto& root) {
        return std::any_of(line.signatures.begin(), line.signatures.end(),
                           [&](const auto& entry) { return entry.first == root; });
    }));
}

Result<void> check_signatures(const Signed& line, const Version* before) {
    const auto digest = minisig::digest(as_bytes(signed_text(line.version)));
    for (const auto& [key, signature] : line.signatures) {
        const auto is_key = [&signer = key](const minisig::PublicKey& root) { return root == signer; };
        const auto lists = [&](const std::vector<minisig::PublicKey>& roots) {
            return std::any_of(roots.begin(), roots.end(), is_key);
        };
        if (!lists(line.version.roots) && (before == nullptr || !lists(before->roots))) {
            return Fault{"signed with a key that is no root key: " + minisig::printed_id(key.id)};
        }
        if (const auto verdict = minisig::verify(key, digest, signature); verdict != minisig::Verdict::good) {
            return Fault{"root key " + minisig::printed_id(key.id) + ": " + minisig::describe(verdict)};
        }
        if (signature.comments.trusted != signature_comment(line.version)) {
            return Fault{"root key " + minisig::printed_id(key.id) + " signed it under another comment"};
        }
    }
    if (signers_among(line.version.roots, line) < line.version.threshold) {
        return Fault{"signed by fewer of its root keys than its threshold"};
    }
    if (before != nullptr && signers_among(before->roots, line) < before->threshold) {
        return Fault{"signed by fewer root keys of the version before than its threshold"};
    }
    return {};
}

// What a version may change. A key that once had a role never gets another.
Result<void> check_step(const Version& before, const Version& after) {
    if (after.site != before.site || after.number != before.number + 1) {
        return Fault{"does not follow the version before"};
    }
    if (after.log != before.log) {
        return Fault{"changes the station's log"};
    }
    return {};
}

class Roles {
public:
    bool keep(const Version& version) {
        return keep(version.roots, 'r') && keep(version.exports, 'e') && keep(version.verifiers, 'v') &&
               roles_.try_emplace(version.log, 'l').first->second == 'l';
    }

private:
    bool keep(const std::vector<minisig::PublicKey>& keys, char role) {
        return std::all_of(keys.begin(), keys.end(),
                           [&](const auto& key) { return roles_.try_emplace(key.point, role).first->second == role; });
    }
    std::map<crypto::PublicKey, char> roles_;
};

} // namespace

std::string signed_text(const Version& version) { return unsigned_object(version).str(); }

std::string signature_comment(const Version& version) {
    return std::string(format) + " " + version.site.text() + " " + std::to_string(version.number);
}

std::string signed_line(const Version& version, std::span<const minisig::SecretKey* const> signers) {
    const auto digest = minisig::digest(as_bytes(signed_text(version)));
    std::map<std::string, line::Object> sigs; // by key
    for (const auto* signer : signers) {
        const auto signature = minisig::sign(*signer, digest, {std::string(untrusted), signature_comment(version)});
        const std::string key = minisig::to_text(signer->public_key());
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
    return unsigned_object(version).objects("sigs", list).str();
}

Result<Chain> read_chain(std::string_view bytes) {
    Chain chain;
    Roles roles;
    while (!bytes.empty()) {
        const std::uint64_t at = chain.lines_.size() + 1;
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos || at > max_versions) {
            return Fault{end == std::string_view::npos ? "no line end" : "more versions than a site file may have", at};
        }
        const std::string_view text = bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        const auto line = read_version(text);
        if (!line) {
            return Fault{line.fault().what, at};
        }
        const Version* before = chain.versions_.empty() ? nullptr : &chain.versions_.back();
        if (before == nullptr && line->version.number != 1) {
            return Fault{"does not start at version 1", at};
        }
        const auto step = before == nullptr ? Result<void>() : check_step(*before, line->version);
        const auto signatures = step ? check_signatures(*line, before) : step;
        if (!signatures) {
            return Fault{signatures.fault().what, at};
        }
        if (!roles.keep(line->version)) {
            return Fault{"gives a key another role than it had", at};
        }
        chain.versions_.push_back(line->version);
        chain.lines_.emplace_back(text);
    }
    if (chain.versions_.empty()) {
        return Fault{"empty site file", 1};
    }
    chain.fingerprint_ = crypto::sha256(signed_text(chain.first()));
    return chain;
}

Relation relate(const Chain& known, const Chain& shown) {
    const std::size_t common = std::min(known.lines().size(), shown.lines().size());
    if (!std::equal(known.lines().begin(), known.lines().begin() + static_cast<std::ptrdiff_t>(common),
                    shown.lines().begin())) {
        return Relation::different;
    }
    return known.lines().size() == shown.lines().size() ? Relation::same
           : known.lines().size() > common              ? Relation::older
                                                        : Relation::newer;
}

} // namespace tally::site_file
