// Lines on their way from the confined process to its parent, already parsed: the bytes of a line and where its fields
// lie in them. The parent reads no structure; it checks that every field lies inside its line and that the fields are
// those of a record (record.hpp). Only the few lines with a list or an object in them are parsed once more.
#pragma once

#include "tally/line/parse.hpp"
#include "verifier/check/check.hpp"
#include "verifier/check/record.hpp"
#include "verifier/check/wire.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace tally::check {

inline constexpr std::size_t rows_at_once = 256U << 10U; // bytes of one message, and one row more

struct RowHead {
    std::uint16_t size = 0, fields = 0;
};

// Where key and value of one field lie in the line.
struct Place {
    std::uint16_t key = 0, key_size = 0, text = 0, text_size = 0;
    std::uint64_t integer = 0;
    line::Kind kind = line::Kind::string;
    std::uint8_t unused[7] = {};
};
static_assert(line::max_record <= UINT16_MAX && sizeof(RowHead) == 4 && sizeof(Place) == 24);

template <class Part>
void append_part(const Part& part, std::string& message) {
    message.append(reinterpret_cast<const char*>(&part), sizeof part);
}

template <class Part>
Part part_at(std::string_view bytes, std::size_t at) {
    Part part;
    std::memcpy(&part, bytes.data() + at, sizeof part);
    return part;
}

// Takes the rows of one message out again; Error when a row is not as check leaves it.
class RowReader {
public:
    explicit RowReader(const std::vector<VerifiedLog>& logs) : logs_(logs) {}
    void read(std::string_view message, const std::function<void(const LineView&)>& take);
    [[nodiscard]] bool complete() { return !advance(); } // every fresh line of every log has come

private:
    void read_fields(std::string_view places, std::size_t count);
    bool advance(); // to the next log with a line still to come; false after the last one

    [[nodiscard]] std::uint64_t first_of(std::size_t log) const { return std::max(logs_[log].first, logs_[log].fresh); }

    const std::vector<VerifiedLog>& logs_;
    line::Fields fields_;
    LineView view_;
    bool begun_ = false;
    std::uint64_t next_ = 0;
};

inline void pack_row(const line::Fields& fields, std::string_view bytes, std::string& message) {
    append_part(RowHead{static_cast<std::uint16_t>(bytes.size()), static_cast<std::uint16_t>(fields.size())}, message);
    const auto at = [&](std::string_view part) { return static_cast<std::uint16_t>(part.data() - bytes.data()); };
    for (const auto& [key, value] : fields) {
        append_part(Place{at(key),
                          static_cast<std::uint16_t>(key.size()),
                          at(value.text),
                          static_cast<std::uint16_t>(value.text.size()),
                          value.integer,
                          value.kind,
                          {}},
                    message);
    }
    message += bytes;
}

inline bool RowReader::advance() {
    if (!begun_ && !logs_.empty()) {
        next_ = first_of(0);
    }
    begun_ = true;
    while (view_.log < logs_.size() && next_ >= logs_[view_.log].next) {
        ++view_.log;
        next_ = view_.log < logs_.size() ? first_of(view_.log) : 0;
    }
    return view_.log < logs_.size();
}

inline void RowReader::read_fields(std::string_view places, std::size_t count) {
    fields_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        const auto place = part_at<Place>(places, i * sizeof(Place));
        if (place.kind != line::Kind::string && place.kind != line::Kind::integer) {
            WireReader::require(!fields_.parse(view_.bytes, line::max_record));
            return;
        }
        WireReader::require(place.key + place.key_size <= static_cast<int>(view_.bytes.size()) &&
                            place.text + place.text_size <= static_cast<int>(view_.bytes.size()) &&
                            place.integer <= line::max_integer);
        const line::Value value{place.kind, view_.bytes.substr(place.text, place.text_size), place.integer};
        WireReader::require(fields_.append({view_.bytes.substr(place.key, place.key_size), value}));
    }
}

// Calls each(places, line) for every row of a message.
template <class Each>
void for_each_packed(std::string_view message, Each each) {
    while (!message.empty()) {
        WireReader::require(message.size() >= sizeof(RowHead));
        const auto head = part_at<RowHead>(message, 0);
        const std::size_t places = head.fields * sizeof(Place);
        const std::size_t size = sizeof(RowHead) + places + head.size;
        WireReader::require(message.size() >= size);
        each(message.substr(sizeof(RowHead), places), message.substr(sizeof(RowHead) + places, head.size));
        message.remove_prefix(size);
    }
}

inline void RowReader::read(std::string_view message, const std::function<void(const LineView&)>& take) {
    Record record;
    view_.fields = &fields_;
    for_each_packed(message, [&](std::string_view places, std::string_view line) {
        WireReader::require(advance());
        view_.bytes = line;
        read_fields(places, places.size() / sizeof(Place));
        WireReader::require(fields_.size() > 0 && read_record(fields_, record) == nullptr && record.seq == next_ &&
                            record.host == logs_[view_.log].host);
        view_.seq = next_++;
        take(view_);
    });
}

} // namespace tally::check
