#include "packager/bundle/verify_text.hpp"
#include "packager/commands.hpp"
#include "packager/secret_keys.hpp"
#include "packager/submission/export_plan.hpp"
#include "tally/bundle/bundle_reader.hpp"
#include "tally/cli/output.hpp"
#include "tally/text/json.hpp"

#include <algorithm>
#include <cstdio>

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
        return *found;
    }
    const bool unfinished = !earlier.empty() && earlier.back().digests.empty();
    // What was announced names the zstd that compresses: with another one the export would contradict its own line.
    if (unfinished && earlier.back().zstd == bundle::compressor_version()) {
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
    station.log.announce(station.archive);
    return station.log.begin_export(options.agreement, options.label, options.level, bundle::compressor_version());
}

// Everything that goes beside the bundle; the signature is last: it says that all is there.
os::fs::path complete(const bundle::Written& written, const std::string& site, const minisig::SecretKey& key) {
    const auto folder = written.path.parent_path();
    const bundle::Manifest& manifest = written.manifest;
    os::replace_file(folder / "export.pub", minisig::public_key_file(key.public_key()));
    os::replace_file(folder / "SITE.jsonl", site);
    os::replace_file(folder / "VERIFY.TXT", bundle::verify_text(manifest));
    const auto signature = minisig::sign(
        key, written.blake2b512,
        {std::string(bundle::export_note), bundle::export_comment(manifest.site, manifest.n, manifest.volume)});
    const os::fs::path path = written.path.string() + ".minisig";
    os::replace_file(path, minisig::signature_file(signature));
    return path;
}

std::string label_of(const submission::Station& station, const HostId& log) {
    const auto* entry = station.archive.find(log);
    return entry == nullptr ? "" : entry->label;
}

void print_packed(const submission::Station& station, const bundle::Contents& contents, const bundle::Written& written,
                  const os::fs::path& signature, Output output) {
    const bundle::Manifest& manifest = written.manifest;
    if (output == Output::json) {
        text::Json json;
        json.object().member("bundle", written.path.string()).member("signature", signature.string());
        json.member("sha256", to_hex(written.sha256)).member("size", written.size).member("site", manifest.site.text());
        json.member("agreement", manifest.agreement.text())
            .member("n", manifest.n)
            .member("members", manifest.members.size());
        json.key("logs").array();
        for (const auto& log : contents.logs) {
            json.object().member("log", log.row.host.text()).member("label", label_of(station, log.row.host));
            json.member("first", log.row.first).member("next", log.row.next).end_object();
        }
        print(json.end_array().end_object().str() + "\n");
        return;
    }
    const std::size_t members = manifest.members.size() - bundle::UnverifiedBundle::first_lines_member;
    std::string text = "bundle     " + written.path.string() + "\nsize       " + std::to_string(written.size) +
                       " bytes, " + std::to_string(members) + (members == 1 ? " member" : " members") +
                       " of lines\nsha256     " + to_hex(written.sha256) + "\nsignature  " + signature.string() + "\n";
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
            json.member("first", 0).member("next", station.archive.next(log.id)).end_object();
        }
        print(json.end_array().end_object().str() + "\n");
    } else {
        print((fresh ? "would make export " : "nothing new for export ") + std::to_string(n) + " of " +
              options.agreement + "\n");
        for (const auto& log : station.archive.roster()) {
            print("log        " + log.id.text() + "  " + log.label + "  lines 0 to " +
                  std::to_string(station.archive.next(log.id)) + "\n");
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
    const auto contents = plan_export(station.site, station.archive, station.log.exports(), *wanted);
    const auto written = write_bundle(options.out, contents);
    const auto signature = complete(written, contents.site, key);
    if (wanted->digests.empty()) {
        station.log.finish_export(wanted->agreement, wanted->n, {to_hex(written.sha256)});
        station.log.seal("exported", station.archive);
    }
    print_packed(station, contents, written, signature, options.output);
    return Exit::ok;
}

} // namespace tally::packager
