#include "packager/bundle/volumes.hpp"

#include "packager/bundle/press.hpp"
#include "tally/bundle/ustar.hpp"

namespace tally::bundle {
namespace {

// At most what a manifest takes beside its members, and for each of them.
constexpr std::uint64_t manifest_frame = 8192;
constexpr std::uint64_t manifest_member = 200;
// The least that whole lines fill of a member that is followed by another.
constexpr std::uint64_t full_member = max_raw_lines - line::max_record;

std::uint64_t in_archive(std::uint64_t bytes) { return block_size + bytes + padding_after(bytes); }

// At most what a member of so many raw bytes takes: zstd adds a header and, at worst, little to what it cannot compress.
std::uint64_t bound_of(std::uint64_t raw) { return in_archive(raw + raw / 256 + 1024); }

std::uint64_t line_count(std::string_view lines) {
    std::uint64_t count = 0;
    for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; ++at) {
        ++count;
    }
    return count;
}

Spool unnamed_file(const os::fs::path& directory, const std::string& name) {
    const os::fs::path path = directory / (name + ".lines.part");
    ::unlink(path.c_str()); // left by a run that was killed
    Spool file = os::open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    ::unlink(path.c_str());
    return file;
}

class Cutter {
public:
    Cutter(const os::fs::path& directory, const Contents& contents, std::uint64_t plain_bytes)
        : directory_(directory), contents_(contents), plain_(in_archive(plain_bytes) + block_size + block_size),
          press_(contents.head.zstd_level, [this](const Press::Pressed& pressed) { take(pressed); }) {
        open_volume(std::nullopt);
    }

    // A whole epoch goes into one volume; `log` has `first` lines before it.
    void put_epoch(const LogSource& log, std::uint64_t first, std::string_view lines) {
        if (!fits(lines.size())) {
            press_.finish();
            if (!fits(lines.size())) {
                close_volume();
                open_volume(first == log.row.first ? std::nullopt : std::optional(log.cut(first)));
                refuse_large(lines.size());
            }
        }
        put(lines);
    }
    // Each member is as full as whole lines allow; a log may begin inside one.
    void put(std::string_view lines) {
        TALLY_ASSERT(!lines.empty() && lines.back() == '\n');
        while (!lines.empty()) {
            raw_.reserve(max_raw_lines); // once: growing by doubling would take twice the memory
            const std::size_t room = max_raw_lines - raw_.size();
            const std::size_t whole = lines.size() <= room ? lines.size() : whole_lines(lines.substr(0, room));
            raw_ += lines.substr(0, whole);
            lines.remove_prefix(whole);
            if (!lines.empty()) {
                close_member();
            }
        }
    }
    std::vector<VolumePart> finish() {
        close_volume();
        return std::move(parts_);
    }

private:
    static std::size_t whole_lines(std::string_view lines) {
        const auto last = lines.rfind('\n');
        return last == std::string_view::npos ? 0 : last + 1;
    }

    void open_volume(std::optional<Cut> cut) {
        if (parts_.size() == max_set) {
            throw Error("pack", "",
                        "more than " + std::to_string(max_set) + " volumes of " +
                            std::to_string(contents_.volume_bytes) + " bytes",
                        {"give a larger --volume-size, or pack shorter periods with --until"});
        }
        parts_.push_back({std::move(cut), {}, unnamed_file(directory_, bundle_name(contents_.head))});
        packed_ = 0;
    }
    void close_volume() {
        close_member();
        press_.finish();
    }
    void close_member() {
        if (!raw_.empty()) {
            waiting_ += bound_of(raw_.size());
            ++waiting_members_;
            press_.put(std::move(raw_));
            raw_ = {};
        }
    }

    void take(const Press::Pressed& pressed) {
        VolumePart& part = parts_.back();
        const std::size_t number = part.members.size() + 1;
        if (number > max_lines_members) {
            throw Error("pack", "", "more than 4096 members of 8 MiB without a seal, which one volume holds at most");
        }
        const int level = contents_.head.zstd_level;
        part.members.push_back({level == stored_level ? stored_name(number) : lines_name(number), pressed.raw,
                                pressed.packed.size(), pressed.sha256});
        os::write_all(part.spool, pressed.packed, "the members of the bundle");
        packed_ += in_archive(pressed.packed.size());
        waiting_ -= bound_of(pressed.raw);
        --waiting_members_;
    }

    // What is not compressed yet counts with its full size, so the volume can only become smaller than this.
    [[nodiscard]] bool fits(std::uint64_t more) const {
        const std::uint64_t raw = raw_.size() + more;
        const std::uint64_t new_members = raw / full_member + 1;
        const std::uint64_t members = parts_.back().members.size() + waiting_members_ + new_members;
        const std::uint64_t manifest = in_archive(manifest_frame + members * manifest_member);
        const std::uint64_t bytes = manifest + plain_ + end_size + packed_ + waiting_ + bound_of(raw) +
                                    new_members * (in_archive(1024) + block_size);
        return members <= max_lines_members && (contents_.volume_bytes == 0 || bytes <= contents_.volume_bytes);
    }
    void refuse_large(std::uint64_t epoch) const {
        if (!fits(epoch)) {
            throw Error("pack", "--volume-size " + std::to_string(contents_.volume_bytes),
                        "the " + std::to_string(epoch) +
                            " bytes between two seals, which stay together, may not fit one volume",
                        {"give at least 10000000: an epoch has at most 4096 lines of 2 KiB"});
        }
    }

    const os::fs::path& directory_;
    const Contents& contents_;
    std::uint64_t plain_; // of HOSTS.jsonl and SITE.jsonl in the archive, with room for padding
    std::vector<VolumePart> parts_;
    std::uint64_t packed_ = 0;  // of the volume, in the archive
    std::uint64_t waiting_ = 0; // at most, of members that are being compressed
    std::uint64_t waiting_members_ = 0;
    std::string raw_; // of the open member
    Press press_;     // last: it calls take()
};

// Gathers the lines of a log epoch by epoch.
void put_log(Cutter& cutter, const LogSource& log, const std::function<void(std::uint64_t)>& told) {
    std::uint64_t count = log.row.first;
    std::string epoch;
    std::uint64_t begun = count;
    auto seal = log.seals.begin();
    log.lines([&](std::string_view lines) {
        if (log.seals.empty()) {
            count += line_count(lines);
            cutter.put(lines);
            return;
        }
        while (!lines.empty()) {
            const std::size_t end = lines.find('\n') + 1;
            epoch += lines.substr(0, end);
            lines.remove_prefix(end);
            ++count;
            if (seal != log.seals.end() && count == *seal) {
                cutter.put_epoch(log, begun, epoch);
                epoch.clear();
                begun = count;
                ++seal;
            }
        }
        told(count);
    });
    TALLY_ASSERT(count == log.row.next && epoch.empty());
}

} // namespace

std::vector<VolumePart> cut_into_volumes(const os::fs::path& directory, const Contents& contents,
                                         std::uint64_t plain_bytes) {
    Cutter cutter(directory, contents, plain_bytes);
    std::uint64_t before = 0;
    for (const auto& log : contents.logs) {
        put_log(cutter, log, [&](std::uint64_t count) {
            if (contents.progress) {
                contents.progress(before + count - log.row.first);
            }
        });
        before += log.row.next - log.row.first;
    }
    return cutter.finish();
}

} // namespace tally::bundle
