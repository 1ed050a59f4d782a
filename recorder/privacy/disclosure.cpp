#include "tally/pseudonym/disclosure.hpp"

#include "tally/base/error.hpp"

namespace tally::pseudonym {
namespace {

constexpr std::string_view person_format = "tally-disclosure-1";
constexpr std::string_view line_format = "tally-line-proof-1";
constexpr std::size_t longest_path = 48;

std::optional<Kind> kind_named(std::string_view word) {
    for (const Kind kind : {Kind::person, Kind::host, Kind::domain, Kind::address, Kind::text}) {
        if (name_of(kind) == word) {
            return kind;
        }
    }
    return std::nullopt;
}

// The next line without its LF; nothing when there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

std::string head_of(const LineProof& proof) {
    std::vector<std::string> path;
    for (const auto& hash : proof.path) {
        path.push_back(to_hex(hash));
    }
    line::Object head;
    head.token("format", line_format).token("host", proof.host).tokens("path", path).integer("seq", proof.seq);
    return head.token("site", proof.site.text()).str();
}

Result<LineProof> read_head(std::string_view text) {
    line::Fields fields;
    if (const auto problem = fields.parse(text, max_line_proof)) {
        return Fault{problem.what, problem.at};
    }
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto host = HostId::parse(fields.string("host").value_or(""));
    const auto seq = fields.integer("seq");
    const auto path = fields.array("path");
    if (fields.string("format") != line_format || !site || !host || !seq || !path) {
        return Fault{"not a " + std::string(line_format), 0};
    }
    LineProof proof{*site, host->text(), *seq, {}, {}, {}};
    line::Items items(*path);
    for (line::Value item; items.next(item);) {
        line::Hash hash{};
        if (item.kind != line::Kind::string || !from_hex(item.text, hash) || proof.path.size() == longest_path) {
            return Fault{"the path is malformed", 0};
        }
        proof.path.push_back(hash);
    }
    if (head_of(proof) != text) {
        return Fault{"fields that do not belong there", 0};
    }
    return proof;
}

Result<line::Seal> seal_over(const LineProof& proof) {
    line::Fields fields;
    if (fields.parse(proof.line, line::max_record) || fields.string("host") != proof.host ||
        fields.integer("seq") != proof.seq) {
        return Fault{"the second line is not the one that the head names", 0};
    }
    if (fields.parse(proof.seal_line, line::max_record) || fields.string("host") != proof.host) {
        return Fault{"the third line is of another log", 0};
    }
    auto seal = line::read_seal(fields);
    if (!seal) {
        return Fault{"the third line is no seal: " + seal.fault().what, 0};
    }
    line::TreeHasher hasher;
    if (seal->size <= proof.seq ||
        !line::inclusion_holds(hasher, proof.seq, seal->size, hasher.leaf(proof.line), proof.path, seal->root)) {
        return Fault{"the path does not lead from the line to the root that the seal signs", 0};
    }
    return seal;
}

} // namespace

std::string disclosure_text(const Disclosure& disclosure) {
    const std::string name = line::encode_text(disclosure.name);
    if (line::decode_text(name) != disclosure.name) {
        throw Error("disclose", name, "the name is too long to be written whole");
    }
    line::Object object;
    object.token("format", person_format).token("site", disclosure.site.text()).token("kind", name_of(disclosure.kind));
    object.integer("epoch", disclosure.epoch).token("name", name).token("key", to_hex(disclosure.key));
    return object.token("pseudonym", disclosure.pseudonym()).str() + "\n";
}

Result<Disclosure> read_disclosure(std::string_view bytes) {
    line::Fields fields;
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with one line feed", bytes.size()};
    }
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), max_disclosure)) {
        return Fault{problem.what, problem.at};
    }
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto kind = kind_named(fields.string("kind").value_or(""));
    const auto epoch = fields.integer("epoch").value_or(0);
    const auto name = fields.string("name");
    NameKey key{};
    if (fields.string("format") != person_format || !site || !kind || epoch < 1 || epoch > max_epoch || !name ||
        name->empty() || name->size() > line::max_text || !from_hex(fields.string("key").value_or(""), key) ||
        fields.size() != 7) {
        return Fault{"not a " + std::string(person_format), 0};
    }
    Disclosure disclosure{*site, *kind, epoch, line::decode_text(*name), key};
    if (fields.string("pseudonym") != disclosure.pseudonym()) {
        return Fault{"name and key do not give this pseudonym", 0};
    }
    return disclosure;
}

std::string line_proof_text(const LineProof& proof) {
    return head_of(proof) + "\n" + proof.line + "\n" + proof.seal_line + "\n";
}

Result<ProvedLine> read_line_proof(std::string_view bytes) {
    if (bytes.size() > max_line_proof) {
        return Fault{"longer than a proof can be", max_line_proof};
    }
    std::string_view rest = bytes;
    const auto head = take_line(rest);
    const auto line = take_line(rest);
    const auto seal_line = take_line(rest);
    if (!head || !line || !seal_line || !rest.empty()) {
        return Fault{"not three lines", bytes.size()};
    }
    auto proof = read_head(*head);
    if (!proof) {
        return proof.fault();
    }
    proof->line = *line;
    proof->seal_line = *seal_line;
    auto seal = seal_over(*proof);
    if (!seal) {
        return seal.fault();
    }
    return ProvedLine{std::move(proof).value(), std::move(seal).value()};
}

} // namespace tally::pseudonym
