#include "tables/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>
#include <vector>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

[[noreturn]] void refuse(const std::string& origin, const YAML::Mark& mark, const std::string& reason) {
    throw Error(Errc::corrupt_data,
                origin + ":" + std::to_string(mark.is_null() ? 1 : mark.line + 1) + ": " + reason);
}

// Goes through YAML without building anything, and counts what it stands for.
class Measure final : public YAML::EventHandler {
public:
    Measure(const std::string& origin, const YamlLimits& limits) : origin_(origin), limits_(limits) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, {1, 0}); }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  const std::string& value) override {
        add(mark, anchor, {1, value.size()});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto named = named_.find(anchor);
        if (named == named_.end())
            refuse(origin_, mark, "an alias stands within what it names; write the content out");
        add(mark, YAML::NullAnchor, named->second);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        begin(mark, anchor);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        begin(mark, anchor);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapEnd() override { end(); }

private:
    struct Size {
        std::size_t nodes, bytes;
    };
    struct Open {
        YAML::anchor_t anchor;
        Size before;
    };

    void add(const YAML::Mark& mark, YAML::anchor_t anchor, const Size& size) {
        if (anchor != YAML::NullAnchor) named_[anchor] = size;
        // Neither sum wraps around: what is named was within the limits.
        total_.nodes += size.nodes;
        total_.bytes += size.bytes;
        if (total_.nodes > limits_.nodes)
            refuse(origin_, mark,
                   "more than " + std::to_string(limits_.nodes) +
                       " values, those that aliases stand for among them; write a smaller header");
        if (total_.bytes > limits_.bytes)
            refuse(origin_, mark,
                   "more than " + std::to_string(limits_.bytes) +
                       " bytes of text, those that aliases stand for among them; write a smaller header");
    }

    void begin(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (open_.size() == limits_.depth)
            refuse(origin_, mark, "more than " + std::to_string(limits_.depth) + " levels");
        open_.push_back({anchor, total_});
        add(mark, YAML::NullAnchor, {1, 0});
    }

    void end() {
        const Open last = open_.back();
        open_.pop_back();
        if (last.anchor != YAML::NullAnchor)
            named_[last.anchor] = {total_.nodes - last.before.nodes, total_.bytes - last.before.bytes};
    }

    const std::string& origin_;
    const YamlLimits& limits_;
    Size total_{0, 0};
    std::map<YAML::anchor_t, Size> named_;
    std::vector<Open> open_;
};

}  // namespace

YAML::Node parse_yaml(std::string_view text, const std::string& origin, const YamlLimits& limits) {
    const std::string bytes(text);
    try {
        {
            std::istringstream stream(bytes);
            YAML::Parser parser(stream);
            Measure measure(origin, limits);
            parser.HandleNextDocument(measure);
        }
        return YAML::Load(bytes);
    } catch (const YAML::Exception& error) {
        refuse(origin, error.mark, "is broken YAML: " + shown(error.msg));
    }
}

}  // namespace undertone::corpus
