// Memory for secrets: pages that are not written to swap (mlock) nor to core files, wiped when given back. What the
// system refuses to lock (RLIMIT_MEMLOCK) is used all the same, and was_refused() says so: a secret that may be swapped
// is better than a log that is not written. Does not guard against root, against a debugger of the same user, or
// against copies that libraries and the system make.
#pragma once

#include "tally/base/assert.hpp"
#include "tally/base/encoding.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>
#include <span>
#include <sys/mman.h>
#include <utility>

namespace tally::crypto {

// Pieces of 64 to 4096 bytes, by powers of two, cut from pages that are kept until the process ends; larger ones have
// pages of their own. Without guard pages: a key for each of 65 536 hosts would need more mappings than a process has.
class SecretPool {
public:
    static SecretPool& instance() {
        static SecretPool& only = *new SecretPool; // outlives every static object that holds a secret
        return only;
    }
    // Zeros. Throws bad_alloc.
    std::uint8_t* take(std::size_t size) {
        if (size > page) {
            return map(size);
        }
        const std::lock_guard hold(guard_);
        Piece*& first = free_[kind_of(size)];
        if (first == nullptr) {
            const std::size_t step = step_of(size);
            std::uint8_t* fresh = map(page);
            for (std::size_t at = 0; at < page; at += step) {
                first = new (fresh + at) Piece{first};
            }
        }
        auto* bytes = reinterpret_cast<std::uint8_t*>(std::exchange(first, first->next));
        std::memset(bytes, 0, sizeof(Piece));
        return bytes;
    }
    void give_back(std::uint8_t* bytes, std::size_t size) {
        ::explicit_bzero(bytes, size);
        if (size > page) {
            ::munmap(bytes, size);
            return;
        }
        const std::lock_guard hold(guard_);
        Piece*& first = free_[kind_of(size)];
        first = new (bytes) Piece{first};
    }
    [[nodiscard]] bool was_refused() const { return refused_; }

private:
    struct Piece {
        Piece* next;
    };
    static constexpr std::size_t page = 4096;
    static constexpr std::size_t smallest = 64;

    static std::size_t step_of(std::size_t size) { return std::bit_ceil(size < smallest ? smallest : size); }
    static std::size_t kind_of(std::size_t size) {
        return static_cast<std::size_t>(std::countr_zero(step_of(size)) - std::countr_zero(smallest));
    }
    std::uint8_t* map(std::size_t size) {
        void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED) {
            throw std::bad_alloc();
        }
        ::madvise(at, size, MADV_DONTDUMP);
        refused_ = ::mlock(at, size) != 0 || refused_;
        return static_cast<std::uint8_t*>(at);
    }

    std::mutex guard_;
    std::array<Piece*, 7> free_{}; // by kind_of
    std::atomic<bool> refused_ = false;
};

// So many bytes of it, zeros at first. Moving leaves nothing behind.
class SecretBytes {
public:
    SecretBytes() = default; // none
    explicit SecretBytes(std::size_t size) : data_(SecretPool::instance().take(size)), size_(size) {}
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    SecretBytes(SecretBytes&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    SecretBytes& operator=(SecretBytes&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~SecretBytes() {
        if (data_ != nullptr) {
            SecretPool::instance().give_back(data_, size_);
        }
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::uint8_t* data() { return data_; }
    [[nodiscard]] const std::uint8_t* data() const { return data_; }
    [[nodiscard]] Bytes bytes() const { return {data_, size_}; }
    [[nodiscard]] std::string_view text() const { return as_text(bytes()); }
    // Exactly so many: asserted, also against a secret that was moved away.
    template <std::size_t N>
    [[nodiscard]] std::span<std::uint8_t, N> all() {
        TALLY_ASSERT(size_ == N);
        return std::span<std::uint8_t, N>(data_, N);
    }
    template <std::size_t N>
    [[nodiscard]] std::span<const std::uint8_t, N> all() const {
        TALLY_ASSERT(size_ == N);
        return std::span<const std::uint8_t, N>(data_, N);
    }

private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
};

enum class Locking : std::uint8_t { locked, refused };

// Whether secrets of this process are kept out of swap; asks the system for one page when there was none yet.
inline Locking locking() {
    const SecretBytes probe(1);
    return SecretPool::instance().was_refused() ? Locking::refused : Locking::locked;
}

} // namespace tally::crypto
