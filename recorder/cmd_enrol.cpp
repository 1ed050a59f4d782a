#include "recorder/inbox/acknowledged.hpp"
#include "recorder/inbox/instructions.hpp"
#include "recorder/state.hpp"

#include <algorithm>
#include <array>

namespace tally::recorder {
namespace {

enum class Outcome : std::uint8_t { applied, known, refused };

struct Taken {
    inbox::Letter letter;
    Outcome outcome = Outcome::refused;
    std::string why = {}; // refused
};

using inbox::Applied;

// Each format of letters has its reader: it checks, or checks and applies.
struct Reader {
    std::string_view format;
    Result<Applied> (*look)(journal::Journal&, const inbox::Letter&, const site_file::Chain&);
    Result<Applied> (*take)(journal::Journal&, const inbox::Letter&, const site_file::Chain&);
};

Result<Applied> look_at_package(journal::Journal& journal, const inbox::Letter& letter, const site_file::Chain& chain) {
    const auto read = inbox::read_for(journal, letter, chain);
    return read ? Result<Applied>(read->applied) : read.fault();
}

constexpr std::array readers{Reader{host_package::package_format, look_at_package, inbox::apply},
                             Reader{receipt::ack_format, inbox::look_at_ack, inbox::apply_ack}};

std::string site_lines(const os::fs::path& path) {
    return os::read_file(path, site_file::max_versions * (line::max_roster + 1));
}

// The site file that came with a letter; nothing when none did.
Result<std::optional<site_file::Chain>> shown_with(const os::fs::path& letter, const EnrolOptions& options) {
    using Shown = Result<std::optional<site_file::Chain>>;
    const auto path = options.site_file.empty() ? letter.parent_path() / inbox::site_file_name : options.site_file;
    if (options.site_file.empty() && os::fs::symlink_status(path).type() == os::fs::file_not_found) {
        return Shown(std::nullopt);
    }
    try {
        auto chain = site_file::read_chain(site_lines(path));
        return chain ? Shown(std::move(*chain))
                     : Shown(Fault{"the site file " + path.string() + " is none: line " +
                                   std::to_string(chain.fault().at) + ": " + chain.fault().what});
    } catch (const Error& error) {
        return Fault{error.what()};
    }
}

Taken take(journal::Journal& journal, const os::fs::path& file, const EnrolOptions& options) {
    auto letter = inbox::read_letter(file);
    if (!letter) {
        return {{file, "", "", "", ""}, Outcome::refused, letter.fault().what};
    }
    Taken taken{std::move(*letter)};
    const auto reader = std::find_if(readers.begin(), readers.end(),
                                     [&](const auto& one) { return one.format == taken.letter.format; });
    if (reader == readers.end()) {
        taken.why = "a letter of the format " + taken.letter.format + ", which this program does not know";
        return taken;
    }
    const auto shown = shown_with(file, options);
    const auto chain = shown ? inbox::settle_site(inbox::kept_site(options.state), *shown, options.fingerprint)
                             : Result<site_file::Chain>(shown.fault());
    const auto applied = chain ? (options.dry_run ? reader->look : reader->take)(journal, taken.letter, *chain)
                               : Result<Applied>(chain.fault());
    if (!applied) {
        taken.why = applied.fault().what;
    } else {
        taken.outcome = *applied == Applied::now ? Outcome::applied : Outcome::known;
    }
    return taken;
}

void print_taken(const Taken& taken, const EnrolOptions& options) {
    const std::string file = taken.letter.file.string();
    static constexpr std::array<const char*, 3> words{"applied", "known", "refused"};
    const std::string word = options.dry_run && taken.outcome == Outcome::applied
                                 ? "would apply"
                                 : words[static_cast<std::size_t>(taken.outcome)];
    if (options.output == Output::json) {
        line::Object result;
        result.text("file", file).text("format", taken.letter.format).text("outcome", word);
        if (!taken.why.empty()) {
            result.text("reason", taken.why);
        }
        print(result.str() + "\n");
    } else if (taken.outcome != Outcome::refused) {
        print(word + std::string(word.size() < 13 ? 13 - word.size() : 1, ' ') + file + "\n");
    }
    if (taken.outcome == Outcome::refused) {
        std::fprintf(stderr, "tally-recorder: warning: refused %s: %s\n", file.c_str(), taken.why.c_str());
    }
}

} // namespace

Exit run_enrol(const EnrolOptions& options) {
    journal::Journal journal = open_to_write(options.state);
    tell_recovery(journal);
    std::size_t applied = 0;
    std::size_t refused = 0;
    std::size_t letters = 0;
    for (const auto& place : options.places) {
        if (os::fs::symlink_status(place).type() == os::fs::file_not_found) {
            throw Error("enrol", place, "no such file or directory");
        }
    }
    for (const auto& place : options.places) {
        for (const auto& file : inbox::letters_in(place, journal.host())) {
            const Taken taken = take(journal, file, options);
            print_taken(taken, options);
            ++letters;
            applied += taken.outcome == Outcome::applied ? 1 : 0;
            refused += taken.outcome == Outcome::refused ? 1 : 0;
        }
    }
    if (letters == 0) {
        std::fprintf(stderr,
                     "tally-recorder: there is no letter for log %s here\nhint: the station makes one: "
                     "tally-packager site enrol --out DIR\n",
                     journal.host().text().c_str());
    }
    return refused > 0 ? Exit::findings : applied > 0 ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::recorder
