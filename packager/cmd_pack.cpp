#include "packager/bundle/verify_text.hpp"
#include "packager/commands.hpp"
#include "packager/receipts/receipts.hpp"
#include "packager/secret_keys.hpp"
#include "packager/submission/export_plan.hpp"
#include "packager/submission/positions.hpp"
#include "packager/submission/volume_size.hpp"
#include "tally/bundle/bundle_reader.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/date.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace tally::packager {
namespace {

using cli::print;

SiteId name_of(const std::string& text, const char* what) {
    const auto id = SiteId::parse(text);
    if (!id) {
        throw Error("pack", text, std::string("not ") + what, {"1 to 24 characters of A-Z, 0-9 and _"}, Exit::usage);
    }
    return *id;
}

minisig::SecretKey open_export_key(const submission::Station& station, const PackOptions& options) {
    const auto& listed = station.site.current().exports;
    const auto path = secret_key_path(options.state, name_of_listed(options.state, listed).value_or(export_key));
    auto key = cli::open_secret_key(path, options.passphrase_fd);
    if (std::find(listed.begin(), listed.end(), key.public_key()) == listed.end()) {
        throw Error("pack", path.string(), "the site file does not list this key for exports",
                    {"tally-packager site show says which it lists"});
    }
    return key;
}

std::vector<submission::Export> exports_of(const submission::Station& station, const std::string& agreement) {
    std::vector<submission::Export> mine;
    for (const auto& entry : station.log.exports()) {
        if (entry.agreement == agreement) {
            mine.push_back(entry);
        }
    }
    return mine;
}

std::optional<std::uint64_t> until_of(const PackOptions& options) {
    constexpr std::int64_t ms_per_second = 1000;
    if (options.until.empty()) {
        return std::nullopt;
    }
    const auto day = text::parse_day(options.until);
    const auto instant = day ? std::optional(*day * text::seconds_per_day) : text::parse_instant(options.until);
    if (!instant || *instant < 0) {
        throw Error("read", "--until", "'" + options.until + "' is neither a day nor an instant",
                    {"write it as 2026-04-01, for everything before that day, or 2026-04-01T00:00Z"}, Exit::usage);
    }
    return static_cast<std::uint64_t>(*instant * ms_per_second);
}

// What a new export is to be.
submission::Export wanted_of(const submission::Station& station, const PackOptions& options) {
    const auto volume = submission::read_volume_size(options.volume_size.empty() ? "none" : options.volume_size);
    if (!volume) {
        throw Error("read", "--volume-size", "'" + options.volume_size + "' is " + volume.fault().what, {},
                    Exit::usage);
    }
    const std::uint64_t last = submission::last_receipt(station.archive, options.agreement);
    const std::uint64_t receipt = options.from_receipt.value_or(last);
    if (receipt > last) {
        throw Error("pack", "--from-receipt " + std::to_string(receipt), "there is no such receipt here",
                    {last == 0 ? "none was imported for " + options.agreement
                               : "the newest one for " + options.agreement + " is " + std::to_string(last)},
                    Exit::usage);
    }
    submission::Export wanted{options.agreement, 0, options.label, options.level, bundle::compressor_version()};
    wanted.level = options.store == Store::yes ? bundle::stored_level : options.level;
    wanted.receipt = receipt;
    wanted.until_ms = until_of(options);
    wanted.volume_bytes = *volume;
    return wanted;
}

// Before anything is noted or written.
void demand_lines_of(const submission::Station& station, const submission::Export& wanted) {
    const std::uint64_t sealed = station.archive.next(station.log.id());
    auto as_noted = wanted;
    as_noted.agreement = wanted.seq == 0 ? line::encode_text(wanted.agreement) : wanted.agreement;
    as_noted.seq = wanted.seq == 0 ? sealed : std::min(wanted.seq, sealed);
    const auto& exports = station.log.exports();
    const auto begins = submission::begins_of(station.archive, exports, as_noted);
    submission::demand_lines(station.archive, begins, as_noted.agreement);
    if (!begins.empty() && submission::newest_received(station.archive, exports, as_noted) == 0) {
        std::fprintf(
            stderr,
            "tally-packager: warning: lines were removed before %s was first mentioned: its first bundle begins "
            "behind them, and who has none of them refuses it\n",
            as_noted.agreement.c_str());
    }
}

// The export to make: number --again, one that an earlier run did not finish, or a new one, whose intent is then sealed.
// Nothing when there is nothing to pack.
std::optional<submission::Export> choose(submission::Station& station, const PackOptions& options) {
    const auto earlier = exports_of(station, options.agreement);
    if (options.again != 0) {
        const auto found =
            std::find_if(earlier.begin(), earlier.end(), [&](const auto& entry) { return entry.n == options.again; });
        if (found == earlier.end()) {
            throw Error(
                "pack", "--again " + std::to_string(options.again), "there was no such export of " + options.agreement,
                {earlier.empty() ? "nothing was exported yet" : "the last one is " + std::to_string(earlier.back().n)},
                Exit::usage);
        }
        demand_lines_of(station, *found);
        return *found;
    }
    const submission::Export wanted = wanted_of(station, options);
    const bool unfinished = !earlier.empty() && earlier.back().digests.empty();
    // Of a size that its lines do not fit, it can never be finished.
    const bool other_size =
        unfinished && !options.volume_size.empty() && earlier.back().volume_bytes != wanted.volume_bytes;
    // What was announced names the zstd that compresses: with another one the export would contradict its own line.
    if (unfinished && !other_size && earlier.back().zstd == bundle::compressor_version()) {
        demand_lines_of(station, earlier.back());
        std::fprintf(stderr, "tally-packager: export %s was begun and not finished: finishing it now\n",
                     std::to_string(earlier.back().n).c_str());
        return earlier.back();
    }
    if (!unfinished && options.force == Force::no && !anything_new(station.archive, station.log, options.agreement)) {
        std::fprintf(stderr,
                     "tally-packager: nothing has arrived since export %s\nhint: --again %s makes it once more, "
                     "--force makes a new one\n",
                     std::to_string(earlier.back().n).c_str(), std::to_string(earlier.back().n).c_str());
        return std::nullopt;
    }
    demand_lines_of(station, wanted);
    station.log.announce(station.archive);
    return station.log.begin_export(wanted);
}

// Everything that goes beside the files; the signatures are last: they say that all is there.
std::vector<os::fs::path> complete(const std::vector<bundle::Written>& files, const std::string& site,
                                   const minisig::SecretKey& key) {
    const auto folder = files.front().path.parent_path();
    os::replace_file(folder / "export.pub", minisig::public_key_file(key.public_key()));
    os::replace_file(folder / "SITE.jsonl", site);
    os::replace_file(folder / "VERIFY.TXT", bundle::verify_text(files.front().manifest));
    std::vector<os::fs::path> signatures;
    for (const auto& file : files) {
        const bundle::Manifest& manifest = file.manifest;
        const auto signature = minisig::sign(
            key, file.blake2b512,
            {std::string(bundle::export_note), bundle::export_comment(manifest.site, manifest.n, manifest.volume)});
        signatures.emplace_back(file.path.string() + ".minisig");
        os::replace_file(signatures.back(), minisig::signature_file(signature));
    }
    return signatures;
}

// On a terminal only: how many lines have gone in, now and then.
std::function<void(std::uint64_t)> progress() {
    if (::isatty(STDERR_FILENO) != 1) {
        return {};
    }
    return [told = std::uint64_t{0}](std::uint64_t lines) mutable {
        constexpr std::uint64_t between = 100'000;
        if (lines >= told + between) {
            told = lines;
            std::fprintf(stderr, "\rpacking: %s lines ", std::to_string(lines).c_str());
        }
    };
}

std::string label_of(const submission::Station& station, const HostId& log) {
    const auto* entry = station.archive.find(log);
    return entry == nullptr ? "" : entry->label;
}

void write_file(text::Json& json, const bundle::Written& file, const os::fs::path& signature) {
    json.member("bundle", file.path.string()).member("signature", signature.string());
    json.member("sha256", to_hex(file.sha256)).member("size", file.size);
    json.member("members", file.manifest.members.size());
}

std::string to_json(const submission::Station& station, const bundle::Contents& contents,
                    const std::vector<bundle::Written>& files, const std::vector<os::fs::path>& signatures) {
    const bundle::Manifest& manifest = files.front().manifest;
    text::Json json;
    json.object();
    write_file(json, files.front(), signatures.front());
    json.member("site", manifest.site.text()).member("agreement", manifest.agreement.text()).member("n", manifest.n);
    json.key("volumes").array();
    for (std::size_t i = 0; i < files.size(); ++i) {
        json.object();
        write_file(json, files[i], signatures[i]);
        json.end_object();
    }
    json.end_array().key("logs").array();
    for (const auto& log : contents.logs) {
        json.object().member("log", log.row.host.text()).member("label", label_of(station, log.row.host));
        json.member("first", log.row.first).member("next", log.row.next).end_object();
    }
    return json.end_array().end_object().str() + "\n";
}

void print_packed(const submission::Station& station, const bundle::Contents& contents,
                  const std::vector<bundle::Written>& files, const std::vector<os::fs::path>& signatures,
                  Output output) {
    if (output == Output::json) {
        print(to_json(station, contents, files, signatures));
        return;
    }
    std::string text;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const bundle::Written& file = files[i];
        const std::size_t members = file.manifest.members.size() - bundle::UnverifiedBundle::first_lines_member;
        text += "bundle     " + file.path.string() + "\nsize       " + std::to_string(file.size) + " bytes, " +
                std::to_string(members) + (members == 1 ? " member" : " members") + " of lines\nsha256     " +
                to_hex(file.sha256) + "\nsignature  " + signatures[i].string() + "\n";
    }
    for (const auto& log : contents.logs) {
        text += "log        " + log.row.host.text() + "  " + label_of(station, log.row.host) + "  lines " +
                std::to_string(log.row.first) + " to " + std::to_string(log.row.next) + "\n";
    }
    print(text);
}

Exit print_plan(const submission::Station& station, const PackOptions& options) {
    const auto earlier = exports_of(station, options.agreement);
    const bool unfinished = !earlier.empty() && earlier.back().digests.empty();
    const bool fresh =
        unfinished || options.force == Force::yes || anything_new(station.archive, station.log, options.agreement);
    const std::uint64_t n = earlier.empty() ? 1 : earlier.back().n + (unfinished ? 0U : 1U);
    auto wanted = wanted_of(station, options);
    wanted.agreement = line::encode_text(options.agreement);
    wanted.seq = station.log.size();
    const auto from = submission::begins_of(station.archive, station.log.exports(), wanted);
    const auto first = [&](const HostId& log) { return from.contains(log) ? from.at(log) : 0; };
    submission::demand_lines(station.archive, from, wanted.agreement);
    if (options.output == Output::json) {
        text::Json json;
        json.object()
            .member("would_pack", fresh)
            .member("agreement", options.agreement)
            .member("n", n)
            .key("logs")
            .array();
        for (const auto& log : station.archive.roster()) {
            json.object().member("log", log.id.text()).member("label", log.label);
            json.member("first", first(log.id)).member("next", station.archive.next(log.id)).end_object();
        }
        print(json.end_array().end_object().str() + "\n");
    } else {
        print((fresh ? "would make export " : "nothing new for export ") + std::to_string(n) + " of " +
              options.agreement + "\n");
        for (const auto& log : station.archive.roster()) {
            print("log        " + log.id.text() + "  " + log.label + "  lines " + std::to_string(first(log.id)) +
                  " to " + std::to_string(station.archive.next(log.id)) + "\n");
        }
    }
    return fresh ? Exit::ok : Exit::nothing_to_do;
}

} // namespace

Exit run_pack(const PackOptions& options) {
    static_cast<void>(name_of(options.agreement, "the name of an agreement"));
    static_cast<void>(name_of(options.label, "a label"));
    submission::Station station(options.state, os::system_clock());
    if (options.dry_run == DryRun::yes) {
        return print_plan(station, options);
    }
    const auto key = open_export_key(station, options); // before anything is written
    os::make_directories(options.out);
    const auto wanted = choose(station, options);
    if (!wanted) {
        station.log.seal("exported", station.archive); // the line that an interrupted run may have left unsealed
        return Exit::nothing_to_do;
    }
    station.log.seal("export", station.archive);
    auto contents = plan_export(station.site, station.archive, station.log.exports(), *wanted);
    address(contents.head, receipts::Receipts(station), *wanted);
    contents.progress = progress();
    const auto files = write_volumes(options.out, contents);
    const auto signatures = complete(files, contents.site, key);
    if (wanted->digests.empty()) {
        std::vector<std::string> digests;
        for (const auto& file : files) {
            digests.push_back(to_hex(file.sha256));
        }
        station.log.finish_export(wanted->agreement, wanted->n, digests);
        station.log.seal("exported", station.archive);
    }
    print_packed(station, contents, files, signatures, options.output);
    return Exit::ok;
}

} // namespace tally::packager
