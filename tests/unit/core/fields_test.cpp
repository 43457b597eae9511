#include "undertone/fields.hpp"

#include <limits>

#include "support/support.hpp"

namespace undertone {
namespace {

enum class Kind { plain, fancy };
constexpr std::array kKinds{Choice<Kind>{"plain", Kind::plain}, Choice<Kind>{"fancy", Kind::fancy}};

struct Options {
    double rate = 0.5;
    int count = 3;
    std::uint64_t seed = 0;
    bool loud = false;
    Kind kind = Kind::plain;
    std::vector<int> sizes = {100};
    std::optional<double> limit;
    std::string title;

    static constexpr auto fields() {
        return std::tuple{
            Field{"rate", &Options::rate, "1/s", {0.0, 1.0, false, true}, "how fast"},
            Field{"count", &Options::count, "", {1, 10}, "how many"},
            Field{"seed",
                  &Options::seed,
                  "",
                  {0U, std::numeric_limits<std::uint64_t>::max()},
                  "where to begin"},
            Field{"loud", &Options::loud, "", {}, "whether to shout"},
            Field{"kind", &Options::kind, "", kKinds, "which"},
            Field{"sizes", &Options::sizes, "", {1, 1000}, "how large"},
            Field{"limit", &Options::limit, "", {0.0, 9.0}, "where to stop"},
            Field{"title", &Options::title, "", {}, "what to call it"},
        };
    }
};

TEST(Fields, EveryKindOfValueIsReadAndWrittenBack) {
    const std::vector<std::pair<std::string, std::string>> settings{{"rate", "0.1"},
                                                                    {"count", "7"},
                                                                    {"seed", "18446744073709551615"},
                                                                    {"loud", "true"},
                                                                    {"kind", "fancy"},
                                                                    {"sizes", "300,50,20,10"},
                                                                    {"limit", "2.5"},
                                                                    {"title", "a title, with a comma"}};
    Options options;
    for (const auto& [name, text] : settings) set_field(options, name, text);
    EXPECT_EQ(options.sizes, (std::vector{300, 50, 20, 10}));
    std::size_t i = 0;
    for_each_field<Options>([&](const auto& field) {
        EXPECT_EQ(field.name, settings[i].first);
        EXPECT_EQ(field_text(options, field), settings[i++].second);
    });
    validate(options);
}

TEST(Fields, ListsMayBeBracketedAndOptionalsEmpty) {
    Options options;
    set_field(options, "sizes", " [ 300, 50 ] ");
    EXPECT_EQ(options.sizes, (std::vector{300, 50}));
    set_field(options, "sizes", "(7,)");
    EXPECT_EQ(options.sizes, std::vector{7});
    set_field(options, "limit", "3");
    set_field(options, "limit", "none");
    EXPECT_FALSE(options.limit.has_value());
}

TEST(Fields, RefusalsNameFieldValueAndRule) {
    Options options;
    EXPECT_ERROR(set_field(options, "rate", "1"), Errc::invalid_argument,
                 "rate = 1: must be at least 0 and below 1");
    EXPECT_ERROR(set_field(options, "rate", "nan"), Errc::invalid_argument, "rate = nan: must be at least 0");
    EXPECT_ERROR(set_field(options, "rate", "fast"), Errc::invalid_argument, "rate = fast: must be a number");
    EXPECT_ERROR(set_field(options, "count", "2.5"), Errc::invalid_argument,
                 "count = 2.5: must be a whole number");
    EXPECT_ERROR(set_field(options, "count", "4294967297"), Errc::invalid_argument,
                 "must be at least 1 and at most 10");
    EXPECT_ERROR(set_field(options, "seed", "-1"), Errc::invalid_argument, "not negative");
    EXPECT_ERROR(set_field(options, "kind", "odd"), Errc::invalid_argument, "must be one of plain fancy");
    EXPECT_ERROR(set_field(options, "sizes", "3,0"), Errc::invalid_argument, "each must be at least 1");
    EXPECT_ERROR(set_field(options, "spin", "1"), Errc::invalid_argument, "there are rate count seed");
    options.limit = -1;
    EXPECT_ERROR(validate(options), Errc::invalid_argument, "limit = -1");
}

TEST(Errors, EachCodeHasItsNameAndExitCode) {
    EXPECT_EQ(name(Errc::invalid_argument), "invalid_argument");
    EXPECT_EQ(exit_code(Errc::invalid_argument), 2);
    EXPECT_EQ(name(Errc::cancelled), "cancelled");
    EXPECT_EQ(exit_code(Errc::cancelled), 130);
}

}  // namespace
}  // namespace undertone
