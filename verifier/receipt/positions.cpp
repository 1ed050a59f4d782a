#include "tally/receipt/positions.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

namespace tally::receipt {

std::string positions_file(const Positions& positions) {
    std::string bytes;
    for (const auto& [host, mark] : positions) {
        if (mark.next > 0) {
            bytes += line::Object()
                         .token("host", host.text())
                         .integer("next", mark.next)
                         .token("root", to_hex(mark.root))
                         .str();
            bytes += '\n';
        }
    }
    return bytes;
}

Hash hash_of(const Positions& positions) { return crypto::sha256(positions_file(positions)); }

Result<Positions> read_positions(std::string_view bytes) {
    if (bytes.size() > max_positions_file) {
        return Fault{"longer than the positions of any site"};
    }
    Positions positions;
    line::Fields fields;
    for (std::uint64_t number = 1; !bytes.empty(); ++number) {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos || end >= max_position_line || number > max_logs) {
            return Fault{"not a line of positions", number};
        }
        const auto problem = fields.parse(bytes.substr(0, end), max_position_line);
        const auto host = HostId::parse(fields.string("host").value_or(""));
        Mark mark{fields.integer("next").value_or(0), {}};
        if (problem || fields.size() != 3 || !host || mark.next == 0 || mark.next >= line::max_tree ||
            !from_hex(fields.string("root").value_or(""), mark.root)) {
            return Fault{"a line has exactly host, next and root", number};
        }
        if (!positions.empty() && !(positions.rbegin()->first < *host)) {
            return Fault{"not in the order of the hosts", number};
        }
        positions.emplace_hint(positions.end(), *host, mark);
        bytes.remove_prefix(end + 1);
    }
    return positions;
}

} // namespace tally::receipt
