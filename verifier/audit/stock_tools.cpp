#include "verifier/audit/stock_tools.hpp"

#include "tally/base/encoding.hpp"
#include "tally/site_file/chain.hpp"
#include "tally/sqlite/database.hpp"

#include <algorithm>

namespace tally::audit {
namespace {

// The key of the site file whose signature it is, as `minisign -P` takes it; "" when no version names one.
std::string signing_key(const ledger::Ledger& ledger, const std::string& site, const minisig::Signature& signature) {
    for (const auto& trusted : ledger.trusted()) {
        const auto chain = site_file::read_chain(trusted.chain);
        if (trusted.site != site || !chain) {
            continue;
        }
        for (const auto& version : chain->versions()) {
            const auto key = std::find_if(version.exports.begin(), version.exports.end(),
                                          [&](const minisig::PublicKey& each) { return each.id == signature.key; });
            if (key != version.exports.end()) {
                return minisig::to_text(*key);
            }
        }
    }
    return "";
}

std::string signature_command(const ledger::Ledger& ledger, const ledger::Proof& proof) {
    const auto bytes = ledger.signature_of(proof.bundle.id);
    const auto signature = bytes ? minisig::read_signature_file(*bytes) : Result<minisig::Signature>(Fault{"none", 0});
    const std::string key = signature ? signing_key(ledger, proof.bundle.site, *signature) : "";
    if (key.empty()) {
        return "# the signature of this bundle was not kept here; it lies beside the bundle as it was delivered";
    }
    std::string words;
    for (std::string_view rest = *bytes; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
        words += " " + quoted(rest.substr(0, rest.find('\n')));
    }
    return "minisign -V -P " + key + " -x <(printf '%s\\n'" + words + ") -m \"$B\"";
}

// RFC 9162 §2.1.3.2, one command a node.
void add_path(const ledger::Proof& proof, std::vector<std::string>& commands) {
    std::uint64_t index = proof.seq;
    std::uint64_t last = proof.seal_seq - 1;
    for (const auto& hash : proof.path) {
        const bool right = index % 2 == 1 || index == last;
        commands.push_back(right ? "H=$(node " + to_hex(hash) + " \"$H\")" : "H=$(node \"$H\" " + to_hex(hash) + ")");
        while (right && index % 2 == 0 && index != 0) {
            index /= 2;
            last /= 2;
        }
        index /= 2;
        last /= 2;
    }
}

// -f: what is stored, not compressed, passes as it is.
std::string lines_of(std::string_view bundle) {
    return "tar -xOf " + std::string(bundle) + " --wildcards 'LINES_*' | zstd -dcqf";
}

// All lines of the log through check-log.py, from its first key on.
std::string log_command(const ledger::Ledger& ledger, const ledger::Proof& proof) {
    std::string bundles;
    sqlite::Statement row(ledger.database(), "SELECT DISTINCT seal.bundle, lower(hex(digest)) FROM seal JOIN log ON "
                                             "log.id = seal.log JOIN bundle ON bundle.id = seal.bundle WHERE host = ? "
                                             "ORDER BY seal.bundle");
    row.bind(std::string_view(proof.host));
    while (row.step()) {
        bundles += " " + quoted((ledger.bundles_directory() / (std::string(row.text(1)) + ".tally")).string());
    }
    std::string key;
    for (const auto& entry : ledger.roster(proof.bundle.site)) {
        key = entry.host == proof.host ? to_hex(entry.first_key) : key;
    }
    return "for F in" + bundles + "; do " + lines_of("\"$F\"") + "; done | jq -cS 'select(.host == \"" + proof.host +
           "\")' | awk '!seen[$0]++' | /usr/bin/python3 check-log.py " + key;
}

} // namespace

std::string quoted(std::string_view word) {
    std::string text = "'";
    for (const char c : word) {
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return text + "'";
}

std::vector<std::string> stock_commands(const ledger::Ledger& ledger, const ledger::Proof& proof) {
    const std::string seq = std::to_string(proof.seq);
    std::vector<std::string> commands;
    commands.push_back("B=" + quoted((ledger.bundles_directory() / (proof.bundle.digest + ".tally")).string()));
    commands.push_back(signature_command(ledger, proof));
    commands.emplace_back("sha256sum \"$B\"");
    commands.push_back("L=$(" + lines_of("\"$B\"") + " | grep -F '\"seq\":" + seq + ",' | jq -cS 'select(.host == \"" +
                       proof.host + "\" and .seq == " + seq + ")'); printf '%s\\n' \"$L\"");
    commands.emplace_back("H=$({ printf '\\000'; printf '%s' \"$L\"; } | sha256sum | head -c 64)");
    commands.emplace_back("node() { printf '%b' \"$(printf '01%s%s' \"$1\" \"$2\" | sed 's/../\\\\x&/g')\" | sha256sum "
                          "| head -c 64; }");
    add_path(proof, commands);
    commands.emplace_back("echo \"$H\"");
    commands.push_back(log_command(ledger, proof));
    return commands;
}

} // namespace tally::audit
