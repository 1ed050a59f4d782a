#include "packager/submission/station.hpp"

#include "tally/os/guarded.hpp"

namespace tally::submission {
namespace {

// Keys lie below the state, and are what others would like to lay there.
const os::fs::path& in_own_hands(const os::fs::path& state) {
    os::refuse_other_hands(state);
    os::refuse_other_hands(state / keys_folder);
    return state;
}

} // namespace

site_file::Chain read_site(const os::fs::path& state) {
    const auto path = state / site_file_name;
    if (!os::fs::exists(path)) {
        throw Error("open", path.string(), "there is no station here",
                    {"set one up: tally-packager site init --state " + state.string() + " --site SITE"});
    }
    auto chain = site_file::read_chain(os::read_file(path, site_file::max_versions * (line::max_roster + 1)));
    if (!chain) {
        throw Error("read", path.string(), "line " + std::to_string(chain.fault().at) + ": " + chain.fault().what);
    }
    return std::move(*chain);
}

Station::Station(const os::fs::path& state_directory, const os::Clock& clock)
    : state(in_own_hands(state_directory)), site(read_site(state_directory)),
      log(state_directory / log_folder, clock, site.current().log),
      archive(state_directory / archive_folder, log.roster()), quarantine(state_directory / quarantine_folder) {}

} // namespace tally::submission
