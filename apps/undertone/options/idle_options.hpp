#pragma once

#include <set>
#include <string>

#include "options/framework_flags.hpp"

namespace undertone::app {

/// Refuses options that were given on the command line and do nothing beside the others: a study of
/// --momentum under adam would be of chance.
/// @param options    as framework_train_options() made them of `settings`
/// @param searched   names of options that take several values; what depends on them may do something
/// @throws Error invalid_argument
void check_idle_options(const FrameworkSettings& settings, const TrainOptions& options,
                        const std::set<std::string>& searched = {});

}  // namespace undertone::app
