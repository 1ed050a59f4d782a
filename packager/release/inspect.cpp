#include "packager/release/inspect.hpp"

#include "tally/line/write.hpp"

#include <algorithm>

namespace tally::release {
namespace {

using bundle::Defect;
using bundle::Kind;
using bundle::UnverifiedBundle;

std::vector<Span> spans_of(const UnverifiedBundle& bundle) {
    std::vector<Span> spans;
    std::uint64_t at = 0;
    const auto add = [&](std::uint64_t size, const char* what, std::string_view member) {
        if (size > 0) {
            spans.push_back({at, at + size, what, std::string(member)});
            at += size;
        }
    };
    const auto add_member = [&](std::string_view name, std::uint64_t size) {
        add(bundle::block_size, "header", name);
        add(size, "data", name);
        add(bundle::padding_after(size), "padding", name);
    };
    add_member(bundle::manifest_name, bundle.manifest_line().size() + 1);
    for (const auto& member : bundle.members()) {
        add_member(member.name, member.size);
    }
    add(bundle::end_size, "end", "");
    TALLY_ASSERT(at == bundle.size());
    return spans;
}

// Walks the lines of all LINES members in order and takes note of them.
class Walk {
public:
    Walk(Inspection& into, Keep keep) : into_(into), keep_(keep) {}

    void run() {
        const UnverifiedBundle& bundle = *into_.bundle;
        bundle::LinesReader reader(bundle);
        std::uint64_t room = bundle::max_raw_lines; // left in the member before
        for (std::size_t i = UnverifiedBundle::first_lines_member; i < bundle.members().size(); ++i) {
            member_ = &bundle.members()[i];
            offset_ = bundle.offset(i);
            auto read = reader.read(i);
            if (auto* defect = std::get_if<Defect>(&read)) {
                into_.members[i].spelling = bundle::Spelling::unknown;
                into_.defects.push_back(std::move(*defect));
                room = 0;
                lost_ = true;
                continue;
            }
            const auto& lines = std::get<bundle::Lines>(read);
            into_.members[i].spelling = lines.spelling;
            if (lines.raw.find('\n') + 1 <= room && i > UnverifiedBundle::first_lines_member) {
                defect("the member before it has room for its first line");
            }
            room = bundle::max_raw_lines - lines.raw.size();
            take_lines(lines.raw);
        }
        const bundle::Volume& volume = bundle.manifest().volume;
        if (volume.k < volume.n) { // a later volume goes on where this one ends, behind a seal
            if (!ends_sealed_) {
                defect("the volume does not end in a seal");
            }
            return;
        }
        for (; log_ < into_.logs.size() && !lost_; ++log_) {
            complete();
        }
    }

private:
    void defect(std::string what) {
        into_.defects.push_back({Kind::non_canonical, member_->name, offset_, std::move(what)});
    }

    void take_lines(std::string_view raw) {
        while (!raw.empty()) {
            const std::size_t end = raw.find('\n');
            const std::string_view text = raw.substr(0, end);
            raw.remove_prefix(end + 1);
            ++into_.lines;
            if (const auto problem = fields_.parse(text, line::max_record)) {
                ++bad_lines_;
                if (bad_lines_ <= 20) {
                    defect("line " + std::to_string(into_.lines) + " of the bundle: " + problem.what);
                }
                continue;
            }
            take();
        }
    }

    void take() {
        place();
        const auto type = fields_.string("t").value_or("");
        ++into_.types[std::string(type)];
        ends_sealed_ = type == "seal";
        LogSeen* log = log_ < into_.logs.size() ? &into_.logs[log_] : nullptr;
        if (log != nullptr) {
            ++log->lines;
            log->seals += type == "seal" ? 1U : 0U;
            log->last_wall_ms = fields_.integer("wall").value_or(0);
            log->first_wall_ms = log->lines == 1 ? log->last_wall_ms : log->first_wall_ms;
            if (type == "genesis" && fields_.integer("seq") == 0U) {
                log->label = fields_.string("label").value_or("");
            }
        }
        if (type == "enrol" && into_.enrolled.size() < bundle::max_hosts) {
            into_.enrolled.push_back({std::string(fields_.string("log").value_or("")),
                                      std::string(fields_.string("label").value_or("")),
                                      std::string(fields_.string("group").value_or(""))});
        }
        note(fields_, "");
    }

    // Finds the log of the roster that the line belongs to; its place must be the next one.
    void place() {
        const auto host = fields_.string("host").value_or("");
        const auto seq = fields_.integer("seq");
        if (!begun_) {
            begin(host);
        }
        while (log_ < into_.logs.size() && into_.logs[log_].row.host.text() != host) {
            complete();
            ++log_;
        }
        if (log_ == into_.logs.size()) {
            if (!lost_) {
                defect("line " + std::to_string(into_.lines) +
                       " of the bundle is of no log, or not in the order of the roster");
            }
            lost_ = true;
        } else if (!lost_ && seq != first_line() + into_.logs[log_].lines) {
            defect("line " + std::to_string(into_.lines) +
                   " of the bundle has not the sequence number that comes next");
            lost_ = true;
        }
    }

    // A later volume begins with the log of its first line, at its cut if there is one.
    void begin(std::string_view host) {
        const bundle::Manifest& manifest = into_.bundle->manifest();
        begun_ = true;
        const auto named = std::find_if(into_.logs.begin(), into_.logs.end(),
                                        [&](const LogSeen& log) { return log.row.host.text() == host; });
        if (manifest.volume.k == 1 || named == into_.logs.end()) {
            return;
        }
        log_ = static_cast<std::size_t>(named - into_.logs.begin());
        if (manifest.cut && manifest.cut->host == named->row.host) {
            cut_log_ = log_;
            cut_first_ = std::min(manifest.cut->first, named->row.next);
        } else if (manifest.cut) {
            defect("the cut of the manifest is not where the volume begins");
        }
    }

    // Where the lines of the current log begin in this volume.
    [[nodiscard]] std::uint64_t first_line() const {
        return cut_log_ == log_ ? cut_first_ : into_.logs[log_].row.first;
    }

    void complete() {
        const LogSeen& log = into_.logs[log_];
        if (!lost_ && log.lines != log.row.next - first_line()) {
            defect("log " + log.row.host.text() + " ends before the position that HOSTS.jsonl gives");
        }
    }

    void note(const line::Fields& fields, const std::string& prefix) {
        for (const auto& field : fields) {
            note_value(prefix.empty() ? std::string(field.key) : prefix + "." + std::string(field.key), field.value);
        }
    }

    void note_value(const std::string& name, const line::Value& value) {
        if (value.kind == line::Kind::object) {
            line::Fields inner;
            if (!inner.parse(value.text, value.text.size())) {
                note(inner, name);
            }
            return;
        }
        if (value.kind == line::Kind::array) {
            line::Items items(value.text);
            for (line::Value item; items.next(item);) {
                note_value(name + "[]", item);
            }
            return;
        }
        FieldSeen& seen = into_.fields[name];
        ++seen.count;
        if (value.kind == line::Kind::integer) {
            seen.low = std::min(seen.low, value.integer);
            seen.high = std::max(seen.high, value.integer);
        } else {
            seen.numeric = false;
        }
        value_.assign(value.text);
        const auto known = seen.values.find(value_);
        if (known != seen.values.end()) {
            ++known->second;
        } else if (keep_ == Keep::all_values || seen.values.size() < kept_values) {
            seen.values.emplace(value_, 1);
        } else {
            seen.complete = false;
        }
    }

    Inspection& into_;
    Keep keep_;
    const bundle::Member* member_ = nullptr;
    std::uint64_t offset_ = 0; // of its data in the file
    line::Fields fields_;
    std::string value_; // reused: most values are known already
    std::size_t log_ = 0;
    bool begun_ = false;
    bool ends_sealed_ = false;
    std::optional<std::size_t> cut_log_; // the log inside which the volume begins, and at which line
    std::uint64_t cut_first_ = 0;
    std::uint64_t bad_lines_ = 0;
    bool lost_ = false; // a member could not be read, or lines are out of place: positions say nothing any more
};

void take_site(Inspection& into) {
    const auto read = into.bundle->packed(UnverifiedBundle::site_member);
    const auto* bytes = std::get_if<std::string>(&read);
    if (bytes == nullptr) {
        into.defects.push_back(std::get<Defect>(read));
        return;
    }
    const std::uint64_t offset = into.bundle->offset(UnverifiedBundle::site_member);
    line::Fields fields;
    for (std::size_t at = 0; at < bytes->size();) {
        const std::size_t end = bytes->find('\n', at);
        const std::string_view text = std::string_view(*bytes).substr(at, end - at);
        const auto problem = fields.parse(text, line::max_roster);
        if (problem || end == std::string::npos) {
            into.defects.push_back({Kind::non_canonical, std::string(bundle::site_name), offset + at + problem.at,
                                    problem ? problem.what : "the last line does not end in LF"});
            return;
        }
        into.site.emplace_back(text);
        at = end + 1;
    }
}

} // namespace

bool Inspection::clean() const {
    return bundle && defects.empty() && std::all_of(members.begin(), members.end(), [](const MemberSeen& seen) {
               return seen.spelling == bundle::Spelling::equal;
           });
}

Inspection inspect(const os::fs::path& path, Keep keep) {
    Inspection seen;
    seen.path = path;
    auto copied = bundle::private_copy(path);
    if (auto* defect = std::get_if<Defect>(&copied)) {
        throw Error("read", path.string(), defect->what);
    }
    auto& copy = std::get<bundle::PrivateCopy>(copied);
    seen.size = copy.size;
    seen.sha256 = to_hex(copy.sha256);
    seen.sha256_bytes = copy.sha256;
    seen.blake2b512 = copy.blake2b512;
    auto opened = UnverifiedBundle::open(std::move(copy.file), copy.size);
    if (auto* defect = std::get_if<Defect>(&opened)) {
        seen.defects.push_back(std::move(*defect));
        if (copy.size > 0) {
            seen.spans.push_back({0, copy.size, "unaccounted", ""});
        }
        return seen;
    }
    seen.bundle.emplace(std::move(std::get<UnverifiedBundle>(opened)));
    seen.spans = spans_of(*seen.bundle);
    for (const auto& member : seen.bundle->members()) {
        seen.members.push_back({member, bundle::Spelling::equal});
    }
    for (auto defect : {seen.bundle->check_hash(UnverifiedBundle::hosts_member),
                        seen.bundle->for_each_host([&](const bundle::HostRow& row) {
                            seen.logs.push_back({row, "", 0, 0, 0, 0});
                        })}) {
        if (defect) {
            seen.defects.push_back(std::move(*defect));
        }
    }
    take_site(seen);
    Walk(seen, keep).run();
    return seen;
}

void each_line(const Inspection& inspection, const TakeLine& take) {
    if (!inspection.bundle) {
        return;
    }
    const UnverifiedBundle& bundle = *inspection.bundle;
    static_cast<void>(
        bundle.for_each_host([&](const bundle::HostRow& row) { take(bundle::hosts_name, write_host_row(row)); }));
    for (const auto& text : inspection.site) {
        take(bundle::site_name, text);
    }
    bundle::LinesReader reader(bundle);
    line::Fields fields;
    for (std::size_t i = UnverifiedBundle::first_lines_member; i < bundle.members().size(); ++i) {
        const auto read = reader.read(i);
        const auto* lines = std::get_if<bundle::Lines>(&read);
        for (std::string_view raw = lines == nullptr ? std::string_view() : lines->raw; !raw.empty();) {
            const std::string_view text = raw.substr(0, raw.find('\n'));
            raw.remove_prefix(text.size() + 1);
            if (fields.parse(text, line::max_record)) {
                take(bundle.members()[i].name, line::Object().text("not_canonical", text).str());
            } else {
                take(bundle.members()[i].name, text);
            }
        }
    }
}

} // namespace tally::release
