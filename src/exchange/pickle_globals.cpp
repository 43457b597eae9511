#include "exchange/pickle_globals.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace undertone::exchange {
namespace {

using Global = std::pair<std::string_view, std::string_view>;

constexpr std::array kKnown{
    Global{"sklearn.neural_network._multilayer_perceptron", "MLPClassifier"},
    Global{"undertone.sklearn", "MLPClassifier"},  // the package's own, which has the same attributes
    Global{"sklearn.pipeline", "Pipeline"},
    Global{"sklearn.preprocessing._data", "StandardScaler"},
    Global{"sklearn.preprocessing._label", "LabelBinarizer"},
    Global{"sklearn", "__version__"},  // what `undertone export` writes for the version that reads it
    Global{"sklearn.neural_network._stochastic_optimizers", "AdamOptimizer"},
    Global{"sklearn.neural_network._stochastic_optimizers", "SGDOptimizer"},
    Global{"numpy", "ndarray"},
    Global{"numpy", "dtype"},
    Global{"numpy.core.multiarray", "_reconstruct"},
    Global{"numpy._core.multiarray", "_reconstruct"},
    Global{"numpy.core.multiarray", "scalar"},
    Global{"numpy._core.multiarray", "scalar"},
    Global{"numpy.core.numeric", "_frombuffer"},
    Global{"numpy._core.numeric", "_frombuffer"},
    Global{"joblib.numpy_pickle", "NumpyArrayWrapper"},
    Global{"_codecs", "encode"},  // protocol 2 says bytes with it
    // The generator that shuffled the training samples comes along in `_random_state`.
    Global{"numpy.random._pickle", "__randomstate_ctor"},
    Global{"numpy.random._pickle", "__generator_ctor"},
    Global{"numpy.random._pickle", "__bit_generator_ctor"},
    Global{"numpy.random._mt19937", "MT19937"},
    Global{"numpy.random._pcg64", "PCG64"},
    Global{"numpy.random.bit_generator", "SeedSequence"},
    Global{"numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"},
    Global{"builtins", "bytearray"},
    Global{"__builtin__", "bytearray"},
};

}  // namespace

bool known_global(std::string_view module, std::string_view name) {
    return std::find(kKnown.begin(), kKnown.end(), Global{module, name}) != kKnown.end();
}

}  // namespace undertone::exchange
