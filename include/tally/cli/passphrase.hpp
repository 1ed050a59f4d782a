// Passphrases for secret keys: from a descriptor that the caller names, or from the terminal without echo; never from
// the command line or the environment. At most 1024 bytes, in memory for secrets.
#pragma once

#include "tally/base/error.hpp"
#include "tally/crypto/secret_memory.hpp"
#include "tally/os/file.hpp"

#include <cstdio>
#include <optional>
#include <string_view>
#include <termios.h>
#include <unistd.h>

namespace tally::cli {

class Passphrase {
public:
    static constexpr std::size_t max_bytes = 1024;

    [[nodiscard]] std::string_view text() const { return bytes_.text().substr(0, size_); }

    // One line from `descriptor` (its LF not included), read byte by byte so that what follows stays unread.
    static Passphrase read_line(int descriptor, const std::string& name) {
        Passphrase passphrase;
        passphrase.bytes_ = crypto::SecretBytes(max_bytes + 1);
        for (;;) {
            std::uint8_t& byte = passphrase.bytes_.data()[passphrase.size_];
            const ssize_t got = ::read(descriptor, &byte, 1);
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                throw Error::system("read the passphrase from", name);
            }
            if (got == 0 || byte == '\n') {
                return passphrase;
            }
            if (passphrase.size_++ == max_bytes) {
                throw Error("read the passphrase from", name, "longer than 1024 bytes");
            }
        }
    }

private:
    crypto::SecretBytes bytes_;
    std::size_t size_ = 0;
};

// The terminal with its echo off for as long as this lives.
class QuietTerminal {
public:
    QuietTerminal() : terminal_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) { // NOLINT(*-vararg)
        if (terminal_.is_open() && ::tcgetattr(terminal_.get(), &before_) == 0) {
            termios quiet = before_;
            quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            changed_ = ::tcsetattr(terminal_.get(), TCSAFLUSH, &quiet) == 0;
        }
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;
    ~QuietTerminal() {
        if (changed_) {
            ::tcsetattr(terminal_.get(), TCSAFLUSH, &before_);
        }
    }
    [[nodiscard]] bool usable() const { return changed_; }
    Passphrase ask(const std::string& prompt) {
        os::write_all(terminal_, prompt + ": ", "/dev/tty");
        Passphrase answer = Passphrase::read_line(terminal_.get(), "/dev/tty");
        os::write_all(terminal_, "\n", "/dev/tty");
        return answer;
    }

private:
    os::Descriptor terminal_;
    termios before_{};
    bool changed_ = false;
};

// Somebody sits at standard input and can be asked.
inline bool can_ask() { return ::isatty(STDIN_FILENO) == 1; }

// For a key that exists. `descriptor` is the number given with --passphrase-fd; without it the terminal is asked.
inline Passphrase passphrase_for(const std::string& key, std::optional<int> descriptor) {
    if (descriptor) {
        return Passphrase::read_line(*descriptor, "descriptor " + std::to_string(*descriptor));
    }
    if (can_ask()) {
        QuietTerminal terminal;
        if (terminal.usable()) {
            return terminal.ask("passphrase of " + key);
        }
    }
    throw Error("open", key, "it is protected by a passphrase and there is no terminal to ask at",
                {"give the passphrase through a descriptor: --passphrase-fd 3 3<FILE"});
}

// For new keys: asked twice at the terminal. Nothing when there is neither a descriptor nor a terminal, or when the
// answer is empty: the keys are then written unencrypted, which the caller must say loudly.
inline std::optional<Passphrase> new_passphrase(std::optional<int> descriptor) {
    if (descriptor) {
        Passphrase given = Passphrase::read_line(*descriptor, "descriptor " + std::to_string(*descriptor));
        if (given.text().empty()) {
            throw Error("read the passphrase from", "descriptor " + std::to_string(*descriptor), "it is empty",
                        {"leave --passphrase-fd away to write the keys unencrypted"}, Exit::usage);
        }
        return given;
    }
    if (!can_ask()) {
        return std::nullopt;
    }
    QuietTerminal terminal;
    if (!terminal.usable()) {
        return std::nullopt;
    }
    Passphrase once = terminal.ask("new passphrase for the keys (empty: unencrypted)");
    if (once.text().empty()) {
        return std::nullopt;
    }
    const Passphrase again = terminal.ask("the same again");
    if (once.text() != again.text()) {
        throw Error("read the passphrase from", "the terminal", "the two are not the same", {}, Exit::usage);
    }
    return once;
}

} // namespace tally::cli
