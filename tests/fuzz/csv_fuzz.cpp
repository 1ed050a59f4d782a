// A table of a stranger, CSV or JSON Lines: the reader ends, stays within its bounds and gives nothing that the writer
// could not have written; every table of inputs takes or refuses it, with a line for every fault; handed in twice it says
// no more than once.
#include "tests/fuzz/harness.hpp"

#include "tally/text/csv.hpp"
#include "verifier/inputs/history.hpp"
#include "verifier/inputs/identity.hpp"
#include "verifier/inputs/inputs_csv.hpp"
#include "verifier/inputs/joins.hpp"

#include <algorithm>

using namespace tally;

namespace {

std::uint64_t lines_in(std::string_view bytes) {
    return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1;
}

void read_records(std::string_view bytes) {
    text::CsvReader reader(bytes);
    std::vector<std::string> fields;
    for (;;) {
        const auto more = reader.next(fields);
        if (!more) {
            FUZZ_REQUIRE(!more.fault().what.empty() && more.fault().at >= 1 && more.fault().at <= lines_in(bytes));
            return;
        }
        if (!*more) {
            return;
        }
        FUZZ_REQUIRE(!fields.empty() && fields.size() <= 256 && reader.line() <= lines_in(bytes));
        bool plain =
            true; // the writer defuses fields that a spreadsheet would run, so only others come back as they were
        for (const auto& field : fields) {
            FUZZ_REQUIRE(field.size() <= 4096 && text::first_not_utf8(field) == std::string_view::npos);
            plain = plain && (field.empty() || std::string_view("=+-@\t\r").find(field[0]) == std::string_view::npos);
        }
        if (plain) {
            // Not as the first record: there the reader takes a field's U+FEFF for the file's byte order mark.
            const std::string written = text::csv_record({"head"}) + text::csv_record(fields);
            text::CsvReader again(written);
            std::vector<std::string> same;
            FUZZ_REQUIRE(*again.next(same) && *again.next(same) && same == fields);
        }
    }
}

inputs::Import import_of(inputs::Kind kind, const inputs::Inputs& rows, std::string_view layout, inputs::Day as_of) {
    inputs::Import import;
    import.file.id = import.file.as_of = as_of;
    import.file.kind = kind;
    import.file.layout = layout;
    import.rows = rows;
    return import;
}

void judge(inputs::Kind kind, std::string_view bytes) {
    inputs::Inputs rows;
    const auto reading = inputs::read_input(kind, bytes, rows);
    if (!reading) {
        FUZZ_REQUIRE(!reading.fault().what.empty());
        return;
    }
    for (const auto& fault : reading->faults) {
        FUZZ_REQUIRE(!fault.what.empty() && fault.at >= 1 && fault.at <= lines_in(bytes));
    }
    std::size_t read = 0;
    inputs::each_table(rows, [&](inputs::Kind each, const auto& table) {
        FUZZ_REQUIRE(each == kind || table.empty());
        read += table.size();
        for (const auto& row : table) {
            FUZZ_REQUIRE(row.at.kind == kind && row.at.row >= 1 && row.at.row <= lines_in(bytes));
        }
    });
    FUZZ_REQUIRE(read == (reading->faults.empty() ? reading->rows : 0));
    FUZZ_REQUIRE(reading->unknown_columns.size() <= 256);
    const auto twice = inputs::combined(
        {import_of(kind, rows, reading->layout, 20'000), import_of(kind, rows, reading->layout, 20'100)});
    inputs::each_table(twice, [&](inputs::Kind each, const auto& table) {
        const bool once = each != kind || inputs::counting_of(kind) == inputs::Counting::log || table.size() == read;
        FUZZ_REQUIRE(once && table.size() <= read);
    });
    for (const auto& join : inputs::joins(twice)) {
        FUZZ_REQUIRE(!join.left.empty() && !join.right.empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    read_records(bytes);
    for (std::size_t i = 0; i < inputs::kinds; ++i) {
        judge(static_cast<inputs::Kind>(i), bytes);
    }
    return 0;
}
