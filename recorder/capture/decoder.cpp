#include "recorder/capture/decoder.hpp"

#include "tally/base/assert.hpp"

#include <array>
#include <cstring>
#include <string_view>
#include <zlib.h>
#include <zstd.h>

namespace tally::capture {
namespace {

// The packed bytes of the file, a block at a time; the first block is looked at before anything is decoded.
class Input {
public:
    Input(const os::Descriptor& file, os::fs::path name) : file_(&file), name_(std::move(name)) {}

    bool fill() {
        if (begin_ == end_) {
            begin_ = 0;
            end_ = os::read_some(*file_, block_.data(), block_.size(), name_);
        }
        return begin_ != end_;
    }
    [[nodiscard]] std::string_view view() const { return {block_.data() + begin_, end_ - begin_}; }
    void skip(std::size_t size) { begin_ += size; }

private:
    const os::Descriptor* file_;
    os::fs::path name_;
    std::array<char, 1U << 16U> block_{};
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class Plain : public Decoder {
public:
    explicit Plain(std::unique_ptr<Input> input) : input_(std::move(input)) {}

    std::size_t read(char* into, std::size_t size) override {
        if (!input_->fill()) {
            return 0;
        }
        const std::size_t some = std::min(size, input_->view().size());
        std::memcpy(into, input_->view().data(), some);
        input_->skip(some);
        return some;
    }

private:
    std::unique_ptr<Input> input_;
};

class Gzip : public Decoder {
public:
    explicit Gzip(std::unique_ptr<Input> input) : input_(std::move(input)) {
        TALLY_ASSERT(inflateInit2(&stream_, 15 + 16) == Z_OK);
    }
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    ~Gzip() override { inflateEnd(&stream_); }

    std::size_t read(char* into, std::size_t size) override {
        while (fault_.empty()) {
            if (!input_->fill()) {
                fault_ = between_members_ ? "" : "gzip data is cut short";
                return 0;
            }
            if (between_members_ && input_->view()[0] != '\x1f') {
                fault_ = "gzip data is followed by other bytes";
                return 0;
            }
            const std::size_t some = inflate_some(into, size);
            if (some > 0) {
                return some;
            }
        }
        return 0;
    }

private:
    std::size_t inflate_some(char* into, std::size_t size) {
        const std::string_view packed = input_->view();
        between_members_ = false;
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data())); // zlib only reads it
        stream_.avail_in = static_cast<uInt>(packed.size());
        stream_.next_out = reinterpret_cast<Bytef*>(into);
        stream_.avail_out = static_cast<uInt>(size);
        const int code = inflate(&stream_, Z_NO_FLUSH);
        input_->skip(packed.size() - stream_.avail_in);
        if (code == Z_STREAM_END) {
            between_members_ = true;
            inflateReset(&stream_);
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            fault_ = std::string("gzip data is damaged: ") + (stream_.msg != nullptr ? stream_.msg : "not readable");
        }
        return size - stream_.avail_out;
    }

    std::unique_ptr<Input> input_;
    z_stream stream_{};
    bool between_members_ = false;
};

class Zstd : public Decoder {
public:
    explicit Zstd(std::unique_ptr<Input> input)
        : input_(std::move(input)), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
        TALLY_ASSERT(context_ != nullptr);
    }

    std::size_t read(char* into, std::size_t size) override {
        ZSTD_outBuffer out{into, size, 0};
        while (fault_.empty() && out.pos == 0) {
            const bool more = input_->fill();
            const std::string_view packed = input_->view();
            ZSTD_inBuffer in{packed.data(), packed.size(), 0};
            if (!more && left_ == 0) {
                return 0;
            }
            left_ = ZSTD_decompressStream(context_.get(), &out, &in);
            input_->skip(in.pos);
            if (ZSTD_isError(left_)) {
                fault_ = std::string("zstd data is damaged: ") + ZSTD_getErrorName(left_);
            } else if (!more && out.pos == 0) {
                fault_ = "zstd data is cut short";
            }
        }
        return out.pos;
    }

private:
    std::unique_ptr<Input> input_;
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
    std::size_t left_ = 0; // 0: between two frames
};

} // namespace

std::unique_ptr<Decoder> make_decoder(const os::Descriptor& file, const os::fs::path& name) {
    auto input = std::make_unique<Input>(file, name);
    static_cast<void>(input->fill());
    const std::string_view first = input->view();
    if (first.starts_with("\x1f\x8b")) {
        return std::make_unique<Gzip>(std::move(input));
    }
    if (first.starts_with("\x28\xb5\x2f\xfd")) {
        return std::make_unique<Zstd>(std::move(input));
    }
    return std::make_unique<Plain>(std::move(input));
}

} // namespace tally::capture
