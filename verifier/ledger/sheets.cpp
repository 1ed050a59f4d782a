#include "verifier/ledger/sheets.hpp"

#include <algorithm>

namespace tally::ledger {
namespace {

constexpr std::size_t entries_at_once = 1U << 19U;
constexpr unsigned automation = 1, uncertain = 2; // low bits of a stretch's first number

void put_number(std::string& bytes, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) {
        bytes += static_cast<char>(value | 0x80U);
    }
    bytes += static_cast<char>(value);
}

std::uint64_t take_number(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    throw Error("read", "the ledger", "a sheet of use that breaks off: the file is damaged");
}

// Small numbers of either sign as small numbers.
std::uint64_t folded(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}
std::int64_t unfolded(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

} // namespace

std::string encode_sheet(std::int64_t block, const std::vector<Stretch>& stretches) {
    std::string bytes;
    std::int64_t before = block * sheet_seconds;
    for (const auto& one : stretches) {
        const bool exact = one.start_span == 0 && one.end_span == 0;
        const auto later = static_cast<std::uint64_t>(one.start_from - before);
        put_number(bytes, (later << 2U) | (exact ? 0 : uncertain) | (one.automation ? automation : 0));
        put_number(bytes, folded(one.end_from - one.start_from));
        if (!exact) {
            put_number(bytes, static_cast<std::uint64_t>(one.start_span));
            put_number(bytes, static_cast<std::uint64_t>(one.end_span));
        }
        before = one.start_from;
    }
    return bytes;
}

void decode_sheet(std::int64_t block, std::string_view bytes, std::vector<Stretch>& stretches) {
    std::int64_t before = block * sheet_seconds;
    while (!bytes.empty()) {
        const std::uint64_t head = take_number(bytes);
        Stretch one;
        one.start_from = before + static_cast<std::int64_t>(head >> 2U);
        one.automation = (head & automation) != 0;
        one.end_from = one.start_from + unfolded(take_number(bytes));
        if ((head & uncertain) != 0) {
            one.start_span = static_cast<std::int64_t>(take_number(bytes));
            one.end_span = static_cast<std::int64_t>(take_number(bytes));
        }
        before = one.start_from;
        stretches.push_back(one);
    }
}

bool is_use(const Pending& session) { return session.layer != Layer::package && session.detail.borrow == 0; }

SheetKey sheet_of(const Pending& session) {
    return {session.user,
            session.feature,
            session.detail.version,
            session.client,
            session.detail.has(Detail::by_host) ? session.log : 0,
            session.start_from.value_or(0) / sheet_seconds};
}

Sheets::Sheets(sqlite::Database& database)
    : select_(database, "SELECT uses FROM sheet WHERE user = ? AND feature = ? AND version = ? AND client = ? AND "
                        "log = ? AND block = ?"),
      replace_(database, "INSERT OR REPLACE INTO sheet (user, feature, version, client, log, block, uses) "
                         "VALUES (?,?,?,?,?,?,?)") {}

void Sheets::add(const Pending& session) {
    if (!session.start_from || !session.end_span || !is_use(session)) {
        return;
    }
    entries_.push_back({sheet_of(session),
                        {*session.start_from, session.start_span, session.end_from, *session.end_span,
                         session.detail.has(Detail::automation)}});
    if (entries_.size() == entries_at_once) {
        flush();
    }
}

void Sheets::flush() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.sheet.key() < b.sheet.key(); });
    std::vector<Stretch> stretches;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const SheetKey& sheet = entry->sheet;
        stretches.clear();
        for (; entry != entries_.end() && entry->sheet.key() == sheet.key(); ++entry) {
            stretches.push_back(entry->stretch);
        }
        merge(sheet, stretches);
    }
    entries_.clear();
}

void Sheets::merge(const SheetKey& sheet, std::vector<Stretch>& stretches) {
    select_.bind(sheet.user, sheet.feature, sheet.version, sheet.client, sheet.log, sheet.block);
    if (select_.step()) {
        decode_sheet(sheet.block, select_.text(0), stretches);
        select_.step();
    }
    std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) { return a.key() < b.key(); });
    const std::string bytes = encode_sheet(sheet.block, stretches);
    replace_.bind(sheet.user, sheet.feature, sheet.version, sheet.client, sheet.log, sheet.block, as_bytes(bytes))
        .run();
}

} // namespace tally::ledger
