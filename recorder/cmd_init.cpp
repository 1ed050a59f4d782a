#include "recorder/state.hpp"

namespace tally::recorder {

Exit run_init(const InitOptions& options) {
    const auto site = SiteId::parse(options.site);
    if (!site) {
        throw Error("init", options.site, "not a site id", {"1 to 24 characters A-Z, 0-9 and _"}, Exit::usage);
    }
    journal::Journal::create(options.state, {*site, options.label, journal::Role::recorder, TALLY_VERSION},
                             os::system_clock());

    auto store = open_to_read(options.state);
    const auto genesis = genesis_of(store);
    const std::string file = (options.state / journal::enrolment_name).string();
    // Of the file as the station will read it: it also holds the box key, which the first line of the log does not.
    const std::string print_of_it = journal::fingerprint(os::read_file(file, line::max_record + 1));
    if (options.output == Output::json) {
        line::Object result;
        result.token("host", genesis.host.text()).token("site", options.site).token("label", options.label);
        print(result.text("enrolment", file).token("fingerprint", print_of_it).str() + "\n");
        return Exit::ok;
    }
    print("log          " + genesis.host.text() + "\n" + "site         " + options.site + "\n" + "label        " +
          options.label + "\n" + "fingerprint  " + print_of_it + "\n" + "enrolment    " + file + "\n\n" + "Take " +
          file + " to the packager's station, compare the fingerprint, and enrol it there:\n" +
          "  tally-packager site enrol --state STATION " + file +
          " --out ANSWER\nThen bring its answer back here: tally-recorder enrol ANSWER --state " +
          options.state.string() + " --fingerprint WORDS\n");
    return Exit::ok;
}

} // namespace tally::recorder
