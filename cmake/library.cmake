# Two libraries. libundertone has what a prediction needs, and training: all arithmetic on samples, frames and weights.
# libundertone_lab has what is done around it: corpora, evaluation, figures, models of other programs.
set(undertone_lab_folders tables corpus eval plot exchange)
file(GLOB_RECURSE undertone_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.cpp)
# Libraries of ours that undertone loads when it first needs them (src/os/plug_in.hpp): theirs are folders below plug_ins/.
list(FILTER undertone_sources EXCLUDE REGEX "/src/plug_ins/")
set(undertone_lab_sources ${undertone_sources})
list(JOIN undertone_lab_folders "|" in_the_lab)
list(FILTER undertone_lab_sources INCLUDE REGEX "/src/(${in_the_lab})/")
list(FILTER undertone_sources EXCLUDE REGEX "/src/(${in_the_lab})/")

function(undertone_library_settings target)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  # g++ 12 takes two neighbours' way through float32 and back, as in Keras's casts, for no way at all and leaves it
  # out: struct { double a, b; } s{(double)(float)p, (double)(float)q} keeps all digits of p and q at -O2.
  target_compile_options(${target} PRIVATE
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,14>>:-fno-tree-slp-vectorize>)
  # No floating-point trap and no errno is looked at here: g++ may then compute both sides of a choice, side by
  # side, and take a root without a call. No result changes. Not -ffast-math: that would change them.
  target_compile_options(${target} PRIVATE -fno-trapping-math -fno-math-errno)
  # Each library calls its own inline functions. Those of another one may be compiled for another processor, and have
  # vectors of another width.
  target_compile_options(${target} PRIVATE -fvisibility-inlines-hidden)
  target_link_options(${target} PRIVATE -Wl,-Bsymbolic-functions)
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    # Where its plug-ins are: beside it, or beside the folder glibc-hwcaps/ that it lies in.
    BUILD_RPATH "$ORIGIN;$ORIGIN/../.." INSTALL_RPATH "$ORIGIN;$ORIGIN/../..")
  target_compile_definitions(${target} PRIVATE
    UNDERTONE_VERSION="${PROJECT_VERSION}" UNDERTONE_MAJOR_VERSION="${PROJECT_VERSION_MAJOR}")
endfunction()

# One build of libundertone for one kind of processor. All of them have the same name and the same interface;
# they differ in the folder they lie in.
function(undertone_add_library target)
  add_library(${target} SHARED ${undertone_sources})
  undertone_library_settings(${target})
  target_link_libraries(${target}
    PUBLIC Threads::Threads
    PRIVATE ${CMAKE_DL_LIBS} PkgConfig::sndfile PkgConfig::soxr PkgConfig::archive
            $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> $<BUILD_INTERFACE:undertone_developer>)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME undertone)
endfunction()

undertone_add_library(undertone)
add_library(undertone::undertone ALIAS undertone)

# The lab is built once: nothing in it is worth an instruction of the newest processors.
add_library(undertone_lab SHARED ${undertone_lab_sources})
undertone_library_settings(undertone_lab)
target_include_directories(undertone_lab SYSTEM PRIVATE ${UNDERTONE_SNAPPY_INCLUDE})
target_link_libraries(undertone_lab
  PUBLIC undertone
  PRIVATE PkgConfig::archive PkgConfig::yaml PkgConfig::zlib ${UNDERTONE_SNAPPY_LIBRARY} $<BUILD_INTERFACE:undertone_developer>)
set_target_properties(undertone_lab PROPERTIES EXPORT_NAME lab)
add_library(undertone::lab ALIAS undertone_lab)

if(UNDERTONE_CPU STREQUAL "native")
  # Tuned as the portable ones are: tuned for some processors, g++ fuses a product and a sum in one loop and not in
  # the next, and a row's result would depend on how many rows go through together.
  set(best -march=native -mtune=generic -mprefer-vector-width=512)
  target_compile_options(undertone PRIVATE ${best})
  target_compile_options(undertone_lab PRIVATE ${best})
elseif(UNDERTONE_CPU STREQUAL "portable" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # The dynamic loader (glibc 2.33 and newer) looks into glibc-hwcaps/ first and takes the best that the machine
  # can run; older loaders take the -v2 build.
  target_compile_options(undertone PRIVATE -march=x86-64-v2)
  target_compile_options(undertone_lab PRIVATE -march=x86-64-v2)
  foreach(level x86-64-v3 x86-64-v4)
    undertone_add_library(undertone_${level})
    target_compile_options(undertone_${level} PRIVATE -march=${level} -mprefer-vector-width=512)
    set_target_properties(undertone_${level} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/glibc-hwcaps/${level})
    install(TARGETS undertone_${level}
      LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/glibc-hwcaps/${level} NAMELINK_SKIP)
    add_dependencies(undertone undertone_${level})
  endforeach()
elseif(NOT UNDERTONE_CPU MATCHES "^(portable|generic)$")
  message(FATAL_ERROR "UNDERTONE_CPU = ${UNDERTONE_CPU}: must be portable, native or generic")
endif()

# undertone_add_plug_in(NAME LIBRARY...): libundertone_NAME.so of src/plug_ins/NAME, linked with what only it needs.
function(undertone_add_plug_in name)
  set(target undertone_${name})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/plug_ins/${name}/*.cpp)
  add_library(${target} SHARED ${sources})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_definitions(${target} PRIVATE UNDERTONE_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${target} PRIVATE undertone_lab ${ARGN} undertone_developer)
  set_target_properties(${target} PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    BUILD_RPATH "$ORIGIN" INSTALL_RPATH "$ORIGIN")
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_SKIP)
  # Whatever runs undertone may load it: the program and the tests are built after it.
  set_property(GLOBAL APPEND PROPERTY UNDERTONE_PLUG_INS ${target})
endfunction()

undertone_add_plug_in(drawing PkgConfig::cairo PkgConfig::pangocairo PkgConfig::png)

# What protoc writes of the messages of ONNX and TensorFlow is not held to our warnings.
undertone_add_plug_in(exchange PkgConfig::hdf5 PkgConfig::archive protobuf::libprotobuf-lite)
protobuf_generate_cpp(message_sources message_headers
  src/plug_ins/exchange/onnx.proto src/plug_ins/exchange/tensorflow.proto)
set_source_files_properties(${message_sources} PROPERTIES COMPILE_OPTIONS "-w")
add_custom_target(undertone_messages DEPENDS ${message_sources} ${message_headers})
target_sources(undertone_exchange PRIVATE ${message_sources} ${message_headers})
target_include_directories(undertone_exchange SYSTEM PRIVATE ${PROJECT_BINARY_DIR})
