#include "recorder/inbox/letter.hpp"

#include "tally/host_package/package.hpp"
#include "tally/line/parse.hpp"

#include <algorithm>

namespace tally::inbox {
namespace {

using Keys = std::vector<minisig::PublicKey>;

const minisig::PublicKey* key_with(const Keys& keys, const minisig::KeyId& id) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.id == id; });
    return found == keys.end() ? nullptr : &*found;
}

// Why none of the export keys has this id.
std::string stranger(const site_file::Version& version, const minisig::KeyId& id) {
    const std::string key = "signed with key " + minisig::printed_id(id);
    const bool retired =
        std::any_of(version.retired.begin(), version.retired.end(), [&](const auto& one) { return one.key.id == id; });
    if (retired) {
        return key + ", which the site has dropped: let the station make a new one";
    }
    return key_with(version.roots, id) != nullptr || key_with(version.verifiers, id) != nullptr
               ? key + ", which is not there to sign letters"
               : key + ", which is not an export key of the site";
}

bool is_named_for(const os::fs::path& file, const HostId& host) {
    const std::string name = file.filename().string();
    const std::string end = "_" + host.text() + ".json";
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return name.size() > end.size() && name.ends_with(end) &&
           std::all_of(name.begin(), name.end() - static_cast<std::ptrdiff_t>(end.size()), capital);
}

} // namespace

std::vector<os::fs::path> letters_in(const os::fs::path& place, const HostId& host) {
    if (!os::fs::is_directory(place)) {
        return {place};
    }
    std::vector<os::fs::path> files;
    for (const auto& entry : os::fs::directory_iterator(place)) {
        if (is_named_for(entry.path(), host)) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

namespace {

// What cannot be opened or is too large is no letter; the others are read all the same.
Result<std::string> bytes_of(const os::fs::path& file, std::size_t limit) {
    try {
        return os::read_file(file, limit);
    } catch (const Error& error) {
        return Fault{error.what()};
    }
}

} // namespace

Result<Letter> read_letter(const os::fs::path& file) {
    auto bytes = bytes_of(file, max_letter);
    if (!bytes) {
        return bytes.fault();
    }
    const os::fs::path beside = file.string() + ".minisig";
    if (os::fs::symlink_status(beside).type() == os::fs::file_not_found) {
        return Fault{"there is no signature file " + beside.filename().string() + " beside it"};
    }
    auto signature = bytes_of(beside, minisig::max_signature_file);
    if (!signature) {
        return signature.fault();
    }
    Letter letter{file, std::move(*bytes), "", "", std::move(*signature)};
    line::Fields fields;
    if (letter.bytes.empty() || letter.bytes.back() != '\n') {
        return Fault{"does not end with one line feed", letter.bytes.size()};
    }
    const std::string_view text = std::string_view(letter.bytes).substr(0, letter.bytes.size() - 1);
    if (const auto problem = fields.parse(text, max_letter)) {
        return Fault{std::string("not a canonical line: ") + problem.what + " at byte " + std::to_string(problem.at),
                     problem.at};
    }
    letter.format = fields.string("format").value_or("");
    letter.host = fields.string("host").value_or("");
    if (letter.format.empty() || letter.host.empty()) {
        return Fault{"does not say what it is, or for which host"};
    }
    return letter;
}

Result<void> check_signature(const Letter& letter, const site_file::Chain& chain, const std::string& comment) {
    const auto signature = minisig::read_signature_file(letter.signature);
    if (!signature) {
        return Fault{"the signature file is not in its one spelling: " + signature.fault().what};
    }
    const auto* key = key_with(chain.current().exports, signature->key);
    if (key == nullptr) {
        return Fault{stranger(chain.current(), signature->key)};
    }
    const auto verdict = minisig::verify(*key, minisig::digest(as_bytes(letter.bytes)), *signature);
    if (verdict != minisig::Verdict::good) {
        return Fault{std::string("the signature does not hold: ") + minisig::describe(verdict)};
    }
    if (signature->comments.trusted != comment || signature->comments.untrusted != host_package::letter_note) {
        return Fault{"its signature was made for something else: '" + signature->comments.trusted + "', not '" +
                     comment + "'"};
    }
    return {};
}

} // namespace tally::inbox
