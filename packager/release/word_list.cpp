#include "packager/release/words.hpp"

namespace tally::release {

Result<std::vector<std::string>> read_word_list(std::string_view file) {
    std::vector<std::string> words;
    if (file.size() > max_word_list) {
        return Fault{"larger than " + std::to_string(max_word_list) + " bytes"};
    }
    for (std::size_t number = 1; !file.empty(); ++number) {
        const std::size_t end = file.find('\n');
        std::string_view word = file.substr(0, end);
        file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
        while (!word.empty() && (word.back() == '\r' || word.back() == ' ' || word.back() == '\t')) {
            word.remove_suffix(1);
        }
        while (!word.empty() && (word.front() == ' ' || word.front() == '\t')) {
            word.remove_prefix(1);
        }
        if (word.empty() || word.front() == '#') {
            continue;
        }
        if (word.size() < 2 || word.size() > max_word) {
            return Fault{"a word has 2 to " + std::to_string(max_word) + " bytes", number};
        }
        if (words.size() == max_words) {
            return Fault{"more than " + std::to_string(max_words) + " words", number};
        }
        words.emplace_back(word);
    }
    return words;
}

} // namespace tally::release
