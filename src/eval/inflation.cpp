#include "undertone/inflation.hpp"

#include <array>

#include "eval/clip_groups.hpp"
#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

/// The steps of one evaluation of several as steps of all.
OnProgress steps_of(std::size_t done, std::size_t total, const OnProgress& on_progress) {
    if (!on_progress) return {};
    return [done, total, &on_progress](const Progress& own) {
        return on_progress({done + own.done, total, own.loss});
    };
}

}  // namespace

Inflation inflation(const Dataset& dataset, const EvaluationOptions& options, std::uint32_t random_state,
                    const OnProgress& on_progress) {
    Inflation result;
    std::vector<FoldPlan> plans;
    std::size_t total = 0;
    for (const Protocol protocol : {Protocol::random, Protocol::text, Protocol::speaker, Protocol::corpus}) {
        if (protocol == Protocol::corpus && by_corpus(dataset).names.size() < 2) continue;
        const ProtocolOptions how{.protocol = protocol, .random_state = random_state};
        try {
            plans.push_back(plan_folds(dataset, how));
            total += plans.back().folds.size() * options.seeds.size();
        } catch (const Error& error) {
            result.left_out.push_back(protocol_text(how) + ": " + error.what());
        }
    }
    if (plans.empty())
        throw Error(Errc::invalid_argument, "no protocol fits these clips: " + result.left_out.front());
    std::size_t done = 0;
    for (const FoldPlan& plan : plans) {
        result.rows.push_back(evaluate(dataset, plan, options, steps_of(done, total, on_progress)));
        done += plan.folds.size() * options.seeds.size();
    }
    return result;
}

}  // namespace undertone::eval
