#include "tally/releases/releases.hpp"

#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"

#include <regex>

namespace tally::releases {
namespace {

constexpr std::string_view format = "tally-release-1";

} // namespace

std::string set_file(const SetList& list) {
    std::vector<std::string> digests;
    digests.reserve(list.digests.size());
    for (const auto& digest : list.digests) {
        digests.push_back(to_hex(digest));
    }
    line::Object object;
    object.token("format", format).token("site", list.site.text()).token("agreement", list.agreement.text());
    return object.integer("n", list.n).tokens("digests", digests).str() + "\n";
}

Result<SetList> read_set_file(std::string_view bytes) {
    line::Fields fields;
    if (bytes.empty() || bytes.size() > max_set_file || bytes.back() != '\n') {
        return Fault{"not one line of at most " + std::to_string(max_set_file) + " bytes"};
    }
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), max_set_file)) {
        return Fault{std::string("not a canonical line: ") + problem.what, problem.at};
    }
    const auto site = SiteId::parse(fields.string("site").value_or(""));
    const auto agreement = SiteId::parse(fields.string("agreement").value_or(""));
    const auto n = fields.integer("n").value_or(0);
    const auto digests = fields.array("digests");
    if (fields.string("format") != format || !site || !agreement || n < 1 || n > bundle::max_sequence || !digests ||
        fields.size() != 5) {
        return Fault{"not a line of the format " + std::string(format)};
    }
    SetList list{*site, *agreement, n, {}};
    line::Items items(*digests);
    for (line::Value item; items.next(item);) {
        bundle::Hash digest{};
        if (item.kind != line::Kind::string || !from_hex(item.text, digest) ||
            list.digests.size() == bundle::max_volumes) {
            return Fault{"digests is not a list of at most " + std::to_string(bundle::max_volumes) + " hashes"};
        }
        list.digests.push_back(digest);
    }
    if (list.digests.size() < 2) {
        return Fault{"a set has at least two volumes"};
    }
    return list;
}

std::optional<os::fs::path> set_path(const os::fs::path& bundle) {
    static const std::regex volume("(.+)_V[0-9]{1,2}OF([0-9]{1,2})\\.tally");
    const std::string name = bundle.filename().string();
    std::smatch parts;
    if (name.size() > 255 || !std::regex_match(name, parts, volume) || parts[2] == "1") {
        return std::nullopt;
    }
    return bundle.parent_path() / (parts[1].str() + "_RELEASE.json");
}

} // namespace tally::releases
