# Warnings and sanitizers: on a private target, so that nobody who links undertone inherits them.
add_library(undertone_developer INTERFACE)
target_compile_options(undertone_developer INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough
  # -Wpsabi only says that wide vectors are passed differently without AVX; ours never cross a library's border.
  -Wno-psabi
  # g++ 12 sees overlaps and overruns in sums of strings and uninitialised members of empty vectors that are not there (GCC bugs 105329, 105651, 105562); the clang build
  # with the address sanitizer would see real ones.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,14>>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-maybe-uninitialized>
  # g++ 13 and newer take what a function returns for a part of the temporary that was handed to it.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,13>>:-Wno-dangling-reference>
  $<$<BOOL:${UNDERTONE_WARNINGS_AS_ERRORS}>:-Werror>)
if(UNDERTONE_SANITIZE)
  target_compile_options(undertone_developer INTERFACE
    -fsanitize=${UNDERTONE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(undertone_developer INTERFACE -fsanitize=${UNDERTONE_SANITIZE})
endif()
if(UNDERTONE_FUZZ)
  # Whatever a fuzz target reaches shows libFuzzer its way: the library, the program's parts, the plug-ins.
  target_compile_options(undertone_developer INTERFACE -fsanitize=fuzzer-no-link)
endif()
