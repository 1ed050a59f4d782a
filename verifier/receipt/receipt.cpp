#include "tally/receipt/receipt.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

#include <algorithm>

namespace tally::receipt {
namespace {

constexpr std::string_view format_name = "tally-receipt-1";
constexpr std::size_t max_code = 32; // characters of the code of a finding

bool is_code(std::string_view text) {
    return !text.empty() && text.size() <= max_code &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

// Every item above the one before it.
template <class Items>
bool ascending(const Items& items) {
    return std::adjacent_find(items.begin(), items.end(), [](const auto& a, const auto& b) { return !(a < b); }) ==
           items.end();
}

std::string line_of(const Receipt& receipt) {
    std::vector<std::string> bundles;
    for (const auto& digest : receipt.bundles) {
        bundles.push_back(to_hex(digest));
    }
    line::Object object;
    object.token("agreement", receipt.agreement.text())
        .integer("bundle", receipt.bundle)
        .tokens("bundles", bundles)
        .token("challenge", to_hex(receipt.challenge))
        .tokens("findings", receipt.findings)
        .token("format", format_name)
        .integer("issued", receipt.issued)
        .integer("logs", receipt.logs)
        .integer("n", receipt.n)
        .token("positions", to_hex(receipt.positions))
        .token("site", receipt.site.text())
        .token("status", name(receipt.status))
        .token("verifier", to_hex(receipt.verifier));
    if (receipt.previous) {
        object.token("previous", to_hex(*receipt.previous));
    }
    if (!receipt.missing.empty()) {
        object.integers("missing", receipt.missing);
    }
    if (receipt.due) {
        object.integer("due", *receipt.due);
    }
    if (receipt.beside == Beside::yes) {
        object.integer("beside", 1);
    } else if (!receipt.except.empty()) {
        std::vector<line::Object> rows;
        for (const auto& [host, mark] : receipt.except) {
            rows.push_back(
                line::Object().token("host", host.text()).integer("next", mark.next).token("root", to_hex(mark.root)));
        }
        object.objects("except", rows);
    }
    return object.str();
}

// Reads the fields of one receipt; the first fault stays.
class Reader {
public:
    Result<Receipt> read(std::string_view bytes) {
        if (bytes.empty() || bytes.back() != '\n') {
            return Fault{"does not end with one line feed", bytes.size()};
        }
        line_ = bytes.substr(0, bytes.size() - 1);
        if (const auto problem = fields_.parse(line_, line::max_receipt)) {
            return Fault{problem.what, problem.at};
        }
        known_fields();
        const auto site = id("site");
        const auto agreement = id("agreement");
        if (fault_) {
            return *fault_;
        }
        Receipt receipt{*site, *agreement, hash("verifier"), integer("n", 1, max_number)};
        receipt.previous = fields_.find("previous") == nullptr ? std::nullopt : std::optional(hash("previous"));
        receipt.bundle = integer("bundle", 1, max_number);
        receipt.positions = hash("positions");
        receipt.logs = integer("logs", 0, max_logs);
        receipt.issued = integer("issued", 0, line::max_integer);
        if (fields_.find("due") != nullptr) {
            receipt.due = integer("due", 0, line::max_integer);
        }
        if (const auto status = parse_status(fields_.string("status").value_or(""))) {
            receipt.status = *status;
        } else {
            fail("status");
        }
        if (!from_hex(fields_.string("challenge").value_or(""), receipt.challenge)) {
            fail("challenge");
        }
        read_lists(receipt);
        return fault_ ? Result<Receipt>(*fault_) : Result<Receipt>(std::move(receipt));
    }

private:
    void fail(std::string_view key) {
        const line::Value* value = fields_.find(key);
        if (!fault_) {
            fault_ = Fault{std::string(key) + " is missing or not as it should be",
                           value == nullptr ? 0 : static_cast<std::uint64_t>(value->text.data() - line_.data())};
        }
    }

    void known_fields() {
        static constexpr std::string_view known[] = {
            "agreement", "beside", "bundle",  "bundles", "challenge", "due",      "except", "findings", "format",
            "issued",    "logs",   "missing", "n",       "positions", "previous", "site",   "status",   "verifier"};
        for (const auto& field : fields_) {
            if (std::find(std::begin(known), std::end(known), field.key) == std::end(known)) {
                fault_ = fault_.value_or(Fault{"a field that is not known: " + std::string(field.key),
                                               static_cast<std::uint64_t>(field.key.data() - line_.data())});
            }
        }
        if (fields_.string("format") != format_name) {
            fail("format");
        }
    }

    std::optional<SiteId> id(std::string_view key) {
        auto parsed = SiteId::parse(fields_.string(key).value_or(""));
        if (!parsed) {
            fail(key);
        }
        return parsed;
    }

    Hash hash(std::string_view key) {
        Hash hash{};
        if (!from_hex(fields_.string(key).value_or(""), hash)) {
            fail(key);
        }
        return hash;
    }

    std::uint64_t integer(std::string_view key, std::uint64_t low, std::uint64_t high) {
        const auto value = fields_.integer(key);
        if (!value || *value < low || *value > high) {
            fail(key);
        }
        return value.value_or(low);
    }

    template <class Take>
    void each_item(std::string_view key, std::size_t most, const Take& take) {
        const auto array = fields_.array(key);
        if (!array) {
            return fail(key);
        }
        line::Items items(*array);
        std::size_t count = 0;
        for (line::Value item; items.next(item);) {
            if (++count > most || !take(item)) {
                return fail(key);
            }
        }
    }

    void read_lists(Receipt& receipt) {
        each_item("bundles", max_volumes, [&](const line::Value& item) {
            return item.kind == line::Kind::string && from_hex(item.text, receipt.bundles.emplace_back());
        });
        each_item("findings", max_findings, [&](const line::Value& item) {
            receipt.findings.emplace_back(item.text);
            return item.kind == line::Kind::string && is_code(item.text);
        });
        if (fields_.find("missing") != nullptr) {
            each_item("missing", max_volumes - 1, [&](const line::Value& item) {
                receipt.missing.push_back(item.integer);
                return item.kind == line::Kind::integer && item.integer >= 1 && item.integer <= max_volumes;
            });
            if (receipt.missing.empty() || !ascending(receipt.missing)) {
                fail("missing");
            }
        }
        if (receipt.bundles.empty()) {
            fail("bundles");
        }
        if (!ascending(receipt.findings)) {
            fail("findings");
        }
        read_except(receipt);
    }

    void read_except(Receipt& receipt) {
        if (fields_.find("beside") != nullptr) {
            receipt.beside = Beside::yes;
            if (fields_.integer("beside") != 1U || fields_.find("except") != nullptr) {
                fail("beside");
            }
        }
        if (fields_.find("except") == nullptr) {
            return;
        }
        each_item("except", max_except, [&](const line::Value& item) {
            line::Fields row;
            if (item.kind != line::Kind::object || row.parse(item.text, item.text.size()) || row.size() != 3) {
                return false;
            }
            const auto host = HostId::parse(row.string("host").value_or(""));
            const auto next = row.integer("next");
            Mark mark{next.value_or(0), {}};
            if (!host || !next || *next >= line::max_tree || !from_hex(row.string("root").value_or(""), mark.root) ||
                (!receipt.except.empty() && !(receipt.except.rbegin()->first < *host))) {
                return false;
            }
            receipt.except.emplace(*host, mark);
            return true;
        });
        if (receipt.except.empty()) {
            fail("except");
        }
    }

    std::string_view line_;
    line::Fields fields_;
    std::optional<Fault> fault_;
};

} // namespace

std::string_view name(Status status) {
    return status == Status::ok ? "OK" : status == Status::ok_with_findings ? "OK_WITH_FINDINGS" : "REJECTED";
}

std::optional<Status> parse_status(std::string_view text) {
    for (const Status status : all_statuses) {
        if (name(status) == text) {
            return status;
        }
    }
    return std::nullopt;
}

std::string receipt_file(Receipt& receipt) {
    TALLY_ASSERT(!receipt.bundles.empty() && receipt.bundles.size() <= max_volumes && receipt.n >= 1 &&
                 receipt.n <= max_number && receipt.findings.size() <= max_findings && ascending(receipt.findings));
    if (receipt.except.size() > max_except) {
        receipt.beside = Beside::yes;
    }
    std::string text = line_of(receipt);
    if (text.size() > line::max_receipt) {
        receipt.beside = Beside::yes;
        text = line_of(receipt);
    }
    if (receipt.beside == Beside::yes) {
        receipt.except.clear();
    }
    TALLY_ASSERT(text.size() <= line::max_receipt);
    return text + '\n';
}

Result<Receipt> read_receipt(std::string_view bytes) { return Reader().read(bytes); }

Hash fingerprint_of(const minisig::PublicKey& verifier) { return crypto::sha256(Bytes(verifier.point)); }

std::string receipt_name(const SiteId& site, std::uint64_t n) {
    const std::string digits = std::to_string(n);
    return "RCPT_" + site.text() + "_" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

std::string receipt_comment(const Receipt& receipt) {
    return "tally-receipt-1 " + receipt.site.text() + " " + receipt.agreement.text() + " " + std::to_string(receipt.n);
}

Result<minisig::PublicKey> signer_of(std::string_view file, std::string_view signature_file,
                                     const std::vector<minisig::PublicKey>& keys, std::string_view note,
                                     std::string_view comment) {
    const auto signature = minisig::read_signature_file(signature_file);
    if (!signature) {
        return Fault{"the signature is malformed: " + signature.fault().what, signature.fault().at};
    }
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.id == signature->key; });
    if (key == keys.end()) {
        return Fault{"signed by a key that is not listed for this: " + minisig::printed_id(signature->key)};
    }
    const auto verdict = minisig::verify(*key, minisig::digest(as_bytes(file)), *signature);
    if (verdict != minisig::Verdict::good) {
        return Fault{minisig::describe(verdict)};
    }
    if (signature->comments.untrusted != note || signature->comments.trusted != comment) {
        return Fault{"signed for another purpose: '" + signature->comments.trusted + "' instead of '" +
                     std::string(comment) + "'"};
    }
    return *key;
}

} // namespace tally::receipt
