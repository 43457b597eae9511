include(CMakePackageConfigHelpers)
install(TARGETS undertone undertone_lab EXPORT undertone-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/undertone DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT undertone-targets NAMESPACE undertone:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/undertone)
configure_package_config_file(cmake/undertone-config.cmake.in ${PROJECT_BINARY_DIR}/undertone-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/undertone)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/undertone-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/undertone-config.cmake ${PROJECT_BINARY_DIR}/undertone-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/undertone)

# For those who build without CMake: undertone.pc, undertone-lab.pc.
function(undertone_add_pkg_config name library description requires)
  set(pc_name ${name})
  set(pc_library ${library})
  set(pc_description ${description})
  set(pc_requires ${requires})
  configure_file(cmake/undertone.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
undertone_add_pkg_config(undertone undertone "emotion in speech: features, networks, models" "")
undertone_add_pkg_config(undertone-lab undertone_lab "emotion in speech: corpora, evaluation, figures" undertone)
