#include "recorder/capture/importer.hpp"
#include "recorder/capture/rendering.hpp"

#include <algorithm>

namespace tally::capture {
namespace {

const std::string& host_of(const Survey& survey, const ServerOfDaemon& daemon) {
    return daemon.host.empty() ? survey.server : daemon.host;
}

} // namespace

KnownSources known_sources(Memory& memory) {
    KnownSources known;
    for (const auto& [name, source] : memory.sources()) {
        for (const auto& daemon : source.daemons) {
            known[daemon].push_back(name);
        }
    }
    return known;
}

void add_known(KnownSources& known, const SourceNames& names) {
    for (const auto& [daemon, name] : names) {
        std::string encoded;
        encode(daemon, encoded);
        auto& sources = known[encoded];
        if (std::find(sources.begin(), sources.end(), name) == sources.end()) {
            sources.push_back(name);
        }
    }
}

bool tells_server(const Survey& survey) {
    return std::all_of(survey.daemons.begin(), survey.daemons.end(),
                       [&](const auto& entry) { return !entry.second.used || !host_of(survey, entry.second).empty(); });
}

Result<SourceNames> name_sources(const Survey& survey, const KnownSources& known, std::string_view operators_name,
                                 const privacy::Naming& naming) {
    SourceNames names;
    if (operators_name.empty() && !survey.several_servers.empty()) {
        return Fault{"names more than one server (" + survey.several_servers + ")", 0};
    }
    for (const auto& [daemon, server] : survey.daemons) {
        if (!server.used) {
            continue;
        }
        std::string name;
        if (!operators_name.empty()) {
            name = "flexnet:" + std::string(operators_name);
        } else if (const std::string& host = host_of(survey, server); !host.empty()) {
            encode("flexnet:" + naming.raw_of(pseudonym::Field::server, host) + ":" + daemon, name);
        } else {
            std::string encoded;
            encode(daemon, encoded);
            const auto sources = known.find(encoded);
            if (sources == known.end()) {
                return Fault{"does not name its server, and daemon " + encoded + " is not known from an earlier import",
                             0};
            }
            if (sources->second.size() > 1) {
                return Fault{"does not name its server, and daemon " + encoded + " is known from more than one", 0};
            }
            name = sources->second.front();
        }
        names.emplace(daemon, name);
    }
    return names;
}

Result<void> zone_agrees(const SourceNames& names, Memory& memory, std::string_view zone) {
    for (const auto& [daemon, name] : names) {
        const auto known = memory.sources().find(name);
        if (known != memory.sources().end() && !known->second.zone.empty() && known->second.zone != zone) {
            return Fault{"is of " + name + ", which was imported in zone " + known->second.zone + " before", 0};
        }
    }
    return {};
}

} // namespace tally::capture
