#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/folds.hpp"
#include "undertone/training.hpp"

namespace undertone::eval {

/// What a test asks: which voices, texts or corpora are new to the model.
enum class Protocol {
    speaker,     ///< K folds of whole speakers, balanced by label: StratifiedGroupKFold, shuffled
    loso,        ///< leave one speaker out: LeaveOneGroupOut
    text,        ///< a fold for each text, or K folds of whole texts: the speakers are known to the model
    random,      ///< KFold, shuffled: speakers and texts are known to the model
    stratified,  ///< StratifiedKFold, shuffled: likewise
    corpus,      ///< a fold for each corpus, trained on all others
    emobox,      ///< the six speaker folds of RAVDESS in the EmoBox benchmark
};

/// A protocol with its number.
struct ProtocolOptions {
    Protocol protocol = Protocol::speaker;
    std::optional<std::size_t> n_folds = std::nullopt;  ///< 5, where the protocol leaves a choice
    std::uint32_t random_state = 0;                     ///< of the shuffling
};

/// `speaker`, `speaker:10`, `loso`, `text`, `text:K`, `random:K`, `stratified:K`, `corpus`, `emobox`.
/// @throws Error invalid_argument  anything else (the message lists them), or a K below 2
[[nodiscard]] ProtocolOptions parse_protocol(std::string_view text);

/// The text that parse_protocol() takes.
[[nodiscard]] std::string protocol_text(const ProtocolOptions& options);

/// What test clips share with the training clips of their fold: counts of test clips, over all folds.
struct Overlap {
    std::size_t n_tested = 0;
    std::size_t of_speakers = 0;    ///< whose speaker is heard in training
    std::size_t of_texts = 0;       ///< whose text is heard in training
    std::size_t of_duplicates = 0;  ///< whose very samples are in training
    bool speakers_known = true, texts_known = true, duplicates_known = true;
};

/// Folds over the clips of a dataset, and what is to be known about them.
struct FoldPlan {
    std::string protocol;  ///< "speaker:5"
    std::vector<Fold> folds;
    Overlap overlap;
    std::vector<std::string> notes;  ///< sentences for the reader of the result
};

/// What a fold is called in results: its name, else its number counted from 1.
[[nodiscard]] std::string fold_name(const FoldPlan& plan, std::size_t fold);

/// Divides a dataset by a protocol.
///
/// Folds of speakers (speaker, loso, corpus, emobox) never share a speaker or an identical recording between
/// training and test, folds of texts no text; what the others share is counted.
/// @throws Error invalid_argument  with what to do: speakers or texts that are not known, fewer of them (or
///         clips of a label) than folds, a label that would lack clips to train on, identical recordings of
///         two speakers, corpora that emobox does not know
[[nodiscard]] FoldPlan plan_folds(const Dataset& dataset, const ProtocolOptions& options);

/// Leaves clips of one style alone in the tests; what is trained on stays.
/// @param style   "speech": all but songs; "song"
/// @throws Error invalid_argument  a fold is left without a clip to test
void test_only(FoldPlan& plan, const Dataset& dataset, const std::string& style);

/// Divides a dataset as a file says: `{"folds": [{"test": ["a.wav", ...]}, ...]}`, or `"speakers": [...]`
/// instead of `"test"`. Clips are named by path, by file name or by file name without its ending. All clips
/// that a fold does not test train it.
/// @param json    the bytes of the file
/// @param origin  its path, for messages
/// @throws Error corrupt_data      not such a file
/// @throws Error invalid_argument  naming them: clips or speakers that the dataset lacks, a name that fits
///         several clips, a clip that two folds test; folds of speakers that share identical recordings; as
///         plan_folds() does
[[nodiscard]] FoldPlan plan_folds(const Dataset& dataset, std::string_view json, const std::string& origin);

/// The plan of a split that was made elsewhere: some clips test, all others train.
/// @param test  indices into the dataset
[[nodiscard]] FoldPlan plan_split(const Dataset& dataset, const std::vector<std::size_t>& test,
                                  std::string protocol);

}  // namespace undertone::eval
