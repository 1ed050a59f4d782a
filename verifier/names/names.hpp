// How many people (or computers) a set of recorded names may stand for, where one of them may bear several: pseudonyms of
// two secrets of a site, or a name in clear and a pseudonym (R-NAMES).
// Guarantees: least() ≤ truth ≤ most() as long as one way of writing gives each of them one name, and names that two
// sites write in ways of their own are taken for different people, as they always are. Nothing is mixed where every site
// writes in one way; then both are the number of names. Judges nothing.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tally::names {

// How a site's records write a name.
struct Way {
    std::uint32_t site = 0;  // as the caller numbers them
    std::uint64_t epoch = 0; // of the secret; 0: in clear
    auto operator<=>(const Way&) const = default;
};

enum class Of : std::uint8_t { person, computer, domain };
// The epoch that a name of that kind says it was made in; 0 when it is no pseudonym.
[[nodiscard]] std::uint64_t epoch_of(std::string_view name, Of kind);

class Names {
public:
    using Name = std::uint32_t; // as the caller numbers them

    // A record names it in that way.
    void see(Name name, const Way& way) { seen_.emplace_back(name, way); }
    // It is also known by a name of that epoch, from a table: at every site where it is seen, or else could be.
    void know(Name name, std::uint64_t epoch) { known_.emplace_back(name, epoch); }
    // Once, after the last of both.
    void settle();

    [[nodiscard]] bool is_mixed() const { return !ways_.empty(); }       // some site writes in several ways
    [[nodiscard]] const std::vector<Way>& ways() const { return ways_; } // of such sites, ascending
    // The ways in which a name is known at such sites, as places in ways(); none: it is nobody else's.
    [[nodiscard]] const std::vector<std::uint32_t>& of(Name name) const;
    // Both may be the same one: no way of writing tells them apart.
    [[nodiscard]] bool may_be_one(Name a, Name b) const;

private:
    void place_known(const std::vector<Way>& mixed);

    std::vector<std::pair<Name, Way>> seen_;
    std::vector<std::pair<Name, std::uint64_t>> known_;
    std::vector<Way> ways_;
    std::vector<std::vector<std::uint32_t>> of_; // by name
};

// Names that are counted, each with a weight.
class Heads {
public:
    explicit Heads(const Names& names) : names_(&names), in_way_(names.ways().size()) {}
    void change(Names::Name name, std::int64_t by);
    [[nodiscard]] std::int64_t least() const;
    [[nodiscard]] std::int64_t most() const { return most_; }

private:
    [[nodiscard]] bool is_clear_everywhere(const std::vector<std::uint32_t>& ways) const;

    const Names* names_;
    std::vector<std::int64_t> in_way_; // of names of one mixed site
    std::int64_t most_ = 0, apart_ = 0;
    std::int64_t wide_clear_ = 0; // of names of several mixed sites, in clear at each of them
};

// Keys of a person at a computer with something, as live ones are counted: the least number of different ones.
class LeastKeys {
public:
    struct Key {
        Names::Name computer = 0, person = 0;
        std::uint32_t group = 0; // the same computer with the same thing
    };
    LeastKeys(const Names& people, const Names& computers) : people_(&people), at_(computers) {}
    void change(const Key& key, std::int64_t by);
    [[nodiscard]] std::int64_t value() const { return at_.least(); }

private:
    const Names* people_;
    std::vector<Heads> groups_;
    Heads at_;
};

} // namespace tally::names
