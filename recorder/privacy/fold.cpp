#include "tally/pseudonym/fold.hpp"

#include "tally/text/utf8.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <memory>
#include <new>
#include <utf8proc.h>

namespace tally::pseudonym {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string composed(std::string_view text) {
    utf8proc_uint8_t* out = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &out, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
    if (size == UTF8PROC_ERROR_NOMEM) {
        throw std::bad_alloc();
    }
    return size < 0 ? std::string(text)
                    : std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
}

// Splits at `at`; false when one side is empty.
bool parted(std::string_view text, std::size_t at, std::string_view& head, std::string_view& tail) {
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) {
        return false;
    }
    head = text.substr(0, at);
    tail = text.substr(at + 1);
    return true;
}

const std::string* alias_of(const Policy& policy, std::string_view spelling) {
    const auto place =
        std::lower_bound(policy.aliases.begin(), policy.aliases.end(), spelling,
                         [](const auto& alias, std::string_view wanted) { return alias.first < wanted; });
    return place != policy.aliases.end() && place->first == spelling ? &place->second : nullptr;
}

FoldedName folded_person(std::string_view name, const Policy& policy) {
    std::string_view head;
    std::string_view tail;
    FoldedName folded{std::string(name), {}};
    const std::size_t backslash = name.find('\\');
    if (backslash != std::string_view::npos) {
        if (parted(name, backslash, head, tail)) {
            folded = {std::string(tail), std::string(head)};
        }
    } else if (parted(name, name.rfind('@'), head, tail)) {
        folded = {std::string(head), std::string(tail)};
    }
    const std::string* alias = folded.domain.empty() ? nullptr : alias_of(policy, folded.domain + '\\' + folded.name);
    if (alias == nullptr) {
        alias = alias_of(policy, folded.name);
    }
    if (alias != nullptr) {
        folded.name = *alias;
    }
    return folded;
}

FoldedName folded_host(std::string_view name) {
    std::string_view head;
    std::string_view tail;
    const bool address =
        name.find(':') != std::string_view::npos || name.find_first_not_of("0123456789.") == std::string_view::npos;
    if (address || !parted(name, name.find('.'), head, tail)) {
        return {std::string(name), {}};
    }
    return {std::string(head), std::string(tail)};
}

} // namespace

std::string_view name_of(Kind kind) {
    static constexpr std::array<std::string_view, 5> names{"person", "host", "domain", "address", "text"};
    return names[static_cast<std::size_t>(kind)];
}

Kind kind_of(Field field) {
    switch (field) {
    case Field::account:
    case Field::user:
        return Kind::person;
    case Field::client:
    case Field::server:
        return Kind::host;
    case Field::domain:
        return Kind::domain;
    case Field::address:
        return Kind::address;
    default:
        return Kind::text;
    }
}

char letter_of(Kind kind) { return "uhdax"[static_cast<std::size_t>(kind)]; }

std::string fold_text(std::string_view raw) {
    const bool composable = !is_ascii(raw) && text::first_not_utf8(raw) == std::string_view::npos;
    std::string folded = composable ? composed(raw) : std::string(raw);
    for (char& c : folded) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return composable ? composed(folded) : folded; // a small letter may compose where its capital does not
}

FoldedName fold1(Kind kind, std::string_view raw, const Policy& policy) {
    std::string name = fold_text(raw);
    switch (kind) {
    case Kind::person:
        return folded_person(name, policy);
    case Kind::host:
        return folded_host(name);
    default:
        return {std::move(name), {}};
    }
}

std::string network_of(std::string_view address) {
    const std::string text(address);
    char shown[INET6_ADDRSTRLEN];
    in_addr four{};
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1) {
        four.s_addr &= htonl(0xFFFFFF00U);
        return std::string(::inet_ntop(AF_INET, &four, shown, sizeof shown)) + "/24";
    }
    in6_addr six{};
    if (::inet_pton(AF_INET6, text.c_str(), &six) == 1) {
        std::fill(std::begin(six.s6_addr) + 6, std::end(six.s6_addr), std::uint8_t{0});
        return std::string(::inet_ntop(AF_INET6, &six, shown, sizeof shown)) + "/48";
    }
    return "";
}

} // namespace tally::pseudonym
