// Decompression of a whole file as a stream: plain bytes, gzip members, zstd frames, chosen by the first bytes.
// Bounded: 64 KiB of packed input and what the library's window needs. A cut, damaged or continued stream is a fault.
#pragma once

#include "tally/os/file.hpp"

#include <memory>
#include <string>

namespace tally::capture {

class Decoder {
public:
    virtual ~Decoder() = default;
    // Up to `size` bytes; 0 at the end or when fault() is not empty.
    virtual std::size_t read(char* into, std::size_t size) = 0;
    [[nodiscard]] const std::string& fault() const { return fault_; }

protected:
    std::string fault_;
};

// `file` stands at its first byte and outlives the decoder.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(const os::Descriptor& file, const os::fs::path& name);

} // namespace tally::capture
