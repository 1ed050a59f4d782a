// Finding a product in a catalogue: paths from the right, switches of command lines, codes.
#include "tally/catalogue/catalogue.hpp"

#include <algorithm>

namespace tally::catalogue {
namespace {

constexpr std::size_t longest_path = 4096;
constexpr std::size_t longest_component = 255;
constexpr std::size_t longest_version = 16;
constexpr std::size_t most_components = 128;

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `pattern` is in small letters when `system` does not tell them apart.
bool equal(System system, std::string_view pattern, std::string_view text) {
    return pattern.size() == text.size() &&
           std::equal(pattern.begin(), pattern.end(), text.begin(),
                      [&](char a, char b) { return a == (system == System::windows ? small(b) : b); });
}

// "2024", "18.0.1" at the beginning: its size; 0 when there is none or it is too long.
std::size_t version_size(std::string_view text) {
    std::size_t size = 0;
    while (size < text.size() && (is_digit(text[size]) || (text[size] == '.' && size > 0))) {
        ++size;
    }
    while (size > 0 && text[size - 1] == '.') {
        --size;
    }
    return size <= longest_version ? size : 0;
}

bool fits(System system, const Component& pattern, std::size_t part, std::string_view text, std::string_view& version) {
    if (part == pattern.parts.size()) {
        return text.empty();
    }
    const auto& [kind, literal] = pattern.parts[part];
    if (kind == Component::Kind::text) {
        return text.size() >= literal.size() && equal(system, literal, text.substr(0, literal.size())) &&
               fits(system, pattern, part + 1, text.substr(literal.size()), version);
    }
    if (kind == Component::Kind::version) {
        const std::size_t size = version_size(text);
        if (size == 0 || !fits(system, pattern, part + 1, text.substr(size), version)) {
            return false;
        }
        version = text.substr(0, size);
        return true;
    }
    for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
        if (fits(system, pattern, part + 1, text.substr(skipped), version)) {
            return true;
        }
    }
    return false;
}

// Components from the right; false when the path is none that a program can have.
bool split(System system, std::string_view path, std::vector<std::string_view>& into) {
    into.clear();
    if (path.empty() || path.size() > longest_path) {
        return false;
    }
    const std::string_view separators = system == System::windows ? "\\/" : "/";
    while (!path.empty()) {
        const auto at = path.find_last_of(separators);
        const auto component = at == std::string_view::npos ? path : path.substr(at + 1);
        if (component.size() > longest_component || into.size() == most_components) {
            return false;
        }
        if (!component.empty()) {
            into.push_back(component);
        } else if (into.empty()) {
            return false; // ends with a separator: no program
        }
        path = at == std::string_view::npos ? std::string_view() : path.substr(0, at);
    }
    return !into.empty();
}

bool fits(const Program& program, const std::vector<std::string_view>& components, std::string_view& version) {
    const std::size_t named = components.size() - 1;
    if (program.components.size() > named || (program.is_whole && program.components.size() != named)) {
        return false;
    }
    for (std::size_t i = 0; i < program.components.size(); ++i) {
        if (!fits(program.system, program.components[i], 0, components[i + 1], version)) {
            return false;
        }
    }
    return true;
}

// The next word of a command line, its quotes taken off.
std::optional<std::string> next_word(std::string_view& rest) {
    const auto begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    rest.remove_prefix(begin);
    std::string word;
    bool is_quoted = false;
    std::size_t size = 0;
    for (; size < rest.size() && (is_quoted || (rest[size] != ' ' && rest[size] != '\t')); ++size) {
        if (rest[size] == '"') {
            is_quoted = !is_quoted;
        } else {
            word += small(rest[size]);
        }
    }
    rest.remove_prefix(size);
    return word;
}

// The value behind the switch, in small letters.
std::optional<std::string> value_of(std::string_view command_line, std::string_view switch_word) {
    static_cast<void>(next_word(command_line)); // the program
    while (const auto word = next_word(command_line)) {
        if (equal(System::windows, *word, switch_word)) {
            return next_word(command_line).value_or("");
        }
    }
    return std::nullopt;
}

bool fits_code(std::string_view pattern, std::string_view code, std::string_view& version) {
    static constexpr std::string_view sign = "{version}";
    while (!pattern.empty()) {
        if (pattern.starts_with(sign)) {
            const std::size_t size = version_size(code);
            if (size == 0) {
                return false;
            }
            version = code.substr(0, size);
            code.remove_prefix(size);
            pattern.remove_prefix(sign.size());
            continue;
        }
        if (code.empty() || (pattern[0] == '#' ? !is_digit(code[0]) : pattern[0] != code[0])) {
            return false;
        }
        code.remove_prefix(1);
        pattern.remove_prefix(1);
    }
    return code.empty();
}

} // namespace

std::optional<Match> Catalogue::program(System system, std::string_view path,
                                        std::optional<std::string_view> command_line) const {
    const bool windows = system == System::windows;
    std::string_view file = path.substr(path.find_last_of(windows ? "\\/" : "/") + 1);
    std::string lower;
    if (windows) {
        if (file.size() > longest_component) {
            return std::nullopt;
        }
        lower.resize(file.size());
        std::transform(file.begin(), file.end(), lower.begin(), small);
        file = lower;
    }
    const auto& index = windows ? by_file_ : by_name_;
    const auto named = index.find(file);
    std::vector<std::string_view> components;
    if (named == index.end() || !split(system, path, components)) {
        return std::nullopt;
    }
    for (const std::size_t place : named->second) {
        const Program& one = programs[place];
        Match match;
        if (!fits(one, components, match.version)) {
            continue;
        }
        match.product = one.product;
        match.use = one.use;
        match.at = one.fact.at;
        if (one.switch_word.empty()) {
            return match;
        }
        const auto value = command_line ? value_of(*command_line, one.switch_word) : std::nullopt;
        if (value) {
            const auto known = by_value_.find({one.product, *value});
            match.is_unsure = known == by_value_.end();
            match.product = match.is_unsure ? std::string_view(one.unsure) : switches[known->second].product;
        } else if (!command_line) {
            match.is_unsure = true;
            match.product = one.unsure;
        }
        return match;
    }
    return std::nullopt;
}

std::optional<Match> Catalogue::feature(std::string_view code) const {
    const auto match = [](const Feature& one, std::string_view version) {
        return Match{one.product, version, Class::interactive, one.kind, false, one.fact.at};
    };
    if (const auto known = codes_.find(code); known != codes_.end()) {
        return match(features[known->second], features[known->second].version);
    }
    for (const std::size_t place : patterns_) {
        std::string_view version = features[place].version;
        if (fits_code(features[place].code, code, version)) {
            return match(features[place], version);
        }
    }
    return std::nullopt;
}

std::optional<Match> Catalogue::installation(std::string_view id) const {
    const auto known = installations_.find(id);
    if (known == installations_.end()) {
        return std::nullopt;
    }
    const Installation& one = installations[known->second];
    return Match{one.product, one.version, Class::interactive, CodeKind::feature, false, one.fact.at};
}

const Product* Catalogue::product(std::string_view word) const {
    const auto known = words_.find(word);
    return known == words_.end() ? nullptr : &products[known->second];
}

} // namespace tally::catalogue
