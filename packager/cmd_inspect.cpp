#include "packager/release/review.hpp"
#include "packager/way_out_commands.hpp"
#include "tally/cli/output.hpp"

#include <cstdio>

namespace tally::packager {
namespace {

using release::Inspection;
using release::Keep;

std::vector<std::string> words_in(const os::fs::path& path) {
    const auto words = release::read_word_list(os::read_file(path, release::max_word_list));
    if (!words) {
        throw Error("read", path.string(), "line " + std::to_string(words.fault().at) + ": " + words.fault().what,
                    {"one word or phrase a line, lines that begin with # are passed over"}, Exit::usage);
    }
    return *words;
}

// Words are looked for when somebody asked for it, or for the page.
std::optional<release::Scan> scan_of(const Inspection& seen, const InspectOptions& options) {
    if (options.words.empty() && options.marking.empty() && options.page.empty()) {
        return std::nullopt;
    }
    release::Wanted wanted;
    wanted.marking = options.marking;
    std::optional<pseudonym::Privacy> privacy;
    if (!options.words.empty()) {
        wanted.words = words_in(options.words);
        privacy = options.state.empty() ? std::nullopt : pseudonym::load_privacy(options.state);
        wanted.privacy = privacy ? &*privacy : nullptr;
    }
    return scan(seen, wanted);
}

} // namespace

Exit run_inspect(const InspectOptions& options) {
    static constexpr std::size_t some_shown = 20;
    const bool all = options.values == Values::all;
    const auto seen = release::inspect(options.bundle, all ? Keep::all_values : Keep::some_values);
    std::vector<Inspection> against;
    for (const auto& path : options.against) {
        against.push_back(release::inspect(path, all ? Keep::all_values : Keep::some_values));
        if (!against.back().bundle) {
            throw Error("compare with", path.string(), "not a bundle", {}, Exit::usage);
        }
    }
    const auto review = release::review(seen, against, scan_of(seen, options));
    if (!options.page.empty()) {
        os::replace_file(options.page, review_page(seen, review));
    }
    const auto show = options.lines == Lines::shown ? release::Show::lines : release::Show::summary;
    if (options.output == Output::json) {
        print_json(seen, show, cli::print, review_json(review));
    } else {
        print_text(seen, show, all ? SIZE_MAX : some_shown, cli::print, review_text(seen, review));
    }
    return seen.clean() && !review.alarming() ? Exit::ok : Exit::findings;
}

} // namespace tally::packager
