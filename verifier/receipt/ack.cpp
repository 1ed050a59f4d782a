#include "tally/receipt/ack.hpp"

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

namespace tally::receipt {
std::string ack_file(const Ack& ack) {
    TALLY_ASSERT(ack.next >= 1 && ack.floor <= ack.next);
    line::Object object;
    object.integer("floor", ack.floor)
        .token("format", ack_format)
        .token("host", ack.host.text())
        .integer("next", ack.next)
        .token("root", to_hex(ack.root))
        .token("site", ack.site.text());
    if (ack.challenge) {
        object.token("challenge", to_hex(*ack.challenge));
    }
    return object.str() + '\n';
}

Result<Ack> read_ack(std::string_view bytes) {
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with one line feed", bytes.size()};
    }
    line::Fields fields;
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), line::max_record)) {
        return Fault{problem.what, problem.at};
    }
    if (fields.string("format") != ack_format) {
        return Fault{"not a tally-ack-1"};
    }
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto host = HostId::parse(fields.string("host").value_or(""));
    const auto next = fields.integer("next");
    const auto floor = fields.integer("floor");
    const bool told = fields.find("challenge") != nullptr;
    if (!site || !host || !next || !floor || fields.size() != (told ? 7U : 6U)) {
        return Fault{"not exactly the fields of an acknowledgement"};
    }
    Ack ack{*site, *host, *next, {}, *floor, std::nullopt};
    if (*next == 0 || *next >= line::max_tree || *floor > *next ||
        !from_hex(fields.string("root").value_or(""), ack.root)) {
        return Fault{"next, floor or root is not as it should be"};
    }
    if (told && !from_hex(fields.string("challenge").value_or(""), ack.challenge.emplace())) {
        return Fault{"challenge is not 32 hex digits"};
    }
    return ack;
}

std::string ack_name(const HostId& host) { return "ACK_" + host.text() + ".json"; }

std::string ack_comment(const Ack& ack) {
    return "tally-ack-1 " + ack.site.text() + " " + ack.host.text() + " " + std::to_string(ack.next);
}

} // namespace tally::receipt
