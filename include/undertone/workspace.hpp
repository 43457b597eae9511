#pragma once

#include <memory>

namespace undertone::dsp {

/// What changes while a plan (Stft, MelSpectrogram, Mfcc) computes. Any plan may use any workspace, one
/// thread at a time; used again, nothing is allocated but the result.
class Workspace {
public:
    struct Buffers;  // src/dsp/buffers.hpp

    Workspace();
    ~Workspace();
    Workspace(Workspace&&) noexcept;
    Workspace& operator=(Workspace&&) noexcept;
    [[nodiscard]] Buffers& buffers() noexcept { return *buffers_; }

private:
    std::unique_ptr<Buffers> buffers_;
};

}  // namespace undertone::dsp
