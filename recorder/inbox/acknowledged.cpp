#include "recorder/inbox/acknowledged.hpp"

#include "recorder/journal/outbox.hpp"

#include <algorithm>

namespace tally::inbox {
namespace {

// Root of the tree of the first `size` lines, which the log has: from the nearest segment on folded from the lines.
// Nothing when these were removed.
std::optional<line::Hash> own_root(journal::Journal& journal, std::uint64_t size) {
    line::TreeHasher hasher;
    line::CompactRange range;
    for (const auto& segment : journal.store().dropped()) {
        if (segment.next <= size && segment.range.size() == segment.next) {
            range = segment.range;
        }
    }
    if (range.size() < std::min(size, journal.store().begins())) {
        return std::nullopt;
    }
    journal.store().for_each_line(
        range.size(), size, [&](std::uint64_t, std::string_view text) { range.append(hasher, hasher.leaf(text)); });
    return range.root(hasher);
}

// Files of the outbox that the station has.
std::vector<os::fs::path> covered(journal::Journal& journal, std::uint64_t next) {
    std::vector<os::fs::path> files;
    for (const auto& segment : journal::list_segments(journal.directory(), journal.store())) {
        if (segment.present && segment.dropped.next <= next) {
            files.push_back(journal.directory() / journal::outbox_name / segment.dropped.file);
        }
    }
    return files;
}

void remove(const std::vector<os::fs::path>& files) {
    for (const auto& path : files) {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            throw Error::system("remove", path.string());
        }
    }
    if (!files.empty()) {
        os::sync_directory(files.front().parent_path());
    }
}

Result<void> is_signed(const Letter& letter, const receipt::Ack& ack, const site_file::Chain& chain) {
    const auto signer = receipt::signer_of(letter.bytes, letter.signature, chain.current().exports, receipt::ack_note,
                                           receipt::ack_comment(ack));
    return signer ? Result<void>() : signer.fault();
}

// The kept acknowledgement says something else that may be older, or is not vouched for by this site file any more. What
// is receipted may become less (a verifier was restored from a copy), what has arrived may not.
bool is_news(const os::fs::path& state, const receipt::Ack& ack, const site_file::Chain& chain) {
    const auto kept = kept_ack(state);
    if (!kept || kept->host != ack.host || kept->next < ack.next) {
        return true;
    }
    const auto letter = read_letter(state / ack_file_name);
    const auto site = kept_site(state);
    return kept->next == ack.next && (kept->floor != ack.floor || !letter || !is_signed(*letter, *kept, chain) ||
                                      !site || site->versions().size() < chain.versions().size());
}

} // namespace

std::optional<receipt::Ack> kept_ack(const os::fs::path& state) {
    const auto path = state / ack_file_name;
    if (!os::fs::exists(path)) {
        return std::nullopt;
    }
    auto ack = receipt::read_ack(os::read_file(path, line::max_record + 1));
    if (!ack) {
        throw Error("read", path.string(), ack.fault().what, {"remove it; the station can write the same one again"});
    }
    return std::move(*ack);
}

Result<receipt::Ack> read_ack_for(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain) {
    auto ack = receipt::read_ack(letter.bytes);
    if (!ack) {
        return Fault{"not an acknowledgement: " + ack.fault().what, ack.fault().at};
    }
    if (ack->host != journal.host()) {
        return Fault{"made for log " + ack->host.text() + ", this one is " + journal.host().text()};
    }
    if (ack->site != chain.current().site || ack->site != journal.genesis().log.site) {
        return Fault{"made for site " + ack->site.text() + ", this log is one of site " +
                     journal.genesis().log.site.text()};
    }
    if (const auto vouched = is_signed(letter, *ack, chain); !vouched) {
        return vouched.fault();
    }
    const std::string here = "FORK: the station has " + std::to_string(ack->next) + " lines of this log, ";
    if (ack->next > journal.size()) {
        return Fault{here + "here are " + std::to_string(journal.size()) +
                     ": this log was put back to an earlier state"};
    }
    const auto root = own_root(journal, ack->next);
    if (!root) {
        return Fault{"it tells of " + std::to_string(ack->next) + " lines; those before line " +
                     std::to_string(journal.store().begins()) +
                     " were removed here since, so it is older than what is known"};
    }
    if (*root != ack->root) {
        return Fault{here + "and they are not those that are here: nothing was removed, keep both"};
    }
    return ack;
}

std::optional<Result<receipt::Ack>> proven_ack(journal::Journal& journal) {
    const auto& state = journal.directory();
    if (!os::fs::exists(state / ack_file_name)) {
        return std::nullopt;
    }
    const auto letter = read_letter(state / ack_file_name);
    const auto site = kept_site(state);
    if (!letter || !site) {
        return Result<receipt::Ack>(letter ? Fault{"there is no site file here that vouches for it"} : letter.fault());
    }
    return read_ack_for(journal, *letter, *site);
}

Result<Applied> look_at_ack(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain) {
    const auto ack = read_ack_for(journal, letter, chain);
    if (!ack) {
        return ack.fault();
    }
    const bool news = is_news(journal.directory(), *ack, chain) || !covered(journal, ack->next).empty();
    return news ? Applied::now : Applied::before;
}

Result<Applied> apply_ack(journal::Journal& journal, const Letter& letter, const site_file::Chain& chain) {
    const auto applied = look_at_ack(journal, letter, chain);
    if (!applied || *applied == Applied::before) {
        return applied;
    }
    const auto ack = receipt::read_ack(letter.bytes).value();
    const auto& state = journal.directory();
    remove(covered(journal, ack.next));
    if (is_news(state, ack, chain)) {
        keep_site(state, chain); // what vouches for it; first
        os::replace_file(state / (std::string(ack_file_name) + ".minisig"), letter.signature);
        os::replace_file(state / ack_file_name, letter.bytes);
    }
    return Applied::now;
}

} // namespace tally::inbox
