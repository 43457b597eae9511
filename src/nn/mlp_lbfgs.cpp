#include "nn/mlp_training.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {

template <class T>
void train_lbfgs(MlpState<T>&, const MlpOptions&, const Samples<T>&, const OnProgress&) {
    throw Error(Errc::unsupported_format, "solver = lbfgs: not built in, must be adam or sgd");
}

template void train_lbfgs<float>(MlpState<float>&, const MlpOptions&, const Samples<float>&,
                                 const OnProgress&);
template void train_lbfgs<double>(MlpState<double>&, const MlpOptions&, const Samples<double>&,
                                  const OnProgress&);

}  // namespace undertone::nn
