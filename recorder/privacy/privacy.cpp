#include "tally/pseudonym/privacy.hpp"

#include "tally/line/parse.hpp"
#include "tally/os/guarded.hpp"

#include <sys/stat.h>

namespace tally::pseudonym {
namespace {

constexpr std::string_view format = "tally-privacy-1";
constexpr std::size_t max_file = 128U << 10U;

// Text that holds a secret for as short as it can.
struct Wiped {
    std::string text;
    explicit Wiped(std::string given) : text(std::move(given)) {}
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { sodium_memzero(text.data(), text.size()); }
};

void append_hex(Bytes bytes, std::string& text) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const auto byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
}

Result<std::vector<Secret>> read_secrets(std::string_view array) {
    std::vector<Secret> secrets;
    line::Items items(array);
    line::Fields fields;
    for (line::Value item; items.next(item);) {
        crypto::SecretBytes key(Secret::size);
        if (item.kind != line::Kind::object || fields.parse(item.text, line::max_record)) {
            return Fault{"a secret is no object", 0};
        }
        const auto epoch = fields.integer("epoch").value_or(0);
        const bool good = from_hex(fields.string("key").value_or(""), key.all<Secret::size>()) && fields.size() == 2 &&
                          epoch >= 1 && epoch <= max_epoch && secrets.size() < max_secrets &&
                          (secrets.empty() || secrets.back().epoch() < epoch);
        if (!good) {
            return Fault{"a secret is malformed, or epochs do not ascend", 0};
        }
        secrets.emplace_back(epoch, std::move(key));
    }
    if (secrets.empty()) {
        return Fault{"holds no secret", 0};
    }
    return secrets;
}

} // namespace

std::string privacy_text(const Privacy& privacy) {
    static constexpr std::size_t most_of_one = 128; // bytes of one secret and what stands around it
    std::string text = R"({"format":")" + std::string(format) + R"(","policy":)" + policy_object(privacy.policy);
    text.reserve(text.size() + most_of_one * (privacy.secrets.size() + 1));
    text += R"(,"secrets":[)";
    for (const Secret& secret : privacy.secrets) {
        text += text.back() == '[' ? R"({"epoch":)" : R"(,{"epoch":)";
        text += std::to_string(secret.epoch()) + R"(,"key":")";
        append_hex(secret.bytes(), text);
        text += "\"}";
    }
    text += "]}\n";
    return text;
}

Result<Privacy> read_privacy(std::string_view bytes) {
    line::Fields fields;
    if (bytes.empty() || bytes.back() != '\n') {
        return Fault{"does not end with one line feed", bytes.size()};
    }
    if (const auto problem = fields.parse(bytes.substr(0, bytes.size() - 1), max_file)) {
        return Fault{problem.what, problem.at};
    }
    const auto object = fields.object("policy");
    const auto array = fields.array("secrets");
    if (fields.string("format") != format || !object || !array || fields.size() != 3) {
        return Fault{"not a " + std::string(format), 0};
    }
    auto policy = read_policy(*object);
    if (!policy) {
        return policy.fault();
    }
    auto secrets = read_secrets(*array);
    if (!secrets) {
        return secrets.fault();
    }
    return Privacy{std::move(policy).value(), std::move(secrets).value()};
}

std::optional<Privacy> load_privacy(const os::fs::path& state) {
    const os::fs::path path = state / std::string(privacy_name);
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    const os::Descriptor file = os::open_regular(path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw Error::system("stat", path.string());
    }
    if ((status.st_mode & 077U) != 0) {
        throw Error("open", path.string(), "others than its owner may read it, and it holds the pseudonym secret",
                    {"take the permission away: chmod 600 " + path.string(),
                     "if somebody has read it, begin a new epoch: tally-packager privacy rotate"});
    }
    const auto limit = std::min<std::size_t>(static_cast<std::size_t>(status.st_size), max_file);
    crypto::SecretBytes bytes(limit);
    const std::size_t size = os::read_file_into(file, {bytes.data(), limit}, path);
    auto privacy = read_privacy(bytes.text().substr(0, size));
    if (!privacy) {
        throw Error("read", path.string(), privacy.fault().what, {"fetch it anew from the station"});
    }
    return std::optional<Privacy>(std::move(privacy).value());
}

void save_privacy(const os::fs::path& state, const Privacy& privacy) {
    const Wiped bytes(privacy_text(privacy));
    os::replace_file(state / std::string(privacy_name), bytes.text, 0600);
}

} // namespace tally::pseudonym
