#include "recorder/processes/boot_records.hpp"

#include <cstring>
#include <utmp.h>

namespace tally::processes {
namespace {

constexpr std::size_t most_read = 1U << 20U;

} // namespace

std::vector<sessions::Off> read_boot_records(std::string_view wtmp) {
    std::vector<sessions::Off> off;
    std::int64_t stopped = 0; // 0: not told
    for (; wtmp.size() >= sizeof(utmp); wtmp.remove_prefix(sizeof(utmp))) {
        utmp record{};
        std::memcpy(&record, wtmp.data(), sizeof record);
        const std::string_view user(record.ut_user, ::strnlen(record.ut_user, sizeof record.ut_user));
        const std::int64_t at = record.ut_tv.tv_sec;
        if (record.ut_type == RUN_LVL && user == "shutdown") {
            stopped = at;
        } else if (record.ut_type == BOOT_TIME) {
            if (stopped > 0 && stopped < at) {
                off.push_back({stopped, at, "wtmp"});
            }
            stopped = 0;
        }
    }
    return off;
}

std::vector<sessions::Off> boot_records(const os::fs::path& file) {
    try {
        const os::Descriptor records = os::open_regular(file);
        struct stat status {};
        if (::fstat(records.get(), &status) != 0) {
            return {};
        }
        const auto size = static_cast<std::size_t>(status.st_size) / sizeof(utmp) * sizeof(utmp);
        const std::size_t begin = size > most_read ? (size - most_read) / sizeof(utmp) * sizeof(utmp) : 0;
        std::string text(size - begin, '\0');
        const ssize_t got = ::pread(records.get(), text.data(), text.size(), static_cast<off_t>(begin));
        return got > 0 ? read_boot_records(std::string_view(text).substr(0, static_cast<std::size_t>(got)))
                       : std::vector<sessions::Off>();
    } catch (const Error&) {
        return {};
    }
}

} // namespace tally::processes
