// The reader of catalogues, line by line.
#include "tally/catalogue/catalogue.hpp"
#include "tally/line/parse.hpp"
#include "tally/line/write.hpp"
#include "tally/text/date.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tally::catalogue {
namespace {

constexpr std::size_t max_word = 48, max_name = 40, max_text = 64, max_components = 8;
constexpr std::string_view version_sign = "{version}";
constexpr std::array<std::string_view, 4> mark_names{"confirmed", "measured", "reported", "assumption"};
constexpr std::array<std::string_view, 3> kind_names{"package", "component", "feature"};

bool is_small(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= max_word && is_small(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_small(c) || c == '.' || c == '_' || c == '-'; });
}

// 1 to 64 printable ASCII characters, none of `without`.
bool is_plain(std::string_view text, std::string_view without) {
    return !text.empty() && text.size() <= max_text && std::all_of(text.begin(), text.end(), [&](char c) {
        return c >= 0x20 && c < 0x7F && without.find(c) == std::string_view::npos;
    });
}

std::string small_letters(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

// nullptr, or what is wrong with it.
const char* read_component(std::string_view text, Component& into) {
    bool has_any = false, has_version = false;
    if (!is_plain(text, "\"\\?<>|")) {
        return "has a component that is not 1 to 64 printable characters without \" \\ ? < > |";
    }
    while (!text.empty()) {
        const auto sign = std::min(text.find('*'), text.find(version_sign));
        if (sign != 0) {
            into.parts.push_back({Component::Kind::text, std::string(text.substr(0, sign))});
            text.remove_prefix(std::min(sign, text.size()));
            continue;
        }
        const bool any = text[0] == '*';
        if (any ? has_any : has_version) {
            return "has two signs of one kind in a component";
        }
        (any ? has_any : has_version) = true;
        into.parts.push_back({any ? Component::Kind::any : Component::Kind::version, ""});
        text.remove_prefix(any ? 1 : version_sign.size());
    }
    return nullptr;
}

bool is_literal(const Component& component) {
    return component.parts.size() == 1 && component.parts[0].kind == Component::Kind::text;
}

bool has_version(const Component& component) {
    return std::any_of(component.parts.begin(), component.parts.end(),
                       [](const auto& part) { return part.kind == Component::Kind::version; });
}

// Fills the components of the program, and `file`, its last one.
const char* read_path(Program& program, std::string& file) {
    std::string text = program.system == System::windows ? small_letters(program.path) : program.path;
    std::string_view rest = text;
    program.is_whole = rest.starts_with('/');
    rest.remove_prefix(program.is_whole ? 1 : 0);
    std::vector<Component> components;
    for (;;) {
        const auto at = rest.find('/');
        if (components.size() == max_components) {
            return "has more than 8 components";
        }
        if (const char* const problem = read_component(rest.substr(0, at), components.emplace_back())) {
            return problem;
        }
        if (at == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(at + 1);
    }
    if (!is_literal(components.back())) {
        return "ends with a component that is no literal name";
    }
    if (std::count_if(components.begin(), components.end(), has_version) > 1) {
        return "has {version} twice";
    }
    file = components.back().parts[0].text;
    components.pop_back();
    program.components.assign(components.rbegin(), components.rend());
    return nullptr;
}

} // namespace

class CatalogueReader {
public:
    Result<Catalogue> read(std::string_view bytes) {
        if (bytes.size() > max_catalogue) {
            return Fault{"a catalogue has at most 4 MiB", 1};
        }
        if (bytes.empty() || bytes.back() != '\n') {
            return Fault{"no LF at the end",
                         1 + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'))};
        }
        found_.digest = crypto::sha256(bytes);
        while (!bytes.empty()) {
            const auto size = bytes.find('\n');
            ++at_;
            if (at_ > max_lines || !line(bytes.substr(0, size))) {
                return Fault{at_ > max_lines ? "a catalogue has at most 20000 lines" : problem_, at_};
            }
            bytes.remove_prefix(size + 1);
        }
        return std::move(found_);
    }

private:
    bool wrong(std::string what) {
        problem_ = std::move(what);
        return false;
    }

    bool line(std::string_view text) {
        if (const auto problem = fields_.parse(text, line::max_record)) {
            return wrong("not a canonical line: " + std::string(problem.what) + " at byte " +
                         std::to_string(problem.at));
        }
        static constexpr std::array<std::pair<std::string_view, bool (CatalogueReader::*)()>, 6> types{
            {{"product", &CatalogueReader::product},
             {"program", &CatalogueReader::program},
             {"switch", &CatalogueReader::switch_value},
             {"feature", &CatalogueReader::feature},
             {"installation", &CatalogueReader::installation},
             {"contains", &CatalogueReader::member}}};
        const std::string_view type = fields_.string("t").value_or("");
        taken_ = 1;
        if ((at_ == 1) != (type == "catalogue")) {
            return wrong(at_ == 1 ? "the first line is not that of the catalogue"
                                  : "the line of the catalogue is the first only");
        }
        if (at_ == 1) {
            return head() && nothing_else();
        }
        const auto known = std::find_if(types.begin(), types.end(), [&](const auto& one) { return one.first == type; });
        return known == types.end() ? wrong("unknown type of line: '" + std::string(type) + "'")
                                    : (this->*known->second)() && nothing_else();
    }

    // Exactly the fields that were taken.
    bool nothing_else() { return fields_.size() == taken_ || wrong("has a field that this type does not have"); }
    bool has(std::string_view key) const { return fields_.find(key) != nullptr; }
    bool text(std::string_view key, std::string& into) {
        const auto found = fields_.string(key);
        into = found ? line::decode_text(*found) : "";
        ++taken_;
        return !into.empty() || wrong("field '" + std::string(key) + "' is missing, empty or no text");
    }
    bool text_if_there(std::string_view key, std::string& into) { return !has(key) || text(key, into); }
    // A product that was declared.
    bool word(std::string_view key, std::string& into) {
        return text(key, into) &&
               (found_.words_.contains(into) || wrong("'" + into + "' is no product of a line before"));
    }
    bool once(bool is_new, const std::string& what) { return is_new || wrong(what + " stands twice"); }

    bool fact(Fact& into) {
        std::string mark;
        if (!text("source", into.source) || !text("mark", mark) || !text_if_there("note", into.note)) {
            return false;
        }
        const auto known = std::find(mark_names.begin(), mark_names.end(), mark);
        into.mark = static_cast<Mark>(known - mark_names.begin());
        into.at = at_;
        return known != mark_names.end() || wrong("unknown mark '" + mark + "'");
    }

    bool head() {
        std::string format, made;
        if (!text("format", format) || !text("name", found_.name) || !text("made", made)) {
            return false;
        }
        const auto day = text::parse_day(made);
        found_.made = day.value_or(0);
        if (format != "tally-catalogue-1") {
            return wrong("its format is not tally-catalogue-1");
        }
        const bool named =
            found_.name.size() <= max_name &&
            std::all_of(found_.name.begin(), found_.name.end(), [](char c) { return is_small(c) || c == '-'; });
        return !named ? wrong("its name is not 1 to 40 of a-z, 0-9 and -")
                      : day.has_value() || wrong("field 'made' is not a day: write 2026-03-31");
    }

    bool product() {
        Product one;
        if (!text("word", one.word) || !text("name", one.name) || !fact(one.fact)) {
            return false;
        }
        if (!is_word(one.word)) {
            return wrong("its word is not 1 to 48 of a-z, 0-9, '.', '_' and '-'");
        }
        const bool is_new = found_.words_.emplace(one.word, found_.products.size()).second;
        found_.products.push_back(std::move(one));
        return once(is_new, "the word");
    }

    bool program() {
        Program one;
        std::string system, use, file;
        if (!text("path", one.path) || !text("system", system) || !word("product", one.product) ||
            !text_if_there("switch", one.switch_word) || (has("unsure") && !word("unsure", one.unsure)) ||
            !text_if_there("class", use) || !fact(one.fact)) {
            return false;
        }
        if (system != "windows" && system != "posix") {
            return wrong("unknown system '" + system + "'");
        }
        if (!use.empty() && use != "automation") {
            return wrong("unknown class '" + use + "'");
        }
        if (one.switch_word.empty() != one.unsure.empty()) {
            return wrong("has 'switch' and 'unsure', or none of them");
        }
        if (!one.switch_word.empty() && !is_plain(one.switch_word, " \"\\")) {
            return wrong("its switch is not 1 to 64 printable characters without spaces, \" and \\");
        }
        one.system = system == "windows" ? System::windows : System::posix;
        one.use = use.empty() ? Class::interactive : Class::automation;
        if (const char* const problem = read_path(one, file)) {
            return wrong(std::string("its path ") + problem);
        }
        auto& named = (one.system == System::windows ? found_.by_file_ : found_.by_name_)[file];
        const auto spelled = [&](const Program& of) {
            return of.system == System::windows ? small_letters(of.path) : of.path;
        };
        const bool is_new = std::none_of(named.begin(), named.end(), [&](std::size_t place) {
            return spelled(found_.programs[place]) == spelled(one);
        });
        named.push_back(found_.programs.size());
        found_.programs.push_back(std::move(one));
        return once(is_new, "the path");
    }

    bool switch_value() {
        Switch one;
        if (!word("of", one.of) || !text("value", one.value) || !word("product", one.product) || !fact(one.fact)) {
            return false;
        }
        if (!is_plain(one.value, "\"\\")) {
            return wrong("its value is not 1 to 64 printable characters without \" and \\");
        }
        one.value = small_letters(one.value);
        const bool is_new = found_.by_value_.emplace(std::pair(one.of, one.value), found_.switches.size()).second;
        found_.switches.push_back(std::move(one));
        return once(is_new, "the value");
    }

    bool feature() {
        Feature one;
        std::string kind;
        if (!text("code", one.code) || !text("kind", kind) || !word("product", one.product) ||
            !text_if_there("version", one.version) || !fact(one.fact)) {
            return false;
        }
        const auto known = std::find(kind_names.begin(), kind_names.end(), kind);
        if (known == kind_names.end()) {
            return wrong("unknown kind '" + kind + "'");
        }
        one.kind = static_cast<CodeKind>(known - kind_names.begin());
        const auto sign = one.code.find(version_sign);
        const bool has_sign = sign != std::string::npos;
        if (!is_plain(one.code, "\"\\")) {
            return wrong("its code is not 1 to 64 printable characters without \" and \\");
        }
        if (has_sign && (!one.version.empty() || one.code.find(version_sign, sign + 1) != std::string::npos)) {
            return wrong("has the version twice");
        }
        const bool is_new = found_.codes_.emplace(one.code, found_.features.size()).second;
        if (has_sign || one.code.find('#') != std::string::npos) {
            found_.patterns_.push_back(found_.features.size());
        }
        found_.features.push_back(std::move(one));
        return once(is_new, "the code");
    }

    bool installation() {
        Installation one;
        if (!text("id", one.id) || !word("product", one.product) || !text_if_there("version", one.version) ||
            !fact(one.fact)) {
            return false;
        }
        if (!is_plain(one.id, "\"\\")) {
            return wrong("its id is not 1 to 64 printable characters without \" and \\");
        }
        const bool is_new = found_.installations_.emplace(one.id, found_.installations.size()).second;
        found_.installations.push_back(std::move(one));
        return once(is_new, "the id");
    }

    bool member() {
        Member one;
        if (!word("collection", one.collection) || !word("product", one.product) || !fact(one.fact)) {
            return false;
        }
        const bool is_new = members_.emplace(one.collection, one.product).second;
        found_.members.push_back(std::move(one));
        return once(is_new, "this product of the collection");
    }

    line::Fields fields_;
    Catalogue found_;
    std::set<std::pair<std::string, std::string>> members_;
    std::size_t taken_ = 0;
    std::uint64_t at_ = 0;
    std::string problem_;
};

std::string_view name(Mark mark) { return mark_names[static_cast<std::size_t>(mark)]; }
std::string_view name(CodeKind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

Result<Catalogue> read_catalogue(std::string_view bytes) { return CatalogueReader().read(bytes); }

} // namespace tally::catalogue
