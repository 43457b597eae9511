#pragma once

#include <span>
#include <string>

#include "corpus/known_names.hpp"

namespace undertone::corpus {

// What published corpora keep in tables beside their recordings. Each function finds its tables among `files`
// by their names and adds to `names` what they tell; a table or a row that is not there changes nothing, and
// a row without a recording is passed over, since parts of corpora are passed around.
// All throw Error io and corrupt_data, naming file and line, for a table that cannot be read.

/// nEMO, `data.tsv`: gender.
void read_nemo_table(std::span<const std::string> files, std::span<ParsedName*> names);

/// CREMA-D, `VideoDemographics.csv`: gender by actor.
void read_cremad_demographics(std::span<const std::string> files, std::span<ParsedName*> names);

/// ESD, `NNNN.txt`: the emotion of recordings that lie in no folder of an emotion. Their texts are numbered
/// alike for all speakers, so the number stands for them: the files are in several encodings.
void read_esd_texts(std::span<const std::string> files, std::span<ParsedName*> names);

/// IEMOCAP, `SessionN/dialog/EmoEvaluation/*.txt`: the emotion on which the raters agreed.
void read_iemocap_evaluation(std::span<const std::string> files, std::span<ParsedName*> names);

/// MELD, `train_sent_emo.csv`, `dev_sent_emo.csv`, `test_sent_emo.csv`: emotion and speaker.
void read_meld_tables(std::span<const std::string> files, std::span<ParsedName*> names);

}  // namespace undertone::corpus
