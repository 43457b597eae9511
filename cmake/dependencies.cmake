# What is used and why stands in docs/dependencies.md.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(soxr REQUIRED IMPORTED_TARGET soxr)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5)
# Of protobuf the lite library: messages are read and written, nothing is asked of their descriptions.
find_package(Protobuf REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
# snappy itself installs no description for pkg-config, so not every distribution has one.
find_library(UNDERTONE_SNAPPY_LIBRARY snappy REQUIRED)
find_path(UNDERTONE_SNAPPY_INCLUDE snappy-c.h REQUIRED)
mark_as_advanced(UNDERTONE_SNAPPY_LIBRARY UNDERTONE_SNAPPY_INCLUDE)
# The drawing library's own.
pkg_check_modules(cairo REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
