// SHA-256 through OpenSSL's libcrypto (SHA-NI when the processor has it, FIPS provider when configured).
// The digest is fetched once and the context reused: a new context per line costs more than the hash.
#pragma once

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"

#include <array>
#include <memory>
#include <new>
#include <openssl/evp.h>

namespace tally::crypto {

using Hash = std::array<std::uint8_t, 32>;

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        demand(context_ != nullptr && EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) == 1);
    }

    void reset() { demand(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1); }
    void update(Bytes bytes) { demand(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1); }
    void update(std::string_view text) { update(as_bytes(text)); }

    // The hash of everything since the last reset; the object is then ready for the next message.
    Hash finish() {
        Hash hash;
        demand(EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) == 1);
        reset();
        return hash;
    }

private:
    // libcrypto allocates in each of these steps, and has no other reason to refuse one.
    static void demand(bool done) {
        if (!done) {
            throw std::bad_alloc();
        }
    }
    static const EVP_MD* fetch() {
        const EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
        demand(fetched != nullptr);
        return fetched;
    }
    static const EVP_MD* algorithm() {
        static const EVP_MD* fetched = fetch();
        return fetched;
    }

    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

inline Hash sha256(Bytes bytes) {
    Sha256 hasher;
    hasher.update(bytes);
    return hasher.finish();
}
inline Hash sha256(std::string_view text) { return sha256(as_bytes(text)); }

} // namespace tally::crypto
