#include "recorder/processes/accounts.hpp"

#include <pwd.h>
#include <vector>

namespace tally::processes {
namespace {

constexpr std::uint64_t remembered_ms = 600'000;
constexpr std::size_t most_known = 4096;
constexpr std::size_t most_entry = 1U << 16U;

} // namespace

Account split_account(const std::string& name) {
    const std::size_t slash = name.find('\\');
    const std::size_t at = name.rfind('@');
    const std::string user = slash != std::string::npos ? name.substr(slash + 1) : name.substr(0, at);
    const bool splits = !user.empty() && user.size() < name.size();
    return splits ? Account{user, name} : Account{name, ""};
}

Account Accounts::of(std::uint32_t uid, std::uint64_t now_ms) {
    if (const auto place = known_.find(uid); place != known_.end() && now_ms < place->second.until_ms) {
        return place->second.account;
    }
    std::vector<char> buffer(most_entry);
    passwd entry{};
    passwd* found = nullptr;
    const bool is_there = ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    const Account account = split_account(is_there ? entry.pw_name : "#" + std::to_string(uid));
    if (known_.size() >= most_known) {
        known_.clear();
    }
    known_[uid] = {account, now_ms + remembered_ms};
    return account;
}

} // namespace tally::processes
