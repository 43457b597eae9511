#pragma once

#include <map>
#include <string>
#include <vector>

namespace undertone {

/// What training left behind, epoch by epoch: "loss", and where there is a validation part "val_loss",
/// "val_accuracy" and the like. Every curve of a run has one value an epoch.
using History = std::map<std::string, std::vector<double>>;

}  // namespace undertone
