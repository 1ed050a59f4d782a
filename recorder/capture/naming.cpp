#include "recorder/capture/importer.hpp"
#include "recorder/capture/rendering.hpp"

#include <algorithm>

namespace tally::capture {
namespace {

const std::string& host_of(const Survey& survey, const ServerOfDaemon& daemon) {
    return daemon.host.empty() ? survey.server : daemon.host;
}

std::vector<std::string> of_origin(const KnownSources& known, const std::string& daemon, const std::string& prefix) {
    std::vector<std::string> names;
    if (const auto sources = known.find(daemon); sources != known.end()) {
        std::copy_if(sources->second.begin(), sources->second.end(), std::back_inserter(names),
                     [&](const std::string& name) { return name.starts_with(prefix); });
    }
    return names;
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

Result<SourceNames> name_sources(std::string_view origin, const Survey& survey, const KnownSources& known,
                                 std::string_view operators_name, const privacy::Naming& naming) {
    const std::string prefix = std::string(origin) + ":";
    SourceNames names;
    if (operators_name.empty() && !survey.several_servers.empty()) {
        return Fault{"names more than one server (" + survey.several_servers + ")", 0};
    }
    const bool computers = survey.speaks == Speaks::computers;
    const auto used = std::count_if(survey.daemons.begin(), survey.daemons.end(),
                                    [](const auto& entry) { return entry.second.used; });
    if (computers && !operators_name.empty() && used > 1) {
        return Fault{"tells of several computers, each of which is a source of its own", 0};
    }
    for (const auto& [daemon, server] : survey.daemons) {
        if (!server.used) {
            continue;
        }
        std::string name;
        if (!operators_name.empty()) {
            name = prefix + std::string(operators_name);
        } else if (computers) {
            encode(prefix + naming.raw_of(pseudonym::Field::client, server.host), name);
        } else if (const std::string& host = host_of(survey, server); !host.empty()) {
            encode(prefix + naming.raw_of(pseudonym::Field::server, host) + ":" + daemon, name);
        } else {
            std::string encoded;
            encode(daemon, encoded);
            const auto sources = of_origin(known, encoded, prefix);
            if (sources.empty()) {
                return Fault{"does not name its server, and daemon " + encoded + " is not known from an earlier import",
                             0};
            }
            if (sources.size() > 1) {
                return Fault{"does not name its server, and daemon " + encoded + " is known from more than one", 0};
            }
            name = sources.front();
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
