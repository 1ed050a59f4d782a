#include "packager/media/parcel.hpp"

#include "packager/bundle/verify_text.hpp"
#include "tally/bundle/bundle_reader.hpp"
#include "tally/crypto/blake2b.hpp"
#include "tally/releases/envelope.hpp"
#include "tally/releases/releases.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace tally::media {
namespace {

constexpr std::string_view suffix = ".tally";
constexpr std::string_view envelope_folder = "_AGE";

struct Read {
    std::uint64_t size = 0;
    crypto::Hash sha256{};
    minisig::Digest blake2b512{};
};

Read read_through(const os::Descriptor& file, const os::fs::path& shown) {
    crypto::Sha256 sha;
    crypto::Blake2b512 blake;
    Read read;
    std::string chunk(std::size_t{1} << 20U, '\0');
    while (const std::size_t got = os::read_some(file, chunk.data(), chunk.size(), shown)) {
        const auto bytes = std::string_view(chunk).substr(0, got);
        sha.update(bytes);
        blake.update(as_bytes(bytes));
        read.size += got;
        if (read.size > bundle::max_bundle) {
            throw Error("read", shown.string(), "larger than a bundle can be");
        }
    }
    read.sha256 = sha.finish();
    read.blake2b512 = blake.finish();
    return read;
}

std::string small_file(const os::Descriptor& directory, const std::string& name, const os::fs::path& shown) {
    const os::Descriptor file = open_file_in(directory, name, shown);
    std::string bytes(minisig::max_signature_file + 1, '\0');
    std::size_t size = 0;
    while (const std::size_t got = os::read_some(file, bytes.data() + size, bytes.size() - size, shown)) {
        size += got;
    }
    bytes.resize(size);
    return bytes;
}

Piece text_piece(std::string name, std::string text) {
    Piece piece;
    piece.name = std::move(name);
    piece.size = text.size();
    piece.sha256 = crypto::sha256(text);
    piece.text = std::move(text);
    return piece;
}

bundle::UnverifiedBundle open_bundle(const os::Descriptor& file, std::uint64_t size, const os::fs::path& shown) {
    auto opened = bundle::UnverifiedBundle::open(os::Descriptor(::fcntl(file.get(), F_DUPFD_CLOEXEC, 0)), size);
    if (const auto* defect = std::get_if<bundle::Defect>(&opened)) {
        throw Error("read", shown.string(), std::string(bundle::code(defect->kind)) + ": " + defect->what,
                    {"make it once more: tally-packager pack --again N"});
    }
    return std::get<bundle::UnverifiedBundle>(std::move(opened));
}

std::uint64_t station_end(const bundle::UnverifiedBundle& bundle) {
    std::optional<std::uint64_t> next;
    static_cast<void>(bundle.for_each_host([&](const auto& row) {
        if (!next) {
            next = row.next;
        }
    }));
    return next.value_or(UINT64_MAX);
}

// The listed export key that this signature names; a retired one while the station's log had not gone on.
const minisig::PublicKey* signer(const site_file::Version& site, const minisig::Signature& signature,
                                 std::uint64_t station_next) {
    for (const auto& key : site.exports) {
        if (key.id == signature.key) {
            return &key;
        }
    }
    for (const auto& key : site.retired) {
        if (key.key.id == signature.key && station_next <= key.until) {
            return &key.key;
        }
    }
    return nullptr;
}

minisig::Signature parsed(const std::string& text, const os::fs::path& shown) {
    auto signature = minisig::read_signature_file(text);
    if (!signature) {
        throw Error("read", shown.string(), "no signature file: " + signature.fault().what);
    }
    return *signature;
}

std::string site_member(const bundle::UnverifiedBundle& bundle, const os::fs::path& shown) {
    auto bytes = bundle.packed(bundle::UnverifiedBundle::site_member);
    if (const auto* defect = std::get_if<bundle::Defect>(&bytes)) {
        throw Error("read", shown.string(), std::string(bundle::code(defect->kind)) + ": " + defect->what);
    }
    return std::get<std::string>(std::move(bytes));
}

// Who may release it, with which command, and why what lies beside it does not count.
std::vector<std::string> lacking_hints(const std::vector<releases::Judged>& judged,
                                       const std::vector<std::string>& others, const std::string& bundle) {
    std::string who;
    for (const auto& person : others) {
        who += (who.empty() ? "" : " or ") + person;
    }
    std::vector<std::string> hints;
    hints.push_back(who.empty() ? "nobody is left who may: tally-packager site revise --add-officer lists further ones"
                                : who + " may read it, then release it: tally-packager inspect " + bundle +
                                      ", tally-packager release " + bundle + " --key FILE");
    for (const auto& one : judged) {
        if (one.flaw != releases::Flaw::none) {
            hints.push_back(one.file + " does not count: " + one.what);
        }
    }
    return hints;
}

// The releases that hold, and the list of a set where one of them is over it; what does not hold stays behind. Error when
// fewer persons have released it than the site file demands.
std::vector<Piece> release_pieces(const os::Descriptor& directory, const std::string& name,
                                  const releases::Case& released, const site_file::Version& site,
                                  const os::fs::path& shown) {
    const auto beside = releases::read_beside(os::fs::path("/proc/self/fd/" + std::to_string(directory.get())) / name);
    const auto judged = releases::judge(beside, released, site);
    const auto persons = releases::persons_of(judged);
    if (persons.size() < site.releases) {
        throw Error("write", (shown / name).string(),
                    "the site file demands the release by " + std::to_string(site.releases) +
                        (site.releases == 1 ? " person, " : " persons, ") + std::to_string(persons.size()) +
                        " released it",
                    lacking_hints(judged, releases::others_of(site, persons), (shown / name).string()), Exit::findings);
    }
    std::vector<Piece> pieces;
    const auto take = [&](const releases::File& file) {
        const auto* bytes = std::get_if<std::string>(&file.bytes);
        const bool holds = std::any_of(judged.begin(), judged.end(), [&](const auto& it) {
            return it.file == file.name && it.flaw == releases::Flaw::none;
        });
        if (bytes != nullptr && holds) {
            pieces.push_back(text_piece(os::fs::path(file.name).filename().string(), *bytes));
        }
        return bytes != nullptr && holds;
    };
    std::for_each(beside.own.begin(), beside.own.end(), take);
    if (std::count_if(beside.of_set.begin(), beside.of_set.end(), take) > 0 && beside.set) {
        pieces.push_back(
            text_piece(os::fs::path(beside.set->name).filename().string(), std::get<std::string>(beside.set->bytes)));
    }
    return pieces;
}

bool is_envelope(const std::string& name) {
    return name.ends_with(std::string(suffix) + std::string(releases::envelope_suffix));
}

// The file itself, as a piece of its parcel.
Read read_whole(const os::Descriptor& directory, const std::string& name, const os::fs::path& path, Piece& whole) {
    whole.name = name;
    whole.file = open_file_in(directory, name, path);
    const Read read = read_through(whole.file, path);
    whole.size = read.size;
    whole.sha256 = read.sha256;
    return read;
}

// A bundle that was encrypted: the file and its signature, nothing else.
Parcel read_envelope(const os::Descriptor& directory, const std::string& name, const os::fs::path& shown,
                     const site_file::Chain& site) {
    const os::fs::path path = shown / name;
    Piece whole;
    const Read read = read_whole(directory, name, path, whole);
    const std::string signature_name = name + ".minisig";
    const std::string text = small_file(directory, signature_name, shown / signature_name);
    const auto signature = parsed(text, shown / signature_name);
    const auto* key = signer(site.current(), signature, 0); // how far the station's log had come stands inside
    const auto subject = releases::read_envelope_comment(signature.comments.trusted);
    if (key == nullptr) {
        throw Error("read", (shown / signature_name).string(), "by a key that the site file does not list for exports");
    }
    if (const auto verdict = minisig::verify(*key, read.blake2b512, signature); verdict != minisig::Verdict::good) {
        throw Error("read", path.string(), minisig::describe(verdict),
                    {"remove it and its .minisig, and make it once more: tally-packager encrypt"});
    }
    if (!subject || !is_called(*subject, name) || subject->site != site.current().site ||
        signature.comments.untrusted != releases::envelope_note) {
        throw Error("read", (shown / signature_name).string(), "the signature is not that of this envelope");
    }
    Parcel parcel{subject->site.text(),
                  folder_of(name),
                  subject->agreement.text(),
                  subject->n,
                  0,
                  read.sha256,
                  subject->volume,
                  {}};
    parcel.pieces.push_back(std::move(whole));
    parcel.pieces.push_back(text_piece(signature_name, text));
    return parcel;
}

} // namespace

std::string folder_of(const std::string& file_name) {
    const std::string ending =
        std::string(suffix) + (is_envelope(file_name) ? std::string(releases::envelope_suffix) : "");
    return file_name.substr(0, file_name.size() - std::min(file_name.size(), ending.size())) +
           (is_envelope(file_name) ? std::string(envelope_folder) : "");
}

std::string file_of(const std::string& folder) {
    return folder.ends_with(envelope_folder) ? folder.substr(0, folder.size() - envelope_folder.size()) +
                                                   std::string(suffix) + std::string(releases::envelope_suffix)
                                             : folder + std::string(suffix);
}

Parcel read_parcel(const os::Descriptor& directory, const std::string& name, const os::fs::path& shown,
                   const site_file::Chain& site) {
    if (is_envelope(name)) {
        return read_envelope(directory, name, shown, site);
    }
    const os::fs::path path = shown / name;
    Piece whole;
    const Read read = read_whole(directory, name, path, whole);
    const auto bundle = open_bundle(whole.file, read.size, path);
    const bundle::Manifest& manifest = bundle.manifest();
    if (name != bundle_name(manifest)) {
        throw Error("read", path.string(), "this bundle is called " + bundle_name(manifest));
    }
    if (manifest.site != site.current().site) {
        throw Error("read", path.string(), "a bundle of " + manifest.site.text() + ", not of this site");
    }
    const std::string signature_name = name + ".minisig";
    const os::fs::path signature_path = shown / signature_name;
    const std::string signature_text = small_file(directory, signature_name, signature_path);
    const auto signature = parsed(signature_text, signature_path);
    const std::uint64_t station_next = station_end(bundle);
    const auto* key = signer(site.current(), signature, station_next);
    if (key == nullptr) {
        throw Error("read", signature_path.string(), "by a key that the site file does not list for exports");
    }
    const auto verdict = minisig::verify(*key, read.blake2b512, signature);
    if (verdict != minisig::Verdict::good) {
        throw Error("read", path.string(), minisig::describe(verdict),
                    {"make it once more: tally-packager pack --again " + std::to_string(manifest.n)});
    }
    if (signature.comments.trusted != bundle::export_comment(manifest.site, manifest.n, manifest.volume)) {
        throw Error("read", signature_path.string(), "the signature is not that of this bundle");
    }
    const releases::Case released{
        {manifest.site, manifest.n, manifest.volume}, manifest.agreement, read.sha256, read.blake2b512, station_next};
    auto beside = release_pieces(directory, name, released, site.current(), shown);
    Parcel parcel{manifest.site.text(), folder_of(name), manifest.agreement.text(), manifest.n,
                  manifest.created_ms,  read.sha256,     manifest.volume,           {}};
    parcel.pieces.push_back(std::move(whole));
    std::move(beside.begin(), beside.end(), std::back_inserter(parcel.pieces));
    parcel.pieces.push_back(text_piece("SITE.jsonl", site_member(bundle, path)));
    parcel.pieces.push_back(text_piece("export.pub", minisig::public_key_file(*key)));
    parcel.pieces.push_back(text_piece("VERIFY.TXT", bundle::verify_text(manifest)));
    parcel.pieces.push_back(text_piece(signature_name, signature_text));
    return parcel;
}

} // namespace tally::media
