#include "exchange/plug_in.hpp"

#include "plug_ins/exchange/keras.hpp"
#include "plug_ins/exchange/onnx.hpp"
#include "plug_ins/exchange/saved_model.hpp"

extern "C" const undertone::exchange::PlugIn* undertone_exchange() {
    using namespace undertone::exchange;
    static const PlugIn plug_in{read_h5,     read_keras, read_saved_model,   read_onnx,
                                write_keras, write_onnx, write_keras_frames, write_onnx_frames};
    return &plug_in;
}
