#include "recorder/journal/box_key.hpp"

#include "tally/line/parse.hpp"
#include "tally/os/guarded.hpp"

namespace tally::journal {
namespace {

constexpr std::string_view format = "tally-box-1";
constexpr std::size_t max_file = 1024;

void wipe(std::string& text) { ::explicit_bzero(text.data(), text.size()); }

Result<crypto::BoxKey> read_file_of(const os::fs::path& directory) {
    const auto path = directory / box_key_name;
    crypto::SecretBytes memory(max_file);
    const std::size_t size = os::read_file_into(os::open_regular(path), memory.all<max_file>(), path);
    return read_box_key(memory.text().substr(0, size));
}

bool has_key_file(const os::fs::path& path) {
    return os::fs::symlink_status(path).type() == os::fs::regular_file && os::fs::file_size(path) <= max_file;
}

} // namespace

std::string box_key_text(const crypto::BoxKey& key) {
    std::string secret = to_hex(key.bytes());
    std::string text;
    text.reserve(max_file); // no copy of the secret is left behind by growing
    text.append("{\"format\":\"").append(format).append("\",\"key\":\"").append(to_hex(key.public_key().point));
    text.append("\",\"secret\":\"").append(secret).append("\"}\n");
    wipe(secret);
    return text;
}

Result<crypto::BoxKey> read_box_key(std::string_view bytes) {
    line::Fields fields;
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with one line feed", bytes.size()};
    }
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), max_file)) {
        return Fault{problem.what, problem.at};
    }
    crypto::BoxPublicKey half;
    crypto::SecretBytes secret(crypto::BoxKey::size);
    const bool shaped = fields.string("format") == format && fields.size() == 3 &&
                        from_hex(fields.string("key").value_or(""), half.point) &&
                        from_hex(fields.string("secret").value_or(""), secret.all<crypto::BoxKey::size>());
    if (!shaped) {
        return Fault{"not a box key"};
    }
    crypto::BoxKey key(std::move(secret));
    if (key.public_key() != half) {
        return Fault{"a box key whose halves do not belong together"};
    }
    return key;
}

crypto::BoxPublicKey ensure_box_key(const os::fs::path& directory) {
    if (has_key_file(directory / box_key_name)) {
        if (const auto key = read_file_of(directory)) {
            return (*key).public_key();
        }
    }
    const auto key = crypto::BoxKey::generate();
    std::string text = box_key_text(key);
    os::replace_file(directory / box_key_name, text, 0600);
    wipe(text);
    return key.public_key();
}

crypto::BoxKey open_box_key(const os::fs::path& directory) {
    const auto path = directory / box_key_name;
    if (!has_key_file(path)) {
        throw Error("open", path.string(), "this host has no box key",
                    {"the next command that writes to the log makes one; then enrol the host again"});
    }
    auto key = read_file_of(directory);
    if (!key) {
        throw Error("read", path.string(), key.fault().what,
                    {"the next command that writes to the log makes a new one; then enrol the host again"});
    }
    return std::move(*key);
}

} // namespace tally::journal
