#include "undertone/protocols.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "eval/clip_groups.hpp"
#include "eval/plan_checks.hpp"
#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

[[noreturn]] void refuse(const std::string& reason) { throw Error(Errc::invalid_argument, reason); }

struct Row {
    std::string_view name;
    Protocol protocol;
    bool takes_number;
};
constexpr std::array kProtocols{
    Row{"speaker", Protocol::speaker, true},
    Row{"loso", Protocol::loso, false},
    Row{"text", Protocol::text, true},
    Row{"random", Protocol::random, true},
    Row{"stratified", Protocol::stratified, true},
    Row{"corpus", Protocol::corpus, false},
    Row{"emobox", Protocol::emobox, false},
};
constexpr std::size_t kFolds = 5;       // scikit-learn's default
constexpr std::size_t kTextFolds = 10;  // so many texts each have a fold of their own

/// Test actors of each fold. Source: EmoBox, Ma et al., Interspeech 2024, its RAVDESS folds.
constexpr std::array<std::array<std::string_view, 4>, 6> kEmobox{{{"01", "11", "20", "21"},
                                                                  {"04", "10", "12", "14"},
                                                                  {"08", "09", "19", "23"},
                                                                  {"03", "05", "07", "24"},
                                                                  {"02", "15", "16", "18"},
                                                                  {"06", "13", "17", "22"}}};

void name_folds(std::vector<Fold>& folds, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < folds.size(); ++i) folds[i].name = names[i];
}

void check_known(const ClipGroups& groups, const Dataset& dataset, const char* what) {
    if (groups.known) return;
    for (std::size_t clip = 0; clip < groups.of_clip.size(); ++clip)
        if (groups.names[static_cast<std::size_t>(groups.of_clip[clip])].empty())
            refuse(std::string("these folds need to know the ") + what + " of every clip; that of " +
                   dataset.recordings[clip].path + " is not known: take random or stratified folds");
    refuse("there is no clip to evaluate on");
}

void check_several(const ClipGroups& groups, const char* what, const char* advice) {
    if (groups.names.size() < 2)
        refuse(std::string("only one ") + what + ", " + groups.names.front() + ": " + advice);
}

std::size_t n_folds_of(const ProtocolOptions& options, std::size_t n_groups, const char* what) {
    if (!options.n_folds) return std::min(kFolds, n_groups);
    if (*options.n_folds > n_groups)
        refuse(std::to_string(*options.n_folds) + " folds but only " + std::to_string(n_groups) + " " + what +
               ": take at most as many folds");
    return *options.n_folds;
}

/// Balanced by label, not only by size as GroupKFold: speakers of acted corpora have clips of one label more
/// or less, and a label that lies in few speakers must be trained in every fold.
std::vector<Fold> even_groups(const Dataset& dataset, const ClipGroups& groups, std::size_t n_folds,
                              std::uint32_t random_state) {
    return stratified_group_k_fold(dataset.targets, groups.of_clip,
                                   {.n_splits = n_folds, .shuffle = true, .random_state = random_state});
}

std::vector<Fold> emobox(const Dataset& dataset, std::vector<std::string>& notes) {
    std::vector<Fold> folds(kEmobox.size());
    for (std::size_t i = 0; i < folds.size(); ++i) folds[i].name = std::to_string(i + 1);
    for (std::size_t clip = 0; clip < dataset.recordings.size(); ++clip) {
        const std::string& speaker = dataset.recordings[clip].speaker;
        bool known = false;
        for (std::size_t i = 0; i < folds.size(); ++i) {
            const bool tests = std::any_of(kEmobox[i].begin(), kEmobox[i].end(), [&](std::string_view actor) {
                return speaker == "ravdess:" + std::string(actor);
            });
            known = known || tests;
            (tests ? folds[i].test : folds[i].train).push_back(clip);
        }
        if (!known)
            refuse("emobox folds are those of the 24 actors of RAVDESS; " + dataset.recordings[clip].path +
                   " is of speaker " + (speaker.empty() ? "not known" : speaker));
    }
    std::string absent;
    for (const auto& fold : folds)
        if (fold.test.empty()) absent += " " + fold.name;
    std::erase_if(folds, [](const Fold& fold) { return fold.test.empty(); });
    if (!absent.empty()) notes.push_back("no clip of emobox fold" + absent);
    const std::size_t n_speakers = by_speaker(dataset).names.size();
    if (n_speakers < 24)
        notes.push_back("emobox folds with " + std::to_string(n_speakers) +
                        " of their 24 actors: not the benchmark's own figure");
    return folds;
}

}  // namespace

ProtocolOptions parse_protocol(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    for (const Row& row : kProtocols) {
        if (row.name != name) continue;
        ProtocolOptions options{.protocol = row.protocol};
        if (colon == std::string_view::npos) return options;
        const std::string_view number = text.substr(colon + 1);
        std::size_t n = 0;
        const auto end = std::from_chars(number.data(), number.data() + number.size(), n);
        if (!row.takes_number || end.ec != std::errc{} || end.ptr != number.data() + number.size() || n < 2)
            refuse("folds = " + std::string(text) + ": " +
                   (row.takes_number ? "the number of folds must be at least 2"
                                     : std::string(name) + " takes no number of folds"));
        options.n_folds = n;
        return options;
    }
    std::string known;
    for (const Row& row : kProtocols) known += " " + std::string(row.name) + (row.takes_number ? "[:K]" : "");
    refuse("folds = " + std::string(text) + ": must be one of" + known);
}

std::string protocol_text(const ProtocolOptions& options) {
    std::string text;
    for (const Row& row : kProtocols)
        if (row.protocol == options.protocol) text = row.name;
    return options.n_folds ? text + ":" + std::to_string(*options.n_folds) : text;
}

FoldPlan plan_folds(const Dataset& dataset, const ProtocolOptions& options) {
    if (dataset.recordings.empty()) refuse("there is no clip to evaluate on");
    FoldPlan plan;
    ProtocolOptions made = options;
    Apart apart = Apart::speakers;
    const ClipGroups speakers = by_speaker(dataset);
    switch (options.protocol) {
        case Protocol::speaker:
            check_known(speakers, dataset, "speaker");
            check_several(speakers, "speaker", "folds of speakers need at least two; take random folds");
            made.n_folds = n_folds_of(options, speakers.names.size(), "speakers");
            check_labels(dataset, *made.n_folds);
            plan.folds = even_groups(dataset, speakers, *made.n_folds, options.random_state);
            break;
        case Protocol::loso:
            check_known(speakers, dataset, "speaker");
            check_several(speakers, "speaker", "to leave one out takes at least two; take random folds");
            plan.folds = leave_one_group_out(speakers.of_clip);
            name_folds(plan.folds, speakers.names);
            break;
        case Protocol::text: {
            const ClipGroups texts = by_text(dataset);
            check_known(texts, dataset, "text");
            check_several(texts, "text", "folds of texts need at least two");
            apart = Apart::texts;
            if (!options.n_folds && texts.names.size() <= kTextFolds) {
                plan.folds = leave_one_group_out(texts.of_clip);
                name_folds(plan.folds, texts.names);
                break;
            }
            made.n_folds = n_folds_of(options, texts.names.size(), "texts");
            check_labels(dataset, *made.n_folds);
            plan.folds = even_groups(dataset, texts, *made.n_folds, options.random_state);
            break;
        }
        case Protocol::random:
        case Protocol::stratified: {
            apart = Apart::nothing;
            made.n_folds = options.n_folds.value_or(kFolds);
            check_labels(dataset, *made.n_folds);
            const FoldOptions folds{
                .n_splits = *made.n_folds, .shuffle = true, .random_state = options.random_state};
            plan.folds = options.protocol == Protocol::random ? k_fold(dataset.targets.size(), folds)
                                                              : stratified_k_fold(dataset.targets, folds);
            break;
        }
        case Protocol::corpus: {
            const ClipGroups corpora = by_corpus(dataset);
            check_known(corpora, dataset, "corpus");
            check_several(corpora, "corpus", "folds of corpora need at least two");
            plan.folds = leave_one_group_out(corpora.of_clip);
            name_folds(plan.folds, corpora.names);
            break;
        }
        case Protocol::emobox:
            plan.folds = emobox(dataset, plan.notes);
            if (plan.folds.size() < 2) refuse("emobox: the clips are all of one of its folds");
            break;
    }
    plan.protocol = protocol_text(made);
    finish_plan(dataset, apart, plan);
    return plan;
}

FoldPlan plan_split(const Dataset& dataset, const std::vector<std::size_t>& test, std::string protocol) {
    FoldPlan plan{
        .protocol = std::move(protocol), .folds = {Fold{{}, test, "test"}}, .overlap = {}, .notes = {}};
    std::vector<bool> tested(dataset.targets.size());
    for (const std::size_t clip : test) tested.at(clip) = true;
    for (std::size_t clip = 0; clip < tested.size(); ++clip)
        if (!tested[clip]) plan.folds.front().train.push_back(clip);
    finish_plan(dataset, Apart::nothing, plan);
    return plan;
}

namespace {

[[noreturn]] void refuse_empty(const std::string& fold, const std::string& style) {
    throw Error(Errc::invalid_argument, "fold " + fold + " has no clip of " + style +
                                            " to test: take other folds, or test every style");
}

}  // namespace

std::string fold_name(const FoldPlan& plan, std::size_t fold) {
    const std::string& name = plan.folds[fold].name;
    return name.empty() ? std::to_string(fold + 1) : name;
}

void test_only(FoldPlan& plan, const Dataset& dataset, const std::string& style) {
    for (std::size_t i = 0; i < plan.folds.size(); ++i) {
        Fold& fold = plan.folds[i];
        std::erase_if(fold.test, [&](std::size_t clip) {
            return (dataset.recordings[clip].style == "song") != (style == "song");
        });
        if (fold.test.empty()) refuse_empty(fold_name(plan, i), style);
    }
    plan.notes.push_back("only " + style + " is tested; other clips of the training part are trained on");
    finish_plan(dataset, Apart::nothing, plan);
}

}  // namespace undertone::eval
