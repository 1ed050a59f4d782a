// A catalogue (docs/formats/catalogue.md): which program, which feature code and which installation is which product.
// read_catalogue is strict: one spelling, every word declared. Does not say whom a catalogue is from: its digest is what
// a host package names.
#pragma once

#include "tally/base/result.hpp"
#include "tally/crypto/sha256.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tally::catalogue {

inline constexpr std::size_t max_catalogue = 4U << 20U;
inline constexpr std::size_t max_lines = 20'000;

enum class System : std::uint8_t { windows, posix };
enum class Mark : std::uint8_t { confirmed, measured, reported, assumption };
enum class CodeKind : std::uint8_t { package, component, feature };
enum class Class : std::uint8_t { interactive, automation };
[[nodiscard]] std::string_view name(Mark mark);
[[nodiscard]] std::string_view name(CodeKind kind);

// What every line but the first says of itself.
struct Fact {
    std::string source, note; // decoded
    Mark mark = Mark::assumption;
    std::uint64_t at = 0; // line
};

struct Product {
    std::string word, name;
    Fact fact;
};

// One component of a path: literal text around at most one "*" and one "{version}".
struct Component {
    enum class Kind : std::uint8_t { text, any, version };
    struct Part {
        Kind kind = Kind::text;
        std::string text; // small letters for windows
    };
    std::vector<Part> parts;
};

struct Program {
    std::string path;
    System system = System::windows;
    Class use = Class::interactive;
    bool is_whole = false;             // the path begins at the root
    std::vector<Component> components; // all but the last, from the right
    std::string product;
    std::string switch_word, unsure; // empty: no switch decides
    Fact fact;
};

struct Switch {
    std::string of, value, product; // value in small letters
    Fact fact;
};

struct Feature {
    std::string code;
    CodeKind kind = CodeKind::feature;
    std::string product, version;
    Fact fact;
};

struct Installation {
    std::string id, product, version;
    Fact fact;
};

struct Member {
    std::string collection, product;
    Fact fact;
};

// A program or a code as a product. Views into the catalogue and into what was asked.
struct Match {
    std::string_view product;
    std::string_view version; // empty: not told
    Class use = Class::interactive;
    CodeKind kind = CodeKind::feature; // of a code
    bool is_unsure = false;            // which of several products it is, nobody told
    std::uint64_t at = 0;              // line that says so
};

class Catalogue {
public:
    std::string name;
    std::int64_t made = 0; // day, from 1970-01-01
    crypto::Hash digest{};
    std::vector<Product> products;
    std::vector<Program> programs;
    std::vector<Switch> switches;
    std::vector<Feature> features;
    std::vector<Installation> installations;
    std::vector<Member> members;

    // `path` as the system writes it; `command_line` is nothing where the log does not tell it.
    [[nodiscard]] std::optional<Match> program(System system, std::string_view path,
                                               std::optional<std::string_view> command_line) const;
    [[nodiscard]] std::optional<Match> feature(std::string_view code) const;
    [[nodiscard]] std::optional<Match> installation(std::string_view id) const;
    [[nodiscard]] const Product* product(std::string_view word) const;

private:
    friend class CatalogueReader;
    std::map<std::string, std::size_t, std::less<>> words_;                 // → products
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_file_;  // last component → programs, windows
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;  // the same, posix
    std::map<std::pair<std::string, std::string>, std::size_t> by_value_;   // of, value → switches
    std::map<std::string, std::size_t, std::less<>> codes_, installations_; // those without signs that stand for others
    std::vector<std::size_t> patterns_;                                     // features with such signs
};

// Fault.at is the line, counted from 1.
[[nodiscard]] Result<Catalogue> read_catalogue(std::string_view bytes);

// The catalogue that is compiled in, and its bytes.
[[nodiscard]] std::string_view standard_bytes();
[[nodiscard]] const Catalogue& standard();

} // namespace tally::catalogue
