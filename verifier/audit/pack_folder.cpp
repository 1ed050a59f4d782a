#include "verifier/audit/pack_folder.hpp"

#include "tally/base/encoding.hpp"

#include <algorithm>
#include <map>

namespace tally::audit {
namespace {

namespace fs = os::fs;

constexpr std::string_view sums_name = "SHA256SUMS", signature_name = "SHA256SUMS.minisig", key_name = "audit.pub",
                           unsigned_name = "UNSIGNED.txt";
constexpr std::string_view note = "signature of an audit pack by tally-verifier";
constexpr std::string_view unsigned_text =
    "This pack is not signed: SHA256SUMS shows that it is of one piece, and nobody answers for it.\n";

void write_new(const fs::path& path, std::string_view bytes) {
    const os::Descriptor file = os::open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    os::write_all(file, bytes, path);
    os::sync(file, path);
}

crypto::Hash digest_of_file(const fs::path& path, const os::Descriptor* copy, const fs::path& name) {
    const os::Descriptor file = os::open_regular(path);
    crypto::Sha256 hasher;
    std::string chunk(256U << 10U, '\0');
    for (;;) {
        const std::size_t got = os::read_some(file, chunk.data(), chunk.size(), path);
        if (got == 0) {
            return hasher.finish();
        }
        const std::string_view bytes = std::string_view(chunk).substr(0, got);
        hasher.update(bytes);
        if (copy != nullptr) {
            os::write_all(*copy, bytes, name);
        }
    }
}

void copy_bundle(const PackBundle& bundle, const fs::path& path) {
    const os::Descriptor file = os::open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (digest_of_file(bundle.copy, &file, path) != bundle.digest) {
        throw Error("pack", bundle.copy.string(), "the ledger's copy was altered since it was accepted",
                    {"restore it: its name is its SHA-256"});
    }
    os::sync(file, path);
}

void fill(const Pack& pack, const fs::path& folder, const std::string& sums, const minisig::SecretKey* key) {
    for (const auto& file : pack.files) {
        os::make_directories((folder / file.path).parent_path());
        write_new(folder / file.path, file.bytes);
    }
    for (const auto& bundle : pack.bundles) {
        os::make_directories((folder / bundle.path).parent_path());
        copy_bundle(bundle, folder / bundle.path);
    }
    write_new(folder / std::string(sums_name), sums);
    if (key == nullptr) {
        write_new(folder / std::string(unsigned_name), unsigned_text);
        return;
    }
    const auto signature = minisig::sign(*key, minisig::digest(as_bytes(sums)), {std::string(note), pack.comment});
    write_new(folder / std::string(key_name), minisig::public_key_file(key->public_key()));
    write_new(folder / std::string(signature_name), minisig::signature_file(signature));
}

bool holds_this(const fs::path& folder, const std::string& sums, const minisig::SecretKey* key) {
    const fs::path there = folder / std::string(sums_name);
    if (!fs::is_regular_file(fs::symlink_status(there)) || os::read_file(there, max_sums) != sums) {
        return false;
    }
    const auto verdict = check_pack(folder, key != nullptr ? std::optional(key->public_key()) : std::nullopt);
    return verdict.faults.empty() && verdict.comment.empty() == (key == nullptr);
}

bool is_unlisted(std::string_view path) {
    return path == sums_name || path == signature_name || path == key_name || path == unsigned_name;
}

// Path below `folder` of everything that is no directory.
std::map<std::string, fs::file_type> listing(const fs::path& folder) {
    std::map<std::string, fs::file_type> found;
    for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
        const auto type = at->symlink_status().type();
        if (type != fs::directory_file) {
            found.emplace(at->path().lexically_relative(folder).generic_string(), type);
        }
    }
    return found;
}

void check_files(const fs::path& folder, const std::vector<Sum>& sums, PackVerdict& verdict) {
    auto found = listing(folder);
    for (const auto& sum : sums) {
        const auto file = found.find(sum.path);
        if (file == found.end()) {
            verdict.faults.push_back(sum.path + ": is missing");
            continue;
        }
        if (file->second != fs::regular_file || digest_of_file(folder / sum.path, nullptr, "") != sum.digest) {
            verdict.faults.push_back(sum.path + ": was altered");
        }
        found.erase(file);
        ++verdict.files;
    }
    for (const auto& [path, type] : found) {
        if (!is_unlisted(path) || type != fs::regular_file) {
            verdict.faults.push_back(path + ": is not listed in SHA256SUMS");
        }
    }
}

void check_signature(const fs::path& folder, const std::string& sums, const std::optional<minisig::PublicKey>& told,
                     PackVerdict& verdict) {
    const auto fault = [&](const std::string& what) {
        verdict.faults.push_back(std::string(signature_name) + ": " + what);
    };
    const fs::path place = folder / std::string(signature_name);
    if (!fs::exists(fs::symlink_status(place))) {
        if (told || fs::exists(fs::symlink_status(folder / std::string(key_name)))) {
            fault("is missing");
        }
        return;
    }
    const auto signature = minisig::read_signature_file(os::read_file(place, minisig::max_signature_file));
    if (!signature) {
        return fault(signature.fault().what);
    }
    auto key = told;
    if (!key) {
        const auto own = minisig::read_public_key_file(os::read_file(folder / std::string(key_name), 4096));
        if (!own) {
            return fault("audit.pub is no public key: " + own.fault().what);
        }
        key = *own;
    }
    verdict.told = told.has_value();
    verdict.key = minisig::printed_id(key->id);
    const auto held = minisig::verify(*key, minisig::digest(as_bytes(sums)), *signature);
    if (held != minisig::Verdict::good) {
        return fault(minisig::describe(held));
    }
    verdict.comment = signature->comments.trusted;
    if (!verdict.comment.starts_with("tally-audit-pack-1 ") || signature->comments.untrusted != note) {
        fault("was made for something else: '" + verdict.comment + "'");
    }
}

} // namespace

Written write_pack(const Pack& pack, const fs::path& folder, const minisig::SecretKey* key) {
    const std::string sums = pack.sums();
    if (fs::exists(fs::symlink_status(folder))) {
        if (holds_this(folder, sums, key)) {
            return Written::already_there;
        }
        throw Error("write", folder.string(), "there is something else already", {"name another folder, or remove it"});
    }
    const fs::path part = folder.string() + ".part";
    fs::remove_all(part);
    try {
        os::make_directories(part);
        fill(pack, part, sums, key);
        for (fs::recursive_directory_iterator at(part), end; at != end; ++at) {
            if (at->symlink_status().type() == fs::directory_file) {
                os::sync_directory(at->path());
            }
        }
        os::sync_directory(part);
        if (::rename(part.c_str(), folder.c_str()) != 0) {
            throw Error::system("rename", part.string());
        }
    } catch (...) {
        boost::system::error_code failed;
        fs::remove_all(part, failed);
        throw;
    }
    os::sync_directory(folder.parent_path());
    return Written::written;
}

PackVerdict check_pack(const fs::path& folder, const std::optional<minisig::PublicKey>& key) {
    PackVerdict verdict;
    const std::string bytes = os::read_file(folder / std::string(sums_name), max_sums);
    const auto sums = read_sums(bytes);
    if (!sums) {
        verdict.faults.push_back("SHA256SUMS line " + std::to_string(sums.fault().at) + ": " + sums.fault().what);
        return verdict;
    }
    check_signature(folder, bytes, key, verdict);
    check_files(folder, *sums, verdict);
    return verdict;
}

} // namespace tally::audit
