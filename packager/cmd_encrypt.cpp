#include "packager/media/envelope.hpp"
#include "packager/media_text.hpp"
#include "packager/secret_keys.hpp"
#include "packager/submission/station.hpp"
#include "packager/way_out_commands.hpp"
#include "tally/cli/output.hpp"
#include "tally/releases/envelope.hpp"
#include "tally/text/json.hpp"

namespace tally::packager {
namespace {

using cli::print;

enum class Made : std::uint8_t { now, before, planned };

struct Row {
    os::fs::path bundle, file;
    Made made = Made::planned;
    std::uint64_t size = 0;
    crypto::Hash sha256{};
};

os::Descriptor folder_at(const os::fs::path& folder) {
    os::Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); // NOLINT(*-vararg)
    if (!directory.is_open()) {
        throw Error::system("open", folder.string());
    }
    return directory;
}

// An envelope of this site that is whole; what an interrupted run has left is none.
bool is_there(const os::Descriptor& directory, const os::fs::path& folder, const site_file::Chain& site, Row& row) {
    if (!os::fs::exists(row.file.string() + ".minisig") || !os::fs::exists(row.file)) {
        return false;
    }
    const auto there = media::read_parcel(directory, row.file.filename().string(), folder, site);
    row.made = Made::before;
    row.size = there.pieces.front().size;
    row.sha256 = there.pieces.front().sha256;
    return true;
}

minisig::Signature signature_of(const minisig::SecretKey& key, const media::Parcel& parcel,
                                const media::Envelope& envelope) {
    const releases::EnvelopeSubject inside{*SiteId::parse(parcel.site), *SiteId::parse(parcel.agreement), parcel.n,
                                           parcel.volume};
    return minisig::sign(key, envelope.blake2b512,
                         {std::string(releases::envelope_note), releases::envelope_comment(inside)});
}

std::string_view word_of(Made made) {
    return made == Made::now ? "encrypted" : made == Made::before ? "there" : "would encrypt";
}

void print_rows(const std::vector<Row>& rows, const EncryptOptions& options) {
    if (options.output == Output::text) {
        for (const auto& row : rows) {
            print(std::string(word_of(row.made)) + "  " + row.file.string() +
                  (row.made == Made::planned
                       ? ""
                       : "  " + std::to_string(row.size) + " bytes\nsha256     " + to_hex(row.sha256)) +
                  "\n");
        }
        return;
    }
    text::Json json;
    json.object().member("dry_run", options.dry_run == DryRun::yes).key("files").array();
    for (const auto& row : rows) {
        json.object().member("bundle", row.bundle.string()).member("envelope", row.file.string());
        json.member("state", row.made == Made::planned ? std::string_view("absent") : word_of(row.made));
        json.member("size", row.size).key("sha256");
        row.made == Made::planned ? json.null() : json.value(to_hex(row.sha256));
        json.end_object();
    }
    print(json.end_array().end_object().str() + "\n");
}

} // namespace

Exit run_encrypt(const EncryptOptions& options) {
    const auto site = submission::read_site(options.state);
    std::vector<Row> rows;
    bool anything = false;
    std::optional<minisig::SecretKey> key;
    for (const auto& bundle : options.bundles) {
        const auto folder = bundle.parent_path().empty() ? os::fs::path(".") : bundle.parent_path();
        const auto directory = folder_at(folder);
        Row row{bundle, bundle.string() + std::string(releases::envelope_suffix)};
        if (!is_there(directory, folder, site, row)) {
            anything = true;
            // Proves signature and releases: nothing is encrypted that may not leave.
            const auto parcel = media::read_parcel(directory, bundle.filename().string(), folder, site);
            if (options.dry_run == DryRun::no) {
                if (!key) {
                    key.emplace(
                        open_listed_key(options.state, export_key, site.current().exports, options.passphrase_fd));
                }
                const auto envelope = media::encrypt(parcel, options.recipients, row.file,
                                                     show_progress(parcel.pieces.front().size, "encrypting"));
                os::replace_file(row.file.string() + ".minisig",
                                 minisig::signature_file(signature_of(*key, parcel, envelope)));
                row.made = Made::now;
                row.size = envelope.size;
                row.sha256 = envelope.sha256;
            }
        }
        rows.push_back(row);
    }
    print_rows(rows, options);
    return anything ? Exit::ok : Exit::nothing_to_do;
}

} // namespace tally::packager
