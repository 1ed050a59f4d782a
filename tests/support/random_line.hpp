// Random objects of canonical lines: every kind of value, depths up to the bound, all bytes in texts. The same seed gives
// the same lines on every machine.
#pragma once

#include "tally/line/write.hpp"

#include <random>

namespace tally::test {

class RandomLine {
public:
    explicit RandomLine(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t bound) { return engine_() % bound; }
    std::string bytes(std::size_t longest) {
        std::string text(below(longest + 1), '\0');
        for (auto& c : text) {
            c = static_cast<char>(below(3) == 0 ? below(256) : 'a' + below(26));
        }
        return text;
    }
    std::string token() {
        static constexpr std::string_view usual = "abcXYZ019 ,:[]{}~!#";
        std::string text(below(8), '\0');
        for (auto& c : text) {
            c = usual[below(usual.size())];
        }
        return text;
    }
    std::string key() {
        static constexpr std::string_view rest = "abz09_";
        std::string text(1, static_cast<char>('a' + below(3)));
        for (std::size_t more = below(4); more > 0; --more) {
            text += rest[below(rest.size())];
        }
        return text;
    }
    std::uint64_t integer() {
        const std::uint64_t high = engine_();
        const std::uint64_t low = engine_();
        return ((high << 32U) | low) >> (11 + below(53));
    }
    line::Object flat() {
        line::Object object;
        for (std::size_t fields = below(4); fields > 0; --fields) {
            put(object, 2);
        }
        return object;
    }
    line::Object object() {
        line::Object object;
        for (std::size_t fields = below(12); fields > 0; --fields) {
            put(object, 7);
        }
        return object;
    }

    // One or two bytes of the line put in, left out or changed to bytes that mean something to a reader.
    std::string damaged(std::string line) {
        static constexpr std::string_view telling = "{}[]\",:%0129aAbF_ \\\n\xC3";
        for (std::size_t changes = 1 + below(2); changes > 0; --changes) {
            const std::size_t at = below(line.size() + 1);
            const std::string piece(1, telling[below(telling.size())]);
            line.replace(at, at < line.size() ? below(2) : 0, below(3) == 0 ? "" : piece);
        }
        return line;
    }

private:
    void put(line::Object& object, std::size_t kinds) {
        const std::string name = key();
        if (object.has(name)) {
            return;
        }
        switch (below(kinds)) {
        case 0:
            object.text(name, bytes(below(4) == 0 ? 400 : 20));
            break;
        case 1:
            object.integer(name, integer());
            break;
        case 2:
            object.token(name, token());
            break;
        case 3:
            object.integers(name, std::vector<std::uint64_t>(below(4), integer()));
            break;
        case 4:
            object.tokens(name, std::vector<std::string>(below(4), token()));
            break;
        case 5:
            object.objects(name, {flat(), flat()});
            break;
        default:
            object.value(name, flat().str());
        }
    }
    std::mt19937 engine_;
};

} // namespace tally::test
