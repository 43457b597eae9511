#pragma once

#include "undertone/audio.hpp"
#include "undertone/classifier.hpp"
#include "undertone/config.hpp"
#include "undertone/corpus.hpp"
#include "undertone/extraction.hpp"
#include "undertone/features.hpp"
#include "undertone/metrics.hpp"
#include "undertone/model.hpp"
#include "undertone/training.hpp"
