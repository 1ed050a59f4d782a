#include "packager/release/inspect.hpp"
#include "packager/way_out_commands.hpp"
#include "tally/cli/output.hpp"

#include <cstdio>

namespace tally::packager {

Exit run_inspect(const InspectOptions& options) {
    static constexpr std::size_t some_shown = 20;
    const bool all = options.values == Values::all;
    const auto seen = release::inspect(options.bundle, all ? release::Keep::all_values : release::Keep::some_values);
    const auto show = options.lines == Lines::shown ? release::Show::lines : release::Show::summary;
    if (options.output == Output::json) {
        print_json(seen, show, cli::print);
    } else {
        print_text(seen, show, all ? SIZE_MAX : some_shown, cli::print);
    }
    return seen.clean() ? Exit::ok : Exit::findings;
}

} // namespace tally::packager
