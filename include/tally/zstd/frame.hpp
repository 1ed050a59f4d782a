// One spelling of compression and a strict, bounded reader of it (docs/formats/segment.md).
// Compress: one frame, content size and checksum present, single thread, 128 KiB chunks, the last with e_end;
// equal to `zstd -LEVEL --single-thread --check --content-size`. Contexts are reused; not thread-safe.
#pragma once

#include "tally/base/encoding.hpp"
#include "tally/base/result.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <zstd.h>
#include <zstd_errors.h>

namespace tally::zstd {

inline void refuse_without_memory(std::size_t code) {
    if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) {
        throw std::bad_alloc();
    }
}

class Compressor {
public:
    explicit Compressor(int level) : context_(ZSTD_createCCtx(), &ZSTD_freeCCtx) {
        if (context_ == nullptr) {
            throw std::bad_alloc();
        }
        set(ZSTD_c_compressionLevel, level);
        set(ZSTD_c_checksumFlag, 1);
        set(ZSTD_c_contentSizeFlag, 1);
    }

    // `raw` must not be empty: an empty member has no place in any of the formats.
    std::string compress(std::string_view raw) {
        static constexpr std::size_t chunk = 128U << 10U;
        TALLY_ASSERT(!raw.empty());
        ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only);
        TALLY_ASSERT(!ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context_.get(), raw.size())));
        std::string packed; // grows with what comes out: the bound is eight times what lines need
        ZSTD_outBuffer out{nullptr, 0, 0};
        for (std::size_t at = 0; at < raw.size();) {
            const std::size_t size = std::min(chunk, raw.size() - at);
            ZSTD_inBuffer in{raw.data() + at, size, 0};
            at += size;
            const ZSTD_EndDirective mode = at == raw.size() ? ZSTD_e_end : ZSTD_e_continue;
            std::size_t left = 1;
            while (in.pos < in.size || (mode == ZSTD_e_end && left != 0)) {
                if (out.size - out.pos < ZSTD_CStreamOutSize()) {
                    packed.resize(out.pos + std::max(out.pos / 2, 2 * ZSTD_CStreamOutSize()));
                    out.dst = packed.data();
                    out.size = packed.size();
                }
                left = ZSTD_compressStream2(context_.get(), &out, &in, mode);
                refuse_without_memory(left);
                TALLY_ASSERT(!ZSTD_isError(left));
            }
        }
        packed.resize(out.pos);
        return packed;
    }

private:
    void set(ZSTD_cParameter parameter, int value) {
        TALLY_ASSERT(!ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), parameter, value)));
    }
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_;
};

class Decompressor {
public:
    Decompressor() : context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
        if (context_ == nullptr) {
            throw std::bad_alloc();
        }
        TALLY_ASSERT(!ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, 23)));
    }

    // Exactly one frame with content size (1…limit), checksum, window ≤ 8 MiB, no dictionary, nothing after it.
    // All of that is known before `limit` bytes at most are allocated. Fault.at is a byte offset in `packed`.
    // `raw` is memory to write into: whoever reads many frames hands the last result back.
    Result<std::string> decompress(Bytes packed, std::size_t limit, std::string raw = {}) {
        if (packed.size() < 9 || packed[0] != 0x28 || packed[1] != 0xB5 || packed[2] != 0x2F || packed[3] != 0xFD) {
            return Fault{"not a zstd frame", 0};
        }
        const std::uint8_t descriptor = packed[4];
        if ((descriptor & 0x04U) == 0) {
            return Fault{"zstd frame without checksum", 4};
        }
        if ((descriptor & 0x0BU) != 0) {
            return Fault{"zstd frame with a dictionary or reserved bits", 4};
        }
        const auto declared = ZSTD_getFrameContentSize(packed.data(), packed.size());
        if (declared == ZSTD_CONTENTSIZE_UNKNOWN || declared == ZSTD_CONTENTSIZE_ERROR || declared == 0) {
            return Fault{"zstd frame without content size", 4};
        }
        if (declared > limit) {
            return Fault{
                "zstd frame declares " + std::to_string(declared) + " bytes, allowed are " + std::to_string(limit), 4};
        }
        if (ZSTD_findFrameCompressedSize(packed.data(), packed.size()) != packed.size()) {
            return Fault{"zstd frame is cut short or followed by other bytes", packed.size()};
        }
        raw.resize(static_cast<std::size_t>(declared));
        ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        ZSTD_inBuffer in{packed.data(), packed.size(), 0};
        ZSTD_outBuffer out{raw.data(), raw.size(), 0};
        while (in.pos < in.size) {
            const std::size_t before = in.pos + out.pos;
            const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
            refuse_without_memory(left);
            if (ZSTD_isError(left)) {
                return Fault{std::string("zstd: ") + ZSTD_getErrorName(left), in.pos};
            }
            if (left == 0) {
                break;
            }
            if (in.pos + out.pos == before) {
                return Fault{"zstd frame does not end", in.pos};
            }
        }
        if (out.pos != raw.size() || in.pos != in.size) {
            return Fault{"zstd frame holds other than the declared size", in.pos};
        }
        return raw;
    }

private:
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
};

} // namespace tally::zstd
