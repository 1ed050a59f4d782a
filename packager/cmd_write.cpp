#include "packager/commands.hpp"
#include "packager/media/image.hpp"
#include "packager/media/place.hpp"
#include "packager/media_text.hpp"
#include "packager/submission/station.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <pwd.h>

namespace tally::packager {
namespace {

using cli::print;
using media::There;

const media::Preset& preset_of(const std::string& name) {
    const auto* found = std::find_if(std::begin(media::presets), std::end(media::presets),
                                     [&](const auto& preset) { return preset.name == name; });
    TALLY_ASSERT(found != std::end(media::presets)); // the command line knows the names
    return *found;
}

std::vector<media::Parcel> read_parcels(const WriteOptions& options, const site_file::Chain& site) {
    std::vector<media::Parcel> parcels;
    for (const auto& path : options.bundles) {
        const auto folder = path.parent_path().empty() ? os::fs::path(".") : path.parent_path();
        const os::Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
        if (!directory.is_open()) {
            throw Error::system("open", folder.string());
        }
        auto parcel = media::read_parcel(directory, path.filename().string(), folder, site);
        const bool twice = std::any_of(parcels.begin(), parcels.end(),
                                       [&](const auto& other) { return other.folder == parcel.folder; });
        if (!twice) {
            parcels.push_back(std::move(parcel));
        }
    }
    return parcels;
}

media::Need need_of(const std::vector<media::Step>& steps) {
    media::Need need{{}, 2, 0};
    for (const auto& step : steps) {
        need.longest_name = std::max(need.longest_name, step.piece->name.size() + std::string_view(".part").size());
        if (step.there != There::equal) {
            need.files.push_back(step.piece->size);
        }
        need.folders += step.piece == &step.parcel->pieces.front() ? 1U : 0U;
    }
    return need;
}

std::uint64_t bytes_of(const std::vector<media::Parcel>& parcels) {
    std::uint64_t sum = 0;
    for (const auto& parcel : parcels) {
        for (const auto& piece : parcel.pieces) {
            sum += piece.size;
        }
    }
    return sum;
}

void refuse_obstacles(const media::Medium& medium, const media::Need& need, const WriteOptions& options) {
    const auto place = options.staging == Staging::yes ? media::Place::staging : media::Place::medium;
    auto found = obstacles(medium, need, place, {options.state, options.bundles.front().parent_path() / "."});
    const auto& preset = preset_of(options.preset);
    for (const auto size : need.files) {
        if (size > preset.largest_file) {
            found.push_back({"a file of " + std::to_string(size) + " bytes does not fit " + std::string(preset.name),
                             "pack smaller volumes: tally-packager pack --volume-size " + std::string(preset.name)});
        }
    }
    if (found.empty()) {
        return;
    }
    std::string what;
    std::vector<std::string> hints;
    for (const auto& obstacle : found) {
        what += (what.empty() ? "" : "; ") + obstacle.what;
        hints.push_back(obstacle.hint);
    }
    throw Error("write to", options.to.string(), what, hints);
}

struct Transfer {
    std::string medium, filesystem, method; // as the station's log says them
    std::string to;
    bool changed = false;
    bool logged_before = true;
};

std::string person(const WriteOptions& options) {
    if (!options.by.empty()) {
        return options.by;
    }
    const char* before = std::getenv("SUDO_USER");
    const auto* entry = ::getpwuid(::getuid());
    return before != nullptr ? before : entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

bool noted(submission::StationLog& log, const submission::Written& act) {
    bool found = false;
    log.for_each("written", [&](const line::Fields& fields) {
        std::vector<std::string> digests;
        if (const auto list = fields.array("digests")) {
            line::Items items(*list);
            for (line::Value item; items.next(item);) {
                digests.emplace_back(item.text);
            }
        }
        found = found || (digests == act.digests && fields.integer("n") == act.n &&
                          fields.string("medium") == line::encode_text(act.medium));
    });
    return found;
}

// One line of the station's log for each export: what is whole on the medium. Told once for each medium.
void log_transfer(submission::Station& station, const std::vector<media::Parcel>& parcels, Transfer& transfer) {
    std::map<std::pair<std::string, std::uint64_t>, std::vector<std::string>> exports;
    for (const auto& parcel : parcels) {
        exports[{parcel.agreement, parcel.n}].push_back(to_hex(parcel.digest));
    }
    for (const auto& [which, digests] : exports) {
        for (std::size_t at = 0; at < digests.size(); at += submission::digests_per_line) {
            const std::size_t end = std::min(at + submission::digests_per_line, digests.size());
            const submission::Written act{
                which.first,
                which.second,
                {digests.begin() + static_cast<std::ptrdiff_t>(at), digests.begin() + static_cast<std::ptrdiff_t>(end)},
                transfer.medium,
                transfer.filesystem,
                transfer.method};
            if (!noted(station.log, act)) {
                station.log.note(act);
                transfer.logged_before = false;
            }
        }
    }
    station.log.seal("written", station.archive);
}

// For the folder with the signed delivery notes: who took what, with room for two hands.
void write_paper(const WriteOptions& options, const std::vector<media::Parcel>& parcels, const Transfer& transfer) {
    std::string text = "TRANSFER OF BUNDLES BY MEDIUM\n\nsite        " + parcels.front().site + "\nmedium      " +
                       transfer.medium + "\nfile system " + transfer.filesystem + "\nread back   " + transfer.method +
                       "\nwritten by  " + line::encode_text(person(options)) + "\n";
    for (const auto& parcel : parcels) {
        const auto& bundle = parcel.pieces.front();
        text += "\nbundle      " + bundle.name + "\nsize        " + std::to_string(bundle.size) +
                " bytes\nSHA-256     " + to_hex(bundle.sha256) + "\n";
    }
    text += "\nverified after it was put in again, by   ______________________   on   ______________\n"
            "\nhanded over to                           ______________________   on   ______________\n"
            "\nreceived by                              ______________________   on   ______________\n";
    os::replace_file(options.paper, text);
}

const char* state_word(There there, bool planned) {
    return there == There::equal ? "there" : planned ? "would write" : "written";
}

void print_json(const std::vector<media::Step>& steps, const Transfer& transfer, bool planned) {
    text::Json json;
    json.object().member("to", transfer.to).member("medium", transfer.medium);
    json.member("filesystem", transfer.filesystem).member("method", transfer.method).member("dry_run", planned);
    json.key("files").array();
    for (const auto& step : steps) {
        json.object().member("folder", step.parcel->folder).member("name", step.piece->name);
        json.member("size", step.piece->size).member("sha256", to_hex(step.piece->sha256));
        json.member("state", step.there == There::equal ? "there" : planned ? "absent" : "written").end_object();
    }
    print(json.end_array().end_object().str() + "\n");
}

void print_text(const std::vector<media::Step>& steps, const Transfer& transfer, bool planned) {
    std::string text = "medium     " + transfer.to + "  " + transfer.filesystem + "  " + transfer.medium + "\n";
    for (const auto& step : steps) {
        const std::string word = state_word(step.there, planned);
        text += word + std::string(word.size() < 11 ? 11 - word.size() : 1, ' ') + step.parcel->folder + "/" +
                step.piece->name + "  " + std::to_string(step.piece->size) + " bytes\n";
    }
    for (const auto& step : steps) {
        if (step.piece == &step.parcel->pieces.front()) {
            text += "sha256     " + to_hex(step.piece->sha256) + "  " + step.piece->name + "\n";
        }
    }
    print(text + (planned ? "" : "read back  " + transfer.method + "\n"));
}

void print_result(const std::vector<media::Step>& steps, const Transfer& transfer, const WriteOptions& options,
                  bool planned) {
    options.output == Output::json ? print_json(steps, transfer, planned) : print_text(steps, transfer, planned);
}

std::string method_text(const std::vector<media::Step>& steps, const media::Medium& medium) {
    auto weakest = medium.kind.keeps == media::Keeps::memory ? media::Method::memory : media::Method::direct;
    for (const auto& step : steps) {
        weakest = media::weaker(weakest, step.method);
    }
    return std::string(media::name_of(weakest));
}

Exit to_medium(const WriteOptions& options, const site_file::Chain& site, std::optional<submission::Station>& station) {
    const auto parcels = read_parcels(options, site);
    const auto medium = media::look_at(options.to);
    auto steps = survey(medium.directory, options.to, parcels);
    Transfer transfer{name_of(medium, options.medium), medium.mount.type, "-", options.to.string()};
    transfer.changed =
        std::any_of(steps.begin(), steps.end(), [](const auto& step) { return step.there != There::equal; });
    if (transfer.changed) {
        refuse_obstacles(medium, need_of(steps), options);
    }
    if (options.dry_run == DryRun::yes) {
        print_result(steps, transfer, options, true);
        return transfer.changed ? Exit::ok : Exit::nothing_to_do;
    }
    place(medium.directory, options.to, steps, show_progress(2 * bytes_of(parcels), "writing"));
    transfer.method = options.staging == Staging::yes ? "staging" : method_text(steps, medium);
    log_transfer(*station, parcels, transfer);
    if (!options.paper.empty()) {
        write_paper(options, parcels, transfer);
    }
    print_result(steps, transfer, options, false);
    return transfer.changed || !transfer.logged_before ? Exit::ok : Exit::nothing_to_do;
}

Exit to_image(const WriteOptions& options, const site_file::Chain& site, std::optional<submission::Station>& station) {
    const auto parcels = read_parcels(options, site);
    std::vector<media::Step> steps;
    for (const auto& parcel : parcels) {
        for (const auto& piece : parcel.pieces) {
            steps.push_back({&parcel, &piece, There::absent, media::Method::memory});
        }
    }
    const std::string label = options.medium.empty() ? "-" : options.medium;
    Transfer transfer{"- - " + label, "iso9660", "-", options.iso.string(), true};
    if (options.dry_run == DryRun::yes) {
        print_result(steps, transfer, options, true);
        return Exit::ok;
    }
    const auto image = make_image(options.iso, parcels, preset_of(options.preset), site);
    transfer.medium = to_hex(image.sha256).substr(0, 16) + " - " + label;
    transfer.method = "image";
    log_transfer(*station, parcels, transfer);
    if (!options.paper.empty()) {
        write_paper(options, parcels, transfer);
    }
    print_result(steps, transfer, options, false);
    return Exit::ok;
}

} // namespace

Exit run_write(const WriteOptions& options) {
    if (options.to.empty() == options.iso.empty()) {
        throw Error("write", options.to.string(), "say where to: either --to or --iso",
                    {"--to DIR is where the medium is mounted, --iso FILE makes an image to be burned"}, Exit::usage);
    }
    std::optional<submission::Station> station;
    if (options.dry_run == DryRun::no) {
        station.emplace(options.state, os::system_clock());
    }
    const auto site = submission::read_site(options.state);
    return options.iso.empty() ? to_medium(options, site, station) : to_image(options, site, station);
}

} // namespace tally::packager
