// The names of users by their numbers, as the system's directories have them (files, or a network directory). Remembers
// them for some minutes: a directory may be slow, and every program that starts asks.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tally::processes {

struct Account {
    std::string user;    // without the domain that some directories put before or after it
    std::string account; // as the system spells it, where that differs
};

[[nodiscard]] Account split_account(const std::string& name);

class Accounts {
public:
    // "#1234" for a number that has no name.
    Account of(std::uint32_t uid, std::uint64_t now_ms);

private:
    struct Known {
        Account account;
        std::uint64_t until_ms = 0;
    };
    std::map<std::uint32_t, Known> known_;
};

} // namespace tally::processes
