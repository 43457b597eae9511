#pragma once

#include <string>

#include "options/arguments.hpp"
#include "options/framework_flags.hpp"
#include "undertone/fields.hpp"

namespace undertone::app {

/// A flag for every field of an options struct, named after it; a wrong value is said in the field's words.
/// @param options   must live as long as the app
/// @param group     under which --help lists them
template <class Options>
void declare_fields(const Arguments& app, Options& options, const std::string& group) {
    const Options defaults;
    for_each_field<Options>([&](const auto& field) {
        app.option<std::string>(
               flag_of(std::string(field.name)),
               [&options, name = field.name](const std::string& text) { set_field(options, name, text); },
               std::string(field.help) + "; " + field_rule(field) + "; " + field_text(defaults, field))
            .group(group);
    });
}

}  // namespace undertone::app
