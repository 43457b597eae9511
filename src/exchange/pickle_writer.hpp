#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace undertone::exchange {

/// Writes a pickle of protocol 3, a value after the other; objects are made of parts already written.
class PickleWriter {
public:
    PickleWriter() : bytes_("\x80\x03") {}

    void none() { bytes_ += 'N'; }
    void boolean(bool value) { bytes_ += value ? '\x88' : '\x89'; }
    void integer(std::int64_t value);
    void real(double value);
    void text(std::string_view value);
    void bytes(std::string_view value);

    void begin() { bytes_ += '('; }  ///< of items that follow
    void tuple() { bytes_ += 't'; }  ///< of the items since begin()
    void list() { bytes_ += 'l'; }   ///< of the items since begin()
    void dict() { bytes_ += 'd'; }   ///< of keys and values since begin()
    void global(std::string_view module, std::string_view name);
    void call() { bytes_ += 'R'; }     ///< type and tuple become an object
    void make() { bytes_ += '\x81'; }  ///< the same, without its initialisation
    void members() { bytes_ += 'b'; }  ///< object and dict become the object with them

    /// An array of float64 or, of one dimension, of texts.
    void array(const std::vector<std::size_t>& shape, const std::vector<double>& values);
    void array(const std::vector<float>& values, const std::vector<std::size_t>& shape);
    void array(const std::vector<std::string>& texts);

    [[nodiscard]] std::string finished() && { return std::move(bytes_) + '.'; }

private:
    void array(const std::vector<std::size_t>& shape, std::string_view type, int text_size,
               std::string_view content);
    void append(std::uint64_t value, int n_bytes);
    std::string bytes_;
};

}  // namespace undertone::exchange
