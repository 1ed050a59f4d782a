#include "recorder/in_force.hpp"
#include "recorder/naming_in_force.hpp"
#include "recorder/service/service.hpp"
#include "recorder/state.hpp"

#include <malloc.h>
#include <sys/resource.h>

namespace tally::recorder {
namespace {

service::Configuration configuration_of(const RunOptions& options) {
    service::Configuration configuration;
    if (!options.configuration.empty()) {
        const std::string path = options.configuration.string();
        auto read =
            service::read_configuration(os::read_file(options.configuration, service::largest_configuration + 1));
        if (!read) {
            throw Error("read configuration", read.fault().at > 0 ? path + ":" + std::to_string(read.fault().at) : path,
                        read.fault().what,
                        {"what it may hold, with the usual values: tally-recorder run --print-config"}, Exit::usage);
        }
        configuration = std::move(read).value();
    }
    if (!options.socket.empty()) {
        configuration.socket = options.socket;
    }
    return configuration;
}

privacy::Naming naming_of(const os::fs::path& state, journal::Journal& journal) {
    journal.begin();
    const auto read_lines = [&](std::uint64_t first, std::uint64_t next, const journal::ImportIndex::Visit& visit) {
        journal.store().for_each_line(first, next, visit);
    };
    journal::ImportIndex index(journal.database(), journal.size(), read_lines, journal.store().begins());
    auto naming =
        naming_in_force(state, journal, index, [&](std::string_view fields) { return journal.append(fields); });
    index.flush(journal.size());
    journal.commit();
    return naming;
}

// Each connection and each process behind one needs a descriptor.
void allow_many_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace

Exit run_service(const RunOptions& options) {
    if (options.show == RunOptions::Show::configuration) {
        print(service::configuration_text(configuration_of(options)));
        return Exit::ok;
    }
    const service::Configuration configuration = configuration_of(options);
    if (options.show == RunOptions::Show::check) {
        print("the configuration is good\n");
        return Exit::ok;
    }
    if (options.state.empty()) {
        throw Error("run", "", "--state is required", {}, Exit::usage);
    }
    allow_many_descriptors();
    service::Service::block_signals();
    journal::Journal journal = open_to_write(options.state);
    tell_recovery(journal);
    std::optional<InForce> programs;
    if (options.watch == Watch::yes) {
        programs = catalogue_in_force(options.state, options.catalogue);
    }
    service::Service running(journal, naming_of(options.state, journal), configuration,
                             programs ? &programs->catalogue : nullptr,
                             [&options] { return configuration_of(options); });
    ::malloc_trim(0); // what opening took
    print("log " + journal.host().text() + "\n" +
          (running.watching().empty() ? "" : "watching " + running.watching() + "\n") + "listening on " +
          configuration.socket + "\n");
    cli::flush_output();
    running.run();
    print("stopped, the log has " + std::to_string(journal.size()) + " lines\n");
    return Exit::ok;
}

} // namespace tally::recorder
