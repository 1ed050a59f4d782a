// The words of the reference model: moments, lines, the journal of one machine, and what carries lines. Two lines are the same when their ids are, and
// a seal is a line that covers every line before it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace tally::model {

using Size = std::size_t;

struct Time {
    int boot = 0;
    std::int64_t up = 0, wall = 0; // ms
};
// record.md, `clock`: within one boot by more than two seconds; over a reboot only backwards can be seen.
inline bool stepped(const Time& before, const Time& after) {
    return before.boot == after.boot ? std::abs(after.wall - before.wall - after.up + before.up) > 2000
                                     : after.wall + 2000 < before.wall;
}

enum class Kind { genesis, start, end, import, seal, clock, enrol, arrived, exporting, exported };

struct Line {
    Kind kind = Kind::seal;
    int log = -1;          // enrol, arrived: which; genesis: the one it replaces
    Size size = 0;         // end: seq of its start; arrived: of that log; exporting, exported: number of the export
    std::string word = {}; // start: event "source/name"; import: file; exporting, exported: agreement
    int id = 0;            // no two lines of a world are alike
    Time time = {};
};
using Lines = std::vector<Line>;

inline bool same(const Lines& a, const Lines& b, Size size) { // the first `size` lines of both
    return size == 0 || (a.size() >= size && b.size() >= size && a[size - 1].id == b[size - 1].id);
}
inline Lines cut(const Lines& lines, Size size) {
    return {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(size)};
}
inline Size sealed(const Lines& lines, Size size) { // up to and with the last seal of the first `size` lines
    for (; size > 0 && lines[size - 1].kind != Kind::seal; --size) {
    }
    return size;
}
struct Journal {
    int log = 0;
    Lines lines = {};
    Size dropped = 0; // lines that are in segments
    static inline int ids = 0;

    void add(Line line, const Time& now) {
        line.id = ++ids;
        line.time = now;
        lines.push_back(std::move(line));
    }
    void write(Line line, const Time& now) {
        look_at_clock(now);
        add(std::move(line), now);
    }
    void seal(const Time& now) {
        look_at_clock(now);
        if (unsealed() > 0) {
            add({Kind::seal}, now);
        }
    }
    [[nodiscard]] Size unsealed() const { return lines.size() - sealed(lines, lines.size()); }
    // A clock that moved since the last line is said and sealed before anything else is written.
    void look_at_clock(const Time& now) {
        if (lines.back().time.boot == now.boot && stepped(lines.back().time, now)) {
            add({Kind::clock}, now);
            add({Kind::seal}, now);
        }
    }
};

struct Segment {
    int log = 0;
    Size first = 0, next = 0;
    Lines history;    // of its author, [0, next)
    std::string name; // of the file: gives the order in which things are tried again, nothing else
};

struct Row { // the bundle holds lines [first, lines.size()) of that history
    int log = 0;
    Size first = 0;
    Lines lines;
};
struct Bundle {
    int id = -1; // equal when the contents are
    std::string agreement = {};
    Size n = 0;
    int previous = -1;
    std::vector<Row> rows = {}; // the station's first
};

} // namespace tally::model
