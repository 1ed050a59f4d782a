#include "recorder/journal/outbox.hpp"

#include "recorder/journal/verify.hpp"
#include "tally/segment/segment.hpp"

namespace tally::journal {
namespace {

os::fs::path made_outbox(const os::fs::path& directory) {
    const auto outbox = directory / outbox_name;
    if (::mkdir(outbox.c_str(), 0700) != 0 && errno != EEXIST) {
        throw Error::system("create", outbox.string());
    }
    os::sync_directory(directory); // also when it was there: its maker may have been stopped before this
    return outbox;
}

// The chain at `first`, a log's start or the line after a seal, with the tree folded anew from the lines: what is stored
// beside them proves nothing.
line::Chain chain_at(Journal& journal, const std::optional<Dropped>& before) {
    if (!before) {
        return {journal.host().text(), {}, {}, journal.genesis().key};
    }
    line::Fields fields;
    const std::string last = journal.store().line(before->next - 1).value_or("");
    const auto problem = fields.parse(last, line::max_record);
    const auto seal = problem ? Result<line::Seal>(Fault{problem.what, problem.at}) : line::read_seal(fields);
    if (!seal) {
        throw Error("drop segment", journal.directory().string(),
                    "line " + std::to_string(before->next - 1) + " is not the seal it was: " + seal.fault().what,
                    {"see what is wrong: tally-recorder verify --state " + journal.directory().string()});
    }
    return {journal.host().text(), before->range, seal->epoch.next(), seal->next};
}

// Collects proved lines and cuts them into segments, each ended by a seal.
class Cutter {
public:
    Cutter(Journal& journal, line::Chain chain)
        : journal_(journal), chain_(std::move(chain)), first_(chain_.range().size()) {}

    void add(std::string_view line) {
        const auto fault = chain_.feed(line);
        if (fault != line::Chain::Fault::none) {
            throw Error("drop segment", journal_.directory().string(),
                        "line " + std::to_string(chain_.range().size()) + ": " + std::string(text_of(fault)),
                        {"nothing was dropped; see: tally-recorder verify --state " + journal_.directory().string()});
        }
        bytes_ += line.size() + 1;
        if (!chain_.sealed()) {
            return;
        }
        if (bytes_ > segment::cut_raw && at_seal_) {
            cut();
        }
        at_seal_ = chain_.range();
        bytes_at_seal_ = bytes_;
    }
    std::vector<Dropped> finish() {
        if (at_seal_) {
            cut();
        }
        return std::move(segments_);
    }

private:
    void cut() {
        const segment::Name name{journal_.host(), first_, at_seal_->size()};
        segments_.push_back({name.first, name.next, name.text(), *at_seal_, Written::no});
        first_ = name.next;
        bytes_ -= bytes_at_seal_;
        at_seal_.reset();
    }

    Journal& journal_;
    line::Chain chain_;
    std::uint64_t first_;
    std::uint64_t bytes_ = 0;
    std::uint64_t bytes_at_seal_ = 0;
    std::optional<line::CompactRange> at_seal_; // the last seal that still fits
    std::vector<Dropped> segments_;
};

// Notes the segments that sealed lines make since the last one noted.
void plan(Journal& journal, const std::optional<Dropped>& last) {
    Store& store = journal.store();
    const std::uint64_t first = last ? last->next : 0;
    const std::uint64_t next = journal.size() - journal.unsealed();
    if (next <= first) {
        return;
    }
    Cutter cutter(journal, chain_at(journal, last));
    store.for_each_line(first, next, [&](std::uint64_t, std::string_view line) { cutter.add(line); });
    sqlite::Transaction transaction(store.database());
    for (const auto& segment : cutter.finish()) {
        store.save_dropped(segment);
    }
    transaction.commit();
}

void write(Journal& journal, const os::fs::path& outbox, Dropped& segment) {
    std::string raw;
    journal.store().for_each_line(segment.first, segment.next, [&](std::uint64_t, std::string_view line) {
        raw += line;
        raw += '\n';
    });
    const std::string packed = segment::pack(raw);
    const auto name = segment::Name::parse(segment.file);
    if (!name || !segment::read(*name, as_bytes(packed))) {
        throw Error("drop segment", segment.file, "the lines do not read back as a segment",
                    {"see what is wrong: tally-recorder verify --state " + journal.directory().string()});
    }
    os::replace_file(outbox / segment.file, packed, 0600);
    if (segment.written == Written::no) {
        segment.written = Written::yes;
        journal.store().save_dropped(segment);
    }
}

template <class Wanted>
std::vector<Dropped> write_all_that(Journal& journal, Wanted wanted) {
    const auto outbox = made_outbox(journal.directory());
    std::vector<Dropped> written;
    for (auto& segment : journal.store().dropped()) {
        if (wanted(outbox, segment)) {
            write(journal, outbox, segment);
            written.push_back(segment);
        }
    }
    return written;
}

} // namespace

std::vector<Segment> list_segments(const os::fs::path& directory, Store& store) {
    std::vector<Segment> all;
    const std::uint64_t begins = store.begins();
    for (auto& dropped : store.dropped()) {
        const bool present = os::fs::exists(directory / outbox_name / dropped.file);
        const bool removed = dropped.first < begins;
        all.push_back({std::move(dropped), present, removed});
    }
    return all;
}

std::vector<Dropped> drop_segments(Journal& journal) {
    const auto noted = journal.store().dropped();
    plan(journal, noted.empty() ? std::nullopt : std::optional(noted.back()));
    return write_all_that(journal, [](const auto&, const Dropped& segment) { return segment.written == Written::no; });
}

std::vector<Dropped> redrop_segments(Journal& journal) {
    const std::uint64_t begins = journal.store().begins();
    return write_all_that(journal, [begins](const auto& outbox, const Dropped& segment) {
        return segment.first >= begins && (segment.written == Written::no || !os::fs::exists(outbox / segment.file));
    });
}

} // namespace tally::journal
