#include "undertone/parameter.hpp"

#include <functional>
#include <numeric>

namespace undertone {

template <class T>
Parameter<T>::Parameter(std::string name_, Shape shape_, T value, bool trainable_)
    : name(std::move(name_)), shape(std::move(shape_)), trainable(trainable_) {
    values.assign(std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>()), value);
}

template struct Parameter<float>;
template struct Parameter<double>;

}  // namespace undertone
