#include <array>

#include "core/text.hpp"
#include "exchange/pickle.hpp"
#include "exchange/sklearn.hpp"
#include "exchange/unpack.hpp"
#include "undertone/error.hpp"
#include "undertone/fields.hpp"

namespace undertone::exchange {
namespace {

using Node = Pickle::Node;
using Kind = Pickle::Kind;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

// Options of MLPClassifier that undertone has under the same name; the network's own are not among them.
constexpr std::array<std::string_view, 20> kOptions{"solver",
                                                    "alpha",
                                                    "batch_size",
                                                    "learning_rate",
                                                    "learning_rate_init",
                                                    "power_t",
                                                    "max_iter",
                                                    "shuffle",
                                                    "random_state",
                                                    "tol",
                                                    "momentum",
                                                    "warm_start",
                                                    "nesterovs_momentum",
                                                    "early_stopping",
                                                    "validation_fraction",
                                                    "beta_1",
                                                    "beta_2",
                                                    "epsilon",
                                                    "n_iter_no_change",
                                                    "max_fun"};

class Reader {
public:
    explicit Reader(const Pickle& pickle) : pickle_(pickle), budget_(pickle.n_bytes()) {}

    Imported read() {
        const Node& root = pickle_.root();
        if (pickle_.is_a(root, "Pipeline")) return read_pipeline(root);
        return read_classifier(root, {});
    }

private:
    Imported read_pipeline(const Node& pipeline) {
        const Node* steps = pickle_.member(pipeline, "steps");
        if (steps == nullptr || steps->kind != Kind::list || steps->items.empty())
            corrupt("its Pipeline has no steps");
        std::vector<Step> before;
        for (std::size_t i = 0; i < steps->items.size(); ++i) {
            const Node& pair = pickle_.at(steps->items[i]);
            if ((pair.kind != Kind::tuple && pair.kind != Kind::list) || pair.items.size() != 2)
                corrupt("a step of its Pipeline is no pair of name and estimator");
            const Node& step = pickle_.at(pair.items[1]);
            if (i + 1 == steps->items.size()) return read_classifier(step, std::move(before));
            if (step.kind == Kind::none || step.text == "passthrough") continue;
            if (!pickle_.is_a(step, "StandardScaler"))
                unsupported("its Pipeline has a step " + shown(pickle_.type_name(step)) +
                            ": StandardScaler and MLPClassifier are read");
            if (before.size() >= 2) unsupported("its Pipeline has more than two scalers");
            before.emplace_back(read_scaler(step));
        }
        corrupt("its Pipeline has no steps");
    }

    Affine read_scaler(const Node& scaler) {
        if (pickle_.member(scaler, "n_samples_seen_") == nullptr)
            throw Error(Errc::not_fitted, "its StandardScaler was never fitted");
        // What is not done is None, or left as it was measured.
        const auto done = [&](std::string_view flag) {
            const Node* value = pickle_.member(scaler, flag);
            return value == nullptr || value->integer != 0;
        };
        const auto column = [&](std::string_view name) {
            const Node* value = pickle_.member(scaler, name);
            if (value == nullptr) corrupt("its StandardScaler has no " + std::string(name));
            return numbers(*value, name).numbers;
        };
        Affine affine{{1.0}, {0.0}};
        if (done("with_std")) {
            affine.scale = column("scale_");
            for (double& scale : affine.scale) {
                if (!(scale > 0)) corrupt("scale_ of its StandardScaler holds a number that is not above 0");
                scale = 1 / scale;
            }
        }
        if (done("with_mean")) {
            affine.offset = column("mean_");
            if (affine.scale.size() == 1) affine.scale.assign(affine.offset.size(), affine.scale.front());
            if (affine.scale.size() != affine.offset.size())
                corrupt("its StandardScaler has means and scales of different sizes");
            for (std::size_t i = 0; i < affine.offset.size(); ++i) affine.offset[i] *= -affine.scale[i];
        }
        return affine;
    }

    Imported read_classifier(const Node& node, std::vector<Step> steps) {
        if (!pickle_.is_a(node, "MLPClassifier"))
            unsupported("holds " + shown(pickle_.type_name(node)) +
                        ": an MLPClassifier is read, alone or after StandardScaler in a Pipeline");
        const Node* coefs = pickle_.member(node, "coefs_");
        const Node* intercepts = pickle_.member(node, "intercepts_");
        if (coefs == nullptr || intercepts == nullptr)
            throw Error(Errc::not_fitted, "its MLPClassifier was never fitted");
        if (coefs->kind != Kind::list || intercepts->kind != Kind::list || coefs->items.empty() ||
            coefs->items.size() != intercepts->items.size())
            corrupt("its MLPClassifier has coefs_ and intercepts_ of different lengths");
        const Function activation = activation_of(text(node, "activation"));
        const std::string_view end = text(node, "out_activation_");
        bool single = true;
        for (std::size_t i = 0; i < coefs->items.size(); ++i) {
            NumpyArray kernel = numbers(pickle_.at(coefs->items[i]), "coefs_");
            NumpyArray bias = numbers(pickle_.at(intercepts->items[i]), "intercepts_");
            if (kernel.shape.size() != 2) corrupt("coefs_ has an array that is no matrix");
            single = single && kernel.single && bias.single;
            if (i > 0) steps.emplace_back(activation);
            steps.emplace_back(Product{kernel.shape[0], kernel.shape[1], std::move(kernel.numbers)});
            steps.emplace_back(Affine{{1.0}, std::move(bias.numbers)});
        }
        if (end != "softmax" && end != "logistic")
            unsupported("ends in " + shown(end) + ": a classifier ends in softmax or logistic");
        steps.emplace_back(end == "softmax" ? Function::softmax : Function::logistic);
        Imported imported{
            fold(std::move(steps), single ? Dtype::float32 : Dtype::float64), "sklearn", {}, {}};
        if (imported.network.layers.size() == 1) imported.network.activations = {activation};
        imported.network.labels = labels(node);
        imported.options = options(node);
        const Node* version = pickle_.member(node, "_sklearn_version");
        imported.written_by = "scikit-learn";
        if (version != nullptr && version->kind == Kind::text)
            imported.written_by += " " + shown(version->text);
        return imported;
    }

    NumpyArray numbers(const Node& node, std::string_view name) {
        NumpyArray array = read_array(pickle_, node, budget_, name);
        std::size_t count = 1;
        for (const std::size_t size : array.shape) count *= size;
        if (array.numbers.size() != count) corrupt(std::string(name) + " holds what is no number");
        return array;
    }

    std::string_view text(const Node& object, std::string_view name) {
        const Node* value = pickle_.member(object, name);
        if (value == nullptr || value->kind != Kind::text)
            corrupt("its MLPClassifier has no " + std::string(name));
        return value->text;
    }

    static Function activation_of(std::string_view text) {
        if (text == "identity") return Function::identity;
        if (text == "logistic") return Function::logistic;
        if (text == "tanh") return Function::tanh;
        if (text == "relu") return Function::relu;
        unsupported("has the activation " + shown(text) + ", which undertone has no counterpart of");
    }

    std::vector<std::string> labels(const Node& classifier) {
        const Node* classes = pickle_.member(classifier, "classes_");
        if (classes == nullptr) corrupt("its MLPClassifier has no classes_");
        if (classes->kind == Kind::list)
            unsupported("tells several things at once; one class a clip is read");
        NumpyArray array = read_array(pickle_, *classes, budget_, "classes_");
        if (array.texts.empty())  // numbers with a point
            for (const double value : array.numbers) array.texts.push_back(detail::number_text(value));
        return std::move(array.texts);
    }

    std::vector<std::pair<std::string, std::string>> options(const Node& classifier) {
        std::vector<std::pair<std::string, std::string>> texts;
        for (const std::string_view name : kOptions) {
            const Node* value = pickle_.member(classifier, name);
            if (value == nullptr) continue;
            switch (value->kind) {
                case Kind::none:
                    texts.emplace_back(name, "none");
                    break;
                case Kind::boolean:
                    texts.emplace_back(name, value->integer != 0 ? "true" : "false");
                    break;
                case Kind::integer:
                    texts.emplace_back(name, std::to_string(value->integer));
                    break;
                case Kind::text:
                    texts.emplace_back(name, value->text);
                    break;
                case Kind::real:
                    // Infinity is n_iter_no_change's word for none.
                    texts.emplace_back(name, value->real > 1e300 ? "none" : detail::number_text(value->real));
                    break;
                default:
                    break;  // a generator as random_state, a scalar of NumPy: they change no prediction
            }
        }
        return texts;
    }

    const Pickle& pickle_;
    std::size_t budget_;  // bytes that arrays may still take
};

}  // namespace

bool looks_like_pickle(std::string_view head) {
    if (head.size() < 2) return false;
    const auto second = static_cast<unsigned char>(head[1]);
    if (head[0] == '\x80') return second <= 5;
    return head.starts_with("\x1f\x8b") || head.starts_with("BZh") ||
           head.starts_with(
               "\xfd"
               "7zXZ") ||
           head.starts_with("\x04\x22\x4d\x18") || head.starts_with("\x5d") ||
           (head[0] == '\x78' && (0x7800U + second) % 31 == 0);
}

Imported read_sklearn(std::string bytes) {
    const std::string stream = unpacked(std::move(bytes));
    const Pickle pickle(stream);
    return Reader(pickle).read();
}

}  // namespace undertone::exchange
