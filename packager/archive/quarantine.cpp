#include "packager/archive/quarantine.hpp"

#include "tally/crypto/sha256.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"
#include "tally/segment/segment.hpp"

#include <algorithm>

namespace tally::archive {
namespace {

constexpr std::string_view reason_suffix = ".reason";

// The name itself when it is harmless in any file system, else a fixed one.
std::string harmless(const std::string& name) {
    const auto plain = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    };
    return !name.empty() && name.size() <= 120 && std::all_of(name.begin(), name.end(), plain) ? name : "unnamed";
}

// Empty when the file does not read as a reason.
Quarantine::Entry read_entry(const os::fs::path& reason) {
    const std::string text = os::read_file(reason, line::max_record);
    line::Fields fields;
    if (text.empty() || fields.parse(std::string_view(text).substr(0, text.size() - 1), line::max_record)) {
        return {};
    }
    const std::string& path = reason.string();
    return {path.substr(0, path.size() - reason_suffix.size()), line::decode_text(fields.string("name").value_or("")),
            std::string(fields.string("code").value_or("")), std::string(fields.string("reason").value_or(""))};
}

} // namespace

const char* code_of(Refusal refusal) {
    switch (refusal) {
    case Refusal::none:
        return "";
    case Refusal::bad_segment:
        return "BAD_SEGMENT";
    case Refusal::unknown_log:
        return "UNKNOWN_LOG";
    case Refusal::bad_chain:
        return "BAD_CHAIN";
    case Refusal::fork:
        return "FORK";
    }
    return "";
}

Quarantine::Quarantine(os::fs::path directory) : directory_(std::move(directory)) { os::make_directories(directory_); }

bool Quarantine::keep(const std::string& name, std::string_view packed, const Outcome& outcome) {
    const std::string digest = to_hex(crypto::sha256(packed));
    const auto file = directory_ / (digest.substr(0, 16) + "-" + harmless(name));
    const os::fs::path reason = file.string() + std::string(reason_suffix);
    const auto known = staging_.located(reason);
    if (os::fs::exists(known) && read_entry(known).code == code_of(outcome.refusal)) {
        return false;
    }
    staging_.write(file, packed);
    line::Object object;
    object.token("code", code_of(outcome.refusal))
        .token("digest", digest)
        .text("name", name)
        .text("reason", outcome.reason);
    staging_.write(reason, object.str() + "\n"); // named after the file: "X" sorts before "X.reason"
    return true;
}

std::vector<Quarantine::Entry> Quarantine::list() const {
    std::vector<Entry> entries;
    for (os::fs::directory_iterator at(directory_), end; at != end; ++at) {
        if (!at->path().string().ends_with(reason_suffix)) {
            continue;
        }
        Entry entry = read_entry(at->path());
        if (!entry.file.empty()) {
            entries.push_back(std::move(entry));
        }
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
    return entries;
}

void Quarantine::remove(const std::vector<os::fs::path>& files) {
    for (const auto& file : files) {
        ::unlink((file.string() + std::string(reason_suffix)).c_str());
        ::unlink(file.c_str());
    }
    if (!files.empty()) {
        os::sync_directory(directory_);
    }
}

void Quarantine::commit() {
    staging_.settle();
    staging_.keep();
}

} // namespace tally::archive
