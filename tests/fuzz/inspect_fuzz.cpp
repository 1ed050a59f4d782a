// What a bundle shows to the person who must answer for it: the spans of the file have no hole, every line is shown and
// counted, and nothing that is shown can reach a terminal as anything but printable text.
#include "tests/fuzz/forged_bundle.hpp"
#include "tests/fuzz/harness.hpp"

#include "packager/release/review.hpp"

using namespace tally;

namespace {

void check_spans(const release::Inspection& seen, std::size_t size) {
    std::uint64_t at = 0;
    for (const auto& span : seen.spans) {
        FUZZ_REQUIRE(span.from == at && span.to > span.from && !span.what.empty());
        at = span.to;
    }
    FUZZ_REQUIRE(at == size && seen.size == size);
}

void check_lines(const release::Inspection& seen) {
    std::uint64_t lines = 0;
    release::each_line(seen, [&](std::string_view member, std::string_view line) {
        lines += member.starts_with("LINES_") ? 1U : 0U;
        FUZZ_REQUIRE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    });
    FUZZ_REQUIRE(lines == seen.lines);
    std::uint64_t counted = 0;
    for (const auto& [type, times] : seen.types) {
        counted += times;
    }
    FUZZ_REQUIRE(counted <= seen.lines && (!seen.clean() || counted == seen.lines));
}

// Text for a terminal, and a page on which nothing stands as it came.
void check_review(const release::Inspection& seen) {
    const auto made = release::review(seen, {}, release::scan(seen, {{"user", "st"}, nullptr, "SECRET"}));
    const auto text = release::review_text(seen, made);
    FUZZ_REQUIRE(std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; }));
    const auto page = release::review_page(seen, made);
    FUZZ_REQUIRE(page.find("<script") == std::string::npos);
    FUZZ_REQUIRE(
        std::none_of(page.begin(), page.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7F; }));
    static_cast<void>(release::review_json(made));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::HonestSite site;
    static const fuzz::Files files;
    const fuzz::Program program({data, size});
    const auto forged = site.forge(program);
    files.write(forged);
    const auto seen = release::inspect(files.bundle());
    FUZZ_REQUIRE(!program.damages.empty() || seen.clean() == !program.choices.two_members);
    FUZZ_REQUIRE(!seen.clean() || (seen.defects.empty() && seen.bundle));
    check_spans(seen, forged.file.size());
    check_lines(seen);
    check_review(seen);
    for (const auto show : {release::Show::summary, release::Show::lines}) {
        std::string text;
        release::print_text(seen, show, 5, [&](std::string_view piece) { text += piece; });
        FUZZ_REQUIRE(std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; }));
        release::print_json(seen, show, [](std::string_view) {});
    }
    return 0;
}
