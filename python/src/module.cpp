#include "bindings.hpp"

namespace undertone::python {

/// The library's error becomes a class of undertone._errors, whose table says which.
void bind_errors(nb::module_&) {
    nb::register_exception_translator([](const std::exception_ptr& pointer, void*) {
        try {
            std::rethrow_exception(pointer);
        } catch (const Error& error) {
            // Ctrl-C, or what a progress callback raised, is there already.
            if (error.code() == Errc::cancelled && PyErr_Occurred() != nullptr) return;
            try {
                const nb::object made = nb::module_::import_("undertone._errors")
                                            .attr("error_of")(name(error.code()), told(error.what()));
                PyErr_SetObject(made.type().ptr(), made.ptr());
            } catch (nb::python_error& failure) {
                failure.restore();
            }
        }
    });
}

}  // namespace undertone::python

NB_MODULE(_core, module) {
    using namespace undertone::python;
    module.doc() = "The C++ library under the hands of the package: nothing here is an interface of its own.";
    bind_errors(module);
    bind_audio(module);
    bind_dsp(module);
    bind_extraction(module);
    bind_mlp(module);
    bind_model(module);
    bind_plot(module);
}
