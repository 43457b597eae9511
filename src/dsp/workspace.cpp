#include "undertone/workspace.hpp"

#include "dsp/buffers.hpp"

namespace undertone::dsp {

Workspace::Workspace() : buffers_(std::make_unique<Buffers>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

}  // namespace undertone::dsp
