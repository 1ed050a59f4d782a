#include "recorder/journal/enrolment.hpp"

#include "tally/crypto/sha256.hpp"

namespace tally::journal {
namespace {

std::optional<Replaced> read_replaced(std::string_view object) {
    line::Fields fields;
    Replaced replaced;
    if (fields.parse(object, line::max_record)) {
        return std::nullopt;
    }
    const auto host = fields.string("host");
    const auto size = fields.integer("size");
    const auto root = fields.string("root");
    const auto reason = fields.string("reason");
    if (!host || !size || !root || !reason || !from_hex(*root, replaced.root)) {
        return std::nullopt;
    }
    replaced.host = *host;
    replaced.size = *size;
    replaced.reason = *reason;
    return replaced;
}

// What genesis and enrolment request have in common.
Result<Genesis> read_common(const line::Fields& fields) {
    const auto host = HostId::parse(fields.string("host").value_or(""));
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto machine = fields.string("machine");
    const auto label = fields.string("label");
    const auto version = fields.string("version");
    crypto::PublicKey key{};
    crypto::Hash digest{};
    if (!host || !site || !machine || !label || !version || !from_hex(fields.string("key").value_or(""), key) ||
        !from_hex(*machine, digest)) {
        return Fault{"host, key, label, machine, site or version missing or malformed", 0};
    }
    if (!crypto::acceptable(key) || line::log_id(key) != *host) {
        return Fault{"the log's name is not that of its first key", 0};
    }
    const auto role = fields.string("role").value_or("recorder");
    if (role != "recorder" && role != "station") {
        return Fault{"unknown role", 0};
    }
    const Role as = role == "station" ? Role::station : Role::recorder;
    return Genesis{*host, key, std::string(*machine), {*site, std::string(*label), as, std::string(*version)}, {}, {}};
}

line::Object common_fields(const NewLog& log, const HostId& host, const crypto::PublicKey& key,
                           const std::string& machine) {
    line::Object fields;
    fields.token("host", host.text()).token("key", to_hex(key)).token("label", log.label).token("machine", machine);
    fields.token("site", log.site.text()).token("version", log.version);
    return fields;
}

std::string first_line_of(const char* path) {
    try {
        std::string text = os::read_file(path, 4096);
        return text.substr(0, text.find('\n'));
    } catch (const Error&) {
        return "";
    }
}

} // namespace

std::string_view name_of(Role role) { return role == Role::station ? "station" : "recorder"; }

std::string os_machine_id() {
    const std::string id = first_line_of("/etc/machine-id");
    return id.empty() ? first_line_of("/var/lib/dbus/machine-id") : id;
}

std::string machine_digest(std::string_view machine_id) {
    return to_hex(crypto::sha256("tally-machine-v1\n" + std::string(machine_id)));
}

std::string genesis_line(const NewLog& log, const crypto::PublicKey& key, const std::string& machine,
                         const os::Stamp& stamp, const std::optional<Replaced>& replaces) {
    line::Object fields = common_fields(log, line::log_id(key), key, machine);
    fields.token("role", name_of(log.role)).token("t", "genesis").integer("seq", 0);
    fields.token("boot", stamp.boot).integer("up", stamp.up_ms).integer("wall", stamp.wall_ms);
    if (replaces) {
        line::Object old;
        old.token("host", replaces->host).integer("size", replaces->size).token("root", to_hex(replaces->root));
        old.token("reason", replaces->reason);
        fields.value("replaces", old.str());
    }
    return fields.str();
}

Result<Genesis> read_genesis(std::string_view bytes) {
    line::Fields fields;
    if (const auto problem = fields.parse(bytes, line::max_record)) {
        return Fault{problem.what, problem.at};
    }
    if (fields.string("t") != "genesis" || fields.integer("seq") != 0U || !fields.string("role")) {
        return Fault{"not a genesis line", 0};
    }
    auto genesis = read_common(fields);
    if (genesis && fields.find("replaces") != nullptr) {
        const auto object = fields.object("replaces");
        genesis->replaces = object ? read_replaced(*object) : std::nullopt;
        if (!genesis->replaces) {
            return Fault{"replaces is malformed", 0};
        }
    }
    return genesis;
}

std::string enrolment_request(const Genesis& genesis) {
    line::Object fields = common_fields(genesis.log, genesis.host, genesis.key, genesis.machine);
    if (genesis.log.role == Role::station) {
        fields.token("role", name_of(genesis.log.role));
    }
    if (genesis.box) {
        fields.token("box", to_hex(genesis.box->point));
    }
    return fields.token("format", "tally-enrolment-1").str() + "\n";
}

Result<Genesis> read_enrolment(std::string_view bytes) {
    line::Fields fields;
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with one line feed", bytes.size()};
    }
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), line::max_record)) {
        return Fault{problem.what, problem.at};
    }
    if (fields.string("format") != "tally-enrolment-1") {
        return Fault{"not a tally-enrolment-1", 0};
    }
    auto request = read_common(fields);
    if (request && fields.find("box") != nullptr) {
        const auto hex = fields.string("box").value_or("");
        auto& box = request->box.emplace();
        if (!from_hex(hex, box.point) || !crypto::acceptable(box)) {
            return Fault{"box is no acceptable key", 0};
        }
    }
    return request;
}

std::string fingerprint(std::string_view enrolment_request) {
    const std::string hex = to_hex(crypto::sha256(enrolment_request));
    std::string text;
    for (std::size_t i = 0; i < hex.size(); i += 4) {
        text += (i > 0 ? " " : "") + hex.substr(i, 4);
    }
    return text;
}

} // namespace tally::journal
