#include "packager/release/words.hpp"

#include "tally/line/write.hpp"
#include "tally/pseudonym/pseudonym.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>

namespace tally::release {
namespace {

// Of NATO, the European Union, Germany, France, Britain and the United States; the longer one of two is told.
constexpr std::string_view markings[] = {
    "COSMIC TOP SECRET",
    "NATO SECRET",
    "NATO CONFIDENTIAL",
    "NATO RESTRICTED",
    "TRES SECRET UE",
    "TR\xC3\x88S SECRET UE",
    "SECRET UE",
    "CONFIDENTIEL UE",
    "RESTREINT UE",
    "STRENG GEHEIM",
    "GEHEIM",
    "VS-VERTRAULICH",
    "VS-NFD",
    "VS-NUR F\xC3\x9CR DEN DIENSTGEBRAUCH",
    "VS-NUR FUER DEN DIENSTGEBRAUCH",
    "DIFFUSION RESTREINTE",
    "TOP SECRET",
    "SECRET",
    "CONFIDENTIAL",
    "RESTRICTED",
    "OFFICIAL-SENSITIVE",
    "NOFORN",
    "CUI",
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Aho and Corasick: all patterns at once in one walk along a text.
class Automaton {
public:
    enum class Edges : std::uint8_t { anywhere, whole_word };
    struct Pattern {
        std::string text; // folded
        Edges edges = Edges::anywhere;
    };

    explicit Automaton(std::vector<Pattern> patterns) : patterns_(std::move(patterns)) {
        classes_.fill(0);
        for (const auto& pattern : patterns_) {
            for (const char c : pattern.text) {
                auto& of = classes_[static_cast<unsigned char>(c)];
                of = of == 0 ? static_cast<std::uint16_t>(++last_class_) : of;
            }
        }
        for (char c = 'A'; c <= 'Z'; ++c) {
            classes_[static_cast<unsigned char>(c)] = classes_[static_cast<unsigned char>(lower(c))];
        }
        add_state();
        for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
            add(i);
        }
        link();
    }

    // take(pattern) for each end of a match.
    template <class Take>
    void walk(std::string_view text, Take take) const {
        std::uint32_t state = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            state = next_[state * width() + classes_[static_cast<unsigned char>(text[at])]];
            for (std::uint32_t ends = ends_[state] != none ? state : shorter_[state]; ends != 0;
                 ends = shorter_[ends]) {
                for (std::uint32_t number = ends_[ends]; number != none; number = more_[number]) {
                    const std::size_t from = at + 1 - patterns_[number].text.size();
                    if (patterns_[number].edges == Edges::anywhere || stands_alone(text, from, at + 1)) {
                        take(number, from);
                    }
                }
            }
        }
    }
    [[nodiscard]] const Pattern& pattern(std::uint32_t number) const { return patterns_[number]; }

private:
    static constexpr std::uint32_t none = UINT32_MAX;

    static bool stands_alone(std::string_view text, std::size_t from, std::size_t to) {
        return (from == 0 || !is_of_word(text[from - 1])) && (to == text.size() || !is_of_word(text[to]));
    }
    [[nodiscard]] std::size_t width() const { return last_class_ + 1; }
    std::uint32_t add_state() {
        next_.resize(next_.size() + width(), 0);
        ends_.push_back(none);
        shorter_.push_back(0);
        return static_cast<std::uint32_t>(ends_.size() - 1);
    }
    void add(std::uint32_t number) {
        std::uint32_t state = 0;
        for (const char c : patterns_[number].text) {
            const std::size_t step = state * width() + classes_[static_cast<unsigned char>(c)];
            if (next_[step] == 0) {
                const std::uint32_t made = add_state();
                next_[step] = made;
            }
            state = next_[step];
        }
        more_.push_back(ends_[state]);
        ends_[state] = number;
    }
    // Breadth first: where to go on when the text does not, and the next shorter match that ends at the same byte.
    void link() {
        std::vector<std::uint32_t> back(ends_.size(), 0);
        std::deque<std::uint32_t> open{0};
        while (!open.empty()) {
            const std::uint32_t state = open.front();
            open.pop_front();
            for (std::size_t c = 0; c < width(); ++c) {
                auto& to = next_[state * width() + c];
                const std::uint32_t otherwise = state == 0 ? 0 : next_[back[state] * width() + c];
                if (to == 0) {
                    to = otherwise;
                    continue;
                }
                back[to] = otherwise;
                shorter_[to] = ends_[otherwise] != none ? otherwise : shorter_[otherwise];
                open.push_back(to);
            }
        }
    }

    std::vector<Pattern> patterns_;
    std::array<std::uint16_t, 256> classes_{}; // 0: a byte of no pattern
    std::size_t last_class_ = 0;
    std::vector<std::uint32_t> next_, ends_, shorter_;
    std::vector<std::uint32_t> more_; // of a pattern: another with the same end
};

class Scanner {
public:
    Scanner(const Wanted& wanted, Scan& into) : into_(into), automaton_(patterns_of(wanted)) {
        into_.words = wanted.words.size();
        into_.marking = wanted.marking;
        for (std::size_t i = 0; i < wanted.words.size(); ++i) {
            seen_.push_back({wanted.words[i], Sort::word, "", false, 0, {}});
        }
        for (std::size_t i = wanted.words.size(); i < count_; ++i) {
            const std::string name = marking_names_[i - wanted.words.size()];
            seen_.push_back({name, Sort::marking, "", name == wanted.marking, 0, {}});
        }
        if (wanted.privacy != nullptr) {
            into_.pseudonyms = true;
            add_pseudonyms(wanted);
        }
    }

    void take(std::string_view member, std::string_view text) {
        const bool plain = text.find('%') == std::string_view::npos; // a canonical line is ASCII
        const std::string folded = plain ? std::string() : pseudonym::fold_text(line::decode_text(text));
        const std::string_view looked = plain ? text : std::string_view(folded);
        hits_.clear();
        automaton_.walk(looked, [&](std::uint32_t number, std::size_t from) {
            hits_.push_back({number, from, from + automaton_.pattern(number).text.size()});
        });
        told_.clear();
        for (const auto& hit : hits_) {
            const bool inside_longer = std::any_of(hits_.begin(), hits_.end(), [&](const auto& other) {
                return other.from <= hit.from && hit.to <= other.to && other.to - other.from > hit.to - hit.from &&
                       seen_[other.number].sort == seen_[hit.number].sort;
            });
            if (!(seen_[hit.number].sort == Sort::marking && inside_longer) && told_.insert(hit.number).second) {
                note(seen_[hit.number], member, text, automaton_.pattern(hit.number).text);
            }
        }
        take_pseudonyms(member, text);
    }

    void finish() {
        std::copy_if(seen_.begin(), seen_.end(), std::back_inserter(into_.found),
                     [](const auto& word) { return word.lines > 0; });
        std::stable_sort(into_.found.begin(), into_.found.end(),
                         [](const auto& a, const auto& b) { return a.sort < b.sort; });
    }

private:
    struct Hit {
        std::uint32_t number = 0;
        std::size_t from = 0, to = 0;
    };

    std::vector<Automaton::Pattern> patterns_of(const Wanted& wanted) {
        std::vector<Automaton::Pattern> patterns;
        for (const auto& word : wanted.words) {
            patterns.push_back({pseudonym::fold_text(word), Automaton::Edges::anywhere});
        }
        for (const auto marking : markings) {
            marking_names_.emplace_back(marking);
        }
        const auto folded = pseudonym::fold_text(wanted.marking);
        const auto same = std::find_if(marking_names_.begin(), marking_names_.end(),
                                       [&](const auto& name) { return pseudonym::fold_text(name) == folded; });
        if (same != marking_names_.end()) {
            *same = wanted.marking;
        } else if (!wanted.marking.empty()) {
            marking_names_.push_back(wanted.marking);
        }
        for (const auto& name : marking_names_) {
            patterns.push_back({pseudonym::fold_text(name), Automaton::Edges::whole_word});
        }
        count_ = patterns.size();
        return patterns;
    }

    void add_pseudonyms(const Wanted& wanted) {
        using pseudonym::Kind;
        for (const auto& word : wanted.words) {
            for (const auto kind : {Kind::person, Kind::host, Kind::domain, Kind::address, Kind::text}) {
                const auto name = pseudonym::fold1(kind, word, wanted.privacy->policy).name;
                for (const auto& secret : wanted.privacy->secrets) {
                    const auto spelling = pseudonym_of(name_key(secret, kind, name), secret.epoch(), kind, name);
                    if (!spelling.empty() && pseudonyms_.emplace(spelling, seen_.size()).second) {
                        seen_.push_back({word, Sort::pseudonym, spelling, false, 0, {}});
                    }
                }
            }
        }
    }

    void take_pseudonyms(std::string_view member, std::string_view text) {
        if (pseudonyms_.empty()) {
            return;
        }
        static constexpr std::size_t longest_head = 5, tag = 32;
        for (std::size_t bar = text.find('_'); bar != std::string_view::npos; bar = text.find('_', bar + 1)) {
            for (std::size_t head = 2; head <= longest_head && head <= bar; ++head) {
                const auto place = pseudonyms_.find(std::string(text.substr(bar - head, head + 1 + tag)));
                if (place != pseudonyms_.end()) {
                    note(seen_[place->second], member, text, place->first);
                }
            }
        }
    }

    void note(WordFound& word, std::string_view member, std::string_view text, const std::string& pattern) {
        ++word.lines;
        if (word.places.size() < kept_places) {
            word.places.push_back(place_of(member, text, pattern));
        }
    }

    Place place_of(std::string_view member, std::string_view text, const std::string& pattern) {
        Place place{std::string(member), "", std::nullopt, "", ""};
        if (fields_.parse(text, text.size())) {
            place.value = text.substr(0, line::max_record);
            return place;
        }
        place.log = fields_.string("host").value_or("");
        place.seq = fields_.integer("seq");
        const std::string wanted = pseudonym::fold_text(pattern);
        for (const auto& field : fields_) {
            const bool holds =
                pseudonym::fold_text(line::decode_text(field.value.text)).find(wanted) != std::string::npos ||
                pseudonym::fold_text(field.key).find(wanted) != std::string::npos;
            if (holds) {
                place.field = field.key;
                place.value = field.value.text;
                break;
            }
        }
        return place;
    }

    Scan& into_;
    std::vector<std::string> marking_names_;
    std::size_t count_ = 0; // of patterns
    Automaton automaton_;
    std::vector<WordFound> seen_; // by pattern, then the pseudonyms
    std::map<std::string, std::size_t> pseudonyms_;
    std::vector<Hit> hits_;
    std::set<std::uint32_t> told_;
    line::Fields fields_;
};

} // namespace

bool Scan::alarming() const {
    return std::any_of(found.begin(), found.end(), [](const auto& word) { return !word.expected; });
}

Scan scan(const Inspection& inspection, const Wanted& wanted) {
    Scan found;
    Scanner scanner(wanted, found);
    if (inspection.bundle) {
        scanner.take(bundle::manifest_name, inspection.bundle->manifest_line());
    }
    each_line(inspection, [&](std::string_view member, std::string_view text) { scanner.take(member, text); });
    scanner.finish();
    return found;
}

} // namespace tally::release
