#include "packager/receipts/receipts.hpp"

#include "tally/crypto/sha256.hpp"

#include <algorithm>

namespace tally::receipts {
namespace {

std::vector<Line> lines_of(const archive::Archive& archive) {
    std::vector<Line> lines;
    const HostId station = archive.roster().front().id;
    line::Fields fields;
    archive.for_each_line(station, 0, archive.next(station), [&](std::uint64_t seq, std::string_view text) {
        Line line;
        if (fields.parse(text, line::max_record) || fields.string("t") != "receipt" ||
            !from_hex(fields.string("digest").value_or(""), line.digest)) {
            return;
        }
        line.agreement = fields.string("agreement").value_or("");
        line.n = fields.integer("n").value_or(0);
        line.seq = seq;
        line.wall_ms = fields.integer("wall").value_or(0);
        lines.push_back(std::move(line));
    });
    return lines;
}

} // namespace

std::set<std::string> agreements_of(const submission::Station& station) {
    std::set<std::string> agreements;
    for (const auto& entry : station.log.exports()) {
        agreements.insert(entry.agreement);
    }
    const HostId log = station.log.id();
    line::Fields fields;
    station.archive.for_each_line(log, 0, station.archive.next(log), [&](std::uint64_t, std::string_view text) {
        if (!fields.parse(text, line::max_record) && fields.string("t") == "agreement") {
            agreements.insert(std::string(fields.string("agreement").value_or("")));
        }
    });
    return agreements;
}

Receipts::Receipts(const submission::Station& station)
    : directory_(station.state / receipts_folder), site_(station.site.current().site),
      lines_(lines_of(station.archive)) {
    for (const auto& agreement : agreements_of(station)) {
        const auto kept = newest(agreement);
        floors_.push_back(kept ? positions(*kept) : receipt::Positions());
    }
}

os::fs::path Receipts::path_of(const std::string& agreement, std::uint64_t n) const {
    return directory_ / agreement / receipt::receipt_name(site_, n);
}

Kept Receipts::read(const Line& line) const {
    const os::fs::path path = path_of(line.agreement, line.n).string() + ".json";
    const char* hint =
        "bring the receipt again: tally-packager receipt import; the verifier can issue the same one again";
    if (!os::fs::exists(path)) {
        throw Error("read", path.string(), "the receipt was taken in, and its file is gone", {hint});
    }
    std::string file = os::read_file(path, line::max_receipt + 1);
    auto receipt = receipt::read_receipt(file);
    if (!receipt || crypto::sha256(file) != line.digest) {
        throw Error("read", path.string(), "it is not the receipt that was taken in", {hint});
    }
    return {std::move(*receipt), std::move(file), line.digest};
}

std::vector<Kept> Receipts::taken(const std::string& agreement) const {
    std::vector<Kept> all;
    for (const auto& line : lines_) {
        if (line.agreement == agreement) {
            all.push_back(read(line));
        }
    }
    std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.receipt.n < b.receipt.n; });
    return all;
}

std::optional<Kept> Receipts::newest(const std::string& agreement) const {
    return newest_before(agreement, line::max_tree);
}

std::optional<Kept> Receipts::newest_before(const std::string& agreement, std::uint64_t seq) const {
    const Line* newest = nullptr;
    for (const auto& line : lines_) {
        if (line.agreement == agreement && line.seq < seq && (newest == nullptr || line.n > newest->n)) {
            newest = &line;
        }
    }
    return newest == nullptr ? std::nullopt : std::optional(read(*newest));
}

receipt::Positions Receipts::positions(const Kept& kept) const {
    const os::fs::path path = path_of(kept.receipt.agreement.text(), kept.receipt.n).string() + "_POS.jsonl";
    auto positions = receipt::read_positions(os::read_file(path, receipt::max_positions_file));
    if (!positions || receipt::hash_of(*positions) != kept.receipt.positions) {
        throw Error("read", path.string(), "these are not the positions of the receipt",
                    {"bring the receipt again: tally-packager receipt import"});
    }
    return std::move(*positions);
}

std::uint64_t Receipts::floor(const HostId& log) const {
    std::uint64_t floor = floors_.empty() ? 0 : line::max_tree;
    for (const auto& positions : floors_) {
        const auto mark = positions.find(log);
        floor = std::min(floor, mark == positions.end() ? 0 : mark->second.next);
    }
    return floor;
}

void Receipts::keep(const receipt::Receipt& receipt, const Given& given, const receipt::Positions& positions) const {
    const os::fs::path path = path_of(receipt.agreement.text(), receipt.n);
    os::make_directories(path.parent_path());
    os::replace_file(path.string() + "_POS.jsonl", receipt::positions_file(positions));
    os::replace_file(path.string() + ".json", given.file);
    os::replace_file(path.string() + ".json.minisig", given.signature);
}

bool Receipts::refuse(const Given& given, const std::string& reason) const {
    constexpr std::size_t shown_digits = 16;
    const os::fs::path folder = directory_ / refused_folder;
    const std::string digest = to_hex(crypto::sha256(given.file)).substr(0, shown_digits);
    const os::fs::path path = folder / (digest + "-" + given.name);
    if (os::fs::exists(path) && os::fs::exists(path.string() + ".reason")) {
        return false;
    }
    os::make_directories(folder);
    os::replace_file(path, given.file);
    if (!given.signature.empty()) {
        os::replace_file(path.string() + ".minisig", given.signature);
    }
    os::replace_file(path.string() + ".reason", reason + "\n");
    return true;
}

void address(bundle::Manifest& head, const Receipts& receipts, const submission::Export& wanted) {
    if (const auto newest = receipts.newest_before(wanted.agreement, wanted.seq)) {
        head.receipt = bundle::LastReceipt{newest->receipt.n, newest->digest, newest->receipt.challenge};
        head.audience = newest->receipt.verifier;
    }
}

} // namespace tally::receipts
