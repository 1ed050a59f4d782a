// A list of words of whoever keeps it: what is accepted is bounded, has no blanks around it, and is read again as it was;
// what is refused names a line.
#include "tests/fuzz/harness.hpp"

#include "packager/release/words.hpp"

#include <algorithm>

using namespace tally;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text({data, size});
    const auto lines = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    const auto words = release::read_word_list(bytes);
    if (!words) {
        FUZZ_REQUIRE(!words.fault().what.empty() && words.fault().at <= lines + 1);
        return 0;
    }
    FUZZ_REQUIRE(size <= release::max_word_list &&
                 words->size() <= std::min<std::uint64_t>(release::max_words, lines + 1));
    std::string again;
    for (const auto& word : *words) {
        FUZZ_REQUIRE(word.size() >= 2 && word.size() <= release::max_word && word.front() != '#');
        FUZZ_REQUIRE(word.find('\n') == std::string::npos && word.front() != ' ' && word.back() != ' ');
        again += word + "\n";
    }
    const auto same = release::read_word_list(again);
    FUZZ_REQUIRE(again.size() > release::max_word_list || (same && *same == *words));
    return 0;
}
